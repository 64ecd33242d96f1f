"""Results of a run: what one member yields, and the Dataset (CF-1.8) of the whole ensemble.

Only successful members enter the Dataset; those that failed are named in the manifest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.cf import nc_name, target_variables, time_axis, unit_attributes
from sim.errors import NothingSimulated, OutputError
from sim.store import new_file

if TYPE_CHECKING:
    import xarray

    from sim.city import City
    from sim.indicators.declare import Indicator
    from sim.levers.declare import Lever
    from sim.parameters.declare import Parameter
    from sim.plan import Target

Floats = NDArray[np.float64]

QUANTILES = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
"""Points of the distribution over members that every run stores."""
RESULTS_FILE = "results.nc"
GROUP = "per_member"
GROUPED = ("parameter_", "check_")
"""The file's group for drawn parameters and checked identities, and their prefixes."""


@dataclass(frozen=True)
class MemberResult:
    """What one member of an ensemble yields.

    Attributes
    ----------
    member : int
        Number of the member, the key of its random draws.
    published : ndarray, shape (indicators, quarters)
        Bureau's first release, in the units of the declarations, rows in the order of
        :func:`indicator_names`, quarters from the scenario's start to its end.
    true_state : ndarray, shape (indicators, quarters)
        The same indicators of the true state.
    lever_values : ndarray, shape (levers, quarters)
        Values put into effect, rows as in :attr:`Layout.levers`.
    scalars : Mapping
        Drawn parameters, priors and base-year levels by name.
    checks : Mapping
        Largest breach of every identity over the horizon, in the identity's own measure.
    failed : str or None
        Quarter, identity and amount of the breach that stopped the member.
    """

    member: int
    published: Floats
    true_state: Floats
    lever_values: Floats
    scalars: Mapping[str, float] = field(default_factory=dict)
    checks: Mapping[str, float] = field(default_factory=dict)
    failed: str | None = None


@dataclass(frozen=True)
class Layout:
    """What the rows of a member's arrays mean.

    Attributes
    ----------
    indicators : tuple of Indicator
        One per row of `published` and `true_state`.
    levers : tuple of (Lever, str)
        One per row of `lever_values`: the lever and its per-mu class ("" for a scalar lever).
    parameters : Mapping
        Declarations (unit, names, source) of the scalars, where they have one.
    """

    indicators: tuple[Indicator, ...]
    levers: tuple[tuple[Lever, str], ...]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)


def declared_layout(city: City | None = None) -> Layout:
    """Return the layout that follows from the declarations, by name, then from the city's data.

    Parameters
    ----------
    city : City, optional
        Its districts' indicators stand behind those that every city has.
    """
    from sim.indicators import INDICATORS
    from sim.levers import LEVERS
    from sim.parameters import PARAMETERS

    places = city.districts if city is not None else None
    own = zip(places.code, places.name_en, places.name_zh, strict=True) if places else ()
    return Layout(
        (*(INDICATORS[name] for name in sorted(INDICATORS)), *_of_districts(tuple(own))),
        tuple((LEVERS[n], part) for n in sorted(LEVERS) for part in LEVERS[n].classes or ("",)),
        PARAMETERS,
    )


@lru_cache(maxsize=8)
def _of_districts(districts: tuple[tuple[str, str, str], ...]) -> tuple[Indicator, ...]:
    """Return the indicators of a city's districts, made once for all members of a worker."""
    from sim.indicators.districts import of_districts

    return of_districts(districts)


def indicator_names(city: City | None = None) -> tuple[str, ...]:
    """Return the names of all indicators in the order of a member's rows."""
    return tuple(indicator.name for indicator in declared_layout(city).indicators)


def build_dataset(
    results: Sequence[MemberResult],
    quarters: Sequence[int],
    *,
    layout: Layout | None = None,
    targets: Sequence[Target] = (),
    attributes: Mapping[str, str] | None = None,
) -> xarray.Dataset:
    """Put the members' results together.

    Parameters
    ----------
    results : sequence of MemberResult
        In any order; failed members are left out.
    quarters : sequence of int
        Quarter indices of the time axis.
    layout : Layout, optional
        By default that of the declarations.
    targets : sequence of Target
        Readings of the plan's targets; their indicators' quantiles are stored.
    attributes : Mapping, optional
        Further attributes of the whole file.

    Returns
    -------
    xarray.Dataset
        For every indicator ``<name>`` and ``<name>_true`` (member, time), for those of targets
        ``<name>_quantile`` (quantile, time); ``lever_<name>[_<class>]`` (member, time);
        ``parameter_<name>`` and ``check_<identity>`` (member); ``target_...`` (target).

    Raises
    ------
    NothingSimulated
        If no member succeeded.
    """
    import xarray

    members = sorted((r for r in results if r.failed is None), key=lambda result: result.member)
    if not members:
        reason = f"; the first: {results[0].failed}" if results else ""
        raise NothingSimulated(f"no member could be simulated{reason}")
    shape = layout or declared_layout()
    variables: dict[str, Any] = {}
    scored = {target.indicator for target in targets}
    variables.update(_indicator_variables(members, shape, len(quarters), scored))
    variables.update(_lever_variables(members, shape))
    variables.update(_scalar_variables(members, shape.parameters))
    coordinates, bounds = time_axis(quarters)
    variables["time_bnds"] = bounds
    coordinates["member"] = (
        "member",
        np.array([result.member for result in members], dtype=np.int32),
        {"units": "1", "standard_name": "realization", "long_name": "ensemble member",
         "long_name_zh": "样本编号"},
    )  # fmt: skip
    coordinates["quantile"] = (
        "quantile",
        np.array(QUANTILES),
        {"units": "1", "long_name": "cumulative probability over members",
         "long_name_zh": "样本分位"},
    )  # fmt: skip
    if targets:
        labels, bounds_of_targets = target_variables(targets)
        coordinates.update(labels)
        variables.update(bounds_of_targets)
    described = {"Conventions": "CF-1.8", **(attributes or {})}
    return xarray.Dataset(variables, coordinates, described)


def _stack(arrays: Sequence[Floats], rows: int, columns: int, what: str) -> Floats:
    """Return (rows, members, columns) after checking every member's shape."""
    for array in arrays:
        if array.shape != (rows, columns):
            raise ValueError(f"{what}: shape {array.shape} instead of {(rows, columns)}")
    return np.ascontiguousarray(np.stack(arrays, axis=1), dtype=np.float64)


def _indicator_variables(
    members: Sequence[MemberResult], layout: Layout, quarters: int, scored: Set[str]
) -> dict[str, Any]:
    rows = len(layout.indicators)
    released = _stack([m.published for m in members], rows, quarters, "published")
    true = _stack([m.true_state for m in members], rows, quarters, "true_state")
    made: dict[str, Any] = {}
    for row, indicator in enumerate(layout.indicators):
        shared = {**unit_attributes(indicator.unit, indicator.name), "kind": indicator.kind,
                  "source": indicator.source}  # fmt: skip
        name = nc_name(indicator.name)
        parts = [
            ("", ("member", "time"), released[row], "first release", "首次发布"),
            ("_true", ("member", "time"), true[row], "true state", "真实状态"),
        ]
        if indicator.name in scored:
            spread = member_quantiles(released[row])
            about = ("quantiles of the first release", "首次发布值的分位数")
            parts.append(("_quantile", ("quantile", "time"), spread, *about))
        for suffix, dims, values, en, zh in parts:
            names = {
                "long_name": f"{indicator.long_name} ({en})",
                "long_name_zh": f"{indicator.long_name_zh}({zh})",
            }
            made[name + suffix] = (dims, values, names | shared)
    return made


def member_quantiles(values: Floats) -> Floats:
    """Return the quantiles over members that have a value.

    Parameters
    ----------
    values : ndarray, shape (members, quarters)
        NaN where a value does not exist.

    Returns
    -------
    ndarray, shape (quantiles, quarters)
        Linear interpolation between order statistics; NaN where no member has a value.
    """
    ordered = np.sort(values, axis=0)  # NaN comes last
    top = np.maximum(np.sum(~np.isnan(values), axis=0) - 1, 0)
    place = np.multiply.outer(np.array(QUANTILES), top)
    below = np.floor(place).astype(np.int64)
    low = np.take_along_axis(ordered, below, axis=0)
    high = np.take_along_axis(ordered, np.minimum(below + 1, top), axis=0)
    return np.asarray(low + (high - low) * (place - below))


def _lever_variables(members: Sequence[MemberResult], layout: Layout) -> dict[str, Any]:
    quarters = members[0].published.shape[1]
    values = _stack([m.lever_values for m in members], len(layout.levers), quarters, "levers")
    made: dict[str, Any] = {}
    for row, (lever, part) in enumerate(layout.levers):
        about = {
            "long_name": lever.long_name + (f", class {part}" if part else ""),
            "long_name_zh": lever.long_name_zh + (f"({part}类)" if part else ""),
            **unit_attributes(lever.unit, lever.name),
            "source": lever.source,
            "lever": lever.name,
        }
        if part:
            about["per_mu_class"] = part
        name = nc_name(f"lever_{lever.name}" + (f"_{part}" if part else ""))
        made[name] = (("member", "time"), values[row], about)
    return made


def _scalar_variables(
    members: Sequence[MemberResult], parameters: Mapping[str, Parameter]
) -> dict[str, Any]:
    """Return drawn values and largest breaches; a member without one gets NaN."""
    made: dict[str, Any] = {}
    for name, values in _by_name([member.scalars for member in members]):
        known = parameters.get(name)
        about = unit_attributes(known.unit, name) if known else {"units": "1"}
        about["long_name"] = known.long_name if known else f"drawn value of {name}"
        about["long_name_zh"] = known.long_name_zh if known else f"{name} 的抽样值"
        about["source"] = known.source if known else "drawn with the city's base-year levels"
        made[nc_name(f"parameter_{name}")] = ("member", values, about)
    for name, values in _by_name([member.checks for member in members]):
        about = {
            "units": "1",
            "long_name": f"largest breach of the identity {name}",
            "long_name_zh": f"恒等式 {name} 的最大偏差",
            "source": "accounting identities checked every quarter",
        }
        made[nc_name(f"check_{name}")] = ("member", values, about)
    return made


def _by_name(named: Sequence[Mapping[str, float]]) -> Iterator[tuple[str, Floats]]:
    """Yield each name and the members' values under it, NaN where a member has none."""
    names = sorted({name for values in named for name in values})
    table = np.array([[values.get(name, np.nan) for name in names] for values in named])
    by_name = np.ascontiguousarray(table.reshape(len(named), len(names)).T)
    yield from zip(names, by_name, strict=True)


def write_dataset(dataset: xarray.Dataset, path: Path) -> None:
    """Write a Dataset as NetCDF-4 under a temporary name, then rename it.

    Drawn parameters and checked identities go to a group of their own (CF section 2.7), so that
    the root holds paths and targets only; dimensions stay those of the root.

    Raises
    ------
    OutputError
        If the file cannot be written, a full disk included.
    """
    import netCDF4
    from xarray.conventions import encode_dataset_coordinates

    variables, attributes = encode_dataset_coordinates(dataset)
    with new_file(path) as temporary:
        try:
            with netCDF4.Dataset(temporary, "w", format="NETCDF4") as file:
                file.setncatts(attributes)
                for dimension, size in dataset.sizes.items():
                    file.createDimension(str(dimension), size)
                group = file.createGroup(GROUP)
                for name in map(str, variables):  # all are declared first: mixing costs seconds
                    missing = None if name in dataset.coords or name == "time_bnds" else np.nan
                    if name.startswith(GROUPED):
                        _declare(group, name, dataset.variables[name], np.nan)
                    else:
                        _declare(file, name, variables[name], missing)
                for name in map(str, variables):
                    place = group if name.startswith(GROUPED) else file
                    place.variables[name][:] = variables[name].values
        except RuntimeError as error:  # the HDF library's word for a full disk
            raise OutputError(f"{path}: cannot write: {error}") from None


def _declare(place: Any, name: str, values: xarray.Variable, missing: float | None) -> None:
    """Declare a variable with its attributes in a file or group; only numbers can be missing."""
    kind: Any = str if values.dtype.kind == "O" else values.dtype
    fill = missing if values.dtype.kind == "f" else None
    stored = place.createVariable(name, kind, tuple(map(str, values.dims)), fill_value=fill)
    stored.setncatts(values.attrs)


def as_read(dataset: xarray.Dataset) -> xarray.Dataset:
    """Return a Dataset that was written as :func:`read_dataset` would return it: days as dates."""
    from xarray import decode_cf

    return decode_cf(dataset).load()


def read_dataset(path: Path) -> xarray.Dataset:
    """Read a run's results, groups included, into memory and close the file.

    Parameters
    ----------
    path : Path
        ``results.nc`` or the run's directory.

    Raises
    ------
    OutputError
        If it is missing or not NetCDF.
    """
    import netCDF4
    import xarray

    file = path / RESULTS_FILE if path.is_dir() else path
    try:
        dataset = xarray.load_dataset(file, engine="netcdf4")
        with netCDF4.Dataset(file, "r") as content:
            content.set_auto_mask(False)
            group = content.groups.get(GROUP)
            apart = {
                name: (
                    stored.dimensions,
                    stored[:],
                    {key: stored.getncattr(key) for key in stored.ncattrs() if key[0] != "_"},
                )
                for name, stored in (group.variables.items() if group else ())
            }
    except (OSError, ValueError, RuntimeError) as error:
        raise OutputError(f"{file}: cannot read the results: {error}") from None
    return dataset.assign(apart)
