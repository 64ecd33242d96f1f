"""Sampling of the outside world: prefixes, shocks, known answers, sane quantiles."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from sim import outside_paths as paths
from sim.errors import InputError
from sim.outside import (
    SHOCKABLE,
    Shock,
    World,
    WorldFits,
    draw_number,
    load_world_fits,
    sample_history,
    sample_world,
    year_on_year,
)
from sim.rng import KeyedRandom
from sim.units import quarter_index

ROOT = Path(__file__).resolve().parents[2]
FIRST, LAST = quarter_index("2018Q1"), quarter_index("2020Q4")
ARRAYS = [f.name for f in dataclasses.fields(World) if f.name not in ("first", "last")]


@pytest.fixture(scope="module")
def fits() -> WorldFits:
    return load_world_fits(ROOT / "calibration" / "fits" / "hangzhou")


@pytest.fixture(scope="module")
def worlds(fits: WorldFits) -> list[World]:
    return [sample_world(fits, KeyedRandom(3, member), FIRST, LAST) for member in range(256)]


def equal(left: World, right: World, length: int) -> bool:
    return all(
        np.array_equal(getattr(left, n)[:length], getattr(right, n)[:length]) for n in ARRAYS
    )


def stack(worlds: list[World], name: str) -> np.ndarray:
    return np.array([getattr(world, name) for world in worlds])


def test_shorter_horizon_is_a_prefix(fits: WorldFits) -> None:
    for member in range(5):
        long = sample_world(fits, KeyedRandom(1, member), FIRST, LAST)
        short = sample_world(fits, KeyedRandom(1, member), FIRST, LAST - 4)
        assert equal(long, short, LAST - 4 - FIRST + 1)


def test_earlier_start_shows_the_same_future(fits: WorldFits) -> None:
    early = sample_world(fits, KeyedRandom(1, 0), FIRST - 8, LAST)
    late = sample_world(fits, KeyedRandom(1, 0), FIRST, LAST)
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(early, name)[8:], getattr(late, name))


def test_shock_of_size_zero_is_bitwise_no_shock(fits: WorldFits) -> None:
    plain = sample_world(fits, KeyedRandom(1, 2), FIRST, LAST)
    zero = {name: Shock(0.0, FIRST + 1, LAST) for name in SHOCKABLE}
    assert equal(plain, sample_world(fits, KeyedRandom(1, 2), FIRST, LAST, zero), 12)


def test_export_shock_shifts_the_level_and_gives_it_back(fits: WorldFits) -> None:
    plain = sample_world(fits, KeyedRandom(1, 2), FIRST, LAST)
    shocked = sample_world(
        fits, KeyedRandom(1, 2), FIRST, LAST, {"export_demand": Shock(-0.08, FIRST + 2, FIRST + 7)}
    )
    gap = np.cumsum(shocked.export_log_growth - plain.export_log_growth)
    np.testing.assert_allclose(gap, [0, 0] + [-0.08] * 6 + [0] * 4, atol=1e-12)
    # Industry loses its export share of it: somewhere between 5 and 25 % of the 8 points.
    lost = np.cumsum(shocked.industrial_log_growth - plain.industrial_log_growth)
    share = lost[2] / -0.08
    assert 0.05 < share < 0.25
    np.testing.assert_allclose(lost, share * gap, atol=1e-12)


def test_a_shock_without_a_first_quarter_begins_with_the_simulation(fits: WorldFits) -> None:
    """Drawn with its opening year, the horizon's first quarter falls, not the year before it."""

    def drawn(shock: Shock | None) -> World:
        shocks = {} if shock is None else {"export_demand": shock, "interest_rate": shock}
        return sample_world(fits, KeyedRandom(1, 2), FIRST - 4, LAST, shocks, FIRST)

    plain, open_sided = drawn(None), drawn(Shock(-0.1))
    assert equal(open_sided, drawn(Shock(-0.1, FIRST, LAST)), 16)
    gap = np.cumsum(open_sided.export_log_growth - plain.export_log_growth)
    np.testing.assert_allclose(gap, [0.0] * 4 + [-0.1] * 12, atol=1e-12)
    np.testing.assert_array_equal(open_sided.interest_rate[:4], plain.interest_rate[:4])


def test_demand_shock_reaches_the_city_by_its_loading(fits: WorldFits) -> None:
    plain = sample_world(fits, KeyedRandom(1, 4), FIRST, LAST)
    shocked = sample_world(
        fits, KeyedRandom(1, 4), FIRST, LAST, {"industrial_demand": Shock(-0.05, FIRST + 1)}
    )
    nation = (shocked.industrial_log_growth - plain.industrial_log_growth).sum()
    city = (shocked.city_log_growth - plain.city_log_growth).sum()
    assert nation == pytest.approx(-0.05)
    loading = fits.parts["city_path"]["parameters"]["loading_city"]
    draw = draw_number(KeyedRandom(1, 4), "city", fits.draws())
    assert city == pytest.approx(-0.05 * loading[draw])
    np.testing.assert_allclose(shocked.city_deviation, plain.city_deviation, atol=1e-12)


def test_fixed_path_sets_the_published_rate(fits: WorldFits) -> None:
    path = {FIRST + 1: 0.05, FIRST + 4: 0.02}
    world = sample_world(
        fits,
        KeyedRandom(1, 1),
        FIRST,
        LAST,
        {
            "industrial_demand": Shock(path=path),
            "ipo_window": Shock(path={FIRST + 2: 0.0}),
            "vat_rate": Shock(path={FIRST: 0.13}),
        },
    )
    np.testing.assert_allclose(world.industrial_growth_yoy[1:4], 0.05)
    np.testing.assert_allclose(world.industrial_growth_yoy[4:], 0.02)
    np.testing.assert_array_equal(world.listing_intensity[2:], 0.0)
    np.testing.assert_array_equal(world.vat_rate, 0.13)


def test_rate_shock_adds_points_in_its_window(fits: WorldFits) -> None:
    plain = sample_world(fits, KeyedRandom(1, 1), FIRST, LAST)
    world = sample_world(
        fits, KeyedRandom(1, 1), FIRST, LAST, {"interest_rate": Shock(0.01, FIRST + 4, FIRST + 5)}
    )
    np.testing.assert_allclose(
        world.interest_rate - plain.interest_rate, [0] * 4 + [0.01] * 2 + [0] * 6, atol=1e-15
    )


def test_bad_requests_are_told(fits: WorldFits, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="exports"):
        sample_world(fits, KeyedRandom(1, 1), FIRST, LAST, {"exports": Shock(0.1)})
    with pytest.raises(InputError, match="start"):
        sample_world(fits, KeyedRandom(1, 1), quarter_index("2005Q1"), LAST)
    with pytest.raises(InputError, match=r"drivers\.json"):
        load_world_fits(tmp_path)


def test_all_finite_and_rates_in_range(worlds: list[World]) -> None:
    for name in ARRAYS:
        assert np.isfinite(stack(worlds, name)).all(), name
    window, passed = stack(worlds, "ipo_window"), stack(worlds, "ipo_pass_rate")
    assert window.min() >= 0.0
    assert window.max() <= 1.0
    assert passed.min() > 0.0
    assert passed.max() < 1.0
    for name in ("listing_intensity", "overseas_listing_intensity", "move_in_intensity"):
        assert stack(worlds, name).min() >= 0.0


def test_forecasts_are_what_early_2018_would_believe(worlds: list[World]) -> None:
    industrial = stack(worlds, "industrial_growth_yoy")[:, 3:]
    assert 0.055 < np.median(industrial) < 0.075
    assert 0.010 < industrial[:, -1].std() < 0.030
    prices = year_on_year_of_index(stack(worlds, "ppi"))
    assert 0.0 < np.median(prices[:, -1]) < 0.035
    city = stack(worlds, "city_log_growth")
    assert 0.05 < np.median(np.expm1(city[:, :4].sum(axis=1))) < 0.09
    credit = stack(worlds, "credit_growth")[:, -1]
    assert 0.10 < np.median(credit) < 0.15


def year_on_year_of_index(index: np.ndarray) -> np.ndarray:
    return index[:, 4:] / index[:, :-4] - 1.0


def test_tax_rate_falls_as_announced(worlds: list[World]) -> None:
    rate = worlds[0].vat_rate
    np.testing.assert_allclose(rate[:3], [0.17, 0.49 / 3, 0.16], rtol=1e-6)


def test_tariff_tail_is_fatter_than_normal(fits: WorldFits) -> None:
    tariff = fits.parts["national"]["tariff"]
    quarters = range(FIRST, LAST + 1)
    loss = np.array(
        [
            paths.tariff_loss(tariff, FIRST + 1, quarters, KeyedRandom(3, m)).sum()
            for m in range(2000)
        ]
    )
    assert (loss > 0).mean() == pytest.approx(0.5, abs=0.04)
    struck = loss[loss > 0]
    assert np.median(struck) == pytest.approx(np.exp(-3.9), rel=0.15)
    assert np.quantile(struck, 0.975) > 4 * np.median(struck)
    assert paths.tariff_loss(None, FIRST, quarters, KeyedRandom(3, 1)).sum() == 0.0


def test_history_and_world_are_one_draw(fits: WorldFits) -> None:
    for member in range(3):
        history = sample_history(fits, KeyedRandom(8, member))
        world = sample_world(fits, KeyedRandom(8, member), quarter_index("2014Q1"), LAST)
        level = np.exp(np.cumsum(world.city_log_growth))
        annual = level[:16].reshape(4, 4).sum(axis=1)
        growth = annual[1:] / annual[:-1] - 1.0
        for year, value in zip((2015, 2016, 2017), growth, strict=True):
            drawn = history.at("industrial_value_added_growth", year)
            assert value == pytest.approx(drawn, abs=1e-5)


def test_history_agrees_with_solid_figures(fits: WorldFits) -> None:
    drawn = [sample_history(fits, KeyedRandom(8, member)) for member in range(256)]
    staff = np.array([h.at("industrial_employment", 2015) for h in drawn])
    assert staff.mean() == pytest.approx(1.105e6, rel=0.005)
    gdp = np.array([h.at("gdp", 2016) for h in drawn])
    assert gdp.mean() == pytest.approx(1.105e12, rel=0.005)
    fall = np.array([h.cumulative_change("energy_intensity_change", 2015, 2017) for h in drawn])
    assert -0.20 < fall.mean() < -0.06
    assert fall.std() > 0.02


def test_members_of_a_block_take_every_draw_once() -> None:
    taken = [draw_number(KeyedRandom(5, member), "city", 16) for member in range(32)]
    assert sorted(taken[:16]) == list(range(16))
    assert sorted(taken[16:]) == list(range(16))
    other = [draw_number(KeyedRandom(5, member), "drivers", 16) for member in range(16)]
    assert taken[:16] != other


def test_year_on_year_of_steady_growth() -> None:
    rates = year_on_year(np.full(6, np.log(1.1) / 4.0))
    assert np.isnan(rates[:3]).all()
    np.testing.assert_allclose(rates[3:], 0.1)


def test_window_stays_without_hazard_and_moves_with_it() -> None:
    quarters, random = range(100, 112), KeyedRandom(1, 1)
    still = paths.window_path(np.array([1.0, 1.0]), True, 1e-12, 1.0, 101, quarters, random)
    np.testing.assert_array_equal(still, 1.0)
    shut = paths.window_path(np.array([1.0, 0.4]), False, 1.0, 1e-12, 101, quarters, random)
    np.testing.assert_array_equal(shut[2:], 0.0)
    many = np.array(
        [
            paths.window_path(
                np.array([1.0]), True, 0.2, 0.6, 100, range(100, 140), KeyedRandom(1, m)
            )
            for m in range(300)
        ]
    )
    assert many[:, -10:].mean() == pytest.approx(0.6 / 0.8, abs=0.06)


def test_module_growth_slows_by_its_step() -> None:
    quarters = range(2016 * 4, 2020 * 4)
    growth = paths.module_growth(
        np.array([0.20, 0.20]), 2016, 2.0, 0.0, 1.0, np.zeros(16), quarters, KeyedRandom(1, 1)
    )
    annual = np.expm1(growth.reshape(4, 4).sum(axis=1))
    np.testing.assert_allclose(annual, [0.20, 0.20, 0.18, 0.16])


def test_wandering_rate_starts_at_its_state_and_forgets_it() -> None:
    drawn = {"log_rate": np.log(2.0), "level_sd": 0.5, "persistence": 0.8, "last": 2.0}
    rates = np.array(
        [
            paths.wandering_rate(drawn, 101, range(100, 160), "s", KeyedRandom(1, member))
            for member in range(2000)
        ]
    )
    # At the origin two deviations up; a quarter later 0.8 of that, in the median.
    np.testing.assert_allclose(rates[:, :2], 2.0 * np.exp(1.0))
    assert np.median(rates[:, 2]) == pytest.approx(2.0 * np.exp(0.8), rel=0.03)
    far = np.log(rates[:, -1] / 2.0)
    assert far.mean() == pytest.approx(0.0, abs=0.04)
    assert far.std() == pytest.approx(0.5, rel=0.05)
    shorter = paths.wandering_rate(drawn, 101, range(100, 110), "s", KeyedRandom(1, 7))
    np.testing.assert_array_equal(shorter, rates[7, :10])
