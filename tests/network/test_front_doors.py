"""Load balancers and accelerators as ways from the internet to a private instance: verdicts, hops, doors and cuts."""

from __future__ import annotations

from typing import Any

import pytest

import scanner
from scanner.errors import UsageError
from scanner.model import GapReason, Unknown
from scanner.network.reach import Reach
from tests.by_hand import refused
from tests.network.estates import ACL, GROUP, INTERFACE, OPTIONS, TABLE, V4, V6, Estate, address, entry, route, rule
from tests.network.front_doors import (
    ACCELERATOR,
    ACCELERATOR_LISTENER,
    APP,
    BALANCER,
    CLASSIC,
    ELB,
    ENDPOINTS,
    GA,
    INNER,
    LISTENER,
    NET,
    OTHER,
    TARGETS,
    accelerator,
    application_balancer,
    classic_balancer,
    hidden_host,
    listener,
    network_balancer,
    put,
    second_zone,
    target,
    target_group,
)


def asked(estate: Estate, source: str = "internet", to: str = "i-2", **options: Any) -> Reach:
    return scanner.reach(estate.inventory(), source, to, **options)


def blocked_at(found: Reach) -> tuple[str, str, str]:
    """The verdict, and the id and code of the hop that blocks."""
    return found.verdict.value, found.hops[-1].id, found.hops[-1].code


def door_of(found: Reach) -> tuple[str, str, str, int] | None:
    return (found.door.kind, found.door.id, found.door.protocol, found.door.port) if found.door else None


# Network Load Balancers


def test_a_network_load_balancer_without_a_group_filters_nothing_and_its_target_sees_the_client() -> None:
    found = asked(network_balancer(hidden_host("203.0.113.0/24")))
    assert (found.verdict.value, found.sources) == ("reachable", ("203.0.113.0/24",))
    assert door_of(found) == (BALANCER, "edge", "TCP", 2222)
    assert [(hop.id, hop.direction) for hop in found.hops] == [
        ("igw-1", "forward"),
        ("acl-1", "forward"),
        ("eni-lb", "forward"),
        ("edge", "forward"),
        (f"{ELB}:listener/01", "forward"),
        ("inner", "forward"),
        ("eni-lb", "forward"),
        ("acl-1", "forward"),
        ("rtb-1", "forward"),
        ("acl-2", "forward"),
        ("sg-2", "forward"),
        ("acl-2", "return"),
        ("acl-1", "return"),
        ("rtb-1", "return"),
        ("acl-1", "return"),
    ]
    assert [(cut.kind, cut.id) for cut in found.cuts if cut.kind not in (ACL, TABLE)] == [
        (LISTENER, f"{ELB}:listener/01"),
        (TARGETS, "inner"),
        (GROUP, "sg-2"),
    ]


def test_without_a_door_a_private_host_stays_private() -> None:
    found = asked(hidden_host())
    assert blocked_at(found) == ("not-reachable", "vpc-1", "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS")
    assert found.door is None


def test_a_target_that_admits_the_vpc_alone_is_closed_to_clients_and_open_where_their_address_is_not_kept() -> None:
    estate = network_balancer(hidden_host("10.1.0.0/16"))
    assert blocked_at(asked(estate)) == ("not-reachable", "eni-2", "ENI_SG_RULES_MISMATCH")
    hidden = put(estate, TARGETS, Attributes=[{"Key": "preserve_client_ip.enabled", "Value": "false"}])
    assert (asked(hidden).verdict.value, asked(hidden).sources) == ("reachable", ("any IPv4 address",))


def test_an_address_as_target_sees_the_load_balancer_unless_it_is_said_otherwise() -> None:
    estate = network_balancer(hidden_host("10.1.1.7/32"), targets=(target("10.1.2.6"),), TargetType="ip")
    assert asked(estate).verdict.value == "reachable"
    assert asked(estate, to="eni-2").verdict.value == "reachable"
    kept = put(estate, TARGETS, Attributes=[{"Key": "preserve_client_ip.enabled", "Value": "true"}])
    assert asked(kept).verdict.value == "not-reachable"


def test_where_nobody_read_whether_the_client_is_kept_it_is_unknown_only_where_it_matters() -> None:
    unread = Unknown("DescribeTargetGroupAttributes was refused")
    closed = put(network_balancer(hidden_host("10.1.0.0/16")), TARGETS, Attributes=unread)
    assert asked(closed).verdict.value == "unknown"
    assert "preserve_client_ip.enabled" in asked(closed).reason
    assert asked(put(network_balancer(hidden_host()), TARGETS, Attributes=unread)).verdict.value == "reachable"


def test_a_reference_to_the_load_balancer_s_group_admits_although_the_client_is_seen() -> None:
    estate = hidden_host("sg-lb").group("sg-lb", rule(V4, ports=(2222, 2222)), out=[rule(V4, ports=None)])
    found = asked(network_balancer(estate, groups=("sg-lb",)))
    assert (found.verdict.value, found.sources) == ("reachable", ("any IPv4 address",))


def test_the_groups_of_the_load_balancer_and_the_listener_s_port_decide_who_comes_in() -> None:
    estate = hidden_host().group("sg-lb", rule("198.51.100.0/24", ports=(2222, 2222)), out=[rule(V4, ports=None)])
    found = asked(network_balancer(estate, groups=("sg-lb",)))
    assert (found.verdict.value, found.sources) == ("reachable", ("198.51.100.0/24",))
    assert asked(estate, "203.0.113.9").verdict.value == "not-reachable"
    estate.put(GROUP, "sg-lb", IpPermissions=[rule(V4)])
    assert blocked_at(asked(estate)) == ("not-reachable", "eni-lb", "ENI_SG_RULES_MISMATCH")


def test_what_the_load_balancer_may_not_send_does_not_arrive() -> None:
    estate = hidden_host().group("sg-lb", rule(V4, ports=(2222, 2222)), out=[rule(V4, ports=(80, 80))])
    assert blocked_at(asked(network_balancer(estate, groups=("sg-lb",)))) == (
        "not-reachable",
        "eni-lb",
        "ENI_SG_RULES_MISMATCH",
    )


def test_a_network_acl_before_the_load_balancer_or_before_the_target_closes_the_door() -> None:
    estate = network_balancer(hidden_host())
    estate.entries("acl-1", entry(50, "deny", ports=(2222, 2222)), entry(100, "allow"))
    assert blocked_at(asked(estate)) == ("not-reachable", "acl-1", "SUBNET_ACL_RESTRICTION")
    estate = network_balancer(hidden_host())
    estate.entries("acl-2", entry(100, "allow", "10.1.0.0/16"))
    assert blocked_at(asked(estate)) == ("not-reachable", "acl-2", "SUBNET_ACL_RESTRICTION")


def test_a_load_balancer_without_a_way_to_the_internet_and_block_public_access_close_the_door() -> None:
    estate = network_balancer(hidden_host()).put(TABLE, "rtb-1", Routes=[route("10.1.0.0/16", "local")])
    assert blocked_at(asked(estate)) == ("not-reachable", "rtb-1", "CANNOT_ROUTE")
    blocked = network_balancer(hidden_host()).add(OPTIONS, InternetGatewayBlockMode="block-bidirectional")
    assert blocked_at(asked(blocked))[2] == "VPC_BLOCK_PUBLIC_ACCESS_ENABLED"


def test_only_the_port_that_the_target_is_registered_with_is_published() -> None:
    estate = network_balancer(hidden_host(), targets=(target(port=8080),))
    estate.put(GROUP, "sg-2", IpPermissions=[rule(V4, ports=None)])
    assert (asked(estate, port=8080).verdict.value, asked(estate, port=22).verdict.value) == (
        "reachable",
        "not-reachable",
    )


@pytest.mark.parametrize("facts", [{"Scheme": "internal"}, {"State": {"Code": "failed"}}])
def test_a_load_balancer_that_is_internal_or_failed_is_no_door(facts: dict[str, Any]) -> None:
    assert asked(put(network_balancer(hidden_host()), BALANCER, **facts)).verdict.value == "not-reachable"


def test_tcp_and_udp_have_doors_of_their_own() -> None:
    estate = put(network_balancer(hidden_host(), Protocol="UDP"), LISTENER, Protocol="UDP")
    assert asked(estate).verdict.value == "not-reachable"
    estate.put(GROUP, "sg-2", IpPermissions=[rule(V4, protocol="udp")])
    assert asked(estate, protocol="udp").verdict.value == "reachable"


def test_a_target_group_that_no_listener_leads_to_gets_nothing() -> None:
    estate = put(network_balancer(hidden_host()), LISTENER, DefaultActions=[])
    assert blocked_at(asked(estate)) == ("not-reachable", "edge", "ELBV2_LISTENER_REQUIRES_TG_ACCEPT")
    estate.given[LISTENER] = []
    assert blocked_at(asked(estate)) == ("not-reachable", "edge", "ELBV2_LISTENERS_MISMATCH")


def test_a_target_group_with_weight_zero_gets_nothing() -> None:
    forward = {"TargetGroups": [{"TargetGroupArn": INNER, "Weight": 0}, {"TargetGroupArn": OTHER, "Weight": 1}]}
    estate = put(
        network_balancer(hidden_host()), LISTENER, DefaultActions=[{"Type": "forward", "ForwardConfig": forward}]
    )
    assert asked(estate).verdict.value == "not-reachable"


def test_a_target_that_is_taken_away_or_in_no_zone_of_the_load_balancer_gets_nothing() -> None:
    leaving = network_balancer(hidden_host(), targets=(target(state="draining"),))
    assert blocked_at(asked(leaving)) == ("not-reachable", "inner", "")
    idle = network_balancer(hidden_host(), targets=(target(state="unused", reason="Target.NotInUse"),))
    assert blocked_at(asked(idle)) == ("not-reachable", "inner", "ELBV2_NO_TARGETS_IN_AZ")
    sick = network_balancer(hidden_host(), targets=(target(state="unhealthy"),))
    assert asked(sick).verdict.value == "reachable"


def test_another_zone_is_unknown_until_it_is_said_that_zones_are_crossed() -> None:
    estate = second_zone(network_balancer(hidden_host()))
    assert asked(estate).verdict.value == "unknown"
    key = "load_balancing.cross_zone.enabled"
    assert asked(put(estate, TARGETS, Attributes=[{"Key": key, "Value": "true"}])).verdict.value == "reachable"
    kept = asked(put(estate, TARGETS, Attributes=[{"Key": key, "Value": "false"}]))
    assert blocked_at(kept) == ("not-reachable", "edge", "ELB_NOT_CROSSZONE")


def test_a_secondary_interface_is_not_where_an_instance_target_is_reached() -> None:
    estate = network_balancer(hidden_host())
    estate.put(INTERFACE, "eni-2", Attachment={"InstanceId": "i-2", "DeviceIndex": 1})
    assert asked(estate).verdict.value == "not-reachable"


def test_the_same_address_in_another_vpc_is_another_host() -> None:
    estate = network_balancer(hidden_host(), targets=(target("10.1.2.6"),), TargetType="ip", VpcId="vpc-7")
    estate.vpc(7, CidrBlock="10.1.0.0/16")
    assert asked(estate).verdict.value == "not-reachable"


# Gaps


def test_listeners_that_were_refused_make_it_unknown_where_a_target_waits_behind_them() -> None:
    gap = refused("elbv2:DescribeListeners", LISTENER)
    assert asked(network_balancer(hidden_host()).gap(gap)).verdict.value == "unknown"
    idle = network_balancer(hidden_host(), targets=(target("i-9"),)).gap(gap)
    assert asked(idle).verdict.value == "not-reachable"


@pytest.mark.parametrize("kind", [BALANCER, CLASSIC, ACCELERATOR, ACCELERATOR_LISTENER, ENDPOINTS])
def test_doors_that_were_not_listed_leave_a_closed_answer_unknown_and_an_open_one_open(kind: str) -> None:
    estate = accelerator(hidden_host(), "i-9").gap(refused("x:DescribeDoors", kind))
    given = estate.given.pop(kind, None)
    found = asked(estate)
    assert (found.verdict.value, found.hops) == ("unknown", ())
    assert GapReason.DENIED.value in found.reason or "Denied" in found.reason or "denied" in found.reason
    assert given is None or kind.startswith("AWS::GlobalAccelerator")
    estate.put(INTERFACE, "eni-2", SubnetId="subnet-1", PrivateIpAddresses=[address("10.1.2.6", "52.1.1.1")])
    assert asked(estate).verdict.value == "reachable"
    assert asked(estate).door is None


def test_targets_that_were_not_read_make_it_unknown_and_a_closed_listener_closes_it_all_the_same() -> None:
    unread = Unknown("DescribeTargetHealth was refused")
    estate = put(network_balancer(hidden_host()), TARGETS, TargetHealthDescriptions=unread)
    found = asked(estate)
    assert (found.verdict.value, found.reason) == ("unknown", "DescribeTargetHealth was refused")
    estate.entries("acl-1", entry(50, "deny", ports=(2222, 2222)), entry(100, "allow"))
    assert asked(estate).verdict.value == "not-reachable"


def test_a_load_balancer_whose_interfaces_were_not_found_is_unknown_unless_its_groups_admit_nobody() -> None:
    estate = network_balancer(hidden_host()).put(INTERFACE, "eni-lb", Description="somebody else's")
    assert asked(estate).verdict.value == "unknown"
    estate.group("sg-lb", rule("10.0.0.0/8", ports=(2222, 2222)))
    assert asked(put(estate, BALANCER, SecurityGroups=["sg-lb"])).verdict.value == "not-reachable"


# Application Load Balancers


def test_an_application_load_balancer_speaks_to_its_targets_itself() -> None:
    found = asked(application_balancer(hidden_host("sg-web", port=8080), port=8080), port=8080)
    assert (found.verdict.value, found.sources) == ("reachable", ("any IPv4 address",))
    assert door_of(found) == (BALANCER, "web", "HTTPS", 443)
    assert [hop.id for hop in found.hops if hop.kind == GROUP] == ["sg-web", "sg-web", "sg-2"]
    closed = asked(application_balancer(hidden_host("203.0.113.0/24", port=8080), port=8080), port=8080)
    assert blocked_at(closed) == ("not-reachable", "eni-2", "ENI_SG_RULES_MISMATCH")


def test_a_group_that_a_rule_of_one_of_several_listeners_names_is_open_only_where_all_are() -> None:
    estate = put(application_balancer(hidden_host()), LISTENER, DefaultActions=[{"Type": "fixed-response"}])
    assert asked(estate).verdict.value == "unknown" or len(estate.given[LISTENER]) == 1
    listener(estate, APP, "03", 80, "HTTP")
    assert asked(estate).verdict.value == "unknown"
    estate.put(GROUP, "sg-web", IpPermissions=[rule(V4, ports=(443, 443)), rule(V4, ports=(80, 80))])
    assert asked(estate).verdict.value == "reachable"
    estate.put(GROUP, "sg-web", IpPermissions=[])
    assert asked(estate).verdict.value == "not-reachable"


def test_a_load_balancer_behind_a_load_balancer_is_not_followed() -> None:
    estate = put(application_balancer(hidden_host()), BALANCER, Scheme="internal")
    network_balancer(estate)
    estate.given[TARGETS] = [one for one in estate.given[TARGETS] if one["LoadBalancerArns"] == [APP]]
    target_group(estate, NET, OTHER, target(APP, port=443), TargetType="alb", Port=443)
    listener(estate, NET, "04", 443, "TCP", OTHER)
    found = asked(estate)
    assert found.verdict.value == "unknown"
    assert "ways are not followed" in found.reason


# Classic Load Balancers


def test_a_classic_load_balancer_is_a_door_to_its_instances() -> None:
    found = asked(classic_balancer(hidden_host("sg-old")))
    assert (found.verdict.value, door_of(found)) == ("reachable", (CLASSIC, "old", "TCP", 8022))
    assert [(cut.kind, cut.rule) for cut in found.cuts if cut.kind == CLASSIC] == [
        (CLASSIC, "old: TCP 8022 leads to port 22 of i-2")
    ]
    assert asked(classic_balancer(hidden_host("203.0.113.0/24"))).verdict.value == "not-reachable"
    assert asked(classic_balancer(hidden_host(), Instances=[{"InstanceId": "i-9"}])).verdict.value == "not-reachable"
    assert asked(classic_balancer(hidden_host(), Scheme="internal")).verdict.value == "not-reachable"


def test_a_classic_load_balancer_meets_its_network_acl_even_inside_its_subnet() -> None:
    estate = classic_balancer(hidden_host()).put(INTERFACE, "eni-2", SubnetId="subnet-1")
    assert asked(estate).verdict.value == "reachable"
    allow = [entry(100, "allow"), entry(100, "allow", "8.0.0.0/8", egress=True)]
    estate.put(ACL, "acl-1", Entries=allow)
    assert blocked_at(asked(estate)) == ("not-reachable", "acl-1", "ELB_ACL_RESTRICTION")


def test_a_classic_load_balancer_that_cannot_be_read_or_placed_is_unknown() -> None:
    assert asked(classic_balancer(hidden_host(), ListenerDescriptions=[{"Listener": {}}])).verdict.value == "unknown"
    lost = classic_balancer(hidden_host()).put(INTERFACE, "eni-old", Description="")
    assert asked(lost).verdict.value == "unknown"


# Accelerators


def test_an_accelerator_needs_no_public_address_and_no_route() -> None:
    found = asked(accelerator(hidden_host("203.0.113.0/24"), "i-2", port=8022, inner=22))
    assert (found.verdict.value, found.sources) == ("reachable", ("203.0.113.0/24",))
    assert door_of(found) == (ACCELERATOR, GA, "TCP", 8022)
    assert [hop.id for hop in found.hops] == [
        GA,
        f"{GA}/listener/ff",
        f"{GA}/listener/ff/endpoint-group/gg",
        "igw-1",
        "sg-2",
        "acl-2",
    ]


def test_an_accelerator_that_is_off_or_leads_elsewhere_is_no_door() -> None:
    assert asked(accelerator(hidden_host(), "i-9")).verdict.value == "not-reachable"
    assert asked(accelerator(hidden_host(), "i-2", port=80)).verdict.value == "not-reachable"
    off = put(accelerator(hidden_host(), "i-2"), ACCELERATOR, Enabled=False)
    assert asked(off).verdict.value == "not-reachable"
    far = put(accelerator(hidden_host(), "i-2"), ENDPOINTS, EndpointGroupRegion="us-east-1")
    assert asked(far).verdict.value == "not-reachable"


def test_groups_and_block_public_access_stop_an_accelerator_and_so_does_a_vpc_without_a_gateway() -> None:
    assert blocked_at(asked(accelerator(hidden_host("10.0.0.0/8"), "i-2")))[2] == "ENI_SG_RULES_MISMATCH"
    estate = accelerator(hidden_host(), "i-2")
    blocked = asked(estate.add(OPTIONS, InternetGatewayBlockMode="block-ingress"))
    assert blocked_at(blocked)[2] == "VPC_BLOCK_PUBLIC_ACCESS_ENABLED"
    lone = accelerator(hidden_host(), "i-2")
    lone.given["AWS::EC2::InternetGateway"] = []
    assert blocked_at(asked(lone)) == ("not-reachable", "vpc-1", "CANNOT_ROUTE")


def test_an_accelerator_leads_through_a_load_balancer_to_its_targets() -> None:
    found = asked(accelerator(network_balancer(hidden_host()), NET, port=9000, inner=2222))
    assert found.verdict.value == "reachable"
    closed = network_balancer(hidden_host())
    closed.entries("acl-1", entry(50, "deny", ports=(2222, 2222)), entry(100, "allow"))
    assert asked(accelerator(closed, NET, port=9000, inner=2222)).verdict.value == "not-reachable"


def test_a_client_kept_by_the_accelerator_needs_no_route_of_the_load_balancer() -> None:
    estate = application_balancer(hidden_host("sg-web")).put(TABLE, "rtb-1", Routes=[route("10.1.0.0/16", "local")])
    assert asked(estate).verdict.value == "not-reachable"
    found = asked(accelerator(estate, APP, port=443, ClientIPPreservationEnabled=True))
    assert (found.verdict.value, door_of(found)) == ("reachable", (ACCELERATOR, GA, "TCP", 443))


def test_addresses_that_the_accelerator_speaks_from_are_not_guessed() -> None:
    estate = network_balancer(hidden_host("203.0.113.0/24"))
    found = asked(accelerator(estate, NET, port=9000, inner=2222), "198.51.100.7")
    assert found.verdict.value == "unknown"
    assert asked(estate, "203.0.113.7").verdict.value == "reachable"


def test_an_elastic_ip_behind_an_accelerator_is_reached_over_the_internet() -> None:
    estate = hidden_host().put(
        INTERFACE, "eni-2", SubnetId="subnet-1", PrivateIpAddresses=[address("10.1.2.6", "52.1.1.1")]
    )
    estate.add("AWS::EC2::EIP", AllocationId="eipalloc-1", PublicIp="52.1.1.1", NetworkInterfaceId="eni-2")
    found = asked(accelerator(estate, "eipalloc-1", port=8022, inner=22))
    assert (found.verdict.value, found.door) == ("reachable", None)
    estate.put(GROUP, "sg-2", IpPermissions=[rule("203.0.113.0/24")])
    assert asked(estate, "198.51.100.7").verdict.value == "unknown"
    estate.put(GROUP, "sg-2", IpPermissions=[])
    assert asked(estate, "198.51.100.7").verdict.value == "not-reachable"


def test_an_internal_load_balancer_behind_an_accelerator_is_unknown() -> None:
    estate = put(application_balancer(hidden_host()), BALANCER, Scheme="internal")
    found = asked(accelerator(estate, APP, port=443, ClientIPPreservationEnabled=True))
    assert found.verdict.value == "unknown"


# The direct way, and load balancers as targets


def test_the_direct_way_is_told_before_a_door() -> None:
    estate = network_balancer(hidden_host()).put(
        INTERFACE, "eni-2", SubnetId="subnet-1", PrivateIpAddresses=[address("10.1.2.6", "52.1.1.1")]
    )
    found = asked(estate)
    assert (found.verdict.value, found.door, len(found.hops)) == ("reachable", None, 5)
    assert [cut.rule for cut in found.cuts if cut.kind == GROUP] == ["sg-2: tcp 22 from 0.0.0.0/0"]
    assert [cut for cut in found.cuts if cut.kind == INTERFACE] == []


@pytest.mark.parametrize("word", ["edge", NET])
def test_a_load_balancer_is_a_target_by_its_name_and_its_arn(word: str) -> None:
    estate = network_balancer(hidden_host())
    found = asked(estate, to=word, port=2222)
    assert (found.verdict.value, found.sources) == ("reachable", ("any IPv4 address",))
    assert [hop.id for hop in found.hops] == ["igw-1", "acl-1", "eni-lb", f"{ELB}:listener/01", "rtb-1", "acl-1"]
    assert blocked_at(asked(estate, to=word, port=22)) == ("not-reachable", "edge", "ELBV2_LISTENERS_MISMATCH")


def test_a_classic_load_balancer_is_a_target_too_and_none_is_a_source() -> None:
    estate = classic_balancer(hidden_host())
    assert asked(estate, to="old", port=8022).verdict.value == "reachable"
    estate.put(GROUP, "sg-old", IpPermissions=[rule(V4, V6, ports=None)])
    assert blocked_at(asked(estate, to="old", port=80)) == ("not-reachable", "old", "ELB_LISTENERS_MISMATCH")
    with pytest.raises(UsageError, match="old opens no connections of its own"):
        asked(estate, "old", "i-2")
    with pytest.raises(UsageError, match="there is no load balancer"):
        asked(estate, to=f"{ELB}:loadbalancer/net/nothing/00")
