"""Elastic IP addresses, and what they stand for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.gate.estate import Estate, Row
from scanner.gate.exchange import alike
from scanner.gate.ids import reference
from scanner.gate.mapping.interfaces import INTERFACE
from scanner.gate.mapping.machines import INSTANCE
from scanner.gate.mapping.reading import tags, without_none
from scanner.gate.planned import Open, Planned
from scanner.model import Unknown

ADDRESS = "AWS::EC2::EIP"


def elastic_ip(planned: Planned, estate: Estate) -> None:
    """An Elastic IP address; its number is AWS's."""
    facts = {
        "AllocationId": planned.id,
        "PublicIp": Open("AWS chooses the address at deployment", token=f"address of {planned.address}"),
        "Domain": "vpc",
        "Tags": tags(planned),
    }
    row = estate.add(ADDRESS, planned.id, facts, planned)
    row.notes["token"] = f"address of {planned.address}"
    instance_id = planned.properties.get("InstanceId")
    if instance_id is not None:
        row.notes["instance"] = reference(instance_id, INSTANCE)


def late_elastic_ip(planned: Planned, estate: Estate) -> None:
    """An Elastic IP address that names its instance joins it when that is there."""
    row = estate.find(ADDRESS, planned.id)
    if row is not None and "instance" in row.notes:
        _associate(row, estate, instance=row.notes["instance"], planned=planned)


def elastic_association(planned: Planned, estate: Estate) -> None:
    """An Elastic IP address joins an instance or an interface."""
    properties = planned.properties
    instance = reference(properties.get("InstanceId"), INSTANCE)
    interface = reference(properties.get("NetworkInterfaceId"), INTERFACE)
    rows = list(_addresses_meant(planned, estate))
    if not rows:  # an address that exists already
        token = planned.address
        facts: dict[str, Any] = {"AllocationId": f"eipalloc-{token}", "Domain": "vpc", "Tags": []}
        facts["PublicIp"] = Open("the address exists already", token=f"address of {token}")
        rows = [estate.add(ADDRESS, f"eipalloc-{token}", facts, planned)]
    for row in rows:
        _associate(row, estate, instance=instance, interface=interface, planned=planned)


def _addresses_meant(planned: Planned, estate: Estate) -> Iterator[Row]:
    by_id = reference(planned.properties.get("AllocationId"), ADDRESS)
    found = estate.find(ADDRESS, by_id)
    by_address = planned.properties.get("EIP")
    blur_addresses(by_id if isinstance(by_id, Unknown) else None, planned, estate)
    if found is None and isinstance(by_address, str):
        found = next((row for row in estate.of(ADDRESS) if alike(row.facts.get("PublicIp"), by_address)), None)
    if found is None and isinstance(by_address, Open):
        found = next((row for row in estate.of(ADDRESS) if row.notes.get("token", "") == by_address.token), None)
    if found is not None:
        yield found


def blur_addresses(unknown: Unknown | None, planned: Planned, estate: Estate) -> None:
    """An address nobody can name may be any of the planned ones."""
    if unknown is not None:
        for row in estate.of(ADDRESS):
            for key in ("AssociationId", "InstanceId", "NetworkInterfaceId"):
                row.facts.setdefault(key, Unknown(f"{planned.address} may take it: {unknown.why}"))


def _associate(row: Row, estate: Estate, *, planned: Planned, instance: Any = None, interface: Any = None) -> None:
    row.facts["AssociationId"] = f"eipassoc-{planned.address}"
    if planned not in row.parts:
        row.parts.append(planned)
    holder = estate.find(INSTANCE, instance)
    if holder is not None and interface is None:
        interface = next(iter(holder.notes.get("interfaces") or estate.held.get(holder.id) or ()), None)
    row.facts.update(without_none({"InstanceId": instance, "NetworkInterfaceId": interface}))
    for unknown in (instance, interface):
        if isinstance(unknown, Unknown):
            for other in estate.of(INTERFACE):
                if other.notes.get("public") is not True:
                    other.notes["public"] = Unknown(f"{planned.address} may be about it: {unknown.why}")
    known = estate.find(INTERFACE, interface)
    if known is not None:
        known.notes["elastic"] = row.id
        if planned not in known.parts:
            known.parts.append(planned)
        if holder is not None:
            holder.parts.append(planned)
