"""From a run's member paths to the assessment of every reading of every target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.attainment import (
    Flags,
    Floats,
    attained,
    deciding_values,
    first_quarter_likely,
    margin,
    monte_carlo_error,
    year_ends,
)
from sim.analysis.joint import Joint, joint
from sim.plan import Plan, Target
from sim.units import quarter_index, quarter_name

if TYPE_CHECKING:
    import xarray

PARAMETER_PREFIX = "parameter_"
BASELINE_PREFIX = "baseline_"


@dataclass(frozen=True)
class Ensemble:
    """Arrays of a finished run, without files or labels.

    Attributes
    ----------
    quarters : tuple of int
        Quarter indices of the time axis, consecutive.
    indicators : Mapping
        Indicator to first-released values, shape (members, quarters), in the indicator's unit.
    baselines : Mapping
        Indicator to the member's drawn level of the base year, shape (members,).
    parameters : Mapping
        Drawn parameter to its values, shape (members,).
    """

    quarters: tuple[int, ...]
    indicators: Mapping[str, Floats]
    baselines: Mapping[str, Floats]
    parameters: Mapping[str, Floats]

    @property
    def members(self) -> int:
        """Number of members."""
        return next((len(values) for values in self.indicators.values()), 0)


@dataclass(frozen=True)
class Assessment:
    """What a run says about one reading of one target.

    Attributes
    ----------
    target : Target
        The reading.
    reason_en, reason_zh : str
        Why it cannot be assessed; empty where it can.
    reached : ndarray or None
        Whether each member reaches it, shape (members,).
    holds : ndarray or None
        Whether it holds for each member by its own definition, shape (members, quarters up to
        the deadline).
    curve : ndarray or None
        Share of members for which it holds, by quarter up to the deadline.
    values : ndarray or None
        The value of each member that decides, in the target's unit.
    margins : ndarray or None
        How far each member's deciding value lies beyond its bound.
    bound : float or None
        Median over members of the base-year level where that is the bound.
    first_quarter : int or None
        First quarter index from which the curve stays at 0.5 or above.
    """

    target: Target
    reason_en: str = ""
    reason_zh: str = ""
    reached: Flags | None = None
    holds: Flags | None = None
    curve: Floats | None = None
    values: Floats | None = None
    margins: Floats | None = None
    bound: float | None = None
    first_quarter: int | None = None

    @property
    def probability(self) -> float | None:
        """Share of members that reach the target; ``None`` where it cannot be assessed."""
        return None if self.reached is None else float(self.reached.mean())

    @property
    def mc_error(self) -> float | None:
        """Monte Carlo error of the probability."""
        if self.reached is None:
            return None
        return monte_carlo_error(float(self.reached.mean()), len(self.reached))

    @property
    def gap(self) -> float | None:
        """Median distance beyond the bound in the target's unit; negative: falls short."""
        return None if self.margins is None else float(np.nanmedian(self.margins))


def ensemble_of(dataset: xarray.Dataset) -> Ensemble:
    """Return the arrays of a results dataset.

    Parameters
    ----------
    dataset : xarray.Dataset
        As made by :func:`sim.results.build_dataset`: one variable (member, time) per indicator,
        ``parameter_<name>`` and ``parameter_baseline_<indicator>`` (member).
    """
    quarters = quarters_of(dataset)
    indicators: dict[str, Floats] = {}
    baselines: dict[str, Floats] = {}
    parameters: dict[str, Floats] = {}
    variables = dataset.variables  # without the coordinates that an item would carry along
    for label in dataset.data_vars:
        name, variable = str(label), variables[label]
        if variable.dims == ("member", "time"):
            true_state = name.endswith("_true") and name.removesuffix("_true") in dataset
            if true_state or "lever" in variable.attrs:
                continue
            indicators[name] = np.asarray(variable.values, dtype=np.float64)
        elif variable.dims == ("member",):
            bare = name.removeprefix(PARAMETER_PREFIX)
            values = np.asarray(variable.values, dtype=np.float64)
            if bare.startswith(BASELINE_PREFIX):
                baselines[bare.removeprefix(BASELINE_PREFIX)] = values
            elif name.startswith(PARAMETER_PREFIX):
                parameters[bare] = values
    return Ensemble(quarters, indicators, baselines, parameters)


def quarters_of(dataset: xarray.Dataset) -> tuple[int, ...]:
    """Return the quarter indices of a dataset's time axis."""
    return tuple(quarter_index(str(name)) for name in dataset.coords["quarter"].values)


def assess(target: Target, ensemble: Ensemble) -> Assessment:
    """Assess one reading of a target.

    Returns
    -------
    Assessment
        With a reason instead of numbers where the plan, the run's horizon or the data leave
        nothing to assess.
    """
    obstacle = _obstacle(target, ensemble)
    if obstacle:
        return Assessment(target, *obstacle)
    quarters = ensemble.quarters
    values = ensemble.indicators[target.indicator]
    baseline = ensemble.baselines.get(target.indicator) if _relative(target) else None
    deciding = deciding_values(values, quarters, target, baseline)
    if np.isnan(deciding).all():
        return Assessment(
            target,
            f"no member has a value of {target.indicator} to compare",
            f"没有任何样本给出可比较的 {target.indicator} 数值",
        )
    last = quarters.index(target.deadline) + 1
    holds = attained(values, quarters, target, baseline)[:, :last]
    curve = np.asarray(holds.mean(axis=0), dtype=np.float64)
    return Assessment(
        target,
        reached=holds[:, -1],
        holds=holds,
        curve=curve,
        values=deciding,
        margins=margin(deciding, target.operator, target.low, target.high, baseline),
        bound=None if baseline is None else float(np.nanmedian(baseline)),
        first_quarter=first_quarter_likely(curve, quarters),
    )


def evaluate(plan: Plan, ensemble: Ensemble) -> tuple[Assessment, ...]:
    """Assess every reading of every target, in the plan's order."""
    return tuple(assess(target, ensemble) for target in plan.targets)


def headline(assessments: tuple[Assessment, ...], commitments: bool = False) -> Joint:
    """Return the joint probability over default readings.

    Parameters
    ----------
    assessments : tuple of Assessment
        From :func:`evaluate`.
    commitments : bool
        Whether commitments belong to the set; the headline has outcomes only.
    """
    chosen = [
        entry
        for entry in assessments
        if entry.target.default_reading and (commitments or entry.target.target_class == "outcome")
    ]
    reached = {entry.target.id: entry.reached for entry in chosen if entry.reached is not None}
    return joint(reached, [entry.target.id for entry in chosen if entry.reached is None])


def _relative(target: Target) -> bool:
    return target.operator != "between" and target.low is None and target.high is None


def _obstacle(target: Target, ensemble: Ensemble) -> tuple[str, str] | None:
    """Return why a target cannot be assessed, in both languages, or None."""
    if not target.assessable:
        return target.reason, target.reason_zh or target.reason
    quarters, name = ensemble.quarters, target.indicator
    if target.deadline not in quarters:
        due, end = quarter_name(target.deadline), quarter_name(quarters[-1])
        return (
            f"due in {due}, which this run ({quarter_name(quarters[0])} to {end}) does not cover",
            f"期限为 {due},不在本次模拟区间({quarter_name(quarters[0])} 至 {end})内",
        )
    if target.window != "deadline" and (target.window_start or quarters[0]) < quarters[0]:
        start = quarter_name(quarters[0])
        return (
            f"its window opens before the run's first quarter {start}",
            f"其统计区间早于模拟起点 {start}",
        )
    if target.window == "each_year" and not year_ends(quarters, target):
        return "its window holds no year-end", "其统计区间内没有年末"
    if name not in ensemble.indicators:
        return f"no indicator {name} in this run", f"本次模拟没有指标 {name}"
    if _relative(target) and np.isnan(ensemble.baselines.get(name, np.array([np.nan]))).all():
        return f"no base-year level of {name}", f"{name} 没有基期水平"
    return None
