"""The addresses of a network interface, and whether anything listens behind it.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from scanner.model import Resource, Undecided, View
from scanner.network.addresses import dotted, span_of
from scanner.network.addresses import public as public_part
from scanner.network.instances import INSTANCE
from scanner.network.structures import structures


@dataclass(frozen=True, slots=True)
class Address:
    """An address of an interface as an integer, and the public one that stands for it on the internet ("" for none)."""

    family: int
    private: int
    public: str

    @property
    def words(self) -> str:
        """The private address as text."""
        return _in_words(self.family, self.private)


@lru_cache(maxsize=262144)
def _in_words(family: int, address: int) -> str:
    if family == 4:  # noqa: PLR2004 - the families are called 4 and 6
        return ".".join(map(str, address.to_bytes(4, "big")))
    return str(ipaddress.IPv6Address(address))


@lru_cache(maxsize=262144)
def number(address: str) -> int:
    """An address as an integer; raises `Undecided` for what is none."""
    plain = dotted(address)
    if plain is not None:
        return plain
    try:
        return int(ipaddress.ip_address(address))
    except ValueError:
        raise Undecided(f"{address!r} is no IP address") from None


def addresses_of(interface: Resource) -> tuple[Address, ...]:
    """Every address: all private IPv4 addresses, secondary ones too, and all IPv6 addresses."""
    return interface.once(_all_addresses)


def _all_addresses(interface: Resource) -> tuple[Address, ...]:
    found = tuple(_addresses(interface))
    return found if len(found) < 2 else tuple(dict.fromkeys(found))  # noqa: PLR2004 - one is no repetition


def _addresses(interface: Resource) -> Iterator[Address]:
    primary = str(interface.get("PrivateIpAddress", ""))
    listed = structures(interface, "PrivateIpAddresses") or ({"PrivateIpAddress": primary},)
    for entry in listed:
        text = str(entry.get("PrivateIpAddress") or "")
        if text:
            # The interface repeats the association of its primary address, and some answers hold it only there.
            association = entry.get("Association") or (interface.get("Association") if text == primary else None) or {}
            if not isinstance(association, Mapping):
                raise Undecided(f"the facts do not say which public address {interface.id} has")
            public = str(association.get("PublicIp") or "") if _is_of_the_internet(association) else ""
            yield Address(4, span_of(text, family=4)[0], public)
    for entry in structures(interface, "Ipv6Addresses"):
        if entry.get("Ipv6Address"):
            text = str(entry["Ipv6Address"])
            span = span_of(text, family=6)
            # An IPv6 address is its own public one, unless AWS keeps the interface off internet gateways.
            is_open = interface.get("DenyAllIgwTraffic") is not True and public_part((span,), family=6)
            yield Address(6, span[0], text if is_open else "")


def _is_of_the_internet(association: Mapping[str, Any]) -> bool:
    """Carrier and customer-owned addresses lead to a carrier's network or an Outpost, not to the internet."""
    return not association.get("CarrierIp") and not association.get("CustomerOwnedIp")


def groups_of(interface: Resource) -> frozenset[str]:
    """The ids of the security groups an interface wears; raises `Undecided` where one of them has no id."""
    return interface.once(_groups)


def _groups(interface: Resource) -> frozenset[str]:
    worn = [group.get("GroupId") for group in structures(interface, "Groups")]
    if not all(worn):
        raise Undecided(f"the facts do not say which security groups {interface.id} wears")
    return _shared(frozenset(map(str, worn)))


@lru_cache(maxsize=65536)
def _shared(groups: frozenset[str]) -> frozenset[str]:
    """The same set for all who wear the same groups: interfaces are many, and what they wear is not."""
    return groups


def worn_by(interface: Resource) -> frozenset[str]:
    """The ids of the security groups an interface wears; `Undecided` where an ordinary one seems to wear none at all."""
    worn = groups_of(interface)
    if not worn and interface.get("InterfaceType", "interface") == "interface":
        raise Undecided(f"the facts do not say which security groups {interface.id} wears")
    return worn


def is_unfiltered(interface: Resource) -> bool:
    """Whether no security group stands before an interface: a Network Load Balancer that was made without any.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html: none can be added
    to it later.
    """
    return interface.get("InterfaceType") == "network_load_balancer" and not groups_of(interface)


def instance_of(inventory: View, interface: Resource) -> Resource | None:
    """The instance an interface is attached to, or None; raises `Undecided` where it may exist unseen."""
    instance_id = interface.get("Attachment.InstanceId", "")
    return inventory.find(INSTANCE, str(instance_id)) if instance_id else None


def is_listening(inventory: View, interface: Resource) -> bool:
    """Whether somebody may answer: the interface is in use, and the instance behind it, if there is one, is running."""
    if interface.get("Status", "in-use") != "in-use":
        return False
    instance = instance_of(inventory, interface)
    return instance is None or instance.get("State.Name", "running") in ("running", "pending")
