"""Finished cells on disk, one checksummed file each, shared by all sweeps of a project."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sim.errors import OutputError, printable
from sim.store import atomic_write_bytes, told
from sim.sweep.record import CellRecord, from_bytes, to_bytes

FOLDER = ".cells"
"""Below ``outputs``; may be deleted at any time, which costs time only."""


class CellStore:
    """Records by the key of their cell; made by :func:`open_store`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, key: str) -> Path:
        """Return where the record of a cell is kept."""
        return self.folder / key[:2] / f"{key}.npz"

    def load(self, key: str) -> CellRecord | None:
        """Return a finished cell; ``None`` where there is none or the file is damaged."""
        try:
            return from_bytes(self.path(key).read_bytes())
        except OSError:
            return None

    def save(self, key: str, record: CellRecord) -> None:
        """Write a finished cell whole or not at all.

        Raises
        ------
        OutputError
            If it cannot be written.
        """
        path = self.path(key)
        with told(path):
            path.parent.mkdir(exist_ok=True)
        atomic_write_bytes(path, to_bytes(record), durable=False)


@contextmanager
def open_store(folder: Path) -> Iterator[CellStore]:
    """Open the store, shared with other sweeps; the only one to hold it clears leftovers first.

    Parameters
    ----------
    folder : Path
        Created where it does not exist.

    Raises
    ------
    OutputError
        If it cannot be written, or is a file or a link.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise OutputError(f"{printable(str(folder))}: is not a directory")
    with told(folder, "create the directory"):
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        with suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with told(folder):
                for stray in folder.glob("*/.*.tmp"):  # of a sweep that was killed while writing
                    stray.unlink()
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield CellStore(folder)
    finally:
        os.close(handle)
