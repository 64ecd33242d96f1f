"""Independent parts of a report made at the same time, in forked copies of this process.

A forked copy sees everything that has been read and computed, so that nothing is read twice.
Where the system cannot fork safely (anything but Linux), parts are made one after the other.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

Made = TypeVar("Made")
PARENT_DEATH_SIGNAL = 1
"""``PR_SET_PDEATHSIG`` of prctl(2)."""


def side_by_side(tasks: Sequence[Callable[[], Made]], processes: int) -> list[Made]:
    """Run tasks, this process and its copies taking the next one whenever they are free.

    A task that fails in a copy, or whose copy dies, is run again here, so that its error is
    raised where it can be told.

    Parameters
    ----------
    tasks : sequence of callable
        Independent of one another; what they return must fit through a pipe.
    processes : int
        How many work, this one included.

    Returns
    -------
    list
        What each task returned, in the order of `tasks`.

    Examples
    --------
    >>> side_by_side([lambda: 1, lambda: 2], 1)
    [1, 2]
    """
    copies = min(processes, len(tasks)) - 1 if sys.platform == "linux" else 0
    if copies < 1:
        return [task() for task in tasks]
    context: Any = multiprocessing.get_context("fork")
    place = context.Value("q", 0)
    children = []
    try:
        for _ in range(copies):
            here, there = context.Pipe(duplex=False)
            child = context.Process(target=_copy, args=(tasks, place, there), daemon=True)
            child.start()
            there.close()
            children.append((child, here))
        made = _take(tasks, place)
        for child, here in children:
            made |= _received(here)
            child.join()
    finally:
        for child, _ in children:
            child.kill()
    return [made[k] if k in made else task() for k, task in enumerate(tasks)]


def _take(tasks: Sequence[Callable[[], Made]], place: Any) -> dict[int, Made]:
    """Run the next task until none is left; return what was made."""
    made: dict[int, Made] = {}
    while True:
        with place.get_lock():
            number = place.value
            place.value += 1
        if number >= len(tasks):
            return made
        made[number] = tasks[number]()


def _copy(tasks: Sequence[Callable[[], Made]], place: Any, pipe: Any) -> None:
    """Work in a copy until nothing is left or a task fails; the driver's end is ours too."""
    driver = os.getppid()
    for name in ("SIGINT", "SIGHUP"):  # the driver decides
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != driver:
        return
    try:
        pipe.send(_take(tasks, place))
    except Exception:  # told where it can be: the driver runs what is missing
        pipe.close()


def _received(pipe: Any) -> dict[int, Any]:
    """Return what a copy made; nothing if it failed or died."""
    try:
        found: dict[int, Any] = pipe.recv()
    except EOFError:
        return {}
    return found
