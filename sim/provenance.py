"""What a table that lies beside runs was made from, so that a report can tell whether it fits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from sim.manifest import bundle_hash, code_hash

COLUMNS = ("scenario_hash", "code_hash", "data_hash")
"""Columns of such a table: its question, the sources of the simulation, the city's fits."""
SAMPLE = frozenset({"name", "label", "members", "seed", "report"})
"""Keys of a scenario that change how precisely a question is answered, not the question."""
VARIED = {
    "memory": frozenset({"switches.drop_memory"}),
    "posterior": frozenset({"parameters_from"}),
    "decomposition": frozenset[str](),
}
"""Kind of table to the keys that the table itself sets."""


def made_from(settings: Mapping[str, Any], bundle: Path, kind: str) -> dict[str, str]:
    """Return the hashes of all that a table's numbers rest on, by :data:`COLUMNS`.

    Parameters
    ----------
    settings : Mapping
        The resolved scenario.
    bundle : Path
        The city's fits.
    kind : str
        One of :data:`VARIED`.

    Raises
    ------
    OutputError
        If the fits cannot be read.
    """
    text = json.dumps(_without(settings, SAMPLE | VARIED[kind]), sort_keys=True)
    question = hashlib.sha256(text.encode("utf-8")).hexdigest()
    return dict(zip(COLUMNS, (question, code_hash(), bundle_hash(bundle)), strict=True))


def _without(settings: Mapping[str, Any], keys: Collection[str]) -> dict[str, Any]:
    """Return a mapping without some keys, those below the first level written with a dot.

    Examples
    --------
    >>> _without({"seed": 1, "switches": {"a": True, "b": False}}, {"seed", "switches.a"})
    {'switches': {'b': False}}
    """
    found: dict[str, Any] = {}
    for name, value in settings.items():
        if name not in keys:
            below = {key[len(name) + 1 :] for key in keys if key.startswith(f"{name}.")}
            found[name] = _without(value, below) if isinstance(value, Mapping) and below else value
    return found


def differing(row: Mapping[str, str], expected: Mapping[str, str]) -> tuple[str, ...] | None:
    """Return the columns in which a table differs from a run; ``None`` where it does not say.

    Examples
    --------
    >>> run = {"scenario_hash": "a", "code_hash": "b", "data_hash": "c"}
    >>> differing({**run, "code_hash": "x"}, run), differing({"code_hash": "b"}, run)
    (('code_hash',), None)
    """
    if not expected or not all(row.get(name) for name in COLUMNS):
        return None
    return tuple(name for name in COLUMNS if row[name] != expected[name])
