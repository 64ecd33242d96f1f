"""How much pairing by common random numbers saves: five levers, a small change each.

    python -m benchmarks.paired_variance [members] [scale]

Each lever is raised by a twentieth of its range over the whole horizon. Printed is the variance of
the mean difference of the lever's own indicator in the last quarter, paired, over that of two
separate runs (the sum of both variances). The goal is at most 1/5.
"""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np

from calibration.fits import ensure
from sim.analysis.comparison import paired
from sim.city import load_city
from sim.ensemble import simulate_in_memory
from sim.levers import LEVERS
from sim.results import indicator_names
from sim.scenario import FilesRead, load_with_plan, project_root

NAMES = ("redevelopment_rate", "technical_upgrade_subsidy", "cost_cut_rate",
         "tier_transition_boost", "high_tech_cultivation")  # fmt: skip
STEP = 0.05


def main(members: int, scale: float) -> None:
    root, files = project_root(), FilesRead()
    path = root / "scenarios" / "base.yaml"
    shared = {"members": str(members), "population.scale": repr(scale)}
    base, plan = load_with_plan(path, shared, root, files)
    city = load_city(ensure(base.city, base.as_of, root, False))
    plain = simulate_in_memory(base, plan, city)
    print(f"{members} members at scale {scale:g}; each lever raised by {STEP:.0%} of its range")
    print("lever, indicator, mean difference, paired variance over unpaired")
    for name in NAMES:
        lever = LEVERS[name]
        before = base.levers[name]
        raised = tuple(min(v + STEP * (lever.high - lever.low), lever.high) for v in before)
        other = simulate_in_memory(replace(base, levers={**base.levers, name: raised}), plan, city)
        row = indicator_names().index(lever.indicator)
        a, b = (np.array([m.published[row, -1:] for m in run]) for run in (plain, other))
        found = paired(a, b)
        separate = (a.var(ddof=1) + b.var(ddof=1)) / members
        ratio = float(found.error[0] ** 2 / separate)
        print(f"{name}, {lever.indicator}, {found.difference[0]:.4g}, {ratio:.2g}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40, float((sys.argv[2:] or ["0.1"])[0]))
