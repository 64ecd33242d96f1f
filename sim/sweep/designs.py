"""Designs: which settings of the factors a sweep tries.

``grid`` all combinations; ``oat`` the scenario itself and each factor alone; ``lhs`` a Latin
hypercube (McKay, Beckman and Conover 1979); ``sobol`` the matrices A, AB and B of Saltelli et al.
(2010, doi:10.1016/j.cpc.2009.09.018) over a scrambled Sobol sequence; ``morris`` trajectories
(Morris 1991, doi:10.1080/00401706.1991.10484804) on four levels; ``csv`` the rows of a file.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

from sim.analysis.unit_problem import problem_of
from sim.sweep.factors import Factor

Floats = NDArray[np.float64]
Point = tuple[float | None, ...]
"""One value per factor; ``None`` is what the scenario itself has."""

KINDS = ("grid", "oat", "lhs", "sobol", "morris", "csv")
SAMPLED = ("lhs", "sobol", "morris")
MORRIS_LEVELS = 4
MAX_CELLS = 20_000


@dataclass(frozen=True)
class Design:
    """How settings are chosen.

    Attributes
    ----------
    kind : str
        One of :data:`KINDS`.
    n : int
        Points of ``lhs``, base points of ``sobol``, trajectories of ``morris``, points along each
        range of ``grid`` and ``oat``; 0 where there is none.
    seed : int
        Of the sampled kinds.
    rows : tuple of Point
        Of ``csv``.
    """

    kind: str
    n: int = 0
    seed: int = 1
    rows: tuple[Point, ...] = ()


def size(design: Design, factors: Sequence[Factor]) -> int:
    """Return how many rows a design has, before points that occur twice are merged.

    Examples
    --------
    >>> size(Design("sobol", 64), [None, None, None])
    320
    """
    along = [len(f.levels) or design.n for f in factors] if design.kind in ("grid", "oat") else []
    return {
        "grid": prod(along),
        "oat": 1 + sum(along),
        "lhs": design.n,
        "sobol": design.n * (len(factors) + 2),
        "morris": design.n * (len(factors) + 1),
        "csv": len(design.rows),
    }[design.kind]


def points(design: Design, factors: Sequence[Factor]) -> list[Point]:
    """Return the rows of a design in its own order, points that occur twice included."""
    if design.kind == "csv":
        return list(design.rows)
    if design.kind == "grid":
        return list(product(*(factor.spread(design.n) for factor in factors)))
    if design.kind == "oat":
        nothing: list[float | None] = [None] * len(factors)
        found: list[Point] = [tuple(nothing)]
        for place, factor in enumerate(factors):
            for value in factor.spread(design.n):
                found.append((*nothing[:place], value, *nothing[place + 1 :]))
        return found
    return [
        tuple(factor.at(float(unit)) for factor, unit in zip(factors, row, strict=True))
        for row in unit_points(design, len(factors))
    ]


def unit_points(design: Design, factors: int) -> Floats:
    """Return the rows of a sampled design in the unit cube, shape (rows, factors)."""
    if design.kind == "lhs":
        from scipy.stats.qmc import LatinHypercube

        generator = np.random.default_rng(design.seed)
        return np.asarray(LatinHypercube(factors, rng=generator).random(design.n))
    problem = problem_of(factors)
    if design.kind == "sobol":
        from SALib.sample import sobol

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pandas, which SALib imports
            return np.asarray(
                sobol.sample(problem, design.n, calc_second_order=False, seed=design.seed)
            )
    from SALib.sample import morris

    return np.asarray(morris.sample(problem, design.n, num_levels=MORRIS_LEVELS, seed=design.seed))
