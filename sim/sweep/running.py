"""Simulating cells: members over processes or a cluster, a record as soon as a cell is whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sim.checkpoints import load_member, member_path
from sim.errors import OutputError
from sim.results import MemberResult
from sim.store import told
from sim.sweep.record import CellRecord, summarise
from sim.threads import workers_for
from sim.workers import Done, Run, Simulate, failed_member, run_tasks

if TYPE_CHECKING:
    from sim.city import City
    from sim.plan import Plan
    from sim.results import Layout
    from sim.sweep.cells import Cell
    from sim.sweep.store import CellStore
    from sim.workers import Task

BATCH = 256
"""Cells handed to one crew of workers: bounds what each of them has to hold."""
RunTasks = Callable[[Sequence[Run], "City", Sequence["Task"]], Generator[Done, None, None]]
"""(runs, city, tasks) to outcomes in the order of finishing, members' files being written."""


@dataclass(frozen=True)
class Finished:
    """A cell with a record; `kept` says whether the store has it."""

    number: int
    record: CellRecord
    kept: bool = True


@dataclass
class CellRunner:
    """What all cells of a sweep are simulated with.

    Attributes
    ----------
    plan, city : Plan, City
        Of all cells.
    folder : Path
        Where members on their way are kept, by cell.
    run_tasks : callable
        Runs members; see :data:`RunTasks`.
    layout : Layout, optional
        Rows of a member's arrays.
    seconds : float
        CPU time of the members simulated so far.
    """

    plan: Plan
    city: City
    folder: Path
    run_tasks: RunTasks
    layout: Layout | None = None
    seconds: float = 0.0
    lost: dict[Path, dict[int, str]] = field(default_factory=dict)

    def run(
        self, cells: Sequence[Cell], keys: Sequence[str], store: CellStore
    ) -> Iterator[Finished]:
        """Simulate cells and yield each when its record is in the store.

        Members finished by an interrupted run are not simulated again; those of a finished cell
        are removed, so that disk and memory do not grow with the number of cells.

        Parameters
        ----------
        cells, keys : sequence
            The cells, and the key of each.
        store : CellStore
            Receives the records.
        """
        for first in range(0, len(cells), BATCH):
            yield from self._batch(cells[first : first + BATCH], keys[first : first + BATCH], store)

    def _batch(
        self, cells: Sequence[Cell], keys: Sequence[str], store: CellStore
    ) -> Iterator[Finished]:
        runs = [Run(cell.scenario, self.plan, self.folder / key[:32])
                for cell, key in zip(cells, keys, strict=True)]  # fmt: skip
        left: list[int] = []
        tasks: list[Task] = []
        for place, run in enumerate(runs):
            with told(run.folder):
                run.folder.mkdir(parents=True, exist_ok=True)
            numbers = range(run.scenario.members)
            waiting = [m for m in numbers if load_member(run.folder, m) is None]
            tasks += [(place, member) for member in waiting]
            left.append(len(waiting))
        for place, count in enumerate(left):
            if not count:
                yield self._finish(cells[place], keys[place], runs[place], store)
        with closing(self.run_tasks(runs, self.city, tasks)) as outcomes:
            for done in outcomes:
                run = runs[done.run]
                self.seconds += done.seconds
                if done.failed and not member_path(run.folder, done.member).exists():
                    self.lost.setdefault(run.folder, {})[done.member] = done.failed
                left[done.run] -= 1
                if not left[done.run]:
                    yield self._finish(cells[done.run], keys[done.run], run, store)

    def _finish(self, cell: Cell, key: str, run: Run, store: CellStore) -> Finished:
        """Make and keep a cell's record.

        One whose members were lost with their workers, not by a fault of their own, is not kept,
        so that the next run tries it again.
        """
        lost = self.lost.pop(run.folder, {})
        results = [self._member(run, member, lost) for member in range(cell.scenario.members)]
        record = summarise(cell.scenario, self.plan, self.city, results, self.layout)
        if not lost:
            store.save(key, record)
            shutil.rmtree(run.folder, ignore_errors=True)
        return Finished(cell.number, record, kept=not lost)

    @staticmethod
    def _member(run: Run, member: int, lost: dict[int, str]) -> MemberResult:
        found = load_member(run.folder, member)
        if found is None and member not in lost:
            raise OutputError(f"{member_path(run.folder, member)}: cannot be read back")
        return found or failed_member(member, lost[member])


def local_tasks(jobs: int | str, simulate: Simulate | None) -> RunTasks:
    """Return the running of members over processes of this machine.

    Parameters
    ----------
    jobs : int or "auto"
        Processes; 1 simulates in this one.
    simulate : callable, optional
        Simulation of one member; by default the model's.
    """

    def run(runs: Sequence[Run], city: City, tasks: Sequence[Task]) -> Generator[Done, None, None]:
        workers = workers_for(jobs, len(tasks))
        return run_tasks(runs, city, tasks, workers=workers, simulate=simulate)

    return run
