"""Questions to the model one after another, the start-up paid once.

from calibration.fits import ensure
from sim.sweep.session import Session
answer = Session(ensure).ask({"scenario": "scenarios/base.yaml", "members": 20})
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.attainment import QUANTILES, Floats, quantiles
from sim.analysis.evaluation import Ensemble, assess, ensemble_of
from sim.errors import InputError, NothingSimulated, Problem, nearest
from sim.scenario import FilesRead, Scenario, load_with_plan, project_root

if TYPE_CHECKING:
    from sim.city import City
    from sim.plan import Plan
    from sim.results import Layout
    from sim.workers import Simulate

KEYS = ("scenario", "levers", "outside_world", "parameters", "population", "members", "seed")
SECTIONS = ("levers", "outside_world", "parameters", "population")
SHOWN = {"q10": 0.1, "median": 0.5, "q90": 0.9}


@dataclass
class Session:
    """Keeps what has been read and fitted between questions.

    Attributes
    ----------
    ensure : callable
        ``calibration.fits.ensure``: it is handed in, because the simulation never imports the
        calibration.
    root : Path
        The project's folder; relative paths of scenarios start there or in the working directory.
    simulate, layout : optional
        Simulation of one member and the rows of its arrays; by default the model's.
    """

    ensure: Callable[..., Path]
    root: Path = field(default_factory=project_root)
    simulate: Simulate | None = None
    layout: Layout | None = None
    _files: FilesRead = field(default_factory=FilesRead)
    _cities: dict[tuple[str, str, bool], City] = field(default_factory=dict)

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Simulate a scenario with some of its values changed.

        Parameters
        ----------
        question : Mapping
            ``scenario`` (a path) and, as they are needed, ``levers``, ``outside_world``,
            ``parameters``, ``population``, ``members`` and ``seed``.

        Returns
        -------
        dict
            ``targets``: id to probability of the default reading; ``indicators``: name to q10,
            median and q90 at the plan's deadline; ``failed_members``; ``error``: ``None``.

        Raises
        ------
        InputError
            If the question or the scenario is faulty.
        NothingSimulated
            If every member failed.
        """
        path, settings = read_question(question)
        found = self.root / path
        source = path if Path(path).is_absolute() or Path(path).exists() else str(found)
        scenario, plan = load_with_plan(source, settings, self.root, self._files)
        city = self._city(scenario)
        ensemble, failed = self._simulated(scenario, plan, city)
        return {
            "targets": dict(_targets(plan, ensemble)),
            "indicators": dict(_indicators(ensemble, deadline(plan, ensemble.quarters))),
            "failed_members": failed,
            "error": None,
        }

    def _city(self, scenario: Scenario) -> City:
        from sim.city import load_city

        key = (scenario.city, scenario.as_of, scenario.switches["drop_memory"])
        if key not in self._cities:
            bundle = self.ensure(scenario.city, scenario.as_of, self.root, key[2])
            self._cities[key] = load_city(bundle)
        return self._cities[key]

    def _simulated(self, scenario: Scenario, plan: Plan, city: City) -> tuple[Ensemble, int]:
        from sim.ensemble import dataset_of, simulate_in_memory

        results = simulate_in_memory(scenario, plan, city, simulate=self.simulate)
        failed = sum(result.failed is not None for result in results)
        return ensemble_of(dataset_of(scenario, plan, city, results, self.layout)), failed


def read_question(question: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """Return the scenario's path and the settings, key path to text as on the command line.

    Raises
    ------
    InputError
        If a key is unknown or a value is no number, word or mapping.

    Examples
    --------
    >>> read_question({"scenario": "a.yaml", "levers": {"x": {"D": 0.5}}, "members": 20})
    ('a.yaml', {'levers.x.D': '0.5', 'members': '20'})
    """
    problems = [
        Problem("question", str(key), f"unknown key{nearest(str(key), KEYS)}")
        for key in question
        if key not in KEYS
    ]
    path = question.get("scenario")
    if not isinstance(path, str):
        problems.append(Problem("question", "scenario", "missing; must be the path of a file"))
    settings: dict[str, str] = {}
    for name in KEYS[1:]:
        value = question.get(name)
        if name in SECTIONS and isinstance(value, Mapping):
            for key, found in _flattened(value, name):
                _set(settings, key, found, problems)
        elif name in SECTIONS and name != "levers" and value is not None:
            problems.append(Problem("question", name, "must be a mapping of names to values"))
        elif value is not None:
            _set(settings, name, value, problems)
    if problems:
        raise InputError(problems)
    return str(path), settings


def _flattened(tree: Mapping[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        key = f"{above}.{name}"
        if isinstance(value, Mapping):
            yield from _flattened(value, key)
        else:
            yield key, value


def _set(settings: dict[str, str], key: str, value: Any, problems: list[Problem]) -> None:
    if isinstance(value, bool):
        settings[key] = "true" if value else "false"
    elif isinstance(value, Integral):  # numpy's numbers too: their own repr is no number
        settings[key] = repr(int(value))
    elif isinstance(value, Real):
        settings[key] = repr(float(value))
    elif isinstance(value, str):
        settings[key] = value
    else:
        problems.append(Problem("question", key, f"must be a number or a word, is {value!r}"[:200]))


def deadline(plan: Plan, quarters: Sequence[int]) -> int:
    """Return the position of the last deadline of the plan's targets within the run's horizon."""
    last = max((t.deadline for t in plan.targets if t.deadline in quarters), default=quarters[-1])
    return list(quarters).index(last)


def _targets(plan: Plan, ensemble: Ensemble) -> Iterator[tuple[str, float | None]]:
    for target in plan.targets:
        if target.default_reading:
            yield target.id, assess(target, ensemble).probability


def _indicators(ensemble: Ensemble, place: int) -> Iterator[tuple[str, dict[str, float | None]]]:
    for name, values in sorted(ensemble.indicators.items()):
        spread: Floats = quantiles(values[:, place])
        found = {word: float(spread[QUANTILES.index(level)]) for word, level in SHOWN.items()}
        yield name, {w: None if np.isnan(value) else value for w, value in found.items()}


def answer(session: Session, question: object) -> dict[str, Any]:
    """Return the answer to a question, or under ``error`` what is wrong with it."""
    nothing: dict[str, Any] = {"targets": {}, "indicators": {}, "failed_members": 0}
    if not isinstance(question, Mapping):
        return nothing | {"error": "a question must be a JSON object"}
    try:
        return session.ask(question)
    except (InputError, NothingSimulated) as error:
        return nothing | {"error": str(error)}
