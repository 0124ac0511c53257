"""Waivers in the comments of a *.tf file: `# bastionless: waive NET001 owner=… reason="…" until=2027-01-31`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from scanner.gate.planned import Remark, Spot

Key = tuple[str, str]
"""Type and name of a resource block."""

_WORD = "bastionless"
_MEANT = re.compile(r"bastionless\s*:|bastionless\W{1,3}waive\b", re.IGNORECASE)
_INSIDE = re.compile(r"bastionless\s*:\s*waive\b", re.IGNORECASE)
_SIGN = re.compile(r"bastionless:[ \t]*waive(?=\s|$)", re.IGNORECASE)
_RULE = re.compile(r"\s*([A-Za-z0-9*_-]+)(?=\s|$)")
_FIELD = re.compile(r'\s*([A-Za-z_]+)=("(?:[^"\\]|\\.)*"|[^\s"]+)(?=\s|$)')
_TOKEN = re.compile(
    r'(?P<comment>#[^\n]*|//[^\n]*|/\*.*?(?:\*/|\Z))|(?P<heredoc><<-?(?P<end>[\w-]+)[ \t]*\n)|(?P<quote>")'
    r'|(?P<resource>\bresource[ \t]+"(?P<type>[^"\n]{1,200})"[ \t]+"(?P<name>[^"\n]{1,200})")|(?P<open>\{)|(?P<close>\})',
    re.DOTALL,
)
_IN_TEXT = re.compile(r'\\.|(?P<quote>")|[$%](?P<escaped>[$%]\{)|(?P<open>[$%]?\{)|(?P<close>\})|\n', re.DOTALL)
_SYNTAX = f'write: # {_WORD}: waive NET001 owner=net-team reason="why" until=2027-01-31'
_SHOWN = 60


class Remarks(NamedTuple):
    """The waivers beside each block, and the mistakes: what is no waiver, or stands beside no block."""

    of_blocks: dict[Key, tuple[Remark, ...]]
    mistakes: tuple[Remark, ...]


class _Comment(NamedTuple):
    line: int
    text: str
    key: Key | None


def remarks_in(text: str, *, file: str) -> Remarks:
    """What the comments of a file say to us; a comment is its block's that stands in it, or on the lines directly above."""
    if _WORD not in text.lower():
        return Remarks({}, ())
    found: dict[Key, tuple[Remark, ...]] = {}
    mistakes: list[Remark] = []
    for comment in _comments(text):
        for number, line in enumerate(comment.text.split("\n")):
            words = line.strip().lstrip("#/*").strip()
            if not (_MEANT.match(words) or _INSIDE.search(words)):
                continue
            remark = _read(words.removesuffix("*/").rstrip(), Spot(file, comment.line + number))
            if comment.key is None and not remark.trouble:
                cure = "put it into the block, or on the lines directly above"
                remark = remark._replace(trouble="the waiver stands beside no resource block", cure=cure)
            if remark.trouble or comment.key is None:
                mistakes.append(remark)
            else:
                found[comment.key] = (*found.get(comment.key, ()), remark)
    return Remarks(found, tuple(mistakes))


def _comments(text: str) -> Iterator[_Comment]:
    """Every comment with the resource block it belongs to."""
    above: list[tuple[int, str]] = []
    bottom = depth = at = 0
    key: Key | None = None
    line, counted = 1, 0
    while match := _TOKEN.search(text, at):
        start, at = match.start(), match.end()
        line, counted = line + text.count("\n", counted, start), start
        if depth == 0 and above and (match["comment"] is None or line > bottom + 1):
            is_mine = match["resource"] is not None and line == bottom + 1
            yield from (_Comment(*one, (match["type"], match["name"]) if is_mine else None) for one in above)
            above = []
        if match["comment"] is not None:
            if depth:
                yield _Comment(line, match["comment"], key)
            elif text[text.rfind("\n", 0, start) + 1 : start].strip():
                yield _Comment(line, match["comment"], key)  # behind the brace that ends a block
            else:
                above.append((line, match["comment"]))
                bottom = line + match["comment"].count("\n")
        elif match["heredoc"] is not None:
            end = re.compile(rf"^[ \t]*{re.escape(match['end'])}[ \t]*$", re.MULTILINE).search(text, at)
            at = end.end() if end else len(text)
        elif match["quote"] is not None:
            at = _behind_text(text, at)
        elif match["resource"] is not None:
            key = (match["type"], match["name"]) if depth == 0 else key
        elif match["open"] is not None:
            key = key if depth or _is_resource(text, start) else None
            depth += 1
        else:
            depth = max(0, depth - 1)
    yield from (_Comment(*one, None) for one in above)


def _is_resource(text: str, brace: int) -> bool:
    return text[text.rfind("\n", 0, brace) + 1 : brace].lstrip().startswith("resource")


def _behind_text(text: str, at: int) -> int:
    """The end of a quoted text that begins before `at`, with the expressions in it, and the texts in those."""
    around = ['"']
    while around and (match := _IN_TEXT.search(text, at)):
        at = match.end()
        is_text = around[-1] == '"'
        if match["quote"] is not None:
            if is_text:
                around.pop()
            else:
                around.append('"')
        elif match["open"] is not None and (not is_text or len(match["open"]) > 1):
            around.append("{")
        elif match["close"] is not None and not is_text:
            around.pop()
        elif match[0] == "\n" and is_text:
            return at - 1  # no text goes on behind its line: the file is broken
    return at if not around else len(text)


def _read(words: str, spot: Spot) -> Remark:
    sign = _SIGN.match(words)
    if sign is None:
        is_inside = _MEANT.match(words) is None
        trouble = "a waiver begins its comment" if is_inside else f"this is no waiver: {_short(words)!r}"
        return Remark({}, spot, trouble, _SYNTAX)
    fields: dict[str, str] = {}
    at = sign.end()
    rule = _RULE.match(words, at)
    if rule is not None:
        fields["rule"], at = rule[1], rule.end()
    while match := _FIELD.match(words, at):
        name, value = match.groups()
        if name in fields:
            return Remark({}, spot, f"the waiver has its {name} twice", "keep one of them")
        fields[name] = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
        at = match.end()
    rest = words[at:].strip()
    if rest:
        return Remark({}, spot, f"the waiver cannot be read from {_short(rest)!r} on", _SYNTAX)
    return Remark(fields, spot)


def _short(words: str) -> str:
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"
