"""A YAML file as plain data that remembers its lines; small, without aliases, without double keys."""

from __future__ import annotations

from collections.abc import Iterator
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


@dataclass(frozen=True)
class Document:
    """The data of a file, and where each part of it stands."""

    file: str
    data: Any
    _root: yaml.Node | None

    def line(self, *path: Step) -> int:
        """The line (from 1) of the part at `path`, or of its nearest ancestor that exists."""
        node, line = self._root, 1
        for step in path:
            if isinstance(node, yaml.MappingNode):
                pair = next(((key, value) for key, value in node.value if key.value == step), None)
                if pair is None:
                    return line
                line, node = pair[0].start_mark.line + 1, pair[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line + 1
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
        text = path.read_text(encoding="utf-8")
    except OSError as failure:
        raise error(f"the file cannot be read ({failure.strerror})", place=file) from failure
    except UnicodeDecodeError as failure:
        line = failure.object[: failure.start].count(b"\n") + 1
        raise error("the file is not UTF-8 text", place=f"{file}:{line}", cure="save it as UTF-8") from failure
    return parse_document(text, file=file, error=error)


def parse_document(text: str, *, file: str, error: type[UsageError] = CardError) -> Document:
    """The same for a text that is already at hand."""
    try:
        loader = _PlainLoader(text)
        try:
            root = loader.get_single_node()
            if root is None:
                return Document(file, None, None)
            for mark, mistake, cure in _oddities(root):
                raise error(mistake, place=f"{file}:{mark.line + 1}", cure=cure)
            return Document(file, loader.construct_document(root), root)
        finally:
            loader.dispose()
    except yaml.YAMLError as failure:
        place = getattr(failure, "problem_mark", None) or getattr(failure, "context_mark", None)
        line = f":{place.line + 1}" if place is not None else ""
        problem = getattr(failure, "problem", None) or str(failure).splitlines()[0]
        raise error(f"this is not YAML: {problem}", place=f"{file}{line}", cure="check indentation and quotes") from None
    except (ValueError, RecursionError) as failure:
        raise error(f"this is not YAML that can be read: {failure}", place=file) from None


def _oddities(root: yaml.Node) -> Iterator[tuple[yaml.Mark, str, str]]:
    """What YAML allows and no card needs: aliases (a few lines of them can fill any memory), double keys, great depth."""
    seen: set[int] = set()
    waiting: list[tuple[yaml.Node, int]] = [(root, 0)]
    while waiting:
        node, depth = waiting.pop()
        if id(node) in seen:
            yield node.start_mark, "YAML anchors and aliases are not allowed here", "write the value out where it is used"
            return
        seen.add(id(node))
        if depth > DEPTH_LIMIT:
            yield node.start_mark, f"the nesting is deeper than {DEPTH_LIMIT}", "flatten it"
            return
        if isinstance(node, yaml.SequenceNode):
            waiting += [(child, depth + 1) for child in node.value]
        elif isinstance(node, yaml.MappingNode):
            keys: set[str] = set()
            for key, value in node.value:
                name = key.value if isinstance(key, yaml.ScalarNode) else ""
                if name in keys:
                    yield key.start_mark, f"the key {name!r} stands here twice", "keep one of them"
                keys.add(name)
                waiting += [(key, depth + 1), (value, depth + 1)]
