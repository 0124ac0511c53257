"""CloudTrail's event history made readable: records of tunnels and keys joined with the interfaces they led to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from scanner.model import GLOBAL, Inventory, Resource, Undecided
from scanner.model.evidence import Attempt, Evidence

EVENT = "AWS::CloudTrail::Event"
KINDS = frozenset({"AWS::EC2::NetworkInterface", "AWS::EC2::InstanceConnectEndpoint"})
"""What the join reads beside the events."""

_INTERFACE, _ENDPOINT = "AWS::EC2::NetworkInterface", "AWS::EC2::InstanceConnectEndpoint"
_SOURCE = "ec2-instance-connect.amazonaws.com"
_CALLS = ("OpenTunnel", "SendSSHPublicKey", "SendSerialConsoleSSHPublicKey")


class Witnesses:
    """The attempts that inventories tell of, heard one after the other."""

    def __init__(self) -> None:
        self._told: dict[Attempt, Attempt] = {}
        self._since: list[str] = []
        self._until: list[str] = []
        self._unreadable = 0

    def hear(self, inventory: Inventory) -> None:
        """Takes what the event history of a Region tells, where somebody asked for it."""
        if inventory.region == GLOBAL or not (inventory.history_since or EVENT in (inventory.collected or ())):
            return
        self._since += [inventory.history_since] if inventory.history_since else []
        self._until.append(inventory.taken_at)
        for event in inventory.of(EVENT):
            record = _record(event)
            if record is None:
                self._unreadable += 1
            elif record.get("eventSource") == _SOURCE and record.get("eventName") in _CALLS:
                _add(self._told, _attempt(inventory, record))

    def join(self, others: Witnesses) -> None:
        """Takes what others have heard."""
        self._since += others._since
        self._until += others._until
        self._unreadable += others._unreadable
        for attempt in others._told.values():
            _add(self._told, attempt)

    @property
    def evidence(self) -> Evidence | None:
        """What was heard; None where nobody asked."""
        if not self._until:
            return None
        return Evidence(
            since=min(self._since, default=""),
            until=max(self._until),
            attempts=tuple(sorted(self._told.values())),
            unreadable=self._unreadable,
        )


def evidence_of(inventories: Sequence[Inventory]) -> Evidence | None:
    """What the event histories of these inventories tell; None where nobody asked for any."""
    witnesses = Witnesses()
    for inventory in inventories:
        witnesses.hear(inventory)
    return witnesses.evidence


def _record(event: Resource) -> Mapping[str, Any] | None:
    """The record inside an event, which is JSON in JSON."""
    try:
        record = json.loads(event.get("CloudTrailEvent", ""))
    except (TypeError, ValueError, RecursionError, Undecided):
        return None
    return record if isinstance(record, Mapping) else None


def _add(told: dict[Attempt, Attempt], found: Attempt) -> None:
    """Calls that differ in time and address alone are one line."""
    alike = replace(found, sources=(), count=1, first="", last="")
    before = told.get(alike)
    if before is None:
        told[alike] = found
        return
    told[alike] = replace(
        before,
        sources=tuple(sorted({*before.sources, *found.sources})),
        count=before.count + found.count,
        first=min(before.first, found.first),
        last=max(before.last, found.last),
    )


def _attempt(inventory: Inventory, record: Mapping[str, Any]) -> Attempt:
    asked = record.get("requestParameters")
    parameters: Mapping[str, Any] = asked if isinstance(asked, Mapping) else {}
    endpoint, address = _text(parameters, "instanceConnectEndpointId"), _text(parameters, "privateIpAddress")
    instance, remark = _text(parameters, "instanceId"), ""
    time = _text(record, "eventTime")
    if address and not instance:
        instance, remark = _instance_at(inventory, address, endpoint, time)
    source = _text(record, "sourceIPAddress")
    return Attempt(
        account=inventory.account,
        region=_text(record, "awsRegion") or inventory.region,
        call=_text(record, "eventName"),
        principal=_principal(record),
        instance=instance,
        endpoint=endpoint,
        address=address,
        port=_text(parameters, "remotePort"),
        os_user=_text(parameters, "instanceOSUser"),
        error=_text(record, "errorCode"),
        message=_text(record, "errorMessage"),
        remark=remark,
        sources=(source,) if source else (),
        first=time,
        last=time,
    )


def _principal(record: Mapping[str, Any]) -> str:
    """The ARN of who called, or what else the record says of them."""
    identity = record.get("userIdentity")
    if not isinstance(identity, Mapping):
        return "(not told)"
    words = (_text(identity, key) for key in ("arn", "userName", "principalId", "invokedBy", "type"))
    return next((word for word in words if word), "(not told)")


def _instance_at(inventory: Inventory, address: str, endpoint: str, time: str) -> tuple[str, str]:
    """The instance whose interface holds an address now, and what speaks against its having held it then."""
    holders = [one for one in inventory.of(_INTERFACE) if address in _addresses(one)]
    known = inventory.find(_ENDPOINT, endpoint)
    vpc = str(_fact(known, "VpcId")) if known else ""
    inside = [one for one in holders if _fact(one, "VpcId") == vpc] if vpc else []
    found = inside or holders
    if not found:
        return "", "no interface holds the address now"
    names = list(dict.fromkeys(str(_fact(one, "Attachment.InstanceId") or one.id) for one in found))
    if len(names) > 1:
        return "", f"{' and '.join(sorted(names))} hold the address, in different VPCs"
    attached = str(_fact(found[0], "Attachment.AttachTime"))
    remark = "" if inside or not vpc else "it is in another VPC than the endpoint"
    if attached and time and attached > time:
        remark = f"it holds the address since {attached}, later than the first of these calls"
    return names[0], remark


def _addresses(interface: Resource) -> Iterable[str]:
    yield str(_fact(interface, "PrivateIpAddress"))
    try:
        listed = (*interface.items("PrivateIpAddresses"), *interface.items("Ipv6Addresses"))
    except Undecided:
        return
    for entry in listed:
        if isinstance(entry, Mapping):
            yield str(entry.get("PrivateIpAddress") or entry.get("Ipv6Address") or "")


def _fact(resource: Resource, path: str) -> Any:
    """A fact, or "" where it is absent or could not be read: evidence says what it can."""
    try:
        return resource.get(path, "") or ""
    except Undecided:
        return ""


def _text(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
