"""What is kept of a cell: attainment, quantiles by quarter, and each member's value at the end."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.analysis.attainment import QUANTILES, Floats
from sim.analysis.evaluation import Assessment, ensemble_of, evaluate
from sim.errors import NothingSimulated
from sim.results import member_quantiles

if TYPE_CHECKING:
    from sim.city import City
    from sim.plan import Plan
    from sim.results import Layout, MemberResult
    from sim.scenario import Scenario

HEADER = b"cell record 1 sha256 "


@dataclass(frozen=True)
class Failed:
    """A member that stopped, and why."""

    member: int
    reason: str


@dataclass(frozen=True)
class CellRecord:
    """The result of one cell; arrays are empty where no member finished.

    Attributes
    ----------
    indicators : tuple of str
        Names, the rows of the arrays below.
    members : ndarray, shape (members,)
        Numbers of the members that finished.
    reached : ndarray of int8, shape (targets, members)
        1, 0, or -1 where the reading cannot be assessed; readings in the plan's order.
    curves : ndarray, shape (targets, quarters)
        Share of members for which the target holds; NaN after its deadline.
    quantiles : ndarray, shape (9, indicators, quarters)
        Of the first release over members.
    mean : ndarray, shape (indicators, quarters)
        Over the members that have a value.
    end : ndarray, shape (indicators, members)
        Each member's value in the last quarter.
    failed : tuple of Failed
        Members that stopped.
    """

    indicators: tuple[str, ...]
    members: NDArray[np.int64]
    reached: NDArray[np.int8]
    curves: Floats
    quantiles: Floats
    mean: Floats
    end: Floats
    failed: tuple[Failed, ...] = ()

    @property
    def status(self) -> str:
        """``done``, ``partial`` (some members failed) or ``failed`` (all did)."""
        if not len(self.members):
            return "failed"
        return "partial" if self.failed else "done"


ARRAYS = ("members", "reached", "curves", "quantiles", "mean", "end")
assert {*ARRAYS, "indicators", "failed"} == {each.name for each in fields(CellRecord)}


def summarise(
    scenario: Scenario,
    plan: Plan,
    city: City,
    results: Sequence[MemberResult],
    layout: Layout | None = None,
) -> CellRecord:
    """Return the record of a cell's members.

    Parameters
    ----------
    scenario, plan, city
        What was simulated.
    results : sequence of MemberResult
        All members in their order, failed ones included.
    layout : Layout, optional
        Rows of a member's arrays.
    """
    from sim.ensemble import dataset_of

    failed = tuple(Failed(r.member, r.failed) for r in results if r.failed is not None)
    try:
        dataset = dataset_of(scenario, plan, city, results, layout)
    except NothingSimulated:
        return nothing(failed)
    ensemble = ensemble_of(dataset)
    names = tuple(sorted(ensemble.indicators))
    values = np.stack([ensemble.indicators[name] for name in names], axis=1)
    found = evaluate(plan, ensemble)
    return CellRecord(
        names,
        np.asarray(dataset["member"].values, dtype=np.int64),
        np.array([_reached(one, len(values)) for one in found], dtype=np.int8),
        np.array([_curve(one, len(ensemble.quarters)) for one in found], dtype=np.float64),
        _quantiles(values),
        _means(values),
        np.ascontiguousarray(values[:, :, -1].T),
        failed,
    )


def nothing(failed: tuple[Failed, ...]) -> CellRecord:
    """Return the record of a cell none of whose members finished."""
    empty = np.zeros((0, 0))
    return CellRecord(
        (), np.zeros(0, dtype=np.int64), np.zeros((0, 0), dtype=np.int8), empty,
        np.zeros((len(QUANTILES), 0, 0)), empty, empty, failed,
    )  # fmt: skip


def _reached(one: Assessment, members: int) -> NDArray[np.int8]:
    if one.reached is None:
        return np.full(members, -1, dtype=np.int8)
    return one.reached.astype(np.int8)


def _curve(one: Assessment, quarters: int) -> Floats:
    full = np.full(quarters, np.nan)
    if one.curve is not None:
        full[: len(one.curve)] = one.curve
    return full


def _quantiles(values: Floats) -> Floats:
    """Return the quantiles over members that have a value, shape (9, indicators, quarters)."""
    flat = member_quantiles(values.reshape(len(values), -1))
    return flat.reshape(len(QUANTILES), *values.shape[1:])


def _means(values: Floats) -> Floats:
    """Return the means over members that have a value, shape (indicators, quarters)."""
    known = np.isfinite(values)
    count = known.sum(axis=0)
    total = np.where(known, values, 0.0).sum(axis=0)
    return np.asarray(total / np.where(count > 0, count, np.nan))


def to_bytes(record: CellRecord) -> bytes:
    """Return a record with its checksum; never a pickle."""
    about = {
        "indicators": record.indicators,
        "failed": [[failed.member, failed.reason] for failed in record.failed],
    }
    text = np.frombuffer(json.dumps(about).encode("utf-8"), dtype=np.uint8)
    packed = io.BytesIO()
    np.savez(packed, about=text, **{name: getattr(record, name) for name in ARRAYS})
    body = packed.getvalue()
    return HEADER + hashlib.sha256(body).hexdigest().encode("ascii") + b"\n" + body


def from_bytes(data: bytes) -> CellRecord | None:
    """Return the record, or ``None`` where the checksum or the content does not fit."""
    head, _, body = data.partition(b"\n")
    if head != HEADER + hashlib.sha256(body).hexdigest().encode("ascii"):
        return None
    try:
        with np.load(io.BytesIO(body), allow_pickle=False) as stored:
            about = json.loads(stored["about"].tobytes().decode("utf-8"))
            arrays = {name: stored[name] for name in ARRAYS}
        failed = tuple(Failed(member, reason) for member, reason in about["failed"])
        return CellRecord(tuple(about["indicators"]), failed=failed, **arrays)
    except (ValueError, KeyError, TypeError, OSError, zipfile.BadZipFile):
        return None
