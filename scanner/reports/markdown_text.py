"""Names and sentences for GitHub's Markdown: they look like themselves, and mention, link and mark up nothing."""

from __future__ import annotations

import re

from scanner.reports.text import clean

_MARKUP = re.compile(r"[\\`*_\[\]<>|~$]")
_BEGINNING = re.compile(r"^(?:[#=+-]|\d+[.)])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# GitHub makes links of these after all markup is done, so only a character of no width between stops it.
_MENTION = re.compile(r"@(?=\w)|#(?=\d)|\b(?i:GH)(?=-\d)")
_ADDRESS = re.compile(r"(?i)(?<=[a-z0-9]):(?=//)|(?<=\bwww)\.")
_TICKS = re.compile("`+")
_FENCE = "```"


def escaped(text: str) -> str:
    """One line of plain words, for anywhere in a page."""
    words = _MARKUP.sub(_escape, clean(text.strip()).replace("&", "&amp;"))
    words = _BEGINNING.sub(lambda match: f"{match.group()[:-1]}\\{match.group()[-1]}", words)
    words = _MENTION.sub(lambda match: f"{match.group()}&#8203;", words)
    return _ADDRESS.sub(lambda match: f"&#{ord(match.group())};", words)


def _escape(match: re.Match[str]) -> str:
    mark = match.group()
    return _ENTITIES.get(mark, f"\\{mark}")


def code(text: str) -> str:
    """A name as a code span: nothing inside is markup, whatever backquotes it has."""
    words = clean(text.strip())
    if not words:
        return ""
    ticks = "`" * (_longest(words) + 1)
    pad = " " if words.startswith("`") or words.endswith("`") else ""
    return f"{ticks}{pad}{words}{pad}{ticks}"


def block(text: str, *, indent: str = "") -> list[str]:
    """Commands to be copied, as the lines of a code block whose fence nothing inside can close."""
    lines = [clean(line.rstrip()) for line in text.splitlines()]
    fence = "`" * max(len(_FENCE), _longest(text) + 1)
    return [f"{indent}{fence}sh", *(f"{indent}{line}" for line in lines), f"{indent}{fence}"]


def _longest(text: str) -> int:
    return max((len(ticks) for ticks in _TICKS.findall(text)), default=0)
