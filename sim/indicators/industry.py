"""Indicators of industry: value added, productivity, structure, firms."""

from __future__ import annotations

from sim.indicators.declare import Book, Figure, add, indicator
from sim.units import YI_YUAN, year_of

ABOVE_SCALE = "above-scale industry 规上工业 (main revenue of 20 million yuan and more)"
MATCHED = "matched scope, comparable prices, single deflation, year to date"


def _billed(name: str, raw: str, en: str, zh: str) -> None:
    """Declare a year-to-date money flow in 亿元."""
    add(
        name,
        "亿元",
        "ytd",
        Figure(raw, YI_YUAN),
        en=en,
        zh=zh,
        source=ABOVE_SCALE + ", current prices",
    )


_billed("industrial_value_added", "value_added", "Above-scale industrial value added",
        "规上工业增加值")  # fmt: skip
_billed("industrial_gross_output", "gross_output", "Above-scale gross output", "规上工业总产值")
_billed("industrial_revenue", "revenue", "Above-scale main revenue", "规上工业主营业务收入")
_billed("industrial_profit", "profit", "Above-scale profit before income tax", "规上工业利润总额")
_billed("tax_revenue", "tax", "Tax paid by above-scale industry", "规上工业税收")
_billed("high_tech_value_added", "high_tech_value_added", "High-tech industry value added",
        "高新技术产业增加值")  # fmt: skip
_billed("export_output", "export_output", "Exports of above-scale industry", "规上工业出口交货值")


@indicator("亿元", "quarter", en="Value added of the single quarter", zh="单季规上工业增加值",
           source=ABOVE_SCALE)  # fmt: skip
def industrial_value_added_quarter(book: Book, quarter: int) -> float:
    """Value added of the quarter alone."""
    return book.quarter_value("value_added", quarter) / YI_YUAN


def matched_growth(book: Book, name: str, quarter: int) -> float:
    """Return the year-to-date growth on the matched scope (fraction)."""
    now = book.quarter_value(f"matched_{name}", quarter)
    return now / book.quarter_value(f"matched_{name}_last_year", quarter) - 1.0


@indicator("%", "growth", en="Growth of above-scale industrial value added",
           zh="规上工业增加值增速", source=MATCHED)  # fmt: skip
def industrial_value_added_growth(book: Book, quarter: int) -> float:
    """Real growth as published."""
    return round(100.0 * matched_growth(book, "value_added_real", quarter), 1)


@indicator("persons", "stock", en="Above-scale employment", zh="规上工业平均用工人数",
           source=ABOVE_SCALE)  # fmt: skip
def industrial_employment(book: Book, quarter: int) -> float:
    """Average employment of the year so far on the roster."""
    return book.year_to_date("employment", quarter) / (quarter % 4 + 1)


@indicator("yuan/person", "ratio", en="Labour productivity, annualised level",
           zh="全员劳动生产率", source="value added over average employment, current prices, "
           "year-to-date at an annual rate")  # fmt: skip
def labour_productivity(book: Book, quarter: int) -> float:
    """Level productivity on the roster."""
    staff = book.year_to_date("employment", quarter) / 4.0
    return book.year_to_date("value_added", quarter) / staff


def productivity_growth(book: Book, quarter: int, part: str = "") -> float:
    """Return the year-to-date real growth of productivity on the matched scope (fraction)."""
    value = matched_growth(book, f"{part}value_added_real", quarter)
    staff = matched_growth(book, f"{part}employment", quarter)
    return (1.0 + value) / (1.0 + staff) - 1.0


def _path(book: Book, quarter: int, base: int, part: str = "") -> list[float]:
    """Return growth of every year after `base`, the current one to date (fractions)."""
    year = year_of(quarter)
    growth = []
    for past in range(base + 1, year):
        drawn = book.annual("productivity_growth", past)
        growth.append(drawn if drawn == drawn else productivity_growth(book, 4 * past + 3, part))
    return [*growth, productivity_growth(book, quarter, part)]


def average_growth(growth: list[float]) -> float:
    """Return the compound average in percent.

    Examples
    --------
    >>> round(average_growth([0.05, 0.09]), 3)
    6.981
    """
    product = 1.0
    for rate in growth:
        product *= 1.0 + rate
    return float(100.0 * (product ** (1.0 / len(growth)) - 1.0))


REAL_PRODUCTIVITY = "real value added over employment, matched scope, compound average"


@indicator("%/yr", "growth", en="Average annual growth of labour productivity since 2015",
           zh="全员劳动生产率年均增速(2015年以来)", source=REAL_PRODUCTIVITY)  # fmt: skip
def labour_productivity_growth(book: Book, quarter: int) -> float:
    """Average since 2015, above-scale industry."""
    return average_growth(_path(book, quarter, 2015))


@indicator("%/yr", "growth", en="Average annual growth of labour productivity since 2017",
           zh="全员劳动生产率年均增速(2017年以来)", source=REAL_PRODUCTIVITY)  # fmt: skip
def labour_productivity_growth_since_2017(book: Book, quarter: int) -> float:
    """Average since 2017, above-scale industry."""
    return average_growth(_path(book, quarter, 2017))


@indicator("%/yr", "growth", en="Growth of labour productivity in the year so far",
           zh="当年全员劳动生产率增速", source=REAL_PRODUCTIVITY)  # fmt: skip
def labour_productivity_growth_each_year(book: Book, quarter: int) -> float:
    """Growth of the current year to date."""
    return 100.0 * productivity_growth(book, quarter)


@indicator("%/yr", "growth", en="Average annual growth of manufacturing productivity since 2015",
           zh="规上制造业全员劳动生产率年均增速", source=REAL_PRODUCTIVITY + "; the years before "
           "the start are those of industry")  # fmt: skip
def labour_productivity_growth_manufacturing(book: Book, quarter: int) -> float:
    """Average since 2015, above-scale manufacturing."""
    return average_growth(_path(book, quarter, 2015, "manufacturing_"))


@indicator(
    "%",
    "ratio",
    en="Value-added rate of above-scale manufacturing",
    zh="规上制造业增加值率",
    source="value added over main revenue, year to date",
)
def value_added_rate(book: Book, quarter: int) -> float:
    """Value added over main revenue, manufacturing."""
    revenue = book.year_to_date("manufacturing_revenue", quarter)
    return 100.0 * book.year_to_date("manufacturing_value_added", quarter) / revenue


@indicator("%", "ratio", en="Value-added rate of above-scale industry", zh="规上工业增加值率",
           source="value added over main revenue, year to date")  # fmt: skip
def value_added_rate_industry(book: Book, quarter: int) -> float:
    """Value added over main revenue, industry."""
    return 100.0 * book.year_to_date("value_added", quarter) / book.year_to_date("revenue", quarter)


@indicator("%", "ratio", en="Strategic emerging industries' share of value added",
           zh="战略性新兴产业增加值占比", source=ABOVE_SCALE)  # fmt: skip
def strategic_emerging_share(book: Book, quarter: int) -> float:
    """Share of strategic emerging industries."""
    total = book.year_to_date("value_added", quarter)
    return 100.0 * book.year_to_date("emerging_value_added", quarter) / total


@indicator("%", "ratio", en="R&D over main revenue", zh="规上工业研发经费占主营业务收入比重",
           source=ABOVE_SCALE)  # fmt: skip
def rd_intensity(book: Book, quarter: int) -> float:
    """R&D outlay over revenue."""
    return 100.0 * book.year_to_date("rd_outlay", quarter) / book.year_to_date("revenue", quarter)


@indicator("%", "ratio", en="Mean digital level of above-scale firms", zh="规上企业数字化水平",
           source="index 0-100 of the model; no official series")  # fmt: skip
def digital_adoption(book: Book, quarter: int) -> float:
    """Mean digital level."""
    firms = book.quarter_value("above_scale_firms", quarter)
    return 100.0 * book.quarter_value("digital_level_sum", quarter) / firms


def _count(name: str, raw: str, en: str, zh: str, kind: str = "ytd") -> None:
    """Declare a count of firms: year to date, or a stock."""
    figure = Figure(raw, to_date=kind != "stock")
    add(name, "firms", kind, figure, en=en, zh=zh, source="count of the roster or registers")


_count("above_scale_firms", "above_scale_firms", "Above-scale firms", "规上工业企业数", "stock")
_count("step_up_firms", "step_up_firms", "Firms stepping up to above-scale", "小升规企业数")
_count("upgraded_firms", "upgraded_firms", "Upgraded traditional firms", "改造提升企业数", "stock")
_count("firm_entries", "entries", "New firms", "新设企业数")
_count("firm_exits", "exits", "Closed firms", "退出企业数")
_count("closures_obsolete", "closures_obsolete", "Closures of obsolete capacity",
       "淘汰落后产能企业数")  # fmt: skip
_count("out_migrations", "out_migrations", "Firms moved out of the city", "外迁企业数")


@indicator("fields/yr", "stock", en="Breakthrough fields of the year", zh="年度重点创新突破领域",
           source="fields put into force")  # fmt: skip
def breakthrough_fields(book: Book, quarter: int) -> float:
    """Fields in force, rounded to whole fields."""
    return float(round(book.quarter_value("breakthrough_fields_in_force", quarter)))


@indicator("firms", "ytd", en="Frontier breakthroughs since the start", zh="前沿突破累计数",
           source="model count")  # fmt: skip
def frontier_breakthroughs(book: Book, quarter: int) -> float:
    """Breakthroughs cumulated over the horizon."""
    return book.since("frontier_breakthroughs", quarter)
