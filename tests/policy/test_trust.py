"""Who may become a role, in words."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.policy.principals import directory_of
from scanner.policy.trust import trustees_of
from tests.policy.accounts import ACCOUNT, MFA, policy, role, trusting, user, view


def told(*statements: Any) -> list[tuple[str, str]]:
    inventory = view(roles=[role("ops", trust=policy(*statements))])
    found = trustees_of(inventory, directory_of(inventory).named("role/ops"))
    return [(f"not {one.words}" if one.denies else one.words, one.doubt or one.conditions) for one in found]


@pytest.mark.parametrize(
    ("principal", "words"),
    [
        ("*", ["anybody"]),
        ({"AWS": "*"}, ["anybody"]),
        ({"AWS": ACCOUNT}, ["whom this account lets"]),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, ["whom this account lets"]),
        ({"AWS": "arn:aws:iam::444455556666:root"}, ["whom account 444455556666 lets"]),
        ({"AWS": ["arn:aws:iam::444455556666:role/ci", f"arn:aws:iam::{ACCOUNT}:user/ada"]},
         ["role/ci of account 444455556666", "user/ada of this account"]),
        ({"AWS": "AIDAEXAMPLEID"}, ["a principal that was deleted (AIDAEXAMPLEID)"]),
        ({"Service": ["ec2.amazonaws.com"]}, ["the service ec2.amazonaws.com"]),
        ({"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/corp"}, ["the identity provider corp"]),
        ({"CanonicalUser": "79a5"}, ["CanonicalUser 79a5"]),
    ],
)  # fmt: skip
def test_principals_have_words(principal: Any, words: list[str]) -> None:
    assert [word for word, _ in told(trusting(principal))] == words


def test_conditions_and_denials_are_told() -> None:
    allowed = trusting({"AWS": ACCOUNT}, condition={"Bool": {MFA: "true"}})
    denied = {**trusting({"AWS": "arn:aws:iam::444455556666:root"}), "Effect": "Deny"}
    others = {"Effect": "Deny", "NotPrincipal": {"AWS": ACCOUNT}, "Action": "sts:*"}
    assert told(allowed, denied, others) == [
        ("whom this account lets", "with MFA"),
        ("not whom account 444455556666 lets", ""),
        ("not everybody but whom this account lets", ""),
    ]


def test_a_statement_about_something_else_lets_nobody_in() -> None:
    assert told(trusting({"AWS": ACCOUNT}, action="sts:TagSession")) == []


def test_what_cannot_be_read_is_somebody() -> None:
    assert told(trusting(5)) == [("somebody", "the principal cannot be read")]
    assert told("?") == [("somebody", "the statement cannot be read")]


def test_nobody_becomes_a_user() -> None:
    inventory = view(users=[user("ada")])
    assert trustees_of(inventory, directory_of(inventory).named("user/ada")) == ()
