"""What exists already meets what is planned: which facts the plan exchanges, and which stay as AWS has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from scanner.gate.planned import Planned
from scanner.model import Undecided, Unknown

_GROUP, _TABLE, _ACL = "AWS::EC2::SecurityGroup", "AWS::EC2::RouteTable", "AWS::EC2::NetworkAcl"
_VPC, _SUBNET, _BALANCED = "AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::ElasticLoadBalancingV2::TargetGroup"
_TRANSIT = "AWS::EC2::TransitGatewayRouteTable"
_ROLE, _USER, _IAM_GROUP = "AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"

# Lists that a resource itself declares: where the property is written they are exchanged, else they stay.
_DECLARED: Mapping[tuple[str, str], str] = {
    (_GROUP, "IpPermissions"): "SecurityGroupIngress",
    (_GROUP, "IpPermissionsEgress"): "SecurityGroupEgress",
    (_ROLE, "RolePolicyList"): "Policies",
    (_USER, "UserPolicyList"): "Policies",
    (_IAM_GROUP, "GroupPolicyList"): "Policies",
    (_ROLE, "AttachedManagedPolicies"): "ManagedPolicyArns",
    (_USER, "AttachedManagedPolicies"): "ManagedPolicyArns",
    (_IAM_GROUP, "AttachedManagedPolicies"): "ManagedPolicyArns",
    (_USER, "GroupList"): "Groups",
}


def _members(*names: str) -> Callable[[Any], Any]:
    return lambda item: tuple((name, item.get(name)) for name in names if item.get(name) is not None)


def _target(item: Any) -> Any:
    target = item.get("Target")
    return (target.get("Id"), target.get("Port")) if isinstance(target, Mapping) else item


def _attachments(item: Any) -> Any:
    ways = item.get("TransitGatewayAttachments")
    listed = ways if isinstance(ways, list) else []
    return item.get("DestinationCidrBlock"), tuple(one.get("TransitGatewayAttachmentId") for one in listed)


_DESTINATION = _members("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
# Lists whose members are resources of their own: they are added to, and one with the same key takes the other's place.
_GATHERED: Mapping[tuple[str, str], Callable[[Any], Any]] = {
    (_TABLE, "Routes"): _DESTINATION,
    (_TABLE, "Associations"): _members("SubnetId", "GatewayId", "Main"),
    (_ACL, "Entries"): _members("Egress", "RuleNumber"),
    (_ACL, "Associations"): _members("SubnetId"),
    ("AWS::EC2::InternetGateway", "Attachments"): _members("VpcId"),
    ("AWS::EC2::EgressOnlyInternetGateway", "Attachments"): _members("VpcId"),
    ("AWS::EC2::VPNGateway", "VpcAttachments"): _members("VpcId"),
    (_VPC, "CidrBlockAssociationSet"): _members("CidrBlock"),
    (_VPC, "Ipv6CidrBlockAssociationSet"): _members("Ipv6CidrBlock"),
    (_SUBNET, "Ipv6CidrBlockAssociationSet"): _members("Ipv6CidrBlock"),
    (_TRANSIT, "Associations"): _members("TransitGatewayAttachmentId"),
    (_TRANSIT, "Routes"): _attachments,
    (_ROLE, "RolePolicyList"): _members("PolicyName"),
    (_USER, "UserPolicyList"): _members("PolicyName"),
    (_IAM_GROUP, "GroupPolicyList"): _members("PolicyName"),
    (_ROLE, "AttachedManagedPolicies"): _members("PolicyArn"),
    (_USER, "AttachedManagedPolicies"): _members("PolicyArn"),
    (_IAM_GROUP, "AttachedManagedPolicies"): _members("PolicyArn"),
    (_USER, "GroupList"): lambda item: item,
    (_ROLE, "InstanceProfileList"): _members("Arn"),
    (_BALANCED, "LoadBalancerArns"): lambda item: item,
    (_BALANCED, "TargetHealthDescriptions"): _target,
    ("AWS::AutoScaling::AutoScalingGroup", "Instances"): lambda item: item,
    (_GROUP, "IpPermissions"): lambda item: item,
    (_GROUP, "IpPermissionsEgress"): lambda item: item,
}
# What AWS alone says, once the resource is there.
_OWN = frozenset(
    {
        "OwnerId", "RoleId", "UserId", "PolicyId", "CreateDate", "StartLoggingTime", "IsDefault", "DefaultForAz",
        "VersionNumber", "DefaultVersion", "DefaultVersionId", "AttachmentCount", "CreatedTime", "LaunchTemplateName",
        "HomeRegion", "TrailARN", "Arn", "LoadBalancerArn", "TargetGroupArn", "AlarmArn", "ListenerArn", "State",
        "Status", "Attachment", "Description", "RequesterManaged", "RequesterId", "InterfaceType", "OwnerAlias",
    }
)  # fmt: skip
_SAID_BY_THE_PLAN = frozenset({("AWS::Events::Rule", "State"), ("AWS::CloudTrail::EventDataStore", "Status")})


def exchanged(kind: str, live: Mapping[str, Any], facts: Mapping[str, Any], parts: Iterable[Planned]) -> dict[str, Any]:
    """The facts of a resource that exists, once a plan has said what shall become of it.

    A fact that the plan leaves to AWS stays what AWS made of it; one whose property is written and not known becomes unknown.
    """
    properties: dict[str, Any] = {}
    for part in parts:
        properties.update(part.properties)
    written = frozenset(map(id, _unknowns(properties)))
    made = dict(live)
    for key, value in facts.items():
        known = live.get(key)
        if known is None:
            if not (isinstance(value, Unknown) and id(value) not in written):
                made[key] = value
        elif isinstance(known, Unknown):
            made[key] = value
        elif key in _OWN and (kind, key) not in _SAID_BY_THE_PLAN:
            continue
        elif (kind, key) in _DECLARED:
            if properties.get(_DECLARED[kind, key]) is not None:
                made[key] = value
        elif (kind, key) in _GATHERED and isinstance(known, list):
            made[key] = value if isinstance(value, Unknown) else _all_joined(kind, key, known, value)
        else:
            made[key] = _filled(value, known, written)
    return made


def _all_joined(kind: str, key: str, known: list[Any], items: Iterable[Any]) -> list[Any]:
    for item in items:
        known = joined(kind, key, known, item)
    return known


def joined(kind: str, key: str, known: list[Any], item: Any) -> list[Any]:
    """A list with one more member; one that is the same, or stands for the same, gives way or stays."""
    if kind == _GROUP:
        return known if is_admitted(known, item) else [*known, item]
    identify = _GATHERED.get((kind, key), lambda one: one)
    wanted = identify(item)
    result = []
    for one in known:
        if not alike(identify(one), wanted):
            result.append(one)
        elif (kind, key) == (_TABLE, "Routes") and not _same_way(one, item):
            continue
        else:
            return _in_place(known, one, item)
    if first_unknown_in(wanted) and known and key.endswith("CidrBlockAssociationSet"):
        return known  # the block that AWS chose is there already
    return [*result, item]


def _in_place(known: list[Any], old: Any, new: Any) -> list[Any]:
    merged = {**old, **_told(new, old)} if isinstance(old, dict) and isinstance(new, dict) else old
    return [merged if one is old else one for one in known]


_KEPT = frozenset({"NetworkAclAssociationId", "RouteTableAssociationId", "State", "Origin", "TargetHealth", "Arn"})


def _told(new: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value for key, value in new.items() if not (key in old and (key in _KEPT or isinstance(value, Unknown)))
    }


_WAYS = ("GatewayId", "NatGatewayId", "InstanceId", "NetworkInterfaceId", "TransitGatewayId", "VpcPeeringConnectionId",
         "EgressOnlyInternetGatewayId", "CarrierGatewayId", "LocalGatewayId", "CoreNetworkArn")  # fmt: skip


def _same_way(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two routes lead to the same; to an instance AWS also names its interface."""
    told = [name for name in _WAYS if other.get(name) is not None]
    return bool(told) and all(alike(one.get(name), other.get(name)) for name in told)


def is_admitted(permissions: Iterable[Any], rule: Mapping[str, Any]) -> bool:
    """Whether a list of permissions has this very rule already."""
    wanted = list(singles([rule]))
    there = list(singles(permissions))
    return bool(wanted) and all(any(alike(one, other) for other in there) for one in wanted)


_ENDS = {"IpRanges": "CidrIp", "Ipv6Ranges": "CidrIpv6", "PrefixListIds": "PrefixListId", "UserIdGroupPairs": "GroupId"}


def singles(permissions: Iterable[Any]) -> Iterable[tuple[Any, ...]]:
    """Every rule of a list of permissions as (protocol, from, to, sort, end); what cannot be told apart is left out."""
    for permission in permissions:
        if not isinstance(permission, Mapping):
            continue
        for sort, name in _ENDS.items():
            ends = permission.get(sort)
            for end in ends if isinstance(ends, list) else ():
                yield (*_ports(permission), sort, end.get(name))


_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp"}


def _ports(permission: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    protocol = permission.get("IpProtocol")
    name = _PROTOCOLS.get(protocol, protocol) if isinstance(protocol, str) else protocol
    return name, permission.get("FromPort"), permission.get("ToPort")


def without_rule(permissions: list[Any], rule: Mapping[str, Any]) -> list[Any]:
    """Permissions without the ends that a rule names."""
    gone = list(singles([rule]))
    result = []
    for permission in permissions:
        if not isinstance(permission, Mapping):
            result.append(permission)
            continue
        left = dict(permission)
        for sort, name in _ENDS.items():
            ends = permission.get(sort)
            if isinstance(ends, list):
                left[sort] = [
                    one
                    for one in ends
                    if not any(alike((*_ports(permission), sort, one.get(name)), other) for other in gone)
                ]
        if any(left.get(sort) for sort in _ENDS) or not any(permission.get(sort) for sort in _ENDS):
            result.append(left)
    return result


def _filled(value: Any, known: Any, written: frozenset[int]) -> Any:
    """A planned fact in which what AWS has chosen already stands in place of what it would choose."""
    if isinstance(value, Unknown):
        return value if id(value) in written else known
    if isinstance(value, dict) and isinstance(known, Mapping):
        return {**known, **{key: _filled(one, known.get(key, one), written) for key, one in value.items()}}
    if isinstance(value, list) and isinstance(known, list) and len(value) == len(known):
        return [
            _filled(one, other, written) if isinstance(one, (dict, Unknown)) else one
            for one, other in zip(value, known, strict=True)
        ]
    return value


def _unknowns(value: Any) -> Iterable[Unknown]:
    if isinstance(value, Unknown):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _unknowns(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _unknowns(one)


def first_unknown_in(value: Any) -> bool:
    """Whether anything in a value is unknown."""
    return any(True for _ in _unknowns(value))


def alike(one: Any, other: Any) -> bool:
    """Whether two values are the same; nothing is like what nobody knows, but itself."""
    if one is other:
        return True
    if first_unknown_in(one) or first_unknown_in(other):
        return False
    try:
        return bool(one == other)
    except Undecided:
        return False
