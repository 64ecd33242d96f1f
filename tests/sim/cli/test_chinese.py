"""Problems in Chinese: no message of the readers or of sweeps is known in English only."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import run
from sim.cli.help_zh import HELP, texts_of
from sim.cli.parser import build_parser
from sim.cli.problems_zh import in_chinese
from sim.cli.words import WORDS, told
from sim.errors import InputError, OutputError, UserError
from sim.scenario import load_scenario
from sim.sweep.cells import cells_of
from sim.sweep.files import read_sweep
from tests.inputs.test_bad_files import FILES
from tests.sim import toy_sweep
from tests.sim.sweep.test_sweep_files import BAD_DESIGNS, BAD_FACTORS, ONE

MODULES = (
    "checking", "fixed_parameters", "inheritance", "lever_paths", "output_directory", "reading",
    "scenario", "scenario_sections", "shocks", "store", "tables", "workers", "cli/sweep",
    "sweep/cells", "sweep/cluster", "sweep/factors", "sweep/files", "sweep/running",
    "sweep/session", "sweep/standing", "sweep/store", "sweep/zarr_copy",
)  # fmt: skip
"""Whose messages a user of a scenario or a sweep can meet."""
PARTS = frozenset({
    # ranges, kinds of values and reasons, which stand in other messages and are tried with them
    "7 to 77", "7 or more7", "7 or less7", "up to 77", "7 to 7", "7 (start 7)", "; ",
    "7 (start 7, end 7)",
    "a whole number", "true or false", "a quarter like 2018Q1", "a month like 2018-04", "one of ",
    "7 must be 7: 7", "a single value", "is 7, not a file", "one value", "not readable", "at 7",
    "create the directory", "time is up", "of the real firms", "no 7 7 in 7/77", "7: cannot 7: 7",
    "sensitivity needs kind 7, is 7", "command line",
    # no message of anybody's: keys of a store, commands, a row of numbers
    "priors 7", "plan 7", "history 7", "scenario 7", "7, n 7, seed 7", "7 h (7)", "7:7 in 7",
    "pip install zarr", "pip install 'dask[distributed]'", "nothing staged",
    # units, known to sim.report.unit_words
    "log points of the level", "points (fraction of one)", "share of applications",
    "growth on the year before (fraction of one)", "share of the quarter open",
    "a year (fraction of one)", "fraction of one",
})  # fmt: skip
WORDS_OF_TWO = re.compile(r"[a-z]{2,} [a-z]{2,}|^; |^is |[a-z] 7|7 [a-z]|: [a-z]+ ")


def texts(path: Path) -> Iterator[str]:
    """Yield the texts of a module that read like English; 7 stands for what is filled in."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inner = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, (ast.JoinedStr, ast.Expr))
        for part in ([node.value] if isinstance(node, ast.Expr) else ast.walk(node))
        if part is not node and isinstance(part, (ast.Constant, ast.JoinedStr))
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and id(node) not in inner:
            parts = (p.value if isinstance(p, ast.Constant) else "7" for p in node.values)
            yield "".join(map(str, parts))
        elif (
            isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner
        ):
            yield node.value


@pytest.mark.parametrize("module", MODULES)
def test_every_text_of_a_module_is_known(root: Path, module: str) -> None:
    found = {text for text in texts(root / "sim" / f"{module}.py") if WORDS_OF_TWO.search(text)}
    unknown = {text for text in found - PARTS if in_chinese(text) == text}
    assert unknown == set()


def english(message: str) -> str:
    """Return two English words in a row that are neither quoted nor an option's example."""
    bare = re.sub(r"'[^']*'|`[^`]*`|kind [a-z]+|YAML 语法错误：.*", "", message.partition(": ")[2])
    found = re.search(r"[a-z]{2,} [a-z]{2,}", bare)
    return found[0] if found else ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_faulty_scenario_is_told_in_chinese(path: Path) -> None:
    with pytest.raises(InputError) as raised:
        load_scenario(path)
    for line in told(raised.value, "zh").splitlines():
        assert english(line) == "", line


@pytest.mark.parametrize(
    ("design", "factors"),
    [(design, ONE) for design, _ in BAD_DESIGNS]
    + [("{kind: grid, n: 2}" if value.startswith("{") else "{kind: grid}", {key: value})
       for key, value, _ in BAD_FACTORS],
)  # fmt: skip
def test_a_faulty_sweep_is_told_in_chinese(
    tmp_path: Path, design: str, factors: dict[str, str]
) -> None:
    path = toy_sweep.file(tmp_path, design, factors)
    with pytest.raises(InputError) as raised:
        cells_of(read_sweep(str(path)))
    for line in told(raised.value, "zh").splitlines():
        assert english(line) == "", line
        assert re.search("[一-鿿]", line), line


def test_an_edited_sweep_shows_its_differences_in_chinese(tmp_path: Path) -> None:
    out = tmp_path / "out"
    toy_sweep.run(toy_sweep.file(tmp_path, "{kind: grid}", ONE), out)
    path = toy_sweep.file(tmp_path, "{kind: lhs, n: 2}", ONE)
    with pytest.raises(InputError) as raised:
        toy_sweep.run(path, out)
    lines = told(raised.value, "zh").splitlines()
    assert lines[0].startswith(f"{out}: 其中是另一状态的扫描")
    assert f"{out}: design.kind: 彼处 grid，此处 lhs" in lines
    assert [line for line in lines if english(line)] == []


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OutputError("a/b: cannot write: No space left on device"), "a/b: 不能写入：磁盘已满"),
        (OutputError("out: another run is writing here"), "out: 另一模拟正在写入此目录"),
        (UserError("--zarr: the package zarr is missing: pip install zarr"),
         "--zarr：缺少软件包 zarr：pip install zarr"),
        (OutputError("--scheduler tcp://x: no Dask scheduler answers: time is up"),
         "--scheduler tcp://x：没有 Dask 调度器应答：超时"),
    ],
)  # fmt: skip
def test_other_errors_too(error: UserError, line: str) -> None:
    assert told(error, "zh") == line
    assert told(error, "en") == str(error)


def test_a_dry_run_in_chinese(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = toy_sweep.file(tmp_path, "{kind: lhs, n: 2}")
    assert run.guarded(("sweep", str(path), "--dry-run", "--lang", "zh")) == 0
    labels = [line.split(": ")[0] for line in capsys.readouterr().out.splitlines()]
    assert len(labels) == 8
    assert all(re.search("[一-鿿]", label) for label in labels)
    assert run.guarded(("sensitivity", str(path), "--lang", "zh")) == 2
    assert capsys.readouterr().err.startswith(
        f"{path}: design.kind: sensitivity 需要 kind sobol 或"
    )


def test_every_phrase_has_both_languages() -> None:
    for key, (en, zh) in WORDS.items():
        assert re.search("[一-鿿]", zh), key
        assert not re.search("[一-鿿]", en), key
        assert set(re.findall(r"{(\w+)", en)) == set(re.findall(r"{(\w+)", zh)), key


def test_every_text_of_the_help_has_chinese_words() -> None:
    assert texts_of(build_parser()) - set(HELP) == set()
    assert set(HELP) - texts_of(build_parser()) == set()
    translated = texts_of(build_parser("zh"))
    assert translated == set(HELP.values())
