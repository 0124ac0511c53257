"""The addresses of a network interface, and whether anything listens behind it.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.model import Resource, Undecided, View
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
        return str(ipaddress.ip_address(self.private) if self.family == 4 else ipaddress.IPv6Address(self.private))  # noqa: PLR2004 - the families are called 4 and 6


def number(address: str) -> int:
    """An address as an integer; raises `Undecided` for what is none."""
    try:
        return int(ipaddress.ip_address(address))
    except ValueError:
        raise Undecided(f"{address!r} is no IP address") from None


def addresses_of(interface: Resource) -> tuple[Address, ...]:
    """Every address: all private IPv4 addresses, secondary ones too, and all IPv6 addresses."""
    return tuple(dict.fromkeys(_addresses(interface)))


def _addresses(interface: Resource) -> Iterator[Address]:
    primary = str(interface.get("PrivateIpAddress", ""))
    listed = structures(interface, "PrivateIpAddresses") or ({"PrivateIpAddress": primary},)
    for entry in listed:
        text = str(entry.get("PrivateIpAddress") or "")
        if text:
            # The interface repeats the association of its primary address, and some answers hold it only there.
            association = entry.get("Association") or (interface.get("Association") if text == primary else None) or {}
            public = str(association.get("PublicIp") or "") if _is_of_the_internet(association) else ""
            yield Address(4, number(text), public)
    for entry in structures(interface, "Ipv6Addresses"):
        if entry.get("Ipv6Address"):
            text = str(entry["Ipv6Address"])
            # An IPv6 address is its own public one, unless AWS keeps the interface off internet gateways.
            open_ = interface.get("DenyAllIgwTraffic") is not True and ipaddress.ip_address(number(text)).is_global
            yield Address(6, number(text), text if open_ or _is_documentation(text) else "")


def _is_of_the_internet(association: object) -> bool:
    """Carrier and customer-owned addresses lead to a carrier's network or an Outpost, not to the internet."""
    return isinstance(association, dict) and not association.get("CarrierIp") and not association.get("CustomerOwnedIp")


def _is_documentation(text: str) -> bool:
    return ipaddress.ip_address(text) in ipaddress.ip_network("2001:db8::/32")


def groups_of(interface: Resource) -> frozenset[str]:
    """The ids of the security groups an interface wears."""
    return frozenset(str(group["GroupId"]) for group in structures(interface, "Groups") if group.get("GroupId"))


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
