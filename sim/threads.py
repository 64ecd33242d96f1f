"""What libraries must be told: one thread, whose compiled code, and how to hold memory.

With two threads the last bits of linear algebra differ from run to run. Compiled loops are kept
by the content of all their sources: one that was inlined into another module's loop would
otherwise live on there after it was changed.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from contextlib import suppress
from functools import cache
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


@cache
def prepare_heap() -> None:
    """Let the C library keep what arrays free, in huge pages (glibc; elsewhere nothing happens).

    By default it maps an array of many megabytes from the system and gives it back, each time
    anew: in a city of millions of firms pages are cleared at every use. Such arrays also begin at
    the same place of a page, so that more of them than a cache has ways throw each other out where
    a loop reads them side by side. In pages of 4 KiB the columns of the real city exceed what the
    processor remembers of addresses.
    """
    import ctypes
    import mmap

    if sys.platform != "linux" or not hasattr(libc := ctypes.CDLL(None), "mallopt"):
        return
    libc.mallopt(_MOST_MAPPED, 0)
    libc.mallopt(_TRIM_THRESHOLD, -1)
    libc.malloc.restype = ctypes.c_void_p
    size, page = ctypes.c_size_t, mmap.PAGESIZE
    # Room asked for and freed again stays with the heap; what is not written to costs nothing.
    # In larger cities numpy itself asks for huge pages, from 4 MiB on.
    room = libc.malloc(size(_ROOM))
    if room:
        begin = -(-room // page) * page
        libc.madvise(ctypes.c_void_p(begin), size(_ROOM - page), mmap.MADV_HUGEPAGE)
        libc.free(ctypes.c_void_p(room))


_TRIM_THRESHOLD, _MOST_MAPPED = -1, -4
"""Numbers of ``mallopt``: M_TRIM_THRESHOLD, of which -1 is never, and M_MMAP_MAX."""
_ROOM = 512 << 20
"""Bytes of the heap in huge pages: a member of the real city and what Python needs."""


def keep_compiled() -> None:
    """Name the folder of compiled loops by their sources, unless the user has named one."""
    home = Path(__file__).parent
    if os.environ.get("NUMBA_CACHE_DIR") or not os.access(home, os.W_OK):
        return
    folder = home / "__pycache__" / f"compiled-{_digest_of_loops()}"
    os.environ["NUMBA_CACHE_DIR"] = str(folder)


def sources_of_loops() -> list[Path]:
    """Return all modules that hold compiled loops or what they inline."""
    modules = sorted(Path(__file__).parent.glob("*.py"))
    return [p for p in modules if re.search(rb"njit|sim\.compiled", p.read_bytes())]


@cache
def _digest_of_loops() -> str:
    content = hashlib.sha256()
    for path in sources_of_loops():
        content.update(path.read_bytes())
    return content.hexdigest()[:12]


class CompiledLoops:
    """Whether this numba compiled the loops of these sources before: a mark beside the kept ones.

    With a mark that is out of date (another processor, a folder half cleared) several processes
    may compile the same loop, which costs time and nothing else.
    """

    def __init__(self) -> None:
        from sim.manifest import package_versions

        folder = os.environ.get("NUMBA_CACHE_DIR") or None
        name = f"whole-{_digest_of_loops()}-{package_versions(('numba',))['numba']}"
        self.mark = None if folder is None else Path(folder) / name

    def known(self) -> bool:
        """Return whether a member was simulated with them before."""
        return self.mark is not None and self.mark.is_file()

    def note(self) -> None:
        """Remember that a member was simulated: all its loops are compiled and kept."""
        if self.mark is not None and not self.mark.is_file():
            with suppress(OSError):
                self.mark.parent.mkdir(parents=True, exist_ok=True)
                self.mark.touch()


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
