"""The mocked account answers whether a pattern would notice a call, and agrees with the local reading where that is sure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

import scanner
from scanner.mock.account import mocked_account
from scanner.policy.event_patterns import read_event_pattern
from scanner.policy.filter_patterns import read_filter_pattern
from scanner.policy.synthetic_events import EXAMPLES, envelope_of, message_of

ACCOUNT = "123456789012"
PATTERNS: list[dict[str, Any]] = [
    {"source": ["aws.ec2-instance-connect"]},
    {"detail": {"eventName": [{"prefix": "Open"}], "errorCode": [{"exists": False}]}},
    {"detail": {"eventName": [{"anything-but": ["OpenTunnel"]}]}},
    {"$or": [{"source": ["aws.cloudtrail"]}, {"detail": {"eventName": ["CreateRoute"]}}]},
]
FILTERS = [
    '{ $.eventName = "OpenTunnel" }',
    "{ ($.eventName = Create*) && ($.errorCode NOT EXISTS) }",
    '{ ($.eventName = "StopLogging") || ($.errorCode = "AccessDenied*") }',
    "",
]


@pytest.fixture
def session() -> Iterator[Any]:
    with mocked_account() as made:
        yield made


@pytest.mark.parametrize("pattern", PATTERNS, ids=json.dumps)
def test_both_matchers_of_event_patterns_agree(session: Any, pattern: dict[str, Any]) -> None:
    events = session.client("events")
    for name in EXAMPLES:
        event = dict(envelope_of(name, account=ACCOUNT, region="eu-west-1"))
        told = events.test_event_pattern(EventPattern=json.dumps(pattern), Event=json.dumps(event))["Result"]
        assert told is read_event_pattern(json.dumps(pattern), event).matches, name


@pytest.mark.parametrize("pattern", FILTERS)
def test_both_matchers_of_filter_patterns_agree(session: Any, pattern: str) -> None:
    lines = [message_of(name, account=ACCOUNT, region="eu-west-1") for name in EXAMPLES]
    answer = session.client("logs").test_metric_filter(filterPattern=pattern, logEventMessages=lines)
    told = {match["eventNumber"] for match in answer["matches"]}
    assert told == {number for number, line in enumerate(lines, 1) if read_filter_pattern(pattern, line).matches}


def test_an_event_without_what_eventbridge_insists_on_is_refused(session: Any) -> None:
    with pytest.raises(ClientError, match="id is missing"):
        session.client("events").test_event_pattern(EventPattern='{"source": ["x"]}', Event="{}")


def test_the_collector_asks_where_there_is_a_chance_and_keeps_the_answer(session: Any) -> None:
    events = session.client("events")
    events.put_rule(Name="tunnels", EventPattern=json.dumps({"detail": {"eventName": ["OpenTunnel"]}}))
    events.put_rule(Name="health", EventPattern=json.dumps({"source": ["aws.health"]}))
    from scanner import pipeline
    from scanner.model import Config

    (inventory,) = pipeline.collect(frozenset({"AWS::Events::Rule"}), Config(regions=("eu-west-1",)), session=session)
    facts = {
        rule.id: {key for key in rule.facts if key.startswith("matches")} for rule in inventory.of("AWS::Events::Rule")
    }
    assert facts == {"tunnels": {"matchesOpenTunnel", "matchesOpenTunnelDenied"}, "health": set()}
    assert inventory.gaps == ()


def test_the_library_reads_the_event_history_on_demand(session: Any) -> None:
    report = scanner.scan(session, regions=["eu-west-1"], select=["TRL005"], lookup_events=7)
    assert report.evidence is not None
    assert report.evidence.attempts == ()
    assert scanner.scan(session, regions=["eu-west-1"], select=["TRL005"]).evidence is None
    with pytest.raises(scanner.errors.UsageError, match="90 days, not 91"):
        scanner.scan(session, regions=["eu-west-1"], select=["TRL005"], lookup_events=91)
