"""What is imported is declared, what is declared is imported, and all of it is locked."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

IMPORT_NAMES = {"netcdf4": "netCDF4", "ruamel-yaml": "ruamel", "salib": "SALib"}
LOCKS = ("requirements.lock", "requirements-dev.lock")
PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)==([\w.]+)(?: ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")
HOST = re.compile(r"://|--(?:extra-)?index-url|--find-links|--trusted-host|(?:^|\s)@ ")
TOOLS_RUN_AS_COMMANDS = {"import-linter", "mypy", "pytest-xdist", "ruff"}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    """Return the [project] table of pyproject.toml."""
    content = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    table: dict[str, Any] = content["project"]
    return table


def _names(requirements: list[str]) -> set[str]:
    return {_normal(re.split(r"[<>=!~ \[;]", text)[0]) for text in requirements}


def _imported(trees: dict[str, ast.Module]) -> set[str]:
    found: set[str] = set()
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"sim", "calibration", "run"}


def test_what_is_imported_is_what_is_declared(
    project: dict[str, Any], sources: dict[str, ast.Module]
) -> None:
    optional = project["optional-dependencies"]
    extras = {name for key, listed in optional.items() if key != "dev" for name in _names(listed)}
    required = _names(project["dependencies"])
    imported = _imported(sources)
    assert required & extras == set()
    assert {IMPORT_NAMES.get(name, name) for name in required} - imported == set()
    assert imported - {IMPORT_NAMES.get(name, name) for name in required | extras} == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_everything_with_hashes_and_names_no_host(root: Path, lock: str) -> None:
    lines = (root / lock).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if HOST.search(line)] == []
    assert lines[0] == "--only-binary :all:"  # nobody's setup script runs during the install
    rows = [line for line in lines[1:] if line.strip() and not line.lstrip().startswith("#")]
    pins = [index for index, line in enumerate(rows) if PIN.match(line)]
    hashes = [index for index, line in enumerate(rows) if HASH.match(line)]
    assert len(pins) > 15
    assert [row for i, row in enumerate(rows) if i not in {*pins, *hashes}] == []
    assert all(index + 1 in hashes for index in pins)


def _locked(root: Path, lock: str) -> dict[str, str]:
    found = map(PIN.match, (root / lock).read_text(encoding="utf-8").splitlines())
    return {_normal(match.group(1)): match.group(2) for match in found if match}


def test_the_locks_hold_what_the_project_declares(root: Path, project: dict[str, Any]) -> None:
    run, dev = (_locked(root, lock) for lock in LOCKS)
    declared = project["dependencies"] + project["optional-dependencies"]["dev"]
    assert _names(project["dependencies"]) <= run.keys()
    assert _names(declared) <= dev.keys()
    # The tests of the extras run with the others, so they are locked with the test tools.
    assert {*_names(project["optional-dependencies"]["cluster"]), "distributed"} <= dev.keys()
    assert _names(project["optional-dependencies"]["zarr"]) <= dev.keys()
    assert run.items() <= dev.items()
    for requirement in declared:
        name, least = requirement.split(">=")
        version = dev[_normal(name)].split(".")
        assert [int(part) for part in version[:2]] >= [int(part) for part in least.split(".")[:2]]


def test_test_tools_are_not_needed_to_run_the_model(root: Path, project: dict[str, Any]) -> None:
    tools = _names(project["optional-dependencies"]["dev"])
    assert tools & _locked(root, LOCKS[0]).keys() == set()
    assert tools >= TOOLS_RUN_AS_COMMANDS
