"""The further calls about single resources: which of them are due, and what their answers add to the facts."""

# ruff: noqa: PLC0415 - jmespath is loaded with the first expression

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from scanner.aws.kinds import Climb, Detail, Kind
from scanner.collect.rows import UnreadableError, strings_at
from scanner.collect.trials import trial_facts

Facts = Mapping[str, Any]


def details_due(
    kind: Kind, rows: Sequence[Facts], rows_of_kind: Callable[[str], Sequence[Facts] | None]
) -> Iterator[tuple[int, Detail]]:
    """The details to ask for, with the index of the resource in `rows`.

    `rows_of_kind` gives the resources of another kind, or None where it is not being collected.
    """
    for detail in kind.details:
        ids = _referenced_ids(detail, rows_of_kind)
        for index, facts in enumerate(rows):
            if (ids is None or facts.get(kind.id) in ids) and holds(detail.where, facts):
                yield index, detail


def holds(expression: str, facts: Facts) -> bool:
    """Whether a JMESPath expression gives something over the facts; the empty one always holds."""
    if not expression:
        return True
    value = search(expression, facts)
    return value is not False and value not in (None, "", [], {})


def search(expression: str, facts: Facts) -> Any:
    """The value of a JMESPath expression over the facts."""
    import jmespath

    return jmespath.search(expression, facts)


def render_request(request: Mapping[str, Any], facts: Facts) -> dict[str, Any]:
    """The request about a resource: "$path" is looked up in its facts, and left out where there is nothing."""
    rendered = {
        member: search(value[1:], facts) if isinstance(value, str) and value.startswith("$") else value
        for member, value in request.items()
    }
    return {member: value for member, value in rendered.items() if value is not None}


def detail_facts(detail: Detail, pages: Sequence[Facts], facts: Facts) -> dict[str, Any]:
    """The members that a detail's answer adds; lists of several pages are joined. Raises `UnreadableError` for less than all."""
    if detail.trials:
        return trial_facts(detail, pages[0]) if pages else {}
    joined: dict[str, Any] = {}
    for page in _insides(detail, pages):
        if detail.proof not in page:
            raise UnreadableError(f"no {detail.proof}")
        for member, value in page.items():
            earlier = joined.get(member)
            joined[member] = [*earlier, *value] if isinstance(earlier, list) and isinstance(value, list) else value
    if joined.get(detail.more) is True:
        raise UnreadableError(f"not all {detail.proof}: there are more than AWS tells at once")
    if detail.keep:
        return {member: joined[member] for member in detail.keep if member in joined}
    return {member: value for member, value in joined.items() if member not in facts}


def named_above(detail: Detail, pages: Sequence[Facts], below: Sequence[Facts]) -> Facts:
    """The one thing that a climbing detail's answer names; raises `UnreadableError` for none, several, or a known one."""
    climb = detail.climb
    named = detail_facts(replace(detail, keep=(detail.proof,)), pages, {}).get(detail.proof)
    if not climb or not isinstance(named, list) or len(named) != 1 or not isinstance(named[0], Mapping):
        raise UnreadableError(f"not one of {detail.proof}")
    above: Facts = named[0]
    if not isinstance(above.get(climb.id), str) or above[climb.id] in [one[climb.id] for one in below]:
        raise UnreadableError(f"{detail.proof} lead nowhere")
    return above


def is_top(climb: Climb, named: Facts) -> bool:
    """Whether the climb ends here."""
    return holds(climb.top, named)


def climbed(climb: Climb, way: Sequence[Facts]) -> dict[str, Any]:
    """The fact that a whole way up gives, the topmost first."""
    return {climb.fact: [dict(one) for one in reversed(way)]}


def _insides(detail: Detail, pages: Sequence[Facts]) -> Iterator[Facts]:
    """The part of each page that the detail is about."""
    for page in pages:
        part = page.get(detail.inside) if detail.inside else page
        if not isinstance(part, Mapping):
            raise UnreadableError(f"no {detail.inside}")
        yield part


def _referenced_ids(detail: Detail, rows_of_kind: Callable[[str], Sequence[Facts] | None]) -> set[str] | None:
    """The ids that the referencing kinds mention; None for a detail that is asked about every resource."""
    if not detail.referenced_by:
        return None
    return {
        id_
        for name, path in detail.referenced_by
        for facts in rows_of_kind(name) or ()
        if holds(detail.referenced_where, facts)
        for id_ in strings_at(facts, path)
    }
