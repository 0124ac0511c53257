"""Auto-scaling groups and launch configurations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.gate.estate import Estate
from scanner.gate.ids import reference, references
from scanner.gate.mapping.filters import GROUP
from scanner.gate.mapping.machines import TEMPLATE
from scanner.gate.mapping.networks import SUBNET
from scanner.gate.mapping.reading import copied, listed, structure, tags, text, truth, whole, without_none
from scanner.gate.planned import Planned
from scanner.model import Unknown


def launch_configuration(planned: Planned, estate: Estate) -> None:
    """The predecessor of launch templates."""
    properties = planned.properties
    facts = {
        "LaunchConfigurationName": planned.id,
        **copied(planned, "ImageId", "KeyName", "InstanceType", "IamInstanceProfile", "UserData", "MetadataOptions"),
        "SecurityGroups": references(properties.get("SecurityGroups"), GROUP),
        "AssociatePublicIpAddress": truth(properties.get("AssociatePublicIpAddress")),
    }
    estate.add("AWS::AutoScaling::LaunchConfiguration", planned.id, without_none(facts), planned)


def scaling_group(planned: Planned, estate: Estate) -> None:
    """An auto-scaling group; what it will launch is judged by its template and its subnets."""
    properties = planned.properties
    subnets = references(properties.get("VPCZoneIdentifier"), SUBNET)
    unknown = (
        subnets if isinstance(subnets, Unknown) else next((one for one in subnets if isinstance(one, Unknown)), None)
    )
    mixed = structure(properties.get("MixedInstancesPolicy"))
    facts = {
        "AutoScalingGroupName": planned.id,
        "LaunchConfigurationName": text(properties.get("LaunchConfigurationName")),
        "LaunchTemplate": _specification(properties.get("LaunchTemplate"), estate),
        "MixedInstancesPolicy": mixed if isinstance(mixed, Unknown) else _mixed(mixed, estate) or None,
        "MinSize": whole(properties.get("MinSize")),
        "MaxSize": whole(properties.get("MaxSize")),
        "DesiredCapacity": whole(properties.get("DesiredCapacity", properties.get("MinSize"))),
        "VPCZoneIdentifier": unknown if unknown is not None else ",".join(subnets),
        "AvailabilityZones": listed(properties.get("AvailabilityZones")),
        "TargetGroupARNs": listed(properties.get("TargetGroupARNs")),
        "LoadBalancerNames": listed(properties.get("LoadBalancerNames")),
        "Instances": [],
        "Tags": tags(planned),
    }
    estate.add("AWS::AutoScaling::AutoScalingGroup", planned.id, without_none(facts), planned)


def _specification(value: Any, estate: Estate) -> Any:
    told = structure(value)
    if isinstance(told, Unknown) or not told:
        return told if isinstance(told, Unknown) else None
    template_id = reference(told.get("LaunchTemplateId"), TEMPLATE)
    made = {**told, "LaunchTemplateId": template_id, "Version": text(told.get("Version"))}
    for row in estate.of(TEMPLATE):
        if template_id is None and row.facts.get("LaunchTemplateName") == told.get("LaunchTemplateName"):
            made["LaunchTemplateId"] = row.notes["id"]
    return without_none(made)


def _mixed(value: Mapping[str, Any], estate: Estate) -> dict[str, Any]:
    template = structure(value.get("LaunchTemplate"))
    if isinstance(template, Unknown):
        return {**value, "LaunchTemplate": template}
    if not template:
        return dict(value)
    made = {
        **template,
        "LaunchTemplateSpecification": _specification(template.get("LaunchTemplateSpecification"), estate),
    }
    return {**value, "LaunchTemplate": without_none(made)}
