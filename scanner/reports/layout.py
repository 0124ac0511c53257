"""JSON text that is the same bytes every time, plain ASCII, and has one entry a line where people look."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_COMPACT = json.JSONEncoder(sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_HIGH, _LOW, _LAST_LOW, _BEYOND = 0xD800, 0xDC00, 0xDFFF, 0x10000
_OUTSIDE_ASCII = re.compile("[^\x00-\x7e]")


def dump(value: Mapping[str, Any], *, spread: frozenset[str]) -> str:
    """A JSON object as text that ends in a newline, its keys sorted.

    A list or object under a key named in `spread` has one entry a line, everything else stays on its line.
    Raises `TypeError` for what JSON has no word for and `ValueError` for a number that is none.
    """
    text = "".join(_object(value, spread, "")) + "\n"
    return text if text.isascii() and "\x7f" not in text else _OUTSIDE_ASCII.sub(_escaped, text)


def _object(value: Mapping[str, Any], spread: frozenset[str], indent: str) -> Iterator[str]:
    inner = indent + " "
    separator = "{\n"
    for key in sorted(value):
        yield f"{separator}{inner}{_COMPACT.encode(key)}: "
        yield from _member(value[key], spread, inner) if key in spread else (_COMPACT.encode(value[key]),)
        separator = ",\n"
    yield f"\n{indent}}}" if value else "{}"


def _member(value: Any, spread: frozenset[str], indent: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from _object(value, spread, indent)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield from _list(value, spread, indent)
    else:
        yield _COMPACT.encode(value)


def _list(values: Sequence[Any], spread: frozenset[str], indent: str) -> Iterator[str]:
    inner = indent + " "
    separator = "[\n"
    for value in values:
        yield separator + inner
        if isinstance(value, Mapping) and not spread.isdisjoint(value):
            yield from _object(value, spread, inner)
        else:
            yield _COMPACT.encode(value)
        separator = ",\n"
    yield f"\n{indent}]" if values else "[]"


def _escaped(match: re.Match[str]) -> str:
    """A character as JSON's own escape; half of a surrogate pair is no character and becomes U+FFFD."""
    code = ord(match.group())
    if _HIGH <= code <= _LAST_LOW:
        return "\\ufffd"
    if code < _BEYOND:
        return f"\\u{code:04x}"
    high, low = divmod(code - _BEYOND, 0x400)
    return f"\\u{_HIGH + high:04x}\\u{_LOW + low:04x}"
