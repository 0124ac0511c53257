"""Conditions in words: each as a phrase that goes on after "may open a tunnel"."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.policy.conditions import clauses
from scanner.policy.words import conditions_in_words
from tests.policy.accounts import ADDRESS, DURATION, MFA, PORT


def words(block: Any) -> str:
    return conditions_in_words(clauses(block, has_variables=True))


@pytest.mark.parametrize(
    ("operator", "key", "values", "expected"),
    [
        ("NumericEquals", PORT, "22", "port 22"),
        ("NumericEquals", PORT.upper(), ["22", 3389], "port 22 or 3389"),
        ("NumericNotEquals", PORT, ["22", "3389"], "any port but 22 or 3389"),
        ("NumericLessThanEquals", PORT, 1024, "ports at most 1024"),
        ("NumericEqualsIfExists", PORT, "22", "port 22 (or not told)"),
        ("NumericLessThanEquals", DURATION, "3600", "at most 3600 s"),
        ("NumericLessThan", DURATION, "3600", "below 3600 s"),
        ("NumericEquals", DURATION, "600", "exactly 600 s"),
        ("IpAddress", ADDRESS, ["10.0.1.0/24", "10.0.2.0/24"], "to 10.0.1.0/24 or 10.0.2.0/24"),
        ("NotIpAddress", ADDRESS, "10.0.1.0/24", "to addresses outside 10.0.1.0/24"),
        ("StringEquals", "ec2:osuser", "ec2-user", "as ec2-user"),
        ("StringNotEquals", "ec2:osuser", "root", "as anybody but root"),
        ("StringLike", "ec2:osuser", "ops-*", "as like ops-*"),
        ("Bool", MFA, "true", "with MFA"),
        ("Bool", MFA, False, "in a session without MFA"),
        ("BoolIfExists", MFA, "false", "without MFA"),
        ("BoolIfExists", MFA, "true", "with MFA or long-term credentials"),
        ("Bool", MFA, ["true", "false"], "with temporary credentials"),
        ("Null", MFA, "true", "with long-term credentials"),
        ("Null", MFA, "false", "with temporary credentials"),
        ("NumericLessThan", "aws:MultiFactorAuthAge", "3600", "with an MFA below 3600 s ago"),
        ("IpAddress", "aws:SourceIp", "203.0.113.0/24", "from 203.0.113.0/24"),
        ("NotIpAddress", "aws:SourceIp", "203.0.113.0/24", "from outside 203.0.113.0/24"),
        ("StringEquals", "aws:SourceVpce", "vpce-1", "through vpce-1"),
        ("StringNotEquals", "aws:SourceVpc", "vpc-1", "from outside vpc-1"),
        ("DateLessThan", "aws:CurrentTime", "2026-02-01", "before 2026-02-01"),
        ("DateGreaterThanEquals", "aws:CurrentTime", "2026-02-01", "from 2026-02-01"),
        ("Bool", "aws:SecureTransport", "true", "over TLS"),
        ("Bool", "aws:ViaAWSService", "false", "not through an AWS service"),
        ("StringEquals", "aws:RequestedRegion", ["eu-west-1", "eu-central-1"], "in eu-west-1 or eu-central-1"),
        ("StringEquals", "aws:ResourceTag/Env", "prod", "on what is tagged Env=prod"),
        ("StringNotEquals", "ec2:ResourceTag/Env", "prod", "on what is not tagged Env=prod"),
        ("StringLike", "aws:PrincipalTag/team", "core*", "in a session tagged team=like core*"),
        ("StringEquals", "ec2:Vpc", "arn:x", "ec2:Vpc being arn:x"),
        ("ArnNotLike", "ec2:Vpc", "arn:x*", "ec2:Vpc not like arn:x*"),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ["a", "b"], "some aws:TagKeys being a or b"),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["a", "b"], "every aws:TagKeys being a or b (or not told)"),
        ("NumericGreaterThan", "s3:max-keys", 10, "s3:max-keys above 10"),
        ("Null", "aws:SourceVpce", "true", "without aws:SourceVpce"),
        ("Null", "aws:SourceVpce", "false", "with some aws:SourceVpce"),
        ("StringEquals", "ec2:osuser", [], "as nothing"),
        ("StringEquals", "ec2:osuser", list("abcdefgh"), "as a, b, c, d, e, f or 2 more"),
        ("StringMatches", "ec2:osuser", "a", "StringMatches of ec2:osuser, which cannot be read"),
    ],
)  # fmt: skip
def test_a_condition_has_words(operator: str, key: str, values: Any, expected: str) -> None:
    assert words({operator: {key: values}}) == expected


def test_what_is_asked_for_comes_before_who_asks() -> None:
    block = {"Bool": {MFA: "true"}, "IpAddress": {"aws:SourceIp": "203.0.113.0/24", ADDRESS: "10.0.1.0/24"},
             "NumericEquals": {PORT: "22"}}  # fmt: skip
    assert words(block) == "port 22, to 10.0.1.0/24, with MFA, from 203.0.113.0/24"
    assert words({}) == ""
