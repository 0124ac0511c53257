"""A waiver added to somebody's file as text: nothing that stands there is written anew, comments and order stay."""

from __future__ import annotations

import re
from dataclasses import replace

import yaml

from scanner.errors import ConfigError
from scanner.model import Scope, Waiver
from scanner.rulebook.document import Document, parse_document
from scanner.rulebook.waivers import KEY, read_waivers

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_PLAIN = re.compile(r"[A-Z][A-Z0-9]*[0-9]")
_LONGEST_REMARK = 100
_BY_HAND = "add it by hand"


def add_waiver(text: str, waiver: Waiver, *, file: str, remark: str = "") -> str:
    """The text of a YAML file with one waiver more, after the last one or in a list begun at the end.

    Raises `ConfigError` where the file is wrong, holds the waiver already, or is written so that no line can be added.
    """
    waiver = replace(waiver, owner=" ".join(waiver.owner.split()), reason=" ".join(waiver.reason.split()))
    before = parse_document(text, file=file, error=ConfigError)
    is_list = isinstance(before.data, list)
    if before.data is not None and not isinstance(before.data, (dict, list)):
        raise ConfigError("the configuration is a mapping of keys", place=before.place())
    _refuse_double(before, waiver)
    end = _line_end(text)
    lines = _split(text)
    node = before.root if is_list else before.node(KEY)
    entry, opening = _entry(waiver, remark), list[str]()
    if isinstance(node, yaml.SequenceNode) and node.value:
        if node.flow_style:
            cure = f"write each on lines of its own that begin with a dash, or {_BY_HAND}"
            raise ConfigError("the waivers stand in brackets", place=f"{file}:{node.start_mark.line + 1}", cure=cure)
        after, margin = _last_line(node), node.start_mark.column
    elif node is not None and not is_list:
        after, margin = _emptied(lines, node, file), 2
    else:
        after, margin, opening = len(lines), 2, [f"{KEY}:"]
    added = opening + [f"{' ' * margin}{line}" for line in entry]
    result = _joined(lines, after, added, end)
    _insist(before, parse_document(result, file=file, error=ConfigError), waiver, file=file)
    return result


def _refuse_double(document: Document, waiver: Waiver) -> None:
    for earlier in _waivers_of(document):
        if (earlier.rule, earlier.scope) == (waiver.rule, waiver.scope):
            cure = "change its day there"
            message = f"{waiver.words} is waived already, until {earlier.until.isoformat()}"
            raise ConfigError(message, place=earlier.place, cure=cure)


def _waivers_of(document: Document) -> tuple[Waiver, ...]:
    data = document.data
    if isinstance(data, list):
        return read_waivers(document, (), data)
    listed = data.get(KEY) if isinstance(data, dict) else None
    return () if listed is None else read_waivers(document, (KEY,), listed)


def _entry(waiver: Waiver, remark: str) -> list[str]:
    """The lines of a waiver, without a margin."""
    scope = waiver.scope
    if scope.fingerprint:
        about = [f"fingerprint: {_quoted(scope.fingerprint)}"]
    else:
        parts = [f"{name}: {_quoted(value)}" for name, value in _parts(scope)]
        rule = waiver.rule if _PLAIN.fullmatch(waiver.rule) else _quoted(waiver.rule)
        about = [f"rule: {rule}", f"resource: {{{', '.join(parts)}}}"]
    fields = [
        *about,
        f"owner: {_quoted(waiver.owner)}",
        f"reason: {_quoted(waiver.reason)}",
        f"until: {waiver.until.isoformat()}",
    ]
    short = remark if len(remark) <= _LONGEST_REMARK else f"{remark[:_LONGEST_REMARK]}…"
    comment = [f"# {_printable(short)}"] if remark else []
    return [*comment, f"- {fields[0]}", *(f"  {field}" for field in fields[1:])]


def _parts(scope: Scope) -> list[tuple[str, str]]:
    tag = "=".join(scope.tag) if scope.tag else ""
    named = (
        ("id", scope.id),
        ("arn", scope.arn),
        ("tag", tag),
        ("account", scope.account),
        ("region", scope.region),
    )
    return [(name, value) for name, value in named if value]


def _quoted(text: str) -> str:
    """A text between double quotes, as YAML reads it back."""
    return f'"{"".join(_escaped(character) for character in text)}"'


def _escaped(character: str) -> str:
    if character in {'"', "\\"}:
        return f"\\{character}"
    if character.isprintable():
        return character
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 - half of a pair is no character, and YAML has no word for it
        return "\\uFFFD"
    return f"\\U{code:08x}"


def _printable(text: str) -> str:
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def _line_end(text: str) -> str:
    found = _BREAK.search(text)
    return found.group() if found else "\n"


def _split(text: str) -> list[str]:
    """The lines with their ends; joined they are the text."""
    lines, start = [], 0
    for found in _BREAK.finditer(text):
        lines.append(text[start : found.end()])
        start = found.end()
    return [*lines, text[start:]] if text[start:] else lines


def _last_line(node: yaml.Node) -> int:
    """How many lines of the file are over when the last part of a node is."""
    while isinstance(node, (yaml.SequenceNode, yaml.MappingNode)) and node.value and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(node, yaml.MappingNode) else last
    mark = node.end_mark
    return int(mark.line) + (1 if mark.column else 0)


def _emptied(lines: list[str], node: yaml.Node, file: str) -> int:
    """Takes an empty list's brackets or null away and tells the line after which its first item goes."""
    start, end = node.start_mark, node.end_mark
    if start.line != end.line:
        raise ConfigError(f"{KEY} is empty over several lines", place=f"{file}:{start.line + 1}", cure=_BY_HAND)
    line = lines[start.line] if start.line < len(lines) else ""
    if line:
        lines[start.line] = line[: start.column].rstrip(" ") + line[end.column :]
    return int(start.line) + 1


def _joined(lines: list[str], after: int, added: list[str], end: str) -> str:
    before = "".join(lines[:after])
    if before and not _BREAK.search(before[-1]):
        before += end
    return before + "".join(f"{line}{end}" for line in added) + "".join(lines[after:])


def _insist(before: Document, now: Document, waiver: Waiver, *, file: str) -> None:
    """Raises `ConfigError` unless the file says what it said, and the waiver besides."""
    old, new = ([replace(one, place="") for one in _waivers_of(document)] for document in (before, now))
    if new != [*old, replace(waiver, place="")] or _others(before) != _others(now):
        raise ConfigError("no line can be added to this file without changing others", place=file, cure=_BY_HAND)


def _others(document: Document) -> object:
    """All but the waivers."""
    data = document.data
    return {key: value for key, value in data.items() if key != KEY} if isinstance(data, dict) else {}
