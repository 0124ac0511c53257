"""IAM: who there is, and which policies they have.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.gate.terraform.attributes import Attributes
from scanner.gate.terraform.words.entry import TAGS, Entry, Word, blocks, document, link, links
from scanner.gate.terraform.words.machines import PROFILE

ROLE, USER, GROUP, MANAGED = "AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::ManagedPolicy"


def _inline(attributes: Attributes) -> Any:
    return blocks("inline_policy", {"PolicyName": "name", "PolicyDocument": document("policy")})(attributes)  # type: ignore[operator] # it is a function


def _one_role(attributes: Attributes) -> Any:
    role = attributes.link("role", ROLE, "name")
    return None if role is None else [role]


_PRINCIPAL: Mapping[str, Word] = {
    "Path": "path",
    "PermissionsBoundary": link("permissions_boundary", MANAGED, "arn"),
    **TAGS,
}


def _standalone(holder: str, type_name: str) -> Entry:
    words: Mapping[str, Word] = {
        f"{holder.title()}Name": link(holder, type_name, "name"),
        "PolicyName": "name",
        "PolicyDocument": document("policy"),
    }
    return Entry(f"AWS::IAM::{holder.title()}Policy", words)


ENTRIES: Mapping[str, Entry] = {
    "aws_iam_role": Entry(
        ROLE,
        {
            **_PRINCIPAL,
            "AssumeRolePolicyDocument": document("assume_role_policy"),
            "Policies": _inline,
            "ManagedPolicyArns": links("managed_policy_arns", MANAGED, "arn"),
        },
        name="name",
    ),
    "aws_iam_user": Entry(USER, _PRINCIPAL, name="name"),
    "aws_iam_group": Entry(GROUP, {"Path": "path"}, name="name"),
    "aws_iam_policy": Entry(MANAGED, {"Path": "path", "PolicyDocument": document("policy")}, name="name", is_arn=True),
    "aws_iam_role_policy": _standalone("role", ROLE),
    "aws_iam_user_policy": _standalone("user", USER),
    "aws_iam_group_policy": _standalone("group", GROUP),
    "aws_iam_instance_profile": Entry(PROFILE, {"Path": "path", "Roles": _one_role}, name="name"),
    "aws_iam_group_membership": Entry(
        "AWS::IAM::UserToGroupAddition",
        {"GroupName": link("group", GROUP, "name"), "Users": links("users", USER, "name")},
    ),
}
