"""The sections of a scenario file, each read and checked on its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sim.checking import Checker
from sim.errors import InputError, nearest
from sim.fixed_parameters import legal_ranges, read_fixed_parameters
from sim.lever_paths import (
    LeverSteps,
    PolicyHistory,
    read_policy_history,
    read_steps,
    steps_outside,
)
from sim.plan import Plan, load_plan
from sim.reading import MapNode, Node, ScalarNode
from sim.units import last_full_year, month_index, month_name, quarter_name

T = TypeVar("T")
KEYS = (
    "name", "label", "extends", "city", "plan", "as_of", "start", "end", "members", "seed",
    "population", "levers", "outside_world", "parameters", "parameters_from", "switches", "report",
)  # fmt: skip
SWITCHES: dict[str, bool] = {"census_revision": False, "drop_memory": False}
"""Switches and their defaults: apply the census revision foreseeable in 2018 to the outcomes;
leave rows of status memory out of the fits."""
PARAMETERS_FROM = ("posterior", "prior")
"""Where behavioural parameters are drawn: the posterior (where one was estimated on data known at
the information date, else the prior), or the prior in any case. The first is the default."""
DEFAULT_AS_OF = "2018-04"
MAX_HORIZON = 200
MAX_MEMBERS = 10**9
FIRMS = 60_000
"""Firms of a city at scale 1, nominal: used for the estimate of resources only."""
BYTES_PER_FIRM = 1_000
BYTES_PER_MEMBER_QUARTER = 4_000
FIRM_QUARTERS_PER_SECOND = 2e6
MEMORY_LIMIT_GB, HOURS_LIMIT = 64.0, 1000.0


class FilesRead:
    """What has been read from files, kept for the variants of one scenario."""

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}

    def once(self, name: str, read: Callable[[], T]) -> T:
        """Return what `read` returned the first time it was asked for under this name."""
        if name not in self._kept:
            self._kept[name] = read()
        kept: T = self._kept[name]
        return kept


class SectionReader:
    """Reads the sections of a merged scenario tree; a faulty one gives a harmless value."""

    def __init__(
        self, checker: Checker, tree: MapNode, home: Path, source: str, files: FilesRead
    ) -> None:
        self.checker, self.tree, self.home, self.source = checker, tree, home, source
        self.files = files

    def _required(self, name: str) -> Node | None:
        return self.checker.required(self.tree, "", name)

    def name(self) -> str:
        """Return the name; a scenario that extends another takes its file's name by default."""
        node = self.tree.entries.get("name")
        if node is None and "extends" in self.tree.entries:
            node = ScalarNode(Path(self.source).stem, False, self.tree.place)
        elif node is None:
            node = self._required("name")
        return self.checker.name(node, "name") or ""

    def existing(self, key: str, folder: Path, ending: str) -> str:
        """Return the name of a city or plan that exists in a folder, or an empty text."""
        node = self._required(key)
        name = self.checker.name(node, key)
        if name is None or node is None:
            return ""
        if (folder / f"{name}{ending}").exists():
            return name
        known = sorted(
            entry.name.removesuffix(ending)
            for entry in (folder.iterdir() if folder.is_dir() else ())
            if (entry.is_file() and entry.name.endswith(ending) if ending else entry.is_dir())
        )
        near = nearest(name, known) or (f"; there are: {', '.join(known[:20])}" if known else "")
        self.checker.add(
            node, key, f"no {key} {name!r} in {folder.parent.name}/{folder.name}{near}"
        )
        return ""

    def as_of(self) -> int:
        """Return the information date as a month index."""
        default = month_index(DEFAULT_AS_OF)
        found = self.checker.month(self.tree.entries.get("as_of"), "as_of")
        return default if found is None else found

    def horizon(self, as_of: int) -> tuple[range, str]:
        """Return the quarters (empty when faulty) and how messages name them."""
        tree, checker = self.tree, self.checker
        first = checker.quarter(self._required("start"), "start")
        last = checker.quarter(self._required("end"), "end")
        if first is None or last is None:
            return range(0), ""
        places = [tree.key_place("start"), tree.key_place("end")]
        if last < first:
            checker.add(places[1], "end", f"before start ({_at(places[0])})")
            return range(0), ""
        if last - first >= MAX_HORIZON:
            message = f"{last - first + 1} quarters; legal range 1 to {MAX_HORIZON}"
            checker.add(places[1], "end", f"{message} (start {_at(places[0])})")
            return range(0), ""
        if first > as_of // 3 + 1:
            message = (
                f"after the quarter that follows the information date {month_name(as_of)}"
                f" ({_at(tree.key_place('as_of'))}): nothing is known of the city then"
            )
            checker.add(places[0], "start", message)
        elif first - first % 4 > (known := 4 * (last_full_year(month_name(as_of)) + 1)):
            message = (
                f"the past that is known by {month_name(as_of)} ({_at(tree.key_place('as_of'))})"
                f" ends with {known // 4 - 1}; start in {quarter_name(known)} or earlier"
            )
            checker.add(places[0], "start", message)
        if first % 4:
            message = (
                f"{quarter_name(first)} is not the first quarter of a year, which flows are of"
                f"; nearest {quarter_name(first - first % 4)}"
            )
            checker.add(places[0], "start", message)
        text = f"{quarter_name(first)} to {quarter_name(last)}"
        return range(first, last + 1), f"{text} (start {_at(places[0])}, end {_at(places[1])})"

    def size(self, quarters: int) -> tuple[int, int, float]:
        """Return members, seed and scale after the estimate of resources."""
        tree, checker = self.tree, self.checker
        members = checker.integer(self._required("members"), "members", 1, MAX_MEMBERS)
        seed = checker.integer(self._required("seed"), "seed", 0, 2**64 - 1)
        scale = 1.0
        section = checker.mapping(tree.entries.get("population"), "population")
        if section is not None:
            checker.keys(section, "population", ("scale",))
            node = checker.required(section, "population", "scale")
            found = checker.number(node, "population.scale", 1e-4, 1e15, "of the real firms")
            scale = scale if found is None else found
        if members is not None and quarters:
            gigabytes, hours = resources(members, scale, quarters)
            if gigabytes > MEMORY_LIMIT_GB or hours > HOURS_LIMIT:
                large = section is not None and scale > 1 and "population" in tree.entries
                key = "population.scale" if large else "members"
                place = tree.key_place(key.split(".")[0])
                checker.add(
                    place,
                    key,
                    f"{members} members at scale {scale:g} need about {_round(gigabytes)} GB, "
                    f"{_round(hours)} hours; limit {MEMORY_LIMIT_GB:g} GB, {HOURS_LIMIT:g} hours",
                )
        return members or 0, seed or 0, scale

    def parameters_from(self) -> str:
        """Return where behavioural parameters are drawn from."""
        node = self.tree.entries.get("parameters_from")
        found = self.checker.choice(node, "parameters_from", PARAMETERS_FROM)
        return found or PARAMETERS_FROM[0]

    def switches(self) -> dict[str, bool]:
        """Return every switch, defaults included."""
        switches = dict(SWITCHES)
        section = self.checker.mapping(self.tree.entries.get("switches"), "switches")
        if section is not None:
            self.checker.keys(section, "switches", SWITCHES)
            for name in SWITCHES:
                found = self.checker.boolean(section.entries.get(name), f"switches.{name}")
                switches[name] = switches[name] if found is None else found
        return switches

    def report(self) -> dict[str, Any]:
        """Return the options of the report, defaults included."""
        report: dict[str, Any] = {"lang": "en", "svg": False}
        section = self.checker.mapping(self.tree.entries.get("report"), "report")
        if section is not None:
            self.checker.keys(section, "report", report)
            lang = self.checker.choice(section.entries.get("lang"), "report.lang", ("en", "zh"))
            svg = self.checker.boolean(section.entries.get("svg"), "report.svg")
            report = {"lang": lang or "en", "svg": bool(svg)}
        return report

    def parameters(self, city: str) -> dict[str, float]:
        """Return the parameters held at a value."""
        section = self.checker.mapping(self.tree.entries.get("parameters"), "parameters")
        folder = self.home / "calibration" / "data" / city
        if section is None or not section.entries or not city:
            return {}
        ranges = self.files.once(f"priors {city}", lambda: legal_ranges(folder, self.checker))
        return read_fixed_parameters(section, ranges, self.checker)

    def plan(self, name: str) -> Plan | None:
        """Return the plan of that name, or nothing when it is faulty."""
        if not name:
            return None
        path = self.home / "scenarios" / "plans" / f"{name}.yaml"
        try:
            return self.files.once(
                f"plan {path}", lambda: load_plan(path, f"scenarios/plans/{name}.yaml")
            )
        except InputError as error:
            self.checker.problems.extend(error.problems)
            return None

    def history(self, city: str) -> PolicyHistory | None:
        """Return what was in force in the city before the plan."""
        from sim.levers import LEVERS

        if not city:
            return None
        shown = f"calibration/data/{city}/policy_history.csv"
        try:
            return self.files.once(
                f"history {shown}",
                lambda: read_policy_history(self.home / shown, shown, LEVERS, self.checker),
            )
        except InputError as error:
            self.checker.problems.extend(error.problems)
            return None

    def levers(self, quarters: range, horizon: str) -> tuple[str, dict[str, LeverSteps]]:
        """Return what holds by default, and the scenario's own steps."""
        from sim.levers import LEVERS

        checker, node = self.checker, self._required("levers")
        bases = ("plan", "before_plan")
        if node is None:
            return "plan", {}
        if not isinstance(node, MapNode):
            return checker.choice(node, "levers", bases) or "plan", {}
        checker.keys(node, "levers", ("from", *LEVERS))
        base = checker.choice(checker.required(node, "levers", "from"), "levers.from", bases)
        found: dict[str, LeverSteps] = {}
        for name, child in node.entries.items():
            if name not in LEVERS:
                continue
            key = f"levers.{name}"
            found[name] = read_steps(child, key, LEVERS[name], checker)
            outside = steps_outside(found[name], quarters) if quarters else []
            for step in dict.fromkeys(outside):
                checker.add(step.place, key, f"outside the horizon {horizon}")
        return base or "plan", found


def _at(place: object) -> str:
    return f"at {place}"


def _round(value: float) -> str:
    return f"{value:.0f}" if value < 1e6 else f"{value:.2g}"


def resources(members: int, scale: float, quarters: int) -> tuple[float, float]:
    """Return the memory (GB) and core-hours that a run needs, roughly.

    Memory is one member's firms and parcels and the results of all members; time follows from
    the measured speed of a quarter. Orders of magnitude, to refuse what cannot be meant.
    """
    firms = FIRMS * scale
    memory = firms * BYTES_PER_FIRM + members * quarters * BYTES_PER_MEMBER_QUARTER
    seconds = members * quarters * (firms / FIRM_QUARTERS_PER_SECOND + 1e-3)
    return memory / 1e9, seconds / 3600.0
