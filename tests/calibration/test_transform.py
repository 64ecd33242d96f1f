"""Transformations of published series, with numbers done in the head."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration import transform
from calibration.series import load_drivers, load_series

CITY = Path(__file__).parents[2] / "calibration" / "data" / "hangzhou"
EVEN = (0.25, 0.25, 0.25, 0.25)


def test_cumulated_levels_to_quarters_leave_holes_open() -> None:
    levels = {"2015Q1": 10.0, "2015Q2": 25.0, "2015Q4": 60.0, "2016Q1": 11.0, "2016Q2": 27.0}
    assert transform.cumulated_to_quarters(levels) == {
        "2015Q1": 10.0, "2015Q2": 15.0, "2016Q1": 11.0, "2016Q2": 16.0,
    }  # fmt: skip


@given(st.lists(st.floats(0.1, 1e4), min_size=4, max_size=4))
def test_summing_undoes_differencing(values: list[float]) -> None:
    quarters = {f"2015Q{n + 1}": value for n, value in enumerate(values)}
    back = transform.cumulated_to_quarters(transform.quarters_to_cumulated(quarters))
    assert back == pytest.approx(quarters)


def test_ytd_growth_to_quarters() -> None:
    growth = {"2015Q1": 6.0, "2015Q2": 5.0, "2015Q3": 5.0, "2015Q4": 6.0}
    assert transform.ytd_growth_to_quarters(growth, EVEN) == {
        "2015Q1": 6.0, "2015Q2": 4.0, "2015Q3": 5.0, "2015Q4": 9.0,
    }  # fmt: skip


def test_ytd_growth_after_a_missing_quarter_is_left_out() -> None:
    growth = {"2015Q1": 6.0, "2015Q3": 5.0}
    assert transform.ytd_growth_to_quarters(growth, EVEN) == {"2015Q1": 6.0}


def test_contributions_sum_to_the_year() -> None:
    growth = {"2015Q1": 6.0, "2015Q2": 5.0, "2015Q3": 5.0, "2015Q4": 6.0}
    parts = transform.ytd_contributions(growth)
    assert sum(parts.values()) == pytest.approx(6.0)
    assert parts["2015Q1"] == pytest.approx(6.0 * transform.SEASONAL_SHARES[0])


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.3, 0.3, 0.3, 0.3), (0.0, 0.5, 0.25, 0.25)])
def test_faulty_shares_are_refused(shares: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="quarterly shares"):
        transform.ytd_growth_to_quarters({"2015Q1": 1.0}, shares)


def test_chained_index_stops_at_a_hole() -> None:
    growth = {2014: 1.0, 2016: 0.5, 2017: 0.0, 2019: 0.3}
    assert transform.chain_index(growth, 2015) == {2015: 1.0, 2016: 1.5, 2017: 1.5}
    assert transform.chain_index({2015: 0.25}, 2015) == {2014: 0.8, 2015: 1.0}


def test_previous_year_indices_become_growth() -> None:
    indices = {"2016": 98.3, "2015": 96.4}
    assert transform.previous_year_index_to_growth(indices) == {2015: -0.036, 2016: -0.017}


def test_january_and_february_are_one_observation() -> None:
    months = {"2017-01": 2.0, "2017-02": 10.0, "2017-03": 7.0, "2018-02": 9.0}
    assert transform.january_february(months) == {"2017-02": 6.0, "2017-03": 7.0}
    assert transform.january_february(months, "sum")["2017-02"] == 12.0
    with pytest.raises(ValueError, match="mean or sum"):
        transform.january_february(months, "last")


def test_months_to_quarters_only_when_complete() -> None:
    months = {"2017-01": 1.0, "2017-02": 2.0, "2017-03": 6.0, "2017-04": 9.0}
    assert transform.months_to_quarters(months) == {"2017Q1": 3.0}
    assert transform.months_to_quarters(months, "sum") == {"2017Q1": 9.0}
    assert transform.months_to_quarters(months, "last") == {"2017Q1": 6.0}
    with pytest.raises(ValueError, match="mean, sum or last"):
        transform.months_to_quarters(months, "max")


def test_growth_of_levels_and_deflation() -> None:
    levels = {2015: 100.0, 2016: 110.0, 2018: 130.0}
    assert transform.growth_of_levels(levels) == {2016: 0.1}
    assert transform.deflate(0.155, 0.05) == pytest.approx(0.10)


@pytest.mark.parametrize(
    ("stem", "how"),
    [
        ("CN_IVA_yoy", "mean"), ("CN_PPI_yoy", "mean"), ("CN_CPI_yoy", "mean"),
        ("CN_PMI", "mean"), ("CN_PMI_new_orders", "mean"), ("CN_exports", "sum"),
        ("CN_imports", "sum"), ("CN_equity_raised", "sum"), ("CN_M2_yoy", "last"),
        ("CN_loans_yoy", "last"),
    ],
)  # fmt: skip
def test_derived_quarters_on_file_are_the_months_transformed(stem: str, how: str) -> None:
    table = load_drivers(CITY, "2018-04")
    computed = transform.months_to_quarters(table.monthly[f"{stem}_m"], how)
    filed = table.quarterly[f"{stem}_q"]
    shared = sorted(set(computed) & set(filed))
    assert len(shared) >= 50
    assert [filed[q] for q in shared] == pytest.approx([computed[q] for q in shared], abs=1e-3)


def test_derived_quarters_on_file_are_the_cumulated_levels_differenced() -> None:
    quarterly = load_drivers(CITY, "2018-04").quarterly
    computed = transform.cumulated_to_quarters(quarterly["ZJ_GDP_nominal_cum"])
    assert quarterly["ZJ_GDP_nominal_quarter"] == pytest.approx(computed, abs=0.02)
    table = load_series(CITY, "2018-04")
    ytd = {q: o.value for q, o in table.get("listed_revenue", span="ytd").items()}
    single = {q: o.value for q, o in table.get("listed_revenue", span="quarter").items()}
    assert single == pytest.approx(transform.cumulated_to_quarters(ytd), abs=0.02)


def test_provincial_prices_chain_to_the_wedge_that_the_document_states() -> None:
    table = load_series(CITY, "2018-04")
    indices = {y: o.value for y, o in table.get("ppi_index", "zhejiang").items()}
    prices = transform.chain_index(transform.previous_year_index_to_growth(indices), 2015)
    growth = {int(y): o.value / 100 for y, o in table.get("industrial_value_added_growth").items()
              if y in ("2016", "2017")}  # fmt: skip
    volume = transform.chain_index(growth, 2015)[2017]
    level = table.get("industrial_value_added")
    assert level["2017"].value / level["2015"].value == pytest.approx(1.104, abs=0.001)
    assert volume * prices[2017] == pytest.approx(1.162, abs=0.002)
