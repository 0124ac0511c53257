"""Finds trails whose log files nobody can prove to be unchanged."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import Answer, Flag, Inventory, Resource, owner_of


def check(inventory: Inventory) -> Iterator[Answer]:
    """Looks for the switch first, then for digests that do not arrive although it is on."""
    for trail in inventory.subjects:
        with inventory.judging(trail):
            flaw, evidence = _flaw(trail)
            if not flaw:
                continue
            owner = owner_of(trail)
            if owner not in ("", inventory.account):
                # Only its owner can mend it; here it is worth knowing.
                remark = f"account {owner} owns the trail"
                yield Flag(trail, f"{flaw}, and only account {owner} can mend it", (evidence, remark), severity="info")
            else:
                yield Flag(trail, flaw, evidence)


def _flaw(trail: Resource) -> tuple[str, str]:
    if not trail.get("LogFileValidationEnabled", default=False):
        return f"trail {trail.id} writes no digests of its log files", "LogFileValidationEnabled is false"
    error = trail.get("LatestDigestDeliveryError", "")
    if error:
        return f"trail {trail.id} cannot deliver the digests of its log files", f"LatestDigestDeliveryError is {error}"
    return "", ""
