"""`scanner.scan` inside somebody's own `moto.mock_aws`, with resources made by plain boto3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

import scanner
from scanner.mock.account import invented_credentials

REGION = "us-east-1"


@pytest.fixture
def ec2() -> Iterator[Any]:
    with invented_credentials(region=REGION), mock_aws():
        yield boto3.Session(region_name=REGION).client("ec2")


def test_a_public_host_with_an_open_group_is_found_and_proved(ec2: Any) -> None:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    group = ec2.create_security_group(GroupName="open", Description="open", VpcId=vpc)["GroupId"]
    door = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[door])
    interface = {"DeviceIndex": 0, "SubnetId": subnet, "Groups": [group], "AssociatePublicIpAddress": True}
    made = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, NetworkInterfaces=[interface])
    instance = made["Instances"][0]["InstanceId"]

    report = scanner.scan(regions=[REGION], select=["NET001", "NET003", "NET006", "TRL001"])

    assert {(one.rule_id, one.outcome.value, one.severity.value, one.resource.id) for one in report.findings} == {
        ("NET001", "fail", "high", instance),
        ("NET003", "fail", "critical", instance),
        ("NET006", "fail", "high", group),
        ("TRL001", "fail", "high", REGION),
    }
    assert report.gaps == ()
    proof = next(one.path for one in report.findings if one.rule_id == "NET003")
    assert [hop.id for hop in proof if hop.kind == "AWS::EC2::SecurityGroup"] == [group]


def test_an_empty_account_has_nothing_to_hide_and_nothing_recorded(ec2: Any) -> None:
    report = scanner.scan(regions=[REGION], select=["NET001", "TRL001"], include_pass=True)
    assert [(one.rule_id, one.outcome.value) for one in report.findings] == [("TRL001", "fail")]
