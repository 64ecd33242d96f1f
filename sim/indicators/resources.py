"""Indicators of energy and water."""

from __future__ import annotations

from sim.indicators.declare import Book, add, indicator
from sim.indicators.industry import matched_growth
from sim.units import WAN_TCE, WAN_YUAN, year_of

INTENSITY = "use over real value added on the matched scope, compounded from the base year"


def intensity_growth(book: Book, name: str, quarter: int) -> float:
    """Return the year-to-date change of use per real value added, matched scope (fraction)."""
    use = matched_growth(book, name, quarter)
    return (1.0 + use) / (1.0 + matched_growth(book, "value_added_real", quarter)) - 1.0


def change_since(book: Book, name: str, quarter: int, base: int) -> float:
    """Return the change of an intensity since `base`, percent."""
    level = 1.0
    for past in range(base + 1, year_of(quarter)):
        drawn = book.annual(f"{name}_intensity_change", past)
        level *= 1.0 + (drawn if drawn == drawn else intensity_growth(book, name, 4 * past + 3))
    return 100.0 * (level * (1.0 + intensity_growth(book, name, quarter)) - 1.0)


@indicator("%", "growth", en="Energy per industrial value added, change since 2015",
           zh="规上工业单位增加值能耗比2015年", source=INTENSITY)  # fmt: skip
def energy_intensity_change(book: Book, quarter: int) -> float:
    """Change since 2015."""
    return change_since(book, "energy", quarter, 2015)


@indicator("%", "growth", en="Water per industrial value added, change since 2015",
           zh="规上工业单位增加值用水量比2015年", source=INTENSITY)  # fmt: skip
def water_intensity_change(book: Book, quarter: int) -> float:
    """Change since 2015."""
    return change_since(book, "water", quarter, 2015)


@indicator("%", "growth", en="Water per industrial value added, all industry, current prices, "
           "change since 2015", zh="全部工业单位增加值用水量比2015年(当年价)",
           source="above-scale water moved along, over nominal value added")  # fmt: skip
def water_intensity_change_all_industry(book: Book, quarter: int) -> float:
    """Change since 2015 over nominal value added."""
    real = 1.0 + change_since(book, "water", quarter, 2015) / 100.0
    return 100.0 * (real / book.quarter_value("price_since_2015", quarter) - 1.0)


@indicator("万tce", "ytd", en="Energy use of above-scale industry", zh="规上工业能耗",
           source="proxy level; only its change is a target")  # fmt: skip
def industrial_energy(book: Book, quarter: int) -> float:
    """Energy use."""
    return book.year_to_date("industrial_energy", quarter) / WAN_TCE


@indicator("tce/万元", "ratio", en="Energy per real value added", zh="规上工业单位增加值能耗",
           source="constant 2015 prices; proxy level")  # fmt: skip
def energy_intensity(book: Book, quarter: int) -> float:
    """Energy over real value added."""
    value = book.year_to_date("value_added_real", quarter) / WAN_YUAN
    return book.year_to_date("industrial_energy", quarter) / value


@indicator("万m3", "ytd", en="Water use of above-scale industry", zh="规上工业用水量",
           source="proxy level; only its change is a target")  # fmt: skip
def industrial_water(book: Book, quarter: int) -> float:
    """Water use."""
    return book.year_to_date("industrial_water", quarter) / 1e4


@indicator("m3/万元", "ratio", en="Water per real value added", zh="规上工业单位增加值用水量",
           source="constant 2015 prices; proxy level")  # fmt: skip
def water_intensity(book: Book, quarter: int) -> float:
    """Water over real value added."""
    value = book.year_to_date("value_added_real", quarter) / WAN_YUAN
    return book.year_to_date("industrial_water", quarter) / value


_EFFECTS = {
    "structure": ("structure between sectors", "行业结构"),
    "technology": ("technology within sectors", "技术进步"),
    "turnover": ("entry and exit of firms", "企业进出"),
}


def _effect(use: str, effect: str, en: str, zh: str) -> None:
    """Declare one part of an intensity's change since the opening, log points in percent."""

    def formula(book: Book, quarter: int) -> float:
        return 100.0 * book.quarter_value(f"{use}_effect_{effect}", quarter)

    add(
        f"{use}_intensity_effect_{effect}",
        "%",
        "stock",
        formula,
        en=en,
        zh=zh,
        source="LMDI, single quarters, log change since the year before the start",
    )


for _effect_name, (_en, _zh) in _EFFECTS.items():
    _effect("energy", _effect_name, f"Energy intensity: {_en}", f"能耗强度变化:{_zh}")
    _effect("water", _effect_name, f"Water intensity: {_en}", f"用水强度变化:{_zh}")
