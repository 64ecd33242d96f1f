"""``results.zarr``: the sweep's dataset once more as a Zarr store, for tools that read clouds.

Needs the extra ``[zarr]``. A store is a folder of many files: it is written into the folder about
to be published, which is flushed and put in place in one step, so that no half store can be seen.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from sim.errors import OutputError, UserError
from sim.results import RESULTS_FILE
from sim.store import told

ZARR_STORE = "results.zarr"
INSTALL = "pip install zarr"
FORMAT = 2
"""Of the store: the third has no text of varying length in its specification."""


def need_zarr() -> None:
    """Refuse before anything is simulated where the extra is not installed.

    Raises
    ------
    UserError
        One line with the command that installs it.
    """
    try:
        import_module("zarr")
    except ModuleNotFoundError:
        raise UserError(f"--zarr: the package zarr is missing: {INSTALL}") from None


def write_zarr(folder: Path) -> None:
    """Copy a folder's ``results.nc`` to ``results.zarr`` beside it, a variable in memory at a time.

    Parameters
    ----------
    folder : Path
        Not yet published.

    Raises
    ------
    OutputError
        If it cannot be written, a full disk included.
    """
    import xarray

    path = folder / ZARR_STORE
    with told(path), xarray.open_dataset(folder / RESULTS_FILE, cache=False) as data:
        for variable in data.variables.values():
            # What only a NetCDF file knows; the store has its own chunks and compression.
            kept = {"_FillValue", "units", "calendar", "dtype"}
            variable.encoding = {k: v for k, v in variable.encoding.items() if k in kept}
        try:
            data.to_zarr(path, mode="w-", zarr_format=FORMAT, consolidated=True)
        except RuntimeError as error:
            raise OutputError(f"{path}: cannot write: {error}") from None
