"""Finds interface endpoints that are not in every Availability Zone from which they are called."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import (
    Answer,
    Aside,
    Clear,
    Flag,
    Inventory,
    Resource,
    Undecided,
    is_going,
    is_local_zone,
    is_named,
    listed,
    service_of,
    word,
    workloads_of,
    zones_of,
)

_ATTACHMENT = "AWS::EC2::TransitGatewayVpcAttachment"
_Zones = dict[str, list[str]]


def check(inventory: Inventory, *, exempt_services: list[str], exempt_tag: str) -> Iterator[Answer]:
    """Compares zones and not subnets: two subnets of one zone fail together."""
    for endpoint in inventory.subjects:
        with inventory.judging(endpoint):
            if is_going(endpoint):
                yield Aside(endpoint, "the endpoint is being deleted")
            elif is_named(endpoint, exempt_services):
                yield Aside(endpoint, f"{service_of(endpoint)} is exempt")
            elif exempt_tag and exempt_tag in endpoint.tags:
                yield Aside(endpoint, f"the endpoint has the tag {exempt_tag}")
            else:
                yield _weighed(inventory, endpoint)


def _weighed(inventory: Inventory, endpoint: Resource) -> Answer:
    subnets = [str(subnet) for subnet in endpoint.items("SubnetIds")]
    if not subnets:
        raise Undecided(f"the subnets of {endpoint.id} are not told")
    own = zones_of(inventory, subnets)
    callers = _callers(inventory, str(endpoint.get("VpcId", "")))
    if not callers:
        return Aside(endpoint, "nobody in an Availability Zone of the VPC calls it")
    missing = {zone: found for zone, found in callers.items() if zone not in own}
    if not missing:
        return Clear(endpoint, f"{endpoint.id} is in {listed(own)}, its callers are in {listed(callers)}")
    return _flag(endpoint, own, missing)


def _callers(inventory: Inventory, vpc_id: str) -> _Zones:
    """The zones of the workloads, and those in which a transit gateway brings other networks' traffic into the VPC."""
    subnets = [*workloads_of(inventory, vpc_id)]
    for attachment in inventory.linked(_ATTACHMENT, "VpcId", vpc_id):
        if attachment.get("State", "available") == "available":
            subnets += [str(subnet) for subnet in attachment.items("SubnetIds")]
    found = zones_of(inventory, dict.fromkeys(subnets))
    return {zone: members for zone, members in found.items() if not is_local_zone(zone)}


def _flag(endpoint: Resource, own: _Zones, missing: _Zones) -> Flag:
    places = listed(own)
    alone = "only " if len(own) == 1 else ""
    return Flag(
        endpoint,
        f"{endpoint.id} for {service_of(endpoint)} is {alone}in {places}, but it is called from {listed(missing)} too",
        (
            *(f"the endpoint has {listed(found)} in {zone}" for zone, found in own.items()),
            *(f"callers are in {listed(found)} in {zone}" for zone, found in missing.items()),
        ),
        fix=f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {word(endpoint.id)} --add-subnet-ids "
        + " ".join(word(found[0]) for found in missing.values())
        + f"\naws ec2 describe-vpc-endpoint-services --service-names {word(endpoint.get('ServiceName', ''))}"
        " tells the zones in which the service is offered; where it is not, list it in `exempt_services`.",
    )
