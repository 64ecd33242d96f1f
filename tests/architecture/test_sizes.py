"""Modules and functions stay short enough to be read, and are named after what they hold."""

from __future__ import annotations

import ast
from pathlib import Path
from statistics import median

LONGEST_MODULE = 400
LONGEST_MEDIAN_MODULE = 150
LONGEST_FUNCTION = 60
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}


def _length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_module_is_longer_than_400_lines(root: Path, files: list[Path]) -> None:
    lengths = {
        path.relative_to(root).as_posix(): _length(path) for path in files if path.suffix == ".py"
    }
    assert len(lengths) > 20
    assert {name: n for name, n in lengths.items() if n > LONGEST_MODULE} == {}


def test_the_median_module_of_the_product_is_short(
    root: Path, sources: dict[str, ast.Module]
) -> None:
    lengths = [_length(root / name) for name in sources if not name.endswith("__init__.py")]
    assert median(lengths) <= LONGEST_MEDIAN_MODULE


def test_no_function_is_longer_than_60_lines(sources: dict[str, ast.Module]) -> None:
    too_long = {}
    for name, tree in sources.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                # A docstring with shapes and units is no reason to split a function.
                first = (
                    node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
                )
                length = (node.end_lineno or 0) - first.lineno + 1
                if length > LONGEST_FUNCTION:
                    too_long[f"{name}:{node.lineno} {node.name}"] = length
    assert too_long == {}


def test_no_module_is_named_after_nothing(root: Path, files: list[Path]) -> None:
    parts = {part for path in files for part in path.relative_to(root).with_suffix("").parts}
    assert parts & EMPTY_NAMES == set()


def test_every_folder_of_modules_is_a_package(root: Path, sources: dict[str, ast.Module]) -> None:
    # The import contracts and the installed package see nothing of a folder that is none.
    folders = {Path(name).parent for name in sources} - {Path()}
    assert [
        str(each) for each in sorted(folders) if not (root / each / "__init__.py").exists()
    ] == []
