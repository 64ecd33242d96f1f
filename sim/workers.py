"""Members over processes: a task is (run, member), its result is a file.

Every worker has a pipe of its own; a worker that dies costs its member a new attempt, a driver
that dies takes its workers along. Workers may be started before it is known what they will
simulate: they import the model meanwhile. Where loops are not compiled yet, other processes compile
a share each first and end, since a process never gives back what compiling took (a tenth of a GiB);
a worker starts in the place of each, and all members wait for the last share.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sim.checkpoints import save_member
from sim.compile_ahead import compile_share
from sim.errors import InputError, ModelBreach, NothingSimulated, UserError
from sim.results import MemberResult
from sim.threads import CompiledLoops, pin_threads, prepare_heap

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

    from sim.city import City
    from sim.plan import Plan
    from sim.scenario import Scenario

Simulate = Callable[[Any, Any, Any, int], MemberResult]
"""(scenario, plan, city, member) to result; None stands for ``sim.model.simulate_member``."""
ATTEMPTS = 3
"""How often a member is tried when its worker process dies."""


@dataclass(frozen=True)
class Run:
    """What one task simulates: a scenario under its plan, and where members are kept."""

    scenario: Scenario
    plan: Plan
    folder: Path


@dataclass(frozen=True)
class Done:
    """A finished task.

    Attributes
    ----------
    run, member : int
        Position of the run, number of the member.
    failed : str or None
        Why the member stopped.
    seconds : float
        CPU time of its simulation.
    """

    run: int
    member: int
    failed: str | None = None
    seconds: float = 0.0


Task = tuple[int, int]


def model_simulate() -> Simulate:
    """Return the simulation of one member, imported only here: it is heavy."""
    from sim.model import simulate_member

    return simulate_member


def simulate_one(run: Run, city: City, member: int, simulate: Simulate) -> MemberResult:
    """Simulate one member; a breach or a fault stops this member only.

    Returns
    -------
    MemberResult
        With `failed` set and empty arrays where it stopped.

    Raises
    ------
    UserError
        For what every member would meet, such as a city without a needed prior.
    """
    try:
        return simulate(run.scenario, run.plan, city, member)
    except UserError:
        raise
    except ModelBreach as breach:
        return failed_member(member, str(breach))
    except Exception as error:
        return failed_member(member, f"{type(error).__name__}: {error} ({_place(error)})")


def failed_member(member: int, reason: str) -> MemberResult:
    """Return the record of a member that stopped."""
    import numpy as np

    empty = np.zeros((0, 0))
    return MemberResult(member, empty, empty, empty, failed=reason)


def _place(error: BaseException) -> str:
    """Return file and line where an error was raised, without the machine's folders."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}"


def _finish(runs: Sequence[Run], city: City, task: Task, simulate: Simulate) -> Done:
    run, member = task
    began = time.thread_time()
    result = simulate_one(runs[run], city, member, simulate)
    seconds = time.thread_time() - began
    if not (result.failed or "").startswith(MemoryError.__name__):  # it may fit next time
        save_member(runs[run].folder, result)
    return Done(run, member, result.failed, seconds)


def run_tasks(
    runs: Sequence[Run],
    city: City,
    tasks: Sequence[Task],
    *,
    workers: int,
    simulate: Simulate | None = None,
    crew: Crew | None = None,
) -> Generator[Done, None, None]:
    """Simulate tasks and yield each when its file is written, in the order of finishing.

    Parameters
    ----------
    runs : sequence of Run
        What the tasks refer to.
    city : City
        The city of all runs.
    tasks : sequence of (int, int)
        Position of the run and number of the member.
    workers : int
        Processes; 1 simulates in this process.
    simulate : callable, optional
        Top-level function for one member; by default the model's.
    crew : Crew, optional
        Workers started ahead, with the same `simulate`; they are ended with the last task.

    Raises
    ------
    UserError
        If a member's file cannot be written, or the input does not suffice for any member.
    NothingSimulated
        If workers cannot be started.
    """
    if workers <= 1 or len(tasks) <= 1:
        if crew is not None:
            crew.end()
        prepare_heap()
        chosen = simulate or model_simulate()
        for task in tasks:
            yield _finish(runs, city, task, chosen)
        return
    with crew or Crew(simulate) as hands:
        yield from hands.work(runs, city, tasks, workers)


@dataclass(frozen=True)
class _Fatal:
    """An error that ends the whole run, in a form that passes through a pipe."""

    kind: type[UserError]
    content: Any

    @classmethod
    def of(cls, error: UserError) -> _Fatal:
        return cls(type(error), error.problems if isinstance(error, InputError) else str(error))

    def error(self) -> UserError:
        return self.kind(self.content)


@dataclass
class _Worker:
    process: SpawnProcess
    pipe: Connection
    task: Task | None = None
    ready: bool = False
    compiles: bool = False
    """It compiles a share of the loops and ends: no worker yet, but one will take its place."""


class Crew:
    """Worker processes; leaving the block ends them all.

    Parameters
    ----------
    simulate : callable, optional
        What they will simulate with, as in :func:`run_tasks`.
    """

    def __init__(self, simulate: Simulate | None = None) -> None:
        self._simulate = simulate
        self._subject: tuple[tuple[Run, ...], City] | None = None
        self._context = multiprocessing.get_context("spawn")
        self._workers: list[_Worker] = []
        self._attempts: dict[Task, int] = {}
        self._waiting: deque[Task] = deque()
        self._lost_starts = 0
        pin_threads()
        self._loops = None if simulate else CompiledLoops()
        self._warm = self._loops is not None and self._loops.known()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def end(self) -> None:
        """End all workers at once, whatever they do."""
        for worker in self._workers:
            worker.pipe.close()
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join(1.0)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.process.close()
        self._workers.clear()

    def start(self, workers: int) -> None:
        """Start workers; where loops are not compiled yet, those that will compile them first."""
        cold = self._loops is not None and not self._warm
        for number in range(workers):
            if cold:
                self._start(_compile, number, workers, compiles=True)
            else:
                self._start_worker()

    def work(
        self, runs: Sequence[Run], city: City, tasks: Sequence[Task], workers: int
    ) -> Iterator[Done]:
        """Yield every task's outcome; `workers` are started unless there are some already."""
        self._waiting.extend(tasks)
        self._subject = (tuple(runs), city)
        if not self._workers:
            self.start(workers)
        open_tasks = len(tasks)
        while open_tasks:
            for worker in self._heard():
                done = self._hear(worker)
                if done is not None:
                    open_tasks -= 1
                    yield done

    def _start_worker(self) -> None:
        self._start(_serve, self._simulate)

    def _start(self, target: Callable[..., None], *arguments: Any, compiles: bool = False) -> None:
        """Start a process with a pipe to here, which tells of its end as well."""
        here, there = self._context.Pipe()
        process = self._context.Process(target=target, args=(there, *arguments), daemon=True)
        process.start()
        there.close()
        self._workers.append(_Worker(process, here, compiles=compiles))

    def _heard(self) -> list[_Worker]:
        """Wait for messages or deaths."""
        found = set(wait([w.pipe for w in self._workers]))
        return [worker for worker in self._workers if worker.pipe in found]

    def _hear(self, worker: _Worker) -> Done | None:
        """Take one message: ready, a finished task, a fatal error, or the end of the pipe."""
        try:
            message = worker.pipe.recv()
        except (EOFError, OSError):
            return self._ended(worker)
        if isinstance(message, _Fatal):
            raise message.error()
        done: Done | None = None
        if isinstance(message, Done):
            done, worker.task, self._warm = message, None, True
            if self._loops is not None and done.failed is None:
                self._loops.note()
        if done is None:
            worker.ready = True
            _send(worker, self._subject)
        self._give_work()
        return done

    def _give_work(self) -> None:
        """Hand out waiting tasks: none until all loops are compiled.

        Where it is not known what is compiled, one only until the first of all is finished.
        """
        if any(worker.compiles for worker in self._workers):
            return
        for worker in self._workers:
            busy = any(other.task is not None for other in self._workers)
            if not self._waiting or (busy and not self._warm):
                return
            if worker.ready and worker.task is None:
                worker.task = self._waiting.popleft()
                _send(worker, worker.task)

    def _ended(self, worker: _Worker) -> Done | None:
        """Put a worker in the place of what has ended; give up on a member that killed several."""
        self._workers.remove(worker)
        worker.pipe.close()
        worker.process.join(5.0)
        code = worker.process.exitcode
        done: Done | None = None
        task = worker.task
        if worker.compiles:  # with the last share all loops are kept
            self._warm = not any(other.compiles for other in self._workers)
        elif task is None:
            self._lost_starts += 1
            if self._lost_starts > ATTEMPTS:
                raise NothingSimulated(f"worker processes cannot start (exit code {code})")
        else:
            self._attempts[task] = self._attempts.get(task, 0) + 1
            if self._attempts[task] < ATTEMPTS:
                self._waiting.appendleft(task)
            else:
                reason = f"its worker process died {ATTEMPTS} times (exit code {code})"
                done = Done(task[0], task[1], reason)
        self._start_worker()
        self._give_work()
        return done


def _send(worker: _Worker, message: object) -> None:
    """Send a message, unless the worker has died: that is noticed at the next wait."""
    with suppress(OSError):
        worker.pipe.send(message)


def _compile(pipe: Connection, share: int, shares: int) -> None:
    """Compile a share of the loops and end; the pipe is closed by that."""
    _belong_to_driver()
    compile_share(share, shares)
    os._exit(0)  # at once: what compiling took need not be taken apart


def _serve(pipe: Connection, simulate: Simulate | None) -> None:
    """Simulate what comes through the pipe until it closes.

    First come the runs and their city, then one task after the other.
    """
    _belong_to_driver()
    prepare_heap()
    chosen = simulate or model_simulate()
    gc.freeze()  # what is imported by now is no garbage: it need not be looked through
    try:
        pipe.send("ready")
        runs, city = pipe.recv()
        while True:
            task = pipe.recv()
            try:
                message: Any = _finish(runs, city, task, chosen)
            except UserError as error:
                message = _Fatal.of(error)
            pipe.send(message)
    except (EOFError, OSError):
        return


def _belong_to_driver() -> None:
    """Leave to the driver what the user's keys do, and end with it."""
    for name in ("SIGINT", "SIGHUP"):  # a terminal sends them to all; the driver decides
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_driver, daemon=True).start()


def _end_with_driver() -> None:
    """End this process at once when the driver is gone, even amid a member."""
    driver = multiprocessing.parent_process()
    if driver is not None:
        wait([driver.sentinel])
        os._exit(1)
