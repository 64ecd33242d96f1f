"""A city's tables as files: whatever lies there is refused at once, all tables together."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from calibration.preflight import check_tables
from calibration.series import load_rows, load_series
from calibration.tables import read_tables
from sim.cli.problems_zh import in_chinese
from sim.errors import InputError

ROOT = Path(__file__).resolve().parents[2]
DATA = Path("calibration") / "data" / "hangzhou"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return the data folder of a copied project."""
    shutil.copytree(ROOT / DATA, tmp_path / DATA)
    return tmp_path / DATA


def refusal(home: Path) -> list[str]:
    with pytest.raises(InputError) as raised:
        check_tables(home.parents[2], "hangzhou", "2018-04")
    return str(raised.value).splitlines()


def replace_by(path: Path, kind: str) -> None:
    """Put something else in a table's place."""
    data = path.read_bytes()
    lines = data.decode().splitlines()
    path.unlink()
    if kind == "directory":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "dangling":
        path.symlink_to("/nowhere/at/all")
    elif kind != "missing":
        path.write_bytes({
            "empty": b"",
            "semicolons": data.replace(b",", b";"),
            "gbk": (lines[0] + "\n杭州,\n").encode("gb18030"),
            "ragged": "\n".join([*lines[:3], lines[3] + ",x", *lines[4:]]).encode(),
            "twice": "\n".join([*lines[:3], lines[2], *lines[3:]]).encode(),
            "header": (lines[0] + "\n").encode(),
            "one row": "\n".join(lines[:2]).encode(),
        }[kind])  # fmt: skip


TOLD = {
    "missing": ": no such file", "directory": ": is a directory, not a file",
    "fifo": ": is a FIFO, not a file", "dangling": ": is a dangling link",
    "empty": ":1:1: empty: a header line and rows are needed",
    "semicolons": ":1:1: fields must be separated by commas", "gbk": ":2:1: not UTF-8 (it reads",
    "ragged": " fields where the header has ", "twice": ": duplicate of line 3",
    "header": ":1:1: no rows below the header",
}  # fmt: skip


@pytest.mark.parametrize("table", ["drivers", "sectors", "outside_priors"])
@pytest.mark.parametrize("kind", TOLD)
def test_whatever_lies_in_a_tables_place_is_refused(home: Path, table: str, kind: str) -> None:
    replace_by(home / f"{table}.csv", kind)
    first = refusal(home)[0]
    assert first.startswith(str(home / f"{table}.csv"))
    assert TOLD[kind] in first


def test_tables_saved_by_a_spreadsheet_as_utf8_read_as_before(home: Path) -> None:
    """A byte-order mark and Windows line ends, as spreadsheets write them, change no figure."""
    before = load_series(home, "2018-04"), load_rows(home, "sectors")
    for path in home.glob("*.csv"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    check_tables(home.parents[2], "hangzhou", "2018-04")
    assert (load_series(home, "2018-04"), load_rows(home, "sectors")) == before


def test_a_percentage_in_a_column_of_shares_is_told(home: Path) -> None:
    path = home / "sectors.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    at = rows[0].index("value_added_rate")
    rows[3][at] = "25"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    told = f"sectors.csv:4:{at + 1}: value_added_rate: 25 is outside the legal range 0 to 1"
    assert f"{told}; 25 is a percentage? write 0.25" in "\n".join(refusal(home))


def test_all_tables_are_told_together(home: Path) -> None:
    for table, kind in (("series", "missing"), ("priors", "fifo"), ("ipos", "empty")):
        replace_by(home / f"{table}.csv", kind)
    assert len(refusal(home)) == 3


def test_one_row_is_too_little_to_fit(home: Path) -> None:
    for table in ("series", "drivers"):
        replace_by(home / f"{table}.csv", "one row")
    told = "\n".join(refusal(home))
    assert "drivers.csv:1:1: CN_PPI_yoy_m: 0 values released by 2018-04; the fits need 24" in told
    assert "series.csv:1:1: gdp: 0 values released by 2018-04; the fits need 5" in told


@pytest.mark.parametrize("kind", ["directory", "fifo", "dangling"])
def test_no_table_can_hang_or_break_what_is_hashed(home: Path, kind: str) -> None:
    replace_by(home / "sectors.csv", kind)
    with pytest.raises(InputError, match=r"sectors\.csv"):
        read_tables(home, "hangzhou", "2018-04", False)


def test_tables_as_they_are_pass_at_both_dates() -> None:
    for as_of in ("2016-04", "2018-04"):
        check_tables(ROOT, "hangzhou", as_of)


def test_a_date_whose_last_full_year_is_not_there_is_refused() -> None:
    check_tables(ROOT, "hangzhou", "2019-01")
    with pytest.raises(InputError) as refused:
        check_tables(ROOT, "hangzhou", "2019-07")
    assert [problem.key for problem in refused.value.problems] == ["CN_PPI_yoy_m", "CN_CPI_yoy_m"]
    for told in refused.value.problems:
        assert "the fits need all of 2018" in told.message
        assert "拟合需要 2018 全年" in in_chinese(told.message)


def test_tables_are_looked_at_before_anything_heavy_is_imported() -> None:
    code = (
        "import sys, run, calibration.preflight as p\n"
        "from pathlib import Path\n"
        "def stop(*given):\n"
        "    print(given[1:], sorted({'statsmodels', 'pandas', 'scipy'} & set(sys.modules)))\n"
        "    raise SystemExit\n"
        "p.check_tables = stop\n"
        "run.ensure_fits('hangzhou', '2018-04', Path('.'), False)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True,
        timeout=60,
    )  # fmt: skip
    assert done.stdout.strip() == "('hangzhou', '2018-04') []"
