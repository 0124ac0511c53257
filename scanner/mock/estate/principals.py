"""Who may do what in the estate: one principal for every way in which a policy is too wide, right, or not what it seems."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from scanner.mock.estate.builder import Builder

_AWS_OWN = (
    "AdministratorAccess",
    "PowerUserAccess",
    "EC2InstanceConnect",
    "AmazonSSMManagedInstanceCore",
    "Ec2InstanceConnectEndpoint",
)
_OPEN = "ec2-instance-connect:OpenTunnel"
_PUSH = "ec2-instance-connect:SendSSHPublicKey"
_CONSOLE = "ec2-instance-connect:SendSerialConsoleSSHPublicKey"
_DESCRIBE = ["ec2:DescribeInstances", "ec2:DescribeInstanceConnectEndpoints"]
_MFA = "aws:MultiFactorAuthPresent"

Statement = Mapping[str, Any]


def build_principals(builder: Builder) -> None:
    """Users, groups and roles of every kind, their policies, and the profile that three instances run with."""
    people = _Principals(builder)
    people.build_roles_of_aws()
    people.build_roles_of_people()
    people.build_bounded_role()
    people.build_identity_center_role()
    people.build_hosts()
    people.build_users()


def allow(actions: str | Sequence[str], resource: str | Sequence[str], **condition: Mapping[str, Any]) -> Statement:
    """An Allow statement; the operators of its condition are keywords."""
    return _statement("Allow", actions, resource, condition)


def deny(actions: str | Sequence[str], resource: str | Sequence[str], **condition: Mapping[str, Any]) -> Statement:
    """A Deny statement."""
    return _statement("Deny", actions, resource, condition)


class _Principals:
    """The verbs of IAM, each with the names this estate uses."""

    def __init__(self, builder: Builder) -> None:
        from scanner.mock.identities import load_aws_managed_policies  # noqa: PLC0415 - it loads moto

        self._builder = builder
        self._iam: Any = builder.session.client("iam")
        self._account: str = builder.session.client("sts", region_name=builder.region).get_caller_identity()["Account"]
        self._own = load_aws_managed_policies(*_AWS_OWN, account=self._account)
        self._ec2 = f"arn:aws:ec2:{builder.region}:{self._account}"

    def build_roles_of_aws(self) -> None:
        """The two AWS-managed policies that grant everything without naming anything, and one that names too little."""
        self._role("administrator", attach=["AdministratorAccess"])
        self._role("developer", attach=["PowerUserAccess"])
        self._role("deployer", attach=["EC2InstanceConnect"])
        self._iam.create_service_linked_role(AWSServiceName="ec2-instance-connect.amazonaws.com")
        name = "AWSServiceRoleForEc2InstanceConnect"
        self._iam.attach_role_policy(RoleName=name, PolicyArn=self._named("Ec2InstanceConnectEndpoint"))
        self._builder.keep(name, identity=self._iam.get_role(RoleName=name)["Role"]["Arn"])

    def build_roles_of_people(self) -> None:
        """From every tunnel without a condition to the one that is limited in every way AWS offers."""
        anywhere = f"{self._ec2}:instance-connect-endpoint/*"
        wide = [allow([_OPEN, _PUSH], "*"), allow(_DESCRIBE, "*")]
        limited = [
            allow(
                _OPEN,
                f"{self._ec2}:instance-connect-endpoint/{self._builder.ids['spoke-connect']}",
                NumericEquals={"ec2-instance-connect:remotePort": "22"},
                IpAddress={"ec2-instance-connect:privateIpAddress": "10.20.0.0/16"},
                NumericLessThanEquals={"ec2-instance-connect:maxTunnelDuration": "3600"},
            ),
            allow(_PUSH, self._instances("orders", "stock"), StringEquals={"ec2:osuser": "ec2-user"}),
            allow(_DESCRIBE, "*"),
        ]
        # What was allowed at first is still there, and decides nothing: only the default version counts.
        self._policy("any-tunnel", wide)
        self._policy("spoke-tunnel", wide, limited)
        self._role("support-desk", attach=["any-tunnel"])
        self._role("spoke-operator", attach=["spoke-tunnel"])
        with_mfa = allow(_OPEN, anywhere, Bool={_MFA: "true"}, NumericEquals={"ec2-instance-connect:remotePort": "22"})
        self._role("on-call", inline={"tunnels-with-mfa": [with_mfa]})
        self._role("console-rescue", inline={"serial-console": [allow(_CONSOLE, f"{self._ec2}:instance/*")]})
        shell = f"arn:aws:ssm:{self._builder.region}:{self._account}:document/SSM-SessionManagerRunShell"
        sessions = [
            allow(
                "ssm:StartSession", f"{self._ec2}:instance/*", BoolIfExists={"ssm:SessionDocumentAccessCheck": "true"}
            ),
            allow("ssm:StartSession", shell),
        ]
        self._role("session-user", inline={"sessions": sessions})

    def build_bounded_role(self) -> None:
        """The policy opens every tunnel, the boundary none."""
        boundary = self._policy("look-only", [allow(["ec2:Describe*", "logs:Get*"], "*")])
        self._role("contractor", attach=["any-tunnel"], boundary=boundary)

    def build_identity_center_role(self) -> None:
        """A permission set with a port that is compared as text, in the role that Identity Center makes of it."""
        provider = f"arn:aws:iam::{self._account}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE"
        text = {"ec2-instance-connect:remotePort": "22"}
        self._role(
            "AWSReservedSSO_NetworkOperators_0123456789abcdef",
            path=f"/aws-reserved/sso.amazonaws.com/{self._builder.region}/",
            trust={
                "Principal": {"Federated": provider},
                "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
                "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
            },
            inline={"AwsSSOInlinePolicy": [allow(_OPEN, "*", StringEquals=text), allow(_DESCRIBE, "*")]},
        )

    def build_hosts(self) -> None:
        """Three instances that Systems Manager may manage; the VPC of one of them has no way to it."""
        trust = {"Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        self._role("host", trust=trust, attach=["AmazonSSMManagedInstanceCore"])
        created = self._iam.create_instance_profile(InstanceProfileName="host")
        self._builder.keep("host-profile", identity=created["InstanceProfile"]["Arn"])
        self._iam.add_role_to_instance_profile(InstanceProfileName="host", RoleName="host")
        for name in ("orders", "stock", "lathe"):
            self._builder.ec2.associate_iam_instance_profile(
                InstanceId=self._builder.ids[name], IamInstanceProfile={"Name": "host"}
            )

    def build_users(self) -> None:
        """Two groups that deny: one to everybody, one only to those whose session says anything of MFA."""
        self._group("operators", attach=["any-tunnel"], inline={"mfa-please": [deny(_OPEN, "*", Bool={_MFA: "false"})]})
        self._group("interns", inline={"no-tunnels": [deny("ec2-instance-connect:*", "*")]})
        self._user("alice", groups=["operators"], Tags=[{"Key": "team", "Value": "network"}])
        self._user("ben", groups=["operators", "interns"])
        self._user("ci")
        build = [allow([_OPEN, "ec2:Describe*"], "*"), allow("s3:PutObject", "arn:aws:s3:::releases/*")]
        self._iam.put_user_policy(UserName="ci", PolicyName="build", PolicyDocument=_document(build))
        self._iam.put_user_permissions_boundary(UserName="ci", PermissionsBoundary=self._named("look-only"))

    def _named(self, policy: str) -> str:
        """The ARN of a policy of AWS's or of this estate."""
        return self._builder.ids.get(policy) or next(arn for arn in self._own if arn.endswith(f"/{policy}"))

    def _instances(self, *names: str) -> list[str]:
        return [f"{self._ec2}:instance/{self._builder.ids[name]}" for name in names]

    def _policy(self, name: str, *versions: Sequence[Statement]) -> str:
        """A policy of the account; its last version is the default one."""
        first, *later = map(_document, versions)
        arn: str = self._iam.create_policy(PolicyName=name, PolicyDocument=first)["Policy"]["Arn"]
        for document in later:
            self._iam.create_policy_version(PolicyArn=arn, PolicyDocument=document, SetAsDefault=True)
        return self._builder.keep(name, identity=arn)

    def _role(
        self,
        name: str,
        *,
        attach: Sequence[str] = (),
        inline: Mapping[str, Sequence[Statement]] | None = None,
        trust: Mapping[str, Any] | None = None,
        path: str = "/",
        boundary: str = "",
    ) -> None:
        """A role that the account's own principals may take on, unless its trust says otherwise."""
        own = {"Principal": {"AWS": f"arn:aws:iam::{self._account}:root"}, "Action": "sts:AssumeRole"}
        created = self._iam.create_role(
            RoleName=name,
            Path=path,
            AssumeRolePolicyDocument=_document([{"Effect": "Allow", **(trust or own)}]),
            **({"PermissionsBoundary": boundary} if boundary else {}),
        )
        self._builder.keep(name, identity=created["Role"]["Arn"])
        for policy in attach:
            self._iam.attach_role_policy(RoleName=name, PolicyArn=self._named(policy))
        for policy, statements in (inline or {}).items():
            self._iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=_document(statements))

    def _group(self, name: str, *, attach: Sequence[str] = (), inline: Mapping[str, Sequence[Statement]]) -> None:
        self._builder.keep(name, identity=self._iam.create_group(GroupName=name)["Group"]["Arn"])
        for policy in attach:
            self._iam.attach_group_policy(GroupName=name, PolicyArn=self._named(policy))
        for policy, statements in inline.items():
            self._iam.put_group_policy(GroupName=name, PolicyName=policy, PolicyDocument=_document(statements))

    def _user(self, name: str, *, groups: Sequence[str] = (), **more: Any) -> None:
        self._builder.keep(name, identity=self._iam.create_user(UserName=name, **more)["User"]["Arn"])
        for group in groups:
            self._iam.add_user_to_group(UserName=name, GroupName=group)


def _statement(
    effect: str, actions: str | Sequence[str], resource: str | Sequence[str], condition: Mapping[str, Any]
) -> Statement:
    statement = {"Effect": effect, "Action": actions, "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement


def _document(statements: Sequence[Statement]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
