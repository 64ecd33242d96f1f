"""The firm loops in plain numpy: one column per state variable, one expression per rule.

Numpy reference of the engine's compiled loops of production, innovation, plans, credit and
energy. What happens between firms (demand of sectors, supplies of the bank) is the twin's own
code: :class:`ColumnFirms` does for all firms at once what ``FirmAgent`` does for one.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from benchmarks.reduced.numpy_form import laplace
from benchmarks.twin import capital, energy, innovation, production
from benchmarks.twin.model import OWN_COLUMNS, TwinModel
from sim import lots
from sim.credit import PROJECT_CAP
from sim.credit_kernels import BANDS
from sim.innovation import FRONTIER_SLOTS
from sim.investment import LARGEST_DEVIATION, MEMORY
from sim.production import CERTIFIED_PROFIT_TAX, PROFIT_TAX, SMALL_EXPORTER
from sim.state import BACKBONE, Firms

UNKNOWN = dict.fromkeys(
    ("seen_tfp", "size_factor", "laid_out_for", "own_standing", "smoothed_output", "gearing"),
    np.nan,
) | {"land_allows": 1.0}
"""What a firm that is not in a column yet has there, where it is not zero."""


def unit(words: Any) -> Any:
    """Return the numbers in (0, 1) of 64 random bits each."""
    return ((words >> np.uint64(11)).astype(float) + 0.5) / 2.0**53


class ColumnFirms:
    """All living firms as columns; methods as those of ``FirmAgent``.

    Parameters
    ----------
    city : NumpyCity
        Their city.
    state : CityState
        Where they start.
    """

    def __init__(self, city: Any, state: Any) -> None:
        self.city = city
        rows = np.flatnonzero(state.firms.alive)
        self.everyone = state.firms.firm_id.copy()
        for field in fields(Firms):
            setattr(self, field.name, getattr(state.firms, field.name)[rows].copy())
        for name, own in OWN_COLUMNS.items():
            column = np.full(len(rows), UNKNOWN.get(own, 0.0))
            kept = state.arrays.get(name, np.zeros(0))
            known = rows[rows < len(kept)]
            column[: len(known)] = kept[known]
            setattr(self, own, column)
        self.new = np.isnan(self.seen_tfp)
        if "production.tfp" not in state.arrays:
            self.new[:] = False
            self.seen_tfp = self.log_tfp - 0.25 * production.tfp_trend(city.p)
            self.seen_quality, self.seen_certificate = self.quality_level.copy(), self.high_tech
            self.seen_capital = self.capital_stock * np.exp(-0.25 * city.p["capital_trend"])
        table = state.city.sectors
        for name in ("service", "manufacturing", "traditional"):
            setattr(self, name, getattr(table, name)[self.sector])
        self.emerging = table.strategic_emerging_share[self.sector]
        self.attention = city.keyed.uniforms("investment/take_up", self.firm_id)[0]

    def do(self, method: str) -> None:
        """Call a method, as an AgentSet would for each of its agents."""
        getattr(self, method)()

    def add(self, **columns: Any) -> None:
        """Add columns up into the totals of their sectors."""
        for name, values in columns.items():
            sums = np.bincount(self.sector, values, len(self.city.sectors))
            for sector, total in zip(self.city.sectors, sums.tolist(), strict=True):
                setattr(sector, name, total)

    def of_sector(self, name: str) -> Any:
        """Return each firm's value of a variable of its sector."""
        return np.array([getattr(sector, name) for sector in self.city.sectors])[self.sector]

    # Production -------------------------------------------------------------------------------

    def survey(self) -> None:
        city = self.city
        pull = np.where(self.high_tech, city.purchase, 0.0)
        pull -= np.where(self.seen_certificate != 0.0, city.purchase_before, 0.0)
        pull = np.where(self.new, 0.0, pull) + self.supplier_pull
        small = self.annual_revenue < SMALL_EXPORTER
        pull += np.where(small, city.export_shift * self.export_share, 0.0)
        score = self.log_tfp + self.quality_level
        self.pressure = city.p["replicator_strength"] * score + pull
        learned = np.where(self.new, 0.0, self.log_tfp - self.seen_tfp - self.position)
        better = np.where(self.new, 0.0, self.quality_level - self.seen_quality)
        stayed = ~self.new & (self.seen_capital > 0.0) & (self.employees > 0.0)
        workers = np.where(stayed, self.employees, 0.0)
        self.add(
            output=self.real_output, advance=self.real_output * (learned + better),
            extra=self.investment - self.usual_investment, capital=self.capital_stock,
            pulled=self.real_output * pull, workers=workers,
            learned=workers * learned, was=np.where(stayed, self.seen_capital, 0.0),
            now=np.where(stayed, self.capital_stock, 0.0),
        )  # fmt: skip
        self.seen_tfp, self.seen_quality = self.log_tfp.copy(), self.quality_level.copy()
        self.seen_capital, self.seen_certificate = self.capital_stock.copy(), self.high_tech.copy()
        self.new = np.zeros(len(self.new), dtype=np.bool_)

    def grow(self) -> None:
        city, p = self.city, self.city.p
        size = np.log(np.maximum(self.annual_revenue / 50e6, 0.02))
        fresh = np.isnan(self.size_factor) | (city.quarter % 4 == 0)
        spread = np.where(fresh, np.exp(p["growth_sd_size_exponent"] * size), self.size_factor)
        self.size_factor = spread
        scale, lasting = p["growth_rate_scale"], p["permanent_shock_share"]
        passing = 0.4 * (1.0 - lasting) * scale * spread * laplace(unit(self.words[1]))
        shock = 0.5 * lasting * scale * spread * laplace(unit(self.words[0]))
        shock = np.clip(shock + passing - self.passing, -1.5, 1.5)
        self.passing = passing
        before = self.real_output
        self.real_output = before * np.exp(self.pressure + shock)
        self.add(before=before, after=self.real_output)

    def hire(self) -> None:
        city, share = self.city, self.city.p["capital_share"]
        self.real_output *= self.of_sector("output_factor")
        needed = np.log(np.maximum(self.real_output, 1.0)) - self.log_tfp
        needed -= share * np.log(np.maximum(self.capital_stock, 1.0))
        gap = needed / (1.0 - share) - np.log(np.maximum(self.employees, 1.0))
        self.laid_out_for = np.where(np.isnan(self.laid_out_for), gap, self.laid_out_for)
        move = city.p["labour_adjustment"] * np.clip(gap - self.laid_out_for, -1.5, 1.5)
        before = self.employees
        self.employees = before * np.exp(move)
        self.add(staff_before=before, staff_after=self.employees)

    def settle(self) -> None:
        city, p = self.city, self.city.p
        self.employees *= self.of_sector("staff_factor")
        self.wage *= city.wage_factor
        self.revenue = self.real_output * np.where(self.service, 1.0, city.price)
        rate = self.value_added_rate - (1.0 - self.value_added_rate) * city.squeeze
        self.value_added = self.revenue * np.clip(rate + city.vat_change, 0.01, 0.95)
        self.annual_revenue = 0.75 * self.annual_revenue + self.revenue
        wages, turnover_tax = self.wage * self.employees, city.turnover_tax * self.revenue
        interest, fees = city.interest * self.debt, city.fee * self.revenue
        dearer = np.array(city.class_prices)[self.per_mu_class + 1] - 1.0
        surcharge = dearer * p["energy_price_level"] * self.energy_intensity * self.real_output
        profit = self.value_added - wages - turnover_tax - interest - fees - surcharge
        profit -= p["depreciation_rate"] / 4.0 * self.capital_stock
        tax_rate = np.where(self.high_tech, CERTIFIED_PROFIT_TAX, PROFIT_TAX)
        profit_tax = tax_rate * np.maximum(profit, 0.0)
        payout = p["payout_share"] * np.maximum(profit - profit_tax, 0.0)
        self.profit, self.tax = profit, turnover_tax + profit_tax
        self.cash += self.value_added - wages - self.tax - interest - fees - surcharge - payout

    # Innovation -------------------------------------------------------------------------------

    def stand(self) -> None:
        self.rd_ratio *= self.city.rd_growth
        self.add(workers=self.employees, skilled=self.employees * self.log_tfp)

    def learn(self) -> None:
        city, p = self.city, self.city.p
        gap = self.log_tfp - self.of_sector("mean_tfp")
        self.own_standing = np.where(np.isnan(self.own_standing), gap, self.own_standing)
        luck = np.clip(laplace(unit(self.words[2])), -8.0, 8.0)
        self.position = 0.5 * p["tfp_shock_scale"] * luck
        self.position += p["imitation_speed"] / 4.0 * np.maximum(0.8 - gap, 0.0)
        self.position -= (1.0 - p["tfp_persistence"] ** 0.25) * (gap - self.own_standing)
        doing, outlay = self.rd_ratio > 0.0, self.rd_ratio * self.revenue
        kept = (1.0 - p["rd_depreciation"] / 4.0) * self.rd_stock
        usual = np.maximum(kept + outlay / city.price, 1.0)
        more = np.maximum(kept + city.rd_done * outlay / city.price, 1.0)
        certified = doing & self.high_tech
        stock = np.where(certified, more, usual)
        self.rd_gain = np.where(doing, p["tfp_wrt_rd"] * self.talent_gain, 0.0)
        self.rd_gain += np.where(certified, p["tfp_wrt_rd"] * np.log(stock / usual), 0.0)
        reported = np.where(certified, city.rd_claimed * outlay, 0.0)
        self.cash += city.terms.rd_grant * reported
        self.rd_stock = np.where(doing, stock, self.rd_stock)
        self.add(
            moved=self.employees * self.position, output=self.real_output,
            researched=self.real_output * self.rd_gain,
        )  # fmt: skip

    def frontier(self) -> None:
        city = self.city
        slots = max(int(np.ceil(FRONTIER_SLOTS * city.scale)), 1)
        able = (self.emerging > 0.2) & (self.rd_ratio > 0.01) & (self.annual_revenue < 4e8)
        rows = np.flatnonzero(able)
        lots_of = city.keyed.uniforms("innovation/frontier_firm", self.firm_id[rows], city.quarter)
        first = rows[np.argsort(-lots_of[0])][:slots]
        opens, succeeds = city.keyed.uniforms(
            "innovation/frontier", np.arange(slots), city.quarter, 2
        )
        open_now, open_before = (
            opens < each.frontier_draws * city.scale / (4.0 * slots)
            for each in (city.terms, city.reference)
        )
        wins = (open_now.astype(float) - open_before) * (succeeds < city.p["frontier_success"])
        self.log_tfp[first] += city.p["frontier_jump"] * wins[: len(first)]

    def upgrade(self) -> None:
        city, terms, usual = self.city, self.city.terms, self.city.reference
        able = self.traditional & ~self.upgraded
        lot = ((self.words[3] & np.uint64(0xFFFFFFFF)).astype(float) + 0.5) / 2.0**32
        taken = able & (lot < -np.expm1(-terms.upgrade_hazard / 4.0))
        usually = able & (lot < -np.expm1(-usual.upgrade_hazard / 4.0))
        self.upgraded |= taken
        self.value_added_rate += taken * terms.upgrade_gain - usually * usual.upgrade_gain
        more = taken.astype(float) - usually
        self.log_tfp += more * city.p["upgrade_productivity_gain"]

    def advance(self) -> None:
        city, p = self.city, self.city.p
        self.position -= self.of_sector("mean_move")
        room = self.digital_level * (1.0 - self.digital_level)
        gain = self.position + self.rd_gain + self.of_sector("spillover") + city.gain_everywhere
        gain += p["productivity_wrt_digital"] * (city.pace - city.usual_pace) * room
        gain += city.digital_spill * self.digital_level
        gain += np.where(self.rd_ratio > 0.0, city.public_gain, 0.0)
        gain += np.where(self.rd_ratio > 0.01, self.of_sector("field_gain"), 0.0)
        gain += np.where(self.tier == BACKBONE, city.link_gain, 0.0)
        self.log_tfp += gain
        self.digital_level = np.minimum(self.digital_level + city.pace * room, 0.98)
        self.quality_level += city.quality_gain
        rate = self.value_added_rate + p["value_added_rate_drift"] / 4.0
        rate += city.quality_gain * (1.0 - self.value_added_rate)
        self.value_added_rate = np.clip(rate, 0.02, 0.92)

    # Capital and energy -----------------------------------------------------------------------

    def feel_growth(self) -> None:
        city = self.city
        start = self.real_output * np.exp(-city.usual_growth)
        past = np.where(np.isnan(self.smoothed_output), start, self.smoothed_output)
        self.producing = (self.real_output > 0.0) & (self.capital_stock > 0.0)
        ratio = np.where(self.producing, self.real_output / np.maximum(past, 1e-9), 1.0)
        self.felt = np.log(ratio)
        counted = self.producing & ~self.service
        city.output, city.past_output = self.real_output @ counted, past @ counted
        city.felt = float((self.real_output * self.felt) @ counted)
        city.capital = float(self.capital_stock.sum())
        city.allowed = float(self.capital_stock @ self.land_allows)
        self.smoothed_output = past + MEMORY * (self.real_output - past)

    def plan(self) -> None:
        city, p = self.city, self.city.p
        self.claim_rate = np.where(self.attention < city.take_up, city.claim_rate, 0.0)
        growth = self.felt + city.felt_shift - city.usual_growth
        growth = np.clip(growth, -LARGEST_DEVIATION, LARGEST_DEVIATION)
        rate = p["capital_trend"] + p["capital_depreciation"] + p["investment_accelerator"] * growth
        wish = np.maximum(rate, 0.0) / 4.0 * np.where(self.producing, self.capital_stock, 0.0)
        geared = np.minimum(self.debt / np.maximum(self.capital_stock * city.price, 1.0), 1.0)
        cost = 1.0 + (city.rate_change - city.spread_cut * geared) / city.user_cost
        cost = np.maximum(cost, 0.2) ** p["investment_wrt_user_cost"]
        usually = self.attention < p["incentive_take_up_share"]
        beyond = self.claim_rate - np.where(usually, city.usual_claim_rate, 0.0)
        more = 1.0 + p["investment_wrt_17pct_credit"] / 0.17 * beyond
        share = p["technical_upgrade_share"]
        self.usual_investment = wish
        self.upgrade_plan = np.maximum(wish * share * cost * more, 0.0)
        widening = wish * (1.0 - share) * cost * self.land_allows / city.usual_land
        self.planned = widening + self.upgrade_plan

    def ask(self) -> None:
        city, p, bank = self.city, self.city.p, self.city.bank
        worth = self.capital_stock * city.price
        typical = min(self.debt.sum() / max(worth.sum(), 1.0), 1.0)
        own = np.minimum(self.debt / np.maximum(worth, 1.0), 10.0)
        own = np.where(self.debt > 0.0, own, typical)
        self.gearing = np.where(np.isnan(self.gearing), own, self.gearing)
        value = self.gearing * worth
        rate = p["loan_repayment_rate"]
        self.due = np.clip(self.debt - city.lean * value, 0.0, rate * self.debt)
        own = self.cash - p["cash_buffer"] * self.revenue - self.due
        self.own_funds, kept = np.maximum(own, 0.0), self.debt - self.due
        short = self.usual_investment * city.price - self.own_funds
        self.asks_usually = np.maximum(np.maximum(value - kept, short), 0.0)
        short = self.planned * city.price - self.own_funds
        self.asks = np.maximum(np.maximum(city.lean * value - kept, short), 0.0)
        margin = np.clip(self.profit / np.maximum(self.revenue, 1.0), -0.3, 0.3)
        size = np.log(np.maximum(self.annual_revenue, 1e5) / 20e6)
        cover = np.minimum(worth / np.maximum(self.debt, 1.0), 3.0)
        self.grade = 2.0 * margin + 0.15 * size + 0.1 * cover
        bank.lent, bank.due = self.debt @ self.manufacturing, self.due @ self.manufacturing
        bank.to_profitable = float(self.debt @ (self.manufacturing & (self.profit > 0.0)))

    def would_spend(self) -> None:
        city, industry = self.city, ~self.service
        wish = self.usual_investment * city.price
        city.wished = float(wish @ industry)
        city.reached = float(self._spent(wish, city.usual_rations) @ industry)

    def _spent(self, plan: Any, rations: Any) -> Any:
        paid = np.minimum(plan, self.own_funds + rations.loans)
        return paid + self.city.p["informal_finance"] * (plan - paid)

    def invest(self) -> None:
        city, p, bank = self.city, self.city.p, self.city.bank
        loan = city.rations.loans
        spent = city.usual_scale * self._spent(self.planned * city.price, city.rations)
        owners = np.maximum(spent - self.own_funds - loan, 0.0)
        loan = loan + bank.push * self.debt * (self.manufacturing & (self.profit > 0.0))
        outlay = np.maximum(spent + self.additional, 0.0)
        self.additional = np.zeros_like(self.additional)
        planned = np.where(self.planned > 0.0, self.planned, 1.0)
        renewing = np.where(self.planned > 0.0, np.minimum(self.upgrade_plan / planned, 1.0), 0.0)
        claimed = np.minimum(self.claim_rate * outlay * renewing, PROJECT_CAP)
        money = self.cash + (owners + loan - self.due + claimed - outlay)
        buffer = 2.0 * p["cash_buffer"] * self.revenue
        self.cash = money - p["surplus_payout"] * np.maximum(money - buffer, 0.0)
        self.debt += loan - self.due
        self.investment = outlay / city.price
        self.upgrade_investment = self.investment * renewing
        self.capital_stock *= 1.0 - p["capital_depreciation"] / 4.0
        self.capital_stock += self.investment
        bank.stock = float(self.debt @ self.manufacturing)

    def save_energy(self) -> None:
        city, p, group = self.city, self.city.p, self.per_mu_class + 1
        dearer = np.log(np.array(city.class_prices) / np.array(city.usual_class_prices))
        target = p["energy_wrt_price"] * dearer[group]
        target += np.where(self.of_sector("heavy"), city.quota_effect, 0.0)
        step = city.energy_speed * (target - self.energy_response)
        drop = city.energy_speed * (city.water_target - self.water_response)
        self.energy_response += step
        self.water_response += drop
        beyond = self.investment - self.usual_investment
        beyond = np.clip(beyond / np.maximum(self.capital_stock, 1.0), -0.05, 0.15)
        vintage = -p["energy_vintage_gain"] * beyond
        self.energy_intensity *= np.exp(step + vintage - p["autonomous_energy_fall"] / 4.0)
        self.water_intensity *= np.exp(drop + 0.5 * vintage - p["water_intensity_fall"] / 4.0)
        self.pollutant_intensity *= np.exp(vintage - p["pollutant_autonomous_fall"] / 4.0)


class Rations:
    """Loans granted, as :class:`benchmarks.twin.capital.Rations`, for all firms at once."""

    def __init__(self, firms: ColumnFirms, usual: bool, supply: float) -> None:
        asked = firms.asks_usually if usual else firms.asks
        limited = firms.manufacturing & (asked > 0.0)
        self.loans, self.demand = asked.copy(), float(asked @ limited)
        if self.demand <= supply:
            return
        grade = firms.grade[limited]
        width = float(grade.max() - grade.min()) / (BANDS - 1) or 1.0
        band = ((grade.max() - grade) / width).astype(np.int64)
        total = np.bincount(band, asked[limited], BANDS)
        served_before = np.cumsum(total) - total
        share = np.clip((supply - served_before) / np.where(total > 0.0, total, 1.0), 0.0, 1.0)
        self.loans[limited] *= share[band]


class NumpyCity(TwinModel):
    """The twin city with its firms as columns; nobody enters or leaves."""

    def _copy_firms(self, state: Any) -> None:
        self.columns = ColumnFirms(self, state)

    @property
    def firms(self) -> ColumnFirms:
        """The firms."""
        return self.columns

    def step(self) -> None:
        """Simulate one quarter of production, innovation, plans, credit and energy."""
        self.quarter += 1
        self.terms, self.reference = self.terms_of[self.quarter]
        firms = self.columns
        firms.words = np.empty((4, len(firms.firm_id)), dtype=np.uint64)
        lots._draw(firms.words, firms.firm_id, 0, self.quarter, self.keyed.key(lots.STREAM))
        production.step(self)
        innovation.learn_together(self)
        innovation.support_fields(self, int(np.count_nonzero(firms.tier == BACKBONE)))
        for method in ("frontier", "upgrade", "advance"):
            firms.do(method)
        capital.plans(self)
        capital.lend(self, Rations)
        energy.step(self)
