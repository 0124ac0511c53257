"""A template's text as plain data that remembers where each part stands; hostile texts end in one sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.errors import TemplateError
from scanner.gate.planned import Path

MAX_BYTES = 20 * 1024**2
"""CloudFormation takes 1 MB; whatever is far larger is no template."""

MAX_DEPTH = 120
MAX_PARTS = 1_500_000
"""Values in a text when all its aliases are written out."""


@dataclass(slots=True)
class Mark:
    """Where a part begins (from 1), and its own parts by key or index."""

    line: int
    column: int
    parts: dict[str | int, Mark] = field(default_factory=dict)

    def at(self, path: Path) -> Mark:
        """The mark at a path, or of the nearest part around it."""
        mark = self
        for step in path:
            inner = mark.parts.get(step)
            if inner is None:
                return mark
            mark = inner
        return mark


@dataclass(slots=True)
class Document:
    """The data of a text; `mark` tells where things are."""

    file: str
    data: Any
    text: str = field(repr=False, default="")
    _mark: Mark | None = None

    @property
    def mark(self) -> Mark:
        """The marks; those of JSON are made when somebody asks."""
        if self._mark is None:
            from scanner.gate.json_marks import marks_of  # noqa: PLC0415 - only for who has something to tell

            self._mark = marks_of(self.text)
        return self._mark


def decode(content: bytes, *, file: str) -> str:
    """The text of a file, a byte order mark heeded; raises `TemplateError` for what is no text."""
    if len(content) > MAX_BYTES:
        cure = "leave it out: no template and no plan is that large"
        raise TemplateError(f"the file holds more than {MAX_BYTES >> 20} MiB", place=file, cure=cure)
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as failure:
        line = content[: failure.start].count(b"\n") + 1
        raise TemplateError("the file is not UTF-8 text", place=f"{file}:{line}", cure="save it as UTF-8") from None


def parse(text: str, *, file: str) -> Document:
    """The data of JSON or YAML; raises `TemplateError` with the line for everything that cannot be read."""
    if text.lstrip()[:1] in ("{", "["):
        try:
            return _parse_json(text, file=file)
        except json.JSONDecodeError as failure:
            # YAML's flow style begins like JSON.
            try:
                return _parse_yaml(text, file=file)
            except TemplateError:
                place = f"{file}:{failure.lineno}"
                raise TemplateError(f"this is neither JSON nor YAML: {failure.msg}", place=place) from None
    return _parse_yaml(text, file=file)


def _parse_yaml(text: str, *, file: str) -> Document:
    from scanner.gate.yaml_events import read_yaml  # noqa: PLC0415 - a JSON template needs no YAML

    data, mark = read_yaml(text, file=file)
    return Document(file, data, _mark=mark)


def _parse_json(text: str, *, file: str) -> Document:
    twice: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(items)
        if len(made) < len(items):
            seen: set[str] = set()
            twice.extend(key for key, _ in items if key in seen or seen.add(key))  # type: ignore[func-returns-value] # add() is None
        return made

    try:
        data = json.loads(text, object_pairs_hook=pairs, parse_constant=_refuse)
    except json.JSONDecodeError:
        raise
    except RecursionError:
        raise TemplateError(f"the nesting is deeper than {MAX_DEPTH}", place=file, cure="flatten it") from None
    except ValueError as failure:
        raise TemplateError(f"this is JSON that nobody can read: {failure}", place=file) from None
    if twice:
        line = _line_of_second(text, twice[0])
        raise TemplateError(f"the key {twice[0]!r} stands there twice", place=f"{file}:{line}", cure="keep one of them")
    _insist_on_depth(data, file=file)
    return Document(file, data, text)


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def _line_of_second(text: str, key: str) -> int:
    """A line on which a key stands that is somewhere there twice: the last one that has it."""
    places = [match.start() for match in re.finditer(re.escape(json.dumps(key)) + r"\s*:", text)]
    return text.count("\n", 0, places[-1]) + 1 if places else 1


def _insist_on_depth(data: Any, *, file: str) -> None:
    level = [data]
    for _ in range(MAX_DEPTH):
        inner: list[Any] = []
        for part in level:
            if isinstance(part, Mapping):
                inner.extend(value for value in part.values() if isinstance(value, (dict, list)))
            elif isinstance(part, list):
                inner.extend(value for value in part if isinstance(value, (dict, list)))
        if not inner:
            return
        level = inner
    raise TemplateError(f"the nesting is deeper than {MAX_DEPTH}", place=file, cure="flatten it")
