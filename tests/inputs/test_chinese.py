"""Every refusal in Chinese: only what the user wrote, names and units of data stay as they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import run
from calibration.reading import read_table
from calibration.schemas import SCHEMAS
from sim.checking import Checker
from sim.cli.problems_zh import in_chinese
from sim.cli.words import told
from sim.errors import InputError, OutputError, UserError
from sim.levers import LEVERS
from sim.plan import load_plan
from sim.report.unit_words import unit_words
from sim.scenario import load_scenario
from sim.shocks import DRIVERS
from sim.tables import read_table as read_plain_table
from tests.fuzz.cases import case
from tests.inputs.test_bad_files import FILES
from tests.inputs.test_bytes import BYTES
from tests.sim.test_plan import FAULTS
from tests.sim.test_plan import SMALL as SMALL_PLAN

TERMS = {
    "UTF", "GBK", "NUL", "YAML", "CSV", "GB", "kB", "MB", "true", "false", "auto", "start", "end",
    "calibrate", "pip", "install", "Dask", "CNY",
}  # fmt: skip
"""Words that Chinese sentences use as they are."""


def english(message: str) -> list[str]:
    """Return the English words of a message that stand for themselves."""
    for pattern in (
        r"'[^']*'", r"`[^`]*`", r"\{[^}]*\}", r"可用的?键?：.*", r"现有.*", r"：[^：]* → .*",
        r"\S*[/.]\S*", r"U\+\w+", r"\d{4}Q\d", r"--\w+", r"[-+]?\.?(?:inf|nan)\b", r"\d\S*",
        r"!!\S+",
    ):  # fmt: skip
        message = re.sub(pattern, " ", message)
    return [w for w in re.findall(r"[A-Za-z]{2,}", message) if w not in TERMS]


def refusals() -> dict[str, str]:
    """Return every message that the bad files of the tests get, by the file's name."""
    found: dict[str, str] = {}
    for path in FILES:
        with pytest.raises(InputError) as raised:
            load_scenario(path)
        found |= {f"{path.stem} {n}": p.message for n, p in enumerate(raised.value.problems)}
    return found


@pytest.mark.parametrize(("name", "message"), refusals().items())
def test_a_bad_scenario_is_told_in_chinese(name: str, message: str) -> None:
    assert english(in_chinese(message)) == [], name


def messages(error: InputError) -> list[str]:
    return [in_chinese(problem.message) for problem in error.problems]


@pytest.mark.parametrize("name", BYTES)
def test_bad_bytes_are_told_in_chinese(name: str, tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_bytes(BYTES[name][0])
    with pytest.raises(InputError) as raised:
        load_scenario(tmp_path / "case.yaml")
    if name != "unclosed_quote":  # the parser's own words
        assert [english(message) for message in messages(raised.value)] == [[]]


@pytest.mark.parametrize("name", FAULTS)
def test_a_bad_plan_is_told_in_chinese(name: str, tmp_path: Path) -> None:
    old, new, _ = FAULTS[name]
    (tmp_path / "small.yaml").write_text(SMALL_PLAN.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as raised:
        load_plan(tmp_path / "small.yaml")
    for message in messages(raised.value):
        assert english(message) == []


def test_bad_tables_are_told_in_chinese(tmp_path: Path) -> None:
    """The tables of the fuzzer: every kind of fault, in every table."""
    seen = 0
    for number in range(2 * 9 * len(SCHEMAS)):
        chosen = case("table", number)
        path = tmp_path / "case.csv"
        path.write_bytes(chosen.data)
        try:
            read_table(path, SCHEMAS[chosen.table])
        except InputError as error:
            seen += 1
            for message in messages(error):
                left = english(message)
                # Names of series, districts and units are data.
                assert not left or re.search("重复|排在|单位为|不在该列", message), message
    assert seen > 50


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("chekc", "x.yaml"), "未知的命令；是否想写 'check'？"),
        (("check",), "缺少参数：SCENARIO.yaml"),
        (
            ("scenarios/base.yaml", "--mebers", "3"),
            "不认识的参数：--mebers 3；是否想写 '--members'？",
        ),
        (("scenarios/base.yaml", "--jobs", "0"), "--jobs: 0 超出允许范围 1 至 512，或写 auto"),
        (("scenarios/base.yaml", "--set", "members"), "请写成 --set 键.路径=值"),
        (("scenarios/base.yaml", "--out", ""), "--out: 为空；请写目录或文件名，或不写此项"),
        (("compare", "scenarios/base.yaml"), "至少比较两个情景；请再写一个文件"),
        (("calibrate", "nowhere"), "没有数据；现有城市：hangzhou"),
        (("digest", "nowhere"), "nowhere: 其中没有 results.nc"),
        (("reproduce", "nowhere"), "不能读取：没有这个文件或目录"),
        (("replay", "nowhere", "0"), "不是模拟结果目录（没有 scenario.resolved.yaml）"),
    ],
)
def test_command_lines_are_told_in_chinese(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.guarded([*words, "--lang", "zh"]) in (2, 4)
    shown = capsys.readouterr().err
    assert said in shown
    assert len(shown.splitlines()) == 1


def test_errors_of_the_system_are_told_in_chinese() -> None:
    full = OutputError("out/a.png: cannot write: No space left on device")
    assert told(full, "zh") == "out/a.png: 不能写入：磁盘已满"
    assert told(full, "en") == str(full)
    gone = UserError("command line: the package rich is missing: pip install rich")
    assert told(gone, "zh") == "command line：缺少软件包 rich：pip install rich"


def test_units_of_ranges_have_words() -> None:
    units = {lever.unit for lever in LEVERS.values()}
    units |= {d.shock_unit for d in DRIVERS.values()} | {d.path_unit for d in DRIVERS.values()}
    assert [unit for unit in sorted(units) if english(unit_words(unit, "zh"))] == []


def test_a_table_outside_calibration_speaks_chinese_too(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1\n", encoding="utf-8")
    checker = Checker()
    read_plain_table(path, "t.csv", checker, ("a", "b"))
    assert [in_chinese(p.message) for p in checker.problems] == ["有 1 个字段，而表头有 2 个"]
