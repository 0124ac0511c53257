"""What the mocked IAM answers where moto's own has gaps."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scanner.mock.account import mocked_account
from scanner.mock.identities import load_aws_managed_policies

ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]})
ACCOUNT = "123456789012"


@pytest.fixture
def iam(client: Any) -> Any:
    return client("iam")


def listed(iam: Any, key: str) -> Any:
    (found,) = iam.get_account_authorization_details()[key]
    return found


def test_a_user_is_bounded_and_freed_again(iam: Any) -> None:
    iam.create_user(UserName="ci")
    arn = iam.create_policy(PolicyName="look-only", PolicyDocument=ALLOW)["Policy"]["Arn"]
    iam.put_user_permissions_boundary(UserName="ci", PermissionsBoundary=arn)
    boundary = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}
    assert listed(iam, "UserDetailList")["PermissionsBoundary"] == boundary
    assert listed(iam, "Policies")["PermissionsBoundaryUsageCount"] == 1
    iam.delete_user_permissions_boundary(UserName="ci")
    assert "PermissionsBoundary" not in listed(iam, "UserDetailList")
    assert listed(iam, "Policies")["PermissionsBoundaryUsageCount"] == 0


@pytest.mark.parametrize("user", ["ci", "nobody"])
def test_neither_an_unknown_boundary_nor_an_unknown_user_is_accepted(iam: Any, user: str) -> None:
    iam.create_user(UserName="ci")
    arn = f"arn:aws:iam::{ACCOUNT}:policy/gone"
    if user == "nobody":
        arn = iam.create_policy(PolicyName="look-only", PolicyDocument=ALLOW)["Policy"]["Arn"]
    with pytest.raises(ClientError, match="NoSuchEntity"):
        iam.put_user_permissions_boundary(UserName=user, PermissionsBoundary=arn)


def test_a_listed_policy_has_its_name_and_its_id(iam: Any) -> None:
    created = iam.create_policy(PolicyName="p", PolicyDocument=ALLOW)["Policy"]
    found = listed(iam, "Policies")
    assert (found["PolicyName"], found["PolicyId"]) == ("p", created["PolicyId"])


def test_the_service_linked_role_has_the_name_aws_gives_it(iam: Any) -> None:
    role = iam.create_service_linked_role(AWSServiceName="ec2-instance-connect.amazonaws.com")["Role"]
    assert role["RoleName"] == "AWSServiceRoleForEc2InstanceConnect"


def test_a_policy_of_aws_is_there_when_it_is_loaded_and_once() -> None:
    with mocked_account() as session:
        iam = session.client("iam")
        for _ in range(2):
            [arn] = load_aws_managed_policies("PowerUserAccess", account=ACCOUNT)
        assert arn == "arn:aws:iam::aws:policy/PowerUserAccess"
        found = listed(iam, "Policies")
        [version] = found["PolicyVersionList"]
        assert (found["PolicyName"], version["IsDefaultVersion"]) == ("PowerUserAccess", True)
        assert "NotAction" in version["Document"]["Statement"][0]
        with pytest.raises(KeyError):
            load_aws_managed_policies("PowerUser", account=ACCOUNT)
    with mocked_account() as session:
        assert session.client("iam").get_account_authorization_details()["Policies"] == []
