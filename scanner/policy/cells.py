"""The values of a free key that conditions can tell apart: one for each cell that their constants cut out of it.

Two values that every clause answers alike are the same to the policies, so trying one of each is trying them all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

from scanner.model import Undecided, Unknown
from scanner.policy.conditions import Clause
from scanner.policy.keys import Key, Type
from scanner.policy.operators import Family, arn_parts, moment_of, network, number
from scanner.policy.patterns import Lookup, Values, Wild, template
from scanner.policy.strings import Glob, representatives

Probe = Values | None
"""A value to try; None is a request that lacks the key."""

_TYPES = {Family.NUMBER: Type.NUMBER, Family.DATE: Type.DATE, Family.ADDRESS: Type.ADDRESS, Family.BOOL: Type.BOOL}
_TEXTUAL = (Family.STRING, Family.ARN, Family.BINARY)
_WHOLE = Glob((Wild.ONE, Wild.MANY))
_MOST_TOGETHER = 6
_SECOND = timedelta(seconds=1)
_A_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
_SPACES = {4: 2**32, 6: 2**128}


def probes(
    key: Key, clauses: Sequence[Clause], lookup: Lookup, *, mark: Callable[[Probe], object]
) -> tuple[Probe, ...]:
    """One value for each cell, the absence of the key first.

    `lookup` fills the variables of the clauses. Probes with different marks are kept apart even where no clause does.
    Raises `Undecided` where the values cannot be told apart exactly.
    """
    absent: tuple[Probe, ...] = () if key.is_certain else (None,)
    single = [(value,) for value in dict.fromkeys(_values(key, clauses, lookup))]
    # Of a key that nobody knows the policies tell: a set operator is for one with several values.
    is_many = any(clause.quantifier for clause in clauses) if key.is_many is None else key.is_many
    if not is_many:
        return tuple(_distinct((*absent, *single), clauses, lookup, mark))
    alone = [probe for probe in _distinct(single, clauses, lookup, mark) if probe]
    if len(alone) > _MOST_TOGETHER:
        raise Undecided(f"the values of {key.name} are too many to combine")
    together = (tuple(value for one in some for value in one) for size in range(1, len(alone) + 1)
                for some in combinations(alone, size))  # fmt: skip
    return tuple(_distinct((*absent, *together), clauses, lookup, mark))


def _distinct(
    candidates: Iterable[Probe], clauses: Sequence[Clause], lookup: Lookup, mark: Callable[[Probe], object]
) -> Iterator[Probe]:
    seen: set[object] = set()
    for probe in candidates:
        answers = (clause.holds_for(probe, lookup) for clause in clauses)
        vector = (mark(probe), *("?" if isinstance(answer, Unknown) else answer for answer in answers))
        if vector not in seen:
            seen.add(vector)
            yield probe


def _values(key: Key, clauses: Sequence[Clause], lookup: Lookup) -> Iterator[str]:
    """Texts among which every cell of single values has one."""
    families = {clause.kind.family for clause in clauses if clause.kind and clause.kind.family is not Family.PRESENCE}
    kind = key.type
    if kind is Type.STRING and families and not families & set(_TEXTUAL):
        if len(families) > 1:
            raise Undecided(f"{key.name} is compared as {' and '.join(sorted(one.value for one in families))}")
        kind = _TYPES[families.pop()]
        key = replace(key, type=kind, least=0, most=None)
    elif kind is Type.STRING and families - set(_TEXTUAL):
        raise Undecided(f"{key.name} is compared as {' and '.join(sorted(one.value for one in families))}")
    if kind is Type.STRING:
        yield from _texts(key, clauses, lookup)
    elif kind is Type.BOOL:
        yield from ("true", "false")
    else:
        yield from _MAKERS[kind](key, clauses)


def _numbers(key: Key, clauses: Sequence[Clause]) -> Iterator[str]:
    if _has_patterns(clauses):
        if key.most is None:
            raise Undecided(f"{key.name} is a number that is compared with a pattern")
        yield from map(str, range(key.least, key.most + 1))
        return
    limits = sorted({number(text) for text in _constants(clauses, number)})
    whole = {
        step
        for limit in limits
        for step in (math.floor(limit) - 1, math.floor(limit), math.ceil(limit), math.ceil(limit) + 1)
    }
    for value in sorted({key.least, *whole, *([] if key.most is None else [key.most])}):
        if key.least <= value and (key.most is None or value <= key.most):
            yield str(value)


def _dates(key: Key, clauses: Sequence[Clause]) -> Iterator[str]:
    if _has_patterns(clauses):
        raise Undecided(f"{key.name} is a time that is compared with a pattern")
    limits = {moment_of(text) for text in _constants(clauses, moment_of)}
    for moment in sorted(
        {limit + step for limit in limits for step in (-_SECOND, timedelta(0), _SECOND)} or {_A_MOMENT}
    ):
        in_seconds = key.name.lower() == "aws:epochtime"
        yield str(int(moment.timestamp())) if in_seconds else moment.isoformat().replace("+00:00", "Z")


def _addresses(key: Key, clauses: Sequence[Clause]) -> Iterator[str]:
    """The first address of each stretch between the ends of all blocks, of both families."""
    if _has_patterns(clauses):
        raise Undecided(f"{key.name} is an address that is compared with a pattern")
    cuts: dict[int, set[int]] = {4: {0}, 6: {0}}
    for text in _constants(clauses, network):
        block = network(text)
        cuts[block.version] |= {int(block.network_address), int(block.broadcast_address) + 1}
    for family, places in cuts.items():
        for place in sorted(places):
            if place < _SPACES[family]:
                address = network(_dotted(place) if family == 4 else _colons(place))  # noqa: PLR2004 - families are 4 and 6
                yield str(address.network_address)


def _dotted(place: int) -> str:
    return ".".join(str(place >> shift & 255) for shift in (24, 16, 8, 0))


def _colons(place: int) -> str:
    return ":".join(f"{place >> shift & 65535:x}" for shift in range(112, -1, -16))


def _texts(key: Key, clauses: Sequence[Clause], lookup: Lookup) -> Iterator[str]:
    globs = tuple(dict.fromkeys(_globs(clauses, lookup)))
    domain = Glob(template(key.pattern, has_variables=False).parts) if key.pattern != "*" else _WHOLE  # type: ignore[arg-type] # it has no variables
    if domain is _WHOLE and not any(
        glob.folds or any(isinstance(part, Wild) for part in glob.filled) for glob in globs
    ):
        constants = dict.fromkeys("".join(map(str, glob.filled)) for glob in globs)
        yield from (text for text in constants if text)
        yield next(
            word for word in ("x", *(f"x{count}" for count in range(len(constants) + 1))) if word not in constants
        )
        return
    yield from representatives(globs, domain)


def _globs(clauses: Sequence[Clause], lookup: Lookup) -> Iterator[Glob]:
    for clause in clauses:
        if clause.kind is None or clause.kind.family not in _TEXTUAL or clause.trouble:
            continue
        name = clause.kind.name
        is_arn = clause.kind.family is Family.ARN
        for value in clause.values:
            pattern = template(value, has_variables=bool(clause.variables), has_wildcards=is_arn or "Like" in name)
            filled = pattern.fill(lookup)
            if filled is None or isinstance(filled, Unknown):
                continue
            if is_arn and len(arn_parts(filled)) < 6 and set(filled) != {Wild.MANY}:  # noqa: PLR2004 - an ARN has six parts
                continue
            yield Glob(filled, folds=name.endswith("IgnoreCase"), by_parts=is_arn and set(filled) != {Wild.MANY})


def _has_patterns(clauses: Sequence[Clause]) -> bool:
    """Whether a clause compares as text and needs more than its own constants to be told apart."""
    textual = (clause for clause in clauses if clause.kind and clause.kind.family in _TEXTUAL)
    return any(clause.variables or any(wild in value for wild in "*?") for clause in textual for value in clause.values)


def _constants(clauses: Sequence[Clause], read: Callable[[str], object]) -> Iterator[str]:
    """The constants of the clauses that can be read as what the key is; the others answer alike for every value."""
    for clause in clauses:
        for value in clause.values:
            try:
                read(value)
            except Undecided:
                continue
            yield value


_MAKERS: dict[Type, Callable[[Key, Sequence[Clause]], Iterator[str]]] = {
    Type.NUMBER: _numbers,
    Type.DATE: _dates,
    Type.ADDRESS: _addresses,
}
