"""EC2 Instance Connect Endpoints: which of them carry a session, to whom, and through which interfaces.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect-with-ec2-instance-connect-endpoint.html
"""

from __future__ import annotations

from collections.abc import Iterable

from scanner.model import Resource, Undecided, View
from scanner.network.structures import structures, text_of

INSTANCE_CONNECT_ENDPOINT = "AWS::EC2::InstanceConnectEndpoint"

# While an endpoint is modified, and after that has failed, it goes on with its old configuration.
_USABLE = frozenset({"create-complete", "update-in-progress", "update-complete", "update-failed"})
_ABSENT = frozenset({"create-failed", "delete-complete"})


def is_usable(endpoint: Resource) -> bool:
    """Whether an endpoint takes connections in its present state; raises `Undecided` where the state is not told."""
    state = text_of(endpoint, "State")
    if not state:
        raise Undecided(f"the state of {endpoint.id} is not told")
    return str(state) in _USABLE


def is_installed(endpoint: Resource) -> bool:
    """Whether an endpoint has a place in its subnet: it was created, and is not deleted yet."""
    return str(endpoint.get("State", "")) not in _ABSENT


def is_own(inventory: View, resource: Resource) -> bool:
    """Whether the scanned account owns a resource; in a shared VPC other accounts' are seen too."""
    return bool(resource.get("OwnerId", inventory.account) == inventory.account)


def speaks_to(endpoint: Resource, instance: Resource) -> bool:
    """Whether the endpoint's address type (ipv4, ipv6 or dualstack) fits one of the instance's private addresses."""
    offered = text_of(endpoint, "IpAddressType") or "ipv4"
    interfaces = structures(instance, "NetworkInterfaces")
    has_v6 = bool(instance.get("Ipv6Address")) or any(structures(item, "Ipv6Addresses") for item in interfaces)
    # Nearly every instance has an IPv4 address, so that facts which name no address at all do not speak against one.
    has_v4 = bool(instance.get("PrivateIpAddress")) or any(item.get("PrivateIpAddress") for item in interfaces)
    return (has_v4 or not has_v6) if offered == "ipv4" else has_v6 if offered == "ipv6" else True


def belongs_to_endpoint(interface: Resource, endpoints: Iterable[Resource]) -> bool:
    """Whether a network interface is an endpoint's own; the service also writes the endpoint's id on it as a tag."""
    return (
        interface.get("InterfaceType") == "ec2_instance_connect_endpoint"
        or any(tag.get("Key") == "InstanceConnectEndpointId" for tag in structures(interface, "TagSet"))
        or any(interface.id in endpoint.items("NetworkInterfaceIds") for endpoint in endpoints)
    )
