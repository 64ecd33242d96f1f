"""From a bank to the file that members draw from, and when it may be used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray

from calibration.estimate.bank import (
    COLUMNS,
    HINDCAST,
    Bank,
    collect,
    estimated,
    hindcast,
    prior_digest,
    read_bank,
    simulate_hindcast,
    write_bank,
)
from calibration.estimate.observables import OBSERVABLES, Known, observed_values
from calibration.estimate.posterior import problem, usable, write_estimates
from calibration.series import load_series
from sim.city import City, load_city
from sim.parameters import draw_parameters
from sim.posterior import POSTERIOR_FILE, load_posterior
from sim.rng import KeyedRandom
from sim.uncertainty import sources

ROOT = HINDCAST.parents[2]
HOME = ROOT / "calibration" / "data" / "hangzhou"
FITS = ROOT / "calibration" / "fits" / "hangzhou"
NAMES = tuple(entry.name for entry in OBSERVABLES)
SIMULATIONS = 3000


@pytest.fixture(scope="module")
def city() -> City:
    return load_city(FITS)


def bank_of(city: City) -> Bank:
    """Return a made-up bank: each observable reads one parameter's score, in units of its error."""
    bank = Bank(5, np.arange(SIMULATIONS), np.zeros((SIMULATIONS, len(NAMES))), NAMES, {
        "information_date": "2018-04", "start": "2013Q1", "end": "2017Q4", "scale": 0.1,
        "code_version": "0", "failed": 0, "priors": prior_digest(estimated(dict(city.priors))),
    })  # fmt: skip
    scores = bank.scores(tuple(estimated(dict(city.priors))))
    figures = figures_of(city)
    for column, name in enumerate(NAMES):
        value, error = figures[name]
        bank.values[:, column] = value + error * scores[:, column % scores.shape[1]]
    return bank


def figures_of(city: City, drop_memory: bool = False) -> dict[str, tuple[float, float]]:
    """Return the figures known at the information date."""
    series = load_series(HOME, city.as_of, drop_memory=drop_memory)
    return dict(observed_values(Known(city.name, series, city.bundle)))


def test_a_bank_is_written_and_read_back_and_draws_its_own_parameters(
    tmp_path: Path, city: City
) -> None:
    bank = bank_of(city)
    write_bank(bank, tmp_path / "bank.npz")
    again = read_bank(tmp_path / "bank.npz")
    assert again is not None
    assert again.about == bank.about
    assert again.values == pytest.approx(bank.values, rel=1e-6)
    assert read_bank(tmp_path / "nothing.npz") is None
    # What the bank says of member 7 is what the model drew for member 7.
    names = tuple(estimated(dict(city.priors)))
    drawn = draw_parameters(city.priors, sources(bank.seed, 7))
    entries = estimated(dict(city.priors))
    scores = again.scores(names)[7]
    assert [entries[n].quantile(z) for n, z in zip(names, scores, strict=True)] == [
        drawn[n] for n in names
    ]


def test_the_posterior_file_opens_as_arviz_lays_it_out(tmp_path: Path, city: City) -> None:
    figures = figures_of(city)
    write_estimates(bank_of(city), figures, city, tmp_path)
    for group in ("posterior", "prior", "prior_predictive"):
        found = xarray.load_dataset(tmp_path / POSTERIOR_FILE, group=group)
        assert dict(found.sizes)["chain"] == 1
        assert all(v.dims == ("chain", "draw") for v in found.data_vars.values())
    observed = xarray.load_dataset(tmp_path / POSTERIOR_FILE, group="observed_data")
    assert float(observed["rd_intensity_2016"]) == pytest.approx(np.log(1.79), abs=1e-6)
    assert observed["rd_intensity_2016"].attrs["error"] == pytest.approx(0.003)
    before = (tmp_path / POSTERIOR_FILE).read_bytes()
    write_estimates(bank_of(city), figures, city, tmp_path)
    assert (tmp_path / POSTERIOR_FILE).read_bytes() == before


def test_a_reading_with_its_own_error_halves_the_variance(tmp_path: Path, city: City) -> None:
    # Prior N(0, 1), a reading at zero with error 1: posterior variance one half; parameters read
    # by two observables get one third.
    write_estimates(bank_of(city), figures_of(city), city, tmp_path)
    found = load_posterior(tmp_path)
    assert found is not None
    fitted = [c for c, entry in enumerate(OBSERVABLES) if entry.fitted]
    readings = np.bincount([c % len(found.names) for c in fitted], minlength=len(found.names))
    for name, count in zip(found.names, readings, strict=True):
        assert found.contraction[name] == pytest.approx(1 - 1 / (1 + count), abs=0.13), name
    assert found.informed() == {n for n in found.names if found.contraction[n] >= 0.25}


def test_members_take_each_posterior_draw_once_and_keep_all_other_priors(
    tmp_path: Path, city: City
) -> None:
    write_estimates(bank_of(city), figures_of(city), city, tmp_path)
    found = load_posterior(tmp_path)
    assert found is not None
    draws = len(found.values)
    taken = [found.draw(KeyedRandom(9, member)) for member in range(draws)]
    name = found.names[0]
    assert sorted(draw[name] for draw in taken) == sorted(found.values[:, 0].tolist())
    assert [draw[name] for draw in taken] != found.values[:, 0].tolist()
    plain = draw_parameters(city.priors, sources(9, 3))
    informed = draw_parameters(city.priors, sources(9, 3), taken[3])
    assert {n for n in plain if plain[n] != informed[n]} == set(found.names)


def test_a_posterior_is_never_used_before_its_information_date(city: City) -> None:
    bank = bank_of(city)
    assert usable(bank, city)
    assert not usable(bank, replace(city, as_of="2018-03"))
    assert not usable(None, city)
    wider = {n: replace(p, high=2 * p.high) for n, p in city.priors.items()}
    assert not usable(bank, replace(city, priors=wider))


def test_no_figure_released_later_enters_and_memory_rows_can_be_dropped(city: City) -> None:
    names = {"employment_change_2016", "rd_intensity_2016", "value_added_growth_2017"}
    assert names <= set(figures_of(city))
    early = load_series(HOME, "2017-09")
    seen = observed_values(Known("hangzhou", early, FITS))
    assert not names & set(seen)  # the R&D tables of 2016 came out in October 2017
    assert "employment_change_2015" in seen
    assert "value_added_growth_2017" not in figures_of(city, drop_memory=True)
    assert "employment_change_2016" in figures_of(city, drop_memory=True)


def test_the_province_s_staff_stands_in_for_the_city_s_with_a_discrepancy(city: City) -> None:
    # +1.2 % in January and February 2017, released in March 2017; two points of discrepancy.
    value, error = figures_of(city)["staff_growth_2017"]
    assert value == 1.2
    assert 2.0 < error < 2.1
    before = observed_values(Known("hangzhou", load_series(HOME, "2017-02"), FITS))
    assert "staff_growth_2017" not in before
    after = observed_values(Known("hangzhou", load_series(HOME, "2017-03"), FITS))
    assert after["staff_growth_2017"] == (value, error)


def test_a_new_figure_narrows_what_it_should_narrow(city: City) -> None:
    # The same figure with a tenth of its error: its parameter narrows, another one does not.
    from calibration.estimate.abc import estimate

    figures, bank = figures_of(city), bank_of(city)
    names = tuple(estimated(dict(city.priors)))
    fitted = next(c for c, entry in enumerate(OBSERVABLES) if entry.fitted)
    name = NAMES[fitted]
    sharper = figures | {name: (figures[name][0], figures[name][1] / 10.0)}
    variances = []
    for given in (figures, sharper):
        posed = problem(bank, given, names)
        variances.append(estimate(posed.scores, posed.summaries, posed.observed).variance)
    own, other = fitted % len(names), (fitted + 3) % len(names)
    assert variances[1][own] < 0.2 * variances[0][own]
    assert variances[1][other] == pytest.approx(variances[0][other], rel=0.15)


def test_one_hindcast_gives_every_observable_at_any_worker(city: City) -> None:
    scenario, plan = hindcast(ROOT, "hangzhou", "2018-04", 2)
    scenario = replace(scenario, population_scale=0.02)
    results = [simulate_hindcast(scenario, plan, city, 1) for _ in range(2)]
    assert results[0].failed is None
    assert results[0].scalars == results[1].scalars
    assert tuple(results[0].scalars) == COLUMNS
    bank = collect(scenario, city, results[:1])
    assert np.isfinite(bank.values).all()
    assert bank.members.tolist() == [1]
