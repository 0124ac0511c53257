"""Accounts in a few words: users, roles, groups, policies and the organization above, as AWS would describe them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scanner.model import Gap, Inventory, Resource, View

ACCOUNT = "111122223333"
NOW = "2026-01-15T12:00:00Z"
OPEN_TUNNEL = "ec2-instance-connect:OpenTunnel"
SEND_KEY = "ec2-instance-connect:SendSSHPublicKey"
PORT = "ec2-instance-connect:remotePort"
DURATION = "ec2-instance-connect:maxTunnelDuration"
ADDRESS = "ec2-instance-connect:privateIpAddress"
MFA = "aws:MultiFactorAuthPresent"
ENDPOINT = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance-connect-endpoint/eice-0a1b2c3d4e5f60718"
FULL_ACCESS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}

Facts = dict[str, Any]


def allow(action: Any = OPEN_TUNNEL, resource: Any = "*", condition: Any = None, **more: Any) -> Facts:
    return _statement("Allow", action, resource, condition, more)


def deny(action: Any = OPEN_TUNNEL, resource: Any = "*", condition: Any = None, **more: Any) -> Facts:
    return _statement("Deny", action, resource, condition, more)


def policy(*statements: Facts, version: str = "2012-10-17") -> Facts:
    return {"Version": version, "Statement": list(statements)}


def user(name: str = "ada", *documents: Any, **facts: Any) -> Facts:
    return {
        "UserName": name, "UserId": f"AIDA{name.upper()}", "Path": "/", "Arn": f"arn:aws:iam::{ACCOUNT}:user/{name}",
        "UserPolicyList": _inline(documents), **_rest(facts),
    }  # fmt: skip


def role(name: str = "ops", *documents: Any, trust: Any = None, path: str = "/", **facts: Any) -> Facts:
    return {
        "RoleName": name, "RoleId": f"AROA{name.upper()}", "Path": path, "Arn": f"arn:aws:iam::{ACCOUNT}:role{path}{name}",
        "AssumeRolePolicyDocument": trust or policy(trusting({"Service": "ec2.amazonaws.com"})),
        "RolePolicyList": _inline(documents), **_rest(facts),
    }  # fmt: skip


def group(name: str, *documents: Any, **facts: Any) -> Facts:
    return {
        "GroupName": name, "Path": "/", "Arn": f"arn:aws:iam::{ACCOUNT}:group/{name}",
        "GroupPolicyList": _inline(documents), **_rest(facts),
    }  # fmt: skip


def trusting(principal: Any, action: Any = "sts:AssumeRole", condition: Any = None) -> Facts:
    found = {"Effect": "Allow", "Principal": principal, "Action": action}
    return found if condition is None else {**found, "Condition": condition}


def managed(arn: str, document: Any, *, version: str = "v3") -> Facts:
    """A managed policy with an older version that allows everything, which is not the default and must not count."""
    return {
        "PolicyName": arn.rpartition("/")[2], "Arn": arn, "DefaultVersionId": version,
        "PolicyVersionList": [
            {"VersionId": "v1", "IsDefaultVersion": False, "Document": FULL_ACCESS},
            {"VersionId": version, "IsDefaultVersion": True, "Document": document},
        ],
    }  # fmt: skip


def policy_arn(name: str, *, owner: str = ACCOUNT) -> str:
    return f"arn:aws:iam::{owner}:policy/{name}"


def organization(*, manager: str = "999988887777", features: str = "ALL") -> Facts:
    return {"Id": "o-a1b2c3d4e5", "Arn": "arn:aws:organizations::999988887777:organization/o-a1b2c3d4e5",
            "FeatureSet": features, "MasterAccountId": manager}  # fmt: skip


def own_account(*ancestors: str) -> Facts:
    kinds = ["ROOT", *["ORGANIZATIONAL_UNIT"] * (len(ancestors) - 1)]
    return {"Id": ACCOUNT, "Ancestors": [{"Id": id_, "Type": kind} for id_, kind in zip(ancestors, kinds, strict=True)]}


def scp(name: str, content: Any, *targets: str, kind: str = "SERVICE_CONTROL_POLICY") -> Facts:
    return {"Id": f"p-{name}", "Name": name, "Type": kind, "AwsManaged": False, "Content": content,
            "Targets": [{"TargetId": target, "Type": "ACCOUNT"} for target in targets]}  # fmt: skip


def account(
    *,
    users: Sequence[Facts] = (),
    roles: Sequence[Facts] = (),
    groups: Sequence[Facts] = (),
    policies: Sequence[Facts] = (),
    organizations: Sequence[Facts] = (),
    members: Sequence[Facts] = (),
    scps: Sequence[Facts] = (),
    others: Mapping[str, Sequence[Facts]] | None = None,
    gaps: Sequence[Gap] = (),
) -> Inventory:
    """An inventory of the whole account, in which everything was handed over but what `gaps` tell."""
    given = {
        "AWS::IAM::User": users, "AWS::IAM::Role": roles, "AWS::IAM::Group": groups, "AWS::IAM::ManagedPolicy": policies,
        "AWS::Organizations::Organization": organizations, "AWS::Organizations::Account": members,
        "AWS::Organizations::Policy": scps, **(others or {}),
    }  # fmt: skip
    names = {"AWS::IAM::User": "UserName", "AWS::IAM::Role": "RoleName", "AWS::IAM::Group": "GroupName"}
    resources = tuple(
        Resource(kind, "aws", ACCOUNT, "global", str(one.get(names.get(kind, "Id"), one.get("Id", ""))),
                 str(one.get("Arn", "")), one)
        for kind, found in given.items() for one in found
    )  # fmt: skip
    return Inventory("aws", ACCOUNT, "global", resources, tuple(gaps), taken_at=NOW, mode="world")


def view(**parts: Any) -> View:
    return View(account(**parts))


def _statement(effect: str, action: Any, resource: Any, condition: Any, more: Facts) -> Facts:
    found: Facts = {"Effect": effect, **more}
    if "NotAction" not in more:
        found["Action"] = action
    if "NotResource" not in more:
        found["Resource"] = resource
    if condition is not None:
        found["Condition"] = condition
    return found


def _inline(documents: Sequence[Any]) -> list[Facts]:
    """Statements become one document; anything else is a document already."""
    if documents and all(isinstance(one, dict) and "Effect" in one for one in documents):
        documents = (policy(*documents),)
    return [{"PolicyName": f"inline{place}", "PolicyDocument": one} for place, one in enumerate(documents, start=1)]


def _rest(facts: Facts) -> Facts:
    """Short words for what hangs on a principal: attached=(arn, …), groups=(name, …), boundary=arn, tags={…}."""
    found: Facts = {
        "AttachedManagedPolicies": [
            {"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in facts.pop("attached", ())
        ]
    }
    if "groups" in facts:
        found["GroupList"] = list(facts.pop("groups"))
    if "boundary" in facts:
        found["PermissionsBoundary"] = {
            "PermissionsBoundaryType": facts.pop("kind", "PermissionsBoundaryPolicy"),
            "PermissionsBoundaryArn": facts.pop("boundary"),
        }
    if "tags" in facts:
        found["Tags"] = [{"Key": key, "Value": value} for key, value in facts.pop("tags").items()]
    return {**found, **facts}
