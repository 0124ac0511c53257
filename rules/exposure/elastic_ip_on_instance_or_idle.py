"""Finds Elastic IP addresses that make an instance public, and those that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import Answer, Flag, Inventory, Resource, text_of, word

_BINDINGS = ("AssociationId", "InstanceId", "NetworkInterfaceId", "PrivateIpAddress")


def check(inventory: Inventory) -> Iterator[Answer]:
    """An address on an interface without an instance is a NAT gateway's or a service's, and passes."""
    for address in inventory.subjects:
        with inventory.judging(address):
            instance = text_of(address, "InstanceId")
            if instance:
                yield Flag(
                    address,
                    f"the Elastic IP address {_called(address)} is bound to the instance {instance}",
                    (f"InstanceId is {instance}", f"PrivateIpAddress is {address.get('PrivateIpAddress', '(none)')}"),
                    fix=_release(address, bound=True),
                )
            elif not any(text_of(address, key) for key in _BINDINGS):
                yield Flag(
                    address,
                    f"the Elastic IP address {_called(address)} is bound to nothing",
                    "it has no AssociationId, InstanceId or NetworkInterfaceId",
                    severity="low",
                    fix=_release(address, bound=False),
                )


def _called(address: Resource) -> str:
    ip = text_of(address, "PublicIp")
    return f"{ip} ({address.id})" if ip and ip != address.id else address.id


def _release(address: Resource, *, bound: bool) -> str:
    allocation, association = text_of(address, "AllocationId"), text_of(address, "AssociationId")
    ip = text_of(address, "PublicIp")
    release = (
        f"aws ec2 release-address {f'--allocation-id {word(allocation)}' if allocation else f'--public-ip {word(ip)}'}"
    )
    if not bound:
        return f"{release}\nor bind it to what it was kept for."
    loose = f"aws ec2 disassociate-address {f'--association-id {word(association)}' if association else f'--public-ip {word(ip)}'}"
    return f"{loose}\n{release}\nServe the public through a load balancer, which brings its own address."
