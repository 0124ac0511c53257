"""Instances, launch templates, auto-scaling groups, interfaces and Elastic IP addresses.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/instance
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.gate.terraform.attributes import Attributes
from scanner.gate.terraform.words.entry import TAGS, Entry, Part, Word, block, blocks, link, links, properties_of
from scanner.gate.terraform.words.filters import GROUP
from scanner.gate.terraform.words.networks import ADDRESS, INSTANCE, INTERFACE, SUBNET
from scanner.model import Unknown

TEMPLATE = "AWS::EC2::LaunchTemplate"
PROFILE = "AWS::IAM::InstanceProfile"
TARGETS = "AWS::ElasticLoadBalancingV2::TargetGroup"
CONFIGURATION = "AWS::AutoScaling::LaunchConfiguration"
SCALING = "AWS::AutoScaling::AutoScalingGroup"

_METADATA: Mapping[str, Word] = {
    "HttpTokens": "http_tokens",
    "HttpEndpoint": "http_endpoint",
    "HttpPutResponseHopLimit": "http_put_response_hop_limit",
}
_SPECIFICATION: Mapping[str, Word] = {
    "LaunchTemplateId": link("id", TEMPLATE),
    "LaunchTemplateName": "name",
    "Version": "version",
}


def _specification(name: str) -> Word:
    """A launch template by its id, or else by its name: Terraform fills in the other one when it knows it."""

    def read(attributes: Attributes) -> Any:
        found = attributes.block(name)
        if found is None or isinstance(found, Unknown):
            return found
        made = properties_of(_SPECIFICATION, found)
        template_id = made.get("LaunchTemplateId")
        if isinstance(template_id, str):
            made.pop("LaunchTemplateName", None)
        elif isinstance(template_id, Unknown) and isinstance(made.get("LaunchTemplateName"), str):
            del made["LaunchTemplateId"]
        return made

    return read


def _interfaces(attributes: Attributes) -> Any:
    """The interfaces that an instance names; since version 6 the first has a block of its own."""
    found: list[dict[str, Any]] = []
    for name in ("primary_network_interface", "network_interface"):
        listed = attributes.blocks(name)
        if isinstance(listed, Unknown):
            return listed
        for one in listed:
            made = properties_of(
                {"NetworkInterfaceId": link("network_interface_id", INTERFACE), "DeviceIndex": "device_index"}, one
            )
            if made.get("NetworkInterfaceId") is not None:
                found.append({"DeviceIndex": "0", **made})
    return found or None


def _groups_by_name(attributes: Attributes) -> Any:
    """`security_groups` are names, or ids that somebody took for them; AWS fills them in as well."""
    if attributes.get("vpc_security_group_ids") is not None:
        return None
    return attributes.links("security_groups", GROUP)


_INSTANCE: Mapping[str, Word] = {
    "ImageId": "ami",
    "InstanceType": "instance_type",
    "KeyName": "key_name",
    "SubnetId": link("subnet_id", SUBNET),
    "SecurityGroupIds": links("vpc_security_group_ids", GROUP),
    "SecurityGroups": _groups_by_name,
    "AssociatePublicIpAddress": "associate_public_ip_address",
    "PrivateIpAddress": "private_ip",
    "SourceDestCheck": "source_dest_check",
    "Ipv6AddressCount": "ipv6_address_count",
    "IamInstanceProfile": link("iam_instance_profile", PROFILE, "name"),
    "NetworkInterfaces": _interfaces,
    "LaunchTemplate": _specification("launch_template"),
    "MetadataOptions": block("metadata_options", _METADATA),
    **TAGS,
}
_TEMPLATE_INTERFACE: Mapping[str, Word] = {
    "AssociatePublicIpAddress": "associate_public_ip_address",
    "DeviceIndex": "device_index",
    "SubnetId": link("subnet_id", SUBNET),
    "Groups": lambda attributes: attributes.links("security_groups", GROUP) or None,
    "NetworkInterfaceId": link("network_interface_id", INTERFACE),
    "PrivateIpAddress": "private_ip_address",
    "InterfaceType": "interface_type",
}


def _tags_of_launched(attributes: Attributes) -> Any:
    found = attributes.get("tags")
    return [{"Key": key, "Value": value} for key, value in found.items()] if isinstance(found, Mapping) else found


_DATA: Mapping[str, Word] = {
    "ImageId": "image_id",
    "InstanceType": "instance_type",
    "KeyName": "key_name",
    "SecurityGroupIds": lambda attributes: _some(attributes.links("vpc_security_group_ids", GROUP)),
    "SecurityGroups": lambda attributes: _some(attributes.links("security_group_names", GROUP)),
    "NetworkInterfaces": blocks("network_interfaces", _TEMPLATE_INTERFACE),
    "IamInstanceProfile": block(
        "iam_instance_profile", {"Name": link("name", PROFILE, "name"), "Arn": link("arn", PROFILE, "arn")}
    ),
    "MetadataOptions": block("metadata_options", _METADATA),
    "TagSpecifications": blocks(
        "tag_specifications",
        {"ResourceType": "resource_type", "Tags": _tags_of_launched},
    ),
}


def _some(value: Any) -> Any:
    """A list, None for an empty one."""
    return value if isinstance(value, Unknown) else value or None


def _elastic_parts(attributes: Attributes) -> Iterator[Part]:
    interface = attributes.link("network_interface", INTERFACE)
    if interface is not None and attributes.get("instance") is None:
        about = {"AllocationId": attributes.own_id, "NetworkInterfaceId": interface}
        yield Part("AWS::EC2::EIPAssociation", about, "network_interface")


def _interface_parts(attributes: Attributes) -> Iterator[Part]:
    found = attributes.blocks("attachment")
    for one in () if isinstance(found, Unknown) else found:
        about = {"NetworkInterfaceId": attributes.own_id, "InstanceId": one.link("instance", INSTANCE)}
        yield Part(
            "AWS::EC2::NetworkInterfaceAttachment", {**about, "DeviceIndex": one.get("device_index")}, "attachment"
        )


def _addresses(attributes: Attributes) -> Any:
    """Private addresses, the first of them the primary one."""
    found = attributes.get("private_ips")
    if not isinstance(found, list) or any(isinstance(one, Unknown) for one in found):
        return None  # AWS chooses them, or nobody knows them yet: there is one at least
    return [{"PrivateIpAddress": one, "Primary": not index} for index, one in enumerate(found)] or None


_MIXED: Mapping[str, Word] = {
    "LaunchTemplateId": link("launch_template_id", TEMPLATE),
    "LaunchTemplateName": "launch_template_name",
    "Version": "version",
}


def _one_template(attributes: Attributes) -> Any:
    """The launch template of a policy or of an override, by its id or else by its name."""
    found = attributes.block("launch_template_specification")
    if found is None or isinstance(found, Unknown):
        return found
    made = properties_of(_MIXED, found)
    if isinstance(made.get("LaunchTemplateId"), str):
        made.pop("LaunchTemplateName", None)
    return made


_OVERRIDE: Mapping[str, Word] = {"InstanceType": "instance_type", "LaunchTemplateSpecification": _one_template}
_POLICY: Mapping[str, Word] = {
    "LaunchTemplate": block(
        "launch_template", {"LaunchTemplateSpecification": _one_template, "Overrides": blocks("override", _OVERRIDE)}
    )
}


ENTRIES: Mapping[str, Entry] = {
    "aws_instance": Entry(INSTANCE, _INSTANCE),
    "aws_spot_instance_request": Entry(INSTANCE, _INSTANCE),
    "aws_network_interface": Entry(
        INTERFACE,
        {
            "SubnetId": link("subnet_id", SUBNET),
            "GroupSet": links("security_groups", GROUP),
            "Description": "description",
            "InterfaceType": "interface_type",
            "SourceDestCheck": "source_dest_check",
            "PrivateIpAddresses": _addresses,
            "Ipv6AddressCount": "ipv6_address_count",
            **TAGS,
        },
        parts=_interface_parts,
    ),
    "aws_network_interface_attachment": Entry(
        "AWS::EC2::NetworkInterfaceAttachment",
        {
            "NetworkInterfaceId": link("network_interface_id", INTERFACE),
            "InstanceId": link("instance_id", INSTANCE),
            "DeviceIndex": "device_index",
        },
    ),
    "aws_eip": Entry(ADDRESS, {"InstanceId": link("instance", INSTANCE), **TAGS}, parts=_elastic_parts),
    "aws_eip_association": Entry(
        "AWS::EC2::EIPAssociation",
        {
            "AllocationId": link("allocation_id", ADDRESS),
            "InstanceId": link("instance_id", INSTANCE),
            "NetworkInterfaceId": link("network_interface_id", INTERFACE),
        },
    ),
    "aws_launch_template": Entry(
        TEMPLATE,
        {"LaunchTemplateName": "name", "LaunchTemplateData": lambda attributes: properties_of(_DATA, attributes)},
    ),
    "aws_launch_configuration": Entry(
        CONFIGURATION,
        {
            "ImageId": "image_id",
            "InstanceType": "instance_type",
            "KeyName": "key_name",
            "SecurityGroups": links("security_groups", GROUP),
            "AssociatePublicIpAddress": "associate_public_ip_address",
            "IamInstanceProfile": link("iam_instance_profile", PROFILE, "name"),
            "MetadataOptions": block("metadata_options", _METADATA),
        },
        name="name",
    ),
    "aws_autoscaling_group": Entry(
        SCALING,
        {
            "LaunchConfigurationName": link("launch_configuration", CONFIGURATION, "name"),
            "LaunchTemplate": _specification("launch_template"),
            "MixedInstancesPolicy": block("mixed_instances_policy", _POLICY),
            "MinSize": "min_size",
            "MaxSize": "max_size",
            "DesiredCapacity": "desired_capacity",
            "VPCZoneIdentifier": links("vpc_zone_identifier", SUBNET),
            "AvailabilityZones": "availability_zones",
            "TargetGroupARNs": links("target_group_arns", TARGETS, "arn"),
            "LoadBalancerNames": links("load_balancers", "AWS::ElasticLoadBalancing::LoadBalancer", "name"),
            "Tags": blocks("tag", {"Key": "key", "Value": "value"}),
        },
        name="name",
    ),
}
