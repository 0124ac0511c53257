"""Laws of the gate: what nobody knows decides nothing, and neither order nor spelling does."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import scanner
from scanner import pipeline
from scanner.errors import TemplateError
from scanner.gate.build import surface_of
from scanner.gate.dialects import Asked, plan_all
from scanner.gate.document import parse
from scanner.gate.planned import Open, Plan, Planned
from scanner.gate.sources import Pile, Source
from scanner.model import Config, Unknown
from tests.gate.templates_by_hand import ACCOUNT, EVERYTHING, NOON, REGION, TEMPLATES, plans, written

OPEN_NETWORK = TEMPLATES / "open_network.yaml"
_RULES = pipeline.choose_rules(Config())
_FINE = ("pass", "not-applicable")


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of everything that may be unknown: scalars, and whole lists and structures."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))


def blurred(value: Any, path: tuple[Any, ...], unknown: Any) -> Any:
    if not path:
        return unknown
    made = copy.copy(value)
    made[path[0]] = blurred(value[path[0]], path[1:], unknown)
    return made


@cache
def plan_of(path: Path) -> Plan:
    (plan,) = plans(path.read_text(encoding="utf-8"))
    return plan


def verdicts(resources: tuple[Planned, ...]) -> dict[tuple[str, str], str]:
    surface = surface_of(replace(plan_of(EVERYTHING), resources=resources), account=ACCOUNT, region=REGION, now=NOON)
    report = pipeline.judge((surface.inventory,), _RULES, include_pass=True)
    return {(one.rule_id, one.resource.id): one.outcome.value for one in report.findings}


@cache
def known_verdicts(path: Path) -> dict[tuple[str, str], str]:
    return verdicts(plan_of(path).resources)


@cache
def all_leaves(path: Path) -> tuple[tuple[int, tuple[Any, ...]], ...]:
    return tuple(
        (index, leaf)
        for index, planned in enumerate(plan_of(path).resources)
        for leaf in leaves(dict(planned.properties))
    )


def turned(path: Path, index: int, leaf: tuple[Any, ...], unknown: Unknown) -> dict[tuple[str, str], tuple[str, str]]:
    """The verdicts that a leaf made unknown turns into other decided ones; none is the law.

    An answer may only be missing where the resource itself could not be read, which then leaves its kind unknown.
    """
    resources = list(plan_of(path).resources)
    properties = blurred(dict(resources[index].properties), leaf, unknown)
    resources[index] = replace(resources[index], properties=properties)
    after = verdicts(tuple(resources))
    before = known_verdicts(path)
    assert "error" not in after.values()
    unread = {rule for (rule, about), outcome in after.items() if about == REGION and outcome == "unknown"}
    found = {
        key: (outcome, after.get(key, "unknown" if key[0] in unread else "nothing")) for key, outcome in before.items()
    }
    return {
        key: (outcome, now)
        for key, (outcome, now) in found.items()
        if (outcome == "fail" and now not in ("fail", "unknown")) or (outcome in _FINE and now == "fail")
    }


@settings(deadline=None)  # the first example also makes what all others share
@given(st.data())
def test_a_value_nobody_knows_never_turns_a_flaw_into_none(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([EVERYTHING, OPEN_NETWORK]))
    index, leaf = data.draw(st.sampled_from(all_leaves(path)))
    unknown = data.draw(st.sampled_from([Unknown("nobody knows"), Open("somebody's", token="somebody's")]))
    assert turned(path, index, leaf, unknown) == {}


def told(path: Path) -> list[tuple[str, ...]]:
    """Everything a report says but its lines, through the front door."""
    report = scanner.gate(path, include_pass=True)
    return sorted((one.rule_id, one.resource.id, one.outcome.value, one.message, one.fix) for one in report.findings)


@settings(deadline=None)  # the first example also makes what all others share
@given(st.randoms(use_true_random=False))
def test_the_order_of_resources_and_keys_does_not_matter(random: Any) -> None:
    (plan,) = plans(OPEN_NETWORK.read_text(encoding="utf-8"))
    shuffled = list(plan.resources)
    random.shuffle(shuffled)
    turned_round = tuple(replace(one, properties=dict(reversed(list(one.properties.items())))) for one in shuffled)
    assert verdicts(turned_round) == known_verdicts(OPEN_NETWORK)


def test_json_and_yaml_of_one_template_agree(tmp_path: Path) -> None:
    for path in (EVERYTHING, OPEN_NETWORK):
        data = parse(path.read_text(encoding="utf-8"), file="t").data
        as_json = written(tmp_path, json.dumps(data, indent=1), f"json/{path.stem}.yaml")
        assert told(as_json) == told(path)


def test_the_order_of_files_does_not_matter(tmp_path: Path) -> None:
    files = [written(tmp_path, path.read_text(encoding="utf-8"), path.name) for path in (EVERYTHING, OPEN_NETWORK)]
    first, second = (scanner.gate(paths).findings for paths in (files, files[::-1]))
    assert [one.fingerprint for one in first] == [one.fingerprint for one in second]


def test_a_file_more_changes_no_fingerprint(tmp_path: Path) -> None:
    one = written(tmp_path, OPEN_NETWORK.read_text(encoding="utf-8"), "a/template.yaml")
    other = written(tmp_path, OPEN_NETWORK.read_text(encoding="utf-8"), "b/template.yaml")
    alone = {finding.fingerprint for finding in scanner.gate(one).findings}
    both = [finding.fingerprint for finding in scanner.gate([one, other]).findings]
    assert alone < set(both)
    assert len(both) == len(set(both)) == 2 * len(alone)


ODD: list[Any] = [
    None, True, -1, 1.5, "", "x", [], {}, [None], {"Ref": "AWS::NoValue"}, {"Ref": "nothing"}, {"Ref": ["x"]},
    {"Fn::If": ["a", 1, 2]}, {"Fn::GetAtt": ["a"]}, {"Fn::Sub": 5}, {"Fn::Join": ["", {"Ref": "AWS::Region"}]},
    {"Fn::Select": ["a", [1]]}, {"Fn::ImportValue": "z"}, {"Condition": "x"}, {"Fn::Transform": {}}, "999.1.1.1/99",
    10**30,
]  # fmt: skip


@cache
def data_of(path: Path) -> Any:
    return parse(path.read_text(encoding="utf-8"), file="t").data


@cache
def places_in(path: Path) -> tuple[tuple[Any, ...], ...]:
    return tuple(leaves(data_of(path)))


@settings(deadline=None)  # the first example also makes what all others share
@given(st.data())
def test_whatever_stands_anywhere_in_a_template_nobody_crashes(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([EVERYTHING, OPEN_NETWORK]))
    template = data_of(path)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(places_in(path)))
        try:
            template = blurred(template, place, data.draw(st.sampled_from(ODD)))
        except (TypeError, LookupError, AttributeError):
            continue  # an earlier change took the place away
    made, failures = plan_all(Pile([Source("t.json", json.dumps(template))]), Asked(ACCOUNT, REGION))
    assert all(isinstance(failure, TemplateError) for failure in failures)
    for plan in made:
        surface = surface_of(plan, account=ACCOUNT, region=REGION, now=NOON)
        report = pipeline.judge((surface.inventory,), _RULES[:6], include_pass=True)
        assert not report.totals.get("error")
