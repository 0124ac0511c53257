"""Questions that several ways answer: the most open one is told, and a doubt counts only where none is open."""

from __future__ import annotations

from scanner.network.front_doors import LOAD_BALANCER
from tests.by_hand import refused
from tests.network.estates import (
    ENDPOINT,
    GATEWAY,
    GROUP,
    INTERFACE,
    PEERING,
    V4,
    V6,
    Estate,
    address,
    public_host,
    route,
    rule,
    two_hosts,
)
from tests.network.test_reach import asked


def inspected_over_ipv6() -> Estate:
    """The public host, reached directly over IPv4, and over IPv6 through an appliance."""
    estate = public_host().routes("rtb-1", route(V4, "igw-1"), route(V6, "vpce-1")).subnet("subnet-9")
    estate.table("rtb-9", route(V6, "igw-1"), SubnetId="subnet-9")
    estate.table("rtb-edge", route("2600:1::5/128", "vpce-1"), GatewayId="igw-1")
    kind = "GatewayLoadBalancer"
    estate.add(ENDPOINT, VpcEndpointId="vpce-1", VpcEndpointType=kind, State="available", SubnetIds=["subnet-9"])
    return estate.put(GROUP, "sg-1", IpPermissions=[rule(V4, V6)])


def test_a_way_that_nobody_inspects_is_told_before_one_that_is_inspected() -> None:
    found = asked(inspected_over_ipv6(), "internet", "eni-1")
    assert (found.verdict.value, found.sources) == ("reachable", ("any IPv4 address", "any IPv6 address"))
    six = inspected_over_ipv6().put(GROUP, "sg-1", IpPermissions=[rule(V6)])
    assert asked(six, "internet", "eni-1").verdict.value == "reachable-via-middlebox"


def test_load_balancers_that_nobody_may_list_are_a_doubt_only_where_no_way_is_open() -> None:
    gap = refused("elasticloadbalancing:DescribeLoadBalancers", LOAD_BALANCER)
    assert asked(public_host().gap(gap), "internet", "eni-1").verdict.value == "reachable"
    closed = public_host().put(GROUP, "sg-1", IpPermissions=[]).gap(gap)
    assert asked(closed, "internet", "eni-1").verdict.value == "unknown"


def test_a_block_that_holds_an_interface_is_let_in_by_the_groups_of_that_interface() -> None:
    found = asked(two_hosts().put(GROUP, "sg-1", IpPermissions=[rule("sg-2")]), "10.1.2.0/24", "eni-1")
    assert (found.verdict.value, found.sources) == ("reachable", ("10.1.2.6",))


def test_a_public_address_of_an_interface_comes_from_it_and_from_the_internet() -> None:
    estate = two_hosts().table("rtb-2", route(V4, "igw-1"), SubnetId="subnet-2")
    estate.group("sg-3", rule("52.1.1.0/24"), out=[rule(V4, ports=None)])
    estate.interface("eni-3", "subnet-2", address("10.1.2.9", "52.9.9.9"), groups=["sg-3"])
    found = asked(estate, "52.1.1.1/32", "eni-3")
    assert (found.verdict.value, found.sources) == ("reachable", ("10.1.1.5", "52.1.1.1/32"))


def test_interfaces_of_two_families_never_meet() -> None:
    estate = two_hosts().put(INTERFACE, "eni-1", Ipv6Addresses=[])
    estate.put(INTERFACE, "eni-2", PrivateIpAddresses=[], Ipv6Addresses=[{"Ipv6Address": "2600:1::6"}])
    found = asked(estate.put(GROUP, "sg-2", IpPermissions=[rule(V4, V6)]), "eni-1", "eni-2")
    assert (found.verdict.value, found.reason) == (
        "not-reachable",
        "eni-1 and eni-2 have no addresses of one family",
    )


def test_a_doubt_about_the_way_in_over_the_internet_is_a_doubt_about_the_whole() -> None:
    estate = two_hosts(2).put(INTERFACE, "eni-2", PrivateIpAddresses=[address("10.2.2.6", "52.2.2.2")])
    estate.add(GATEWAY, InternetGatewayId="igw-2", Attachments=[{"VpcId": "vpc-2", "State": "available"}])
    estate.routes("rtb-2", route(V4, "igw-2")).put(GROUP, "sg-2", IpPermissions=[rule(V4)])
    estate.table("rtb-edge", route("10.2.2.0/24", "eni-77"), vpc=2, GatewayId="igw-2")
    found = asked(estate, "eni-1", "eni-2")
    assert (found.verdict.value, found.reason) == (
        "unknown",
        "what passes eni-77 on its way from the internet is not known",
    )


def test_outwards_the_private_part_of_a_block_is_not_meant() -> None:
    estate = public_host().put(GROUP, "sg-1", IpPermissionsEgress=[rule("10.0.0.0/8", ports=None)])
    assert asked(estate, "eni-1", "10.0.0.0/7").verdict.value == "not-reachable"
    estate.put(GROUP, "sg-1", IpPermissionsEgress=[rule("11.0.0.0/8", ports=None)])
    assert asked(estate, "eni-1", "10.0.0.0/7").verdict.value == "reachable"


def test_a_vpc_that_is_not_peered_is_beyond_and_not_near() -> None:
    estate = two_hosts(2).vpc(3).routes("rtb-1", route("10.2.0.0/16", "vgw-1"))
    ends = {"RequesterVpcInfo": {"VpcId": "vpc-1"}, "AccepterVpcInfo": {"VpcId": "vpc-3"}}
    estate.add(PEERING, VpcPeeringConnectionId="pcx-1", Status={"Code": "active"}, **ends)
    assert asked(estate, "10.2.2.128/25", "eni-1").verdict.value == "unknown"


def test_an_ipv6_address_stands_for_no_ipv4_address_of_its_interface() -> None:
    estate = two_hosts().put(INTERFACE, "eni-1", PrivateIpAddress="10.1.1.5")
    assert asked(estate, "eni-1", "eni-2").verdict.value == "reachable"
    assert asked(estate, "2600:1::5", "eni-2").verdict.value == "not-reachable"


def test_an_ipv6_address_of_the_same_number_is_another_address() -> None:
    assert asked(two_hosts(), "10.1.1.5", "eni-2").sources == ("10.1.1.5",)
    assert asked(two_hosts(), "::10.1.1.5", "eni-2").sources == ()


def test_the_primary_address_has_its_public_one_wherever_that_is_told() -> None:
    estate = two_hosts().put(INTERFACE, "eni-1", PrivateIpAddresses=[address("10.1.1.5")], Ipv6Addresses=[])
    estate.put(INTERFACE, "eni-1", PrivateIpAddress="10.1.1.5", Association={"PublicIp": "52.1.1.1"})
    assert asked(estate, "10.1.1.5", "8.8.8.8").sources == ("52.1.1.1",)


def test_an_interface_of_an_instance_is_not_its_own_neighbour() -> None:
    estate = two_hosts().put(GROUP, "sg-1", IpPermissionsEgress=[])
    estate.add("AWS::EC2::Instance", InstanceId="i-1", State={"Name": "running"}, VpcId="vpc-1")
    for id_ in ("eni-1", "eni-2"):
        estate.put(INTERFACE, id_, Attachment={"InstanceId": "i-1"})
    assert asked(estate, "i-1", "eni-2").verdict.value == "not-reachable"
