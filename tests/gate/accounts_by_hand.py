"""Accounts written in tests: what exists before a change, and what the gate says of a change laid over it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import scanner
from scanner.model import Inventory, ScanReport
from tests.by_hand import inventory

VPC, SUBNET, TABLE = "AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::RouteTable"
GROUP, ACL, GATEWAY = "AWS::EC2::SecurityGroup", "AWS::EC2::NetworkAcl", "AWS::EC2::InternetGateway"
INSTANCE, INTERFACE = "AWS::EC2::Instance", "AWS::EC2::NetworkInterface"

Told = set[tuple[str, str, str]]


def tags(stack: str, logical_id: str) -> list[dict[str, str]]:
    """The tags that CloudFormation puts on what it makes."""
    return [
        {"Key": "aws:cloudformation:stack-name", "Value": stack},
        {"Key": "aws:cloudformation:logical-id", "Value": logical_id},
    ]


def rule(port: int, block: str = "0.0.0.0/0") -> dict[str, Any]:
    """A rule of a security group."""
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": block}],
            "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []}  # fmt: skip


EVERYWHERE = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [], "PrefixListIds": [],
              "UserIdGroupPairs": []}  # fmt: skip


def network(*, ingress: Iterable[Mapping[str, Any]] = (), public: bool = False, stack: str = "net") -> dict[str, Any]:
    """A VPC with one subnet that a table leads to the internet, and a host in it."""
    address: dict[str, Any] = {"PrivateIpAddress": "10.0.0.10", "Primary": True}
    association = {"PublicIp": "54.10.10.10", "IpOwnerId": "amazon"}
    known = {"Association": association} if public else {}
    interface = {
        "NetworkInterfaceId": "eni-1", "VpcId": "vpc-1", "SubnetId": "subnet-1", "OwnerId": "111122223333",
        "AvailabilityZone": "eu-west-1a", "InterfaceType": "interface", "Status": "in-use", "RequesterManaged": False,
        "SourceDestCheck": True, "Groups": [{"GroupId": "sg-1", "GroupName": "web"}],
        "PrivateIpAddress": "10.0.0.10", "PrivateIpAddresses": [{**address, **known}], "Ipv6Addresses": [],
        "Attachment": {"InstanceId": "i-1", "DeviceIndex": 0, "Status": "attached"}, **known,
    }  # fmt: skip
    inside = {key: value for key, value in interface.items() if key != "AvailabilityZone"}
    return {
        VPC: [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "OwnerId": "111122223333", "State": "available",
               "CidrBlockAssociationSet": [{"CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}}],
               "Ipv6CidrBlockAssociationSet": [], "IsDefault": False, "Tags": tags(stack, "Vpc")}],
        SUBNET: [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24", "OwnerId": "111122223333",
                  "AvailabilityZone": "eu-west-1a", "MapPublicIpOnLaunch": public, "State": "available",
                  "Ipv6CidrBlockAssociationSet": [], "Tags": tags(stack, "Net")}],
        TABLE: [
            {"RouteTableId": "rtb-main", "VpcId": "vpc-1", "Associations": [{"Main": True, "RouteTableId": "rtb-main"}],
             "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}]},
            {"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Tags": tags(stack, "Table"),
             "Associations": [{"Main": False, "RouteTableId": "rtb-1", "SubnetId": "subnet-1",
                               "RouteTableAssociationId": "rtbassoc-1", "AssociationState": {"State": "associated"}}],
             "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"},
                        {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}]},
        ],
        GATEWAY: [{"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1", "State": "available"}],
                   "Tags": tags(stack, "Igw")}],
        ACL: [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": True,
               "Associations": [{"NetworkAclAssociationId": "aclassoc-1", "NetworkAclId": "acl-1", "SubnetId": "subnet-1"}],
               "Entries": [{"Egress": way, "Protocol": "-1", "RuleAction": action, "RuleNumber": number,
                            "CidrBlock": "0.0.0.0/0"}
                           for way in (True, False) for number, action in ((100, "allow"), (32767, "deny"))]}],
        GROUP: [
            {"GroupId": "sg-0", "GroupName": "default", "VpcId": "vpc-1", "OwnerId": "111122223333",
             "IpPermissions": [], "IpPermissionsEgress": []},
            {"GroupId": "sg-1", "GroupName": "web", "VpcId": "vpc-1", "OwnerId": "111122223333", "Description": "web",
             "IpPermissions": list(ingress), "IpPermissionsEgress": [EVERYWHERE], "Tags": tags(stack, "Web")},
        ],
        INTERFACE: [interface],
        INSTANCE: [{"InstanceId": "i-1", "VpcId": "vpc-1", "SubnetId": "subnet-1", "State": {"Name": "running", "Code": 16},
                    "ImageId": "ami-1", "InstanceType": "t3.micro", "PrivateIpAddress": "10.0.0.10",
                    **({"PublicIpAddress": "54.10.10.10"} if public else {}), "SourceDestCheck": True,
                    "SecurityGroups": interface["Groups"], "NetworkInterfaces": [inside],
                    "Placement": {"AvailabilityZone": "eu-west-1a"}, "Tags": tags(stack, "Host")}],
    }  # fmt: skip


SAME = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Joins: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Net: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: MAPS}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  Follows: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Net, RouteTableId: !Ref Table}}
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      VpcId: !Ref Vpc
      SecurityGroupIngress: [INGRESS]
  Host:
    Type: AWS::EC2::Instance
    Properties: {ImageId: ami-1, InstanceType: t3.micro, SubnetId: !Ref Net, SecurityGroupIds: [!Ref Web]}
"""


def same(*ports: int, maps: bool = False) -> str:
    """The template behind `network`, with these ports open to everybody."""
    rules = ", ".join(f"{{IpProtocol: tcp, FromPort: {one}, ToPort: {one}, CidrIp: 0.0.0.0/0}}" for one in ports)
    return SAME.replace("INGRESS", rules).replace("MAPS", str(maps).lower())


def account(given: Mapping[str, Any]) -> Inventory:
    """The one Region of an account, of which everything was asked."""
    return inventory(given)


def laid(folder: Path, text: str, before: Any, *, name: str = "net.yaml", **options: Any) -> ScanReport:
    """The report of a template laid over an account."""
    path = folder / name
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return scanner.gate(path, against=before, **options)


def told(findings: Iterable[Any]) -> Told:
    """Rule, outcome and id of each."""
    return {(one.rule_id, one.outcome.value, one.resource.id) for one in findings}


def new(report: ScanReport) -> Told:
    """What a change adds, doubts too."""
    return told(one for one in report.findings if one.change is not None and one.change.is_worse)


def closed(report: ScanReport) -> Told:
    """What a change closes."""
    assert report.comparison is not None
    return told(report.comparison.absent)
