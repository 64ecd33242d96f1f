"""Figures of sensitivity: a tornado for each output, and all outputs over all factors as a map."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from sim.report.figures.maps import short
from sim.report.figures.registry import Page
from sim.report.figures.style import BLUE, GREY, ORANGE, foot, grid, pick, styled, wrap
from sim.report.words import Language, percent
from sim.store import told
from sim.sweep.analysing import COLUMNS as FIELDS
from sim.sweep.analysing import IndexRow, Sensitivity

if TYPE_CHECKING:
    from sim.sweep.sweeping import SweptCells

MAIN = {"sobol": "ST", "morris": "mu_star"}
SECOND = {"sobol": "S1", "morris": "sigma"}
BARS, COLUMNS, PANELS, LINES = 6, 3, 12, 40


def draw_sensitivity(
    found: Sensitivity, swept: SweptCells, folder: Path, lang: Language, svg: bool
) -> tuple[str, ...]:
    """Draw the tornados of targets and the map of all outputs; return the names of the pages.

    Parameters
    ----------
    found : Sensitivity
        The indices.
    swept : SweptCells
        The sweep, for the names of targets and factors.
    folder : Path
        Where the files go; created.
    lang : {"en", "zh"}
        Language of labels.
    svg : bool
        Whether SVG is written too.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    from sim.report.figures import write_page

    with told(folder, "create the directory"):
        folder.mkdir(parents=True, exist_ok=True)
    names = labels(swept, lang)
    outputs = list(dict.fromkeys(row.output for row in found.rows))
    known = {row.output for row in found.rows if row.value is not None}
    outputs = [name for name in outputs if name in known]
    shown = [name for name in outputs if not name.startswith("indicator.")] or outputs
    written: list[str] = []
    with styled(lang) as drawable:
        pages = [
            ("sensitivity_tornado", _tornados(found.rows, part, names, drawable))
            for part in _parts(shown, PANELS)
        ] + [
            ("sensitivity_map", _map(found.rows, part, names, drawable))
            for part in _parts(outputs, LINES)
        ]
        for name, page in pages:
            again = sum(each.startswith(name) for each in written)
            written.append(f"{name}_{again + 1}" if again else name)
            write_page(page, folder, written[-1], svg)
    return tuple(written)


def _parts(names: Sequence[str], size: int) -> list[Sequence[str]]:
    return [names[first : first + size] for first in range(0, len(names), size)]


def labels(swept: SweptCells, lang: Language) -> dict[str, str]:
    """Return output to its name for readers."""
    found = {"joint.outcomes": pick(lang, "all outcomes together", "全部结果性目标同时实现")}
    for target in swept.sweep.plan.targets:
        key = f"target.{target.id}" + ("" if target.default_reading else f".{target.reading}")
        found[key] = f"{target.clause} {target.label_en if lang == 'en' else target.label_zh}"
    for name, indicator in swept.results.indicators.items():
        found[f"indicator.{name}"] = indicator.long_name if lang == "en" else indicator.long_name_zh
    return found


def _tornados(
    rows: Sequence[IndexRow], outputs: Sequence[str], names: dict[str, str], lang: Language
) -> Page:
    across = min(COLUMNS, len(outputs))
    canvas, axes = grid(-(-len(outputs) // across), across, 1.0, top=0.5, bottom=0.75, left=1.4,
                        right=0.15, across=1.45, down=0.65)  # fmt: skip
    for panel in axes[len(outputs) :]:
        panel.remove()
    for panel, output in zip(axes, outputs, strict=False):
        _tornado(panel, [row for row in rows if row.output == output], names[output], lang)
    method = rows[0].method
    foot(canvas, {
        "sobol": pick(
            lang, "Blue: total index with its 95 % interval; orange: first-order index. MC: share "
            "of the variance over the design that is Monte Carlo noise, taken off the indices.",
            "蓝：总效应指数及 95% 区间；橙：一阶指数。"
            "MC：设计内方差中的蒙特卡洛份额，已从指数中扣除。",
        ),
        "morris": pick(
            lang, "Blue: mean absolute effect over the factor's range with its 95 % interval; "
            "orange: spread of the effects. MC: share of the variance that is Monte Carlo noise.",
            "蓝：因素全程变动的平均绝对效应及 95% 区间；橙：效应的离散。MC：方差中的蒙特卡洛份额。",
        ),
    }[method])  # fmt: skip
    chosen = [tuple(row) for row in rows if row.output in outputs]
    return Page(canvas, FIELDS, chosen)


def _tornado(panel: Axes, rows: Sequence[IndexRow], name: str, lang: Language) -> None:
    method = rows[0].method
    main = [row for row in rows if row.measure == MAIN[method] and row.value is not None]
    other = {row.factor: row.value for row in rows if row.measure == SECOND[method]}
    main.sort(key=lambda row: -(row.value or 0.0))
    for place, row in enumerate(main[:BARS]):
        value = row.value or 0.0
        panel.barh(place, value, 0.6, color=BLUE, alpha=0.75)
        if row.interval_low is not None and row.interval_high is not None:
            panel.plot([row.interval_low, row.interval_high], [place, place], color="black",
                       linewidth=0.8)  # fmt: skip
        second = other.get(row.factor)
        if second is not None:
            panel.plot(second, place, marker="|", color=ORANGE, markersize=7, markeredgewidth=1.8)
    panel.axvline(0.0, color=GREY, linewidth=0.6)
    panel.set_yticks(range(min(len(main), BARS)), [short(row.factor) for row in main[:BARS]],
                     fontsize=6.5)  # fmt: skip
    panel.set_ylim(BARS - 0.4, -0.6)
    panel.tick_params(axis="x", labelsize=7)
    share = next((row.monte_carlo_share for row in rows if row.monte_carlo_share is not None), None)
    tail = "" if share is None else f" (MC {percent(share)})"
    panel.set_title(wrap(name + tail, 34, 2), fontsize=7, loc="left")


def _map(
    rows: Sequence[IndexRow], outputs: Sequence[str], names: dict[str, str], lang: Language
) -> Page:
    method = rows[0].method
    factors = list(dict.fromkeys(row.factor for row in rows))
    table = np.full((len(outputs), len(factors)), np.nan)
    for row in rows:
        if row.measure == MAIN[method] and row.output in outputs and row.value is not None:
            table[outputs.index(row.output), factors.index(row.factor)] = row.value
    with np.errstate(invalid="ignore"):
        top = np.nanmax(np.abs(table), axis=1, keepdims=True, initial=1e-300)
    shown = np.clip(table, 0.0, 1.0) if method == "sobol" else table / top
    canvas, (panel,) = grid(1, 1, 0.16 * len(outputs) + 0.2, top=0.3, bottom=1.35, left=3.2,
                            right=0.3)  # fmt: skip
    panel.pcolormesh(shown, cmap="Blues", vmin=0.0, vmax=1.0, edgecolors="white", linewidth=0.5)
    panel.grid(visible=False)
    panel.set_yticks(np.arange(len(outputs)) + 0.5, [wrap(names[o], 58, 1) for o in outputs],
                     fontsize=6.5)  # fmt: skip
    panel.set_xticks(np.arange(len(factors)) + 0.5, [short(f) for f in factors], rotation=35,
                     ha="right", fontsize=6.5)  # fmt: skip
    panel.invert_yaxis()
    foot(canvas, pick(
        lang, "Total index, 0 white to 1 blue." if method == "sobol"
        else "Mean absolute effect, each row relative to its largest.",
        "总效应指数，0 白至 1 蓝。" if method == "sobol" else "平均绝对效应，每行相对其最大值。",
    ))  # fmt: skip
    data = [tuple(r) for r in rows if r.output in outputs and r.measure == MAIN[method]]
    return Page(canvas, FIELDS, data)
