"""Text from AWS made fit to be shown: nothing in it can steer a terminal, and its lines fit."""

# ruff: noqa: PLC0415 - rich is loaded for wide characters only

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.model import Resource, Undecided

_ITEM = re.compile(r"\s{2,}\S|[-*] |\d+[.)] ")
# A line may end inside "$(a command)", but not inside a text between quotes.
_ARGUMENT = re.compile(r"""(?:'[^']*'|"(?!\$\()[^"]*"|\S)+""")
_GOES_ON = " \\"
_JOINTS = "/:,;=.-_"


def clean(text: str) -> str:
    r"""The text on one line with everything unprintable shown as Python would write it: ESC becomes `\x1b`.

    That covers terminal escapes, newlines, bidirectional overrides, invisible characters and lone surrogates.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def label(resource: Resource) -> str:
    """The resource's id, with its name in brackets where one is known; clean."""
    name = name_of(resource)
    return clean(f"{resource.id} ({name})" if name else resource.id)


def name_of(resource: Resource) -> str:
    """The `Name` tag, or "" where there is none or the tags could not be read."""
    try:
        return resource.name
    except Undecided:
        return ""


def counted(number: int, noun: str) -> str:
    """The number with its noun: "1 finding", "1,200 findings"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of a card's text, each one line and clean; commands, list items and indented lines stay apart."""
    held: list[str] = []
    for line in text.splitlines():
        begins = not line.strip() or _ITEM.match(line) or is_command(line)
        if held and (begins or is_command(held[0])):
            yield clean(" ".join(held))
            held = []
        if line.strip():
            held.append(line.strip())
    if held:
        yield clean(" ".join(held))


def is_command(line: str) -> bool:
    """Whether a line of a card's text is to be typed as it is."""
    return line.lstrip().startswith("aws ")


def cells(text: str) -> int:
    """How many terminal columns clean text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def wrap(text: str, *, width: int, first: str = "", rest: str = "") -> list[str]:
    """Clean text in lines of at most `width` columns, the first begun with `first`, the others with `rest`.

    Lines end between words; only a word longer than a line is cut, at a joint such as "/" if it has one.
    """
    if len(first) + cells(text) <= width:
        return [first + text]
    lines: list[str] = []
    line, used, empty = first, len(first), True
    for word, torn in _words(text, room=max(width - max(len(first), len(rest)), 8)):
        size = cells(word)
        if torn or (not empty and used + 1 + size > width):
            lines.append(line)
            line, used, empty = rest, len(rest), True
        line, used, empty = (line + word, used + size, False) if empty else (f"{line} {word}", used + 1 + size, False)
    lines.append(line)
    return lines


def wrap_command(text: str, *, width: int, first: str = "", rest: str = "") -> list[str]:
    """A command in lines that a shell takes for one, so that it can be copied.

    Nothing in it is cut, no word and no quoted text: with a very long one a line is longer than `width`.
    """
    lines: list[str] = []
    line, used, margin = first, len(first), len(first)
    for word in _ARGUMENT.findall(text):
        size = cells(word)
        if used > margin and used + size + len(_GOES_ON) > width:
            lines.append(f"{line.rstrip()}{_GOES_ON}")
            line, used, margin = rest, len(rest), len(rest)
        line, used = f"{line}{word} ", used + size + 1
    return [*lines, line.rstrip()]


def _words(text: str, *, room: int) -> Iterator[tuple[str, bool]]:
    """Each word, and whether it is the rest of one that was cut and so has to begin a line."""
    for word in text.split():
        if len(word) * 2 <= room or cells(word) <= room:
            yield word, False
        else:
            # A character takes two columns at the most.
            yield from _pieces(word, room=room if word.isascii() else room // 2)


def _pieces(word: str, *, room: int) -> Iterator[tuple[str, bool]]:
    start = 0
    while len(word) - start > room:
        joint = max(word.rfind(mark, start + room // 2, start + room) for mark in _JOINTS)
        end = joint + 1 if joint >= 0 else start + room
        yield word[start:end], start > 0
        start = end
    yield word[start:], start > 0
