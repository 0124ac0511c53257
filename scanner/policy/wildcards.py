"""Patterns in which an asterisk stands for any characters, as EventBridge and CloudWatch Logs write them."""

from __future__ import annotations

from functools import lru_cache


def fits(text: str, pattern: str) -> bool:
    r"""Whether the whole text fits; "\*" and "\\" stand for the character itself. Takes no longer than a search would."""
    pieces = _pieces(pattern)
    if len(pieces) == 1:
        return text == pieces[0]
    first, *inner, last = pieces
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    place, end = len(first), len(text) - len(last)
    for piece in inner:  # each at its first place: a later one would leave less room for the others
        found = text.find(piece, place, end)
        if found < 0:
            return False
        place = found + len(piece)
    return True


@lru_cache(maxsize=1024)
def _pieces(pattern: str) -> tuple[str, ...]:
    """The texts between the asterisks."""
    pieces = [""]
    characters = iter(pattern)
    for character in characters:
        if character == "*":
            pieces.append("")
        else:
            pieces[-1] += next(characters, "\\") if character == "\\" else character
    return tuple(pieces)
