"""``run.py backtest``: forecasts of all origins, scores, and the files that keep them."""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

import sim
from calibration.backtest.bank_cases import bank_case_rows
from calibration.backtest.cases import single_case_rows
from calibration.backtest.design import (
    ENGINE,
    FIRST_TEST_ORIGIN,
    HORIZONS,
    LOOKS,
    MEMBERS,
    NAMES,
    ORIGINS,
    OUTCOMES_AS_OF,
    QUICK_DRIVERS,
    QUICK_MODELS,
    QUICK_ORIGINS,
    SEED,
    SERIES,
    TRAINING_AS_OF,
    information_date,
)
from calibration.backtest.forecasts import OriginForecasts, forecast_all
from calibration.backtest.proving import proving_rows
from calibration.backtest.rows import COLUMNS, Row, all_rows, case_rows, flag_rows
from calibration.backtest.scoring import Verification, verification
from calibration.backtest.selection import beaten, preselect, with_benchmark
from calibration.backtest.vintages import read_outcomes, read_vintage
from calibration.bundle_files import dump
from calibration.fits import city_directory
from calibration.specs import DRIVER_CANDIDATES
from sim.store import write_csv
from sim.threads import workers_for
from sim.units import quarter_index, quarter_name

TABLE, ABOUT = "backtest.csv", "backtest.json"
CASES = ("2013Q4", "2014Q4", "2015Q4")
"""Origins whose fans are kept."""
SCALE_FROM = quarter_index("2010Q1")
WORDS = {
    "origin": ("origin {origin}: drivers {drivers}, {flags} flags",
               "起点 {origin}：驱动模型 {drivers}，标记 {flags} 个"),
    "skill": (
        "{name}: CRPS skill {value:+.2f} [{low:+.2f}, {high:+.2f}] over {benchmark}, {n} pairs",
        "{name}：CRPS 技巧 {value:+.2f} [{low:+.2f}, {high:+.2f}]，基准 {benchmark}，{n} 对",
    ),
    "written": ("written: {path}", "已写入：{path}"),
}  # fmt: skip


@dataclass(frozen=True)
class Backtest:
    """A finished backtest: verified forecasts, rows, and what was chosen."""

    found: Verification
    rows: list[Row]
    about: dict[str, Any]


def scale_of_series(home: Path, city: str) -> xr.DataArray:
    """Return each series' spread before the test: 2010 to the end of the training set."""
    figures = read_vintage(home, city, TRAINING_AS_OF).figures
    spreads = [np.std([v for q, v in figures[n].items() if q >= SCALE_FROM]) for n in NAMES]
    return xr.DataArray(spreads, dims="series", coords={"series": list(NAMES)})


def evaluate(
    home: Path,
    city: str,
    origins: Sequence[int],
    jobs: int,
    told: Callable[..., None],
    *,
    bundle: Path,
    quick: bool = False,
) -> Backtest:
    """Forecast at all origins, choose benchmarks on the training pairs, score every set.

    `bundle` holds the bank of hindcasts, where there is one.
    """
    outcomes = read_outcomes(home, city, tuple(origins))
    if quick:
        spec = next(s for s in DRIVER_CANDIDATES if s.name == QUICK_DRIVERS)
        forecasts = forecast_all(home, city, origins, jobs, spec, QUICK_MODELS)
    else:
        forecasts = forecast_all(home, city, origins, jobs)
    for each in forecasts:
        told("origin", origin=quarter_name(each.origin), drivers=each.chosen["drivers"],
             flags=len(each.flags))  # fmt: skip
    raw = verification(forecasts, outcomes)
    chosen = preselect(raw.crps(), raw.sets)
    found = with_benchmark(raw, chosen)
    rows = list(all_rows(found, scale_of_series(home, city)))
    rows += flag_rows(flags_of(forecasts))
    shown = [q for q in (quarter_index(c) for c in CASES) if q in origins]
    rows += case_rows(found, shown, [f"case_{quarter_name(q)}" for q in shown])
    rows += single_case_rows(home, city, forecasts)
    rows += proving_rows(home, city, forecasts)
    rows += bank_case_rows(home, city, bundle, forecasts)
    about = {
        "benchmarks": chosen,
        "training_ratio_engine_over_benchmark": beaten(found.crps(), found.sets),
        "engine": {quarter_name(f.origin): f.chosen for f in forecasts},
        "flags": {
            " ".join(key): [quarter_name(q) for q in where]
            for key, where in flags_of(forecasts).items()
        },
    }
    return Backtest(found, rows, about)


def flags_of(forecasts: Sequence[OriginForecasts]) -> dict[tuple[str, str, str], list[int]]:
    """Return (model, series, flag) -> origins."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for each in forecasts:
        for (model, series), flag in each.flags.items():
            found.setdefault((model, series, flag), []).append(each.origin)
    return dict(sorted(found.items()))


def code_digest() -> str:
    """Return the hash of the sources that make a forecast or a score."""
    root = Path(sim.__file__).resolve().parents[1]
    files = [*(root / "calibration").rglob("*.py"), *(root / "sim").glob("outside*.py"),
             root / "sim" / "rng.py"]  # fmt: skip
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(f"{file.relative_to(root).as_posix()}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def provenance(home: Path, city: str, origins: Sequence[int]) -> dict[str, Any]:
    """Return date, versions, design and digest of the data seen."""
    tables = read_vintage(home, city, OUTCOMES_AS_OF).tables
    return {
        "city": city,
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "version": sim.__version__,
        "code": code_digest(),
        "data": tables.world(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in ("numpy", "scores", "scipy", "statsmodels")},
        "outcomes_as_of": OUTCOMES_AS_OF,
        "training_as_of": TRAINING_AS_OF,
        "first_test_origin": quarter_name(FIRST_TEST_ORIGIN),
        "origins": {quarter_name(q): information_date(q) for q in origins},
        "horizons": list(HORIZONS),
        "members": MEMBERS,
        "seed": SEED,
        "looks": [
            {"date": date, "reason": reason, "changed": list(changed)}
            for date, reason, changed in LOOKS
        ],
        "series": {s.name: [s.label, s.label_zh, s.unit] for s in SERIES},
    }


def backtest(
    city: str,
    root: Path,
    *,
    quick: bool = False,
    jobs: int | str = "auto",
    lang: str = "en",
    out: Path | None = None,
) -> int:
    """Run the backtest of a city and keep table and provenance beside its fits.

    Parameters
    ----------
    city : str
    root : Path
        Project root.
    quick : bool
        Two origins, two competitors and a fixed driver candidate, written to ``outputs`` and never
        beside the fits: a check that the machinery runs, not a track record.
    jobs : int or str
    lang : {"en", "zh"}
    out : Path, optional
        Folder of the two files.

    Returns
    -------
    int
        0.

    Raises
    ------
    InputError
        If the city or its data are missing or malformed.
    OutputError
        If a file cannot be written.
    """
    home = city_directory(root, city)
    origins = list(QUICK_ORIGINS if quick else ORIGINS)
    place = out or (
        root / "outputs" / "backtest" / city if quick else root / "calibration" / "fits" / city
    )
    place.mkdir(parents=True, exist_ok=True)
    side = 1 if lang == "zh" else 0

    def told(key: str, **values: object) -> None:
        print(WORDS[key][side].format(**values), file=sys.stderr, flush=True)

    about = provenance(home, city, origins) | {"quick": quick}
    bundle = root / "calibration" / "fits" / city
    made = evaluate(
        home, city, origins, workers_for(jobs, len(origins)), told, bundle=bundle, quick=quick
    )
    write_csv(place / TABLE, COLUMNS, (rounded(row) for row in made.rows))
    dump(about | made.about, place / ABOUT)
    tell_skill(made, told)
    told("written", path=place / TABLE)
    return 0


def tell_skill(made: Backtest, told: Callable[..., None]) -> None:
    """Print the skill of each series over all horizons on the test origins."""
    for series, model, origins, horizon, metric, value, low, high, count in made.rows:
        if (model, origins, horizon, metric) == (ENGINE, "test", "all", "crps_skill"):
            nan = float("nan")
            told("skill", name=series, value=value if value is not None else nan,
                 low=nan if low is None else low, high=nan if high is None else high,
                 benchmark=made.about["benchmarks"].get(series, "all"), n=count)  # fmt: skip


def rounded(row: Row) -> list[object]:
    """Return a row with seven significant digits, so that last bits of a CPU do not show."""
    return [float(f"{cell:.6e}") if isinstance(cell, float) else cell for cell in row]
