"""Capital: funds, leverage, credit, and what was paid out in each year."""

from __future__ import annotations

from collections.abc import Sequence

from sim.report.figures.panels import COLUMNS, legend_below, lines, year_bars
from sim.report.figures.reading import spread
from sim.report.figures.registry import Page, figure
from sim.report.figures.style import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILLION, grid, pick
from sim.report.material import Material
from sim.report.words import Language

FUNDS = {"fund_committed": BLUE, "fund_drawn": SKY, "fund_value": GREEN,
         "fund_written_off": VERMILLION}  # fmt: skip
PAID = {"special_fund_grants": ORANGE, "venture_investment": PURPLE}


@figure(
    "capital",
    "Capital flows and leverage",
    "资本流动与放大倍数",
    caption_en="Upper left: public funds' commitments, what was drawn, the value of what they hold "
    "and what they wrote off. Upper right: yuan of other capital per public yuan called. Lower "
    "left: grants and venture capital paid out in each year. Lower right: manufacturers' share of "
    "bank credit; the dashed line is its level before the start. Bands hold 80 % of the simulated "
    "cities.",
    caption_zh="左上：政府性基金认缴、实缴、持股价值与核销。右上：每元公共资本带动的社会资本。"
    "左下：各年补助与创投投放。右下：制造业信贷占比，虚线为起点前水平。色带含 80% 的模拟城市。",
)
def capital(material: Material, lang: Language) -> Sequence[Page]:
    """Draw funds, leverage, payments and credit."""
    if spread(material, "fund_committed") is None:
        return ()
    canvas, panels = grid(
        2, 2, 1.7, top=0.35, bottom=0.6, left=0.55, right=0.25, across=0.6, down=0.95
    )
    rows = lines(panels[0], material, FUNDS, lang,
                 pick(lang, "Public funds, × 100 m yuan", "政府性基金，亿元"))  # fmt: skip
    legend_below(panels[0])
    rows += lines(panels[1], material, {"fund_leverage": BLUE}, lang,
                  pick(lang, "Leverage of public funds, times", "基金放大倍数"))  # fmt: skip
    panels[1].set_ylim(bottom=0.0)
    title = pick(lang, "Paid out in the year, × 100 m yuan", "当年投放，亿元")
    rows += year_bars(panels[2], material, PAID, lang, title)
    legend_below(panels[2], 1)
    title = pick(lang, "Manufacturers' share of bank credit, %", "制造业信贷占比，%")
    rows += lines(panels[3], material, {"manufacturing_credit_share": BLUE}, lang, title)
    base = material.ensemble.baselines.get("manufacturing_credit_share")
    if base is not None:
        panels[3].axhline(float(sorted(base)[len(base) // 2]), color="black", linewidth=0.8,
                          linestyle=(0, (4, 3)))  # fmt: skip
    return [Page(canvas, COLUMNS, rows)]
