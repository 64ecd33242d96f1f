"""What a sweep's directory holds: the same sweep, another state of it, or something else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.checkpoints import flat
from sim.digest import digest_file
from sim.errors import InputError, OutputError, Problem
from sim.manifest import read_manifest
from sim.output_directory import OutputDirectory
from sim.results import RESULTS_FILE
from sim.store import atomic_write_text, told
from sim.sweep.cells import content_of
from sim.sweep.files import SweepFile

if TYPE_CHECKING:
    from pathlib import Path

STATE_FILE = "sweep.json"
"""In the folder of members on their way: which sweep they belong to."""


def content_of_sweep(sweep: SweepFile) -> dict[str, Any]:
    """Return what a sweep is, as plain values: its file, and the scenario behind it."""
    design = sweep.design
    return {
        "design": {"kind": design.kind, "n": design.n, "seed": design.seed,
                   **({"rows": [list(row) for row in design.rows]} if design.rows else {})},
        "factors": {
            factor.key: list(factor.levels) or {"low": factor.low, "high": factor.high}
            for factor in sweep.factors
        },
        "scenario": content_of(sweep.base),
    }  # fmt: skip


def finished(output: OutputDirectory, run_hash: str) -> dict[str, Any] | None:
    """Return the manifest of a complete, undamaged sweep of that hash, if it is here."""
    try:
        manifest = read_manifest(output.path)
        whole = (
            manifest["run_hash"] == run_hash
            and not manifest["lost_cells"]
            and digest_file(output.path / RESULTS_FILE) == manifest["digest"]
        )
    except (OutputError, KeyError):
        return None
    return manifest if whole else None


def take_over(
    output: OutputDirectory, content: Mapping[str, Any], *, extend: bool, fresh: bool
) -> Path:
    """Return the folder of members on their way, after checking whose directory this is.

    Parameters
    ----------
    output : OutputDirectory
        The held directory.
    content : Mapping
        From :func:`content_of_sweep`.
    extend : bool
        Whether another state of a sweep may lie there: its finished cells are used where they
        are cells of this one as well.
    fresh : bool
        Discard members on their way.

    Raises
    ------
    InputError
        If another state of a sweep lies there: what differs, key by key.
    """
    if fresh:
        output.clear_members()
    stored = _stored(output)
    if stored is not None and not extend and not fresh:
        problems = list(_differences(output, stored, content))
        if problems:
            raise InputError(problems)
    with told(output.path):
        output.members.mkdir(exist_ok=True)
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    atomic_write_text(output.members / STATE_FILE, text)
    return output.members


def _stored(output: OutputDirectory) -> Mapping[str, Any] | None:
    """Return the content of the sweep that lies here: on its way, or complete."""
    try:
        text = (output.members / STATE_FILE).read_text(encoding="utf-8")
        found = json.loads(text)
        return found if isinstance(found, dict) else None
    except (OSError, ValueError):
        pass
    try:
        sweep = read_manifest(output.path).get("sweep")
    except OutputError:
        return None
    return sweep if isinstance(sweep, dict) else None


def _differences(
    output: OutputDirectory, stored: Mapping[str, Any], content: Mapping[str, Any]
) -> list[Problem]:
    out = str(output.path)
    here, there = flat(content), flat(stored)
    lines = [
        Problem(out, key, f"{there.get(key, 'absent')} there, {here.get(key, 'absent')} here")
        for key in sorted(here.keys() | there.keys())
        if here.get(key) != there.get(key)
    ]
    head = Problem(
        out, "", "holds another state of a sweep; choose another --out, go on with --extend (its "
        "cells are used where they are cells of this one as well), or begin anew with --fresh. "
        "It differs in:",
    )  # fmt: skip
    return [head, *lines] if lines else []
