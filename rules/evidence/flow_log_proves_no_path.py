"""Finds flow logs whose records cannot tell which way the packets took."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.kit import Answer, Aside, Clear, Flag, Inventory, Resource, Undecided, listed, word

_NEEDED = ("pkt-srcaddr", "pkt-dstaddr", "pkt-dst-aws-service", "flow-direction", "traffic-path")
_TYPES = {"vpc": "VPC", "subnet": "Subnet", "eni": "NetworkInterface"}
_FIELD = re.compile(r"\$\{([a-z0-9-]+)\}")


def check(inventory: Inventory) -> Iterator[Answer]:
    """A log of the same thing that has every field makes up for one that lacks some."""
    proving = {str(log.get("ResourceId", "")): log.id for log in inventory.subjects if _is_proof(log)}
    for log in inventory.subjects:
        with inventory.judging(log):
            thing = str(log.get("ResourceId", ""))
            if not _tells_of_paths(log):
                yield Aside(log, "it is not a working log of traffic that found its way in a VPC")
            elif thing in proving:
                yield Clear(log, f"{proving[thing]} has every field that tells the way")
            else:
                lacks = _missing(log)
                yield Flag(
                    log,
                    f"flow log {log.id} of {thing} does not tell {listed(lacks)}",
                    f"LogFormat is {log.get('LogFormat')}",
                    fix=_fix(log, lacks),
                )


def _is_proof(log: Resource) -> bool:
    try:
        return _tells_of_paths(log) and not _missing(log)
    except Undecided:
        return False


def _fix(log: Resource, lacks: list[str]) -> str:
    """A format cannot be changed: a second log comes before the first one goes."""
    thing = str(log.get("ResourceId", ""))
    form = " ".join((str(log.get("LogFormat", "")), *(f"${{{field}}}" for field in lacks)))
    return (
        f"aws ec2 create-flow-logs --resource-ids {word(thing)} --resource-type {_TYPES[thing.partition('-')[0]]}"
        " --traffic-type ALL --log-destination-type s3 --log-destination <ARN of a bucket>"
        f" --log-format {word(form)}\n"
        f"aws ec2 delete-flow-logs --flow-log-ids {word(log.id)}"
    )


def _tells_of_paths(log: Resource) -> bool:
    """Rejected packets took no way, transit gateways have fields of their own, and a broken log tells nothing."""
    return (
        str(log.get("ResourceId", "")).partition("-")[0] in _TYPES
        and log.get("FlowLogStatus", "ACTIVE") == "ACTIVE"
        and log.get("DeliverLogsStatus", "SUCCESS") != "FAILED"
        and log.get("TrafficType", "ALL") != "REJECT"
    )


def _missing(log: Resource) -> list[str]:
    form = log.get("LogFormat")
    if form is None:
        raise Undecided(f"{log.id} does not tell its format")
    fields = set(_FIELD.findall(str(form)))
    return [field for field in _NEEDED if field not in fields]
