"""What numerical libraries must be told before they load: one thread, and whose compiled code.

With two threads the last bits of linear algebra differ from run to run. Compiled loops are kept
by the content of all their sources: one that was inlined into another module's loop would
otherwise live on there after it was changed.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

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
    keep_compiled()
    return "numpy" not in sys.modules


def keep_compiled() -> None:
    """Name the folder of compiled loops by their sources, unless the user has named one."""
    home = Path(__file__).parent
    if "NUMBA_CACHE_DIR" in os.environ or not os.access(home, os.W_OK):
        return
    content = hashlib.sha256()
    for path in sorted(home.glob("*.py")):
        text = path.read_bytes()
        if b"njit" in text:
            content.update(text)
    folder = home / "__pycache__" / f"compiled-{content.hexdigest()[:12]}"
    os.environ["NUMBA_CACHE_DIR"] = str(folder)


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
