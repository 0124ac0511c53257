"""Corners of AWS's network semantics that the plain cases leave out, each named after its rule and verified by hand."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.errors import InternalError
from scanner.model import Undecided
from scanner.network import entrances, plain
from scanner.network.certified import certified
from scanner.network.exposure import Exposure, exposure_of
from scanner.network.interfaces import is_listening
from scanner.network.lookups import Lookups, Plain, Quick
from scanner.network.paths import Path, Verdict
from scanner.network.proofs import prove, refute
from scanner.network.reach import reach
from tests.network.estates import (
    ACL,
    GROUP,
    INTERFACE,
    LIST,
    PEERING,
    SUBNET,
    TABLE,
    V4,
    V6,
    VPC,
    Estate,
    address,
    connected,
    entry,
    found,
    inspected_host,
    public_host,
    route,
    rule,
    session,
    sources,
    two_hosts,
    verdict,
)
from tests.network.test_engine_cases import (
    ANY,
    BLOCKED,
    CLIENT,
    CLOSED,
    NARROW,
    OPEN_V6,
    PL,
    REACHABLE,
    UNKNOWN,
    Change,
    acl,
    admits,
    also,
    blocked,
    prefixes,
    routes,
)


def first(kind: str, **facts: Any) -> Change:
    """One more resource, before all others of its kind."""
    return lambda e: e.given[kind].insert(0, facts)


FOUR: dict[str, tuple[Change, str]] = {
    "a route without a state carries": (routes({"DestinationCidrBlock": V4, "GatewayId": "igw-1"}), ANY),
    "two prefix lists of which one drops": (
        also(prefixes(PL, V4), prefixes("pl-2", V4), routes(route(PL, "igw-1"), route("pl-2", "igw-1", state="blackhole"))),
        UNKNOWN,
    ),
    "two prefix lists with one block, the gateway's last": (
        also(prefixes(PL, V4), prefixes("pl-2", V4), routes(route(PL, "nat-1"), route("pl-2", "igw-1"))),
        UNKNOWN,
    ),
    "a longer prefix that begins where the shorter one does": (
        also(routes(route(V4, "nat-1"), route("0.0.0.0/1", "igw-1")), admits(rule("8.8.8.0/24"))),
        "8.8.8.0/24",
    ),
    "three prefix lists with one block": (
        also(prefixes(PL, V4), prefixes("pl-2", V4), prefixes("pl-3", V4),
             routes(route(PL, "igw-1"), route("pl-2", "nat-1"), route("pl-3", "nat-1"))),
        UNKNOWN,
    ),
    "a prefix list that was not read": (
        also(lambda e: e.add(LIST, PrefixListId=PL), routes(route(V4, "igw-1"), route(PL, "nat-1"))),
        UNKNOWN,
    ),
    "the default ACL of another VPC": (
        also(lambda e: e.put(ACL, "acl-1", Associations=[], IsDefault=True),
             first(ACL, NetworkAclId="acl-0", VpcId="vpc-0", IsDefault=True, Entries=[])),
        ANY,
    ),
    "the main table of another VPC": (
        first(TABLE, RouteTableId="rtb-0", VpcId="vpc-0", Routes=[], Associations=[{"Main": True}]),
        ANY,
    ),
    "an entry of all protocols with ports": (acl(entry(100, "deny", ports=(80, 80), protocol="-1"), entry(200, "allow")), CLOSED),
    "an entry of ICMP with what is no port": (acl(entry(100, "deny", ports=(-1, -1), protocol="1"), entry(200, "allow")), ANY),
    "an entry with ports the wrong way round": (acl(entry(100, "deny", ports=(80, 22)), entry(200, "allow")), UNKNOWN),
    "a group that cannot be seen beside a closed one": (
        also(admits(), lambda e: e.put(INTERFACE, "eni-1", Groups=[{"GroupId": "sg-1"}, {"GroupId": "sg-9"}])),
        UNKNOWN,
    ),
    "only egress excluded where nothing is blocked": (blocked("off", InternetGatewayExclusionMode="allow-egress"), ANY),
    "an exclusion that was updated": (
        blocked("block-ingress", InternetGatewayExclusionMode="allow-bidirectional", State="update-complete"),
        ANY,
    ),
    "a rule of a list that was not read": (also(lambda e: e.add(LIST, PrefixListId=PL), admits(rule(PL))), UNKNOWN),
}  # fmt: skip


@pytest.mark.parametrize("name", FOUR)
def test_who_reaches_ssh_over_ipv4(name: str) -> None:
    change, expected = FOUR[name]
    estate = public_host()
    change(estate)
    assert sources(estate) == expected


def announced(block: str, attribute: str) -> Change:
    told = [{"Ipv6CidrBlock": block, "Ipv6AddressAttribute": attribute}]
    return also(OPEN_V6, lambda e: e.put(SUBNET, "subnet-1", Ipv6CidrBlockAssociationSet=told))


SIX: dict[str, tuple[Change, str]] = {
    "a private block": (announced("2600:1::/64", "private"), CLOSED),
    "a public block": (announced("2600:1::/64", "public"), "any IPv6 address"),
    "another block that is private": (announced("2600:2::/64", "private"), "any IPv6 address"),
}


@pytest.mark.parametrize("name", SIX)
def test_who_reaches_ssh_over_ipv6(name: str) -> None:
    change, expected = SIX[name]
    estate = public_host()
    change(estate)
    assert sources(estate, family=6) == expected


INSIDE: dict[str, tuple[Change, str]] = {
    "a local gateway on the way": (routes(route("10.1.2.0/24", "lgw-1")), UNKNOWN),
    "a carrier gateway on the way": (routes(route("10.1.2.0/24", "cagw-1")), UNKNOWN),
    "an internet gateway on the way": (routes(route("10.1.2.0/24", "igw-1")), BLOCKED),
    "a transit gateway on the way": (routes(route("10.1.2.0/24", "tgw-1")), UNKNOWN),
    "a core network on the way": (routes(route("10.1.2.0/24", "arn:aws:networkmanager::1:core-network/1")), UNKNOWN),
    "a rule of UDP": (lambda e: e.put(GROUP, "sg-2", IpPermissions=[rule("10.0.0.0/8", protocol="udp")]), BLOCKED),
    "a reference at another port": (lambda e: e.put(GROUP, "sg-2", IpPermissions=[rule("sg-1", ports=(23, 23))]), BLOCKED),
    "an ACL that answers one port of the ephemeral ones": (
        lambda e: e.entries("acl-1", entry(1, "allow", ports=(40000, 40000))),
        REACHABLE,
    ),
    "an ACL that answers privileged ports alone": (
        lambda e: e.entries("acl-1", entry(1, "allow", ports=(1, 1023))),
        BLOCKED,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", INSIDE)
def test_what_becomes_of_a_connection_inside_a_vpc(name: str) -> None:
    change, expected = INSIDE[name]
    estate = two_hosts()
    change(estate)
    assert verdict(estate) == expected


def test_a_peering_connection_is_one_whichever_side_asked_for_it() -> None:
    for ends in (("RequesterVpcInfo", "AccepterVpcInfo"), ("AccepterVpcInfo", "RequesterVpcInfo")):
        told = {end: {"VpcId": f"vpc-{number}"} for number, end in enumerate(ends, 1)}
        estate = two_hosts(vpc=2).add(PEERING, VpcPeeringConnectionId="pcx-1", Status={"Code": "active"}, **told)
        estate.routes("rtb-1", route("10.2.0.0/16", "pcx-1")).routes("rtb-2", route("10.1.0.0/16", "pcx-1"))
        assert verdict(estate) == REACHABLE


def six(estate: Estate) -> None:
    """Both ends have IPv6, the host nothing else, and the groups speak it."""
    estate.put(INTERFACE, "eni-9", Ipv6Addresses=[{"Ipv6Address": "2600:1::9"}])
    estate.put(INTERFACE, "eni-2", PrivateIpAddresses=None, Ipv6Addresses=[{"Ipv6Address": "2600:1::6"}])
    estate.put(GROUP, "sg-2", IpPermissions=[rule("2600:1::9/128")])
    estate.put(GROUP, "sg-9", IpPermissionsEgress=[rule(V6, ports=None)])


SESSIONS: dict[str, tuple[dict[str, Any], Change, str]] = {
    "the endpoint tells its own groups, whatever its interface says": (
        {},
        lambda e: e.put(INTERFACE, "eni-9", Groups=[{"GroupId": "sg-1"}]).put(
            GROUP, "sg-2", IpPermissions=[rule("sg-9")]
        ),
        REACHABLE,
    ),
    "the endpoint does not wear what its interface alone wears": (
        {},
        lambda e: e.put(INTERFACE, "eni-9", Groups=[{"GroupId": "sg-1"}]).put(
            GROUP, "sg-2", IpPermissions=[rule("sg-1")]
        ),
        BLOCKED,
    ),
    "the answer of the first address is denied, and the second is reached": (
        {},
        lambda e: e.put(INTERFACE, "eni-2", PrivateIpAddresses=[address("10.1.2.7"), address("10.1.2.6")]).entries(
            "acl-9", entry(90, "deny", "10.1.2.7/32"), entry(100, "allow")
        ),
        REACHABLE,
    ),
    "an endpoint of both families and a host of IPv6": ({"IpAddressType": "dualstack"}, six, REACHABLE),
    "an endpoint of IPv6 and a host of IPv6": ({"IpAddressType": "ipv6"}, six, REACHABLE),
    "an endpoint of IPv4 and a host of IPv6": ({"IpAddressType": "ipv4"}, six, BLOCKED),
    "an endpoint that tells no family and a host of IPv6": ({}, six, BLOCKED),
    "the endpoint's group lets out by reference": (
        {},
        lambda e: e.put(GROUP, "sg-9", IpPermissionsEgress=[rule("sg-2")]),
        REACHABLE,
    ),
    "the endpoint's group lets out to the second address alone": (
        {},
        lambda e: e.put(INTERFACE, "eni-2", PrivateIpAddresses=[address("10.1.2.6"), address("10.1.2.7")])
        .put(GROUP, "sg-9", IpPermissionsEgress=[rule("10.1.2.7/32")]),
        REACHABLE,
    ),
    "the endpoint's group lets out to the first address alone": (
        {},
        lambda e: e.put(INTERFACE, "eni-2", PrivateIpAddresses=[address("10.1.2.6"), address("10.1.2.7")])
        .put(GROUP, "sg-9", IpPermissionsEgress=[rule("10.1.2.6/32")]),
        REACHABLE,
    ),
    "preserving: the ACL lets no answer out": (
        CLIENT,
        lambda e: e.put(GROUP, "sg-2", IpPermissions=[rule(V4)]).entries("acl-2", entry(1, "allow"), both=False),
        BLOCKED,
    ),
    "preserving: the ACL lets nobody in": (
        CLIENT,
        lambda e: e.put(GROUP, "sg-2", IpPermissions=[rule(V4)]).entries("acl-2"),
        BLOCKED,
    ),
    "preserving: the ACL answers other clients": (
        CLIENT,
        lambda e: e.put(GROUP, "sg-2", IpPermissions=[rule(V4)])
        .entries("acl-2", entry(1, "allow"), entry(1, "allow", NARROW, egress=True), both=False),
        REACHABLE,
    ),
    "preserving: a reference at another port": (
        CLIENT,
        lambda e: e.put(GROUP, "sg-2", IpPermissions=[rule("sg-9", ports=(80, 80)), rule(NARROW)]),
        REACHABLE,
    ),
    "preserving: the endpoint's group lets nothing out": (
        CLIENT,
        lambda e: e.put(GROUP, "sg-2", IpPermissions=[rule(V4)]).put(GROUP, "sg-9", IpPermissionsEgress=[]),
        BLOCKED,
    ),
    "not preserving: a client is let in": ({}, lambda e: e.put(GROUP, "sg-2", IpPermissions=[rule(NARROW)]), BLOCKED),
    "an endpoint that is being deleted": ({"State": "delete-in-progress"}, lambda e: e, BLOCKED),
    "an endpoint that is being updated": ({"State": "update-in-progress"}, lambda e: e, REACHABLE),
    "an endpoint that is being made": ({"State": "create-in-progress"}, lambda e: e, BLOCKED),
}  # fmt: skip


@pytest.mark.parametrize("name", SESSIONS)
def test_what_becomes_of_a_session_from_an_endpoint(name: str) -> None:
    facts, change, expected = SESSIONS[name]
    estate = connected(**facts)
    change(estate)
    assert session(estate) == expected
    # Who answers people asks with the same halves.
    assert str(reach(_view(estate), "eice-1", "eni-2").verdict) == expected


def _view(estate: Estate) -> Any:
    return estate.fabric().inventory


# The two halves


def test_a_set_that_its_packet_contradicts_is_an_error_and_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    fabric = public_host().fabric()
    interface = found(fabric, INTERFACE, "eni-1")
    opening = exposure_of(fabric, interface).at(22)[0]
    monkeypatch.setattr(plain, "best_route", lambda *_, **__: None)
    with pytest.raises(InternalError, match="eni-1 is open at tcp/22 by its sets, and not by its rules"):
        prove(fabric, interface, opening, port=22)


def test_a_packet_that_its_set_contradicts_is_an_error_and_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entrances, "exposure_of", lambda *_, **__: Exposure(()))
    with pytest.raises(InternalError, match=r"eni-1 is closed to 8\.8\.8\.8 by its sets, and not by its rules"):
        reach(_view(public_host()), "internet", "eni-1")


def test_two_walks_that_contradict_each_other_are_an_error_and_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "best_route", lambda *_, **__: None)
    with pytest.raises(InternalError, match="is reachable by its tables, and not-reachable by its rules"):
        reach(_view(two_hosts()), "eni-1", "eni-2")


def test_a_packet_that_meets_what_its_set_leaves_out_is_in_doubt_and_no_error() -> None:
    # Sets read the routes of one family at a time, and a packet reads the table from its beginning.
    fabric = public_host().routes("rtb-1", route(V4, "igw-1"), route("junk:", "igw-1")).fabric()
    interface = found(fabric, INTERFACE, "eni-1")
    opening = exposure_of(fabric, interface).at(22)[0]
    with pytest.raises(Undecided, match="'junk:' is no CIDR block"):
        prove(fabric, interface, opening, port=22)


@pytest.mark.parametrize("id_", [[], {}, ["sg-2"], 5, None])
def test_a_reference_of_another_shape_is_nobodys_and_no_crash(id_: object) -> None:
    pairs = {**rule(ports=(22, 22)), "UserIdGroupPairs": [{"GroupId": id_}]}
    assert sources(public_host().put(GROUP, "sg-1", IpPermissions=[pairs, rule(V4)])) == "any IPv4 address"


@pytest.mark.parametrize("shape", [[], {}, [None], 5])
def test_a_peering_whose_ends_have_another_shape_leads_nowhere(shape: object) -> None:
    estate = two_hosts(2).routes("rtb-1", route("10.2.0.0/16", "pcx-1"))
    ends = {"RequesterVpcInfo": {"VpcId": shape}, "AccepterVpcInfo": {"VpcId": "vpc-2"}}
    assert verdict(estate.add(PEERING, VpcPeeringConnectionId="pcx-1", Status={"Code": "active"}, **ends)) == BLOCKED


@pytest.mark.parametrize("half", [Quick, Plain])
def test_a_doubt_of_either_walk_is_told(half: type[Lookups]) -> None:
    def walk(look: Lookups) -> Path:
        verdict, reason = (Verdict.UNKNOWN, "nobody knows") if isinstance(look, half) else (Verdict.REACHABLE, "")
        return Path(verdict, "eni-1", "eni-2", "tcp", 22, (), reason)

    path = certified(public_host().fabric(), walk)
    assert (path.verdict, path.reason) == (Verdict.UNKNOWN, "nobody knows")


def test_a_group_without_an_id_is_a_doubt_by_the_interfaces_name() -> None:
    fabric = public_host().put(INTERFACE, "eni-1", Groups=[{"GroupName": "web"}]).fabric()
    exposure = exposure_of(fabric, found(fabric, INTERFACE, "eni-1"))
    assert exposure.doubts == ("the facts do not say which security groups eni-1 wears",)


def refuted(estate: Estate, source: str = "8.8.8.8") -> Path:
    fabric = estate.fabric()
    return refute(fabric, found(fabric, INTERFACE, "eni-1"), source=source, protocol="tcp", port=22)


def test_no_private_address_comes_from_the_internet_whatever_groups_and_routes_say() -> None:
    path = refuted(public_host().put(GROUP, "sg-1", IpPermissions=[rule("10.0.0.0/8")]), "10.9.9.9")
    assert (path.verdict, path.reason) == (
        Verdict.NOT_REACHABLE,
        "10.9.9.9 is no address of the internet [CANNOT_ROUTE]",
    )


def test_what_is_steered_to_an_appliance_says_so_on_both_ways() -> None:
    path = refuted(inspected_host())
    assert path.verdict is Verdict.VIA_MIDDLEBOX
    assert [(hop.id, hop.direction) for hop in path.hops if hop.is_opaque] == [
        ("rtb-edge", "forward"),
        ("vpce-1", "return"),
    ]


TWO = [address("10.1.1.5", "52.1.1.1"), address("10.1.2.5", "52.1.1.2")]


def steered(*others: Any) -> Estate:
    """A host with two public addresses, of which the edge table leads the first to an appliance nobody knows."""
    estate = public_host().put(INTERFACE, "eni-1", PrivateIpAddresses=TWO)
    estate.table("rtb-edge", route("10.1.1.0/24", "eni-7"), GatewayId="igw-1")
    return estate.put(GROUP, "sg-1", IpPermissions=list(others))


def test_of_several_addresses_the_one_that_is_reached_is_told() -> None:
    assert refuted(steered(rule(V4))).verdict is Verdict.REACHABLE


def test_of_several_addresses_the_one_in_doubt_is_told_before_the_closed_one() -> None:
    assert refuted(steered()).verdict is Verdict.UNKNOWN


def test_a_packet_of_another_family_has_nowhere_to_go() -> None:
    estate = public_host().put(INTERFACE, "eni-1", PrivateIpAddresses=None)
    assert [hop.code for hop in refuted(estate).hops] == ["UNSUPPORTED_ADDRESS_FAMILY"]


# Who listens


@pytest.mark.parametrize(
    ("status", "state", "listens"),
    [
        ("in-use", "running", True), ("in-use", "pending", True), ("in-use", "stopped", False), ("in-use", "terminated", False),
        ("available", "", False), ("in-use", "", True),
    ],
)  # fmt: skip
def test_nobody_listens_at_a_detached_interface_or_in_a_stopped_instance(
    status: str, state: str, *, listens: bool
) -> None:
    estate = public_host().put(INTERFACE, "eni-1", Status=status)
    if state:
        estate.put(INTERFACE, "eni-1", Attachment={"InstanceId": "i-1"})
        estate.add("AWS::EC2::Instance", InstanceId="i-1", State={"Name": state})
    fabric = estate.fabric()
    assert is_listening(fabric.inventory, found(fabric, INTERFACE, "eni-1")) is listens


def test_a_vpc_has_all_its_blocks() -> None:
    estate = public_host().put(
        VPC, "vpc-1", CidrBlockAssociationSet=[{"CidrBlock": "10.1.0.0/16"}, {"CidrBlock": "10.66.0.0/16"}]
    )
    assert estate.fabric().vpc_blocks("vpc-1") == ("10.1.0.0/16", "10.66.0.0/16", "2600:1::/56")
    assert estate.put(VPC, "vpc-1", CidrBlockAssociationSet=[]).fabric().vpc_blocks("vpc-1")[0] == "10.1.0.0/16"
