"""Thirty deliberate bugs: sign, off by one, lost flow, shared random stream, wrong order.

Each names the file, the text as it stands (exactly once), what it becomes, why somebody could
write it, and the tests of that part, which are run together with the file's doctests.
"""

from __future__ import annotations

from dataclasses import dataclass

BOOKS = ("tests/accounting", "tests/sim/test_model.py")
KERNELS = ("tests/properties/test_kernels.py",)
RULES = ("tests/properties/test_rules.py",)


@dataclass(frozen=True)
class Mutant:
    """A seeded bug."""

    file: str
    old: str
    new: str
    why: str
    tests: tuple[str, ...]


MUTANTS = (
    # lost flows and wrong books
    Mutant("sim/demography.py",
           'state.ledger.pay("firms", "households", "liquidation",',
           '(lambda *_: None)("firms", "households", "liquidation",',
           "cash of closed firms vanishes", BOOKS),
    Mutant("sim/credit.py", 'pay("firms", "banks", "repayment", sums["repayment"])', "pass",
           "repayments are taken from firms but not booked", ("tests/sim/test_capital.py",)),
    Mutant("sim/funds_kernels.py", "stays = False", "stays = True",
           "a sold share is sold again next year", BOOKS),
    Mutant("sim/projects.py",
           'state.ledger.pay("investors", "firms", "project_working_capital", cash)', "pass",
           "a plant opens with money from nowhere", ("tests/sim/test_projects.py",)),
    Mutant("sim/flows.py", '"repayment": _flow("firms > banks")',
           '"repayment": _flow("banks > firms")', "payer and payee swapped in the matrix",
           ("tests/accounting", "tests/sim/test_capital.py")),
    Mutant("sim/accounting.py",
           "sum(counts.get(n, 0.0) for n in ENTERING) - sum(",
           "sum(counts.get(n, 0.0) for n in ENTERING) + sum(",
           "exits counted as entries", BOOKS),
    Mutant("sim/platform_kernels.py", "credited[np.int64(origin[i])] += amount",
           "pass", "tax kept back from the receiver reaches nobody",
           ("tests/sim/test_platforms.py", *BOOKS)),
    Mutant("sim/spending.py", "else paid - usual", "else usual - paid",
           "spending and saving mixed up", ("tests/sim/test_spending.py",)),
    Mutant("sim/plot_kernels.py", "area[row] -= given", "pass",
           "land recovered for the pool stays with the plot too",
           ("tests/sim/test_land.py",)),
    Mutant("sim/land_allocation.py", "project.land_got += area", "project.land_got = area",
           "a project forgets the land of earlier quarters",
           ("tests/accounting/test_breaches.py", "tests/sim/test_projects.py")),
    # policy and levers
    Mutant("sim/policy.py", "return before + factor * (intended - before)",
           "return before + (1.0 - factor) * (intended - before)",
           "what is not carried out is carried out", RULES),
    Mutant("sim/policy.py", '* parameters["coordination_gain"] * coordination',
           '* parameters["coordination_gain"] * (1.0 - coordination)',
           "co-ordination hinders", RULES),
    Mutant("sim/policy.py", 'random.uniforms("implementation", number)',
           'random.uniforms("implementation", 0 * number)', "all clauses share one luck",
           (*RULES, "tests/sim/test_levers.py")),
    Mutant("sim/levers/money.py", 'return {"spread_cut": value * BASIS_POINT}',
           'return {"spread_cut": -value * BASIS_POINT}', "a cut that raises the spread",
           ("tests/sim/test_levers.py", "tests/sim/test_capital.py")),
    Mutant("sim/energy.py", "return elasticity * math.log(price / reference)",
           "return elasticity * math.log(reference / price)",
           "dearer energy is used more", RULES),
    # the bureau and indicators
    Mutant("sim/bureau.py", "if quarter % 4 == 0:", "if quarter % 4 == 1:",
           "the year begins in the second quarter", ("tests/sim/test_model.py",)),
    Mutant("sim/bureau.py", "stays = on_roster & (revenue >= KEEP_SHARE * THRESHOLD)",
           "stays = on_roster & (revenue >= THRESHOLD)", "no hysteresis of the roster", RULES),
    Mutant("sim/indicators/industry.py", "return (1.0 + value) / (1.0 + staff) - 1.0",
           "return (1.0 + value) * (1.0 + staff) - 1.0", "fewer hands lower productivity",
           ("tests/sim/test_model.py",)),
    Mutant("sim/demography.py", "np.asarray(-np.expm1(-annual_rate / 4.0))",
           "np.asarray(-np.expm1(-annual_rate))", "a year's deaths in a quarter", RULES),
    # analysis
    Mutant("sim/analysis/attainment.py", "first <= quarter <= target.deadline",
           "first <= quarter < target.deadline", "the last year-end is not looked at",
           ("tests/sim/analysis",)),
    Mutant("sim/analysis/attainment.py", 'beyond > 0.0 if operator in (">", "<")',
           'beyond > 0.0 if operator in (">=", "<=")', "strict and weak bounds swapped",
           ("tests/sim/analysis",)),
    Mutant("sim/analysis/joint.py", "probability = float(np.mean(missed == 0))",
           "probability = float(np.mean(missed <= 1))", "one miss is forgiven",
           ("tests/sim/analysis",)),
    # outside world and random numbers
    Mutant("sim/outside_paths.py", "inside &= index <= shock.until",
           "inside &= index < shock.until", "a shock ends a quarter early",
           ("tests/sim/test_outside.py",)),
    Mutant("sim/outside_paths.py", "out = growth + np.diff(window, prepend=0.0)",
           "out = growth + window", "a shift of the level applied to growth each quarter",
           ("tests/sim/test_outside.py",)),
    Mutant("sim/outside_paths.py", 'random.uniforms("outside/drivers", SHOCKS, quarter)',
           'random.uniforms("outside/drivers", SHOCKS, origin)', "every quarter the same luck",
           ("tests/sim/test_outside.py",)),
    Mutant("sim/rng.py", "second = (member << 32) | stream_key(stream)", "second = member << 32",
            "all purposes share one random stream",
           ("tests/sim/test_rng.py",)),
    # kernels
    Mutant("sim/production_kernels.py", "(worked + (owed + fee_paid + burden))",
           "(worked + (owed + fee_paid - burden))", "a surcharge that firms receive",
           (*KERNELS, *BOOKS)),
    Mutant("sim/innovation_kernels.py", "max(0.8 - gap, 0.0) - pull * (gap - anchor[i])",
           "max(0.8 - gap, 0.0) + pull * (gap - anchor[i])", "firms run away from their standing",
           (*KERNELS, "tests/sim/test_model.py")),
    # files
    Mutant("sim/checkpoints.py", 'if head != HEADER + hashlib.sha256(body).hexdigest()',
           'if head[:20] != HEADER[:20] and hashlib.sha256(body).hexdigest()',
           "the checksum of a member is not compared", ("tests/sim/test_ensemble.py",)),
    Mutant("sim/output_directory.py", "fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)",
           "fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)", "two runs write at once",
           ("tests/sim/test_store.py",)),
    Mutant("sim/reading.py", "return Place(self.file, mark.line + 1, mark.column + 1)",
           "return Place(self.file, mark.line, mark.column + 1)", "every place one line too high",
           ("tests/inputs/test_bad_files.py",)),
)  # fmt: skip
