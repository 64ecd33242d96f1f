"""The compiled loop that fills the firms of the opening: books, technology, intensities."""

from __future__ import annotations

import numpy as np

from sim.compiled import apart, exp, log

TYPICAL = (
    "value_added_odds", "output_per_sales", "wages_per_value_added", "capital_per_sales",
    "export_share", "energy_intensity", "water_intensity", "pollutant_intensity", "rd_bar",
    "rd_ratio", "rd_spread", "digital_odds",
)  # fmt: skip
"""What the firms of a stretch, of one sector and kind, have in common.

Log odds of value added over sales; output at 2015 prices per yuan of sales; wages over value
added; capital over yearly sales; share of sales that exporters sell abroad; uses per yuan; the
uniform number above which a firm does R&D, its usual ratio to sales and the spread of its
logarithm; log odds of the digital level at sales of one yuan.
"""
(
    _VALUE_ADDED, _OUTPUT, _LABOUR, _CAPITAL, _EXPORTED, _ENERGY, _WATER, _POLLUTANT, _RD_BAR,
    _RD, _RD_SPREAD, _DIGITAL,
) = range(len(TYPICAL))  # fmt: skip
LARGEST_RD = 0.35
DIGITAL_WRT_SALES = 0.15


@apart
def size_small_firms(  # type: ignore[no-untyped-def]
    edges, staff_per_sales, noise, sizes, growth, yearly, previous, employees,
):  # fmt: skip
    """Draw sales of two years and the staff of firms below the threshold, or of services.

    Parameters
    ----------
    edges : ndarray of int, shape (stretches + 1,)
        Where the stretches of firms, each of one sector, begin, and the end of the last.
    staff_per_sales : ndarray, shape (stretches,)
        Usual persons per yuan of yearly sales.
    noise : ndarray, shape (12, firms)
        Of which the first moves sales, the second staff and the fourth growth.
    sizes : tuple
        Median of sales, yuan, the spread of their logarithm, bounds of the noise, and sales from
        which a draw is thrown back: twice as far above is half as far below.
    growth : tuple
        Mean and spread of growth since the year before, log, and whether `sizes` are those of
        that year.
    yearly, previous, employees : ndarray, shape (firms,)
        Columns to fill: sales of the last full year and of the year before it, yuan; persons.
    """
    median, spread, lowest, highest, bar = sizes
    mean, variation, of_year_before = growth
    for stretch in range(len(edges) - 1):
        s = np.uint64(stretch)
        usual = staff_per_sales[s]
        for row in range(edges[s], edges[s + np.uint64(1)]):
            i = np.uint64(row)
            sold = median * exp(spread * min(max(noise[0, i], lowest), highest))
            sold = bar * (bar / sold) * (bar / sold) if sold >= bar else sold
            grown = exp(mean + variation * noise[3, i])
            before = sold if of_year_before else sold / grown
            yearly[i], previous[i] = before * grown, before
            staff = usual * yearly[i] * exp(0.4 * noise[1, i])
            employees[i] = max(staff, 1.0)


@apart
def fill_firms(  # type: ignore[no-untyped-def]
    edges, typical, noise, yearly, employees, capital_share, debt_ratio, rd_years, smallest,
    rate, revenue, value_added, real_output, pay, capital, tfp, cash, debt, export_share, energy,
    water, pollutant, rd_ratio, rd_stock, digital,
):  # fmt: skip
    """Fill in what follows from each firm's sales, staff and noise. Flows are per quarter.

    Parameters
    ----------
    edges : ndarray of int, shape (stretches + 1,)
        Where the stretches of firms begin, and the end of the last.
    typical : ndarray, shape (:data:`TYPICAL`, stretches)
    noise : ndarray, shape (12, firms)
        Standard normals; the seventh and the ninth are uniforms.
    yearly, employees : ndarray, shape (firms,)
        Sales of the last full year, yuan; persons.
    capital_share : float
        Exponent of capital.
    debt_ratio : float
        Debt over capital and current assets.
    rd_years : float
        Stock of knowledge over yearly R&D.
    smallest : float
        Log sales, yuan, below which size counts no less for the digital level.
    rate, ..., digital : ndarray, shape (firms,)
        Columns to fill, all of the firm table but `pay`, the wage bill.
    """
    for stretch in range(len(edges) - 1):
        s = np.uint64(stretch)
        common = typical[:, s]
        log_output, log_capital = log(0.25 * common[_OUTPUT]), log(common[_CAPITAL]) - 0.125
        for row in range(edges[s], edges[s + np.uint64(1)]):
            i = np.uint64(row)
            size = log(yearly[i])
            rate[i] = 1.0 / (1.0 + exp(-(0.30 * noise[2, i] + common[_VALUE_ADDED])))
            revenue[i] = 0.25 * yearly[i]
            value_added[i] = revenue[i] * rate[i]
            real_output[i] = common[_OUTPUT] * revenue[i]
            pay[i] = common[_LABOUR] * value_added[i] * exp(0.15 * noise[4, i])
            equipped = log_capital + size + 0.5 * noise[5, i]
            capital[i] = exp(equipped)
            inputs = capital_share * equipped + (1.0 - capital_share) * log(employees[i])
            tfp[i] = log_output + size - inputs
            cash[i] = 0.10 * yearly[i] * exp(0.5 * noise[6, i])
            debt[i] = debt_ratio * (0.35 * yearly[i] + capital[i])
            export_share[i] = common[_EXPORTED] if noise[7, i] > 0.5 else 0.0
            spread = exp(0.5 * noise[8, i] - 0.125)
            energy[i] = common[_ENERGY] * spread
            water[i] = common[_WATER] * spread
            pollutant[i] = common[_POLLUTANT] * spread
            ratio = common[_RD] * exp(common[_RD_SPREAD] * noise[10, i])
            ratio = min(ratio, LARGEST_RD) if noise[9, i] > common[_RD_BAR] else 0.0
            rd_ratio[i], rd_stock[i] = ratio, rd_years * ratio * yearly[i]
            odds = DIGITAL_WRT_SALES * max(size, smallest) + common[_DIGITAL]
            digital[i] = 1.0 / (1.0 + exp(-(0.6 * noise[11, i] + odds)))
