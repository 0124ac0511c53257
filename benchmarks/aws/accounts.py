"""What an account answers about itself: who asks, its identities, its organization, its Regions, its trail's bucket."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from benchmarks.aws.layout import ACCOUNT, MOMENT, Layout

Facts = dict[str, Any]
MANAGEMENT = "111122223333"
"""The account that manages the organization, and the one of the key that a client gets."""

_ORGANIZATION = f"arn:aws:organizations::{MANAGEMENT}:"
_EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
ONLY_MANAGEMENT = frozenset({
    "ListRoots", "ListParents", "ListPolicies", "DescribePolicy", "ListTargetsForPolicy", "ListAccounts",
})  # fmt: skip
"""What Organizations answers to nobody but the management account and whom it names."""


def account_lists(layout: Layout, accounts: tuple[str, ...]) -> dict[tuple[str, str], tuple[str, list[Facts]]]:
    """(service, operation) -> the member its items stand in, and the items."""
    policy = {"Id": "p-FullAWSAccess", "Name": "FullAWSAccess", "Type": "SERVICE_CONTROL_POLICY", "AwsManaged": True,
              "Arn": "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"}  # fmt: skip
    root = {"Id": "r-root", "Name": "Root", "Arn": f"{_ORGANIZATION}root/o-example/r-root",
            "PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]}  # fmt: skip
    return {
        ("ec2", "DescribeRegions"): ("Regions", [_region(name) for name in layout.regions]),
        ("organizations", "ListRoots"): ("Roots", [root]),
        ("organizations", "ListPolicies"): ("Policies", [policy]),
        ("organizations", "ListAccounts"): ("Accounts", [_member(account) for account in accounts]),
        ("organizations", "ListParents"): ("Parents", [{"Id": "r-root", "Type": "ROOT"}]),
        ("organizations", "ListTargetsForPolicy"): (
            "Targets", [{"TargetId": "r-root", "Arn": root["Arn"], "Name": "Root", "Type": "ROOT"}],
        ),
    }  # fmt: skip


def account_singles() -> dict[tuple[str, str], Callable[[Facts], Facts]]:
    """(service, operation) -> what the call is answered with."""
    bucket = f"arn:aws:s3:::trail-{ACCOUNT}"
    delivery = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject",
                "Resource": f"{bucket}/*"}  # fmt: skip
    owner = {"ID": "0123456789abcdef" * 4}
    blocked = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    content = {"PolicySummary": {"Id": "p-FullAWSAccess"}, "Content": json.dumps(_EVERYTHING)}
    answers: dict[tuple[str, str], Facts] = {
        ("sts", "GetCallerIdentity"): {
            "Account": ACCOUNT, "UserId": "AIDAEXAMPLE", "Arn": f"arn:aws:iam::{ACCOUNT}:user/auditor",
        },
        ("iam", "GetAccountAuthorizationDetails"): _authorizations(),
        ("organizations", "DescribeOrganization"): {"Organization": {
            "Id": "o-example", "Arn": f"{_ORGANIZATION}organization/o-example", "FeatureSet": "ALL",
            "MasterAccountId": MANAGEMENT, "MasterAccountArn": f"{_ORGANIZATION}account/o-example/{MANAGEMENT}",
            "MasterAccountEmail": "root@example.com",
            "AvailablePolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}],
        }},
        ("organizations", "DescribePolicy"): {"Policy": content},
        ("s3", "GetBucketPolicy"): {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [delivery]})},
        ("s3", "GetBucketPolicyStatus"): {"PolicyStatus": {"IsPublic": False}},
        ("s3", "GetBucketAcl"): {
            "Owner": owner, "Grants": [{"Grantee": {**owner, "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}],
        },
        ("s3", "GetPublicAccessBlock"): {"PublicAccessBlockConfiguration": dict.fromkeys(blocked, True)},
        ("ec2", "GetSerialConsoleAccessStatus"): {"SerialConsoleAccessEnabled": False},
        ("ec2", "DescribeVpcBlockPublicAccessOptions"): {"VpcBlockPublicAccessOptions": {
            "AwsAccountId": ACCOUNT, "InternetGatewayBlockMode": "off", "State": "default-state", "LastUpdateTimestamp": MOMENT,
        }},
        ("cloudfront", "ListVpcOrigins"): {
            "VpcOriginList": {"Marker": "", "MaxItems": 100, "IsTruncated": False, "Quantity": 0, "Items": []},
        },
    }  # fmt: skip
    return {
        **{name: _always(answer) for name, answer in answers.items()},
        ("ec2", "DescribeVpcAttribute"): _vpc_attribute,
    }


def _always(answer: Facts) -> Callable[[Facts], Facts]:
    return lambda _: answer


def _vpc_attribute(asked: Facts) -> Facts:
    name = str(asked["Attribute"])
    return {"VpcId": asked["VpcId"], name[0].upper() + name[1:]: {"Value": True}}


def _region(name: str) -> Facts:
    return {"RegionName": name, "Endpoint": f"ec2.{name}.amazonaws.com", "OptInStatus": "opt-in-not-required"}


def _member(account: str) -> Facts:
    return {"Id": account, "Arn": f"{_ORGANIZATION}account/o-example/{account}", "Name": f"account {account}",
            "Email": f"{account}@example.com", "Status": "ACTIVE", "JoinedMethod": "CREATED",
            "JoinedTimestamp": 1_768_478_400.0}  # fmt: skip


def _authorizations() -> Facts:
    """The lists of GetAccountAuthorizationDetails, which fit on one page."""
    policy_arn = f"arn:aws:iam::{ACCOUNT}:policy/operations"
    tunnel = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["ec2-instance-connect:OpenTunnel", "ec2:Describe*"], "Resource": "*"},
    ]}  # fmt: skip
    version = {"Document": quote(json.dumps(tunnel)), "VersionId": "v1", "IsDefaultVersion": True, "CreateDate": MOMENT}
    attached = [{"PolicyName": "operations", "PolicyArn": policy_arn}]
    return {
        "IsTruncated": False,
        "UserDetailList": [
            {"Path": "/", "UserName": f"person-{one}", "UserId": f"AIDA{one:017d}", "CreateDate": MOMENT,
             "Arn": f"arn:aws:iam::{ACCOUNT}:user/person-{one}", "UserPolicyList": [], "Tags": [],
             "GroupList": ["operations"] if one % 3 == 0 else [], "AttachedManagedPolicies": []}
            for one in range(10)
        ],
        "GroupDetailList": [
            {"Path": "/", "GroupName": "operations", "GroupId": "AGPAEXAMPLE", "CreateDate": MOMENT,
             "Arn": f"arn:aws:iam::{ACCOUNT}:group/operations", "GroupPolicyList": [], "AttachedManagedPolicies": attached}
        ],
        "RoleDetailList": [_role(one) for one in range(25)],
        "Policies": [
            {"PolicyName": "operations", "PolicyId": "ANPAEXAMPLE", "Arn": policy_arn, "Path": "/", "AttachmentCount": 1,
             "DefaultVersionId": "v1", "IsAttachable": True, "CreateDate": MOMENT, "UpdateDate": MOMENT,
             "PermissionsBoundaryUsageCount": 0, "PolicyVersionList": [version]}
        ],
    }  # fmt: skip


def _role(number: int) -> Facts:
    service = ("ec2", "lambda", "ecs-tasks", "cloudtrail", "events")[number % 5]
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ]}  # fmt: skip
    inline = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": f"arn:aws:s3:::data-{number}/*"},
    ]}  # fmt: skip
    return {
        "Path": "/", "RoleName": f"deploy-{number}", "RoleId": f"AROA{number:017d}", "CreateDate": MOMENT,
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/deploy-{number}", "AssumeRolePolicyDocument": quote(json.dumps(trust)),
        "RolePolicyList": [{"PolicyName": "data", "PolicyDocument": quote(json.dumps(inline))}], "InstanceProfileList": [],
        "AttachedManagedPolicies": [], "Tags": [],
    }  # fmt: skip
