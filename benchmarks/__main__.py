"""All comparisons in one run on one machine: ``python -m benchmarks [--quick] [--save]``.

Prints speed and memory of the engine beside other forms of the same rules, the time of each
process, cold and warm starts, and how time and memory grow; with --save keeps the result as
benchmarks/results/DATE-comparison.json, .csv and .png. What each row means stands in
docs/performance.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from pathlib import Path

from benchmarks import running
from benchmarks.tables import as_csv, as_text
from sim.threads import available_cores

RESULTS = Path(__file__).resolve().parent / "results"


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0]
    )
    add = parser.add_argument
    add("--quick", action="store_true", help="a small city and few tries: does everything run?")
    add("--save", action="store_true", help="keep the result under benchmarks/results")
    add("--out", type=Path, default=RESULTS, help="where --save keeps it")
    add("--ten-million", action="store_true", help="add a city of ten million firms (needs 16 GiB)")
    add("--thousand", action="store_true", help="add an ensemble of a thousand members")
    add(
        "--peer-python", action="append", default=[], metavar="PYTHON",
        help="interpreter of an environment with mesa-frames or Starsim; may be repeated",
    )  # fmt: skip
    add(
        "--only", action="append", default=[], choices=tuple(running.SECTIONS),
        help="only this part; may be repeated",
    )  # fmt: skip
    return parser.parse_args()


def main() -> int:
    """Measure, print, and keep."""
    given = arguments()
    size = running.QUICK if given.quick else running.FULL
    result: dict[str, object] = {
        "date": time.strftime("%Y-%m-%d"), "quick": given.quick, "machine": platform.machine(),
        "python": platform.python_version(), "cores": available_cores(),
        "load_before": round(os.getloadavg()[0], 2),
    }  # fmt: skip
    for name in given.only or running.SECTIONS:
        print(f"{name} ...", file=sys.stderr, flush=True)
        options = {
            "peers": given.peer_python, "ten_million": given.ten_million,
            "thousand": given.thousand,
        }  # fmt: skip
        result[name] = running.SECTIONS[name](size, options)
    result["load_after"] = round(os.getloadavg()[0], 2)
    print(as_text(result), end="")
    if given.save:
        from benchmarks.drawing import draw

        given.out.mkdir(parents=True, exist_ok=True)
        stem = given.out / f"{result['date']}-comparison{'-quick' if given.quick else ''}"
        running.write_json(stem.with_suffix(".json"), result)
        stem.with_suffix(".csv").write_text(as_csv(result), encoding="utf-8")
        draw(result, stem.with_suffix(".png"))
        print(f"kept as {stem}.json, .csv and .png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
