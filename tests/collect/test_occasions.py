"""Lists that a scan spares: asked for where something would make of them what changes an answer, and where nobody knows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

import scanner
from scanner.aws.table import KINDS
from scanner.mock.estate import seed
from scanner.pipeline import collect
from scanner.reports import render

HOME = "eu-west-1"
PEERING, ATTACHMENTS = "DescribeVpcPeeringConnections", "DescribeTransitGatewayVpcAttachments"
GATEWAYS, TABLES = "DescribeTransitGateways", "DescribeTransitGatewayRouteTables"
TARGETS, CONFIGURATIONS, FILTERS = "DescribeTargetGroups", "DescribeLaunchConfigurations", "DescribeMetricFilters"
TRANSIT = {ATTACHMENTS, GATEWAYS, TABLES}
SPARED = {PEERING, TARGETS, CONFIGURATIONS, FILTERS} | TRANSIT


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[boto3.Session]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setattr("scanner.pipeline.clock.now", lambda: "2026-01-15T12:00:00Z")
    with mock_aws():
        yield boto3.Session(region_name=HOME)


def asked(session: boto3.Session, look: Callable[[boto3.Session], Any]) -> set[str]:
    """Which of the lists that may be spared are asked for meanwhile."""
    calls: list[str] = []
    session.events.register("before-call", lambda model, **_: calls.append(model.name), unique_id="asked")
    look(session)
    session.events.unregister("before-call", unique_id="asked")
    return SPARED & set(calls)


def scan(session: boto3.Session) -> scanner.ScanReport:
    return scanner.scan(session, [HOME])


def snapshot(session: boto3.Session) -> tuple[scanner.Inventory, ...]:
    return collect(frozenset(KINDS), scanner.Config(regions=(HOME,)), session=session, mode="mock")


def network(session: boto3.Session) -> tuple[Any, str, str, list[str]]:
    """The client, the default VPC, its main table and two subnets."""
    ec2 = session.client("ec2")
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    table = ec2.describe_route_tables()["RouteTables"][0]["RouteTableId"]
    return ec2, vpc, table, [one["SubnetId"] for one in ec2.describe_subnets()["Subnets"]][:2]


def peered(session: boto3.Session, *, routed: bool = True) -> None:
    ec2, vpc, table, _ = network(session)
    other = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    peering = ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=other)["VpcPeeringConnection"]
    id_ = peering["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=id_)
    if routed:
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="10.9.0.0/16", VpcPeeringConnectionId=id_)


def attached(session: boto3.Session) -> None:
    ec2, vpc, table, subnets = network(session)
    gateway = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=vpc, SubnetIds=subnets)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="10.0.0.0/8", TransitGatewayId=gateway)


def balanced(session: boto3.Session) -> None:
    subnets = network(session)[3]
    session.client("elbv2").create_load_balancer(Name="front", Subnets=subnets, Type="network")


def scaled(session: boto3.Session) -> None:
    client = session.client("autoscaling")
    client.create_launch_configuration(LaunchConfigurationName="old", ImageId="ami-1", InstanceType="t3.micro")
    client.create_auto_scaling_group(
        AutoScalingGroupName="web", LaunchConfigurationName="old", MinSize=0, MaxSize=1, AvailabilityZones=[f"{HOME}a"]
    )


def trailed(session: boto3.Session, *, region: str = HOME) -> None:
    session.client("s3", "us-east-1").create_bucket(Bucket="trails")
    session.client("cloudtrail", region).create_trail(
        Name="all", S3BucketName="trails", IsMultiRegionTrail=True, CloudWatchLogsRoleArn="arn:aws:iam::1:role/r",
        CloudWatchLogsLogGroupArn=f"arn:aws:logs:{region}:123456789012:log-group:trail:*",
    )  # fmt: skip


def test_a_scan_of_a_plain_account_spares_what_can_change_nothing(session: boto3.Session) -> None:
    assert asked(session, scan) == set()


def test_a_snapshot_spares_nothing(session: boto3.Session) -> None:
    assert asked(session, snapshot) == SPARED


@pytest.mark.parametrize(
    ("estate", "calls"),
    [
        (peered, {PEERING}),
        (lambda one: peered(one, routed=False), set()),
        (attached, TRANSIT),
        (balanced, {TARGETS}),
        (scaled, {CONFIGURATIONS}),
        (trailed, {FILTERS}),
        (lambda one: trailed(one, region="us-east-1"), set()),
    ],
)
def test_each_is_asked_for_on_its_occasion(
    session: boto3.Session, estate: Callable[[boto3.Session], None], calls: set[str]
) -> None:
    estate(session)
    assert asked(session, scan) == calls


@pytest.mark.parametrize(
    ("refused", "calls"),
    [
        ("DescribeRouteTables", {PEERING} | TRANSIT),
        ("DescribeLoadBalancers", {TARGETS}),
        ("DescribeAutoScalingGroups", {CONFIGURATIONS}),
        ("DescribeTrails", {FILTERS}),
    ],
)
def test_where_nobody_may_see_the_occasion_the_list_is_asked_for(
    session: boto3.Session, refused: str, calls: set[str]
) -> None:
    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, refused)

    session.events.register(f"before-call.*.{refused}", refuse)
    assert asked(session, scan) == calls


def test_a_scan_says_what_the_snapshot_of_the_same_account_says(session: boto3.Session) -> None:
    seed(session, region=HOME)
    for estate in (peered, attached, balanced, scaled):
        estate(session)
    live = scanner.scan(session, [HOME], include_pass=True)
    kept = scanner.evaluate(snapshot(session), include_pass=True)
    assert told(live) == told(kept)


def test_a_scan_of_a_plain_account_says_what_its_snapshot_says(session: boto3.Session) -> None:
    live = scanner.scan(session, [HOME], include_pass=True)
    assert told(live) == told(scanner.evaluate(snapshot(session), include_pass=True))


def told(report: scanner.ScanReport) -> list[dict[str, Any]]:
    findings: list[dict[str, Any]] = json.loads(render(report, format="json"))["findings"]
    return findings
