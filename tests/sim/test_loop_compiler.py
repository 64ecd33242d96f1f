"""Loops compiled the short way compute the same as those compiled by numba's own."""

from __future__ import annotations

from importlib import util
from typing import Any

import numba as nb
import numpy as np
import pytest
from numba.core import compiler

from sim import loop_compiler
from sim.compiled import exp, kernel
from sim.quota_kernels import share_out


def test_the_short_way_is_there_and_taken() -> None:
    """Fails with a version of numba whose parts have other names: see what replaced them."""
    assert loop_compiler.KNOWN
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


def test_without_the_parts_loops_are_compiled_as_numba_does_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(compiler.DefaultPassBuilder, "define_nopython_pipeline")
    spec = util.spec_from_file_location("another", loop_compiler.__file__)
    assert spec is not None
    assert spec.loader is not None
    another = util.module_from_spec(spec)
    spec.loader.exec_module(another)
    assert (another.KNOWN, another.OPTIONS) == (False, {})
