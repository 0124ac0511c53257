"""Corners of the way out, and of questions about blocks of addresses: each named after its rule, verified by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.network.estates import (
    ENDPOINT,
    EXCLUSION,
    GATEWAY,
    GROUP,
    INTERFACE,
    OPTIONS,
    PEERING,
    SUBNET,
    TABLE,
    V4,
    V6,
    Estate,
    address,
    connected,
    entry,
    public_host,
    route,
    rule,
    two_hosts,
)
from tests.network.test_reach import EGRESS_ONLY, asked, blocked_at, nat, private_host

OPEN, CLOSED, UNKNOWN = "reachable", "not-reachable", "unknown"
Change = Callable[[Estate], Any]
EPHEMERAL = (1024, 65535)


def through_nat() -> Estate:
    return nat(private_host(route(V4, "nat-1")))


def told(estate: Estate, source: str, target: str, **options: Any) -> str:
    return asked(estate, source, target, **options).verdict.value


@pytest.mark.parametrize(
    ("entries", "verdict"),
    [
        ([entry(1, "allow", "10.1.2.0/24", ports=(443, 443)), entry(2, "allow", "8.8.8.8/32", ports=EPHEMERAL)], OPEN),
        ([entry(1, "allow", "10.1.2.0/24", ports=(443, 443))], CLOSED),
        ([entry(2, "allow", "8.8.8.8/32", ports=EPHEMERAL)], CLOSED),
    ],
)
def test_the_nat_gateways_acl_lets_in_the_packet_and_the_answer(entries: list[Any], verdict: str) -> None:
    assert told(through_nat().entries("acl-1", *entries), "eni-2", "8.8.8.8", port=443) == verdict


@pytest.mark.parametrize(
    ("entries", "verdict"),
    [
        ([("8.8.8.8/32", (443, 443)), ("10.1.2.0/24", EPHEMERAL)], OPEN),
        ([("8.8.8.8/32", (443, 443))], CLOSED),
        ([("10.1.2.0/24", EPHEMERAL)], CLOSED),
    ],
)
def test_the_nat_gateways_acl_lets_out_the_packet_and_the_answer(entries: list[Any], verdict: str) -> None:
    out = [entry(place, "allow", cidr, ports=ports, egress=True) for place, (cidr, ports) in enumerate(entries)]
    estate = through_nat().entries("acl-1", entry(1, "allow"), *out, both=False)
    assert told(estate, "eni-2", "8.8.8.8", port=443) == verdict


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (lambda e: e.entries("acl-2", entry(1, "allow"), both=False), CLOSED),
        (lambda e: e.entries("acl-2"), CLOSED),
        (lambda e: e.entries("acl-2", entry(1, "allow", ports=EPHEMERAL)), OPEN),
        (lambda e: e.put(GROUP, "sg-2", IpPermissionsEgress=[]), CLOSED),
        (lambda e: e.put(GATEWAY, "igw-1", Attachments=[]), CLOSED),
        (lambda e: e.routes("rtb-2", route(V4, "nat-1", state="blackhole")), CLOSED),
        (lambda e: e.routes("rtb-1", route(V4, "igw-1", state="blackhole")), CLOSED),
        (lambda e: e.routes("rtb-1", route(V4, "tgw-1")), UNKNOWN),
        (lambda e: e.routes("rtb-2", route(V4, "nat-9")), CLOSED),
    ],
)
def test_what_the_way_through_a_nat_gateway_needs(change: Change, verdict: str) -> None:
    estate = through_nat()
    change(estate)
    assert told(estate, "eni-2", "8.8.8.8", port=443) == verdict


def test_no_acl_stands_between_a_nat_gateway_and_a_host_beside_it() -> None:
    estate = nat(private_host(route(V4, "igw-1")), SubnetId="subnet-2").put(
        TABLE, "rtb-2", Routes=[route("10.1.0.0/16", "local"), route("8.8.8.0/24", "nat-1"), route(V4, "igw-1")]
    )
    assert told(estate, "eni-2", "8.8.8.8", port=443) == CLOSED  # the NAT gateway's own route leads back to itself
    beside = through_nat().put(INTERFACE, "eni-2", SubnetId="subnet-1", PrivateIpAddresses=[address("10.1.1.6")])
    assert told(beside, "eni-2", "8.8.8.8", port=443) == CLOSED  # it leads out by itself, and has no public address


def test_a_host_beside_a_nat_gateway_meets_no_acl_before_it() -> None:
    estate = nat(private_host(route(V4, "nat-1")), SubnetId="subnet-2").entries("acl-2")
    found = asked(estate, "eni-2", "8.8.8.8", port=443)
    # The ACL is asked once, when the gateway's own packet leaves; its route then leads back to the gateway itself.
    assert [(hop.id, hop.allows) for hop in found.hops] == [
        ("eni-2", True),
        ("sg-2", True),
        ("rtb-2", True),
        ("nat-1", True),
        ("acl-2", True),
        ("rtb-2", False),
    ]


def test_a_blackhole_on_the_way_out_says_so_and_a_missing_route_too() -> None:
    dropped = asked(private_host(route(V4, "nat-1", state="blackhole")), "eni-2", "8.8.8.8")
    assert blocked_at(dropped) == (CLOSED, "RouteTable", "BAD_STATE_ROUTE")
    assert blocked_at(asked(private_host(), "eni-2", "8.8.8.8")) == (CLOSED, "RouteTable", "CANNOT_ROUTE")


def test_what_lies_behind_a_peering_connection_where_no_interface_is_seen_is_not_known() -> None:
    found = asked(private_host(route("10.2.0.0/16", "pcx-1")), "eni-2", "10.2.0.9")
    assert (found.verdict.value, found.reason) == (UNKNOWN, "what lies behind pcx-1 at 10.2.0.9 is not known")


def test_how_a_nat_gateway_translates_ipv6_is_not_known() -> None:
    assert told(nat(private_host(route(V6, "nat-1"))), "eni-2", "2001:4860:4860::8888", port=443) == UNKNOWN


@pytest.mark.parametrize(
    "target",
    ["vgw-1", "eni-7", "i-7", "lgw-1", "cagw-1", "arn:aws:networkmanager::1:core-network/1", "tgw-1"],
)
def test_what_others_do_with_traffic_is_not_known(target: str) -> None:
    assert told(private_host(route(V4, target)), "eni-2", "8.8.8.8") == UNKNOWN
    assert told(private_host(route(V4, target, state="blackhole")), "eni-2", "8.8.8.8") == CLOSED


@pytest.mark.parametrize(
    ("attachment", "verdict"),
    [
        ({"VpcId": "vpc-1", "State": "attached"}, OPEN),
        ({"VpcId": "vpc-1", "State": "available"}, OPEN),
        ({"VpcId": "vpc-1", "State": "detached"}, CLOSED),
        ({"VpcId": "vpc-2", "State": "attached"}, CLOSED),
    ],
)
def test_an_egress_only_gateway_is_attached_to_the_vpc(attachment: dict[str, str], verdict: str) -> None:
    estate = private_host(route(V6, "eigw-1"))
    estate.add(EGRESS_ONLY, EgressOnlyInternetGatewayId="eigw-1", Attachments=[attachment])
    assert told(estate, "eni-2", "2001:4860:4860::8888", port=443) == verdict


@pytest.mark.parametrize(
    ("mode", "six", "regional", "zonal", "direct"),
    [
        ("off", OPEN, OPEN, OPEN, OPEN),
        ("block-ingress", OPEN, OPEN, OPEN, CLOSED),
        ("block-bidirectional", CLOSED, CLOSED, CLOSED, CLOSED),
    ],
)
def test_block_public_access_on_the_way_out(mode: str, six: str, regional: str, zonal: str, direct: str) -> None:
    def blocked(estate: Estate) -> Estate:
        return estate.add(OPTIONS, InternetGatewayBlockMode=mode, State="update-complete")

    attached = [{"VpcId": "vpc-1", "State": "attached"}]
    out = private_host(route(V6, "eigw-1")).add(EGRESS_ONLY, EgressOnlyInternetGatewayId="eigw-1", Attachments=attached)
    assert told(blocked(out), "eni-2", "2001:4860:4860::8888", port=443) == six
    anywhere = nat(private_host(route(V4, "nat-1")), SubnetId=None, AvailabilityMode="regional")
    assert told(blocked(anywhere), "eni-2", "8.8.8.8", port=443) == regional
    assert told(blocked(through_nat()), "eni-2", "8.8.8.8", port=443) == zonal
    assert told(blocked(public_host()), "eni-1", "8.8.8.8", port=443) == direct


def test_an_exclusion_for_egress_lets_nat_gateways_out_and_nobody_in() -> None:
    arn = "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1"
    given = {"ResourceArn": arn, "State": "create-complete", "InternetGatewayExclusionMode": "allow-egress"}
    estate = through_nat().add(OPTIONS, InternetGatewayBlockMode="block-bidirectional", State="update-complete")
    estate.add(EXCLUSION, ExclusionId="vpcbpa-exclude-1", **given)
    assert told(estate, "eni-2", "8.8.8.8", port=443) == OPEN
    assert told(estate, "internet", "eni-1") == CLOSED


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (lambda e: e, OPEN),
        (lambda e: e.put(GATEWAY, "igw-1", Attachments=[]), CLOSED),
        (lambda e: e.put(INTERFACE, "eni-1", PrivateIpAddresses=[address("10.1.1.5")]), CLOSED),
        (lambda e: e.entries("acl-1", entry(1, "allow"), both=False), CLOSED),
        (lambda e: e.entries("acl-1"), CLOSED),
        (lambda e: e.entries("acl-1", entry(1, "allow", ports=(50000, 50000))), OPEN),
    ],
)
def test_the_way_out_of_a_public_host(change: Change, verdict: str) -> None:
    estate = public_host()
    change(estate)
    assert told(estate, "eni-1", "8.8.8.8", port=443) == verdict


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({"VpcEndpointType": "Gateway", "ServiceName": "com.amazonaws.eu-west-1.s3"}, OPEN),
        ({"VpcEndpointType": "Gateway", "State": "deleting"}, CLOSED),
        ({"VpcEndpointType": "GatewayLoadBalancer", "SubnetIds": ["subnet-9"]}, "reachable-via-middlebox"),
        ({"VpcEndpointType": "GatewayLoadBalancer", "SubnetIds": ["subnet-9"], "State": "pending"}, CLOSED),
        ({"VpcEndpointType": "GatewayLoadBalancer"}, UNKNOWN),
    ],
)
def test_an_endpoint_on_the_way_out(facts: dict[str, Any], verdict: str) -> None:
    estate = public_host().routes("rtb-1", route(V4, "vpce-1")).subnet("subnet-9")
    estate.table("rtb-9", route(V4, "igw-1"), SubnetId="subnet-9")
    estate.add(ENDPOINT, **{"VpcEndpointId": "vpce-1", "VpcId": "vpc-1", "State": "available", **facts})
    assert told(estate, "eni-1", "8.8.8.8", port=443) == verdict


# Blocks of addresses


def placed() -> Estate:
    estate = (
        two_hosts().put(SUBNET, "subnet-1", CidrBlock="10.1.1.0/24").put(SUBNET, "subnet-2", CidrBlock="10.1.2.0/24")
    )
    return estate.drop(INTERFACE, "eni-1")


def test_from_a_subnet_those_come_in_whom_groups_and_acl_let_in_and_answer() -> None:
    estate = placed().put(GROUP, "sg-2", IpPermissions=[rule("10.1.1.0/29")])
    assert asked(estate, "10.1.1.0/28", "eni-2").sources == ("10.1.1.0/29",)
    out = [entry(10, "deny", "10.1.1.0/30", egress=True), entry(100, "allow", egress=True)]
    estate.entries("acl-2", entry(100, "allow"), *out, both=False)
    assert asked(estate, "10.1.1.0/28", "eni-2").sources == ("10.1.1.4/30",)


def test_inside_a_subnet_no_acl_is_asked_about_a_block() -> None:
    estate = placed().entries("acl-2", both=False)
    assert asked(estate, "10.1.2.16/28", "eni-2").sources == ("10.1.2.16/28",)


def test_a_peered_vpc_is_near_and_another_one_is_not() -> None:
    estate = placed().vpc(2).table("rtb-2", route("10.1.0.0/16", "pcx-1"), vpc=2).subnet("subnet-5", 2)
    estate.put(SUBNET, "subnet-5", CidrBlock="10.2.5.0/24").routes("rtb-1", route("10.2.0.0/16", "pcx-1"))
    ends = {"RequesterVpcInfo": {"VpcId": "vpc-2"}, "AccepterVpcInfo": {"VpcId": "vpc-1"}}
    estate.add(PEERING, VpcPeeringConnectionId="pcx-1", Status={"Code": "active"}, **ends)
    assert told(estate, "10.2.5.0/28", "eni-2") == OPEN
    estate.put(PEERING, "pcx-1", Status={"Code": "deleted"})
    assert told(estate, "10.2.5.0/28", "eni-2") != OPEN


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (lambda e: e, UNKNOWN),
        (lambda e: e.entries("acl-2"), CLOSED),
        (lambda e: e.entries("acl-2", entry(1, "allow", "10.1.0.0/16")), CLOSED),
        (lambda e: e.put(GROUP, "sg-2", IpPermissions=[rule("10.1.0.0/16")]), CLOSED),
    ],
)
def test_from_beyond_the_vpc_the_doors_are_asked_before_the_way_back(change: Change, verdict: str) -> None:
    estate = placed().routes("rtb-1", route("10.9.0.0/16", "vgw-1"))
    change(estate)
    assert told(estate, "10.9.0.0/16", "eni-2") == verdict


def test_a_tunnel_carries_tcp_alone() -> None:
    with pytest.raises(Exception, match="eice-1 carries tcp alone"):
        asked(connected(), "eice-1", "eni-2", protocol="udp")


def test_an_open_way_leaves_no_doubt_about_another() -> None:
    estate = two_hosts().interface("eni-3", "subnet-9", address("10.1.2.9"), groups=["sg-7"])
    for one in ("eni-2", "eni-3"):
        estate.put(INTERFACE, one, Attachment={"InstanceId": "i-2"})
    estate.add("AWS::EC2::Instance", InstanceId="i-2", State={"Name": "running"})
    assert told(estate, "eni-1", "i-2") == OPEN
    assert told(estate, "eni-1", "eni-3") == UNKNOWN
    estate.put(GROUP, "sg-2", IpPermissions=[])
    assert told(estate, "eni-1", "i-2") == UNKNOWN
