"""YAML as data, event by event: no recursion, no tag that makes anything, aliases counted, double keys refused."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import yaml

from scanner.errors import TemplateError
from scanner.gate.document import MAX_DEPTH, MAX_PARTS, Mark

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVERS: dict[str, list[tuple[str, re.Pattern[str]]]] = {
    first: [(tag.rpartition(":")[2], pattern) for tag, pattern in found if not tag.endswith((":timestamp", ":value"))]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_TRUE = frozenset({"yes", "true", "on"})
_PLAIN_TAGS = frozenset({"!Ref", "!Condition"})
_CORE = "tag:yaml.org,2002:"
_PLAIN_YAML = frozenset(f"{_CORE}{name}" for name in ("null", "bool", "int", "float", "str", "seq", "map", "timestamp"))


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet; `size` counts its values with all aliases written out."""

    made: Any
    mark: Mark
    tag: str
    anchor: str | None
    key: Any = None
    key_mark: Mark | None = None
    has_key: bool = False
    size: int = 1
    merges: list[Any] = field(default_factory=list)


def read_yaml(text: str, *, file: str) -> tuple[Any, Mark]:
    """The data and the marks of the one YAML document in a text; raises `TemplateError`.

    CloudFormation's short forms become the long ones: `!Sub x` is {"Fn::Sub": "x"}.
    """
    reader = _Reader(file)
    try:
        loader = _Loader(text)
        try:
            while loader.check_event():
                reader.take(loader.get_event())
        finally:
            loader.dispose()
    except yaml.YAMLError as failure:
        mark = getattr(failure, "problem_mark", None)
        last = max(1, text.count("\n") + (not text.endswith("\n")))
        place = f"{file}:{min(mark.line + 1, last)}" if mark is not None else file
        problem = getattr(failure, "problem", None) or getattr(failure, "reason", None) or str(failure).split("\n")[0]
        raise TemplateError(f"this is not YAML: {problem}", place=place, cure="check indentation and quotes") from None
    except (ValueError, OverflowError) as failure:
        raise TemplateError(f"this is YAML that nobody can read: {failure}", place=file) from None
    return reader.root, reader.mark


class _Reader:
    """Puts events together; what it made is in `root` and `mark`."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Any, Mark, int]] = {}
        self._documents = 0
        self.root: Any = None
        self.mark = Mark(1, 1)

    def take(self, event: Any) -> None:
        kind = event.__class__
        if kind is yaml.ScalarEvent:
            mark = Mark(event.start_mark.line + 1, event.start_mark.column + 1)
            value = self._tagged(_scalar(event), event.tag, event)
            if event.anchor:
                self._anchors[event.anchor] = (value, mark, 1)
            self._put(value, mark, 1, plain=event.implicit[0])
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            mark = Mark(event.start_mark.line + 1, event.start_mark.column + 1)
            made: Any = {} if kind is yaml.MappingStartEvent else []
            self._stack.append(_Open(made, mark, event.tag or "", event.anchor))
            if len(self._stack) > MAX_DEPTH:
                raise self._error(f"the nesting is deeper than {MAX_DEPTH}", mark, "flatten it")
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._close(event)
        elif kind is yaml.AliasEvent:
            mark = Mark(event.start_mark.line + 1, event.start_mark.column + 1)
            if event.anchor not in self._anchors:
                raise self._error(
                    f"the alias {event.anchor!r} stands for nothing", mark, "define it above, outside itself"
                )
            value, seen, size = self._anchors[event.anchor]
            self._put(value, Mark(mark.line, mark.column, seen.parts), size)
        elif kind is yaml.DocumentStartEvent:
            self._documents += 1
            if self._documents > 1:
                raise self._error(
                    "the file holds several YAML documents", Mark(event.start_mark.line + 1, 1), "split it"
                )

    def _close(self, event: Any) -> None:
        done = self._stack.pop()
        for merged in done.merges:
            for key, value in merged.items():
                done.made.setdefault(key, value)
        value = self._tagged(done.made, done.tag, event)
        if done.anchor:
            self._anchors[done.anchor] = (value, done.mark, done.size)
        self._put(value, done.mark, done.size)

    def _put(self, value: Any, mark: Mark, size: int, *, plain: bool = False) -> None:
        if not self._stack:
            self.root, self.mark = value, mark
            return
        owner = self._stack[-1]
        owner.size += size
        if owner.size > MAX_PARTS:
            raise self._error(f"the file holds more than {MAX_PARTS:,} values", mark, "split it")
        if isinstance(owner.made, list):
            owner.mark.parts[len(owner.made)] = mark
            owner.made.append(value)
        elif not owner.has_key:
            if not isinstance(value, Hashable):
                raise self._error("a key is a word, not a list or a mapping", mark, "write `Name: value`")
            owner.key, owner.key_mark, owner.has_key = (value if plain else str(value)), mark, True
        else:
            self._add(owner, value, mark)
            owner.has_key = False

    def _add(self, owner: _Open, value: Any, mark: Mark) -> None:
        begins = owner.key_mark or mark
        if owner.key == "<<":
            merged = value if isinstance(value, list) else [value]
            if not all(isinstance(one, dict) for one in merged):
                raise self._error("only mappings can be merged with <<", begins, "name a mapping")
            owner.merges.extend(merged)
            return
        key = owner.key if isinstance(owner.key, str) else _as_text(owner.key)
        if key in owner.made:
            raise self._error(f"the key {key!r} stands there twice", begins, "keep one of them")
        owner.made[key] = value
        mark.line, mark.column = begins.line, begins.column
        owner.mark.parts[key] = mark

    def _tagged(self, value: Any, tag: str | None, event: Any) -> Any:
        """CloudFormation's short forms; other tags are YAML's own, which mean nothing here, or somebody else's."""
        if not tag or tag == "!" or tag in _PLAIN_YAML:
            return value
        if not tag.startswith("!"):
            mark = Mark(event.start_mark.line + 1, 1)
            raise self._error(f"the YAML tag {tag!r} is not allowed here", mark, "write plain text, lists and mappings")
        if tag in _PLAIN_TAGS:
            return {tag[1:]: value}
        if tag == "!GetAtt" and isinstance(value, str):
            name, _, attribute = value.partition(".")
            return {"Fn::GetAtt": [name, attribute]}
        return {f"Fn::{tag[1:]}": value}

    def _error(self, message: str, mark: Mark, cure: str) -> TemplateError:
        return TemplateError(message, place=f"{self._file}:{mark.line}", cure=cure)


def _as_text(key: Any) -> str:
    return (
        {True: "true", False: "false", None: "null"}.get(key, str(key))
        if not isinstance(key, (int, float)) or isinstance(key, bool)
        else str(key)
    )


def _scalar(event: Any) -> Any:
    """A scalar as YAML 1.1 reads it, except that times stay text."""
    text: str = event.value
    if event.tag == f"{_CORE}str" or not event.implicit[0]:
        return text
    for name, pattern in _RESOLVERS.get(text[:1], ()):
        if pattern.match(text):
            return _resolved(name, text)
    return text


def _resolved(name: str, text: str) -> Any:
    if name == "null":
        return None
    if name == "bool":
        return text.lower() in _TRUE
    if name == "int":
        return _whole(text)
    if name == "float" and ":" not in text:
        return float(text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan").replace(".Inf", "inf"))
    return text


def _whole(text: str) -> Any:
    """An integer in YAML 1.1's spellings; what counts in sixties is left as it is written."""
    digits = text.replace("_", "").lower()
    if ":" in digits:
        return text
    sign = -1 if digits.startswith("-") else 1
    digits = digits.lstrip("+-")
    if digits.startswith("0b"):
        return sign * int(digits, base=0)
    if digits.startswith("0x"):
        return sign * int(digits, base=0)
    if digits.startswith("0") and len(digits) > 1:
        return sign * int(digits, 8)
    return sign * int(digits)
