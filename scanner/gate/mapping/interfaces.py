"""Network interfaces: those that are planned by name, and those that AWS makes for what is planned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.gate.estate import Estate, Row
from scanner.gate.ids import default_id, reference, references
from scanner.gate.mapping.filters import GROUP
from scanner.gate.mapping.networks import SUBNET
from scanner.gate.mapping.reading import listed, otherwise, structures, tags, text, truth, whole, without_none
from scanner.gate.planned import Open, Planned
from scanner.model import Unknown

INTERFACE = "AWS::EC2::NetworkInterface"

_CHOSEN = "AWS chooses the address at deployment"


def worn(value: Any, vpc_id: Any) -> Any:
    """The ids of security groups, AWS's default group of the VPC where none is named."""
    found = references(value, GROUP)
    if isinstance(found, Unknown) or found:
        return found
    return [default_id("sg", vpc_id)] if isinstance(vpc_id, str) else Unknown("the default group of a VPC nobody knows")


def as_groups(ids: Any, estate: Estate) -> Any:
    """Group ids as AWS lists them with interfaces: [{GroupId, GroupName}]."""
    if isinstance(ids, Unknown):
        return ids
    made = []
    for group_id in ids:
        row = estate.find(GROUP, group_id)
        name = row.facts.get("GroupName") if row is not None else None
        made.append(without_none({"GroupId": group_id, "GroupName": name}))
    return made


def add_interface(
    estate: Estate,
    id: str,  # noqa: A002 - AWS's own word
    *parts: Planned,
    subnet_id: Any,
    groups: Any,
    sort: str = "interface",
    description: str = "",
    vpc_id: Any = None,
    private: Any = None,
    instance_id: str = "",
    device: Any = 0,
    is_managed: bool = False,
) -> Row:
    """A row for an interface; `groups` are ids, and `private` its address where somebody chose it."""
    vpc = vpc_id if vpc_id is not None else estate.vpc_of_subnet(subnet_id, groups)
    address = private if private is not None else Open(_CHOSEN)
    facts: dict[str, Any] = {
        "NetworkInterfaceId": id,
        "SubnetId": subnet_id,
        "VpcId": vpc,
        "AvailabilityZone": estate.zone_of_subnet(subnet_id),
        "OwnerId": estate.account,
        "InterfaceType": sort,
        "Description": description,
        "Status": "in-use",
        "RequesterManaged": is_managed,
        "SourceDestCheck": sort in ("interface", "ec2_instance_connect_endpoint"),
        "Groups": as_groups(groups, estate),
        "PrivateIpAddress": address,
        "PrivateIpAddresses": [{"PrivateIpAddress": address, "Primary": True}],
        "Ipv6Addresses": [],
        "TagSet": [],
    }
    if instance_id:
        facts["Attachment"] = {
            "InstanceId": instance_id,
            "InstanceOwnerId": estate.account,
            "DeviceIndex": device,
            "Status": "attached",
        }
    own = estate.interface_id(id, parts[0] if parts else None, facts)
    return estate.add(INTERFACE, own, {**facts, "NetworkInterfaceId": own}, *parts)


def network_interface(planned: Planned, estate: Estate) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-networkinterface.html."""
    properties = planned.properties
    subnet_id = reference(properties.get("SubnetId"), SUBNET)
    groups = references(properties.get("GroupSet"), GROUP)
    vpc_id = estate.vpc_of_subnet(subnet_id, groups)
    row = add_interface(
        estate,
        planned.id,
        planned,
        subnet_id=subnet_id,
        vpc_id=vpc_id,
        groups=worn(properties.get("GroupSet"), vpc_id),
        sort=otherwise(text(properties.get("InterfaceType")), "interface"),
        description=otherwise(text(properties.get("Description")), ""),
        private=text(properties.get("PrivateIpAddress")),
    )
    if row.live is None:
        row.facts["Status"] = "available"
    row.facts["SourceDestCheck"] = truth(properties.get("SourceDestCheck"), default=True)
    row.facts["TagSet"] = tags(planned)
    add_further_addresses(row, properties)
    row.notes["ipv6"] = wants_ipv6(properties, estate, subnet_id)


def add_further_addresses(row: Row, properties: Mapping[str, Any]) -> None:
    """Secondary private addresses, named or counted; those of an interface that exists are AWS's to tell."""
    if row.live is not None:
        return
    named = structures(properties.get("PrivateIpAddresses"))
    if isinstance(named, Unknown):
        row.facts["PrivateIpAddresses"] = named
        return
    for one in named:
        address = text(one.get("PrivateIpAddress"))
        if truth(one.get("Primary"), default=False) is True:
            row.facts["PrivateIpAddress"] = address
            row.facts["PrivateIpAddresses"][0]["PrivateIpAddress"] = address
        else:
            row.append("PrivateIpAddresses", {"PrivateIpAddress": address, "Primary": False})
    more = whole(properties.get("SecondaryPrivateIpAddressCount"))
    if isinstance(more, Unknown):
        row.facts["PrivateIpAddresses"] = more
    elif more:
        row.append(
            "PrivateIpAddresses", *({"PrivateIpAddress": Open(_CHOSEN), "Primary": False} for _ in range(min(more, 50)))
        )


def wants_ipv6(properties: Mapping[str, Any], estate: Estate, subnet_id: Any) -> Any:
    """The IPv6 addresses of an interface: those that are named, True for one that AWS chooses, False, or Unknown."""
    named = structures(properties.get("Ipv6Addresses"))
    if isinstance(named, Unknown):
        return named
    if named:
        return [text(one.get("Ipv6Address")) for one in named]
    count = whole(properties.get("Ipv6AddressCount"))
    if count is not None:
        return count if isinstance(count, Unknown) else count > 0
    row = estate.find(SUBNET, subnet_id)
    if row is None:
        return Unknown("whether the subnet gives IPv6 addresses is not told here")
    return row.facts.get("AssignIpv6AddressOnCreation", False)


def attach(row: Row, instance: Row, *, device: Any) -> None:
    """An interface joins an instance; the instance's own list of interfaces is made when all have joined."""
    row.facts["Status"] = "in-use"
    row.facts["Attachment"] = {"InstanceId": instance.id, "DeviceIndex": device, "Status": "attached"}
    instance.notes.setdefault("interfaces", []).append(row.id)


def attachment(planned: Planned, estate: Estate) -> None:
    """An interface that is attached to an instance by a resource of its own."""
    interface = reference(planned.properties.get("NetworkInterfaceId"), INTERFACE)
    instance_id = reference(planned.properties.get("InstanceId"), "AWS::EC2::Instance")
    instance = estate.find("AWS::EC2::Instance", instance_id)
    for row in estate.targets(INTERFACE, interface, planned, "Attachment"):
        device = whole(planned.properties.get("DeviceIndex"))
        if instance is not None:
            attach(row, instance, device=device)
        else:
            row.facts["Attachment"] = {"InstanceId": instance_id, "DeviceIndex": device, "Status": "attached"}
            row.facts["Status"] = "in-use"


def managed(
    planned: Planned, estate: Estate, *, subnets: Any, groups: Any, sort: str, description: str = "", prefix: str = ""
) -> list[Row]:
    """The interfaces that an AWS service makes for something planned: one in each of its subnets."""
    if isinstance(subnets, Unknown):
        return []
    return [
        add_interface(
            estate,
            f"eni-{prefix}{planned.address}-{index}",
            planned,
            subnet_id=subnet_id,
            groups=groups,
            sort=sort,
            description=description,
            is_managed=True,
        )
        for index, subnet_id in enumerate(listed(subnets))
    ]
