"""Finished members on disk: one small file each, with its own checksum, never a pickle."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import InputError, Problem
from sim.output_directory import OutputDirectory
from sim.results import MemberResult
from sim.store import atomic_write_bytes, atomic_write_text, told

HEADER = b"member checkpoint 2 sha256 "
RUN_FILE = "run.json"
ARRAYS = ("published", "true_state", "lever_values")
NAMED = ("scalars", "checks")
"""Numbers by name: the names stand in the text, the numbers in an array."""


def member_path(folder: Path, member: int) -> Path:
    """Return where a member's result is kept."""
    return folder / f"member-{member:07d}.npz"


def save_member(folder: Path, result: MemberResult) -> None:
    """Write a finished member whole or not at all.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    named = {name: sorted(getattr(result, name).items()) for name in NAMED}
    about = {"member": result.member, "failed": result.failed} | {
        name: [key for key, _ in pairs] for name, pairs in named.items()
    }
    text = np.frombuffer(json.dumps(about, sort_keys=True).encode("utf-8"), dtype=np.uint8)
    arrays: dict[str, Any] = {name: getattr(result, name) for name in ARRAYS}
    for name, pairs in named.items():
        arrays[name] = np.array([value for _, value in pairs], dtype=np.float64)
    packed = io.BytesIO()
    np.savez(packed, about=text, **arrays)
    body = packed.getvalue()
    head = HEADER + hashlib.sha256(body).hexdigest().encode("ascii") + b"\n"
    atomic_write_bytes(member_path(folder, result.member), head + body, durable=False)


def load_member(folder: Path, member: int) -> MemberResult | None:
    """Read a finished member; None where there is none or its checksum does not fit."""
    try:
        data = member_path(folder, member).read_bytes()
    except OSError:
        return None
    head, _, body = data.partition(b"\n")
    if head != HEADER + hashlib.sha256(body).hexdigest().encode("ascii"):
        return None
    try:
        with np.load(io.BytesIO(body), allow_pickle=False) as stored:
            about = json.loads(stored["about"].tobytes().decode("utf-8"))
            published, true_state, lever_values = (stored[name] for name in ARRAYS)
            scalars, checks = (
                dict(zip(about[name], stored[name].tolist(), strict=True)) for name in NAMED
            )
        result = MemberResult(
            about["member"], published, true_state, lever_values, scalars, checks,
            about["failed"],
        )  # fmt: skip
    except (ValueError, KeyError, OSError):
        return None
    return result if result.member == member else None


def prepare(
    output: OutputDirectory, run_hash: str, identity: Mapping[str, Any], *, fresh: bool
) -> Path:
    """Return the folder of this run's finished members, made if need be.

    Parameters
    ----------
    output : OutputDirectory
        The held directory.
    run_hash : str
        Hash over all that can change a number.
    identity : Mapping
        What that hash stands for: the resolved scenario and the hashes of code and data.
    fresh : bool
        Drop what an interrupted run left, this scenario's own members included.

    Raises
    ------
    InputError
        If an interrupted run of something else lies here: what differs, key by key.
    """
    if fresh:
        output.clear_members()
    folder = output.members / run_hash[:16]
    with told(output.path):
        others = [p for p in output.members.glob("*") if p.is_dir() and p.name != folder.name]
        for other in others:
            if any(other.glob("member-*.npz")):
                raise _refusal(output.path, other, identity)
            shutil.rmtree(other)
        folder.mkdir(parents=True, exist_ok=True)
    atomic_write_text(folder / RUN_FILE, json.dumps(identity, sort_keys=True, ensure_ascii=False))
    return folder


def _refusal(out: Path, other: Path, identity: Mapping[str, Any]) -> InputError:
    """Return the error that shows how the interrupted run differs from this one."""
    problems = [
        Problem(
            str(out), "", "holds an interrupted run of something else; finish it with its own "
            "command, choose another --out, or discard it with --fresh. It differs in:",
        )
    ]  # fmt: skip
    try:
        stored = json.loads((other / RUN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        stored = {}
    here, there = flat(identity), flat(stored)
    for key in sorted(here.keys() | there.keys()):
        before, now = there.get(key, "absent"), here.get(key, "absent")
        if before != now:
            problems.append(Problem(str(out), key, f"{before} there, {now} here"))
    return InputError(problems)


def flat(tree: Mapping[str, Any], above: str = "") -> dict[str, str]:
    """Return key path to value as text.

    Examples
    --------
    >>> flat({"levers": {"from": "plan"}, "seed": 1})
    {'levers.from': 'plan', 'seed': '1'}
    """
    found: dict[str, str] = {}
    for name, value in tree.items():
        key = f"{above}.{name}" if above else str(name)
        if isinstance(value, Mapping) and value:
            found.update(flat(value, key))
        else:
            found[key] = str(value)
    return found
