"""The firm core as idiomatic Mesa objects: one ``FirmAgent`` per firm, plain Python arithmetic.

Readable twin and correctness oracle of the engine's firm processes. The rules are written again
from their description (docs/odd.md) for one firm at a time; shared with the engine are inputs
only: the population at the start, drawn parameters, the outside world, the terms of policy, the
keyed random numbers, and the constants that the engine names.

Covered: per-mu classes, production, innovation, capital (plans, equity funds, grants, first-set
insurance, bank credit), energy, talent, demography (closures, exits, departures, entries),
certificates and the ladder. Not covered, and left out of the engine when the two are compared:
land, platforms, projects, listings, the information economy, the bureau and the identities.
"""
