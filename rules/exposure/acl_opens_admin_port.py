"""Finds network ACLs that let the world come in to an admin port, and weighs them by the subnets they guard."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import (
    NETWORK_INTERFACE,
    Answer,
    Clear,
    Flag,
    Inventory,
    Resource,
    Undecided,
    WorldEntry,
    describe_route,
    internet_routes,
    is_listening,
    listed,
    route_table_of,
    structures,
    word,
    world_entries,
)

_SUBNET = "AWS::EC2::Subnet"
_EVERYBODY = {4: "--cidr-block 0.0.0.0/0", 6: "--ipv6-cidr-block ::/0"}


def check(inventory: Inventory, *, admin_ports: list[int], world_share: float) -> Iterator[Answer]:
    """One answer an ACL; its subnets only weigh the flaw, so that they are asked last and their refusal hides nothing."""
    for acl in inventory.subjects:
        with inventory.judging(acl):
            opened = _opened(acl, admin_ports, world_share)
            if opened:
                yield _flag(inventory, acl, opened)
            else:
                yield Clear(acl, "no entry lets the world come in to an admin port")


def _opened(acl: Resource, admin_ports: list[int], share: float) -> dict[int, tuple[WorldEntry, ...]]:
    return {port: found for port in admin_ports if (found := world_entries(acl, port=port, share=share))}


def _flag(inventory: Inventory, acl: Resource, opened: dict[int, tuple[WorldEntry, ...]]) -> Flag:
    families = sorted({entry.family for found in opened.values() for entry in found})
    severity, remark, evidence = _weigh(inventory, acl, families)
    noun = "port" if len(opened) == 1 else "ports"
    entries = dict.fromkeys(entry.words for found in opened.values() for entry in found)
    return Flag(
        acl,
        f"{acl.label} lets the world come in to {noun} {listed(map(str, opened))}{remark}",
        (*entries, *evidence),
        severity=severity,
        fix=_cure(acl, opened),
    )


def _weigh(inventory: Inventory, acl: Resource, families: list[int]) -> tuple[str, str, tuple[str, ...]]:
    """Severity ("" is the card's own), the half-sentence and the evidence."""
    guarded = [str(one["SubnetId"]) for one in structures(acl, "Associations") if one.get("SubnetId")]
    if not guarded:
        return "info", ", but guards no subnet", ("it has no association",)
    doubts: list[str] = []
    for subnet_id in guarded:
        try:
            public = _public_evidence(inventory, subnet_id, families)
        except Undecided as doubt:
            doubts.append(f"what {subnet_id} is cannot be seen: {doubt.reason}")
            continue
        if public:
            return "", f", and guards {subnet_id}, which the internet is routed to", public
    if doubts:
        return "", f", and guards {listed(guarded)}", tuple(doubts)
    remark = f", but guards only {listed(guarded)}, where nothing is in use that the internet is routed to"
    return "low", remark, (f"it guards {listed(guarded)}",)


def _public_evidence(inventory: Inventory, subnet_id: str, families: list[int]) -> tuple[str, ...]:
    """The routes to the internet, of these families, of a subnet in which somebody may answer, and who; () for any other subnet."""
    subnet = inventory.find(_SUBNET, subnet_id)
    if subnet is None:
        raise Undecided(f"the subnet {subnet_id} cannot be seen from account {inventory.account}")
    table = route_table_of(inventory, subnet)
    routes = [route for family in families for route in internet_routes(inventory, table, family=family)]
    if not routes:
        return ()
    held = inventory.linked(NETWORK_INTERFACE, "SubnetId", subnet_id)
    listening = [interface.id for interface in held if is_listening(inventory, interface)]
    if not listening:
        return ()
    lines = dict.fromkeys(describe_route(table, route) for route in routes)
    return (*lines, f"{subnet_id} holds {listed(listening)}")


def _cure(acl: Resource, opened: dict[int, tuple[WorldEntry, ...]]) -> str:
    """An entry that denies has to come before the first that allows."""
    allowing = [
        int(one["RuleNumber"])
        for one in structures(acl, "Entries")
        if not one.get("Egress") and one.get("RuleAction") == "allow" and isinstance(one.get("RuleNumber"), int)
    ]
    used = {one.get("RuleNumber") for one in structures(acl, "Entries") if not one.get("Egress")}
    free = [number for number in range(1, min(allowing, default=1)) if number not in used]
    pairs = [
        (port, _EVERYBODY[family])
        for family in (4, 6)
        for port, found in opened.items()
        if any(entry.family == family for entry in found)
    ]
    if len(free) < len(pairs):
        return (
            f"aws ec2 describe-network-acls --network-acl-ids {word(acl.id)}\n"
            f"aws ec2 delete-network-acl-entry --network-acl-id {word(acl.id)} --ingress --rule-number <each that allows>\n"
            "and allow again only what is needed."
        )
    commands = [
        f"aws ec2 create-network-acl-entry --network-acl-id {word(acl.id)} --ingress --rule-number {number}"
        f" --protocol tcp --port-range From={port},To={port} {block} --rule-action deny"
        for number, (port, block) in zip(free, pairs, strict=False)
    ]
    rest = "An EC2 Instance Connect Endpoint in another subnet needs an entry before these that allows its address."
    return "\n".join((*commands, rest))
