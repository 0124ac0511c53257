"""The path of a session from an EC2 Instance Connect Endpoint to an interface.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/eice-security-groups.html: what its own group lets in does not matter
(IAM decides who enters), what it lets out does. Without client IP preservation the instance sees the endpoint's private
address; with it, the client's public one, and a reference to the endpoint's group admits in both cases.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Hop, Resource, Undecided
from scanner.network.instance_connect import INSTANCE_CONNECT_ENDPOINT, is_usable
from scanner.network.interfaces import Address, addresses_of, groups_of
from scanner.network.lookups import Lookups
from scanner.network.paths import Path, acl_hop, between_interfaces, follow, groups_hop, returning
from scanner.network.proofs import witness
from scanner.network.security_groups import NETWORK_INTERFACE, SECURITY_GROUP

FAMILIES = {"ipv4": (4,), "ipv6": (6,), "dualstack": (4, 6)}


def tunnel(look: Lookups, endpoint: Resource, interface: Resource, *, port: int) -> Path:
    """The path of a session to the first address of an interface that an endpoint reaches, else of the best attempt.

    Raises `Undecided` where the addresses of the interface cannot be read.
    """
    families = FAMILIES.get(str(endpoint.get("IpAddressType") or "ipv4"), (4,))
    addresses = [address for address in addresses_of(interface) if address.family in families]
    best: Path | None = None
    for address in addresses:
        hops = _tunnel(look, endpoint, interface, address, port)
        path = follow(hops, source=endpoint.id, target=interface.id, protocol="tcp", port=port)
        if path.is_open:
            return path
        best = path if best is None or len(path.hops) > len(best.hops) else best
    if best is not None:
        return best
    spoken = " and ".join(f"IPv{family}" for family in families)
    rule = f"{interface.id} has no {spoken} address, and {endpoint.id} speaks nothing else"
    blocked = (Hop(NETWORK_INTERFACE, interface.id, allows=False, rule=rule, code="UNSUPPORTED_ADDRESS_FAMILY"),)
    return follow(blocked, source=endpoint.id, target=interface.id, protocol="tcp", port=port)


def _tunnel(look: Lookups, endpoint: Resource, interface: Resource, address: Address, port: int) -> Iterator[Hop]:
    usable = is_usable(endpoint)
    rule = f"{endpoint.id} is in the state {endpoint.get('State')}"
    yield Hop(INSTANCE_CONNECT_ENDPOINT, endpoint.id, usable, rule, "" if usable else "BAD_STATE_ENDPOINT")
    groups = frozenset(str(group) for group in endpoint.items("SecurityGroupIds"))
    answer = look.groups(
        groups, egress=True, protocol="tcp", port=port, address=address.words, wears=groups_of(interface)
    )
    code = "" if answer.allows else "ENI_SG_RULES_MISMATCH"
    yield Hop(
        SECURITY_GROUP,
        answer.words.partition(":")[0] if answer.allows else endpoint.id,
        answer.allows,
        answer.words,
        code,
    )
    if endpoint.get("PreserveClientIp") is True:
        yield from _preserving(look, endpoint, interface, groups, port)
        return
    own, here = _interface_of(look, endpoint, address.family)
    yield from between_interfaces(look, own, interface, here, address, "tcp", port, wears=groups, is_checked=True)


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
    granted = look.fabric.grants(groups_of(interface), egress=False, protocol="tcp").at(port, family=4)
    client = witness(granted, family=4) if granted else "8.8.8.8"
    yield groups_hop(look, interface, egress=False, protocol="tcp", port=port, address=client, wears=groups)
    sides = (str(endpoint.get("SubnetId", "")), str(interface.get("SubnetId", "")))
    if sides[0] != sides[1]:
        yield acl_hop(look, sides[1], egress=False, protocol="tcp", ports=(port,), address=client)
        yield returning(acl_hop(look, sides[1], egress=True, protocol="tcp", ports=None, address=client))
