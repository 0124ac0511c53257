"""What differs between two worlds of a plan: rules that read nothing of it say in both what they say in one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from scanner.model import Gap, Inventory, Resource, Rule, Unknown


def changed_kinds(one: Inventory, other: Inventory) -> frozenset[str]:
    """The kinds of which two inventories tell different things; what is unknown for the same reason is the same."""
    return frozenset(_changed(one, other))


def is_touched(rule: Rule, kinds: frozenset[str]) -> bool:
    """Whether a rule may answer otherwise when these kinds change; of a rule that nobody watched nothing is known."""
    return rule.reads is None or rule.about in kinds or not rule.reads.isdisjoint(kinds)


def _changed(one: Inventory, other: Inventory) -> Iterator[str]:
    for kind in {*one.kinds, *other.kinds}:
        if not all(_same_resource(a, b) for a, b in zip_longest(one.of(kind), other.of(kind))):
            yield kind
    gaps: set[Gap] = set(one.gaps) ^ set(other.gaps)
    for gap in gaps:
        yield from gap.kinds
    yield from (one.outside or frozenset()) ^ (other.outside or frozenset())


def _same_resource(one: Resource | None, other: Resource | None) -> bool:
    if one is None or other is None:
        return False
    return (one.id, one.arn, one.region) == (other.id, other.arn, other.region) and _same(one.facts, other.facts)


def _same(one: Any, other: Any) -> bool:
    if one is other:
        return True
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return isinstance(one, Unknown) and isinstance(other, Unknown) and one.why == other.why
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and bool(one == other)
