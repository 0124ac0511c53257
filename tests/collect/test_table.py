"""The table of kinds against botocore's models: a misspelt member would make a list look empty or a page look last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from scanner.aws.build import detail_members
from scanner.aws.kinds import Detail, Kind
from scanner.aws.table import KINDS
from scanner.collect.clients import botocore_session
from scanner.collect.keys import METADATA, kinds_by_key, listed
from scanner.collect.times import TIMES

ASKED = [kind for kind in KINDS.values() if kind.operation]
DETAILS = [(kind, detail) for kind in KINDS.values() for detail in kind.details]
TOKENS = {"NextToken", "nextToken", "NextMarker", "Marker"}


def members(session: boto3.Session, service: str, operation: str, side: str) -> dict[str, Any]:
    shape = getattr(botocore_session(session).get_service_model(service).operation_model(operation), side)
    return dict(shape.members) if shape else {}


def at(found: dict[str, Any], path: str) -> Any:
    """The shape at a path like "Reservations[].Instances[]"; KeyError where a step does not exist."""
    shape: Any = None
    for step in path.split("."):
        name = step.removesuffix("[]").removesuffix("?")
        shape = (shape.members if shape else found)[name]
        assert (shape.type_name == "list") == step.endswith("[]"), f"{step} of {path} is a {shape.type_name}"
        shape = shape.member if step.endswith("[]") else shape
    return shape


@pytest.mark.parametrize("kind", ASKED, ids=lambda kind: kind.name)
def test_every_list_is_where_the_model_has_it(session: boto3.Session, kind: Kind) -> None:
    asked = members(session, kind.service, kind.operation, "input_shape")
    answered = members(session, kind.service, kind.operation, "output_shape")
    assert set(kind.request) <= set(asked)
    if kind.path == "@":
        assert kind.proof in answered
        return
    row = at(answered, kind.path)
    names = [part.split("}")[0] for part in kind.id.split("{")[1:]] if "{" in kind.id else [kind.id] if kind.id else []
    assert set(names) <= set(row.members)
    assert ":" in kind.arn or kind.arn in row.members


@pytest.mark.parametrize("kind", ASKED, ids=lambda kind: kind.name)
def test_every_list_turns_its_pages(session: boto3.Session, kind: Kind) -> None:
    answered = members(session, kind.service, kind.operation, "output_shape")
    member, path = kind.pages
    if not member:
        assert not TOKENS & set(answered)
        return
    assert member in members(session, kind.service, kind.operation, "input_shape")
    assert at(answered, path).type_name == "string"


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_key_of_a_list_s_answer_is_known_when_a_file_holds_it(session: boto3.Session, kind: Kind) -> None:
    here = listed(kind)
    answered = members(session, here.service, here.operation, "output_shape")
    assert set(answered) <= set(kinds_by_key()) | METADATA


@pytest.mark.parametrize(("kind", "detail"), DETAILS, ids=lambda value: getattr(value, "operation", "") or value.name)
def test_every_detail_gives_what_it_is_asked_for(session: boto3.Session, kind: Kind, detail: Detail) -> None:
    asked = members(session, kind.service, detail.operation, "input_shape")
    answered = members(session, kind.service, detail.operation, "output_shape")
    assert set(detail.request) <= set(asked)
    assert bool(TOKENS & set(answered)) == (detail.pages != ("", ""))
    if detail.inside:
        answered = answered[detail.inside].members
    gathered = (
        {detail.climb.fact} if detail.climb else set(detail_members(kind.name, detail)) if detail.trials else set()
    )
    assert {detail.proof, *detail_members(kind.name, detail)} - gathered <= set(answered)


def test_the_members_that_hold_times_are_those_of_the_models(session: boto3.Session) -> None:
    found = {
        name
        for kind in KINDS.values()
        for service, operation in kind.calls
        for name, type_name in leaves(members(session, service, operation, "output_shape"), frozenset())
        if type_name == "timestamp"
    }
    assert found == TIMES


def test_no_answer_holds_bytes(session: boto3.Session) -> None:
    for kind in KINDS.values():
        for service, operation in kind.calls:
            found = leaves(members(session, service, operation, "output_shape"), frozenset())
            assert "blob" not in {type_name for _, type_name in found}, operation


def leaves(found: dict[str, Any], above: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Every scalar below, with its member's name."""
    for name, shape in found.items():
        inner = shape
        while inner.type_name in ("list", "map"):
            inner = inner.member if inner.type_name == "list" else inner.value
        if inner.type_name != "structure":
            yield name, inner.type_name
        elif inner.name not in above:
            yield from leaves(dict(inner.members), above | {inner.name})
