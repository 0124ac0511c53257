"""Finds auto-scaling groups whose instances come with a public IPv4 address, by what launches them or by their subnets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.kit import Answer, Clear, Flag, Inventory, Resource, Undecided, Unsure, listed, structures, text_of, word

_TEMPLATE = "AWS::EC2::LaunchTemplate"
_CONFIGURATION = "AWS::AutoScaling::LaunchConfiguration"
_SUBNET = "AWS::EC2::Subnet"


@dataclass(frozen=True, slots=True)
class _Source:
    """What launches instances: its name, whether it says public or private (None: the subnet decides), and the cure."""

    name: str
    says: bool | None
    cure: str


def check(inventory: Inventory) -> Iterator[Answer]:
    """One answer a group; of mixed instances one template that makes them public is enough."""
    for group in inventory.subjects:
        with inventory.judging(group):
            yield _judge(inventory, group)


def _judge(inventory: Inventory, group: Resource) -> Answer:
    doubts: list[str] = []
    sources: list[_Source] = []
    makers = _makers(group)
    if not makers:
        doubts.append(f"{group.id} names neither a launch template nor a launch configuration")
    for maker in makers:
        try:
            sources.append(_source(inventory, maker))
        except Undecided as doubt:
            doubts.append(doubt.reason)
    public = [source for source in sources if source.says is True]
    because = [f"{source.name} has AssociatePublicIpAddress true" for source in public]
    cures = [source.cure for source in public]
    left = [source for source in sources if source.says is None]
    if left:
        try:
            subnets = _mapping_subnets(inventory, group)
        except Undecided as doubt:
            doubts.append(doubt.reason)
            subnets = []
        if subnets:
            because += [f"{source.name} leaves it to the subnet" for source in left]
            because += [f"{subnet.id} has MapPublicIpOnLaunch true" for subnet in subnets]
            cures += [
                f"aws ec2 modify-subnet-attribute --subnet-id {word(subnet.id)} --no-map-public-ip-on-launch"
                for subnet in subnets
            ]
    if not because:
        return Unsure(group, doubts[0]) if doubts else Clear(group, "its instances get no public IPv4 address")
    return _flag(group, because, cures)


def _flag(group: Resource, because: list[str], cures: list[str]) -> Flag:
    is_off = group.get("MaxSize") == 0
    message = f"the auto-scaling group {group.id} launches instances with a public IPv4 address"
    if is_off:
        message = (
            f"the auto-scaling group {group.id} would launch instances with a public IPv4 address, but may have none"
        )
        because = [*because, "MaxSize is 0"]
    running = [
        str(one.get("InstanceId")) for one in structures(group, "Instances") if isinstance(one.get("InstanceId"), str)
    ]
    rest = f"aws autoscaling start-instance-refresh --auto-scaling-group-name {word(group.id)}"
    told = (f"its instances: {listed(running)}",) if running else ()
    return Flag(
        group,
        message,
        (*because, *told),
        severity="low" if is_off else "",
        fix="\n".join((*dict.fromkeys(cures), f"{rest}\nreplaces the instances that have an address already.")),
    )


def _makers(group: Resource) -> list[Mapping[str, Any] | str]:
    """What may launch an instance of a group: launch templates as it names them, or a launch configuration's name."""
    mixed = group.get("MixedInstancesPolicy.LaunchTemplate")
    told = [group.get("LaunchTemplate")]
    if isinstance(mixed, Mapping):
        told.append(mixed.get("LaunchTemplateSpecification"))
        told += [override.get("LaunchTemplateSpecification") for override in structures(mixed, "Overrides")]
    makers: list[Mapping[str, Any] | str] = [one for one in told if isinstance(one, Mapping)]
    configuration = text_of(group, "LaunchConfigurationName")
    return [*makers, configuration] if configuration else makers


def _source(inventory: Inventory, maker: Mapping[str, Any] | str) -> _Source:
    """What one of them says; raises `Undecided` where it was not read."""
    return _configured(inventory, maker) if isinstance(maker, str) else _templated(inventory, maker)


def _templated(inventory: Inventory, told: Mapping[str, Any]) -> _Source:
    version = _version(inventory, told)
    data = version.get("LaunchTemplateData")
    if not isinstance(data, Mapping):
        raise Undecided(f"what the version {version.id} launches is not told")
    said = [one.get("AssociatePublicIpAddress") for one in structures(data, "NetworkInterfaces")]
    cure = (
        f"aws ec2 create-launch-template-version --launch-template-id {word(text_of(version, 'LaunchTemplateId'))}"
        f" --source-version {word(version.get('VersionNumber'))}"
        " --launch-template-data <the same NetworkInterfaces with AssociatePublicIpAddress false>"
    )
    return _Source(
        f"the launch template {version.id}", True if True in said else False if False in said else None, cure
    )


def _configured(inventory: Inventory, name: str) -> _Source:
    found = inventory.find(_CONFIGURATION, name)
    if found is None:
        raise Undecided(f"the launch configuration {name} was not listed")
    says = found.get("AssociatePublicIpAddress")
    cure = (
        "Launch configurations cannot be changed: move the group to a launch template whose network interface has"
        " AssociatePublicIpAddress false."
    )
    return _Source(f"the launch configuration {name}", says if isinstance(says, bool) else None, cure)


def _version(inventory: Inventory, told: Mapping[str, Any]) -> Resource:
    key, name = (
        ("LaunchTemplateId", text_of(told, "LaunchTemplateId"))
        if text_of(told, "LaunchTemplateId")
        else ("LaunchTemplateName", text_of(told, "LaunchTemplateName"))
    )
    versions = inventory.linked(_TEMPLATE, key, name)
    wanted = text_of(told, "Version") or "$Default"
    if wanted == "$Latest":
        numbered = [one for one in versions if isinstance(one.get("VersionNumber"), int)]
        found = max(numbered, key=lambda one: int(one.get("VersionNumber")), default=None)
    elif wanted == "$Default":
        found = next((one for one in versions if one.get("DefaultVersion") is True), None)
    else:
        found = next((one for one in versions if str(one.get("VersionNumber")) == wanted), None)
    if found is None:
        raise Undecided(f"version {wanted} of the launch template {name} was not read")
    return found


def _mapping_subnets(inventory: Inventory, group: Resource) -> list[Resource]:
    """The subnets of a group that give launched instances a public address; default ones where it names none."""
    named = [one.strip() for one in text_of(group, "VPCZoneIdentifier").split(",") if one.strip()]
    doubt = ""
    subnets: list[Resource] = []
    for subnet_id in named:
        subnet = inventory.find(_SUBNET, subnet_id)
        if subnet is None:
            doubt = f"the subnet {subnet_id} cannot be seen from account {inventory.account}"
        else:
            subnets.append(subnet)
    if not named:
        zones = group.items("AvailabilityZones")
        subnets = [
            one
            for one in inventory.of(_SUBNET)
            if one.get("DefaultForAz") is True and one.get("AvailabilityZone") in zones
        ]
    found = [one for one in subnets if one.get("MapPublicIpOnLaunch") is True]
    if doubt and not found:
        raise Undecided(doubt)
    return found
