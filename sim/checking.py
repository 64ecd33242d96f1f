"""Strict reading of values from a tree of nodes; every problem is collected, none hides another.

A method returns the value, or ``None`` after it has noted a problem.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from sim.errors import InputError, Problem, nearest
from sim.reading import MapNode, Node, Place, ScalarNode, kind_of
from sim.units import month_index, quarter_index

_NUMBER = re.compile(r"[+-]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[+-]?\.?(?:inf|infinity|nan)", re.IGNORECASE)
_NAME = re.compile(r"[^\W_][\w.-]*")
NAME_LIMIT = 64
LABEL_LIMIT = 300
FIRST_YEAR, LAST_YEAR = 1978, 2100


def join(key: str, name: str) -> str:
    """Return the key path of `name` below `key`."""
    return f"{key}.{name}" if key else name


def _hint(text: str) -> str:
    """Return why a text is not a number and what to write instead."""
    folded = unicodedata.normalize("NFKC", text)
    if folded != text and _NUMBER.fullmatch(folded):
        return f"full-width or unusual digits; write {folded}"
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", text):
        return f"no thousands separators; write {text.replace(',', '')}"
    if re.fullmatch(r"[+-]?\d+,\d+", text):
        return f"a decimal point, not a comma; write {text.replace(',', '.')}"
    if text.endswith(("%", "\uff05")) and _NUMBER.fullmatch(text[:-1].strip()):
        share = Decimal(text[:-1].strip()) / 100
        return f"no percent sign; write {share.normalize():f} for a share, or the bare number"
    if re.fullmatch(r"[+-]?0[xXoObB][0-9A-Fa-f]+", text):
        return "not a decimal number; write it in base ten"
    if re.fullmatch(r"[+-]?0\d+", text):
        return f"a leading zero is ambiguous; write {text.lstrip('+-0') or '0'}"
    if re.fullmatch(r"[+-]?[\d_]+", text) and "_" in text:
        return f"no underscores; write {text.replace('_', '')}"
    if re.fullmatch(r"\d+(:\d+)+", text):
        return "not a number (a time of day?)"
    return "not a number"


def _whole(text: str) -> int | None:
    """Return a finite decimal number without a point as an integer, if it is one."""
    mantissa, _, exponent = text.lower().partition("e")
    power = int(exponent) if exponent else 0
    if power >= 0:
        return int(mantissa) * int(10 ** min(power, 400))
    exact = Decimal(mantissa).scaleb(max(power, -400))
    return int(exact) if exact == exact.to_integral_value() else None


class Checker:
    """Collects problems while values are read."""

    def __init__(self, problems: list[Problem] | None = None) -> None:
        self.problems: list[Problem] = [] if problems is None else problems

    def add(self, at: Node | Place | str, key: str, message: str) -> None:
        """Note a problem at a node, a place or a named file."""
        where = at if isinstance(at, (Place, str)) else at.place
        self.problems.append(Problem(str(where), key, message))

    def stop(self) -> None:
        """Raise all problems noted so far.

        Raises
        ------
        InputError
            If there are any, in the order of file, line and column.
        """
        if self.problems:
            raise InputError(dict.fromkeys(self.problems))

    def mapping(self, node: Node | None, key: str) -> MapNode | None:
        """Return the node if it is a mapping."""
        if node is None or isinstance(node, MapNode):
            return node
        self.add(node, key, f"must be a mapping of `key: value` lines, is {kind_of(node)}")
        return None

    def keys(self, node: MapNode, key: str, legal: Iterable[str]) -> None:
        """Note every key of a mapping that is not legal, with the nearest legal one."""
        known = list(legal)
        for name in node.entries:
            if name not in known:
                near = nearest(name, known)
                if not near:
                    near = f"; legal keys: {', '.join(known[:16])}" + ("…" * (len(known) > 16))
                self.add(node.key_place(name), join(key, name), f"unknown key{near}")

    def required(self, node: MapNode, key: str, name: str) -> Node | None:
        """Return the node of a key that must be there; a missing one is told at its parent."""
        found = node.entries.get(name)
        if found is None:
            self.add(node, join(key, name), "missing; it must be given")
        return found

    def scalar(self, node: Node | None, key: str, wanted: str) -> ScalarNode | None:
        """Return the node if it is a single, non-empty value."""
        if node is None:
            return None
        if not isinstance(node, ScalarNode):
            self.add(node, key, f"must be {wanted}, is {kind_of(node)}")
            return None
        if not node.quoted and node.text in ("", "~", "null"):
            self.add(node, key, f"no value given; must be {wanted}")
            return None
        return node

    def number(
        self,
        node: Node | None,
        key: str,
        low: float = -math.inf,
        high: float = math.inf,
        unit: str = "",
    ) -> float | None:
        """Return a finite number within the closed range [low, high]."""
        found = self._number_text(node, key, "a number")
        if node is None or found is None:
            return None
        value = float(found)
        if not math.isfinite(value):
            self.add(node, key, f"{found} must be finite")
            return None
        if not low <= value <= high:
            told = f"{found} is outside the legal range {_range(low, high, unit)}"
            self.add(node, key, told + percentage_hint(value, low, high))
            return None
        return value + 0.0

    def integer(
        self, node: Node | None, key: str, low: int, high: int, unit: str = ""
    ) -> int | None:
        """Return a whole number within the closed range [low, high]; ``1e3`` is 1000."""
        found = self._number_text(node, key, "a whole number")
        if node is None or found is None:
            return None
        shown = found[:40]
        if not math.isfinite(float(found)):
            self.add(node, key, f"{shown} must be finite; legal range {_range(low, high, unit)}")
        elif "." in found or (value := _whole(found)) is None:
            self.add(node, key, f"{shown} must be a whole number, written without a point")
        elif not low <= value <= high:
            self.add(node, key, f"{shown} is outside the legal range {_range(low, high, unit)}")
        else:
            return value
        return None

    def _number_text(self, node: Node | None, key: str, wanted: str) -> str | None:
        scalar = self.scalar(node, key, wanted)
        if scalar is None:
            return None
        if scalar.quoted:
            self.add(scalar, key, f"must be {wanted}, is text in quotes; remove the quotes")
        elif _NOT_FINITE.fullmatch(scalar.text):
            self.add(scalar, key, f"{scalar.text} must be finite")
        elif not _NUMBER.fullmatch(scalar.text):
            shown = scalar.text[:60]
            self.add(scalar, key, f"{shown!r} must be {wanted}: {_hint(scalar.text)}")
        else:
            return scalar.text
        return None

    def boolean(self, node: Node | None, key: str) -> bool | None:
        """Return true or false; nothing else (`yes`, `NO`, `on`, `1`) passes for one."""
        scalar = self.scalar(node, key, "true or false")
        if scalar is None:
            return None
        if scalar.quoted or scalar.text not in ("true", "false"):
            self.add(scalar, key, f"{scalar.text[:60]!r} must be written true or false")
            return None
        return scalar.text == "true"

    def text(self, node: Node | None, key: str, limit: int = LABEL_LIMIT) -> str | None:
        """Return a text of at most `limit` characters, exactly as written."""
        scalar = self.scalar(node, key, "text")
        if scalar is None:
            return None
        if len(scalar.text) > limit:
            self.add(scalar, key, f"{len(scalar.text)} characters; at most {limit}")
            return None
        if not scalar.text.strip():
            self.add(scalar, key, "no value given; must be text")
            return None
        return scalar.text

    def choice(self, node: Node | None, key: str, legal: Iterable[str]) -> str | None:
        """Return one of the legal words."""
        words = list(legal)
        scalar = self.scalar(node, key, "one of " + ", ".join(words[:12]))
        if scalar is None:
            return None
        if scalar.text not in words:
            near = nearest(scalar.text, words) or f"; legal: {', '.join(words[:20])}"
            self.add(scalar, key, f"{scalar.text[:60]!r} is not known{near}")
            return None
        return scalar.text

    def name(self, node: Node | None, key: str) -> str | None:
        """Return a name that is safe as a file name."""
        scalar = self.scalar(node, key, "a name")
        if scalar is None:
            return None
        if (
            len(scalar.text) > NAME_LIMIT
            or not _NAME.fullmatch(scalar.text)
            or ".." in scalar.text
            or scalar.text.endswith(".")
        ):
            self.add(
                scalar,
                key,
                f"{scalar.text[:60]!r} cannot name a file: letters, digits, _ - . only, "
                f"beginning with a letter or digit, at most {NAME_LIMIT} characters",
            )
            return None
        return scalar.text

    def label(self, node: Node | None, key: str) -> dict[str, str]:
        """Return a label as {"en": …, "zh": …}; a single text serves both languages."""
        if isinstance(node, MapNode):
            self.keys(node, key, ("en", "zh"))
            found = {
                language: self.text(node.entries[language], join(key, language))
                for language in ("en", "zh")
                if language in node.entries
            }
            given = {language: text for language, text in found.items() if text is not None}
            if not given:
                return {}
            first = next(iter(given.values()))
            return {language: given.get(language, first) for language in ("en", "zh")}
        text = self.text(node, key)
        return {} if text is None else {"en": text, "zh": text}

    def quarter(self, node: Node | None, key: str) -> int | None:
        """Return the index of a quarter written as ``2018Q1``."""
        scalar = self.scalar(node, key, "a quarter like 2018Q1")
        if scalar is None:
            return None
        return self.quarter_text(scalar.text, scalar.place, key)

    def quarter_text(self, text: str, place: Place, key: str) -> int | None:
        """Return the index of a quarter given as text, such as a key of a path."""
        try:
            index = quarter_index(text if text.isascii() else "")
        except ValueError:
            self.add(place, key, f"{text[:60]!r} is not a quarter; write it like 2018Q1")
            return None
        if not FIRST_YEAR <= index // 4 <= LAST_YEAR:
            self.add(place, key, f"{text} is outside {FIRST_YEAR}Q1 to {LAST_YEAR}Q4")
            return None
        return index

    def month(self, node: Node | None, key: str) -> int | None:
        """Return the index of a month written as ``2018-04``."""
        scalar = self.scalar(node, key, "a month like 2018-04")
        if scalar is None:
            return None
        try:
            index = month_index(scalar.text if scalar.text.isascii() else "")
        except ValueError:
            self.add(scalar, key, f"{scalar.text[:60]!r} is not a month; write it like 2018-04")
            return None
        if not FIRST_YEAR <= index // 12 <= LAST_YEAR:
            self.add(scalar, key, f"{scalar.text} is outside {FIRST_YEAR}-01 to {LAST_YEAR}-12")
            return None
        return index


def percentage_hint(value: float, low: float, high: float) -> str:
    """Return ``; 7 is a percentage? write 0.07`` where that is the likely slip, else nothing.

    Examples
    --------
    >>> percentage_hint(7.0, 0.0, 0.3), percentage_hint(45.0, 0.0, 0.3)
    ('; 7 is a percentage? write 0.07', '')
    """
    share = value / 100.0
    likely = low >= -1.0 and high <= 1.0 and abs(value) > 1.0 and low <= share <= high
    return f"; {value:g} is a percentage? write {share:g}" if likely else ""


def _range(low: float, high: float, unit: str) -> str:
    tail = f" {unit}" if unit else ""
    if isinstance(low, int) and isinstance(high, int):
        return f"{low} to {high}{tail}"
    if math.isinf(high):
        return f"{low:.15g} or more{tail}"
    if math.isinf(low):
        return f"{high:.15g} or less{tail}"
    return f"{low:.15g} to {high:.15g}{tail}" if low > -1e15 else f"up to {high:.15g}{tail}"
