"""Single requests, decided in the order of the IAM user guide's page on policy evaluation logic; each known trap by its name."""

from __future__ import annotations

from typing import Any

import pytest

import scanner
from scanner.errors import UsageError
from scanner.model import Gap, GapReason, Inventory, Unknown
from scanner.policy.decisions import Decision
from tests.policy.accounts import (
    ACCOUNT,
    ADDRESS,
    DURATION,
    ENDPOINT,
    FULL_ACCESS,
    MFA,
    OPEN_TUNNEL,
    PORT,
    SEND_KEY,
    account,
    allow,
    deny,
    group,
    managed,
    organization,
    own_account,
    policy,
    policy_arn,
    role,
    scp,
    user,
)

UNSEEN = "session policies and resource control policies were not seen"
ALLOWED, EXPLICIT, IMPLICIT, UNKNOWN = "allowed", "explicitly denied", "implicitly denied", "unknown"


def ask(inventory: Inventory, context: Any = None, *, who: str = "user/ada", action: str = OPEN_TUNNEL,
        resource: Any = ENDPOINT) -> Decision:  # fmt: skip
    return scanner.decide(inventory, principal=who, action=action, resource=resource, context=context or {})


def ruled(inventory: Inventory, context: Any = None, **request: Any) -> str:
    return str(ask(inventory, context, **request).verdict)


def of_user(*statements: Any, **facts: Any) -> Inventory:
    return account(users=[user("ada", *statements, **facts)])


def test_nothing_is_allowed_by_nobody() -> None:
    found = ask(of_user())
    assert (str(found.verdict), found.reasons) == (IMPLICIT, ("no identity-based policy allows it",))


def test_the_statement_that_allows_is_named() -> None:
    found = ask(of_user(deny("s3:*"), allow(Sid="Tunnels")))
    assert [str(place) for place in found.statements] == [
        "statement 2 (Tunnels) of the inline policy inline1 of user/ada"
    ]
    assert (found.verdict.value, found.is_allowed, found.notes) == (ALLOWED, True, (UNSEEN,))


def test_what_would_have_allowed_it_is_told() -> None:
    found = ask(of_user(allow(condition={"NumericEquals": {PORT: 22}}), allow("s3:*")), {PORT: 3389})
    assert found.reasons == (
        "no identity-based policy allows it",
        "statement 1 of the inline policy inline1 of user/ada would allow it: port 22",
    )


def test_an_explicit_deny_overrides_and_is_named() -> None:
    found = ask(of_user(allow(), deny(Sid="Never")))
    assert [str(place) for place in found.statements] == [
        "statement 2 (Never) of the inline policy inline1 of user/ada"
    ]
    assert found.verdict.value == EXPLICIT


def test_only_the_default_version_of_a_managed_policy_counts() -> None:
    arn = policy_arn("ops")
    inventory = account(users=[user(attached=[arn])], policies=[managed(arn, policy(allow("s3:*")))])
    assert ruled(inventory) == IMPLICIT
    found = ask(inventory, action="s3:GetObject", resource="arn:aws:s3:::orders/1")
    assert [str(place) for place in found.statements] == [f"statement 1 of the managed policy {arn}, version v3"]
    assert found.notes == (UNSEEN, "resource-based policies were not seen")


def test_a_group_allows_its_users() -> None:
    arn = policy_arn("ops")
    inventory = account(
        users=[user(groups=["people"]), user("eve")],
        groups=[group("people", attached=[arn])],
        policies=[managed(arn, policy(allow()))],
    )
    assert (ruled(inventory), ruled(inventory, who="user/eve")) == (ALLOWED, IMPLICIT)


def test_trap_deny_in_a_group() -> None:
    inventory = account(users=[user("ada", allow(), groups=["suspended"])], groups=[group("suspended", deny("*"))])
    found = ask(inventory)
    assert [str(place) for place in found.statements] == ["statement 1 of the inline policy inline1 of group/suspended"]
    assert found.verdict.value == EXPLICIT


def test_trap_boundary_without_the_action() -> None:
    arn = policy_arn("limits")
    inventory = account(users=[user("ada", allow("*"), boundary=arn)], policies=[managed(arn, policy(allow("s3:*")))])
    found = ask(inventory)
    assert (found.verdict.value, found.reasons) == (IMPLICIT, ("no permissions boundary allows it",))


@pytest.mark.parametrize("kind", ["Policy", "PermissionsBoundaryPolicy"])
def test_a_boundary_allows_nothing_of_itself(kind: str) -> None:
    arn = policy_arn("limits")
    limits = managed(arn, policy(allow()))
    assert ruled(account(users=[user("ada", boundary=arn, kind=kind)], policies=[limits])) == IMPLICIT
    both = ask(account(users=[user("ada", allow(), boundary=arn, kind=kind)], policies=[limits]))
    assert [str(place) for place in both.statements] == [
        "statement 1 of the inline policy inline1 of user/ada",
        f"statement 1 of the permissions boundary {arn}, version v3",
    ]


def test_a_boundary_denies() -> None:
    arn = policy_arn("limits")
    inventory = account(users=[user("ada", allow(), boundary=arn)], policies=[managed(arn, policy(allow("*"), deny()))])
    assert ruled(inventory) == EXPLICIT


def in_organization(*scps: Any, manager: str = "999988887777", **parts: Any) -> Inventory:
    who = {"users": [user("ada", allow())], "roles": [role("ops", allow())], **parts}
    return account(
        organizations=[organization(manager=manager)], members=[own_account("r-1", "ou-1", "ou-2")], scps=scps, **who
    )


EVERYWHERE = scp("Full", FULL_ACCESS, "r-1", "ou-1", "ou-2", ACCOUNT)


def test_every_level_of_the_organization_allows() -> None:
    found = ask(in_organization(EVERYWHERE))
    assert (found.verdict.value, found.notes) == (ALLOWED, (UNSEEN,))
    assert "statement 1 of the service control policy Full (p-Full)" in [str(place) for place in found.statements]


@pytest.mark.parametrize("level", ["r-1", "ou-1", "ou-2", ACCOUNT])
def test_trap_scp_missing_at_one_level(level: str) -> None:
    others = [one for one in ("r-1", "ou-1", "ou-2", ACCOUNT) if one != level]
    found = ask(in_organization(scp("Full", FULL_ACCESS, *others), scp("Storage", policy(allow("s3:*")), level)))
    assert (found.verdict.value, found.reasons) == (IMPLICIT, (f"no service control policy at {level} allows it",))


def test_an_scp_denies_at_any_level() -> None:
    found = ask(in_organization(EVERYWHERE, scp("Never", policy(deny(Sid="No")), "ou-1")))
    assert found.verdict.value == EXPLICIT
    assert [str(place) for place in found.statements] == [
        "statement 1 (No) of the service control policy Never (p-Never)"
    ]


def test_an_scp_of_another_unit_and_a_policy_of_another_type_do_not_count() -> None:
    elsewhere = scp("Never", policy(deny()), "ou-9")
    tags = scp("Tags", "no policy at all", ACCOUNT, kind="TAG_POLICY")
    assert ruled(in_organization(EVERYWHERE, elsewhere, tags)) == ALLOWED


def test_scps_do_not_affect_the_management_account() -> None:
    found = ask(in_organization(EVERYWHERE, scp("Never", policy(deny()), "r-1"), manager=ACCOUNT))
    assert found.verdict.value == ALLOWED
    assert found.notes == ("service control policies do not affect the management account", UNSEEN)


def test_scps_do_not_affect_service_linked_roles() -> None:
    path = "/aws-service-role/ssm.amazonaws.com/"
    inventory = in_organization(
        EVERYWHERE, scp("Never", policy(deny()), "r-1"), roles=[role("ops", allow(), path=path)]
    )
    found = ask(inventory, who="role/ops")
    assert found.verdict.value == ALLOWED
    assert found.notes == ("service control policies do not affect service-linked roles", UNSEEN)
    assert ruled(inventory) == EXPLICIT


def test_an_account_in_no_organization_has_no_scps() -> None:
    assert ask(of_user(allow())).notes == (UNSEEN,)


def test_an_organization_with_consolidated_billing_has_no_scps() -> None:
    found = ask(account(users=[user("ada", allow())], organizations=[organization(features="CONSOLIDATED_BILLING")]))
    note = "the organization has no service control policies, only consolidated billing"
    assert (found.verdict.value, found.notes) == (ALLOWED, (note, UNSEEN))


def test_scps_attached_nowhere_are_not_in_use() -> None:
    found = ask(in_organization(scp("Full", FULL_ACCESS)))
    assert found.verdict.value == ALLOWED
    assert found.notes[0] == "no service control policy is attached on the way to the account: they are not in use"


REFUSED = Gap(ACCOUNT, "global", "organizations:ListPolicies", GapReason.DENIED, kinds=("AWS::Organizations::Policy",))


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"gaps": [REFUSED]}, "organizations:ListPolicies was refused in global"),
        ({"members": []}, "the account's place in its organization was not read"),
        ({"members": [{"Id": ACCOUNT}]}, "the account's place in its organization was not read"),
        ({"members": [{"Id": ACCOUNT, "Ancestors": Unknown("it was refused")}]}, "it was refused"),
        ({"scps": []}, "no service control policy was read, and every organization has at least FullAWSAccess"),
        ({"scps": [{**EVERYWHERE, "Targets": Unknown("it was refused")}]}, "it was refused"),
    ],
)
def test_scps_that_were_not_read_are_told(parts: dict[str, Any], why: str) -> None:
    whole = {"members": [own_account("r-1")], "scps": [EVERYWHERE], **parts}
    found = ask(account(users=[user("ada", allow())], organizations=[organization()], **whole))
    assert (found.verdict.value, found.notes) == (ALLOWED, (f"SCP not evaluated: {why}", UNSEEN))


def test_an_organization_nobody_asked_for_is_told() -> None:
    whole = account(users=[user("ada", allow())])
    kinds = frozenset({"AWS::IAM::User", "AWS::IAM::Role", "AWS::IAM::Group", "AWS::IAM::ManagedPolicy"})
    part = Inventory("aws", ACCOUNT, "global", whole.resources, collected=kinds)
    assert ask(part).notes[0] == "SCP not evaluated: AWS::Organizations::Organization was not asked in global"


# What cannot be read


def test_an_scp_that_cannot_be_read_is_unknown_with_its_place() -> None:
    found = ask(in_organization(EVERYWHERE, scp("Odd", "{", ACCOUNT)))
    assert found.verdict.value == UNKNOWN
    assert found.reasons[0] == "the service control policy Odd (p-Odd): the policy is no JSON that can be read"


def test_trap_pass_on_access_denied() -> None:
    refused = Gap(ACCOUNT, "global", "iam:GetAccountAuthorizationDetails", GapReason.DENIED, kinds=("AWS::IAM::Group",))
    found = ask(account(users=[user("ada", allow())], gaps=[refused]))
    assert (found.verdict.value, found.reasons) == (
        UNKNOWN,
        ("iam:GetAccountAuthorizationDetails was refused in global",),
    )


def test_a_policy_that_is_attached_and_was_not_collected_is_unknown_with_its_arn() -> None:
    arn = policy_arn("PowerUserAccess", owner="aws")
    found = ask(of_user(attached=[arn]))
    assert found.verdict.value == UNKNOWN
    assert found.reasons[0] == f"the managed policy {arn}: the document of {arn} was not read"
    assert ruled(of_user(allow(), boundary=arn)) == UNKNOWN


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"groups": ["lost"]}, "the inline policy of group/lost: the group was not read"),
        ({"UserPolicyList": Unknown("it was refused")}, "the inline policy of user/ada: it was refused"),
        ({"AttachedManagedPolicies": Unknown("it was refused")}, "the managed policy of user/ada: it was refused"),
        ({"AttachedManagedPolicies": [{}]}, "the managed policy of user/ada: an attached policy has no ARN"),
        ({"PermissionsBoundary": Unknown("it was refused")}, "the permissions boundary of user/ada: it was refused"),
        ({"UserPolicyList": [{"PolicyName": "p", "PolicyDocument": "{"}]},
         "the inline policy p of user/ada: the policy is no JSON that can be read"),
    ],
)  # fmt: skip
def test_what_was_not_read_of_a_user_is_unknown_with_its_place(facts: dict[str, Any], reason: str) -> None:
    found = ask(account(users=[{**user("ada", allow(), **{k: v for k, v in facts.items() if k == "groups"}),
                                **{k: v for k, v in facts.items() if k != "groups"}}]))  # fmt: skip
    assert (found.verdict.value, found.reasons[0]) == (UNKNOWN, reason)


def test_a_managed_policy_without_its_default_version_is_unknown() -> None:
    arn = policy_arn("ops")
    broken = {**managed(arn, FULL_ACCESS), "PolicyVersionList": [{"VersionId": "v1", "Document": FULL_ACCESS}]}
    assert (
        ask(account(users=[user(attached=[arn])], policies=[broken]))
        .reasons[0]
        .endswith(f"the default version of {arn} was not read")
    )


def test_what_is_unknown_does_not_matter_where_the_answer_is_certain() -> None:
    arn = policy_arn("lost")
    assert ruled(of_user(allow(), deny(), attached=[arn])) == EXPLICIT
    limits = policy_arn("limits")
    closed = account(
        users=[user("ada", boundary=limits, attached=[arn])], policies=[managed(limits, policy(allow("s3:*")))]
    )
    assert ruled(closed) == IMPLICIT


def test_an_unknown_deny_makes_an_allowed_request_unknown() -> None:
    odd = deny(condition={"StringMatches": {"aws:SourceIp": "x"}})
    found = ask(of_user(allow(), odd))
    assert found.reasons == (
        "statement 2 of the inline policy inline1 of user/ada: the operator 'StringMatches' is not known",
    )
    assert found.verdict.value == UNKNOWN
    assert ruled(of_user(odd)) == IMPLICIT


# Traps


def test_trap_bool_against_bool_if_exists_in_a_deny_of_mfa() -> None:
    weak = of_user(allow(), deny(condition={"Bool": {MFA: "false"}}))
    strong = of_user(allow(), deny(condition={"BoolIfExists": {MFA: "false"}}))
    # An access key carries no such key at all: the weak form lets it through.
    assert [ruled(weak, {MFA: value}) for value in (None, False, True)] == [ALLOWED, EXPLICIT, ALLOWED]
    assert [ruled(strong, {MFA: value}) for value in (None, False, True)] == [EXPLICIT, EXPLICIT, ALLOWED]


def test_trap_mixed_family_not_ip_address() -> None:
    office = of_user(allow(), deny(condition={"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}))
    callers: tuple[dict[str, Any], ...] = ({"aws:SourceIp": "203.0.113.9"}, {"aws:SourceIp": "2001:db8::1"}, {})
    assert [ruled(office, caller) for caller in callers] == [ALLOWED, EXPLICIT, EXPLICIT]


def test_trap_power_user_access_through_not_action() -> None:
    arn = policy_arn("PowerUserAccess", owner="aws")
    document = policy({"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"})
    inventory = account(users=[user(attached=[arn])], policies=[managed(arn, document)])
    logins = (OPEN_TUNNEL, SEND_KEY, "ec2-instance-connect:SendSerialConsoleSSHPublicKey", "ssm:StartSession")
    assert [ruled(inventory, action=action) for action in (*logins, "iam:CreateUser")] == [ALLOWED] * 4 + [IMPLICIT]


def test_trap_string_equals_on_remote_port() -> None:
    inventory = of_user(allow(condition={"StringEquals": {PORT: "22"}}))
    assert [ruled(inventory, {PORT: port}) for port in (22, "22", 3389)] == [ALLOWED, ALLOWED, IMPLICIT]


def test_trap_for_all_values_on_an_absent_key() -> None:
    inventory = of_user(allow(condition={"ForAllValues:NumericEquals": {PORT: ["22"]}}))
    assert [ruled(inventory, {PORT: port}) for port in (22, 3389, None)] == [ALLOWED, IMPLICIT, ALLOWED]


def test_trap_not_resource_with_a_valueless_variable() -> None:
    own = "arn:aws:ec2:*:*:instance-connect-endpoint/${aws:PrincipalTag/endpoint}"
    statement = {"Effect": "Deny", "Action": OPEN_TUNNEL, "NotResource": own}
    tagged = of_user(allow(), statement, tags={"endpoint": "eice-0a1b2c3d4e5f60718"})
    assert (ruled(tagged), ruled(of_user(allow(), statement))) == (ALLOWED, EXPLICIT)


def test_trap_case_of_actions_and_of_resources() -> None:
    assert ruled(of_user(allow("EC2-Instance-Connect:OPENTUNNEL", ENDPOINT))) == ALLOWED
    assert ruled(of_user(allow(OPEN_TUNNEL, ENDPOINT.replace("eice", "EICE")))) == IMPLICIT


def test_a_key_the_action_never_carries_is_absent_and_told() -> None:
    found = ask(of_user(allow(condition={"StringEquals": {"ec2:osuser": "ec2-user"}})))
    assert (found.verdict.value, found.notes[1:]) == (
        IMPLICIT,
        (
            f"statement 1 of the inline policy inline1 of user/ada asks for ec2:osuser, which {OPEN_TUNNEL} never carries",
        ),
    )
    assert ruled(of_user(allow(SEND_KEY, condition={"StringEquals": {"ec2:osuser": "ada"}})), {"ec2:osuser": "ada"},
                 action=SEND_KEY) == ALLOWED  # fmt: skip


def test_a_global_key_nobody_knows_is_unknown() -> None:
    found = ask(of_user(allow(condition={"StringEquals": {"aws:MoonPhase": "full"}})))
    assert (found.verdict.value, found.reasons) == (
        UNKNOWN,
        ("statement 1 of the inline policy inline1 of user/ada: what the key 'aws:moonphase' holds is not known",),
    )


# What the inventory knows of a request


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:user/ada"),
        ("aws:PrincipalAccount", ACCOUNT),
        ("aws:PrincipalType", "User"),
        ("aws:PrincipalTag/TEAM", "core"),
        ("aws:username", "ada"),
        ("aws:userid", "AIDAADA"),
        ("aws:RequestedRegion", "eu-west-1"),
        ("aws:ResourceAccount", ACCOUNT),
        ("aws:ResourceTag/env", "prod"),
        ("ec2:ResourceTag/env", "prod"),
        ("aws:SecureTransport", "true"),
        ("aws:ViaAWSService", "false"),
        ("aws:PrincipalIsAWSService", "false"),
    ],
)
def test_the_inventory_fixes_what_a_request_carries(key: str, value: str) -> None:
    facts = {"Tags": [{"Key": "env", "Value": "prod"}], "Id": "eice-0a1b2c3d4e5f60718", "Arn": ENDPOINT}
    others = {"AWS::EC2::InstanceConnectEndpoint": [facts]}
    who = user("ada", allow(condition={"StringEquals": {key: value}}), tags={"team": "core"})
    assert ruled(account(users=[who], others=others)) == ALLOWED
    other = user("ada", allow(condition={"StringEquals": {key: f"{value}x"}}), tags={"team": "core"})
    assert ruled(account(users=[other], others=others)) == IMPLICIT


def test_a_role_is_known_by_its_role_and_not_by_a_user() -> None:
    condition = {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/eu/ops"}, "Null": {"aws:username": "true"},
                 "StringEquals": {"aws:PrincipalType": "AssumedRole"}}  # fmt: skip
    inventory = account(roles=[role("ops", allow(condition=condition), path="/eu/")])
    for who in ("role/ops", f"arn:aws:iam::{ACCOUNT}:role/eu/ops"):
        assert ruled(inventory, who=who) == ALLOWED


def test_the_organization_of_a_principal_is_known() -> None:
    condition = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
                 "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-1/ou-1/*"}}  # fmt: skip
    assert ruled(in_organization(EVERYWHERE, users=[user("ada", allow(condition=condition))])) == ALLOWED
    assert ruled(of_user(allow(condition=condition))) == IMPLICIT
    refused = Gap(ACCOUNT, "global", "organizations:DescribeOrganization", GapReason.DENIED,
                  kinds=("AWS::Organizations::Organization",))  # fmt: skip
    assert ruled(account(users=[user("ada", allow(condition=condition))], gaps=[refused])) == UNKNOWN


def test_the_tags_of_a_resource_that_was_not_read_are_unknown() -> None:
    tagged = of_user(allow(condition={"StringEquals": {"aws:ResourceTag/env": "prod"}}))
    found = ask(tagged)
    assert found.reasons == (
        f"statement 1 of the inline policy inline1 of user/ada: {ENDPOINT} is not in the inventory, and its tags are not known",
    )
    assert ruled(tagged, {"aws:ResourceTag/Env": "prod"}) == ALLOWED


def test_two_tags_that_differ_by_case_are_unknown() -> None:
    who = user(
        "ada", allow(condition={"StringEquals": {"aws:PrincipalTag/team": "core"}}), tags={"team": "core", "Team": "x"}
    )
    assert ask(account(users=[who])).reasons[0].endswith("two tags are called 'team' but for capital letters")


def test_a_session_of_a_role_may_bring_tags_of_its_own() -> None:
    statement = allow(condition={"StringEquals": {"aws:PrincipalTag/team": "core"}})
    trust = policy({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": ["sts:AssumeRole", "sts:TagSession"]})
    plain, tagged = (
        role("ops", statement, tags={"team": "core"}),
        role("ops", statement, tags={"team": "core"}, trust=trust),
    )
    assert ruled(account(roles=[plain]), who="role/ops") == ALLOWED
    assert ruled(account(roles=[plain]), {"aws:PrincipalTag/team": "edge"}, who="role/ops") == IMPLICIT
    assert ruled(account(roles=[tagged]), who="role/ops") == ALLOWED
    assert ruled(account(roles=[tagged]), {"aws:PrincipalTag/team": "edge"}, who="role/ops") == IMPLICIT


def test_the_time_of_a_request_is_that_of_the_inventory() -> None:
    until = of_user(allow(condition={"DateLessThan": {"aws:CurrentTime": "2026-01-16T00:00:00Z"}}))
    assert (ruled(until), ruled(until, {"aws:CurrentTime": "2026-02-01T00:00:00Z"})) == (ALLOWED, IMPLICIT)


def test_a_request_about_several_resources_needs_them_all() -> None:
    instance = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/i-0a1b2c3d4e5f60718"
    document = "arn:aws:ssm:eu-west-1::document/AWS-StartPortForwardingSession"
    shell = of_user(allow("ssm:StartSession", "arn:aws:ec2:*:*:instance/*"))
    both = of_user(allow("ssm:StartSession", ["arn:aws:ec2:*:*:instance/*", "arn:aws:ssm:*"]))
    found = ask(shell, action="ssm:StartSession", resource=[instance, document])
    assert (found.verdict.value, found.resource) == (IMPLICIT, document)
    assert ruled(both, action="ssm:StartSession", resource=[instance, document]) == ALLOWED


def test_the_reference_policy_of_the_ec2_user_guide() -> None:
    condition = {
        "NumericEquals": {PORT: "22"},
        "IpAddress": {ADDRESS: "10.0.1.0/31"},
        "NumericLessThanEquals": {DURATION: "3600"},
    }
    inventory = of_user(allow(resource=ENDPOINT, condition=condition))
    right: dict[str, Any] = {PORT: 22, ADDRESS: "10.0.1.1", DURATION: 3600}
    assert ruled(inventory, right) == ALLOWED
    for wrong in ({PORT: 3389}, {ADDRESS: "10.0.1.2"}, {DURATION: 3601}):
        assert ruled(inventory, {**right, **wrong}) == IMPLICIT
    assert ruled(inventory, right, resource=ENDPOINT[:-1] + "9") == IMPLICIT


# What was asked


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"who": "user/adaa"}, "there is no user or role 'user/adaa'. Did you mean 'user/ada'?"),
        ({"who": "arn:aws:iam::444455556666:user/ada"}, "there is no user or role 'arn:aws:iam::444455556666:user/ada'"),
        ({"action": "OpenTunnel"}, "'OpenTunnel' is no action. Write it as ec2-instance-connect:OpenTunnel"),
        ({"action": "ec2:*"}, "'ec2:*' is no action. Write it as ec2-instance-connect:OpenTunnel"),
        ({"resource": ()}, 'a request is about a resource. Say "*" for an action without one'),
        ({"context": {"a:b": {}}}, "the context has no usable value for 'a:b'. Give a text or a number"),
    ],
)  # fmt: skip
def test_a_question_that_means_nothing_is_refused(request_: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as refused:
        ask(of_user(allow()), **request_)
    assert str(refused.value).startswith(message)


def test_inventories_of_several_regions_are_one_account() -> None:
    people = of_user(allow(condition={"StringEquals": {"aws:ResourceTag/env": "prod"}}))
    facts = {"InstanceConnectEndpointId": "eice-1", "Tags": [{"Key": "env", "Value": "prod"}]}
    regional = scanner.inventory_from_describe(
        {"InstanceConnectEndpoints": [facts]}, account=ACCOUNT, region="eu-west-1"
    )
    found = scanner.decide([people, regional], principal="user/ada", action=OPEN_TUNNEL, resource="eice-1")
    assert found.verdict.value == ALLOWED
    assert found.resource == f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance-connect-endpoint/eice-1"
    with pytest.raises(UsageError):
        scanner.decide([], principal="user/ada", action=OPEN_TUNNEL)
