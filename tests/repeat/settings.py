"""Settings of a process that must not move a bit, and their combinations."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from sim.digest import digest_directory

ROOT = Path(__file__).resolve().parents[2]
FACTORS: dict[str, tuple[str, ...]] = {
    "jobs": ("1", "2", "4"),
    "PYTHONHASHSEED": ("0", "20180411"),
    "OMP_NUM_THREADS": ("1", "2"),
    "LC_ALL": ("C", "zh_CN.UTF-8"),
    "TZ": ("UTC", "Asia/Shanghai"),
    "cwd": ("project", "elsewhere"),
}
"""A locale that the system lacks acts as its absence does; Python then falls back to UTF-8."""
Setting = dict[str, str]


def every() -> Iterator[Setting]:
    """Yield all combinations (96)."""
    for values in product(*FACTORS.values()):
        yield dict(zip(FACTORS, values, strict=True))


COVERING = (
    ("1", "0", "1", "C", "UTC", "project"),
    ("2", "20180411", "2", "zh_CN.UTF-8", "Asia/Shanghai", "elsewhere"),
    ("4", "0", "2", "C", "Asia/Shanghai", "project"),
)
"""Few combinations in which each value of each factor occurs."""


def environment(setting: Setting) -> dict[str, str]:
    """Return the environment of a process under a setting."""
    changed = {k: v for k, v in setting.items() if k not in ("jobs", "cwd")}
    return os.environ | changed | {"PYTHONPATH": str(ROOT), "LANG": setting["LC_ALL"]}


def run_model(setting: Setting, out: Path, elsewhere: Path) -> str:
    """Run four small members of the real model under a setting; return the digest of the files."""
    command = [sys.executable, str(ROOT / "run.py"), str(ROOT / "scenarios" / "base.yaml"),
               "--members", "4", "--set", "population.scale=0.02", "--set", "end=2018Q2",
               "--out", str(out), "--jobs", setting["jobs"], "--quiet", "--no-report"]  # fmt: skip
    subprocess.run(
        command, cwd=ROOT if setting["cwd"] == "project" else elsewhere, env=environment(setting),
        capture_output=True, text=True, check=True, timeout=600,
    )  # fmt: skip
    return digest_directory(out)


def run_toy(setting: Setting, out: Path, bundle: Path) -> str:
    """Run the toy under a setting; return its digest."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.sim.toy_run", str(out), str(bundle), "5", setting["jobs"],
         "simulate"],
        cwd=ROOT if setting["cwd"] == "project" else bundle, env=environment(setting),
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    return done.stdout.strip()
