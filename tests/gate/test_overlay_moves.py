"""What moves is in one place only, what goes takes along what hangs on it, and going undoes coming."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import scanner
from scanner.gate.overlay import lay
from scanner.model import Inventory
from tests.gate.accounts_by_hand import ACL, GROUP, INTERFACE, SUBNET, TABLE, account, laid, network, new, rule, same
from tests.gate.templates_by_hand import ACCOUNT, REGION, plans

PARTS = {
    "a rule": "It: {Type: AWS::EC2::SecurityGroupIngress, Properties: {GroupId: sg-1, IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}}",
    "a rule out": "It: {Type: AWS::EC2::SecurityGroupEgress, Properties: {GroupId: sg-1, IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 10.0.0.0/8}}",
    "a route": "It: {Type: AWS::EC2::Route, Properties: {RouteTableId: rtb-main, DestinationCidrBlock: 0.0.0.0/0, GatewayId: igw-1}}",
    "an entry": "It: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: acl-1, RuleNumber: 7, Protocol: -1, RuleAction: deny, CidrBlock: 0.0.0.0/0}}",
    "a host": "It: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: subnet-1, SecurityGroupIds: [sg-1]}}",
    "a subnet": "It: {Type: AWS::EC2::Subnet, Properties: {VpcId: vpc-1, CidrBlock: 10.0.9.0/24}}",
    "an endpoint": "It: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: vpc-1, ServiceName: com.amazonaws.eu-west-1.s3, RouteTableIds: [rtb-1]}}",
    "a tunnel": "It: {Type: AWS::EC2::InstanceConnectEndpoint, Properties: {SubnetId: subnet-1, SecurityGroupIds: [sg-1]}}",
    "an address": "It: {Type: AWS::EC2::EIP, Properties: {InstanceId: i-1}}",
    "a group": "It: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: x, VpcId: vpc-1}}",
}  # fmt: skip


def before() -> Inventory:
    return account(network(ingress=[rule(443)], public=True))


def said(inventories: Any) -> set[tuple[Any, ...]]:
    found = scanner.evaluate(inventories, include_pass=True).findings
    return {(one.rule_id, one.outcome, one.resource.id, one.message) for one in found}


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_deleting_what_was_added_leaves_what_there_was(part: str) -> None:
    (plan,) = plans(f"Resources:\n  {part}\n")
    # AWS takes an address of its own back for good where an Elastic IP comes.
    was = account(network(ingress=[rule(443)], public="AWS::EC2::EIP" not in part))
    there = lay(plan, [was], account=ACCOUNT, region=REGION)
    again = replace(plan, resources=(), deleted=plan.resources)
    back = lay(again, there.inventories, account=ACCOUNT, region=REGION)
    assert said(there.inventories) != said([was]) or "rule out" in part or "Egress" in part
    assert said(back.inventories) == said([was])


def test_laying_a_plan_changes_nothing_of_what_it_is_laid_over(tmp_path: Path) -> None:
    given = network(ingress=[rule(443)])
    kept = copy.deepcopy(given)
    laid(
        tmp_path,
        same(443, 22, maps=False)
        + "  "
        + "\n  ".join(one.replace("It:", f"It{n}:") for n, one in enumerate(PARTS.values())),
        account(given),
    )
    text = "Resources: {Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: vpc-1}}}"
    laid(tmp_path, text, account(given))
    assert given == kept


def test_a_subnet_follows_one_table_and_one_acl() -> None:
    text = """
    Resources:
      Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: vpc-1}}
      Acl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: vpc-1}}
      Follows: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: subnet-1, RouteTableId: !Ref Table}}
      Obeys: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {SubnetId: subnet-1, NetworkAclId: !Ref Acl}}
    """
    (plan,) = plans(text)
    world = lay(plan, [before()], account=ACCOUNT, region=REGION).inventories[0]
    assert [one.id for one in world.linked(TABLE, "Associations[].SubnetId", "subnet-1")] == ["rtb-Table"]
    assert [one.id for one in world.linked(ACL, "Associations[].SubnetId", "subnet-1")] == ["acl-Acl"]


def test_a_new_subnet_of_a_vpc_that_exists_follows_its_default_acl() -> None:
    (plan,) = plans(f"Resources:\n  {PARTS['a subnet']}\n")
    world = lay(plan, [before()], account=ACCOUNT, region=REGION).inventories[0]
    assert [one.id for one in world.linked(ACL, "Associations[].SubnetId", "subnet-It")] == ["acl-1"]
    assert {one.id for one in world.of(GROUP)} == {"sg-0", "sg-1"}
    assert {one.id for one in world.of(SUBNET)} == {"subnet-1", "subnet-It"}


def test_a_host_that_exists_keeps_its_interface(tmp_path: Path) -> None:
    (plan,) = plans("Resources:\n  Elastic: {Type: AWS::EC2::EIP, Properties: {InstanceId: i-1}}\n")
    world = lay(plan, [account(network(ingress=[rule(22)]))], account=ACCOUNT, region=REGION).inventories[0]
    (interface,) = world.of(INTERFACE)
    assert interface.id == "eni-1"
    assert interface.get("Association.AllocationId") == "eipalloc-Elastic"
    text = "Resources:\n  Elastic: {Type: AWS::EC2::EIP, Properties: {InstanceId: i-1}}\n"
    report = laid(tmp_path, text, account(network(ingress=[rule(22)])), name="other.yaml")
    assert {("NET001", "fail", "i-1"), ("NET003", "fail", "i-1")} <= new(report)


def test_the_same_default_group_is_meant() -> None:
    text = """
    Resources:
      Host: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: subnet-1}}
    """
    (plan,) = plans(text)
    world = lay(plan, [before()], account=ACCOUNT, region=REGION).inventories[0]
    assert [one["GroupId"] for one in world.find("AWS::EC2::Instance", "i-Host").get("SecurityGroups")] == ["sg-0"]  # type: ignore[union-attr]
