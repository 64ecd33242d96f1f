"""From a bank and the city's figures to posterior draws, and their file in ArviZ's layout."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibration.estimate.abc import Sample, estimate
from calibration.estimate.bank import Bank, estimated, prior_digest
from calibration.estimate.observables import OBSERVABLES, Figure
from calibration.specs import DIGITS, POSTERIOR_DRAWS
from sim.city import City
from sim.parameters import PARAMETERS, Parameter
from sim.posterior import POSTERIOR_FILE
from sim.store import atomic_write_text, new_file

Floats = NDArray[np.float64]
NOISE_SEED = 20121232
"""Seed of the measurement errors added to the bank's observables."""
CONTRACTION_FILE = "contraction.csv"


@dataclass(frozen=True)
class Problem:
    """One estimation problem, ready for :func:`calibration.estimate.abc.estimate`.

    Attributes
    ----------
    names : tuple of str
        Estimated parameters.
    scores : ndarray, shape (simulations, names)
        Their prior scores, standard normal.
    summaries : ndarray, shape (simulations, observables)
        Simulated observables with measurement errors.
    observed : ndarray, shape (observables,)
    observables : tuple of str
        Those fitted and released.
    """

    names: tuple[str, ...]
    scores: Floats
    summaries: Floats
    observed: Floats
    observables: tuple[str, ...]


def problem(bank: Bank, figures: Mapping[str, Figure], names: tuple[str, ...]) -> Problem:
    """Put bank and figures together; a simulated figure gets the published one's error.

    Parameters
    ----------
    figures : Mapping
        From :func:`calibration.estimate.observables.observed_values`.
    names : tuple of str
        Parameters to estimate.
    """
    fitted = {entry.name for entry in OBSERVABLES if entry.fitted}
    used = tuple(n for n in bank.observables if n in fitted and n in figures)
    columns = [bank.observables.index(name) for name in used]
    errors = np.array([figures[name][1] for name in used])
    generator = np.random.Generator(np.random.PCG64(NOISE_SEED))
    noise = generator.standard_normal((len(bank.values), len(bank.observables)))
    return Problem(
        names,
        bank.scores(names),
        bank.values[:, columns] + noise[:, columns] * errors,
        np.array([figures[name][0] for name in used]),
        used,
    )


def values_of(entries: Mapping[str, Parameter], scores: Floats) -> Floats:
    """Turn scores into values of parameters, rounded as all fits are."""
    made = [
        [float(f"{entry.quantile(score):.{DIGITS - 1}e}") for score in column]
        for entry, column in zip(entries.values(), scores.T, strict=True)
    ]
    return np.array(made).T


def usable(bank: Bank | None, city: City) -> bool:
    """Say whether a bank speaks for this city: same priors, data not older than the bank's."""
    if bank is None or bank.about["information_date"] > city.as_of:
        return False
    same = bank.about["priors"] == prior_digest(estimated(dict(city.priors)))
    return bool(same and {e.name for e in OBSERVABLES if e.fitted} <= set(bank.observables))


def write_estimates(bank: Bank, figures: Mapping[str, Figure], city: City, folder: Path) -> None:
    """Estimate, and write ``posterior.nc`` and ``contraction.csv`` into a bundle.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    entries = estimated(dict(city.priors))
    posed = problem(bank, figures, tuple(entries))
    sample = estimate(posed.scores, posed.summaries, posed.observed)
    about = {
        "title": f"Behavioural parameters of {city.name}, estimated on the hindcast",
        "information_date": city.as_of,
        "hindcast": f"{bank.about['start']} to {bank.about['end']}",
        "simulations": len(bank.members),
        "failed_simulations": int(bank.about["failed"]),
        "population_scale": float(bank.about["scale"]),
        "bank_code_version": str(bank.about["code_version"]),
        "accepted": len(sample.rows),
        "effective_sample_size": round(sample.effective_size, 1),
        "method": "regression-adjusted ABC, local-linear (Beaumont, Zhang and Balding 2002)",
        "inference_library": "regional-plan-simulator",
    }
    write_posterior(folder / POSTERIOR_FILE, entries, posed, sample, figures, bank, about)
    rows = contraction_rows(bank, posed, sample, city)
    atomic_write_text(folder / CONTRACTION_FILE, as_csv(rows))


def write_posterior(
    path: Path,
    entries: Mapping[str, Parameter],
    posed: Problem,
    sample: Sample,
    figures: Mapping[str, Figure],
    bank: Bank,
    about: Mapping[str, Any],
) -> None:
    """Write draws, prior, observed figures and what the bank predicts, as NetCDF-4 groups."""
    import netCDF4

    drawn = values_of(entries, sample.resampled(POSTERIOR_DRAWS))
    before = values_of(entries, posed.scores[:POSTERIOR_DRAWS])
    variance, mean = sample.variance, sample.mean
    with new_file(path) as temporary, netCDF4.Dataset(temporary, "w", format="NETCDF4") as file:
        file.setncatts(dict(about))
        for name, table in (("posterior", drawn), ("prior", before)):
            group = _group(file, name, len(table))
            for column, entry in enumerate(entries.values()):
                attributes: dict[str, Any] = {
                    "units": entry.unit,
                    "long_name": entry.long_name,
                    "long_name_zh": entry.long_name_zh,
                    "source": entry.source,
                }
                if name == "posterior":
                    attributes |= {
                        "contraction": rounded(1.0 - variance[column]),
                        "shift": rounded(mean[column]),
                    }
                _variable(group, entry.name, ("chain", "draw"), table[None, :, column], attributes)
        observed = file.createGroup("observed_data")
        for name, (value, error) in figures.items():
            fitted = int(name in posed.observables)
            _variable(observed, name, (), rounded(value), {"error": rounded(error),
                                                           "fitted": fitted})  # fmt: skip
        shown = bank.values[:POSTERIOR_DRAWS]  # fewer where simulations failed
        predicted = _group(file, "prior_predictive", len(shown))
        for column, name in enumerate(bank.observables):
            values = np.array([[rounded(v) for v in shown[:, column]]])
            _variable(predicted, name, ("chain", "draw"), values, {})


def _group(file: Any, name: str, draws: int) -> Any:
    group = file.createGroup(name)
    for dimension, size in (("chain", 1), ("draw", draws)):
        group.createDimension(dimension, size)
        group.createVariable(dimension, "i8", (dimension,))[:] = np.arange(size)
    return group


def _variable(
    group: Any, name: str, dimensions: tuple[str, ...], values: Any, attributes: dict[str, Any]
) -> None:
    made = group.createVariable(name, "f8", dimensions)
    made.setncatts(attributes)
    made[...] = values


def rounded(value: float) -> float:
    """Return a number at the digits of all fits."""
    return float(f"{value:.{DIGITS - 1}e}")


def contraction_rows(
    bank: Bank, posed: Problem, sample: Sample, city: City
) -> list[dict[str, Any]]:
    """Return prior and posterior of every drawn parameter, in prior standard deviations.

    For parameters that are not estimated the same adjustment says how far the data would have
    moved them: their draws stay those of the prior. Levels of the hindcast's own opening year are
    left out: they are not the ones that the projection draws.
    """
    opened = city.opening_margins.get(int(str(bank.about["start"])[:4]) - 1, {})
    every = {n: p for n, p in {**PARAMETERS, **city.priors}.items() if n not in opened}
    names = tuple(every)
    whole = estimate(bank.scores(names), posed.summaries, posed.observed)
    estimated_at = {name: column for column, name in enumerate(posed.names)}
    error = float(np.sqrt(2.0 / whole.effective_size))
    rows = []
    for column, name in enumerate(names):
        own = estimated_at.get(name)
        variance = float(whole.variance[column] if own is None else sample.variance[own])
        mean = float(whole.mean[column] if own is None else sample.mean[own])
        rows.append({
            "parameter": name, "estimated": int(own is not None), "unit": every[name].unit,
            "prior_low": every[name].low, "prior_central": every[name].central,
            "prior_high": every[name].high, "contraction": f"{1.0 - variance:.3f}",
            "contraction_mc_error": f"{variance * error:.3f}", "shift": f"{mean:.3f}",
        })  # fmt: skip
    return sorted(rows, key=lambda row: (-row["estimated"], -float(row["contraction"])))


def as_csv(rows: list[dict[str, Any]]) -> str:
    """Return rows as CSV text with a header."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
