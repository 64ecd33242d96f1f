"""Indicators of the whole economy: GDP, information economy, policy in force."""

from __future__ import annotations

from sim.indicators.declare import Book, Figure, add, indicator
from sim.levers import LEVERS
from sim.units import YI_YUAN


@indicator("亿元", "ytd", en="Gross domestic product", zh="地区生产总值",
           source="first release, current prices")  # fmt: skip
def gdp(book: Book, quarter: int) -> float:
    """GDP of the year so far."""
    return book.year_to_date("gdp", quarter) / YI_YUAN


@indicator("%", "growth", en="Growth of GDP", zh="地区生产总值增速",
           source="comparable prices, year to date")  # fmt: skip
def gdp_growth(book: Book, quarter: int) -> float:
    """Real growth against the same quarters of last year."""
    january = quarter - quarter % 4
    now = book.year_to_date("gdp_real", quarter)
    last = sum(book.quarter_value("gdp_real", q - 4) for q in range(january, quarter + 1))
    return 100.0 * (now / last - 1.0)


def rolling_year(book: Book, name: str, quarter: int) -> float:
    """Return the sum of the last four quarters."""
    return sum(book.quarter_value(name, q) for q in range(quarter - 3, quarter + 1))


@indicator("亿元", "ytd", en="Value added of the information economy", zh="信息经济增加值",
           source="own module; last four quarters")  # fmt: skip
def information_economy_value_added(book: Book, quarter: int) -> float:
    """Value added over the last four quarters."""
    return rolling_year(book, "information_economy_value_added", quarter) / YI_YUAN


@indicator("亿元", "ytd", en="Operating revenue of the information-economy cluster",
           zh="信息经济产业集群主营业务收入", source="value added times a prior ratio of revenue "
           "to value added: no revenue baseline exists")  # fmt: skip
def information_economy_revenue(book: Book, quarter: int) -> float:
    """Revenue over the last four quarters."""
    ratio = book.fixed("information_economy_revenue_ratio")
    return ratio * information_economy_value_added(book, quarter)


@indicator("%", "stock", en="Share of intended policy change carried out", zh="政策落实度",
           source="mean over the clauses, model")  # fmt: skip
def implementation(book: Book, quarter: int) -> float:
    """Mean implementation factor."""
    return 100.0 * book.quarter_value("implementation_mean_factor", quarter)


@indicator("1", "quarter", en="Window of A-share listings, open share of the quarter",
           zh="新股发行窗口", source="outside world, sampled")  # fmt: skip
def ipo_window(book: Book, quarter: int) -> float:
    """Open share of the quarter."""
    return book.quarter_value("ipo_window", quarter)


_SPENDING = {name: f"spending.{name}" for name in LEVERS}
"""What the bureau's book keeps the spending on each lever under."""


def _spending(name: str, en: str, zh: str) -> None:
    """Declare the public outlay of one lever, year to date."""
    add(f"public_spending_by_lever_{name}", "亿元", "ytd", Figure(_SPENDING[name], YI_YUAN),
        en=f"Public spending beyond before-plan: {en}", zh=f"财政支出(较方案前新增):{zh}",
        source="booked flows plus unit cost of the plan file (prior)")  # fmt: skip


for _name, _lever in LEVERS.items():
    _spending(_name, _lever.long_name, _lever.long_name_zh)


@indicator("亿元", "ytd", en="Public spending on all levers beyond before-plan",
           zh="各项措施新增财政支出合计", source="sum over levers")  # fmt: skip
def public_spending(book: Book, quarter: int) -> float:
    """Sum over levers."""
    return sum([book.year_to_date(name, quarter) for name in _SPENDING.values()]) / YI_YUAN
