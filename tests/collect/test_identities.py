"""Users, groups, roles and policies: one question, every page, and documents a rule can read however they came."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from scanner.collect.describe import inventory_from_describe
from scanner.collect.snapshot import load_snapshot, write_snapshot
from scanner.model import GLOBAL, GapReason, Inventory
from tests.collect.conftest import ACCOUNT, Collect
from tests.loopback import Loopback, Reply, query

CALL = "GetAccountAuthorizationDetails"
USER, GROUP, ROLE, POLICY = KINDS = tuple(f"AWS::IAM::{kind}" for kind in ("User", "Group", "Role", "ManagedPolicy"))
KEYS = dict(zip(("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"), KINDS, strict=True))
TRUST = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
# The resource has an encoded character of its own, which must not be decoded with the document.
ALLOW = {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/a%2Fb+c"}}


def element(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return f"<{name}>{''.join(element(*item) for item in value.items())}</{name}>"
    if isinstance(value, list):
        return f"<{name}>{''.join(element('member', item) for item in value)}</{name}>"
    return f"<{name}>{str(value).lower() if isinstance(value, bool) else value}</{name}>"


def page(answer: dict[str, Any]) -> Reply:
    return query(CALL, "".join(element(*item) for item in answer.items()))


def account(trust: object, allow: object) -> dict[str, Any]:
    """The call's answer with two documents, each in whatever spelling."""
    inline = [{"PolicyName": "inline", "PolicyDocument": allow}]
    versions = [{"VersionId": "v2", "IsDefaultVersion": True, "Document": allow},
                {"VersionId": "v1", "IsDefaultVersion": False, "Document": "%7Bnot json"}]  # fmt: skip
    profile = {"InstanceProfileName": "web", "Roles": [{"RoleName": "web", "AssumeRolePolicyDocument": trust}]}
    return {
        "IsTruncated": False,
        "UserDetailList": [{"UserName": "u", "Arn": "arn:u", "UserPolicyList": inline}],
        "GroupDetailList": [{"GroupName": "g", "Arn": "arn:g", "GroupPolicyList": inline}],
        "RoleDetailList": [
            {"RoleName": "web", "Arn": "arn:web", "AssumeRolePolicyDocument": trust, "InstanceProfileList": [profile], "RolePolicyList": inline}
        ],
        "Policies": [{"PolicyName": "p", "Arn": "arn:aws:iam::1:policy/p", "PolicyVersionList": versions}],
    }  # fmt: skip


def facts(inventory: Inventory) -> dict[str, Any]:
    return {one.arn: dict(one.facts) for kind in KINDS for one in inventory.of(kind)}


def spelt(document: object, spelling: str) -> object:
    text = json.dumps(document)
    return {"encoded": quote(text, safe=""), "text": text, "mapping": document}[spelling]


def test_the_four_kinds_are_one_question_without_a_filter(aws: Loopback, collect: Collect) -> None:
    aws.answer(CALL, page(account(spelt(TRUST, "encoded"), spelt(ALLOW, "encoded"))))
    _, live = collect(*KINDS)
    assert [dict(request.parameters) for request in aws.asked(CALL)] == [
        {"Action": CALL, "Version": "2010-05-08", "MaxItems": "1000"}
    ]
    assert {kind: [one.id for one in live.of(kind)] for kind in KINDS} == {
        USER: ["u"],
        GROUP: ["g"],
        ROLE: ["web"],
        POLICY: ["p"],
    }


@pytest.mark.parametrize("spelling", ["encoded", "text", "mapping"])
def test_documents_of_a_saved_answer_are_those_of_a_live_account(
    aws: Loopback, collect: Collect, tmp_path: Path, spelling: str
) -> None:
    aws.answer(CALL, page(account(spelt(TRUST, "encoded"), spelt(ALLOW, "encoded"))))
    _, live = collect(*KINDS)
    saved = inventory_from_describe(
        account(spelt(TRUST, spelling), spelt(ALLOW, spelling)), account=ACCOUNT, region=GLOBAL
    )
    assert facts(saved) == facts(live)
    [role], [policy] = live.of(ROLE), live.of(POLICY)
    assert role.get("AssumeRolePolicyDocument") == TRUST
    assert role.get("InstanceProfileList")[0]["Roles"][0]["AssumeRolePolicyDocument"] == TRUST
    assert [version["Document"] for version in policy.get("PolicyVersionList")] == [ALLOW, "%7Bnot json"]
    write_snapshot([live], tmp_path / "one.json")
    [stored] = load_snapshot(tmp_path / "one.json")
    assert facts(stored) == facts(live)


def test_a_policy_of_an_endpoint_stays_the_text_it_is() -> None:
    text = json.dumps(ALLOW)
    inventory = inventory_from_describe(
        {"VpcEndpoints": [{"VpcEndpointId": "vpce-1", "PolicyDocument": text}]}, account=ACCOUNT, region="eu-west-1"
    )
    assert inventory.of("AWS::EC2::VPCEndpoint")[0].get("PolicyDocument") == text


def test_an_answer_that_is_cut_off_without_a_marker_is_not_whole(aws: Loopback, collect: Collect) -> None:
    aws.answer(CALL, page({**account(spelt(TRUST, "encoded"), ""), "IsTruncated": True}))
    _, live = collect(*KINDS)
    assert [one.id for one in live.of(ROLE)] == ["web"]
    assert [(gap.reason, gap.detail, gap.kinds) for gap in live.gaps] == [
        (GapReason.UNREADABLE, "no Marker", tuple(sorted(KINDS)))
    ]


def test_policies_are_told_from_those_of_an_organization_by_their_arns() -> None:
    rows = [
        {"PolicyName": "p", "Arn": "arn:aws:iam::aws:policy/p"},
        {"Id": "p-1", "Name": "scp", "Arn": "arn:aws:organizations::1:policy/o-1/service_control_policy/p-1"},
    ]
    inventory = inventory_from_describe({"Policies": rows}, account=ACCOUNT, region=GLOBAL)
    assert [one.id for one in inventory.of(POLICY)] == ["p"]
    assert [one.id for one in inventory.of("AWS::Organizations::Policy")] == ["p-1"]


def test_an_empty_list_of_policies_is_that_of_the_answer_it_stands_in() -> None:
    def known(*others: str) -> frozenset[str] | None:
        answer: dict[str, Any] = {key: [] for key in ("Policies", *others)}
        return inventory_from_describe(answer, account=ACCOUNT, region=GLOBAL).collected

    alone, whole = known(), known("UserDetailList", "GroupDetailList", "RoleDetailList")
    assert alone is not None
    assert whole is not None
    assert POLICY not in alone
    assert set(KINDS) <= whole
    assert "AWS::Organizations::Policy" not in whole
