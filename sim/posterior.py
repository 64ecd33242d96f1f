"""Behavioural parameters as the hindcast informs them: joint draws, one per member.

The file is written by the calibration stage as NetCDF in ArviZ's layout (groups ``posterior``,
``prior``, ``observed_data`` and so on, dimensions ``chain`` and ``draw``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import OutputError
from sim.rng import KeyedRandom

Floats = NDArray[np.float64]
POSTERIOR_FILE = "posterior.nc"
INFORMED_LEAST = 0.25
"""Contraction from which a parameter counts as informed by the city's data: its standard
deviation has fallen to 87 % of the prior's or less."""


@dataclass(frozen=True)
class Posterior:
    """Joint draws of the estimated parameters.

    Attributes
    ----------
    names : tuple of str
        Estimated parameters.
    values : ndarray, shape (draws, names)
        Posterior draws in each parameter's unit.
    prior : ndarray, shape (draws, names)
        Draws of the prior, for figures.
    contraction : Mapping
        One minus the ratio of posterior to prior variance.
    shift : Mapping
        Posterior mean less prior mean, in prior standard deviations.
    attributes : Mapping
        Information date, size of the bank, effective sample size and so on.
    """

    names: tuple[str, ...]
    values: Floats
    prior: Floats
    contraction: Mapping[str, float]
    shift: Mapping[str, float]
    attributes: Mapping[str, Any]

    @property
    def information_date(self) -> str:
        """Month up to which data were seen."""
        return str(self.attributes["information_date"])

    def informed(self) -> frozenset[str]:
        """Return the parameters that the data narrow by :data:`INFORMED_LEAST` or more."""
        return frozenset(n for n, share in self.contraction.items() if share >= INFORMED_LEAST)

    def draw(self, random: KeyedRandom) -> dict[str, float]:
        """Return the joint draw that a member takes.

        Members of one block of draws take each once, in an order keyed by the root seed.
        """
        block, place = divmod(random.member, len(self.values))
        row = int(_order_of_draws(random.seed, block, len(self.values))[place])
        return dict(zip(self.names, self.values[row].tolist(), strict=True))


@lru_cache(maxsize=16)
def _order_of_draws(seed: int, block: int, count: int) -> NDArray[np.int64]:
    """Return the order in which the members of a block take draws, the same for all of them."""
    keys = KeyedRandom(seed, 0).uniforms("parameters/posterior", np.arange(count), block)[0]
    return np.asarray(np.argsort(keys, kind="stable"))


def load_posterior(bundle: Path) -> Posterior | None:
    """Read the posterior of a fits bundle, ``None`` where the bundle has none.

    Raises
    ------
    OutputError
        If the file cannot be read.
    """
    path = bundle / POSTERIOR_FILE
    if not path.is_file():
        return None
    import netCDF4

    try:
        with netCDF4.Dataset(path, "r") as file:
            file.set_auto_mask(False)
            group, before = file.groups["posterior"], file.groups["prior"]
            names = tuple(n for n in group.variables if n not in group.dimensions)
            draws, prior = (
                np.column_stack([part.variables[n][:].reshape(-1) for n in names])
                for part in (group, before)
            )
            read = {
                key: {n: float(group.variables[n].getncattr(key)) for n in names}
                for key in ("contraction", "shift")
            }
            attributes = {key: file.getncattr(key) for key in file.ncattrs()}
    except (OSError, KeyError, RuntimeError, AttributeError) as error:
        raise OutputError(f"{path}: cannot read the posterior: {error}") from None
    return Posterior(names, draws, prior, read["contraction"], read["shift"], attributes)
