"""Which statements of a policy are about everybody, everything, everywhere."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.model import Undecided
from scanner.policy.statements import (
    names_every_action,
    names_every_resource,
    names_everyone,
    narrowing_keys,
    statements,
)


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ({"Principal": "*"}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Principal": {"AWS": ["arn:aws:iam::111122223333:root", "*"]}}, True),
        ({"Principal": {"AWS": "arn:aws:iam::111122223333:root"}}, False),
        ({"Principal": {"Service": "*"}}, False),
        ({"NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}}, True),
        ({"NotPrincipal": "*"}, False),
    ],
)
def test_everybody_has_many_spellings(element: dict[str, Any], expected: bool) -> None:  # noqa: FBT001
    assert names_everyone(element) is expected


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ({"Action": "*"}, True),
        ({"Action": ["s3:GetObject", "**"]}, True),
        ({"Action": "*:*"}, True),
        ({"Action": "S3:*"}, True),
        ({"Action": "sqs:*"}, False),
        ({"Action": "s3:Get*"}, False),
        ({"Action": []}, False),
        ({"NotAction": "s3:DeleteBucket"}, True),
        ({"NotAction": ["s3:*"]}, False),
        ({"NotAction": "*"}, False),
    ],
)
def test_all_actions_are_those_of_the_service_too(element: dict[str, Any], expected: bool) -> None:  # noqa: FBT001
    assert names_every_action(element, "s3") is expected


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ({"Resource": "*"}, True),
        ({"Resource": ["arn:aws:s3:::orders", "*"]}, True),
        ({"Resource": "arn:aws:s3:::*"}, True),
        ({"Resource": "arn:aws:s3:::*/*"}, True),
        ({"Resource": "arn:*"}, True),
        ({"Resource": "arn:aws:sqs:eu-west-1:*:*"}, True),
        ({"Resource": "arn:aws:sqs:*:111122223333:*"}, False),
        ({"Resource": "urn:aws:s3:::*"}, False),
        ({"Resource": "arn:aws:s3:::orders*"}, False),
        ({"Resource": "arn:aws:s3:::orders/*"}, False),
        ({"NotResource": "arn:aws:s3:::orders/*"}, True),
        ({"NotResource": "*"}, False),
    ],
)
def test_all_resources_leave_account_and_name_open(element: dict[str, Any], expected: bool) -> None:  # noqa: FBT001
    assert names_every_resource(element) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (None, ()),
        ({}, ()),
        ({"StringEquals": {}}, ()),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, ("aws:PrincipalOrgID",)),
        ({"StringLike": {"aws:PrincipalArn": "*"}}, ()),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-a1b2c3d4e5/*", "*"]}}, ()),
        ({"ArnLikeIfExists": {"aws:PrincipalArn": "arn:aws:iam::111122223333:*"}}, ("aws:PrincipalArn",)),
        ({"StringEquals": {"aws:PrincipalArn": "*"}}, ("aws:PrincipalArn",)),
        ({"StringLike": {"aws:PrincipalArn": [5]}}, ("aws:PrincipalArn",)),
        ({"Bool": {"AWS:SecureTransport": "true"}}, ()),
        (
            {"NumericGreaterThan": {"s3:TlsVersion": 1.1}, "StringEquals": {"aws:SourceVpc": "vpc-1"}},
            ("aws:SourceVpc",),
        ),
    ],
)
def test_a_condition_counts_if_it_limits_callers_or_resources(condition: Any, expected: tuple[str, ...]) -> None:
    assert narrowing_keys({"Condition": condition}) == expected


@pytest.mark.parametrize(
    "condition",
    [
        {"StringLike": {"aws:PrincipalOrgID": "o-*"}},
        {"StringLike": {"aws:PrincipalAccount": "????????????"}},
        {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        {"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}},
        {"Null": {"aws:PrincipalOrgID": "false"}},
        {"Null": {"aws:ResourceOrgID": "true"}},
        {"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}},
        {"Bool": {"aws:PrincipalIsAWSService": "false"}},
    ],
)
def test_a_condition_that_binds_nobody_does_not_count(condition: Any) -> None:
    assert narrowing_keys({"Effect": "Allow", "Condition": condition}) == ()


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEqualsIfExists": {"aws:ResourceAccount": "111122223333"}}, ("aws:ResourceAccount",)),
        ({"StringLike": {"aws:PrincipalOrgID": "o-a1*"}}, ("aws:PrincipalOrgID",)),
        ({"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}, ("aws:ResourceOrgID",)),
        ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, ("aws:PrincipalIsAWSService",)),
    ],
)
def test_a_condition_that_no_stranger_meets_counts(condition: Any, expected: tuple[str, ...]) -> None:
    assert narrowing_keys({"Effect": "Allow", "Condition": condition}) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringNotEqualsIfExists": {"aws:ResourceOrgID": ["o-a1b2c3d4e5"]}}, ("aws:ResourceOrgID",)),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, ("aws:PrincipalOrgID",)),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, ()),
        ({"StringNotLike": {"aws:PrincipalOrgID": "o-*"}}, ()),
        ({"Null": {"aws:PrincipalOrgID": "true"}}, ()),
    ],
)
def test_a_denial_counts_if_it_is_about_every_stranger(condition: Any, expected: tuple[str, ...]) -> None:
    assert narrowing_keys({"Effect": "Deny", "Condition": condition}) == expected


def test_one_statement_needs_no_list_around_it() -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    assert statements(json.dumps({"Statement": statement})) == (statement,)
    assert statements({"Statement": [statement]}) == (statement,)


@pytest.mark.parametrize(
    "document",
    [
        "",
        "?",
        "[]",
        "{}",
        '{"Statement": 5}',
        '{"Statement": ["?"]}',
        '{"Statement": [{"Effect": "allow"}]}',
        5,
        "[" * 100_000,
    ],
)
def test_what_is_no_policy_is_undecided(document: Any) -> None:
    with pytest.raises(Undecided):
        statements(document)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: names_everyone({}),
        lambda: names_everyone({"Principal": 5}),
        lambda: names_every_action({"Action": None}, "s3"),
        lambda: names_every_action({"NotAction": [5]}, "s3"),
        lambda: names_every_resource({}),
        lambda: narrowing_keys({"Condition": "?"}),
        lambda: narrowing_keys({"Condition": {"StringEquals": "?"}}),
        lambda: narrowing_keys({"Condition": {"StringResembles": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}),
    ],
)
def test_an_element_that_is_missing_or_has_another_shape_is_undecided(ask: Any) -> None:
    with pytest.raises(Undecided):
        ask()
