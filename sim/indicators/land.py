"""Indicators of land, per-mu yields and platforms."""

from __future__ import annotations

from sim.indicators.declare import Book, Figure, Formula, add, indicator
from sim.units import MU, QUARTERS_PER_YEAR, SQUARE_KILOMETRE, WAN_YUAN, YI_YUAN, quarter_of_year

BASE_YEAR = 2010
_ROSTER = "above-scale industrial firms on platforms; annual rate of the quarter"
_REGISTER = "land register at the quarter's end"
NAN = float("nan")


def ratio(above: float, below: float) -> float:
    """Return a quotient; NaN where the denominator is zero.

    Examples
    --------
    >>> ratio(1.0, 4.0)
    0.25
    """
    return above / below if below > 0.0 else NAN


def _share(above: str, below: str) -> Formula:
    """Return the percentage of one quarterly value in another."""

    def formula(book: Book, quarter: int) -> float:
        return 100.0 * ratio(book.quarter_value(above, quarter), book.quarter_value(below, quarter))

    return formula


def _per_mu(flow: str, area: str) -> Formula:
    """Return 万元 per mu at the quarter's annual rate."""

    def formula(book: Book, quarter: int) -> float:
        yearly = QUARTERS_PER_YEAR * book.quarter_value(flow, quarter) / WAN_YUAN
        return ratio(yearly, book.quarter_value(area, quarter) / MU)

    return formula


def _square_kilometres(name: str) -> Figure:
    return Figure(name, SQUARE_KILOMETRE, to_date=False)


add(
    "platform_value_added_per_mu", "万元/mu", "ratio",
    _per_mu("platform_land_value_added", "platform_land"),
    en="Platforms: value added per mu", zh="平台亩均增加值",
    source=f"{_ROSTER}; firms with plots of their own",
)  # fmt: skip
add(
    "platform_output_share", "%", "ratio", _share("platform_output", "roster_output"),
    en="Platforms' share of industrial output", zh="平台产值占比", source=_ROSTER,
)  # fmt: skip
add(
    "platform_characteristic_share", "%", "ratio",
    _share("platform_output_characteristic", "platform_output"),
    en="Characteristic industries in platforms' output", zh="平台特色产业占比",
    source=f"{_ROSTER}; characteristic sectors of the city's sector table",
)  # fmt: skip
add(
    "platform_high_tech_share", "%", "ratio",
    _share("platform_output_high_tech", "platform_output"),
    en="High-tech industry in platforms' output", zh="平台高新技术产业占比",
    source=f"{_ROSTER}; high-tech share of each sector",
)  # fmt: skip


@indicator(
    "tce/万元", "ratio", en="Platforms: energy per unit of industrial value added",
    zh="平台单位工业增加值能耗", source=f"{_ROSTER}; value added at constant prices",
)  # fmt: skip
def platform_energy_intensity(book: Book, quarter: int) -> float:
    """Energy over real value added of platforms."""
    value_added = book.quarter_value("platform_value_added_real", quarter) / WAN_YUAN
    return ratio(book.quarter_value("platform_energy", quarter), value_added)


@indicator(
    "1", "quarter", en="Platforms: main industrial pollutant emissions, index units",
    zh="平台工业主要污染物排放", source=f"{_ROSTER}; relative intensities only, no data",
)  # fmt: skip
def platform_pollutant_emission(book: Book, quarter: int) -> float:
    """Pollutants of platforms at annual rate."""
    return QUARTERS_PER_YEAR * book.quarter_value("platform_pollutants", quarter)


@indicator(
    "%", "ratio", en="Industrial share of the year's new land quota", zh="新增工业用地指标占比",
    source="clause 19: new industrial land over all new construction land, year to date",
)  # fmt: skip
def industrial_quota_share(book: Book, quarter: int) -> float:
    """Industrial quota over all quota, year to date."""
    return 100.0 * ratio(
        book.year_to_date("land_quota_industrial", quarter),
        book.year_to_date("land_quota_total", quarter),
    )


@indicator(
    "%", "ratio", en="Share of new industrial land quota placed in platforms",
    zh="新增工业用地指标用于工业平台比重",
    source="clause 21: stand-alone sites excepted, year to date",
)  # fmt: skip
def quota_in_platforms_share(book: Book, quarter: int) -> float:
    """Industrial quota in platforms over that without stand-alone sites, year to date."""
    placed = book.year_to_date("land_quota_in_platforms", quarter)
    alone = book.year_to_date("land_quota_stand_alone", quarter)
    return 100.0 * ratio(placed, book.year_to_date("land_quota_industrial", quarter) - alone)


add(
    "industrial_land", "km2", "stock", _square_kilometres("industrial_land_urban"),
    en="Industrial land in the urban districts", zh="市区工业用地总规模",
    source=f"{_REGISTER}; innovation-type land M0 included",
)  # fmt: skip
add(
    "industrial_land_share", "%", "ratio",
    _share("industrial_land_urban", "construction_land_urban"),
    en="Industrial share of urban construction land", zh="工业用地占城市建设用地比重",
    source=_REGISTER,
)  # fmt: skip


@indicator(
    "km2", "ytd", en="Industrial land inside protected units: net change",
    zh="工业产业单元内工业用地净变动", source=f"clause 19; {_REGISTER}, change since January",
)  # fmt: skip
def industrial_land_net_change_protected(book: Book, quarter: int) -> float:
    """Net change of protected industrial land, year to date."""
    return book.year_to_date("industrial_land_protected_change", quarter) / SQUARE_KILOMETRE


def _yield(book: Book, quarter: int, flow: str) -> float:
    """Return annualised output of the year so far per m2 of construction land."""
    yearly = book.year_to_date(flow, quarter) * QUARTERS_PER_YEAR / quarter_of_year(quarter)
    return ratio(yearly, book.quarter_value("construction_land_full_size", quarter))


@indicator(
    "multiple", "ratio", en="GDP per construction land relative to 2010, current prices",
    zh="单位建设用地GDP比2010年", source="clause 20: GDP of the year so far at annual rate over "
    "construction land at the quarter's end, city as a whole",
)  # fmt: skip
def gdp_per_construction_land_ratio(book: Book, quarter: int) -> float:
    """GDP per land over that of 2010, current prices."""
    base = ratio(book.annual("gdp", BASE_YEAR), book.annual("construction_land", BASE_YEAR))
    return ratio(_yield(book, quarter, "gdp"), base)


@indicator(
    "multiple", "ratio", en="GDP per construction land relative to 2010, constant prices",
    zh="单位建设用地GDP比2010年(可比价)",
    source="as gdp_per_construction_land_ratio, GDP at constant prices",
)  # fmt: skip
def gdp_per_construction_land_ratio_real(book: Book, quarter: int) -> float:
    """GDP per land over that of 2010, constant prices."""
    base = ratio(book.annual("gdp_real", BASE_YEAR), book.annual("construction_land", BASE_YEAR))
    return ratio(_yield(book, quarter, "gdp_real"), base)


for _use, _en, _zh in (
    ("industrial", "Industrial land", "工业用地"),
    ("innovation", "Innovation-type land M0", "创新型产业用地"),
    ("other_built", "Other built-up land", "其他建设用地"),
    ("reserve", "Land in reserve", "储备用地"),
):
    add(
        f"land_by_use_{_use}", "km2", "stock", _square_kilometres(f"land_by_use_{_use}"),
        en=f"{_en}, whole city", zh=f"全市{_zh}", source=_REGISTER,
    )  # fmt: skip
for _class in "ABCD":
    add(
        f"land_by_class_{_class}", "km2", "stock", _square_kilometres(f"land_by_class_{_class}"),
        en=f"Land of firms of per-mu class {_class}", zh=f"{_class}类企业用地",
        source="land register and the annual per-mu evaluation",
    )  # fmt: skip
    for _what, _en, _zh in (("value_added", "Value added", "增加值"), ("tax", "Tax", "税收")):
        add(
            f"{_what}_per_mu_{_class}", "万元/mu", "ratio",
            _per_mu(f"class_{_class}_{_what}", f"class_{_class}_land"),
            en=f"{_en} per mu of firms of class {_class}", zh=f"{_class}类企业亩均{_zh}",
            source="annual rate of the quarter over plots of firms of this class",
        )  # fmt: skip
add(
    "construction_land", "km2", "stock", _square_kilometres("construction_land_total"),
    en="Construction land, whole city", zh="全市建设用地", source=_REGISTER,
)  # fmt: skip
add(
    "redeveloped_land", "mu", "ytd", Figure("land_redeveloped", MU),
    en="Low-use industrial land recovered", zh="盘活低效工业用地", source="year to date",
)  # fmt: skip
add(
    "land_allocated_to_firms", "mu", "ytd", Figure("land_to_firms", MU),
    en="New plots handed to firms", zh="供给企业的工业用地",
    source="plots cut from serviced land, large projects apart; year to date",
)  # fmt: skip
add(
    "value_added_per_mu", "万元/mu", "ratio", _per_mu("roster_land_value_added", "roster_land"),
    en="Value added per mu of firms with plots", zh="亩均增加值",
    source="annual rate of the quarter over plots of single firms",
)  # fmt: skip
add(
    "tax_per_mu", "万元/mu", "ratio", _per_mu("roster_land_tax", "roster_land"),
    en="Tax per mu of firms with plots", zh="亩均税收",
    source="annual rate of the quarter over plots of single firms",
)  # fmt: skip


@indicator(
    "1", "ratio", en="Floor-area ratio of occupied industrial land", zh="工业用地容积率",
    source="floor space over occupied industrial land",
)  # fmt: skip
def industrial_floor_area_ratio(book: Book, quarter: int) -> float:
    """Floor space over land of occupied industrial plots."""
    return ratio(
        book.quarter_value("industrial_floor_space", quarter),
        book.quarter_value("industrial_land_occupied", quarter),
    )


@indicator(
    "firms", "ytd", en="Firms relocated within the city", zh="市域内整体搬迁企业",
    source="clause 11: above-scale firms moved to platforms of cheaper districts, year to date",
)  # fmt: skip
def relocations(book: Book, quarter: int) -> float:
    """Relocations, year to date."""
    return book.year_to_date("relocations", quarter)


@indicator(
    "亿元", "ytd", en="Land receipts of government", zh="土地出让收入",
    source="all new and converted land at average prices, year to date",
)  # fmt: skip
def land_revenue(book: Book, quarter: int) -> float:
    """Land receipts, year to date."""
    return book.year_to_date("land_revenue", quarter) / YI_YUAN


for _name, _raw, _en, _zh in (
    ("new_land_quota", "land_quota_total", "New construction land", "新增建设用地"),
    ("new_industrial_quota", "land_quota_industrial", "New industrial land", "新增工业用地"),
    ("industrial_land_converted", "land_converted", "Industrial land turned to other uses",
     "工业用地转作他用"),
):  # fmt: skip
    add(
        _name, "mu", "ytd", Figure(_raw, MU), en=_en, zh=_zh,
        source="land register; year to date",
    )  # fmt: skip
