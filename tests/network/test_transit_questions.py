"""What is asked over a transit gateway: references to groups, IPv6, proofs, sessions, and the laws both halves keep."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model import Undecided, View
from scanner.network.fabric import Fabric
from scanner.network.lookups import Plain, Quick
from scanner.network.paths import Path
from scanner.network.questions import connection_path
from scanner.network.reach import reach
from scanner.network.tunnels import kept_tunnel
from tests.by_hand import refused
from tests.network.estates import (
    ACL,
    ATTACHMENT,
    GROUP,
    INTERFACE,
    SUBNET,
    TABLE,
    TRANSIT,
    TRANSIT_TABLE,
    TUNNEL,
    Estate,
    Facts,
    address,
    found,
    route,
    rule,
    two_hosts,
    verdict,
)
from tests.network.transit_estates import BACK, BLOCKED, REACHABLE, UNKNOWN, Change, also, led, over_transit, switched

ON = {"SecurityGroupReferencingSupport": "enable"}
OFF = {"SecurityGroupReferencingSupport": "disable"}
BY_GROUP: Change = lambda e: e.put(GROUP, "sg-2", IpPermissions=[rule("sg-1")])  # noqa: E731 - a change like the others
BY_BLOCK: Change = lambda e: e.put(GROUP, "sg-2", IpPermissions=[rule("10.0.0.0/8")])  # noqa: E731 - as above


def supported(gateway: Facts, *attachments: Facts) -> Change:
    return also(
        lambda e: e.put(TRANSIT, "tgw-1", Options=gateway),
        *(
            lambda e, n=number, told=told: e.put(ATTACHMENT, f"tgw-attach-{n}", Options=told)
            for number, told in enumerate(attachments, start=1)
        ),
    )


REFERENCES: dict[str, tuple[Change, str]] = {
    "on everywhere": (also(BY_GROUP, supported(ON, ON, ON)), REACHABLE),
    "on by default at the attachments": (also(BY_GROUP, supported(ON)), REACHABLE),
    "off by default at the gateway": (also(BY_GROUP, supported({}, ON, ON)), BLOCKED),
    "off at the gateway": (also(BY_GROUP, supported(OFF, ON, ON)), BLOCKED),
    "off at the source's attachment": (also(BY_GROUP, supported(ON, OFF, ON)), BLOCKED),
    "off at the target's attachment": (also(BY_GROUP, supported(ON, ON, OFF)), BLOCKED),
    "not on the way out": (
        also(supported(ON), lambda e: e.put(GROUP, "sg-1", IpPermissionsEgress=[rule("sg-2", ports=None)])), BLOCKED),
    "never to an interface endpoint": (
        also(BY_GROUP, supported(ON), lambda e: e.put(INTERFACE, "eni-2", InterfaceType="vpc_endpoint")), BLOCKED),
    "a block does as well": (also(BY_BLOCK, supported(OFF)), REACHABLE),
}  # fmt: skip


@pytest.mark.parametrize("name", REFERENCES)
def test_references_to_groups_count_where_all_three_support_them(name: str) -> None:
    change, expected = REFERENCES[name]
    estate = over_transit()
    change(estate)
    assert verdict(estate) == expected


@pytest.mark.parametrize(("support", "expected"), [("enable", REACHABLE), ("disable", BLOCKED), (None, UNKNOWN)])
def test_ipv6_passes_where_both_attachments_carry_it(support: str | None, expected: str) -> None:
    estate = over_transit().put(GROUP, "sg-2", IpPermissions=[rule("2600:1::/56")])
    estate.put(INTERFACE, "eni-2", PrivateIpAddresses=None, Ipv6Addresses=[{"Ipv6Address": "2600:2::6"}])
    estate.routes("rtb-1", route("2600:2::/56", "tgw-1")).routes("rtb-2", route("2600:1::/56", "tgw-1"))
    switched(led("2600:2::/56", "tgw-attach-2"), led("2600:1::/56", "tgw-attach-1"))(estate)
    estate.put(ATTACHMENT, "tgw-attach-1", Options={"Ipv6Support": "enable"})
    estate.put(ATTACHMENT, "tgw-attach-2", Options={"Ipv6Support": support} if support else {})
    assert verdict(estate, family=6) == expected


def test_a_route_inside_a_vpc_to_a_transit_gateway_is_not_followed() -> None:
    estate = over_transit()
    switched(led("10.1.0.0/16", "tgw-attach-1"))(estate)
    estate.given[INTERFACE] = two_hosts().given[INTERFACE]
    estate.put(SUBNET, "subnet-2", VpcId="vpc-1").put(ATTACHMENT, "tgw-attach-1", SubnetIds=["subnet-11"])
    estate.routes("rtb-1", route("10.1.2.0/24", "tgw-1")).table("rtb-11", SubnetId="subnet-11")
    assert verdict(estate) == UNKNOWN


def test_the_hops_name_attachments_tables_and_routes() -> None:
    estate = over_transit()
    fabric = estate.fabric()
    path = connection_path(
        fabric.inventory, found(fabric, INTERFACE, "eni-1"), found(fabric, INTERFACE, "eni-2"), port=22
    )
    assert path is not None
    there = [(hop.kind, hop.id) for hop in path.hops if hop.direction == "forward"]
    assert there == [
        (INTERFACE, "eni-1"), (GROUP, "sg-1"), (ACL, "acl-1"), (TABLE, "rtb-1"), (ATTACHMENT, "tgw-attach-1"),
        (ACL, "acl-11"), (TRANSIT_TABLE, "tgw-rtb-1"), (ATTACHMENT, "tgw-attach-2"), (TABLE, "rtb-2"), (ACL, "acl-12"),
        (ACL, "acl-2"), (GROUP, "sg-2"),
    ]  # fmt: skip
    assert "route in tgw-rtb-1: 10.2.0.0/16 -> tgw-attach-2 (static)" in [hop.words for hop in path.hops]
    assert "on the way back, route in tgw-rtb-1: 10.1.0.0/16 -> tgw-attach-1 (static)" in [
        hop.words for hop in path.hops
    ]


def test_reach_answers_and_cuts_over_a_transit_gateway() -> None:
    answer = reach(View(over_transit().inventory()), "eni-1", "eni-2", port=22)
    assert str(answer.verdict) == REACHABLE
    assert ("rtb-1", "route in rtb-1: 10.2.0.0/16 -> tgw-1") in [(cut.id, cut.rule) for cut in answer.cuts]
    closed = over_transit()
    switched(led("10.2.0.0/16", state="blackhole"), BACK)(closed)
    refusal = reach(View(closed.inventory()), "eni-1", "eni-2", port=22)
    assert (str(refusal.verdict), refusal.hops[-1].id, refusal.hops[-1].code) == (
        BLOCKED,
        "tgw-rtb-1",
        "BAD_STATE_ROUTE",
    )


def test_a_refused_table_is_told_with_its_reason() -> None:
    estate = over_transit().gap(refused("ec2:DescribeTransitGatewayRouteTables", TRANSIT_TABLE))
    answer = reach(View(estate.inventory()), "eni-1", "eni-2", port=22)
    assert str(answer.verdict) == UNKNOWN
    assert "ec2:DescribeTransitGatewayRouteTables" in answer.reason


@pytest.mark.parametrize(("gateway", "expected"), [(ON, REACHABLE), (OFF, BLOCKED)])
def test_a_session_over_a_transit_gateway_is_no_other_interface_s(gateway: Facts, expected: str) -> None:
    """The walked path of one interface is not lent to another that is let in by reference."""
    estate = over_transit().subnet("subnet-9").group("sg-9", out=[rule("0.0.0.0/0", ports=None)])
    estate.put(SUBNET, "subnet-9", AvailabilityZone="eu-west-1a").put(TRANSIT, "tgw-1", Options=gateway)
    estate.interface("eni-9", "subnet-9", address("10.1.9.9"), groups=["sg-9"], InterfaceType="eice")
    estate.group("sg-3", rule("sg-9"), vpc=2).interface(
        "eni-3", "subnet-2", address("10.2.2.7"), groups=["sg-3"], vpc=2
    )
    estate.add(TUNNEL, InstanceConnectEndpointId="eice-1", SubnetId="subnet-9", VpcId="vpc-1", State="create-complete",
               NetworkInterfaceIds=["eni-9"], SecurityGroupIds=["sg-9"])  # fmt: skip
    look = Quick(estate.fabric())
    endpoint = found(look.fabric, TUNNEL, "eice-1")
    paths = [kept_tunnel(look, endpoint, found(look.fabric, INTERFACE, one), port=22) for one in ("eni-2", "eni-3")]
    assert [str(path.verdict) for path in paths] == [REACHABLE, expected]


BLOCKS = st.sampled_from(
    ["10.0.0.0/8", "10.2.0.0/16", "10.2.2.0/24", "10.2.2.6/32", "10.3.0.0/16", "2600:2::/56", "::/0"]
)
KINDS = st.sampled_from(["vpc", "vpn", "connect", "direct-connect-gateway", "peering", "tgw-peering", "moon"])
ROUTES = st.builds(
    lambda block, attachment, type_, kind, state, in_list: led(
        block, *attachment, type_=type_, kind=kind, state=state, **({"PrefixListId": "pl-1"} if in_list else {})
    ),
    BLOCKS,
    st.sampled_from([("tgw-attach-1",), ("tgw-attach-2",), ()]),
    st.sampled_from(["static", "propagated", "system"]),
    KINDS,
    st.sampled_from(["active", "active", "blackhole", "deleted"]),
    st.booleans(),
)


def ends(look: Plain | Quick, table: Any, target: str) -> object:
    try:
        chosen = look.transit_route(table, target)
    except Undecided:
        return UNKNOWN
    if chosen is None:
        return None
    led_to = [one["TransitGatewayAttachmentId"] for one in chosen["TransitGatewayAttachments"]]
    return chosen["DestinationCidrBlock"], chosen["State"], led_to


@given(st.lists(ROUTES, max_size=7))
def test_both_halves_take_the_same_route(routes: list[Facts]) -> None:
    fabric = Estate().add(TRANSIT_TABLE, TransitGatewayRouteTableId="tgw-rtb-1", Routes=routes).fabric()
    table = found(fabric, TRANSIT_TABLE, "tgw-rtb-1")
    for target in ("10.2.2.6", "10.2.2.7", "10.2.9.9", "10.9.9.9", "10.3.1.1", "11.0.0.1", "2600:2::6"):
        assert ends(Quick(fabric), table, target) == ends(Plain(fabric), table, target)


@given(st.data())
def test_damaged_facts_never_crash(data: st.DataObject) -> None:
    estate = over_transit()
    kind = data.draw(st.sampled_from([TRANSIT, TRANSIT_TABLE, ATTACHMENT]))
    facts = data.draw(st.sampled_from(estate.given[kind]))
    key = data.draw(st.sampled_from(sorted(set(facts) - {"TransitGatewayRouteTableId", "TransitGatewayAttachmentId"})))
    facts[key] = data.draw(st.sampled_from([None, "", 7, [None], [{}], {}, ["x"]]))
    assert verdict(estate) in (REACHABLE, BLOCKED, UNKNOWN)
    assert isinstance(path_of(estate.fabric()), Path)


def path_of(fabric: Fabric) -> Path | None:
    ends = [found(fabric, INTERFACE, one) for one in ("eni-1", "eni-2")]
    return connection_path(fabric.inventory, *ends, port=22)
