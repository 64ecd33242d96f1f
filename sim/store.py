"""How files are written: whole or not at all, checked, and safe to open elsewhere.

Every file is written under a temporary name in its own folder, flushed to the disk and renamed:
a path is absent, or holds the old content, or the new one. Whatever goes wrong is told as an
:class:`~sim.errors.OutputError` (exit 4).
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from sim.errors import OutputError, printable
from sim.tables import defused

NAME_LIMIT = 120
_RESERVED = re.compile(r"[^\w.+-]+")


@contextmanager
def told(path: Path, doing: str = "write") -> Iterator[None]:
    """Turn the system's refusal into one line that names the path."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error) or type(error).__name__
        raise OutputError(f"{printable(str(path))}: cannot {doing}: {reason}") from None


def flush(path: Path) -> None:
    """Ask the system to bring a file or folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def new_file(path: Path, *, durable: bool = True) -> Iterator[Path]:
    """Yield a temporary path beside `path` and rename it when the block ends without error.

    Parameters
    ----------
    path : Path
        Final path; a symbolic link there is replaced, never followed.
    durable : bool
        Flush to the disk first; not needed where a checksum guards the content.

    Raises
    ------
    OutputError
        If the folder or file cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with told(path):
            yield temporary
            if durable:
                flush(temporary)
            temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    if durable:
        with told(path):
            flush(path.parent)


def atomic_write_bytes(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    with new_file(path, durable=durable) as temporary:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(temporary, flags, 0o666), "wb") as handle:
            handle.write(data)


def atomic_write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8 with line feeds, whole or not at all."""
    atomic_write_bytes(path, text.encode("utf-8", errors="replace"))


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes.

    Raises
    ------
    OutputError
        If it cannot be read.
    """
    with told(path, "read"), path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def checksums(folder: Path) -> dict[str, str]:
    """Return relative path to SHA-256 of every file below a folder, sorted."""
    with told(folder, "read"):
        files = sorted(f for f in folder.rglob("*") if f.is_file() and not f.is_symlink())
    return {file.relative_to(folder).as_posix(): sha256_of(file) for file in files}


def safe_name(text: str) -> str:
    """Return a text as a plain file name: no separators, no leading dot, bounded length.

    Examples
    --------
    >>> safe_name("../etc/pass wd"), safe_name("...")
    ('etc_pass_wd', 'unnamed')
    """
    plain = _RESERVED.sub("_", unicodedata.normalize("NFC", text)).strip("._")
    while len(plain.encode("utf-8")) > NAME_LIMIT:
        plain = plain[:-1]
    return plain or "unnamed"


def plain_text(text: str) -> str:
    r"""Return a text without control characters; line breaks and tabs become spaces.

    Examples
    --------
    >>> plain_text("a\x1b[31m\nb")
    'a[31m b'
    """
    if text.isprintable():
        return text
    spaced = re.sub(r"[\r\n\t]+", " ", text)
    return "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cs"))


def _cell(value: object) -> object:
    """Return a cell as it is written: empty for what does not apply, numbers in full."""
    if value is None:
        return ""
    if isinstance(value, str):
        return defused(plain_text(value))
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    if isinstance(value, bool) or kind == "b":
        return "true" if value else "false"
    if isinstance(value, int) or kind in ("i", "u"):
        return str(value)
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return defused(plain_text(str(value)))
    if math.isnan(number):
        return ""
    return repr(number)


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as CSV: full precision, text that a spreadsheet cannot take for a formula.

    Examples
    --------
    >>> print(csv_text(["name", "x"], [["=1+1", -0.5], ["b", float("nan")]]), end="")
    name,x
    '=1+1,-0.5
    b,
    """
    out = io.StringIO()
    _write_rows(out, columns, rows)
    return out.getvalue()


def _write_rows(out: TextIO, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_cell(column) for column in columns])
    writer.writerows([_cell(value) for value in row] for row in rows)


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table as CSV, row by row as they come; see :func:`csv_text`.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    with new_file(path) as temporary:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        handle = os.open(temporary, flags, 0o666)
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="") as file:
            _write_rows(file, columns, rows)


def writable(target: Path) -> None:
    """Make the folder of a file to be written, before anything is computed for it.

    Raises
    ------
    OutputError
        If the path cannot become a file.
    """
    with told(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir() or not os.access(target.parent, os.W_OK):
        raise OutputError(f"{printable(str(target))}: cannot write a file there")
