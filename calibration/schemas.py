"""The tables of a city: columns, vocabularies and what must hold between rows."""

from __future__ import annotations

from calibration.reading import Column, Schema

STATUSES = (
    "cited",
    "derived",
    "derived_mem",
    "memory",
    "assumed",
    "prior",
    "prior_sign_cited",
)
"""How well a value is known; the meaning of each stands in docs/data.md."""
RECALLED = ("memory", "derived_mem")
"""Statuses that rest on recollection: left out with ``drop_memory``."""
SPANS = ("year", "ytd", "quarter", "month", "point")
"""Whole year; January to the end of the period; the single quarter or month; stock at its end."""
UNITS = (
    "%", "pp", "log points", "上年=100", "index", "ratio", "exponent", "rank", "flag", "level",
    "亿元", "亿元/yr", "万元", "yuan", "亿美元", "yuan/person", "万元/person", "万元/亩", "yuan/m2",
    "yuan/kWh", "万人", "persons", "firms", "firms/yr", "万户", "万台", "months", "万tce", "亿kWh",
    "m3/万元", "亿m3", "万m3", "t", "ug/m3", "km2", "ha", "万亩", "万亩/yr",
)  # fmt: skip
POINT_UNITS = ("%", "pp", "log points", "上年=100", "index")
"""Units whose error is stated in points, not as a share of the value."""
EXACT_UNITS = ("rank", "flag", "level", "firms/yr", "亿元/yr", "months")
"""Rules, ranks and flags: no measurement error."""
CLASSES = ("A", "B", "C", "D")
KINDS = ("manufacturing", "utility", "mining", "service")
ZONES = ("innovation_zone", "chengxi", "chengdong", "qiantang_belt", "town")
EXCHANGES = ("SSE-main", "SZSE-main", "SZSE-SME", "SZSE-ChiNext")

_STATUS = Column("status", choices=STATUSES)
_SOURCE = Column("source")
_NOTE = Column("note", empty=True)
_NAMES = (Column("code"), Column("name_en"), Column("name_zh"))


def _share(name: str) -> Column:
    return Column(name, "number", low=0.0, high=1.0)


def _positive(name: str) -> Column:
    return Column(name, "number", low=0.0)


SERIES = Schema(
    "series",
    (
        Column("series"), Column("region"), Column("period", "period"),
        Column("span", choices=SPANS), Column("value", "number"),
        Column("unit", choices=UNITS), _STATUS, Column("first_release", "month"), _SOURCE, _NOTE,
    ),
    key=("series", "region", "span", "period", "first_release"),
    ascending=("series", "region", "span", "period"),
    one_unit=("series", "region"),
)  # fmt: skip
DRIVERS = Schema(
    "drivers",
    (
        Column("series"), Column("period", "period"), Column("value", "number"),
        Column("unit", choices=UNITS), _STATUS, Column("published", "month"), _SOURCE, _NOTE,
    ),
    key=("series", "period"),
    ascending=("series", "period"),
    one_unit=("series",),
)  # fmt: skip
_SERVICE = ("kind", "service")
SECTORS = Schema(
    "sectors",
    (
        *_NAMES, Column("kind", choices=KINDS), Column("gbt_divisions"), Column("io42"),
        _share("output_share"), _share("firm_share"), _positive("revenue_per_worker_rel"),
        _share("value_added_rate"), _share("labour_share"), _positive("capital_output"),
        Column("profit_margin", "number", low=-1.0, high=1.0), _share("export_share"),
        _positive("energy_intensity_rel"), _positive("water_intensity_rel"),
        _positive("pollutant_intensity_rel"), _share("strategic_emerging_share"),
        _share("high_tech_share"), Column("traditional", "flag"), Column("electronics", "flag"),
        Column("characteristic", "flag"), _positive("size_sd"), _STATUS, _SOURCE, _NOTE,
    ),
    key=("code",),
    sums={"output_share": _SERVICE, "firm_share": _SERVICE},
)  # fmt: skip
DISTRICTS = Schema(
    "districts",
    (
        *_NAMES, Column("urban", "flag"), Column("urban_from", "month", empty=True),
        _share("value_added_share"), _share("land_share"), _positive("land_price_floor"),
        _STATUS, _SOURCE, _NOTE,
    ),
    key=("code",),
    sums={"value_added_share": None, "land_share": None},
)  # fmt: skip
PLATFORMS = Schema(
    "platforms",
    (
        *_NAMES, Column("district"), Column("zone", choices=ZONES), _share("output_share"),
        _share("land_share"), _share("protected_unit"), _STATUS, _SOURCE, _NOTE,
    ),
    key=("code",),
)  # fmt: skip
GIANTS = Schema(
    "giants",
    (
        Column("name_zh"), Column("name_en"), Column("sector"), Column("district"),
        _positive("revenue"), _positive("employees"),
        Column("energy", "number", empty=True, low=0.0),
        Column("listed", choices=("none", "a_share", "overseas")), Column("leader", "flag"),
        Column("active_from", "quarter"), Column("active_until", "quarter", empty=True),
        _STATUS, _positive("sd_log"), _NOTE,
    ),
    key=("name_zh",),
)  # fmt: skip
IPOS = Schema(
    "ipos",
    (
        Column("ticker"), Column("name_zh"), Column("listing_date", "date"),
        Column("quarter", "quarter"), Column("exchange", choices=EXCHANGES), Column("sector"),
        Column("manufacturing", "flag"), _share("moved_in_later"), _STATUS, _SOURCE, _NOTE,
    ),
    key=("ticker",),
    ascending=("listing_date",),
)  # fmt: skip
POLICY_HISTORY = Schema(
    "policy_history",
    (
        Column("lever"), Column("class", empty=True, choices=CLASSES), Column("from", "month"),
        Column("value", "number"), Column("unit"), _STATUS, _SOURCE, _NOTE,
    ),
    key=("lever", "class", "from"),
    ascending=("lever", "class", "from"),
    one_unit=("lever",),
)  # fmt: skip
PRIORS = Schema(
    "priors",
    (
        Column("name"), Column("central", "number"), Column("low", "number"),
        Column("high", "number"), Column("unit"), _STATUS, _SOURCE, _NOTE, Column("long_name"),
        Column("long_name_zh"), Column("lowest", "number", empty=True),
        Column("highest", "number", empty=True),
    ),
    key=("name",),
)  # fmt: skip
OPENING_MARGINS = Schema(
    "opening_margins",
    (
        Column("year", "integer"), Column("name"), Column("central", "number"),
        Column("low", "number"), Column("high", "number"), _STATUS,
        Column("first_release", "month"), _SOURCE, _NOTE,
    ),
    key=("year", "name"),
)  # fmt: skip
ELASTICITIES = Schema(
    "elasticities",
    (
        Column("name"), Column("central", "number"), Column("low", "number"),
        Column("high", "number"), Column("unit"), _STATUS, Column("cells_seen"), _SOURCE, _NOTE,
    ),
    key=("name",),
)  # fmt: skip
EVENTS = Schema(
    "events",
    (
        Column("date", "date"), Column("event_en"), Column("event_zh"), Column("agents"),
        Column("what_is_known"), Column("first_release", "month"), _STATUS, _SOURCE, _NOTE,
    ),
    key=("date", "event_en"),
    ascending=("date",),
)  # fmt: skip
SECTOR_ACCOUNTS = Schema(
    "sector_accounts",
    (
        Column("region"), Column("period", "period"), Column("sector_code"), Column("sector"),
        Column("series"), Column("value", "number"), Column("unit"), _STATUS,
        Column("first_release", "month"), _SOURCE, _NOTE,
    ),
    key=("region", "period", "sector_code", "series"),
)  # fmt: skip
SECTOR_ENERGY = Schema(
    "sector_energy",
    (
        Column("region"), Column("period", "period"), Column("sector_zh"),
        Column("gbt_divisions", empty=True), Column("series"), Column("value", "number"),
        Column("unit"), _STATUS, Column("first_release", "month"), _SOURCE, _NOTE,
    ),
    key=("region", "period", "sector_zh", "series"),
)  # fmt: skip
OUTSIDE_PRIORS = Schema(
    "outside_priors",
    (
        Column("name"), Column("first_release", "month"), Column("value", "number"),
        _positive("sd"), Column("unit"), _STATUS, _SOURCE, Column("reason"),
    ),
    key=("name", "first_release"),
)  # fmt: skip

SCHEMAS: dict[str, Schema] = {
    schema.name: schema
    for schema in (
        SERIES, DRIVERS, SECTORS, DISTRICTS, PLATFORMS, GIANTS, IPOS, POLICY_HISTORY, PRIORS,
        OPENING_MARGINS, ELASTICITIES, EVENTS, SECTOR_ACCOUNTS, SECTOR_ENERGY, OUTSIDE_PRIORS,
    )
}  # fmt: skip
"""Every table of a city by the stem of its file."""
KNOWN_FROM = {
    "series": "first_release",
    "drivers": "published",
    "ipos": "listing_date",
    "policy_history": "from",
    "events": "first_release",
    "sector_accounts": "first_release",
    "sector_energy": "first_release",
    "opening_margins": "first_release",
}
"""The column that decides from which month on a row may be seen."""
SOURCES = {
    "industrial": "CN_IVA_yoy",
    "exports": "CN_exports",
    "ppi": "CN_PPI_yoy",
    "cpi": "CN_CPI_yoy",
    "credit": "CN_loans_yoy",
    "orders": "CN_PMI_new_orders",
}
"""Driver -> stem of its series in drivers.csv (suffix _m monthly, _q quarterly)."""
