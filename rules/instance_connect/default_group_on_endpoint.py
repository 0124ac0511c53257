"""Finds Instance Connect Endpoints that wear the default security group of their VPC, whole or emptied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.kit import (
    SECURITY_GROUP,
    Answer,
    Aside,
    Clear,
    Flag,
    Inventory,
    Resource,
    Undecided,
    Unsure,
    is_installed,
    is_own,
    listed,
)


def check(inventory: Inventory) -> Iterator[Answer]:
    """Endpoints of other accounts, which a shared VPC shows too, are theirs to mend."""
    for endpoint in inventory.subjects:
        with inventory.judging(endpoint):
            if not is_own(inventory, endpoint):
                yield Aside(endpoint, f"account {endpoint.get('OwnerId')} owns it")
            elif not is_installed(endpoint):
                yield Aside(endpoint, f"its state is {endpoint.get('State')}")
            else:
                yield _judge(inventory, endpoint)


def _judge(inventory: Inventory, endpoint: Resource) -> Answer:
    group_ids = endpoint.items("SecurityGroupIds")
    if not group_ids:
        return Unsure(endpoint, "its security groups are not told")
    seen: list[Resource] = []
    doubt = ""
    for group_id in group_ids:
        try:
            seen.append(_group(inventory, str(group_id)))
        except Undecided as raised:
            doubt = doubt or raised.reason
    default = next((group for group in seen if group.get("GroupName") == "default"), None)
    if default is not None:
        return _flag(endpoint, default, others_lead_out=bool(doubt) or _lead_out(seen, but=default))
    if doubt:
        return Unsure(endpoint, doubt)
    return Clear(endpoint, f"it wears {listed(group.id for group in seen)}, which is no default group")


def _group(inventory: Inventory, group_id: str) -> Resource:
    group = inventory.find(SECURITY_GROUP, group_id)
    if group is None or not group.get("GroupName"):
        raise Undecided(f"whether its security group {group_id} is the default one cannot be seen")
    return group


def _lead_out(groups: Sequence[Resource], *, but: Resource) -> bool:
    return any(not _is_emptied(group) for group in groups if group is not but)


def _is_emptied(group: Resource) -> bool:
    """Whether a group is known to let nothing out; rules that are not told are not known to be none."""
    return group.get("IpPermissionsEgress") is not None and not group.items("IpPermissionsEgress")


def _flag(endpoint: Resource, default: Resource, *, others_lead_out: bool) -> Flag:
    message = f"{endpoint.label} wears {default.id}, the default security group of {endpoint.get('VpcId', 'its VPC')}"
    because = [f"the GroupName of {default.id} is default"]
    if not _is_emptied(default):
        return Flag(endpoint, message, tuple(because))
    because.append(f"{default.id} has no outbound rules")
    if others_lead_out:
        return Flag(endpoint, message, tuple(because))
    return Flag(
        endpoint, f"{message}, which was emptied, so that no tunnel gets out", tuple(because), severity="medium"
    )
