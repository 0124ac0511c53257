"""Finds subnets that reach the internet past the inspection their VPC has."""

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
    Way,
    addresses_of,
    inspected_subnets,
    inspection_endpoints,
    is_own,
    listed,
    passes_inspection,
    subnet_of,
    tag_among,
    ways_of,
    word,
    workloads_of,
)


def check(inventory: Inventory, *, exempt_tags: list[str]) -> Iterator[Answer]:
    """A VPC means to be inspected as soon as one of its subnets has its default route to an inspection endpoint."""
    vpcs: dict[str, _Inspected | str] = {}
    for subnet in inventory.subjects:
        with inventory.judging(subnet):
            if tag := tag_among(subnet, exempt_tags):
                yield Aside(subnet, f"the subnet has the tag {tag}")
                continue
            vpc_id = str(subnet.get("VpcId", ""))
            if vpc_id not in vpcs:
                vpcs[vpc_id] = _inspected(inventory, vpc_id)
            vpc = vpcs[vpc_id]
            if isinstance(vpc, str):
                raise Undecided(vpc)
            yield vpc.answer(inventory, subnet)


def _inspected(inventory: Inventory, vpc_id: str) -> _Inspected | str:
    """What a VPC has of inspection, once for all its subnets; or why nobody can tell."""
    try:
        endpoints = inspection_endpoints(inventory, vpc_id)
        peers = inspected_subnets(inventory, vpc_id, endpoints) if endpoints else {}
        return _Inspected(endpoints, peers, workloads_of(inventory, vpc_id) if peers else {})
    except Undecided as doubt:
        return doubt.reason


class _Inspected:
    """A VPC's inspection endpoints, the subnets that go through them, and the workloads by subnet."""

    def __init__(
        self, endpoints: dict[str, Resource], peers: dict[str, Way], workloads: dict[str, list[Resource]]
    ) -> None:
        self._endpoints = endpoints
        self._peers = peers
        self._workloads = workloads

    def answer(self, inventory: Inventory, subnet: Resource) -> Answer:
        """The verdict on one subnet; raises `Undecided`."""
        if not self._endpoints and not is_own(inventory, subnet) and _has_workloads(inventory, subnet):
            raise Undecided(f"account {subnet.get('OwnerId')} owns {subnet.id}, and whether it inspects is not shown")
        if not self._peers:
            return Aside(subnet, "no subnet of the VPC has its default route through inspection")
        if any(subnet.id in endpoint.items("SubnetIds") for endpoint in self._endpoints.values()):
            return Aside(subnet, "the subnet is the place of an inspection endpoint")
        workloads = self._workloads.get(subnet.id, [])
        if not workloads:
            return Aside(subnet, "no instance, task or function has an interface in the subnet")
        ways = [way for way in ways_of(inventory, subnet) if self._bypasses(inventory, way, workloads)]
        if not ways:
            return Clear(subnet, f"no route of {subnet.id} leads to the internet past {listed(self._endpoints)}")
        return self._flag(inventory, subnet, ways, workloads)

    def _bypasses(self, inventory: Inventory, way: Way, workloads: list[Resource]) -> bool:
        """An IPv6 route counts only where somebody has an IPv6 address."""
        if way.kind != "internet" or passes_inspection(inventory, way, self._endpoints):
            return False
        families = {address.family for one in workloads for address in addresses_of(one)} or {4}
        return way.family in families

    def _flag(self, inventory: Inventory, subnet: Resource, ways: list[Way], workloads: list[Resource]) -> Flag:
        peer, through = next(iter(self._peers.items()))
        partly = "" if any(way.is_default for way in ways) else " for some addresses"
        names = listed(f"{way.target} (IPv{way.family})" for way in ways)
        return Flag(
            subnet,
            f"{subnet.id} reaches the internet through {names} past inspection{partly}, while {peer} goes through "
            f"{through.target}",
            (
                *(way.words for way in ways),
                f"{subnet.id} holds {listed(one.id for one in workloads)}",
                *(way.words for way in list(self._peers.values())[:2]),
            ),
            fix="\n".join(self._command(inventory, subnet, way) for way in ways)
            + "\nA subnet that is meant to go past inspection says so with a tag of `exempt_tags`.",
        )

    def _command(self, inventory: Inventory, subnet: Resource, way: Way) -> str:
        """The route to an endpoint in the subnet's own zone, where there is one."""
        zone = subnet.get("AvailabilityZone", "")
        near = [
            endpoint.id
            for endpoint in self._endpoints.values()
            for place in endpoint.items("SubnetIds")
            if zone and subnet_of(inventory, str(place)).get("AvailabilityZone", "") == zone
        ]
        endpoint_id = word(next(iter(near or self._endpoints)))
        table = word(way.table)
        if way.is_default:
            return "\n".join(
                f"aws ec2 replace-route --route-table-id {table} {option} {word(block)} --vpc-endpoint-id {endpoint_id}"
                for option, block in way.routes
            )
        return "\n".join(
            f"aws ec2 delete-route --route-table-id {table} {option} {word(block)}" for option, block in way.routes
        )


def _has_workloads(inventory: Inventory, subnet: Resource) -> bool:
    return subnet.id in workloads_of(inventory, str(subnet.get("VpcId", "")))
