"""Pages are turned to the last one, and a page that fails costs no page before it."""

from __future__ import annotations

import boto3
import pytest
from botocore.parsers import ResponseParserFactory

from scanner.collect.clients import botocore_session
from scanner.model import GapReason, Inventory
from tests.collect.conftest import Collect
from tests.loopback import RESET, Loopback, Reply, ec2, query, refusal, refusal_json, told, xml

VPC = "AWS::EC2::VPC"


def vpcs(number: int, token: str = "") -> Reply:
    following = f"<nextToken>{token}</nextToken>" if token else ""
    return ec2("DescribeVpcs", f"<vpcSet><item><vpcId>vpc-{number}</vpcId></item></vpcSet>{following}")


def ids(inventory: Inventory, kind: str) -> list[str]:
    return [resource.id for resource in inventory.of(kind)]


def test_every_page_is_read_with_the_largest_size_and_its_token(aws: Loopback, collect: Collect) -> None:
    aws.answer("DescribeVpcs", vpcs(1, "a"), vpcs(2, "b"), vpcs(3))
    [inventory] = collect(VPC)
    assert ids(inventory, VPC) == ["vpc-1", "vpc-2", "vpc-3"]
    assert inventory.gaps == ()
    assert [request.parameters.get("NextToken") for request in aws.requests] == [None, "a", "b"]
    assert {request.parameters["MaxResults"] for request in aws.requests} == {"1000"}


def test_a_token_that_comes_twice_ends_the_list_with_a_gap(aws: Loopback, collect: Collect) -> None:
    aws.answer("DescribeVpcs", vpcs(1, "a"), vpcs(2, "b"), vpcs(3, "a"))
    [inventory] = collect(VPC)
    assert ids(inventory, VPC) == ["vpc-1", "vpc-2", "vpc-3"]
    assert [(gap.reason, gap.detail) for gap in inventory.gaps] == [(GapReason.UNREADABLE, "a page's token came twice")]


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (refusal("RequestLimitExceeded", status=503), GapReason.THROTTLED),
        (RESET, GapReason.CONNECTION),
        (vpcs(2).half(), GapReason.UNREADABLE),
        (ec2("DescribeVpcs", ""), GapReason.UNREADABLE),
    ],
    ids=["throttled", "reset", "cut", "empty"],
)
def test_a_second_page_that_fails_keeps_the_first(
    aws: Loopback, collect: Collect, second: Reply, reason: GapReason
) -> None:
    aws.answer("DescribeVpcs", vpcs(1, "a"), second)
    [inventory] = collect(VPC)
    assert ids(inventory, VPC) == ["vpc-1"]
    assert [(gap.call, gap.reason, gap.kinds) for gap in inventory.gaps] == [("ec2:DescribeVpcs", reason, (VPC,))]


def test_a_second_page_in_json_that_is_cut_off_is_not_the_end(aws: Loopback, collect: Collect) -> None:
    first = told({"EventDataStores": [], "NextToken": "abcd"})
    aws.answer("ListEventDataStores", first, told({"EventDataStores": []}).half(has_length=False))
    [inventory] = collect("AWS::CloudTrail::EventDataStore")
    assert [gap.detail for gap in inventory.gaps] == ["IncompleteReadError"]


def test_reservations_are_taken_apart(aws: Loopback, collect: Collect) -> None:
    def reservation(*names: str) -> str:
        items = "".join(f"<item><instanceId>{name}</instanceId></item>" for name in names)
        return f"<item><instancesSet>{items}</instancesSet></item>"

    body = f"<reservationSet>{reservation('i-1', 'i-2')}{reservation()}{reservation('i-3')}</reservationSet>"
    aws.answer("DescribeInstances", ec2("DescribeInstances", body))
    [inventory] = collect("AWS::EC2::Instance")
    assert ids(inventory, "AWS::EC2::Instance") == ["i-1", "i-2", "i-3"]


def test_latest_and_default_are_words_of_aws_and_no_expressions(aws: Loopback, collect: Collect) -> None:
    aws.answer("DescribeLaunchTemplateVersions", ec2("DescribeLaunchTemplateVersions", "<launchTemplateVersionSet/>"))
    collect("AWS::EC2::LaunchTemplate")
    [request] = aws.requests
    assert [request.parameters[f"LaunchTemplateVersion.{number}"] for number in (1, 2)] == ["$Latest", "$Default"]


def test_a_token_may_lie_deep_in_the_answer(aws: Loopback, collect: Collect) -> None:
    def origins(name: str, more: str) -> Reply:
        item = f"<VpcOriginSummary><Id>{name}</Id><Arn>arn:aws:cloudfront::1:vpcorigin/{name}</Arn></VpcOriginSummary>"
        return xml(f"<VpcOriginList>{more}<Items>{item}</Items></VpcOriginList>")

    aws.answer("ListVpcOrigins", origins("vo-1", "<NextMarker>m</NextMarker>"), origins("vo-2", ""))
    _, account = collect("AWS::CloudFront::VpcOrigin")
    assert ids(account, "AWS::CloudFront::VpcOrigin") == ["vo-1", "vo-2"]
    assert [request.parameters.get("Marker") for request in aws.requests] == [None, "m"]


IAM = tuple(f"AWS::IAM::{kind}" for kind in ("User", "Group", "Role", "ManagedPolicy"))


def identities(name: str, marker: str = "") -> Reply:
    def listed(member: str, noun: str) -> str:
        arn = f"<Arn>arn:aws:iam::1:{noun.lower()}/{name}</Arn>"
        return f"<{member}><member><{noun}Name>{name}</{noun}Name>{arn}</member></{member}>"

    following = f"<Marker>{marker}</Marker>" if marker else ""
    lists = [
        ("UserDetailList", "User"),
        ("GroupDetailList", "Group"),
        ("RoleDetailList", "Role"),
        ("Policies", "Policy"),
    ]
    return query("GetAccountAuthorizationDetails", "".join(listed(*one) for one in lists) + following)


def test_kinds_that_one_call_lists_share_it(aws: Loopback, collect: Collect) -> None:
    aws.answer("GetAccountAuthorizationDetails", identities("a", "next"), identities("b"))
    _, account = collect(*IAM)
    assert {kind: ids(account, kind) for kind in IAM} == {kind: ["a", "b"] for kind in IAM}
    assert [request.parameters.get("Marker") for request in aws.requests] == [None, "next"]


def test_a_refused_call_is_one_gap_for_all_kinds_that_share_it(aws: Loopback, collect: Collect) -> None:
    aws.answer("GetAccountAuthorizationDetails", refusal("AccessDenied"))
    _, account = collect(*IAM)
    assert [gap.kinds for gap in account.gaps] == [tuple(sorted(IAM))]
    assert account.failed.startswith("iam:GetAccountAuthorizationDetails was refused")


def test_an_account_outside_every_organization_has_none_and_no_gap(aws: Loopback, collect: Collect) -> None:
    aws.answer("DescribeOrganization", refusal_json("AWSOrganizationsNotInUseException"))
    _, account = collect("AWS::Organizations::Organization")
    assert account.gaps == ()
    assert account.of("AWS::Organizations::Organization") == ()


def test_global_kinds_are_asked_once_at_home_and_have_an_inventory_of_their_own(
    aws: Loopback, collect: Collect
) -> None:
    aws.answer(
        "DescribeOrganization",
        told({"Organization": {"Id": "o-1", "Arn": "arn:aws:organizations::1:organization/o-1"}}),
    )
    inventories = collect("AWS::Organizations::Organization", regions=("eu-west-1", "eu-central-1"))
    assert [inventory.region for inventory in inventories] == ["eu-west-1", "eu-central-1", "global"]
    assert [(request.operation, request.region) for request in aws.requests] == [("DescribeOrganization", "us-east-1")]
    assert [resource.region for resource in inventories[2].of("AWS::Organizations::Organization")] == ["global"]


def test_another_partition_has_other_homes(aws: Loopback, collect: Collect) -> None:
    aws.answer("DescribeOrganization", told({"Organization": {"Id": "o-1"}}))
    collect("AWS::Organizations::Organization", regions=("cn-northwest-1",), partition="aws-cn")
    assert [request.region for request in aws.asked("DescribeOrganization")] == ["cn-north-1"]


def test_nothing_is_asked_but_what_is_wanted(aws: Loopback, collect: Collect) -> None:
    aws.answer("DescribeSubnets", ec2("DescribeSubnets", "<subnetSet/>"))
    [inventory] = collect("AWS::EC2::Subnet", "AWS::Account", "AWS::Region")
    assert [request.operation for request in aws.requests] == ["DescribeSubnets"]
    assert inventory.collected == frozenset({"AWS::EC2::Subnet", "AWS::Account", "AWS::Region"})
    assert [gap.reason for gap in inventory.gaps_of(VPC)] == [GapReason.NOT_COLLECTED]


def test_the_tool_names_itself_and_keeps_to_the_call_that_was_wanted(aws: Loopback, collect: Collect) -> None:
    aws.answer("DescribeVpcs", vpcs(1))
    collect(VPC)
    assert " bastionless/" in aws.requests[0].user_agent


def test_times_come_as_text_in_utc_from_every_protocol(aws: Loopback, collect: Collect) -> None:
    instance = "<item><instanceId>i-1</instanceId><launchTime>2026-01-02T03:04:05.000Z</launchTime></item>"
    reservations = f"<reservationSet><item><instancesSet>{instance}</instancesSet></item></reservationSet>"
    aws.answer("DescribeInstances", ec2("DescribeInstances", reservations))
    aws.answer(
        "ListEventDataStores", told({"EventDataStores": [{"EventDataStoreArn": "arn:e", "CreatedTimestamp": 0.5}]})
    )
    aws.answer("GetEventDataStore", told({"EventDataStoreArn": "arn:e", "UpdatedTimestamp": 1_700_000_000}))
    aws.answer("GetAccountAuthorizationDetails", query(
        "GetAccountAuthorizationDetails",
        "<UserDetailList><member><UserName>u</UserName><CreateDate>2026-01-02T03:04:05Z</CreateDate></member></UserDetailList>",
    ))  # fmt: skip
    aws.answer("ListVpcOrigins", xml(
        "<VpcOriginList><Items><VpcOriginSummary><Id>o</Id><CreatedTime>2026-01-02T03:04:05.6Z</CreatedTime>"
        "</VpcOriginSummary></Items></VpcOriginList>"
    ))  # fmt: skip
    here, account = collect(
        "AWS::EC2::Instance", "AWS::CloudTrail::EventDataStore", "AWS::IAM::User", "AWS::CloudFront::VpcOrigin"
    )
    assert here.of("AWS::EC2::Instance")[0].get("LaunchTime") == "2026-01-02T03:04:05Z"
    [store] = here.of("AWS::CloudTrail::EventDataStore")
    assert (store.get("CreatedTimestamp"), store.get("UpdatedTimestamp")) == (
        "1970-01-01T00:00:00.5Z",
        "2023-11-14T22:13:20Z",
    )
    assert account.of("AWS::IAM::User")[0].get("CreateDate") == "2026-01-02T03:04:05Z"
    assert account.of("AWS::CloudFront::VpcOrigin")[0].get("CreatedTime") == "2026-01-02T03:04:05.6Z"


def test_an_answer_s_metadata_is_not_among_the_facts(aws: Loopback, collect: Collect) -> None:
    aws.answer("GetSerialConsoleAccessStatus", ec2(
        "GetSerialConsoleAccessStatus", "<serialConsoleAccessEnabled>false</serialConsoleAccessEnabled>"
    ))  # fmt: skip
    [inventory] = collect("AWS::EC2::SerialConsoleAccess")
    [switch] = inventory.of("AWS::EC2::SerialConsoleAccess")
    assert dict(switch.facts) == {"SerialConsoleAccessEnabled": False}


def test_the_caller_s_session_keeps_its_own_parsers(aws: Loopback, collect: Collect, session: boto3.Session) -> None:
    aws.answer("DescribeVpcs", vpcs(1))
    collect(VPC)
    assert type(botocore_session(session).get_component("response_parser_factory")) is ResponseParserFactory
