"""``worker``: JSON lines in, JSON lines out, in order; the start-up is paid once."""

from __future__ import annotations

import json
import sys
from typing import Any, TextIO

from sim.cli.setup import Ensure
from sim.errors import UserError

MAX_LINE = 1_000_000
"""Characters of a question."""


def main(ensure: Ensure) -> int:
    """Answer questions from standard input until it ends.

    Returns
    -------
    int
        0: a bad question is told in its answer and does not end the worker.
    """
    from sim.sweep.session import Session

    # What libraries print would come between the answers: it goes to standard error.
    answers, sys.stdout = sys.stdout, sys.stderr
    try:
        serve(Session(ensure), sys.stdin, answers)
    finally:
        sys.stdout = answers
    return 0


def serve(session: Any, questions: TextIO, answers: TextIO) -> None:
    """Answer every line of `questions` by one line in `answers`; empty lines are passed over."""
    for line in iter(lambda: questions.readline(MAX_LINE + 1), ""):
        rest = line
        while len(rest) > MAX_LINE and not rest.endswith("\n"):  # one line, one answer
            rest = questions.readline(MAX_LINE + 1)
        if line.strip():
            text = json.dumps(_answered(session, line), ensure_ascii=False, allow_nan=False)
            print(text, file=answers, flush=True)


def _answered(session: Any, line: str) -> dict[str, Any]:
    """Return the answer to one line."""
    from sim.sweep.session import answer

    nothing: dict[str, Any] = {"targets": {}, "indicators": {}, "failed_members": 0}
    if len(line) > MAX_LINE:
        return nothing | {"error": f"a question longer than {MAX_LINE} characters"}
    try:
        question = json.loads(line)
    except (ValueError, RecursionError) as error:
        return nothing | {"error": f"not JSON: {error}"}
    try:
        return answer(session, question)
    except (UserError, OSError, MemoryError) as error:
        return nothing | {"error": str(error) or type(error).__name__}
