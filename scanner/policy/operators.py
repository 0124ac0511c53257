"""What the operators of conditions compare, one value of a request with one value of a policy.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache, partial

from scanner.model import Undecided, Unknown
from scanner.policy.patterns import Filled, Lookup, Wild, folded, matcher, template
from scanner.policy.truths import Truth

Check = Callable[[str, Lookup], Truth]
"""Whether a value of the request agrees with one value of the policy; the second argument fills its variables."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Family(Enum):
    """What an operator compares its values as."""

    STRING = "string"
    ARN = "ARN"
    NUMBER = "number"
    DATE = "date"
    BOOL = "true or false"
    BINARY = "binary"
    ADDRESS = "address"
    PRESENCE = "presence"


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator without its suffix and set operator; `make` reads a policy's value, and may raise `Undecided`."""

    name: str
    family: Family
    is_negated: bool
    make: Callable[[str, bool], Check]


def number(text: str) -> Decimal:
    """A number as AWS writes them; raises `Undecided`."""
    if not _NUMBER.fullmatch(text.strip()):
        raise Undecided(f"{text!r} is no number")
    return Decimal(text.strip())


def moment_of(text: str) -> datetime:
    """A time in ISO 8601, or in seconds since 1970; raises `Undecided`."""
    try:
        if _NUMBER.fullmatch(text.strip()):
            return datetime.fromtimestamp(float(text), tz=UTC)
        found = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError, OSError):
        raise Undecided(f"{text!r} is no time") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


@lru_cache(maxsize=16384)
def network(text: str) -> Network:
    """A block of addresses, or a single one; raises `Undecided`."""
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        raise Undecided(f"{text!r} is no address") from None


def arn_parts(filled: Filled) -> tuple[Filled, ...]:
    """The six parts of an ARN, of which the last keeps its colons; fewer where there are fewer."""
    parts: list[list[str | Wild]] = [[]]
    for piece in filled:
        if isinstance(piece, Wild):
            parts[-1].append(piece)
            continue
        words = piece.split(":", _ARN_PARTS - len(parts))
        for place, word in enumerate(words):
            if place:
                parts.append([])
            if word:
                parts[-1].append(word)
    return tuple(tuple(part) for part in parts)


_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_ARN_PARTS = 6


def _string(text: str, has_variables: bool, *, has_wildcards: bool, ignores_case: bool = False) -> Check:  # noqa: FBT001 - the shape all share
    pattern = template(text, has_variables=has_variables, has_wildcards=has_wildcards)
    if ignores_case:
        pattern = folded(pattern)

    def check(value: str, lookup: Lookup) -> Truth:
        filled = pattern.fill(lookup)
        if filled is None or isinstance(filled, Unknown):
            return False if filled is None else filled
        if ignores_case:
            filled = tuple(part.lower() if isinstance(part, str) else part for part in filled)
        return matcher(filled)(value.lower() if ignores_case else value)

    return check


def _arn(text: str, has_variables: bool) -> Check:  # noqa: FBT001 - the shape all share
    pattern = template(text, has_variables=has_variables)

    def check(value: str, lookup: Lookup) -> Truth:
        filled = pattern.fill(lookup)
        if filled is None or isinstance(filled, Unknown):
            return False if filled is None else filled
        if filled and all(part is Wild.MANY for part in filled):
            return True
        parts, words = arn_parts(filled), value.split(":", _ARN_PARTS - 1)
        if len(parts) < _ARN_PARTS and Wild.MANY in filled:
            return Unknown(f"{text!r} is no ARN")
        return len(parts) == len(words) == _ARN_PARTS and all(map(_fits, parts, words))

    return check


def _fits(part: Filled, word: str) -> bool:
    return matcher(part)(word)


def _number(text: str, _: bool, *, holds: Callable[[Decimal, Decimal], bool]) -> Check:  # noqa: FBT001 - the shape all share
    limit = number(text)
    return lambda value, _: holds(number(value), limit)


def _date(text: str, _: bool, *, holds: Callable[[datetime, datetime], bool]) -> Check:  # noqa: FBT001 - the shape all share
    limit = moment_of(text)
    return lambda value, _: holds(moment_of(value), limit)


def _bool(text: str, _: bool) -> Check:  # noqa: FBT001 - the shape all share
    wanted = truth_value(text)
    return lambda value, _: truth_value(value) is wanted


def truth_value(text: str) -> bool:
    """The value of "true" and "false" in any letters; raises `Undecided`."""
    if text.lower() not in ("true", "false"):
        raise Undecided(f"{text!r} is neither true nor false")
    return text.lower() == "true"


def _binary(text: str, _: bool) -> Check:  # noqa: FBT001 - the shape all share
    wanted = _decoded(text)
    return lambda value, _: _decoded(value) == wanted


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Undecided(f"{text!r} is no base64") from None


def _address(text: str, _: bool) -> Check:  # noqa: FBT001 - the shape all share
    block = network(text)

    def check(value: str, _: Lookup) -> Truth:
        # An address of one family is in no block of the other: that is no mistake, and the negated operator is true.
        asked = network(value)
        return asked.version == block.version and _is_within(asked, block)

    return check


def _is_within(asked: Network, block: Network) -> bool:
    return block.network_address <= asked.network_address and asked.broadcast_address <= block.broadcast_address  # type: ignore[operator] # they are of one family


_ORDER: Mapping[str, Callable[..., bool]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
_EXACT = partial(_string, has_wildcards=False)
_ALL = (
    Operator("StringEquals", Family.STRING, False, _EXACT),
    Operator("StringNotEquals", Family.STRING, True, _EXACT),
    Operator("StringEqualsIgnoreCase", Family.STRING, False, partial(_EXACT, ignores_case=True)),
    Operator("StringNotEqualsIgnoreCase", Family.STRING, True, partial(_EXACT, ignores_case=True)),
    Operator("StringLike", Family.STRING, False, partial(_string, has_wildcards=True)),
    Operator("StringNotLike", Family.STRING, True, partial(_string, has_wildcards=True)),
    *(
        Operator(f"Numeric{word}", Family.NUMBER, False, partial(_number, holds=holds))
        for word, holds in _ORDER.items()
    ),
    Operator("NumericNotEquals", Family.NUMBER, True, partial(_number, holds=operator.eq)),
    *(Operator(f"Date{word}", Family.DATE, False, partial(_date, holds=holds)) for word, holds in _ORDER.items()),
    Operator("DateNotEquals", Family.DATE, True, partial(_date, holds=operator.eq)),
    Operator("Bool", Family.BOOL, False, _bool),
    Operator("BinaryEquals", Family.BINARY, False, _binary),
    Operator("IpAddress", Family.ADDRESS, False, _address),
    Operator("NotIpAddress", Family.ADDRESS, True, _address),
    *(Operator(f"Arn{word}", Family.ARN, False, _arn) for word in ("Equals", "Like")),
    *(Operator(f"ArnNot{word}", Family.ARN, True, _arn) for word in ("Equals", "Like")),
    Operator("Null", Family.PRESENCE, False, _bool),
)

OPERATORS: Mapping[str, Operator] = {one.name.lower(): one for one in _ALL}
"""Every operator AWS documents, by its name in small letters."""
