"""``run``: what is done while workers simulate ends with them."""

from __future__ import annotations

import time

import pytest

from sim.cli import run


def test_imports_do_not_outlive_the_simulation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_import_what_is_needed_later", lambda needed: time.sleep(0.5))
    with run._imported_meanwhile(()) as imports:
        imports.start()
    assert not imports.is_alive()
    with run._imported_meanwhile(()) as imports:  # without workers there is nothing to wait for
        pass
    assert imports.ident is None
