"""Finds the public IPv4 addresses of instances on every interface and every private address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.kit import (
    Answer,
    Aside,
    Clear,
    Flag,
    Inventory,
    Resource,
    Undecided,
    is_stopped,
    listed,
    structures,
    tag_among,
    text_of,
    word,
)

_AUTOMATIC = "amazon"
_REST = "Put a load balancer in front of what the public needs, and log in through an EC2 Instance Connect Endpoint."


@dataclass(frozen=True, slots=True)
class _Address:
    """An address that stands for a private one: `sort` is public, carrier or customer-owned."""

    ip: str
    sort: str
    evidence: str
    cure: str


def check(inventory: Inventory, *, exempt_tags: list[str]) -> Iterator[Answer]:
    """Flags instances with a public address; carrier and customer-owned ones are named and pass."""
    for instance in inventory.subjects:
        with inventory.judging(instance):
            exempt = tag_among(instance, exempt_tags)
            if exempt:
                yield Aside(instance, f"its tag {exempt} lets it have a public address")
                continue
            addresses = tuple(_addresses(instance))
            public = [address for address in addresses if address.sort == "public"]
            if public:
                yield _flag(instance, public)
            else:
                yield Clear(instance, tuple(address.evidence for address in addresses))


def _flag(instance: Resource, public: list[_Address]) -> Flag:
    because = [address.evidence for address in public]
    if is_stopped(instance):
        because.append(f"the instance is {instance.get('State.Name')}, and keeps the address for its next start")
    noun = "address" if len(public) == 1 else "addresses"
    named = listed(address.ip for address in public)
    cures = dict.fromkeys(address.cure for address in public if address.cure)
    return Flag(
        instance,
        f"{instance.label} has the public IPv4 {noun} {named}",
        tuple(because),
        fix="\n".join((*cures, _REST)) if cures else "",
    )


def _addresses(instance: Resource) -> Iterator[_Address]:
    """Every address once; the instance's own field names the first of them, or a carrier address, and comes last."""
    seen: set[str] = set()
    for interface in structures(instance, "NetworkInterfaces"):
        for holder in (*structures(interface, "PrivateIpAddresses"), interface):
            for address in _of(interface, holder):
                if address.ip not in seen:
                    seen.add(address.ip)
                    yield address
    first = text_of(instance, "PublicIpAddress")
    if first and first not in seen:
        yield _Address(first, "public", f"PublicIpAddress is {first}", "")


def _of(interface: Mapping[str, Any], holder: Mapping[str, Any]) -> Iterator[_Address]:
    association = holder.get("Association") or {}
    if not isinstance(association, Mapping):
        raise Undecided("an address association of the instance cannot be read")
    place = f"{interface.get('NetworkInterfaceId', 'an interface')}: {holder.get('PrivateIpAddress', 'an address')}"
    apart = {sort: text_of(association, key) for sort, key in _APART.items() if association.get(key)}
    for sort, ip in apart.items():
        yield _Address(ip, sort, f"{place} has the {sort} address {ip}", "")
    ip = text_of(association, "PublicIp")
    if ip and ip not in apart.values():
        owner = text_of(association, "IpOwnerId")
        kind = "automatic" if owner == _AUTOMATIC else f"of account {owner}" if owner else "of an owner not told"
        yield _Address(ip, "public", f"{place} has the public address {ip} ({kind})", _cure(interface, ip, owner))


_APART = {"carrier": "CarrierIp", "customer-owned": "CustomerOwnedIp"}


def _cure(interface: Mapping[str, Any], ip: str, owner: str) -> str:
    interface_id = interface.get("NetworkInterfaceId")
    if owner == _AUTOMATIC and interface_id:
        return (
            "aws ec2 modify-network-interface-attribute --no-associate-public-ip-address"
            f" --network-interface-id {word(interface_id)}"
        )
    return (
        'aws ec2 disassociate-address --association-id "$(aws ec2 describe-addresses'
        f" --public-ips {word(ip)} --query 'Addresses[0].AssociationId' --output text)\""
    )
