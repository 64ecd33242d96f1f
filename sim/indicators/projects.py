"""Indicators of large projects."""

from __future__ import annotations

from sim.indicators.declare import Book, Formula, add, indicator
from sim.units import YI_YUAN

_PLAN = "clause 5: advanced-manufacturing projects signed since the first simulated quarter"
_START = "projects signed since the first simulated quarter whose construction has begun"
BANDS = {
    "projects_ge_2bn": ("2_5bn", "5_10bn", "ge_10bn"),
    "projects_5_10bn": ("5_10bn",),
    "projects_ge_10bn": ("ge_10bn",),
}
"""Size bands counted by each indicator; the plan's first target counts all of them."""
NAMES = {
    "projects_ge_2bn": ("Projects of 2 bn yuan and more", "总投资20亿元以上项目"),
    "projects_5_10bn": ("Projects of 5 to 10 bn yuan", "总投资50—100亿元项目"),
    "projects_ge_10bn": ("Projects of 10 bn yuan and more", "总投资100亿元以上项目"),
}


def _since(step: str, bands: tuple[str, ...]) -> Formula:
    """Return the number of projects that took a step since the start, over size bands."""

    def formula(book: Book, quarter: int) -> float:
        return sum(book.since(f"projects_{step}_{band}", quarter) for band in bands)

    return formula


for _name, _bands in BANDS.items():
    _en, _zh = NAMES[_name]
    add(
        _name, "projects", "stock", _since("signed", _bands), en=f"{_en}, signed",
        zh=f"新招引{_zh}(签约)", source=_PLAN,
    )  # fmt: skip
    add(
        f"{_name}_construction_started", "projects", "stock", _since("started", _bands),
        en=f"{_en}, construction started", zh=f"新招引{_zh}(开工)", source=_START,
    )  # fmt: skip


def _events(step: str) -> Formula:
    """Return the number of events since the start."""

    def formula(book: Book, quarter: int) -> float:
        return book.since(f"projects_{step}", quarter)

    return formula


for _name, _en, _zh in (
    ("vetoed", "Projects vetoed", "一票否决项目"),
    ("abandoned", "Signed projects given up", "签约后撤项"),
    ("displaced", "Signed projects drawn from neighbouring cities", "来自周边城市的项目"),
    ("producing", "Plants of large projects that started production", "投产大项目"),
):
    add(
        f"projects_{_name}", "projects", "stock", _events(_name),
        en=f"{_en}, since the start", zh=f"{_zh}(累计)",
        source="events since the first simulated quarter",
    )  # fmt: skip


@indicator(
    "projects", "stock", en="Projects under way", zh="在谈、签约与在建项目",
    source="proposed, signed or under construction at the quarter's end",
)  # fmt: skip
def project_pipeline(book: Book, quarter: int) -> float:
    """Projects between proposal and production."""
    return book.quarter_value("project_pipeline", quarter)


@indicator(
    "亿元", "ytd", en="Investment in large projects", zh="大项目投资",
    source="construction and equipment of projects, year to date",
)  # fmt: skip
def project_investment(book: Book, quarter: int) -> float:
    """Project investment, year to date."""
    return book.year_to_date("projects_investment", quarter) / YI_YUAN


@indicator(
    "SD", "ratio", en="Quality of signed projects", zh="签约项目质量",
    source="investment-weighted, in standard deviations of plant productivity, since the start",
)  # fmt: skip
def project_selection_quality(book: Book, quarter: int) -> float:
    """Mean quality of projects signed since the start."""
    investment = book.since("projects_signed_investment", quarter)
    if not investment > 0.0:
        return float("nan")
    return book.since("projects_signed_quality", quarter) / investment
