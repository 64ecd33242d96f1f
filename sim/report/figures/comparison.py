"""The same city with and without the plan: probabilities of all targets, paired by member."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.analysis.attainment import monte_carlo_error
from sim.errors import OutputError
from sim.report.figures.reading import assessable
from sim.report.figures.registry import Page
from sim.report.figures.rows import target_rows
from sim.report.figures.style import BLUE, GREY, ORANGE, pick, plain, styled
from sim.report.material import Material, gather
from sim.report.scorecard import Cell, Entry
from sim.report.words import Language, number

COUNTERFACTUAL = "no_plan"
"""Scenario, and name of its directory, in which the policies before the plan go on."""
NAME = "effect_of_plan"
TITLE = ("The plan against the policies before it", "有新政与延续原政策的比较")
CAPTION = (
    "Prior-predictive: how much a lever moves firms rests on priors, and the opinion states few "
    "levels; read the size with care. Open circle: probability if the policies of before the plan "
    "go on; full circle: with the plan. The number is the difference in percentage points and its "
    "Monte Carlo error; both runs meet the same luck, firm by firm.",
    "先验预测：措施对企业的作用强度依赖先验，文件很少给出力度，差异大小需谨慎解读。"
    "空心圆：延续原有政策时的概率；实心圆：实施新政时的概率。数字为百分点差异及其蒙特卡洛误差；"
    "两次模拟逐企业使用相同的随机数。",
)
COLUMNS = ("target_id", "clause", "probability_a", "probability_b", "difference",
           "difference_mc_error", "median_a", "median_b")  # fmt: skip


@dataclass(frozen=True)
class Effect:
    """One target in two runs of the same members.

    Attributes
    ----------
    entry : Entry
        The target in the first run.
    before, after : float
        Probability in the first and in the second run.
    error : float
        Standard error of the difference, from member by member differences.
    median_before, median_after : float
        Medians of the deciding value.
    """

    entry: Entry
    before: float
    after: float
    error: float
    median_before: float
    median_after: float


def effects(first: Material, second: Material) -> list[Effect]:
    """Return the targets that both runs can assess, members paired by number.

    Parameters
    ----------
    first, second : Material
        The run compared with, and the run of interest.
    """
    one_run, other_run = (np.asarray(m.dataset["member"].values) for m in (first, second))
    shared, rows_first, rows_second = np.intersect1d(one_run, other_run, return_indices=True)
    others = {e.assessment.target.id: e for e in assessable(second)}
    found = []
    for entry in assessable(first):
        other = others.get(entry.assessment.target.id)
        if other is None or not len(shared):
            continue
        one, two = entry.assessment, other.assessment
        assert one.reached is not None
        assert two.reached is not None
        assert one.values is not None
        assert two.values is not None
        before, after = one.reached[rows_first], two.reached[rows_second]
        moved = after.astype(np.float64) - before
        # Never zero: where no member changes, the error of a share of zero holds.
        error = max(float(moved.std()) / len(shared) ** 0.5, monte_carlo_error(0.0, len(shared)))
        found.append(
            Effect(entry, float(before.mean()), float(after.mean()), error,
                   float(np.nanmedian(one.values[rows_first])),
                   float(np.nanmedian(two.values[rows_second])))
        )  # fmt: skip
    return found


def draw_comparison(
    material_a: Material, material_b: Material, folder: Path, lang: Language, svg: bool
) -> tuple[str, ...]:
    """Draw the probabilities of two runs of the same plan side by side.

    Parameters
    ----------
    material_a, material_b : Material
        The run compared with, and the run of interest.
    folder : Path
        Where the files go; it exists.
    lang : {"en", "zh"}
        Language of labels.
    svg : bool
        Whether SVG is written too.

    Returns
    -------
    tuple of str
        Name of the page; empty where the runs share no assessable target or no member.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    from sim.report.figures import write_page

    found = effects(material_a, material_b)
    if not found:
        return ()
    with styled(lang) as drawable:
        page = _page(found, material_a, material_b, drawable)
        write_page(page, folder, NAME, svg)
    return (NAME,)


def _page(found: Sequence[Effect], first: Material, second: Material, lang: Language) -> Page:
    canvas, panel = target_rows([effect.entry for effect in found], lang, bottom=0.45, right=0.95)
    rows = [_row(panel, place, effect) for place, effect in enumerate(found)]
    handles = [
        Line2D([], [], marker="o", markerfacecolor="white", color=ORANGE, linestyle="none",
               label=plain(first.scenario)),
        Line2D([], [], marker="o", color=BLUE, linestyle="none", label=plain(second.scenario)),
    ]  # fmt: skip
    head = pick(lang, "prior-predictive", "先验预测")
    panel.figure.legend(handles=handles, loc="lower center", ncol=2, title=None, borderaxespad=0.3)
    canvas.text(0.01, 0.1 / canvas.get_figheight(), head, fontsize=8, color=GREY)
    return Page(canvas, COLUMNS, rows)


def _row(panel: Axes, place: int, effect: Effect) -> tuple[Cell, ...]:
    difference = effect.after - effect.before
    panel.annotate(
        "", (effect.after, place), (effect.before, place),
        arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 1.2},
    )  # fmt: skip
    panel.plot(effect.before, place, marker="o", color=ORANGE, markerfacecolor="white",
               markersize=5.5, linestyle="none", clip_on=False)  # fmt: skip
    panel.plot(effect.after, place, marker="o", color=BLUE, markersize=4, linestyle="none",
               clip_on=False)  # fmt: skip
    sign = "+" if difference > 0 else "−" if difference < 0 else ""
    shown = f"{sign}{number(abs(round(100 * difference, 1)), 3)} ± {number(100 * effect.error, 2)}"
    panel.text(1.04, place, shown, va="center", ha="left", fontsize=7.5)
    target = effect.entry.assessment.target
    return (target.id, target.clause, effect.before, effect.after, difference, effect.error,
            effect.median_before, effect.median_after)  # fmt: skip


def counterfactual(material: Material, folder: Path) -> Material | None:
    """Return the complete run without the plan that lies beside a run's directory, if any.

    Parameters
    ----------
    material : Material
        The run.
    folder : Path
        Its directory.

    Returns
    -------
    Material or None
        ``None`` where there is none of the same city, plan, seed and members.
    """
    from sim.manifest import read_manifest

    if material.scenario == COUNTERFACTUAL:
        return None
    other = folder.parent / COUNTERFACTUAL
    try:
        read_manifest(other)
        found = gather(other, material.plan, material.city)
    except OutputError:
        return None
    return found if _paired(material, found) else None


def _paired(first: Material, second: Material) -> bool:
    """Return whether two runs differ in policy alone, as far as their files tell."""
    same = ("city", "plan", "information_date", "population_scale")
    a, b = first.dataset, second.dataset
    seeds = [str(one.attrs.get("history", "")).rpartition(" ")[2] for one in (a, b)]
    return (
        second.scenario == COUNTERFACTUAL
        and all(a.attrs.get(key) == b.attrs.get(key) for key in same)
        and seeds[0] == seeds[1]
        and len(a["member"]) == len(b["member"])
        and first.ensemble.quarters == second.ensemble.quarters
    )


def draw_effect(material: Material, folder: Path, lang: Language, svg: bool) -> tuple[str, ...]:
    """Draw the plan against its counterfactual where that has been run; see :data:`NAME`."""
    other = counterfactual(material, folder.parent)
    return () if other is None else draw_comparison(other, material, folder, lang, svg)
