"""``python -m tests.identities``: a thousand members keep their books, result stored."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from sim.accounting import MONEY, MONEY_TOLERANCE
from sim.results import read_dataset
from tests.stored import rate_bound, store

ROOT = Path(__file__).resolve().parents[2]
ABOUT = "largest breach of the identity "


def largest_gaps(results: Path) -> dict[str, float]:
    """Return the largest gap of every identity over members and quarters of a run."""
    return {
        str(variable.attrs["long_name"]).removeprefix(ABOUT): float(np.abs(variable.values).max())
        for name, variable in read_dataset(results).data_vars.items()
        if str(name).startswith("check_")
    }


def main() -> int:
    """Run the base scenario and look at every identity; 0 when all held in every member."""
    parser = argparse.ArgumentParser(prog="python -m tests.identities")
    parser.add_argument("--members", type=int, default=1000)
    parser.add_argument("--scale", type=float, default=0.1, help="population.scale")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "out"
        command = [sys.executable, str(ROOT / "run.py"), str(ROOT / "scenarios" / "base.yaml"),
                   "--members", str(given.members), "--set", f"population.scale={given.scale}",
                   "--out", str(out), "--quiet", "--no-report"]  # fmt: skip
        subprocess.run(command, cwd=ROOT, check=True)
        gaps = largest_gaps(out / "results.nc")
        manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    failed = len(manifest["failed_members"])
    exact = {n: g for n, g in gaps.items() if n not in MONEY}
    money = {n: g for n, g in gaps.items() if n in MONEY}
    held = failed == 0 and bool(exact) and max(exact.values()) == 0.0
    held = held and max(money.values()) <= MONEY_TOLERANCE
    store("identities_many", held, {
        "members": given.members, "failed": failed, "population_scale": given.scale,
        "identities": len(gaps), "largest_relative_money_gap": f"{max(money.values()):.1e}",
        "largest_exact_gap": max(exact.values()), "rate_bound": rate_bound(given.members),
    }, f"python -m tests.identities --members {given.members} --scale {given.scale}")  # fmt: skip
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
