"""Small disks that run full: in memory where mounting is allowed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Path | None]:
    """Yield a mounted disk of a size, or nothing where mounting is not allowed."""
    folder.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    allowed = shutil.which("mount") and subprocess.run(
        command, capture_output=True, check=False
    ).returncode == 0  # fmt: skip
    try:
        yield folder if allowed else None
    finally:
        if allowed:
            subprocess.run(["umount", str(folder)], check=True)


SPARE = 80_000
"""Kilobytes of a disk that a run may begin on."""


def fill(path: Path, kilobytes: int) -> None:
    """Fill a disk but for some kilobytes."""
    free = shutil.disk_usage(path.parent).free - kilobytes * 1024
    with suppress(OSError), path.open("wb", buffering=0) as handle:
        handle.write(b"\0" * max(free, 0))  # cut short where the run took some of it meanwhile
