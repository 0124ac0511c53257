"""Finds interface endpoints that the service's usual name does not lead to."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import (
    VPC_ENDPOINT,
    Answer,
    Aside,
    Clear,
    Flag,
    Inventory,
    Resource,
    Undecided,
    endpoint_type,
    is_going,
    is_named,
    leads_to_aws,
    service_of,
    word,
)

_VPC = "AWS::EC2::VPC"
_ATTRIBUTES = {"EnableDnsSupport": "--enable-dns-support", "EnableDnsHostnames": "--enable-dns-hostnames"}


def check(
    inventory: Inventory, *, exempt_services: list[str], services_without_private_dns: list[str]
) -> Iterator[Answer]:
    """Private DNS takes three switches: one on the endpoint, two on its VPC."""
    for endpoint in inventory.subjects:
        with inventory.judging(endpoint):
            aside = _aside(endpoint, exempt_services, services_without_private_dns)
            if aside:
                yield Aside(endpoint, aside)
            elif endpoint.get("PrivateDnsEnabled", default=False):
                yield from _switched_off(inventory, endpoint)
            elif gateway := _gateway_beside(inventory, endpoint):
                yield Clear(endpoint, f"{gateway} takes the usual name of {service_of(endpoint)} inside the VPC")
            else:
                yield Flag(
                    endpoint,
                    f"{endpoint.get('ServiceName')} is reachable through {endpoint.id}, but its usual name is not",
                    "PrivateDnsEnabled is false",
                )


def _aside(endpoint: Resource, exempt: list[str], without: list[str]) -> str:
    if is_going(endpoint):
        return "the endpoint is being deleted"
    if is_named(endpoint, exempt):
        return f"{service_of(endpoint)} is exempt"
    if not leads_to_aws(endpoint):
        return "the service is not one of AWS's, and has no public name that clients would use instead"
    if is_named(endpoint, without):
        return f"{service_of(endpoint)} offers no private DNS name"
    if endpoint.get("RequesterManaged", default=False):
        return "the endpoint is managed by a service"
    return ""


def _gateway_beside(inventory: Inventory, endpoint: Resource) -> str:
    """The gateway endpoint that leads this VPC to the same service, so that only others need the one asked about."""
    return next(
        (
            other.id
            for other in inventory.known(VPC_ENDPOINT)
            if endpoint_type(other) == "Gateway"
            and other.get("VpcId") == endpoint.get("VpcId", "")
            and other.get("ServiceName") == endpoint.get("ServiceName", "")
            and str(other.get("State", "")).lower() == "available"
        ),
        "",
    )


def _switched_off(inventory: Inventory, endpoint: Resource) -> Iterator[Answer]:
    """The VPC's two attributes: without them the private names resolve nowhere in it."""
    vpc_id = str(endpoint.get("VpcId", ""))
    vpc = inventory.find(_VPC, vpc_id)
    if vpc is None:
        raise Undecided(f"the VPC of {endpoint.id} cannot be seen")
    doubt: Undecided | None = None
    off = []
    for name in _ATTRIBUTES:
        try:
            if not _is_on(vpc, name):
                off.append(name)
        except Undecided as raised:
            doubt = raised
    if off:
        yield Flag(
            endpoint,
            f"{endpoint.get('ServiceName')} has a private name for {endpoint.id}, but {vpc.id} does not resolve it: "
            f"{' and '.join(off)} {'is' if len(off) == 1 else 'are'} off",
            tuple(f"{name} of {vpc.id} is false" for name in off),
            fix="\n".join(f"aws ec2 modify-vpc-attribute --vpc-id {word(vpc.id)} {_ATTRIBUTES[name]}" for name in off),
        )
    elif doubt:
        raise doubt


def _is_on(vpc: Resource, name: str) -> bool:
    value = vpc.get(f"{name}.Value")
    if value is None:
        raise Undecided(f"{name} of {vpc.id} was not read")
    return bool(value)
