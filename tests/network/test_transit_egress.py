"""The way to the internet over the NAT gateway of another VPC, behind a transit gateway: one case for each rule of it."""

from __future__ import annotations

import pytest

from tests.network.estates import ACL, ATTACHMENT, GATEWAY, SUBNET, TRANSIT_TABLE, V4, Estate, Facts, entry, route
from tests.network.test_reach import NAT, asked
from tests.network.transit_estates import BACK, BLOCKED, REACHABLE, UNKNOWN, Change, led, over_transit, switched

OUT = led("0.0.0.0/0", "tgw-attach-2")


def egress_vpc() -> Estate:
    """eni-1 in vpc-1 sends everything to tgw-1; vpc-2 has nat-2 in subnet-2, and a door in subnet-12 that sends to it."""
    estate = over_transit()
    estate.routes("rtb-1", route(V4, "tgw-1"))
    estate.routes("rtb-2", route("10.1.0.0/16", "tgw-1"), route(V4, "igw-22"))
    estate.table("rtb-12", route(V4, "nat-2"), vpc=2, SubnetId="subnet-12")
    estate.add(GATEWAY, InternetGatewayId="igw-22", Attachments=[{"VpcId": "vpc-2", "State": "available"}])
    estate.add(NAT, NatGatewayId="nat-2", VpcId="vpc-2", SubnetId="subnet-2", State="available", ConnectivityType="public",
               NatGatewayAddresses=[{"PublicIp": "52.1.1.9", "PrivateIp": "10.2.1.9"}])  # fmt: skip
    switched(OUT, BACK)(estate)
    return estate


def door_routes(*routes: Facts) -> Change:
    return lambda estate: estate.routes("rtb-12", *routes)


def nat_routes(*routes: Facts) -> Change:
    return lambda estate: estate.routes("rtb-2", *routes)


def nat_facts(**facts: object) -> Change:
    return lambda estate: estate.put(NAT, "nat-2", **facts)


def zone_of_host(name: str) -> Change:
    return lambda estate: estate.put(SUBNET, "subnet-1", AvailabilityZone=name)


def unassociated(estate: Estate) -> None:
    estate.put(TRANSIT_TABLE, "tgw-rtb-1", Associations=[{"TransitGatewayAttachmentId": "tgw-attach-2"}])


HOME = route("10.1.0.0/16", "tgw-1")


def test_an_instance_reaches_the_internet_over_the_nat_gateway_of_an_egress_vpc() -> None:
    found = asked(egress_vpc(), "eni-1", "8.8.8.8", port=443)
    assert (found.verdict.value, found.reason, found.sources) == (REACHABLE, "", ("52.1.1.9",))
    told = [(hop.id, hop.direction) for hop in found.hops]
    assert [one for one in told if not one[0].startswith("acl")] == [
        ("eni-1", "forward"),
        ("sg-1", "forward"),
        ("rtb-1", "forward"),
        ("tgw-attach-1", "forward"),
        ("tgw-rtb-1", "forward"),
        ("tgw-attach-2", "forward"),
        ("rtb-12", "forward"),
        ("nat-2", "forward"),
        ("rtb-2", "forward"),
        ("rtb-2", "return"),
        ("tgw-attach-2", "return"),
        ("tgw-rtb-1", "return"),
        ("tgw-attach-1", "return"),
        ("rtb-1", "return"),
    ]


@pytest.mark.parametrize(
    ("change", "verdict", "at"),
    [
        (switched(led("0.0.0.0/0", "tgw-attach-2", state="blackhole"), BACK), BLOCKED, "tgw-rtb-1"),
        (switched(BACK), BLOCKED, "tgw-rtb-1"),
        (switched(led("8.0.0.0/8", "tgw-attach-2")), BLOCKED, "tgw-rtb-1"),
        (switched(OUT), UNKNOWN, ""),
        (unassociated, BLOCKED, "tgw-1"),
        (lambda one: one.put(ATTACHMENT, "tgw-attach-1", State="deleted"), BLOCKED, "tgw-attach-1"),
        (lambda one: one.put(ATTACHMENT, "tgw-attach-2", State="deleted"), BLOCKED, "tgw-attach-2"),
        (zone_of_host("eu-west-1b"), BLOCKED, "tgw-attach-1"),
        (door_routes(), BLOCKED, "rtb-12"),
        (door_routes(route(V4, "igw-22")), BLOCKED, "igw-22"),
        (nat_routes(route(V4, "igw-22")), BLOCKED, "rtb-2"),
        (nat_routes(HOME), BLOCKED, "rtb-2"),
        (nat_facts(State="failed"), BLOCKED, "nat-2"),
        (nat_facts(ConnectivityType="private"), BLOCKED, "nat-2"),
        (switched(led("0.0.0.0/0", "tgw-attach-9", kind="vpn"), BACK), UNKNOWN, ""),
        (switched(led("0.0.0.0/0", "tgw-attach-1"), BACK), UNKNOWN, ""),
        (door_routes(route(V4, "vpce-1")), UNKNOWN, ""),
        (door_routes(route(V4, "tgw-2")), UNKNOWN, ""),
        (nat_routes(HOME, route(V4, "vpce-1")), UNKNOWN, ""),
        (nat_routes(route("10.1.0.0/16", "vpce-1"), route(V4, "igw-22")), UNKNOWN, ""),
        (nat_facts(AvailabilityMode="regional"), UNKNOWN, ""),
        (lambda one: one.put(ATTACHMENT, "tgw-attach-2", VpcOwnerId="444455556666"), UNKNOWN, ""),
    ],
)
def test_what_stands_in_the_way_of_an_egress_vpc(change: Change, verdict: str, at: str) -> None:
    estate = egress_vpc()
    change(estate)
    found = asked(estate, "eni-1", "8.8.8.8", port=443)
    assert (found.verdict.value, bool(found.reason)) == (verdict, verdict == UNKNOWN or bool(found.reason))
    if at:
        assert [hop.id for hop in found.hops if not hop.allows] == [at]


@pytest.mark.parametrize(
    ("acl", "entries", "verdict"),
    [
        # vpc-1: the host's subnet and the door share acl-1; out to 8.8.8.8, in from the host, and the answers.
        ("acl-1", [entry(1, "allow", V4, egress=True), entry(2, "allow", V4)], REACHABLE),
        ("acl-1", [entry(1, "allow", V4)], BLOCKED),
        ("acl-1", [entry(1, "allow", V4, egress=True)], BLOCKED),
        # vpc-2: the door lets out to 8.8.8.8, the NAT gateway's subnet lets in the host and the answer.
        ("acl-2", [entry(1, "allow", V4, egress=True), entry(2, "allow", V4)], REACHABLE),
        ("acl-2", [entry(1, "allow", V4)], BLOCKED),
        ("acl-2", [entry(1, "allow", V4, egress=True)], BLOCKED),
    ],
)
def test_the_network_acls_on_the_way_over_an_egress_vpc(acl: str, entries: list[object], verdict: str) -> None:
    estate = egress_vpc().put(ACL, acl, Entries=entries)
    assert asked(estate, "eni-1", "8.8.8.8", port=443).verdict.value == verdict


def test_a_part_of_the_internet_that_a_transit_gateway_drops_does_not_stand_for_the_rest() -> None:
    for dropped in ("0.0.0.0/1", "128.0.0.0/1"):
        estate = egress_vpc()
        for gone in (led(dropped, state="blackhole"), led(dropped, "tgw-attach-2", state="blackhole")):
            switched(OUT, BACK, gone)(estate)
            assert asked(estate, "eni-1", "internet", port=443).verdict.value == REACHABLE


def test_a_nat_gateway_in_the_doors_own_subnet_is_never_passed() -> None:
    estate = egress_vpc()
    estate.put(ATTACHMENT, "tgw-attach-2", SubnetIds=["subnet-2"])
    # One table for both: what the gateway sends out would have to come back in.
    assert asked(estate, "eni-1", "8.8.8.8", port=443).verdict.value == BLOCKED


HOST, THERE = "10.1.0.0/16", "8.8.8.8/32"


@pytest.mark.parametrize(
    ("acl", "denied", "egress", "blocked"),
    [
        ("acl-1", THERE, True, ("acl-1", "forward")),
        ("acl-1", THERE, False, ("acl-1", "return")),
        ("acl-11", HOST, False, ("acl-11", "forward")),
        ("acl-11", HOST, True, ("acl-11", "return")),
        ("acl-11", THERE, True, None),
        ("acl-12", THERE, True, ("acl-12", "forward")),
        ("acl-12", THERE, False, ("acl-12", "return")),
        ("acl-12", HOST, True, None),
        ("acl-2", HOST, False, ("acl-2", "forward")),
        ("acl-2", THERE, True, ("acl-2", "forward")),
        ("acl-2", THERE, False, ("acl-2", "return")),
        ("acl-2", HOST, True, ("acl-2", "return")),
    ],
)
def test_which_network_acl_says_no_on_the_way_over_an_egress_vpc(
    acl: str, denied: str, *, egress: bool, blocked: tuple[str, str] | None
) -> None:
    everything = [entry(100, "allow", V4), entry(100, "allow", V4, egress=True)]
    estate = egress_vpc().put(ACL, acl, Entries=[entry(1, "deny", denied, egress=egress), *everything])
    found = asked(estate, "eni-1", "8.8.8.8", port=443)
    assert [(hop.id, hop.direction) for hop in found.hops if not hop.allows] == ([blocked] if blocked else [])
    assert found.verdict.value == (BLOCKED if blocked else REACHABLE)


def test_what_a_transit_gateway_brings_back_to_its_own_vpc_is_unknown() -> None:
    estate = egress_vpc()
    estate.table("rtb-11", route(V4, "nat-2"), SubnetId="subnet-11")
    switched(led("0.0.0.0/0", "tgw-attach-1"), BACK)(estate)
    found = asked(estate, "eni-1", "8.8.8.8", port=443)
    assert (found.verdict.value, found.reason) == (
        UNKNOWN,
        "what vpc-1 does with what tgw-attach-1 brings back to it is not known",
    )
