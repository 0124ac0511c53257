"""One network, written for Terraform and for CloudFormation: the same resources, the same findings, every type read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import scanner
from scanner.aws.shapes import shape_of
from scanner.gate.terraform.joins import JOINS
from scanner.gate.terraform.words.table import ENTRIES
from tests.gate.templates_by_hand import EVERYTHING as TEMPLATE
from tests.gate.terraform.plans_by_hand import (
    ACCOUNT,
    EVERYTHING,
    NOTES,
    REGION,
    notes,
    of_notes,
    plans,
    saved,
    surface,
)
from tests.gate.test_shapes import strangers

REST = NOTES / "rest.yaml"


def without_type(text: str) -> str:
    """Words in which "aws_subnet.Public" and the logical id "Public" are one."""
    return re.sub(r"\baws_[a-z0-9_]+\.", "", text)


def answers(path: Path) -> dict[tuple[str, str, str], tuple[str, str]]:
    report = scanner.gate(path, include_pass=True, account=ACCOUNT, region=REGION)
    return {
        (one.rule_id, one.resource.kind, without_type(one.resource.id)): (one.outcome.value, without_type(one.message))
        for one in report.findings
    }


def test_a_network_has_the_same_findings_in_both_spellings(tmp_path: Path) -> None:
    written = saved(tmp_path, of_notes(EVERYTHING.read_text(encoding="utf-8")))

    assert answers(written) == answers(TEMPLATE)


def test_some_of_these_findings_fail_and_some_pass() -> None:
    outcomes = {outcome for outcome, _ in answers(TEMPLATE).values()}

    assert {"pass", "fail"} <= outcomes


def test_every_type_that_is_read_has_a_golden_note() -> None:
    written = {
        address.partition(".")[0] for note in (EVERYTHING, REST) for address in notes(note.read_text(encoding="utf-8"))
    }

    assert written == {*ENTRIES, *JOINS}


@pytest.mark.parametrize("note", [EVERYTHING, REST], ids=lambda note: note.stem)
def test_a_golden_plan_leaves_nothing_unread(note: Path) -> None:
    (plan,) = plans(of_notes(note.read_text(encoding="utf-8")))

    assert plan.unread == ()
    assert plan.types_left == {}


@pytest.mark.parametrize("note", [EVERYTHING, REST], ids=lambda note: note.stem)
def test_what_terraform_plans_has_awss_own_names_and_types(note: Path) -> None:
    found = [
        one
        for resource, row in surface(of_notes(note.read_text(encoding="utf-8"))).rows.items()
        for key, value in row.facts.items()
        for one in strangers(value, shape_of(resource.kind).members[key], f"{resource.kind}.{key}")
    ]

    assert not found


def facts(data: Any, kind: str, id_: str) -> Any:
    found = surface(data).inventory.find(kind, id_)
    assert found is not None
    return found.facts


def test_attachments_join_what_they_are_about() -> None:
    data = of_notes(REST.read_text(encoding="utf-8"))

    endpoint = facts(data, "AWS::EC2::VPCEndpoint", "vpce-aws_vpc_endpoint.Ssm")
    assert endpoint["SubnetIds"] == ["subnet-aws_subnet.One"]
    assert [one["GroupId"] for one in endpoint["Groups"]] == ["sg-aws_security_group.Group"]
    assert endpoint["PrivateDnsEnabled"] is True
    targets = facts(data, "AWS::ElasticLoadBalancingV2::TargetGroup", "targets")
    assert [one["Target"]["Id"] for one in targets["TargetHealthDescriptions"]] == ["i-aws_spot_instance_request.Cheap"]
    assert facts(data, "AWS::EC2::PrefixList", "pl-aws_ec2_managed_prefix_list.List")["Entries"] == [
        {"Cidr": "192.0.2.0/24"}
    ]


def test_a_default_route_table_is_the_main_one_of_its_vpc() -> None:
    table = facts(of_notes(REST.read_text(encoding="utf-8")), "AWS::EC2::RouteTable", "rtb-default-of-vpc-aws_vpc.Net")

    assert [one["Main"] for one in table["Associations"]] == [True]
    assert {one.get("GatewayId") for one in table["Routes"]} == {"local", "igw-aws_internet_gateway.Gate"}


def test_another_table_can_become_the_main_one() -> None:
    found = surface(of_notes(REST.read_text(encoding="utf-8"))).inventory

    assert found.find("AWS::EC2::RouteTable", "rtb-default-of-vpc-aws_vpc.Second") is None
    table = found.find("AWS::EC2::RouteTable", "rtb-aws_route_table.Chosen")
    assert table is not None
    assert [one["Main"] for one in table.facts["Associations"]] == [True]


def test_a_default_acl_that_is_taken_over_has_only_what_is_written() -> None:
    acl = facts(of_notes(REST.read_text(encoding="utf-8")), "AWS::EC2::NetworkAcl", "acl-default-of-vpc-aws_vpc.Net")

    assert [(one["RuleNumber"], one["RuleAction"]) for one in acl["Entries"] if not one["Egress"]] == [
        (32767, "deny"),
        (100, "allow"),
    ]
    assert [one["SubnetId"] for one in acl["Associations"]] == ["subnet-aws_subnet.One"]


def test_a_default_group_that_is_taken_over_lets_nobody_in_or_out() -> None:
    data = of_notes(
        "aws_vpc.It: {cidr_block: 10.0.0.0/16}\naws_default_security_group.It: {vpc_id: !ref aws_vpc.It.id}"
    )
    group = facts(data, "AWS::EC2::SecurityGroup", "sg-default-of-vpc-aws_vpc.It")

    assert (group["IpPermissions"], group["IpPermissionsEgress"]) == ([], [])


def test_a_group_without_egress_lets_nobody_out() -> None:
    data = of_notes("aws_vpc.It: {cidr_block: 10.0.0.0/16}\naws_security_group.It: {vpc_id: !ref aws_vpc.It.id}")

    assert facts(data, "AWS::EC2::SecurityGroup", "sg-aws_security_group.It")["IpPermissionsEgress"] == []


def test_an_endpoint_keeps_the_clients_address_unless_told_otherwise() -> None:
    data = of_notes(
        """
        aws_vpc.It: {cidr_block: 10.0.0.0/16}
        aws_subnet.It: {vpc_id: !ref aws_vpc.It.id, cidr_block: 10.0.0.0/24}
        aws_ec2_instance_connect_endpoint.It: {subnet_id: !ref aws_subnet.It.id}
        """
    )
    endpoint = facts(data, "AWS::EC2::InstanceConnectEndpoint", "eice-aws_ec2_instance_connect_endpoint.It")

    assert endpoint["PreserveClientIp"] is True
    assert endpoint["SecurityGroupIds"] == ["sg-default-of-vpc-aws_vpc.It"]
    assert endpoint["VpcId"] == "vpc-aws_vpc.It"


def test_an_instance_without_a_subnet_stands_in_the_default_vpc() -> None:
    found = facts(
        of_notes("aws_instance.It: {ami: ami-1, instance_type: t3.micro}"), "AWS::EC2::Instance", "i-aws_instance.It"
    )

    assert found["VpcId"] == "vpc-default"
