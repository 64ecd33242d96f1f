"""Per-mu evaluation: scores and classes with numbers done in the head."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim import per_mu
from tests.sim.small_city import small_model


def test_scores_are_relative_to_the_mean_and_capped() -> None:
    raw = np.array([[1.0, 3.0], [0.0, 2.0]])
    score = per_mu.scores(raw, np.array([3.0, 1.0]), 1.6)
    # First indicator 0.5 and 1.5 of its mean, second 0 and 2 capped at 1.6; weights 3/4 and 1/4.
    np.testing.assert_allclose(score, [0.375, 1.525])


def test_losses_count_as_zero() -> None:
    assert per_mu.scores(np.array([[-5.0, 1.0]]), np.array([1.0]), 3.0).tolist() == [0.0, 2.0]


def test_classes_by_quantile() -> None:
    score = np.arange(20, 0, -1).astype(float)
    code = per_mu.classes(score, np.arange(20), 0.2, 0.7, 0.05)
    assert np.bincount(code, minlength=4).tolist() == [4, 10, 5, 1]
    assert code[0] == 0
    assert code[-1] == 3


def test_a_wider_class_d_takes_from_class_c_only() -> None:
    score = np.arange(20, 0, -1).astype(float)
    code = per_mu.classes(score, np.arange(20), 0.2, 0.7, 0.2)
    assert np.bincount(code, minlength=4).tolist() == [4, 10, 2, 4]


@given(st.permutations(list(range(12))))
def test_order_of_rows_does_not_matter(order: list[int]) -> None:
    ids = np.arange(12) * 7
    score = np.array([1.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 3.0, 0.5, 0.5, 0.1, 0.0])
    code = per_mu.classes(score, ids, 0.25, 0.75, 0.1)
    moved = np.array(order)
    assert (per_mu.classes(score[moved], ids[moved], 0.25, 0.75, 0.1) == code[moved]).all()


def test_ranking_is_yearly_and_writes_parcels() -> None:
    state = small_model("no_plan").state
    firms, parcels = state.firms, state.parcels
    state.terms = replace(state.terms, class_cutoff_d=0.2)
    before = firms.per_mu_class.copy()
    state.quarter = 4 * 2018 + 1
    per_mu.step(state)
    assert (firms.per_mu_class == before).all()
    state.quarter = 4 * 2019
    per_mu.step(state)
    rows = per_mu.evaluated(state)
    share = float((firms.per_mu_class[rows] == 3).mean())
    assert abs(share - 0.2) < 1.0 / len(rows) + 1e-9
    held = parcels.occupant >= 0
    assert (parcels.land_class[held] == firms.per_mu_class[parcels.occupant[held]]).all()
    small = firms.land_area < state.parameters["per_mu_land_threshold"]
    assert (firms.per_mu_class[small] == -1).all()


def test_class_a_yields_more_than_class_d() -> None:
    state = small_model("no_plan").state
    firms = state.firms
    groups = [firms.per_mu_class == code for code in (0, 3)]
    per_land = [firms.value_added[g].sum() / firms.land_area[g].sum() for g in groups]
    assert per_land[0] > 2.0 * per_land[1]


def test_firms_and_land_by_class_are_those_that_are_ranked() -> None:
    state = small_model("no_plan").state
    firms, parcels = state.firms, state.parcels
    seen = per_mu.observe(state)
    for code, name in enumerate("ABCD"):
        assert seen[f"firms_by_class_{name}"] == (firms.alive & (firms.per_mu_class == code)).sum()
        assert seen[f"land_by_class_{name}"] == parcels.area[parcels.land_class == code].sum()
