"""Death or a full disk at every single step that touches a file, then the same call.

The interpreter reports each such step to an audit hook. A forked child dies before its n-th step,
for every n until it runs through.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sim.digest import digest_directory
from sim.errors import OutputError
from sim.output_directory import MEMBERS
from tests.sim.toy_run import run, scenario

STEPS = frozenset({
    "open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.scandir", "shutil.rmtree",
    "fcntl.flock", "ctypes.dlopen",
})  # fmt: skip
STRIDE = int(os.environ.get("CRASH_STRIDE", "4"))
"""Every how many steps one is tried; CRASH_STRIDE=1 tries all."""
NEVER = 10**9
DIED, REFUSED, WENT_THROUGH = 9, 4, 0


def _tidy(out: Path) -> bool:
    return [p.name for p in out.parent.iterdir()] == [out.name] and not (out / MEMBERS).exists()


def run_to_step(
    work: Callable[[], object], folder: Path, notes: Path, step: int, *, dies: bool
) -> int:
    """Work in a child that dies, or meets a full disk, before its step number `step` in a folder.

    Returns
    -------
    int
        The child's exit code; in `notes` it leaves the number of steps it saw.
    """
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    seen = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        if event not in STEPS or not (event == "ctypes.dlopen" or _inside(arguments, folder)):
            return
        seen += 1
        if seen == step:
            if dies:
                os._exit(DIED)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    code = 1
    try:
        sys.addaudithook(hook)
        work()
        code = WENT_THROUGH
    except OutputError:
        code = REFUSED
    except BaseException:
        traceback.print_exc()
    finally:
        notes.write_text(str(seen))
        os._exit(code)


def _inside(arguments: tuple[Any, ...], folder: Path) -> bool:
    first = arguments[0] if arguments else None
    if isinstance(first, bytes):
        first = os.fsdecode(first)
    return isinstance(first, int) or str(first).startswith(str(folder))


@pytest.mark.parametrize("dies", [True, False], ids=["killed", "disk full"])
def test_no_step_can_leave_a_wrong_or_untidy_directory(tmp_path: Path, dies: bool) -> None:
    bundle = tmp_path / "bundle"
    old, new = scenario(2, seed=1), scenario(2, seed=2)
    before = run(tmp_path / "old", bundle, old).digest
    after = run(tmp_path / "plain" / "new", bundle, new).digest
    trials = [NEVER]
    for step in trials:
        out = tmp_path / f"runs{step}" / "out"
        shutil.copytree(tmp_path / "old", out)
        work = partial(run, out, bundle, new)
        code = run_to_step(work, out.parent, tmp_path / "steps", step, dies=dies)
        if step == NEVER:
            assert code == WENT_THROUGH
            trials.extend(range(1, int((tmp_path / "steps").read_text()) + 1, STRIDE))
        assert code in (DIED, REFUSED, WENT_THROUGH)
        assert digest_directory(out) in (before, after)
        assert run(out, bundle, new).digest == after
        assert _tidy(out), sorted(out.parent.rglob("*"))
    assert len(trials) > 60 / STRIDE
