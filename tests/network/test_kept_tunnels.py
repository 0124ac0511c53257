"""Tunnels that were walked for another interface: the same path to the last hop as a walk of their own."""

from __future__ import annotations

import pytest

from scanner.network.fabric import Fabric
from scanner.network.lookups import Quick
from scanner.network.paths import Path
from scanner.network.tunnels import kept_tunnel, tunnel
from tests.network.estates import GROUP, INTERFACE, TUNNEL, Estate, address, connected, entry, found, route, rule

OPEN, CLOSED = "reachable", "not-reachable"


def neighbours(estate: Estate) -> Estate:
    """Beside eni-2 four more: two addresses, another group, both groups, and one that nobody lets in."""
    estate.group("sg-3", rule("10.1.9.0/24"), out=[]).group("sg-4", rule("192.168.0.0/16"), out=[])
    estate.interface("eni-3", "subnet-2", address("10.1.2.7"), groups=["sg-2"])
    estate.interface("eni-4", "subnet-2", address("10.1.2.200"), groups=["sg-3"])
    estate.interface("eni-5", "subnet-2", address("10.1.2.8"), groups=["sg-2", "sg-3"])
    estate.interface("eni-6", "subnet-2", address("10.1.2.9"), groups=["sg-4"])
    return estate.interface("eni-7", "subnet-9", address("10.1.9.10"), groups=["sg-3"])


def paths(fabric: Fabric) -> dict[str, tuple[Path, Path]]:
    """The path to every interface of a host, walked for it alone and kept."""
    endpoint, look = found(fabric, TUNNEL, "eice-1"), Quick(fabric)
    hosts = [found(fabric, INTERFACE, f"eni-{number}") for number in range(2, 8)]
    return {one.id: (tunnel(look, endpoint, one, port=22), kept_tunnel(look, endpoint, one, port=22)) for one in hosts}


def test_what_groups_say_is_asked_for_every_interface() -> None:
    told = paths(neighbours(connected()).fabric())
    assert all(own == kept for own, kept in told.values())
    assert [id_ for id_, (_, kept) in told.items() if kept.is_open] == ["eni-2", "eni-3", "eni-4", "eni-5", "eni-7"]


CUTS = {
    "a group": lambda one: one.group("sg-8", out=[rule("10.1.2.6/32", "10.1.2.200/32", ports=None)]).put(
        TUNNEL, "eice-1", SecurityGroupIds=["sg-8"]
    ),
    "an ACL on the way out": lambda one: one.entries(
        "acl-9", entry(90, "deny", "10.1.2.7/32", egress=True), entry(91, "deny", "10.1.2.8/32", egress=True), entry(100, "allow")
    ),
    "an ACL on the way back": lambda one: one.entries(
        "acl-9", entry(90, "deny", "10.1.2.7/32"), entry(91, "deny", "10.1.2.8/32"), entry(100, "allow")
    ),
    "a route": lambda one: one.table(
        "rtb-9", route("10.1.2.7/32", "vpce-1"), route("10.1.2.8/32", "vpce-1", state="blackhole"), SubnetId="subnet-9"
    ),
}  # fmt: skip


@pytest.mark.parametrize("cut", CUTS)
def test_a_rule_that_cuts_through_a_subnet_tells_its_addresses_apart(cut: str) -> None:
    told = paths(CUTS[cut](neighbours(connected())).fabric())
    assert all(own == kept for own, kept in told.values())
    assert {id_ for id_ in ("eni-2", "eni-3", "eni-4", "eni-5") if told[id_][1].is_open} == {"eni-2", "eni-4"}


def test_who_wears_the_same_groups_has_the_same_path_under_its_own_name() -> None:
    estate = neighbours(connected())
    for id_ in ("eni-3", "eni-4"):
        estate.put(INTERFACE, id_, Groups=[{"GroupId": "sg-4"}])
    told = paths(estate.fabric())
    assert all(own == kept for own, kept in told.values())
    assert {id_: kept.hops[-1].id for id_, (_, kept) in told.items() if not kept.is_open} == {
        "eni-3": "eni-3", "eni-4": "eni-4", "eni-6": "eni-6",
    }  # fmt: skip


def test_a_route_that_is_missing_is_told_with_each_address() -> None:
    estate = connected().table("rtb-9", SubnetId="subnet-9").vpc(3).table("rtb-3", vpc=3).subnet("subnet-3", 3)
    for number in (4, 5):
        estate.interface(f"eni-{number}", "subnet-3", address(f"10.3.0.{number}"), groups=["sg-2"], vpc=3)
    fabric = estate.fabric()
    endpoint, look = found(fabric, TUNNEL, "eice-1"), Quick(fabric)
    hosts = [found(fabric, INTERFACE, id_) for id_ in ("eni-4", "eni-5")]
    told = [kept_tunnel(look, endpoint, one, port=22).hops[-1].rule for one in hosts]
    assert told == ["rtb-9 has no route to 10.3.0.4", "rtb-9 has no route to 10.3.0.5"]


# What a path that was walked for another interface must not be taken for. The interfaces are asked in this order.


def kept(estate: Estate, *asked: str, endpoint: str = "eice-1") -> list[str]:
    fabric = estate.fabric()
    look, opened = Quick(fabric), found(fabric, TUNNEL, endpoint)
    hosts = [found(fabric, INTERFACE, id_) for id_ in asked]
    return [kept_tunnel(look, opened, one, port=22).verdict.value for one in hosts]


def test_a_kept_path_is_none_of_another_client() -> None:
    estate = neighbours(connected(PreserveClientIp=True))
    estate.entries("acl-2", entry(1, "allow", "10.200.0.0/16", ports=(22, 22)))
    # sg-2 lets in clients of 10.200.0.0/16, as the ACL does; sg-3 those of 10.1.9.0/24 alone, where the endpoint is.
    assert kept(estate, "eni-2", "eni-4") == [OPEN, CLOSED]


def test_a_path_to_one_address_of_several_is_kept_for_no_other() -> None:
    estate = neighbours(connected()).entries("acl-9", entry(90, "deny", "10.1.2.128/25"), entry(100, "allow"))
    estate.put(INTERFACE, "eni-3", PrivateIpAddresses=[address("10.1.2.201"), address("10.1.2.7")])
    assert kept(estate, "eni-3", "eni-4") == [OPEN, CLOSED]


def test_a_kept_path_is_of_its_port() -> None:
    fabric = neighbours(connected()).fabric()
    endpoint, look = found(fabric, TUNNEL, "eice-1"), Quick(fabric)
    told = [kept_tunnel(look, endpoint, found(fabric, INTERFACE, "eni-2"), port=port) for port in (22, 443)]
    assert [(path.port, path.verdict.value) for path in told] == [(22, OPEN), (443, CLOSED)]


def test_a_kept_path_is_of_its_endpoint() -> None:
    estate = neighbours(connected()).add(
        TUNNEL, InstanceConnectEndpointId="eice-2", SubnetId="subnet-9", VpcId="vpc-1", NetworkInterfaceIds=["eni-9"],
        SecurityGroupIds=["sg-9"], State="delete-in-progress",
    )  # fmt: skip
    fabric = estate.fabric()
    look, target = Quick(fabric), found(fabric, INTERFACE, "eni-2")
    told = [kept_tunnel(look, found(fabric, TUNNEL, id_), target, port=22) for id_ in ("eice-1", "eice-2")]
    assert [(path.source, path.verdict.value) for path in told] == [("eice-1", OPEN), ("eice-2", CLOSED)]


def test_a_reference_in_the_endpoints_group_is_asked_for_every_interface() -> None:
    estate = neighbours(connected()).put(GROUP, "sg-9", IpPermissionsEgress=[rule("sg-2", ports=None)])
    assert kept(estate, "eni-2", "eni-4", "eni-5") == [OPEN, CLOSED, OPEN]


def test_a_path_that_is_blocked_is_not_kept() -> None:
    assert kept(neighbours(connected()), "eni-6", "eni-2") == [CLOSED, OPEN]


@pytest.mark.parametrize("facts", [{"PreserveClientIp": True}, {"IpAddressType": "dualstack"}, {"State": "deleting"}])
def test_whatever_an_endpoint_is_a_kept_path_is_its_own(facts: dict[str, object]) -> None:
    assert all(own == kept for own, kept in paths(neighbours(connected(**facts)).fabric()).values())


def test_an_endpoint_whose_interface_nobody_sees_leaves_a_doubt() -> None:
    told = paths(neighbours(connected(NetworkInterfaceIds=["eni-8"])).fabric())
    assert {kept.reason for _, kept in told.values()} == {"the network interface of eice-1 cannot be seen"}


def test_balancers_without_groups_are_each_named_where_nothing_is_filtered() -> None:
    estate = neighbours(connected())
    for id_ in ("eni-3", "eni-4"):
        estate.put(INTERFACE, id_, Groups=[], InterfaceType="network_load_balancer")
    told = paths(estate.fabric())
    assert all(own == kept for own, kept in told.values())
    assert [hop.id for hop in told["eni-4"][1].hops if "wears no group" in hop.rule] == ["eni-4"]
