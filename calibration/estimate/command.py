"""What ``calibrate --bank`` and ``sbc`` do: simulate, estimate, check, store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

import sim
from calibration.estimate import checks
from calibration.estimate.bank import (
    BANK_FILE,
    Bank,
    bank_folder,
    estimated,
    hindcast,
    read_bank,
    simulate_bank,
    write_bank,
)
from calibration.estimate.observables import OBSERVABLES, Figure, Known, observed_values
from calibration.estimate.posterior import as_csv, problem, usable
from calibration.series import load_series
from sim.city import City, load_city
from sim.errors import InputError, Problem
from sim.store import atomic_write_text

CALIBRATION_FILE, PREDICTIVE_FILE = "calibration.csv", "predictive.csv"
REPLICATIONS = 1000
"""Replications of simulation-based calibration unless told otherwise."""
PREDICTIVE_MEMBERS = 320
"""Members of the posterior predictive check."""


def fill_bank(root: Path, city: str, bundle: Path, members: int, jobs: int | str) -> None:
    """Simulate the bank of a committed bundle and write it there.

    Parameters
    ----------
    members : int
        Size of the bank; finished members are kept, so that a larger bank goes on from a smaller.
    """
    loaded = load_city(bundle)
    scenario, plan = hindcast(root, city, loaded.as_of, members)
    folder = bank_folder(root, scenario, plan, loaded)
    bank = simulate_bank(scenario, plan, loaded, folder, jobs=jobs)
    write_bank(bank, bundle / BANK_FILE)


def check_predictions(root: Path, city: str, bundle: Path, jobs: int | str) -> None:
    """Simulate the hindcast from the posterior and write it beside prior and figures."""
    loaded = load_city(bundle)
    bank = read_bank(bundle / BANK_FILE)
    if bank is None or loaded.posterior is None:
        raise InputError([Problem(str(bundle), "posterior", "none: run calibrate --bank first")])
    scenario, plan = hindcast(root, city, loaded.as_of, PREDICTIVE_MEMBERS)
    scenario = replace(scenario, parameters_from="posterior", seed=scenario.seed + 1)
    folder = bank_folder(root, scenario, plan, loaded) / loaded_digest(loaded)
    found = simulate_bank(scenario, plan, loaded, folder, jobs=jobs)
    rows = predictive_rows(bank, found, figures_of(root, loaded))
    atomic_write_text(bundle / PREDICTIVE_FILE, as_csv([row | stamp() for row in rows]))


def loaded_digest(city: City) -> str:
    """Return a short digest of the posterior, so that another one is simulated anew."""
    import hashlib

    assert city.posterior is not None
    return hashlib.sha256(city.posterior.values.tobytes()).hexdigest()[:12]


def figures_of(root: Path, city: City) -> Mapping[str, Figure]:
    """Return the figures of the hindcast known at a bundle's information date."""
    series = load_series(root / "calibration" / "data" / city.name, city.as_of)
    return observed_values(Known(city.name, series, city.bundle))


def predictive_rows(
    before: Bank, after: Bank, figures: Mapping[str, Figure]
) -> list[dict[str, Any]]:
    """Return each figure beside what prior and posterior predict, its error included.

    ``rank_*`` is the share of simulations below the figure: far from 0 and 1 it is no surprise.
    """
    generator = np.random.Generator(np.random.PCG64(len(after.members)))
    rows = []
    for entry in OBSERVABLES:
        if entry.name not in figures or entry.name not in before.observables:
            continue
        value, error = figures[entry.name]
        row: dict[str, Any] = {
            "observable": entry.name, "unit": entry.unit, "fitted": int(entry.fitted),
            "figure": f"{value:.4f}", "error": f"{error:.4f}",
        }  # fmt: skip
        for name, bank in (("prior", before), ("posterior", after)):
            simulated = bank.column(entry.name)
            simulated = simulated + error * generator.standard_normal(len(simulated))
            low, median, high = np.quantile(simulated, (0.05, 0.5, 0.95))
            row |= {
                f"{name}_q05": f"{low:.4f}", f"{name}_median": f"{median:.4f}",
                f"{name}_q95": f"{high:.4f}",
                f"rank_{name}": f"{float((simulated < value).mean()):.3f}",
            }  # fmt: skip
        rows.append(row)
    return rows


def stamp() -> dict[str, str]:
    """Return date and code version of a check."""
    return {"date": datetime.now(UTC).date().isoformat(), "code_version": sim.__version__}


def sbc(city: str, root: Path, replications: int, out: str | None = None) -> int:
    """Check the estimation on its own bank; write and print the table; return the exit code.

    Raises
    ------
    InputError
        If the committed bundle has no bank that fits it.
    """
    bundle = root / "calibration" / "fits" / city
    loaded, bank = load_city(bundle), read_bank(bundle / BANK_FILE)
    if bank is None or not usable(bank, loaded):
        message = "no bank that fits data and priors; run calibrate --bank first"
        raise InputError([Problem(str(bundle), "bank", message)])
    replications = min(replications, len(bank.members))
    if replications < checks.LEAST_REPLICATIONS:
        message = f"{replications} replications, at least {checks.LEAST_REPLICATIONS} are needed"
        raise InputError([Problem("command line", "--replications", message)])
    posed = problem(bank, figures_of(root, loaded), tuple(estimated(dict(loaded.priors))))
    rows = checks.calibration_rows(posed, checks.replications(posed, replications))
    text = as_csv([row | stamp() for row in rows])
    atomic_write_text(Path(out) if out else bundle / CALIBRATION_FILE, text)
    print(as_csv(rows), end="")
    return 0
