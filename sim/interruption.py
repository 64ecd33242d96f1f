"""Signals that end a run: the work stops in order, and one line says how to resume."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from sim.errors import UserError

STOP_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
RESUME = {
    "en": "interrupted; the same command resumes after the members already finished",
    "zh": "已中断;重复同一命令即可从已完成的样本继续",
}


class Interrupted(UserError):
    """A signal ended the run; finished members are kept."""

    def __init__(self, number: int, message: str) -> None:
        self.exit_code = 128 + number
        super().__init__(message)


class _Stop(KeyboardInterrupt):
    """Raised where a signal arrives, so that no ``except Exception`` swallows it."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__()


@contextmanager
def interruptible(lang: str) -> Iterator[None]:
    """Let stop signals end the block in order.

    Raises
    ------
    Interrupted
        After SIGINT, SIGTERM or SIGHUP, with one line in the language `lang`.
    """
    try:
        with _stoppable():
            yield
    except _Stop as stop:
        raise Interrupted(stop.number, RESUME.get(lang, RESUME["en"])) from None


@contextmanager
def _stoppable() -> Iterator[None]:
    """Turn stop signals into :class:`_Stop`; a second one during the clean-up is ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        for name in STOP_SIGNALS:
            signal.signal(getattr(signal, name), signal.SIG_IGN)
        raise _Stop(number)

    before = {name: signal.getsignal(getattr(signal, name)) for name in STOP_SIGNALS}
    try:
        for name in STOP_SIGNALS:
            if before[name] is not signal.SIG_IGN:  # nohup stays in force
                signal.signal(getattr(signal, name), stop)
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler or signal.SIG_DFL)
