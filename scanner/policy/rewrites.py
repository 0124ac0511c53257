"""The commands that put another document in the place of one that lets too much through."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from scanner.policy.licence_answers import Wide
from scanner.policy.principals import GROUP, MANAGED_POLICY, ROLE, USER, Principal

_PUT = {USER: ("put-user-policy", "--user-name"), GROUP: ("put-group-policy", "--group-name"), ROLE: ("put-role-policy", "--role-name")}  # fmt: skip
_DETACH = {USER: ("detach-user-policy", "--user-name"), GROUP: ("detach-group-policy", "--group-name"), ROLE: ("detach-role-policy", "--role-name")}  # fmt: skip
_PUT_IN_SET = (
    "aws sso-admin put-inline-policy-to-permission-set --instance-arn <ARN> --permission-set-arn <ARN>"
    " --inline-policy file://policy.json"
)
_OF_AWS = ":iam::aws:policy/"


def rewrite(wide: Wide, statement: Mapping[str, Any], *, why: str) -> str:
    """How to narrow a document: what to write, and the command that puts it there.

    AWS's own policies cannot be changed: there it is a policy of one's own in their place.
    """
    lines = [f"{why}:", json.dumps(statement, ensure_ascii=False)]
    if wide.holder.kind == MANAGED_POLICY and _OF_AWS in wide.holder.arn:
        lines.append(
            "AWS's own policy cannot be changed. Give those who need it a policy of your own, and take this one away:"
        )
        return "\n".join([*lines, *_detached(wide)])
    return "\n".join([*lines, *_written(wide)])


def _written(wide: Wide) -> list[str]:
    if wide.holder.kind == MANAGED_POLICY:
        arn = shlex.quote(wide.holder.arn)
        return [
            f"aws iam create-policy-version --policy-arn {arn} --policy-document file://policy.json --set-as-default"
        ]
    if Principal(wide.holder).is_identity_center:
        return [
            "The role belongs to IAM Identity Center; what it may is written in its permission set:",
            _PUT_IN_SET,
        ]
    command, option = _PUT[wide.holder.kind]
    names = dict.fromkeys(reach.licence.statement.place.document for reach in wide.reaches)
    return [
        f"aws iam {command} {option} {shlex.quote(wide.holder.id)} --policy-name {shlex.quote(name)}"
        " --policy-document file://policy.json"
        for name in names
    ]


def _detached(wide: Wide) -> list[str]:
    """The first of those who have it directly; a user's may come through a group."""
    principal = wide.reaches[0].principals[0].resource
    arns = {str(one.get("PolicyArn")) for one in principal.items("AttachedManagedPolicies") if isinstance(one, Mapping)}
    if wide.holder.arn not in arns:
        return [f"aws iam list-entities-for-policy --policy-arn {shlex.quote(wide.holder.arn)}"]
    command, option = _DETACH[principal.kind]
    return [f"aws iam {command} {option} {shlex.quote(principal.id)} --policy-arn {shlex.quote(wide.holder.arn)}"]
