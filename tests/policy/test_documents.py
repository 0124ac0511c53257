"""Documents become statements with their places; what cannot be read stays, and says so."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from scanner.model import Unknown
from scanner.policy.documents import Core, Document, Statement, read_document
from scanner.policy.layers import about as statements_about
from scanner.policy.places import DocumentKind, Place
from tests.policy.accounts import OPEN_TUNNEL, allow, deny, policy, policy_arn

INLINE = Place(DocumentKind.INLINE, "tunnels", "role/ops")


def core(statement: Any, *, version: str = "2012-10-17", is_trust: bool = False) -> Core:
    document = read_document(policy(statement, version=version), INLINE, is_trust=is_trust)
    return document.statements[0].core


def about(found: Core, action: str = OPEN_TUNNEL, resource: str = "arn:x", context: Any = None) -> str:
    document = Document(INLINE, (Statement(found, INLINE),))
    for _, truth in statements_about((document,), action, resource, (context or {}).get):
        return truth.why.removeprefix(f"{INLINE}: ") if isinstance(truth, Unknown) else ("yes" if truth else "no")
    return "no"


@pytest.mark.parametrize(
    "spelt", [lambda one: one, json.dumps, lambda one: quote(json.dumps(one))], ids=["mapping", "text", "url"]
)
def test_a_document_is_read_in_every_spelling(spelt: Any) -> None:
    first, second = allow(Sid="Tunnels"), deny("s3:*")
    found = read_document(spelt(policy(first, second)), INLINE).statements
    assert [(one.core.allows, one.place) for one in found] == [
        (True, INLINE.statement(1, "Tunnels")),
        (False, INLINE.statement(2)),
    ]


def test_a_single_statement_needs_no_list() -> None:
    found = read_document({"Version": "2012-10-17", "Statement": allow()}, INLINE).statements
    assert [one.core.allows for one in found] == [True]


def test_statements_that_say_the_same_share_what_they_say_and_not_their_places() -> None:
    one, other = read_document(policy(allow(Sid="One"), allow(Sid="Other")), INLINE).statements
    assert one.core is other.core
    assert (one.place.sid, other.place.sid) == ("One", "Other")


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (INLINE, "the inline policy tunnels of role/ops"),
        (INLINE.statement(2, "Tunnels"), "statement 2 (Tunnels) of the inline policy tunnels of role/ops"),
        (
            Place(DocumentKind.MANAGED, policy_arn("ops"), version="v3").statement(1),
            "statement 1 of the managed policy arn:aws:iam::111122223333:policy/ops, version v3",
        ),
        (Place(DocumentKind.TRUST, "", "role/ops"), "the trust policy of role/ops"),
    ],
)
def test_a_place_says_where_to_look(place: Place, words: str) -> None:
    assert str(place) == words


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (None, "the policy has statements that cannot be read"),
        ("", "the policy is no JSON that can be read"),
        ("[" * 100_000, "the policy is no JSON that can be read"),
        ("%7B", "the policy is no JSON that can be read"),
        ({"Statement": 5}, "the policy has statements that cannot be read"),
        (Unknown("iam:GetRolePolicy was refused"), "iam:GetRolePolicy was refused"),
    ],
)
def test_a_document_that_cannot_be_read_may_say_anything(raw: Any, reason: str) -> None:
    found = read_document(raw, INLINE).statements
    assert [(one.core.allows, one.place, about(one.core)) for one in found] == [(None, INLINE, reason)]


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("x", "the statement cannot be read"),
        ({"Effect": "Allow", "Action": {1, 2}, "Resource": "*"}, "the statement cannot be read"),
        ({**allow(), "Effect": "allow"}, "the effect is neither Allow nor Deny"),
        ({**allow(), "Effect": ["Allow"]}, "the effect is neither Allow nor Deny"),
        ({"Effect": "Allow", "Resource": "*"}, "it has no Action"),
        ({"Effect": "Allow", "Action": "*"}, "it has no Resource"),
        ({**allow(), "NotAction": "s3:*"}, "it has both Action and NotAction"),
        ({**allow(), "NotResource": "*"}, "it has both Resource and NotResource"),
        ({**allow(), "Action": 5}, "Action cannot be read: the policy has an element that cannot be read"),
        ({**allow(), "Resource": "${a b"}, "Resource cannot be read: the variable '${a b' cannot be read"),
        ({**allow(), "Conditions": {}}, "the element 'Conditions' is not known"),
    ],
)
def test_a_statement_that_cannot_be_read_is_kept_with_its_reason(statement: Any, reason: str) -> None:
    assert about(core(statement)) == reason


def test_a_statement_about_something_else_does_not_matter_however_it_goes_on() -> None:
    assert about(core({**allow("s3:*"), "Resource": 5})) == "no"
    assert about(core({**allow("*", "arn:y"), "Effect": "?"})) == "no"


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ({"Action": "*"}, "yes"),
        ({"Action": "*:*"}, "yes"),
        ({"Action": "EC2-instance-connect:openTUNNEL"}, "yes"),
        ({"Action": "ec2-instance-connect:*"}, "yes"),
        ({"Action": "ec2-instance-connect:Open?unnel"}, "yes"),
        ({"Action": "ec2-instance-connect:Open?Tunnel"}, "no"),
        ({"Action": "ec2:*"}, "no"),
        ({"Action": ["s3:*", "*:OpenTunnel"]}, "yes"),
        ({"Action": []}, "no"),
        ({"NotAction": ["iam:*", "organizations:*"]}, "yes"),
        ({"NotAction": ["iam:*", "ec2-instance-connect:open*"]}, "no"),
        ({"NotAction": []}, "yes"),
    ],
)
def test_actions_ignore_the_case_and_have_wildcards(element: dict[str, Any], expected: str) -> None:
    assert about(core({"Effect": "Allow", "Resource": "*", **element})) == expected


ONE = "arn:aws:ec2:eu-west-1:111122223333:instance-connect-endpoint/eice-0aA"


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ({"Resource": "*"}, "yes"),
        ({"Resource": ONE}, "yes"),
        ({"Resource": ONE.replace("0aA", "0aa")}, "no"),
        ({"Resource": "arn:aws:ec2:*:111122223333:instance-connect-endpoint/*"}, "yes"),
        ({"Resource": "arn:aws:ec2:*"}, "yes"),
        ({"Resource": "arn:aws:ec2:eu-west-?:*/eice-0*"}, "yes"),
        ({"Resource": "arn:aws:ec2:*:*:instance/*"}, "no"),
        ({"Resource": ["arn:aws:s3:::x", "arn:aws:ec2:*"]}, "yes"),
        ({"NotResource": "arn:aws:s3:::x"}, "yes"),
        ({"NotResource": ["arn:aws:s3:::x", "arn:aws:ec2:*"]}, "no"),
        ({"NotResource": "*"}, "no"),
    ],
)
def test_resources_mind_the_case_and_have_wildcards(element: dict[str, Any], expected: str) -> None:
    assert about(core({"Effect": "Allow", "Action": "*", **element}), resource=ONE) == expected


@pytest.mark.parametrize(
    ("element", "context", "version", "expected"),
    [
        ({"Resource": "arn:x/${aws:username}"}, {"aws:username": ("ada",)}, "2012-10-17", "yes"),
        ({"Resource": "arn:x/${aws:username}"}, {"aws:username": ("eve",)}, "2012-10-17", "no"),
        ({"Resource": "arn:x/${aws:username}"}, {}, "2012-10-17", "no"),
        ({"Resource": "arn:x/${aws:username}"}, {"aws:username": ("ada",)}, "2008-10-17", "no"),
        ({"Resource": "arn:x/${aws:username}"}, {"aws:username": ("ada",)}, "", "no"),
        ({"Resource": "arn:x/${aws:username, 'ada'}"}, {}, "2012-10-17", "yes"),
        ({"NotResource": "arn:x/${aws:username}"}, {"aws:username": ("ada",)}, "2012-10-17", "no"),
        # A variable without a value fits nothing, so that everything is outside of it.
        ({"NotResource": "arn:x/${aws:username}"}, {}, "2012-10-17", "yes"),
        ({"Resource": "arn:x/${aws:userid}"}, {"aws:userid": Unknown("it is free")}, "2012-10-17", "it is free"),
    ],
)
def test_resources_have_variables(element: Any, context: Any, version: str, expected: str) -> None:
    found = core({"Effect": "Allow", "Action": "*", **element}, version=version)
    assert about(found, resource="arn:x/ada", context=context) == expected


def test_a_trust_policy_has_principals_and_needs_no_resource() -> None:
    given = {
        "Effect": "Allow",
        "Principal": {"Service": ["ec2.amazonaws.com"], "AWS": "arn:a"},
        "Action": "sts:AssumeRole",
    }
    found = core(given, is_trust=True)
    assert found.principals == (("AWS", "arn:a"), ("Service", "ec2.amazonaws.com"))
    assert about(found, "sts:AssumeRole") == "yes"
    assert core({**given, "Principal": "*"}, is_trust=True).principals == (("*", "*"),)
    assert about(core({**given, "Principal": 5}, is_trust=True), "sts:AssumeRole") == "the principal cannot be read"
