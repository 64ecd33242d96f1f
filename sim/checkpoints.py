"""Finished members on disk: one small file each, with its own checksum, never a pickle."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import InputError, Problem
from sim.output_directory import OutputDirectory
from sim.results import MemberResult
from sim.store import atomic_write_bytes, atomic_write_text, told

HEADER = b"member checkpoint 3 sha256 "
RUN_FILE = "run.json"
ARRAYS = ("published", "true_state", "lever_values")
NAMED = ("scalars", "checks")
"""Numbers by name: the names stand in the text, the numbers behind those of the arrays."""
NUMBERS = np.dtype("<f8")


def member_path(folder: Path, member: int) -> Path:
    """Return where a member's result is kept."""
    return folder / f"member-{member:07d}.result"


def save_member(folder: Path, result: MemberResult) -> None:
    """Write a finished member whole or not at all: checksum, a line of text, all numbers.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    arrays = [np.asarray(getattr(result, name), NUMBERS) for name in ARRAYS]
    about: dict[str, Any] = {"member": result.member, "failed": result.failed}
    about["shapes"] = [array.shape for array in arrays]
    for name in NAMED:
        named = getattr(result, name)
        about[name] = sorted(named)
        arrays.append(np.array([named[key] for key in about[name]], NUMBERS))
    text = json.dumps(about).encode("ascii")
    body = b"".join([text, b"\n", *(array.tobytes() for array in arrays)])
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
    text, _, numbers = body.partition(b"\n")
    try:
        about = json.loads(text)
        sizes = [math.prod(shape) for shape in about["shapes"]]
        sizes += [len(about[name]) for name in NAMED]
        *arrays, rest = np.split(np.frombuffer(numbers, NUMBERS).copy(), np.cumsum(sizes))
        published, true_state, lever_values = (
            values.reshape(shape)
            for values, shape in zip(arrays[: len(ARRAYS)], about["shapes"], strict=True)
        )
        scalars, checks = (
            dict(zip(about[name], values.tolist(), strict=True))
            for name, values in zip(NAMED, arrays[len(ARRAYS) :], strict=True)
        )
        result = MemberResult(
            about["member"], published, true_state, lever_values, scalars, checks, about["failed"]
        )
    except (ValueError, KeyError, TypeError):
        return None
    return result if result.member == member and not len(rest) else None


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
            if any(other.glob("member-*")):
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
