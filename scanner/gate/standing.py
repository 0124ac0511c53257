"""What exists already, as rows that a plan is laid over: ids of defaults, interfaces of what wears them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scanner.gate.estate import DEFAULT_VPC, Estate, Row
from scanner.gate.exchange import alike
from scanner.gate.ids import default_id
from scanner.gate.stacks import BY_ARN
from scanner.model import Inventory, Resource

_VPC, _SUBNET, _GROUP = "AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::SecurityGroup"
_ACL, _TABLE, _INTERFACE = "AWS::EC2::NetworkAcl", "AWS::EC2::RouteTable", "AWS::EC2::NetworkInterface"
_GATEWAY, _GATEWAY_TABLE = "AWS::EC2::TransitGateway", "AWS::EC2::TransitGatewayRouteTable"
_TEMPLATE = "AWS::EC2::LaunchTemplate"
_HOLDERS = ("AWS::EC2::VPCEndpoint", "AWS::EC2::InstanceConnectEndpoint")
# Lists that mappers add to; of an answer that somebody cut down they may be missing.
_LISTS: Mapping[str, tuple[str, ...]] = {
    _VPC: ("CidrBlockAssociationSet", "Ipv6CidrBlockAssociationSet"),
    _SUBNET: ("Ipv6CidrBlockAssociationSet",),
    _TABLE: ("Associations", "Routes"),
    _ACL: ("Associations", "Entries"),
    _GROUP: ("IpPermissions", "IpPermissionsEgress"),
    _INTERFACE: ("Groups", "PrivateIpAddresses", "Ipv6Addresses"),
    _GATEWAY_TABLE: ("Associations", "Routes"),
    "AWS::EC2::InternetGateway": ("Attachments",),
    "AWS::EC2::VPNGateway": ("VpcAttachments",),
    "AWS::EC2::VPCEndpoint": ("RouteTableIds", "NetworkInterfaceIds"),
    "AWS::EC2::NatGateway": ("NatGatewayAddresses",),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("LoadBalancerArns",),
}
_MADE_UP: Mapping[str, Mapping[str, Any]] = {
    _SUBNET: {"MapPublicIpOnLaunch": False, "VpcId": None},
    _GROUP: {"VpcId": None},
    _TABLE: {"VpcId": None},
    _ACL: {"VpcId": None},
    _GATEWAY: {"Options": {}},
}


def stand(estate: Estate, inventories: Iterable[Inventory]) -> None:
    """Puts everything that exists into an estate, with the names by which plans know it."""
    for inventory in inventories:
        for resource in inventory.resources:
            if resource.kind not in ("AWS::Account", "AWS::Region", "AWS::CloudTrail::Event"):
                row = row_of(resource)
                estate.rows.setdefault(row.kind, {}).setdefault(row.id, row)
    _name_defaults(estate)
    _name_versions(estate)
    _hold(estate)


def row_of(resource: Resource) -> Row:
    """A resource as a row; nobody may write into its facts before they are copied (`Row.thaw`)."""
    facts = dict(resource.facts)
    for name in _LISTS.get(resource.kind, ()):
        facts.setdefault(name, [])
    for name, value in _MADE_UP.get(resource.kind, {}).items():
        facts.setdefault(name, value)
    return Row(resource.kind, resource.arn if resource.kind in BY_ARN else resource.id, facts, live=resource)


def _name_defaults(estate: Estate) -> None:
    """The ids that plans give to what AWS makes with a VPC or a transit gateway."""
    names = estate.names
    for group in estate.of(_GROUP):
        if alike(group.facts.get("GroupName"), "default"):
            _name(names, "sg", group)
    for acl in estate.of(_ACL):
        if acl.facts.get("IsDefault") is True:
            _name(names, "acl", acl)
    for table in estate.of(_TABLE):
        told = table.facts["Associations"]
        if isinstance(told, list) and any(one.get("Main") is True for one in told):
            _name(names, "rtb", table)
    _name_gateway_tables(estate)
    for vpc in estate.of(_VPC):
        if vpc.facts.get("IsDefault") is True:
            _name_default_vpc(vpc, estate)


def _name_gateway_tables(estate: Estate) -> None:
    for table in estate.of(_GATEWAY_TABLE):
        gateway = table.facts.get("TransitGatewayId")
        if table.facts.get("DefaultAssociationRouteTable") is True and isinstance(gateway, str):
            estate.names[default_id("tgw-rtb", gateway)] = table.id


def _name_default_vpc(vpc: Row, estate: Estate) -> None:
    names = estate.names
    names[DEFAULT_VPC] = vpc.id
    for prefix in ("sg", "acl", "rtb"):
        known = names.get(default_id(prefix, vpc.id))
        if known is not None:
            names[default_id(prefix, DEFAULT_VPC)] = known
    within = [one.id for one in estate.of(_SUBNET) if alike(one.facts["VpcId"], vpc.id)]
    if within:
        names[f"subnet-default-of-{DEFAULT_VPC}"] = min(within)


def _name(names: dict[str, str], prefix: str, row: Row) -> None:
    vpc_id = row.facts["VpcId"]
    if isinstance(vpc_id, str):
        names[default_id(prefix, vpc_id)] = row.id


def _name_versions(estate: Estate) -> None:
    """A plan writes the newest version of a launch template and knows it as its first."""
    newest: dict[str, tuple[int, Row]] = {}
    for row in estate.of(_TEMPLATE):
        own, number = row.facts.get("LaunchTemplateId"), row.facts.get("VersionNumber")
        if isinstance(own, str) and isinstance(number, int):
            newest[own] = max(newest.get(own, (0, row)), (number, row), key=lambda pair: pair[0])
    for own, (_, row) in newest.items():
        row.notes.update(id=own, data=row.facts.get("LaunchTemplateData", {}))
        estate.names[f"{own}:1"] = row.id


def _hold(estate: Estate) -> None:
    """Which interfaces belong to what: the first ones first."""
    held: dict[str, list[tuple[int, str]]] = {}
    descriptions = {
        f"ELB {row.id.partition('loadbalancer/')[2]}": row.id
        for row in estate.of("AWS::ElasticLoadBalancingV2::LoadBalancer")
    }
    for row in estate.of(_INTERFACE):
        attached = row.facts.get("Attachment")
        if isinstance(attached, Mapping) and isinstance(attached.get("InstanceId"), str):
            device = attached.get("DeviceIndex")
            held.setdefault(attached["InstanceId"], []).append((device if isinstance(device, int) else 0, row.id))
        told = row.facts.get("Description")
        if isinstance(told, str) and told in descriptions:
            held.setdefault(descriptions[told], []).append((0, row.id))
    for kind in _HOLDERS:
        for row in estate.of(kind):
            listed = row.facts.get("NetworkInterfaceIds")
            if isinstance(listed, list):
                held.setdefault(row.id, []).extend((0, one) for one in listed)
    for row in estate.of("AWS::EC2::NatGateway"):
        addresses = row.facts["NatGatewayAddresses"]
        for one in addresses if isinstance(addresses, list) else ():
            if isinstance(one.get("NetworkInterfaceId"), str):
                held.setdefault(row.id, []).append((0, one["NetworkInterfaceId"]))
    estate.held.update({owner: [one for _, one in sorted(found)] for owner, found in held.items()})
