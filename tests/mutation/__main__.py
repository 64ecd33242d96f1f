"""``python -m tests.mutation``: seed each bug in a copy of the project and run its tests."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.mutation.mutants import MUTANTS, Mutant
from tests.stored import store

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("sim", "calibration", "scenarios", "tests", "docs", "plan", "run.py", "pyproject.toml",
          "requirements.lock", "requirements-dev.lock", "README.md")  # fmt: skip
CAUGHT, PASSED = 1, 0
NEEDED = 0.9
"""At least 27 of 30."""


def copy_project(target: Path) -> None:
    """Copy what the tests read; outputs and the repository's history stay behind."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name)
        elif source.exists():
            shutil.copy(source, target / name)


def run_tests(project: Path, chosen: tuple[str, ...]) -> int:
    """Run tests until the first failure; return pytest's exit code."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *chosen]
    return subprocess.run(
        command, cwd=project, capture_output=True, check=False, timeout=3600
    ).returncode  # fmt: skip


def caught(project: Path, mutant: Mutant) -> bool:
    """Seed one bug, run its tests, take it out again."""
    path = project / mutant.file
    sound = path.read_text(encoding="utf-8")
    if sound.count(mutant.old) != 1:
        raise ValueError(f"{mutant.file}: {mutant.old!r} occurs {sound.count(mutant.old)} times")
    path.write_text(sound.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        return run_tests(project, (mutant.file, *mutant.tests)) != PASSED
    finally:
        path.write_text(sound, encoding="utf-8")


def main() -> int:
    """Try all, store and print the result; 0 when enough are caught and the sound copy passes."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("--only", type=int, action="append", default=[], help="number of a mutant")
    given = parser.parse_args()
    chosen = [MUTANTS[n] for n in given.only] or list(MUTANTS)
    with tempfile.TemporaryDirectory() as name:
        project = Path(name)
        copy_project(project)
        every = tuple(sorted({test for mutant in chosen for test in mutant.tests}))
        sound = run_tests(project, every) == PASSED
        missed = []
        for mutant in chosen:
            found = caught(project, mutant)
            print("caught" if found else "MISSED", mutant.file, "-", mutant.why, flush=True)
            if not found:
                missed.append(f"{mutant.file}: {mutant.why}")
    number = len(chosen) - len(missed)
    passed = sound and number >= NEEDED * len(chosen)
    result = {"bugs": len(chosen), "caught": number, "sound_copy_passes": str(sound).lower(),
              "missed": missed}  # fmt: skip
    if given.only:
        print(result)
    else:
        store("mutation", passed, result, "python -m tests.mutation")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
