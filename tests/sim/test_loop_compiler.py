"""Loops compiled the short way compute the same as those compiled by numba's own."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import numba as nb
import numpy as np
import pytest
from numba.core import compiler

from sim import loop_compiler
from sim.compiled import exp, kernel
from sim.quota_kernels import share_out
from sim.scenario import project_root


def test_the_short_way_is_there_and_taken() -> None:
    """Fails with a version of numba whose parts have other names: see what replaced them."""
    assert loop_compiler.KNOWN, (
        f"numba {nb.__version__} lacks parts that sim/loop_compiler.py changes: all loops compile "
        "its own way, to the same bits and a quarter slower"
    )
    for loop in (share_out, exp):
        assert loop._compiler.pipeline_class is loop_compiler.LoopCompiler
    numba: Any = compiler
    state = numba.StateDict(func_ir=None, flags=numba.Flags())
    whole = numba.DefaultPassBuilder.define_nopython_pipeline(state).passes
    assert {step.__name__ for step, _ in whole} >= loop_compiler.UNUSED


def mixed(a, b, flags, whole):  # type: ignore[no-untyped-def]
    """Return a sum that needs looking up by several types, casts, choices and a table."""
    table, found = np.zeros(4), 0.0
    for i in range(len(a)):
        row = np.uint64(i)
        kind = np.int64(whole[row]) & 3
        value = max(a[row] * 2.0, np.float64(b[row])) if flags[row] else -np.floor(a[i])
        table[kind] += value
        whole[row] = np.int16(kind + 1)
        found += table[kind] / (1 + kind)
    return found


def test_a_loop_computes_the_same_either_way() -> None:
    random = np.random.default_rng(3)
    columns = random.normal(0, 9, 99), random.normal(0, 9, 99).astype(np.float32)
    flags, whole = random.random(99) < 0.5, random.integers(-9, 9, 99).astype(np.int16)
    loops: list[Any] = [kernel(mixed), nb.njit(error_model="numpy")(mixed), mixed]
    changed = [whole.copy() for _ in loops]
    found = [loop(*columns, flags, own) for loop, own in zip(loops, changed, strict=True)]
    assert found[0] == found[1] == found[2]
    assert changed[0].tolist() == changed[1].tolist() == changed[2].tolist()


@pytest.mark.skipif(not loop_compiler.KNOWN, reason="this numba has no such parts")
def test_the_same_operation_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Any] = []
    look_up = loop_compiler._look_up

    def counted(function: Any, *rest: Any) -> Any:
        looked.append(function)
        return look_up(function, *rest)

    monkeypatch.setattr(loop_compiler, "_look_up", counted)
    numbers = np.arange(3.0, dtype=np.float32), np.arange(3, dtype=np.uint8)

    def turned(a, b):  # type: ignore[no-untyped-def]
        return a[0] * b[1] - b[2] * a[1]

    ours = loop_compiler.OPTIONS
    for options, wanted in ((ours, True), (ours, False), ({}, True), ({}, True)):
        looked.clear()
        assert nb.njit(**options)(turned)(*numbers) == -2.0
        assert bool(looked) == wanted  # loops that are not ours go numba's own way


PARTS = (
    ("numba.core.compiler", "DefaultPassBuilder", "define_nopython_pipeline"),
    ("numba.core.compiler", "CompilerBase", "compile_extra"),
    ("numba.core.types", "BaseFunction", "get_impl_key"),
    ("numba.core.targetconfig", "ConfigStack", "top_or_none"),
)
"""Module, class and name of parts that are not documented."""
ANOTHER_NUMBA = """
import importlib, sys
import numpy as np
module, kind, name = sys.argv[1:]
classes = getattr(importlib.import_module(module), kind).__mro__
parts = [(owner, vars(owner)[name]) for owner in classes if name in vars(owner)]
for owner, _ in parts:
    delattr(owner, name)
from sim import loop_compiler
for owner, part in parts:  # numba itself goes on with it, by whatever name
    setattr(owner, name, part)
assert (loop_compiler.KNOWN, loop_compiler.OPTIONS) == (False, {})
from sim.compiled import exp
from sim.quota_kernels import share_out
from numba.core.compiler import Compiler
assert share_out._compiler.pipeline_class is exp._compiler.pipeline_class is Compiler
print(exp(-1.25).hex())
"""


@pytest.mark.parametrize(("module", "kind", "name"), PARTS)
def test_without_a_part_loops_are_compiled_as_numba_does_it(
    tmp_path: Path, module: str, kind: str, name: str
) -> None:
    assert hasattr(getattr(import_module(module), kind), name) or not loop_compiler.KNOWN
    told = subprocess.run(
        [sys.executable, "-c", ANOTHER_NUMBA, module, kind, name],
        cwd=project_root(), env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)},
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.strip() == exp(-1.25).hex()
