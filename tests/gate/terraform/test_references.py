"""Ids that are unknown before the apply are found through modules, counts, loops, variables and data sources."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.gate.planned import Open
from tests.gate.terraform.plans_by_hand import Ref, block, change, expression, of_notes, plan_json, planned

NETWORK = "aws_vpc.It: {cidr_block: 10.0.0.0/16}\n"


def vpc_of(data: dict[str, Any], address: str) -> Any:
    return planned(data, address).properties.get("VpcId")


def nested() -> dict[str, Any]:
    """A network in one module, its parts in another: `module.net` gives what `module.app["a"]` takes."""
    data = plan_json({})
    net = "module.net"
    data["resource_changes"] = [
        change("aws_vpc.this", {"cidr_block": "10.0.0.0/16"}, key=0, module=net),
        *(
            change(
                "aws_subnet.public", {"vpc_id": Ref("aws_vpc.this"), "cidr_block": f"10.0.{n}.0/24"}, key=n, module=net
            )
            for n in (0, 1)
        ),
        *(change("aws_security_group.web", {"vpc_id": Ref("var.vpc_id")}, module=f'module.app["{k}"]') for k in "ab"),
        *(
            change(
                "aws_instance.web", {"subnet_id": Ref("var.subnets", "count.index")}, key=n, module='module.app["a"]'
            )
            for n in (0, 1)
        ),
    ]
    root = data["configuration"]["root_module"]
    root["module_calls"] = {
        "net": {
            "source": "./net",
            "module": {
                "outputs": {
                    "vpc_id": {"expression": {"references": ["aws_vpc.this[0].id", "aws_vpc.this[0]", "aws_vpc.this"]}},
                    "subnets": {"expression": {"references": ["aws_subnet.public"]}},
                },
                "resources": [
                    block("aws_vpc.this", {"cidr_block": "10.0.0.0/16"}, count_expression={"constant_value": 1}),
                    block("aws_subnet.public", {"vpc_id": Ref("aws_vpc.this")}, count_expression={"constant_value": 2}),
                ],
            },
        },
        "app": {
            "source": "./app",
            "for_each_expression": {"constant_value": ["a", "b"]},
            "expressions": {
                "vpc_id": {"references": ["module.net.vpc_id", "module.net"]},
                "subnets": {"references": ["module.net.subnets", "module.net"]},
            },
            "module": {
                "variables": {"vpc_id": {}, "subnets": {}},
                "resources": [
                    block("aws_security_group.web", {"vpc_id": Ref("var.vpc_id")}),
                    block("aws_instance.web", {"subnet_id": Ref("var.subnets", "count.index")}),
                ],
            },
        },
    }
    return data


def test_an_output_of_one_module_leads_into_another() -> None:
    data = nested()

    assert vpc_of(data, 'module.app["a"].aws_security_group.web') == "vpc-module.net.aws_vpc.this[0]"
    assert vpc_of(data, 'module.app["b"].aws_security_group.web') == "vpc-module.net.aws_vpc.this[0]"


@pytest.mark.parametrize("index", [0, 1])
def test_a_count_picks_its_own_member_of_a_list_from_another_module(index: int) -> None:
    found = planned(nested(), f'module.app["a"].aws_instance.web[{index}]')

    assert found.properties["SubnetId"] == f"subnet-module.net.aws_subnet.public[{index}]"


def looped(references: list[str], for_each: Any) -> dict[str, Any]:
    """Associations that run over subnets by key."""
    data = plan_json({})
    data["resource_changes"] = [
        change("aws_vpc.this", {"cidr_block": "10.0.0.0/16"}),
        *(change("aws_subnet.part", {"vpc_id": Ref("aws_vpc.this.id")}, key=key) for key in "ab"),
        *(change("aws_network_acl_association.of", {"subnet_id": Ref("x")}, key=key) for key in "ab"),
    ]
    data["configuration"]["root_module"]["resources"] = [
        block("aws_vpc.this", {"cidr_block": "10.0.0.0/16"}),
        block("aws_subnet.part", {"vpc_id": Ref("aws_vpc.this.id")}),
        {**block("aws_network_acl_association.of", {}), "for_each_expression": for_each,
         "expressions": {"subnet_id": {"references": references}}},
    ]  # fmt: skip
    return data


@pytest.mark.parametrize(
    "references",
    [["aws_subnet.part", "each.key"], ["each.value.id", "each.value"]],
    ids=["by key", "by value"],
)
@pytest.mark.parametrize("key", ["a", "b"])
def test_a_loop_picks_the_instance_of_its_own_key(references: list[str], key: str) -> None:
    data = looped(references, {"references": ["aws_subnet.part"]})

    found = planned(data, f'aws_network_acl_association.of["{key}"]')
    assert found.properties["SubnetId"] == f'subnet-aws_subnet.part["{key}"]'


def test_behind_a_local_the_only_one_of_its_type_is_inferred() -> None:
    data = of_notes(NETWORK + "aws_subnet.It: {vpc_id: !ref local.vpc_id, cidr_block: 10.0.0.0/24}")

    assert vpc_of(data, "aws_subnet.It") == "vpc-aws_vpc.It"


def test_behind_a_local_nobody_chooses_among_several() -> None:
    other = "aws_vpc.Other: {cidr_block: 10.1.0.0/16}\n"
    data = of_notes(NETWORK + other + "aws_subnet.It: {vpc_id: !ref local.vpc_id, cidr_block: 10.0.0.0/24}")

    found = vpc_of(data, "aws_subnet.It")
    assert isinstance(found, Open)
    assert set(found.candidates) == {"vpc-aws_vpc.It", "vpc-aws_vpc.Other"}
    assert found.token == ""


def test_a_choice_between_two_resources_stays_open() -> None:
    other = "aws_vpc.Other: {cidr_block: 10.1.0.0/16}\n"
    chosen = "aws_subnet.It: {vpc_id: !ref [aws_vpc.It.id, aws_vpc.Other.id], cidr_block: 10.0.0.0/24}"

    assert isinstance(vpc_of(of_notes(NETWORK + other + chosen), "aws_subnet.It"), Open)


def test_an_attribute_of_another_resource_is_followed_to_its_end() -> None:
    data = of_notes(
        NETWORK
        + "aws_subnet.It: {vpc_id: !ref aws_vpc.It.id}\naws_security_group.It: {vpc_id: !ref aws_subnet.It.vpc_id}"
    )

    assert vpc_of(data, "aws_security_group.It") == "vpc-aws_vpc.It"


def test_two_that_name_one_unread_data_source_name_the_same_thing() -> None:
    group = "aws_security_group.{0}: {{vpc_id: !ref data.aws_vpc.found.id}}\n"
    data = of_notes(group.format("One") + group.format("Two"))
    data["configuration"]["root_module"]["resources"].append(
        {"mode": "data", "type": "aws_vpc", "name": "found", "expressions": {}}
    )
    data["resource_changes"].append(
        {"address": "data.aws_vpc.found", "mode": "data", "type": "aws_vpc", "name": "found",
         "change": {"actions": ["read"], "before": None, "after": {}, "after_unknown": {"id": True}}}
    )  # fmt: skip

    found = [vpc_of(data, f"aws_security_group.{name}") for name in ("One", "Two")]
    assert found[0] == found[1]
    assert isinstance(found[0], str)


def test_what_comes_to_nothing_although_all_of_it_is_known_was_written_as_null() -> None:
    data = of_notes(
        "aws_instance.It: {ami: ami-1, associate_public_ip_address: !ref var.public}",
        variables={"public": {"value": None}},
    )

    assert "AssociatePublicIpAddress" not in planned(data, "aws_instance.It").properties


def test_what_a_function_makes_up_stays_open() -> None:
    data = of_notes("aws_instance.It: {ami: ami-1, associate_public_ip_address: !ref local.public}")

    assert isinstance(planned(data, "aws_instance.It").properties["AssociatePublicIpAddress"], Open)


def test_a_list_that_is_unknown_as_a_whole_is_what_it_refers_to() -> None:
    groups = "aws_security_group.A: {name: a}\naws_security_group.B: {name: b}\n"
    data = of_notes(
        groups + "aws_instance.It: {vpc_security_group_ids: !ref [aws_security_group.A.id, aws_security_group.B.id]}"
    )

    found = planned(data, "aws_instance.It").properties["SecurityGroupIds"]
    assert found == ["sg-aws_security_group.A", "sg-aws_security_group.B"]


@pytest.mark.parametrize("attribute", ["main_route_table_id", "default_route_table_id"])
def test_a_route_in_the_main_table_of_a_new_vpc_is_there(attribute: str) -> None:
    data = of_notes(
        NETWORK
        + f"""
aws_internet_gateway.It: {{vpc_id: !ref aws_vpc.It.id}}
aws_route.It:
  route_table_id: !ref aws_vpc.It.{attribute}
  destination_cidr_block: 0.0.0.0/0
  gateway_id: !ref aws_internet_gateway.It.id
"""
    )
    assert (
        planned(data, "aws_route.It", "AWS::EC2::Route").properties["RouteTableId"] == "rtb-default-of-vpc-aws_vpc.It"
    )
    assert planned(data, "aws_route.It", "Default::RouteTable").id == "rtb-default-of-vpc-aws_vpc.It"


def test_references_in_a_circle_end() -> None:
    data = of_notes("aws_subnet.It: {vpc_id: !ref module.a.vpc}")
    data["configuration"]["root_module"]["module_calls"] = {
        "a": {
            "expressions": {"x": expression(Ref("module.a.vpc"))},
            "module": {"outputs": {"vpc": {"expression": expression(Ref("var.x"))}}},
        }
    }

    assert isinstance(vpc_of(data, "aws_subnet.It"), Open)
