"""Public functions say what they take: docstrings exist and agree with the signatures."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from itertools import zip_longest

Function = ast.FunctionDef | ast.AsyncFunctionDef
SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}$", re.MULTILINE)
ENTRY = re.compile(r"^(\*{0,2}\w+(?:, \*{0,2}\w+)*)(?: ?:.*)?$", re.MULTILINE)


def _section(docstring: str, title: str) -> str | None:
    """Return the text of one section of a numpydoc docstring, or None where it has none."""
    heads = list(SECTION.finditer(docstring))
    for head, following in zip_longest(heads, heads[1:]):
        if head.group(1) == title:
            return docstring[head.end() : following.start() if following else None]
    return None


def _documented(docstring: str) -> list[str] | None:
    """Return the parameters that a docstring lists, or None where it lists none."""
    section = _section(inspect.cleandoc(docstring), "Parameters")
    if section is None:
        return None
    listed = [name for match in ENTRY.finditer(section) for name in match.group(1).split(", ")]
    return [name.lstrip("*") for name in listed]


def _parameters(function: Function) -> list[str]:
    a = function.args
    every = [*a.posonlyargs, *a.args, *([a.vararg] if a.vararg else []), *a.kwonlyargs]
    every += [a.kwarg] if a.kwarg else []
    return [argument.arg for argument in every if argument.arg not in {"self", "cls"}]


def _public(tree: ast.Module) -> Iterator[Function]:
    """Yield the public functions of a module and the public methods of its public classes."""
    for node in tree.body:
        if isinstance(node, Function) and not node.name.startswith("_"):
            yield node
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for item in node.body:
                if isinstance(item, Function) and not item.name.startswith("_"):
                    yield item


def test_documented_parameters_are_those_of_the_signature(sources: dict[str, ast.Module]) -> None:
    wrong, checked = {}, 0
    for name, tree in sources.items():
        for function in _public(tree):
            listed = _documented(ast.get_docstring(function) or "")
            if listed is not None:
                checked += 1
                # What annotation and name say already may be left out; nothing else may be listed.
                if listed != [each for each in _parameters(function) if each in listed]:
                    wrong[f"{name}:{function.lineno} {function.name}"] = listed
    assert wrong == {}
    assert checked > 20


def test_every_public_function_and_class_has_a_docstring(sources: dict[str, ast.Module]) -> None:
    bare = []
    for name, tree in sources.items():
        classes = [n for n in tree.body if isinstance(n, ast.ClassDef) and n.name[0] != "_"]
        bare += [
            f"{name}:{node.lineno} {node.name}"
            for node in [*_public(tree), *classes]
            if not ast.get_docstring(node)
        ]
        bare += [] if ast.get_docstring(tree) else [name]
    assert bare == []


def test_a_wrong_docstring_is_noticed() -> None:
    code = 'def f(rate, *, years): "Do.\\n\\nParameters\\n----------\\nrate : float\\n    Rate.\\n"'
    (function,) = _public(ast.parse(code))
    assert _documented(ast.get_docstring(function) or "") == ["rate"]
    assert _parameters(function) == ["rate", "years"]
    assert _documented("Do.\n\nReturns\n-------\nfloat\n") is None
