"""``decompose`` and ``contrast`` on the real model, made small."""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from calibration.fits import ensure
from run import settings_of
from sim.analysis.variance import BLOCKS, simulate_nested
from sim.city import load_city
from sim.cli import contrast, decompose
from sim.cli.parser import build_parser
from sim.ensemble import run_ensemble
from sim.model import simulate_member
from sim.plan import Target
from sim.provenance import COLUMNS as MADE_FROM
from sim.provenance import differing, made_from
from sim.report import page_basis
from sim.report.figures.decomposition import draw_decomposition
from sim.report.html import content
from sim.report.material import gather
from sim.report.page_basis import basis_tables
from sim.report.page_run import resolved_settings
from sim.report.terminal import label
from sim.report.words import Language
from sim.scenario import load_with_plan, project_root, resolved
from sim.uncertainty import GROUPS

ROOT = project_root()
BASE = str(ROOT / "scenarios" / "base.yaml")
SMALL = {"population.scale": "0.02", "members": "3"}


def test_both_commands_take_a_scenario_and_its_settings() -> None:
    parser = build_parser()
    for words in (["decompose", "a.yaml", "--members", "7"],
                  ["contrast", "a.yaml", "--of", "posterior", "--set", "members=7"]):  # fmt: skip
        given = parser.parse_args(words)
        assert given.scenario == "a.yaml"
        assert settings_of(given) == {"members": "7"}


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_the_design_moves_one_group_and_its_first_block_is_the_ordinary_run() -> None:
    scenario, plan = load_with_plan(BASE, SMALL | {"end": "2018Q2"})
    city = load_city(ensure(scenario.city, scenario.as_of, ROOT))
    plain = simulate_member(scenario, plan, city, 1)
    block = simulate_nested(scenario, plan, city, 1)
    assert (plain.published == block.published)[plain.published == plain.published].all()
    chance = simulate_nested(scenario, plan, city, 3 * BLOCKS.index("chance") + 1)
    assert chance.scalars["entry_rate"] == plain.scalars["entry_rate"]
    assert chance.scalars["margin_gdp"] == plain.scalars["margin_gdp"]
    assert (chance.published != plain.published)[plain.published == plain.published].any()
    parameters = simulate_nested(scenario, plan, city, 3 * BLOCKS.index("parameters") + 1)
    assert parameters.scalars["entry_rate"] != plain.scalars["entry_rate"]
    assert parameters.scalars["industrial_land_2017"] == plain.scalars["industrial_land_2017"]


def test_decompose_writes_shares_of_every_target_that_varies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "parts.csv"
    assert decompose.main(BASE, ensure, SMALL, jobs=1, out=str(out), lang="zh", quiet=False) == 0
    rows = read(out)
    assert "外部环境" in capsys.readouterr().out
    groups = defaultdict(set)
    for row in rows:
        groups[row["target_id"], row["reading"], row["quantity"]].add(row["group"])
        assert float(row["total"]) >= 0.0
        assert row["members"] == "3"
    assert all(found == set(GROUPS) for found in groups.values())
    # Beside a run of the scenario the report draws it.
    found = run_ensemble(
        *load_with_plan(BASE, SMALL), load_city(ensure("hangzhou", "2018-04", ROOT)),
        tmp_path / "base", jobs=1, quiet=True,
    )  # fmt: skip
    out.rename(tmp_path / "base-decomposition.csv")
    plan = load_with_plan(BASE, SMALL)[1]
    material = gather(found.path, plan, load_city(ensure("hangzhou", "2018-04", ROOT)))
    (tmp_path / "base" / "figures").mkdir()
    drawn = draw_decomposition(material, tmp_path / "base" / "figures", "en", False)
    assert drawn == ("decomposition",)
    assert len(read(tmp_path / "base" / "figures" / "decomposition.csv")) % len(GROUPS) == 0
    settings = resolved_settings(found.path)[0]
    (table,) = basis_tables(material, tmp_path, "zh", settings)
    assert table.standing == "与本次模拟的情景、代码和数据相同。"
    decomposed = [p for p in content(material, found.path, "en")["pictures"]
                  if p.name == "decomposition"]  # fmt: skip
    assert [p.caption.endswith("code and data of this run.") for p in decomposed] == [True]
    assert table.header[1:] == ("外部环境", "参数", "初始状态", "执行", "企业与项目偶然性")
    cells = {row[0]: row[1:] for row in table.rows}
    shown = next(e.assessment.target for e in material.scorecard.default_entries
                 if label(e.assessment.target, "zh") in cells)  # fmt: skip
    first = next(row for row in rows if row["target_id"] == shown.id and row["quantity"] ==
                 "margins" and row["group"] == "outside_world")  # fmt: skip
    assert cells[label(shown, "zh")][0].startswith(f"{float(first['total']):.2f} ± ")
    assert basis_tables(material, tmp_path / "elsewhere", "en", settings) == ()
    write_contrast(tmp_path / "base-memory.csv", shown)
    both = basis_tables(material, tmp_path, "en", settings)
    assert [each.rows[0][1:] for each in both[:-1]] == [("99 %", "68 %", "-31 ± 5", "4 → 3")]
    assert "100 members" in both[0].about
    assert "not recorded" in both[0].standing  # a table of an earlier version has no hashes
    # The decomposition answers neither for another scenario nor where the run's is unknown.
    moved = {**settings, "end": "2020Q3", "members": 7}
    other = basis_tables(material, tmp_path, "en", moved)[-1].standing
    assert other.startswith("Not made for this run: another setting of the scenario.")
    assert "not recorded" in basis_tables(material, tmp_path, "en", {})[-1].standing


def test_what_a_table_was_made_from_is_known_by_scenario_code_and_data(tmp_path: Path) -> None:
    scenario = load_with_plan(BASE, SMALL)[0]
    bundle = ensure(scenario.city, scenario.as_of, ROOT)
    settings = resolved(scenario)
    mine = made_from(settings, bundle, "memory")
    assert differing(mine, mine) == ()
    larger = resolved(load_with_plan(BASE, SMALL | {"members": "9", "seed": "5"})[0])
    assert made_from(larger, bundle, "memory") == mine  # another sample of the same question
    without = resolved(load_with_plan(BASE, SMALL | {"switches.drop_memory": "true"})[0])
    assert made_from(without, bundle, "memory") == mine  # what the contrast itself sets
    assert differing(made_from(without, bundle, "posterior"),
                     made_from(settings, bundle, "posterior")) == ("scenario_hash",)  # fmt: skip
    copied = tmp_path / "fits"
    shutil.copytree(bundle, copied)
    (copied / "gdp.json").write_text("{}", encoding="utf-8")
    assert differing(made_from(settings, copied, "memory"), mine) == ("data_hash",)
    assert differing({**mine, "code_hash": ""}, mine) is None


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "another version of the code, other data or fits of the city"),
     ("zh", "代码版本不同、城市数据或拟合不同")],
)  # fmt: skip
def test_the_caption_names_every_difference(
    lang: Language, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = dict.fromkeys(MADE_FROM, "as the run")
    monkeypatch.setattr(page_basis, "made_from", lambda *_: run)
    row = {**run, "code_hash": "old", "data_hash": "old"}
    told = page_basis.fits_this_run(row, SimpleNamespace(city=SimpleNamespace(bundle=None)),  # type: ignore[arg-type]
                                    {"end": "2020Q4"}, "memory", lang)  # fmt: skip
    assert said in told


def write_contrast(path: Path, target: Target) -> None:
    """Write a table of one row as ``contrast`` does."""
    row = {"target_id": target.id, "reading": target.reading, "probability_with": 0.99,
           "probability_without": 0.68, "difference": -0.31, "mc_error": 0.047,
           "median_with": 4.0, "median_without": 3.0, "members": 100}  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(row))
        writer.writeheader()
        writer.writerow(row)


def test_a_difference_is_paired_over_the_members_that_both_sides_have() -> None:
    # Members 0 to 3 and 1 to 4: of the three in common one loses the target.
    first, second = np.array([0, 1, 1, 1], dtype=bool), np.array([1, 0, 1, 0], dtype=bool)
    places = np.arange(1, 4), np.arange(3)
    gap = contrast.difference(first, second, places)
    # Changes 0, -1, 0: mean -1/3, standard error sqrt((1/9 + 4/9 + 1/9) / 2 / 3) = 1/3.
    assert gap == pytest.approx((-1.0 / 3.0, 1.0 / 3.0))
    assert contrast.difference(None, second, places) is None
    # Sides that agree in every member: the error is that of a share of zero, far below that of
    # two independent halves.
    same = np.arange(200) % 2 == 0
    every = np.arange(200)
    found = contrast.difference(same, same, (every, every))
    assert found is not None
    assert found[0] == 0.0
    assert 0.0 < found[1] < 0.01 < 0.05


def test_contrast_shows_both_sides_and_what_cannot_be_assessed(tmp_path: Path) -> None:
    out = tmp_path / "sides.csv"
    code = contrast.main(
        BASE, ensure, SMALL, of="posterior", jobs=1, out=str(out), lang="en", quiet=True
    )
    assert code == 0
    rows = read(out)
    plan = load_with_plan(BASE, SMALL)[1]
    assert len(rows) == len(plan.targets)
    scenario = load_with_plan(BASE, SMALL)[0]
    bundle = ensure(scenario.city, scenario.as_of, ROOT)
    assert differing(rows[0], made_from(resolved(scenario), bundle, "posterior")) == ()
    known = [row for row in rows if row["probability_with"]]
    assert known
    for row in known:
        gap = float(row["probability_without"] or "nan") - float(row["probability_with"])
        assert row["difference"] == "" or float(row["difference"]) == pytest.approx(gap)
    assert all(row["probability_with"] == "" for row in rows if row["evidence_with"] ==
               "not assessable")  # fmt: skip
