"""`scanner.reach`: every form of question, its verdict, its sources, the hop that decides, and the cuts."""

from __future__ import annotations

from typing import Any

import pytest

import scanner
from scanner.errors import UsageError
from scanner.model import Gap, GapReason
from scanner.network.reach import Reach
from tests.by_hand import inventory
from tests.network.estates import (
    ACL,
    ENDPOINT,
    GATEWAY,
    GROUP,
    INTERFACE,
    OPTIONS,
    SUBNET,
    TABLE,
    V4,
    V6,
    VPC,
    Estate,
    address,
    connected,
    entry,
    inspected_host,
    public_host,
    route,
    rule,
    two_hosts,
)

NAT, EGRESS_ONLY, INSTANCE = "AWS::EC2::NatGateway", "AWS::EC2::EgressOnlyInternetGateway", "AWS::EC2::Instance"


def asked(estate: Estate, source: str, target: str, **options: Any) -> Reach:
    return scanner.reach(estate.inventory(), source, target, **options)


def blocked_at(found: Reach) -> tuple[str, str, str]:
    """The verdict, and the kind and code of the hop that blocks."""
    return found.verdict.value, found.hops[-1].kind.rpartition("::")[2], found.hops[-1].code


def cuts(found: Reach) -> list[str]:
    return [cut.rule for cut in found.cuts]


def private_host(*routes: Any, private: str = "10.1.2.6") -> Estate:
    """eni-2 in subnet-2, whose table has these routes, beside the public host."""
    estate = public_host().subnet("subnet-2").group("sg-2", out=[rule(V4, V6, ports=None)])
    estate.table("rtb-2", *routes, SubnetId="subnet-2")
    return estate.interface(
        "eni-2", "subnet-2", address(private), groups=["sg-2"], Ipv6Addresses=[{"Ipv6Address": "2600:1::6"}]
    )


def nat(estate: Estate, **facts: Any) -> Estate:
    told = {
        "NatGatewayId": "nat-1",
        "VpcId": "vpc-1",
        "SubnetId": "subnet-1",
        "State": "available",
        "ConnectivityType": "public",
        "NatGatewayAddresses": [{"PublicIp": "52.1.1.9", "PrivateIp": "10.1.1.9"}],
    }
    return estate.add(NAT, **{**told, **facts})


# From the internet


def test_the_internet_reaches_a_public_host_and_each_rule_on_the_way_is_a_cut() -> None:
    found = asked(public_host(), "internet", "eni-1")
    assert (found.verdict.value, found.sources, found.is_open) == ("reachable", ("any IPv4 address",), True)
    assert [(hop.id, hop.direction) for hop in found.hops] == [
        ("igw-1", "forward"),
        ("acl-1", "forward"),
        ("sg-1", "forward"),
        ("rtb-1", "return"),
        ("acl-1", "return"),
    ]
    assert [(cut.kind, cut.id, cut.rule) for cut in found.cuts] == [
        (INTERFACE, "eni-1", "the public address 52.1.1.1 of eni-1"),
        (ACL, "acl-1", "acl-1: entry 100 allows from 0.0.0.0/0"),
        (GROUP, "sg-1", "sg-1: tcp 22 from 0.0.0.0/0"),
        (TABLE, "rtb-1", "route in rtb-1: 0.0.0.0/0 -> igw-1"),
        (ACL, "acl-1", "acl-1: entry 100 allows to 0.0.0.0/0"),
    ]


def test_a_rule_beside_which_another_lets_in_the_same_is_no_cut() -> None:
    estate = public_host().put(GROUP, "sg-1", IpPermissions=[rule("0.0.0.0/1", "128.0.0.0/1"), rule("9.0.0.0/8")])
    found = asked(estate, "internet", "eni-1")
    assert found.sources == ("any IPv4 address",)
    assert [rule for rule in cuts(found) if rule.startswith("sg-1")] == []
    few = asked(estate, "9.9.9.0/24", "eni-1")
    assert [rule for rule in cuts(few) if rule.startswith("sg-1")] == []
    alone = asked(estate, "130.0.0.0/24", "eni-1")
    assert [rule for rule in cuts(alone) if rule.startswith("sg-1")] == ["sg-1: tcp 22 from 128.0.0.0/1"]


def test_of_a_public_block_only_the_part_that_gets_in_is_named() -> None:
    estate = public_host().put(GROUP, "sg-1", IpPermissions=[rule("203.0.113.0/25")])
    assert asked(estate, "203.0.113.0/24", "eni-1").sources == ("203.0.113.0/25",)
    assert blocked_at(asked(estate, "198.51.100.7", "eni-1")) == (
        "not-reachable",
        "SecurityGroup",
        "ENI_SG_RULES_MISMATCH",
    )


def test_a_network_acl_that_denies_is_the_hop_that_blocks() -> None:
    estate = public_host().entries("acl-1", entry(50, "deny", ports=(22, 22)), entry(100, "allow"))
    found = asked(estate, "internet", "eni-1")
    assert blocked_at(found) == ("not-reachable", "NetworkAcl", "SUBNET_ACL_RESTRICTION")
    assert found.cuts == ()


def test_a_closed_way_is_explained_by_the_source_that_gets_farthest() -> None:
    estate = public_host().put(GROUP, "sg-1", IpPermissions=[rule("9.9.9.0/24")])
    estate.put(TABLE, "rtb-1", Routes=[route("10.1.0.0/16", "local")])
    assert blocked_at(asked(estate, "internet", "eni-1")) == ("not-reachable", "RouteTable", "CANNOT_ROUTE")


def test_what_an_appliance_inspects_is_reachable_through_it() -> None:
    assert asked(inspected_host(), "internet", "eni-1").verdict.value == "reachable-via-middlebox"


def test_an_address_stands_for_the_interface_that_has_it_and_for_no_other_of_its_addresses() -> None:
    estate = public_host().put(
        INTERFACE, "eni-1", PrivateIpAddresses=[address("10.1.1.5", "52.1.1.1"), address("10.1.1.6")]
    )
    assert asked(estate, "internet", "10.1.1.5").is_open
    assert asked(estate, "internet", "52.1.1.1").is_open
    assert blocked_at(asked(estate, "internet", "10.1.1.6")) == (
        "not-reachable",
        "InternetGateway",
        "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS",
    )


def test_a_group_that_cannot_be_seen_leaves_it_unknown() -> None:
    estate = public_host().put(INTERFACE, "eni-1", Groups=[{"GroupId": "sg-far"}])
    found = asked(estate, "internet", "eni-1")
    assert found.verdict.value == "unknown"
    assert "sg-far" in found.reason


# From private addresses


def test_a_private_block_of_the_vpc_is_judged_subnet_by_subnet() -> None:
    estate = (
        two_hosts().put(SUBNET, "subnet-1", CidrBlock="10.1.1.0/24").put(SUBNET, "subnet-2", CidrBlock="10.1.2.0/24")
    )
    estate.drop(INTERFACE, "eni-1")
    found = asked(estate, "10.1.1.0/28", "eni-2")
    assert (found.verdict.value, found.sources) == ("reachable", ("10.1.1.0/28",))
    estate.entries("acl-2", entry(10, "deny", "10.1.1.0/29"), entry(100, "allow"))
    assert asked(estate, "10.1.1.0/28", "eni-2").sources == ("10.1.1.8/29",)
    estate.entries("acl-2", entry(10, "deny", "10.1.1.0/24"), entry(100, "allow"))
    assert blocked_at(asked(estate, "10.1.1.0/28", "eni-2")) == (
        "not-reachable",
        "NetworkAcl",
        "SUBNET_ACL_RESTRICTION",
    )


@pytest.mark.parametrize(
    ("routes", "verdict"),
    [
        ((), "not-reachable"),
        ((route("10.0.0.0/8", "vgw-1"),), "unknown"),
        ((route("10.0.0.0/8", "tgw-1"),), "unknown"),
        ((route("10.9.0.0/16", "pcx-1"),), "unknown"),
        ((route(V4, "igw-1"),), "not-reachable"),
        ((route("10.0.0.0/8", "tgw-1", state="blackhole"),), "not-reachable"),
    ],
)
def test_a_private_block_outside_the_vpcs_needs_a_way_back(routes: tuple[Any, ...], verdict: str) -> None:
    estate = two_hosts().routes("rtb-1", *routes)
    assert asked(estate, "10.9.0.0/16", "eni-2").verdict.value == verdict


def test_a_way_back_is_of_no_interest_where_no_group_lets_the_block_in() -> None:
    estate = two_hosts().routes("rtb-1", route("192.168.0.0/16", "vgw-1"))
    assert blocked_at(asked(estate, "192.168.0.0/16", "eni-2")) == (
        "not-reachable",
        "SecurityGroup",
        "ENI_SG_RULES_MISMATCH",
    )


# Between interfaces


def test_every_pair_of_interfaces_is_tried_and_the_best_path_told() -> None:
    estate = two_hosts().add(INSTANCE, InstanceId="i-2", State={"Name": "stopped"})
    estate.put(INTERFACE, "eni-2", Attachment={"InstanceId": "i-2"})
    estate.group("sg-3").interface("eni-3", "subnet-2", address("10.1.2.7"), groups=["sg-3"])
    estate.put(INTERFACE, "eni-3", Attachment={"InstanceId": "i-2"})
    found = asked(estate, "eni-1", "i-2")
    assert (found.verdict.value, found.sources) == ("reachable", ("10.1.1.5",))
    assert found.reason == "the way is open, but i-2 is stopped and answers only when started"
    assert asked(estate, "eni-1", "eni-3").verdict.value == "not-reachable"


def test_two_vpcs_without_a_peering_meet_over_the_internet_where_both_have_public_addresses() -> None:
    estate = two_hosts(vpc=2)
    assert asked(estate, "eni-1", "eni-2").verdict.value == "not-reachable"
    estate.add(GATEWAY, InternetGatewayId="igw-2", Attachments=[{"VpcId": "vpc-2", "State": "available"}])
    estate.routes("rtb-2", route(V4, "igw-2")).put(
        INTERFACE, "eni-2", PrivateIpAddresses=[address("10.2.2.6", "52.2.2.2")]
    )
    estate.put(GROUP, "sg-2", IpPermissions=[rule("52.1.1.1/32")])
    found = asked(estate, "eni-1", "eni-2")
    assert found.verdict.value == "reachable"
    assert [hop.id for hop in found.hops if hop.id.startswith("igw-")] == ["igw-1", "igw-2"]
    assert "sg-2: tcp 22 from 52.1.1.1/32" in cuts(found)


def test_an_instance_without_interfaces_is_reached_by_nobody() -> None:
    found = asked(public_host().add(INSTANCE, InstanceId="i-9", State={"Name": "terminated"}), "internet", "i-9")
    assert (found.verdict.value, found.reason) == ("not-reachable", "i-9 has no network interface")


# Tunnels and endpoints


def test_a_tunnel_reaches_a_host_through_its_endpoint() -> None:
    found = asked(connected(), "eice-1", "eni-2")
    assert (found.verdict.value, found.sources) == (
        "reachable",
        ("whoever IAM lets open a tunnel through eice-1",),
    )
    assert "sg-2: tcp 22 from 10.0.0.0/8" in cuts(found)
    assert "sg-9: all traffic to 0.0.0.0/0" in cuts(found)


def interface_endpoint(**facts: Any) -> Estate:
    estate = two_hosts().put(GROUP, "sg-2", IpPermissions=[rule("10.0.0.0/8", ports=(443, 443))])
    told = {
        "VpcEndpointId": "vpce-1",
        "VpcEndpointType": "Interface",
        "VpcId": "vpc-1",
        "State": "available",
        "NetworkInterfaceIds": ["eni-2"],
    }
    return estate.add(ENDPOINT, **{**told, **facts})


def test_an_interface_endpoint_is_reached_at_its_interfaces() -> None:
    assert asked(interface_endpoint(), "eni-1", "vpce-1", port=443).verdict.value == "reachable"
    assert blocked_at(asked(interface_endpoint(), "eni-1", "vpce-1", port=80))[2] == "ENI_SG_RULES_MISMATCH"


def test_an_interface_endpoint_that_does_not_work_blocks_by_its_state() -> None:
    pending = asked(interface_endpoint(State="pendingAcceptance"), "eni-1", "vpce-1", port=443)
    assert blocked_at(pending) == ("not-reachable", "VPCEndpoint", "BAD_STATE")
    unseen = asked(interface_endpoint(NetworkInterfaceIds=[]), "eni-1", "vpce-1", port=443)
    assert (unseen.verdict.value, unseen.reason) == ("unknown", "the network interfaces of vpce-1 cannot be seen")


# To the internet


def test_a_public_address_and_an_internet_gateway_are_a_way_out() -> None:
    found = asked(public_host(), "eni-1", "internet", port=443)
    assert (found.verdict.value, found.sources) == ("reachable", ("52.1.1.1", "2600:1::5"))
    without = public_host().put(INTERFACE, "eni-1", PrivateIpAddresses=[address("10.1.1.5")], Ipv6Addresses=[])
    assert blocked_at(asked(without, "eni-1", "internet")) == (
        "not-reachable",
        "InternetGateway",
        "IGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS",
    )


def test_a_public_nat_gateway_leads_out_where_its_own_subnet_does() -> None:
    estate = nat(private_host(route(V4, "nat-1")))
    found = asked(estate, "eni-2", "8.8.8.8", port=443)
    assert (found.verdict.value, found.sources) == ("reachable", ("52.1.1.9",))
    assert "route in rtb-2: 0.0.0.0/0 -> nat-1" in cuts(found)
    assert "route in rtb-1: 0.0.0.0/0 -> igw-1" in cuts(found)
    for beyond in ((), (route(V4, "nat-2"),)):
        closed = asked(estate.routes("rtb-1", *beyond), "eni-2", "8.8.8.8", port=443)
        assert blocked_at(closed) == ("not-reachable", "RouteTable", "CANNOT_ROUTE")


@pytest.mark.parametrize(
    ("facts", "code", "words"),
    [
        ({"ConnectivityType": "private"}, "CANNOT_ROUTE", "nat-1 is private"),
        ({"State": "deleted"}, "BAD_STATE", "nat-1 is deleted"),
        ({"NatGatewayAddresses": [{"PrivateIp": "10.1.1.9"}]}, "CANNOT_ROUTE", "nat-1 has no public address"),
    ],
)
def test_a_nat_gateway_that_is_private_or_gone_does_not_lead_out(facts: Any, code: str, words: str) -> None:
    found = asked(nat(private_host(route(V4, "nat-1")), **facts), "eni-2", "8.8.8.8", port=443)
    assert blocked_at(found) == ("not-reachable", "NatGateway", code)
    assert found.hops[-1].rule == words


def test_the_network_acl_of_the_nat_gateways_subnet_counts_both_ways() -> None:
    estate = nat(private_host(route(V4, "nat-1")))
    estate.entries("acl-1", entry(10, "deny", "10.1.2.0/24"), entry(100, "allow"))
    assert blocked_at(asked(estate, "eni-2", "8.8.8.8", port=443))[1:] == ("NetworkAcl", "SUBNET_ACL_RESTRICTION")


def test_a_regional_nat_gateway_has_no_subnet_and_needs_an_internet_gateway() -> None:
    estate = nat(private_host(route(V4, "nat-1")), SubnetId=None, AvailabilityMode="regional")
    assert asked(estate, "eni-2", "8.8.8.8", port=443).is_open
    estate.put(GATEWAY, "igw-1", Attachments=[])
    assert blocked_at(asked(estate, "eni-2", "8.8.8.8", port=443)) == ("not-reachable", "NatGateway", "CANNOT_ROUTE")


def test_an_egress_only_gateway_is_a_way_out_for_ipv6_and_no_way_in() -> None:
    estate = private_host(route(V6, "eigw-1"))
    estate.add(EGRESS_ONLY, EgressOnlyInternetGatewayId="eigw-1", Attachments=[{"VpcId": "vpc-1", "State": "attached"}])
    estate.put(GROUP, "sg-2", IpPermissions=[rule(V6)])
    out = asked(estate, "eni-2", "internet", port=443)
    assert (out.verdict.value, out.sources) == ("reachable", ("2600:1::6",))
    assert asked(estate, "internet", "eni-2").verdict.value == "not-reachable"


@pytest.mark.parametrize(
    ("mode", "direct", "through_nat"),
    [("block-ingress", False, True), ("block-bidirectional", False, False), ("off", True, True)],
)
def test_block_public_access_for_ingress_leaves_nat_gateways_their_way_out(
    mode: str, *, direct: bool, through_nat: bool
) -> None:
    estate = nat(private_host(route(V4, "nat-1"))).add(OPTIONS, InternetGatewayBlockMode=mode, State="update-complete")
    assert asked(estate, "eni-1", "8.8.8.8", port=443).is_open is direct
    assert asked(estate, "eni-2", "8.8.8.8", port=443).is_open is through_nat


def test_a_way_out_that_nobody_can_follow_is_unknown() -> None:
    found = asked(private_host(route(V4, "tgw-1")), "eni-2", "8.8.8.8")
    assert (found.verdict.value, found.reason) == (
        "unknown",
        "the transit gateway tgw-1 cannot be seen from account 111122223333",
    )


def test_a_group_that_lets_nothing_out_blocks_the_way_out() -> None:
    estate = public_host().put(GROUP, "sg-1", IpPermissionsEgress=[])
    assert blocked_at(asked(estate, "eni-1", "internet"))[1:] == ("SecurityGroup", "ENI_SG_RULES_MISMATCH")


def test_a_group_that_lets_out_one_block_only_still_reaches_that_part_of_the_internet() -> None:
    estate = public_host().put(GROUP, "sg-1", IpPermissionsEgress=[rule("9.9.9.0/24", ports=None)])
    found = asked(estate, "eni-1", "internet")
    assert found.is_open
    assert found.hops[1].rule == "sg-1: all traffic to 9.9.9.0/24"


def test_a_private_address_that_nobody_has_is_not_reached() -> None:
    found = asked(public_host(), "eni-1", "10.1.7.7")
    assert (found.verdict.value, found.hops[-1].rule) == (
        "not-reachable",
        "no interface that could be read has 10.1.7.7",
    )


# Words


@pytest.mark.parametrize(
    ("source", "target", "sentence"),
    [
        ("internett", "eni-1", "'internett' is no end of a path. Did you mean 'internet'?"),
        ("internet", "eni-11", "there is no eni-11 in the inventory. Did you mean 'eni-1'?"),
        ("internet", "bastion", "'bastion' is no end of a path. Write internet, an address, a CIDR block"),
        ("internet", "10.9.9.9", "nothing in the inventory has an address in 10.9.9.9"),
        ("internet", "8.8.8.8", "neither internet nor 8.8.8.8 is in the inventory"),
        ("internet", "internet", "internet is both ends of the path"),
        ("vpce-1", "eni-1", "vpce-1 opens no connections"),
        ("eni-1", "eice-1", "eice-1 is entered through IAM, not over the network"),
        ("eice-1", "internet", "eice-1 leads to private addresses alone"),
        ("10.0.0.0/33", "eni-1", "'10.0.0.0/33' is no end of a path"),
    ],
)
def test_words_that_make_no_question_are_refused_with_a_cure(source: str, target: str, sentence: str) -> None:
    with pytest.raises(UsageError) as refusal:
        asked(connected(), source, target)
    assert sentence in str(refusal.value)


@pytest.mark.parametrize(
    ("options", "sentence"), [({"port": 65536}, "65536 is no port"), ({"protocol": "icmp"}, "no path for")]
)
def test_a_port_or_protocol_that_does_not_exist_is_refused(options: Any, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        asked(public_host(), "internet", "eni-1", **options)


def test_a_gateway_endpoint_is_no_target() -> None:
    with pytest.raises(UsageError, match="vpce-1 is a Gateway endpoint and listens nowhere"):
        asked(interface_endpoint(VpcEndpointType="Gateway"), "eni-1", "vpce-1")


def test_an_id_that_may_exist_unseen_is_unknown_and_no_mistake() -> None:
    gap = Gap(
        "111122223333", "eu-west-1", "ec2:DescribeInstances", GapReason.DENIED, "UnauthorizedOperation", (INSTANCE,)
    )
    found = asked(public_host().gap(gap), "internet", "i-1")
    assert found.verdict.value == "unknown"
    assert "ec2:DescribeInstances was refused in eu-west-1" in found.reason


def test_of_several_inventories_the_one_that_holds_both_ends_is_asked() -> None:
    here = public_host().inventory()
    there = inventory({VPC: [{"VpcId": "vpc-9"}], INTERFACE: [{"NetworkInterfaceId": "eni-9"}]}, region="us-east-1")
    assert scanner.reach([there, here], "internet", "eni-1").is_open
    assert scanner.reach([there, here], "internet", "10.1.1.5").is_open
    apart = scanner.reach([there, here], "eni-9", "eni-1")
    assert apart.verdict.value == "unknown"
    assert apart.reason == (
        "eni-9 is in 111122223333 us-east-1 and eni-1 is in 111122223333 eu-west-1; paths between accounts and Regions are not followed"
    )
    with pytest.raises(UsageError, match="there is no inventory of any Region"):
        scanner.reach([], "internet", "eni-1")


# What cannot be read


def test_a_rule_that_cannot_be_read_beside_the_one_that_lets_in_leaves_the_way_open_and_is_no_error() -> None:
    estate = public_host().put(GROUP, "sg-1", IpPermissions=[rule(V4), {"FromPort": 22, "ToPort": 22}])
    assert asked(estate, "internet", "eni-1").is_open
    odd = public_host().put(TABLE, "rtb-1", Routes=[route("10.1.0.0/16", "local"), route(V4, "igw-1", origin=["?"])])  # type: ignore[arg-type] # what AWS does not send
    assert asked(odd, "internet", "eni-1").is_open


def test_an_entry_that_only_one_half_of_the_engine_reads_makes_it_unknown_and_no_error() -> None:
    estate = two_hosts().entries("acl-2", entry(100, "allow"), entry(200, "deny", "10.0.0.0/99"))
    assert asked(estate, "eni-1", "eni-2").verdict.value == "unknown"
