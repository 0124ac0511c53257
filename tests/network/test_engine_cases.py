"""Cases of AWS's network semantics, each verified by hand against its documentation and named after itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scanner.network.addresses import Interval
from scanner.network.exposure import exposure_of
from scanner.network.interfaces import addresses_of
from tests.by_hand import refused
from tests.network.estates import (
    ACL,
    ENDPOINT,
    EXCLUSION,
    GATEWAY,
    GROUP,
    INTERFACE,
    LIST,
    OPTIONS,
    PEERING,
    SUBNET,
    TABLE,
    TUNNEL,
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

ANY, CLOSED, UNKNOWN = "any IPv4 address", "closed", "unknown"
NARROW = "203.0.113.0/24"
Change = Callable[[Estate], Any]

OPEN_V6: Change = lambda e: e.put(GROUP, "sg-1", IpPermissions=[rule(V4, V6)])  # noqa: E731 - a case is a line


def prefixes(id_: str, *cidrs: str) -> Change:
    return lambda e: e.add(LIST, PrefixListId=id_, Entries=[{"Cidr": cidr} for cidr in cidrs])


def also(*changes: Change) -> Change:
    def all_of(estate: Estate) -> None:
        for change in changes:
            change(estate)

    return all_of


def routes(*told: Any) -> Change:
    return lambda e: e.routes("rtb-1", *told)


def admits(*rules: Any) -> Change:
    return lambda e: e.put(GROUP, "sg-1", IpPermissions=list(rules))


def acl(*entries: Any, both: bool = True) -> Change:
    return lambda e: e.entries("acl-1", *entries, both=both)


def blocked(mode: str, **exclusion: str) -> Change:
    def change(estate: Estate) -> None:
        estate.add(OPTIONS, InternetGatewayBlockMode=mode, State="update-complete")
        if exclusion:
            arn = f"arn:aws:ec2:eu-west-1:111122223333:subnet/{exclusion.pop('of', 'subnet-1')}"
            told = {"ExclusionId": "vpcbpa-exclude-1", "ResourceArn": arn, "State": "create-complete", **exclusion}
            estate.add(EXCLUSION, **told)

    return change


LEARNED = "EnableVgwRoutePropagation"
PL = "pl-1"

ROUTING: dict[str, tuple[Change, str]] = {
    "nothing changed": (lambda e: e, ANY),
    "the longest prefix wins": (routes(route(V4, "nat-1"), route(NARROW, "igw-1")), NARROW),
    "a longer prefix takes its answers elsewhere": (
        also(routes(route("0.0.0.0/1", "igw-1"), route("8.0.0.0/6", "nat-1")), admits(rule("8.8.8.0/24"))),
        CLOSED,
    ),
    "a reply route that goes elsewhere": (
        also(routes(route(V4, "igw-1"), route(NARROW, "vgw-1", origin=LEARNED)), admits(rule(NARROW))),
        CLOSED,
    ),
    "a narrow route to the gateway": (routes(route("198.51.100.0/24", "igw-1")), "198.51.100.0/24"),
    "a static route beats a propagated one": (routes(route(V4, "vgw-1", origin=LEARNED), route(V4, "igw-1")), ANY),
    "a static route beats an advertised one": (routes(route(V4, "igw-1"), route(V4, "eni-7", origin="Advertisement")), ANY),
    "a static route beats a prefix list": (
        also(prefixes(PL, V4), routes(route(V4, "igw-1"), route(PL, "nat-1"))),
        ANY,
    ),
    "a prefix list beats a propagated route": (
        also(prefixes(PL, V4), routes(route(PL, "igw-1"), route(V4, "vgw-1", origin=LEARNED))),
        ANY,
    ),
    "a longer propagated route beats a shorter static one": (
        also(routes(route(V4, "igw-1"), route("8.0.0.0/8", "vgw-1", origin=LEARNED)), admits(rule("8.8.0.0/16"))),
        CLOSED,
    ),
    "two prefix lists with one block and different targets": (
        also(prefixes(PL, V4), prefixes("pl-2", V4), routes(route(PL, "igw-1"), route("pl-2", "nat-1"))),
        UNKNOWN,
    ),
    "two prefix lists with one block and one target": (
        also(prefixes(PL, V4), prefixes("pl-2", V4), routes(route(PL, "igw-1"), route("pl-2", "igw-1"))),
        ANY,
    ),
    "a prefix list of IPv6 says nothing of IPv4": (also(prefixes(PL, V6), routes(route(PL, "igw-1"))), CLOSED),
    "a prefix list that cannot be seen": (routes(route(V4, "igw-1"), route("pl-9", "nat-1")), UNKNOWN),
    "a blackhole wins and drops": (routes(route(V4, "igw-1", state="blackhole")), CLOSED),
    "a longer blackhole drops its part": (
        also(routes(route(V4, "igw-1"), route("8.8.8.0/24", "pcx-1", state="blackhole")), admits(rule("8.8.8.0/24"))),
        CLOSED,
    ),
    "a filtered route is not there": (
        routes(route(V4, "igw-1"), route("0.0.0.0/1", "eni-7", state="filtered"), route("128.0.0.0/1", "eni-7", state="filtered")),
        ANY,
    ),
    "an IPv6 default route says nothing of IPv4": (routes(route(V6, "igw-1")), CLOSED),
    "a public address without a route": (routes(), CLOSED),
    "a public address behind a NAT gateway": (routes(route(V4, "nat-1")), CLOSED),
    "a default route to a transit gateway": (routes(route(V4, "tgw-1")), CLOSED),
    "an explicit table replaces the main one": (lambda e: e.table("rtb-2", SubnetId="subnet-1"), CLOSED),
    "an edge table is no subnet's": (lambda e: e.table("rtb-2", route(V4, "nat-1"), GatewayId="igw-1", SubnetId="subnet-1"), ANY),
    "an edge table that lets everything stay local": (lambda e: e.table("rtb-2", GatewayId="igw-1"), ANY),
    "no table can be seen": (lambda e: e.drop(TABLE, "rtb-1"), UNKNOWN),
    "route tables were refused": (lambda e: e.gap(refused("ec2:DescribeRouteTables", TABLE)), UNKNOWN),
    "a route that does not say where it leads": (routes({"DestinationCidrBlock": V4, "State": "active"}), UNKNOWN),
    "a route that does not say what it is for": (routes({"GatewayId": "igw-1", "State": "active"}), UNKNOWN),
    "a destination that is no block": (routes(route("0.0.0.0/99", "igw-1")), UNKNOWN),
    "an IPv6 destination in the place of an IPv4 one": (
        routes({"DestinationCidrBlock": V6, "GatewayId": "igw-1", "State": "active"}),
        UNKNOWN,
    ),
}  # fmt: skip

GATEWAYS: dict[str, tuple[Change, str]] = {
    "no gateway": (lambda e: e.drop(GATEWAY, "igw-1"), CLOSED),
    "a gateway of another VPC": (lambda e: e.put(GATEWAY, "igw-1", Attachments=[{"VpcId": "vpc-2", "State": "available"}]), CLOSED),
    "a gateway that goes over to another VPC": (
        lambda e: e.put(GATEWAY, "igw-1", Attachments=[{"VpcId": "vpc-1", "State": "detached"}, {"VpcId": "vpc-2", "State": "attached"}]),
        CLOSED,
    ),
    "a gateway that is being detached": (
        lambda e: e.put(GATEWAY, "igw-1", Attachments=[{"VpcId": "vpc-1", "State": "detaching"}]),
        CLOSED,
    ),
    "a gateway attached as the enumeration says it": (
        lambda e: e.put(GATEWAY, "igw-1", Attachments=[{"VpcId": "vpc-1", "State": "attached"}]),
        ANY,
    ),
    "a gateway whose state is not told": (lambda e: e.put(GATEWAY, "igw-1", Attachments=[{"VpcId": "vpc-1"}]), UNKNOWN),
    "a route to a gateway that is not the attached one": (routes(route(V4, "igw-2")), CLOSED),
    "gateways were refused": (lambda e: e.gap(refused("ec2:DescribeInternetGateways", GATEWAY)), UNKNOWN),
    "a VPC of another account": (lambda e: e.put(VPC, "vpc-1", OwnerId="444455556666"), UNKNOWN),
    "a VPC and a gateway that cannot be seen": (lambda e: e.drop(VPC, "vpc-1").drop(GATEWAY, "igw-1"), UNKNOWN),
    "a subnet that cannot be seen": (lambda e: e.drop(SUBNET, "subnet-1"), UNKNOWN),
    "no public address": (lambda e: e.put(INTERFACE, "eni-1", PrivateIpAddresses=[address("10.1.1.5")]), CLOSED),
    "a carrier address": (
        lambda e: e.put(INTERFACE, "eni-1", PrivateIpAddresses=[
            {"PrivateIpAddress": "10.1.1.5", "Association": {"PublicIp": "155.146.1.1", "CarrierIp": "155.146.1.1"}}
        ]),
        CLOSED,
    ),
    "a customer-owned address": (
        lambda e: e.put(INTERFACE, "eni-1", PrivateIpAddresses=[
            {"PrivateIpAddress": "10.1.1.5", "Association": {"PublicIp": "1.2.3.4", "CustomerOwnedIp": "1.2.3.4"}}
        ]),
        CLOSED,
    ),
    "a public address of the second private one": (
        lambda e: e.put(INTERFACE, "eni-1", PrivateIpAddresses=[address("10.1.1.5"), address("10.1.1.6", "52.1.1.2")]),
        ANY,
    ),
    "an association that only the interface tells": (
        lambda e: e.put(INTERFACE, "eni-1", PrivateIpAddress="10.1.1.5", Association={"PublicIp": "52.1.1.1"},
                        PrivateIpAddresses=[address("10.1.1.5")]),
        ANY,
    ),
    "an interface of which only the primary address is told": (
        lambda e: e.put(INTERFACE, "eni-1", PrivateIpAddress="10.1.1.5", Association={"PublicIp": "52.1.1.1"},
                        PrivateIpAddresses=None),
        ANY,
    ),
    "an association of another shape": (
        lambda e: e.put(INTERFACE, "eni-1", PrivateIpAddresses=[{"PrivateIpAddress": "10.1.1.5", "Association": "52.1.1.1"}]),
        UNKNOWN,
    ),
    "gateway traffic denied for IPv6 leaves IPv4": (lambda e: e.put(INTERFACE, "eni-1", DenyAllIgwTraffic=True), ANY),
}  # fmt: skip

ACLS: dict[str, tuple[Change, str]] = {
    "the lowest number decides, in whatever order they are listed": (acl(entry(200, "allow"), entry(100, "deny", ports=(22, 22))), CLOSED),
    "an allow of a lower number comes first": (acl(entry(200, "deny"), entry(100, "allow", ports=(22, 22))), ANY),
    "a deny of another port": (acl(entry(100, "deny", ports=(23, 80)), entry(200, "allow")), ANY),
    "a deny of a range that holds the port": (acl(entry(100, "deny", ports=(1, 22)), entry(200, "allow")), CLOSED),
    "a deny of another protocol": (acl(entry(100, "deny", ports=(22, 22), protocol="17"), entry(200, "allow")), ANY),
    "a deny of all protocols": (acl(entry(100, "deny", protocol="-1"), entry(200, "allow")), CLOSED),
    "a public address behind an ACL that denies the port": (acl(entry(100, "deny", ports=(22, 22)), entry(200, "allow")), CLOSED),
    "an allow of some addresses": (acl(entry(100, "allow", NARROW, ports=(22, 22))), NARROW),
    "a deny of some addresses before an allow of more": (
        acl(entry(100, "deny", "203.0.113.128/25"), entry(200, "allow", NARROW)),
        "203.0.113.0/25",
    ),
    "an entry of IPv6 says nothing of IPv4": (acl(entry(100, "deny", V6), entry(200, "allow")), ANY),
    "no entry matches": (acl(), CLOSED),
    "an entry of the way out does not let in": (acl(entry(100, "allow", egress=True)), CLOSED),
    "no answer gets out": (acl(entry(100, "allow"), both=False), CLOSED),
    "answers get out on one ephemeral range": (
        acl(entry(100, "allow"), entry(100, "allow", ports=(32768, 60999), egress=True), both=False),
        ANY,
    ),
    "answers get out on the last ephemeral port alone": (
        acl(entry(100, "allow"), entry(100, "allow", ports=(65535, 65535), egress=True), both=False),
        ANY,
    ),
    "answers get out on no ephemeral port": (
        acl(entry(100, "allow"), entry(100, "allow", ports=(0, 1023), egress=True), both=False),
        CLOSED,
    ),
    "answers get out to some addresses": (
        acl(entry(100, "allow"), entry(100, "allow", NARROW, ports=(1024, 65535), egress=True), both=False),
        NARROW,
    ),
    "answers of another protocol get out": (
        acl(entry(100, "allow"), entry(100, "allow", ports=(1024, 65535), protocol="17", egress=True), both=False),
        CLOSED,
    ),
    "an ephemeral deny before the allow": (
        acl(entry(100, "allow"), entry(90, "deny", ports=(1024, 65535), egress=True),
            entry(100, "allow", egress=True), both=False),
        CLOSED,
    ),
    "an entry without a number": (acl({"RuleAction": "deny", "Protocol": "-1", "CidrBlock": V4}, entry(200, "allow")), UNKNOWN),
    "an entry without an action": (acl({"RuleNumber": 1, "Protocol": "-1", "CidrBlock": V4}, entry(200, "allow")), UNKNOWN),
    "an entry without a protocol": (acl({"RuleNumber": 1, "RuleAction": "allow", "CidrBlock": V4}), UNKNOWN),
    "an entry without a block": (acl({"RuleNumber": 1, "RuleAction": "allow", "Protocol": "-1"}), UNKNOWN),
    "an entry with half a range of ports": (
        acl({"RuleNumber": 1, "RuleAction": "allow", "Protocol": "6", "CidrBlock": V4, "PortRange": {"From": 80}}),
        UNKNOWN,
    ),
    "no ACL can be seen": (lambda e: e.drop(ACL, "acl-1"), UNKNOWN),
    "the default ACL where none is associated": (
        lambda e: e.put(ACL, "acl-1", Associations=[], IsDefault=True).entries("acl-1", entry(1, "allow", NARROW)),
        NARROW,
    ),
}  # fmt: skip

GROUPS: dict[str, tuple[Change, str]] = {
    "two halves are the world": (admits(rule("0.0.0.0/1", "128.0.0.0/1")), ANY),
    "halves in two rules": (admits(rule("0.0.0.0/1"), rule("128.0.0.0/1")), ANY),
    "halves in two groups": (
        also(admits(rule("0.0.0.0/1")), lambda e: e.group("sg-3", rule("128.0.0.0/1")),
             lambda e: e.put(INTERFACE, "eni-1", Groups=[{"GroupId": "sg-1"}, {"GroupId": "sg-3"}])),
        ANY,
    ),
    "a group that admits nothing": (admits(), CLOSED),
    "a rule of another port": (admits(rule(V4, ports=(23, 443))), CLOSED),
    "a range that holds the port": (admits(rule(V4, ports=(20, 22))), ANY),
    "all traffic": (admits(rule(V4, ports=None)), ANY),
    "all ports of a protocol": (admits(rule(V4, ports=(-1, -1))), ANY),
    "a protocol by its number": (admits(rule(V4, protocol="6")), ANY),
    "a rule of another protocol": (admits(rule(V4, protocol="udp")), CLOSED),
    "a rule of the way out does not let in": (
        lambda e: e.put(GROUP, "sg-1", IpPermissions=[], IpPermissionsEgress=[rule(V4)]),
        CLOSED,
    ),
    "a rule of IPv6 says nothing of IPv4": (admits(rule(V6)), CLOSED),
    "private sources": (admits(rule("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")), CLOSED),
    "a prefix list that holds the world": (also(prefixes(PL, V4), admits(rule(PL))), ANY),
    "a prefix list that holds some addresses": (also(prefixes(PL, NARROW, "2001:db8::/32"), admits(rule(PL))), NARROW),
    "a prefix list that cannot be seen": (admits(rule("pl-9")), UNKNOWN),
    "a prefix list that cannot be seen beside the world": (admits(rule(V4, "pl-9")), ANY),
    "a block that is none beside the world": (admits(rule("0.0.0.0/99", V4)), ANY),
    "a reference is nobody on the internet": (admits(rule("sg-1")), CLOSED),
    "a group that cannot be seen": (lambda e: e.drop(GROUP, "sg-1"), UNKNOWN),
    "a group that cannot be seen beside an open one": (
        lambda e: e.put(INTERFACE, "eni-1", Groups=[{"GroupId": "sg-0"}, {"GroupId": "sg-1"}]),
        ANY,
    ),
    "a rule without ports": (admits({"IpProtocol": "tcp", "IpRanges": [{"CidrIp": V4}]}), UNKNOWN),
    "a rule without a protocol": (admits({"FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": V4}]}), UNKNOWN),
    "ports the wrong way round": (admits(rule(V4, ports=(22, 1))), UNKNOWN),
    "rules that are no list": (lambda e: e.put(GROUP, "sg-1", IpPermissions="all"), UNKNOWN),
    "an interface that wears nothing": (lambda e: e.put(INTERFACE, "eni-1", Groups=[]), UNKNOWN),
    "a group without an id": (lambda e: e.put(INTERFACE, "eni-1", Groups=[{"GroupName": "web"}]), UNKNOWN),
    "a load balancer without a group": (
        lambda e: e.put(INTERFACE, "eni-1", Groups=[], InterfaceType="network_load_balancer"),
        ANY,
    ),
    "a load balancer with a group": (
        also(lambda e: e.put(INTERFACE, "eni-1", InterfaceType="network_load_balancer"), admits(rule(NARROW))),
        NARROW,
    ),
    "a NAT gateway's interface lets nothing in": (
        lambda e: e.put(INTERFACE, "eni-1", Groups=[], InterfaceType="nat_gateway"),
        CLOSED,
    ),
}  # fmt: skip

BLOCKING: dict[str, tuple[Change, str]] = {
    "off": (blocked("off"), ANY),
    "block-ingress": (blocked("block-ingress"), CLOSED),
    "block-bidirectional": (blocked("block-bidirectional"), CLOSED),
    "the subnet excluded": (blocked("block-bidirectional", InternetGatewayExclusionMode="allow-bidirectional"), ANY),
    "the VPC excluded": (
        blocked("block-ingress", InternetGatewayExclusionMode="allow-bidirectional", of="vpc-1"),
        ANY,
    ),
    "another subnet excluded": (
        blocked("block-ingress", InternetGatewayExclusionMode="allow-bidirectional", of="subnet-11"),
        CLOSED,
    ),
    "only egress excluded": (blocked("block-bidirectional", InternetGatewayExclusionMode="allow-egress"), CLOSED),
    "an exclusion that was deleted": (
        blocked("block-ingress", InternetGatewayExclusionMode="allow-bidirectional", State="delete-complete"),
        CLOSED,
    ),
    "an exclusion that is being updated": (
        blocked("block-ingress", InternetGatewayExclusionMode="allow-bidirectional", State="update-in-progress"),
        ANY,
    ),
    "an exclusion that was disabled": (
        blocked("block-ingress", InternetGatewayExclusionMode="allow-bidirectional", State="disable-complete"),
        CLOSED,
    ),
    "options that are being changed": (
        lambda e: e.add(OPTIONS, InternetGatewayBlockMode="block-ingress", State="update-in-progress"),
        UNKNOWN,
    ),
    "the subnet's own state comes first": (
        also(blocked("block-bidirectional"),
             lambda e: e.put(SUBNET, "subnet-1", BlockPublicAccessStates={"InternetGatewayBlockMode": "off"})),
        ANY,
    ),
    "the subnet's own state blocks": (
        lambda e: e.put(SUBNET, "subnet-1", BlockPublicAccessStates={"InternetGatewayBlockMode": "block-ingress"}),
        CLOSED,
    ),
    "options were refused": (
        lambda e: e.gap(refused("ec2:DescribeVpcBlockPublicAccessOptions", OPTIONS)),
        UNKNOWN,
    ),
    "a subnet of another account": (lambda e: e.put(SUBNET, "subnet-1", OwnerId="444455556666"), UNKNOWN),
}  # fmt: skip

WORLDS = {
    f"{topic}: {name}": case
    for topic, cases in {"routes": ROUTING, "gateways": GATEWAYS, "acls": ACLS, "groups": GROUPS, "blocking": BLOCKING}.items()
    for name, case in cases.items()
}  # fmt: skip


@pytest.mark.parametrize("name", WORLDS)
def test_who_reaches_ssh_over_ipv4(name: str) -> None:
    change, expected = WORLDS[name]
    estate = public_host()
    change(estate)
    assert sources(estate) == expected


V6_WORLDS: dict[str, tuple[Change, str]] = {
    "a rule of IPv4 says nothing of IPv6": (lambda e: e, CLOSED),
    "an open rule and route": (OPEN_V6, "any IPv6 address"),
    "IPv6 alone": (also(OPEN_V6, lambda e: e.put(INTERFACE, "eni-1", PrivateIpAddresses=None)), "any IPv6 address"),
    "an IPv4 default route says nothing of IPv6": (also(OPEN_V6, routes(route(V4, "igw-1"))), CLOSED),
    "an egress-only gateway lets nothing in": (also(OPEN_V6, routes(route(V6, "eigw-1"))), CLOSED),
    "gateway traffic denied": (also(OPEN_V6, lambda e: e.put(INTERFACE, "eni-1", DenyAllIgwTraffic=True)), CLOSED),
    "gateway traffic denied for a documentation address": (
        also(OPEN_V6, lambda e: e.put(INTERFACE, "eni-1", DenyAllIgwTraffic=True, Ipv6Addresses=[{"Ipv6Address": "2001:db8::5"}])),
        CLOSED,
    ),
    "a private IPv6 address": (
        also(OPEN_V6, lambda e: e.put(INTERFACE, "eni-1", Ipv6Addresses=[{"Ipv6Address": "fd00::5"}])),
        CLOSED,
    ),
    "a second IPv6 address": (
        also(OPEN_V6, lambda e: e.put(INTERFACE, "eni-1", Ipv6Addresses=[{"Ipv6Address": "fd00::5"}, {"Ipv6Address": "2600:1::6"}])),
        "any IPv6 address",
    ),
    "an address that is none": (also(OPEN_V6, lambda e: e.put(INTERFACE, "eni-1", Ipv6Addresses=[{"Ipv6Address": "5"}])), UNKNOWN),
    "an ACL that is silent on IPv6": (also(OPEN_V6, lambda e: e.put(ACL, "acl-1", Entries=[entry(1, "allow"), entry(1, "allow", egress=True)])), CLOSED),
    "a narrow rule": (admits(rule("2001:db8:1::/48")), "2001:db8:1::/48"),
    "a prefix list of IPv6": (also(prefixes(PL, "2001:db8:1::/48"), admits(rule(PL))), "2001:db8:1::/48"),
}  # fmt: skip


@pytest.mark.parametrize("name", V6_WORLDS)
def test_who_reaches_ssh_over_ipv6(name: str) -> None:
    change, expected = V6_WORLDS[name]
    estate = public_host()
    change(estate)
    assert sources(estate, family=6) == expected


def test_the_interface_s_own_association_belongs_to_its_primary_address() -> None:
    both = [address("10.1.1.5"), address("10.1.1.6")]
    told = {"PrivateIpAddress": "10.1.1.5", "Association": {"PublicIp": "52.1.1.1"}, "PrivateIpAddresses": both}
    interface = found(public_host().put(INTERFACE, "eni-1", **told, Ipv6Addresses=[]).fabric(), INTERFACE, "eni-1")
    assert [(one.words, one.public) for one in addresses_of(interface)] == [("10.1.1.5", "52.1.1.1"), ("10.1.1.6", "")]


def test_every_port_is_told_at_once() -> None:
    estate = public_host().put(
        GROUP, "sg-1", IpPermissions=[rule(V4, ports=(20, 30)), rule(NARROW, ports=(25, 40), protocol="udp")]
    )
    estate.entries("acl-1", entry(10, "deny", ports=(24, 26)), entry(20, "allow"))
    spans: list[tuple[str, Interval, str]] = [
        (one.protocol, (one.first, one.last), one.words)
        for one in exposure_of(estate.fabric(), found(estate.fabric(), INTERFACE, "eni-1")).openings
    ]
    assert spans == [("tcp", (20, 23), ANY), ("tcp", (27, 30), ANY), ("udp", (25, 40), NARROW)]


EDGE: dict[str, tuple[Change, str]] = {
    "the same endpoint there and back": (lambda e: e, f"{ANY} via vpce-1"),
    "the answer goes straight to the gateway": (routes(route(V4, "igw-1")), CLOSED),
    "the answer passes the endpoint, and what comes in does not": (lambda e: e.routes("rtb-edge"), CLOSED),
    "the answer passes another endpoint": (routes(route(V4, "vpce-2")), CLOSED),
    "the endpoint is not available": (lambda e: e.put(ENDPOINT, "vpce-1", State="pending"), CLOSED),
    "the endpoint is Available as AWS also writes it": (lambda e: e.put(ENDPOINT, "vpce-1", State="Available"), f"{ANY} via vpce-1"),
    "the endpoint's state is not told": (lambda e: e.put(ENDPOINT, "vpce-1", State=None), UNKNOWN),
    "the endpoint's subnet is not told": (lambda e: e.put(ENDPOINT, "vpce-1", SubnetIds=None), UNKNOWN),
    "the endpoint cannot be seen": (lambda e: e.drop(ENDPOINT, "vpce-1"), UNKNOWN),
    "the endpoint's subnet has no way on": (lambda e: e.routes("rtb-9"), CLOSED),
    "the endpoint's subnet answers some": (lambda e: e.routes("rtb-9", route(NARROW, "igw-1")), f"{NARROW} via vpce-1"),
    "the edge table drops": (
        lambda e: e.put(TABLE, "rtb-edge", Routes=[route("10.1.1.0/24", "vpce-1", state="blackhole")]),
        CLOSED,
    ),
    "the edge table steers to an appliance": (
        lambda e: e.put(TABLE, "rtb-edge", Routes=[route("10.1.1.0/24", "eni-7")]),
        UNKNOWN,
    ),
    "the edge table cannot be read": (
        lambda e: e.put(TABLE, "rtb-edge", Routes=[route("10.1.1.0/99", "vpce-1")]),
        UNKNOWN,
    ),
    "the edge table is no longer associated": (
        also(routes(route(V4, "igw-1")),
             lambda e: e.put(TABLE, "rtb-edge", Associations=[{"GatewayId": "igw-1", "AssociationState": {"State": "disassociated"}}])),
        ANY,
    ),
    "the edge table steers other subnets": (
        also(routes(route(V4, "igw-1")), lambda e: e.put(TABLE, "rtb-edge", Routes=[route("10.1.2.0/24", "vpce-1")])),
        ANY,
    ),
    "the endpoint's subnet is blocked": (
        lambda e: e.put(SUBNET, "subnet-9", BlockPublicAccessStates={"InternetGatewayBlockMode": "block-ingress"}),
        CLOSED,
    ),
    "both subnets are excluded from blocking": (
        also(blocked("block-ingress", InternetGatewayExclusionMode="allow-bidirectional", of="vpc-1")),
        UNKNOWN,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EDGE)
def test_who_gets_past_an_inspection(name: str) -> None:
    change, expected = EDGE[name]
    estate = inspected_host()
    change(estate)
    assert sources(estate) == expected


def test_two_addresses_of_which_one_is_inspected_are_told_apart() -> None:
    estate = inspected_host().routes("rtb-1", route(V4, "vpce-1"), route(NARROW, "igw-1"))
    estate.put(
        INTERFACE, "eni-1", PrivateIpAddresses=[address("10.1.1.5", "52.1.1.1"), address("10.1.2.5", "52.1.1.2")]
    )
    assert sources(estate) == f"{NARROW}; any IPv4 address via vpce-1"


REACHABLE, BLOCKED = "reachable", "not-reachable"

INSIDE: dict[str, tuple[Change, str]] = {
    "nothing changed": (lambda e: e, REACHABLE),
    "nothing gets out": (lambda e: e.put(GROUP, "sg-1", IpPermissionsEgress=[]), BLOCKED),
    "nothing gets in": (lambda e: e.put(GROUP, "sg-2", IpPermissions=[]), BLOCKED),
    "a reference": (lambda e: e.put(GROUP, "sg-2", IpPermissions=[rule("sg-1")]), REACHABLE),
    "a reference to a group nobody wears": (lambda e: e.put(GROUP, "sg-2", IpPermissions=[rule("sg-2")]), BLOCKED),
    "a reference on the way out": (lambda e: e.put(GROUP, "sg-1", IpPermissionsEgress=[rule("sg-2")]), REACHABLE),
    "a self reference": (
        lambda e: e.put(INTERFACE, "eni-1", Groups=[{"GroupId": "sg-2"}])
        .put(GROUP, "sg-2", IpPermissions=[rule("sg-2")]),
        REACHABLE,
    ),
    "references in a circle": (
        lambda e: e.put(GROUP, "sg-1", IpPermissions=[rule("sg-2")]).put(GROUP, "sg-2", IpPermissions=[rule("sg-1")]),
        REACHABLE,
    ),
    "the ACL of the source's subnet lets nothing out": (lambda e: e.entries("acl-1", entry(1, "allow"), both=False), BLOCKED),
    "the ACL of the target's subnet lets nothing in": (lambda e: e.entries("acl-2"), BLOCKED),
    "the ACL of the target's subnet lets no answer out": (lambda e: e.entries("acl-2", entry(1, "allow"), both=False), BLOCKED),
    "the ACL of the source's subnet lets no answer in": (lambda e: e.entries("acl-1"), BLOCKED),
    "the answer comes in on ephemeral ports": (lambda e: e.entries("acl-1", entry(1, "allow", ports=(1024, 65535))), REACHABLE),
    "no ACL is asked inside a subnet": (
        lambda e: e.put(INTERFACE, "eni-2", SubnetId="subnet-1", PrivateIpAddresses=[address("10.1.1.6")])
        .entries("acl-1", both=False),
        REACHABLE,
    ),
    "a group that cannot be seen": (lambda e: e.drop(GROUP, "sg-2"), UNKNOWN),
    "a source whose groups are gone": (
        lambda e: e.put(INTERFACE, "eni-1", Groups=[]).put(GROUP, "sg-2", IpPermissions=[rule("sg-1")]),
        UNKNOWN,
    ),
    "an ACL that cannot be seen": (lambda e: e.drop(ACL, "acl-2"), UNKNOWN),
    "a table that cannot be seen": (lambda e: e.drop(TABLE, "rtb-1"), UNKNOWN),
    "an appliance on the way": (routes(route("10.1.2.0/24", "eni-7")), UNKNOWN),
    "an instance on the way": (routes(route("10.1.2.0/24", "i-7")), UNKNOWN),
    "an inspection on the way": (routes(route("10.1.2.0/24", "vpce-1")), UNKNOWN),
    "a NAT gateway on the way": (routes(route("10.1.2.0/24", "nat-1")), UNKNOWN),
    "a virtual private gateway's route inside the VPC is not taken": (
        routes(route("10.1.2.0/24", "vgw-1", origin=LEARNED)),
        REACHABLE,
    ),
    "a virtual private gateway's route wider than the VPC is not longer": (
        routes(route("10.0.0.0/8", "vgw-1", origin=LEARNED)),
        REACHABLE,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", INSIDE)
def test_what_becomes_of_a_connection_inside_a_vpc(name: str) -> None:
    change, expected = INSIDE[name]
    estate = two_hosts()
    change(estate)
    assert verdict(estate) == expected


def peered(status: str = "active") -> Change:
    def change(estate: Estate) -> None:
        ends = {"RequesterVpcInfo": {"VpcId": "vpc-1"}, "AccepterVpcInfo": {"VpcId": "vpc-2"}}
        estate.add(PEERING, VpcPeeringConnectionId="pcx-1", Status={"Code": status}, **ends)
        estate.routes("rtb-1", route("10.2.0.0/16", "pcx-1")).routes("rtb-2", route("10.1.0.0/16", "pcx-1"))

    return change


PEERINGS: dict[str, tuple[Change, str]] = {
    "an active connection": (peered(), REACHABLE),
    "a reference over an active connection": (
        also(peered(), lambda e: e.put(GROUP, "sg-2", IpPermissions=[rule("sg-1", peering="pcx-1")])),
        REACHABLE,
    ),
    "a connection that is deleted": (peered("deleted"), BLOCKED),
    "a reference over a connection that is deleted": (
        also(peered("deleted"), lambda e: e.put(GROUP, "sg-2", IpPermissions=[rule("sg-1", peering="pcx-1")])),
        BLOCKED,
    ),
    "no route there": (also(peered(), lambda e: e.routes("rtb-1")), BLOCKED),
    "no route back": (also(peered(), lambda e: e.routes("rtb-2")), BLOCKED),
    "the route back is a blackhole": (
        also(peered(), lambda e: e.routes("rtb-2", route("10.1.0.0/16", "pcx-1", state="blackhole"))),
        BLOCKED,
    ),
    "a connection to a third VPC": (
        also(peered(), lambda e: e.put(PEERING, "pcx-1", AccepterVpcInfo={"VpcId": "vpc-3"})),
        BLOCKED,
    ),
    "two connections over a third VPC": (
        also(peered(), lambda e: e.put(PEERING, "pcx-1", AccepterVpcInfo={"VpcId": "vpc-3"})
             .add(PEERING, VpcPeeringConnectionId="pcx-2", Status={"Code": "active"},
                  RequesterVpcInfo={"VpcId": "vpc-2"}, AccepterVpcInfo={"VpcId": "vpc-3"})
             .routes("rtb-2", route("10.1.0.0/16", "pcx-2"))),
        BLOCKED,
    ),
    "connections were refused": (
        also(peered(), lambda e: e.gap(refused("ec2:DescribeVpcPeeringConnections", PEERING))),
        UNKNOWN,
    ),
    "a transit gateway": (lambda e: e.routes("rtb-1", route("10.2.0.0/16", "tgw-1")), UNKNOWN),
    "a transit gateway on the way back": (
        also(peered(), lambda e: e.routes("rtb-2", route("10.1.0.0/16", "tgw-1"))),
        UNKNOWN,
    ),
    "a virtual private gateway": (lambda e: e.routes("rtb-1", route("10.2.0.0/16", "vgw-1")), UNKNOWN),
    "a core network": (lambda e: e.routes("rtb-1", route("10.2.0.0/16", "arn:aws:networkmanager::1:core-network/1")), UNKNOWN),
    "a NAT gateway leads to no other VPC": (lambda e: e.routes("rtb-1", route(V4, "nat-1")), BLOCKED),
    "a transit gateway's blackhole": (
        lambda e: e.routes("rtb-1", route("10.2.0.0/16", "tgw-1", state="blackhole")),
        BLOCKED,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PEERINGS)
def test_what_becomes_of_a_connection_between_vpcs(name: str) -> None:
    change, expected = PEERINGS[name]
    estate = two_hosts(vpc=2)
    change(estate)
    assert verdict(estate) == expected


def test_hosts_that_share_ipv6_alone_are_connected_by_it() -> None:
    estate = two_hosts().put(GROUP, "sg-2", IpPermissions=[rule("2600:1::/56")])
    estate.put(INTERFACE, "eni-2", PrivateIpAddresses=None, Ipv6Addresses=[{"Ipv6Address": "2600:1::6"}])
    assert verdict(estate, family=6) == REACHABLE


CLIENT = {"PreserveClientIp": True}

SESSIONS: dict[str, tuple[dict[str, Any], Change, str]] = {
    "the endpoint's address is let in": ({}, lambda e: e, REACHABLE),
    "the endpoint's group is let in": ({}, lambda e: e.put(GROUP, "sg-2", IpPermissions=[rule("sg-9")]), REACHABLE),
    "only others are let in": ({}, lambda e: e.put(GROUP, "sg-2", IpPermissions=[rule(NARROW)]), BLOCKED),
    "the endpoint's group lets nothing out": ({}, lambda e: e.put(GROUP, "sg-9", IpPermissionsEgress=[]), BLOCKED),
    "what the endpoint's group lets in does not matter": ({}, lambda e: e.put(GROUP, "sg-9", IpPermissions=[]), REACHABLE),
    "an endpoint that failed": ({"State": "create-failed"}, lambda e: e, BLOCKED),
    "an endpoint whose update failed": ({"State": "update-failed"}, lambda e: e, REACHABLE),
    "an endpoint whose state is not told": ({"State": None}, lambda e: e, UNKNOWN),
    "an endpoint that speaks only IPv6": ({"IpAddressType": "ipv6"}, lambda e: e, BLOCKED),
    "an endpoint of both families": ({"IpAddressType": "dualstack"}, lambda e: e, REACHABLE),
    "an endpoint whose groups are not told": ({"SecurityGroupIds": []}, lambda e: e, UNKNOWN),
    "an endpoint of another account": ({"OwnerId": "444455556666", "SecurityGroupIds": ["sg-77"]}, lambda e: e, UNKNOWN),
    "an endpoint whose interface cannot be seen": ({}, lambda e: e.drop(INTERFACE, "eni-9"), UNKNOWN),
    "an ACL before the host": ({}, lambda e: e.entries("acl-2", entry(1, "deny", ports=(22, 22)), entry(2, "allow")), BLOCKED),
    "the ACL of the endpoint's subnet": ({}, lambda e: e.entries("acl-9", entry(1, "allow"), both=False), BLOCKED),
    "preserving: a client is let in": (CLIENT, lambda e: e.put(GROUP, "sg-2", IpPermissions=[rule(NARROW)]), REACHABLE),
    "preserving: the endpoint's group is let in": (CLIENT, lambda e: e.put(GROUP, "sg-2", IpPermissions=[rule("sg-9")]), REACHABLE),
    "preserving: nobody is let in": (CLIENT, lambda e: e.put(GROUP, "sg-2", IpPermissions=[]), BLOCKED),
    "preserving: the ACL lets in other clients": (
        CLIENT,
        lambda e: e.put(GROUP, "sg-2", IpPermissions=[rule(V4)]).entries("acl-2", entry(1, "allow", NARROW)),
        REACHABLE,
    ),
    "preserving: the ACL lets in nobody whom the group does": (
        CLIENT,
        lambda e: e.put(GROUP, "sg-2", IpPermissions=[rule("198.51.100.0/24")]).entries("acl-2", entry(1, "allow", NARROW)),
        BLOCKED,
    ),
    "preserving: the ACL lets clients in, and the group by reference": (
        CLIENT,
        lambda e: e.put(GROUP, "sg-2", IpPermissions=[rule("sg-9")]).entries("acl-2", entry(1, "allow", NARROW)),
        REACHABLE,
    ),
    "preserving: no ACL is asked inside a subnet": (
        {**CLIENT, "SubnetId": "subnet-2"},
        lambda e: e.entries("acl-2", both=False),
        REACHABLE,
    ),
    "preserving: another VPC": ({**CLIENT, "VpcId": "vpc-2"}, lambda e: e, BLOCKED),
}  # fmt: skip


@pytest.mark.parametrize("name", SESSIONS)
def test_what_becomes_of_a_session_from_an_endpoint(name: str) -> None:
    facts, change, expected = SESSIONS[name]
    estate = connected(**{key: value for key, value in facts.items() if value is not None})
    estate.put(TUNNEL, "eice-1", **{key: None for key, value in facts.items() if value is None})
    change(estate)
    assert session(estate) == expected
