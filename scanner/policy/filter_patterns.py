"""CloudWatch Logs' filter patterns, read locally and in doubt not at all: does one match a line that holds JSON?

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html has the language.
AWS itself answers the question through TestMetricFilter; this reading stands in where AWS was not, or may not be, asked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.policy.reading import NO, Reading, decided, depends_on, every, some, unread
from scanner.policy.terms import read_terms
from scanner.policy.wildcards import fits

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<mark>\(|\)|&&|\|\||!=|>=|<=|=|>|<)
    |(?P<quoted>"(?:[^"\\]|\\.)*")
    |(?P<expression>%[^%]*%)
    |(?P<path>\$(?:\.[A-Za-z0-9_-]+|\[(?:\d+|\*|'[^']*'|"[^"]*")\])+)
    |(?P<word>[^\s()"&|=<>!%$]+)
    )""",
    re.VERBOSE,
)
_STEP = re.compile(r"""\.([A-Za-z0-9_-]+)|\[(\d+|\*)\]|\['([^']*)'\]|\["([^"]*)"\]""")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_MOST = 64


class _UnreadableError(Exception):
    """The pattern is no documented one."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def read_filter_pattern(pattern: Any, message: str, *, varying: frozenset[str] = frozenset()) -> Reading:
    """Whether a filter pattern matches a log line.

    `varying` names the top-level members whose value is only an example: where such a value alone keeps the pattern
    from matching, the answer is that it depends. Regular expressions and patterns of columns are not read.
    """
    if not isinstance(pattern, str):
        return unread("the filter pattern is no text")
    text = pattern.strip()
    if not text.startswith("{"):
        return read_terms(text, message, varying=varying)
    try:
        record = json.loads(message)
    except (ValueError, RecursionError):
        return NO
    if not text.endswith("}"):
        return unread("the filter pattern does not end")
    try:
        return _Reader(_tokens(text[1:-1]), record, varying).whole()
    except _UnreadableError as mistake:
        return unread(f"the filter pattern {mistake}")


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    place, end = 0, len(text.rstrip())
    while place < end:
        found = _TOKEN.match(text, place)
        if found is None or found.lastgroup is None:
            raise _UnreadableError(f"cannot be read at {text[place:].strip()[:20]!r}")
        tokens.append(_Token(found.lastgroup, found.group(found.lastgroup)))
        place = found.end()
    return tokens


class _Reader:
    """Reads an expression from left to right, and its answer with it; && binds closer than ||."""

    def __init__(self, tokens: list[_Token], record: Any, varying: frozenset[str]) -> None:
        self._tokens = tokens
        self._place = 0
        self._record = record
        self._varying = varying

    def whole(self) -> Reading:
        reading = self._any(0)
        if self._place < len(self._tokens):
            raise _UnreadableError(f"goes on with {self._tokens[self._place].text!r}")
        return reading

    def _any(self, depth: int) -> Reading:
        return self._joined("||", some, lambda: self._joined("&&", every, lambda: self._single(depth)))

    def _joined(self, mark: str, join: Callable[[list[Reading]], Reading], part: Callable[[], Reading]) -> Reading:
        readings = [part()]
        while self._takes(mark):
            readings.append(part())
        return join(readings)

    def _single(self, depth: int) -> Reading:
        if depth > _MOST:
            raise _UnreadableError("is nested too deeply")
        if self._takes("("):
            reading = self._any(depth + 1)
            if not self._takes(")"):
                raise _UnreadableError("lacks a closing parenthesis")
            return reading
        return self._condition()

    def _condition(self) -> Reading:
        path = self._next("path").text
        values = _values_at(self._record, path)
        token = self._next("mark", "word")
        if token.kind == "word":
            reading = self._state(token.text.upper(), values, path)
            is_about_value = reading.matches is False and token.text.upper() != "NOT"
        else:
            reading = self._comparison(token.text, values, path)
            is_about_value = reading.matches is False
        is_example = bool(values) and _STEP.findall(path)[0][0] in self._varying
        return depends_on(path) if is_about_value and is_example else reading

    def _state(self, word: str, values: list[Any], path: str) -> Reading:
        """IS NULL, IS TRUE, IS FALSE, NOT EXISTS and EXISTS."""
        if word == "EXISTS":
            return decided(bool(values))
        following = self._next("word").text.upper()
        if (word, following) == ("NOT", "EXISTS"):
            return decided(not values)
        if word != "IS" or following not in _STATES:
            raise _UnreadableError(f"has the words {word} {following}")
        if not values:
            return unread(f"the filter pattern asks what {path} is, which is not there") if following == "NULL" else NO
        return decided(any(value is _STATES[following] for value in values))

    def _comparison(self, sign: str, values: list[Any], path: str) -> Reading:
        token = self._next("quoted", "expression", "word")
        if token.kind == "expression":
            return unread("the filter pattern has a regular expression")
        if sign not in ("=", "!=") and (token.kind == "quoted" or not _NUMBER.fullmatch(token.text)):
            raise _UnreadableError(f"compares {path} with no number")
        if not values:
            return NO if sign != "!=" else unread(f"the filter pattern excludes a value of {path}, which is not there")
        if len(values) > 1 and sign == "!=":
            return unread(f"the filter pattern excludes values of {path}, of which there are several")
        return some([_compared(value, sign, token, path) for value in values])

    def _takes(self, mark: str) -> bool:
        here = self._tokens[self._place] if self._place < len(self._tokens) else None
        if here is None or here.kind != "mark" or here.text != mark:
            return False
        self._place += 1
        return True

    def _next(self, *kinds: str) -> _Token:
        if self._place >= len(self._tokens):
            raise _UnreadableError("ends too early")
        token = self._tokens[self._place]
        if token.kind not in kinds or token.text in _CONNECTIVES:
            raise _UnreadableError(f"has {token.text!r} in an unknown place")
        self._place += 1
        return token


def _compared(value: Any, sign: str, token: _Token, path: str) -> Reading:
    if isinstance(value, (Mapping, list)):
        return unread(f"the filter pattern compares {path}, which is a structure")
    if token.kind == "word" and _NUMBER.fullmatch(token.text):
        return _compared_with_number(value, sign, float(token.text), path)
    if value is None:
        return decided(sign == "!=")
    if isinstance(value, bool):
        # The documented words for truth are IS TRUE and IS FALSE.
        return unread(f"the filter pattern compares {path}, which is true or false, with a text")
    if not isinstance(value, str):
        return unread(f"the filter pattern compares {path}, which is a number, with a text")
    wanted = _unquoted(token)
    equal = fits(value, wanted)
    if not equal and fits(value.casefold(), wanted.casefold()):
        return unread(f"the filter pattern writes the value of {path} in other letters")
    return decided(equal is (sign == "="))


def _compared_with_number(value: Any, sign: str, number: float, path: str) -> Reading:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return unread(f"the filter pattern compares {path}, which is no number, with one")
    return decided(_SIGNS[sign](float(value), number))


def _unquoted(token: _Token) -> str:
    if token.kind != "quoted":
        return token.text
    return re.sub(r'\\(["/])', r"\1", token.text[1:-1])


def _values_at(record: Any, path: str) -> list[Any]:
    """What stands at a path; several values where it goes through a list, none where there is nothing."""
    found = [record]
    for plain, index, quoted, double in _STEP.findall(path):
        key = plain or quoted or double
        if index == "*":
            found = [item for value in found if isinstance(value, list) for item in value]
        elif index:
            found = [value[int(index)] for value in found if isinstance(value, list) and int(index) < len(value)]
        else:
            found = [value[key] for value in found if isinstance(value, Mapping) and key in value]
    return found


_CONNECTIVES = frozenset({"(", ")", "&&", "||"})
_STATES: Mapping[str, Any] = {"NULL": None, "TRUE": True, "FALSE": False}
_SIGNS: Mapping[str, Callable[[float, float], bool]] = {
    "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    ">": lambda one, other: one > other,
    "<": lambda one, other: one < other,
    ">=": lambda one, other: one >= other,
    "<=": lambda one, other: one <= other,
}
