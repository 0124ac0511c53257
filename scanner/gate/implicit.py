"""What AWS makes without being asked: default groups, ACLs and route tables, local routes, the default VPC.

https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
"""

from __future__ import annotations

from typing import Any

from scanner.gate.estate import DEFAULT_VPC, Estate, Row
from scanner.gate.ids import default_id
from scanner.gate.mapping.endpoints import endpoint_routes
from scanner.gate.mapping.filters import ACL, DEFAULT_EGRESS, GROUP, last_entry
from scanner.gate.mapping.networks import INTERNET_GATEWAY, SUBNET, TABLE, VPC
from scanner.gate.mapping.transit import complete_transit
from scanner.model import Unknown

_EVERYTHING_V6 = "::/0"


def add_default_vpc(estate: Estate) -> None:
    """The VPC that AWS made for the Region, as it was made: everything in it is public."""
    if DEFAULT_VPC in estate.names:
        return  # it is there, with an id of AWS's
    block = "172.31.0.0/16"
    associated = {"State": "associated"}
    estate.add(
        VPC,
        DEFAULT_VPC,
        {
            "VpcId": DEFAULT_VPC,
            "CidrBlock": block,
            "CidrBlockAssociationSet": [{"CidrBlock": block, "CidrBlockState": associated}],
            "Ipv6CidrBlockAssociationSet": [],
            "OwnerId": estate.account,
            "State": "available",
            "IsDefault": True,
            "EnableDnsSupport": {"Value": True},
            "EnableDnsHostnames": {"Value": True},
            "Tags": [],
        },
    )
    subnet_id = f"subnet-default-of-{DEFAULT_VPC}"
    estate.add(
        SUBNET,
        subnet_id,
        {
            "SubnetId": subnet_id,
            "VpcId": DEFAULT_VPC,
            "CidrBlock": "172.31.0.0/20",
            "AvailabilityZone": f"{estate.region}a",
            "MapPublicIpOnLaunch": True,
            "AssignIpv6AddressOnCreation": False,
            "Ipv6CidrBlockAssociationSet": [],
            "OwnerId": estate.account,
            "State": "available",
            "DefaultForAz": True,
            "Tags": [],
        },
    )
    gateway = f"igw-default-of-{DEFAULT_VPC}"
    attached = {"VpcId": DEFAULT_VPC, "State": "available"}
    estate.add(INTERNET_GATEWAY, gateway, {"InternetGatewayId": gateway, "Attachments": [attached], "Tags": []})
    table = default_id("rtb", DEFAULT_VPC)
    route = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway, "Origin": "CreateRoute", "State": "active"}
    estate.add(TABLE, table, _main_table(table, DEFAULT_VPC, estate) | {"Routes": [route]})


def drop_unused_vpc(estate: Estate) -> None:
    """Takes the default VPC away again, where nothing goes there."""
    if not estate.uses_default_vpc:
        for rows in estate.rows.values():
            for id_ in [one for one in rows if one == DEFAULT_VPC or one.endswith(f"-default-of-{DEFAULT_VPC}")]:
                del rows[id_]


def complete(estate: Estate) -> None:
    """Everything else, once all that is planned is there."""
    for vpc in estate.of(VPC):
        if vpc.live is not None:
            _follow_default_acl(vpc, estate)
            continue
        _add_default_group(vpc, estate)
        _add_main_table(vpc, estate)
        _add_default_acl(vpc, estate)
    endpoint_routes(estate)
    complete_transit(estate)
    for table in estate.of(TABLE):
        home = estate.rows.get(VPC, {}).get(table.facts["VpcId"]) if isinstance(table.facts["VpcId"], str) else None
        if table.live is None or (home is not None and home.parts):
            _add_local_routes(table.thaw(), estate)
    for group in estate.of(GROUP):
        _finish_group(group, estate)


def _add_default_group(vpc: Row, estate: Estate) -> None:
    group_id = default_id("sg", vpc.id)
    # One that exists already has an id of AWS's own.
    if any(one.facts["GroupName"] == "default" and _same(one.facts["VpcId"], vpc.id) and one.id != group_id
           for one in estate.of(GROUP) if isinstance(one.facts["GroupName"], str)):  # fmt: skip
        return
    own = {"IpProtocol": "-1", "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": [],
           "UserIdGroupPairs": [{"GroupId": group_id, "UserId": estate.account}]}  # fmt: skip
    row = estate.find(GROUP, group_id)
    if row is None:
        facts: dict[str, Any] = {
            "GroupId": group_id,
            "GroupName": "default",
            "Description": "default VPC security group",
            "OwnerId": estate.account,
            "VpcId": vpc.id,
            "IpPermissions": [],
            "IpPermissionsEgress": [],
            "Tags": [],
        }
        row = estate.add(GROUP, group_id, facts)
        row.parts.extend(vpc.parts[:1])
    if not row.notes.get("is_restricted"):
        row.append("IpPermissions", own)
        row.append("IpPermissionsEgress", dict(DEFAULT_EGRESS))
        row.notes["has_default_egress"] = True


def _main_table(table_id: str, vpc_id: str, estate: Estate) -> dict[str, Any]:
    association = {
        "Main": True,
        "RouteTableAssociationId": f"rtbassoc-main-of-{vpc_id}",
        "RouteTableId": table_id,
        "AssociationState": {"State": "associated"},
    }
    return {
        "RouteTableId": table_id,
        "VpcId": vpc_id,
        "OwnerId": estate.account,
        "Associations": [association],
        "PropagatingVgws": [],
        "Routes": [],
        "Tags": [],
    }


def _add_main_table(vpc: Row, estate: Estate) -> None:
    for table in estate.of(TABLE):
        associations = table.facts["Associations"]
        is_here = _same(table.facts["VpcId"], vpc.id) and not isinstance(associations, Unknown)
        if is_here and any(one.get("Main") is True for one in associations):
            return
    table_id = default_id("rtb", vpc.id)
    row = estate.add(TABLE, table_id, _main_table(table_id, vpc.id, estate))
    row.parts.extend(vpc.parts[:1])


def _add_default_acl(vpc: Row, estate: Estate) -> None:
    acl_id = default_id("acl", vpc.id)
    subnets = [row.id for row in estate.of(SUBNET) if _same(row.facts["VpcId"], vpc.id)]
    acls = estate.of(ACL)
    taken: set[str] = set()
    for acl in acls:
        associations = acl.facts["Associations"]
        if not isinstance(associations, Unknown):
            taken |= {one["SubnetId"] for one in associations if isinstance(one["SubnetId"], str)}
    for acl in acls:
        if _same(acl.facts["VpcId"], vpc.id) and acl.facts.get("IsDefault") is True:
            acl.append("Associations", *(_follows(acl.id, one) for one in subnets if one not in taken))
            return
    entries = [last_entry(egress=egress) for egress in (True, False)]
    entries += [last_entry(egress=egress, number=100, action="allow") for egress in (True, False)]
    if _has_ipv6(vpc):
        for number, action in ((32768, "deny"), (101, "allow")):
            entries += [
                last_entry(egress=egress, block=_EVERYTHING_V6, number=number, action=action)
                for egress in (True, False)
            ]
    facts = {
        "NetworkAclId": acl_id,
        "VpcId": vpc.id,
        "OwnerId": estate.account,
        "IsDefault": True,
        "Associations": [_follows(acl_id, one) for one in subnets if one not in taken],
        "Entries": entries,
        "Tags": [],
    }
    row = estate.add(ACL, acl_id, facts)
    row.parts.extend(vpc.parts[:1])


def _has_ipv6(vpc: Row) -> bool:
    """Whether a VPC has, or may have, blocks of IPv6: AWS's additions for them change nothing where there are none."""
    blocks = vpc.facts["Ipv6CidrBlockAssociationSet"]
    return isinstance(blocks, Unknown) or bool(blocks)


def _follows(acl_id: str, subnet_id: str) -> dict[str, str]:
    return {"NetworkAclAssociationId": f"aclassoc-{subnet_id}", "NetworkAclId": acl_id, "SubnetId": subnet_id}


def _follow_default_acl(vpc: Row, estate: Estate) -> None:
    """New subnets of a VPC that exists follow its default ACL, unless they were given another."""
    new = [row.id for row in estate.of(SUBNET) if row.live is None and _same(row.facts["VpcId"], vpc.id)]
    if not new:
        return
    told = [acl.facts["Associations"] for acl in estate.of(ACL)]
    taken = {one.get("SubnetId") for each in told if isinstance(each, list) for one in each}
    default = estate.find(ACL, default_id("acl", vpc.id))
    for subnet_id in new:
        if default is not None and subnet_id not in taken:
            default.append("Associations", _follows(default.id, subnet_id))


def _same(value: Any, wanted: str) -> bool:
    return isinstance(value, str) and value == wanted


def _add_local_routes(table: Row, estate: Estate) -> None:
    vpc = estate.find(VPC, table.facts["VpcId"])
    routes = table.facts["Routes"]
    if vpc is None or isinstance(routes, Unknown):
        if vpc is None and not isinstance(routes, Unknown):
            why = (
                table.facts["VpcId"].why if isinstance(table.facts["VpcId"], Unknown) else "its VPC is not planned here"
            )
            # The local routes are there, whatever they are for.
            table.notes["local"] = why
        return
    for key, member, target in (
        ("CidrBlockAssociationSet", "CidrBlock", "DestinationCidrBlock"),
        ("Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock", "DestinationIpv6CidrBlock"),
    ):
        blocks = vpc.facts[key]
        if isinstance(blocks, Unknown):
            table.facts["Routes"] = blocks
            return
        told = {route.get(target) for route in routes if isinstance(route.get(target), str)}
        for block in blocks:
            if not isinstance(block[member], str) or block[member] not in told:
                routes.insert(
                    0, {target: block[member], "GatewayId": "local", "Origin": "CreateRouteTable", "State": "active"}
                )


def _finish_group(group: Row, estate: Estate) -> None:
    vpc = estate.find(VPC, group.facts["VpcId"])
    if group.notes.get("has_default_egress") and vpc is not None and _has_ipv6(vpc):
        egress = {**DEFAULT_EGRESS, "IpRanges": [], "Ipv6Ranges": [{"CidrIpv6": _EVERYTHING_V6}]}
        group.append("IpPermissionsEgress", egress)
    if group.notes.get("is_outside"):
        rest = Unknown(f"the security group {group.id} exists already, and what else it has is not told here")
        group.append("IpPermissions", {"IpProtocol": rest})
        group.append("IpPermissionsEgress", {"IpProtocol": rest})
