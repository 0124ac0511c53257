"""Facts that AWS would never send: parts missing, parts of another shape. No rule here may crash on them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.evaluate.judge import judge
from scanner.evaluate.worlds import build_world
from scanner.model import Outcome
from scanner.rulebook.shelf import load_rules, with_settings
from tests.rules.answers import RULES

# Examples name a rule by its id: Hypothesis writes out whatever a test was called with, and a whole rule is too long for it.
BY_ID = {rule.id: rule for rule in RULES}
WRITTEN = {rule.id: rule.answers or frozenset() for rule in load_rules(brief=True)}
GONE = object()
JUNK = st.sampled_from([GONE, None, "", "junk", 5, 5.5, True, [], {}, [None], ["junk"], [{}], {"junk": "junk"}])


def _service(kind: str) -> str:
    return kind.rpartition("::")[0]


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _paths(inner, (*path, key))


def _damage(facts: Any, path: tuple[Any, ...], junk: Any) -> None:
    for step in path[:-1]:
        facts = facts[step]
    if junk is GONE:
        del facts[path[-1]]
    else:
        facts[path[-1]] = copy.deepcopy(junk)


@pytest.mark.parametrize("rule_id", BY_ID)
@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_rule_crashes_on_a_fact_that_is_missing_or_has_another_shape(rule_id: str, data: st.DataObject) -> None:
    rule = BY_ID[rule_id]
    world = rule.worlds[data.draw(st.integers(0, len(rule.worlds) - 1))]
    facts = copy.deepcopy({kind: list(items) for kind, items in world.given.items()})
    places = [(kind, *path) for kind, items in facts.items() for path in _paths(items) if len(path) > 1]
    if not places:
        return
    for path in data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=3, unique=True)):
        try:
            _damage(facts, path, data.draw(JUNK))
        except (KeyError, IndexError, TypeError):
            continue  # an earlier damage has taken this place away
    inventory = build_world(replace(world, given=facts))
    findings, _ = judge(with_settings(rule, world.settings), inventory)
    assert [(finding.message, finding.because) for finding in findings if finding.outcome is Outcome.ERROR] == []
    # A plan that has nothing of these services is not asked this rule.
    services = {_service(kind) for kind in WRITTEN[rule_id]} | {"AWS"}
    assert {_service(finding.resource.kind) for finding in findings} <= services
