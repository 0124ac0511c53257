"""IAM: who there is, and which policies they have."""

from __future__ import annotations

from typing import Any

from scanner.gate.arns import arn_of
from scanner.gate.estate import Estate, Row
from scanner.gate.mapping.reading import first_unknown, listed, otherwise, structures, tags, text, without_none
from scanner.gate.planned import Planned
from scanner.model import Unknown

ROLE = "AWS::IAM::Role"
USER = "AWS::IAM::User"
GROUP = "AWS::IAM::Group"
MANAGED = "AWS::IAM::ManagedPolicy"

# The name of each kind's own list of inline policies, and the property of a policy that names holders of the kind.
_INLINE = {ROLE: "RolePolicyList", USER: "UserPolicyList", GROUP: "GroupPolicyList"}
_NAMES = {ROLE: ("RoleName", "RoleId"), USER: ("UserName", "UserId"), GROUP: ("GroupName", "GroupId")}
_HOLDERS = {ROLE: "Roles", USER: "Users", GROUP: "Groups"}
_HOLDER = {ROLE: "RoleName", USER: "UserName", GROUP: "GroupName"}


def principal(planned: Planned, estate: Estate) -> None:
    """A role, a user or a group."""
    properties = planned.properties
    path = otherwise(text(properties.get("Path")), "/")
    name, id_ = _NAMES[planned.type]
    facts: dict[str, Any] = {
        "Path": path,
        name: planned.id,
        id_: f"planned-{planned.id}",
        "Arn": _arn(planned, estate, path),
        _INLINE[planned.type]: _inline(properties.get("Policies")),
        "AttachedManagedPolicies": _attached(properties.get("ManagedPolicyArns")),
    }
    if planned.type != GROUP:
        facts["Tags"] = tags(planned)
    if planned.type == ROLE:
        facts["AssumeRolePolicyDocument"] = _whole(properties.get("AssumeRolePolicyDocument"))
        facts["InstanceProfileList"] = []
    if planned.type == USER:
        facts["GroupList"] = listed(properties.get("Groups"))
    boundary = text(properties.get("PermissionsBoundary"))
    if boundary is not None:
        facts["PermissionsBoundary"] = {
            "PermissionsBoundaryType": "PermissionsBoundaryPolicy",
            "PermissionsBoundaryArn": boundary,
        }
    estate.add(planned.type, planned.id, without_none(facts), planned)


def _arn(planned: Planned, estate: Estate, path: Any) -> str:
    where = {"partition": estate.partition, "account": estate.account, "region": estate.region}
    return arn_of(planned.type, planned.id, {"Path": path} if isinstance(path, str) else {}, **where)


def _whole(value: Any) -> Any:
    """A document as it is, or Unknown where any part of it is: half a policy is none."""
    found = first_unknown(value)
    return value if found is None else found


def _inline(value: Any) -> Any:
    policies = structures(value)
    if isinstance(policies, Unknown):
        return policies
    return [
        {"PolicyName": text(one.get("PolicyName")), "PolicyDocument": _whole(one.get("PolicyDocument"))}
        for one in policies
    ]


def _attached(value: Any) -> Any:
    arns = listed(value)
    if isinstance(arns, Unknown):
        return arns
    return [_attachment(text(one)) for one in arns]


def _attachment(arn: Any) -> Any:
    return arn if isinstance(arn, Unknown) else {"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn}


def inline_policy(planned: Planned, estate: Estate) -> None:
    """A policy that stands beside whom it belongs to."""
    properties = planned.properties
    entry = {
        "PolicyName": otherwise(text(properties.get("PolicyName")), planned.address),
        "PolicyDocument": _whole(properties.get("PolicyDocument")),
    }
    for kind, key in _INLINE.items():
        holders = listed(properties.get(_HOLDERS[kind]))
        single = properties.get(_HOLDER[kind])
        for row in _held_by(kind, holders if single is None else [single], estate, planned, key):
            row.append(key, entry)


def _held_by(kind: str, names: Any, estate: Estate, planned: Planned, key: str) -> list[Row]:
    each = [names] if isinstance(names, Unknown) else names
    return [row for name in each for row in estate.targets(kind, text(name), planned, key)]


def managed_policy(planned: Planned, estate: Estate) -> None:
    """A managed policy, attached to whom it names."""
    properties = planned.properties
    path = otherwise(text(properties.get("Path")), "/")
    arn = planned.id if planned.id.startswith("arn:") else _arn(planned, estate, path)
    content = _whole(properties.get("PolicyDocument"))
    name = arn.rpartition("/")[2]
    attached = 0
    for kind in _INLINE:
        holders = listed(properties.get(_HOLDERS[kind]))
        for row in _held_by(kind, holders, estate, planned, "AttachedManagedPolicies"):
            row.append("AttachedManagedPolicies", {"PolicyName": name, "PolicyArn": arn})
            attached += 1
    facts = {
        "PolicyName": name,
        "PolicyId": f"planned-{name}",
        "Arn": arn,
        "Path": path,
        "DefaultVersionId": "v1",
        "AttachmentCount": attached,
        "IsAttachable": True,
        "PolicyVersionList": [{"Document": content, "VersionId": "v1", "IsDefaultVersion": True}],
    }
    estate.add(MANAGED, name, facts, planned)


def membership(planned: Planned, estate: Estate) -> None:
    """Users join a group."""
    group = text(planned.properties.get("GroupName"))
    for row in _held_by(USER, listed(planned.properties.get("Users")), estate, planned, "GroupList"):
        row.append("GroupList", group)


def profile(planned: Planned, estate: Estate) -> None:
    """An instance profile: the role that instances wear."""
    arn = _arn(planned, estate, otherwise(text(planned.properties.get("Path")), "/"))
    for row in _held_by(ROLE, listed(planned.properties.get("Roles")), estate, planned, "InstanceProfileList"):
        row.append("InstanceProfileList", {"InstanceProfileName": planned.id, "Arn": arn})
