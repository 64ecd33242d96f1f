"""Indicators of investment, credit and capital funds (clauses 17, 24-26)."""

from __future__ import annotations

from sim.indicators.declare import Book, Figure, add, indicator
from sim.units import YI_YUAN

FUNDS = "guidance fund 产业基金 and state platform 国资平台, model's own accounts"


def _paid(name: str, raw: str, en: str, zh: str, source: str) -> None:
    """Declare a year-to-date money flow in 亿元."""
    add(name, "亿元", "ytd", Figure(raw, YI_YUAN), en=en, zh=zh, source=source)


def _held(name: str, raw: str, en: str, zh: str, source: str) -> None:
    """Declare a money stock in 亿元."""
    add(name, "亿元", "stock", Figure(raw, YI_YUAN, to_date=False), en=en, zh=zh, source=source)


_paid("industrial_investment", "industrial_investment", "Industrial investment", "工业投资",
      "published scope, scaled once at the start to industrial_investment_2017")  # fmt: skip
_paid("technical_upgrade_investment", "technical_upgrade_investment",
      "Technical-upgrade investment", "技术改造投资", "scope of industrial investment")  # fmt: skip
_paid("special_fund_grants", "grants_paid", "Grants of the special fund", "工信专项资金拨付",
      "city and district industry-and-IT special funds")  # fmt: skip
_paid("venture_investment", "venture_placed", "Venture and private equity placed", "创投私募投资",
      "prior level; no city series")  # fmt: skip
_held("manufacturing_credit", "manufacturing_credit", "Loans to manufacturers", "制造业贷款余额",
      "loans outstanding at the quarter's end; starting share is a prior")  # fmt: skip
_held("fund_committed", "fund_committed", "Committed public capital", "基金认缴规模", FUNDS)
_held("fund_drawn", "fund_drawn", "Drawn public capital", "基金实缴规模", FUNDS)
_held("fund_value", "fund_value", "Value of public holdings", "基金持股价值", FUNDS)
_held("fund_written_off", "fund_written_off", "Written off by public funds", "基金核销",
      "guidance fund and state platform, since the start")  # fmt: skip


@indicator("%", "ratio", en="Manufacturers' share of bank credit", zh="制造业企业信贷占比",
           source="loans to manufacturers over all loans, end of quarter")  # fmt: skip
def manufacturing_credit_share(book: Book, quarter: int) -> float:
    """Share of manufacturing in loans outstanding."""
    part = book.quarter_value("manufacturing_credit", quarter)
    return 100.0 * part / book.quarter_value("bank_loans", quarter)


@indicator("1", "ratio", en="Leverage of public funds", zh="基金放大倍数",
           source="social capital over public capital called since the start")  # fmt: skip
def fund_leverage(book: Book, quarter: int) -> float:
    """Yuan of social capital per yuan of public capital called; NaN before the first call."""
    called = book.since("fund_called", quarter)
    return book.since("social_capital", quarter) / called if called > 0.0 else float("nan")


@indicator("1", "ratio", en="Productivity of grant receivers", zh="受助企业相对生产率",
           source="grant-weighted standardised log TFP within the sector")  # fmt: skip
def grant_targeting(book: Book, quarter: int) -> float:
    """Standard deviations above the sector's mean; NaN before the first grant."""
    paid = book.since("grants_paid", quarter)
    total = book.since("grant_weighted_productivity", quarter)
    return total / paid if paid > 0.0 else float("nan")


@indicator("sets", "ytd", en="Insured first sets", zh="首台套投保数",
           source="first-set insurance; prior level")  # fmt: skip
def first_sets_insured(book: Book, quarter: int) -> float:
    """First sets insured in the year so far."""
    return book.year_to_date("first_sets_insured", quarter)
