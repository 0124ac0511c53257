"""Finds internet gateways that deliver traffic to inspected subnets past the inspection."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import (
    NETWORK_INTERFACE,
    Answer,
    Aside,
    Clear,
    Flag,
    Inventory,
    Resource,
    Undecided,
    Way,
    addresses_of,
    edge_tables,
    inspected_subnets,
    inspection_endpoints,
    listed,
    paint,
    structures,
    subnet_of,
    target_of,
    word,
)

_Missed = dict[tuple[str, int], list[str]]
"""Interfaces by subnet and family of addresses."""


def check(inventory: Inventory, *, exempt_subnets: list[str]) -> Iterator[Answer]:
    """What leaves through inspection has to come back through it: the gateway's own table decides."""
    for gateway in inventory.subjects:
        with inventory.judging(gateway):
            vpc_id = _vpc_of(gateway)
            if not vpc_id:
                yield Aside(gateway, "the gateway is attached to no VPC")
                continue
            endpoints = inspection_endpoints(inventory, vpc_id)
            inspected = inspected_subnets(inventory, vpc_id, endpoints) if endpoints else {}
            public = _public_addresses(
                inventory, {one: inspected[one] for one in inspected if one not in exempt_subnets}
            )
            if not public:
                yield Aside(gateway, "no public address is in a subnet whose default route leads to inspection")
                continue
            yield _weighed(inventory, gateway, endpoints, public)


def _vpc_of(gateway: Resource) -> str:
    return next(
        (
            str(attachment.get("VpcId", ""))
            for attachment in structures(gateway, "Attachments")
            if attachment.get("State") in ("available", "attached")
        ),
        "",
    )


def _public_addresses(inventory: Inventory, inspected: dict[str, Way]) -> dict[str, list[tuple[str, int, int]]]:
    """The subnets in which something has a public address: interface, family and private address as a number."""
    found: dict[str, list[tuple[str, int, int]]] = {}
    for subnet_id, way in inspected.items():
        for interface in inventory.linked(NETWORK_INTERFACE, "SubnetId", subnet_id):
            for address in addresses_of(interface):
                if address.public and address.family == way.family:
                    found.setdefault(subnet_id, []).append((interface.id, address.family, address.private))
    return found


def _weighed(
    inventory: Inventory,
    gateway: Resource,
    endpoints: dict[str, Resource],
    public: dict[str, list[tuple[str, int, int]]],
) -> Answer:
    tables = edge_tables(inventory, gateway.id)
    missed: _Missed = {}
    for family in sorted({family for found in public.values() for _, family, _ in found}):
        painted = [paint(inventory, table, family=family) for table in tables[:1]]
        for subnet_id, found in public.items():
            for interface, version, address in found:
                route = painted[0].route_to(address) if painted else None
                if version == family and (route is None or target_of(route) not in endpoints):
                    missed.setdefault((subnet_id, family), []).append(interface)
    if not missed:
        return Clear(gateway, f"{listed(table.id for table in tables)} steers {listed(public)} to inspection")
    return _flag(inventory, gateway, tables, endpoints, missed)


def _flag(
    inventory: Inventory,
    gateway: Resource,
    tables: tuple[Resource, ...],
    endpoints: dict[str, Resource],
    missed: _Missed,
) -> Flag:
    where = (
        f"{tables[0].id}, the table of {gateway.id}, has no route to inspection for"
        if tables
        else f"{gateway.id} has no route table of its own, which would lead to inspection what it delivers to"
    )
    subnets = dict.fromkeys(subnet for subnet, _ in missed)
    return Flag(
        gateway,
        f"{where} {listed(subnets)}, although what leaves {'it' if len(subnets) == 1 else 'them'} is inspected",
        (
            *(
                f"{subnet} holds public IPv{family} addresses of {listed(found)}"
                for (subnet, family), found in missed.items()
            ),
            *(f"{endpoint} is an inspection endpoint of the VPC" for endpoint in endpoints),
        ),
        fix="\n".join(_commands(inventory, gateway, tables, endpoints, missed)),
    )


def _commands(
    inventory: Inventory,
    gateway: Resource,
    tables: tuple[Resource, ...],
    endpoints: dict[str, Resource],
    missed: _Missed,
) -> Iterator[str]:
    table = word(tables[0].id) if tables else "<id of the new table>"
    if not tables:
        yield f"aws ec2 create-route-table --vpc-id {word(_vpc_of(gateway))}"
        yield f"aws ec2 associate-route-table --route-table-id {table} --gateway-id {word(gateway.id)}"
    for subnet_id, family in missed:
        subnet = subnet_of(inventory, subnet_id)
        option, block = _destination(subnet, family)
        shown = word(block) if block else "<block of the subnet>"
        yield (
            f"aws ec2 create-route --route-table-id {table} {option} {shown}"
            f" --vpc-endpoint-id {word(_nearest(inventory, subnet, endpoints))}"
        )


def _destination(subnet: Resource, family: int) -> tuple[str, str]:
    if family == 4:  # noqa: PLR2004 - the families are called 4 and 6
        return "--destination-cidr-block", str(subnet.get("CidrBlock", ""))
    blocks = structures(subnet, "Ipv6CidrBlockAssociationSet")
    return "--destination-ipv6-cidr-block", next((str(one.get("Ipv6CidrBlock") or "") for one in blocks), "")


def _nearest(inventory: Inventory, subnet: Resource, endpoints: dict[str, Resource]) -> str:
    """An endpoint in the subnet's zone, else any."""
    zone = subnet.get("AvailabilityZone", "")
    for endpoint in endpoints.values():
        try:
            places = [subnet_of(inventory, str(one)) for one in endpoint.items("SubnetIds")]
        except Undecided:
            continue
        if zone and any(place.get("AvailabilityZone", "") == zone for place in places):
            return endpoint.id
    return next(iter(endpoints))
