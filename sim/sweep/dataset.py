"""``results.nc`` of a sweep: one CF-1.8 dataset with the design as coordinates, cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.attainment import Floats
from sim.analysis.noise import noise_variance
from sim.cf import nc_name, target_variables, time_axis, unit_attributes
from sim.errors import OutputError
from sim.results import QUANTILES
from sim.store import new_file
from sim.sweep.cells import Cell
from sim.sweep.factors import Factor
from sim.sweep.record import CellRecord

if TYPE_CHECKING:
    import netCDF4

    from sim.indicators.declare import Indicator
    from sim.plan import Plan, Target

BLOCK = 128
"""Cells written at a time."""
STATUS = ("done", "partial", "failed")
Records = Callable[[], Iterator[CellRecord]]
"""Gives the records of all cells in their order, from the start each time it is called."""


@dataclass(frozen=True)
class SweepResults:
    """What a sweep's dataset is made of.

    Attributes
    ----------
    cells, factors : tuple
        The cells and what varies between them.
    plan : Plan
        Its readings are the dimension ``target``.
    indicators : Mapping
        Declarations by name.
    records : callable
        See :data:`Records`.
    record : callable
        Gives the record of one cell.
    attributes : Mapping
        Of the whole file.
    """

    cells: Sequence[Cell]
    factors: Sequence[Factor]
    plan: Plan
    indicators: Mapping[str, Indicator]
    records: Records
    record: Callable[[int], CellRecord]
    attributes: Mapping[str, str]

    @property
    def quarters(self) -> tuple[int, ...]:
        """Quarter indices of the horizon."""
        return tuple(self.cells[0].scenario.quarters)

    def noise(self) -> Floats | None:
        """Return the Monte Carlo variance of targets, then indicators; see :mod:`.noise`."""
        return noise_variance(self._complete)

    def _complete(self) -> Iterator[Floats]:
        for record in self.records():
            if record.status == "done":
                yield member_values(record)


def member_values(record: CellRecord) -> Floats:
    """Return targets (0 or 1, NaN where not assessable) over indicators, shape (rows, members)."""
    reached = np.where(record.reached < 0, np.nan, record.reached.astype(np.float64))
    return np.concatenate([reached, record.end])


def write_results(results: SweepResults, path: Path) -> None:
    """Write the dataset, a block of cells in memory at a time.

    Raises
    ------
    OutputError
        If the file cannot be written, a full disk included.
    """
    import netCDF4

    names = tuple(sorted(results.indicators))
    with new_file(path) as temporary:
        try:
            with netCDF4.Dataset(temporary, "w", format="NETCDF4") as file:
                file.setncatts({"Conventions": "CF-1.8", **results.attributes})
                _dimensions(file, results)
                _declare(file, results, names)
                _noise(file, results, names)
                first = 0
                for block in _blocks(results.records()):
                    _fill(file, first, block, names, len(results.plan.targets))
                    _fill_joint(file, first, block, results.plan.targets)
                    first += len(block)
        except RuntimeError as error:  # the HDF library's word for a full disk
            raise OutputError(f"{path}: cannot write: {error}") from None


def _blocks(records: Iterator[CellRecord]) -> Iterator[list[CellRecord]]:
    block: list[CellRecord] = []
    for record in records:
        block.append(record)
        if len(block) == BLOCK:
            yield block
            block = []
    if block:
        yield block


def _dimensions(file: netCDF4.Dataset, results: SweepResults) -> None:
    """Declare the dimensions and write all coordinates."""
    coordinates, bounds = time_axis(results.quarters)
    labels, limits = target_variables(results.plan.targets)
    sizes = {
        "cell": len(results.cells), "time": len(results.quarters), "quantile": len(QUANTILES),
        "target": len(results.plan.targets),
    }  # fmt: skip
    for name, size in sizes.items():
        file.createDimension(name, size)
    for dims, array, *_ in (bounds, *coordinates.values()):
        for name, size in zip((dims,) if isinstance(dims, str) else dims, array.shape, strict=True):
            if name not in file.dimensions:
                file.createDimension(name, size)
    number = {"units": "1", "long_name": "cell of the design", "long_name_zh": "设计单元编号"}
    quantile = {"units": "1", "long_name": "cumulative probability over members",
                "long_name_zh": "样本分位"}  # fmt: skip
    _put(file, "cell", ("cell", np.arange(len(results.cells), dtype=np.int32), number))
    _put(file, "quantile", ("quantile", np.array(QUANTILES), quantile))
    for name, content in {**coordinates, "time_bnds": bounds, **labels, **limits}.items():
        _put(file, name, content)
    for place, factor in enumerate(results.factors):
        values = [cell.point[place] for cell in results.cells]
        array = np.array([np.nan if value is None else value for value in values])
        _put(file, factor_name(factor), ("cell", array, {
            "units": "1", "long_name": f"value of {factor.key}",
            "long_name_zh": f"{factor.key} 的取值", "factor": factor.key,
            "comment": "in the unit that the factor's declaration states; missing: as in the "
                       "base scenario",
        }))  # fmt: skip


def factor_name(factor: Factor) -> str:
    """Return the name of a factor's coordinate.

    Examples
    --------
    >>> from sim.reading import Place
    >>> factor_name(Factor("population.scale", 0.1, 1.0, (), Place("s.yaml", 1, 1)))
    'factor_population_scale'
    """
    return nc_name(f"factor_{factor.key}")


def _put(file: netCDF4.Dataset, name: str, content: tuple[Any, ...]) -> None:
    """Write one whole variable: dimensions, values and perhaps attributes."""
    dims, values, *about = content
    attributes = about[0] if about else {}
    dims = (dims,) if isinstance(dims, str) else tuple(dims)
    array = np.asarray(values)
    kind: Any = str if array.dtype.kind in "OU" else array.dtype
    fill = np.nan if name.startswith("factor_") else None
    variable = file.createVariable(name, kind, dims, fill_value=fill)
    variable.setncatts(dict(attributes))
    variable[:] = array.astype(object) if kind is str else array


def _declare(file: netCDF4.Dataset, results: SweepResults, names: Sequence[str]) -> None:
    """Declare everything that is filled in cell by cell."""
    factors = " ".join(factor_name(factor) for factor in results.factors)

    def declare(name: str, kind: str, dims: tuple[str, ...], about: Mapping[str, Any]) -> None:
        variable = file.createVariable(
            name, kind, dims, fill_value=np.nan if kind == "f8" else None, compression="zlib",
            complevel=1,
        )  # fmt: skip
        variable.setncatts({**about, "coordinates": factors})

    declare("status", "i1", ("cell",), {
        "long_name": "state of the cell", "long_name_zh": "单元状态",
        "flag_values": np.arange(len(STATUS), dtype=np.int8), "flag_meanings": " ".join(STATUS),
    })  # fmt: skip
    for name, en, zh in (("members", "members finished", "完成的样本数"),
                         ("failed_members", "members failed", "失败的样本数")):  # fmt: skip
        declare(name, "i4", ("cell",), {"units": "1", "long_name": en, "long_name_zh": zh})
    declare("probability", "f8", ("cell", "target", "time"), {
        "units": "1", "long_name": "share of members for which the target holds",
        "long_name_zh": "达标样本占比",
    })  # fmt: skip
    for name, en, zh in (
        ("joint_outcomes", "share of members that reach all assessable outcomes",
         "同时实现全部可评估结果性目标的样本占比"),
        ("joint_all", "the same with the commitments", "加上承诺性目标"),
    ):  # fmt: skip
        declare(name, "f8", ("cell",), {"units": "1", "long_name": en, "long_name_zh": zh})
    for name in names:
        indicator = results.indicators[name]
        shared = {**unit_attributes(indicator.unit, name), "kind": indicator.kind,
                  "source": indicator.source}  # fmt: skip
        for suffix, dims, en, zh in (
            ("_quantile", ("cell", "quantile", "time"), "quantiles of the first release",
             "首次发布值的分位数"),
            ("_mean", ("cell", "time"), "mean of the first release", "首次发布值的均值"),
        ):  # fmt: skip
            declare(nc_name(name) + suffix, "f8", dims, shared | {
                "long_name": f"{indicator.long_name} ({en})",
                "long_name_zh": f"{indicator.long_name_zh}({zh})",
            })  # fmt: skip


def _noise(file: netCDF4.Dataset, results: SweepResults, names: Sequence[str]) -> None:
    """Write the Monte Carlo variance of each target's probability and of each mean at the end."""
    found, count = results.noise(), len(results.plan.targets)
    noise = np.full(count + len(names), np.nan) if found is None else found
    about = {
        "units": "1", "long_name": "Monte Carlo variance between cells of the probability",
        "long_name_zh": "概率的单元间蒙特卡洛方差",
    }  # fmt: skip
    variable = file.createVariable("probability_noise_variance", "f8", ("target",),
                                   fill_value=np.nan)  # fmt: skip
    variable.setncatts(about)
    variable[:] = noise[:count]
    for name, value in zip(names, noise[count:], strict=True):
        file.variables[f"{nc_name(name)}_mean"].noise_variance_at_end = float(value)


def together(record: CellRecord, targets: Sequence[Target], *, commitments: bool) -> float:
    """Return the share of members that reach every assessable default reading at once.

    NaN where the cell has no member or nothing can be assessed.
    """
    chosen = [
        row for row, target in zip(record.reached, targets, strict=False)
        if target.default_reading and (commitments or target.target_class == "outcome")
        and len(row) and row[0] >= 0
    ]  # fmt: skip
    return float(np.all(np.array(chosen) == 1, axis=0).mean()) if chosen else float("nan")


def _fill_joint(
    file: netCDF4.Dataset, first: int, block: Sequence[CellRecord], targets: Sequence[Target]
) -> None:
    rows = slice(first, first + len(block))
    for name, commitments in (("joint_outcomes", False), ("joint_all", True)):
        values = [together(record, targets, commitments=commitments) for record in block]
        file.variables[name][rows] = np.array(values)


def _fill(
    file: netCDF4.Dataset, first: int, block: Sequence[CellRecord], names: Sequence[str],
    targets: int,
) -> None:  # fmt: skip
    """Write a block of cells; what a failed cell lacks stays missing."""
    rows = slice(first, first + len(block))
    file.variables["status"][rows] = np.array([STATUS.index(r.status) for r in block], dtype="i1")
    file.variables["members"][rows] = np.array([len(r.members) for r in block], dtype="i4")
    file.variables["failed_members"][rows] = np.array([len(r.failed) for r in block], dtype="i4")
    quarters = len(file.dimensions["time"])
    empty = np.full((targets, quarters), np.nan)
    curves = [r.curves if len(r.members) else empty for r in block]
    file.variables["probability"][rows] = np.stack(curves)
    blank = np.full((len(QUANTILES), quarters), np.nan)
    for row, name in enumerate(names):
        spread = np.stack([r.quantiles[:, row] if len(r.members) else blank for r in block])
        mean = np.stack([r.mean[row] if len(r.members) else blank[0] for r in block])
        file.variables[f"{nc_name(name)}_quantile"][rows] = spread
        file.variables[f"{nc_name(name)}_mean"][rows] = mean
