"""YAML read event by event into a plain tree whose every node knows its file, line and column.

Nothing is constructed: a scalar stays the text that was written, so no value is ever silently
another one. Tags, anchors, aliases, merge keys, directives and second documents are refused, and
size, depth, nodes and scalar length are capped before a tree exists.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sim.errors import InputError, OutputError, Problem

MAX_BYTES = 200_000
MAX_DEPTH = 12
MAX_NODES = 10_000
MAX_SCALAR = 10_000


@dataclass(frozen=True)
class Place:
    """Where a node stands; line 0 means the command line, `file` then names the option."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True)
class ScalarNode:
    """A scalar: its text as written and whether it stood in quotes (or as a block)."""

    text: str
    quoted: bool
    place: Place


@dataclass(frozen=True)
class ListNode:
    """A sequence of nodes."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True)
class MapNode:
    """A mapping: key text to node, and where each key stands."""

    entries: Mapping[str, Node]
    key_places: Mapping[str, Place]
    place: Place

    def key_place(self, name: str) -> Place:
        """Return where the key `name` stands, or where the mapping starts."""
        return self.key_places.get(name, self.place)


Node = ScalarNode | ListNode | MapNode


def kind_of(node: Node) -> str:
    """Return what a node is, in a user's words."""
    if isinstance(node, MapNode):
        return "a mapping"
    return "a list" if isinstance(node, ListNode) else "a single value"


def refuse(place: Place | str, message: str, key: str = "") -> InputError:
    """Return an error of one problem."""
    return InputError([Problem(str(place), key, message)])


def read_bytes(path: Path, shown: str, limit: int = MAX_BYTES) -> bytes:
    """Read a regular file of at most `limit` bytes.

    Parameters
    ----------
    path : Path
        File to read.
    shown : str
        The path as the user wrote it, for messages.
    limit : int
        Largest size in bytes.

    Raises
    ------
    InputError
        If there is no such file, or it is a directory, FIFO, device, dangling link or too large.
    OutputError
        If the system refuses to read it.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise refuse(shown, _missing(path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise refuse(shown, f"not a usable path: {reason}") from None
    if not stat.S_ISREG(mode):
        raise refuse(shown, f"is {_file_kind(mode)}, not a file")
    try:
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        raise OutputError(f"{shown}: cannot be read: {error.strerror}") from None
    if len(data) > limit:
        raise refuse(shown, f"larger than {limit // 1000} kB, the limit for such a file")
    return data


def _missing(path: Path) -> str:
    if path.is_symlink():
        return "is a dangling link: the file it points to does not exist"
    try:
        names = [entry.name for entry in path.parent.iterdir()][:1000]
    except OSError:
        return "no such file (nor its folder)"
    match = get_close_matches(path.name, names, n=1)
    return "no such file" + (f"; did you mean {match[0]!r}?" if match else "")


def _file_kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a directory"
    if stat.S_ISFIFO(mode):
        return "a FIFO"
    return "a socket" if stat.S_ISSOCK(mode) else "a device"


def decode(data: bytes, shown: str, *, tabs: bool = False) -> str:
    """Decode UTF-8 text, with or without a byte-order mark, any line ends.

    Parameters
    ----------
    data : bytes
        The file's bytes.
    shown : str
        The path as the user wrote it.
    tabs : bool
        Whether tab characters are allowed.

    Raises
    ------
    InputError
        If the bytes are UTF-16, binary, GBK or otherwise not UTF-8, or hold control characters.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise refuse(f"{shown}:1:1", "UTF-16 text; save the file as UTF-8")
    if b"\x00" in data:
        before = data[: data.index(b"\x00")]
        line = before.count(b"\n") + 1
        column = len(before) - before.rfind(b"\n")
        raise refuse(f"{shown}:{line}:{column}", "NUL byte: binary or UTF-16; save as UTF-8 text")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before) - before.rfind(b"\n")
        raise refuse(
            f"{shown}:{line}:{column}", f"not UTF-8{_guess(data)}; save the file as UTF-8"
        ) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for number, content in enumerate(text.split("\n"), start=1):
        for column, character in enumerate(content, start=1):
            if character == "\t" and not tabs:
                raise refuse(f"{shown}:{number}:{column}", "tab character; use spaces")
            if (character < " " and character != "\t") or "\x7f" <= character <= "\x9f":
                code = f"U+{ord(character):04X}"
                raise refuse(f"{shown}:{number}:{column}", f"control character {code}")
    return text


def _guess(data: bytes) -> str:
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return " (binary?)"
    return " (it reads as GBK)"


@dataclass
class _Builder:
    """Builds the tree from parser events, counting what it takes."""

    file: str
    command_line: bool
    problems: list[Problem]
    nodes: int = 0
    events: Iterator[Any] = field(default_factory=lambda: iter(()))

    def place(self, mark: Any) -> Place:
        if self.command_line:
            return Place(self.file, 0, 0)
        return Place(self.file, mark.line + 1, mark.column + 1)

    def node(self, event: Any, depth: int) -> Node:
        from ruamel.yaml.events import AliasEvent, MappingStartEvent, ScalarEvent

        place = self.place(event.start_mark)
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise refuse(place, f"more than {MAX_NODES} values in one file")
        if isinstance(event, AliasEvent):
            raise refuse(place, f"alias *{event.anchor} is not allowed; write the value out")
        if event.anchor is not None:
            raise refuse(place, f"anchor &{event.anchor} is not allowed; write the value out")
        if event.tag is not None:
            tag = str(event.tag).replace("tag:yaml.org,2002:", "!!")
            raise refuse(place, f"tag {tag} is not allowed; write a plain value")
        if isinstance(event, ScalarEvent):
            if len(event.value) > MAX_SCALAR:
                raise refuse(place, f"a value longer than {MAX_SCALAR} characters")
            return ScalarNode(event.value, event.style is not None, place)
        if depth >= MAX_DEPTH:
            raise refuse(place, f"nested more than {MAX_DEPTH} levels deep")
        if isinstance(event, MappingStartEvent):
            return self.mapping(place, depth)
        return self.sequence(place, depth)

    def sequence(self, place: Place, depth: int) -> ListNode:
        from ruamel.yaml.events import SequenceEndEvent

        items: list[Node] = []
        for event in self.events:
            if isinstance(event, SequenceEndEvent):
                break
            items.append(self.node(event, depth + 1))
        return ListNode(tuple(items), place)

    def mapping(self, place: Place, depth: int) -> MapNode:
        from ruamel.yaml.events import MappingEndEvent

        entries: dict[str, Node] = {}
        places: dict[str, Place] = {}
        for event in self.events:
            if isinstance(event, MappingEndEvent):
                break
            key = self.node(event, depth + 1)
            if not isinstance(key, ScalarNode):
                raise refuse(key.place, f"a key must be a word, not {kind_of(key)}")
            if key.text == "<<" and not key.quoted:
                raise refuse(key.place, "merge key << is not allowed; use `extends`")
            value = self.node(next(self.events), depth + 1)
            if isinstance(value, ScalarNode) and not value.text and not value.quoted:
                value = ScalarNode("", False, key.place)  # the parser puts it after the line
            if key.text in entries:
                first = places[key.text].line
                lines = f"line {first} and line {key.place.line}" if first else "one value"
                self.problems.append(Problem(str(key.place), key.text, f"given twice: {lines}"))
                continue
            entries[key.text], places[key.text] = value, key.place
        return MapNode(entries, places, place)


def parse(text: str, file: str, problems: list[Problem], *, command_line: bool = False) -> Node:
    """Parse one YAML document into a tree of nodes.

    Parameters
    ----------
    text : str
        The document.
    file : str
        Name for messages (an option's text for `command_line`).
    problems : list
        Duplicate keys are appended here, so that they are told with all others.
    command_line : bool
        Whether places show no line and column.

    Raises
    ------
    InputError
        If the text is not one plain YAML document within the caps.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.events import DocumentStartEvent, StreamEndEvent, StreamStartEvent

    builder = _Builder(file, command_line, problems)
    builder.events = iter(YAML(typ="safe", pure=True).parse(text))
    try:
        tree: Node | None = None
        for event in builder.events:
            if isinstance(event, (StreamStartEvent, StreamEndEvent)):
                continue
            if isinstance(event, DocumentStartEvent):
                place = builder.place(event.start_mark)
                if event.version is not None or event.tags:
                    raise refuse(place, "a % directive is not allowed")
                if tree is not None:
                    raise refuse(place, "a second document; one file holds one document")
                tree = builder.node(next(builder.events), 0)
    except YAMLError as error:
        raise _syntax(error, builder, text) from None
    except (ValueError, IndexError, AssertionError, RecursionError, StopIteration) as error:
        raise refuse(file, f"not readable as YAML ({type(error).__name__})") from None
    if tree is None or (isinstance(tree, ScalarNode) and not tree.text and not tree.quoted):
        raise refuse(Place(file, 0 if command_line else 1, 1), "empty: nothing is written")
    return tree


def _syntax(error: Any, builder: _Builder, text: str) -> InputError:
    """Return the parser's own complaint as one line with its place."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return refuse(builder.file, f"not readable as YAML: {str(error).splitlines()[0]}")
    said = " ".join(str(getattr(error, "problem", "") or "not readable").split())
    context = getattr(error, "context_mark", None)
    if context is not None and context.line != mark.line and not builder.command_line:
        said += f" (opened at line {context.line + 1})"
    said += _full_width(text, mark.line, getattr(context, "line", mark.line))
    place = builder.place(mark)
    last = text.count("\n") + 1
    return refuse(Place(place.file, min(place.line, last), place.column), f"YAML: {said}")


def _full_width(text: str, *lines: int) -> str:
    """Return a hint where one of the lines has a colon or comma of the Chinese keyboard."""
    written = text.split("\n")
    for line in sorted({*lines}):
        for mark, plain in (("\uff1a", "': '"), ("\uff0c", "', '")):
            if line < len(written) and mark in written[line].split("#")[0]:
                return f"; a full-width {mark} stands at line {line + 1}, write {plain}"
    return ""


def read_mapping(path: Path, shown: str, problems: list[Problem]) -> MapNode:
    """Read a YAML file whose top level is a mapping.

    Parameters
    ----------
    path : Path
        File to read.
    shown : str
        The path as the user wrote it, for messages.
    problems : list
        Receives duplicate keys.

    Raises
    ------
    InputError
        If the file cannot be read as one mapping.
    """
    tree = parse(decode(read_bytes(path, shown), shown), shown, problems)
    if not isinstance(tree, MapNode):
        raise refuse(tree.place, f"must be a mapping of `key: value` lines, is {kind_of(tree)}")
    return tree
