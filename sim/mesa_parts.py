"""Mesa without what only its other parts need.

Importing Mesa brings pandas, scipy's spatial part and Mesa's experiments along, a fourth of what a
worker imports before its first member. The model uses three classes of Mesa and none of these:
they are imported when something of theirs is asked for, as a data collector does for its tables.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

__all__ = ["mesa", "postponed"]


class _Postponed(ModuleType):
    """Stands where a module would, and imports it for the first name it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            if name.startswith("__"):  # the import system asks: no reason to import yet
                raise AttributeError(name)
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def postponed(*names: str) -> Iterator[None]:
    """Postpone the import of modules within the block; after it they are imported as ever.

    Who imports one of them within the block holds what stands for it, which serves as the module
    does; who imports a name from one has the module imported at once.
    """
    instead = {name: _Postponed(name) for name in names if name not in sys.modules}
    sys.modules.update(instead)
    try:
        yield
    finally:
        for name, stand_in in instead.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]


with postponed("pandas", "mesa.experimental"):
    import mesa
