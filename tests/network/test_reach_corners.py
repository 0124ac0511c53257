"""Corners of `scanner.reach`: doubts beside open ways, blocks inside and outside of VPCs, what is a cut and what is none."""

from __future__ import annotations

from typing import Any

import pytest

import scanner
from scanner.model import View
from scanner.network.reach import Reach, reach_among
from tests.network.estates import (
    GROUP,
    INTERFACE,
    LIST,
    SUBNET,
    TABLE,
    V4,
    VPC,
    Estate,
    address,
    public_host,
    route,
    rule,
    two_hosts,
)
from tests.network.front_doors import INSTANCE, TARGETS, hidden_host, network_balancer, put


def asked(estate: Estate, source: str, target: str, **options: Any) -> Reach:
    return scanner.reach(estate.inventory(), source, target, **options)


def public_instance(state: str = "running") -> Estate:
    """The public host's interface on an instance."""
    estate = public_host().put(INTERFACE, "eni-1", Attachment={"InstanceId": "i-1", "DeviceIndex": 0})
    return estate.add(INSTANCE, InstanceId="i-1", VpcId="vpc-1", SubnetId="subnet-1", State={"Name": state})


def test_an_interface_that_cannot_be_judged_hides_no_open_way_to_another() -> None:
    estate = public_instance().interface(
        "eni-3", "subnet-1", address("10.1.1.8"), Attachment={"InstanceId": "i-1", "DeviceIndex": 1}
    )
    estate.put(INTERFACE, "eni-3", Groups=[{}])
    assert asked(estate, "internet", "i-1").verdict.value == "reachable"
    estate.put(GROUP, "sg-1", IpPermissions=[])
    assert asked(estate, "internet", "i-1").verdict.value == "unknown"


def test_from_a_block_beyond_the_vpcs_those_are_tried_whom_the_groups_let_in() -> None:
    estate = two_hosts().routes("rtb-1", route("192.168.0.0/16", "vgw-1"))
    estate.put(GROUP, "sg-2", IpPermissions=[rule("192.168.5.0/24")])
    assert asked(estate, "192.168.0.0/16", "eni-2").verdict.value == "unknown"
    assert asked(estate, "192.168.6.0/24", "eni-2").verdict.value == "not-reachable"


def test_a_block_of_the_vpc_in_which_no_subnet_lies_is_nobodys_and_never_beyond_it() -> None:
    estate = (
        two_hosts().put(SUBNET, "subnet-1", CidrBlock="10.1.1.0/24").put(SUBNET, "subnet-2", CidrBlock="10.1.2.0/24")
    )
    found = asked(estate, "10.1.9.0/24", "eni-2")
    assert (found.verdict.value, [(hop.kind, hop.id) for hop in found.hops]) == ("not-reachable", [(VPC, "vpc-1")])
    assert found.hops[0].rule == "10.1.9.0/24 is in no subnet, so that nobody has an address of it"
    assert asked(estate, "10.1.0.0/16", "eni-2").sources == ("10.1.1.5", "10.1.1.0/24", "10.1.2.0/24")


def test_the_local_route_is_on_the_way_and_no_cut() -> None:
    found = asked(two_hosts(), "eni-1", "eni-2")
    assert [hop.rule for hop in found.hops if hop.kind == TABLE] != []
    assert [cut.rule for cut in found.cuts if cut.kind == TABLE] == []


def test_a_block_of_a_prefix_list_is_cut_with_the_list() -> None:
    estate = public_host().put(GROUP, "sg-1", IpPermissions=[rule("pl-1")])
    estate.add(LIST, PrefixListId="pl-1", AddressFamily="IPv4", Entries=[{"Cidr": "203.0.113.0/24"}])
    found = asked(estate, "internet", "eni-1")
    assert found.sources == ("203.0.113.0/24",)
    assert [(cut.id, cut.rule.partition(" (")[0]) for cut in found.cuts if cut.kind == GROUP] == [
        ("sg-1", "sg-1: tcp 22 from pl-1")
    ]


def test_a_rule_without_which_a_door_is_left_in_doubt_is_no_cut() -> None:
    estate = put(network_balancer(hidden_host()), TARGETS, TargetHealthDescriptions=None)
    estate.put(INTERFACE, "eni-2", PrivateIpAddresses=[address("10.1.2.6", "54.1.1.9")])
    estate.routes("rtb-2", route(V4, "igw-1"))
    found = asked(estate, "internet", "i-2")
    assert found.verdict.value == "reachable"
    assert [(cut.kind, cut.id) for cut in found.cuts if cut.kind == INTERFACE] == []


@pytest.mark.parametrize(
    ("state", "reason"),
    [("running", ""), ("stopped", "the way is open, but i-1 is stopped and answers only when started")],
)
def test_that_nobody_answers_is_told_of_a_stopped_instance_alone(state: str, reason: str) -> None:
    found = asked(public_instance(state), "internet", "i-1")
    assert (found.verdict.value, found.reason) == ("reachable", reason)


def test_of_several_inventories_the_most_open_answer_counts() -> None:
    closed = public_host().put(GROUP, "sg-1", IpPermissions=[])
    views = [View(one.inventory()) for one in (closed, public_host())]
    assert reach_among(views, "internet", "eni-1").verdict.value == "reachable"
    assert reach_among(views[::-1], "internet", "eni-1").verdict.value == "reachable"


def test_what_one_family_leaves_in_doubt_the_other_does_not_close() -> None:
    estate = public_host().put(INTERFACE, "eni-1", PrivateIpAddresses=[address("10.1.1.5")])
    found = asked(estate.put(GROUP, "sg-1", IpPermissions=[rule("pl-far")]), "internet", "eni-1")
    assert (found.verdict.value, found.hops) == ("unknown", ())
    assert "pl-far" in found.reason


def test_what_no_address_gets_past_is_closed_whatever_else_is_unknown() -> None:
    estate = public_host().put(INTERFACE, "eni-1", Groups=[{"GroupId": "sg-far"}])
    found = asked(estate.routes("rtb-1"), "internet", "eni-1")
    assert found.verdict.value == "not-reachable"
    assert found.reason.startswith("no public address gets in and an answer out, whatever else is unknown")
