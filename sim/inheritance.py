"""Scenario files that extend others, and values set on the command line: one merged tree."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from sim.checking import Checker
from sim.errors import InputError, Problem
from sim.lever_paths import is_quarter_key
from sim.reading import MapNode, Node, Place, ScalarNode, parse, read_mapping, refuse

MAX_CHAIN = 20
NOT_INHERITED = ("name", "label", "extends")


def read_chain(path: Path, shown: str, root: Path, checker: Checker) -> list[MapNode]:
    """Read a scenario file and all that it extends, itself first.

    Parameters
    ----------
    path : Path
        The scenario file.
    shown : str
        The path as the user wrote it.
    root : Path
        The project's folder; files below its ``scenarios`` may extend one another, a file
        elsewhere only files of its own folder.
    checker : Checker
        Receives duplicate keys.

    Raises
    ------
    InputError
        If a file cannot be read, or the chain is cyclic or leaves the folder.
    """
    chain, names, seen = [read_mapping(path, shown, checker.problems)], [shown], [_real(path)]
    scenarios = _real(root / "scenarios")
    tree = scenarios if seen[0].is_relative_to(scenarios) else seen[0].parent
    while (node := chain[-1].entries.get("extends")) is not None:
        text = checker.text(node, "extends")
        if text is None:
            break
        names.append(os.path.normpath(Path(names[-1]).parent / text))
        arrows = " → ".join(names)
        target = seen[-1].parent / text
        if Path(text).is_absolute() or not _real(target).is_relative_to(tree):
            raise refuse(node.place, f"lies outside the scenarios' folder: {arrows}", "extends")
        if _real(target) in seen:
            raise refuse(node.place, f"a cycle: {arrows}", "extends")
        if len(chain) >= MAX_CHAIN:
            raise refuse(node.place, f"more than {MAX_CHAIN} files: {arrows}", "extends")
        if not target.exists():
            raise refuse(node.place, f"no such file: {arrows}", "extends")
        seen.append(_real(target))
        try:
            chain.append(read_mapping(target, names[-1], checker.problems))
        except InputError as error:
            note = f" (extended: {arrows})"
            raise InputError(
                Problem(p.where, p.key, p.message + note) for p in error.problems
            ) from None
    return chain


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def merge_chain(chain: list[MapNode]) -> MapNode:
    """Merge a chain of files: what a file writes stands over what it extends."""
    merged: MapNode | None = None
    for node in reversed(chain):
        merged = node if merged is None else merge(_inherited(merged), node, ())
    assert merged is not None
    return merged


def _inherited(node: MapNode) -> MapNode:
    entries = {k: v for k, v in node.entries.items() if k not in NOT_INHERITED}
    return MapNode(entries, node.key_places, node.place)


def merge(below: MapNode, above: MapNode, at: tuple[str, ...]) -> MapNode:
    """Return the mapping `above` laid over `below`, key by key, mappings within mappings.

    A mapping of another kind replaces rather than mixes: quarters over classes, ``path`` over
    ``shock``. A single value of a class-valued lever stays for the classes not named above.
    """
    entries, places = dict(below.entries), dict(below.key_places)
    for name, node in above.entries.items():
        entries[name] = _laid_over(entries.get(name), node, (*at, name))
        places[name] = above.key_place(name)
    return MapNode(entries, places, above.place)


def _laid_over(below: Node | None, above: Node, at: tuple[str, ...]) -> Node:
    if not isinstance(above, MapNode) or below is None:
        return above
    if at == ("levers",) and isinstance(below, ScalarNode):
        below = MapNode({"from": below}, {"from": below.place}, below.place)
    if len(at) == 2 and at[0] == "levers" and not _quarters(above):
        below = _by_class(below)
    if not isinstance(below, MapNode) or _kind(below, at) != _kind(above, at):
        return above
    return merge(below, above, at)


def _by_class(below: Node) -> Node:
    """Spread one value or path of a lever over the per-mu classes."""
    from sim.levers.declare import PER_MU_CLASSES

    if isinstance(below, MapNode) and not _quarters(below):
        return below
    entries = dict.fromkeys(PER_MU_CLASSES, below)
    return MapNode(entries, dict.fromkeys(PER_MU_CLASSES, below.place), below.place)


def _quarters(node: MapNode) -> bool:
    return any(map(is_quarter_key, node.entries))


def _kind(node: MapNode, at: tuple[str, ...]) -> str:
    if len(at) == 2 and at[0] == "outside_world":
        return "path" if "path" in node.entries else "shock"
    return "quarters" if _quarters(node) else "names"


def override(tree: MapNode, overrides: Mapping[str, str], checker: Checker) -> MapNode:
    """Lay ``key.path=value`` settings of the command line over a tree.

    Parameters
    ----------
    tree : MapNode
        The merged scenario.
    overrides : Mapping
        Key path to value, written as in a file.
    checker : Checker
        Receives problems, placed at ``command line``.
    """
    for path, text in overrides.items():
        place = Place("command line", 0, 0)
        names = path.split(".")
        if not all(names) or names[0] == "extends" or len(names) > 6:
            message = "`extends` cannot be set here" if names[0] == "extends" else "not a key path"
            checker.add(place, path, message)
            continue
        try:
            node = parse(text, "command line", checker.problems, command_line=True)
        except InputError as error:
            for problem in error.problems:
                checker.add(place, path, problem.message)
            continue
        for name in reversed(names):
            node = MapNode({name: node}, {name: place}, place)
        assert isinstance(node, MapNode)
        merged = merge(tree, node, ())
        tree = MapNode(merged.entries, merged.key_places, tree.place)
    return tree
