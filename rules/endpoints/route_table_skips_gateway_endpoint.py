"""Finds route tables of private subnets that a gateway endpoint of their own VPC leaves out."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import (
    Answer,
    Aside,
    Flag,
    Inventory,
    Resource,
    active_routes,
    describe_route,
    gateway_endpoints,
    is_private,
    listed,
    route_table_of,
    service_of,
    word,
)

_SUBNET = "AWS::EC2::Subnet"


def check(inventory: Inventory, *, exempt_tag: str) -> Iterator[Answer]:
    """A table counts if a private subnet follows it; edge tables and unused ones lead nobody to S3."""
    for table in inventory.subjects:
        with inventory.judging(table):
            if exempt_tag and exempt_tag in table.tags:
                yield Aside(table, f"the table has the tag {exempt_tag}")
                continue
            endpoints = gateway_endpoints(inventory, str(table.get("VpcId", "")))
            if not endpoints:
                yield Aside(table, "the VPC has no working gateway endpoint")
                continue
            subnets = _private_subnets(inventory, table)
            if not subnets:
                yield Aside(table, "no private subnet uses the table")
                continue
            services: dict[str, list[Resource]] = {}
            for endpoint in endpoints:
                services.setdefault(service_of(endpoint), []).append(endpoint)
            for service, members in services.items():
                if not any(_leads_to(table, endpoint) for endpoint in members):
                    yield _flag(table, service, members, subnets)


def _private_subnets(inventory: Inventory, table: Resource) -> list[Resource]:
    return [
        subnet
        for subnet in inventory.linked(_SUBNET, "VpcId", str(table.get("VpcId", "")))
        if route_table_of(inventory, subnet).id == table.id and is_private(inventory, subnet)
    ]


def _leads_to(table: Resource, endpoint: Resource) -> bool:
    """The association puts a route into the table; what counts is that it is there and active."""
    if table.get("Routes") is None:
        return table.id in endpoint.items("RouteTableIds")
    return any(route.get("GatewayId") == endpoint.id for route in active_routes(table))


def _flag(table: Resource, service: str, endpoints: list[Resource], subnets: list[Resource]) -> Flag:
    endpoint = endpoints[0]
    names = listed(subnet.id for subnet in subnets)
    because = tuple(
        f"{one.id} is associated with {listed(map(str, one.items('RouteTableIds'))) or 'no route table'}"
        for one in endpoints
    )
    dead = [
        f"{describe_route(table, route)} is {route.get('State')}"
        for route in table.items("Routes")
        if str(route.get("GatewayId")) in {one.id for one in endpoints}
    ]
    command = f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {word(endpoint.id)}"
    return Flag(
        table,
        f"{table.id} takes {names} past the gateway endpoint {listed(one.id for one in endpoints)} for {service}",
        (*because, *dead),
        fix=f"{command} --add-route-table-ids {word(table.id)}\nA table that is isolated by design may say so with a tag.",
    )
