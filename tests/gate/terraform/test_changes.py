"""What becomes of each resource, and every form in which a plan may come."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import scanner
from scanner.errors import TemplateError
from scanner.gate.sources import gather
from tests.gate.terraform.plans_by_hand import ACCOUNT, change, of_notes, plan_json, planned, plans, saved

OPEN = """
aws_security_group.Wide:
  vpc_id: vpc-1
  ingress: [{protocol: tcp, from_port: 22, to_port: 22, cidr_blocks: [0.0.0.0/0], self: false}]
"""
BEFORE = {"id": "sg-0aa", "name": "wide", "vpc_id": "vpc-1"}


def acted(actions: list[str], *, before: Any = None, after: Any = None) -> dict[str, Any]:
    data = of_notes(OPEN)
    told = data["resource_changes"][0]["change"]
    told.update(actions=actions, before=before)
    if before is not None:
        told["after"] = after
        told["after_unknown"] = {}
    return data


@pytest.mark.parametrize(
    ("actions", "after", "action", "id_"),
    [
        (["no-op"], BEFORE, "keep", "sg-0aa"),
        (["update"], BEFORE, "update", "sg-0aa"),
        (["delete", "create"], {"vpc_id": "vpc-1"}, "replace", "sg-aws_security_group.Wide"),
        (["create", "delete"], {"vpc_id": "vpc-1"}, "replace", "sg-aws_security_group.Wide"),
        (["forget"], None, "keep", "sg-0aa"),
    ],
)
def test_an_action_tells_the_id(actions: list[str], after: Any, action: str, id_: str) -> None:
    found = planned(acted(actions, before=BEFORE, after=after), "aws_security_group.Wide")

    assert (found.action, found.id, found.is_existing) == (action, id_, id_ == "sg-0aa")


def test_what_is_deleted_is_not_planned() -> None:
    (plan,) = plans(acted(["delete"], before=BEFORE))

    assert plan.resources == ()


def test_an_existing_group_is_found_by_its_own_id() -> None:
    data = acted(["no-op"], before=BEFORE, after=BEFORE)
    data["resource_changes"].append(change("aws_instance.It", {"vpc_security_group_ids": ["sg-0aa"]}))

    assert planned(data, "aws_instance.It").properties["SecurityGroupIds"] == ["sg-0aa"]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda plan: plan,
        lambda plan: {"plan": plan},
        lambda plan: [plan],
        lambda plan: [{"plan": plan}],
        lambda plan: {"meta": 1, "x": plan},
    ],
    ids=["bare", "in a mapping", "in a list", "in mappings in a list", "beside others"],
)
def test_a_plan_is_found_in_its_wrapping(wrap: Any) -> None:
    assert planned(wrap(of_notes(OPEN)), "aws_security_group.Wide").type == "AWS::EC2::SecurityGroup"


def test_planned_values_do_without_changes() -> None:
    data = of_notes(
        "aws_subnet.It: {cidr_block: 10.0.0.0/24, vpc_id: !ref aws_vpc.It.id}\naws_vpc.It: {cidr_block: 10.0.0.0/16}"
    )
    told = [{"address": one["address"], "mode": "managed", "type": one["type"], "name": one["name"], "values": one["change"]["after"]}
            for one in data.pop("resource_changes")]  # fmt: skip
    data["planned_values"] = {"root_module": {"resources": told[:1], "child_modules": []}}
    data["planned_values"]["root_module"]["resources"].append(told[1])

    assert planned(data, "aws_subnet.It").properties == {"CidrBlock": "10.0.0.0/24", "VpcId": "vpc-aws_vpc.It"}


def test_a_state_is_what_exists() -> None:
    values = {"id": "sg-0aa", "name": "wide", "vpc_id": "vpc-1", "ingress": [], "egress": []}
    told = {
        "address": "aws_security_group.It",
        "mode": "managed",
        "type": "aws_security_group",
        "name": "It",
        "values": values,
    }
    data = {"format_version": "1.0", "terraform_version": "1.9.5", "values": {"root_module": {"resources": [told]}}}

    found = planned(data, "aws_security_group.It")
    assert (found.action, found.id, found.is_existing) == ("keep", "sg-0aa", True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_plan_from_powershell_is_read(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(json.dumps(of_notes(OPEN)).encode(encoding))

    report = scanner.gate(tmp_path, account=ACCOUNT)
    assert "aws_security_group.Wide" in {finding.location.address for finding in report.findings if finding.location}


def failure(path: Path) -> TemplateError:
    (found,) = gather([path]).failures
    return found


def test_a_binary_plan_gets_the_command_that_helps(tmp_path: Path) -> None:
    path = tmp_path / "tfplan"
    path.write_bytes(b"PK\x03\x04\x14\0\x08\0tfplan")

    assert failure(path).cure == f"write it as JSON: terraform show -json {path.as_posix()} > plan.json"


@pytest.mark.parametrize("name", ["", "main.tf"])
def test_terraforms_source_gets_the_command_that_helps(name: str, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_vpc" "it" {}\n', encoding="utf-8")

    assert "terraform show -json" in (failure(tmp_path / name if name else tmp_path).cure or "")


def test_a_format_from_the_future_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, plan_json({}, format_version="2.0"))

    report = scanner.gate(path)
    assert ["the format 2.0, which is too new" in target.failed for target in report.targets] == [True]


def gaps(data: Any) -> set[tuple[str, tuple[str, ...]]]:
    return {(one.what, one.kinds) for plan in plans(data) for one in plan.unread}


def test_a_relevant_type_that_is_not_read_is_told() -> None:
    data = of_notes(
        "aws_ec2_fleet.It: {type: maintain}\naws_cloudformation_stack.It: {name: x}\naws_s3_bucket.It: {bucket: x}"
    )

    assert gaps(data) == {
        ("aws_ec2_fleet.It (aws_ec2_fleet)", ("AWS::EC2::Instance", "AWS::EC2::NetworkInterface")),
        ("aws_cloudformation_stack.It (aws_cloudformation_stack)", ()),
    }
    assert [plan.types_left for plan in plans(data)] == [{"aws_s3_bucket": 1}]


def test_a_policy_for_a_role_that_exists_already_is_told() -> None:
    data = of_notes(
        "aws_iam_role_policy_attachment.It: {role: old, policy_arn: arn:aws:iam::aws:policy/ReadOnlyAccess}"
    )

    assert gaps(data) == {("aws_iam_role_policy_attachment.It (aws_iam_role_policy_attachment)", ("AWS::IAM::Role",))}


def test_a_plan_that_is_not_whole_says_so() -> None:
    assert gaps(plan_json({}, errored=True)) == {("the plan", ())}
    assert gaps(plan_json({}, complete=False)) == {("the plan", ())}
    deferred = [{"reason": "instance_count_unknown", "resource_change": change("aws_vpc.It", {})}]
    assert gaps(plan_json({}, deferred_changes=deferred)) == {("aws_vpc.It (aws_vpc)", ("AWS::EC2::VPC",))}


def test_drift_is_no_change() -> None:
    assert [plan.resources for plan in plans(plan_json({}, resource_drift=of_notes(OPEN)["resource_changes"]))] == [()]


def test_the_region_of_a_provider_is_that_of_its_resources() -> None:
    data = of_notes(
        "aws_vpc.Here: {cidr_block: 10.0.0.0/16}\naws_vpc.There: {cidr_block: 10.1.0.0/16}\naws_vpc.Own: {region: us-west-2}"
    )
    config = data["configuration"]
    config["provider_config"]["aws.paris"] = {
        "name": "aws",
        "alias": "paris",
        "expressions": {"region": {"references": ["var.far"]}},
    }
    config["root_module"]["resources"][1]["provider_config_key"] = "aws.paris"
    data["variables"] = {"far": {"value": "eu-west-3"}}

    assert {plan.region: [one.address for one in plan.resources] for plan in plans(data)} == {
        "eu-west-1": ["aws_vpc.Here"], "eu-west-3": ["aws_vpc.There"], "us-west-2": ["aws_vpc.Own"],
    }  # fmt: skip


def test_the_account_of_a_role_that_is_taken_is_that_of_its_resources() -> None:
    data = of_notes("aws_vpc.It: {cidr_block: 10.0.0.0/16}")
    role = [{"role_arn": {"constant_value": "arn:aws:iam::444455556666:role/deploy"}}]
    data["configuration"]["provider_config"]["aws"]["expressions"]["assume_role"] = role

    assert [plan.account for plan in plans(data)] == ["444455556666"]


def test_tags_of_the_provider_are_tags() -> None:
    data = of_notes("aws_vpc.It: {cidr_block: 10.0.0.0/16, tags: {Name: it}, tags_all: {Name: it, team: net}}")

    assert planned(data, "aws_vpc.It").properties["Tags"] == {"Name": "it", "team": "net"}
