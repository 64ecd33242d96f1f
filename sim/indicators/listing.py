"""Indicators of listing and capital markets (clause 13, whole economy)."""

from __future__ import annotations

from sim.indicators.declare import Book, Figure, add, indicator
from sim.units import YI_YUAN

SEATS = "firms seated in the city, whole economy"


def _stock(name: str, en: str, zh: str, source: str = SEATS) -> None:
    """Declare a count at the quarter's end."""
    add(name, "firms", "stock", Figure(name, to_date=False), en=en, zh=zh, source=source)


def _flow(name: str, en: str, zh: str, source: str = SEATS) -> None:
    """Declare a count of the year so far."""
    add(name, "firms", "ytd", Figure(name), en=en, zh=zh, source=source)


_stock("listed_firms", "Listed firms, domestic and overseas", "境内外上市公司总数")
_stock("listed_firms_a_share", "A-share listed firms", "A股上市公司数")
_stock("listing_pipeline", "Key candidates for listing", "重点拟上市企业",
       "firms in share reform 股改, tutoring 辅导 or under review 报审 for a listing")  # fmt: skip
_stock("quoted_firms", "Firms quoted on NEEQ and the regional market",
       "新三板和区域股权市场挂牌企业", "starting level is a prior")  # fmt: skip
_stock("joint_stock_firms", "Joint-stock companies", "股份有限公司", "starting level is a prior")
for _size, _word in (("20", "200"), ("50", "500"), ("100", "1000")):
    _stock(f"firms_market_cap_ge_{_size}bn", f"Listed firms worth {_size} bn yuan or more",
           f"市值{_word}亿元以上上市公司", "starting numbers are priors")  # fmt: skip
_flow("new_listings", "New listings, domestic and overseas", "新增上市公司")
_flow("new_listings_a_share", "New A-share listings", "新增A股上市公司")
_flow("listed_moved_in", "Listed firms that moved their seat in", "迁入上市公司")
_flow("listed_moved_out", "Listed firms that moved their seat out", "迁出上市公司")
_flow("delistings", "Delisted firms", "退市公司")
_flow("share_reforms", "Candidates that began share reform", "启动股改的拟上市企业")


@indicator("%", "ratio", en="Direct finance in new financing", zh="直接融资占比",
           source="shares and bonds over these and new loans; level is a prior")  # fmt: skip
def direct_finance_share(book: Book, quarter: int) -> float:
    """Share of direct finance in the year so far."""
    direct = book.year_to_date("direct_finance", quarter)
    both = direct + book.year_to_date("new_loans", quarter)
    return 100.0 * direct / both if both > 0.0 else float("nan")


@indicator("亿元", "stock", en="Cumulative funds raised on capital markets",
           zh="资本市场累计融资", source="starting level is a prior")  # fmt: skip
def equity_raised_cumulative(book: Book, quarter: int) -> float:
    """Funds raised to the end of the quarter."""
    return book.quarter_value("equity_raised_cumulative", quarter) / YI_YUAN
