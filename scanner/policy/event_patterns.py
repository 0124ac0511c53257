"""EventBridge's event patterns, read locally and in doubt not at all: does one match an event?

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html has the operators. AWS itself
answers the question through TestEventPattern; this reading stands in where AWS was not, or may not be, asked.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from scanner.policy.reading import NO, Reading, decided, depends_on, every, some, unread
from scanner.policy.wildcards import fits

_ABSENT: Any = object()
_MOST = 32
"""AWS nests no pattern deeper; what is deeper was not made by AWS."""


def read_event_pattern(pattern: Any, event: Mapping[str, Any], *, varying: frozenset[str] = frozenset()) -> Reading:
    """Whether a pattern (JSON text) matches an event.

    `varying` names the dotted paths whose value is only an example: where such a value alone keeps the pattern from
    matching, the answer is that it depends. Whatever is no documented pattern is not read.
    """
    try:
        wanted = json.loads(pattern)
    except (TypeError, ValueError, RecursionError):
        return unread("the event pattern is no JSON that can be read")
    if not isinstance(wanted, Mapping) or not wanted:
        return unread("the event pattern is no object with fields")
    return _Matcher(varying).structure(wanted, event, "", depth=0)


class _Matcher:
    """One pattern against one event."""

    def __init__(self, varying: frozenset[str]) -> None:
        self._varying = varying

    def structure(self, wanted: Mapping[str, Any], found: Any, path: str, *, depth: int) -> Reading:
        """Every field of a structure has to fit; "$or" asks for one of several structures."""
        if depth > _MOST:
            return unread("the event pattern is nested too deeply")
        if isinstance(found, (list, tuple)):  # EventBridge looks into each structure of a list
            if not all(isinstance(item, Mapping) for item in found):
                return unread(f"{path} holds a list of several things")
            return some(self.structure(wanted, item, path, depth=depth + 1) for item in found)
        here = found if isinstance(found, Mapping) else {}
        return every(self._field(key, value, here, path, depth=depth) for key, value in wanted.items())

    def _field(self, key: str, value: Any, here: Mapping[str, Any], path: str, *, depth: int) -> Reading:
        if key == "$or":
            return self._alternatives(value, here, path, depth=depth)
        if key.startswith("$"):
            return unread(f"the event pattern has the word {key}")
        place = f"{path}.{key}" if path else key
        if isinstance(value, Mapping):
            return self.structure(value, here.get(key, _ABSENT), place, depth=depth + 1)
        if not isinstance(value, list) or not value:
            return unread(f"the event pattern asks for {place} in an unknown form")
        return some(self._test(test, here.get(key, _ABSENT), place) for test in value)

    def _alternatives(self, value: Any, here: Mapping[str, Any], path: str, *, depth: int) -> Reading:
        if not isinstance(value, list) or not value or not all(isinstance(one, Mapping) and one for one in value):
            return unread("the event pattern has a $or in an unknown form")
        return some(self.structure(one, here, path, depth=depth + 1) for one in value)

    def _test(self, test: Any, value: Any, path: str) -> Reading:
        reading = self._of_value(test, value, path)
        is_example = value is not _ABSENT and any(
            path == known or path.startswith(f"{known}.") for known in self._varying
        )
        return depends_on(path) if is_example and reading.matches is False and not _is_exists(test) else reading

    def _of_value(self, test: Any, value: Any, path: str) -> Reading:
        if _is_exists(test):
            return _exists(test["exists"], value, path)
        if isinstance(value, (list, tuple)):
            if isinstance(test, Mapping) and "anything-but" in test:
                return unread(f"the event pattern excludes values of {path}, which is a list")
            return some(self._of_value(test, item, path) for item in value)
        if isinstance(value, Mapping):
            return unread(f"the event pattern asks for a value of {path}, which is a structure")
        if isinstance(test, Mapping):
            if len(test) != 1:
                return unread(f"the event pattern asks for {path} in an unknown form")
            ((name, argument),) = test.items()
            return _operator(name, argument, value, path)
        return NO if value is _ABSENT else _equals(test, value, path)


def _is_exists(test: Any) -> bool:
    return isinstance(test, Mapping) and tuple(test) == ("exists",)


def _exists(wanted: Any, value: Any, path: str) -> Reading:
    if not isinstance(wanted, bool):
        return unread(f"the event pattern asks whether {path} exists in an unknown form")
    if isinstance(value, Mapping):
        return unread(f"the event pattern asks whether {path} exists, which is a structure")
    return decided((value is not _ABSENT) is wanted)


def _equals(wanted: Any, value: Any, path: str) -> Reading:
    if isinstance(wanted, (list, tuple)):
        return unread(f"the event pattern asks for {path} in an unknown form")
    if isinstance(wanted, bool) or isinstance(value, bool) or wanted is None or value is None:
        return decided(wanted is value)
    if isinstance(wanted, (int, float)) and isinstance(value, (int, float)):
        if wanted == value and repr(wanted) != repr(value):
            return unread(f"the event pattern writes the number {path} in another form")
        return decided(wanted == value)
    return decided(isinstance(wanted, str) and isinstance(value, str) and wanted == value)


def _operator(name: str, argument: Any, value: Any, path: str) -> Reading:
    known = _OPERATORS.get(name)
    if known is None:
        return unread(f"the event pattern has the operator {name!r}")
    if value is _ABSENT:
        return NO
    found = known(argument, value)
    return unread(f"the event pattern asks for {path} with {name!r} in an unknown form") if found is None else found


def _text_test(test: Callable[[str, str], bool]) -> Callable[[Any, Any], Reading | None]:
    """An operator over texts, in which {"equals-ignore-case": text} may stand for the text, or a list of them."""

    def read(argument: Any, value: Any) -> Reading | None:
        tests = argument if isinstance(argument, list) else [argument]
        if not tests:
            return None
        found = [_one(test, one, value) for one in tests]
        return None if None in found else decided(any(found))

    return read


def _one(test: Callable[[str, str], bool], argument: Any, value: Any) -> bool | None:
    if isinstance(argument, Mapping):
        text = argument.get("equals-ignore-case") if len(argument) == 1 else None
        if not isinstance(text, str):
            return None
        return isinstance(value, str) and test(value.casefold(), text.casefold())
    if not isinstance(argument, str):
        return None
    return isinstance(value, str) and test(value, argument)


def _ignore_case(value: str, wanted: str) -> bool:
    return value.casefold() == wanted.casefold()


def _anything_but(argument: Any, value: Any) -> Reading | None:
    if isinstance(argument, Mapping):
        if len(argument) != 1:
            return None
        ((name, inner),) = argument.items()
        if name not in _TEXT_TESTS:
            return None
        found = _text_test(_TEXT_TESTS[name])(inner, value)
        return None if found is None or found.matches is None else decided(not found.matches)
    excluded = argument if isinstance(argument, list) else [argument]
    if not excluded or not all(isinstance(one, (str, int, float)) and not isinstance(one, bool) for one in excluded):
        return None
    readings = [_equals(one, value, "") for one in excluded]
    if any(reading.matches is None for reading in readings):
        return None
    return decided(not any(reading.matches for reading in readings))


def _numeric(argument: Any, value: Any) -> Reading | None:
    if not isinstance(argument, list) or not argument or len(argument) % 2:
        return None
    pairs = list(zip(argument[::2], argument[1::2], strict=True))
    for sign, bound in pairs:
        if sign not in _SIGNS or isinstance(bound, bool) or not isinstance(bound, (int, float)):
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return NO
    return decided(all(_SIGNS[sign](value, bound) for sign, bound in pairs))


def _cidr(argument: Any, value: Any) -> Reading | None:
    if not isinstance(argument, str):
        return None
    try:
        network = ip_network(argument, strict=False)
    except ValueError:
        return None
    try:
        address = ip_address(value) if isinstance(value, str) else None
    except ValueError:
        return NO
    return decided(address is not None and address.version == network.version and address in network)


_SIGNS: Mapping[Any, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TEXT_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "prefix": str.startswith,
    "suffix": str.endswith,
    "equals-ignore-case": _ignore_case,
    "wildcard": fits,
}
_OPERATORS: Mapping[str, Callable[[Any, Any], Reading | None]] = {
    **{name: _text_test(test) for name, test in _TEXT_TESTS.items()},
    "anything-but": _anything_but,
    "numeric": _numeric,
    "cidr": _cidr,
}
