"""A comparison as text and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

Result = Mapping[str, Any]
MIB = 2.0**20


def as_text(result: Result) -> str:
    """Return the tables of all parts that were measured."""
    lines = [
        f"{result['date']}, Python {result['python']}, {result['cores']} cores "
        f"({result['machine']}), load {result['load_before']} before, "
        f"{result['load_after']} after{', QUICK: too small to judge' if result['quick'] else ''}"
    ]
    for name, table in TABLES.items():
        if name in result:
            lines += ["", *table(result[name])]
    return "\n".join(lines) + "\n"


def _forms(found: Any) -> Iterator[str]:
    engine, twin, columns, loops = (found[n] for n in ("engine", "twin", "numpy", "loops"))
    yield f"{'the same rules':<46}{'M firm-quarters/s':>18}{'memory MiB':>12}{'engine is':>11}"
    rows = (
        ("engine, all processes, one core", engine["rate"], engine["memory"], None),
        ("engine, processes of the twin", twin["engine_rate"], None, None),
        ("Mesa twin (objects; what it holds beside)", twin["rate"], twin["memory"],
         twin["times_engine"]),
        ("engine, processes of the numpy form", columns["engine_rate"], None, None),
        ("numpy form of the firm loops", columns["rate"], columns["memory"],
         columns["times_engine"]),
        ("engine, compiled firm loops alone", loops["rate"], None, None),
        ("streaming limit for the bytes of these loops", loops["limit_rate"], None,
         loops["rate"] / loops["limit_rate"]),
    )  # fmt: skip
    for name, rate, memory, times in rows:
        held = "" if memory is None else f"{memory / MIB:.0f}"
        faster = "" if times is None else f"{times:.2f} x" if times < 1.0 else f"{times:.0f} x"
        yield f"{name:<46}{rate:>18.3f}{held:>12}{faster:>11}"
    yield (
        f"full engine over full twin's speed: {engine['rate'] / twin['rate']:.0f} x "
        f"(the twin covers: {', '.join(twin['processes'])})"
    )
    yield (
        f"firms: {engine['firms']:.0f} living, {loops['rows']} rows; loops touch "
        f"{loops['bytes_a_firm']:.0f} bytes a row and quarter, {loops['loops_gb_s']:.1f} of "
        f"{loops['limit_gb_s']:.1f} GB/s (a table that stays in the cache: "
        f"{loops['cached_gb_s']:.1f})"
    )
    yield ""
    yield f"{'process':<20}{'ms a quarter':>14}"
    ordered = sorted(engine["process_ms"].items(), key=lambda item: -item[1])
    for name, milliseconds in ordered:
        yield f"{name:<20}{milliseconds:>14.2f}"
    yield f"{'all':<20}{1e3 * engine['quarter_s']:>14.2f}"
    yield f"{'opening of a member':<20}{1e3 * engine['opening_s']:>14.2f}"


def _reduced(found: Any) -> Iterator[str]:
    yield f"{'reduced model of seven fields':<46}{'M firm-quarters/s':>18}{'engine is':>11}"
    ours = found["compiled"]["rate"]
    for name, one in found.items():
        if "not_installed" in one:
            yield f"{name:<46}{'not installed: ' + one['not_installed']}"
        else:
            yield f"{name:<46}{one['rate']:>18.2f}{ours / one['rate']:>9.1f} x"


def _starts(found: Any) -> Iterator[str]:
    yield f"{'start':<46}{'CPU s':>18}"
    for name, seconds in found.items():
        yield f"{name:<46}{seconds:>18.2f}"


def _runs(found: Any) -> Iterator[str]:
    yield f"{'run':<46}{'all s':>9}{'simulate':>10}{'assemble':>10}{'report':>8}{'MiB':>7}"
    named = [("base run, empty compile cache", found["cold"]), ("base run, warm", found["warm"])]
    named += [("without report", run) for run in found["ensembles"]]
    named += [("without report", run) for run in found["workers"]]
    for name, run in named:
        phases = run["phases"]
        label = f"{name}: {run['members']} members, {run['jobs']} workers"
        yield (
            f"{label:<46}{run['wall_s']:>9.1f}{phases['simulate']:>10.1f}"
            f"{phases['assemble']:>10.1f}{phases['report']:>8.1f}{run['memory'] / MIB:>7.0f}"
        )
    yield f"two workers: {found['two_over_one']:.2f} x one (simulation, workers' start included)"
    if (further := found["two_over_one_members"]) is not None:
        yield f"two workers, for further members alone: {further:.2f} x one"
    yield f"exponent of simulation in members: {found['member_exponent']:.2f}"


def _growth(found: Any) -> Iterator[str]:
    yield f"{'firms':>12}{'ms a quarter':>14}{'ns a firm':>11}{'opening s':>11}{'memory MiB':>12}"
    for one in found["cities"]:
        yield (
            f"{one['firms']:>12}{1e3 * one['quarter_s']:>14.1f}"
            f"{1e9 * one['quarter_s'] / one['firms']:>11.0f}{one['opening_s']:>11.2f}"
            f"{one['memory'] / MIB:>12.0f}"
        )
    yield (
        f"exponent in firms: {found['exponent']:.2f} over all, {found['last_exponent']:.2f} "
        f"between the largest two (memory {found['memory_exponent']:.2f})"
    )


TABLES = {
    "forms": _forms, "reduced": _reduced, "starts": _starts, "runs": _runs, "growth": _growth,
}  # fmt: skip


def flat(result: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Return every figure of a result with its place in it.

    Examples
    --------
    >>> list(flat({"a": {"b": 1.0}, "c": [2, 3]}))
    [('a.b', 1.0), ('c.0', 2), ('c.1', 3)]
    """
    items = result.items() if isinstance(result, Mapping) else enumerate(result)
    for name, value in items:
        here = (*path, str(name))
        if isinstance(value, Mapping | list | tuple):
            yield from flat(value, here)
        else:
            yield ".".join(here), value


def as_csv(result: Result) -> str:
    """Return all figures, one a line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("figure", "value"))
    writer.writerows(flat(result))
    return out.getvalue()
