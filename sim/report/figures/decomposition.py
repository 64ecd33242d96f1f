"""Where each target's uncertainty comes from, as ``decompose`` found it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from sim.report.figures.reading import assessable
from sim.report.figures.registry import Page
from sim.report.figures.rows import TITLE_PAD, target_rows
from sim.report.figures.style import BLUE, GREEN, GREY, ORANGE, PURPLE, pick, styled
from sim.report.material import Material
from sim.report.scorecard import Cell, Entry
from sim.report.words import Language
from sim.store import told
from sim.uncertainty import GROUP_NAMES

NAME = "decomposition"
TITLE = ("Where the uncertainty comes from", "不确定性的来源")
CAPTION = (
    "Share of the variance of each target's margin by source: outside world, parameters, initial "
    "state of the city, implementation, chance of firms and projects. Total effects of a nested "
    "design, scaled to add up to one; raw values with first orders and Monte Carlo errors are in "
    "decomposition.csv.",
    "各目标差距的方差按来源分解：外部环境、参数、城市初始状态、执行、企业与项目偶然性。取嵌套设计的总效应并"
    "归一化；原始值、一阶效应与模拟误差见 decomposition.csv。",
)
COLOURS = dict(zip(GROUP_NAMES, (BLUE, ORANGE, GREEN, PURPLE, GREY), strict=True))
COLUMNS = ("target_id", "reading", "group", "first_order", "first_order_mc_error", "total",
           "total_mc_error", "members")  # fmt: skip
Shares = dict[tuple[str, str], dict[str, Mapping[str, str]]]


def stored(material: Material, folder: Path) -> Shares:
    """Return the shares that lie beside a run of this scenario; empty where there are none.

    A table made with parameters from elsewhere (prior or posterior) does not count.
    """
    path = folder / f"{material.scenario}-decomposition.csv"
    if not path.is_file():
        return {}
    with told(path, "read"), path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    origin = material.dataset.attrs.get("parameters_from", "prior")
    found: Shares = {}
    for row in rows:
        if row.get("quantity") == "margins" and row.get("parameters_from") == origin:
            found.setdefault((row["target_id"], row["reading"]), {})[row["group"]] = row
    return {key: groups for key, groups in found.items() if set(groups) == set(GROUP_NAMES)}


def draw_decomposition(
    material: Material, folder: Path, lang: Language, svg: bool
) -> tuple[str, ...]:
    """Draw the stored decomposition of the run's scenario, where there is one."""
    from sim.report.figures import write_page

    shares = stored(material, folder.parent.parent)
    entries = [entry for entry in assessable(material) if _key(entry) in shares]
    if not entries:
        return ()
    with styled(lang) as drawable:
        write_page(_page(entries, shares, drawable), folder, NAME, svg)
    return (NAME,)


def _key(entry: Entry) -> tuple[str, str]:
    target = entry.assessment.target
    return target.id, target.reading


def _page(entries: list[Entry], shares: Shares, lang: Language) -> Page:
    canvas, panel = target_rows(entries, lang, top=0.45, bottom=0.45, right=0.3)
    rows: list[tuple[Cell, ...]] = []
    for place, entry in enumerate(entries):
        rows += _row(panel, place, _key(entry), shares[_key(entry)])
    panel.set_title(
        pick(lang, "share of the margin's variance", "差距方差的份额"), fontsize=8, pad=TITLE_PAD
    )
    handles = [
        Patch(color=COLOURS[group], label=names[lang == "zh"])
        for group, names in GROUP_NAMES.items()
    ]
    panel.figure.legend(handles=handles, loc="lower center", ncol=5, borderaxespad=0.3)
    return Page(canvas, COLUMNS, rows)


def _row(
    panel: Axes, place: int, key: tuple[str, str], groups: Mapping[str, Mapping[str, str]]
) -> list[tuple[Cell, ...]]:
    totals = np.array([float(groups[group]["total"]) for group in GROUP_NAMES])
    edges = np.concatenate([[0.0], np.cumsum(totals) / max(float(totals.sum()), 1e-300)])
    for group, left, right in zip(GROUP_NAMES, edges, edges[1:], strict=False):
        panel.barh(place, right - left, left=left, height=0.62, color=COLOURS[group])
    numbers = COLUMNS[3:]
    return [
        (*key, group, *(float(groups[group][name]) for name in numbers)) for group in GROUP_NAMES
    ]
