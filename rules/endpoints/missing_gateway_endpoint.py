"""Finds VPCs whose private workloads have no gateway endpoint for the services they all need."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import (
    NETWORK_INTERFACE,
    VPC_ENDPOINT,
    Answer,
    Aside,
    Clear,
    Flag,
    Inventory,
    Resource,
    Undecided,
    compare_gateway_endpoint,
    endpoint_state,
    endpoint_type,
    is_own,
    is_private,
    is_workload,
    listed,
    route_table_of,
    service_of,
    word,
)

_SUBNET = "AWS::EC2::Subnet"


def check(inventory: Inventory, *, services: list[str], exempt_tag: str, assumed_gigabytes: int) -> Iterator[Answer]:
    """Asks the endpoints first: where they are complete, nothing else has to be read."""
    for vpc in inventory.subjects:
        with inventory.judging(vpc):
            if exempt_tag and exempt_tag in vpc.tags:
                yield Aside(vpc, f"the VPC has the tag {exempt_tag}")
                continue
            served = {service: _serving(inventory, vpc, service) for service in services}
            missing = [service for service, proof in served.items() if not proof]
            yield (
                _lacking(inventory, vpc, missing, assumed_gigabytes) if missing else Clear(vpc, tuple(served.values()))
            )


def _serving(inventory: Inventory, vpc: Resource, service: str) -> str:
    """What serves a service inside the VPC, in words; "" where nothing does. One endpoint that is seen is enough."""
    costly = ""
    for endpoint in inventory.known(VPC_ENDPOINT):
        if endpoint.get("VpcId") != vpc.id or not _is_for(inventory, endpoint, service):
            continue
        if endpoint_type(endpoint) == "Gateway":
            return f"{endpoint.id} is a gateway endpoint for {service}"
        if _takes_the_usual_name(endpoint):
            costly = (
                f"{endpoint.id} is an interface endpoint for {service} with private DNS; "
                "it costs by the hour and the gigabyte, a gateway endpoint would be free"
            )
    return costly


def _is_for(inventory: Inventory, endpoint: Resource, service: str) -> bool:
    """Whether an endpoint works, and leads to the service in this Region and not in another one."""
    return (
        service_of(endpoint) == service
        and f".{inventory.region}." in str(endpoint.get("ServiceName", ""))
        and endpoint_state(endpoint) == "available"
    )


def _takes_the_usual_name(endpoint: Resource) -> bool:
    only_from_outside = endpoint.get("DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint", default=False)
    return (
        endpoint_type(endpoint) == "Interface"
        and bool(endpoint.get("PrivateDnsEnabled", default=False))
        and not only_from_outside
    )


def _lacking(inventory: Inventory, vpc: Resource, missing: list[str], gigabytes: int) -> Answer:
    """Weighs a VPC without such endpoints: it is a flaw as soon as one workload is in a private subnet."""
    plumbing = {str(eni) for endpoint in inventory.known(VPC_ENDPOINT) for eni in endpoint.items("NetworkInterfaceIds")}
    workloads = [
        interface
        for interface in inventory.linked(NETWORK_INTERFACE, "VpcId", vpc.id)
        if interface.id not in plumbing and is_workload(interface)
    ]
    if not workloads:
        return Aside(vpc, "no instance, task or function has an interface in the VPC")
    if not is_own(inventory, vpc):
        raise Undecided(f"account {vpc.get('OwnerId')} owns {vpc.id}, its endpoints are not shown to others")
    private = _private(inventory, workloads)
    if not private:
        return Aside(vpc, "no instance, task or function has an interface in a private subnet")
    inventory.of(VPC_ENDPOINT)
    return _flag(inventory, vpc, missing, private, gigabytes)


def _private(inventory: Inventory, workloads: list[Resource]) -> dict[Resource, list[str]]:
    """The private subnets with the workload interfaces in them."""
    inside: dict[str, list[str]] = {}
    for interface in workloads:
        inside.setdefault(str(interface.get("SubnetId", "")), []).append(interface.id)
    found: dict[Resource, list[str]] = {}
    for subnet_id, interfaces in inside.items():
        subnet = inventory.find(_SUBNET, subnet_id)
        if subnet is None:
            raise Undecided(f"the subnet {subnet_id or 'of an interface'} cannot be seen")
        if is_private(inventory, subnet):
            found[subnet] = interfaces
    return found


def _flag(
    inventory: Inventory, vpc: Resource, missing: list[str], private: dict[Resource, list[str]], gigabytes: int
) -> Flag:
    tables = {subnet: route_table_of(inventory, subnet).id for subnet in private}
    names = listed(missing)
    interfaces = [interface for found in private.values() for interface in found]
    return Flag(
        vpc,
        f"{vpc.id} has no gateway endpoint for {names}, although {listed(interfaces, most=3)} "
        f"{'are' if len(interfaces) > 1 else 'is'} in private subnets",
        (
            *(f"{subnet.id} uses {table} and holds {listed(private[subnet])}" for subnet, table in tables.items()),
            compare_gateway_endpoint(gigabytes=gigabytes),
        ),
        fix="\n".join(
            f"aws ec2 create-vpc-endpoint --vpc-id {word(vpc.id)} --vpc-endpoint-type Gateway"
            f" --service-name com.amazonaws.{word(inventory.region)}.{word(service)}"
            f" --route-table-ids {' '.join(map(word, dict.fromkeys(tables.values())))}"
            for service in missing
        )
        + "\nOpen connections to the service break when the route appears. A VPC that needs none may say so with a tag.",
    )
