"""The loopback AWS says what is meant, in the bodies that botocore expects of AWS."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    IncompleteReadError,
    ResponseStreamingError,
    SSLError,
)
from botocore.parsers import ResponseParserError

from benchmarks.aws import KINDS, Faults, Loopback, key_of, loopback, role_of
from benchmarks.aws.estate import Estate
from benchmarks.aws.faults import CUT, EXPIRED, HTML, RESET, STALE, THROTTLE
from benchmarks.aws.layout import ACCOUNT, MOMENT, REGION, UNIT, Layout, unit_of
from benchmarks.aws.machines import interface, numbers_of, reservation, style_of
from scanner.aws.table import KINDS as TABLE

HERE = "us-east-1"
OWN = "111122223333"
OTHER = "444455556666"
REGIONS = (HERE, "eu-west-1")
SIZE = 1_300


@pytest.fixture(scope="module")
def aws() -> Iterator[Loopback]:
    with loopback(instances={HERE: SIZE}, regions=REGIONS, managed=60, accounts=(OWN, OTHER)) as running:
        yield running
        running.assert_only_read()


def client(aws: Loopback, service: str, *, region: str = HERE, account: str = OWN, verify: str | None = None) -> Any:
    return session().client(
        service,
        region_name=region,
        aws_access_key_id=key_of(account),
        aws_secret_access_key="opens nothing",
        endpoint_url=aws.url,
        config=Config(retries={"mode": "standard", "total_max_attempts": 1}, read_timeout=5),
        verify=verify,
    )


@cache
def session() -> Any:
    """One for all: reading EC2's model takes longer than most of these tests."""
    import boto3

    return boto3.Session()


def read_all(aws: Loopback, service: str, operation: str, member: str, **asked: Any) -> list[Any]:
    from botocore import xform_name

    asking = client(aws, service)
    name = xform_name(operation)
    if not asking.can_paginate(name):
        return list(getattr(asking, name)(**asked)[member])
    return [item for page in asking.get_paginator(name).paginate(**asked) for item in page[member]]


def filled(facts: Any, numbers: Any = None) -> Any:
    """Facts with everything that stands open put in, as the account in the first Region has them."""
    text = json.dumps(facts)
    if numbers is not None:
        text %= numbers
    unit = unit_of(OWN, HERE)
    return json.loads(text.replace(UNIT, unit).replace(ACCOUNT, OWN).replace(REGION, HERE))


def plain(value: Any) -> Any:
    """What botocore parsed, with its times written as the facts have them."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items() if name != "ResponseMetadata"}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, datetime):
        in_utc = value.astimezone(UTC)
        return MOMENT if in_utc == datetime.fromisoformat(MOMENT) else in_utc.timestamp()
    return value


def lists() -> dict[tuple[str, str], tuple[str, list[Any]]]:
    return Estate(Layout(SIZE, 60, True, HERE, REGIONS), (OWN, OTHER))._lists


NEEDED = {("organizations", "ListParents"): {"ChildId": OWN}, ("organizations", "ListPolicies"): {"Filter": "SERVICE_CONTROL_POLICY"},
          ("organizations", "ListTargetsForPolicy"): {"PolicyId": "p-FullAWSAccess"}}  # fmt: skip


@pytest.mark.parametrize(("service", "operation"), sorted(lists()))
def test_a_list_is_parsed_into_the_facts_it_was_made_of(aws: Loopback, service: str, operation: str) -> None:
    member, meant = lists()[service, operation]
    read = plain(read_all(aws, service, operation, member, **NEEDED.get((service, operation), {})))
    wanted = filled(meant)
    if service not in ("ec2", "autoscaling", "elb", "elbv2"):
        wanted = plain_numbers(wanted, read)
    assert read == wanted


def plain_numbers(meant: Any, read: Any) -> Any:
    """JSON services send seconds, and in one place text where the model wants a time: compare those as they were read."""
    if isinstance(meant, dict) and isinstance(read, dict):
        return {name: plain_numbers(one, read.get(name)) for name, one in meant.items()}
    if isinstance(meant, list) and isinstance(read, list) and len(meant) == len(read):
        return [plain_numbers(one, other) for one, other in zip(meant, read, strict=True)]
    if isinstance(meant, float) and meant == datetime.fromisoformat(MOMENT).timestamp():
        return MOMENT
    return meant


def test_the_instances_come_in_two_pages_each_as_it_was_meant(aws: Loopback) -> None:
    ec2 = client(aws, "ec2")
    pages = list(ec2.get_paginator("describe_instances").paginate(MaxResults=1000))
    layout = Layout(SIZE, 60, True, HERE, REGIONS)
    meant = [filled(reservation(style_of(one, layout)), numbers_of(one, layout)) for one in range(SIZE)]
    assert [len(page["Reservations"]) for page in pages] == [1000, 300]
    assert [plain(one) for page in pages for one in page["Reservations"]] == meant


def test_the_interfaces_of_instances_come_before_those_of_gateways_and_endpoints(aws: Loopback) -> None:
    read = plain(read_all(aws, "ec2", "DescribeNetworkInterfaces", "NetworkInterfaces", MaxResults=1000))
    layout = Layout(SIZE, 60, True, HERE, REGIONS)
    assert read[:SIZE] == [filled(interface(style_of(one, layout)), numbers_of(one, layout)) for one in range(SIZE)]
    assert {one["InterfaceType"] for one in read[SIZE:]} == {
        "nat_gateway", "vpc_endpoint", "ec2_instance_connect_endpoint",
    }  # fmt: skip
    assert len({one["NetworkInterfaceId"] for one in read}) == len(read)


def test_every_reference_leads_to_something_that_is_there(aws: Loopback) -> None:
    groups = {one["GroupId"] for one in read_all(aws, "ec2", "DescribeSecurityGroups", "SecurityGroups")}
    subnets = {one["SubnetId"]: one["VpcId"] for one in read_all(aws, "ec2", "DescribeSubnets", "Subnets")}
    for one in read_all(aws, "ec2", "DescribeNetworkInterfaces", "NetworkInterfaces"):
        assert subnets[one["SubnetId"]] == one["VpcId"]
        assert {group["GroupId"] for group in one["Groups"]} <= groups


def test_an_instance_weighs_about_nine_thousand_characters() -> None:
    layout = Layout(1000)
    machines = Estate(layout)._machines["DescribeInstances"]
    weights = [len(item) for item in machines.items(0, 1000)]
    assert 8_500 < sum(weights) / len(weights) < 9_500


@pytest.mark.parametrize(
    ("service", "operation"),
    sorted(
        {(kind.service, kind.operation) for kind in TABLE.values() if kind.operation and "$" not in str(kind.request)}
    ),
)
def test_every_list_of_a_scan_is_answered_with_a_list(aws: Loopback, service: str, operation: str) -> None:
    from botocore import xform_name

    [kind, *_] = [one for one in TABLE.values() if (one.service, one.operation) == (service, operation)]
    page = getattr(client(aws, service), xform_name(operation))(**kind.request)
    key = kind.response_keys[0] if kind.path != "@" else kind.proof
    assert key in page


def test_ids_of_an_account_and_region_are_nobody_elses(aws: Loopback) -> None:
    found = [
        {one["VpcId"] for one in client(aws, "ec2", region=region, account=account).describe_vpcs()["Vpcs"]}
        for account in (OWN, OTHER) for region in REGIONS
    ]  # fmt: skip
    assert len(set.union(*found)) == sum(len(ids) for ids in found)


def test_a_region_without_instances_has_its_default_vpc_alone(aws: Loopback) -> None:
    [vpc] = client(aws, "ec2", region="eu-west-1").describe_vpcs()["Vpcs"]
    assert (vpc["IsDefault"], vpc["CidrBlock"]) == (True, "172.31.0.0/16")
    assert client(aws, "ec2", region="eu-west-1").describe_instances()["Reservations"] == []


def test_ids_that_are_asked_for_are_all_that_comes(aws: Loopback) -> None:
    ec2 = client(aws, "ec2")
    wanted = f"vpc-{unit_of(OWN, HERE)}{2:09x}"
    assert [one["VpcId"] for one in ec2.describe_vpcs(VpcIds=[wanted])["Vpcs"]] == [wanted]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [wanted]}])["Subnets"]
    assert {one["VpcId"] for one in subnets} == {wanted}
    interfaces = ec2.describe_network_interfaces(Filters=[{"Name": "vpc-id", "Values": [wanted]}])
    assert {one["VpcId"] for one in interfaces["NetworkInterfaces"]} == {wanted}


def test_a_role_is_assumed_in_the_account_of_its_arn(aws: Loopback) -> None:
    given = client(aws, "sts").assume_role(RoleArn=role_of(OTHER), RoleSessionName="test")["Credentials"]
    assumed = session().client(
        "sts",
        region_name=HERE,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
        endpoint_url=aws.url,
    )
    assert assumed.get_caller_identity()["Account"] == OTHER


def test_only_the_management_account_sees_the_organization(aws: Loopback) -> None:
    assert [one["Id"] for one in client(aws, "organizations").list_accounts()["Accounts"]] == [OWN, OTHER]
    with pytest.raises(ClientError, match="AccessDeniedException"):
        client(aws, "organizations", account=OTHER).list_roots()


def test_the_details_of_a_scan_are_parsed_into_what_was_meant(aws: Loopback) -> None:
    s3, trail = client(aws, "s3"), client(aws, "cloudtrail")
    bucket = f"trail-{OWN}"
    assert (
        json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"][0]["Resource"]
        == f"arn:aws:s3:::{bucket}/*"
    )
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"] == {"IsPublic": False}
    [grant] = s3.get_bucket_acl(Bucket=bucket)["Grants"]
    assert (grant["Grantee"]["Type"], grant["Permission"]) == ("CanonicalUser", "FULL_CONTROL")
    assert set(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values()) == {True}
    arn = f"arn:aws:cloudtrail:{HERE}:{OWN}:trail/"
    assert [trail.get_trail_status(Name=arn + name)["IsLogging"] for name in ("management", "old")] == [True, False]
    assert trail.get_event_selectors(TrailName=f"{arn}old")["TrailARN"] == f"{arn}old"
    vpc = f"vpc-{unit_of(OWN, HERE)}{1:09x}"
    answer = client(aws, "ec2").describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsSupport")
    assert (answer["VpcId"], answer["EnableDnsSupport"]) == (vpc, {"Value": True})
    [role, *_] = client(aws, "iam").get_account_authorization_details()["RoleDetailList"]
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "ec2.amazonaws.com"}


def test_a_call_that_might_change_something_is_told() -> None:
    with loopback() as aws:
        client(aws, "ec2").describe_vpcs()
        aws.assert_only_read()
        client(aws, "ec2").delete_vpc(VpcId="vpc-1")
        assert aws.seen.writes == ("ec2:DeleteVpc",)
        with pytest.raises(AssertionError, match="ec2:DeleteVpc"):
            aws.assert_only_read()


def test_calls_are_counted_by_operation_and_place() -> None:
    with loopback(regions=REGIONS) as aws:
        for region in (HERE, *REGIONS):
            client(aws, "ec2", region=region).describe_vpcs(MaxResults=5)
        client(aws, "cloudtrail", account=OTHER).describe_trails()
        seen = aws.seen
        assert seen.calls == {"ec2:DescribeVpcs": 3, "cloudtrail:DescribeTrails": 1}
        assert seen.places == {(OWN, HERE): 2, (OWN, "eu-west-1"): 1, (OTHER, HERE): 1}
        assert [(one["operation"], one["region"], one["parameters"]) for one in seen.asked] == [
            ("DescribeVpcs", HERE, {"MaxResults": 5}), ("DescribeVpcs", "eu-west-1", {"MaxResults": 5}),
            ("DescribeTrails", HERE, {}),
        ]  # fmt: skip
        aws.forget()
        assert aws.seen.total == 0


def test_tls_is_trusted_with_the_authority_and_refused_without() -> None:
    with loopback(tls=True) as aws:
        trusting = client(aws, "ec2", verify=aws.environment["AWS_CA_BUNDLE"])
        assert [vpc["IsDefault"] for vpc in trusting.describe_vpcs()["Vpcs"]] == [True]
        with pytest.raises(SSLError):
            client(aws, "ec2").describe_vpcs()


WHAT_COMES: dict[str, Any] = {
    THROTTLE: (ClientError, "RequestLimitExceeded"),
    "error": (ClientError, "InternalError"),
    "unavailable": (ClientError, "Unavailable"),
    RESET: (ConnectionClosedError, "closed"),
    CUT: ((ResponseParserError, IncompleteReadError, ResponseStreamingError), None),
    HTML: ((ResponseParserError, ClientError), None),
    EXPIRED: (ClientError, "RequestExpired"),
    "skew": (ClientError, "AuthFailure"),
}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != STALE])
def test_a_fault_reaches_the_client_as_what_it_is(kind: str) -> None:
    error, words = WHAT_COMES[kind]
    with loopback(faults=Faults(share=1, kinds=(kind,), in_a_row=1)) as aws:
        ec2 = client(aws, "ec2")
        with pytest.raises(error, match=words):
            ec2.describe_subnets()
        assert len(ec2.describe_subnets()["Subnets"]) == 3
        assert aws.seen.injected == {kind: 1}


def test_a_stale_token_is_a_fault_of_later_pages_alone() -> None:
    with loopback(instances={HERE: 20}, faults=Faults(share=1, kinds=(STALE,), in_a_row=1)) as aws:
        ec2 = client(aws, "ec2")
        first = ec2.describe_instances(MaxResults=10)
        with pytest.raises(ClientError, match="InvalidNextToken"):
            ec2.describe_instances(MaxResults=10, NextToken=first["NextToken"])
        assert len(ec2.describe_instances(MaxResults=10, NextToken=first["NextToken"])["Reservations"]) == 10


def test_the_same_seed_draws_the_same_faults_in_any_order() -> None:
    names = ["describe_vpcs", "describe_subnets", "describe_addresses", "describe_flow_logs", "describe_nat_gateways"]

    def failures(aws: Loopback, order: list[str]) -> set[str]:
        aws.forget()
        failed = set()
        for name in order:
            try:
                getattr(client(aws, "ec2"), name)()
            except ClientError:
                failed.add(name)
        return failed

    with loopback(faults=Faults(share=0.5, kinds=(THROTTLE,), seed=7)) as aws:
        once = failures(aws, names)
        assert once == failures(aws, names[::-1])
        aws.change(faults=Faults(share=0.5, kinds=(THROTTLE,), seed=8))
        assert once not in (set(), set(names))
        assert failures(aws, names) != once


def test_what_is_denied_stays_denied() -> None:
    with loopback(faults=Faults(denied=("ec2:DescribeVpcs", "cloudtrail:DescribeTrails"))) as aws:
        for _ in range(3):
            with pytest.raises(ClientError, match="UnauthorizedOperation"):
                client(aws, "ec2").describe_vpcs()
        with pytest.raises(ClientError, match="AccessDenied"):
            client(aws, "cloudtrail").describe_trails()
        assert aws.seen.refused == {"ec2:DescribeVpcs": 3, "cloudtrail:DescribeTrails": 1}


def test_an_operation_that_nobody_knows_is_refused() -> None:
    import urllib.request

    with loopback() as aws:
        signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential={key_of(OWN)}/20260115/{HERE}/ec2/aws4_request"}
        asked = urllib.request.Request(aws.url, b"Action=DescribeUnicorns&Version=2016-11-15", signed)
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(asked)
        assert re.search(rb"<Code>InvalidAction</Code>", refused.value.read())
