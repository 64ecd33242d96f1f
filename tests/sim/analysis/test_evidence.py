"""Evidence grades, and how far priors move a probability."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.baselines import baseline_status, history_length
from sim.analysis.evaluation import assess
from sim.analysis.evidence import (
    MEMBERS_NEEDED,
    STATUS_RANKS,
    grade,
    judged,
    prior_range,
    prior_share,
    relevant,
    weigh,
)
from sim.plan import Target
from tests.sim.small_city import city_of, scenario_of
from tests.sim.small_plan import KnownCity, ending, ensemble, prior, target

NINETY = np.arange(90.0)


def scattered(members: int, columns: int) -> dict[str, np.ndarray]:
    """Return columns of independent noise."""
    table = np.random.default_rng(7).standard_normal((members, columns))
    return {f"noise_{i}": table[:, i] for i in range(columns)}


def test_the_range_is_that_of_the_prior_that_decides() -> None:
    drawn = {"decisive": NINETY, **scattered(90, 20)}
    found = prior_range(NINETY >= 45, NINETY - 45, drawn)
    assert found is not None
    assert found.parameter == "decisive"
    # The prior explains all of the margin: at its ends the target is lost or certain.
    assert (found.low, found.high) == pytest.approx((0.0, 1.0), abs=1e-9)
    assert [worth.figure for worth in found.worth] == ["decisive"]


def test_the_range_is_that_of_all_relevant_priors_together() -> None:
    table = np.random.default_rng(3).standard_normal((4000, 3))
    margins = table.sum(axis=1)
    drawn = {"one": table[:, 0], "other": table[:, 1]}
    found = prior_range(margins >= 0, margins, drawn)
    assert found is not None
    # Two thirds of the variance: Phi(1.645 sqrt(2/3) / sqrt(1/3)) = Phi(2.326) = 0.99.
    assert (found.low, found.high) == pytest.approx((0.01, 0.99), abs=0.006)
    alone = prior_range(margins >= 0, margins, {"one": table[:, 0]})
    assert alone is not None
    assert found.low < alone.low < alone.high < found.high


def test_noise_seldom_widens_the_range() -> None:
    # Bonferroni at 5 %: of 100 targets with 100 irrelevant priors each, about 5 name one.
    noise = scattered(200, 100)
    random = np.random.default_rng(11)
    named = 0
    for _ in range(100):
        margins = random.standard_normal(200)
        found = prior_range(margins >= 0, margins, noise)
        assert found is not None
        named += found.parameter != ""
        if not found.parameter:
            assert found.low == found.high == np.mean(margins >= 0)
    assert named <= 12  # the binomial chance of more is below 1 in 500


def test_few_members_say_nothing_about_priors() -> None:
    few = np.arange(float(MEMBERS_NEEDED - 1))
    assert prior_range(few > 3, few - 3, {"x": few}) is None
    assert prior_share(few, {"x": few}) is None
    assert relevant(few, {"x": few}) == {}


def test_a_margin_that_follows_one_prior_is_all_prior() -> None:
    assert prior_share(NINETY**3, {"x": NINETY}) == pytest.approx(1.0)
    assert prior_share(np.ones(90), {"x": NINETY}) is None
    assert prior_share(NINETY, scattered(90, 5)) == 0.0
    assert prior_share(NINETY, {}) == 0.0


def test_a_margin_that_follows_a_prior_half() -> None:
    table = np.random.default_rng(3).standard_normal((4000, 2))
    found = prior_share(table.sum(axis=1), {"x": table[:, 0]})
    assert found == pytest.approx(0.5, abs=0.05)


def test_the_grade_follows_the_declared_thresholds() -> None:
    assert grade(0.25, "derived", 3) == "data-driven"
    assert grade(0.26, "derived", 3) == "mixed"
    assert grade(0.49, "cited", 3) == "mixed"
    assert grade(0.50, "cited", 3) == "prior-driven"
    assert grade(0.0, "memory", 3) == "mixed"
    assert grade(0.0, "assumed", 3) == "prior-driven"
    assert grade(None, "cited", 3) == "mixed"
    assert grade(0.0, "hearsay", 3) == "prior-driven"
    assert grade(0.0, "cited", 2) == "mixed"  # too few published values


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(sorted(STATUS_RANKS)))
def test_more_prior_never_makes_a_better_grade(one: float, other: float, status: str) -> None:
    order = ["data-driven", "mixed", "prior-driven"]
    less, more = sorted((one, other))
    assert order.index(grade(less, status, 3)) <= order.index(grade(more, status, 3))


def test_only_priors_of_our_own_count_for_the_grade() -> None:
    figures = {
        "ours": prior("ours"),
        "paper": prior("paper", status="cited"),
        "fitted": prior("fitted"),
    }
    assert judged(figures, {"fitted"}) == ["ours"]
    assert judged(figures) == ["ours", "fitted"]
    drawn = {"ours": NINETY[::-1].copy(), "paper": NINETY % 7, "fitted": NINETY}
    found = weigh(
        assess(target(low=45.0), ensemble({"firms": ending(NINETY)})), drawn, figures, "cited", 3,
        {"fitted"},
    )  # fmt: skip
    assert found.grade == "prior-driven"
    assert found.span is not None
    assert found.span.parameter == "ours"
    only_fitted = {"fitted": figures["fitted"]}
    found = weigh(
        assess(target(low=45.0), ensemble({"firms": ending(NINETY)})),
        drawn,
        only_fitted,
        "cited",
        3,
        {"fitted"},
    )
    assert found.grade == "data-driven"
    assert found.share == 0.0


def test_the_starting_level_has_the_worst_status_of_its_figures() -> None:
    city = KnownCity(
        published={
            "listed_firms": {"2013": (102, "memory"), "2017": (160, "cited")},
            "industrial_value_added": {"2015": (2900, "cited"), "2017": (3200, "memory")},
            "industrial_revenue": {"2015": (12000, "derived")},
            "high_tech_firms": {"2013": (1500, "cited"), "2017": (2800, "memory")},
        },
        priors={"land_2017": prior("land_2017", status="derived")},
    )
    assert baseline_status(target("listed_firms"), city) == "cited"  # the last value
    rate = target("value_added_rate", baseline="2015")
    assert baseline_status(rate, city) == "prior"  # the rate itself was never published
    growth = target("high_tech_firms_ratio", baseline="2015")
    assert baseline_status(growth, city) == "memory"  # 2013 was cited, the year after 2015 not
    assert history_length(growth, city) == 2
    assert baseline_status(target("land"), city) == "derived"
    assert baseline_status(target("found_nowhere"), city) == "prior"
    assert history_length(target("found_nowhere"), city) == 0
    assert history_length(target("listed_firms"), city) == 2


ORDER = ("data-driven", "mixed", "prior-driven")


def grade_of(chosen: Target, city: KnownCity) -> int:
    """Return the rank of the grade that a target has where no prior moves it."""
    return ORDER.index(grade(0.0, baseline_status(chosen, city), history_length(chosen, city)))


@pytest.mark.parametrize("gone", [("2015",), ("2017",), ("2015", "2017"), ("2016", "2017")])
@pytest.mark.parametrize("base", ["2015", None])
def test_a_figure_that_is_taken_away_never_makes_a_better_grade(
    base: str | None, gone: tuple[str, ...]
) -> None:
    """The years that a target starts from: remembered they are mixed, unknown no better."""
    status = {"2012": "cited", "2013": "cited", "2014": "derived", "2016": "derived"}
    status |= dict.fromkeys(gone, "memory")
    full = {year: (1.0, status.get(year, "cited")) for year in map(str, range(2012, 2018))}
    left = {year: row for year, row in full.items() if year not in gone}
    chosen = target("listed_firms", baseline=base)
    with_memory, without = (KnownCity(published={"listed_firms": rows}) for rows in (full, left))
    assert grade_of(chosen, without) >= grade_of(chosen, with_memory)
    if base or "2017" in gone:
        assert baseline_status(chosen, without) == "not_published"
        assert grade_of(chosen, without) == ORDER.index("mixed")


def test_without_memory_no_target_of_the_plan_is_graded_better() -> None:
    plan, city = scenario_of()[1], city_of()
    published = {
        name: {p: row for p, row in rows.items() if row[1] not in ("memory", "derived_mem")}
        for name, rows in city.published.items()
    }
    for each in plan.targets:
        known = KnownCity(city.published, city.priors)
        left = KnownCity(published, city.priors)
        assert grade_of(each, left) >= grade_of(each, known), (each.id, each.reading)
    productivity = next(t for t in plan.targets if t.reading == "since_2015")
    assert baseline_status(productivity, city) == "memory"
    assert baseline_status(productivity, left) == "not_published"


def test_figures_since_the_last_full_year_are_enough() -> None:
    rows = {"2015": (1.0, "cited"), "2016": (1.0, "cited"), "2018-04": (1.0, "cited")}
    assert baseline_status(target("listed_firms"), KnownCity(published={"listed_firms": rows})) == (
        "cited"
    )
    del rows["2018-04"]
    known = KnownCity(published={"listed_firms": rows})
    assert baseline_status(target("listed_firms"), known) == "not_published"
    early = KnownCity(published={"listed_firms": rows}, as_of="2018-01")  # 2017 is not out yet
    assert baseline_status(target("listed_firms"), early) == "cited"
