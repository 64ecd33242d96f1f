"""The files that the structural tests look at."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SKIPPED = {".git", "outputs", "build", "dist", "node_modules", "__pycache__"}
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".yaml",
    ".yml",
    ".csv",
    ".cff",
    ".lock",
    ".j2",
    ".html",
    ".js",
    ".css",
}
TEXT |= {".txt", ".json", ""}


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        hidden_folder = path.is_dir() and path.name.startswith(".") and path.name != ".ci"
        if path.name in SKIPPED or hidden_folder or path.name.endswith(".egg-info"):
            continue
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


@pytest.fixture(scope="session")
def files(root: Path) -> list[Path]:
    """Return every file that belongs to the project: no caches, no environments, no results."""
    return list(_walk(root))


@pytest.fixture(scope="session")
def text_files(files: list[Path]) -> list[Path]:
    """Return the files that people read."""
    return [path for path in files if path.suffix in TEXT]


@pytest.fixture(scope="session")
def sources(root: Path, files: list[Path]) -> dict[str, ast.Module]:
    """Return the syntax tree of each module of the product, by its path inside the project."""
    homes = {"sim", "calibration", "run.py"}
    found = {path.relative_to(root).as_posix(): path for path in files if path.suffix == ".py"}
    return {
        name: ast.parse(path.read_text(encoding="utf-8"))
        for name, path in found.items()
        if name.split("/")[0] in homes
    }
