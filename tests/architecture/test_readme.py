"""The two commands of the README are the same in both languages, and the checks run from it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.__main__ import steps

READMES = ("README.md", "README.zh.md")
COMMAND = re.compile(r"<!-- (run|test) command -->\n```bash\n(.+)\n```")


def _commands(root: Path, readme: str) -> dict[str, str]:
    return dict(COMMAND.findall((root / readme).read_text(encoding="utf-8")))


def test_both_languages_give_the_same_two_commands(root: Path) -> None:
    english, chinese = (_commands(root, readme) for readme in READMES)
    assert english == chinese
    assert sorted(english) == ["run", "test"]
    assert english["run"].endswith("run.py scenarios/base.yaml")
    assert english["test"].endswith("-m tests")


def test_the_ci_script_takes_its_command_from_the_readme(root: Path, tmp_path: Path) -> None:
    printed = subprocess.run(
        [root / ".ci" / "run", "--print"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == _commands(root, "README.md")["test"]


@pytest.mark.parametrize("readme", READMES)
def test_files_named_in_the_readme_exist(root: Path, readme: str) -> None:
    text = (root / readme).read_text(encoding="utf-8")
    links = {link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link}
    assert len(links) >= 5
    assert [link for link in sorted(links) if not (root / link).exists()] == []


def test_every_check_promised_is_among_the_steps() -> None:
    assert list(steps([])) == [
        "ruff check",
        "ruff format --check",
        "lint-imports",
        "mypy --strict",
        "pytest",
    ]
