"""The estate's principals as a scan reads them, and the organization above them from both of its sides."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from scanner.collect.access import Access, choose_regions, identify_caller
from scanner.collect.account import collect_account
from scanner.mock.account import mocked_account
from scanner.mock.estate import seed
from scanner.mock.estate.organization import MANAGEMENT
from scanner.model import GapReason, Inventory, Resource, Unknown
from scanner.model.progress import Silent

KINDS = frozenset(f"AWS::IAM::{kind}" for kind in ("User", "Group", "Role", "ManagedPolicy"))
ORGANIZATION = frozenset(f"AWS::Organizations::{kind}" for kind in ("Organization", "Root", "Account", "Policy"))
OPEN = "ec2-instance-connect:OpenTunnel"


def read(session: Any, kinds: frozenset[str]) -> Inventory:
    """What a scan makes of the account itself."""
    caller = identify_caller(session, Access())
    return collect_account(
        session,
        caller=caller,
        regions=choose_regions(session, caller, ("eu-west-1",), Access()),
        kinds=kinds,
        access=Access(),
        progress=Silent(),
        taken_at="2026-01-15T12:00:00Z",
    )[-1]


@pytest.fixture(scope="module")
def estate() -> Iterator[tuple[Inventory, dict[str, str]]]:
    with mocked_account() as session:
        ids = seed(session)
        yield read(session, KINDS | ORGANIZATION), ids


@pytest.fixture(scope="module")
def account(estate: tuple[Inventory, dict[str, str]]) -> Inventory:
    return estate[0]


def one(account: Inventory, kind: str, name: str) -> Resource:
    (found,) = [resource for resource in account.of(f"AWS::IAM::{kind}") if resource.id == name]
    return found


def attached(principal: Resource) -> list[str]:
    return [policy["PolicyName"] for policy in principal.get("AttachedManagedPolicies")]


def statements(account: Inventory, policy: str) -> list[dict[str, Any]]:
    """Those of the default version."""
    (document,) = [
        version["Document"]
        for version in one(account, "ManagedPolicy", policy).get("PolicyVersionList")
        if version["IsDefaultVersion"]
    ]
    found: list[dict[str, Any]] = document["Statement"]
    return found


def test_every_principal_is_read_whole_from_one_answer(account: Inventory) -> None:
    names = {kind: sorted(found.id for found in account.of(f"AWS::IAM::{kind}")) for kind in ("User", "Group", "Role")}
    assert names == {
        "User": ["alice", "ben", "ci"],
        "Group": ["interns", "operators"],
        "Role": [
            "AWSReservedSSO_NetworkOperators_0123456789abcdef",
            "AWSServiceRoleForEc2InstanceConnect",
            "administrator",
            "console-rescue",
            "contractor",
            "deployer",
            "developer",
            "host",
            "on-call",
            "session-user",
            "spoke-operator",
            "support-desk",
        ],
    }
    assert [account.gaps_of(kind) for kind in sorted(KINDS)] == [(), (), (), ()]


@pytest.mark.parametrize(
    ("role", "policies"),
    [
        ("administrator", ["AdministratorAccess"]),
        ("developer", ["PowerUserAccess"]),
        ("deployer", ["EC2InstanceConnect"]),
        ("support-desk", ["any-tunnel"]),
        ("contractor", ["any-tunnel"]),
        ("spoke-operator", ["spoke-tunnel"]),
        ("host", ["AmazonSSMManagedInstanceCore"]),
        ("AWSServiceRoleForEc2InstanceConnect", ["Ec2InstanceConnectEndpoint"]),
    ],
)
def test_what_a_role_may_is_among_the_policies_that_are_read(
    account: Inventory, role: str, policies: list[str]
) -> None:
    assert attached(one(account, "Role", role)) == policies
    for policy in policies:
        assert statements(account, policy)


def test_the_wide_policy_has_no_condition_and_the_limited_one_every_one(
    estate: tuple[Inventory, dict[str, str]],
) -> None:
    account, ids = estate
    wide = statements(account, "any-tunnel")[0]
    assert (OPEN in wide["Action"], wide["Resource"], "Condition" in wide) == (True, "*", False)
    tunnel, push, _ = statements(account, "spoke-tunnel")
    assert tunnel["Resource"].endswith(f":instance-connect-endpoint/{ids['spoke-connect']}")
    keys = {key.partition(":")[2]: value for test in tunnel["Condition"].values() for key, value in test.items()}
    assert keys == {"remotePort": "22", "privateIpAddress": "10.20.0.0/16", "maxTunnelDuration": "3600"}
    assert push["Condition"] == {"StringEquals": {"ec2:osuser": "ec2-user"}}
    assert [arn.rpartition("/")[2] for arn in push["Resource"]] == [ids["orders"], ids["stock"]]


def test_the_first_version_of_the_limited_policy_was_wide_and_counts_no_more(account: Inventory) -> None:
    policy = one(account, "ManagedPolicy", "spoke-tunnel")
    versions = {version["VersionId"]: version["IsDefaultVersion"] for version in policy.get("PolicyVersionList")}
    assert (versions, policy.get("DefaultVersionId")) == ({"v1": False, "v2": True}, "v2")


def test_boundaries_hold_a_role_and_a_user(account: Inventory) -> None:
    bounded = {
        found.id: found.get("PermissionsBoundary.PermissionsBoundaryArn", "").rpartition("/")[2]
        for kind in ("AWS::IAM::Role", "AWS::IAM::User")
        for found in account.of(kind)
        if found.get("PermissionsBoundary")
    }
    assert bounded == {"contractor": "look-only", "ci": "look-only"}
    assert OPEN not in json.dumps(statements(account, "look-only"))


def test_one_user_is_denied_by_a_group_and_the_other_only_with_a_session_that_knows_mfa(account: Inventory) -> None:
    assert [one(account, "User", name).get("GroupList") for name in ("alice", "ben", "ci")] == [
        ["operators"],
        ["operators", "interns"],
        [],
    ]
    denials = {
        group.id: policy["PolicyDocument"]["Statement"][0]
        for group in account.of("AWS::IAM::Group")
        for policy in group.get("GroupPolicyList")
    }
    assert {name: (found["Effect"], found.get("Condition")) for name, found in denials.items()} == {
        "operators": ("Deny", {"Bool": {"aws:MultiFactorAuthPresent": "false"}}),
        "interns": ("Deny", None),
    }
    assert one(account, "User", "alice").tags == {"team": "network"}


def test_roles_of_people_services_and_identity_center_differ_in_who_may_take_them_on(account: Inventory) -> None:
    def trusted(name: str) -> Any:
        return one(account, "Role", name).get("AssumeRolePolicyDocument")["Statement"][0]["Principal"]

    assert trusted("support-desk") == {"AWS": f"arn:aws:iam::{account.account}:root"}
    assert trusted("host") == {"Service": "ec2.amazonaws.com"}
    assert trusted("AWSServiceRoleForEc2InstanceConnect") == {"Service": ["ec2-instance-connect.amazonaws.com"]}
    reserved = one(account, "Role", "AWSReservedSSO_NetworkOperators_0123456789abcdef")
    assert list(trusted(reserved.id)) == ["Federated"]
    assert reserved.get("Path") == "/aws-reserved/sso.amazonaws.com/eu-west-1/"


def test_three_instances_run_with_the_profile_of_a_role(estate: tuple[Inventory, dict[str, str]]) -> None:
    account, ids = estate
    [profile] = one(account, "Role", "host").get("InstanceProfileList")
    assert profile["Arn"] == ids["host-profile"]


def test_the_account_is_a_member_and_may_not_read_what_its_organization_forbids(account: Inventory) -> None:
    [organization] = account.of("AWS::Organizations::Organization")
    assert organization.get("MasterAccountId") == MANAGEMENT
    [member] = account.of("AWS::Organizations::Account")
    assert isinstance(member.get("Ancestors"), Unknown)
    assert {(gap.call, gap.reason) for gap in account.gaps} == {
        (f"organizations:{call}", GapReason.DENIED) for call in ("ListRoots", "ListPolicies", "ListParents")
    }
