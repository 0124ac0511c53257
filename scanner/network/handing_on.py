"""From a load balancer's interface to a target: the second half of a way through a door.

https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html: where the client's
address is kept the target sees the client, and a reference to the load balancer's group still admits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanner.model import Hop, Resource
from scanner.network import acls
from scanner.network.addresses import Intervals, intersection
from scanner.network.certified import certified
from scanner.network.fabric import Fabric
from scanner.network.hops import acl_hop
from scanner.network.inner import between_interfaces
from scanner.network.interfaces import Address, addresses_of, groups_of, is_unfiltered
from scanner.network.lookups import Lookups
from scanner.network.paths import Path, follow


@dataclass(frozen=True, slots=True)
class Handing:
    """A load balancer's interface, the target's interface and address, and the port and protocol there.

    `is_classic` applies the network ACL to what leaves a Classic Load Balancer even inside its subnet.
    """

    fabric: Fabric
    source: Resource
    target: Resource
    address: Address
    protocol: str
    port: int
    is_classic: bool = False

    @property
    def here(self) -> Address | None:
        """The address that the load balancer speaks to the target from; None where it has none of the family."""
        own = (one for one in addresses_of(self.source) if one.family == self.address.family)
        return next(own, None)

    @property
    def is_neighbour(self) -> bool:
        """Whether both are in one subnet."""
        return bool(self.source.get("SubnetId") == self.target.get("SubnetId"))


def handed_on(handing: Handing, *, client: str = "") -> Path | None:
    """The path from the load balancer to its target, which sees `client` where one is given; None without a common family."""
    here = handing.here
    if here is None:
        return None
    return certified(
        handing.fabric,
        lambda look: follow(
            _hops(handing, look, here, client),
            source=handing.source.id,
            target=handing.target.id,
            protocol=handing.protocol,
            port=handing.port,
        ),
    )


def _hops(handing: Handing, look: Lookups, here: Address, client: str) -> Iterator[Hop]:
    source, target = handing.source, handing.target
    if handing.is_classic and handing.is_neighbour:
        subnet_id = str(source.get("SubnetId", ""))
        hop = acl_hop(
            look,
            subnet_id,
            egress=True,
            protocol=handing.protocol,
            ports=(handing.port,),
            address=handing.address.words,
        )
        yield Hop(hop.kind, hop.id, hop.allows, hop.rule, hop.code and "ELB_ACL_RESTRICTION")
    yield from between_interfaces(
        look, source, target, here, handing.address, handing.protocol, handing.port,
        is_checked=is_unfiltered(source), client=client,
    )  # fmt: skip


def admitted_clients(handing: Handing, sources: Intervals, *, family: int) -> Intervals:
    """Of the clients of a load balancer those whom the target lets in by their own addresses."""
    grants = handing.fabric.grants(groups_of(handing.target), egress=False, protocol=handing.protocol)
    worn = groups_of(handing.source)
    is_referenced = any(
        grant.addresses is None and grant.referenced in worn and grant.ports[0] <= handing.port <= grant.ports[1]
        for grant in grants.all
    )
    found = sources if is_referenced else intersection(sources, grants.at(handing.port, family=family))
    if handing.is_neighbour or not found:
        return found
    subnet_id = str(handing.target.get("SubnetId", ""))
    inward, outward = (
        handing.fabric.entries(subnet_id, egress=egress, protocol=handing.protocol, family=family)
        for egress in (False, True)
    )
    found = intersection(found, acls.admitted(inward, port=handing.port, family=family))
    return intersection(found, acls.answered(outward, family=family))
