"""The organization above the estate's account: two units, a guardrail on one, and somebody else who manages it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boto3 import Session

MANAGEMENT = "999988887777"
"""The account that manages the organization; `session_of` opens it."""

_FULL = "p-FullAWSAccess"
_TYPE = "SERVICE_CONTROL_POLICY"
_OFFICE = "203.0.113.0/24"


def build_organization(session: Session, *, delegated: bool = False) -> dict[str, str]:
    """Root, Workloads, Production, and in it the session's account; answers the ids by name.

    The account may not read the organization's policies unless it is `delegated` to administer a service for it.
    """
    from scanner.mock.organizations import join_organization  # noqa: PLC0415 - it loads moto

    account = session.client("sts").get_caller_identity()["Account"]
    client: Any = session_of(MANAGEMENT, session).client("organizations")
    client.create_organization(FeatureSet="ALL")
    root = client.list_roots()["Roots"][0]["Id"]
    client.enable_policy_type(RootId=root, PolicyType=_TYPE)
    join_organization(account, management=MANAGEMENT, name="estate")
    workloads = _unit(client, "Workloads", parent=root)
    production = _unit(client, "Production", parent=workloads)
    client.move_account(AccountId=account, SourceParentId=root, DestinationParentId=production)
    guardrail = client.create_policy(
        Name="tunnels-from-the-office",
        Description="EC2 Instance Connect Endpoint from the office only; trails stay on",
        Type=_TYPE,
        Content=json.dumps(_guardrail()),
    )["Policy"]["PolicySummary"]["Id"]
    client.attach_policy(PolicyId=guardrail, TargetId=workloads)
    if delegated:
        client.register_delegated_administrator(AccountId=account, ServicePrincipal="access-analyzer.amazonaws.com")
    return {"root": root, "workloads": workloads, "production": production, "tunnels-from-the-office": guardrail}


def session_of(account: str, session: Session) -> Session:
    """A session of another account in the same mocked process."""
    from boto3 import Session as Boto3Session  # noqa: PLC0415 - loaded by then, and not before

    role = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
    taken = session.client("sts").assume_role(RoleArn=role, RoleSessionName="estate")["Credentials"]
    return Boto3Session(
        aws_access_key_id=taken["AccessKeyId"],
        aws_secret_access_key=taken["SecretAccessKey"],
        aws_session_token=taken["SessionToken"],
        region_name=session.region_name,
    )


def _unit(client: Any, name: str, *, parent: str) -> str:
    """An organizational unit; AWS attaches the policy that allows everything to a new one, moto does not."""
    unit: str = client.create_organizational_unit(ParentId=parent, Name=name)["OrganizationalUnit"]["Id"]
    client.attach_policy(PolicyId=_FULL, TargetId=unit)
    return unit


def _guardrail() -> dict[str, Any]:
    elsewhere = {"NotIpAddress": {"aws:SourceIp": _OFFICE}}
    tunnels = {"Effect": "Deny", "Action": "ec2-instance-connect:OpenTunnel", "Resource": "*", "Condition": elsewhere}
    trails = {"Effect": "Deny", "Action": ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail"], "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [tunnels, trails]}
