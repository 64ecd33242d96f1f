"""A comparison as a figure: speeds side by side, processes, growth in firms."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def draw(result: Mapping[str, Any], path: Path) -> None:
    """Draw what was measured into a PNG."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    panels = [draw_one for name, draw_one in PANELS.items() if name in result]
    names = [name for name in PANELS if name in result]
    if not panels:
        return
    figure, axes = plt.subplots(
        1, len(panels), figsize=(5.2 * len(panels), 4.2), squeeze=False, layout="constrained"
    )
    for name, one, draw_one in zip(names, axes[0], panels, strict=True):
        draw_one(one, result[name])
    busy = f"load {result['load_before']} to {result['load_after']} on {result['cores']} cores"
    figure.suptitle(f"{result['date']}, {busy}", fontsize=9)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def _speeds(axis: Any, names: list[str], rates: list[float], title: str) -> None:
    """Draw speeds as bars on a log scale, each with its number."""
    bars = axis.barh(names[::-1], rates[::-1], color="#4477aa")
    axis.bar_label(bars, [f"{rate:.3g}" for rate in rates[::-1]], padding=2, fontsize=8)
    axis.set_xscale("log")
    axis.margins(x=0.2)
    axis.set_xlabel("million firm-quarters a second")
    axis.set_title(title, fontsize=10)


def _forms(axis: Any, found: Any) -> None:
    rates = {
        "engine, all processes": found["engine"]["rate"],
        "engine, as the twin": found["twin"]["engine_rate"],
        "Mesa twin": found["twin"]["rate"],
        "engine, as numpy": found["numpy"]["engine_rate"],
        "numpy": found["numpy"]["rate"],
        "compiled loops alone": found["loops"]["rate"],
        "streaming limit": found["loops"]["limit_rate"],
    }
    _speeds(axis, list(rates), list(rates.values()), "The same rules, one core")


def _reduced(axis: Any, found: Any) -> None:
    rates = {name: one["rate"] for name, one in found.items() if "rate" in one}
    _speeds(axis, list(rates), list(rates.values()), "Reduced model, one core")


def _growth(axis: Any, found: Any) -> None:
    firms = [one["firms"] for one in found["cities"]]
    axis.loglog(firms, [one["quarter_s"] for one in found["cities"]], "o-", color="#4477aa")
    axis.set_xlabel("firms")
    axis.set_ylabel("seconds a quarter", color="#4477aa")
    other = axis.twinx()
    other.loglog(firms, [one["memory"] / 2**30 for one in found["cities"]], "s--", color="#aa3377")
    other.set_ylabel("peak memory, GiB", color="#aa3377")
    axis.set_title(f"One member, exponent {found['last_exponent']:.2f} at the end", fontsize=10)


PANELS = {"forms": _forms, "reduced": _reduced, "growth": _growth}
