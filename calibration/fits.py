"""The fits bundle: what the simulation reads instead of fitting.

A bundle is a directory of JSON files written at a fixed number of significant digits with
sorted keys, so that the same data give the same bytes on one kind of processor. It is built in
a temporary directory beside its place and renamed into it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from calibration.bundle_files import FITTED, dump, load_json
from calibration.preflight import check_tables
from calibration.series import load_series
from calibration.tables import Tables, read_tables
from sim.errors import InputError, Problem, printable
from sim.posterior import POSTERIOR_FILE

DEFAULT_AS_OF = "2018-04"
CARRIED = ("bank.npz", "calibration.csv", "predictive.csv", "backtest.csv", "backtest.json")
"""Files of a bundle that other commands made, the bank and the stored checks: a refit leaves them
as they are."""


def city_directory(root: Path, city: str) -> Path:
    """Return the city's data directory.

    Raises
    ------
    InputError
        If the city has no data directory.
    """
    home = root / "calibration" / "data" / city
    if not home.is_dir():
        known = sorted(p.name for p in (root / "calibration" / "data").glob("*") if p.is_dir())
        raise InputError([Problem(str(home), "city", f"no data; cities: {', '.join(known)}")])
    return home


def manifest_matches(directory: Path, tables: Tables) -> bool:
    """Say whether a bundle was made from these very tables."""
    path = directory / "manifest.json"
    return path.is_file() and load_json(path) == tables.manifest()


def write_bundle(city_home: Path, tables: Tables, place: Path, donors: Iterable[Path] = ()) -> Path:
    """Fit everything and put the bundle at `place`, replacing an older one whole.

    A donor fitted to the same visible rows lends its fits, so that a change of a file without
    dates (a district's name) costs no new fit. The manifest is written last: a directory with a
    manifest is complete.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    donors = list(donors)
    work = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    try:
        donor = next((d for d in donors if lends(d, tables)), None)
        if donor is None:
            # Statsmodels takes a second to import, which a run without a fit never needs.
            from calibration.bundle import build

            for name, content in build(tables).items():
                dump(content, work / f"{name}.json")
        else:
            for name in FITTED:
                shutil.copyfile(donor / f"{name}.json", work / f"{name}.json")
        write_population(city_home, tables, work)
        carry([place, *donors], work)
        write_posterior(city_home, tables, work)
        dump(tables.manifest(), work / "manifest.json")
        replace_directory(work, place)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return place


def lends(directory: Path, tables: Tables) -> bool:
    """Say whether a complete bundle holds fits to the same visible rows."""
    path = directory / "manifest.json"
    return path.is_file() and load_json(path).get("world") == tables.world()


def write_population(city_home: Path, tables: Tables, work: Path) -> None:
    """Add the population's margins where that part of the calibration is installed."""
    if find_spec("calibration.population") is None:
        return
    module: Any = import_module("calibration.population")
    if hasattr(module, "write_population"):
        module.write_population(city_home, tables.as_of, work, tables.drop_memory)


def carry(donors: Iterable[Path], work: Path) -> None:
    """Copy what is simulated rather than fitted from the first bundle that has it."""
    for name in CARRIED:
        found = next((donor / name for donor in donors if (donor / name).is_file()), None)
        if found is not None:
            shutil.copyfile(found, work / name)


def write_posterior(city_home: Path, tables: Tables, work: Path) -> None:
    """Estimate the structural parameters where the bundle's bank speaks for its data."""
    from calibration.estimate.bank import BANK_FILE, read_bank
    from calibration.estimate.observables import Known, observed_values
    from calibration.estimate.posterior import usable, write_estimates
    from sim.city import load_city

    bank = read_bank(work / BANK_FILE)
    if bank is None:
        return
    city = load_city(work)
    if usable(bank, city):
        series = load_series(city_home, tables.as_of, drop_memory=tables.drop_memory)
        figures = observed_values(Known(tables.name, series, work))
        write_estimates(bank, figures, city, work)


def replace_directory(work: Path, place: Path) -> None:
    """Rename `work` to `place`; a bundle put there meanwhile by another run is as good."""
    for path in work.iterdir():
        with path.open("rb") as handle:
            os.fsync(handle.fileno())
    work.chmod(0o755)
    if place.exists():
        old = Path(tempfile.mkdtemp(prefix=f".old-{place.name}-", dir=place.parent))
        place.rename(old / "bundle")
        work.rename(place)
        shutil.rmtree(old, ignore_errors=True)
        return
    try:
        work.rename(place)
    except OSError:
        if not (place / "manifest.json").is_file():
            raise


def ensure(city: str, as_of: str, root: Path, drop_memory: bool = False) -> Path:
    """Return a fits bundle made from what was known at `as_of`, fitting it if need be.

    Parameters
    ----------
    city : str
        Name of a directory under ``calibration/data``.
    as_of : str
        Information date, as ``2018-04``.
    root : Path
        Project root.
    drop_memory : bool
        Leave out rows of status memory (and what derives from them).

    Returns
    -------
    Path
        The committed bundle where its manifest matches, else a cached one under
        ``outputs/.fits``.

    Raises
    ------
    InputError
        If the city or its data are missing or malformed.
    """
    home = city_directory(root, city)
    tables = read_tables(home, city, as_of, drop_memory)
    committed = root / "calibration" / "fits" / city
    if manifest_matches(committed, tables):
        return committed
    kind = "-no-memory" if drop_memory else ""
    digest = tables.manifest()["digest"][:12]
    cached = root / "outputs" / ".fits" / f"{city}-{as_of}{kind}-{digest}"
    if manifest_matches(cached, tables):
        return cached
    donors = [committed, *sorted(cached.parent.glob(f"{city}-{as_of}{kind}-*"))]
    check_tables(root, city, as_of)
    return _fitted(home, tables, cached, donors)


def _fitted(home: Path, tables: Tables, place: Path, donors: Iterable[Path] = ()) -> Path:
    """Fit and write a bundle; data that no fit can digest are the user's problem, told as such."""
    try:
        return write_bundle(home, tables, place, donors)
    except (ArithmeticError, LookupError, ValueError) as error:
        said = f"the fits fail on these data ({type(error).__name__}: {printable(str(error), 200)})"
        raise InputError(
            [Problem(str(home), "", f"{said}; compare the changed rows with the committed ones")]
        ) from error


def calibrate(
    city: str, root: Path, as_of: str = DEFAULT_AS_OF, bank: int | None = None,
    jobs: int | str = 1,
) -> int:  # fmt: skip
    """Refit the committed bundle of a city and return the exit code 0.

    Parameters
    ----------
    bank : int, optional
        Simulate a bank of so many hindcasts first and check the estimation; otherwise the
        structural parameters are estimated on the bank that lies there.
    jobs : int or "auto"
        Worker processes of the bank.
    """
    home = city_directory(root, city)
    place = root / "calibration" / "fits" / city
    check_tables(root, city, as_of)
    tables = read_tables(home, city, as_of, False)
    _fitted(home, tables, place)
    if bank is not None:
        from calibration.estimate import command

        command.fill_bank(root, city, place, bank, jobs)
        write_posterior(home, tables, place)
        command.check_predictions(root, city, place, jobs)
        command.sbc(city, root, command.REPLICATIONS)
    elif not (place / POSTERIOR_FILE).is_file():
        print(f"{place}: no posterior: no bank, or one simulated from other priors; "
              f"python run.py calibrate {city} --bank N simulates one")  # fmt: skip
    return 0
