"""Compiled firm loops against the streaming limit: a loop that only moves the same bytes.

python benchmarks/firm_kernels.py [--members 3] [--scale 1.0] [--save]

A kernel touches every column it is given once, and once more if it changed it (compared before and
after); smaller arrays are not counted, nor are kernels that go down a list of some firms. The limit
reads the same columns, and writes those that the kernel changes, where the kernel stands: right
before it, in members of their own, so that it finds in the caches what the kernel finds. The first
member is simulated several times; of every kernel and of its limit the quickest time counts.
Beside it stands the rate of a table that the third-level cache holds and that is read and written
again and again: more than the loops' columns can be moved at. All are CPU time of one process.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sim.threads import available_cores, pin_threads, prepare_heap

pin_threads()
prepare_heap()
COLUMNS = 40
"""Columns of the table that stays in the cache: as many as a firm's record is large."""
REPEATS = 30
FEW = (
    "apply", "depart", "eligibility", "exit_chances", "find_hosts", "give_grants", "grade",
    "join", "line_up", "newcomers", "pull_of_leaders", "put_in", "reported", "settle_entrants",
    "turn_over",
)  # fmt: skip
"""Kernels that go down a list of some firms: most of their columns' bytes they never touch."""
MODULES = (
    "lots", "production_kernels", "innovation_kernels", "investment_kernels", "funds_kernels",
    "credit_kernels", "energy_kernels", "talent_kernels", "demography_kernels", "ladder_kernels",
)  # fmt: skip
RESULTS = Path(__file__).resolve().parent / "results"


def cached_limit(firms: int) -> float:
    """Return bytes a second of a loop over 40 columns of `firms` numbers, again and again."""
    import numba as nb
    import numpy as np

    @nb.njit
    def touch(table):  # type: ignore[no-untyped-def]
        for c in range(table.shape[0]):
            for i in range(table.shape[1]):
                table[c, i] = table[c, i] * 1.0000001

    table = np.ones((COLUMNS, firms))
    touch(table)
    best = float("inf")
    for _ in range(REPEATS):
        began = time.perf_counter()
        touch(table)
        best = min(best, time.perf_counter() - began)
    return 2.0 * table.nbytes / best


@cache
def touching() -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Return loops that only read, and that read and write back, the words of a column."""
    import numba as nb
    import numpy as np

    @nb.njit
    def read(words):  # type: ignore[no-untyped-def]
        found = np.uint64(0)
        for i in range(len(words)):
            found |= words[i]
        return found

    @nb.njit
    def write(words, nothing):  # type: ignore[no-untyped-def]
        # The compiler does not know that `nothing` is zero, so that every word is written.
        for i in range(len(words)):
            words[i] |= nothing

    return read, write


def as_words(column: Any) -> Any:
    """Return a column as whole words of eight bytes; up to seven bytes at its end are left out."""
    import numpy as np

    flat = column.reshape(-1).view(np.uint8)
    return flat[: len(flat) // 8 * 8].view(np.uint64)


class Meter:
    """What one kernel costs: seconds and bytes of a member, added up over its calls.

    Attributes
    ----------
    bare : bool
        Whether the present member times the limit instead of the kernel.
    best, limit : float
        Quickest seconds of a member of the kernel, and of only moving its bytes.
    """

    def __init__(self, name: str, kernel: Callable[..., Any]) -> None:
        self.name, self.kernel = name, kernel
        self.written: tuple[int, ...] | None = None
        self.seconds = self.bytes = 0.0
        self.best = self.limit = float("inf")
        self.bare = False

    def __call__(self, *given: Any) -> Any:
        """Call the kernel, timed; look at the first call which columns it changes."""
        import numpy as np

        arrays = {i: a for i, a in enumerate(given) if isinstance(a, np.ndarray)}
        firms = max(a.shape[-1] for a in arrays.values())
        columns = [i for i, a in arrays.items() if a.shape[-1] == firms]
        before = [given[i].copy() for i in columns] if self.written is None else []
        if self.bare and self.written is not None:
            self._move(given, columns, self.written)
        began = time.process_time()
        result = self.kernel(*given)
        if not self.bare:
            self.seconds += time.process_time() - began
        if self.written is None:
            same = [b.tobytes() == given[i].tobytes() for i, b in zip(columns, before, strict=True)]
            self.written = tuple(i for i, equal in zip(columns, same, strict=True) if not equal)
        self.bytes += sum(given[i].nbytes for i in columns)
        self.bytes += sum(given[i].nbytes for i in self.written)
        return result

    def _move(self, given: Sequence[Any], columns: list[int], written: tuple[int, ...]) -> None:
        read, write = touching()
        words = [(as_words(given[i]), i in written) for i in columns]
        began = time.process_time()
        for column, changed in words:
            if changed:
                write(column, 0)
            else:
                read(column)
        self.seconds += time.process_time() - began

    def end_member(self) -> None:
        """Keep the quickest time."""
        if self.bare:
            self.limit = min(self.limit, self.seconds)
        else:
            self.best = min(self.best, self.seconds)
        self.seconds = 0.0


def meter(module: ModuleType) -> list[Meter]:
    """Put a meter in the place of every kernel of a module."""
    meters = []
    for name, kernel in list(vars(module).items()):
        plain = getattr(kernel, "py_func", None)
        own = plain is not None and plain.__module__ == module.__name__
        if own and name not in FEW and not kernel.targetoptions.get("forceinline"):
            meters.append(Meter(f"{module.__name__.split('.')[-1]}.{name}", kernel))
            setattr(module, name, meters[-1])
    return meters


def measure(members: int, scale: float) -> tuple[list[Meter], int, int]:
    """Simulate a member often with metered kernels; return meters, quarters, firms' mean rows."""
    from importlib import import_module

    from calibration.fits import ensure
    from sim.city import load_city
    from sim.model import CityModel, forget
    from sim.outside import load_world_fits
    from sim.scenario import load_with_plan, project_root

    root = project_root()
    scenario, plan = load_with_plan(
        root / "scenarios" / "base.yaml", {"population.scale": str(scale)}
    )
    city = load_city(ensure(scenario.city, scenario.as_of, root))
    fits = load_world_fits(city.bundle)
    meters = [m for name in MODULES for m in meter(import_module(f"sim.{name}"))]
    rows = 0
    for once in range(2 * members + 1):  # the first one compiles, then kernel and limit in turns
        model = CityModel(scenario, plan, city, fits, 0)
        rows = 0
        for one in meters:
            one.seconds = one.bytes = 0.0
            one.bare = once % 2 == 0
        for _ in scenario.quarters:
            model.step()
            rows += model.state.firms.count
        forget(model)
        for one in meters:
            if once:
                one.end_member()
    return meters, len(scenario.quarters), round(rows / len(scenario.quarters))


def totals(meters: list[Meter]) -> tuple[list[Meter], float, float, float]:
    """Return the kernels that were called, and their seconds, the limit's, and bytes of a member.

    Raises
    ------
    ValueError
        If a kernel takes less time than moving its columns: it does not go over all firms.
    """
    called = [one for one in meters if one.bytes > 0.0]
    for one in called:
        if one.best < 0.8 * one.limit:
            message = f"{one.name} does not touch all its columns: name it in FEW"
            raise ValueError(message)
    sums = (sum(getattr(one, name) for one in called) for name in ("best", "limit", "bytes"))
    seconds, limit, size = sums
    return called, seconds, limit, size


def report(meters: list[Meter], quarters: int, firms: int, cached: float) -> str:
    """Return the table."""
    lines = [f"{'kernel':<40}{'ms a quarter':>13}{'MB a quarter':>13}{'GB/s':>7}{'of limit':>10}"]
    called, seconds, limit, size = totals(meters)
    rows = [(m.name, m.best, m.limit, m.bytes) for m in sorted(called, key=lambda m: -m.best)]
    for name, took, least, moved in (*rows, ("all", seconds, limit, size)):
        lines.append(
            f"{name:<40}{1e3 * took / quarters:>13.3f}{moved / quarters / 1e6:>13.2f}"
            f"{moved / took / 1e9:>7.1f}{least / took:>10.0%}"
        )
    lines.append(f"streaming limit: {size / limit / 1e9:.1f} GB/s read and written, {firms} rows")
    lines.append(f"a table of {COLUMNS} columns that stays in the cache: {cached / 1e9:.1f} GB/s")
    rate = firms * quarters / seconds / 1e6
    lines.append(f"firm loops alone: {rate:.1f} million row-quarters a second and core")
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and keep the result as a dated file if asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--members", type=int, default=3, help="times that a member is timed (default 3)"
    )
    parser.add_argument("--scale", type=float, default=1.0, help="size of the city (default 1)")
    parser.add_argument("--save", action="store_true", help="keep as benchmarks/results/DATE-...")
    given = parser.parse_args()
    before = os.getloadavg()[0]
    meters, quarters, firms = measure(max(given.members, 1), given.scale)
    text = report(meters, quarters, firms, cached_limit(firms))
    text += f"\nload average: {before:.1f} before, {os.getloadavg()[0]:.1f} after, "
    text += f"on {available_cores()} cores ({platform.machine()}); best of {given.members}\n"
    print(text, end="")
    if given.save:
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"{time.strftime('%Y-%m-%d')}-firm-kernels.txt"
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
