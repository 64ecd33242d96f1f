"""Parts made side by side: in order, whatever becomes of the copies."""

from __future__ import annotations

import os
import signal
import time
from functools import partial

import pytest

from sim.report.side_by_side import side_by_side


def name_of_process(number: int) -> tuple[int, int]:
    """Return the number and who worked on it, slowly enough that others get a share."""
    time.sleep(0.05)
    return number, os.getpid()


def test_results_come_in_the_order_of_the_tasks() -> None:
    found = side_by_side([partial(name_of_process, k) for k in range(8)], 3)
    assert [number for number, _ in found] == list(range(8))
    assert os.getpid() in {process for _, process in found}
    assert len({process for _, process in found}) == 3


def failing(driver: int, act: str) -> str:
    """Fail or die in a copy; return who did the work in the driver."""
    if os.getpid() == driver:
        time.sleep(0.1)
        return "driver"
    if act == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    raise ValueError(act)


@pytest.mark.parametrize("act", ["die", "raise"])
def test_what_a_copy_leaves_undone_is_done_here(act: str) -> None:
    tasks = [partial(failing, os.getpid(), act) for _ in range(4)]
    assert side_by_side(tasks, 2) == ["driver"] * 4


def test_an_error_of_a_task_is_raised() -> None:
    def bad() -> int:
        raise ValueError("no ink")

    for processes in (1, 2):
        with pytest.raises(ValueError, match="no ink"):
            side_by_side([bad, lambda: 1, bad], processes)
