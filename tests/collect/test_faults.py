"""An answer that is no answer never looks like an empty account."""

from __future__ import annotations

import boto3
import pytest

from scanner.collect.clients import Clients
from scanner.collect.failures import Failure, call_errors, failure_of
from scanner.model import Gap, GapReason, Inventory
from tests.collect.conftest import ACCOUNT, Collect
from tests.loopback import RESET, Loopback, Reply, ec2, html, query, refusal, refusal_json, told, xml

TRAIL = "AWS::CloudTrail::Trail"
VPC = "AWS::EC2::VPC"
SUBNET = "AWS::EC2::Subnet"
BALANCER = "AWS::ElasticLoadBalancing::LoadBalancer"
VPC_XML = "<vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet>"
TRAILS = {
    "trailList": [
        {"Name": "t", "TrailARN": f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/t", "HomeRegion": "eu-west-1"}
    ]
}


def ids(inventory: Inventory, kind: str) -> list[str]:
    return [resource.id for resource in inventory.of(kind)]


def gap(call: str, reason: GapReason, detail: str, *kinds: str, region: str = "eu-west-1") -> Gap:
    return Gap(ACCOUNT, region, call, reason, detail, kinds)


@pytest.mark.parametrize(
    ("reply", "reason", "detail"),
    [
        (told(TRAILS).half(), GapReason.UNREADABLE, "IncompleteReadError"),
        (told(TRAILS).half(has_length=False), GapReason.UNREADABLE, "IncompleteReadError"),
        (told({}), GapReason.UNREADABLE, "no trailList"),
        (told({"trailList": None}), GapReason.UNREADABLE, "no trailList"),
        (told([]), GapReason.UNREADABLE, "ResponseParserError"),
        (told("trailList"), GapReason.UNREADABLE, "ResponseParserError"),
        (told({"trailList": 5}), GapReason.UNREADABLE, "ResponseParserError"),
        (told({"trailList": ["t"]}), GapReason.UNREADABLE, "ResponseParserError"),
        (Reply(b"[" * 100_000), GapReason.UNREADABLE, "ResponseParserError"),
        (Reply(b"\xff\xfe\x00"), GapReason.UNREADABLE, "ResponseParserError"),
        (html(200), GapReason.UNREADABLE, "ResponseParserError"),
        (html(500), GapReason.FAILED, "HTTP 500"),
        (RESET, GapReason.CONNECTION, "ConnectionClosedError"),
        (refusal_json("AccessDeniedException"), GapReason.DENIED, "AccessDeniedException"),
        (refusal_json("ThrottlingException"), GapReason.THROTTLED, "ThrottlingException"),
        (refusal_json("UnrecognizedClientException"), GapReason.OPTED_OUT, "UnrecognizedClientException"),
        (refusal_json("ExpiredTokenException"), GapReason.EXPIRED, "ExpiredTokenException"),
        (refusal_json("InternalFailure", status=500), GapReason.FAILED, "InternalFailure"),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_a_json_answer_without_its_list_is_a_gap(
    aws: Loopback, collect: Collect, reply: Reply, reason: GapReason, detail: str
) -> None:
    aws.answer("DescribeTrails", reply)
    [inventory] = collect(TRAIL)
    assert ids(inventory, TRAIL) == []
    assert inventory.gaps == (gap("cloudtrail:DescribeTrails", reason, detail, TRAIL),)


@pytest.mark.parametrize(
    ("reply", "reason", "detail"),
    [
        (ec2("DescribeVpcs", VPC_XML).half(), GapReason.UNREADABLE, "IncompleteReadError"),
        (ec2("DescribeVpcs", VPC_XML).half(has_length=False), GapReason.UNREADABLE, "ResponseParserError"),
        (ec2("DescribeVpcs", ""), GapReason.UNREADABLE, "no Vpcs"),
        (html(200), GapReason.UNREADABLE, "ResponseParserError"),
        (Reply(b"<!doctype html><p>Sign in"), GapReason.UNREADABLE, "ResponseParserError"),
        (Reply(b""), GapReason.UNREADABLE, "ResponseParserError"),
        (html(503), GapReason.FAILED, "HTTP 503"),
        (html(403), GapReason.DENIED, "HTTP 403"),
        (RESET, GapReason.CONNECTION, "ConnectionClosedError"),
        (refusal("UnauthorizedOperation"), GapReason.DENIED, "UnauthorizedOperation"),
        (refusal("RequestLimitExceeded", status=503), GapReason.THROTTLED, "RequestLimitExceeded"),
        (refusal("AuthFailure", status=401), GapReason.OPTED_OUT, "AuthFailure"),
        (refusal("OptInRequired", status=401), GapReason.OPTED_OUT, "OptInRequired"),
        (refusal("InvalidAction", status=400), GapReason.UNSUPPORTED, "InvalidAction"),
        (refusal("RequestExpired", status=400), GapReason.EXPIRED, "RequestExpired"),
        (refusal("SomethingNew", status=403), GapReason.DENIED, "SomethingNew"),
        (refusal("SomethingNew", status=400), GapReason.FAILED, "SomethingNew"),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_an_xml_answer_without_its_list_is_a_gap(
    aws: Loopback, collect: Collect, reply: Reply, reason: GapReason, detail: str
) -> None:
    aws.answer("DescribeVpcs", reply)
    [inventory] = collect(VPC)
    assert ids(inventory, VPC) == []
    assert inventory.gaps == (gap("ec2:DescribeVpcs", reason, detail, VPC),)


def test_a_page_of_another_program_is_unreadable_in_the_query_protocol_too(aws: Loopback, collect: Collect) -> None:
    aws.answer("DescribeLoadBalancers", html(200))
    [inventory] = collect(BALANCER)
    assert inventory.gaps == (gap("elb:DescribeLoadBalancers", GapReason.UNREADABLE, "ResponseParserError", BALANCER),)


def test_a_number_that_is_none_is_unreadable(aws: Loopback, collect: Collect) -> None:
    subnet = "<subnetSet><item><subnetId>subnet-1</subnetId><availableIpAddressCount>many</availableIpAddressCount></item></subnetSet>"
    aws.answer("DescribeSubnets", ec2("DescribeSubnets", subnet))
    [inventory] = collect(SUBNET)
    assert inventory.gaps == (gap("ec2:DescribeSubnets", GapReason.UNREADABLE, "ResponseParserError", SUBNET),)


def test_an_empty_list_is_an_empty_list(aws: Loopback, collect: Collect) -> None:
    aws.answer("DescribeVpcs", ec2("DescribeVpcs", "<vpcSet/>"))
    aws.answer("DescribeTrails", told({"trailList": []}))
    aws.answer("DescribeLoadBalancers", query("DescribeLoadBalancers", "<LoadBalancerDescriptions/>"))
    [inventory] = collect(VPC, TRAIL, BALANCER)
    assert inventory.gaps == ()
    assert inventory.gaps_of(VPC) == inventory.gaps_of(TRAIL) == inventory.gaps_of(BALANCER) == ()


def test_a_list_that_aws_leaves_out_when_it_is_empty_may_be_missing(aws: Loopback, collect: Collect) -> None:
    aws.answer(
        "ListVpcOrigins", xml("<VpcOriginList><IsTruncated>false</IsTruncated><Quantity>0</Quantity></VpcOriginList>")
    )
    _, account = collect("AWS::CloudFront::VpcOrigin")
    assert account.gaps == ()


def test_a_structure_without_its_proof_is_a_gap(aws: Loopback, collect: Collect) -> None:
    aws.answer("GetSerialConsoleAccessStatus", ec2("GetSerialConsoleAccessStatus", "<managedBy>account</managedBy>"))
    [inventory] = collect("AWS::EC2::SerialConsoleAccess")
    [missing] = inventory.gaps
    assert (missing.reason, missing.detail) == (GapReason.UNREADABLE, "no SerialConsoleAccessEnabled")
    assert inventory.of("AWS::EC2::SerialConsoleAccess") == ()


def test_a_refusal_of_one_call_leaves_the_others(aws: Loopback, collect: Collect) -> None:
    aws.answer("DescribeVpcs", ec2("DescribeVpcs", VPC_XML))
    aws.answer("DescribeSubnets", refusal("UnauthorizedOperation"))
    [inventory] = collect(VPC, SUBNET)
    assert ids(inventory, VPC) == ["vpc-1"]
    assert inventory.gaps == (gap("ec2:DescribeSubnets", GapReason.DENIED, "UnauthorizedOperation", SUBNET),)
    assert inventory.failed == ""


def test_one_region_may_fail_whole_and_the_others_do_not(aws: Loopback, collect: Collect) -> None:
    aws.answer("DescribeVpcs", ec2("DescribeVpcs", VPC_XML))
    aws.answer("DescribeVpcs", refusal("AuthFailure", status=401), region="ap-east-1")
    here, there = collect(VPC, regions=("eu-west-1", "ap-east-1"))
    assert (here.failed, ids(here, VPC)) == ("", ["vpc-1"])
    assert there.failed == "ec2:DescribeVpcs is not possible, the Region is not enabled in ap-east-1 (AuthFailure)"
    assert there.gaps == (gap("ec2:DescribeVpcs", GapReason.OPTED_OUT, "AuthFailure", VPC, region="ap-east-1"),)


def test_an_error_code_is_kept_short_and_harmless(aws: Loopback, collect: Collect) -> None:
    aws.answer("DescribeTrails", refusal_json("\x1b[31mEvil " + "x" * 500))
    [inventory] = collect(TRAIL)
    assert inventory.gaps[0].detail == "31mEvil" + "x" * 73


def test_nobody_at_the_endpoint_is_a_gap(collect: Collect, aws: Loopback) -> None:
    aws.url = "http://127.0.0.1:1"
    [inventory] = collect(VPC)
    assert inventory.gaps == (gap("ec2:DescribeVpcs", GapReason.CONNECTION, "EndpointConnectionError", VPC),)


def test_a_service_that_a_partition_lacks_is_a_gap_without_a_call(session: boto3.Session) -> None:
    clients = Clients(session, partition="aws-cn")
    assert clients.get("globalaccelerator", "cn-north-1") == Failure(GapReason.UNSUPPORTED, "not in partition aws-cn")
    iam = clients.get("iam", "cn-north-1")
    assert not isinstance(iam, Failure)
    assert iam.meta.endpoint_url == "https://iam.cn-north-1.amazonaws.com.cn"


def test_moto_without_an_operation_is_a_gap() -> None:
    """Inside moto's decorator an operation it lacks raises NotImplementedError through the client."""
    error = NotImplementedError("describe_vpc_encryption_controls")
    assert isinstance(error, call_errors())
    assert failure_of(error) == Failure(GapReason.UNSUPPORTED, "NotImplementedError")
