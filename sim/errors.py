"""What a user can cause, and how it is said: one line per problem, never a traceback."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from unicodedata import normalize


def printable(text: str, limit: int = 200) -> str:
    """Return `text` with control characters escaped and length capped, safe on a terminal."""
    shown = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text[: limit + 1])
    return shown if len(text) <= limit else shown[:limit] + "…"


@dataclass(frozen=True)
class Problem:
    """One fault of an input: where it stands, which key, what is wrong.

    Parameters
    ----------
    where : str
        ``file:line:column`` (or ``command line``).
    key : str
        Key path such as ``levers.energy_price_surcharge.D``; empty for the whole file.
    message : str
        What is wrong, with the legal values or the nearest match.
    """

    where: str
    key: str
    message: str

    def __str__(self) -> str:
        key = f" {printable(self.key)}:" if self.key else ""
        return f"{printable(self.where)}:{key} {printable(self.message, 500)}"


class UserError(Exception):
    """Base of all errors that a user can cause; carries the exit code."""

    exit_code = 2


class InputError(UserError):
    """Bad input (exit 2): every problem found, not only the first."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class NothingSimulated(UserError):
    """No member could be simulated (exit 3)."""

    exit_code = 3


class OutputError(UserError):
    """Reading or writing failed outside the user's text (exit 4)."""

    exit_code = 4


class BusyError(UserError):
    """Another run holds the output directory (exit 5)."""

    exit_code = 5


class ModelBreach(Exception):
    """An accounting identity does not hold: the member stops, the others go on.

    Parameters
    ----------
    quarter : str
        Quarter of the breach, as ``2018Q3``.
    identity : str
        Name of the identity.
    amount : float
        Size of the breach in the identity's unit.
    """

    def __init__(self, quarter: str, identity: str, amount: float) -> None:
        self.quarter, self.identity, self.amount = quarter, identity, amount
        super().__init__(f"{quarter}: identity {identity!r} is off by {amount:.6g}")

    def __reduce__(self) -> tuple[type[ModelBreach], tuple[str, str, float]]:
        return ModelBreach, (self.quarter, self.identity, self.amount)


def nearest(word: str, legal: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` or, where nothing is near, an empty string."""
    candidates = list(legal)
    word = normalize("NFKC", word)  # full-width letters are the letters that were meant
    match = get_close_matches(word, candidates, n=1, cutoff=0.5)
    if not match:
        lowered = {c.lower(): c for c in candidates}
        match = [lowered[m] for m in get_close_matches(word.lower(), lowered, n=1, cutoff=0.5)]
    return f"; did you mean {match[0]!r}?" if match else ""
