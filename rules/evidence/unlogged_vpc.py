"""Finds VPCs whose traffic no flow log records in full."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import NETWORK_INTERFACE, Answer, Clear, Flag, Inventory, Resource, Undecided, is_own, listed

_FLOW_LOG = "AWS::EC2::FlowLog"
_SUBNET = "AWS::EC2::Subnet"
_WHOLE = frozenset({"ACCEPT", "REJECT"})


def check(inventory: Inventory) -> Iterator[Answer]:
    """A log on the VPC is proof; else all its subnets, or all their interfaces, have to have one."""
    logged = _logged(inventory)
    for vpc in inventory.subjects:
        with inventory.judging(vpc):
            if not is_own(inventory, vpc):
                raise Undecided(f"account {vpc.get('OwnerId')} owns {vpc.id}, and may log it unseen")
            if vpc.id in logged:
                yield Clear(vpc, f"{listed(logged[vpc.id])} records all traffic of the VPC")
                continue
            inventory.of(_FLOW_LOG)
            gap = _unlogged(inventory, vpc, set(logged))
            if gap:
                yield Flag(vpc, f"no flow log records all traffic of {vpc.id}{gap}", _lacks(inventory, vpc))


def _logged(inventory: Inventory) -> dict[str, list[str]]:
    """What is logged in full: the ids of VPCs, subnets and interfaces, with their logs.

    A log of what is accepted and another of what is rejected together tell as much as one of both.
    """
    traffic: dict[str, set[str]] = {}
    logs: dict[str, list[str]] = {}
    for log in inventory.known(_FLOW_LOG):
        kind = str(log.get("TrafficType", ""))
        if _works(log) and kind:
            thing = str(log.get("ResourceId", ""))
            traffic.setdefault(thing, set()).update(_WHOLE if kind == "ALL" else {kind})
            logs.setdefault(thing, []).append(log.id)
    return {thing: logs[thing] for thing, kinds in traffic.items() if kinds >= _WHOLE}


def _works(log: Resource) -> bool:
    return bool(log.get("FlowLogStatus") == "ACTIVE" and log.get("DeliverLogsStatus") != "FAILED")


def _unlogged(inventory: Inventory, vpc: Resource, logged: set[str]) -> str:
    """What of a VPC without a log of its own is left out, in words; "" where everything in it is logged.

    Subnets and interfaces are only read where some of them are logged at all.
    """
    if not any(thing.startswith(("subnet-", "eni-")) for thing in logged):
        return ": neither the VPC has one nor any of its subnets"
    subnets = inventory.linked(_SUBNET, "VpcId", vpc.id)
    bare = [subnet for subnet in subnets if subnet.id not in logged]
    if subnets and not bare:
        return ""
    interfaces = inventory.linked(NETWORK_INTERFACE, "VpcId", vpc.id)
    inside = [one for one in interfaces if str(one.get("SubnetId", "")) not in logged]
    missing = [one.id for one in inside if one.id not in logged]
    if inside and not missing:
        return ""
    names = listed(missing, most=3) or listed(subnet.id for subnet in bare)
    if not names:
        return ": it has none of its own, and nothing inside that has one"
    return f": {names} {'is' if len(missing or bare) == 1 else 'are'} left out"


def _lacks(inventory: Inventory, vpc: Resource) -> tuple[str, ...]:
    logs = [log for log in inventory.known(_FLOW_LOG) if log.get("ResourceId") == vpc.id]
    keys = ("FlowLogStatus", "DeliverLogsStatus", "TrafficType", "DeliverLogsErrorMessage")
    return tuple(
        f"{log.id}: " + ", ".join(f"{key} is {log.get(key)}" for key in keys if log.get(key)) for log in logs
    ) or ("the VPC has no flow log of its own",)
