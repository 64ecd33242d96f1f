"""Nothing in the files ties them to one machine, and nothing is left unfinished."""

from __future__ import annotations

import ast
import re
from pathlib import Path

# Written so that this file does not find itself.
MACHINE_PATH = re.compile(
    r"(?<![\w./<{~*-])/(?:home|root|work|Users|private/var|mnt)/" + r"[\w.-]+"
)
UNFINISHED = re.compile(
    "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "NotImplemented" + "Error"])
)
LARGEST_KILOBYTES = 5120


def test_no_path_of_a_machine_is_written_down(root: Path, text_files: list[Path]) -> None:
    found = []
    for path in text_files:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if MACHINE_PATH.search(line) and path.name != ".gitignore":
                found.append(f"{path.relative_to(root)}:{number}: {line.strip()[:100]}")
    assert found == []


def test_the_pattern_for_machine_paths_catches_one() -> None:
    assert MACHINE_PATH.search("see /ho" + "me/someone/project")
    assert not MACHINE_PATH.search("docs/work/plan and https://host/root/x")


def test_nothing_is_left_unfinished(root: Path, files: list[Path]) -> None:
    found = [
        f"{path.relative_to(root)}:{number}"
        for path in files
        if path.suffix == ".py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if UNFINISHED.search(line)
    ]
    assert found == []


def test_no_test_is_skipped_or_expected_to_fail(root: Path) -> None:
    # `skipif` with a reason is for what an operating system lacks, and only for that.
    marks = re.compile(r"pytest\.(mark\.)?(skip\b|xfail|importor" + r"skip)")
    found = [
        str(path.relative_to(root))
        for path in sorted((root / "tests").rglob("*.py"))
        if marks.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_file_is_large(root: Path, files: list[Path]) -> None:
    sizes = {path.relative_to(root).as_posix(): path.stat().st_size // 1024 for path in files}
    assert {name: kb for name, kb in sizes.items() if kb > LARGEST_KILOBYTES} == {}


def test_every_text_file_is_utf8_with_unix_line_ends(root: Path, text_files: list[Path]) -> None:
    # The inputs of the reading tests are the one place where odd bytes belong.
    kept = [path for path in text_files if "inputs" not in path.relative_to(root).parts]
    broken = []
    for path in kept:
        content = path.read_bytes()
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            broken.append(path.relative_to(root))
        if b"\r" in content or content.startswith(b"\xef\xbb\xbf"):
            broken.append(path.relative_to(root))
    assert broken == []


def test_the_product_never_pickles_nor_evaluates(sources: dict[str, ast.Module]) -> None:
    found = []
    for name, tree in sources.items():
        for node in ast.walk(tree):
            modules: list[str] = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                called = {node.func.id} & {"eval", "exec", "compile", "__import__"}
                found += [f"{name}:{node.lineno} {each}" for each in called]
            banned = {"pickle", "dill", "cloudpickle", "shelve", "marshal"}
            found += [f"{name} imports {m}" for m in modules if m.split(".")[0] in banned]
    assert found == []
