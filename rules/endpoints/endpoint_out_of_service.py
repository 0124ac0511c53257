"""Finds VPC endpoints that do not serve, and tells what AWS says about it."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import (
    Answer,
    Aside,
    Flag,
    Inventory,
    Resource,
    Undecided,
    endpoint_state,
    hours_since,
    is_going,
    leads_to_aws,
    word,
)

# Nothing leads out of these by itself; all others may still become "available".
_FINAL = frozenset({"failed", "rejected", "expired"})


def check(inventory: Inventory, *, patience_hours: float) -> Iterator[Answer]:
    """An error counts at once, and so does a state that does not pass; everything else is given its time."""
    for endpoint in inventory.subjects:
        with inventory.judging(endpoint):
            if is_going(endpoint):
                yield Aside(endpoint, f"the endpoint is {endpoint_state(endpoint)}")
                continue
            errors = _errors(endpoint)
            state = endpoint_state(endpoint)
            if state == "available":
                if errors:
                    yield _flag(endpoint, f"{_named(endpoint)} is available, but with an error", errors)
            elif errors or state in _FINAL:
                yield _flag(endpoint, f"{_named(endpoint)} does not serve: it is {state}", errors)
            elif (hours := _age(inventory, endpoint)) > patience_hours:
                yield _waiting(endpoint, state, hours)


def _waiting(endpoint: Resource, state: str, hours: float) -> Flag:
    message = f"{_named(endpoint)} does not serve: it is {state}, {hours:.0f} hours after it was created"
    if state == "pendingacceptance" and not leads_to_aws(endpoint):
        remark = "the owner of the service has to accept the endpoint"
        fix = (
            "Let the owner of the service accept it:\n"
            f"aws ec2 accept-vpc-endpoint-connections --service-id <vpce-svc-…> --vpc-endpoint-ids {word(endpoint.id)}\n"
            "Or delete it, if nobody will:\n"
            f"aws ec2 delete-vpc-endpoints --vpc-endpoint-ids {word(endpoint.id)}"
        )
        return _flag(endpoint, message, (remark,), severity="info", fix=fix)
    return _flag(endpoint, message, ())


def _flag(endpoint: Resource, message: str, because: tuple[str, ...], *, severity: str = "", fix: str = "") -> Flag:
    facts = (
        f"State is {endpoint.get('State')}",
        f"CreationTimestamp is {endpoint.get('CreationTimestamp', 'not told')}",
    )
    if endpoint.get("RequesterManaged", default=False):  # AWS lets nobody else delete it
        fix = "A service made the endpoint and looks after it: see there what it says, and make it anew there."
    return Flag(endpoint, message, (*facts, *because), severity=severity, fix=fix)


def _named(endpoint: Resource) -> str:
    return f"{endpoint.id} ({endpoint.get('ServiceName') or endpoint.get('VpcEndpointType', 'no service named')})"


def _errors(endpoint: Resource) -> tuple[str, ...]:
    told = {
        "LastError": " ".join(str(endpoint.get(f"LastError.{key}", "")) for key in ("Code", "Message")).strip(),
        "FailureReason": str(endpoint.get("FailureReason", "")).strip(),
    }
    return tuple(f"{key} is {' '.join(text.split())}" for key, text in told.items() if text)


def _age(inventory: Inventory, endpoint: Resource) -> float:
    created = endpoint.get("CreationTimestamp", "")
    if not created:
        raise Undecided(f"{endpoint.id} is {endpoint_state(endpoint)}, and nothing tells since when")
    return hours_since(created, inventory)
