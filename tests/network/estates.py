"""Small estates for tests of the network engine: a host that the whole internet reaches by SSH, and what changes that."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from scanner.model import Gap, Inventory, Resource, Undecided, View
from scanner.network.exposure import exposure_of
from scanner.network.fabric import Fabric
from scanner.network.inner import between
from scanner.network.interfaces import addresses_of
from scanner.network.lookups import Plain, Quick
from scanner.network.paths import Path, Verdict
from scanner.network.proofs import prove, refute
from scanner.network.questions import connection_path
from scanner.network.tunnels import tunnel
from tests.by_hand import inventory

VPC, SUBNET, TABLE = "AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::RouteTable"
ACL, GROUP, INTERFACE = "AWS::EC2::NetworkAcl", "AWS::EC2::SecurityGroup", "AWS::EC2::NetworkInterface"
GATEWAY, LIST, PEERING = "AWS::EC2::InternetGateway", "AWS::EC2::PrefixList", "AWS::EC2::VPCPeeringConnection"
ENDPOINT, TUNNEL = "AWS::EC2::VPCEndpoint", "AWS::EC2::InstanceConnectEndpoint"
TRANSIT, TRANSIT_TABLE = "AWS::EC2::TransitGateway", "AWS::EC2::TransitGatewayRouteTable"
ATTACHMENT = "AWS::EC2::TransitGatewayVpcAttachment"
OPTIONS, EXCLUSION = "AWS::EC2::VPCBlockPublicAccessOptions", "AWS::EC2::VPCBlockPublicAccessExclusion"

IDS = {
    "AWS::EC2::NatGateway": "NatGatewayId",
    VPC: "VpcId", SUBNET: "SubnetId", TABLE: "RouteTableId", ACL: "NetworkAclId", GROUP: "GroupId", GATEWAY: "InternetGatewayId",
    INTERFACE: "NetworkInterfaceId", LIST: "PrefixListId", PEERING: "VpcPeeringConnectionId", ENDPOINT: "VpcEndpointId",
    TUNNEL: "InstanceConnectEndpointId", EXCLUSION: "ExclusionId",
    TRANSIT: "TransitGatewayId", TRANSIT_TABLE: "TransitGatewayRouteTableId", ATTACHMENT: "TransitGatewayAttachmentId",
}  # fmt: skip

ANYONE = {4: "8.8.8.8", 6: "2001:4860:4860::8888"}
V4, V6 = "0.0.0.0/0", "::/0"

Facts = dict[str, Any]

_TARGETS = {
    "nat-": "NatGatewayId", "eni-": "NetworkInterfaceId", "i-": "InstanceId", "tgw-": "TransitGatewayId",
    "pcx-": "VpcPeeringConnectionId", "eigw-": "EgressOnlyInternetGatewayId", "lgw-": "LocalGatewayId",
    "cagw-": "CarrierGatewayId", "arn:": "CoreNetworkArn",
}  # fmt: skip


def route(destination: str, target: str, *, origin: str = "CreateRoute", state: str = "active") -> Facts:
    """A route as AWS writes it; a destination is a block of either family, or a prefix list."""
    listed = destination.startswith("pl-")
    key = (
        "DestinationPrefixListId"
        if listed
        else "DestinationIpv6CidrBlock"
        if ":" in destination
        else "DestinationCidrBlock"
    )
    member = next((name for prefix, name in _TARGETS.items() if target.startswith(prefix)), "GatewayId")
    return {key: destination, member: target, "Origin": origin, "State": state}


def entry(
    number: int,
    action: str,
    cidr: str = V4,
    *,
    ports: tuple[int, int] | None = None,
    protocol: str = "",
    egress: bool = False,
) -> Facts:
    """An entry of a network ACL, of all traffic where neither ports nor protocol are given."""
    facts: Facts = {"RuleNumber": number, "RuleAction": action, "Egress": egress}
    facts["Ipv6CidrBlock" if ":" in cidr else "CidrBlock"] = cidr
    facts["Protocol"] = protocol or ("6" if ports else "-1")
    return facts | ({"PortRange": {"From": ports[0], "To": ports[1]}} if ports else {})


def rule(*sources: str, ports: tuple[int, int] | None = (22, 22), protocol: str = "tcp", peering: str = "") -> Facts:
    """A rule of a security group; a source is a block, a prefix list or a group, and no ports are all traffic."""
    pairs = [
        {"GroupId": one} | ({"VpcPeeringConnectionId": peering} if peering else {})
        for one in sources
        if one.startswith("sg-")
    ]
    facts: Facts = {
        "IpProtocol": protocol if ports else "-1",
        "IpRanges": [{"CidrIp": one} for one in sources if "." in one],
        "Ipv6Ranges": [{"CidrIpv6": one} for one in sources if ":" in one],
        "PrefixListIds": [{"PrefixListId": one} for one in sources if one.startswith("pl-")],
        "UserIdGroupPairs": pairs,
    }
    return facts | ({"FromPort": ports[0], "ToPort": ports[1]} if ports else {})


def address(private: str, public: str = "") -> Facts:
    """A private IPv4 address, and the public one that stands for it."""
    return {"PrivateIpAddress": private} | ({"Association": {"PublicIp": public}} if public else {})


class Estate:
    """Facts by kind; each method changes them and hands the estate on."""

    def __init__(self) -> None:
        self.given: dict[str, list[Facts]] = {}
        self.gaps: list[Gap] = []

    def add(self, kind: str, **facts: Any) -> Self:
        """One more resource."""
        self.given.setdefault(kind, []).append(facts)
        return self

    def put(self, kind: str, id_: str, **facts: Any) -> Self:
        """Other facts for a resource; None takes a fact away."""
        for one in self.given[kind]:
            if one.get(IDS[kind]) == id_:
                one.update(facts)
                for key in [key for key, value in facts.items() if value is None]:
                    del one[key]
        return self

    def drop(self, kind: str, id_: str) -> Self:
        """A resource less."""
        self.given[kind] = [one for one in self.given[kind] if one.get(IDS[kind]) != id_]
        return self

    def vpc(self, number: int, **facts: Any) -> Self:
        """vpc-N: 10.N.0.0/16 and 2600:N::/56."""
        blocks = [{"Ipv6CidrBlock": f"2600:{number}::/56"}]
        self.add(VPC, VpcId=f"vpc-{number}", CidrBlock=f"10.{number}.0.0/16", Ipv6CidrBlockAssociationSet=blocks)
        return self.put(VPC, f"vpc-{number}", **facts)

    def subnet(self, id_: str, vpc: int = 1) -> Self:
        """A subnet with a network ACL of its own that lets everything through."""
        allow = [entry(100, "allow", cidr, egress=egress) for cidr in (V4, V6) for egress in (False, True)]
        acl = id_.replace("subnet", "acl")
        self.add(ACL, NetworkAclId=acl, VpcId=f"vpc-{vpc}", Associations=[{"SubnetId": id_}], Entries=allow)
        return self.add(SUBNET, SubnetId=id_, VpcId=f"vpc-{vpc}")

    def table(self, id_: str, *routes: Facts, vpc: int = 1, **association: Any) -> Self:
        """A table with the local routes of its VPC, the main one where no association is told."""
        local = [route(f"10.{vpc}.0.0/16", "local"), route(f"2600:{vpc}::/56", "local")]
        told = [association or {"Main": True}]
        return self.add(TABLE, RouteTableId=id_, VpcId=f"vpc-{vpc}", Routes=[*local, *routes], Associations=told)

    def routes(self, id_: str, *routes: Facts) -> Self:
        """Other routes for a table, beside the local ones."""
        for one in self.given[TABLE]:
            if one["RouteTableId"] == id_:
                one["Routes"] = [*one["Routes"][:2], *routes]
        return self

    def group(self, id_: str, *rules: Facts, out: Iterable[Facts] = (), vpc: int = 1) -> Self:
        """A security group."""
        return self.add(
            GROUP, GroupId=id_, VpcId=f"vpc-{vpc}", IpPermissions=list(rules), IpPermissionsEgress=list(out)
        )

    def entries(self, id_: str, *entries: Facts, both: bool = True) -> Self:
        """Other entries for a network ACL; `both` keeps what it lets out."""
        way_out = [entry(100, "allow", cidr, egress=True) for cidr in (V4, V6)] if both else []
        return self.put(ACL, id_, Entries=[*entries, *way_out])

    def interface(
        self, id_: str, subnet: str, *addresses: Facts, groups: Iterable[str] = ("sg-1",), vpc: int = 1, **facts: Any
    ) -> Self:
        """A network interface."""
        worn = [{"GroupId": group} for group in groups]
        self.add(INTERFACE, NetworkInterfaceId=id_, SubnetId=subnet, VpcId=f"vpc-{vpc}", Groups=worn)
        return self.put(INTERFACE, id_, PrivateIpAddresses=list(addresses), Status="in-use", **facts)

    def gap(self, gap: Gap) -> Self:
        """A call that was refused."""
        self.gaps.append(gap)
        return self

    def inventory(self) -> Inventory:
        """The estate as it would be collected."""
        return inventory(self.given, gaps=self.gaps)

    def fabric(self) -> Fabric:
        """Its network."""
        return Fabric(View(self.inventory()))


def public_host() -> Estate:
    """eni-1 in subnet-1 of vpc-1: both families, all routes to igw-1, sg-1 lets SSH in from IPv4."""
    estate = Estate().vpc(1).subnet("subnet-1").table("rtb-1", route(V4, "igw-1"), route(V6, "igw-1"))
    estate.add(GATEWAY, InternetGatewayId="igw-1", Attachments=[{"VpcId": "vpc-1", "State": "available"}])
    estate.group("sg-1", rule(V4), out=[rule(V4, V6, ports=None)])
    v6 = [{"Ipv6Address": "2600:1::5"}]
    return estate.interface("eni-1", "subnet-1", address("10.1.1.5", "52.1.1.1"), Ipv6Addresses=v6)


def two_hosts(vpc: int = 1) -> Estate:
    """Beside the public host eni-2 in subnet-2, which sg-2 opens for SSH from 10.0.0.0/8; in a VPC of its own or not."""
    estate = public_host()
    if vpc != 1:
        estate.vpc(vpc).table(f"rtb-{vpc}", vpc=vpc)
    estate.subnet("subnet-2", vpc).group("sg-2", rule("10.0.0.0/8"), out=[rule(V4, ports=None)], vpc=vpc)
    return estate.interface("eni-2", "subnet-2", address(f"10.{vpc}.2.6"), groups=["sg-2"], vpc=vpc)


def inspected_host() -> Estate:
    """The public host behind a Gateway Load Balancer endpoint in subnet-9."""
    estate = public_host().routes("rtb-1", route(V4, "vpce-1"), route(V6, "vpce-1")).subnet("subnet-9")
    estate.table("rtb-9", route(V4, "igw-1"), route(V6, "igw-1"), SubnetId="subnet-9")
    estate.table("rtb-edge", route("10.1.1.0/24", "vpce-1"), GatewayId="igw-1")
    kind = "GatewayLoadBalancer"
    return estate.add(ENDPOINT, VpcEndpointId="vpce-1", VpcEndpointType=kind, State="available", SubnetIds=["subnet-9"])


def connected(**facts: Any) -> Estate:
    """The two hosts, and the endpoint eice-1 in subnet-9 with a group that lets everything out."""
    estate = two_hosts().subnet("subnet-9").group("sg-9", out=[rule(V4, ports=None)])
    estate.interface("eni-9", "subnet-9", address("10.1.9.9"), groups=["sg-9"], InterfaceType="eice")
    told: Facts = {
        "SubnetId": "subnet-9",
        "VpcId": "vpc-1",
        "NetworkInterfaceIds": ["eni-9"],
        "State": "create-complete",
    }
    return estate.add(TUNNEL, InstanceConnectEndpointId="eice-1", **{**told, "SecurityGroupIds": ["sg-9"], **facts})


def sources(estate: Estate, *, port: int = 22, protocol: str = "tcp", family: int = 4, target: str = "eni-1") -> str:
    """Who reaches a port from the internet, as both halves of the engine say: words, "closed" or "unknown"."""
    fabric = estate.fabric()
    interface = found(fabric, INTERFACE, target)
    exposure = exposure_of(fabric, interface)
    openings = [one for one in exposure.at(port, protocol=protocol) if one.family == family]
    for opening in openings:
        prove(fabric, interface, opening, port=port)
    if openings:
        return "; ".join(f"{one.words} via {one.middlebox}" if one.middlebox else one.words for one in openings)
    try:
        path = refute(fabric, interface, source=ANYONE[family], protocol=protocol, port=port)
    except Undecided:
        assert exposure.doubts
        return "unknown"
    assert not path.is_open, path
    if exposure.doubts:
        return "unknown"
    assert path.verdict is Verdict.NOT_REACHABLE, path
    return "closed"


def verdict(estate: Estate, *, port: int = 22, protocol: str = "tcp", family: int = 4) -> str:
    """What becomes of a connection from eni-1 to eni-2, as kept and plain lookups say."""
    fabric = estate.fabric()
    ends = [found(fabric, INTERFACE, one) for one in ("eni-1", "eni-2")]
    here, there = (next(one for one in addresses_of(end) if one.family == family) for end in ends)
    paths = [
        between(look, *ends, here=here, there=there, protocol=protocol, port=port)
        for look in (Quick(fabric), Plain(fabric))
    ]
    told = connection_path(fabric.inventory, *ends, port=port, protocol=protocol)
    assert told is not None
    assert told.verdict is paths[0].verdict or len(addresses_of(ends[0])) > 1
    return agreed(paths)


def session(estate: Estate, *, port: int = 22) -> str:
    """What becomes of a session from eice-1 to eni-2."""
    fabric = estate.fabric()
    endpoint, target = found(fabric, TUNNEL, "eice-1"), found(fabric, INTERFACE, "eni-2")
    return agreed([tunnel(look, endpoint, target, port=port) for look in (Quick(fabric), Plain(fabric))])


def agreed(paths: list[Path]) -> str:
    """The verdict of paths that have to be the same."""
    quick, plain = paths
    assert quick.verdict is plain.verdict, (quick, plain)
    assert [(hop.kind, hop.id, hop.allows) for hop in quick.hops] == [
        (hop.kind, hop.id, hop.allows) for hop in plain.hops
    ]
    return str(quick.verdict)


def found(fabric: Fabric, kind: str, id_: str) -> Resource:
    """A resource that has to be there."""
    resource = fabric.inventory.find(kind, id_)
    assert resource is not None
    return resource
