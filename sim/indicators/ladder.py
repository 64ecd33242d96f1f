"""Indicators of the ladder of firms and of certificates (clause 12)."""

from __future__ import annotations

from sim.indicators.declare import Book, Figure, add, indicator

RULES = "dated rules of revenue, growth, R&D ratio, age and certificate; all living firms"
TIERS = (
    ("supplier", "Small and micro suppliers", "中小微配套企业"),
    ("startup", "Sci-tech start-ups", "科技型初创企业"),
    ("growth", "Growth firms", "成长型企业"),
    ("backbone", "Leader backbone firms", "龙头骨干企业"),
)


def _count(name: str, raw: str, kind: str, en: str, zh: str, source: str = RULES) -> None:
    """Declare a count of firms: at the quarter's end or of the year so far."""
    add(name, "firms", kind, Figure(raw, to_date=kind == "ytd"), en=en, zh=zh, source=source)


for _code, _en, _zh in TIERS:
    _count(f"firms_by_tier_{_code}", f"firms_by_tier_{_code}", "stock", _en, _zh)
    for _other, _other_en, _other_zh in TIERS:
        if _other != _code:
            _name = f"tier_flow_{_code}_{_other}"
            _count(_name, _name, "ytd", f"From {_en.lower()} to {_other_en.lower()}",
                   f"{_zh}→{_other_zh}")  # fmt: skip
_count("tier_promotions", "tier_promotions", "ytd", "Promotions on the ladder", "梯队晋级企业数")
_count("high_tech_firms", "high_tech_firms", "stock", "Certified high-tech enterprises",
       "国家高新技术企业数", "certificates in force, all sectors")  # fmt: skip
_count("certificates_new", "certificates_new", "ytd", "New high-tech certificates", "新认定高企",
       "recognised in the fourth quarter")  # fmt: skip


@indicator("multiple", "ratio", en="High-tech enterprises against the base year",
           zh="国家高新技术企业数相当于基年的倍数",
           source="certificates in force over the stock at the end of 2017 (prior)")  # fmt: skip
def high_tech_firms_ratio(book: Book, quarter: int) -> float:
    """Multiple of the stock at the end of 2017."""
    base = book.quarter_value("high_tech_firms_base", quarter)
    return book.quarter_value("high_tech_firms", quarter) / base
