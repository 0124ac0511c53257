"""Finds interface endpoints whose security groups keep their own VPC's workloads out, or let the whole world in."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import (
    NETWORK_INTERFACE,
    SECURITY_GROUP,
    Answer,
    Aside,
    Clear,
    Flag,
    Grants,
    Inventory,
    Path,
    Resource,
    Undecided,
    Verdict,
    addresses_of,
    connection_path,
    grants_of,
    groups_of,
    is_going,
    is_named,
    leads_to_aws,
    listed,
    service_of,
    structures,
    subnet_of,
    word,
    workloads_of,
    world_ranges,
)

_HTTPS = 443
# What stands between client and endpoint and belongs to neither: a network ACL, or a route that leads nowhere. Within a
# VPC there always is a route; that there is none is said of addresses that are not of it.
_BETWEEN = ("SUBNET_ACL_RESTRICTION", "BAD_STATE_ROUTE")


def check(
    inventory: Inventory, *, exempt_services: list[str], exempt_subnet_tag: str, world_share: float
) -> Iterator[Answer]:
    """Asks for each subnet with workloads whether one of them gets through; a group may mean to admit only some."""
    for endpoint in inventory.subjects:
        with inventory.judging(endpoint):
            aside = _aside(endpoint, exempt_services)
            if aside:
                yield Aside(endpoint, aside)
                continue
            clients = _clients(inventory, endpoint, exempt_subnet_tag)
            yield _weighed(inventory, endpoint, _groups(inventory, endpoint), clients, share=world_share)


def _aside(endpoint: Resource, exempt: list[str]) -> str:
    if is_going(endpoint):
        return "the endpoint is being deleted"
    if is_named(endpoint, exempt):
        return f"{service_of(endpoint)} is exempt"
    if not leads_to_aws(endpoint):
        return "the service is not one of AWS's, and its ports are not told"
    return ""


def _groups(inventory: Inventory, endpoint: Resource) -> list[str]:
    found = sorted(groups_of(endpoint))
    for interface in () if found else _interfaces(inventory, endpoint):
        found = sorted(groups_of(interface))
    if not found:
        raise Undecided(f"the security groups of {endpoint.id} are not told")
    return found


def _interfaces(inventory: Inventory, endpoint: Resource) -> list[Resource]:
    """The endpoint's own interfaces that are in sight."""
    wanted = {str(identity) for identity in endpoint.items("NetworkInterfaceIds")}
    return [one for one in inventory.known(NETWORK_INTERFACE) if one.id in wanted] if wanted else []


def _clients(inventory: Inventory, endpoint: Resource, exempt_tag: str) -> dict[str, list[Resource]]:
    return {
        subnet: found
        for subnet, found in workloads_of(inventory, str(endpoint.get("VpcId", ""))).items()
        if not (exempt_tag and exempt_tag in subnet_of(inventory, subnet).tags)
    }


def _weighed(
    inventory: Inventory, endpoint: Resource, groups: list[str], clients: dict[str, list[Resource]], *, share: float
) -> Answer:
    grants = grants_of(inventory, groups, egress=False, protocol="tcp")
    admitted = {subnet: _first_admitted(grants, found) for subnet, found in clients.items()}
    blocked = [subnet for subnet, client in admitted.items() if client is None]
    admits = [grant.words for grant in grants.all if grant.ports[0] <= _HTTPS <= grant.ports[1]]
    if (blocked or not admits) and grants.doubts:
        raise Undecided(grants.doubts[0])
    if blocked or not admits:
        return _blocks(endpoint, groups, blocked, admits, clients)
    interfaces = _interfaces(inventory, endpoint)
    for subnet, client in admitted.items():
        path = _stopped(inventory, interfaces, client) if client is not None else None
        if path is not None:
            return _stops(endpoint, subnet, path)
    return _open_to_world(inventory, endpoint, groups, share=share) or Clear(endpoint, tuple(dict.fromkeys(admits)))


def _first_admitted(grants: Grants, clients: list[Resource]) -> Resource | None:
    """A client that the groups let in by one of its addresses or by its own groups."""
    for client in clients:
        for address in addresses_of(client):
            if grants.first(port=_HTTPS, address=address.private, family=address.family, wears=groups_of(client)):
                return client
    return None


def _stopped(inventory: Inventory, interfaces: list[Resource], client: Resource) -> Path | None:
    """The path on which a network ACL or a route stops an admitted client on its way to every interface in sight."""
    found = None
    for interface in interfaces:
        path = connection_path(inventory, client, interface, port=_HTTPS)
        if path is None or path.is_open:
            return None
        if path.verdict is Verdict.UNKNOWN:
            raise Undecided(path.reason)
        found = path if path.hops[-1].code in _BETWEEN else found
    return found


def _blocks(
    endpoint: Resource, groups: list[str], blocked: list[str], admits: list[str], clients: dict[str, list[Resource]]
) -> Flag:
    service = service_of(endpoint)
    whom = f"no workload of {listed(blocked)}" if blocked else "nobody"
    nothing = f"no inbound rule of {listed(groups)} is about tcp {_HTTPS}"
    worn = dict.fromkeys(group for subnet in blocked for one in clients[subnet] for group in sorted(groups_of(one)))
    sources = list(worn) or ["<group of the clients>"]
    return Flag(
        endpoint,
        f"{endpoint.id} for {service} lets {whom} in: {listed(groups)} "
        f"{'admits others' if admits else 'admits nothing'} at tcp {_HTTPS}",
        (
            *(dict.fromkeys(admits) or (nothing,)),
            *(f"{subnet} holds {listed(one.id for one in clients[subnet])}" for subnet in blocked),
        ),
        severity="high",
        fix="\n".join(_admit(groups[0], source) for source in sources),
    )


def _admit(group: str, source: str) -> str:
    shown = source if source.startswith("<") else word(source)
    return (
        f"aws ec2 authorize-security-group-ingress --group-id {word(group)} --protocol tcp --port {_HTTPS}"
        f" --source-group {shown}"
    )


def _stops(endpoint: Resource, subnet: str, path: Path) -> Flag:
    return Flag(
        endpoint,
        f"{endpoint.id} for {service_of(endpoint)} admits {subnet}, but connections from there fail on the way: "
        f"{path.reason}",
        tuple(hop.words for hop in path.hops),
        severity="high",
        fix=f"Let {path.hops[-1].id} pass tcp {_HTTPS} from {subnet} to the endpoint, and the answers back to it.",
        path=path.hops,
    )


def _open_to_world(inventory: Inventory, endpoint: Resource, groups: list[str], *, share: float) -> Flag | None:
    for group_id in groups:
        group = inventory.find(SECURITY_GROUP, group_id)
        rules = structures(group, "IpPermissions") if group is not None else ()
        found = world_ranges(inventory, rules, way="from", port=_HTTPS, share=share)
        if found:
            return Flag(
                endpoint,
                f"{group_id} opens {endpoint.id} for {service_of(endpoint)} to any address, wider than its clients are",
                tuple(f"{group_id}: {one.rule}" for one in found),
                severity="low",
                fix=f"aws ec2 describe-security-group-rules --filters Name=group-id,Values={word(group_id)}\n"
                f"aws ec2 revoke-security-group-ingress --group-id {word(group_id)} --security-group-rule-ids <those rules>\n"
                "Admit the groups of the clients first, so that nobody is cut off.",
            )
    return None
