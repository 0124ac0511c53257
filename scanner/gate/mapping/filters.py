"""Security groups and network ACLs, with the rules that stand beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.gate.estate import DEFAULT_VPC, Estate
from scanner.gate.ids import reference
from scanner.gate.mapping.networks import SUBNET, VPC
from scanner.gate.mapping.reading import otherwise, structures, tags, text, truth, whole, without_none
from scanner.gate.planned import Open, Planned
from scanner.model import Unknown

GROUP = "AWS::EC2::SecurityGroup"
ACL = "AWS::EC2::NetworkAcl"
PREFIX_LIST = "AWS::EC2::PrefixList"
DEFAULT_EGRESS = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [], "PrefixListIds": [],
                  "UserIdGroupPairs": []}  # fmt: skip
_ALONE = (
    "whether AWS's own rule that allows everything stays beside standalone egress rules is not documented; add an inline"
    " egress rule"
)
_SOURCES = {
    "in": ("SourceSecurityGroupId", "SourceSecurityGroupName", "SourcePrefixListId", "SourceSecurityGroupOwnerId"),
    "out": ("DestinationSecurityGroupId", "", "DestinationPrefixListId", ""),
}


def group(planned: Planned, estate: Estate) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html.

    No `SecurityGroupEgress` at all leaves AWS's default, which allows everything; an empty list means that there is none.
    """
    properties = planned.properties
    egress = properties.get("SecurityGroupEgress")
    facts = {
        "GroupId": planned.id,
        "GroupName": otherwise(text(properties.get("GroupName")), planned.address),
        "Description": otherwise(text(properties.get("GroupDescription")), ""),
        "OwnerId": estate.account,
        "VpcId": _default_vpc(estate) if properties.get("VpcId") is None else reference(properties["VpcId"], VPC),
        "IpPermissions": permissions(properties.get("SecurityGroupIngress"), "in", estate),
        "IpPermissionsEgress": [dict(DEFAULT_EGRESS)] if egress is None else permissions(egress, "out", estate),
        "Tags": tags(planned),
    }
    row = estate.add(GROUP, planned.id, facts, planned)
    row.notes["has_default_egress"] = egress is None


def _default_vpc(estate: Estate) -> str:
    estate.uses_default_vpc = True
    return DEFAULT_VPC


def permissions(rules: Any, way: str, estate: Estate) -> Any:
    """Rules of one direction as AWS lists them, or Unknown where nobody knows how many there are."""
    found = structures(rules)
    return found if isinstance(found, Unknown) else [permission(rule, way, estate) for rule in found]


def permission(rule: Mapping[str, Any], way: str, estate: Estate) -> dict[str, Any]:
    """One rule; what it does not say stays unsaid, so that nobody takes it for more or less than it is."""
    protocol = text(rule.get("IpProtocol"))
    facts: dict[str, Any] = {
        "IpProtocol": protocol.lower() if isinstance(protocol, str) else protocol,
        "IpRanges": [],
        "Ipv6Ranges": [],
        "PrefixListIds": [],
        "UserIdGroupPairs": [],
    }
    if not (isinstance(facts["IpProtocol"], str) and facts["IpProtocol"] == "-1"):
        facts.update(FromPort=whole(rule.get("FromPort")), ToPort=whole(rule.get("ToPort")))
    for key, entry in _ends(rule, way, estate):
        facts[key].append(entry)
    if not any(facts[key] for key in ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs")):
        facts["IpRanges"] = Open("a rule of the group does not say whom it lets through")
    return without_none(facts)


def _ends(rule: Mapping[str, Any], way: str, estate: Estate) -> Iterator[tuple[str, dict[str, Any]]]:
    told = text(rule.get("Description"))
    said = {} if told is None else {"Description": told}
    by_id, by_name, by_list, owner = _SOURCES[way]
    if rule.get("CidrIp") is not None:
        yield "IpRanges", {"CidrIp": text(rule["CidrIp"]), **said}
    if rule.get("CidrIpv6") is not None:
        yield "Ipv6Ranges", {"CidrIpv6": text(rule["CidrIpv6"]), **said}
    if rule.get(by_list) is not None:
        yield "PrefixListIds", {"PrefixListId": reference(rule[by_list], PREFIX_LIST), **said}
    if rule.get(by_id) is not None:
        user = otherwise(text(rule.get(owner)), estate.account)
        yield "UserIdGroupPairs", {"GroupId": reference(rule[by_id], GROUP), "UserId": user, **said}
    elif by_name and rule.get(by_name) is not None:
        yield "UserIdGroupPairs", {"GroupId": _named(rule[by_name], estate), "UserId": estate.account, **said}


def _named(name: Any, estate: Estate) -> Any:
    """A group by its name: Ref of a group without a VPC gives the name, which here is its id."""
    found = reference(name, GROUP)
    if not isinstance(found, str) or estate.find(GROUP, found) is not None:
        return found
    named = [row.id for row in estate.of(GROUP) if row.facts.get("GroupName") == name]
    return named[0] if len(named) == 1 else found


def ingress(planned: Planned, estate: Estate) -> None:
    """A rule that stands beside its group."""
    _standalone(planned, estate, "in", "IpPermissions")


def egress(planned: Planned, estate: Estate) -> None:
    """The same for what goes out; beside AWS's own rule nobody knows what stays."""
    for row in _standalone(planned, estate, "out", "IpPermissionsEgress"):
        if row.notes.get("has_default_egress"):
            row.facts["IpPermissionsEgress"] = Unknown(f"{_ALONE} to {row.id}")


def _standalone(planned: Planned, estate: Estate, way: str, key: str) -> list[Any]:
    properties = planned.properties
    about = properties.get("GroupId")
    group_id = reference(about, GROUP) if about is not None else _named(properties.get("GroupName"), estate)
    if isinstance(group_id, str) and estate.find(GROUP, group_id) is None:
        _outside(estate, group_id)
    rows = list(estate.targets(GROUP, group_id, planned, key))
    for row in rows:
        row.append(key, permission(properties, way, estate))
    return rows


def _outside(estate: Estate, group_id: str) -> None:
    """A group that exists already: what it has besides is unknown, and the rule is judged by itself."""
    why = Unknown(f"the security group {group_id} exists already, and what else it has is not told here")
    is_default = group_id.startswith("sg-default-of-")
    facts: dict[str, Any] = {
        "GroupId": group_id,
        "GroupName": "default" if is_default else why,
        "OwnerId": estate.account,
        "VpcId": group_id.removeprefix("sg-default-of-") if is_default else why,
        "IpPermissions": [],
        "IpPermissionsEgress": [],
        "Tags": [],
    }
    row = estate.add(GROUP, group_id, facts)
    row.notes["is_outside"] = not is_default


def acl(planned: Planned, estate: Estate) -> None:
    """A network ACL; of its own it denies everything."""
    facts = {
        "NetworkAclId": planned.id,
        "VpcId": reference(planned.properties.get("VpcId"), VPC),
        "OwnerId": estate.account,
        "IsDefault": False,
        "Associations": [],
        "Entries": [last_entry(egress=True), last_entry(egress=False)],
        "Tags": tags(planned),
    }
    estate.add(ACL, planned.id, facts, planned)


def last_entry(*, egress: bool, block: str = "0.0.0.0/0", number: int = 32767, action: str = "deny") -> dict[str, Any]:
    """The entry that AWS itself puts at the end of each list."""
    family = "Ipv6CidrBlock" if ":" in block else "CidrBlock"
    return {"Egress": egress, "Protocol": "-1", "RuleAction": action, "RuleNumber": number, family: block}


def acl_entry(planned: Planned, estate: Estate) -> None:
    """One entry of a network ACL."""
    properties = planned.properties
    acl_id = reference(properties.get("NetworkAclId"), ACL)
    ports = properties.get("PortRange")
    for row in estate.targets(ACL, acl_id, planned, "Entries"):
        facts = {
            "Egress": truth(properties.get("Egress"), default=False),
            "Protocol": text(properties.get("Protocol")),
            "RuleAction": text(properties.get("RuleAction")),
            "RuleNumber": whole(properties.get("RuleNumber")),
            "CidrBlock": text(properties.get("CidrBlock")),
            "Ipv6CidrBlock": text(properties.get("Ipv6CidrBlock")),
        }
        if isinstance(ports, Mapping):
            facts["PortRange"] = without_none({"From": whole(ports.get("From")), "To": whole(ports.get("To"))})
        elif ports is not None:
            facts["PortRange"] = ports
        row.append("Entries", without_none(facts))


def acl_association(planned: Planned, estate: Estate) -> None:
    """A subnet follows a network ACL."""
    subnet_id = reference(planned.properties.get("SubnetId"), SUBNET)
    acl_id = reference(planned.properties.get("NetworkAclId"), ACL)
    if isinstance(acl_id, str) and estate.find(ACL, acl_id) is None and estate.find(SUBNET, subnet_id) is not None:
        why = Unknown(f"the network ACL {acl_id} exists already and is not planned here")
        facts = {"NetworkAclId": acl_id, "VpcId": why, "OwnerId": estate.account, "Entries": why, "Associations": []}
        estate.add(ACL, acl_id, facts)
    for row in estate.targets(ACL, acl_id, planned, "Associations"):
        entry = {
            "NetworkAclAssociationId": f"aclassoc-{planned.address}",
            "NetworkAclId": row.id,
            "SubnetId": subnet_id,
        }
        row.append("Associations", entry)


def restricted_default(planned: Planned, estate: Estate) -> None:
    """CDK's custom resource that takes every rule from a VPC's default security group."""
    group_id = reference(planned.properties.get("DefaultSecurityGroupId"), GROUP)
    if isinstance(group_id, str) and estate.find(GROUP, group_id) is None and group_id.startswith("sg-default-of-"):
        _outside(estate, group_id)
    for row in estate.targets(GROUP, group_id, planned, "IpPermissions", "IpPermissionsEgress"):
        row.notes["is_restricted"] = True
