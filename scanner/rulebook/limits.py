"""What a setting may be beyond its type: ranges, forms and choices, read from the card and held against every value."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any

from scanner.model import Limits
from scanner.rulebook.document import Step
from scanner.rulebook.remarks import Remarks

_MOST_PORTS = 65535
_SOURCE_ID = re.compile(r"(sg|pl)-\S+")


def _is_regex(value: Any) -> bool:
    try:
        return isinstance(value, str) and re.compile(value) is not None
    except (re.error, OverflowError, RecursionError):
        return False


def _is_cidr(value: Any) -> bool:
    try:
        return isinstance(value, str) and "/" in value and ipaddress.ip_network(value, strict=False) is not None
    except ValueError:
        return False


def _is_port(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _MOST_PORTS


def _is_source(value: Any) -> bool:
    return _is_cidr(value) or (isinstance(value, str) and bool(_SOURCE_ID.fullmatch(value)))


FORMATS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "regex": (_is_regex, "a regular expression"),
    "cidr": (_is_cidr, "a CIDR block such as 10.0.0.0/8"),
    "port": (_is_port, f"a port from 1 to {_MOST_PORTS}"),
    "text": (lambda value: isinstance(value, str) and bool(value.strip()), "text that is not empty"),
    "source": (_is_source, "a CIDR block, or the id of a security group or prefix list"),
}
KEYS = ("min", "max", "format", "pattern", "choices", "not_empty")


def read_limits(body: Mapping[str, Any], name: str, remarks: Remarks) -> Limits:
    """The limits on a card's setting; what cannot be one becomes a remark, and is left out."""

    def tell(key: str, expected: str) -> None:
        message = f"the limit {key!r} of the setting {name!r} cannot be {body[key]!r}"
        remarks.tell(message, "settings", name, key, cure=f"it is {expected}")

    sound: dict[str, Any] = {}
    for key, (is_one, expected) in _READERS.items():
        if key in body:
            if is_one(body[key]):
                sound[key] = body[key]
            else:
                tell(key, expected)
    limits = Limits(
        minimum=sound.get("min"),
        maximum=sound.get("max"),
        format=sound.get("format", ""),
        pattern=sound.get("pattern", ""),
        choices=tuple(sound.get("choices", ())),
        not_empty=sound.get("not_empty", False),
    )
    if "default" in body and len(sound) == len(_READERS.keys() & body.keys()) and not fits(body["default"], limits):
        at: tuple[Step, ...] = ("settings", name, "default")
        remarks.tell(
            f"the default of {name!r} is outside its own limits",
            *at,
            cure=f"it is {in_words(limits, of=body['default'])}",
        )
    return limits


def fits(value: Any, limits: Limits) -> bool:
    """Whether a value, or every item of a list, keeps to the limits."""
    if limits.not_empty and not value and isinstance(value, (list, str)):
        return False
    return all(_item_fits(item, limits) for item in (value if isinstance(value, list) else (value,)))


def in_words(limits: Limits, *, of: Any = None) -> str:
    """The limits as what a value like `of` is: "at least 1", "a list of at least one, each a port …"; "" where none."""
    words = ", and ".join(_each_in_words(limits))
    if isinstance(of, list):
        words = f"each {words}" if words else ""
        size = "a list of at least one" if limits.not_empty else "a list" if words else ""
        return ", ".join(filter(None, (size, words)))
    return ", and ".join(filter(None, (words, "not empty" if limits.not_empty else "")))


def _each_in_words(limits: Limits) -> list[str]:
    words = []
    if limits.format:
        words.append(FORMATS[limits.format][1])
    if limits.pattern:
        words.append(f"text that matches {limits.pattern}")
    if limits.choices:
        words.append(f"one of {', '.join(repr(choice) for choice in limits.choices)}")
    if limits.minimum is not None and limits.maximum is not None:
        words.append(f"from {_plain(limits.minimum)} to {_plain(limits.maximum)}")
    elif limits.minimum is not None:
        words.append(f"at least {_plain(limits.minimum)}")
    elif limits.maximum is not None:
        words.append(f"at most {_plain(limits.maximum)}")
    return words


def _item_fits(item: Any, limits: Limits) -> bool:
    if limits.format and not FORMATS[limits.format][0](item):
        return False
    if limits.pattern and not (isinstance(item, str) and re.fullmatch(limits.pattern, item)):
        return False
    if limits.choices and item not in limits.choices:
        return False
    # Written so that what is no number at all, as YAML's .nan, is outside too.
    low = limits.minimum is None or (_is_number(item) and item >= limits.minimum)
    high = limits.maximum is None or (_is_number(item) and item <= limits.maximum)
    return low and high


def _plain(number: float) -> str:
    """0.000001 as people write it."""
    return f"{number:f}".rstrip("0").rstrip(".")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_READERS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "min": (_is_number, "a number"),
    "max": (_is_number, "a number"),
    "format": (lambda value: isinstance(value, str) and value in FORMATS, f"one of {', '.join(FORMATS)}"),
    "pattern": (_is_regex, "a regular expression"),
    "choices": (lambda value: isinstance(value, list) and bool(value), "a list of values"),
    "not_empty": (lambda value: isinstance(value, bool), "true or false"),
}
