"""The network interfaces of an instance, and what can be said where not all of them are seen.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-eni.html: an instance may have several, and each has its own
subnet, groups and addresses.
"""

from __future__ import annotations

from dataclasses import dataclass

from scanner.model import Resource, View
from scanner.network.security_groups import NETWORK_INTERFACE
from scanner.network.structures import structures


@dataclass(frozen=True, slots=True)
class Attached:
    """The interfaces that are seen, and a sentence for each that the instance names and nobody saw."""

    interfaces: tuple[Resource, ...]
    doubts: tuple[str, ...] = ()


class _Attachments:
    """What was found of the instances of one inventory, for the next rule that asks."""

    def __init__(self, inventory: View) -> None:
        inventory.known(NETWORK_INTERFACE)
        self.found: dict[str, tuple[Resource, Attached]] = {}


def attached_to(inventory: View, instance: Resource) -> Attached:
    """Every interface of an instance, secondary ones too; raises `Undecided` where the list may be incomplete."""
    kept = inventory.shared(_Attachments).found
    asked, attached = kept.get(instance.id, (None, None))
    if attached is None or asked is not instance:
        attached = _attached_to(inventory, instance)
        kept[instance.id] = (instance, attached)
    return attached


def _attached_to(inventory: View, instance: Resource) -> Attached:
    found = {one.id: one for one in inventory.linked(NETWORK_INTERFACE, "Attachment.InstanceId", instance.id)}
    doubts: list[str] = []
    for told in structures(instance, "NetworkInterfaces"):
        interface_id = str(told.get("NetworkInterfaceId") or "")
        if interface_id in found:
            continue
        seen = inventory.find(NETWORK_INTERFACE, interface_id) if interface_id else None
        if seen is None:
            doubts.append(f"{instance.id} has the network interface {interface_id or '(no id)'}, which was not listed")
        else:
            found[interface_id] = seen
    if not found and not doubts and (instance.get("PublicIpAddress") or instance.get("Ipv6Address")):
        doubts.append(f"{instance.id} has an address, and none of its network interfaces was listed")
    return Attached(tuple(found.values()), tuple(doubts))
