"""Finds trails whose events reach no log group, where metric filters could notice them."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import Answer, Flag, Inventory, Resource, hours_since, is_owned, owner_of


def check(inventory: Inventory, *, delivery_hours: int) -> Iterator[Answer]:
    """Looks for the log group first, then for deliveries that fail although it is there."""
    for trail in inventory.subjects:
        with inventory.judging(trail):
            flaw, evidence = _flaw(inventory, trail, delivery_hours)
            if not flaw:
                continue
            if is_owned(trail, inventory):
                yield Flag(trail, flaw, evidence)
                continue
            # Only its owner can mend it; here it is worth knowing.
            owner = owner_of(trail)
            remark = f"account {owner} owns the trail"
            fix = f"Nothing in this account: account {owner} can give the trail a log group."
            yield Flag(trail, f"{flaw}, and only account {owner} can mend it", (evidence, remark), "info", fix)


def _flaw(inventory: Inventory, trail: Resource, delivery_hours: int) -> tuple[str, str]:
    group = trail.get("CloudWatchLogsLogGroupArn", "")
    if not group:
        return f"trail {trail.id} delivers to no log group", "CloudWatchLogsLogGroupArn is (none)"
    error = trail.get("LatestCloudWatchLogsDeliveryError", "")
    if error:
        return f"trail {trail.id} cannot deliver to its log group", f"LatestCloudWatchLogsDeliveryError is {error}"
    latest = trail.get("LatestCloudWatchLogsDeliveryTime", "")
    if latest and trail.get("IsLogging") and hours_since(latest, inventory) > delivery_hours:
        flaw = f"trail {trail.id} has delivered nothing to its log group since {latest}"
        return flaw, f"LatestCloudWatchLogsDeliveryTime is {latest}"
    return "", ""
