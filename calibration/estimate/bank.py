"""The bank: one hindcast per member with parameters drawn from the priors.

Only members' numbers and observables are stored: the parameters are a pure function of seed,
member and the declared priors and are drawn again when the bank is read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import sim
from calibration.bundle_files import load_json
from calibration.estimate.observables import OBSERVABLES, PATHS, path_growth, simulated_values
from sim.checkpoints import load_member
from sim.city import City
from sim.errors import ModelBreach, OutputError
from sim.manifest import code_hash
from sim.parameters import PARAMETERS, Parameter
from sim.plan import Plan
from sim.plan import content_hash as plan_hash
from sim.results import MemberResult
from sim.rng import stream_key
from sim.scenario import Scenario, load_with_plan, resolved
from sim.threads import workers_for
from sim.uncertainty import sources
from sim.workers import Run, run_tasks

Floats = NDArray[np.float64]
BANK_FILE = "bank.npz"
HINDCAST = Path(__file__).with_name("hindcast.yaml")
COLUMNS = (*(entry.name for entry in OBSERVABLES), *PATHS)
"""What is kept of a member."""
CITY_ESTIMATED = ("autonomous_energy_fall", "below_scale_revenue")
"""Unknowns of the city's own table that are estimated; behavioural ones say ``identified``."""


def estimated(priors: dict[str, Parameter]) -> dict[str, Parameter]:
    """Return the parameters that the hindcast may inform, in the order of declaration."""
    found = {name: entry for name, entry in PARAMETERS.items() if entry.identified}
    return found | {name: priors[name] for name in CITY_ESTIMATED if name in priors}


@dataclass(frozen=True)
class Bank:
    """Simulations of the hindcast.

    Attributes
    ----------
    seed : int
        Root seed of all members.
    members : ndarray of int, shape (simulations,)
    values : ndarray, shape (simulations, observables)
        In the order of `observables`.
    observables : tuple of str
        Columns; a bank of earlier code may lack some that are not fitted.
    about : dict
        Information date, scale, code version, digest of the estimated priors, failed members.
    """

    seed: int
    members: NDArray[np.int64]
    values: Floats
    observables: tuple[str, ...]
    about: dict[str, Any]

    def scores(self, names: Sequence[str]) -> Floats:
        """Return prior scores of parameters, shape (simulations, len(names))."""
        keys = np.array([stream_key(name) for name in names], dtype=np.int64)
        return np.array([
            sources(self.seed, int(member)).parameters.normals("parameters", keys)[0]
            for member in self.members
        ])  # fmt: skip

    def column(self, name: str) -> Floats:
        """Return one column; KeyError where this bank does not hold it."""
        if name not in self.observables:
            raise KeyError(name)
        return np.asarray(self.values[:, self.observables.index(name)])


def prior_digest(entries: dict[str, Parameter]) -> str:
    """Return a digest of the numbers of priors: names, centres, ends and bounds."""
    content = [
        (name, e.central, e.low, e.high, repr(e.lowest), repr(e.highest))
        for name, e in sorted(entries.items())
    ]
    return hashlib.sha256(json.dumps(content).encode("ascii")).hexdigest()[:16]


def hindcast(root: Path, city: str, as_of: str, members: int) -> tuple[Scenario, Plan]:
    """Return the hindcast scenario of a city, and a plan of it whose levers stay untouched."""
    plans = sorted((root / "scenarios" / "plans").glob(f"{city}_*.yaml"))
    changes = {"city": city, "as_of": as_of, "members": str(members)}
    if plans:
        changes["plan"] = plans[0].stem
    return load_with_plan(HINDCAST, changes, root)


def simulate_hindcast(scenario: Scenario, plan: Plan, city: City, member: int) -> MemberResult:
    """Simulate one member and keep its observables only."""
    from sim.model import CityModel, forget, read_fits

    model = CityModel(scenario, plan, city, read_fits(city.bundle), member)
    failed, values = None, np.full(len(COLUMNS), np.nan)
    try:
        for _ in scenario.quarters:
            model.step()
        world = model.state.world
        values = np.concatenate(
            [simulated_values(model.published), path_growth(world.city_log_growth, world.first)]
        )
    except ModelBreach as breach:
        failed = str(breach)
    finally:
        forget(model)
    empty = np.zeros((0, 0))
    scalars = dict(zip(COLUMNS, values.tolist(), strict=True))
    return MemberResult(member, empty, empty, empty, scalars, {}, failed)


def simulate_bank(
    scenario: Scenario, plan: Plan, city: City, folder: Path, *, jobs: int | str = 1,
    members: Sequence[int] | None = None,
) -> Bank:  # fmt: skip
    """Simulate the members that `folder` lacks and return them all.

    Parameters
    ----------
    folder : Path
        Finished members are kept here, so that an interrupted bank goes on; see
        :func:`bank_folder`.
    members : sequence of int, optional
        By default all of the scenario.

    Raises
    ------
    OutputError
        If a finished member cannot be read back.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = list(range(scenario.members)) if members is None else list(members)
    missing = [m for m in wanted if load_member(folder, m) is None]
    runs = [Run(scenario, plan, folder)]
    tasks = [(0, member) for member in missing]
    workers = workers_for(jobs, len(tasks))
    for _ in run_tasks(runs, city, tasks, workers=workers, simulate=simulate_hindcast):
        pass
    found = [load_member(folder, member) for member in wanted]
    if any(result is None for result in found):
        raise OutputError(f"{folder}: a finished member of the bank cannot be read back")
    return collect(scenario, city, [result for result in found if result is not None])


def bank_folder(root: Path, scenario: Scenario, plan: Plan, city: City) -> Path:
    """Return where members of this very bank are kept: its name holds what it depends on.

    The number of members is left out, so that a larger bank goes on from a smaller one.
    """
    content = resolved(scenario) | {
        "members": None,
        "code": code_hash(),
        "plan": plan_hash(plan),
        "fits": load_json(city.bundle / "manifest.json"),
    }
    text = json.dumps(content, sort_keys=True)
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    return root / "outputs" / ".bank" / f"{scenario.city}-{digest[:12]}"


def collect(scenario: Scenario, city: City, results: Sequence[MemberResult]) -> Bank:
    """Return the bank of finished members; failed ones and those without a value are counted."""
    whole = [
        r for r in results if r.failed is None and not np.isnan(list(r.scalars.values())).any()
    ]
    values = np.array([[r.scalars[name] for name in COLUMNS] for r in whole])
    about = {
        "information_date": scenario.as_of,
        "start": scenario.start,
        "end": scenario.end,
        "scale": scenario.population_scale,
        "code_version": sim.__version__,
        "priors": prior_digest(estimated(dict(city.priors))),
        "failed": len(results) - len(whole),
    }
    members = np.array([r.member for r in whole], dtype=np.int64)
    return Bank(scenario.seed, members, values.reshape(len(whole), len(COLUMNS)), COLUMNS, about)


def write_bank(bank: Bank, path: Path) -> None:
    """Write a bank: single precision, which is far finer than any measurement error."""
    from sim.store import new_file

    with new_file(path) as temporary, temporary.open("wb") as handle:
        np.savez_compressed(
            handle, members=bank.members.astype(np.int32),
            values=bank.values.astype(np.float32),
            about=np.array(json.dumps(
                bank.about | {"seed": bank.seed, "observables": bank.observables},
                sort_keys=True,
            )),
        )  # fmt: skip


def read_bank(path: Path) -> Bank | None:
    """Read a bank, ``None`` where there is none.

    Raises
    ------
    OutputError
        If it cannot be read.
    """
    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as file:
            about = json.loads(str(file["about"]))
            members, values = file["members"].astype(np.int64), file["values"].astype(np.float64)
    except (OSError, ValueError, KeyError) as error:
        raise OutputError(f"{path}: cannot read the bank: {error}") from None
    names = tuple(about.pop("observables"))
    return Bank(int(about.pop("seed")), members, values, names, about)
