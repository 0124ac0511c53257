"""Who from outside its VPC the security groups of an interface admit, whether or not a path leads there today.

https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from __future__ import annotations

from collections.abc import Iterable

from scanner.model import Resource, View
from scanner.network.addresses import Intervals, subtract, union
from scanner.network.fabric import Fabric, fabric_of
from scanner.network.interfaces import groups_of


def admitted_outsiders(inventory: View, interface: Resource, ports: Iterable[int]) -> tuple[list[str], list[str]]:
    """The rules (in words) that admit a TCP port from outside the VPC, and what could not be read; raises `Undecided`."""
    fabric, vpc_id = fabric_of(inventory), str(interface.get("VpcId", ""))
    grants = fabric.grants(groups_of(interface), egress=False, protocol="tcp")
    wanted = tuple(ports)
    found = [
        grant.words
        for grant in grants.all
        if any(grant.ports[0] <= port <= grant.ports[1] for port in wanted)
        and (
            bool(grant.peering)
            if grant.addresses is None
            else bool(subtract((grant.addresses,), _blocks(fabric, vpc_id, grant.family)))
        )
    ]
    return list(dict.fromkeys(found)), list(grants.doubts)


def _blocks(fabric: Fabric, vpc_id: str, family: int) -> Intervals:
    return fabric.once(("blocks", vpc_id, family), lambda: union(fabric.vpc_blocks(vpc_id), family=family))
