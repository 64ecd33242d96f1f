"""Loops compiled before the first member by several processes, each its share.

A loop is compiled when it is first called, so that with an empty folder of compiled loops one
worker would compile them all within the first member while the others wait. What a member calls
and with which types stands in ``compiled_loops.csv`` (``benchmarks/compiled_loops.py --write``).
A list that is out of date costs time and nothing else: what it lacks is compiled when called.
"""

from __future__ import annotations

import csv
import importlib
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from sim.garbage import rarely_sought

LIST = Path(__file__).with_name("compiled_loops.csv")
COLUMNS = ("loop", "types", "seconds")


@dataclass(frozen=True)
class Loop:
    """A compiled loop and the types it is called with.

    Attributes
    ----------
    name : str
        ``module.function`` below ``sim``.
    types : str
        Types of the arguments, a tuple as an expression in the names of ``numba.types``.
    seconds : float
        Roughly what compiling it takes; shares are made by it.
    """

    name: str
    types: str
    seconds: float


def spelled(kind: Any) -> str:
    """Return a numba type as an expression in the names of ``numba.types``.

    Examples
    --------
    >>> from numba import types
    >>> spelled(types.UniTuple(types.Array(types.int16, 1, "C", readonly=True), 2))
    "Tuple((Array(int16,1,'C',True),Array(int16,1,'C',True)))"
    """
    if hasattr(kind, "layout"):
        read_only = "" if kind.mutable else ",True"
        return f"Array({spelled(kind.dtype)},{kind.ndim},{kind.layout!r}{read_only})"
    if hasattr(kind, "types"):
        return f"Tuple(({''.join(f'{spelled(t)},' for t in kind.types)[:-1]}))"
    return "boolean" if str(kind) == "bool" else str(kind)


def listed() -> list[Loop]:
    """Return the loops that are known to be called."""
    with LIST.open(encoding="utf-8", newline="") as file:
        return [
            Loop(row["loop"], row["types"], float(row["seconds"])) for row in csv.DictReader(file)
        ]


def share_of(loops: list[Loop], share: int, shares: int) -> list[Loop]:
    """Return the part of the loops that one of several processes compiles.

    Shares are stretches of about equal time in the given order; a loop belongs to the stretch in
    which its middle lies.

    Examples
    --------
    >>> loops = [Loop("a", "", 1.0), Loop("b", "", 3.0), Loop("c", "", 3.5)]
    >>> [[loop.name for loop in share_of(loops, share, 2)] for share in (0, 1)]
    [['a', 'b'], ['c']]
    """
    length = sum(loop.seconds for loop in loops) / shares
    ends = accumulate(loop.seconds for loop in loops)
    return [
        loop
        for loop, end in zip(loops, ends, strict=True)
        if min(int((end - loop.seconds / 2) / length), shares - 1) == share
    ]


def _dispatcher(loop: Loop) -> Any:
    module, function = loop.name.split(".")
    return getattr(importlib.import_module(f"sim.{module}"), function)


def _kind(loop: Loop) -> tuple[bool, bool]:
    """Return whether a loop makes arrays, and whether it is promised that nothing overlaps."""
    with suppress(ImportError, AttributeError):  # a loop that does not exist is of no kind
        options = _dispatcher(loop).targetoptions
        return bool(options["_nrt"]), bool(options.get("noalias"))
    return False, False


def compile_share(share: int, shares: int) -> None:
    """Compile one of several shares, or load what is compiled already."""
    from numba.core.errors import NumbaError
    from numba.core.sigutils import normalize_signature

    # What loops inline is compiled anew for each kind of loop: a kind stays in one share.
    loops = sorted(listed(), key=_kind)
    with rarely_sought():  # compiling makes millions of small objects
        for loop in share_of(loops, share, shares):
            # What changed since the list was made is compiled, or complained about, when called.
            with suppress(NumbaError, ImportError, AttributeError, NameError, TypeError):
                # Loops are kept under their types; under a text a call would not find them.
                arguments, _ = normalize_signature(loop.types)  # type: ignore[no-untyped-call]
                _dispatcher(loop).compile(arguments)
