"""What the import contracts in pyproject.toml cannot express."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path
from typing import Any

import pytest


def _imports(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.fixture(scope="module")
def layers(root: Path) -> list[str]:
    """Return the modules that the layer contract names."""
    content = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    contracts: list[dict[str, Any]] = content["tool"]["importlinter"]["contracts"]
    (stages,) = (each for each in contracts if each["id"] == "stages")
    return [
        name.strip()
        for row in stages["layers"]
        for part in row.split("|")
        for name in part.split(":")
    ]


def test_nothing_imports_the_command(sources: dict[str, ast.Module]) -> None:
    assert "run.py" in sources
    assert [name for name, tree in sources.items() if "run" in _imports(tree)] == []


def test_every_module_has_a_layer(layers: list[str], sources: dict[str, ast.Module]) -> None:
    # Otherwise a new module would stand outside the contract and could import anything.
    paths = [name.removesuffix(".py").split("/") for name in sources]
    modules = {".".join(["sim", path[1]]) for path in paths if path[0] == "sim"} - {"sim.__init__"}
    assert sorted(modules - set(layers)) == []
    assert sorted(set(layers) - modules - {"calibration"}) == []
    assert len(layers) == len(set(layers))


def test_compiled_loops_take_money_as_an_argument(sources: dict[str, ast.Module]) -> None:
    # A loop keeps the constants it was compiled with: a unit set later would not reach it.
    loops = [name for name in sources if name.startswith("sim/") and name.endswith("_kernels.py")]
    assert len(loops) > 10
    assert [name for name in loops if "sim.units" in _imports(sources[name])] == []
