"""Records of the event history become lines about people, endpoints and instances."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import scanner
from scanner.model import Inventory
from scanner.model.evidence import Attempt

ACCOUNT = "111122223333"
ANN = f"arn:aws:sts::{ACCOUNT}:assumed-role/engineer/ann"


def event(number: int, name: str, asked: dict[str, Any], **more: Any) -> dict[str, Any]:
    record = {
        "eventSource": "ec2-instance-connect.amazonaws.com",
        "eventName": name,
        "eventTime": f"2026-01-1{number}T08:00:00Z",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": f"198.51.100.{number}",
        "userIdentity": {"arn": ANN},
        "requestParameters": asked,
        **more,
    }
    return {"EventId": f"e-{number}", "EventName": name, "CloudTrailEvent": json.dumps(record)}


def tunnel(address: str = "10.0.0.10", endpoint: str = "eice-1") -> dict[str, Any]:
    return {"instanceConnectEndpointId": endpoint, "privateIpAddress": address, "remotePort": "22"}


def interface(name: str, vpc: str, instance: str, attached: str = "2025-01-01T00:00:00Z") -> dict[str, Any]:
    return {
        "NetworkInterfaceId": name,
        "VpcId": vpc,
        "PrivateIpAddress": "10.0.0.10",
        "Attachment": {"InstanceId": instance, "AttachTime": attached},
    }


def inventory(events: list[dict[str, Any]], interfaces: list[dict[str, Any]]) -> Inventory:
    answers = {
        "Events": events,
        "NetworkInterfaces": interfaces,
        "InstanceConnectEndpoints": [{"InstanceConnectEndpointId": "eice-1", "VpcId": "vpc-1"}],
    }
    return scanner.inventory_from_describe(
        answers, account=ACCOUNT, region="eu-west-1", taken_at="2026-01-20T00:00:00Z"
    )


def attempts(events: list[dict[str, Any]], interfaces: list[dict[str, Any]]) -> tuple[Attempt, ...]:
    found = scanner.evaluate(inventory(events, interfaces), select=["TRL005"]).evidence
    assert found is not None
    return found.attempts


def test_calls_that_differ_in_time_and_source_alone_are_one_line_with_first_and_last() -> None:
    found = attempts(
        [event(3, "OpenTunnel", tunnel()), event(1, "OpenTunnel", tunnel())], [interface("eni-1", "vpc-1", "i-1")]
    )
    assert [(one.principal, one.instance, one.endpoint, one.port, one.count) for one in found] == [
        (ANN, "i-1", "eice-1", "22", 2)
    ]
    assert (found[0].first, found[0].last) == ("2026-01-11T08:00:00Z", "2026-01-13T08:00:00Z")
    assert found[0].sources == ("198.51.100.1", "198.51.100.3")
    assert found[0].remark == ""


def test_the_interface_in_the_endpoint_s_vpc_is_meant_and_not_another_with_the_same_address() -> None:
    both = [interface("eni-2", "vpc-2", "i-2"), interface("eni-1", "vpc-1", "i-1")]
    (found,) = attempts([event(1, "OpenTunnel", tunnel())], both)
    assert found.instance == "i-1"
    (found,) = attempts([event(1, "OpenTunnel", tunnel(endpoint="eice-gone"))], both)
    assert (found.instance, found.remark) == ("", "i-1 and i-2 hold the address, in different VPCs")


def test_an_address_that_was_given_away_since_is_told() -> None:
    late = [interface("eni-1", "vpc-1", "i-1", attached="2026-01-15T00:00:00Z")]
    (found,) = attempts([event(1, "OpenTunnel", tunnel())], late)
    assert "later than the first of these calls" in found.remark
    (found,) = attempts([event(1, "OpenTunnel", tunnel())], [])
    assert (found.instance, found.remark) == ("", "no interface holds the address now")


def test_refused_attempts_and_keys_are_told_with_their_reason_and_user() -> None:
    refused = event(1, "OpenTunnel", tunnel(), errorCode="AccessDenied", errorMessage="not authorized")
    key = event(2, "SendSSHPublicKey", {"instanceId": "i-1", "instanceOSUser": "root"})
    other = event(3, "RunInstances", {}, eventSource="ec2.amazonaws.com")
    found = attempts([refused, key, other], [])
    assert [(one.call, one.error, one.message, one.os_user) for one in found] == [
        ("OpenTunnel", "AccessDenied", "not authorized", ""),
        ("SendSSHPublicKey", "", "", "root"),
    ]


def test_a_record_that_is_no_json_is_counted_and_nothing_is_shown_where_nobody_asked() -> None:
    found = scanner.evaluate(inventory([{"EventId": "e", "CloudTrailEvent": "{"}], []), select=["TRL005"]).evidence
    assert found is not None
    assert (found.attempts, found.unreadable) == ((), 1)
    bare = replace(inventory([], []), collected=frozenset({"AWS::CloudTrail::Trail"}))
    assert scanner.evaluate(bare, select=["TRL005"]).evidence is None
