"""Paths of single drivers, quarter by quarter: pure functions of draws, shocks and numbers.

Growth is in per cent (logarithm times 100) where it comes from the fits and a plain logarithm
where it leaves. Each quarter uses only numbers keyed by that quarter, so that a shorter horizon
is a prefix of a longer one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from sim.inversion import to_normal
from sim.rng import KeyedRandom
from sim.world import Shock

Floats = NDArray[np.float64]
DRIVERS = ("industrial", "exports", "ppi", "cpi", "credit", "orders")
SHOCKS = np.arange(2 + len(DRIVERS), dtype=np.int64)


def shock_window(shock: Shock, quarters: range) -> Floats:
    """Return the shock's size in each quarter of its window, zero outside; shape (quarters,)."""
    out = np.zeros(len(quarters))
    if shock.size == 0.0 or shock.path:
        return out
    index = np.arange(quarters.start, quarters.stop)
    inside = np.ones(len(index), dtype=bool)
    if shock.first is not None:
        inside &= index >= shock.first
    if shock.until is not None:
        inside &= index <= shock.until
    out[inside] = shock.size
    return out


def fixed_values(shock: Shock, quarters: range) -> dict[int, float]:
    """Return position -> value of a fixed path, each value held until the next."""
    if not shock.path:
        return {}
    values: dict[int, float] = {}
    steps = sorted(shock.path.items())
    for position, quarter in enumerate(quarters):
        past = [value for start, value in steps if start <= quarter]
        if past:
            values[position] = past[-1]
    return values


def impose_growth(growth: Floats, shock: Shock | None, quarters: range, begin: int) -> Floats:
    """Apply a shock to quarterly log growth (plain logarithm).

    A shock shifts the level over its window; a fixed path sets the year-on-year rate. Quarters
    before `begin` (the past) are untouched.
    """
    if shock is None:
        return growth
    out = growth
    window = shock_window(shock, quarters)
    window[: max(0, begin - quarters.start)] = 0.0
    if window.any():
        out = growth + np.diff(window, prepend=0.0)
    fixed = fixed_values(shock, quarters)
    if fixed:
        out = out.copy()
        for position, value in fixed.items():
            if quarters[position] >= begin:
                out[position] = np.log1p(value) - out[position - 3 : position].sum()
    return out


def impose_value(
    values: Floats, shock: Shock | None, quarters: range, begin: int, low: float, high: float
) -> Floats:
    """Apply a shock in points, or a fixed path, to a rate kept within [low, high]."""
    if shock is None:
        return values
    window = shock_window(shock, quarters)
    window[: max(0, begin - quarters.start)] = 0.0
    out = values
    if window.any():
        out = np.where(window != 0.0, np.clip(values + window, low, high), values)
    fixed = fixed_values(shock, quarters)
    if fixed:
        out = out.copy()
        for position, value in fixed.items():
            if quarters[position] >= begin:
                out[position] = value
    return out


def driver_paths(
    entry: Mapping[str, Mapping[str, Floats]],
    draw: int,
    origin: int,
    quarters: range,
    random: KeyedRandom,
) -> dict[str, Floats]:
    """Return each driver over `quarters`: the smoothed past, then the model's own dynamics.

    Parameters
    ----------
    entry : mapping
        ``parameters``, ``last`` and ``history`` of drivers.json.
    draw : int
        Which stored draw.
    origin : int
        Last quarter of the smoothed past; `quarters` starts with the past's first quarter.
    """
    parameter = {name: float(values[draw]) for name, values in entry["parameters"].items()}
    state = {name: float(values[draw]) for name, values in entry["last"].items()}
    slopes = {"industrial": 1.0, "exports": 1.0, "credit": 4.0}
    past = origin - quarters.start + 1
    paths = {name: np.empty(max(len(quarters), past)) for name in DRIVERS}
    for name in DRIVERS:
        paths[name][:past] = entry["history"][name][draw]
    later = range(origin + 1, quarters.stop)
    drawn = [random.uniforms("outside/drivers", SHOCKS, quarter)[0] for quarter in later]
    shocks = np.array(drawn).reshape(len(later), len(SHOCKS))
    to_normal(shocks.reshape(-1))
    for quarter, noise in zip(later, shocks.tolist(), strict=True):
        pull = 1.0 - parameter["trend_persistence"]
        state["trend"] += pull * (parameter["trend_mean"] - state["trend"])
        state["trend"] += parameter["trend_sd"] * noise[0]
        state["factor"] = (
            parameter["factor_persistence"] * state["factor"] + parameter["factor_sd"] * noise[1]
        )
        for number, name in enumerate(DRIVERS):
            state[name] = (
                parameter[f"persistence_{name}"] * state[name]
                + parameter[f"sd_{name}"] * noise[2 + number]
            )
            paths[name][quarter - quarters.start] = (
                parameter.get(f"mean_{name}", 0.0)
                + slopes.get(name, 0.0) * state["trend"]
                + parameter[f"loading_{name}"] * state["factor"]
                + state[name]
            )
    return {name: path[: len(quarters)] for name, path in paths.items()}


def regional_path(
    entry: Mapping[str, Mapping[str, Floats]],
    history: Floats,
    draw: int,
    origin: int,
    national: Floats,
    quarters: range,
    stream: str,
    random: KeyedRandom,
) -> tuple[Floats, Floats]:
    """Return a city's quarterly log growth (per cent) and its deviation from the nation's part.

    ``growth = mean + loading * national + spill * province + own``; both deviations are
    autoregressions continued from their last states.
    """
    parameter = {name: float(values[draw]) for name, values in entry["parameters"].items()}
    province, own = float(entry["last"]["province"][draw]), float(entry["last"]["city"][draw])
    explained = parameter["mean_city"] + parameter["loading_city"] * national
    past = min(origin - quarters.start + 1, len(quarters))
    growth = np.empty(len(quarters))
    growth[:past] = history[draw][:past]
    noise = [random.normals_by_quarter(stream, quarters[past:], k).tolist() for k in (0, 1)]
    for position, of_province, of_city in zip(range(past, len(quarters)), *noise, strict=True):
        province = parameter["persistence_province"] * province
        province += parameter["sd_province"] * of_province
        own = parameter["persistence_city"] * own + parameter["sd_city"] * of_city
        growth[position] = explained[position] + parameter["spill_city"] * province + own
    return growth, growth - explained


def tariff_loss(
    tariff: Mapping[str, tuple[float, float]] | None,
    first: int,
    quarters: range,
    random: KeyedRandom,
) -> Floats:
    """Return the log points of exports lost in each quarter.

    One event a member: it strikes with the stated probability, at a log-normal size, phased in
    over four quarters from `first`.
    """
    if tariff is None:
        return np.zeros(len(quarters))
    size = 0.0
    if random.uniform("outside/tariff", 0) < tariff["probability"][0]:
        centre, spread = tariff["log_median_loss"]
        size = float(np.exp(centre + spread * random.normal("outside/tariff", 1)))
    index = np.arange(quarters.start, quarters.stop)
    struck = (index >= first) & (index < first + 4)
    return np.asarray(np.where(struck, size / 4.0, 0.0))


def step_path(known: Mapping[int, float], quarters: range) -> Floats:
    """Return the last known value at or before each quarter (the first known before that)."""
    starts = np.array(sorted(known))
    values = np.array([known[int(start)] for start in starts])
    position = np.searchsorted(starts, np.arange(quarters.start, quarters.stop), side="right") - 1
    return np.asarray(values[np.maximum(position, 0)])


def mean_reverting(
    known: Mapping[int, float],
    mean: float,
    persistence: float,
    deviation: float,
    origin: int,
    quarters: range,
    stream: str,
    random: KeyedRandom,
) -> Floats:
    """Return a known path continued after `origin` by a first-order autoregression."""
    path = step_path(known, quarters)
    first = min(max(1, origin + 1 - quarters.start), len(quarters))
    noise = random.normals_by_quarter(stream, quarters[first:]).tolist()
    last = float(path[first - 1])
    for position, shock in enumerate(noise, first):
        path[position] = last = mean + persistence * (last - mean) + deviation * shock
    return path


def pass_rate_path(
    known: Mapping[int, float],
    mean: float,
    persistence: float,
    deviation: float,
    origin: int,
    quarters: range,
    random: KeyedRandom,
) -> Floats:
    """Return the share of applications that pass: autoregressive in its logit."""
    logits = dict(zip(known, logit(list(known.values())).tolist(), strict=True))
    centre = float(logit(min(max(mean, 0.5), 0.95)))
    path = mean_reverting(
        logits, centre, persistence, deviation, origin, quarters, "outside/pass_rate", random
    )
    return np.asarray(expit(path))


def window_path(
    past: Floats,
    is_open: bool,
    closing: float,
    reopening: float,
    origin: int,
    quarters: range,
    random: KeyedRandom,
) -> Floats:
    """Return the open share of each quarter: known past, then a two-state Markov chain.

    A window open at the start of a quarter closes within it at the hazard `closing`, at the
    moment the exponential clock rings; a closed one reopens likewise. `is_open` is the state at
    the information date: a quarter open in part may have ended in a pause.
    """
    path = np.empty(len(quarters))
    known = min(len(past), len(quarters))
    path[:known] = past[:known]
    for position in range(len(past), len(quarters)):
        uniform = random.uniform("outside/ipo_window", 0, quarters[position])
        moment = -np.log(uniform) / (closing if is_open else reopening)
        if moment >= 1.0:
            path[position] = float(is_open)
            continue
        path[position] = moment if is_open else 1.0 - moment
        is_open = not is_open
    return path


def wandering_rate(
    drawn: Mapping[str, float], origin: int, quarters: range, stream: str, random: KeyedRandom
) -> Floats:
    """Return a rate whose logarithm is a stationary first-order autoregression.

    Quarters up to `origin` have the rate of the origin's own state: what was listed in them is on
    file and is read there.

    Parameters
    ----------
    drawn : mapping
        ``log_rate``, ``level_sd`` (of the logarithm about it), ``persistence`` and ``last`` (state
        at the origin, in units of ``level_sd``).
    """
    keep, state = drawn["persistence"], drawn["last"]
    shock = math.sqrt(1.0 - keep**2)
    states = np.full(len(quarters), state)
    first = min(max(origin + 1 - quarters.start, 0), len(quarters))
    noise = random.normals_by_quarter(stream, quarters[first:]).tolist()
    for position, drawn_now in enumerate(noise, first):
        states[position] = state = keep * state + shock * drawn_now
    return np.asarray(np.exp(drawn["log_rate"] + drawn["level_sd"] * states))


def module_growth(
    annual: Floats,
    first_year: int,
    deceleration: float,
    deviation: float,
    link: float,
    cycle: Floats,
    quarters: range,
    random: KeyedRandom,
) -> Floats:
    """Return quarterly log growth of a module whose annual growth slows by a yearly step.

    Parameters
    ----------
    annual : array, shape (years,)
        Growth of past years (fractions), continued by a random walk with drift.
    cycle : array, shape (quarters,)
        National demand over its trend (logarithm), which moves the quarter through `link`.
    """
    out = np.empty(len(quarters))
    rate, year = 0.0, 0
    for position, quarter in enumerate(quarters):
        if position == 0 or quarter // 4 != year:
            year = quarter // 4
            if year - first_year < len(annual):
                rate = float(annual[max(0, year - first_year)])
            else:
                noise = random.normal("outside/information_economy", 0, year * 4)
                rate += (-deceleration + deviation * noise) / 100.0
        known = year - first_year < len(annual)
        growth = math.log1p(max(rate, -0.5)) / 4.0
        out[position] = growth if known else growth + link * cycle[position]
    return out
