"""Indicators of talent and skills (clauses 22 and 23)."""

from __future__ import annotations

from sim.indicators.declare import Book, add, indicator

ARRIVALS = "manufacturing, cumulated from the first simulated quarter (2018Q1 in the projection)"


def _arrived(name: str, unit: str, en: str, zh: str) -> None:
    """Declare arrivals cumulated since the start."""

    def formula(book: Book, quarter: int) -> float:
        return book.since(name, quarter)

    add(name, unit, "stock", formula, en=en, zh=zh, source=ARRIVALS)


_arrived("talent_national", "persons", "National leading talents", "国家级领军人才")
_arrived("talent_designers", "persons", "Top design masters", "国内外顶尖设计大师")
_arrived("talent_teams", "teams", "Leading innovation teams", "市级以上领军型创新创业团队")
_arrived("talent_overseas", "person-times", "Overseas talent brought in", "引进海外人才")


@indicator("%", "stock", en="Productivity gained by managers and skills",
           zh="管理与技能带来的生产率提升",
           source="log TFP beyond the path before the plan, since the start")  # fmt: skip
def skill_productivity_gain(book: Book, quarter: int) -> float:
    """Cumulated gain, percent (log points)."""
    return 100.0 * book.since("skill_gain", quarter)
