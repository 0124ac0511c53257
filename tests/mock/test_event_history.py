from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scanner.mock.account import mocked_account
from scanner.mock.event_history import record_event

ENDPOINT = "arn:aws:ec2:eu-west-1:123456789012:instance-connect-endpoint/eice-0123456789abcdef0"
TUNNEL = {
    "eventName": "OpenTunnel",
    "eventSource": "ec2-instance-connect.amazonaws.com",
    "eventID": "11111111-2222-4333-8444-555555555555",
    "userIdentity": {"type": "IAMUser", "userName": "ann", "accessKeyId": "AKIAANN"},
    "requestParameters": {"instanceConnectEndpointId": "eice-0123456789abcdef0", "remotePort": "22"},
    "resources": [{"type": "AWS::EC2::InstanceConnectEndpoint", "ARN": ENDPOINT}],
}


@pytest.fixture
def trails() -> Iterator[Any]:
    with mocked_account() as session:
        yield session.client("cloudtrail")


def record(event: dict[str, Any], **more: Any) -> str:
    return record_event({**event, **more}, account="123456789012", region="eu-west-1")


def found(trails: Any, **asked: Any) -> list[str]:
    return [event["EventName"] for event in trails.lookup_events(**asked)["Events"]]


def test_a_supplied_operation_leaves_its_event(client: Any) -> None:
    client("ec2").enable_serial_console_access()
    client("ec2").get_serial_console_access_status()
    (event,) = client("cloudtrail").lookup_events()["Events"]
    assert (event["EventName"], event["EventSource"]) == ("EnableSerialConsoleAccess", "ec2.amazonaws.com")
    assert json.loads(event["CloudTrailEvent"])["requestParameters"] == {"EnableSerialConsoleAccessRequest": {}}


def test_an_operation_that_was_refused_leaves_none(client: Any) -> None:
    with pytest.raises(ClientError):
        client("ec2").delete_instance_connect_endpoint(InstanceConnectEndpointId="eice-00000000000000000")
    assert found(client("cloudtrail")) == []


def test_a_recorded_event_is_summarized_and_kept_whole(trails: Any) -> None:
    identity = record(TUNNEL, eventTime=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    (event,) = trails.lookup_events()["Events"]
    whole = json.loads(event.pop("CloudTrailEvent"))
    assert whole["requestParameters"] == TUNNEL["requestParameters"]
    assert whole["readOnly"] is False
    assert event == {
        "EventId": identity,
        "EventName": "OpenTunnel",
        "ReadOnly": "false",
        "AccessKeyId": "AKIAANN",
        "EventTime": event["EventTime"],
        "EventSource": "ec2-instance-connect.amazonaws.com",
        "Username": "ann",
        "Resources": [{"ResourceType": "AWS::EC2::InstanceConnectEndpoint", "ResourceName": "eice-0123456789abcdef0"}],
    }


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("EventId", "11111111-2222-4333-8444-555555555555"),
        ("EventName", "OpenTunnel"),
        ("EventSource", "ec2-instance-connect.amazonaws.com"),
        ("Username", "ann"),
        ("AccessKeyId", "AKIAANN"),
        ("ReadOnly", "false"),
        ("ResourceType", "AWS::EC2::InstanceConnectEndpoint"),
        ("ResourceName", "eice-0123456789abcdef0"),
    ],
)
def test_each_attribute_finds_and_excludes(trails: Any, key: str, value: str) -> None:
    record(TUNNEL)
    record({"eventName": "DescribeTrails", "eventSource": "cloudtrail.amazonaws.com", "readOnly": True})
    assert found(trails, LookupAttributes=[{"AttributeKey": key, "AttributeValue": value}]) == ["OpenTunnel"]
    assert found(trails, LookupAttributes=[{"AttributeKey": key, "AttributeValue": "other"}]) == []


def test_the_newest_event_comes_first_and_pages_follow_one_another(trails: Any) -> None:
    for number in range(3):
        record({"eventName": f"Event{number}", "eventSource": "example.amazonaws.com"})
    pages = trails.get_paginator("lookup_events").paginate(PaginationConfig={"PageSize": 2})
    names = [[event["EventName"] for event in page["Events"]] for page in pages]
    assert names == [["Event2", "Event1"], ["Event0"]]


def test_events_are_found_by_time_and_forgotten_after_ninety_days(trails: Any) -> None:
    now = datetime.now(UTC)
    for name, days in (("Yesterday", 1), ("LastMonth", 30), ("LongAgo", 91)):
        time = (now - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
        record({"eventName": name, "eventSource": "example.amazonaws.com", "eventTime": time})
    assert found(trails, StartTime=now - timedelta(days=365)) == ["LastMonth", "Yesterday"]
    assert found(trails, StartTime=now - timedelta(days=2), EndTime=now) == ["Yesterday"]
    assert found(trails, EndTime=now - timedelta(days=2)) == ["LastMonth"]


def test_an_event_belongs_to_one_account_and_region(trails: Any) -> None:
    record_event(TUNNEL, account="123456789012", region="eu-west-2")
    record_event(TUNNEL, account="210987654321", region="eu-west-1")
    assert found(trails) == []


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"MaxResults": 51}, "InvalidMaxResultsException"),
        ({"NextToken": "nowhere"}, "InvalidNextTokenException"),
        (
            {"StartTime": datetime(2026, 1, 2, tzinfo=UTC), "EndTime": datetime(2026, 1, 1, tzinfo=UTC)},
            "InvalidTimeRangeException",
        ),
        (
            {"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": name} for name in "ab"]},
            "InvalidLookupAttributesException",
        ),
    ],
)
def test_what_cannot_be_looked_up_is_refused_with_the_code_of_aws(
    trails: Any, asked: dict[str, Any], code: str
) -> None:
    with pytest.raises(getattr(trails.exceptions, code)):
        trails.lookup_events(**asked)
