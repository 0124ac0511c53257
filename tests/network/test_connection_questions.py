"""What rules hear of two interfaces that have several addresses: the best of all paths, and a doubt before a closed one."""

from __future__ import annotations

from scanner.network.paths import Path
from scanner.network.questions import connection_path
from tests.network.estates import GROUP, INTERFACE, V4, V6, Estate, found, route, rule, two_hosts


def told(estate: Estate) -> Path | None:
    fabric = estate.fabric()
    return connection_path(
        fabric.inventory, found(fabric, INTERFACE, "eni-1"), found(fabric, INTERFACE, "eni-2"), port=22
    )


def both_families(*rules: object) -> Estate:
    """The two hosts with an address of each family; these rules let into the second."""
    estate = two_hosts().put(INTERFACE, "eni-2", Ipv6Addresses=[{"Ipv6Address": "2600:1::6"}])
    return estate.put(GROUP, "sg-2", IpPermissions=list(rules), IpPermissionsEgress=[rule(V4, V6, ports=None)])


def verdict(estate: Estate) -> str:
    path = told(estate)
    assert path is not None
    return path.verdict.value


def test_an_address_of_one_family_meets_none_of_the_other() -> None:
    estate = both_families(rule(V4, V6)).put(INTERFACE, "eni-1", Ipv6Addresses=[])
    assert told(estate.put(INTERFACE, "eni-2", PrivateIpAddresses=[], PrivateIpAddress=None)) is None


def test_an_open_path_over_one_family_is_told_whatever_is_in_doubt_over_the_other() -> None:
    estate = both_families(rule(V4, V6)).routes("rtb-1", route("10.1.2.0/24", "eni-7"), route(V6, "igw-1"))
    assert verdict(estate) == "reachable"
    assert verdict(both_families(rule(V4)).routes("rtb-1", route("2600:1::/64", "eni-7"))) == "reachable"


def test_a_doubt_over_one_family_is_told_before_a_longer_path_that_is_closed_over_the_other() -> None:
    estate = both_families(rule("10.0.0.0/8")).routes("rtb-1", route("10.1.2.0/24", "eni-7"))
    assert verdict(estate) == "unknown"
    assert verdict(both_families(rule(V6)).routes("rtb-1", route("2600:1::/64", "eni-7"))) == "unknown"
