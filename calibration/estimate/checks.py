"""Simulation-based calibration on the bank, and predictive checks of the hindcast.

Talts et al. 2018 (arXiv 1804.06788): each of many simulations stands in for the observation, its
own parameters are the truth, and the rest of the bank is the prior sample. Ranks of the truth in
the posterior are uniform if the machinery is right. A posterior equal to the prior passes too:
contraction and z-scores stand beside (Betancourt 2018, arXiv 1803.08393).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kstest

from calibration.estimate.abc import estimate
from calibration.estimate.posterior import Problem

Floats = NDArray[np.float64]
INTERVAL = (0.05, 0.95)
LEAST_REPLICATIONS = 320


def replications(posed: Problem, count: int) -> dict[str, Floats]:
    """Return what each replication gives, arrays of shape (count, parameters).

    Parameters
    ----------
    posed : Problem
        The bank; its own observation is not used.
    count : int
        Replications, spread evenly over the bank.

    Returns
    -------
    dict
        ``rank`` (posterior probability below the truth), ``covered``, ``contraction``, ``z``.

    Raises
    ------
    ValueError
        If the bank holds fewer simulations than replications.
    """
    if count > len(posed.scores):
        raise ValueError(f"{count} replications of a bank of {len(posed.scores)}")
    chosen = np.linspace(0, len(posed.scores) - 1, count).astype(np.int64)
    shape = (count, len(posed.names))
    out = {name: np.empty(shape) for name in ("rank", "covered", "contraction", "z")}
    for place, row in enumerate(chosen):
        rest = np.delete(np.arange(len(posed.scores)), row)
        sample = estimate(posed.scores[rest], posed.summaries[rest], posed.summaries[row])
        truth = posed.scores[row]
        low, high = sample.quantiles(INTERVAL)
        out["rank"][place] = sample.below(truth)
        out["covered"][place] = (low <= truth) & (truth <= high)
        out["contraction"][place] = 1.0 - sample.variance
        out["z"][place] = (sample.mean - truth) / np.sqrt(sample.variance)
    return out


def calibration_rows(posed: Problem, found: dict[str, Floats]) -> list[dict[str, Any]]:
    """Return one row per parameter: uniformity of ranks, coverage, contraction, z-scores."""
    rows = []
    count = len(found["rank"])
    for column, name in enumerate(posed.names):
        covered = float(found["covered"][:, column].mean())
        z = found["z"][:, column]
        rows.append({
            "parameter": name,
            "replications": count,
            "rank_p_value": f"{kstest(found['rank'][:, column], 'uniform').pvalue:.4f}",
            "coverage_90": f"{covered:.4f}",
            "coverage_mc_error": f"{np.sqrt(covered * (1.0 - covered) / count):.4f}",
            "mean_contraction": f"{found['contraction'][:, column].mean():.3f}",
            "z_mean": f"{z.mean():.3f}",
            "z_sd": f"{z.std():.3f}",
        })  # fmt: skip
    return rows
