"""Who in a VPC calls services: the interfaces of instances, tasks and functions, by subnet and by zone.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from scanner.model import Resource, Undecided, View
from scanner.network.endpoints import VPC_ENDPOINT
from scanner.network.security_groups import NETWORK_INTERFACE
from scanner.network.workloads import is_workload

SUBNET = "AWS::EC2::Subnet"


class _Workloads:
    """What was found in the VPCs of one inventory, for the next rule that asks."""

    def __init__(self, inventory: View) -> None:
        inventory.known(VPC_ENDPOINT)
        inventory.known(NETWORK_INTERFACE)
        self.found: dict[str, dict[str, list[Resource]]] = {}


def workloads_of(inventory: View, vpc_id: str) -> dict[str, list[Resource]]:
    """The interfaces of workloads in a VPC by the id of their subnet; raises `Undecided` where there may be others."""
    kept = inventory.shared(_Workloads).found
    if vpc_id not in kept:
        kept[vpc_id] = _workloads_of(inventory, vpc_id)
    return kept[vpc_id]


def _workloads_of(inventory: View, vpc_id: str) -> dict[str, list[Resource]]:
    plumbing = {
        str(eni)
        for endpoint in inventory.known(VPC_ENDPOINT)
        if endpoint.get("VpcId") == vpc_id
        for eni in endpoint.items("NetworkInterfaceIds")
    }
    found: dict[str, list[Resource]] = {}
    for interface in inventory.linked(NETWORK_INTERFACE, "VpcId", vpc_id):
        if interface.id not in plumbing and is_workload(interface):
            found.setdefault(str(interface.get("SubnetId", "")), []).append(interface)
    return found


def subnet_of(inventory: View, subnet_id: str) -> Resource:
    """A subnet by its id; raises `Undecided` where it cannot be seen."""
    found = inventory.find(SUBNET, subnet_id)
    if found is None:
        raise Undecided(f"the subnet {subnet_id or 'of an interface'} cannot be seen from account {inventory.account}")
    return found


def zone_of(inventory: View, subnet_id: str) -> str:
    """The name of the Availability Zone of a subnet; raises `Undecided` where it is not told."""
    zone = str(subnet_of(inventory, subnet_id).get("AvailabilityZone", ""))
    if not zone:
        raise Undecided(f"the Availability Zone of {subnet_id} is not told")
    return zone


def zones_of(inventory: View, subnet_ids: Iterable[str]) -> dict[str, list[str]]:
    """The Availability Zones of subnets, each with its subnets: two subnets of one zone are one zone."""
    found: dict[str, list[str]] = {}
    for subnet_id in subnet_ids:
        found.setdefault(zone_of(inventory, subnet_id), []).append(subnet_id)
    return dict(sorted(found.items()))


def is_local_zone(zone: str) -> bool:
    """Whether a zone is a Local Zone or a Wavelength Zone ("us-west-2-lax-1a"), where most of AWS's services are not."""
    return re.fullmatch(r"[a-z]{2,4}(-[a-z]+)+-\d+[a-z]", zone) is None
