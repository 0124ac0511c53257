"""An organization's policies and the way from its root to the account, as far as the account may ask for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.collect.snapshot import load_snapshot, write_snapshot
from scanner.model import GapReason, Inventory, Unknown
from tests.collect.conftest import ACCOUNT, Collect
from tests.loopback import Loopback, Reply, refusal_json, told

ORGANIZATION = "AWS::Organizations::Organization"
MEMBER = "AWS::Organizations::Account"
POLICY = "AWS::Organizations::Policy"
ROOT = "AWS::Organizations::Root"
ALL = (ORGANIZATION, ROOT, MEMBER, POLICY)
ABOUT = {"Id": "o-1", "Arn": "arn:aws:organizations::999999999999:organization/o-1", "MasterAccountId": "999999999999"}
MANAGEMENT_ONLY = ("ListRoots", "ListParents", "ListPolicies")


def parents(id_: str, type_: str, **more: str) -> Reply:
    return told({"Parents": [{"Id": id_, "Type": type_}], **more})


def summary(name: str) -> dict[str, object]:
    arn = f"arn:aws:organizations::999999999999:policy/o-1/service_control_policy/{name}"
    return {"Id": name, "Arn": arn, "Name": name, "Type": "SERVICE_CONTROL_POLICY", "AwsManaged": False}


@pytest.fixture
def organization(aws: Loopback) -> None:
    aws.answer("DescribeOrganization", told({"Organization": ABOUT}))
    aws.answer("ListRoots", told({"Roots": [{"Id": "r-1", "Arn": "arn:r", "PolicyTypes": []}]}))
    aws.answer("ListParents", parents("ou-2", "ORGANIZATIONAL_UNIT"), parents("ou-1", "ORGANIZATIONAL_UNIT"), parents("r-1", "ROOT"))  # fmt: skip


def member_of(inventories: tuple[Inventory, ...]) -> object:
    [member] = inventories[-1].of(MEMBER)
    assert member.id == ACCOUNT
    return member.get("Ancestors")


@pytest.mark.usefixtures("organization")
def test_the_way_leads_from_the_root_down_to_the_account_s_parent(aws: Loopback, collect: Collect) -> None:
    assert member_of(collect(MEMBER)) == [
        {"Id": "r-1", "Type": "ROOT"},
        {"Id": "ou-1", "Type": "ORGANIZATIONAL_UNIT"},
        {"Id": "ou-2", "Type": "ORGANIZATIONAL_UNIT"},
    ]
    assert [request.parameters["ChildId"] for request in aws.asked("ListParents")] == [ACCOUNT, "ou-2", "ou-1"]
    assert aws.asked("ListPolicies") == []


@pytest.mark.usefixtures("organization")
def test_a_parent_may_stand_on_the_second_page(aws: Loopback, collect: Collect) -> None:
    aws.answer("ListParents", told({"Parents": [], "NextToken": "n"}), parents("r-1", "ROOT"))
    assert member_of(collect(MEMBER)) == [{"Id": "r-1", "Type": "ROOT"}]


@pytest.mark.usefixtures("organization")
@pytest.mark.parametrize(
    ("replies", "reason", "detail"),
    [
        ([refusal_json("AccessDeniedException")], GapReason.DENIED, "AccessDeniedException"),
        ([parents("ou-1", "ORGANIZATIONAL_UNIT"), refusal_json("TooManyRequestsException")], GapReason.THROTTLED, "TooManyRequestsException"),
        ([told({"Parents": []})], GapReason.UNREADABLE, "not one of Parents"),
        ([told({})], GapReason.UNREADABLE, "no Parents"),
        ([told({"Parents": [{"Type": "ROOT"}]})], GapReason.UNREADABLE, "Parents lead nowhere"),
        ([parents("ou-1", "ORGANIZATIONAL_UNIT")], GapReason.UNREADABLE, "Parents lead nowhere"),
    ],
    ids=["refused", "refused higher up", "nobody above", "no answer", "no id", "in a circle"],
)  # fmt: skip
def test_a_way_that_cannot_be_followed_to_the_root_is_unknown(
    aws: Loopback, collect: Collect, replies: list[Reply], reason: GapReason, detail: str
) -> None:
    aws.answer("ListParents", *replies)
    inventories = collect(MEMBER)
    assert isinstance(member_of(inventories), Unknown)
    [gap] = inventories[-1].gaps
    assert (gap.call, gap.reason, gap.detail, gap.kinds) == ("organizations:ListParents", reason, detail, (MEMBER,))
    assert gap.resource == f"arn:aws:organizations::{ACCOUNT}:account/{ACCOUNT}"


@pytest.mark.usefixtures("organization")
def test_a_policy_knows_its_text_and_its_targets_of_every_page(aws: Loopback, collect: Collect) -> None:
    aws.answer("ListPolicies", told({"Policies": [], "NextToken": "n"}), told({"Policies": [summary("p-1")]}))
    aws.answer("DescribePolicy", told({"Policy": {"PolicySummary": summary("p-1"), "Content": "{}"}}))
    targets = [{"TargetId": "ou-1", "Type": "ORGANIZATIONAL_UNIT"}, {"TargetId": ACCOUNT, "Type": "ACCOUNT"}]
    aws.answer("ListTargetsForPolicy", told({"Targets": targets[:1], "NextToken": "n"}), told({"Targets": targets[1:]}))
    _, account = collect(POLICY)
    [policy] = account.of(POLICY)
    assert dict(policy.facts) == {**summary("p-1"), "Content": "{}", "Targets": targets}
    assert {request.parameters["Filter"] for request in aws.asked("ListPolicies")} == {"SERVICE_CONTROL_POLICY"}


@pytest.mark.usefixtures("organization")
def test_a_policy_whose_text_is_refused_is_unknown_and_the_others_are_not(aws: Loopback, collect: Collect) -> None:
    aws.answer("ListPolicies", told({"Policies": [summary("p-1")]}))
    aws.answer("DescribePolicy", refusal_json("AccessDeniedException"))
    aws.answer("ListTargetsForPolicy", told({"Targets": []}))
    _, account = collect(POLICY)
    [policy] = account.of(POLICY)
    assert isinstance(policy.get("Content"), Unknown)
    assert policy.get("Targets") == []
    assert account.gaps_of(POLICY) == ()


@pytest.mark.usefixtures("organization")
def test_a_member_account_knows_its_organization_and_may_not_read_its_policies(aws: Loopback, collect: Collect) -> None:
    for call in MANAGEMENT_ONLY:
        aws.answer(call, refusal_json("AccessDeniedException"))
    _, account = collect(*ALL)
    assert [one.get("MasterAccountId") for one in account.of(ORGANIZATION)] == ["999999999999"]
    assert {gap.call: (gap.reason, gap.kinds) for gap in account.gaps} == {
        "organizations:ListRoots": (GapReason.DENIED, (ROOT,)),
        "organizations:ListPolicies": (GapReason.DENIED, (POLICY,)),
        "organizations:ListParents": (GapReason.DENIED, (MEMBER,)),
    }


def test_an_account_outside_every_organization_is_no_member_and_has_no_policies(
    aws: Loopback, collect: Collect
) -> None:
    for call in ("DescribeOrganization", *MANAGEMENT_ONLY):
        aws.answer(call, refusal_json("AWSOrganizationsNotInUseException"))
    _, account = collect(*ALL)
    assert account.gaps == ()
    assert [account.of(kind) for kind in ALL] == [(), (), (), ()]
    assert aws.asked("ListParents") == []


def test_who_may_not_ask_for_the_organization_knows_nothing_of_the_account_in_it(
    aws: Loopback, collect: Collect
) -> None:
    aws.answer("DescribeOrganization", refusal_json("AccessDeniedException"))
    _, account = collect(MEMBER)
    assert [gap.kinds for gap in account.gaps] == [(MEMBER, ORGANIZATION)]


@pytest.mark.usefixtures("organization")
def test_a_snapshot_keeps_what_is_known_and_what_is_not(aws: Loopback, collect: Collect, tmp_path: Path) -> None:
    aws.answer("ListPolicies", told({"Policies": [summary("p-1")]}))
    aws.answer("DescribePolicy", told({"Policy": {"Content": "{}"}}))
    aws.answer("ListTargetsForPolicy", refusal_json("AccessDeniedException"))
    _, live = collect(*ALL)
    write_snapshot([live], tmp_path / "one.json")
    [stored] = load_snapshot(tmp_path / "one.json")
    shown = [[repr(sorted(one.facts.items())) for one in inventory.resources] for inventory in (stored, live)]
    assert shown[0] == shown[1]
    assert stored.gaps == live.gaps
    assert isinstance(stored.of(POLICY)[0].get("Targets"), Unknown)
