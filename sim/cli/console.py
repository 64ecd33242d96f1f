"""Text for a terminal: plain aligned tables, safe characters, streams that may be closed."""

from __future__ import annotations

import io
import os
import sys
import unicodedata
from argparse import Namespace
from collections.abc import Sequence

from sim.errors import InputError, Problem, printable


def secure_streams() -> None:
    """Make standard streams safe to write to: open, and never failing on a character.

    A closed descriptor is pointed at nothing first, so that no file of ours takes its number.
    """
    for descriptor, name in ((0, "stdin"), (1, "stdout"), (2, "stderr")):
        try:
            os.fstat(descriptor)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != descriptor:
                os.dup2(opened, descriptor)
                os.close(opened)
        if getattr(sys, name) is None:
            mode = "r" if descriptor == 0 else "w"
            stream = os.fdopen(descriptor, mode, encoding="utf-8", closefd=False)
            setattr(sys, name, stream)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def abandon(stream_descriptor: int) -> None:
    """Point a broken standard stream at nothing, so that leaving Python says nothing more."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, stream_descriptor)
    os.close(nothing)


def complain(text: str) -> None:
    """Write lines to standard error; a closed one is no reason to fail."""
    try:
        print(text, file=sys.stderr, flush=True)
    except (OSError, ValueError):
        abandon(2)


def width(text: str) -> int:
    """Return how many columns a text takes on a terminal.

    Examples
    --------
    >>> width("ab"), width("亩均")
    (2, 4)
    """
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return rows as aligned text; numbers to the right, control characters escaped."""
    cells = [[shown(cell) for cell in row] for row in [header, *rows]]
    widths = [max(width(row[i]) for row in cells) for i in range(len(header))]
    right = [
        bool(rows) and all(row[i] is None or type(row[i]) in (int, float) for row in rows)
        for i in range(len(header))
    ]
    lines = []
    for row in cells:
        parts = [
            " " * (widths[i] - width(cell)) + cell
            if right[i]
            else cell + " " * (widths[i] - width(cell))
            for i, cell in enumerate(row)
        ]
        lines.append("  ".join(parts).rstrip())
    lines.insert(1, "  ".join("-" * size for size in widths))
    return "\n".join(lines)


def shown(cell: object) -> str:
    """Return a cell as short, safe text."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return f"{cell:.6g}"
    return printable(str(cell), 90)


def without_empty_paths(arguments: Namespace) -> Namespace:
    """Return the arguments; an empty path is most often a shell variable that is not set.

    Raises
    ------
    InputError
        If an option that names a file or directory is empty.
    """
    for option in ("out", "cells", "log"):
        if getattr(arguments, option, None) == "":
            message = "empty; name a directory or a file, or leave it out"
            raise InputError([Problem("command line", f"--{option}", message)])
    return arguments
