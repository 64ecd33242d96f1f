"""Latent-path models: statsmodels state spaces with priors, and joint draws from them.

A :class:`LatentModel` is a ``statsmodels`` ``MLEModel`` whose log likelihood carries the log
density of declared priors. Its mode is therefore a maximum a posteriori estimate; parameter
uncertainty is the normal approximation at the mode (in the unconstrained space), state
uncertainty is one draw of the simulation smoother per parameter draw.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from statsmodels.tools.numdiff import approx_hess
from statsmodels.tsa.statespace.mlemodel import MLEModel

from calibration.priors import Prior

Floats = NDArray[np.float64]


class LatentModel(MLEModel, ABC):  # type: ignore[misc]
    """A state space with priors; subclasses fill the matrices in :meth:`assign`."""

    def __init__(self, endog: Floats, k_states: int, priors: Sequence[Prior], **kwargs: Any):
        self.priors = tuple(priors)
        self.centre = np.array([p.unconstrain(p.centre) for p in self.priors])
        self.spread = np.array([p.spread for p in self.priors])
        super().__init__(endog, k_states=k_states, **kwargs)

    @property
    def param_names(self) -> list[str]:
        """Names of the parameters, in order."""
        return [p.name for p in self.priors]

    @property
    def start_params(self) -> Floats:
        """The priors' medians."""
        return np.array([p.centre for p in self.priors])

    def transform_params(self, unconstrained: Floats) -> Floats:
        """Map the real line to each parameter's own unit."""
        kinds = {"positive": np.exp, "unit": expit, "real": lambda x: x}
        return np.array([kinds[p.kind](x) for p, x in zip(self.priors, unconstrained, strict=True)])

    def untransform_params(self, constrained: Floats) -> Floats:
        """Map each parameter's own unit to the real line."""
        return np.array([p.unconstrain(x) for p, x in zip(self.priors, constrained, strict=True)])

    @abstractmethod
    def assign(self, values: dict[str, float]) -> None:
        """Write the system matrices for one set of parameters."""

    def update(self, params: Floats, **kwargs: Any) -> Floats:
        """Write the system matrices (statsmodels' hook)."""
        values = super().update(params, **kwargs)
        self.assign(dict(zip(self.param_names, values.tolist(), strict=True)))
        return np.asarray(values)

    def log_prior(self, unconstrained: Floats) -> float:
        """Return the log density of the priors up to a constant."""
        return float(-0.5 * np.sum(((unconstrained - self.centre) / self.spread) ** 2))

    def log_posterior(self, unconstrained: Floats) -> float:
        """Return log likelihood plus log prior at a point of the real line."""
        value = self.loglike(unconstrained, transformed=False)
        return float(value) + self.log_prior(unconstrained)


@dataclass(frozen=True)
class LatentFit:
    """Mode, covariance in the unconstrained space and convergence of a latent model."""

    model: LatentModel
    mode: Floats
    covariance: Floats
    log_likelihood: float
    converged: bool

    def parameters(self) -> dict[str, float]:
        """Return the mode in each parameter's own unit."""
        values = self.model.transform_params(self.mode)
        return dict(zip(self.model.param_names, values.tolist(), strict=True))

    def draws(self, count: int, generator: np.random.Generator) -> tuple[Floats, Floats]:
        """Return joint draws of parameters and states.

        Returns
        -------
        parameters : array, shape (count, parameters)
        states : array, shape (count, states, periods)
        """
        root = np.linalg.cholesky(self.covariance)
        noise = generator.standard_normal((count, len(self.mode)))
        points = self.mode + noise @ root.T
        parameters = np.array([self.model.transform_params(point) for point in points])
        smoother = self.model.simulation_smoother()
        states = np.empty((count, self.model.k_states, self.model.nobs))
        for i in range(count):
            self.model.update(parameters[i])
            smoother.simulate(rng=generator)
            states[i] = smoother.simulated_state
        return parameters, states


def fit_latent(
    model: LatentModel, tolerance: float = 1e-9, start: Floats | None = None
) -> LatentFit:
    """Find the posterior mode and the normal approximation around it.

    Parameters
    ----------
    model : LatentModel
        Model with its data.
    tolerance : float
        Relative change of the objective at which L-BFGS-B stops.
    start : array, optional
        Where the search begins in the unconstrained space; the priors' centres by default.
    """
    start = model.centre if start is None else start
    found = minimize(
        lambda x: -model.log_posterior(x),
        start,
        method="L-BFGS-B",
        options={"maxiter": 200, "maxfun": 10_000, "ftol": tolerance},
    )
    information = -approx_hess(found.x, model.log_posterior)
    covariance = positive_inverse(information, model.spread)
    return LatentFit(
        model,
        np.asarray(found.x),
        covariance,
        float(model.loglike(found.x, transformed=False)),
        bool(found.success),
    )


def positive_inverse(information: Floats, spread: Floats) -> Floats:
    """Invert an information matrix, never claiming less than the priors do.

    Directions in which the numerical curvature falls below the priors' own precision (a mode
    on a flat or curved ridge) are given the prior's precision in scaled coordinates.
    """
    scaled = information * np.outer(spread, spread)
    values, vectors = np.linalg.eigh(0.5 * (scaled + scaled.T))
    inverse = (vectors / np.maximum(values, 1.0)) @ vectors.T
    return np.asarray(inverse * np.outer(spread, spread))
