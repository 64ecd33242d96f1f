"""The prior of one parameter of a fit, apart from the fits: reading one imports no statsmodels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Prior:
    """Prior of one parameter, normal in its unconstrained space.

    Parameters
    ----------
    name : str
        Name of the parameter.
    kind : str
        ``real`` (identity), ``positive`` (logarithm) or ``unit`` (logit, for persistence).
    centre : float
        Median, in the parameter's own unit.
    spread : float
        Standard deviation in the unconstrained space.
    reason : str
        Why: source or judgement.
    """

    name: str
    kind: str
    centre: float
    spread: float
    reason: str

    def unconstrain(self, value: float) -> float:
        """Map the parameter's own unit to the real line."""
        from scipy.special import logit

        if self.kind == "positive":
            return float(np.log(value))
        return float(logit(value)) if self.kind == "unit" else float(value)
