"""Who may ask what about an organization: its management account, a delegated administrator, any other member, an outsider."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scanner.collect.access import Access, choose_regions, identify_caller
from scanner.collect.account import collect_account
from scanner.mock.account import mocked_account
from scanner.mock.estate.organization import build_organization, session_of
from scanner.mock.organizations import join_organization
from scanner.model import Inventory
from scanner.model.progress import Silent

MANAGEMENT = "999988887777"
ACCOUNT = "123456789012"
ASKED: dict[str, dict[str, str]] = {
    "list_roots": {},
    "list_parents": {"ChildId": ACCOUNT},
    "list_policies": {"Filter": "SERVICE_CONTROL_POLICY"},
    "describe_policy": {"PolicyId": "p-FullAWSAccess"},
    "list_targets_for_policy": {"PolicyId": "p-FullAWSAccess"},
}
KINDS = frozenset(f"AWS::Organizations::{kind}" for kind in ("Organization", "Root", "Account", "Policy"))
ClientOf = Callable[[str], Any]


@pytest.fixture
def client_of() -> Iterator[ClientOf]:
    """Organizations as an account of one mocked process asks for it."""
    with mocked_account() as session:
        sts = session.client("sts")

        def make(account: str) -> Any:
            role = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/auditor", RoleSessionName="auditor")[
                "Credentials"
            ]
            return session.client(
                "organizations",
                aws_access_key_id=role["AccessKeyId"],
                aws_secret_access_key=role["SecretAccessKey"],
                aws_session_token=role["SessionToken"],
            )

        yield make


def codes(client: Any) -> dict[str, str]:
    found = {}
    for operation, request in ASKED.items():
        try:
            getattr(client, operation)(**request)
            found[operation] = "answered"
        except ClientError as error:
            found[operation] = error.response["Error"]["Code"]
    return found


def found_organization(client_of: ClientOf) -> Any:
    management = client_of(MANAGEMENT)
    management.create_organization(FeatureSet="ALL")
    join_organization(ACCOUNT, management=MANAGEMENT, name="workloads")
    return management


def test_an_outsider_hears_that_there_is_no_organization(client_of: ClientOf) -> None:
    client = client_of(ACCOUNT)
    assert set(codes(client).values()) == {"AWSOrganizationsNotInUseException"}
    with pytest.raises(client.exceptions.AWSOrganizationsNotInUseException):
        client.describe_organization()


def test_a_member_knows_the_organization_and_is_refused_the_rest(client_of: ClientOf) -> None:
    found_organization(client_of)
    client = client_of(ACCOUNT)
    assert client.describe_organization()["Organization"]["MasterAccountId"] == MANAGEMENT
    assert set(codes(client).values()) == {"AccessDeniedException"}


def test_the_management_account_is_answered(client_of: ClientOf) -> None:
    assert set(codes(found_organization(client_of)).values()) == {"answered"}


def test_a_delegated_administrator_is_answered_as_the_management_account_is(client_of: ClientOf) -> None:
    management = found_organization(client_of)
    management.register_delegated_administrator(AccountId=ACCOUNT, ServicePrincipal="access-analyzer.amazonaws.com")
    client = client_of(ACCOUNT)
    assert set(codes(client).values()) == {"answered"}
    for operation, request in ASKED.items():
        said = [getattr(one, operation)(**request) for one in (client, management)]
        for answer in said:
            del answer["ResponseMetadata"]
        assert said[0] == said[1]


def test_an_organization_is_forgotten_with_its_account(client_of: ClientOf) -> None:
    found_organization(client_of)
    with mocked_account():
        pass
    from moto.organizations.models import organizations_backends

    organizations_backends[MANAGEMENT]["aws"].reset()
    assert set(codes(client_of(ACCOUNT)).values()) == {"AWSOrganizationsNotInUseException"}


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


@pytest.mark.parametrize("side", ["delegated", "management"])
def test_who_may_ask_reads_the_guardrail_and_the_way_to_the_account(side: str) -> None:
    with mocked_account() as session:
        ids = build_organization(session, delegated=side == "delegated")
        account = read(session if side == "delegated" else session_of(MANAGEMENT, session), KINDS)
    assert account.gaps == ()
    [root] = account.of("AWS::Organizations::Root")
    assert root.get("PolicyTypes") == [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]
    [member] = account.of("AWS::Organizations::Account")
    way = [ids["root"], ids["workloads"], ids["production"]] if side == "delegated" else [ids["root"]]
    assert [above["Id"] for above in member.get("Ancestors")] == way
    targets = {
        policy.get("Name"): {target["TargetId"] for target in policy.get("Targets")}
        for policy in account.of("AWS::Organizations::Policy")
    }
    everybody = {ids["root"], ids["workloads"], ids["production"], "123456789012", MANAGEMENT}
    assert targets == {"FullAWSAccess": everybody, "tunnels-from-the-office": {ids["workloads"]}}
    contents = [json.loads(policy.get("Content")) for policy in account.of("AWS::Organizations::Policy")]
    assert [[statement["Effect"] for statement in content["Statement"]] for content in contents] == [
        ["Allow"],
        ["Deny", "Deny"],
    ]
