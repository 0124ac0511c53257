"""Corners of what rules ask beside paths: who is behind a bastion, who comes from a company, what replaces it, ways out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scanner.model import Resource, Undecided, View
from scanner.network.bastions import topology_of
from scanner.network.clients import workloads_of
from scanner.network.hubs import interface_endpoints_for, way_to
from scanner.network.inspection import inspected_subnets, inspection_endpoints, passes_inspection
from scanner.network.needs import needs_of
from scanner.network.outsiders import admitted_outsiders
from scanner.network.replacements import cure_of_bastion, endpoint_beside, replacements_of
from scanner.network.transit_ways import leads_across
from scanner.network.ways import ways_of
from tests.network.estates import (
    ENDPOINT,
    GROUP,
    INTERFACE,
    LIST,
    PEERING,
    SUBNET,
    TUNNEL,
    V4,
    V6,
    Estate,
    address,
    connected,
    entry,
    inspected_host,
    public_host,
    route,
    rule,
    two_hosts,
)
from tests.network.front_doors import INSTANCE
from tests.network.transit_estates import BACK, THERE, led, over_transit, switched

NAT, AGENT = "AWS::EC2::NatGateway", "AWS::SSM::ManagedInstanceInventory"
Change = Callable[[Estate], object]


def on_instances(estate: Estate) -> Estate:
    """eni-1 on i-1 and eni-2 on i-2, both running."""
    for number in (1, 2):
        estate.put(INTERFACE, f"eni-{number}", Attachment={"InstanceId": f"i-{number}", "DeviceIndex": 0})
        place = {"VpcId": "vpc-1", "SubnetId": f"subnet-{number}"}
        estate.add(INSTANCE, InstanceId=f"i-{number}", State={"Name": "running"}, **place)
    return estate


def seen(view: View, kind: str, identity: str) -> Resource:
    found = view.find(kind, identity)
    assert found is not None
    return found


def behind(estate: Estate, *ports: int) -> list[tuple[str, int]]:
    """The hosts behind i-1, and their ports."""
    view = View(estate.inventory())
    fan = topology_of(view).behind(seen(view, INSTANCE, "i-1"), ports or (22,))
    return [(host.instance.id, host.port) for host in fan.hosts]


def admitting(*sources: str, **traffic: tuple[int, int]) -> Estate:
    """i-2, whose group admits these sources, beside i-1."""
    return on_instances(two_hosts()).put(GROUP, "sg-2", IpPermissions=[rule(*sources, **traffic)])  # type: ignore[arg-type] # the ports


@pytest.mark.parametrize(("block", "hosts"), [("10.1.1.0/28", [("i-2", 22)]), ("10.1.1.0/27", [])])
def test_a_block_of_sixteen_addresses_names_a_machine_and_a_larger_one_none(
    block: str, hosts: list[tuple[str, int]]
) -> None:
    assert behind(admitting(block)) == hosts


def test_a_host_is_not_behind_itself() -> None:
    estate = admitting("10.0.0.0/8").group("sg-3", rule("sg-1"), out=[rule(V4, ports=None)])
    estate.interface("eni-3", "subnet-2", address("10.1.2.9"), groups=["sg-3"])
    estate.put(INTERFACE, "eni-3", Attachment={"InstanceId": "i-1", "DeviceIndex": 1})
    assert behind(estate) == []


def test_a_port_that_is_no_admin_port_puts_nobody_behind() -> None:
    assert behind(admitting("sg-1", ports=(80, 80))) == []
    assert behind(admitting("sg-1", ports=(80, 80)), 22, 80) == [("i-2", 80)]


def test_a_reference_to_a_group_admits_over_ipv6_and_one_family_does_not_reach_the_other() -> None:
    estate = admitting("sg-1").put(
        INTERFACE, "eni-2", PrivateIpAddresses=[], Ipv6Addresses=[{"Ipv6Address": "2600:1:0:2::6"}]
    )
    estate.put(GROUP, "sg-1", IpPermissionsEgress=[rule(V4, V6, ports=None)])
    assert behind(estate) == [("i-2", 22)]
    assert behind(estate.put(INTERFACE, "eni-1", Ipv6Addresses=[])) == []


def test_the_interfaces_of_an_instance_are_in_doubt_where_one_of_them_was_not_listed() -> None:
    estate = on_instances(two_hosts())
    estate.given[INSTANCE][0]["NetworkInterfaces"] = [{"NetworkInterfaceId": "eni-77"}]
    view = View(estate.inventory())
    with pytest.raises(Undecided, match="eni-77"):
        topology_of(view).interfaces_of(seen(view, INSTANCE, "i-1"))


def from_company(estate: Estate) -> list[tuple[str, str]]:
    """Who comes to port 22 of i-1: the interface and the source."""
    view = View(estate.inventory())
    entries = topology_of(view).from_company(seen(view, INSTANCE, "i-1"), (22,))
    return [(arrival.interface.id, arrival.source) for arrival in entries.arrivals]


def test_a_company_has_private_addresses_and_passes_the_acl() -> None:
    estate = on_instances(two_hosts()).routes("rtb-1", route(V4, "vgw-1"))
    assert from_company(estate.put(GROUP, "sg-1", IpPermissions=[rule("8.8.8.0/24")])) == []
    estate.put(GROUP, "sg-1", IpPermissions=[rule("192.168.7.0/24")])
    assert from_company(estate) == [("eni-1", "192.168.7.0, outside every VPC,")]
    assert from_company(estate.entries("acl-1", entry(50, "deny", ports=(22, 22)), entry(100, "allow"))) == []


def client_vpn(vpc: int) -> Estate:
    """The interface of a Client VPN endpoint in one of two peered VPCs, with routes both ways."""
    estate = on_instances(two_hosts()).vpc(2).table("rtb-9", route("10.1.0.0/16", "pcx-1"), vpc=2)
    estate.routes("rtb-1", route(V4, "igw-1"), route("10.2.0.0/16", "pcx-1"))
    ends = {"RequesterVpcInfo": {"VpcId": "vpc-1"}, "AccepterVpcInfo": {"VpcId": "vpc-2"}}
    estate.add(PEERING, VpcPeeringConnectionId="pcx-1", Status={"Code": "active"}, **ends)
    estate.subnet("subnet-9", vpc).group("sg-9", out=[rule(V4, ports=None)], vpc=vpc)
    return estate.interface(
        "eni-9", "subnet-9", address(f"10.{vpc}.9.9"), groups=["sg-9"], vpc=vpc,
        Description="ClientVPN Endpoint resource cvpn-endpoint-1",
    )  # fmt: skip


def test_the_clients_of_a_client_vpn_come_into_its_own_vpc_where_a_path_leads() -> None:
    assert from_company(client_vpn(1)) == [("eni-1", "the Client VPN interface eni-9")]
    assert from_company(client_vpn(2)) == []
    assert from_company(client_vpn(1).entries("acl-1", entry(50, "deny", "10.1.9.0/24"), entry(100, "allow"))) == []


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({}, "eice-1"),
        ({"OwnerId": "111122223333"}, "eice-1"),
        ({"VpcId": "vpc-2"}, None),
        ({"OwnerId": "444455556666"}, None),
        ({"State": "create-in-progress"}, None),
    ],
)
def test_an_own_working_endpoint_of_the_same_vpc_takes_a_bastions_place(
    facts: dict[str, str], found: str | None
) -> None:
    view = View(on_instances(connected()).put(TUNNEL, "eice-1", **facts).inventory())
    beside = endpoint_beside(view, seen(view, INSTANCE, "i-1"))
    assert (beside.id if beside else None) == found


@pytest.mark.parametrize(
    ("ping", "lines"), [("Online", ["Session Manager already reaches i-2"]), ("ConnectionLost", [])]
)
def test_session_manager_reaches_those_whose_agent_is_online(ping: str, lines: list[str]) -> None:
    estate = admitting("sg-1").add(AGENT, InstanceId="i-2", PingStatus=ping)
    view = View(estate.inventory())
    bastion = seen(view, INSTANCE, "i-1")
    fan = topology_of(view).behind(bastion, (22,))
    assert list(replacements_of(view, bastion, fan)) == lines


@pytest.mark.parametrize(("port", "admitted"), [(22, ["sg-2"]), (5985, [])])
def test_an_endpoint_is_let_in_to_ports_that_it_tunnels(port: int, admitted: list[str]) -> None:
    view = View(admitting("sg-1", ports=(port, port)).inventory())
    bastion = seen(view, INSTANCE, "i-1")
    cure = cure_of_bastion(view, bastion, topology_of(view).behind(bastion, (22, 5985)))
    lines = [line.split() for line in cure.splitlines() if "authorize-security-group-ingress" in line]
    assert [words[words.index("--group-id") + 1] for words in lines] == admitted


@pytest.mark.parametrize(
    ("permission", "outsiders"),
    [
        (rule("203.0.113.0/24"), ["sg-1: tcp 22 from 203.0.113.0/24"]),
        (rule("203.0.113.0/24", ports=(80, 80)), []),
        (rule("sg-2"), []),
        (rule("sg-far", peering="pcx-1"), ["sg-1: tcp 22 from sg-far"]),
    ],
)
def test_outsiders_are_those_whom_an_asked_port_admits_from_elsewhere(
    permission: dict[str, object], outsiders: list[str]
) -> None:
    view = View(two_hosts().put(GROUP, "sg-1", IpPermissions=[permission]).inventory())
    assert admitted_outsiders(view, seen(view, INTERFACE, "eni-1"), (22,))[0] == outsiders


def test_only_interface_endpoints_are_shared() -> None:
    estate = two_hosts()
    for number, kind in enumerate(("Gateway", "Interface"), start=1):
        estate.add(
            ENDPOINT, VpcEndpointId=f"vpce-{number}", VpcEndpointType=kind, VpcId="vpc-1", State="available",
            ServiceName="com.amazonaws.eu-west-1.s3",
        )  # fmt: skip
    assert [one.id for one in interface_endpoints_for(View(estate.inventory()), "s3")] == ["vpce-2"]


@pytest.mark.parametrize(
    ("state", "status", "other", "way"),
    [
        ("active", "active", "vpc-2", "pcx-1"),
        ("blackhole", "active", "vpc-2", ""),
        ("active", "pending-acceptance", "vpc-2", ""),
        ("active", "active", "vpc-3", ""),
    ],
)
def test_a_way_to_a_hub_is_an_active_route_over_an_active_peering_with_it(
    state: str, status: str, other: str, way: str
) -> None:
    estate = two_hosts(vpc=2).routes("rtb-1", route("10.2.0.0/16", "pcx-1", state=state))
    ends = {"RequesterVpcInfo": {"VpcId": "vpc-1"}, "AccepterVpcInfo": {"VpcId": other}}
    estate.add(PEERING, VpcPeeringConnectionId="pcx-1", Status={"Code": status}, **ends)
    assert way_to(View(estate.inventory()), "subnet-1", "vpc-2") == way


@pytest.mark.parametrize(
    ("routes", "leads"),
    [
        ((THERE, BACK), True),
        ((THERE,), False),
        ((led("10.2.0.0/16", "tgw-attach-2", state="blackhole"), BACK), False),
    ],
)
def test_a_transit_gateway_leads_across_where_it_leads_back_and_nothing_is_dropped(
    routes: tuple[dict[str, object], ...], *, leads: bool
) -> None:
    estate = over_transit().put(SUBNET, "subnet-1", CidrBlock="10.1.1.0/24")
    switched(*routes)(estate)
    view = View(estate.inventory())
    assert leads_across(view, "tgw-1", "subnet-1", "vpc-2", block="10.2.0.0/16") is leads


def ways_out(estate: Estate) -> list[str]:
    view = View(estate.inventory())
    return [way.target for way in ways_of(view, seen(view, SUBNET, "subnet-1"))]


def test_a_route_to_private_addresses_is_no_way_out() -> None:
    assert ways_out(two_hosts().routes("rtb-1", route(V4, "igw-1"), route("192.168.0.0/16", "tgw-1"))) == ["igw-1"]


def test_what_two_prefix_lists_leave_undecided_is_no_way_out() -> None:
    estate = two_hosts().routes("rtb-1", route("pl-1", "igw-1"), route("pl-2", "tgw-1"))
    for name in ("pl-1", "pl-2"):
        estate.add(LIST, PrefixListId=name, AddressFamily="IPv4", Entries=[{"Cidr": "203.0.113.0/24"}])
    with pytest.raises(Undecided):
        ways_out(estate)


@pytest.mark.parametrize(
    ("change", "inspected"),
    [
        (lambda estate: estate, ["subnet-1"]),
        (lambda estate: estate.put(ENDPOINT, "vpce-1", State="deleting"), []),
        (lambda estate: estate.routes("rtb-1", route(V4, "igw-1"), route("8.0.0.0/8", "vpce-1")), []),
    ],
)
def test_a_subnet_is_inspected_by_a_default_route_to_an_endpoint_that_stays(
    change: Change, inspected: list[str]
) -> None:
    estate = inspected_host().put(ENDPOINT, "vpce-1", VpcId="vpc-1")
    change(estate)
    view = View(estate.inventory())
    assert list(inspected_subnets(view, "vpc-1", inspection_endpoints(view, "vpc-1"))) == inspected


@pytest.mark.parametrize(
    ("beyond", "passes"),
    [
        ((route(V4, "vpce-1"),), True),
        ((route(V6, "vpce-1"),), False),
        ((route(V4, "tgw-1"),), False),
        ((route(V4, "igw-1"), route("8.0.0.0/8", "vpce-1")), False),
    ],
)
def test_behind_a_nat_gateway_every_way_of_the_family_has_to_be_inspected(
    beyond: tuple[dict[str, object], ...], *, passes: bool
) -> None:
    estate = inspected_host().put(ENDPOINT, "vpce-1", VpcId="vpc-1").routes("rtb-1", route(V4, "nat-1"))
    estate.routes("rtb-9", *beyond).add(
        NAT, NatGatewayId="nat-1", VpcId="vpc-1", SubnetId="subnet-9", State="available"
    )
    view = View(estate.inventory())
    (way,) = ways_of(view, seen(view, SUBNET, "subnet-1"))
    assert passes_inspection(view, way, inspection_endpoints(view, "vpc-1")) is passes


def test_an_endpoints_own_interface_calls_no_service() -> None:
    estate = two_hosts().add(
        ENDPOINT, VpcEndpointId="vpce-1", VpcEndpointType="Interface", VpcId="vpc-1", NetworkInterfaceIds=["eni-2"]
    )
    found = workloads_of(View(estate.inventory()), "vpc-1")
    assert {subnet: [one.id for one in interfaces] for subnet, interfaces in found.items()} == {"subnet-1": ["eni-1"]}


@pytest.mark.parametrize(
    ("change", "services"),
    [
        (lambda estate: estate, ["ssm", "ssmmessages"]),
        (lambda estate: estate.given[INSTANCE][0].update(Operator={"Managed": True}), []),
        (
            lambda estate: estate.put(INTERFACE, "eni-1", Description="aws-K8S-i-1", Attachment=None),
            ["ec2", "ecr.api", "ecr.dkr"],
        ),
    ],
)
def test_an_instance_of_ones_own_and_a_node_of_eks_have_needs(change: Change, services: list[str]) -> None:
    estate = on_instances(public_host().subnet("subnet-2").interface("eni-2", "subnet-2", address("10.1.2.6")))
    estate.given[INSTANCE][0]["IamInstanceProfile"] = {"Arn": "arn:aws:iam::111122223333:instance-profile/web"}
    change(estate)
    view = View(estate.inventory())
    assert sorted({need.service for need in needs_of(view, [seen(view, INTERFACE, "eni-1")])}) == services
