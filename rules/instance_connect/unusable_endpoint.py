"""Finds Instance Connect Endpoints whose state lets nobody through, or not as intended."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import (
    Answer,
    Aside,
    Clear,
    Flag,
    Inventory,
    Resource,
    Unsure,
    hours_since,
    is_own,
    is_usable,
    text_of,
    word,
)

_FAILED = frozenset({"create-failed", "delete-failed"})
_PASSING = frozenset({"create-in-progress", "delete-in-progress"})


def check(inventory: Inventory, *, patience_minutes: int) -> Iterator[Answer]:
    """Endpoints of other accounts, which a shared VPC shows too, are theirs to mend."""
    for endpoint in inventory.subjects:
        with inventory.judging(endpoint):
            if not is_own(inventory, endpoint):
                yield Aside(endpoint, f"account {endpoint.get('OwnerId')} owns it")
            elif text_of(endpoint, "State") == "delete-complete":
                yield Aside(endpoint, "it is deleted")
            else:
                yield _judge(inventory, endpoint, patience_minutes)


def _judge(inventory: Inventory, endpoint: Resource, patience_minutes: int) -> Answer:
    usable = is_usable(endpoint)
    state = text_of(endpoint, "State")
    if state == "update-failed":
        return _flag(
            endpoint,
            f"the last change of {endpoint.label} failed, so that it goes on with its old configuration",
            severity="low",
            fix="Deal with what StateMessage says, then change it once more, with what was intended behind the id:\n"
            f"aws ec2 modify-instance-connect-endpoint --instance-connect-endpoint-id {word(endpoint.id)}",
        )
    if usable:
        return Clear(endpoint, f"State is {state}")
    if state in _FAILED:
        return _flag(endpoint, f"{endpoint.label} cannot be used: its state is {state}")
    if state not in _PASSING:
        return Unsure(endpoint, f"its state {state} is not known to this rule")
    created = text_of(endpoint, "CreatedAt")
    if not created:
        return Unsure(endpoint, f"it is {state}, and does not say since when")
    if hours_since(created, inventory) * 60 <= patience_minutes:
        return Clear(endpoint, f"it is {state}, and was created less than {patience_minutes} minutes ago")
    return _lingering(endpoint, state, patience_minutes)


def _lingering(endpoint: Resource, state: str, patience_minutes: int) -> Flag:
    created = f"CreatedAt is {endpoint.get('CreatedAt')}"
    if state == "create-in-progress":
        message = f"{endpoint.label} cannot be used: it is still {state} more than {patience_minutes} minutes after it was created"
        return _flag(endpoint, message, created)
    # AWS does not tell when a deletion began, so that this one may be a minute old and meant.
    fix = "Nothing, if the deletion is meant and ends soon; else delete it once more, and create it anew."
    message = f"{endpoint.label} cannot be used: it is {state}"
    return _flag(endpoint, message, created, "AWS does not tell when the deletion began", severity="low", fix=fix)


def _flag(endpoint: Resource, message: str, *because: str, severity: str = "", fix: str = "") -> Flag:
    told = " ".join(str(endpoint.get("StateMessage", "")).split())
    lines = (f"State is {endpoint.get('State')}", *((f"StateMessage is {told!r}",) if told else ()), *because)
    return Flag(endpoint, message, lines, severity=severity, fix=fix)
