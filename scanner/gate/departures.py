"""What a change deletes goes from the rows of what exists, with all that goes along with it and all that pointed at it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from scanner.gate.estate import Estate, Row
from scanner.gate.exchange import alike, without_rule
from scanner.gate.ids import default_id, reference
from scanner.gate.mapping.filters import permission
from scanner.gate.mapping.reading import truth, whole
from scanner.gate.planned import Planned, Unread

_VPC, _SUBNET, _GROUP = "AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::SecurityGroup"
_ACL, _TABLE, _INTERFACE = "AWS::EC2::NetworkAcl", "AWS::EC2::RouteTable", "AWS::EC2::NetworkInterface"
_GATEWAY, _ADDRESS, _RULE = "AWS::EC2::InternetGateway", "AWS::EC2::EIP", "AWS::EC2::SecurityGroupRule"
_VPN, _INSTANCE, _TEMPLATE = "AWS::EC2::VPNGateway", "AWS::EC2::Instance", "AWS::EC2::LaunchTemplate"
_BALANCER, _LISTENER = "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::Listener"
_WAYS = ("GatewayId", "NatGatewayId", "InstanceId", "NetworkInterfaceId", "TransitGatewayId", "VpcPeeringConnectionId",
         "EgressOnlyInternetGatewayId", "CarrierGatewayId")  # fmt: skip
_TRANSIT = "AWS::EC2::TransitGatewayRouteTable"


def depart(gone: Iterable[Planned], estate: Estate) -> list[Unread]:
    """Takes away what a change deletes; what of it cannot be told is answered for the gaps."""
    left = []
    for one in gone:
        part = _PARTS.get(one.type)
        if part is not None:
            if not part(one, estate):
                why = "what it takes away is not told; make the change set with --include-property-values"
                left.append(
                    Unread(one.place.find(()), f"the deletion of {one.address} ({one.type})", why, _KINDS[one.type])
                )
        else:
            remove(one.type, one.id, estate)
    return left


def remove(kind: str, id_: str, estate: Estate) -> None:
    """Takes one resource away, with its interfaces and whatever AWS makes and deletes along with it."""
    if kind == _TEMPLATE:
        for known in [one for one in estate.rows.get(kind, {}) if one.partition(":")[0] == id_]:
            del estate.rows[kind][known]
        return
    if estate.rows.get(kind, {}).pop(id_, None) is None:
        return
    for interface in estate.held.get(id_, ()):
        remove(_INTERFACE, interface, estate)
    follow = _FOLLOWERS.get(kind)
    if follow is not None:
        follow(id_, estate)
    _drop_routes(estate, id_)


def _after_vpc(id_: str, estate: Estate) -> None:
    for prefix, own in (("sg", _GROUP), ("acl", _ACL), ("rtb", _TABLE)):
        remove(own, estate.names.get(default_id(prefix, id_), ""), estate)


def _after_subnet(id_: str, estate: Estate) -> None:
    for own in (_TABLE, _ACL):
        _drop(estate, own, "Associations", lambda one: alike(one.get("SubnetId"), id_))


def _after_balancer(id_: str, estate: Estate) -> None:
    for listener in [row.id for row in estate.of(_LISTENER) if alike(row.facts.get("LoadBalancerArn"), id_)]:
        remove(_LISTENER, listener, estate)
    _drop(estate, "AWS::ElasticLoadBalancingV2::TargetGroup", "LoadBalancerArns", lambda one: alike(one, id_))


def _after_address(id_: str, estate: Estate) -> None:
    for row in estate.of(_INTERFACE):
        told = row.facts.get("Association")
        if isinstance(told, Mapping) and alike(told.get("AllocationId"), id_):
            without_address(row)


def _drop_routes(estate: Estate, id_: str) -> None:
    """Routes to what is gone lead nowhere; those that AWS wrote for an endpoint go with it."""
    for table in estate.of(_TABLE):
        routes = table.facts["Routes"]
        if isinstance(routes, list) and any(alike(route.get(way), id_) for route in routes for way in _WAYS):
            table.thaw()
            kept = [
                one
                for one in table.facts["Routes"]
                if not (id_.startswith("vpce-") and alike(one.get("GatewayId"), id_))
            ]
            for route in kept:
                if any(alike(route.get(way), id_) for way in _WAYS):
                    route["State"] = "blackhole"
            table.facts["Routes"] = kept


def _drop(estate: Estate, kind: str, key: str, is_gone: Callable[[Any], bool], *, only: Any = None) -> bool:
    """Takes members out of the lists of a kind, or of one row of it; whether there were any."""
    found = False
    for row in estate.of(kind):
        listed = row.facts.get(key)
        if isinstance(listed, list) and (only is None or alike(row.id, estate.names.get(only, only))):
            kept = [one for one in listed if not is_gone(one)]
            if len(kept) != len(listed):
                row.facts[key] = kept
                found = True
    return found


def _orphans_follow_default(_: str, estate: Estate) -> None:
    """A subnet without a network ACL follows the default one of its VPC."""
    told = [acl.facts["Associations"] for acl in estate.of(_ACL)]
    taken = {one.get("SubnetId") for each in told if isinstance(each, list) for one in each}
    for subnet in estate.of(_SUBNET):
        vpc_id = subnet.facts["VpcId"]
        default = estate.find(_ACL, default_id("acl", vpc_id)) if isinstance(vpc_id, str) else None
        if default is not None and subnet.id not in taken:
            entry = {
                "NetworkAclAssociationId": f"aclassoc-{subnet.id}",
                "NetworkAclId": default.id,
                "SubnetId": subnet.id,
            }
            default.append("Associations", entry)


def _free_addresses(interface: str, estate: Estate) -> None:
    for row in estate.of(_ADDRESS):
        if alike(row.facts.get("NetworkInterfaceId"), interface):
            for key in (
                "AssociationId",
                "NetworkInterfaceId",
                "InstanceId",
                "PrivateIpAddress",
                "NetworkInterfaceOwnerId",
            ):
                row.facts.pop(key, None)


def without_address(row: Row) -> None:
    """An interface loses its public address, and so does the instance that wears it (see `finish_instances`)."""
    row.thaw()
    row.facts.pop("Association", None)
    addresses = row.facts["PrivateIpAddresses"]
    for entry in addresses if isinstance(addresses, list) else ():
        entry.pop("Association", None)
    row.notes["freed"] = True


_FOLLOWERS: Mapping[str, Callable[[str, Estate], None]] = {
    _VPC: _after_vpc,
    _SUBNET: _after_subnet,
    _ACL: _orphans_follow_default,
    _BALANCER: _after_balancer,
    _INTERFACE: _free_addresses,
    _ADDRESS: _after_address,
}
"""What becomes of the others when one of a kind is gone."""


def _text(planned: Planned, name: str) -> str:
    value = planned.properties.get(name)
    return value if isinstance(value, str) else ""


def _rule(key: str, way: str) -> Callable[[Planned, Estate], bool]:
    def drop(planned: Planned, estate: Estate) -> bool:
        rule: Mapping[str, Any] = planned.properties
        group_id: Any = rule.get("GroupId")
        known = estate.find(_RULE, planned.id)
        if known is not None and not isinstance(group_id, str):
            group_id, rule = known.facts.get("GroupId"), _as_property(known.facts, way)
        row = estate.find(_GROUP, reference(group_id, _GROUP))
        if row is None or not isinstance(row.facts.get(key), list):
            return isinstance(group_id, str)
        row.facts[key] = without_rule(row.facts[key], permission(rule, way, estate))
        return True

    return drop


def _as_property(facts: Mapping[str, Any], way: str) -> dict[str, Any]:
    side = "Source" if way == "in" else "Destination"
    other = facts.get("ReferencedGroupInfo")
    return {
        "IpProtocol": facts.get("IpProtocol"),
        "FromPort": facts.get("FromPort"),
        "ToPort": facts.get("ToPort"),
        "CidrIp": facts.get("CidrIpv4"),
        "CidrIpv6": facts.get("CidrIpv6"),
        f"{side}PrefixListId": facts.get("PrefixListId"),
        f"{side}SecurityGroupId": other.get("GroupId") if isinstance(other, Mapping) else None,
    }


_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")


def _route(planned: Planned, estate: Estate) -> bool:
    table, ends = _text(planned, "RouteTableId"), [planned.properties.get(name) for name in _DESTINATIONS]
    if not table and "|" in planned.id:
        table, _, end = planned.id.partition("|")
        ends = [end, end, end]
    if not table:
        return False
    _drop(estate, _TABLE, "Routes", lambda one: _matches(one, ends), only=table)
    return True


def _matches(route: Mapping[str, Any], ends: list[Any]) -> bool:
    return any(end is not None and alike(route.get(name), end) for name, end in zip(_DESTINATIONS, ends, strict=True))


def _association(kind: str, id_key: str, owner: str) -> Callable[[Planned, Estate], bool]:
    def drop(planned: Planned, estate: Estate) -> bool:
        subnet, gateway = _text(planned, "SubnetId"), _text(planned, "GatewayId")
        only = planned.properties.get(owner)

        def is_gone(one: Mapping[str, Any]) -> bool:
            if subnet or gateway:
                return alike(one.get("SubnetId" if subnet else "GatewayId"), subnet or gateway)
            return alike(one.get(id_key), planned.id)

        found = _drop(estate, kind, "Associations", is_gone, only=only if isinstance(only, str) else None)
        if kind == _ACL:
            _orphans_follow_default("", estate)
        return found or bool(subnet or gateway) or planned.id.startswith(("rtbassoc-", "aclassoc-"))

    return drop


def _entry(planned: Planned, estate: Estate) -> bool:
    acl, number = _text(planned, "NetworkAclId"), whole(planned.properties.get("RuleNumber"))
    egress = truth(planned.properties.get("Egress"), default=False)
    if not acl:
        return False
    wanted = (number, egress)
    _drop(estate, _ACL, "Entries", lambda one: alike((one.get("RuleNumber"), one.get("Egress")), wanted), only=acl)
    return True


def _attachment(planned: Planned, estate: Estate) -> bool:
    vpc = _text(planned, "VpcId")
    for kind, name, key in ((_GATEWAY, "InternetGatewayId", "Attachments"), (_VPN, "VpnGatewayId", "VpcAttachments")):
        if _text(planned, name):
            _drop(estate, kind, key, lambda one: alike(one.get("VpcId"), vpc), only=_text(planned, name))
    return bool(vpc)


def _address(planned: Planned, estate: Estate) -> bool:
    allocation, interface = _text(planned, "AllocationId"), _text(planned, "NetworkInterfaceId")
    instance, address = _text(planned, "InstanceId"), _text(planned, "EIP")
    for row in estate.of(_ADDRESS):
        held = row.facts.get("NetworkInterfaceId")
        told = (row.facts.get("AssociationId"), row.id, row.facts.get("PublicIp"), held, row.facts.get("InstanceId"))
        wanted = (planned.id, allocation, address, interface, instance)
        is_meant = alike(told[0], wanted[0]) or any(
            mine and alike(one, mine) for one, mine in zip(told[1:], wanted[1:], strict=True)
        )
        if is_meant and isinstance(held, str):
            _free_addresses(held, estate)
            worn = estate.find(_INTERFACE, held)
            if worn is not None:
                without_address(worn)
            return True
    return bool(allocation or interface or instance or address)


def _block(kind: str, owner: str) -> Callable[[Planned, Estate], bool]:
    def drop(planned: Planned, estate: Estate) -> bool:
        only = _text(planned, owner)
        for key, member in (("CidrBlockAssociationSet", "CidrBlock"), ("Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock")):
            block = planned.properties.get(member)
            listed = [one for row in estate.of(kind) for one in row.facts.get(key) or ()]
            gone = [
                one
                for one in listed
                if alike(one.get("AssociationId"), planned.id) or (block is not None and alike(one.get(member), block))
            ]
            _drop(estate, kind, key, partial(_is_among, gone), only=only or None)
        return bool(only)

    return drop


def _is_among(gone: list[Any], one: Any) -> bool:
    return any(one is other for other in gone)


def _policy(planned: Planned, estate: Estate) -> bool:
    name = _text(planned, "PolicyName")
    for kind, key, many, one in (
        ("AWS::IAM::Role", "RolePolicyList", "Roles", "RoleName"),
        ("AWS::IAM::User", "UserPolicyList", "Users", "UserName"),
        ("AWS::IAM::Group", "GroupPolicyList", "Groups", "GroupName"),
    ):
        told = planned.properties.get(many)
        holders = told if isinstance(told, list) else [planned.properties.get(one)]
        for holder in holders:
            if isinstance(holder, str):
                _drop(estate, kind, key, lambda policy: alike(policy.get("PolicyName"), name), only=holder)
    return bool(name)


def _transit(key: str) -> Callable[[Planned, Estate], bool]:
    def drop(planned: Planned, estate: Estate) -> bool:
        table, attached = _text(planned, "TransitGatewayRouteTableId"), _text(planned, "TransitGatewayAttachmentId")
        block, learns = planned.properties.get("DestinationCidrBlock"), planned.type.endswith("Propagation")

        def is_gone(one: Mapping[str, Any]) -> bool:
            if key == "Associations":
                return alike(one.get("TransitGatewayAttachmentId"), attached)
            if not learns:
                return alike(one.get("DestinationCidrBlock"), block)
            ways = one.get("TransitGatewayAttachments")
            listed = ways if isinstance(ways, list) else []
            return one.get("Type") == "propagated" and any(
                alike(way.get("TransitGatewayAttachmentId"), attached) for way in listed
            )

        _drop(estate, _TRANSIT, key, is_gone, only=table)
        return bool(table)

    return drop


_PARTS: Mapping[str, Callable[[Planned, Estate], bool]] = {
    "AWS::EC2::SecurityGroupIngress": _rule("IpPermissions", "in"),
    "AWS::EC2::SecurityGroupEgress": _rule("IpPermissionsEgress", "out"),
    "AWS::EC2::Route": _route,
    "AWS::EC2::SubnetRouteTableAssociation": _association(_TABLE, "RouteTableAssociationId", "RouteTableId"),
    "AWS::EC2::GatewayRouteTableAssociation": _association(_TABLE, "RouteTableAssociationId", "RouteTableId"),
    "AWS::EC2::SubnetNetworkAclAssociation": _association(_ACL, "NetworkAclAssociationId", "NetworkAclId"),
    "AWS::EC2::NetworkAclEntry": _entry,
    "AWS::EC2::VPCGatewayAttachment": _attachment,
    "AWS::EC2::EIPAssociation": _address,
    "AWS::EC2::VPCCidrBlock": _block(_VPC, "VpcId"),
    "AWS::EC2::SubnetCidrBlock": _block(_SUBNET, "SubnetId"),
    **dict.fromkeys(
        ("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy"), _policy
    ),
    "AWS::EC2::TransitGatewayRouteTableAssociation": _transit("Associations"),
    "AWS::EC2::TransitGatewayRouteTablePropagation": _transit("Routes"),
    "AWS::EC2::TransitGatewayRoute": _transit("Routes"),
}
_PRINCIPALS = ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")
_KINDS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(_PARTS, (_TABLE,)),
    "AWS::EC2::SecurityGroupIngress": (_GROUP,),
    "AWS::EC2::SecurityGroupEgress": (_GROUP,),
    "AWS::EC2::SubnetNetworkAclAssociation": (_ACL,),
    "AWS::EC2::NetworkAclEntry": (_ACL,),
    "AWS::EC2::VPCGatewayAttachment": (_GATEWAY, _VPN),
    "AWS::EC2::EIPAssociation": (_ADDRESS, _INTERFACE, _INSTANCE),
    "AWS::EC2::VPCCidrBlock": (_VPC,),
    "AWS::EC2::SubnetCidrBlock": (_SUBNET,),
    **dict.fromkeys(
        ("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy"), _PRINCIPALS
    ),
    "AWS::EC2::TransitGatewayRouteTableAssociation": (_TRANSIT,),
    "AWS::EC2::TransitGatewayRouteTablePropagation": (_TRANSIT,),
    "AWS::EC2::TransitGatewayRoute": (_TRANSIT,),
}
