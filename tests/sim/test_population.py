"""The firms that the city begins with."""

from __future__ import annotations

import numpy as np
import pytest

from sim.population import DRAWN
from sim.population_kernels import LARGEST_RD, TYPICAL, fill_firms, size_small_firms
from sim.state import Firms, blank_values
from tests.sim.small_city import small_model

NEVER = {np.dtype(np.float64): 7e77, np.dtype(np.int64): -7777777, np.dtype(np.int16): -7777}

FILLED = (
    "value_added_rate", "revenue", "value_added", "real_output", "pay", "capital_stock", "log_tfp",
    "cash", "debt", "export_share", "energy_intensity", "water_intensity", "pollutant_intensity",
    "rd_ratio", "rd_stock", "digital_level",
)  # fmt: skip
"""Columns in the order in which the loop is given them."""


def test_columns_drawn_for_every_firm_are_drawn_for_every_firm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    blank = Firms.blank

    def soiled(count: int, drawn: frozenset[str]) -> Firms:
        firms = blank(count, drawn)
        for name in drawn:
            column = getattr(firms, name)
            column[:] = NEVER[column.dtype]
        return firms

    clean = small_model().state.firms
    monkeypatch.setattr(Firms, "blank", soiled)
    firms = small_model().state.firms
    assert blank_values().keys() > DRAWN
    for name in blank_values():
        np.testing.assert_array_equal(getattr(firms, name), getattr(clean, name))


@pytest.mark.parametrize("of_year_before", [True, False])
def test_sales_and_staff_of_small_firms_follow_noise(of_year_before: bool) -> None:
    noise = 2.0 * np.random.default_rng(4).normal(size=(12, 900))
    edges, usual = np.array([100, 100, 300, 900]), np.array([9.0, 1e-5, 2e-6])
    found = np.full((3, 900), np.nan)
    sizes, growth = (1e6, 1.5, -2.0, 2.5, 2e7), (0.05, 0.2, of_year_before)
    size_small_firms(edges, usual, noise, sizes, growth, *found)
    sold = 1e6 * np.exp(1.5 * np.clip(noise[0], -2.0, 2.5))
    above = sold >= 2e7
    assert 10 < np.count_nonzero(above[100:]) < 700
    sold[above] = 2e7 * (2e7 / sold[above]) ** 2
    grown = np.exp(0.05 + 0.2 * noise[3])
    yearly, previous = (sold * grown, sold) if of_year_before else (sold, sold / grown)
    staff = np.maximum(usual.repeat(np.diff(edges)) * (yearly * np.exp(0.4 * noise[1]))[100:], 1.0)
    assert np.isnan(found[:, :100]).all()  # larger firms, sized before
    np.testing.assert_allclose(found[:, 100:], [yearly[100:], previous[100:], staff], rtol=1e-13)


def test_books_and_technology_follow_sales_staff_and_noise() -> None:
    luck = np.random.default_rng(5)
    edges = np.array([0, 3, 3, 40, 1000])  # the second stretch has nobody
    number, stretch = 1000, np.repeat(np.arange(4), np.diff(edges))
    noise = luck.normal(size=(12, number))
    noise[[7, 9]] = luck.random((2, number))
    yearly, staff = np.exp(luck.normal(17.0, 2.0, number)), 1.0 + 900.0 * luck.random(number)
    typical = luck.random((len(TYPICAL), 4))
    found = dict(zip(FILLED, np.full((len(FILLED), number), np.nan), strict=True))
    fill_firms(edges, typical, noise, yearly, staff, 0.4, 0.6, 5.0, np.log(1e5), *found.values())
    of = dict(zip(TYPICAL, typical[:, stretch], strict=True))
    rate = 1.0 / (1.0 + np.exp(-(0.3 * noise[2] + of["value_added_odds"])))
    added, output = rate * yearly / 4.0, of["output_per_sales"] * yearly / 4.0
    capital = of["capital_per_sales"] * yearly * np.exp(0.5 * noise[5] - 0.125)
    ratio = np.minimum(of["rd_ratio"] * np.exp(of["rd_spread"] * noise[10]), LARGEST_RD)
    ratio *= noise[9] > of["rd_bar"]
    odds = of["digital_odds"] + 0.15 * np.log(np.maximum(yearly, 1e5)) + 0.6 * noise[11]
    spread = np.exp(0.5 * noise[8] - 0.125)
    wanted = {
        "value_added_rate": rate, "revenue": yearly / 4.0, "value_added": added,
        "real_output": output, "pay": of["wages_per_value_added"] * added * np.exp(0.15 * noise[4]),
        "capital_stock": capital,
        "log_tfp": np.log(output) - 0.4 * np.log(capital) - 0.6 * np.log(staff),
        "cash": 0.1 * yearly * np.exp(0.5 * noise[6]), "debt": 0.6 * (0.35 * yearly + capital),
        "export_share": of["export_share"] * (noise[7] > 0.5),
        "energy_intensity": of["energy_intensity"] * spread,
        "water_intensity": of["water_intensity"] * spread,
        "pollutant_intensity": of["pollutant_intensity"] * spread,
        "rd_ratio": ratio, "rd_stock": 5.0 * ratio * yearly,
        "digital_level": 1.0 / (1.0 + np.exp(-odds)),
    }  # fmt: skip
    for name, values in wanted.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-12, atol=1e-13, err_msg=name)
    assert wanted.keys() == found.keys()
