"""CloudTrail's event selectors, form by form."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.model import Undecided
from scanner.policy.selectors import A_READ, OPEN_TUNNEL, ManagementEvent, Recording, advanced, basic

MANAGEMENT = {"Field": "eventCategory", "Equals": ["Management"]}


def fine(*fields: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"Name": "one", "FieldSelectors": [MANAGEMENT, *fields]}]


@pytest.mark.parametrize(
    ("selector", "write", "read"),
    [
        ({}, Recording.ALL, Recording.ALL),
        ({"ReadWriteType": "All"}, Recording.ALL, Recording.ALL),
        ({"ReadWriteType": "WriteOnly"}, Recording.ALL, Recording.NONE),
        ({"ReadWriteType": "ReadOnly"}, Recording.NONE, Recording.ALL),
        ({"IncludeManagementEvents": False}, Recording.NONE, Recording.NONE),
        ({"ReadWriteType": None, "IncludeManagementEvents": None}, Recording.ALL, Recording.ALL),
        ({"ExcludeManagementEventSources": ["kms.amazonaws.com"]}, Recording.ALL, Recording.ALL),
        ({"ExcludeManagementEventSources": ["ec2.amazonaws.com"]}, Recording.ALL, Recording.NONE),
    ],
)
def test_a_basic_selector_takes_all_events_unless_it_says_otherwise(
    selector: dict[str, Any], write: Recording, read: Recording
) -> None:
    assert (basic([selector], OPEN_TUNNEL), basic([selector], A_READ)) == (write, read)


def test_basic_selectors_are_alternatives() -> None:
    assert basic([{"ReadWriteType": "ReadOnly"}, {"ReadWriteType": "WriteOnly"}], OPEN_TUNNEL) is Recording.ALL


@pytest.mark.parametrize(
    "selector",
    [
        "All",
        None,
        {"ReadWriteType": "Everything"},
        {"IncludeManagementEvents": "true"},
        {"ExcludeManagementEventSources": "kms"},
    ],
)
def test_a_basic_selector_of_another_shape_is_undecided(selector: Any) -> None:
    with pytest.raises(Undecided):
        basic([selector], OPEN_TUNNEL)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([], Recording.ALL),
        ([{"Field": "readOnly", "Equals": ["false"]}], Recording.ALL),
        ([{"Field": "readOnly", "Equals": ["true"]}], Recording.NONE),
        ([{"Field": "readOnly", "Equals": ["true", "false"]}], Recording.ALL),
        ([{"Field": "eventSource", "NotEquals": ["kms.amazonaws.com", "rdsdata.amazonaws.com"]}], Recording.ALL),
        ([{"Field": "eventSource", "Equals": ["ec2.amazonaws.com"]}], Recording.NONE),
        ([{"Field": "eventSource", "StartsWith": ["ec2-"], "EndsWith": [".example.com"]}], Recording.ALL),
        ([{"Field": "eventSource", "StartsWith": ["ec2-"], "NotEndsWith": [".amazonaws.com"]}], Recording.NONE),
        (
            [{"Field": "eventSource", "NotStartsWith": ["kms"], "NotEquals": ["ec2-instance-connect.amazonaws.com"]}],
            Recording.NONE,
        ),
        ([{"Field": "eventName", "Equals": ["SendSSHPublicKey", "OpenTunnel"]}], Recording.ALL),
        ([{"Field": "eventName", "NotStartsWith": ["Describe", "Get", "List"]}], Recording.ALL),
        ([{"Field": "eventName", "Equals": ["opentunnel"]}], Recording.NONE),
        ([{"Field": "eventType", "Equals": ["AwsServiceEvent"]}], Recording.NONE),
        ([{"Field": "eventType", "NotEquals": ["AwsServiceEvent"]}], Recording.ALL),
        ([{"Field": "userIdentity.arn", "NotEndsWith": ["/scanner"]}], Recording.SOME),
        ([{"Field": "sessionCredentialFromConsole", "Equals": ["true"]}], Recording.SOME),
        ([{"Field": "userIdentity.arn", "Equals": ["a"]}, {"Field": "readOnly", "Equals": ["true"]}], Recording.NONE),
        ([{"Field": "something.new", "Equals": ["a"]}, {"Field": "readOnly", "Equals": ["true"]}], Recording.NONE),
    ],
)
def test_all_fields_of_an_advanced_selector_have_to_let_the_event_through(
    fields: list[dict[str, Any]], expected: Recording
) -> None:
    assert advanced(fine(*fields), OPEN_TUNNEL) is expected


def test_a_selector_for_data_or_network_events_takes_no_management_event_whatever_else_it_asks_for() -> None:
    data = [{"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": ["AWS::S3::Object"]}]
    network = [
        {"Field": "eventCategory", "Equals": ["NetworkActivity"]},
        {"Field": "vpcEndpointId", "Equals": ["vpce-1"]},
    ]
    assert advanced([{"FieldSelectors": data}, {"FieldSelectors": network}], OPEN_TUNNEL) is Recording.NONE


def test_reads_and_writes_in_a_selector_each_are_everything() -> None:
    selectors = fine({"Field": "readOnly", "Equals": ["true"]}) + fine({"Field": "readOnly", "Equals": ["false"]})
    assert (advanced(selectors, OPEN_TUNNEL), advanced(selectors, A_READ)) == (Recording.ALL, Recording.ALL)


def test_a_selector_that_takes_everything_outweighs_one_that_cannot_be_read() -> None:
    assert advanced([{"FieldSelectors": "?"}, *fine()], OPEN_TUNNEL) is Recording.ALL


@pytest.mark.parametrize(
    "selectors",
    [
        ["?"],
        [{}],
        [{"FieldSelectors": []}],
        [{"FieldSelectors": ["?"]}],
        [{"FieldSelectors": [{"Field": "readOnly", "Equals": ["false"]}]}],
        fine({"Field": "something.new", "Equals": ["a"]}),
        fine({"Field": "readOnly"}),
        fine({"Field": "readOnly", "Equals": []}),
        fine({"Field": "readOnly", "Equals": "false"}),
        fine({"Field": "eventName", "Equals": [5]}),
        fine({"Equals": ["false"]}),
        fine({"Field": "userIdentity.arn", "Equals": ["a"]}) + fine({"Field": "userIdentity.arn", "NotEquals": ["a"]}),
        [*fine({"Field": "readOnly", "Equals": ["true"]}), {"FieldSelectors": "?"}],
    ],
)
def test_what_cannot_be_read_is_neither_recorded_nor_lost(selectors: list[Any]) -> None:
    with pytest.raises(Undecided):
        advanced(selectors, OPEN_TUNNEL)


def test_an_event_that_reads_is_told_from_one_that_writes() -> None:
    event = ManagementEvent("ec2.amazonaws.com", "DescribeVpcs", read_only=True)
    assert advanced(fine({"Field": "readOnly", "Equals": ["true"]}), event) is Recording.ALL
    assert advanced(fine({"Field": "readOnly", "Equals": ["false"]}), event) is Recording.NONE
