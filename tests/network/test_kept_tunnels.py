"""Tunnels that were walked for another interface: the same path to the last hop as a walk of their own."""

from __future__ import annotations

import pytest

from scanner.network.fabric import Fabric
from scanner.network.lookups import Quick
from scanner.network.paths import Path
from scanner.network.tunnels import kept_tunnel, tunnel
from tests.network.estates import INTERFACE, TUNNEL, Estate, address, connected, entry, found, route, rule


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


@pytest.mark.parametrize("facts", [{"PreserveClientIp": True}, {"IpAddressType": "dualstack"}, {"State": "deleting"}])
def test_whatever_an_endpoint_is_a_kept_path_is_its_own(facts: dict[str, object]) -> None:
    assert all(own == kept for own, kept in paths(neighbours(connected(**facts)).fabric()).values())


def test_an_endpoint_whose_interface_nobody_sees_leaves_a_doubt() -> None:
    told = paths(neighbours(connected(NetworkInterfaceIds=["eni-8"])).fabric())
    assert {kept.reason for _, kept in told.values()} == {"the network interface of eice-1 cannot be seen"}
