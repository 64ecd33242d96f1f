"""Entities and state variables: what exists in the city at a quarter.

Firms and parcels are columns (struct of arrays); funds, districts and projects are
``mesa.Agent`` objects held in lists. Rows are never deleted or reordered: a firm that leaves
keeps its row with ``alive`` false, so that row numbers are stable references within a member
and ids are never reused.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.growing import SPARE_ROOM, Block, blocks_of, with_room
from sim.ledger import Ledger

if TYPE_CHECKING:
    from sim.city import City
    from sim.outside import History, World
    from sim.policy import Terms
    from sim.rng import KeyedRandom

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.int16]

TIERS = ("supplier", "startup", "growth", "backbone")
"""中小微配套, 科技型初创, 成长型, 龙头骨干: the steps of the wild-geese ladder 雁阵."""
SUPPLIER, STARTUP, GROWTH, BACKBONE = range(4)
CLASSES = ("A", "B", "C", "D")
"""Per-mu evaluation classes 亩均效益分类; -1 means not evaluated."""
STAGES = ("none", "share_reform", "tutoring", "filing", "a_share", "overseas", "delisted")
"""Listing pipeline: 股改, 辅导, 报审, then listed at home or abroad, then delisted."""
NONE, SHARE_REFORM, TUTORING, FILING, A_SHARE, OVERSEAS, DELISTED = range(7)
USES = ("industrial", "innovation", "other_built", "reserve")
"""Land use: industrial, innovation-type M0, other built-up, reserve."""
INDUSTRIAL, INNOVATION, OTHER_BUILT, RESERVE = range(4)


@dataclass
class Firms:
    """One row per firm; every array has the shape (firms,).

    Money is yuan per quarter at current prices unless the name says ``real`` (constant 2015
    prices); stocks are yuan; intensities are per yuan of real gross output.
    """

    firm_id: Integers
    """Never reused; the key of every random draw of the firm."""
    alive: Flags
    sector: Codes
    district: Codes
    platform: Codes
    """Row of the platform, -1 outside platforms."""
    birth_quarter: Integers
    employees: Floats
    capital_stock: Floats
    """Constant 2015 prices, yuan."""
    log_tfp: Floats
    """Log total factor productivity of real gross output."""
    real_output: Floats
    """Gross output of the quarter, constant 2015 prices, yuan; service firms: revenue."""
    value_added_rate: Floats
    """Value added over main revenue at 2015 relative prices, fraction."""
    wage: Floats
    """Yuan per employee per quarter."""
    revenue: Floats
    value_added: Floats
    profit: Floats
    tax: Floats
    cash: Floats
    debt: Floats
    energy_intensity: Floats
    """tce per yuan of real output."""
    water_intensity: Floats
    """m3 per yuan of real output."""
    pollutant_intensity: Floats
    """Index units per yuan of real output (no data: prior only)."""
    rd_stock: Floats
    """Constant 2015 prices, yuan."""
    rd_ratio: Floats
    """R&D outlay over revenue, fraction."""
    digital_level: Floats
    """0 to 1."""
    quality_level: Floats
    """Log mark-up from quality, brands and standards."""
    export_share: Floats
    investment: Floats
    """Real investment of the quarter, yuan at 2015 prices."""
    upgrade_investment: Floats
    """Technical-upgrade part of `investment`."""
    annual_revenue: Floats
    """Sum of the last four quarters (exponential memory), current prices, yuan."""
    previous_revenue: Floats
    """`annual_revenue` four quarters earlier as of the last annual review, yuan."""
    high_tech: Flags
    """Holds the high-tech certificate 国家高新技术企业."""
    certificate_until: Integers
    """Quarter in which the certificate lapses; -1 without."""
    upgraded: Flags
    """Traditional firm that took the upgrading programme (clause 4)."""
    tier: Codes
    listing_stage: Codes
    stage_since: Integers
    """Quarter in which the present listing stage began."""
    joint_stock: Flags
    """Organised as a company limited by shares 股份有限公司."""
    quoted: Flags
    """Quoted on NEEQ or the regional equity market 挂牌."""
    leader: Integers
    """Row of the leader the firm supplies, -1 without."""
    per_mu_class: Codes
    """0..3 for A..D, -1 when not evaluated."""
    on_roster: Flags
    """On the bureau's roster of above-scale firms 规上."""
    land_area: Integers
    """Area occupied, m2 (sum of its parcels)."""
    talent: Floats
    """Leading talents and team members attached to the firm, persons."""
    project: Integers
    """Number of the project that built the plant, -1 without."""

    @classmethod
    def blank(cls, count: int, drawn: Collection[str] = ()) -> Firms:
        """Return `count` blank firms with room for others behind them.

        The first firms that are added then move no column. The columns `drawn` hold nothing of
        use: the caller fills every row of them in place.
        """
        columns: dict[str, NDArray[Any]] = {}
        blocks = blocks_of(_blanks())
        for block in blocks:
            block.lengthen(columns, count, drawn)
        firms = cls(**columns)
        firms.__dict__["_blocks"] = blocks
        return firms

    @property
    def count(self) -> int:
        """Number of rows, dead ones included."""
        return len(self.firm_id)

    def append(self, rows: Mapping[str, Any]) -> slice:
        """Add firms and return the slice of the new rows.

        Parameters
        ----------
        rows : Mapping
            What is not as a blank firm has it: arrays or one value by column. The ids must be an
            array: they tell how many there are.
        """
        columns, start = self.__dict__, self.count
        blocks = columns.get("_blocks")
        if blocks is None:
            blocks = columns["_blocks"] = blocks_of(_blanks())
        added = slice(start, start + len(rows["firm_id"]))
        for block in blocks:
            block.rows = start
            block.lengthen(columns, added.stop)
        for name, values in rows.items():
            columns[name][added] = values
        return added


@dataclass
class Parcels:
    """Land parcels; every array has the shape (parcels,). Total area never changes."""

    parcel_id: Integers
    area: Integers
    """Integer m2."""
    district: Codes
    platform: Codes
    protected: Flags
    """Inside the protected industrial unit 工业产业单元."""
    use: Codes
    floor_area_ratio: Floats
    occupant: Integers
    """Row of the firm that holds the parcel; -1 vacant; -2 shared estate of small firms."""
    land_class: Codes
    """Class A-D of the occupant at the last annual ranking, -1 without."""

    def append(self, rows: Mapping[str, Any]) -> slice:
        """Add parcels split from others and return the slice of the new rows.

        Parameters
        ----------
        rows : Mapping
            Every column by name, of the length of ``area``; or one value for all.

        Raises
        ------
        KeyError
            Where a column lacks.
        """
        columns, buffers = self.__dict__, self.__dict__.setdefault("_buffers", {})
        if lacking := columns.keys() - rows.keys() - {"_buffers"}:
            raise KeyError(", ".join(sorted(lacking)))
        start = len(self.area)
        stop = start + len(rows["area"])
        for name, values in rows.items():
            old, buffer = columns[name], buffers.get(name)
            # A column that was replaced since the last time is no view of its buffer any more.
            if buffer is None or old.base is not buffer or len(buffer) < stop:
                buffer = buffers[name] = np.empty(with_room(stop), dtype=old.dtype)
                buffer[:start] = old
            buffer[start:stop] = values
            columns[name] = buffer[:stop]
        return slice(start, stop)


ENTRANT, PROJECT_PLANT, MOVE_IN = 1, 2, 3
"""Kinds of new firms, for ids that do not depend on the order of creation."""


def new_firm_ids(kind: int, quarter: int, slots: Integers) -> Integers:
    """Return ids of new firms: a pure function of kind, quarter and slot, never reused.

    Parameters
    ----------
    kind : int
        ENTRANT, PROJECT_PLANT or MOVE_IN.
    quarter : int
        Quarter index of creation.
    slots : ndarray of int, shape (firms,)
        0, 1, 2 ... within kind and quarter, below ten million.
    """
    return np.asarray((kind * 100_000 + quarter) * 10_000_000 + slots, dtype=np.int64)


def column_types(table: type) -> dict[str, Any]:
    """Return the type of each column of :class:`Firms` or :class:`Parcels`."""
    kinds: dict[str, Any] = {"Floats": np.float64, "Integers": np.int64, "Flags": np.bool_}
    return {column.name: kinds.get(str(column.type), np.int16) for column in fields(table)}


@lru_cache(maxsize=1)
def _blanks() -> dict[str, tuple[Any, Any]]:
    """Return type and blank value of each of the firms' columns."""
    blank: dict[str, Any] = dict.fromkeys(
        ("platform", "certificate_until", "leader", "per_mu_class", "project"), -1
    )
    blank["alive"] = True
    of = column_types(Firms)
    return {name: (kind, kind(blank.get(name, 0)).item()) for name, kind in of.items()}


@lru_cache(maxsize=1)
def blank_values() -> Mapping[str, Any]:
    """Return what a blank firm holds by column: zero, -1 for references, alive. Read only."""
    return {name: value for name, (_, value) in _blanks().items()}


COLUMNS_BESIDE = 32
"""Columns beside the firm table that there is room for at first."""


@dataclass
class CityState:
    """Everything a process may read and change in one quarter of one member.

    Attributes
    ----------
    terms, reference : Terms
        What agents face now, and what they would face had the levers stayed at their
        before-plan values. Trends were estimated under the latter, so mechanisms act by the
        difference between the two.
    counts : dict
        Event totals of the quarter (``entries``, ``closures``, ...), reset every quarter.
    tallies : dict
        Firms that entered and left in the quarter by tier and sector, reset every quarter.
    memory : dict
        Scalars a process keeps between quarters under ``<process>.<name>``.
    """

    city: City
    parameters: Mapping[str, float]
    world: World
    history: History
    random: KeyedRandom
    first: int
    quarter: int
    terms: Terms
    reference: Terms
    firms: Firms
    parcels: Parcels
    ledger: Ledger = field(default_factory=Ledger)
    counts: dict[str, float] = field(default_factory=dict)
    tallies: dict[str, Integers] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)
    scale: float = 1.0
    """Size of the simulated city over the real one (``population.scale``)."""
    model: Any = None
    """The ``mesa.Model`` that funds, districts and projects belong to."""
    funds: list[Any] = field(default_factory=list)
    districts: list[Any] = field(default_factory=list)
    projects: list[Any] = field(default_factory=list)
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)
    """Arrays a process keeps between quarters under ``<process>.<name>``."""
    beside: Block = field(default_factory=lambda: Block(np.float64, {}, COLUMNS_BESIDE))
    """Those of them that grow with the firms (:func:`sim.columns.column`)."""
    buffers: dict[str, NDArray[Any]] = field(default_factory=dict)
    """Spare room behind others that do."""
    flags: dict[str, Flags] = field(default_factory=dict)
    """Flags of the firms by their sector (:meth:`of_sector`)."""
    scopes: Any = None
    """Rows that observers look at (:mod:`sim.scopes`), kept while a quarter is observed."""

    def fund(self, name: str) -> Any:
        """Return the fund or bank of that name.

        Raises
        ------
        KeyError
            If there is none.
        """
        for agent in self.funds:
            if agent.name == name:
                return agent
        raise KeyError(name)

    def scratch(self, name: str, rows: int) -> Floats:
        """Return a table of the shape (rows, firms) to work in; what it held is of no use.

        Tables are kept, so that no quarter asks the system for the memory anew.
        """
        needed = rows * self.firms.count
        kept = self.buffers.get(name)
        if kept is None or len(kept) < needed:
            kept = self.buffers[name] = np.empty(int(SPARE_ROOM * needed))
        return kept[:needed].reshape(rows, -1)

    def of_sector(self, kind: str) -> Flags:
        """Return which firms are of a kind of sector: a flag of the city's sector table.

        Firms stay in their sector, so that the flags are kept until firms are added. Read only.
        """
        kept, count = self.flags.get(kind), self.firms.count
        if kept is None or len(kept) != count:
            known = 0 if kept is None else len(kept)
            buffer = None if kept is None else kept.base
            if buffer is None or len(buffer) < count:
                buffer = np.empty(int(SPARE_ROOM * count) + 1, dtype=np.bool_)
                buffer[:known] = kept if kept is not None else False
            buffer[known:count] = getattr(self.city.sectors, kind).take(self.firms.sector[known:])
            kept = self.flags[kind] = buffer[:count]
            kept.setflags(write=False)
        return kept

    @property
    def now(self) -> int:
        """Position of the present quarter on the outside world's arrays."""
        return self.quarter - self.world.first

    def add(self, name: str, amount: float = 1.0) -> None:
        """Add to an event total of the quarter."""
        self.counts[name] = self.counts.get(name, 0.0) + amount

    def add_firms(self, name: str, rows: Integers | slice) -> None:
        """Add firms to the quarter's tally `name`, by their tier and sector."""
        tally = self.tally(name)
        np.add.at(tally, (self.firms.tier[rows], self.firms.sector[rows]), 1)

    def tally(self, name: str) -> Integers:
        """Return the firms noted under `name` this quarter, shape (tiers, sectors), to add to."""
        kept = self.tallies.get(name)
        if kept is None:
            shape = len(TIERS), len(self.city.sectors.code)
            kept = self.tallies[name] = np.zeros(shape, dtype=np.int64)
        return kept

    def subsidise(self, lever: str, paid: float, usual: float) -> None:
        """Book what firms are paid under a lever, and what its before-plan value would pay.

        Both for the same activity: what the plan adds to spending is their difference.
        """
        self.ledger.pay("government", "firms", f"lever:{lever}", paid)
        self.add(f"usual_payment.{lever}", usual)
