"""The instances of a Region and all its interfaces: patterns of facts in which only numbers are still open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.aws.layout import (
    ACCOUNT,
    GROUPS,
    MOMENT,
    REGION,
    SUBNETS_PER_VPC,
    TIERS,
    UNIT,
    ZONES,
    Layout,
    is_public,
    name_of,
    tags,
)
from benchmarks.aws.networks import (
    block,
    group_in,
    has_connect_endpoint,
    has_nat,
    interface_endpoints,
    subnet_in,
)

Facts = dict[str, Any]
Numbers = Mapping[str, int | str]
STYLES = ("public", "private", "isolated", "stopped")
"""Instances of one style differ in their numbers alone."""

_NAME = f"{UNIT}%(n)09x"
_ADDRESS = "10.%(vpc_block)d.%(c)d.%(d)d"


def style_of(instance: int, layout: Layout) -> str:
    """Which pattern an instance follows."""
    if is_public(instance):
        return "public"
    if instance % 40 == 39:
        return "stopped"
    return TIERS[layout.subnet_of(instance) % SUBNETS_PER_VPC // len(ZONES)]


def numbers_of(instance: int, layout: Layout) -> Numbers:
    """What fills the pattern for one instance."""
    subnet, vpc = layout.subnet_of(instance), layout.vpc_of(instance)
    host = 16 + instance // layout.built
    first = vpc * len(GROUPS)
    return {
        "n": instance, "vpc": vpc, "subnet": subnet, "zone": ZONES[subnet % len(ZONES)], "vpc_block": vpc % 250,
        "c": subnet % SUBNETS_PER_VPC * 16 + host // 250 % 16, "d": 4 + host % 250, "first": first,
        "web": first + GROUPS.index("web"), "application": first + GROUPS.index("application"),
        "database": first + GROUPS.index("database"), "stray": first + GROUPS.index("stray"),
        "p": instance // 5000 % 250, "q": instance // 20 % 250,
    }  # fmt: skip


def reservation(style: str) -> Facts:
    """The reservation of one instance, as DescribeInstances gives it."""
    return {"ReservationId": f"r-{_NAME}", "OwnerId": ACCOUNT, "Groups": [], "Instances": [_instance(style)]}


def interface(style: str) -> Facts:
    """An instance's interface, as DescribeNetworkInterfaces gives it."""
    return {
        **_shared_interface(style), "AvailabilityZone": f"{REGION}%(zone)s", "RequesterId": ACCOUNT,
        "RequesterManaged": False, "TagSet": [], "DenyAllIgwTraffic": False,
        "Attachment": {**_attachment(), "InstanceId": f"i-{_NAME}", "InstanceOwnerId": ACCOUNT},
    }  # fmt: skip


def other_interfaces(layout: Layout) -> Iterator[Facts]:
    """The interfaces of NAT gateways and of endpoints."""
    for vpc in range(1, layout.vpcs):
        if has_nat(vpc):
            name, public = name_of("eni-nat", vpc), {"PublicIp": f"54.64.{vpc}.1", "IpOwnerId": ACCOUNT}
            yield _requested(vpc, name, "nat_gateway", "public", 5, [], association=public)
        for number, _ in enumerate(interface_endpoints(vpc), start=1):
            name = name_of("eni-vpce", 8 * vpc + number)
            yield _requested(vpc, name, "vpc_endpoint", "private", 5 + number, ["endpoints"])
        if has_connect_endpoint(vpc):
            name = name_of("eni-eice", vpc)
            yield _requested(vpc, name, "ec2_instance_connect_endpoint", "private", 4, ["connect"])


def _requested(
    vpc: int, name: str, kind: str, tier: str, host: int, groups: list[str], *, association: Facts | None = None
) -> Facts:
    address = f"{block(vpc)}.{TIERS.index(tier) * len(ZONES) * 16}.{host}"
    bound = {"Association": association} if association else {}
    return {
        "NetworkInterfaceId": name, "InterfaceType": kind, "VpcId": name_of("vpc", vpc), "Description": kind,
        "SubnetId": subnet_in(vpc, tier), "OwnerId": ACCOUNT, "Status": "in-use", "RequesterManaged": True,
        "Groups": [{"GroupId": group_in(vpc, group), "GroupName": group} for group in groups],
        "PrivateIpAddress": address, "PrivateIpAddresses": [{"PrivateIpAddress": address, "Primary": True, **bound}],
        "Ipv6Addresses": [], "SourceDestCheck": kind != "nat_gateway", "AvailabilityZone": f"{REGION}a", "TagSet": [],
        "Attachment": {"AttachmentId": name_of("ela-attach", vpc), "DeviceIndex": 1, "Status": "attached",
                       "InstanceOwnerId": "amazon-aws", "DeleteOnTermination": False}, **bound,
    }  # fmt: skip


def _groups(style: str) -> list[Facts]:
    names = {"public": ("web", "stray"), "isolated": ("database",)}.get(style, ("application",))
    return [{"GroupId": f"sg-{UNIT}%({name})09x", "GroupName": name} for name in names]


def _attachment() -> Facts:
    return {"AttachmentId": f"eni-attach-{_NAME}", "AttachTime": MOMENT, "DeleteOnTermination": True, "DeviceIndex": 0,
            "NetworkCardIndex": 0, "Status": "attached"}  # fmt: skip


def _shared_interface(style: str) -> Facts:
    public = {
        "Association": {"PublicIp": "52.16.%(p)d.%(q)d", "IpOwnerId": "amazon",
                        "PublicDnsName": f"ec2-52-16-%(p)d-%(q)d.{REGION}.compute.amazonaws.com"}
    } if style == "public" else {}  # fmt: skip
    private_name = f"ip-10-%(vpc_block)d-%(c)d-%(d)d.{REGION}.compute.internal"
    return {
        "NetworkInterfaceId": f"eni-{_NAME}", "VpcId": f"vpc-{UNIT}%(vpc)09x", "SubnetId": f"subnet-{UNIT}%(subnet)09x",
        "OwnerId": ACCOUNT, "Status": "in-use", "InterfaceType": "interface", "Description": "",
        "MacAddress": "0a:1b:2c:3d:%(c)02x:%(d)02x", "PrivateDnsName": private_name, "PrivateIpAddress": _ADDRESS,
        "PrivateIpAddresses": [
            {"Primary": True, "PrivateDnsName": private_name, "PrivateIpAddress": _ADDRESS, **public}
        ],
        "Ipv6Addresses": [], "SourceDestCheck": True, "Groups": _groups(style), "Operator": {"Managed": False}, **public,
    }  # fmt: skip


def _instance(style: str) -> Facts:
    is_stopped = style == "stopped"
    public = {"PublicIpAddress": "52.16.%(p)d.%(q)d"} if style == "public" else {}
    profile = {"Arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/application", "Id": "AIPAJ2UCCR6DPCEXAMPLE"}
    role = {"IamInstanceProfile": profile} if style in ("private", "public") else {}
    return {
        **public, **role, **_usual_members(),
        "InstanceId": f"i-{_NAME}", "ClientToken": "%(n)08x-1d50-41a2-a093-91860e2991c8",
        "State": {"Code": 80, "Name": "stopped"} if is_stopped else {"Code": 16, "Name": "running"},
        "StateTransitionReason": "User initiated" if is_stopped else "",
        "VpcId": f"vpc-{UNIT}%(vpc)09x", "SubnetId": f"subnet-{UNIT}%(subnet)09x", "PrivateIpAddress": _ADDRESS,
        "PrivateDnsName": f"ip-10-%(vpc_block)d-%(c)d-%(d)d.{REGION}.compute.internal", "SecurityGroups": _groups(style),
        "NetworkInterfaces": [{**_shared_interface(style), "Attachment": _attachment()}],
        "BlockDeviceMappings": [
            {"DeviceName": f"/dev/xvd{letter}", "Ebs": {"AttachTime": MOMENT, "DeleteOnTermination": True,
             "Status": "attached", "VolumeId": f"vol-{_NAME}"}}
            for letter in "a"
        ],
        "MetadataOptions": {
            "State": "applied", "HttpTokens": "optional" if style == "public" else "required", "HttpEndpoint": "enabled",
            "HttpPutResponseHopLimit": 2, "HttpProtocolIpv6": "disabled", "InstanceMetadataTags": "disabled",
        },
        "Placement": {"AvailabilityZone": f"{REGION}%(zone)s", "AvailabilityZoneId": "use1-az1", "GroupName": "",
                      "Tenancy": "default"},
        "Tags": tags(f"{style}-%(n)d", tier=style, owner="platform@example.com", **{"aws:autoscaling:groupName": "group-%(vpc)d"}),
    }  # fmt: skip


def _usual_members() -> Facts:
    """What all instances have in common; it weighs as much as the rest."""
    return {
        "AmiLaunchIndex": 0, "Architecture": "arm64", "ImageId": "ami-0c101f26f147fa7fd", "InstanceType": "m7g.large",
        "LaunchTime": MOMENT, "Monitoring": {"State": "disabled"}, "ProductCodes": [], "PublicDnsName": "",
        "EbsOptimized": True, "EnaSupport": True, "Hypervisor": "xen", "RootDeviceName": "/dev/xvda",
        "RootDeviceType": "ebs", "SourceDestCheck": True, "VirtualizationType": "hvm",
        "CpuOptions": {"CoreCount": 2, "ThreadsPerCore": 1}, "HibernationOptions": {"Configured": False},
        "CapacityReservationSpecification": {"CapacityReservationPreference": "open"},
        "EnclaveOptions": {"Enabled": False}, "BootMode": "uefi", "CurrentInstanceBootMode": "uefi",
        "PlatformDetails": "Linux/UNIX", "UsageOperation": "RunInstances", "UsageOperationUpdateTime": MOMENT,
        "PrivateDnsNameOptions": {
            "HostnameType": "ip-name", "EnableResourceNameDnsARecord": False, "EnableResourceNameDnsAAAARecord": False,
        },
        "MaintenanceOptions": {"AutoRecovery": "default", "RebootMigration": "default"},
        "NetworkPerformanceOptions": {"BandwidthWeighting": "default"}, "Operator": {"Managed": False},
    }  # fmt: skip
