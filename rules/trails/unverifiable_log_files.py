"""Finds trails whose log files nobody can prove to be unchanged."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import Answer, Flag, Inventory, Resource, is_owned, owner_of


def check(inventory: Inventory) -> Iterator[Answer]:
    """Looks for the switch first, then for digests that do not arrive although it is on."""
    for trail in inventory.subjects:
        with inventory.judging(trail):
            flaw, evidence = _flaw(trail)
            if not flaw:
                continue
            if not is_owned(trail, inventory):
                # Only its owner can mend it; here it is worth knowing.
                owner = owner_of(trail)
                remark = f"account {owner} owns the trail"
                message = f"{flaw}, and only account {owner} can mend it"
                fix = f"Nothing in this account: account {owner} can switch the validation on, and look after the digests."
                yield Flag(trail, message, (evidence, remark), severity="info", fix=fix)
            else:
                yield Flag(trail, flaw, evidence)


def _flaw(trail: Resource) -> tuple[str, str]:
    if not trail.get("LogFileValidationEnabled", default=False):
        return f"trail {trail.id} writes no digests of its log files", "LogFileValidationEnabled is false"
    error = trail.get("LatestDigestDeliveryError", "")
    if error:
        return f"trail {trail.id} cannot deliver the digests of its log files", f"LatestDigestDeliveryError is {error}"
    return "", ""
