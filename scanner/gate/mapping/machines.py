"""Instances, launch templates, auto-scaling groups and Elastic IP addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.gate.estate import DEFAULT_VPC, Estate, Row
from scanner.gate.ids import reference, references
from scanner.gate.mapping.filters import GROUP
from scanner.gate.mapping.interfaces import (
    INTERFACE,
    add_further_addresses,
    add_interface,
    attach,
    wants_ipv6,
    worn,
)
from scanner.gate.mapping.networks import SUBNET
from scanner.gate.mapping.reading import (
    otherwise,
    structure,
    structures,
    tags,
    text,
    truth,
    whole,
    without_none,
)
from scanner.gate.planned import Planned
from scanner.model import Unknown

INSTANCE = "AWS::EC2::Instance"
TEMPLATE = "AWS::EC2::LaunchTemplate"

_HIDDEN = ("NetworkInterfaces", "SecurityGroups", "VpcId", "SubnetId", "PublicIpAddress")
_TRUTHS = ("AssociatePublicIpAddress", "DeleteOnTermination", "EbsOptimized", "DisableApiTermination")


def instance(planned: Planned, estate: Estate) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-instance.html."""
    properties = _with_template(planned.properties, estate)
    if isinstance(properties, Unknown):
        facts = {"InstanceId": planned.id, "State": {"Name": "running"}, "Tags": tags(planned)}
        hidden = (*_HIDDEN, "IamInstanceProfile")
        estate.add(INSTANCE, planned.id, {**facts, **dict.fromkeys(hidden, properties)}, planned)
        return
    profile = text(properties.get("IamInstanceProfile"))
    facts = {
        "InstanceId": planned.id,
        "ImageId": text(properties.get("ImageId")),
        "InstanceType": text(properties.get("InstanceType")),
        "KeyName": text(properties.get("KeyName")),
        "State": {"Name": "running", "Code": 16},
        "SourceDestCheck": truth(properties.get("SourceDestCheck"), default=True),
        "IamInstanceProfile": _profile(profile, estate),
        "MetadataOptions": properties.get("MetadataOptions"),
        "UserData": text(properties.get("UserData")),
        "Tags": tags(planned),
    }
    row = estate.add(INSTANCE, planned.id, without_none(facts), planned)
    specifications = structures(properties.get("NetworkInterfaces"))
    if isinstance(specifications, Unknown):
        row.facts.update(dict.fromkeys(_HIDDEN, specifications))
        row.notes["is_opaque"] = True
        return
    for index, told in enumerate(specifications or [properties]):
        _give_interface(row, planned, estate, {**properties, **told}, index=index, alone=len(specifications) < 2)  # noqa: PLR2004 - one or none


def _profile(name: Any, estate: Estate) -> Any:
    if name is None or isinstance(name, Unknown):
        return name
    arn = name if name.startswith("arn:") else f"arn:{estate.partition}:iam::{estate.account}:instance-profile/{name}"
    return {"Arn": arn}


def _with_template(properties: Mapping[str, Any], estate: Estate) -> Mapping[str, Any] | Unknown:
    """An instance's properties over those of its launch template."""
    told = structure(properties.get("LaunchTemplate"))
    if isinstance(told, Unknown) or not told:
        return told if isinstance(told, Unknown) else properties
    found = launch_data(told, estate)
    if isinstance(found, Unknown):
        return found
    data = dict(found)
    profile = data.get("IamInstanceProfile")
    if isinstance(profile, Mapping):
        data["IamInstanceProfile"] = profile.get("Name", profile.get("Arn"))
    return {**data, **properties}


def launch_data(told: Mapping[str, Any], estate: Estate) -> Mapping[str, Any] | Unknown:
    """What a planned launch template says; Unknown for one that exists already."""
    template_id = reference(told.get("LaunchTemplateId"), TEMPLATE)
    name = told.get("LaunchTemplateName")
    for row in estate.of(TEMPLATE):
        if row.notes.get("id") == template_id or (name is not None and row.facts.get("LaunchTemplateName") == name):
            data: Mapping[str, Any] = row.notes["data"]
            return data
    return Unknown("the launch template exists already and is not planned here")


def _give_interface(
    row: Row, planned: Planned, estate: Estate, told: Mapping[str, Any], *, index: int, alone: bool
) -> None:
    device = whole(told.get("DeviceIndex", index))
    existing = reference(told.get("NetworkInterfaceId"), INTERFACE)
    if existing is not None:
        known = estate.find(INTERFACE, existing)
        if known is not None:
            attach(known, row, device=device)
            known.parts.append(planned)
        else:
            row.facts["NetworkInterfaces"] = Unknown("a network interface of the instance is not planned here")
            row.notes["is_opaque"] = True
        return
    subnet_id = reference(told.get("SubnetId"), SUBNET)
    groups = _groups_of(told, estate)
    vpc_id = DEFAULT_VPC if subnet_id is None else estate.vpc_of_subnet(subnet_id, groups)
    if subnet_id is None:
        estate.uses_default_vpc = True
        subnet_id = f"subnet-default-of-{DEFAULT_VPC}"
    interface = add_interface(
        estate,
        f"eni-{planned.address}-{index}",
        planned,
        subnet_id=subnet_id,
        vpc_id=vpc_id,
        groups=worn(groups, vpc_id),
        private=text(told.get("PrivateIpAddress")),
        instance_id=row.id,
        device=device,
    )
    interface.facts["SourceDestCheck"] = row.facts["SourceDestCheck"]
    add_further_addresses(interface, told)
    interface.notes["ipv6"] = wants_ipv6(told, estate, subnet_id)
    interface.notes["is_told"] = told.get("AssociatePublicIpAddress") is not None
    interface.notes["public"] = _is_public(told, estate, subnet_id, alone=alone)
    row.notes.setdefault("interfaces", []).append(interface.id)


def _groups_of(told: Mapping[str, Any], estate: Estate) -> Any:
    by_id = next(
        (told[name] for name in ("GroupSet", "Groups", "SecurityGroupIds") if told.get(name) is not None), None
    )
    if by_id is not None:
        return references(by_id, GROUP)
    by_name = references(told.get("SecurityGroups"), GROUP)
    if isinstance(by_name, Unknown):
        return by_name
    names = {str(row.facts["GroupName"]): row.id for row in estate.of(GROUP) if isinstance(row.facts["GroupName"], str)}
    return [names.get(name, name) if isinstance(name, str) else name for name in by_name]


def _is_public(told: Mapping[str, Any], estate: Estate, subnet_id: Any, *, alone: bool) -> Any:
    """Whether an interface gets a public address at launch: as told, else as its subnet says, and only when it is alone."""
    asked = truth(told.get("AssociatePublicIpAddress"))
    if asked is not None:
        return asked
    if not alone:
        return False
    subnet = estate.find(SUBNET, subnet_id)
    if subnet is not None:
        return subnet.facts["MapPublicIpOnLaunch"]
    if isinstance(subnet_id, str) and subnet_id.endswith(DEFAULT_VPC):
        return True
    why = subnet_id.why if isinstance(subnet_id, Unknown) else f"the subnet {subnet_id} is not planned here"
    return Unknown(f"whether the subnet assigns public addresses is not known: {why}")


def launch_template(planned: Planned, estate: Estate) -> None:
    """A launch template, as its only version."""
    name = otherwise(text(planned.properties.get("LaunchTemplateName")), planned.address)
    data = structure(planned.properties.get("LaunchTemplateData"))
    facts = {
        "LaunchTemplateId": planned.id,
        "LaunchTemplateName": name,
        "VersionNumber": 1,
        "DefaultVersion": True,
        "LaunchTemplateData": data if isinstance(data, Unknown) else _typed(data),
    }
    row = estate.add(TEMPLATE, f"{planned.id}:1", facts, planned)
    row.notes.update(id=planned.id, data=data)


def _typed(data: Mapping[str, Any]) -> dict[str, Any]:
    """Launch data with AWS's types, which CloudFormation also takes as text."""
    made: dict[str, Any] = {}
    for key, value in data.items():
        if key in _TRUTHS:
            made[key] = truth(value)
        elif key in ("NetworkInterfaces", "TagSpecifications", "BlockDeviceMappings"):
            items = structures(value)
            made[key] = items if isinstance(items, Unknown) else [_typed(item) for item in items]
        elif key in ("DeviceIndex", "Ipv6AddressCount", "SecondaryPrivateIpAddressCount", "NetworkCardIndex"):
            made[key] = whole(value)
        elif key in ("Groups", "SecurityGroupIds"):
            made[key] = references(value, GROUP)
        elif key == "SubnetId":
            made[key] = reference(value, SUBNET)
        else:
            made[key] = value
    return without_none(made)


def finish_instances(estate: Estate) -> None:
    """Lays the interfaces of each instance into it, as AWS lists them, once all addresses are there."""
    for row in estate.of(INSTANCE):
        worn_by = _interfaces_of(row, estate)
        if not worn_by and ("interfaces" not in row.notes or row.live is not None) and not row.notes.get("is_opaque"):
            continue  # of one that exists nobody may have asked for the interfaces
        held = [estate.find(INTERFACE, one) for one in worn_by]
        interfaces = [one.facts for one in held if one is not None]
        if not row.notes.get("is_opaque"):
            row.facts["NetworkInterfaces"] = [_inside(facts) for facts in interfaces]
        if interfaces:
            first = interfaces[0]
            row.facts.update({key: first.get(key) for key in ("SubnetId", "VpcId")})
            row.facts["SecurityGroups"] = first["Groups"]
            row.facts.setdefault("Placement", {"AvailabilityZone": first.get("AvailabilityZone")})
            if not isinstance(first.get("PrivateIpAddress"), Unknown):
                row.facts["PrivateIpAddress"] = first.get("PrivateIpAddress")
            association = first.get("Association")
            if association is None:
                row.facts.pop("PublicIpAddress", None)
            if isinstance(association, Unknown):
                row.facts["PublicIpAddress"] = association
            elif association:
                row.facts["PublicIpAddress"] = association["PublicIp"]


def _interfaces_of(row: Row, estate: Estate) -> list[str]:
    """The interfaces that are planned for an instance, and those that one to which something happens has already."""
    found = list(row.notes.get("interfaces", ()))
    if row.live is not None and row.parts:
        found += [one for one in estate.held.get(row.id, ()) if one not in found]
    return found


def _inside(facts: Mapping[str, Any]) -> dict[str, Any]:
    """An interface as an instance lists it; an address nobody knows is left out, for its association tells what matters."""
    names = ("NetworkInterfaceId", "SubnetId", "VpcId", "Groups", "InterfaceType", "Ipv6Addresses", "OwnerId",
             "SourceDestCheck", "Status", "Description")  # fmt: skip
    made = {name: facts[name] for name in names if name in facts}
    made["Attachment"] = _part(facts.get("Attachment"), "AttachmentId", "DeviceIndex", "Status")
    if "Association" in facts:
        made["Association"] = _part(facts["Association"], *_ADDRESS)
    listed_ = facts["PrivateIpAddresses"]
    made["PrivateIpAddresses"] = listed_ if isinstance(listed_, Unknown) else [_known(one) for one in listed_]
    if facts.get("PrivateIpAddress") is not None and not isinstance(facts["PrivateIpAddress"], Unknown):
        made["PrivateIpAddress"] = facts["PrivateIpAddress"]
    return made


_ADDRESS = ("PublicIp", "IpOwnerId", "PublicDnsName", "CarrierIp")


def _part(value: Any, *names: str) -> Any:
    return {name: value[name] for name in names if name in value} if isinstance(value, Mapping) else value


def _known(entry: Mapping[str, Any]) -> dict[str, Any]:
    made = {key: value for key, value in entry.items() if key != "PrivateIpAddress" or not isinstance(value, Unknown)}
    if "Association" in made:
        made["Association"] = _part(made["Association"], *_ADDRESS)
    return made
