"""A YAML file as plain data that remembers its lines; small, without aliases, without double keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from scanner.errors import CardError, UsageError

SIZE_LIMIT = 1_000_000
"""Bytes; the longest card that makes sense is a fiftieth of it."""

DEPTH_LIMIT = 60

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _PlainLoader(_Loader):  # type: ignore[misc, valid-type] # the C loader where libyaml is there
    """YAML's safe loader that leaves times as they are written: botocore's facts hold them as text."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}

Step = str | int

# What JSON has too. Everything else that YAML makes of a tag or an odd key (sets, bytes, merged mappings) has no use here.
_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str", "seq", "map"))


@dataclass(frozen=True)
class Document:
    """The data of a file, and where each part of it stands."""

    file: str
    data: Any
    _root: yaml.Node | None

    @property
    def root(self) -> yaml.Node | None:
        """The file's own node, None where the file is empty."""
        return self._root

    def node(self, key: str) -> yaml.Node | None:
        """The node under a key of the file's mapping, or None."""
        pairs = self._root.value if isinstance(self._root, yaml.MappingNode) else ()
        return next((value for name, value in pairs if name.value == key), None)

    def line(self, *path: Step) -> int:
        """The line (from 1) of the part at `path`, or of its nearest ancestor that exists."""
        node, line = self._root, 1
        for step in path:
            if isinstance(node, yaml.MappingNode):
                pair = next(((key, value) for key, value in node.value if key.value == str(step)), None)
                if pair is None:
                    return line
                line, node = _line(pair[0]), pair[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = _line(node)
            else:
                return line
        return line

    def place(self, *path: Step) -> str:
        """`file:line` of the part at `path`."""
        return f"{self.file}:{self.line(*path)}"


def read_document(path: Path, *, error: type[UsageError] = CardError) -> Document:
    """Reads one YAML document of a file; raises `error` with the line and the cure for everything that is wrong."""
    file = str(path)
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise error(f"the file is larger than {SIZE_LIMIT:,} bytes", place=file, cure="split it into smaller ones")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as failure:
        raise error(f"the file cannot be read ({failure.strerror})", place=file) from failure
    except UnicodeDecodeError as failure:
        line = failure.object[: failure.start].count(b"\n") + 1
        raise error("the file is not UTF-8 text", place=f"{file}:{line}", cure="save it as UTF-8") from failure
    return parse_document(text, file=file, error=error)


def parse_document(text: str, *, file: str, error: type[UsageError] = CardError) -> Document:
    """The same for a text that is already at hand."""
    try:
        # The events first: they come one by one, while the nodes of a bottomless nesting would overflow the C stack.
        for line, mistake, cure in _traps(_events(text)):
            raise error(mistake, place=f"{file}:{line}", cure=cure)
        loader = _PlainLoader(text)
        try:
            root = loader.get_single_node()
            if root is None:
                return Document(file, None, None)
            for line, mistake, cure in sorted(_oddities(root)):
                raise error(mistake, place=f"{file}:{line}", cure=cure)
            return Document(file, loader.construct_document(root), root)
        finally:
            loader.dispose()
    except yaml.YAMLError as failure:
        mark = getattr(failure, "problem_mark", None)
        # What is missing at the end is told to stand behind it.
        last = max(1, len(text.splitlines()))
        place = f"{file}:{min(mark.line + 1, last)}" if mark is not None else file
        problem = getattr(failure, "problem", None) or str(failure).splitlines()[0]
        raise error(f"this is not YAML: {problem}", place=place, cure="check indentation and quotes") from None
    except (ValueError, RecursionError) as failure:
        raise error(f"this is not YAML that can be read: {failure}", place=file) from None


_Oddity = tuple[int, str, str]
"""The line (from 1), what is wrong, and the cure."""


def _events(text: str) -> Iterator[yaml.Event]:
    loader = _PlainLoader(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


def _traps(events: Iterable[yaml.Event]) -> Iterator[_Oddity]:
    """Aliases (a few lines of them can fill any memory) and bottomless nesting."""
    depth = 0
    for event in events:
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            yield (
                _line(event),
                "YAML anchors and aliases are not allowed here",
                "write the value out where it is used",
            )
        if depth > DEPTH_LIMIT:
            yield _line(event), f"the nesting is deeper than {DEPTH_LIMIT}", "flatten it"
            return


def _oddities(root: yaml.Node) -> Iterator[_Oddity]:
    """What YAML allows and no card needs, in no order: double keys, keys that are no words, values that JSON lacks."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.tag not in _TAGS:
            yield (
                _line(node),
                f"the YAML tag {node.tag!r} is not allowed here",
                "write plain text, lists and mappings",
            )
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            yield from _double_keys(node)
            waiting += [part for pair in node.value for part in pair]


def _double_keys(node: yaml.MappingNode) -> Iterator[_Oddity]:
    keys: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            yield _line(key), "a key is a word, not a list or a mapping", "write `name: value`"
        elif key.value in keys:
            yield _line(key), f"the key {key.value!r} stands here twice", "keep one of them"
        else:
            keys.add(key.value)


def _line(part: yaml.Event | yaml.Node) -> int:
    return part.start_mark.line + 1 if part.start_mark is not None else 1
