"""The scorecard as one picture: probability, Monte Carlo error and range over priors."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.report.figures.reading import assessable
from sim.report.figures.registry import Page, figure
from sim.report.figures.rows import target_rows
from sim.report.figures.style import (
    BLACK,
    GRADE_COLOURS,
    GRADE_MARKERS,
    GREY,
    pick,
)
from sim.report.material import Material
from sim.report.scorecard import Cell, Entry
from sim.report.words import Language, percent, say


@figure(
    "scorecard",
    "Probability of every target",
    "各目标实现概率",
    caption_en="Each row is one target. The mark is the share of simulated cities that reach it; "
    "the short bar its Monte Carlo error (two standard errors), the long grey bar how far it "
    "moves over all relevant priors together. Colour and shape give the evidence grade. Shaded: "
    "likely (66 % and more) and unlikely (33 % and less).",
    caption_zh="每行一项目标。标记为达标的模拟城市占比；短线为蒙特卡洛误差（两倍标准误），"
    "灰色长线为全部相关先验共同引起的概率变动。颜色与形状表示证据等级。"
    "阴影：可能（66% 及以上）与不太可能（33% 及以下）。",
)
def scorecard(material: Material, lang: Language) -> Sequence[Page]:
    """Draw one dot per target, by clause."""
    entries = assessable(material)
    if not entries:
        return ()
    ticks = {0.0: "0", 0.33: "33", 0.5: "50", 0.66: "66", 1.0: "100 %"}
    canvas, panel = target_rows(entries, lang, ticks=ticks)
    panel.axvspan(0.66, 1.0, color="#0072B2", alpha=0.06, linewidth=0)
    panel.axvspan(0.0, 0.33, color="#D55E00", alpha=0.06, linewidth=0)
    rows = [_row(panel, place, entry, lang) for place, entry in enumerate(entries)]
    _legend(panel, lang)
    columns = ("target_id", "clause", "reading", "probability", "mc_error", "probability_low",
               "probability_high", "evidence")  # fmt: skip
    return [Page(canvas, columns, rows)]


def _row(panel: Axes, place: int, entry: Entry, lang: Language) -> tuple[Cell, ...]:
    one, evidence = entry.assessment, entry.evidence
    probability, error = one.probability, one.mc_error
    assert probability is not None
    assert error is not None
    low = evidence.span.low if evidence.span else None
    high = evidence.span.high if evidence.span else None
    if low is not None and high is not None:
        panel.plot([low, high], [place, place], color=GREY, linewidth=3.2, alpha=0.45,
                   solid_capstyle="butt")  # fmt: skip
    ends = (max(probability - 2 * error, 0.0), min(probability + 2 * error, 1.0))
    panel.plot(ends, [place, place], color=BLACK, linewidth=1.0)
    panel.plot(probability, place, marker=GRADE_MARKERS[evidence.grade], markersize=5,
               color=GRADE_COLOURS[evidence.grade], linestyle="none", clip_on=False)  # fmt: skip
    panel.text(1.035, place, percent(probability), va="center", ha="left", fontsize=7.5)
    target = one.target
    return (target.id, target.clause, target.reading, probability, error, low, high,
            evidence.grade)  # fmt: skip


def _legend(panel: Axes, lang: Language) -> None:
    handles = [
        Line2D([], [], marker=GRADE_MARKERS[grade], color=GRADE_COLOURS[grade], linestyle="none",
               markersize=5, label=say(grade, lang))
        for grade in GRADE_COLOURS if grade != "not assessable"
    ]  # fmt: skip
    handles.append(
        Line2D([], [], color=BLACK, linewidth=1.0,
               label=pick(lang, "two Monte Carlo errors", "两倍蒙特卡洛误差"))
    )  # fmt: skip
    handles.append(
        Line2D([], [], color=GREY, linewidth=3.2, alpha=0.45,
               label=pick(lang, "range over priors", "先验范围"))
    )  # fmt: skip
    panel.figure.legend(handles=handles, loc="lower center", ncol=5, columnspacing=1.2,
                        borderaxespad=0.3)  # fmt: skip
