"""Calibration: data tables, statsmodels fits and the frozen bundle that the engine reads."""
