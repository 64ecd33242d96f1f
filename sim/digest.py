"""The digest of results: over names, dimensions, coordinates and data, not over file bytes.

Compression, chunking, attributes and the library's version do not enter: two runs with the
same numbers have the same digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import OutputError
from sim.results import RESULTS_FILE
from sim.store import told

if TYPE_CHECKING:
    from netCDF4 import Dataset, Group


def _bytes_of(values: Any) -> tuple[str, bytes]:
    """Return type name and canonical bytes: little endian, one NaN, texts in UTF-8."""
    array = np.asarray(values)
    if array.dtype.kind in "OUS":
        texts = [str(text) for text in array.ravel()]
        return "text", "\0".join(texts).encode("utf-8")
    if array.dtype.kind == "f":
        array = np.where(np.isnan(array), np.array(np.nan, dtype=array.dtype), array)
    canonical = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    return canonical.dtype.str, canonical.tobytes()


def variable_digests(path: Path) -> dict[str, str]:
    """Return the hash of each variable's dimensions, shape, type and data.

    The keys are the variables' paths, ``/name`` or ``/group/name``.

    Parameters
    ----------
    path : Path
        A NetCDF file.

    Raises
    ------
    OutputError
        If it cannot be read.
    """
    import netCDF4

    try:
        with netCDF4.Dataset(path, "r") as data:
            data.set_auto_maskandscale(False)
            found = _group_digests(data)
            for group in data.groups.values():
                found |= _group_digests(group)
            return dict(sorted(found.items()))
    except (OSError, RuntimeError) as error:
        raise OutputError(f"{path}: cannot read the results: {error}") from None


def _group_digests(group: Dataset | Group) -> dict[str, str]:
    digests: dict[str, str] = {}
    for name, variable in group.variables.items():
        kind, content = _bytes_of(variable[...])
        full = f"{group.path.rstrip('/')}/{name}"
        head = f"{full}|{','.join(variable.dimensions)}|{variable.shape}|{kind}\n"
        digests[full] = hashlib.sha256(head.encode("utf-8") + content).hexdigest()
    return digests


def digest_of(parts: Mapping[str, str]) -> str:
    """Return one hash over named hashes, whatever their order.

    Examples
    --------
    >>> digest_of({"a": "1", "b": "2"}) == digest_of({"b": "2", "a": "1"})
    True
    """
    text = "".join(f"{name} {parts[name]}\n" for name in sorted(parts))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def digest_file(path: Path) -> str:
    """Return the digest of one results file."""
    with told(path, "read the results"):
        about = path.stat()
    return _digest_of_version(path, about.st_ino, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=1)
def _digest_of_version(path: Path, *version: int) -> str:
    """Return the digest of a file as it stood at a moment: the page of a run asks for it again."""
    return digest_of(variable_digests(path))


def digest_directory(path: Path) -> str:
    """Return the digest of a run's directory, or of a directory of runs.

    Parameters
    ----------
    path : Path
        A directory with ``results.nc``, or one whose subdirectories have it (a comparison).

    Raises
    ------
    OutputError
        If there are no results, or they cannot be read.
    """
    if (path / RESULTS_FILE).is_file():
        return digest_file(path / RESULTS_FILE)
    parts: dict[str, str] = {}
    if path.is_dir():
        for folder in sorted(path.iterdir()):
            if not folder.name.startswith(".") and (folder / RESULTS_FILE).is_file():
                parts[folder.name] = digest_file(folder / RESULTS_FILE)
    if not parts:
        raise OutputError(f"{path}: holds no {RESULTS_FILE}")
    return digest_of(parts)
