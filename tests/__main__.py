"""All checks in one command: ``python -m tests [arguments for pytest]``.

The quick ones come first. The first that fails ends the run with its exit code; when all pass,
pytest's summary is the last line.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ["sim", "calibration", "run.py"]
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def steps(pytest_arguments: list[str]) -> dict[str, list[str]]:
    """Return the name and the command of each check, in order."""
    python = [sys.executable, "-m"]
    return {
        "ruff check": [*python, "ruff", "check", "--no-cache", "."],
        "ruff format --check": [*python, "ruff", "format", "--check", "--no-cache", "."],
        "lint-imports": [sys.executable, "-c", LINT_IMPORTS, "--no-logo", "--no-cache"],
        "mypy --strict": [*python, "mypy", "--strict", *SOURCES],
        "pytest": [*python, "pytest", *pytest_arguments],
    }


def main(pytest_arguments: list[str]) -> int:
    """Run the checks and return the exit code of the first that fails, else 0."""
    environment = os.environ | dict.fromkeys(THREADS, "1") | {"MPLBACKEND": "Agg"}
    for name, command in steps(pytest_arguments).items():
        print(f"\n== {name}", flush=True)
        started = time.monotonic()
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        if code != 0:
            print(f"\nstopped: {name} failed with exit code {code}", file=sys.stderr)
            return code if code > 0 else 128 - code
        if name != "pytest":
            print(f"   passed in {time.monotonic() - started:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
