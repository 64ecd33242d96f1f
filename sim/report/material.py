"""What every output of a run is made from: read and assessed once, then only looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.analysis.evaluation import Ensemble, ensemble_of
from sim.city import City
from sim.plan import Plan
from sim.report.scorecard import Scorecard, make_scorecard
from sim.results import read_dataset

if TYPE_CHECKING:
    import xarray


@dataclass(frozen=True)
class Material:
    """A finished run with its plan and city.

    Attributes
    ----------
    scenario : str
        Name of the scenario.
    plan, city : Plan, City
        What was planned, and what was known of the city.
    dataset : xarray.Dataset
        Content of ``results.nc``.
    ensemble, scorecard : Ensemble, Scorecard
        Its arrays, and what they say about the plan.
    units, kinds : Mapping
        Indicator to declared unit and kind (stock, ytd, growth, ratio, quarter).
    """

    scenario: str
    plan: Plan
    city: City
    dataset: xarray.Dataset
    ensemble: Ensemble
    scorecard: Scorecard
    units: Mapping[str, str]
    kinds: Mapping[str, str]


def gather(folder: Path, plan: Plan, city: City) -> Material:
    """Read a run's directory and assess its plan.

    Raises
    ------
    OutputError
        If ``results.nc`` is missing or unreadable.
    """
    return material_of(read_dataset(folder), plan, city, folder.name)


def informed_in(dataset: xarray.Dataset, city: City) -> frozenset[str]:
    """Return the parameters that the run drew from a posterior which narrows them."""
    drawn = dataset.attrs.get("parameters_from") == "posterior"
    return city.posterior.informed() if drawn and city.posterior is not None else frozenset()


def material_of(dataset: xarray.Dataset, plan: Plan, city: City, name: str) -> Material:
    """Assess a plan in a dataset; `name` stands where the dataset names no scenario."""
    ensemble = ensemble_of(dataset)
    described = {indicator: dataset[indicator].attrs for indicator in ensemble.indicators}
    return Material(
        str(dataset.attrs.get("scenario", name)),
        plan,
        city,
        dataset,
        ensemble,
        make_scorecard(plan, city, ensemble, informed_in(dataset, city)),
        {key: str(about.get("declared_unit", "")) for key, about in described.items()},
        {key: str(about.get("kind", "")) for key, about in described.items()},
    )
