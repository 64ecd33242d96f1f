"""The directory of a run: locked by the kernel, replaced whole, nothing left behind.

A run works in ``<out>/.members`` and in a sibling ``.<name>.partial-<pid>``; the sibling takes
the directory's place in one step when it is complete. The lock is a ``flock`` on the directory
itself, so that a killed run leaves nothing to unlock.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sim.errors import BusyError, OutputError, printable
from sim.store import flush, told

MEMBERS = ".members"
MANIFEST = "manifest.json"
OWN_FILES = frozenset({
    MEMBERS, MANIFEST, "results.nc", "scorecard.csv", "attainment.csv", "indicators.csv",
    "joint.csv", "tables.xlsx", "scenarios_iamc.csv", "figures", "report.html",
    "scenario.resolved.yaml", "design.csv", "comparison.csv", "inputs_diff.csv",
})  # fmt: skip
"""What a run may write at the top of its directory, beside what its manifest names."""
SPARE_BYTES = 64_000_000
"""Space asked for beyond the members' files: tables, figures and the report."""
_SWAP_LINUX, _SWAP_MACOS, _HERE = 2, 2, -100


class OutputDirectory:
    """A directory held by this process; made by :func:`hold`.

    Attributes
    ----------
    path : Path
        The final directory.
    """

    def __init__(self, path: Path, lock: int) -> None:
        self.path = path
        self._lock = lock
        self._staged: tuple[Path, int] | None = None

    @property
    def members(self) -> Path:
        """Folder of finished members; refused where it is a symbolic link."""
        folder = self.path / MEMBERS
        if folder.is_symlink():
            raise OutputError(f"{printable(str(folder))}: is a symbolic link; remove it")
        return folder

    def stage(self) -> Path:
        """Return an empty sibling folder, locked as well, to be filled and published."""
        staged = self.path.with_name(f".{self.path.name}.partial-{os.getpid()}")
        with told(staged):
            staged.mkdir()
            self._staged = (staged, _open_locked(staged))
        return staged

    def publish(self) -> None:
        """Put the staged folder in the directory's place in one step; drop what it replaces.

        Files that no run of this program wrote are carried over.
        """
        assert self._staged is not None, "nothing staged"
        staged, lock = self._staged
        with told(self.path):
            self.members.mkdir(exist_ok=True)  # tells a replaced directory from a staged one
            for entry in sorted(staged.rglob("*")):
                if not entry.is_symlink():
                    flush(entry)
            flush(staged)
            _exchange(staged, self.path)
            flush(self.path.parent)
        os.close(self._lock)
        self._lock, self._staged = lock, None
        _discard(staged, self.path)

    def clear_members(self) -> None:
        """Remove all finished members."""
        with told(self.path):
            if self.members.exists():
                shutil.rmtree(self.members)

    def close(self) -> None:
        """Drop an unpublished staged folder and release the lock."""
        if self._staged is not None:
            staged, lock = self._staged
            self._staged = None
            if (staged / MEMBERS).is_dir():  # a signal came just after the swap
                _discard(staged, self.path)
            shutil.rmtree(staged, ignore_errors=True)
            os.close(lock)
        with suppress(OSError):
            if not any(self.path.iterdir()):
                self.path.rmdir()
        os.close(self._lock)


@contextmanager
def hold(path: Path, *, needed_bytes: int = 0) -> Iterator[OutputDirectory]:
    """Create and lock a directory, after checking that it can be written and has space.

    Parameters
    ----------
    path : Path
        The run's directory; its parents are created.
    needed_bytes : int
        Space that the run itself will take.

    Raises
    ------
    OutputError
        If it cannot be written, lacks space, or is a file, link or mount point.
    BusyError
        If another run holds it.
    """
    path = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow a link
    _refuse_unsuitable(path)
    with told(path, "create the directory"):
        _restore(path)
        path.mkdir(parents=True, exist_ok=True)
    held = OutputDirectory(path, _lock_current(path))
    try:
        _recover(path)
        _probe(path, needed_bytes)
        yield held
    finally:
        held.close()


def _refuse_unsuitable(path: Path) -> None:
    shown = printable(str(path))
    if path.is_symlink():
        raise OutputError(f"{shown}: is a symbolic link; name the directory itself")
    if path.exists() and not path.is_dir():
        raise OutputError(f"{shown}: is not a directory")
    if path.is_mount():
        raise OutputError(f"{shown}: is a mount point; name a directory below it")


def _open_locked(path: Path) -> int:
    """Open a directory and take the kernel's lock on it, or say that it is taken."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            raise BusyError(f"{printable(str(path))}: another run is writing here") from None
        raise
    return handle


def _lock_current(path: Path) -> int:
    """Lock the directory that `path` names now: a publishing run may swap it meanwhile."""
    with told(path, "lock"):
        while True:
            path.mkdir(exist_ok=True)
            handle = _open_locked(path)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(handle), path.stat()):
                    return handle
            os.close(handle)


def _leftovers(path: Path) -> list[Path]:
    pattern = re.compile(rf"\.{re.escape(path.name)}\.partial-\d+")
    return sorted(p for p in path.parent.iterdir() if pattern.fullmatch(p.name) and p.is_dir())


def _restore(path: Path) -> None:
    """Bring back a directory whose run was killed between the two renames of a swap."""
    if path.parent.is_dir() and not path.exists():
        former = [folder for folder in _leftovers(path) if (folder / MEMBERS).is_dir()]
        if former:
            former[-1].rename(path)


def _recover(path: Path) -> None:
    """Clear away what a killed run left; only the holder of the lock comes here."""
    with told(path):
        for leftover in _leftovers(path):
            if (leftover / MEMBERS).is_dir():
                _discard(leftover, path)
            else:
                shutil.rmtree(leftover)
        trial = re.compile(rf"\.{re.escape(path.name)}\.\d+\.tmp")
        for stray in [*path.iterdir(), *path.parent.iterdir()]:
            if trial.fullmatch(stray.name):
                stray.unlink()


def _discard(folder: Path, successor: Path) -> None:
    """Remove a folder after moving what no run wrote to its successor."""
    own = OWN_FILES | _named_in_manifest(folder)
    with told(folder):
        for entry in folder.iterdir():
            target = successor / entry.name
            if entry.name not in own and not os.path.lexists(target):
                entry.rename(target)
        shutil.rmtree(folder)


def _named_in_manifest(folder: Path) -> frozenset[str]:
    """Return the top-level names of the files that a run's manifest lists."""
    try:
        files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        return frozenset(str(name).split("/", 1)[0] for name in files)
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()


def _probe(path: Path, needed_bytes: int) -> None:
    """Write and remove a file here and beside, and look for enough free space."""
    for folder in (path, path.parent):
        trial = folder / f".{path.name}.{os.getpid()}.tmp"
        with told(folder):
            try:
                trial.write_bytes(b"\0" * 4096)
                flush(trial)
            finally:
                with suppress(OSError):
                    trial.unlink(missing_ok=True)
    free = shutil.disk_usage(path).free
    needed = needed_bytes + SPARE_BYTES
    if free < needed:
        raise OutputError(
            f"{printable(str(path))}: needs about {needed / 1e6:,.0f} MB of disk, "
            f"{free / 1e6:,.0f} MB are free"
        )


def _exchange(first: Path, second: Path) -> None:
    """Swap two directories in one step where the system can, else by two renames."""
    library = ctypes.CDLL(None, use_errno=True)
    one, two = os.fsencode(first), os.fsencode(second)
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        done = library.renamex_np(one, two, _SWAP_MACOS)
    elif hasattr(library, "renameat2"):
        done = library.renameat2(_HERE, one, _HERE, two, _SWAP_LINUX)
    else:
        done, _ = -1, ctypes.set_errno(errno.ENOSYS)
    if done == 0:
        return
    code = ctypes.get_errno()
    if code not in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        raise OSError(code, os.strerror(code))
    aside = first.with_name(f"{first.name}0")  # still matches the pattern of leftovers
    second.rename(aside)
    first.rename(second)
    aside.rename(first)
