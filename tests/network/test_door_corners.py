"""Corners of the ways through load balancers and accelerators: protocols, ports, families, and doors that are none."""

from __future__ import annotations

from typing import Any

import scanner
from scanner.model import Unknown, View
from scanner.network.balancers import groups_behind
from scanner.network.reach import Reach
from tests.network.estates import GROUP, INTERFACE, SUBNET, V4, V6, Estate, address, entry, route, rule
from tests.network.front_doors import (
    BALANCER,
    ELB,
    INNER,
    LISTENER,
    NET,
    OTHER,
    TARGETS,
    accelerator,
    classic_balancer,
    hidden_host,
    network_balancer,
    put,
    target,
    target_group,
)

NOT_KEPT = [{"Key": "preserve_client_ip.enabled", "Value": "false"}]


def asked(estate: Estate, source: str = "internet", to: str = "i-2", **options: Any) -> Reach:
    return scanner.reach(estate.inventory(), source, to, **options)


def verdict(estate: Estate, source: str = "internet", **options: Any) -> str:
    return asked(estate, source, **options).verdict.value


def test_private_addresses_do_not_come_through_a_door() -> None:
    estate = network_balancer(hidden_host()).put(SUBNET, "subnet-1", CidrBlock="10.1.1.0/24")
    found = asked(estate, "10.1.1.128/25")
    assert (found.verdict.value, found.sources, found.door) == ("reachable", ("10.1.1.128/25",), None)
    estate.entries("acl-2", entry(50, "deny", "10.0.0.0/8"), entry(100, "allow"))
    found = asked(estate, "10.1.1.128/25")
    assert (found.verdict.value, found.hops[-1].id, found.door) == ("not-reachable", "acl-2", None)


def test_a_classic_load_balancer_carries_no_udp() -> None:
    estate = classic_balancer(hidden_host())
    assert verdict(estate) == "reachable"
    estate.put(GROUP, "sg-old", IpPermissions=[rule(V4, ports=(8022, 8022), protocol="udp")])
    assert verdict(estate, protocol="udp") == "not-reachable"


def test_a_classic_load_balancer_leads_to_the_ports_of_its_listeners_alone() -> None:
    estate = classic_balancer(hidden_host()).put(GROUP, "sg-2", IpPermissions=[rule(V4, ports=None)])
    assert (verdict(estate, port=22), verdict(estate, port=80)) == ("reachable", "not-reachable")


def test_a_load_balancer_of_an_unknown_type_hides_no_other_door() -> None:
    dark = hidden_host().add(
        BALANCER, LoadBalancerName="dark", LoadBalancerArn=f"{ELB}:loadbalancer/net/dark/aa00", VpcId="vpc-1",
        Type=Unknown("DescribeLoadBalancers was refused"), Scheme="internet-facing", State={"Code": "active"},
    )  # fmt: skip
    found = asked(network_balancer(dark))
    assert (found.verdict.value, found.door.id if found.door else "") == ("reachable", "edge")


def test_the_listener_of_a_network_load_balancer_leads_to_the_groups_it_names() -> None:
    estate = target_group(network_balancer(hidden_host()), NET, OTHER, target())
    view = View(estate.inventory())
    (balancer,), (listener,) = view.of(BALANCER), view.of(LISTENER)
    assert [group.arn for group in groups_behind(view, balancer, listener)] == [INNER]


def test_over_udp_the_target_sees_the_client_whatever_the_attribute_says() -> None:
    estate = put(network_balancer(hidden_host(), Protocol="UDP", Attributes=NOT_KEPT), LISTENER, Protocol="UDP")
    estate.put(GROUP, "sg-2", IpPermissions=[rule(V4, protocol="udp")])
    assert verdict(estate, protocol="udp") == "reachable"
    estate.put(GROUP, "sg-2", IpPermissions=[rule("10.1.0.0/16", protocol="udp")])
    assert verdict(estate, protocol="udp") == "not-reachable"


def test_a_gateway_load_balancer_is_no_door() -> None:
    assert verdict(put(network_balancer(hidden_host()), BALANCER, Type="gateway")) == "not-reachable"


def test_a_target_group_of_udp_takes_no_tcp() -> None:
    assert verdict(put(network_balancer(hidden_host()), TARGETS, Protocol="UDP")) == "not-reachable"


def test_of_the_clients_those_get_through_whom_the_targets_acl_lets_in() -> None:
    estate = network_balancer(hidden_host()).entries("acl-2", entry(100, "allow", "198.51.100.0/24"))
    assert asked(estate).sources == ("198.51.100.0/24",)


def test_of_the_clients_those_get_through_whom_the_targets_acl_answers() -> None:
    estate = network_balancer(hidden_host()).entries(
        "acl-2", entry(100, "allow"), entry(100, "allow", "198.51.100.0/24", egress=True), both=False
    )
    assert asked(estate).sources == ("198.51.100.0/24",)


def test_no_acl_stands_between_a_load_balancer_and_a_target_in_its_subnet() -> None:
    estate = network_balancer(hidden_host()).entries("acl-1", entry(100, "allow", ports=(2222, 2222)))
    estate.put(INTERFACE, "eni-2", SubnetId="subnet-1", PrivateIpAddresses=[address("10.1.1.6")])
    found = asked(estate)
    assert (found.verdict.value, found.sources) == ("reachable", ("any IPv4 address",))


def test_whether_an_internal_load_balancer_listens_is_not_known() -> None:
    estate = put(network_balancer(hidden_host()), BALANCER, Scheme="internal")
    found = asked(estate, "i-2", "edge", port=2222)
    assert (found.verdict.value, found.reason) == (
        "unknown",
        "the listeners of the internal load balancer edge were not read",
    )


def accelerated(*sources: str, endpoint: str = "i-2") -> Estate:
    """An accelerator that keeps its clients' addresses, before the hidden host with an IPv6 address."""
    estate = hidden_host(*sources).put(INTERFACE, "eni-2", Ipv6Addresses=[{"Ipv6Address": "2600:1::6"}])
    return accelerator(estate, endpoint, ClientIPPreservationEnabled=True)


def test_an_accelerator_of_ipv4_brings_nobody_over_ipv6() -> None:
    estate = accelerated(V4, V6)
    assert (verdict(estate, "8.8.8.8"), verdict(estate, "2a00:1450::1")) == ("reachable", "not-reachable")


def test_an_accelerator_brings_nobody_from_private_addresses() -> None:
    estate = accelerated(V4).put(SUBNET, "subnet-1", CidrBlock="10.1.1.0/24")
    estate.entries("acl-2", entry(50, "deny", "10.1.1.0/24"), entry(100, "allow"))
    assert (verdict(estate), verdict(estate, "10.1.1.0/24")) == ("reachable", "not-reachable")


def test_an_accelerators_listener_of_tcp_carries_no_udp() -> None:
    estate = accelerated(V4).put(GROUP, "sg-2", IpPermissions=[rule(V4), rule(V4, protocol="udp")])
    assert (verdict(estate), verdict(estate, protocol="udp")) == ("reachable", "not-reachable")


def test_an_accelerator_before_an_elastic_ip_address_leads_to_its_own_interface_alone() -> None:
    estate = accelerated(V4, endpoint="eipalloc-1")
    estate.add("AWS::EC2::EIP", AllocationId="eipalloc-1", PublicIp="54.9.9.9")
    assert verdict(estate) == "not-reachable"
    estate.put(INTERFACE, "eni-2", PrivateIpAddresses=[address("10.1.2.6", "54.9.9.9")])
    assert verdict(estate) == "reachable"


def test_a_client_of_ipv6_is_not_seen_by_a_target_of_ipv4() -> None:
    estate = network_balancer(hidden_host("10.1.0.0/16")).routes("rtb-1", route(V4, "igw-1"), route(V6, "igw-1"))
    estate.put(INTERFACE, "eni-lb", Ipv6Addresses=[{"Ipv6Address": "2600:1::7"}])
    found = asked(estate, "2a00:1450::/32")
    assert (found.verdict.value, found.sources) == ("reachable", ("2a00:1450::/32",))
