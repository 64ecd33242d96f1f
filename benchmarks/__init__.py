"""How fast the engine is, and beside what: ``python -m benchmarks --help``."""
