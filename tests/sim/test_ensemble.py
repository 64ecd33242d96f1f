"""An ensemble: the same digest for any number of workers, after any interruption."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import threading
from pathlib import Path

import numpy as np
import pytest
import xarray

from sim.checkpoints import flat, load_member, member_path, save_member
from sim.digest import digest_directory
from sim.ensemble import simulate_in_memory, yaml_text
from sim.errors import BusyError, InputError, NothingSimulated, OutputError
from sim.interruption import Interrupted
from sim.manifest import read_manifest
from sim.output_directory import MEMBERS, hold
from sim.progress import Progress
from sim.results import MemberResult, read_dataset
from sim.threads import THREAD_VARIABLES, pin_threads, workers_for
from sim.workers import Crew
from tests.sim import toy_run
from tests.sim.toy_run import city, plan, run, scenario, simulate

FILES = ["manifest.json", "results.nc", "scenario.resolved.yaml"]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Return a directory that does not exist yet, alone in its parent."""
    (tmp_path / "runs").mkdir()
    return tmp_path / "runs" / "out"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """Return where the toy city lies."""
    return tmp_path / "bundle"


def _names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_run_leaves_its_files_and_nothing_else(out: Path, bundle: Path) -> None:
    outcome = run(out, bundle)
    assert (outcome.completed, outcome.failed, outcome.exit_code) == (6, (), 0)
    assert _names(out) == FILES
    assert _names(out.parent) == ["out"]
    manifest = read_manifest(out)
    assert manifest["digest"] == outcome.digest == digest_directory(out)
    assert manifest["member_ids"] == list(range(6))
    assert (manifest["seed"], manifest["workers"], manifest["threads"]) == (7, 1, 1)
    assert set(manifest["files"]) == set(FILES) - {"manifest.json"}
    assert str(out) not in (out / "manifest.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("jobs", [2, 3])
def test_the_number_of_workers_changes_nothing(out: Path, bundle: Path, jobs: int) -> None:
    alone = run(out, bundle)
    several = run(out.with_name("several"), bundle, jobs=jobs)
    assert several.digest == alone.digest
    assert read_manifest(several.path)["workers"] == jobs


def test_workers_started_ahead_change_nothing_and_end_with_the_last_member(
    out: Path, bundle: Path
) -> None:
    alone = run(out, bundle, jobs=1).digest
    with Crew(simulate) as crew:
        crew.start(2)
        first = multiprocessing.active_children()[0]
        first.kill()  # another takes its place
        first.join()
        assert run(out, bundle, jobs=2, fresh=True, crew=crew).digest == alone
        assert multiprocessing.active_children() == []
        crew.start(2)
        assert run(out, bundle, jobs=2, crew=crew).reused
        assert multiprocessing.active_children() == []
        crew.start(2)
    assert multiprocessing.active_children() == []


def test_a_member_is_the_same_alone_and_among_others(bundle: Path) -> None:
    toy = city(bundle)
    alone = simulate_in_memory(scenario(), plan(), toy, members=[4], simulate=simulate)[0]
    among = simulate_in_memory(scenario(), plan(), toy, simulate=simulate)[4]
    assert alone.true_state.tobytes() == among.true_state.tobytes()


def test_failed_members_are_named_and_the_rest_is_complete(out: Path, bundle: Path) -> None:
    outcome = run(out, bundle, simulate=toy_run.breaking)
    assert (outcome.completed, outcome.exit_code) == (4, 3)
    assert [f.member for f in outcome.failed] == [2, 4]
    assert outcome.failed[0].reason == "2018Q3: identity 'land' is off by 1.5"
    assert outcome.failed[0].replay == f"python run.py replay {out} 2"
    assert "ZeroDivisionError: nothing to divide (toy_run.py:" in outcome.failed[1].reason
    assert read_dataset(out)["member"].values.tolist() == [0, 1, 3, 5]
    assert read_manifest(out)["failed_members"][0]["seed"] == 7


def test_when_every_member_fails_nothing_is_published(out: Path, bundle: Path) -> None:
    with pytest.raises(NothingSimulated, match="identity 'money' is off by 2"):
        run(out, bundle, simulate=toy_run.hopeless)
    assert not (out / "results.nc").exists()


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_input_that_every_member_lacks_ends_the_run(out: Path, bundle: Path, jobs: int) -> None:
    with pytest.raises(InputError, match=r"priors\.csv:1:1: land_price: missing"):
        run(out, bundle, simulate=toy_run.lacking, jobs=jobs)


def test_a_worker_that_dies_costs_a_second_attempt_only(out: Path, bundle: Path) -> None:
    outcome = run(out, bundle, simulate=toy_run.dying, jobs=2)
    assert (bundle.parent / "died").exists()
    assert outcome.digest == run(out.with_name("plain"), bundle).digest


def _interrupt_after(count: int) -> toy_run.Simulation:
    done: list[int] = []

    def simulation(*arguments: object) -> MemberResult:
        if len(done) == count:
            raise KeyboardInterrupt
        done.append(1)
        return simulate(*arguments)  # type: ignore[arg-type]

    return simulation


def _leave_unfinished(out: Path, bundle: Path, count: int = 3) -> Path:
    with pytest.raises(KeyboardInterrupt):
        run(out, bundle, simulate=_interrupt_after(count))
    return next((out / MEMBERS).iterdir())


def test_finished_members_are_not_redone(out: Path, bundle: Path) -> None:
    plain = run(out.with_name("plain"), bundle)
    _leave_unfinished(out, bundle, 4)
    redone: list[int] = []

    def counting(*arguments: object) -> MemberResult:
        redone.append(arguments[3])  # type: ignore[arg-type]
        return simulate(*arguments)  # type: ignore[arg-type]

    resumed = run(out, bundle, simulate=counting)
    assert redone == [4, 5]
    assert resumed.digest == plain.digest
    assert _names(out) == FILES


@pytest.mark.parametrize("damage", ["bit", "cut", "empty", "other member"])
def test_a_damaged_member_is_redone(out: Path, bundle: Path, damage: str) -> None:
    plain = run(out.with_name("plain"), bundle)
    folder = _leave_unfinished(out, bundle)
    file = member_path(folder, 1)
    data = bytearray(file.read_bytes())
    if damage == "bit":
        data[-9] ^= 1
    elif damage == "cut":
        del data[len(data) // 2 :]
    elif damage == "empty":
        data.clear()
    else:
        data = bytearray(member_path(folder, 2).read_bytes())
    file.write_bytes(data)
    assert load_member(folder, 1) is None
    assert run(out, bundle).digest == plain.digest


def test_an_interrupted_run_of_another_scenario_is_refused_with_a_diff(
    out: Path, bundle: Path
) -> None:
    _leave_unfinished(out, bundle)
    with pytest.raises(InputError) as refused:
        run(out, bundle, scenario(seed=8))
    text = str(refused.value)
    assert "holds an interrupted run" in text
    assert "seed: 7 there, 8 here" in text
    assert "members:" not in text
    fresh = run(out, bundle, scenario(seed=8), fresh=True)
    assert fresh.digest == run(out.with_name("plain"), bundle, scenario(seed=8)).digest
    assert _names(out) == FILES


def test_members_of_an_earlier_version_are_somebodys_work_too(out: Path, bundle: Path) -> None:
    _leave_unfinished(out, bundle)
    for member in out.rglob("member-*"):
        member.rename(member.with_suffix(".npz"))  # as they were called
    with pytest.raises(InputError, match="holds an interrupted run"):
        run(out, bundle, scenario(seed=8))
    assert list(out.rglob("member-*.npz"))


def test_a_complete_run_is_replaced_only_by_a_complete_one(out: Path, bundle: Path) -> None:
    first = run(out, bundle)
    with pytest.raises(KeyboardInterrupt):
        run(out, bundle, scenario(seed=8), simulate=_interrupt_after(2))
    assert digest_directory(out) == first.digest
    second = run(out, bundle, scenario(seed=8))
    assert digest_directory(out) == second.digest != first.digest
    assert _names(out) == FILES


def test_a_complete_run_is_not_simulated_again(out: Path, bundle: Path) -> None:
    first = run(out, bundle)
    again = run(out, bundle, simulate=_interrupt_after(0))
    assert (again.reused, again.digest, again.completed) == (True, first.digest, 6)
    with pytest.raises(KeyboardInterrupt):
        run(out, bundle, simulate=_interrupt_after(0), fresh=True)
    assert digest_directory(out) == first.digest


def test_a_complete_but_damaged_run_is_simulated_again(out: Path, bundle: Path) -> None:
    first = run(out, bundle)
    (out / "results.nc").write_bytes(b"damaged")
    again = run(out, bundle)
    assert (again.reused, again.digest) == (False, first.digest)


def test_the_report_is_published_with_the_results_or_not_at_all(out: Path, bundle: Path) -> None:
    def report(folder: Path, results: xarray.Dataset) -> None:
        assert results.identical(read_dataset(folder))
        (folder / "scorecard.csv").write_text("target_id\n")

    def broken(folder: Path, results: xarray.Dataset) -> None:
        report(folder, results)
        raise OutputError("figures/a.png: cannot write: No space left on device")

    with pytest.raises(OutputError, match="No space left"):
        run(out, bundle, finish=broken)
    assert not (out / "results.nc").exists()
    run(out, bundle, finish=report, simulate=_interrupt_after(0))  # members are kept
    assert _names(out) == sorted([*FILES, "scorecard.csv"])
    assert "scorecard.csv" in read_manifest(out)["files"]


def test_a_busy_directory_is_refused(out: Path, bundle: Path) -> None:
    with hold(out), pytest.raises(BusyError):
        run(out, bundle)


def test_no_member_is_simulated_for_a_place_that_cannot_be_written(
    tmp_path: Path, bundle: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot create the directory"):
        run(tmp_path / "file" / "out", bundle, simulate=_interrupt_after(0))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_and_the_same_call_resumes(
    out: Path, bundle: Path, number: signal.Signals
) -> None:
    before = signal.getsignal(number)
    threading.Timer(0.3, os.kill, (os.getpid(), number)).start()
    with pytest.raises(Interrupted, match="resumes") as stopped:
        run(out, bundle, scenario(40), simulate=toy_run.slow)
    assert stopped.value.exit_code == 128 + number
    assert signal.getsignal(number) is before
    assert 0 < len(list(out.rglob("member-*.result"))) < 40
    resumed = run(out, bundle, scenario(40))
    assert resumed.digest == run(out.with_name("plain"), bundle, scenario(40)).digest


def test_a_checkpoint_gives_back_every_bit(tmp_path: Path) -> None:
    odd = np.array([[np.nan, -0.0], [np.inf, 5e-324]])
    result = MemberResult(3, odd, odd + 1, odd, {"a": 0.1}, {"b": float("nan")}, "中文")
    save_member(tmp_path, result)
    again = load_member(tmp_path, 3)
    assert again is not None
    assert again.published.tobytes() == odd.tobytes()
    assert again.scalars == {"a": 0.1}
    assert np.isnan(again.checks["b"])
    assert again.failed == "中文"
    assert load_member(tmp_path, 4) is None


def test_resolved_yaml_keeps_types_and_order() -> None:
    from ruamel.yaml import YAML

    tree = {"as_of": "2018-04", "text": "yes", "x": 1e-7, "n": 3, "b": True, "zh": "杭州: #1"}
    assert YAML(typ="safe", pure=True).load(yaml_text(tree)) == tree


def test_workers_and_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    assert workers_for("auto", 1000) >= 1
    assert workers_for(1000, 4) == 4
    with pytest.raises(ValueError, match="at least 1"):
        workers_for(0, 4)
    for name in THREAD_VARIABLES:
        monkeypatch.setenv(name, "8")
    assert pin_threads() is False  # numpy is imported here already
    assert {os.environ[name] for name in THREAD_VARIABLES} == {"1"}


def test_progress_without_a_terminal_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(4, 1, lang="zh") as progress:
        progress.advance()
        # The first one waited for processes and loops: it tells nothing of the others' pace.
        assert progress.line() == "样本 2/4, 0 失败"
        progress.advance(failed=True)
        assert "剩余" in progress.line()
        progress.advance()
    assert capsys.readouterr().err == "样本 4/4, 1 失败\n"
    with Progress(1, quiet=True) as progress:
        progress.advance()
    assert capsys.readouterr().err == ""


def test_flat_keys() -> None:
    assert flat(json.loads('{"a": {"b": [1], "c": {}}}')) == {"a.b": "[1]", "a.c": "{}"}
