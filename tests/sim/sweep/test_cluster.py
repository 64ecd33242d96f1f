"""The same sweep on a Dask cluster: same bits, lost workers survived, dead schedulers told."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import run
from sim.errors import OutputError, UserError
from sim.sweep import cluster as cluster_module
from sim.sweep.cluster import connected
from tests.sim import toy_sweep

distributed: Any = __import__("distributed")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two worker processes on the loopback device, without a dashboard."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1",
        dashboard_address="127.0.0.1:0", silence_logs=50,
    ) as found:  # fmt: skip
        yield found


def test_a_cluster_agrees_bit_for_bit(tmp_path: Path, cluster: Any) -> None:
    path = toy_sweep.file(tmp_path, "{kind: lhs, n: 6, seed: 2}")
    plain = toy_sweep.run(path, tmp_path / "a" / "out")
    with connected(cluster.scheduler_address, toy_sweep.simulate) as run_tasks:
        far = toy_sweep.run(path, tmp_path / "b" / "out", run_tasks=run_tasks)
    assert (far.digest, far.simulated) == (plain.digest, 6)


def test_a_worker_killed_costs_no_cell(tmp_path: Path, cluster: Any) -> None:
    path = toy_sweep.file(tmp_path, "{kind: lhs, n: 12, seed: 3}", members=4)
    plain = toy_sweep.run(path, tmp_path / "a" / "out")

    def kill() -> None:
        time.sleep(0.3)
        os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)

    threading.Thread(target=kill).start()
    with connected(cluster.scheduler_address, toy_sweep.slow) as run_tasks:
        far = toy_sweep.run(path, tmp_path / "b" / "out", run_tasks=run_tasks)
    assert (far.digest, far.exit_code) == (plain.digest, 0)


def test_all_workers_killed_at_once_cost_no_cell(tmp_path: Path, cluster: Any) -> None:
    """With them dies every copy of the city: those that take their place get it again."""
    path = toy_sweep.file(tmp_path, "{kind: lhs, n: 12, seed: 3}", members=4)
    plain = toy_sweep.run(path, tmp_path / "a" / "out")
    killed = []

    def kill() -> None:
        until = time.monotonic() + 30.0
        while not any((tmp_path / "b").rglob("member-*")) and time.monotonic() < until:
            time.sleep(0.01)
        for worker in cluster.workers.values():
            os.kill(worker.pid, signal.SIGKILL)
            killed.append(worker.pid)

    threading.Thread(target=kill).start()
    with connected(cluster.scheduler_address, toy_sweep.slow) as run_tasks:
        far = toy_sweep.run(path, tmp_path / "b" / "out", run_tasks=run_tasks)
    assert len(killed) == 2
    assert (far.digest, far.exit_code) == (plain.digest, 0)


def test_failed_members_are_results_there_too(tmp_path: Path, cluster: Any) -> None:
    two = {f"levers.{toy_sweep.FACTORS[0]}": "[0, 1]"}
    path = toy_sweep.file(tmp_path, "{kind: grid}", two)
    with connected(cluster.scheduler_address, toy_sweep.breaking) as run_tasks:
        far = toy_sweep.run(path, tmp_path / "b" / "out", run_tasks=run_tasks)
    assert {cell: entry[0] for cell, entry in far.failed.items()} == {0: "partial", 1: "failed"}


def test_a_scheduler_that_dies_is_told_and_the_sweep_goes_on(tmp_path: Path, root: Path) -> None:
    path = toy_sweep.file(tmp_path, "{kind: lhs, n: 20, seed: 4}", members=5)
    out, address = tmp_path / "b" / "out", tmp_path / "scheduler.json"
    environment = os.environ | {"PYTHONPATH": str(root)}
    shared = ["--scheduler-file", str(address), "--host", "127.0.0.1"]
    local = ["--dashboard-address", "127.0.0.1:0"]
    started = [
        subprocess.Popen([sys.executable, "-m", "distributed.cli.dask_" + words[0], *words[1:]],
                         env=environment, stderr=subprocess.DEVNULL)
        for words in (["scheduler", *shared, *local, "--port", "0"],
                      ["worker", *shared, *local, "--nthreads", "1", "--nworkers", "1"])
    ]  # fmt: skip
    try:
        until = time.monotonic() + 30.0
        while not address.exists() and time.monotonic() < until:
            time.sleep(0.1)
        place = json.loads(address.read_text(encoding="utf-8"))["address"]
        with connected(place, toy_sweep.slow) as run_tasks:
            threading.Timer(1.0, started[0].kill).start()
            with pytest.raises(OutputError, match="the same command resumes"):
                toy_sweep.run(path, out, run_tasks=run_tasks)
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(30)
    again = toy_sweep.run(path, out)
    assert again.digest == toy_sweep.run(path, tmp_path / "a" / "out").digest


def test_a_dead_or_wrong_scheduler_is_told_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    assert cluster_module.CONNECT_SECONDS + 5.0 + cluster_module.WAIT_FOR_WORKERS <= 30.0
    monkeypatch.setattr(cluster_module, "CONNECT_SECONDS", 0.5)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        silent = listening.getsockname()[1]
        closed = silent + 1 if silent < 65000 else silent - 1
        for address in (f"tcp://127.0.0.1:{closed}", "nonsense://x", f"tcp://127.0.0.1:{silent}"):
            began = time.monotonic()
            with pytest.raises(OutputError, match="no Dask scheduler answers"):  # noqa: SIM117
                with connected(address):
                    pass
            assert time.monotonic() - began < 30.0


def test_the_command_ends_with_4(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = toy_sweep.file(tmp_path, "{kind: lhs, n: 2}")
    words = ("sweep", str(path), "--out", str(tmp_path / "out"), "--scheduler", "nonsense://x")
    assert run.guarded(words) == 4
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_without_the_extra_the_install_command_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UserError, match=r"pip install 'dask\[distributed\]'"):  # noqa: SIM117
        with connected("tcp://127.0.0.1:1"):
            pass
