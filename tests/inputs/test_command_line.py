"""The command line as a user meets it: exit codes, one line per problem, never a traceback."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import run
from sim.errors import BusyError, InputError, NothingSimulated, OutputError

ROOT = Path(__file__).resolve().parents[2]
BASE = ROOT / "scenarios" / "base.yaml"
BAD = Path(__file__).parent / "bad"
FORBIDDEN = ("statsmodels", "matplotlib", "mesa", "numba", "pint")


def command(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Run ``run.py`` as a process of its own."""
    given = {"capture_output": True, "text": True, "timeout": 60, "cwd": ROOT, **options}
    return subprocess.run([sys.executable, str(ROOT / "run.py"), *words], check=False, **given)


def guarded(*words: str) -> int:
    return run.guarded(words)


@pytest.mark.parametrize("words", [("--help",), ("run", "--help"), ("check", str(BASE))])
def test_help_and_check_import_nothing_heavy(words: tuple[str, ...]) -> None:
    code = (
        "import sys, run\n"
        f"code = run.main({list(words)!r})\n"
        f"print([m for m in {FORBIDDEN!r} if m in sys.modules], code, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True,
        timeout=60,
    )  # fmt: skip
    assert done.stderr.strip() == "[] 0"
    assert done.stdout


def test_check_tells_what_would_run() -> None:
    done = command("check", str(BASE))
    assert (done.returncode, done.stderr) == (0, "")
    assert "no problems found" in done.stdout
    assert "46 readings of 36 targets" in done.stdout


@pytest.mark.parametrize(("lang", "word"), [("en", "outside world"), ("zh", "外部环境")])
def test_check_tells_when_a_shock_acts(
    lang: str, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shock, path = "outside_world.export_demand.shock=-0.1", "outside_world.ppi={path: {2018Q3: 0}}"
    assert guarded("check", str(BASE), "--lang", lang, "--set", shock, "--set", path) == 0
    told = f"  {word}: export_demand -0.1 (2018Q1 - 2020Q4); ppi 2018Q3: 0\n"
    assert told in capsys.readouterr().out


def test_check_refuses_quickly_and_writes_nothing(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = command("check", str(BAD / "many_problems.yaml"), cwd=tmp_path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Processor time, start of Python included: a loaded machine makes it no longer.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2.0
    assert done.returncode == 2
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 4
    assert all(f"{BAD / 'many_problems.yaml'}:" in line for line in lines)
    assert list(tmp_path.iterdir()) == []


def test_a_bad_scenario_leaves_no_directory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert guarded(str(BAD / "typo.yaml"), "--out", str(out)) == 2
    assert "membres: unknown key; did you mean 'members'?" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("chekc", "x.yaml"), "command line: chekc: unknown command; did you mean 'check'?"),
        (("check",), "command line: the following arguments are required: SCENARIO.yaml"),
        (("nowhere.yaml",), "nowhere.yaml: no such file"),
        (("scenarios/bsae.yaml",), "no such file; did you mean 'base.yaml'?"),
        ((str(BASE), "--mebers", "3"), "unrecognized arguments: --mebers 3; did you mean '--memb"),
        ((str(BASE), "--jobs", "0"), "--jobs: 0 is outside the legal range 1 to 512, or auto"),
        ((str(BASE), "--jobs", "1000"), "--jobs: 1000 is outside the legal range 1 to 512"),
        ((str(BASE), "--jobs", "-1"), "--jobs: -1 is outside the legal range"),
        ((str(BASE), "--jobs", "two"), "--jobs: two is outside the legal range"),
        ((str(BASE), "--jobs", "٣"), "is outside the legal range"),
        ((str(BASE), "--members", "0"), "command line: members: 0 is outside the legal range"),
        ((str(BASE), "--members", "1e9"), "members at scale 1 need about"),
        ((str(BASE), "--seed", "1.5"), "command line: seed: 1.5 must be a whole number"),
        ((str(BASE), "--seed", str(2**64)), "is outside the legal range 0 to 18446744073709551615"),
        ((str(BASE), "--set", "members"), "members: write --set key.path=value"),
        ((str(BASE), "--set", "seed=1", "--seed", "2"), "command line: seed: given twice"),
        ((str(BASE), "--lang", "fr"), "invalid choice: 'fr'"),
        (("list", "lever"), "invalid choice: 'lever'"),
        ((str(BASE), "--out", ""), "command line: --out: empty; name a directory or a file"),
        (("compare", str(BASE)), "command line: two scenarios or more are compared"),
        (("calibrate", "--bank", "200"), "--bank: 200 is outside the legal range 512 to 1000000"),
        (("replay", "nowhere", "one"), "argument member: invalid int value: 'one'"),
    ],
)
def test_bad_command_lines(
    words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(*words) == 2
    shown = capsys.readouterr()
    assert told in shown.err
    assert len(shown.err.splitlines()) == 1
    assert shown.out == ""


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError([]), 2), (NothingSimulated("none"), 3), (OutputError("disk"), 4),
        (BusyError("busy"), 5), (OSError(28, "No space left on device", "/x"), 4),
        (MemoryError(), 4), (KeyboardInterrupt(), 130), (run._Terminated(), 143),
        (BrokenPipeError(), 0),
        (ModuleNotFoundError("No module named 'rich'", name="rich"), 2),
    ],
)  # fmt: skip
def test_exit_codes(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def fail(arguments: object) -> int:
        raise error

    monkeypatch.setattr(run, "dispatch", fail)
    monkeypatch.setattr(run, "abandon", lambda descriptor: None)
    assert guarded("check", "x.yaml") == code
    assert len(capsys.readouterr().err.splitlines()) <= 1


def test_a_fault_of_the_program_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(arguments: object) -> int:
        raise ModuleNotFoundError("No module named 'sim.gone'", name="sim.gone")

    monkeypatch.setattr(run, "dispatch", fail)
    with pytest.raises(ModuleNotFoundError):
        guarded("check", "x.yaml")


def test_a_missing_package_is_told_with_its_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(arguments: object) -> int:
        raise ModuleNotFoundError("No module named 'ruamel'", name="ruamel")

    monkeypatch.setattr(run, "dispatch", fail)
    assert guarded("check", "x.yaml") == 2
    assert "pip install ruamel.yaml" in capsys.readouterr().err


def test_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded("check", str(BASE), "--lang", "zh") == 0
    assert "未发现问题" in capsys.readouterr().out
    assert guarded("check", str(BAD / "typo.yaml"), "--lang=zh") == 2
    assert "membres: 未知的键" in capsys.readouterr().err


@pytest.mark.parametrize("what", ["levers", "targets", "indicators", "scenarios", "parameters"])
def test_lists(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded("list", what) == 0
    table = capsys.readouterr().out
    assert guarded("list", what, "--json", "--lang", "zh") == 0
    rows = json.loads(capsys.readouterr().out)
    assert isinstance(rows, list)
    assert len(rows) == len(table.splitlines()) - 2
    assert all(isinstance(row, dict) for row in rows)


def test_levers_as_objects(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded("list", "levers", "--json") == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    promised = {
        "name", "clause", "unit", "low", "high", "neutral", "before_plan", "plan", "cost",
        "mechanism", "source",
    }  # fmt: skip
    assert all(promised <= set(row) for row in rows.values())
    assert (rows["land_floor"]["before_plan"], rows["land_floor"]["plan"]) == (0, 240)
    assert set(rows["energy_price_surcharge"]["plan"]) == set("ABCD")


def test_hostile_labels_are_shown_literally(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(BAD / "good.yaml", tmp_path)
    path = tmp_path / "case.yaml"
    path.write_text('extends: good.yaml\nlabel: "<b>{{7*7}}\\e[31m$\\\\frac{$"\n')
    assert guarded("check", str(path)) == 0
    out = capsys.readouterr().out
    assert "<b>{{7*7}}\\x1b[31m$\\frac{$" in out
    assert "\x1b" not in out


PLAIN = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.environ.get("PYTHONPATH", "")}


def test_poor_surroundings() -> None:
    ascii_only = {**PLAIN, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = command("check", str(BASE), "--lang", "zh", env=ascii_only)  # no HOME either
    assert (done.returncode, done.stderr) == (0, "")
    assert "?" in done.stdout
    bad = command("check", str(BAD / "homoglyph.yaml"), env=ascii_only)
    assert bad.returncode == 2
    assert "Traceback" not in bad.stderr


def test_closed_streams() -> None:
    line = f"{sys.executable} run.py check scenarios/base.yaml"
    for ending in (">&-", "2>&-", ">&- 2>&- <&-"):
        done = subprocess.run(
            ["sh", "-c", f"{line} {ending}"], cwd=ROOT, capture_output=True, text=True,
            check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0
        assert "Traceback" not in done.stderr
    reader = f"({line}; {line}; {line}; echo $? >&2) | true"
    done = subprocess.run(
        ["sh", "-c", reader], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stderr.strip() == "0"


def test_names_with_blanks_and_chinese_from_another_directory(tmp_path: Path) -> None:
    folder = tmp_path / "情景 2018"
    folder.mkdir()
    shutil.copy(BAD / "good.yaml", folder / "基准 情景.yaml")
    words = ("基准 情景.yaml", "--out", "结果 1", "--members", "1", "--jobs", "1", "--no-report",
             "--quiet", "--set", "population.scale=0.01", "--set", "end=2018Q1")  # fmt: skip
    done = command(*words, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(p.name for p in folder.iterdir()) == ["基准 情景.yaml", "结果 1"]
    assert (
        command("digest", str(folder / "结果 1")).stdout
        == command("digest", "结果 1", cwd=folder).stdout
    )


@pytest.mark.parametrize(
    ("words", "kept"),
    [("check x.yaml", "finished members are kept"), ("contrast x.yaml", "nothing is kept")],
)
def test_terminated_while_working(words: str, kept: str) -> None:
    code = (
        "import run, sys, time\n"
        "def wait(arguments):\n"
        "    print('working', flush=True)\n"
        "    time.sleep(30)\n"
        "run.dispatch = wait\n"
        f"sys.exit(run.main({words.split()}))\n"
    )
    for number, expected in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
        child = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert child.stdout is not None
        assert child.stdout.readline() == "working\n"
        child.send_signal(number)
        _, told = child.communicate(timeout=5)
        assert child.returncode == expected
        assert told.startswith("interrupted; ")
        assert kept in told
