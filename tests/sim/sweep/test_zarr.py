"""The sweep's dataset as a Zarr store; the package is an extra."""

from __future__ import annotations

import builtins
import errno
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import xarray

import run
from sim.cli.sweep import completeness, report
from sim.digest import digest_directory
from sim.errors import OutputError
from sim.manifest import read_manifest
from sim.sweep.zarr_copy import ZARR_STORE
from tests.sim import toy_sweep
from tests.sim.sweep.test_sweep import GRID, TWO, forbidden

needs_zarr = pytest.mark.skipif(find_spec("zarr") is None, reason="the extra [zarr] is missing")
WANTED: dict[str, Any] = {
    "finish": report("en", False, False, None, True, zarr=True),
    "complete": completeness(False, False, zarr=True),
}


@needs_zarr
def test_the_store_holds_what_the_file_holds(tmp_path: Path) -> None:
    path, out = toy_sweep.file(tmp_path, GRID, TWO), tmp_path / "out"
    outcome = toy_sweep.run(path, out, simulation=toy_sweep.breaking, **WANTED)
    with xarray.open_dataset(out / "results.nc") as file, xarray.open_zarr(out / ZARR_STORE) as it:
        xarray.testing.assert_identical(it.load(), file.load())
        assert it["factor_levers_sei_support_bias"].values.tolist() == [0, 0, 0.5, 0.5, 1, 1]
        assert it["time"].dtype.kind == "M"
        assert it["status"].values.tolist() == [1, 1, 0, 0, 2, 2]
    assert digest_directory(out) == outcome.digest
    assert f"{ZARR_STORE}/.zmetadata" in read_manifest(out)["files"]


@needs_zarr
def test_it_comes_and_goes_without_simulating(tmp_path: Path) -> None:
    path, out = toy_sweep.file(tmp_path, GRID, TWO), tmp_path / "out"
    plain = {"finish": report("en", False, False, None, True)}
    first = toy_sweep.run(path, out, **plain)
    assert not (out / ZARR_STORE).exists()
    added = toy_sweep.run(path, out, simulation=forbidden, **WANTED)
    assert (added.reused, added.digest) == (False, first.digest)
    assert (out / ZARR_STORE / ".zmetadata").is_file()
    bare = {**plain, "complete": lambda path: False}
    toy_sweep.run(path, out, simulation=forbidden, **bare)  # written anew without it
    assert not (out / ZARR_STORE).exists()


@needs_zarr
def test_a_full_disk_leaves_no_half_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, out = toy_sweep.file(tmp_path, GRID, TWO), tmp_path / "out"
    first = toy_sweep.run(path, out)
    written = 0
    plain = builtins.open

    def full(file: Any, mode: str = "r", *more: Any, **named: Any) -> Any:
        nonlocal written
        if ZARR_STORE in str(file) and "r" not in mode:
            written += 1
            if written >= 20:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file))
        return plain(file, mode, *more, **named)

    with monkeypatch.context() as patch:
        patch.setattr("io.open", full)
        patch.setattr(builtins, "open", full)
        with pytest.raises(OutputError, match="No space left on device"):
            toy_sweep.run(path, out, **WANTED)
    assert written >= 20
    assert digest_directory(out) == first.digest
    assert {entry.name for entry in tmp_path.iterdir()} == {
        "base.yaml", "toy.yaml", "out", "bundle", "cells",
    }  # fmt: skip
    assert toy_sweep.run(path, out, simulation=forbidden, **WANTED).digest == first.digest


def test_without_the_package_nothing_is_simulated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "zarr", None)
    path, out = toy_sweep.file(tmp_path, GRID, TWO), tmp_path / "out"
    assert run.guarded(("sweep", str(path), "--zarr", "--out", str(out))) == 2
    assert capsys.readouterr().err == "--zarr: the package zarr is missing: pip install zarr\n"
    assert not out.exists()
