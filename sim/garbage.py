"""Python's search for garbage, rare where many objects are made and few are thrown away."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def rarely_sought() -> Iterator[None]:
    """Let Python look for garbage seldom within the block, and not among what stands already."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 50, 1000)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
