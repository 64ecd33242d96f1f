"""Structural parameters: likelihood-free estimation on the hindcast 2012Q4-2017Q4.

One bank of simulations from the priors (:mod:`calibration.estimate.bank`) serves estimation by
regression-adjusted approximate Bayesian computation (:mod:`calibration.estimate.abc`) and
simulation-based calibration (:mod:`calibration.estimate.checks`).
"""
