"""Loops compiled before the first member, dealt out to the workers.

A loop is compiled when it is first called, so that with an empty folder of compiled loops one
worker would compile them all within the first member while the others wait. What a member calls
and with which types stands in ``compiled_loops.csv`` (``benchmarks/compiled_loops.py --write``).
A list that is out of date costs time and nothing else: what it lacks is compiled when called.
"""

from __future__ import annotations

import csv
import importlib
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from multiprocessing.connection import Connection
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


class Deal:
    """Loops dealt out one by one: each worker has a stretch of the list, then helps the others.

    Stretches are of about equal time in the given order; a loop belongs to the stretch in which
    its middle lies. A worker compiles the longest of its stretch first, and at last the shortest
    of the one that has most left.

    Parameters
    ----------
    seconds : sequence of float
        What compiling each loop takes.
    workers : int
        How many compile.

    Examples
    --------
    >>> deal = Deal([1.0, 3.0, 3.5, 0.5], 2)
    >>> [deal.next_for(worker) for worker in (0, 1, 1, 1, 1)]
    [1, 2, 3, 0, None]
    """

    def __init__(self, seconds: Sequence[float], workers: int) -> None:
        self._seconds = seconds
        length = max(sum(seconds), 1e-9) / workers
        stretches: list[list[int]] = [[] for _ in range(workers)]
        for number, end in enumerate(accumulate(seconds)):
            place = int((end - seconds[number] / 2) / length)
            stretches[min(place, workers - 1)].append(number)
        self._left = [deque(sorted(s, key=lambda n: -seconds[n])) for s in stretches]

    def next_for(self, worker: int) -> int | None:
        """Return the number of the loop that a worker compiles next; None when all are dealt."""
        if own := self._left[worker]:
            return own.popleft()
        other = max(self._left, key=lambda left: sum(self._seconds[number] for number in left))
        return other.pop() if other else None


def _dispatcher(loop: Loop) -> Any:
    module, function = loop.name.split(".")
    return getattr(importlib.import_module(f"sim.{module}"), function)


def _kind(loop: Loop) -> tuple[bool, bool]:
    """Return whether a loop makes arrays, and whether it is promised that nothing overlaps."""
    with suppress(ImportError, AttributeError):  # a loop that does not exist is of no kind
        options = _dispatcher(loop).targetoptions
        return bool(options["_nrt"]), bool(options.get("noalias"))
    return False, False


@dataclass(frozen=True)
class NextWanted:
    """A worker's question for the next loop; with what each takes when it asks first."""

    seconds: tuple[float, ...] = ()


def asking(pipe: Connection) -> Callable[[NextWanted], int | None]:
    """Return what asks the driver at the other end of a pipe."""

    def ask(question: NextWanted) -> int | None:
        pipe.send(question)
        number: int | None = pipe.recv()
        return number

    return ask


def compile_dealt(ask: Callable[[NextWanted], int | None]) -> None:
    """Compile one loop after the other, or load what is compiled already.

    Parameters
    ----------
    ask : callable
        Given the question, returns the number of the next loop in the order of kinds.
    """
    # What loops inline is compiled anew for each kind of loop: a kind stays with one worker.
    loops = sorted(listed(), key=_kind)
    with rarely_sought():  # compiling makes millions of small objects
        number = ask(NextWanted(tuple(loop.seconds for loop in loops)))
        while number is not None:
            _compile(loops[number])
            number = ask(NextWanted())


def load_kept() -> None:
    """Load the loops that are compiled already; where one was not, leave the others for later."""
    for loop in listed():
        if not _compile(loop):
            return


def _compile(loop: Loop) -> bool:
    """Load or compile a loop; return whether it was there. One that does not exist is passed over.

    What changed since the list was made is compiled, or complained about, when called.
    """
    from numba.core.errors import NumbaError
    from numba.core.sigutils import normalize_signature

    with suppress(NumbaError, ImportError, AttributeError, NameError, TypeError):
        # Loops are kept under their types; under a text a call would not find them.
        arguments, _ = normalize_signature(loop.types)  # type: ignore[no-untyped-call]
        dispatcher = _dispatcher(loop)
        dispatcher.compile(arguments)
        return not dispatcher.stats.cache_misses
    return True
