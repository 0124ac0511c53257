"""Who may do something, and what it takes: the answers people act on, with each known trap by its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from scanner.errors import UsageError
from scanner.model import Gap, GapReason, View
from scanner.policy.decisions import decide
from scanner.policy.who import ROOT_NOTE, Answers, Grant, who_may
from scanner.policy.words import block_of
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
    view,
)

OTHER = ENDPOINT.replace("eice-0a", "eice-0b")


def answers(inventory: View, *resources: Any, action: str = OPEN_TUNNEL) -> Answers:
    return who_may(inventory, action, resources or (ENDPOINT,))


def one(inventory: View, *resources: Any, action: str = OPEN_TUNNEL) -> Grant:
    """The only grant; its witness, if there is one, is decided as allowed."""
    (grant,) = answers(inventory, *resources, action=action).grants
    if grant.access.value in ("allowed", "conditional"):
        for resource in grant.resources:
            found = decide(
                inventory, principal=grant.principal.arn, action=action, resource=resource, context=grant.witness
            )
            assert found.verdict.value == "allowed"
    return grant


def told(grant: Grant) -> tuple[str, str]:
    return grant.access.value, grant.words or grant.reason


def of_user(*statements: Any, **facts: Any) -> View:
    return view(users=[user("ada", *statements, **facts)])


def test_without_conditions_it_is_allowed() -> None:
    grant = one(of_user(allow(Sid="Tunnels")))
    assert told(grant) == ("allowed", "")
    assert [str(found.place) for found in grant.statements] == [
        "statement 1 (Tunnels) of the inline policy inline1 of user/ada"
    ]
    assert (grant.principal.word, grant.resources, grant.witness) == ("user/ada", ((ENDPOINT,),), {})


def test_nobody_allows() -> None:
    assert told(one(of_user())) == ("denied", "no identity-based policy allows it")


def test_a_denial_names_its_statement() -> None:
    grant = one(of_user(allow(), deny(Sid="Never")))
    assert told(grant) == ("denied", "statement 2 (Never) of the inline policy inline1 of user/ada denies it")
    assert [found.place.sid for found in grant.statements] == ["Never"]


def test_conditions_are_told_in_words_with_their_block() -> None:
    condition = {
        "NumericEquals": {PORT: "22"}, "IpAddress": {ADDRESS: "10.0.1.0/24"}, "NumericLessThanEquals": {DURATION: "3600"},
        "Bool": {MFA: "true"},
    }  # fmt: skip
    grant = one(of_user(allow(condition=condition)))
    assert told(grant) == ("conditional", "port 22, at most 3600 s, to 10.0.1.0/24, with MFA")
    (need,) = grant.needs
    assert block_of(need.statements[0].core.clauses) == {
        "NumericEquals": {PORT: ("22",)}, "IpAddress": {ADDRESS: ("10.0.1.0/24",)},
        "NumericLessThanEquals": {DURATION: ("3600",)}, "Bool": {MFA: ("true",)},
    }  # fmt: skip
    assert grant.witness[PORT] == ("22",)


def test_one_of_several_ways_is_enough_and_what_adds_nothing_is_left_out() -> None:
    two = one(of_user(allow(condition={"NumericEquals": {PORT: 22}}), allow(condition={"NumericEquals": {PORT: 3389}})))
    assert told(two) == ("conditional", "port 22 or port 3389")
    narrower = {"NumericEquals": {PORT: 22}, "Bool": {MFA: "true"}}
    apart = one(of_user(allow(condition=narrower), allow(condition={"NumericEquals": {PORT: 3389}})))
    assert told(apart) == ("conditional", "port 22, with MFA, or port 3389")
    wide = one(of_user(allow(condition=narrower), allow(condition={"NumericEquals": {PORT: 22}})))
    assert told(wide) == ("conditional", "port 22")


def test_what_holds_always_is_no_condition() -> None:
    assert told(one(of_user(allow(condition={"NumericGreaterThan": {PORT: 0}})))) == ("conditional", "ports above 0")
    assert told(one(of_user(allow(condition={"NumericGreaterThanIfExists": {PORT: 0}})))) == ("allowed", "")
    assert told(one(of_user(allow(condition={"Null": {PORT: ["true", "false"]}})))) == ("allowed", "")


def test_what_can_never_hold_is_denied() -> None:
    never = {"NumericLessThan": {PORT: 22}, "NumericGreaterThan": {PORT: 22}}
    assert told(one(of_user(allow(condition=never)))) == ("denied", "no identity-based policy allows it")
    nowhere = of_user(
        allow(condition={"NumericEquals": {PORT: 22}}), deny(condition={"NumericLessThanIfExists": {PORT: 1024}})
    )
    assert one(nowhere).access.value == "denied"


def test_a_statement_that_denies_is_a_limit() -> None:
    grant = one(of_user(allow(), deny(condition={"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}})))
    assert told(grant) == ("conditional", "never from outside 203.0.113.0/24")
    assert [need.denies for need in grant.needs] == [True]


def test_a_boundary_and_every_level_of_scps_add_their_conditions() -> None:
    limits = policy_arn("limits")
    inventory = view(
        users=[user("ada", allow(condition={"NumericEquals": {PORT: 22}}), boundary=limits)],
        policies=[managed(limits, policy(allow("*", condition={"Bool": {MFA: "true"}})))],
        organizations=[organization()],
        members=[own_account("r-1")],
        scps=[scp("Full", FULL_ACCESS, "r-1"), scp("Tls", policy(allow("*", condition={"Bool": {"aws:SecureTransport": "true"}})), ACCOUNT)],
    )  # fmt: skip
    assert told(one(inventory)) == ("conditional", "over TLS; port 22; with MFA")


def test_several_resources_are_told_apart_only_where_a_policy_does() -> None:
    inventory = view(users=[user("ada", allow(resource=ENDPOINT)), user("eve", allow())])
    assert [
        (grant.principal.word, grant.access.value, grant.resources)
        for grant in answers(inventory, ENDPOINT, OTHER).grants
    ] == [
        ("user/ada", "allowed", ((ENDPOINT,),)),
        ("user/ada", "denied", ((OTHER,),)),
        ("user/eve", "allowed", ((ENDPOINT,), (OTHER,))),
    ]


def test_variables_in_resources_are_filled_in_for_each_principal() -> None:
    own = "arn:aws:ec2:*:*:instance-connect-endpoint/${aws:PrincipalTag/door}"
    who = [user("ada", allow(resource=own), tags={"door": "eice-0a1b2c3d4e5f60718"}), user("eve", allow(resource=own))]
    assert [
        (grant.principal.word, grant.access.value, grant.resources)
        for grant in answers(view(users=who), ENDPOINT, OTHER).grants
    ] == [
        ("user/ada", "allowed", ((ENDPOINT,),)),
        ("user/ada", "denied", ((OTHER,),)),
        ("user/eve", "denied", ((ENDPOINT,), (OTHER,))),
    ]


def endpoints(**tags: str) -> Any:
    return {"AWS::EC2::InstanceConnectEndpoint": [
        {"Id": arn.rpartition("/")[2], "Arn": arn, "Tags": [{"Key": "env", "Value": tags[name]}]}
        for name, arn in (("one", ENDPOINT), ("two", OTHER)) if name in tags
    ]}  # fmt: skip


def test_tags_of_resources_and_of_principals_are_known() -> None:
    same = allow(condition={"StringEquals": {"aws:ResourceTag/env": "${aws:PrincipalTag/env}"}})
    inventory = view(
        users=[user("ada", same, tags={"env": "prod"}), user("eve", same)], others=endpoints(one="prod", two="dev")
    )
    assert [
        (grant.principal.word, grant.access.value, grant.resources)
        for grant in answers(inventory, ENDPOINT, OTHER).grants
    ] == [
        ("user/ada", "allowed", ((ENDPOINT,),)),
        ("user/ada", "denied", ((OTHER,),)),
        ("user/eve", "denied", ((ENDPOINT,), (OTHER,))),
    ]


def test_of_a_resource_that_is_not_there_the_tags_are_free() -> None:
    grant = one(of_user(allow(condition={"StringEquals": {"aws:ResourceTag/env": ["prod", "pre"]}})))
    assert told(grant) == ("conditional", "on what is tagged env=prod or pre")


def test_resources_that_were_not_read_make_tags_unknown() -> None:
    gap = Gap(ACCOUNT, "eu-west-1", "ec2:DescribeInstanceConnectEndpoints", GapReason.DENIED,
              kinds=("AWS::EC2::InstanceConnectEndpoint",))  # fmt: skip
    tagged = allow(condition={"StringEquals": {"aws:ResourceTag/env": "prod"}})
    grant = one(view(users=[user("ada", tagged)], gaps=[gap]))
    assert told(grant) == (
        "unknown",
        "statement 1 of the inline policy inline1 of user/ada: ec2:DescribeInstanceConnectEndpoints was refused in eu-west-1",
    )
    assert told(one(view(users=[user("ada", allow())], gaps=[gap]))) == ("allowed", "")


def test_a_request_that_needs_two_resources() -> None:
    instance = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/i-0a1b2c3d4e5f60718"
    document = "arn:aws:ssm:eu-west-1::document/AWS-StartPortForwardingSession"
    half = user(
        "ada",
        allow("ssm:StartSession", "arn:aws:ec2:*"),
        allow("ssm:StartSession", "arn:aws:ssm:*", {"Bool": {MFA: "true"}}),
    )
    grant = one(view(users=[half]), (instance, document), action="ssm:StartSession")
    assert (told(grant), grant.resources) == (("conditional", "with MFA"), ((instance, document),))


def test_nobody_may_where_the_principals_were_not_read() -> None:
    gap = Gap(ACCOUNT, "global", "iam:GetAccountAuthorizationDetails", GapReason.DENIED, kinds=("AWS::IAM::User",))
    found = answers(view(roles=[role("ops", allow())], gaps=[gap]))
    assert (found.grants, found.doubt) == ((), "iam:GetAccountAuthorizationDetails was refused in global")


def test_what_was_not_weighed_is_told() -> None:
    gap = Gap(ACCOUNT, "global", "organizations:ListPolicies", GapReason.DENIED, kinds=("AWS::Organizations::Policy",))
    found = answers(
        view(users=[user("ada", allow())], organizations=[organization()], members=[own_account("r-1")], gaps=[gap])
    )
    scps = "SCP not evaluated: organizations:ListPolicies was refused in global"
    assert found.notes == (scps, ROOT_NOTE)
    assert found.grants[0].notes == (scps, "session policies and resource control policies were not seen")


def test_able_and_unknown_sort_the_grants() -> None:
    arn = policy_arn("lost")
    found = answers(
        view(users=[user("ada", allow()), user("bob"), user("eve", attached=[arn])], roles=[role("ops", allow())])
    )
    assert [grant.principal.word for grant in found.able()] == ["user/ada", "role/ops"]
    assert [grant.principal.word for grant in found.unknown()] == ["user/eve"]
    assert [grant.reason for grant in found.unknown()] == [
        f"the managed policy {arn}: the document of {arn} was not read"
    ]


def test_only_some_principals_are_asked_about() -> None:
    inventory = view(users=[user("ada", allow()), user("eve", allow())])
    found = who_may(inventory, OPEN_TUNNEL, [ENDPOINT], principals=["user/eve"])
    assert [grant.principal.word for grant in found.grants] == ["user/eve"]
    for wrong in ({"principals": ["user/bob"]}, {"resources": [()]}, {"action": "OpenTunnel"}):
        with pytest.raises(UsageError):
            who_may(inventory, **{"action": OPEN_TUNNEL, "resources": [ENDPOINT], **wrong})  # type: ignore[arg-type] # that is the point


# Traps


def words_of(*statements: Any, role_: bool = False) -> tuple[str, str]:
    return told(one(view(roles=[role("ops", *statements)]) if role_ else of_user(*statements)))


def test_trap_bool_against_bool_if_exists_in_a_deny_of_mfa() -> None:
    weak = one(of_user(allow(), deny(condition={"Bool": {MFA: "false"}})))
    strong = one(of_user(allow(), deny(condition={"BoolIfExists": {MFA: "false"}})))
    # A long-term access key passes the first and not the second.
    assert (weak.witness, strong.witness) == ({MFA: None}, {MFA: ("true",)})
    assert (weak.words, strong.words) == ("never in a session without MFA", "never without MFA")


def test_trap_mixed_family_not_ip_address() -> None:
    office = deny(condition={"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}})
    assert one(of_user(allow(), office)).witness == {"aws:SourceIp": ("203.0.113.0",)}
    both = one(of_user(allow(condition={"IpAddress": {"aws:SourceIp": "2001:db8::/32"}}), office))
    assert both.access.value == "denied"


def test_values_beside_and_between_constants_are_tried() -> None:
    between = {"NumericGreaterThan": {PORT: 22}, "NumericLessThan": {PORT: 24}}
    assert one(of_user(allow(condition=between))).witness == {PORT: ("23",)}
    month = {"DateGreaterThan": {"aws:CurrentTime": "2026-01-01"}, "DateLessThan": {"aws:CurrentTime": "2026-02-01"}}
    grant = one(of_user(allow(condition=month)))
    assert (grant.words, grant.witness) == (
        "after 2026-01-01, before 2026-02-01",
        {"aws:CurrentTime": ("2026-01-01T00:00:01Z",)},
    )


def test_an_arn_is_compared_part_by_part_in_the_search_too() -> None:
    odd = "arn:aws:?:b:c:d"
    text, arn = (
        allow(condition={"StringLike": {"aws:UserAgent": odd}}),
        deny(condition={"ArnLike": {"aws:UserAgent": odd}}),
    )
    assert one(of_user(text, arn)).witness == {"aws:UserAgent": ("arn:aws:::b:c:d",)}


def test_letters_in_another_case_are_tried_where_case_is_ignored() -> None:
    any_case = allow(SEND_KEY, condition={"StringEqualsIgnoreCase": {"ec2:osuser": "root"}})
    as_root, as_others = (
        deny(SEND_KEY, condition={name: {"ec2:osuser": "root"}}) for name in ("StringEquals", "StringNotEquals")
    )
    grant = one(of_user(any_case, as_root), action=SEND_KEY)
    (name,) = grant.witness["ec2:osuser"] or ()
    assert (name.lower(), name == "root") == ("root", False)
    assert one(of_user(any_case, as_root, as_others), action=SEND_KEY).access.value == "denied"


def test_an_mfa_has_an_age_also_where_only_sessions_without_one_are_denied() -> None:
    fresh = allow(condition={"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}})
    grant = one(of_user(fresh, deny(condition={"Bool": {MFA: "false"}})))
    assert (grant.access.value, grant.witness[MFA]) == ("conditional", ("true",))


def test_what_may_deny_makes_what_is_allowed_unknown() -> None:
    arn = policy_arn("lost")
    odd = deny(condition={"StringEquals": {"aws:MoonPhase": "full"}})
    for inventory in (
        of_user(allow(), odd),
        of_user(allow(condition={"NumericEquals": {PORT: 22}}), odd),
        of_user(allow(), attached=[arn]),
    ):
        assert one(inventory).access.value == "unknown"
    assert one(of_user(allow(), deny(), attached=[arn])).access.value == "denied"
    limited = deny(condition={"StringEquals": {"aws:MoonPhase": "full"}, "NumericNotEquals": {PORT: 22}})
    grant = one(of_user(allow(), limited))
    assert (told(grant), grant.witness) == (("conditional", "never any port but 22"), {PORT: ("22",)})


def test_trap_two_halves_of_the_internet() -> None:
    everywhere = allow(condition={"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})
    halves = [deny(condition={"IpAddress": {"aws:SourceIp": half}}) for half in ("0.0.0.0/1", "128.0.0.0/1")]
    assert one(of_user(everywhere, halves[0])).witness == {"aws:SourceIp": ("128.0.0.0",)}
    assert one(of_user(everywhere, *halves)).access.value == "denied"


def test_a_session_may_bring_tags_of_its_own() -> None:
    trust = policy({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": ["sts:AssumeRole", "sts:TagSession"]})
    core, absent = (allow(condition=block) for block in (
        {"StringEquals": {"aws:PrincipalTag/team": "core"}}, {"Null": {"aws:PrincipalTag/team": "true"}},
    ))  # fmt: skip
    answers_ = [
        told(one(view(roles=[role("ops", statement, trust=trust, tags=tags)])))
        for statement in (core, absent) for tags in ({"team": "core"}, {"team": "edge"}, {})
    ]  # fmt: skip
    tagged = ("conditional", "in a session tagged team=core")
    denied = ("denied", "no identity-based policy allows it")
    assert answers_ == [tagged, tagged, tagged, denied, denied, ("conditional", "without aws:PrincipalTag/team")]
    assert told(one(view(roles=[role("ops", core, tags={"team": "core"})]))) == ("allowed", "")


def test_trap_power_user_access_through_not_action() -> None:
    document = policy({"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"})
    arn = policy_arn("PowerUserAccess", owner="aws")
    grant = one(view(users=[user(attached=[arn])], policies=[managed(arn, document)]))
    assert (told(grant), [found.place.document for found in grant.statements]) == (("allowed", ""), [arn])


def test_trap_string_equals_on_remote_port() -> None:
    assert words_of(allow(condition={"StringEquals": {PORT: "22"}})) == ("conditional", "port 22")
    assert words_of(allow(condition={"StringLike": {PORT: "22??"}})) == ("conditional", "port 22??")
    assert words_of(allow(condition={"StringLike": {PORT: "70000*"}})) == (
        "denied",
        "no identity-based policy allows it",
    )


def test_trap_for_all_values_on_an_absent_key() -> None:
    grant = one(
        of_user(allow(SEND_KEY, condition={"ForAllValues:StringEquals": {"ec2:osuser": "ada"}})), action=SEND_KEY
    )
    assert (told(grant), grant.witness) == (("conditional", "as ada (or not told)"), {"ec2:osuser": None})


def test_trap_deny_in_a_group() -> None:
    inventory = view(
        users=[user("ada", allow(), groups=["mfa"])],
        groups=[group("mfa", deny(condition={"BoolIfExists": {MFA: "false"}}))],
    )
    assert told(one(inventory)) == ("conditional", "never without MFA")


def test_trap_an_age_without_an_mfa() -> None:
    fresh = {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}
    assert words_of(allow(condition={**fresh, "Bool": {MFA: "false"}})) == (
        "denied",
        "no identity-based policy allows it",
    )
    assert words_of(allow(condition=fresh)) == ("conditional", "with an MFA below 3600 s ago")


def test_trap_two_ways_into_aws_at_once() -> None:
    both = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}, "StringEquals": {"aws:SourceVpce": "vpce-1"}}
    assert words_of(allow(condition=both))[0] == "denied"
    assert words_of(allow(condition={"StringEquals": {"aws:SourceVpce": "vpce-1", "aws:SourceVpc": "vpc-1"}})) == (
        "conditional",
        "from vpc-1, through vpce-1",
    )


def test_trap_a_key_the_action_never_carries() -> None:
    grant = one(of_user(allow(condition={"StringEquals": {"ec2:osuser": "ada"}})))
    assert told(grant) == ("denied", "no identity-based policy allows it")
    open_wide = one(of_user(allow(condition={"StringEqualsIfExists": {"ec2:osuser": "ada"}})))
    assert told(open_wide) == ("allowed", "")
    for found in (grant, open_wide):
        assert found.notes[-1].endswith(f"asks for ec2:osuser, which {OPEN_TUNNEL} never carries")


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ({"StringEquals": {"aws:MoonPhase": "full"}}, "what the key 'aws:moonphase' holds is not known"),
        ({"StringMatches": {"aws:SourceIp": "x"}}, "the operator 'StringMatches' is not known"),
        ({"StringEquals": {"saml:sub": "ada"}}, "what the key 'saml:sub' holds is not known"),
        ({"StringEquals": {"aws:SourceIdentity": "${aws:userid}"}}, "${aws:userid} is known only with the request"),
    ],
)
def test_what_nobody_knows_is_unknown_with_its_place(condition: Any, reason: str) -> None:
    assert words_of(allow(condition=condition), role_=True) == (
        "unknown",
        f"statement 1 of the inline policy inline1 of role/ops: {reason}",
    )
    perhaps = one(view(roles=[role("ops", allow(condition={"NumericEquals": {PORT: 22}}), allow(condition=condition))]))
    assert told(perhaps) == ("conditional", "port 22")
    assert reason in perhaps.reason


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ({"StringLike": {"aws:SourceIp": "10.*"}}, "aws:SourceIp is an address that is compared with a pattern"),
        ({"StringLike": {"aws:CurrentTime": "2026-*"}}, "aws:CurrentTime is a time that is compared with a pattern"),
        ({"NumericEquals": {"aws:UserAgent": "1"}, "StringLike": {"aws:useragent": "a*"}}, "aws:UserAgent is compared as number and string"),
        ({"DateLessThan": {"aws:CurrentTime": "2026-01-01", "aws:EpochTime": "2026-01-01"}}, "conditions ask for the time in two ways"),
    ],
)  # fmt: skip
def test_what_cannot_be_searched_is_unknown(condition: Any, reason: str) -> None:
    assert words_of(allow(condition=condition)) == ("unknown", reason)


def test_too_many_keys_are_unknown() -> None:
    keys = [f"ssm:Key{number}" for number in range(12)]
    statements = [
        allow("ssm:SendCommand", condition={"StringLike": {key: [f"a{number}*", f"*{number}b"] for key in keys}})
        for number in range(2)
    ]
    grant = one(of_user(*statements), "*", action="ssm:SendCommand")
    assert grant.access.value == "unknown"
    assert grant.reason.startswith("too many condition keys: ssm:key0, ssm:key1")


def test_a_session_name_is_free_behind_the_id_of_the_role() -> None:
    own = allow(condition={"StringLike": {"aws:userid": "AROAOPS:*"}})
    other = allow(condition={"StringLike": {"aws:userid": "AROAEVE:*"}})
    named = allow(condition={"StringEquals": {"aws:userid": "AROAOPS:ada"}})
    assert [words_of(statement, role_=True)[0] for statement in (own, other, named)] == [
        "allowed",
        "denied",
        "conditional",
    ]


def test_patterns_that_overlap_are_told_apart() -> None:
    both = [
        allow(SEND_KEY, condition={"StringLike": {"ec2:osuser": "ops*"}}),
        deny(SEND_KEY, condition={"StringLike": {"ec2:osuser": "*root"}}),
    ]
    grant = one(of_user(*both), action=SEND_KEY)
    assert told(grant) == ("conditional", "as like ops*; never as like *root")
    covered = [both[0], deny(SEND_KEY, condition={"StringLike": {"ec2:osuser": "o*"}})]
    assert one(of_user(*covered), action=SEND_KEY).access.value == "denied"


def test_many_valued_keys_are_sets() -> None:
    tags = {
        "ForAllValues:StringEquals": {"aws:TagKeys": ["team", "env"]},
        "ForAnyValue:StringEquals": {"aws:TagKeys": ["team"]},
    }
    grant = one(of_user(allow("ec2:CreateTags", condition=tags)), "*", action="ec2:CreateTags")
    assert (grant.access.value, grant.witness) == ("conditional", {"aws:TagKeys": ("team",)})
    unlisted = {
        "ForAllValues:StringEquals": {"dynamodb:Attributes": ["a"]},
        "ForAnyValue:StringEquals": {"dynamodb:Attributes": ["b"]},
    }
    assert (
        one(of_user(allow("dynamodb:GetItem", condition=unlisted)), "*", action="dynamodb:GetItem").access.value
        == "denied"
    )
    both = {
        "ForAnyValue:StringEquals": {"dynamodb:Attributes": ["a"]},
        "ForAnyValue:StringLike": {"dynamodb:Attributes": ["b"]},
    }
    grant = one(of_user(allow("dynamodb:GetItem", condition=both)), "*", action="dynamodb:GetItem")
    assert grant.witness == {"dynamodb:attributes": ("a", "b")}
    none = {**tags, "ForAllValues:StringNotEquals": {"aws:TagKeys": "team"}}
    assert one(of_user(allow("ec2:CreateTags", condition=none)), "*", action="ec2:CreateTags").access.value == "denied"


def test_service_linked_roles_and_permission_sets_are_known_by_name() -> None:
    linked = role("AWSServiceRoleForEc2InstanceConnect", path="/aws-service-role/ec2-instance-connect.amazonaws.com/")
    people = role("AWSReservedSSO_Ops_0a1b2c3d4e5f6071", allow(), path="/aws-reserved/sso.amazonaws.com/")
    found = [grant.principal for grant in answers(view(roles=[linked, people])).grants]
    assert [(one.is_service_linked, one.is_identity_center) for one in found] == [(True, False), (False, True)]


def test_instance_profiles_are_listed() -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:instance-profile/ops"
    (grant,) = answers(view(roles=[role("ops", InstanceProfileList=[{"Arn": arn}, {}])])).grants
    assert grant.principal.instance_profiles == (arn,)


def test_roles_that_say_the_same_get_answers_with_their_own_places() -> None:
    names: Sequence[str] = ("dev", "ops")
    found = answers(view(roles=[role(name, allow(condition={"NumericEquals": {PORT: 22}})) for name in names])).grants
    assert [[str(need.statements[0].place) for need in grant.needs] for grant in found] == [
        [f"statement 1 of the inline policy inline1 of role/{name}"] for name in names
    ]
