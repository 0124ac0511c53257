"""From private addresses that no known interface has: those a subnet may give out, and those beyond every VPC at hand.

What the groups of such a host let out is not asked, because whoever starts it chooses them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from scanner.model import Hop, Resource, Undecided
from scanner.network import acls
from scanner.network.addresses import Intervals, intersection, subtract, union
from scanner.network.certified import certified
from scanner.network.egress import destinations, next_target, route_hop
from scanner.network.exposure import sources_in_words
from scanner.network.fabric import PEERING, SUBNET, VPC, Fabric
from scanner.network.hops import acl_hop, groups_hop, returning
from scanner.network.inner import between_interfaces
from scanner.network.interfaces import Address, addresses_of, groups_of, is_unfiltered, number
from scanner.network.lookups import Lookups
from scanner.network.painting import SPACE
from scanner.network.paths import Path, follow
from scanner.network.proofs import witness
from scanner.network.security_groups import NETWORK_INTERFACE
from scanner.network.structures import structures

Found = tuple[Path, tuple[str, ...]]


def from_addresses(
    fabric: Fabric, interface: Resource, blocks: Intervals, *, family: int, protocol: str, port: int
) -> Iterator[Found]:
    """The ways from a block: one for each subnet with a part of it, and one for each route to the rest.

    Raises `Undecided` where the subnets, or the addresses of the interface, cannot be read.
    """
    there = next((address for address in addresses_of(interface) if address.family == family), None)
    if there is None:
        rule = f"{interface.id} has no IPv{family} address"
        hop = Hop(NETWORK_INTERFACE, interface.id, allows=False, rule=rule, code="UNSUPPORTED_ADDRESS_FAMILY")
        yield follow((hop,), source="", target=interface.id, protocol=protocol, port=port), ()
        return
    home = str(interface.get("VpcId", ""))
    near = (
        [vpc.id for vpc in fabric.inventory.of(VPC) if vpc.id == home or fabric.peerings(home, vpc.id)]
        if fabric.inventory.of(PEERING)
        else [home]
    )
    granted: Intervals = (SPACE[family],)
    if not is_unfiltered(interface):
        granted = fabric.grants(groups_of(interface), egress=False, protocol=protocol).at(port, family=family)
    is_somewhere = False
    for vpc_id in near:
        for subnet in fabric.inventory.linked(SUBNET, "VpcId", vpc_id):
            part = intersection(blocks, union(_blocks_of(subnet), family=family))
            if part:
                is_somewhere = True
                yield _from_subnet(fabric, subnet, interface, there, part, granted, protocol, port)
    rest = subtract(blocks, union((one for vpc_id in near for one in fabric.vpc_blocks(vpc_id)), family=family))
    if rest:
        yield from _from_beyond(fabric, interface, rest, granted, family, protocol, port)
    elif not is_somewhere:
        rule = f"{sources_in_words(blocks, family=family)} is in no subnet, so that nobody has an address of it"
        yield (
            follow(
                (Hop(VPC, home, allows=False, rule=rule),), source="", target=interface.id, protocol=protocol, port=port
            ),
            (),
        )


def _blocks_of(subnet: Resource) -> Iterator[str]:
    if subnet.get("CidrBlock"):
        yield str(subnet.get("CidrBlock"))
    for one in structures(subnet, "Ipv6CidrBlockAssociationSet"):
        if one.get("Ipv6CidrBlock"):
            yield str(one["Ipv6CidrBlock"])


def _from_subnet(
    fabric: Fabric,
    subnet: Resource,
    interface: Resource,
    there: Address,
    part: Intervals,
    granted: Intervals,
    protocol: str,
    port: int,
) -> Found:
    """From a host that somebody might start in a subnet."""
    passing = intersection(part, granted)
    subnet_id = str(interface.get("SubnetId", ""))
    if subnet.id != subnet_id:
        inbound = fabric.entries(subnet_id, egress=False, protocol=protocol, family=there.family)
        outbound = fabric.entries(subnet_id, egress=True, protocol=protocol, family=there.family)
        back = acls.answered(outbound, family=there.family)
        passing = intersection(intersection(passing, acls.admitted(inbound, port=port, family=there.family)), back)
    source = witness(passing or intersection(part, granted) or part, family=there.family)
    facts = {"VpcId": subnet.get("VpcId"), "SubnetId": subnet.id}
    host = Resource(NETWORK_INTERFACE, subnet.partition, subnet.account, subnet.region, source, "", facts)
    here = Address(there.family, number(source), "")

    def hops(look: Lookups) -> Iterator[Hop]:
        yield Hop(NETWORK_INTERFACE, source, allows=True, rule=f"any host with {source} in {subnet.id}")
        walked = between_interfaces(look, host, interface, here, there, protocol, port, is_checked=True)
        yield from islice(walked, 1, None)

    path = certified(
        fabric,
        lambda look: follow(hops(look), source=source, target=interface.id, protocol=protocol, port=port),
    )
    return path, (sources_in_words(passing, family=there.family),) if passing else ()


def _from_beyond(
    fabric: Fabric,
    interface: Resource,
    rest: Intervals,
    granted: Intervals,
    family: int,
    protocol: str,
    port: int,
) -> Iterator[Found]:
    """From outside the VPCs at hand: open to nobody where the door or the way back is closed, else not to be told."""
    subnet_id = str(interface.get("SubnetId", ""))
    wanted = intersection(rest, granted) or rest
    for source in destinations(fabric, interface, wanted, family=family, protocol=protocol, port=port, is_back=True):

        def hops(look: Lookups, source: str = source) -> Iterator[Hop]:
            yield acl_hop(look, subnet_id, egress=False, protocol=protocol, ports=(port,), address=source)
            yield groups_hop(look, interface, egress=False, protocol=protocol, port=port, address=source)
            via = next_target(look, subnet_id, source)
            if via.startswith("pcx-"):
                raise Undecided(f"what lies behind {via} at {source} is not known")
            yield route_hop(look, subnet_id, source, allows=False, direction="return")
            yield returning(acl_hop(look, subnet_id, egress=True, protocol=protocol, ports=None, address=source))

        def walk(look: Lookups, hops: Callable[[Lookups], Iterator[Hop]] = hops, source: str = source) -> Path:
            return follow(hops(look), source=source, target=interface.id, protocol=protocol, port=port)

        yield certified(fabric, walk), ()
