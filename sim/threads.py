"""One thread for linear algebra: with two, its last bits differ from run to run."""

from __future__ import annotations

import os
import sys

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


def pin_threads() -> bool:
    """Set every numerical library to one thread, for this process and its workers.

    Returns
    -------
    bool
        Whether this came in time: the libraries read it when numpy is first imported.
    """
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    return "numpy" not in sys.modules


def available_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def workers_for(jobs: int | str, tasks: int) -> int:
    """Return how many workers to start.

    Parameters
    ----------
    jobs : int or str
        A number, or ``auto`` for one per available core.
    tasks : int
        Members to simulate; never more workers than that.

    Raises
    ------
    ValueError
        If `jobs` is neither.

    Examples
    --------
    >>> workers_for(8, 3), workers_for(1, 100), workers_for("2", 0)
    (3, 1, 1)
    """
    wanted = available_cores() if jobs == "auto" else int(jobs)
    if wanted < 1:
        raise ValueError("jobs must be at least 1")
    return max(1, min(wanted, tasks))
