"""What rests on data and what on priors: grades, and the share of the spread from priors."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Patch

from sim.analysis.evidence import DATA_DRIVEN_MOST, GRADES, PRIOR_DRIVEN_LEAST
from sim.report.figures.reading import assessable
from sim.report.figures.registry import Page, figure
from sim.report.figures.rows import TITLE_PAD, target_rows
from sim.report.figures.style import GRADE_COLOURS, GREY, pick, wrap
from sim.report.material import Material
from sim.report.scorecard import Cell, Entry, narrowing_label
from sim.report.words import Language, percent, say


@figure(
    "evidence",
    "What each probability rests on",
    "各概率的依据",
    caption_en="Bars: the share of the spread between simulated cities that our own judgement "
    "(priors) explains; the colour is the evidence grade, which also looks at the figures a "
    "target starts from. Named behind a bar: the one figure that would narrow the probability "
    "most. No bar means that no single prior stands out, or that the target has the same value "
    "in every simulated city.",
    caption_zh="条形：模拟城市之间的离散中由主观先验解释的份额；颜色为证据等级，等级同时取决于目标的"
    "起点数字。条形后为最能缩小概率范围的一个数字。无条形表示没有突出的单一先验，"
    "或该目标在所有模拟城市中数值相同。",
)
def evidence(material: Material, lang: Language) -> Sequence[Page]:
    """Draw the share of the spread that priors explain, target by target."""
    entries = assessable(material)
    if not entries:
        return ()
    canvas, panel = target_rows(entries, lang, top=0.6, bottom=0.45, right=0.3)
    for border in (DATA_DRIVEN_MOST, PRIOR_DRIVEN_LEAST):
        panel.axvline(border, color=GREY, linewidth=0.7, linestyle=(0, (4, 3)))
    rows = [_row(panel, place, entry, material, lang) for place, entry in enumerate(entries)]
    panel.set_title(
        pick(lang, "share of the spread explained by priors", "先验解释的离散份额"),
        fontsize=8, pad=TITLE_PAD,
    )  # fmt: skip
    _legend(panel, material, lang)
    columns = ("target_id", "clause", "evidence", "starting_figure", "prior_share",
               "probability_low", "probability_high", "narrowing_parameter")  # fmt: skip
    return [Page(canvas, columns, rows)]


LETTER, ROOM = 0.0125, 1.07
"""Width of a letter and end of the page, shares of the panel: text that would run out of the page
begins in its bar."""


def _row(
    panel: Axes, place: int, entry: Entry, material: Material, lang: Language
) -> tuple[Cell, ...]:
    target, known = entry.assessment.target, entry.evidence
    colour = GRADE_COLOURS[known.grade]
    share = known.share
    panel.barh(place, share or 0.0, height=0.62, color=colour, alpha=0.5)
    panel.plot(0.0, place, marker="s", markersize=4.5, color=colour, clip_on=False)
    name = narrowing_label(known, material.scorecard.figures, lang)
    if name and known.span:
        until = pick(lang, " to ", " 至 ")
        text = f"{name}: {percent(known.span.low)}{until}{percent(known.span.high)}"
        text = wrap(text, 62, 1)
        beside = (share or 0.0) + 0.018
        inside = beside + LETTER * len(text) * (2.0 if lang == "zh" else 1.0) > ROOM
        panel.text(
            0.012 if inside else beside, place, text, va="center",
            ha="left", fontsize=7, color="black",
        )  # fmt: skip
    span = known.span
    return (
        target.id, target.clause, known.grade, known.status, share,
        span.low if span else None, span.high if span else None,
        span.parameter if span else None,
    )  # fmt: skip


def _legend(panel: Axes, material: Material, lang: Language) -> None:
    count = dict.fromkeys(GRADES, 0)
    for entry in material.scorecard.default_entries:
        count[entry.evidence.grade] += 1
    handles = [
        Patch(color=GRADE_COLOURS[grade], label=f"{say(grade, lang)}: {count[grade]}")
        for grade in GRADES
    ]
    panel.figure.legend(handles=handles, loc="lower center", ncol=4, borderaxespad=0.3)
