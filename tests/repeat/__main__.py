"""``python -m tests.repeat``: one digest over all settings of the process, result stored."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.repeat.settings import FACTORS, every, run_model
from tests.stored import store


def main() -> int:
    """Run the real model under every combination; 0 when all digests are one."""
    parser = argparse.ArgumentParser(prog="python -m tests.repeat")
    parser.add_argument("--every", type=int, default=1, help="only every n-th combination")
    given = parser.parse_args()
    chosen = list(every())[:: given.every]
    digests: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "elsewhere").mkdir()
        for number, setting in enumerate(chosen):
            digest = run_model(setting, folder / f"out{number}", folder / "elsewhere")
            digests.setdefault(digest, []).append(" ".join(setting.values()))
    store("repeat", len(digests) == 1, {
        "runs": len(chosen), "digests": len(digests), "digest": min(digests),
        "factors": [f"{name}: {', '.join(values)}" for name, values in FACTORS.items()],
        "minority": [s for d in sorted(digests, key=lambda d: len(digests[d]))[:-1]
                     for s in digests[d]][:20],
    }, f"python -m tests.repeat --every {given.every}")  # fmt: skip
    return 0 if len(digests) == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
