"""How far a run is: a bar on a terminal, now and then a line elsewhere, silence when quiet."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

LINE_EVERY_SECONDS = 10.0
WORDS = {
    "en": {"members": "members", "cells": "cells", "failed": "failed", "left": "left"},
    "zh": {"members": "样本", "cells": "单元", "failed": "失败", "left": "剩余"},
}


class Progress:
    """Progress over members or cells, told on standard error; never fails a run.

    Parameters
    ----------
    total : int
        Members of the ensemble.
    done : int
        Members already finished by an interrupted run.
    quiet : bool
        Say nothing.
    lang : str
        ``en`` or ``zh``.
    unit : str
        ``members`` or ``cells``.
    log : Path, optional
        A file to which the lines are added, also when quiet.
    """

    def __init__(
        self,
        total: int,
        done: int = 0,
        *,
        quiet: bool = False,
        lang: str = "en",
        unit: str = "members",
        log: Path | None = None,
    ) -> None:
        self._unit, self._log = unit, log
        self.total, self.done, self.failed = total, done, 0
        self._quiet, self._words = quiet, WORDS.get(lang, WORDS["en"])
        self._already, self._said = done, time.monotonic()
        self._first: float | None = None
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        if not self._quiet and sys.stderr is not None and sys.stderr.isatty():
            self._start_bar()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
        elif self.done > self._already:
            self._tell()

    def _start_bar(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        self._bar = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task(
            self._words[self._unit], total=self.total, completed=self.done, note=""
        )
        self._bar.start()

    def advance(self, *, failed: bool = False) -> None:
        """Count one finished member."""
        if self._first is None:
            self._first = time.monotonic()
        self.done += 1
        self.failed += failed
        if self._bar is not None and self._task is not None:
            note = f"{self.failed} {self._words['failed']}" if self.failed else ""
            self._bar.update(self._task, completed=self.done, note=note)
        if time.monotonic() - self._said >= LINE_EVERY_SECONDS:
            self._said = time.monotonic()
            self._tell()

    def _tell(self) -> None:
        """Write the line where it is wanted."""
        if self._bar is None and not self._quiet:
            self._say(self.line())
        if self._log is not None:
            stamp = time.strftime("%Y-%m-%d %H:%M:%S")
            with suppress(OSError), self._log.open("a", encoding="utf-8") as file:
                file.write(f"{stamp} {self.line()}\n")

    def line(self) -> str:
        """Return the state in one line, with the time left.

        The pace is that since the first one, which waited for processes and compiled loops.
        """
        words, later, tail = self._words, self.done - self._already - 1, ""
        if self._first is not None and later > 0 and self.done < self.total:
            pace = (time.monotonic() - self._first) / later
            tail = f", {pace * (self.total - self.done):.0f} s {words['left']}"
        return (
            f"{words[self._unit]} {self.done}/{self.total}, {self.failed} {words['failed']}{tail}"
        )

    @staticmethod
    def _say(text: str) -> None:
        """Write a line where that is possible: a closed or narrow stream is no reason to stop."""
        try:
            print(text, file=sys.stderr, flush=True)
        except UnicodeEncodeError:
            print(text.encode("ascii", "replace").decode("ascii"), file=sys.stderr, flush=True)
        except (OSError, ValueError):
            return
