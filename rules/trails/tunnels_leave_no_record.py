"""Finds Regions in which no trail and no event data store writes down who opens a tunnel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.kit import (
    EVENT_DATA_STORE,
    INSTANCE_CONNECT_ENDPOINT,
    OPEN_TUNNEL,
    TRAIL,
    Answer,
    Clear,
    Flag,
    Inventory,
    Recording,
    Resource,
    Undecided,
    covers,
    delivery_trouble,
    is_own,
    is_owned,
    is_usable,
    listed,
    store_records,
    trail_records,
    word,
)

_SOME_CALLERS = "its selectors record the tunnels of some callers only"


@dataclass(slots=True)
class _Search:
    """What was learned so far: who records everything, who a part, what could not be told, and why the others do not."""

    full: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    doubts: list[Undecided] = field(default_factory=list)
    lacks: list[str] = field(default_factory=list)
    stopped: list[Resource] = field(default_factory=list)


def check(inventory: Inventory, *, delivery_hours: int) -> Iterator[Answer]:
    """One healthy recorder is proof; that there is none, only a complete list with readable selectors proves."""
    for region in inventory.subjects:
        with inventory.judging(region):
            search = _Search()
            _ask_trails(inventory, search, delivery_hours)
            if not search.full:
                _ask_stores(inventory, search)
            yield _verdict(inventory, region, search)


def _ask_trails(inventory: Inventory, search: _Search, delivery_hours: int) -> None:
    for trail in inventory.known(TRAIL):
        try:
            if not covers(trail, inventory.region):
                continue
            recording, remark = _trail(inventory, trail, delivery_hours, search)
        except Undecided as doubt:
            search.doubts.append(doubt)
            continue
        _note(search, recording, f"trail {trail.arn}", remark)


def _trail(inventory: Inventory, trail: Resource, delivery_hours: int, search: _Search) -> tuple[Recording, str]:
    """Selectors that leave the event out decide alone, and so does a trail that delivers nothing."""
    doubt: Undecided | None = None
    try:
        trouble = delivery_trouble(trail, inventory, patience_hours=delivery_hours)
    except Undecided as raised:
        doubt, trouble = raised, ""
    try:
        recording = trail_records(trail, OPEN_TUNNEL)
    except Undecided:
        if trouble:
            return Recording.NONE, trouble
        raise
    if recording is Recording.NONE:
        return recording, "its event selectors leave out management events that write"
    if trouble:
        if trail.get("IsLogging") is False and is_owned(trail, inventory):
            search.stopped.append(trail)
        return Recording.NONE, trouble
    if doubt:
        raise doubt
    return recording, _SOME_CALLERS


def _ask_stores(inventory: Inventory, search: _Search) -> None:
    for store in inventory.known(EVENT_DATA_STORE):
        try:
            if not covers(store, inventory.region):
                continue
            recording = store_records(store, OPEN_TUNNEL)
        except Undecided as doubt:
            search.doubts.append(doubt)
            continue
        status = store.get("Status", "")
        out = "its event selectors leave OpenTunnel out" if status == "ENABLED" else f"its status is {status}"
        _note(search, recording, f"event data store {store.arn}", out if recording is Recording.NONE else _SOME_CALLERS)


def _note(search: _Search, recording: Recording, recorder: str, remark: str) -> None:
    if recording is Recording.ALL:
        search.full.append(recorder)
    else:
        (search.parts if recording is Recording.SOME else search.lacks).append(f"{recorder}: {remark}")


def _verdict(inventory: Inventory, region: Resource, search: _Search) -> Answer:
    if search.full:
        return Clear(region, f"{search.full[0]} records OpenTunnel here")
    # A recorder that could not be listed, or read, may be the one that is missing.
    inventory.of(TRAIL)
    inventory.of(EVENT_DATA_STORE)
    if search.doubts:
        raise search.doubts[0]
    if len(search.parts) > 1:
        raise Undecided("several trails or event data stores record some callers each, perhaps all of them together")
    endpoints = [
        endpoint.id for endpoint in inventory.known(INSTANCE_CONNECT_ENDPOINT) if _is_way_in(inventory, endpoint)
    ]
    nobody = "only some callers' tunnels are recorded" if search.parts else "nothing records who opens a tunnel"
    through = f", although {listed(endpoints)} can be used" if endpoints else ""
    because = (*search.parts, *search.lacks) or ("no trail and no event data store covers the Region",)
    unseen = tuple(gap.sentence for gap in inventory.gaps_of(INSTANCE_CONNECT_ENDPOINT) if not endpoints)
    return Flag(
        region,
        f"{nobody} in {region.id}{through}",
        (*because, *unseen),
        severity="critical" if endpoints else "",
        fix=_fix(search),
    )


def _is_way_in(inventory: Inventory, endpoint: Resource) -> bool:
    """An endpoint only weighs the flaw: one that does not tell its state must not hide it."""
    try:
        return is_own(inventory, endpoint) and is_usable(endpoint)
    except Undecided:
        return False


def _fix(search: _Search) -> str:
    """Only a trail that would record OpenTunnel, had nobody stopped it, is worth starting again."""
    return "\n".join(
        f"aws cloudtrail start-logging --region {word(trail.region)} --name {word(trail.arn)}"
        for trail in search.stopped
    )
