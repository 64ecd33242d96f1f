"""Policy levers: every one declared once, checked, listed, swept and reported by declaration."""

from __future__ import annotations

from importlib import import_module

from sim.levers.declare import LEVERS, PER_MU_CLASSES, Lever

for _part in (
    "structure", "projects", "space", "firms", "innovation", "resources", "people", "money",
    "government",
):  # fmt: skip
    import_module(f"sim.levers.{_part}")

_ordered = sorted(LEVERS.items(), key=lambda item: item[1].clause)
LEVERS.clear()
LEVERS.update(_ordered)

__all__ = ["LEVERS", "PER_MU_CLASSES", "Lever"]
