"""Compiled loops are kept by all their sources, and known once a member was simulated."""

from __future__ import annotations

import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import sim
from sim.threads import CompiledLoops, sources_of_loops


def test_every_module_with_a_compiled_loop_names_the_folder() -> None:
    home = Path(sim.__file__).parent
    named = {path.name for path in sources_of_loops()}
    decorated = {
        path.name
        for path in home.glob("*.py")
        if any(line.startswith(("@kernel", "@part", "@nb.njit"))
               for line in path.read_text("utf-8").splitlines())
    }  # fmt: skip
    assert {"rng.py", "inversion.py", "land_kernels.py", "sums.py"} <= decorated <= named


def test_loops_are_known_after_a_member(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "made"))
    loops = CompiledLoops()
    assert not loops.known()
    loops.note()
    assert CompiledLoops().known()
    with monkeypatch.context() as other:
        other.setattr(metadata, "version", lambda _: "0.1")
        assert not CompiledLoops().known()  # no version of numba takes another's
    monkeypatch.chdir(tmp_path)
    for unset in (monkeypatch.delenv, lambda name: monkeypatch.setenv(name, "")):
        unset("NUMBA_CACHE_DIR")  # nothing is kept: never known
        loops = CompiledLoops()
        loops.note()
        assert not loops.known()
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


def told(program: str, *words: str) -> int:
    """Return the number that a program prints in a process of its own."""
    command = [sys.executable, "-c", program, *words]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a setting of glibc")
def test_memory_that_an_array_freed_is_kept_for_the_next() -> None:
    program = """
import resource, sys
import numpy as np
from sim.threads import prepare_heap
if sys.argv[1] == "prepared":
    prepare_heap()
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    np.ones(8 << 20)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
faults()
print(faults())
"""
    assert told(program, "prepared") < 4
    assert told(program, "by default") > 16


HUGE_PAGES = Path("/sys/kernel/mm/transparent_hugepage")


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc" or not HUGE_PAGES.exists(), reason="a setting of Linux"
)
def test_the_heap_asks_for_huge_pages() -> None:
    program = """
from sim.threads import prepare_heap
prepare_heap()
size = huge = 0
for line in open("/proc/self/smaps"):
    name, *words = line.split()
    size = int(words[0]) if name == "Size:" else size
    huge += size if name == "VmFlags:" and "hg" in words else 0
print(huge)
"""
    assert told(program) >= 500 << 10  # KiB
