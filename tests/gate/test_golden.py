"""The golden templates hold every function, every pseudo parameter and every type, and what each becomes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from scanner.gate.cloudformation.functions import PLAIN
from scanner.gate.cloudformation.intrinsics import SPECIAL
from scanner.gate.document import parse
from scanner.gate.mapping.services import SERVICES
from scanner.gate.mapping.table import MAPPERS
from scanner.model import Unknown
from tests.gate.templates_by_hand import TEMPLATES, plans, properties, surface_of_file

GOLDEN = sorted(TEMPLATES.glob("*.yaml"))
FUNCTIONS, SERVICES_FILE = TEMPLATES / "functions.yaml", TEMPLATES / "services.yaml"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
PSEUDO = {
    "AWS::AccountId", "AWS::NoValue", "AWS::NotificationARNs", "AWS::Partition", "AWS::Region", "AWS::StackId",
    "AWS::StackName", "AWS::URLSuffix",
}  # fmt: skip
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
DOCUMENTED = {
    "Ref", "Condition",
    *(f"Fn::{name}" for name in (
        "And", "Base64", "Cidr", "Equals", "FindInMap", "ForEach", "GetAtt", "GetAZs", "If", "ImportValue", "Join",
        "Length", "Not", "Or", "Select", "Split", "Sub", "ToJsonString",
    )),
}  # fmt: skip


def data_of(path: Path) -> Any:
    return parse(path.read_text(encoding="utf-8"), file=path.name).data


def functions_in(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name.startswith("Fn::") or (name in ("Ref", "Condition") and isinstance(inner, str)):
                yield "::".join(name.split("::")[:2])
            yield from functions_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from functions_in(inner)


def pseudo_parameters_in(value: Any) -> Iterator[str]:
    """Those that `Ref` and `Fn::Sub` name; the names of types stand elsewhere."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name == "Ref" and str(inner).startswith("AWS::"):
                yield inner
            elif name == "Fn::Sub":
                yield from re.findall(r"\$\{(AWS::\w+)\}", str(inner))
            yield from pseudo_parameters_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from pseudo_parameters_in(inner)


def test_every_function_that_is_read_is_one_of_aws_and_stands_in_a_golden_template() -> None:
    used = {name for path in GOLDEN for name in functions_in(data_of(path))}

    assert used == DOCUMENTED
    assert {*PLAIN, *SPECIAL, "Fn::ForEach", "Condition"} == DOCUMENTED


def test_every_pseudo_parameter_stands_in_a_golden_template() -> None:
    assert {name for path in GOLDEN for name in pseudo_parameters_in(data_of(path))} == PSEUDO


def test_every_type_that_is_read_stands_in_a_golden_template() -> None:
    read = (entry for path in GOLDEN for entry in data_of(path)["Resources"].values())
    used = {entry["Type"] for entry in read if isinstance(entry, Mapping)}

    # What AWS makes by itself is taken over in Terraform alone; the golden plans have these.
    assert used == {name for name in MAPPERS if not name.startswith("Default::")}


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_template_leaves_nothing_unread(path: Path) -> None:
    (plan,) = plans(path.read_text(encoding="utf-8"))

    assert plan.unread == ()
    assert plan.types_left == {}


def test_every_function_gives_what_cloudformation_gives() -> None:
    text = FUNCTIONS.read_text(encoding="utf-8")
    (plan,) = plans(text)
    subnet, group = properties(text, "Private"), properties(text, "Web")
    zones, stack, told = (tag["Value"] for tag in subnet["Tags"])

    assert {one.address for one in plan.resources} == {
        "Network", "Subneta", "Subnetb", "Private", "Web", "Host", "Messages", "Noticed",
    }  # fmt: skip
    assert properties(text, "Network")["CidrBlock"] == "10.0.0.0/16"
    assert properties(text, "Subnetb") == {
        "VpcId": "vpc-Network", "CidrBlock": "10.0.9.0/24", "AvailabilityZone": "eu-west-1b",
    }  # fmt: skip
    assert (subnet["CidrBlock"], subnet["AvailabilityZone"], zones) == ("10.0.1.0/24", "eu-west-1a", "2")
    assert subnet["MapPublicIpOnLaunch"] is False
    assert isinstance(stack, Unknown)
    assert isinstance(told, Unknown)
    assert "GroupName" not in group
    ssh, partners = group["SecurityGroupIngress"]
    assert ssh["CidrIp"] == "0.0.0.0/0"
    assert isinstance(partners["SourceSecurityGroupId"], Unknown)
    assert properties(text, "Host")["UserData"] == "IyEvYmluL3No"
    endpoint = properties(text, "Messages")
    assert endpoint["ServiceName"] == "com.amazonaws.eu-west-1.ssm"
    assert endpoint["PolicyDocument"]["Statement"][0]["Principal"] == {"AWS": "arn:aws:iam::111122223333:root"}
    noticed = properties(text, "Noticed")
    assert noticed["EventPattern"] == {"source": ["ec2.amazonaws.com"]}
    assert noticed["Targets"][0]["Input"] == '{"stage":"prod"}'


def test_every_service_brings_an_interface_into_its_subnet_and_wears_its_group() -> None:
    found = surface_of_file(SERVICES_FILE).inventory.of("AWS::EC2::NetworkInterface")
    services = {address for address, entry in data_of(SERVICES_FILE)["Resources"].items() if entry["Type"] in SERVICES}

    assert {one.id for one in found} == {f"eni-{address}-0" for address in services}
    assert {(one.get("SubnetId"), one.get("VpcId")) for one in found} == {("subnet-Private", "vpc-Network")}
    assert {group["GroupId"] for one in found for group in one.get("Groups")} == {"sg-Inside"}
