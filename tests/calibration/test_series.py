"""Reading of tables: every refusal, the vintage filter and what the city's files promise."""

from __future__ import annotations

import csv
import math
import os
import shutil
from pathlib import Path

import pytest

from calibration.measurement import (
    MEASUREMENT_POINTS,
    MEASUREMENT_RELATIVE,
    measurement_sd,
)
from calibration.reading import Column, Schema, number_fault, read_table
from calibration.schemas import KNOWN_FROM, SCHEMAS
from calibration.series import load_drivers, load_rows, load_series, missing_periods
from sim.errors import InputError
from sim.levers import LEVERS

CITY = Path(__file__).parents[2] / "calibration" / "data" / "hangzhou"
HEADER = "series,region,period,span,value,unit,status,first_release,source,note"
ROWS = (
    "gdp,hangzhou,2015,year,10053.58,亿元,cited,2016-01,press,",
    "gdp,hangzhou,2015,year,10050.21,亿元,cited,2016-09,yearbook,vintage: yearbook",
    "gdp,hangzhou,2016,year,11050.49,亿元,cited,2017-02,bulletin,",
    "gdp,hangzhou,2015Q2,ytd,4498.75,亿元,cited,2015-07,press,",
    "growth,hangzhou,2015,year,5.4,%,memory,2016-02,memory,",
)
SMALL = Schema(
    "small",
    (
        Column("name"), Column("value", "number", low=0.0),
        Column("kind", choices=("one", "two")), Column("note", empty=True),
    ),
    key=("name",),
)  # fmt: skip


def series_file(folder: Path, *rows: str, header: str = HEADER) -> Path:
    """Write a series.csv of the given rows and return its folder."""
    (folder / "series.csv").write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return folder


def refusal(path: Path, schema: Schema = SMALL) -> list[str]:
    """Return the problems with which a file is refused, one line each."""
    with pytest.raises(InputError) as caught:
        read_table(path, schema, path.name)
    return [str(problem) for problem in caught.value.problems]


def bad(tmp_path: Path, text: str | bytes) -> list[str]:
    """Write a bad table and return its problems."""
    path = tmp_path / "bad.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return refusal(path)


def test_a_good_table_is_read_by_its_kinds(tmp_path: Path) -> None:
    path = tmp_path / "good.csv"
    path.write_bytes("\ufeffkind,name,value,note\r\none, a ,1e3,\r\ntwo,b,.5,话\r\n".encode())
    assert read_table(path, SMALL) == [
        {"kind": "one", "name": "a", "value": 1000.0, "note": None},
        {"kind": "two", "name": "b", "value": 0.5, "note": "话"},
    ]


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("", "bad.csv:1:1", "empty"),
        ("name,value,kind,note\n", "bad.csv:1:1", "no rows"),
        ("name;value;kind;note\na;1;one;\n", "bad.csv:1:1", "separated by commas"),
        ("name,value,kind,note\na,1,one\n", "bad.csv:2:4", "3 fields where the header has 4"),
        ("name,value,kind,note\na,1,one,,x\n", "bad.csv:2:5", "5 fields"),
        ('name,value,kind,note\na,"1,5",one,\n', "bad.csv:2:2", "decimal comma"),
        ("name,value,kind,note\na,50%,one,\n", "bad.csv:2:2", "per-cent sign"),
        ("name,value,kind,note\na,\uff11\uff12,one,\n", "bad.csv:2:2", "not ASCII digits"),
        ("name,value,kind,note\na,NaN,one,\n", "bad.csv:2:2", "not a finite number"),
        ("name,value,kind,note\na,-inf,one,\n", "bad.csv:2:2", "not a finite number"),
        ("name,value,kind,note\na,1e999,one,\n", "bad.csv:2:2", "not finite"),
        ("name,value,kind,note\na,0x1F,one,\n", "bad.csv:2:2", "not a number"),
        ("name,value,kind,note\na,-1,one,\n", "bad.csv:2:2", "outside the legal range"),
        ("name,value,kind,note\na,,one,\n", "bad.csv:2:2", "empty cell"),
        ("name,value,kind,note\na,1,tow,\n", "bad.csv:2:3", "did you mean 'two'"),
        ("name,value,kind,note\na,1,one,\na,2,two,\n", "bad.csv:3:1", "duplicate of line 2"),
        ("name,vlaue,kind,note\na,1,one,\n", "bad.csv:1:2", "did you mean 'value'"),
        ("name,value,kind,note,name\na,1,one,,b\n", "bad.csv:1:5", "given twice"),
        ("name,value,kind\na,1,one\n", "bad.csv:1:1", "missing column"),
        ('name,value,kind,note\n"a,1,one,\n', "bad.csv:2:1", "not CSV"),
        ("name,value,kind,note\na,1,one,\x00\n", "bad.csv:2:9", "NUL byte"),
        ("name,value,kind,note\na,1,one,话\n".encode("gbk"), "bad.csv:2:9", "reads as GBK"),
        ("name,value,kind,note\na,1,one,\n".encode("utf-16"), "bad.csv:1:1", "UTF-16"),
    ],
)
def test_refused_with_line_and_column(
    tmp_path: Path, text: str | bytes, place: str, said: str
) -> None:
    problems = bad(tmp_path, text)
    assert any(p.startswith(place + ":") and said in p for p in problems), problems


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    problems = bad(tmp_path, "name,value,kind,note\na,x,one,\nb,1,six,\nc,1\n")
    assert [p.split(":")[1] for p in problems] == ["2", "3", "4"]


def test_quoted_line_ends_keep_the_line_count(tmp_path: Path) -> None:
    problems = bad(tmp_path, 'name,value,kind,note\na,1,one,"two\nlines"\nb,x,one,\n')
    assert problems == ["bad.csv:4:2: value: 'x' is not a number"]


def test_missing_file_directory_fifo_and_size(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("name\n", encoding="utf-8")
    assert "did you mean 'table.csv'" in refusal(tmp_path / "tabel.csv")[0]
    assert "is a directory" in refusal(tmp_path)[0]
    os.mkfifo(tmp_path / "pipe.csv")
    assert "is a FIFO" in refusal(tmp_path / "pipe.csv")[0]
    (tmp_path / "large.csv").write_bytes(b"a" * 5_000_001)
    assert "larger than 5000 kB" in refusal(tmp_path / "large.csv")[0]


def test_a_number_column_without_any_value_is_refused(tmp_path: Path) -> None:
    schema = Schema("s", (Column("a"), Column("b", "number", empty=True)))
    path = tmp_path / "t.csv"
    path.write_text("a,b\nx,\ny,\n", encoding="utf-8")
    assert refusal(path, schema) == ["t.csv:2:2: b: no value in any row"]


def test_shares_must_sum_to_one(tmp_path: Path) -> None:
    schema = Schema("s", (Column("a"), Column("b", "number")), sums={"b": ("a", "z")})
    path = tmp_path / "t.csv"
    path.write_text("a,b\nx,0.5\ny,0.4\nz,9\n", encoding="utf-8")
    assert refusal(path, schema) == ["t.csv:1:2: b: shares sum to 0.900000, not to one"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (ROWS[0].replace("cited", "seen"), "series.csv:4:7: status"),
        (ROWS[0].replace("亿元", "亿圆"), "series.csv:4:6: unit"),
        ("gdp,hangzhou,2017,year,5,%,cited,2018-02,x,", "in 亿元 above, here %"),
        (ROWS[0].replace("2015,", "2015Q5,"), "not a period"),
        (ROWS[0].replace("2016-01", "2016-13"), "not a month"),
        ("gdp,hangzhou,2014,year,5,亿元,cited,2015-02,x,", "2014 stands after 2016: sort"),
        (ROWS[2], "duplicate of line 3"),
    ],
)
def test_faulty_series_rows_are_refused(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        load_series(series_file(tmp_path, ROWS[0], ROWS[2], row), "2018-04")
    assert any(said in str(problem) for problem in caught.value.problems)


def test_a_late_release_is_never_seen(tmp_path: Path) -> None:
    late = "gdp,hangzhou,2017,year,99999,亿元,cited,2018-05,yearbook,deliberately late"
    folder = series_file(tmp_path, ROWS[0], ROWS[2], late)
    assert set(load_series(folder, "2018-04").get("gdp")) == {"2015", "2016"}
    assert load_series(folder, "2018-05").value("gdp", "2017") == 99999.0
    assert set(load_series(folder, "2016-12").get("gdp")) == {"2015"}


def test_changing_a_later_row_leaves_the_table_equal(tmp_path: Path) -> None:
    late = "gdp,hangzhou,2017,year,{},亿元,cited,2018-05,yearbook,"
    first = load_series(series_file(tmp_path, *ROWS[:3], late.format(1)), "2018-04")
    assert first == load_series(series_file(tmp_path, *ROWS[:3], late.format(2)), "2018-04")


def test_first_release_for_scoring_and_latest_on_request(tmp_path: Path) -> None:
    table = load_series(series_file(tmp_path, *ROWS), "2018-04")
    assert table.value("gdp", "2015") == 10053.58
    assert table.value("gdp", "2015", vintage="latest") == 10050.21
    earlier = load_series(tmp_path, "2016-05")
    assert earlier.get("gdp", vintage="latest")["2015"].value == 10053.58
    assert set(table.get("gdp", span="ytd")) == {"2015Q2"}


def test_a_series_not_out_yet_is_empty_and_a_wrong_name_is_an_error(tmp_path: Path) -> None:
    table = load_series(series_file(tmp_path, *ROWS), "2016-01")
    assert table.get("growth") == {}
    with pytest.raises(KeyError, match="did you mean 'growth'"):
        table.get("grwth")


def test_two_spans_of_one_period_need_a_span(tmp_path: Path) -> None:
    rows = ("x,hangzhou,2015Q2,ytd,3,亿元,cited,2015-07,s,",
            "x,hangzhou,2015Q2,quarter,2,亿元,cited,2015-07,s,")  # fmt: skip
    table = load_series(series_file(tmp_path, *rows), "2018-04")
    with pytest.raises(ValueError, match="name the span"):
        table.get("x")
    assert table.get("x", span="quarter")["2015Q2"].value == 2.0


def test_nothing_released_yet_and_a_faulty_date_are_refused(tmp_path: Path) -> None:
    folder = series_file(tmp_path, *ROWS)
    with pytest.raises(InputError, match="nothing was released by 2001-01"):
        load_series(folder, "2001-01")
    with pytest.raises(InputError, match="is not a month"):
        load_series(folder, "2018")


def test_memory_rows_can_be_dropped(tmp_path: Path) -> None:
    table = load_series(series_file(tmp_path, *ROWS), "2018-04", drop_memory=True)
    assert table.get("growth") == {}
    assert len(table.get("gdp")) == 3


def test_measurement_error_by_status_and_unit() -> None:
    assert measurement_sd(5.4, "%", "memory") >= 1.0
    assert measurement_sd(2000.0, "亿元", "derived") == pytest.approx(10.0)
    assert measurement_sd(1.0, "rank", "memory") == 0.0
    for table in (MEASUREMENT_POINTS, MEASUREMENT_RELATIVE):
        assert table["cited"] < table["derived"] < table["memory"] < table["assumed"]


def test_gaps_and_single_observations_are_told(tmp_path: Path) -> None:
    gap = "gdp,hangzhou,2018,year,1,亿元,cited,2018-04,s,"
    table = load_series(series_file(tmp_path, ROWS[0], ROWS[2], gap, ROWS[4]), "2018-04")
    assert table.notes == (
        "gdp (hangzhou, year): 1 periods missing and not filled: 2017",
        "growth (hangzhou, year): a single observation, 2015",
    )
    assert missing_periods(["2016-11", "2017-02"]) == ["2016-12", "2017-01"]


def drivers_file(folder: Path, values: list[float]) -> Path:
    """Write a drivers.csv of one monthly and one quarterly driver."""
    lines = ["series,period,value,unit,status,published,source,note"]
    for month, value in enumerate(values, start=1):
        lines.append(f"a_m,2017-{month:02d},{value},%,cited,2017-{month + 1:02d},s,")
    lines.append("b_q,2017Q1,3,%,derived,2017-04,s,")
    (folder / "drivers.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_drivers_by_frequency_and_date(tmp_path: Path) -> None:
    table = load_drivers(drivers_file(tmp_path, [1.0, 2.0, 4.0]), "2017-03")
    assert table.monthly == {"a_m": {"2017-01": 1.0, "2017-02": 2.0}}
    assert table.quarterly == {}
    later = load_drivers(tmp_path, "2017-04")
    assert later.quarterly == {"b_q": {"2017Q1": 3.0}}
    assert later.get("a_m")["2017-03"].first_release == "2017-04"
    with pytest.raises(KeyError, match="did you mean 'a_m'"):
        later.get("a_mm")


def test_a_constant_driver_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="constant: all 8 values"):
        load_drivers(drivers_file(tmp_path, [2.0] * 8), "2018-04")


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_table_of_the_city_reads(name: str) -> None:
    assert len(load_rows(CITY, name)) > 4


@pytest.mark.parametrize("name", sorted(KNOWN_FROM))
def test_nothing_on_file_is_later_than_the_information_date(name: str) -> None:
    assert len(load_rows(CITY, name)) == len(load_rows(CITY, name, "2018-04"))


@pytest.mark.parametrize("path", sorted(CITY.glob("*.csv")), ids=lambda path: path.stem)
def test_every_table_has_its_card(path: Path) -> None:
    card = path.with_suffix(".card.yaml").read_text(encoding="utf-8")
    for entry in ("title:", "title_zh:", "what:", "source:", "first_release_rule:", "licence:"):
        assert f"\n{entry}" in "\n" + card, entry


def test_first_releases_of_the_city_are_the_ones_scored() -> None:
    table = load_series(CITY, "2018-04")
    assert table.value("gdp", "2016") == 11050.49
    assert table.value("gdp", "2016", vintage="latest") == 11313.72
    assert table.get("industrial_value_added")["2015"].status == "memory"
    assert [round(o.value, 1) for o in table.get("industrial_employment").values()] == [
        119.0, 115.1, 110.5, 106.6,
    ]  # fmt: skip


def test_without_memory_rows_the_value_added_rate_is_gone() -> None:
    assert "2015" in load_series(CITY, "2018-04").get("value_added_rate_over_revenue")
    dropped = load_series(CITY, "2018-04", drop_memory=True)
    assert dropped.get("value_added_rate_over_revenue") == {}


def test_sectors_reproduce_the_margins_they_are_scaled_to() -> None:
    rows = [row for row in load_rows(CITY, "sectors") if row["kind"] != "service"]

    def total(column: str, weight: str = "value_added_rate") -> float:
        return math.fsum(
            float(r["output_share"] or 0) * float(r[column] or 0)
            * (1.0 if weight == "" else float(r[weight] or 0))
            for r in rows
        )  # fmt: skip

    assert total("value_added_rate", "") == pytest.approx(0.243, rel=0.01)
    assert total("labour_share") / 0.243 == pytest.approx(0.28, rel=0.01)
    assert total("high_tech_share") / 0.243 == pytest.approx(0.501, abs=0.01)
    workers = math.fsum(
        float(r["output_share"] or 0) / float(r["revenue_per_worker_rel"] or 1) for r in rows
    )
    assert workers == pytest.approx(1.0, abs=0.001)


def test_names_agree_between_tables() -> None:
    districts = {row["code"] for row in load_rows(CITY, "districts")}
    sectors = {row["code"] for row in load_rows(CITY, "sectors")}
    giants = load_rows(CITY, "giants")
    assert {row["district"] for row in load_rows(CITY, "platforms")} <= districts
    assert {row["district"] for row in giants} <= districts
    assert {row["sector"] for row in [*giants, *load_rows(CITY, "ipos")]} <= sectors


def test_platforms_and_giants_fit_into_their_districts_and_sectors() -> None:
    land = {row["code"]: float(row["land_share"] or 0) for row in load_rows(CITY, "districts")}
    for row in load_rows(CITY, "platforms"):
        land[str(row["district"])] -= float(row["land_share"] or 0)
    assert min(land.values()) >= 0.0
    room = {r["code"]: 12_900 * float(r["output_share"] or 0) for r in load_rows(CITY, "sectors")}
    active = [row for row in load_rows(CITY, "giants") if row["active_until"] is None]
    for row in active:
        room[row["sector"]] -= float(row["revenue"] or 0)
    assert min(room.values()) >= 0.0
    assert math.fsum(float(row["revenue"] or 0) for row in active) < 0.25 * 12_900


def test_priors_are_ordered_and_inside_their_bounds() -> None:
    for row in load_rows(CITY, "priors"):
        low, central, high = (float(row[c] or 0) for c in ("low", "central", "high"))
        assert low <= central <= high, row["name"]
        assert row["lowest"] is None or float(row["lowest"]) <= low, row["name"]
        assert row["highest"] is None or high <= float(row["highest"]), row["name"]
        assert row["note"] or row["source"]


def test_listed_firms_on_file_match_the_count_after_move_ins() -> None:
    rows = [row for row in load_rows(CITY, "ipos") if str(row["quarter"]) < "2018Q1"]
    expected = math.fsum(1.0 - float(row["moved_in_later"] or 0) for row in rows)
    counted = load_series(CITY, "2018-04").value("listed_firms_a_share", "2017")
    assert abs(expected - counted) < 3.0


def test_numbers_said_wrong_are_explained() -> None:
    assert number_fault("1,000").startswith("decimal comma or thousands")
    assert number_fault("-1.5e3") == ""


def test_a_user_replaces_a_memory_row_by_editing_one_file(tmp_path: Path) -> None:
    shutil.copy(CITY / "series.csv", tmp_path)
    path = tmp_path / "series.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    for row in rows:
        if row[:3] == ["industrial_value_added", "hangzhou", "2017"]:
            row[4], row[6] = "3210.5", "cited"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    seen = load_series(tmp_path, "2018-04").get("industrial_value_added")["2017"]
    assert seen.value == 3210.5
    assert seen.sd == pytest.approx(9.6315)


def test_policy_history_covers_every_lever_in_its_unit_and_range() -> None:
    rows = load_rows(CITY, "policy_history", "2018-04")
    wanted = {(n, c) for n, lever in LEVERS.items() for c in lever.classes or (None,)}
    assert {(row["lever"], row["class"]) for row in rows} == wanted
    for row in rows:
        lever, value = LEVERS[str(row["lever"])], row["value"]
        assert row["unit"] == lever.unit, row
        assert isinstance(value, float)
        assert lever.low <= value <= lever.high, row
