"""Finds VPC endpoints whose refusals CloudTrail writes nowhere, for the services somebody asked about."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import (
    EVENT_DATA_STORE,
    NETWORK_ACTIVITY_SOURCES,
    TRAIL,
    Answer,
    Aside,
    Clear,
    Flag,
    Inventory,
    Recording,
    Resource,
    Undecided,
    covers,
    is_own,
    records_refusals,
)

_AWS = 4


def check(inventory: Inventory, *, services: list[str]) -> Iterator[Answer]:
    """One recorder with a selector for the service is proof; that there is none, only complete lists prove."""
    for endpoint in inventory.subjects:
        with inventory.judging(endpoint):
            service = _service(endpoint)
            if service not in services:
                yield Aside(endpoint, f"{service or 'its service'} is not named in `services`")
            elif service not in NETWORK_ACTIVITY_SOURCES:
                yield Aside(endpoint, f"CloudTrail has no network activity events of {service}")
            elif not is_own(inventory, endpoint):
                raise Undecided(f"account {endpoint.get('OwnerId')} owns {endpoint.id}, and may record unseen")
            else:
                yield _judge(inventory, endpoint, service)


def _service(endpoint: Resource) -> str:
    """The last word of "com.amazonaws.eu-west-1.s3"; "" for a service that is not AWS's own."""
    parts = str(endpoint.get("ServiceName", "")).split(".")
    return parts[-1] if len(parts) == _AWS and parts[:2] == ["com", "amazonaws"] else ""


def _judge(inventory: Inventory, endpoint: Resource, service: str) -> Answer:
    doubts: list[Undecided] = []
    parts: list[str] = []
    for recorder in (*inventory.known(TRAIL), *inventory.known(EVENT_DATA_STORE)):
        try:
            if not covers(recorder, inventory.region):
                continue
            recording = records_refusals(recorder, service, endpoint.id)
        except Undecided as doubt:
            doubts.append(doubt)
            continue
        if recording is Recording.ALL:
            return Clear(endpoint, f"{recorder.arn} records what its policy refuses")
        if recording is Recording.SOME:
            parts.append(f"{recorder.arn} records some operations only")
    inventory.of(TRAIL)
    inventory.of(EVENT_DATA_STORE)
    if doubts:
        raise doubts[0]
    because = tuple(parts) or (f"no trail and no event data store has a selector for network activity of {service}",)
    return Flag(endpoint, f"what the policy of {endpoint.id} ({service}) refuses is recorded nowhere", because)
