"""Finds trails whose log files no key of one's own protects."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import Answer, Flag, Inventory, is_owned, owner_of


def check(inventory: Inventory) -> Iterator[Answer]:
    """The members of an organization see its trail, and cannot change it: there it is only worth knowing."""
    for trail in inventory.subjects:
        with inventory.judging(trail):
            if trail.get("KmsKeyId", ""):
                continue
            bucket = trail.get("S3BucketName", "a bucket that is not told")
            flaw = f"trail {trail.id} encrypts its log files in {bucket} with no KMS key of its own"
            evidence = "KmsKeyId is (none)"
            if is_owned(trail, inventory):
                yield Flag(trail, flaw, evidence)
                continue
            owner = owner_of(trail)
            yield Flag(
                trail,
                f"{flaw}, and only account {owner} can give it one",
                (evidence, f"account {owner} owns the trail"),
                severity="info",
                fix=f"Nothing in this account: account {owner} can give the trail a key.",
            )
