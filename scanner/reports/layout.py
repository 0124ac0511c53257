"""JSON text that is the same bytes every time, plain ASCII, and has one entry a line where people look."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Encode = Callable[[Any], str]


def _encoder(default: Callable[[Any], Any] | None = None) -> Encode:
    return json.JSONEncoder(
        sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=default
    ).encode


_COMPACT = _encoder()
_HIGH, _LOW, _LAST_LOW, _BEYOND = 0xD800, 0xDC00, 0xDFFF, 0x10000
_OUTSIDE_ASCII = re.compile("[^\x00-\x7e]")


def dump(value: Mapping[str, Any], *, spread: frozenset[str], default: Callable[[Any], Any] | None = None) -> str:
    """A JSON object as text that ends in a newline, its keys sorted.

    A list or object under a key named in `spread` has one entry a line, everything else stays on its line.
    `default` makes a value of what JSON has no word for; without it that raises `TypeError`. A number that is none raises
    `ValueError`.
    """
    encode = _encoder(default) if default is not None else _COMPACT
    return _ascii("".join(_object(value, spread, "", encode)) + "\n")


def dump_list(values: Sequence[Any]) -> str:
    """A JSON list as text that ends in a newline, one entry a line, the keys sorted."""
    return _ascii("".join(_list(values, frozenset(), "", _COMPACT)) + "\n")


def compact(value: Mapping[str, Any]) -> str:
    """A JSON object as a single line of text without a newline, its keys sorted."""
    return _ascii(_COMPACT(value))


def _ascii(text: str) -> str:
    return text if text.isascii() and "\x7f" not in text else _OUTSIDE_ASCII.sub(_escaped, text)


def _object(value: Mapping[str, Any], spread: frozenset[str], indent: str, encode: Encode) -> Iterator[str]:
    inner = indent + " "
    separator = "{\n"
    for key in sorted(value):
        yield f"{separator}{inner}{encode(key)}: "
        yield from _member(value[key], spread, inner, encode) if key in spread else (encode(value[key]),)
        separator = ",\n"
    yield f"\n{indent}}}" if value else "{}"


def _member(value: Any, spread: frozenset[str], indent: str, encode: Encode) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from _object(value, spread, indent, encode)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield from _list(value, spread, indent, encode)
    else:
        yield encode(value)


def _list(values: Sequence[Any], spread: frozenset[str], indent: str, encode: Encode) -> Iterator[str]:
    inner = indent + " "
    separator = "[\n"
    for value in values:
        yield separator + inner
        if isinstance(value, Mapping) and not spread.isdisjoint(value):
            yield from _object(value, spread, inner, encode)
        else:
            yield encode(value)
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
