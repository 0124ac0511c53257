"""Single hops of a path: a route, a network ACL, the groups of an interface; each is evidence of a finding.

The names follow EC2's PathComponent and AWS's explanation codes where they fit:
https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html
"""

from __future__ import annotations

from scanner.model import Hop, Resource
from scanner.network.acls import EPHEMERAL, NETWORK_ACL
from scanner.network.interfaces import is_unfiltered, worn_by
from scanner.network.lookups import Lookups, family_of
from scanner.network.painting import is_active, target_of
from scanner.network.plain import Answer
from scanner.network.routes import ROUTE_TABLE, describe_route
from scanner.network.security_groups import SECURITY_GROUP


def leading_hop(
    look: Lookups, subnet_id: str, address: str, wanted: frozenset[str], *, direction: str = "return"
) -> Hop:
    """The route of a subnet for an address, which has to lead to one of the wanted targets."""
    table = look.fabric.table_of(subnet_id)
    route = look.route_in(table, address)
    if route is None:
        rule = f"{table.id} has no route to {address}"
        return Hop(ROUTE_TABLE, table.id, allows=False, rule=rule, code="CANNOT_ROUTE", direction=direction)
    rule = describe_route(table, route)
    if not is_active(route):
        return Hop(ROUTE_TABLE, table.id, allows=False, rule=rule, code="BAD_STATE_ROUTE", direction=direction)
    allows = target_of(route) in wanted
    code = "" if allows else "CANNOT_ROUTE"
    return Hop(ROUTE_TABLE, table.id, allows=allows, rule=rule, code=code, direction=direction)


def acl_hop(
    look: Lookups, subnet_id: str, *, egress: bool, protocol: str, ports: tuple[int, ...] | None, address: str
) -> Hop:
    """The network ACL at these ports; None stands for the ephemeral ports, of which one that works is enough."""
    answer = Answer(allows=False, words="")
    for port in ports or _ephemeral(look, subnet_id, egress=egress, protocol=protocol, family=family_of(address)):
        answer = look.acl(subnet_id, egress=egress, protocol=protocol, port=port, address=address)
        if answer.allows:
            break
    acl = look.fabric.acl_of(subnet_id).id
    code = "" if answer.allows else "SUBNET_ACL_RESTRICTION"
    return Hop(NETWORK_ACL, acl, answer.allows, answer.words, code)


def _ephemeral(look: Lookups, subnet_id: str, *, egress: bool, protocol: str, family: int) -> list[int]:
    """The ephemeral ports at which the ACL may answer differently: the first of each of its ranges."""

    def make() -> list[int]:
        found = look.fabric.entries(subnet_id, egress=egress, protocol=protocol, family=family)
        edges = {port for entry in found for port in (entry.ports[0], entry.ports[1] + 1)}
        return sorted({EPHEMERAL[0], *(port for port in edges if EPHEMERAL[0] <= port <= EPHEMERAL[1])})

    return look.fabric.once(("ephemeral", subnet_id, egress, protocol, family), make)


def groups_hop(
    look: Lookups,
    interface: Resource,
    *,
    egress: bool,
    protocol: str,
    port: int,
    address: str,
    wears: frozenset[str] = frozenset(),
) -> Hop:
    """What the groups of an interface say; `wears` are the groups of whoever has the other address."""
    if is_unfiltered(interface):
        return Hop(SECURITY_GROUP, interface.id, allows=True, rule=f"{interface.id} wears no group and filters nothing")
    ids = worn_by(interface)
    answer = look.groups(ids, egress=egress, protocol=protocol, port=port, address=address, wears=wears)
    code = "" if answer.allows else "ENI_SG_RULES_MISMATCH"
    return Hop(
        SECURITY_GROUP,
        answer.words.partition(":")[0] if answer.allows else interface.id,
        answer.allows,
        answer.words,
        code,
    )


def returning(hop: Hop) -> Hop:
    """The same hop for the answer."""
    return Hop(hop.kind, hop.id, hop.allows, hop.rule, hop.code, "return", hop.is_opaque)
