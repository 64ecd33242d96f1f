"""A firm model of seven fields, small enough to be written in several frameworks alike.

Fields: sector, output, capital, staff, log TFP, cash, age. One quarter, in order:

1. A firm leaves with the chance `HAZARD` times exp(-`SELECTION` times its log TFP above its
   sector's mean, kept within two); an entrant of fixed size and mean TFP takes its row.
2. Log output moves by `REPLICATOR` times the same gap plus a Laplace shock; log TFP by a drift
   plus a Laplace shock.
3. Outputs are scaled so that each sector's total grows by `DEMAND` over last quarter's, leavers
   included.
4. Staff closes `ADJUSTMENT` of the log gap to what output needs; capital wears off and takes
   `INVESTMENT` of output; cash takes the margin less wages; firms grow older.
5. Output-weighted mean TFP of the sectors is noted for the next quarter.

It is a yardstick for speed, not a part of the product's model.
"""

from __future__ import annotations

SECTORS = 40
HAZARD, SELECTION = 0.02, 0.5
REPLICATOR, SALES_SHOCK = 0.05, 0.06
DRIFT, TFP_SHOCK = 0.0125, 0.03
DEMAND = 0.015
ADJUSTMENT, SHARE, WIDEST = 0.3, 0.4, 1.5
WEAR, INVESTMENT = 0.025, 0.08
MARGIN, WAGE = 0.25, 2.0e4
ENTRANT_OUTPUT, ENTRANT_CAPITAL, ENTRANT_STAFF = 0.5e6, 1.0e6, 8.0
FIELDS = ("sector", "output", "capital", "staff", "log_tfp", "cash", "age")
