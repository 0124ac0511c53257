"""Finds accounts in which no trail records what is read and what is written in all Regions."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import (
    A_READ,
    OPEN_TUNNEL,
    TRAIL,
    Answer,
    Clear,
    Flag,
    Inventory,
    Recording,
    Resource,
    Undecided,
    trail_records,
)


def check(inventory: Inventory) -> Iterator[Answer]:
    """One trail has to do both; a multi-Region trail shows in every Region, so that one complete list is enough."""
    for account in inventory.subjects:
        with inventory.judging(account):
            doubts: list[Undecided] = []
            lacks: list[str] = []
            proof = ""
            for trail in inventory.known(TRAIL):
                try:
                    lack = _lack(trail)
                except Undecided as doubt:
                    doubts.append(doubt)
                    continue
                if lack:
                    lacks.append(f"trail {trail.arn}: {lack}")
                else:
                    proof = trail.arn
            if proof:
                yield Clear(account, f"{proof} is set up to record management events of both kinds in all Regions")
                continue
            _insist_on_one_list(inventory)
            if doubts:
                raise doubts[0]
            message = f"account {account.id} has no trail that records reads and writes in all Regions"
            yield Flag(account, message, tuple(lacks) or ("there is no trail",))


def _lack(trail: Resource) -> str:
    if not trail.get("IsMultiRegionTrail", default=False):
        return f"it covers {trail.region} alone"
    missing = [
        word
        for word, event in (("read", A_READ), ("write", OPEN_TUNNEL))
        if trail_records(trail, event) is not Recording.ALL
    ]
    return f"its event selectors leave out management events that {' or '.join(missing)}" if missing else ""


def _insist_on_one_list(inventory: Inventory) -> None:
    """Raises `Undecided` unless some Region gave its list of trails, in which every multi-Region trail would stand."""
    gaps = inventory.gaps_of(TRAIL)
    refused = {gap.region for gap in gaps}
    # A gap of the account as a whole ("global") is one of all its Regions.
    listed = [region for region in inventory.known("AWS::Region") if not {region.id, inventory.region} & refused]
    if gaps and not listed:
        raise Undecided(gaps[0].sentence)
