"""Members on a Dask cluster: the same tasks, the same files, the same bits as on one machine.

Workers compute; this process alone writes. A bounded number of members is in flight, so that the
memory of scheduler and driver does not grow with the sweep.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any

from sim.checkpoints import save_member
from sim.errors import OutputError, UserError
from sim.results import MemberResult
from sim.sweep.running import RunTasks
from sim.threads import pin_threads, prepare_heap
from sim.workers import Done, Run, Simulate, failed_member, model_simulate, simulate_one

if TYPE_CHECKING:
    from sim.city import City
    from sim.workers import Task

INSTALL = "pip install 'dask[distributed]'"
CONNECT_SECONDS = 10.0
LOST = "the connection to the Dask scheduler is lost; the same command resumes"
IN_FLIGHT = 4
"""Members handed out per thread of the cluster."""
WAIT_FOR_WORKERS = 10.0
"""Seconds that a scheduler may be without workers before the first member is handed out."""


@contextmanager
def connected(address: str, simulate: Simulate | None = None) -> Iterator[RunTasks]:
    """Connect to a scheduler and yield the running of members on its workers.

    Parameters
    ----------
    address : str
        Such as ``tcp://127.0.0.1:8786`` or ``tls://…``; certificates come from Dask's own
        configuration.
    simulate : callable, optional
        Top-level function for one member; by default the model's.

    Raises
    ------
    UserError
        If the extra is not installed (one line with the command), exit code 2.
    OutputError
        If no scheduler answers there within half a minute, or it has no workers.
    """
    distributed = library()
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        kind = asyncio.run(asyncio.wait_for(_kind_of(address), CONNECT_SECONDS + 5.0))
        if kind != "Scheduler":
            raise OutputError(f"--scheduler {address}: answers as {kind}, not as a Dask scheduler")
        client = distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        reason = str(error).splitlines()[0] if str(error) else "time is up"
        raise OutputError(f"--scheduler {address}: no Dask scheduler answers: {reason}") from None
    try:
        _await_workers(client, address)
        yield _on(client, simulate)
    finally:
        with suppress(OSError, TimeoutError, RuntimeError):
            client.close(timeout=5)


def library() -> Any:
    """Return the module ``distributed``, which carries no type information.

    Raises
    ------
    UserError
        If the extra is not installed.
    """
    try:
        return import_module("distributed")
    except ModuleNotFoundError:
        raise UserError(f"--scheduler: the package distributed is missing: {INSTALL}") from None


async def _kind_of(address: str) -> object:
    """Return what answers at an address: a client waits for ever where nothing does."""
    comms = import_module("distributed.comm")
    security = library().Security().get_connection_args("client")
    comm = await comms.connect(address, timeout=CONNECT_SECONDS, **security)
    try:
        await comm.write({"op": "identity", "reply": True})
        answer = await comm.read()
    finally:
        comm.abort()
    return answer.get("type") if isinstance(answer, dict) else None


def _await_workers(client: Any, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=WAIT_FOR_WORKERS)
    except TimeoutError:
        raise OutputError(f"--scheduler {address}: the scheduler has no workers") from None


def remote_member(
    run: Run, city: City, member: int, simulate: Simulate | None
) -> tuple[MemberResult, float]:
    """Simulate one member on a worker; a fault of the input comes back as its result.

    Returns
    -------
    tuple of (MemberResult, float)
        The result, and the seconds of CPU time that it took.
    """
    pin_threads()
    prepare_heap()
    began = time.thread_time()
    try:
        result = simulate_one(run, city, member, simulate or model_simulate())
    except UserError as error:
        result = failed_member(member, f"{type(error).__name__}: {error}")
    return result, time.thread_time() - began


def _same(city: City) -> City:
    """Return the city: as a task's result it is made anew where workers die, as data it is lost."""
    return city


def _on(client: Any, simulate: Simulate | None) -> RunTasks:
    """Return the running of members on a client's cluster."""

    def run(runs: Sequence[Run], city: City, tasks: Sequence[Task]) -> Generator[Done, None, None]:
        waiting = iter(tasks)
        of: dict[str, Task] = {}

        def handed_out(some: list[Task]) -> list[Any]:
            futures = [
                client.submit(remote_member, runs[place], shared, member, simulate, pure=False)
                for place, member in some
            ]
            of.update(zip([future.key for future in futures], some, strict=True))
            return futures

        try:
            shared = client.submit(_same, city, pure=False)
            threads = max(1, sum(client.nthreads().values()))
            first = handed_out(list(islice(waiting, IN_FLIGHT * threads)))
            flight = library().as_completed(first, loop=client.loop)
            for future in flight:
                task = of.pop(future.key)
                done = _taken(runs, task, future)
                if done is None and client.status != "running":
                    raise OutputError(LOST)
                if done is not None:
                    yield done
                elif shared.cancelled():  # by a restart of the scheduler
                    shared = client.submit(_same, city, pure=False)
                future.release()
                flight.update(handed_out(list(islice(waiting, 1)) if done else [task]))
        except (OSError, RuntimeError):  # of the connection; a member's file has its own errors
            raise OutputError(LOST) from None

    return run


def _taken(runs: Sequence[Run], task: Task, future: Any) -> Done | None:
    """Write a finished member's file; of one that killed its workers tell that.

    Returns
    -------
    Done or None
        None if what the member needed, or its result on the way here, died with a worker.
    """
    place, member = task
    try:
        result, seconds = future.result()
    except library().CancelledError:
        return None
    except Exception as error:
        if future.status != "error":  # the connection failed, not the member
            raise
        return Done(place, member, f"its worker was lost ({type(error).__name__})")
    if not (result.failed or "").startswith(MemoryError.__name__):
        save_member(runs[place].folder, result)
    return Done(place, member, result.failed, seconds)
