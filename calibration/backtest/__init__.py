"""Pseudo-out-of-sample backtest with vintages: what the engine's forecasts were worth.

At each origin only what was released by its information date is seen; the engine's state
spaces are fitted again, its own sampler draws the densities, and statsmodels competitors
forecast the same figures from the same data. The design stands in
:mod:`calibration.backtest.design` and docs/decisions/0008-backtest.md.
"""
