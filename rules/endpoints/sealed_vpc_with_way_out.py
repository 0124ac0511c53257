"""Finds ways to the internet out of VPCs that are declared to have none."""

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
    Way,
    listed,
    subnet_of,
    tag_among,
    ways_of,
    word,
    workloads_of,
)


def check(
    inventory: Inventory, *, sealed_vpcs: list[str], sealed_tags: list[str], accepted_targets: list[str]
) -> Iterator[Answer]:
    """Only VPCs that somebody declared sealed are asked; every subnet with workloads counts."""
    for vpc in inventory.subjects:
        with inventory.judging(vpc):
            if vpc.id not in sealed_vpcs and not tag_among(vpc, sealed_tags):
                yield Aside(vpc, "the VPC is not declared sealed")
                continue
            subnets = list(workloads_of(inventory, vpc.id))
            if not subnets:
                yield Aside(vpc, "no instance, task or function has an interface in the VPC")
                continue
            yield _weighed(inventory, vpc, subnets, frozenset(accepted_targets))


def _weighed(inventory: Inventory, vpc: Resource, subnets: list[str], accepted: frozenset[str]) -> Answer:
    """A way that is seen is a flaw whatever else is not; a doubt counts only where none is seen."""
    found: dict[str, tuple[Way, ...]] = {}
    doubts: list[str] = []
    for subnet in subnets:
        try:
            for way in ways_of(inventory, subnet_of(inventory, subnet)):
                ways = () if way.target in accepted else _out(inventory, way, accepted, doubts)
                if ways:
                    found[subnet] = found.get(subnet, ()) + ways
        except Undecided as doubt:
            doubts.append(doubt.reason)
    if found:
        return _flag(vpc, found)
    if doubts:
        raise Undecided(doubts[0])
    return Clear(vpc, f"no route of {listed(subnets)} leads to the internet")


def _out(inventory: Inventory, way: Way, accepted: frozenset[str], doubts: list[str]) -> tuple[Way, ...]:
    """The routes by which a way leads to the internet; what nobody can follow becomes a doubt."""
    if way.kind == "internet":
        return (way,)
    if not way.is_default:
        return ()
    if way.kind == "endpoint":
        return _behind(inventory, way, accepted, doubts)
    doubts.append(f"{way.words}, and what lies behind {way.target} is not shown (accepted_targets declares it)")
    return ()


def _behind(inventory: Inventory, way: Way, accepted: frozenset[str], doubts: list[str]) -> tuple[Way, ...]:
    """Where traffic goes on from an inspection endpoint: by the table of the endpoint's own subnet."""
    endpoint = inventory.find(VPC_ENDPOINT, way.target)
    if endpoint is None or not endpoint.items("SubnetIds"):
        doubts.append(f"{way.words}, and where {way.target} sends traffic is not shown")
        return ()
    for subnet in endpoint.items("SubnetIds"):
        for beyond in ways_of(inventory, subnet_of(inventory, str(subnet))):
            if beyond.target in accepted or beyond.family != way.family:
                continue
            if beyond.kind == "internet":
                return (way, beyond)
            if beyond.is_default and beyond.target != way.target:
                doubts.append(f"{way.words}, and on by {beyond.words}, behind which nothing is shown")
    return ()


def _flag(vpc: Resource, found: dict[str, tuple[Way, ...]]) -> Flag:
    ways = tuple(dict.fromkeys(way for members in found.values() for way in members))
    last = tuple(dict.fromkeys(members[-1] for members in found.values()))
    commands = dict.fromkeys(
        f"aws ec2 delete-route --route-table-id {word(way.table)} {option} {word(block)}"
        for way in last
        for option, block in way.routes
    )
    return Flag(
        vpc,
        f"{vpc.id} is declared sealed, but {listed(found)} {'has' if len(found) == 1 else 'have'} a way to the internet "
        f"through {listed(way.target for way in last)}",
        tuple(way.words for way in ways),
        fix="\n".join(commands) + "\nFirst make sure that the endpoints which its workloads need are there. A target "
        "that is meant to be there goes to `accepted_targets`.",
    )
