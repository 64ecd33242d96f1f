"""A sweep from its file to its published directory; the same call resumes it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sim
from sim.digest import digest_file
from sim.ensemble import shown_path, yaml_text
from sim.errors import OutputError
from sim.interruption import interruptible
from sim.manifest import sweep_manifest, write_manifest
from sim.output_directory import OutputDirectory, hold
from sim.progress import Progress
from sim.results import RESULTS_FILE, declared_layout
from sim.scenario import resolved
from sim.store import atomic_write_text, told
from sim.sweep.cells import Grid, cells_of, hash_of, keys_of
from sim.sweep.dataset import SweepResults, write_results
from sim.sweep.files import SweepFile
from sim.sweep.record import CellRecord
from sim.sweep.running import CellRunner, Finished, RunTasks, local_tasks
from sim.sweep.standing import content_of_sweep, finished, take_over
from sim.sweep.store import CellStore, open_store

if TYPE_CHECKING:
    from sim.city import City
    from sim.results import Layout

BASE_FILE = "base.resolved.yaml"
BYTES_PER_CELL = 400_000
"""Of disk, generously: record, dataset and tables."""
Finish = Callable[[Path, "SweptCells"], None]
"""Writes tables and figures into the folder about to be published."""


@dataclass(frozen=True)
class SweptCells:
    """All that is known once every cell has a record.

    Attributes
    ----------
    sweep, grid : SweepFile, Grid
        What was asked, and its cells.
    results : SweepResults
        Gives the records.
    """

    sweep: SweepFile
    grid: Grid
    results: SweepResults


@dataclass(frozen=True)
class SweepOutcome:
    """What a sweep left.

    Attributes
    ----------
    path : Path
        Its directory.
    cells : int
        All cells.
    failed : Mapping
        Cell to (status, first reason, how to run the member again) where members failed.
    simulated : int
        Cells that had no record before.
    digest : str
        Of ``results.nc``.
    reused : bool
        Whether a complete sweep of the same content was there already.
    members_cpu, other_cpu : float
        Seconds of CPU time of the members simulated now, and of everything else: starting,
        handing out, records, tables, figures. Of a cluster's workers only the members are known.
    """

    path: Path
    cells: int
    failed: Mapping[int, tuple[str, str, str]]
    simulated: int
    digest: str
    reused: bool = False
    members_cpu: float = 0.0
    other_cpu: float = 0.0

    @property
    def exit_code(self) -> int:
        """0, or 3 when members failed in some cell."""
        return 3 if self.failed else 0


@dataclass
class Options:
    """How a sweep is run.

    Attributes
    ----------
    run_tasks : callable
        Local processes by default, or a cluster.
    layout : Layout, optional
        Rows of a member's arrays.
    quiet, lang, log
        Progress: whether, in which language, and a file that gets its lines as well.
    remote : bool
        Whether members are simulated by processes that this one did not start.
    extend, fresh : bool
        Go on from another state of the sweep; use no finished cell.
    finish : callable, optional
        Writes tables and figures.
    complete : callable, optional
        Whether a published directory holds all that is asked for.
    """

    run_tasks: RunTasks = field(default_factory=lambda: local_tasks("auto", None))
    layout: Layout | None = None
    quiet: bool = False
    lang: str = "en"
    log: Path | None = None
    remote: bool = False
    extend: bool = False
    fresh: bool = False
    finish: Finish | None = None
    complete: Callable[[Path], bool] = lambda path: True


def run_sweep(
    sweep: SweepFile, city: City, out_dir: Path, store_dir: Path, options: Options
) -> SweepOutcome:
    """Simulate the cells that have no record yet and publish the sweep's directory in one step.

    Parameters
    ----------
    sweep, city : SweepFile, City
        What to simulate.
    out_dir : Path
        The sweep's directory.
    store_dir : Path
        Records of finished cells, shared by all sweeps.
    options : Options
        How.

    Raises
    ------
    InputError
        If a cell is not legal, or another state of a sweep lies there.
    OutputError, BusyError
        If a directory cannot be written, lacks space, or is held by another run.
    Interrupted
        After SIGINT, SIGTERM or SIGHUP; finished cells and members are kept.
    """
    began = cpu_seconds()
    grid = cells_of(sweep)
    keys = list(keys_of(grid.cells, sweep.plan, city))
    content = content_of_sweep(sweep)
    run_hash = hash_of({"sweep": content, "cells": keys})
    with (
        interruptible(options.lang),
        told(out_dir),
        hold(out_dir, needed_bytes=BYTES_PER_CELL * len(grid.cells)) as output,
        open_store(store_dir) as store,
    ):
        ready = None if options.fresh else finished(output, run_hash)
        if ready is not None and options.complete(output.path):
            return _outcome(output.path, ready, reused=True)
        folder = take_over(output, content, extend=options.extend, fresh=options.fresh)
        cells = _Cells(sweep, grid, keys, city, store, options, began)
        cells.simulate(folder)
        manifest = cells.write(output.stage(), output, run_hash, content)
        output.publish()
        members, other = cells.cpu()
        return replace(_outcome(output.path, manifest), members_cpu=members, other_cpu=other)


class _Cells:
    """The cells of one sweep on their way to a published directory."""

    def __init__(
        self, sweep: SweepFile, grid: Grid, keys: Sequence[str], city: City, store: CellStore,
        options: Options, began_cpu: float,
    ) -> None:  # fmt: skip
        self.sweep, self.grid, self.keys, self.city = sweep, grid, keys, city
        self.store, self.options = store, options
        self.lost: dict[str, CellRecord] = {}
        self.simulated = 0
        self.seconds = self.members_cpu = 0.0
        self.began_cpu = began_cpu

    def simulate(self, folder: Path) -> None:
        """Give every cell a record."""
        cells, keys, options = self.grid.cells, self.keys, self.options
        # A point may say in words what another says by silence: then the cell is simulated once.
        first = {key: place for place, key in reversed(list(enumerate(keys)))}
        open_cells = sorted(
            place for key, place in first.items()
            if options.fresh or self.store.load(key) is None
        )  # fmt: skip
        began = time.monotonic()
        runner = CellRunner(self.sweep.plan, self.city, folder, options.run_tasks, options.layout)
        with Progress(
            len(first), len(first) - len(open_cells), quiet=options.quiet, lang=options.lang,
            unit="cells", log=options.log,
        ) as progress:  # fmt: skip
            chosen = [cells[place] for place in open_cells]
            for one in runner.run(chosen, [keys[place] for place in open_cells], self.store):
                self._take(one)
                progress.advance(failed=one.record.status != "done")
        self.seconds, self.members_cpu = time.monotonic() - began, runner.seconds

    def cpu(self) -> tuple[float, float]:
        """Return the CPU seconds of the members simulated now, and of everything else."""
        spent = cpu_seconds() - self.began_cpu
        here = 0.0 if self.options.remote else self.members_cpu
        return self.members_cpu, max(0.0, spent - here)

    def _take(self, one: Finished) -> None:
        self.simulated += 1
        if not one.kept:
            self.lost[self.keys[one.number]] = one.record

    def records(self) -> Iterator[CellRecord]:
        """Return the records of all cells in order, one in memory at a time."""
        return (self.record(place) for place in range(len(self.keys)))

    def record(self, place: int) -> CellRecord:
        """Return the record of a cell.

        Raises
        ------
        OutputError
            If it has vanished meanwhile.
        """
        key = self.keys[place]
        record = self.lost.get(key) or self.store.load(key)
        if record is None:
            raise OutputError(f"{self.store.path(key)}: cannot be read back")
        return record

    def write(
        self, staged: Path, output: OutputDirectory, run_hash: str, content: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Write everything into the staged folder; return the manifest."""
        sweep = self.sweep
        layout = self.options.layout or declared_layout(self.city)
        results = SweepResults(
            self.grid.cells, sweep.factors, sweep.plan,
            {indicator.name: indicator for indicator in layout.indicators}, self.records,
            self.record, _attributes(sweep),
        )  # fmt: skip
        write_results(results, staged / RESULTS_FILE)
        atomic_write_text(staged / BASE_FILE, yaml_text(resolved(sweep.base)))
        if self.options.finish is not None:
            self.options.finish(staged, SweptCells(sweep, self.grid, results))
        manifest = sweep_manifest(
            sweep.base, sweep.plan, self.city, digest=digest_file(staged / RESULTS_FILE),
            run_hash=run_hash, content=content,
        )  # fmt: skip
        manifest |= {
            "sweep_name": sweep.name,
            "factors": [factor.key for factor in sweep.factors],
            "cells": len(self.grid.cells),
            "cells_simulated": self.simulated,
            "failed_cells": [
                entry for place, record in enumerate(self.records())
                for entry in _failures(place, record, output.path, sweep.base.seed)
            ],
            "lost_cells": [place for place, key in enumerate(self.keys) if key in self.lost],
            "wall_time_s": {"simulate": round(self.seconds, 3)},
            "cpu_time_s": dict(
                zip(("members", "other"), (round(s, 3) for s in self.cpu()), strict=True)
            ),
        }  # fmt: skip
        write_manifest(staged, manifest)
        return manifest


def cpu_seconds() -> float:
    """Return the CPU time of this process and of its children that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _failures(place: int, record: CellRecord, path: Path, seed: int) -> Iterator[dict[str, Any]]:
    """Yield the members of a cell that failed, with seed and replay command."""
    for failed in record.failed:
        yield {
            "cell": place, "status": record.status, "member": failed.member, "seed": seed,
            "reason": failed.reason,
            "replay": f"python run.py replay {shown_path(path)} {failed.member} --cell {place}",
        }  # fmt: skip


def _attributes(sweep: SweepFile) -> dict[str, str]:
    base = sweep.base
    return {
        "title": f"Sweep {sweep.name} over scenario {base.name}",
        "title_zh": f"扫描 {sweep.name}（基于情景 {base.name}）",
        "source": f"regional-plan-simulator {sim.__version__}",
        "history": f"{sweep.design.kind} design, {base.members} members a cell, seed {base.seed}",
        "scenario": base.name,
        "city": base.city,
        "plan": base.plan,
        "information_date": base.as_of,
    }


def _outcome(path: Path, manifest: Mapping[str, Any], *, reused: bool = False) -> SweepOutcome:
    failed: dict[int, tuple[str, str, str]] = {}
    for entry in manifest["failed_cells"]:
        told_once = (entry["status"], entry["reason"], entry["replay"])
        failed.setdefault(int(entry["cell"]), told_once)
    return SweepOutcome(
        path, manifest["cells"], failed, 0 if reused else manifest["cells_simulated"],
        manifest["digest"], reused,
    )  # fmt: skip
