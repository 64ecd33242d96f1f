"""Compiled loops over pools, reserve and the protected unit against the same rules in numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import quota_kernels as kernels
from sim.parcels import SHORT_LIST, Register, share_out

few = settings(max_examples=25)
amounts = st.floats(0.0, 1e6, allow_subnormal=False)


@few
@given(st.integers(0, 10**9), st.lists(amounts, min_size=1, max_size=SHORT_LIST))
def test_short_and_long_lists_are_shared_out_alike(total: int, weights: list[float]) -> None:
    given_weights, size = np.array(weights), len(weights)
    longer = np.concatenate([given_weights, np.zeros(SHORT_LIST)])
    short = share_out(total, given_weights)
    assert share_out(total, longer)[:size].tolist() == short.tolist()
    plain = np.empty(size, np.int64)
    kernels.share_out.py_func(
        total, given_weights, 0, size, float(given_weights.sum()), plain, np.empty(size)
    )
    assert short.tolist() == plain.tolist()


def split(total: int, size: Any, market: Any, reserved: float) -> Any:
    """Return quota by district and the part of it that is for industry."""
    number, room = len(size), np.empty(len(size))
    quota, industry = np.empty((2, number), np.int64)
    kernels.split_quota(total, size, float(size.sum()), market, reserved, quota, industry, room)
    return quota, industry


def test_quota_floor_binds_only_districts_below_it() -> None:
    market = np.array([0.1, 0.4])
    quota, industry = split(1000, np.ones(2), market, 0.3)
    assert industry.tolist() == [150, 200]
    assert (quota - industry).tolist() == [350, 300]
    assert split(1000, np.ones(2), market, 0.0)[1].tolist() == [50, 200]
    assert split(100, np.ones(2), market, 0.3)[1].tolist() == [15, 20]


def into_platforms(industry: list[int], complies: list[bool], platforms: list[int]) -> Any:
    """Return industrial quota of districts outside and inside their platforms."""
    outside, number = np.array(industry), len(industry)
    first, inside = np.cumsum([0, *(1 + n for n in platforms)]), np.empty(number, np.int64)
    kernels.into_platforms(
        outside, 0.4, np.array(complies), first, inside, np.empty(number), np.empty(number)
    )
    return outside.tolist(), inside.tolist()


def test_rule_places_everything_in_platforms() -> None:
    assert into_platforms([10, 20], [True, True], [0, 2]) == ([0, 0], [0, 30])
    assert into_platforms([10, 10], [True, False], [0, 1]) == ([0, 6], [0, 14])
    # Without any platform to hand it to the quota stays where it is.
    assert into_platforms([10, 20], [True, True], [0, 0]) == ([10, 20], [0, 0])


def test_quota_is_shifted_to_industry_while_urban_land_is_below_the_floor() -> None:
    quota, industry = np.array([100, 100, 100]), np.array([40, 20, 0])
    urban, work, extra = np.array([True, True, False]), np.empty((2, 3)), np.empty(3, np.int64)
    kernels.catch_up(700.0, 0.5, urban, quota, industry, work[0], extra, work[1])
    assert industry.tolist() == [70, 60, 0]  # half of the 60 and 80 m2 that other uses would get
    kernels.catch_up(7.9, 0.5, urban, quota, industry, work[0], extra, work[1])
    assert industry.tolist() == [73, 64, 0]


def register() -> Register:
    """Return the register of three districts, of which the first and the last have platforms."""
    return Register(3, np.array([0, 2, 0], dtype=np.int16))


def by_hand(area: Any, given_shares: dict[str, Any]) -> Any:
    """Return areas and what is booked after the quarter's quota, with numpy."""
    of, area, s = register(), area.copy(), given_shares
    quota, industry = split(min(s["total"], int(area[of.reserve].sum())), s["size"], s["market"],
                            s["reserved"])  # fmt: skip
    other = quota - industry
    urban = np.array([True, True, False])
    rows = np.concatenate([of.pools, of.estates])
    home = np.concatenate([of.cell_district, of.cell_district])
    built = area[rows][urban[home]].sum() + area[of.innovation][urban].sum()
    if s["floor"] > built:
        room = np.where(urban, other, 0)
        missing = min(int(s["floor"] - built), int(0.5 * room.sum()))
        extra = np.minimum(share_out(missing, room.astype(float)), room)
        industry, other = industry + extra, other - extra
    alone = np.floor(industry * s["alone"]).astype(np.int64)
    has = np.array([True, False, True])
    rest = industry - alone
    takers = np.where(has, rest, 0).astype(float)
    handed = np.where(s["complies"] & ~has & (takers.sum() > 0.0), rest, 0)
    share = np.where(has, np.where(s["complies"], 1.0, 0.4), 0.0)
    received = share_out(int(handed.sum()), takers)
    inside = np.rint((rest - handed) * share).astype(np.int64) + received
    outside = rest - handed + received - inside + alone
    other = np.maximum(other + industry - outside - inside, 0)
    booked, unused, pools_of = np.zeros(5, np.int64), np.zeros(3), {0: [0, 3, 5], 1: [1], 2: [2, 4]}
    booked[3] = alone.sum()

    def move(source: int, target: int, asked: int) -> int:
        moved = min(asked, int(area[source]))
        area[source] -= moved
        area[target] += moved
        return moved

    for here in range(3):
        own, *platforms = pools_of[here]
        parts = share_out(int(inside[here]), s["weights"][platforms]) if platforms else []
        for pool, part in zip(platforms, parts, strict=True):
            moved = move(of.reserve[here], pool, int(part))
            move(pool, pool + of.places, int(moved * s["into_unit"]))
            booked[0] += moved
        booked[1] += move(of.reserve[here], own, int(outside[here]))
        booked[2] += move(of.reserve[here], of.other[here], int(other[here]))
    for here in range(3):
        left = int((inside + outside)[here] * s["innovation"])
        for pool in pools_of[here]:
            moved = move(pool, of.innovation[here], left)
            left, unused[here] = left - moved, unused[here] + moved
    booked[4] = int(unused.sum())
    return area, booked, unused


@few
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_quota_of_a_quarter(seed: int, low: bool) -> None:
    random, of = np.random.default_rng(seed), register()
    area = random.integers(0, 2000, of.plots)
    area[of.reserve] = random.integers(0, 60_000, 3)
    shares = {
        "total": int(random.integers(0, 150_000)), "size": random.uniform(0.1, 1.0, 3),
        "market": random.uniform(0.0, 0.6, 3), "reserved": float(random.choice([0.0, 0.3])),
        "floor": 1e5 if low else 0.0, "complies": random.uniform(size=3) < 0.5, "alone": 0.2,
        "weights": np.array([0.0, 0.0, 0.0, *random.uniform(0.1, 1.0, 3)]), "into_unit": 0.3,
        "innovation": 0.25,
    }  # fmt: skip
    expected, booked, unused = by_hand(area, shares)
    pools, first = of.pools_by_district
    use = np.zeros(of.plots, np.int16)
    use[of.other], use[of.reserve], use[of.innovation] = 2, 3, 1
    district = np.concatenate([of.cell_district, of.cell_district, *[np.arange(3)] * 3])
    for function in (kernels.add_quota, kernels.add_quota.py_func):
        left, found, free = area.copy(), np.zeros(5, np.int64), np.zeros(3)
        function(
            left, use, district, np.array([True, True, False]), of.reserve, of.other,
            of.innovation, pools, first, of.places, shares["total"], shares["size"],
            float(shares["size"].sum()), shares["market"], shares["reserved"], shares["floor"],
            0.5, shares["complies"], shares["alone"], 0.4, shares["weights"][pools],
            shares["into_unit"], shares["innovation"], free, np.empty((5, len(pools)), np.int64),
            np.empty((2, len(pools))), found,
        )  # fmt: skip
        assert left.tolist() == expected.tolist()
        assert found.tolist() == booked.tolist()
        assert free.tolist() == unused.tolist()


def test_quota_is_pooled_for_projects_and_ground_stays_protected() -> None:
    # Three districts without platforms: pools, the same inside the unit, reserve.
    area = np.array([100, 40, 9, 50, 20, 0, 30, 0, 0])
    pieces, found = np.empty((3, 4), np.int64), 0
    for project, asked in enumerate((25, 30)):
        found = kernels.pooled(
            area, np.array([0, 1, 2, 0, 1, 2]), np.array([6, 7, 8]), 0, 0, asked, 0.5, 3, pieces,
            found, project,
        )  # fmt: skip
    # 20 of 40 and 4 of 9 outside the unit and one of 10 inside; then what is left of the reserve.
    assert pieces[:, :found].tolist() == [[0, 3, 0], [24, 1, 5], [0, 0, 1]]
    assert area.tolist() == [100, 15, 5, 50, 19, 0, 0, 26, 4]


def test_the_unit_is_made_whole_at_home_then_elsewhere() -> None:
    area, lost = np.array([40, 7, 50, 0, 0, 0]), np.array([120, 0, -3])
    swapped = np.zeros((3, 3), np.int64)
    whole = kernels.balance(area, np.arange(3), np.arange(4), 3, 0.5, lost, swapped)
    # Half of the 120: 40 at home, then the seven and 13 of the others.
    assert area.tolist() == [0, 0, 37, 40, 7, 13]
    assert (whole, swapped[0].tolist(), lost.tolist()) == (20, [0, 7, 13], [0, 0, 0])
