"""Regional growth paths: latent quarterly growth of a region and of its neighbour or province.

Quarterly log growth of chain k is ``mean + loading * national + spill * lead + own``: `lead` is
the first chain's autoregressive deviation, `own` the chain's. Published figures are
year-to-date growth rates, that is averages over the year's quarters of the year-on-year rate;
each is seen with noise by the status of its row, through an offset where its scope differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.latent import LatentModel
from calibration.priors import Prior
from sim.units import quarter_of_year

Floats = NDArray[np.float64]
SPAN = 7
"""Quarters of log growth inside a full year's average year-on-year rate."""


@dataclass(frozen=True)
class Indicator:
    """A published growth series and the chain it measures.

    Parameters
    ----------
    name : str
        Series name, also of the ``offset_<name>`` parameter where `offset` holds.
    region : str
    chain : int
    offset : bool
        Whether its scope differs, so that it measures the chain plus a constant.
    extra_noise : float
        Points added (in quadrature) to the row's own standard deviation.
    """

    name: str
    region: str
    chain: int
    offset: bool = False
    extra_noise: float = 0.0


@dataclass(frozen=True)
class RegionalData:
    """Observed year-to-date growth, 100 * log, shape (quarters, indicators), NaN where none."""

    first: int
    values: Floats
    noise: Floats
    national: Floats
    """Quarterly log growth of the nation, per cent, shape (quarters,)."""

    @property
    def last(self) -> int:
        """Quarter index of the last row."""
        return self.first + len(self.values) - 1


def year_to_date_weights(quarter: int) -> Floats:
    """Return the weights of q(t), q(t-1) … q(t-6) in year-to-date growth at `quarter`.

    Examples
    --------
    >>> [float(w) for w in year_to_date_weights(2017 * 4)]
    [1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0]
    """
    count = quarter_of_year(quarter)
    weights = np.zeros(SPAN)
    for shift in range(count):
        weights[shift : shift + 4] += 1.0 / count
    return weights


class RegionalModel(LatentModel):
    """State space of regional chains.

    States: the chains' deviations, then for each chain its current and six lagged growths.
    Parameters per chain `c`: ``mean_c``, ``loading_c``, ``persistence_c``, ``sd_c`` and, but for
    the first, ``spill_c``.
    """

    def __init__(
        self,
        data: RegionalData,
        chains: Sequence[str],
        indicators: Sequence[Indicator],
        priors: Sequence[Prior],
    ) -> None:
        self.table, self.chains, self.indicators = data, tuple(chains), tuple(indicators)
        count, length = len(self.chains), len(data.values)
        super().__init__(data.values, count * (1 + SPAN), priors, k_posdef=count)
        noise = np.zeros((len(self.indicators), len(self.indicators), length))
        for row in range(len(self.indicators)):
            noise[row, row] = data.noise[:, row] ** 2
        self["obs_cov"] = noise
        design = np.zeros((len(self.indicators), self.k_states, length))
        for row, indicator in enumerate(self.indicators):
            start = self.head(indicator.chain)
            for period in range(length):
                design[row, start : start + SPAN, period] = year_to_date_weights(
                    data.first + period
                )
        self["design"] = design
        variance = np.full(self.k_states, 1.5**2)
        self.ssm.initialize_known(np.full(self.k_states, 0.0), np.diag(variance))

    def head(self, chain: int) -> int:
        """Return the position of a chain's current growth among the states."""
        return len(self.chains) + SPAN * chain

    def assign(self, values: dict[str, float]) -> None:
        """Write the system matrices."""
        count, length = len(self.chains), len(self.table.values)
        transition = np.zeros((self.k_states, self.k_states))
        selection = np.zeros((self.k_states, count))
        intercept = np.zeros((self.k_states, length))
        ahead = np.append(self.table.national[1:], self.table.national[-1])
        for row, name in enumerate(self.chains):
            persistence, spill = values[f"persistence_{name}"], values.get(f"spill_{name}", 0.0)
            transition[row, row], selection[row, row] = persistence, 1.0
            head = self.head(row)
            transition[head, row] += persistence
            selection[head, row] = 1.0
            if row:
                transition[head, 0] += spill * values[f"persistence_{self.chains[0]}"]
                selection[head, 0] = spill
            transition[head + 1 : head + SPAN, head : head + SPAN - 1] = np.eye(SPAN - 1)
            intercept[head] = values[f"mean_{name}"] + values[f"loading_{name}"] * ahead
        offsets = [values.get(f"offset_{i.name}", 0.0) for i in self.indicators]
        self["obs_intercept"] = np.array(offsets)[:, None]
        self["transition"], self["selection"] = transition, selection
        self["state_intercept"] = intercept
        self["state_cov"] = np.diag([values[f"sd_{name}"] ** 2 for name in self.chains])
        self.initial(values)

    def initial(self, values: Mapping[str, float]) -> None:
        """Start each growth near its own mean given the nation's first quarter."""
        mean = np.zeros(self.k_states)
        for row, name in enumerate(self.chains):
            head = self.head(row)
            centre = values[f"mean_{name}"] + values[f"loading_{name}"] * self.table.national[0]
            mean[head : head + SPAN] = centre
        self.ssm.initialize_known(mean, np.diag(np.full(self.k_states, 1.5**2)))


def annual_growth(quarterly: Floats, first: int, year: int) -> Floats:
    """Return growth of the annual sum implied by quarterly log growth (per cent), a fraction.

    Parameters
    ----------
    quarterly : array, shape (..., quarters)
    first : int
        Quarter index of the first column; the year before `year` must be covered but for its
        first quarter.
    """
    start = year * 4 - 4 - first
    levels = np.exp(np.cumsum(quarterly[..., start : start + 8], axis=-1) / 100.0)
    return np.asarray(levels[..., 4:].sum(axis=-1) / levels[..., :4].sum(axis=-1) - 1.0)
