"""The path of a session from an EC2 Instance Connect Endpoint to an interface.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/eice-security-groups.html: what its own group lets in does not matter
(IAM decides who enters), what it lets out does. Without client IP preservation the instance sees the endpoint's private
address; with it, the client's public one, and a reference to the endpoint's group admits in both cases.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterator
from dataclasses import replace

from scanner.model import Hop, Resource, Undecided
from scanner.network import acls
from scanner.network.addresses import Interval, intersection
from scanner.network.hops import acl_hop, groups_hop, returning
from scanner.network.inner import between_interfaces
from scanner.network.instance_connect import INSTANCE_CONNECT_ENDPOINT, is_usable
from scanner.network.interfaces import Address, addresses_of, groups_of, worn_by
from scanner.network.lookups import Lookups
from scanner.network.painting import SPACE
from scanner.network.paths import Path, Verdict, follow
from scanner.network.proofs import witness
from scanner.network.security_groups import NETWORK_INTERFACE, SECURITY_GROUP
from scanner.network.transit import gateway_towards

FAMILIES = {"ipv4": (4,), "ipv6": (6,), "dualstack": (4, 6)}


def tunnel_to(look: Lookups, endpoint: Resource, interface: Resource, address: Address, *, port: int) -> Path:
    """The path of a session to one address of an interface, which has to be of a family that the endpoint speaks."""
    if address.family not in families_of(endpoint):
        return _unspoken(endpoint, interface, port)
    hops = _tunnel(look, endpoint, interface, address, port)
    return follow(hops, source=endpoint.id, target=interface.id, protocol="tcp", port=port)


def kept_tunnel(look: Lookups, endpoint: Resource, interface: Resource, *, port: int) -> Path:
    """The same path as `tunnel`'s, walked once for all interfaces of a subnet that differ in groups and addresses alone.

    Addresses count as the same that no rule on the way tells apart. Who wears the same groups has the same path; where
    others wear other groups, only what those say is asked again. A path that leads over a transit gateway, or ends where
    words name its address, is walked in full. Raises `Undecided` as `tunnel` does.
    """
    families = families_of(endpoint)
    addresses = [address for address in addresses_of(interface) if address.family in families]
    if len(addresses) != 1:
        return tunnel(look, endpoint, interface, port=port)
    address = addresses[0]
    walked: dict[Hashable, Path] = look.fabric.once("tunnels walked", dict)
    try:
        edges = look.fabric.once(
            ("edges of tunnels", endpoint.id, address.family), lambda: _edges(look, endpoint, address.family)
        )
        home = (str(interface.get("SubnetId", "")), str(interface.get("VpcId", "")))
        key = (endpoint.id, home, address.family, port, bisect_right(edges, address.private))
        worn = groups_of(interface)
        found = walked.get((key, worn))
        if found is not None:
            return _retold(found, interface)
        if _gateway(look, endpoint, interface, address):
            return tunnel(look, endpoint, interface, port=port)
        path = _alike(look, endpoint, interface, address, walked[key]) if key in walked else None
    except Undecided:
        return tunnel(look, endpoint, interface, port=port)
    if path is None:
        path = tunnel(look, endpoint, interface, port=port)
        if path.is_open and endpoint.get("PreserveClientIp") is not True:
            walked.setdefault(key, path)
    if worn and (path.is_open or (path.verdict is Verdict.NOT_REACHABLE and path.hops[-1].kind in _SAY_NO_ADDRESS)):
        walked[key, worn] = path
    return path


# What these say where they block names no address of the interface, so that it holds for its neighbours.
_SAY_NO_ADDRESS = frozenset({SECURITY_GROUP, acls.NETWORK_ACL, INSTANCE_CONNECT_ENDPOINT})


def _edges(look: Lookups, endpoint: Resource, family: int) -> list[int]:
    """Where what the groups of an endpoint, and the network ACL and the routes of its subnet, say of an address may change."""
    subnet_id = str(_interface_of(look, endpoint, family)[0].get("SubnetId", ""))
    spans: list[Interval] = []
    for egress in (True, False):
        entries = look.fabric.entries(subnet_id, egress=egress, protocol="tcp", family=family)
        spans += [entry.addresses for entry in entries]
    spans += [span for span, _ in look.fabric.routes(subnet_id, family).spans()]
    grants = look.fabric.grants(_groups_of_endpoint(endpoint), egress=True, protocol="tcp")
    spans += [grant.addresses for grant in grants.all if grant.addresses is not None and grant.family == family]
    return sorted({edge for first, last in spans for edge in (first, last + 1)})


def _retold(walked: Path, interface: Resource) -> Path:
    """The path to another interface that wears the same groups: only its name is another."""
    hops = walked.hops
    if hops[-1].id == walked.target:
        hops = (*hops[:-1], replace(hops[-1], id=interface.id))
    return Path(
        walked.verdict, walked.source, interface.id, walked.protocol, walked.port, hops, walked.reason, walked.door
    )


def _alike(look: Lookups, endpoint: Resource, interface: Resource, address: Address, walked: Path) -> Path:
    """An open path with what the groups say of another interface."""
    here = _interface_of(look, endpoint, address.family)[1]
    letting_out = _egress_hop(look, endpoint, interface, address, walked.port)
    letting_in = groups_hop(
        look, interface, egress=False, protocol="tcp", port=walked.port, address=here.words,
        wears=_groups_of_endpoint(endpoint),
    )  # fmt: skip
    asked = iter((letting_out, letting_in))
    hops = (next(asked) if hop.kind == SECURITY_GROUP else hop for hop in walked.hops)
    return follow(hops, source=endpoint.id, target=interface.id, protocol="tcp", port=walked.port)


def families_of(endpoint: Resource) -> tuple[int, ...]:
    """The families of addresses that an endpoint speaks."""
    return FAMILIES.get(str(endpoint.get("IpAddressType") or "ipv4"), (4,))


def tunnel(look: Lookups, endpoint: Resource, interface: Resource, *, port: int) -> Path:
    """The path of a session to the first address of an interface that an endpoint reaches, else of the best attempt.

    Raises `Undecided` where the addresses of the interface cannot be read.
    """
    families = families_of(endpoint)
    addresses = [address for address in addresses_of(interface) if address.family in families]
    best: Path | None = None
    for address in addresses:
        hops = _tunnel(look, endpoint, interface, address, port)
        path = follow(hops, source=endpoint.id, target=interface.id, protocol="tcp", port=port)
        if path.is_open:
            return path
        best = path if best is None or len(path.hops) > len(best.hops) else best
    return best or _unspoken(endpoint, interface, port)


def _unspoken(endpoint: Resource, interface: Resource, port: int) -> Path:
    """The path that ends at once: the interface has no address of a family that the endpoint speaks."""
    families = families_of(endpoint)
    spoken = " and ".join(f"IPv{family}" for family in families)
    rule = f"{interface.id} has no {spoken} address, and {endpoint.id} speaks nothing else"
    blocked = (Hop(NETWORK_INTERFACE, interface.id, allows=False, rule=rule, code="UNSUPPORTED_ADDRESS_FAMILY"),)
    return follow(blocked, source=endpoint.id, target=interface.id, protocol="tcp", port=port)


def _tunnel(look: Lookups, endpoint: Resource, interface: Resource, address: Address, port: int) -> Iterator[Hop]:
    usable = is_usable(endpoint)
    rule = f"{endpoint.id} is in the state {endpoint.get('State')}"
    yield Hop(INSTANCE_CONNECT_ENDPOINT, endpoint.id, usable, rule, "" if usable else "BAD_STATE_ENDPOINT")
    groups = _groups_of_endpoint(endpoint)
    yield _egress_hop(look, endpoint, interface, address, port)
    if endpoint.get("PreserveClientIp") is True:
        yield from _preserving(look, endpoint, interface, groups, port)
        return
    own, here = _interface_of(look, endpoint, address.family)
    yield from between_interfaces(look, own, interface, here, address, "tcp", port, wears=groups, is_checked=True)


def _groups_of_endpoint(endpoint: Resource) -> frozenset[str]:
    groups = frozenset(str(group) for group in endpoint.items("SecurityGroupIds"))
    if not groups:
        raise Undecided(f"the facts do not say which security groups {endpoint.id} wears")
    return groups


def _egress_hop(look: Lookups, endpoint: Resource, interface: Resource, address: Address, port: int) -> Hop:
    """What the endpoint's own groups let out; over a transit gateway they do not know the groups of another VPC."""
    groups = _groups_of_endpoint(endpoint)
    known = frozenset() if _gateway(look, endpoint, interface, address) else groups_of(interface)
    answer = look.groups(groups, egress=True, protocol="tcp", port=port, address=address.words, wears=known)
    code = "" if answer.allows else "ENI_SG_RULES_MISMATCH"
    place = answer.words.partition(":")[0] if answer.allows else endpoint.id
    return Hop(SECURITY_GROUP, place, answer.allows, answer.words, code)


def _gateway(look: Lookups, endpoint: Resource, interface: Resource, address: Address) -> str:
    """The transit gateway between an endpoint and an interface, or ""."""
    return gateway_towards(look, endpoint, interface, address.words)


def _interface_of(look: Lookups, endpoint: Resource, family: int) -> tuple[Resource, Address]:
    """The endpoint's own interface and its address; raises `Undecided` where it cannot be seen."""
    for interface_id in endpoint.items("NetworkInterfaceIds"):
        own = look.fabric.inventory.find(NETWORK_INTERFACE, str(interface_id))
        for address in addresses_of(own) if own is not None else ():
            if own is not None and address.family == family:
                return own, address
    raise Undecided(f"the network interface of {endpoint.id} cannot be seen")


def _preserving(
    look: Lookups, endpoint: Resource, interface: Resource, groups: frozenset[str], port: int
) -> Iterator[Hop]:
    """With the client's address preserved: admitted by reference, or by a block that holds the client."""
    if endpoint.get("VpcId") != interface.get("VpcId"):
        rule = f"{endpoint.id} preserves client addresses, which works only inside {endpoint.get('VpcId')}"
        yield Hop(INSTANCE_CONNECT_ENDPOINT, endpoint.id, allows=False, rule=rule, code="CANNOT_ROUTE")
        return
    sides = (str(endpoint.get("SubnetId", "")), str(interface.get("SubnetId", "")))
    client = _client(look, worn_by(interface), groups, port, sides[1] if sides[0] != sides[1] else "")
    yield groups_hop(look, interface, egress=False, protocol="tcp", port=port, address=client, wears=groups)
    if sides[0] != sides[1]:
        yield acl_hop(look, sides[1], egress=False, protocol="tcp", ports=(port,), address=client)
        yield returning(acl_hop(look, sides[1], egress=True, protocol="tcp", ports=None, address=client))


def _client(look: Lookups, worn: frozenset[str], groups: frozenset[str], port: int, subnet_id: str) -> str:
    """The client with the best prospects: one the groups let in, and the subnet's network ACL both ways, where there is one."""
    grants = look.fabric.grants(worn, egress=False, protocol="tcp")
    is_referenced = any(grant.referenced in groups and grant.ports[0] <= port <= grant.ports[1] for grant in grants.all)
    granted = (SPACE[4],) if is_referenced else grants.at(port, family=4)
    passing = granted
    if subnet_id:
        inbound = look.fabric.entries(subnet_id, egress=False, protocol="tcp", family=4)
        outbound = look.fabric.entries(subnet_id, egress=True, protocol="tcp", family=4)
        back = acls.answered(outbound, family=4)
        passing = intersection(granted, intersection(acls.admitted(inbound, port=port, family=4), back))
    return witness(passing or granted or (SPACE[4],), family=4)
