"""The law of the unknown: a value that nobody knows yet may leave a verdict open, and never turns a failure into a pass."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner import pipeline
from scanner.errors import TemplateError
from scanner.gate.build import surface_of
from scanner.gate.dialects import Asked, plan_all
from scanner.gate.sources import Pile, Source
from scanner.model import Config, Outcome
from tests.gate.terraform.plans_by_hand import _LEFT_OUT, ACCOUNT, NOON, NOTES, REGION, of_notes, plans

OPEN = of_notes((NOTES / "open.yaml").read_text(encoding="utf-8"))


def verdicts(data: Any) -> dict[tuple[str, str], Outcome]:
    (plan,) = plans(data)
    inventory = surface_of(plan, account=ACCOUNT, region=REGION, now=NOON).inventory
    found = pipeline.judge((inventory,), RULES, include_pass=True).findings
    return {(one.rule_id, one.resource.id): one.outcome for one in found}


RULES = pipeline.choose_rules(Config())
FAILING = {key for key, outcome in verdicts(OPEN).items() if outcome is Outcome.FAIL}


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, (*path, key))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from leaves(one, (*path, index))
    elif value is not None:
        yield path


PLACES = [
    (index, path)
    for index, told in enumerate(OPEN["resource_changes"])
    for path in leaves(told["change"]["after"])
    if path[0] not in ("tags", "name")
]


def forgotten(index: int, path: tuple[str | int, ...]) -> dict[str, Any]:
    """The plan as Terraform would write it, had this value been the result of a local that nobody can evaluate yet."""
    data = copy.deepcopy(OPEN)
    told = data["resource_changes"][index]
    written = data["configuration"]["root_module"]["resources"][index]["expressions"]
    change = told["change"]
    change["after_unknown"] = flagged(change["after"], change["after_unknown"], path)
    if path[0] not in _LEFT_OUT.get(told["type"], ()):
        part: Any = written
        for step in path[:-1]:
            inner: Any = part[step]
            if not isinstance(inner, (dict, list)) or (
                isinstance(inner, dict) and ("constant_value" in inner or "references" in inner)
            ):
                part[step] = {"references": ["local.unknown", *inner.get("references", [])]}
                return data
            part = inner
        part[path[-1]] = {"references": ["local.unknown"]}
    return data


def flagged(value: Any, flags: Any, path: tuple[str | int, ...]) -> Any:
    if not path:
        return True
    step, rest = path[0], path[1:]
    if isinstance(value, dict):
        made = dict(flags) if isinstance(flags, dict) else {}
        return {**made, step: flagged(value[str(step)], made.get(step), rest)}
    old = flags if isinstance(flags, list) and len(flags) == len(value) else [False] * len(value)
    return [flagged(one, old[at], rest) if at == step else old[at] for at, one in enumerate(value)]


def test_the_network_has_flaws_of_every_family() -> None:
    assert {"aws_cloudtrail.Trail", "aws_instance.Jump"} & {id_.partition("-")[2] for _, id_ in FAILING} | {
        id_ for _, id_ in FAILING
    } >= {"trail", "i-aws_instance.Jump", "sg-aws_security_group.Wide", "subnet-aws_subnet.Front"}


@pytest.mark.parametrize(
    ("index", "path"), PLACES, ids=lambda one: ".".join(map(str, one)) if isinstance(one, tuple) else str(one)
)
def test_a_value_that_nobody_knows_never_turns_a_failure_into_a_pass(index: int, path: tuple[str | int, ...]) -> None:
    found = verdicts(forgotten(index, path))

    assert [key for key in FAILING if found.get(key) is Outcome.PASS] == []


_JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.just([]), st.just({}), st.just([[]]), st.just({"a": {"b": 1}}),
    st.just(["x", {}, None]), st.just({"references": [1, "module", "module.", "each.value", "var.", "data."]}),
)  # fmt: skip


def everywhere(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    if isinstance(value, (dict, list)):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from everywhere(one, (*path, key))


def holds(part: Any, step: Any) -> bool:
    return (
        step in part
        if isinstance(part, dict)
        else isinstance(part, list) and isinstance(step, int) and step < len(part)
    )


WHOLE = of_notes((NOTES / "everything.yaml").read_text(encoding="utf-8"))
PARTS = [path for path in everywhere(WHOLE) if path]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(damage=st.lists(st.tuples(st.sampled_from(PARTS), _JUNK), min_size=1, max_size=6))
def test_a_damaged_plan_is_read_or_refused_and_never_crashes(damage: list[tuple[tuple[str | int, ...], Any]]) -> None:
    data = copy.deepcopy(WHOLE)
    for path, junk in damage:
        part: Any = data
        for step in path[:-1]:
            part = part[step] if holds(part, step) else None
        if holds(part, path[-1]):
            part[path[-1]] = junk
    made, failures = plan_all(Pile([Source("plan.json", json.dumps(data))]), Asked(ACCOUNT, REGION))
    assert all(isinstance(one, TemplateError) for one in failures)
    for plan in made:
        surface_of(plan, account=ACCOUNT, region=REGION, now=NOON)
