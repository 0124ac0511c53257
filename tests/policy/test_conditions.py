"""Every operator of conditions, as the IAM user guide describes it: condition operators, set operators, missing keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from scanner.model import Unknown
from scanner.policy.conditions import clauses
from scanner.policy.requests import ContextValue, given_context
from scanner.policy.truths import every


def holds(condition: Any, context: Mapping[str, ContextValue] | None = None, *, has_variables: bool = True) -> str:
    """Says yes, no, or why it is unknown."""
    given = given_context(context or {})
    truth = every(clause.holds(given.get) for clause in clauses(condition, has_variables=has_variables))
    return truth.why if isinstance(truth, Unknown) else ("yes" if truth else "no")


V4, V6 = "203.0.113.7", "2001:db8::7"
SAML = "arn:aws:iam::111122223333:saml-provider/corp"

CASES: list[tuple[str, Any, Any, Any, str]] = [
    # the operator, the policy's value, the value in the request, what holds
    ("strings are equal letter by letter", "StringEquals", "ec2-user", "ec2-user", "yes"),
    ("capital letters are other letters", "StringEquals", "ec2-user", "EC2-user", "no"),
    ("an asterisk is no wildcard to StringEquals", "StringEquals", "ec2-*", "ec2-user", "no"),
    ("an asterisk is itself to StringEquals", "StringEquals", "ec2-*", "ec2-*", "yes"),
    ("one value of several is enough", "StringEquals", ["root", "ec2-user"], "ec2-user", "yes"),
    ("a number is compared as text", "StringEquals", "22", 22, "yes"),
    ("a number in a policy needs no quotes", "StringEquals", 22, "22", "yes"),
    ("not equal to any", "StringNotEquals", ["root", "admin"], "ec2-user", "yes"),
    ("equal to one of them", "StringNotEquals", ["root", "admin"], "admin", "no"),
    ("case is ignored", "StringEqualsIgnoreCase", "Prod", "pROD", "yes"),
    ("case is ignored and the word is another", "StringEqualsIgnoreCase", "Prod", "pre", "no"),
    ("case is ignored in the negation", "StringNotEqualsIgnoreCase", "Prod", "PROD", "no"),
    ("an asterisk stands for nothing too", "StringLike", "ops*", "ops", "yes"),
    ("a question mark stands for one character", "StringLike", "ops-?", "ops-1", "yes"),
    ("a question mark does not stand for none", "StringLike", "ops-?", "ops-", "no"),
    ("an asterisk stands for a new line too", "StringLike", "a*b", "a\nb", "yes"),
    ("an asterisk fits an empty text", "StringLike", "*", "", "yes"),
    ("wildcards in the middle", "StringLike", "a*b?c*d", "aXXbYcZZd", "yes"),
    ("wildcards in the middle that do not fit", "StringLike", "a*b?c*d", "aXXbcZZd", "no"),
    ("patterns mind the case", "StringLike", "OPS*", "ops-1", "no"),
    ("fits none", "StringNotLike", ["ops*", "dev*"], "audit", "yes"),
    ("fits one", "StringNotLike", ["ops*", "dev*"], "dev-1", "no"),
    ("a full stop is a full stop", "StringLike", "a.c*", "abc", "no"),
    ("an empty text equals itself", "StringEquals", "", "", "yes"),
    ("numbers are equal however they are written", "NumericEquals", "22", "22.0", "yes"),
    ("numbers differ", "NumericEquals", ["22", "3389"], 443, "no"),
    ("a number that is none of them", "NumericNotEquals", ["22", "3389"], 443, "yes"),
    ("a number that is one of them", "NumericNotEquals", ["22", "3389"], 22, "no"),
    ("less", "NumericLessThan", "3600", 3599, "yes"),
    ("not less", "NumericLessThan", "3600", 3600, "no"),
    ("less or equal", "NumericLessThanEquals", "3600", 3600, "yes"),
    ("more", "NumericLessThanEquals", "3600", 3601, "no"),
    ("greater", "NumericGreaterThan", 0, 1, "yes"),
    ("not greater", "NumericGreaterThan", 0, 0, "no"),
    ("greater or equal", "NumericGreaterThanEquals", "1.5", 1.5, "yes"),
    ("a negative number", "NumericGreaterThanEquals", "-1", 0, "yes"),
    ("numbers are not compared as text", "NumericLessThan", "100", 9, "yes"),
    ("the same moment in two zones", "DateEquals", "2026-01-15T12:00:00Z", "2026-01-15T13:00:00+01:00", "yes"),
    ("another moment", "DateNotEquals", "2026-01-15T12:00:00Z", "2026-01-15T12:00:01Z", "yes"),
    ("before", "DateLessThan", "2026-01-15T12:00:00Z", "2026-01-15T11:59:59Z", "yes"),
    ("at the moment", "DateLessThanEquals", "2026-01-15T12:00:00Z", "2026-01-15T12:00:00Z", "yes"),
    ("after", "DateGreaterThan", "2026-01-15", "2026-01-15T00:00:01Z", "yes"),
    ("seconds since 1970", "DateGreaterThanEquals", "1768478400", "2026-01-15T12:00:00Z", "yes"),
    ("a truth value", "Bool", "true", "true", "yes"),
    ("a truth value without quotes", "Bool", True, True, "yes"),
    ("a truth value in capitals", "Bool", "True", "true", "yes"),
    ("the other truth value", "Bool", "true", False, "no"),
    ("the same bytes", "BinaryEquals", "QmFzdGlvbg==", "QmFzdGlvbg==", "yes"),
    ("other bytes", "BinaryEquals", "QmFzdGlvbg==", "QmFzdGlvbmw=", "no"),
    ("an address in the block", "IpAddress", "203.0.113.0/24", V4, "yes"),
    ("an address outside of the block", "IpAddress", "203.0.113.0/29", "203.0.113.8", "no"),
    ("an address is a block of one", "IpAddress", V4, V4, "yes"),
    ("a block that begins in its middle", "IpAddress", "203.0.113.9/24", V4, "yes"),
    ("an address of IPv6", "IpAddress", "2001:db8::/32", V6, "yes"),
    ("an address of the other family is in no block", "IpAddress", "0.0.0.0/0", V6, "no"),
    ("blocks of both families", "IpAddress", ["0.0.0.0/0", "::/0"], V6, "yes"),
    ("outside of every block", "NotIpAddress", ["198.51.100.0/24", "192.0.2.0/24"], V4, "yes"),
    ("inside of one block", "NotIpAddress", ["198.51.100.0/24", "203.0.113.0/24"], V4, "no"),
    ("NotIpAddress with a mixed family is true", "NotIpAddress", "203.0.113.0/24", V6, "yes"),
    ("the same ARN", "ArnEquals", SAML, SAML, "yes"),
    ("ArnEquals has wildcards", "ArnEquals", "arn:aws:iam::*:saml-provider/c?rp", SAML, "yes"),
    ("ArnLike has them too", "ArnLike", "arn:aws:iam::*:saml-provider/c?rp", SAML, "yes"),
    ("the parts of an ARN are compared one by one", "ArnLike", "arn:aws:*:saml-provider/corp:x:y", SAML, "no"),
    ("an asterisk does not leave its part", "ArnLike", "arn:aws:*:group:a:b", "arn:aws:logs:eu:1:group:a:b", "no"),
    ("the last part keeps its colons", "ArnLike", "arn:aws:logs:*:*:log-group:/a*", "arn:aws:logs:eu-west-1:1:log-group:/a:b", "yes"),
    ("an asterisk alone is any ARN", "ArnLike", "*", SAML, "yes"),
    ("what is no ARN is like none", "ArnLike", "arn:aws:iam::*:*", "corp", "no"),
    ("another ARN", "ArnNotEquals", "arn:aws:iam::*:saml-provider/other", SAML, "yes"),
    ("not unlike", "ArnNotLike", "arn:aws:iam::*:saml-provider/*", SAML, "no"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("operator", "value", "asked", "expected"), [pytest.param(*rest, id=name) for name, *rest in CASES]
)
def test_an_operator_compares(operator: str, value: Any, asked: Any, expected: str) -> None:
    assert holds({operator: {"some:key": value}}, {"Some:KEY": asked}) == expected
    assert holds({operator.lower(): {"some:key": value}}, {"some:key": asked}) == expected
    assert holds({f"{operator}IfExists": {"some:key": value}}, {"some:key": asked}) == expected


POSITIVE = ("StringEquals", "StringEqualsIgnoreCase", "StringLike", "NumericEquals", "NumericLessThan", "DateEquals",
            "DateGreaterThan", "Bool", "BinaryEquals", "IpAddress", "ArnEquals", "ArnLike")  # fmt: skip
NEGATED = ("StringNotEquals", "StringNotEqualsIgnoreCase", "StringNotLike", "NumericNotEquals", "DateNotEquals",
           "NotIpAddress", "ArnNotEquals", "ArnNotLike")  # fmt: skip
VALUES = {
    "Numeric": "22",
    "Date": "2026-01-15",
    "Bool": "true",
    "Binary": "QQ==",
    "IpAddress": V4,
    "NotIp": V4,
    "Arn": SAML,
}


def value_for(operator: str) -> str:
    return next((value for start, value in VALUES.items() if operator.startswith(start)), "x")


@pytest.mark.parametrize("operator", POSITIVE)
def test_a_key_that_is_missing_fails_a_positive_test(operator: str) -> None:
    block = {"some:key": value_for(operator)}
    assert holds({operator: block}) == "no"
    assert holds({f"{operator}IfExists": block}) == "yes"
    assert holds({f"ForAllValues:{operator}": block}) == "yes"
    assert holds({f"ForAnyValue:{operator}": block}) == "no"


@pytest.mark.parametrize("operator", NEGATED)
def test_a_key_that_is_missing_passes_a_negated_test(operator: str) -> None:
    block = {"some:key": value_for(operator)}
    assert holds({operator: block}) == "yes"
    assert holds({f"{operator}IfExists": block}) == "yes"
    assert holds({f"ForAllValues:{operator}": block}) == "yes"
    assert holds({f"ForAnyValue:{operator}": block}) == "no"


def test_if_exists_changes_nothing_after_for_any_value() -> None:
    assert holds({"ForAnyValue:StringEqualsIfExists": {"aws:TagKeys": "team"}}) == "no"


@pytest.mark.parametrize(
    ("wanted", "context", "expected"),
    [
        ("true", {}, "yes"),
        ("true", {"some:key": "x"}, "no"),
        ("false", {}, "no"),
        ("false", {"some:key": "x"}, "yes"),
        (False, {"some:key": "x"}, "yes"),
        ("true", {"some:key": []}, "yes"),
        ("true", {"some:key": ""}, "yes"),
        (["true", "false"], {"some:key": "x"}, "yes"),
    ],
)
def test_null_asks_whether_the_key_is_missing(wanted: Any, context: dict[str, Any], expected: str) -> None:
    assert holds({"Null": {"some:key": wanted}}, context) == expected


@pytest.mark.parametrize(
    ("operator", "asked", "expected"),
    [
        ("ForAllValues:StringEquals", ["team", "env"], "yes"),
        ("ForAllValues:StringEquals", ["team", "cost"], "no"),
        ("ForAllValues:StringEquals", [], "yes"),
        ("ForAllValues:StringEquals", "", "yes"),
        ("ForAllValues:StringEquals", "team", "yes"),
        ("ForAnyValue:StringEquals", ["cost", "env"], "yes"),
        ("ForAnyValue:StringEquals", ["cost", "size"], "no"),
        ("ForAnyValue:StringEquals", [], "no"),
        ("ForAllValues:StringNotEquals", ["cost", "size"], "yes"),
        ("ForAllValues:StringNotEquals", ["cost", "env"], "no"),
        ("ForAnyValue:StringNotEquals", ["cost", "env"], "yes"),
        ("ForAnyValue:StringNotEquals", ["team", "env"], "no"),
        ("forallvalues:stringequals", ["team"], "yes"),
    ],
)
def test_set_operators_ask_for_all_or_for_any(operator: str, asked: Any, expected: str) -> None:
    assert holds({operator: {"aws:TagKeys": ["team", "env"]}}, {"aws:TagKeys": asked}) == expected


def test_several_values_without_a_set_operator_decide_only_together() -> None:
    condition = {"StringEquals": {"aws:TagKeys": ["team", "env"]}}
    assert holds(condition, {"aws:TagKeys": ["team", "env"]}) == "yes"
    assert holds(condition, {"aws:TagKeys": ["cost", "size"]}) == "no"
    assert "aws:TagKeys has several values" in holds(condition, {"aws:TagKeys": ["team", "cost"]})


def test_operators_and_keys_all_have_to_hold() -> None:
    condition = {"NumericEquals": {"a:port": 22, "a:seconds": 60}, "Bool": {"a:mfa": "true"}}
    assert holds(condition, {"a:port": 22, "a:seconds": 60, "a:mfa": True}) == "yes"
    for missing in ("a:port", "a:seconds", "a:mfa"):
        assert holds(condition, {"a:port": 22, "a:seconds": 60, "a:mfa": True, missing: None}) == "no"


@pytest.mark.parametrize(
    ("condition", "context", "reason"),
    [
        ({"StringMatches": {"some:key": "x"}}, {}, "the operator 'StringMatches' is not known"),
        ({"ForSomeValues:StringEquals": {"some:key": "x"}}, {}, "the operator 'ForSomeValues:StringEquals' is not known"),
        ({"NullIfExists": {"some:key": "true"}}, {}, "the operator 'NullIfExists' is not known"),
        ({"ForAnyValue:Null": {"some:key": "true"}}, {}, "the operator 'ForAnyValue:Null' is not known"),
        ({"Null": {"some:key": "yes"}}, {}, "Null of some:key: 'yes' is neither true nor false"),
        ({"NumericEquals": {"some:key": "ssh"}}, {"some:key": 22}, "NumericEquals of some:key: 'ssh' is no number"),
        ({"NumericEquals": {"some:key": 22}}, {"some:key": "ssh"}, "'ssh' is no number"),
        ({"NumericEquals": {"some:key": "1_000"}}, {"some:key": 22}, "NumericEquals of some:key: '1_000' is no number"),
        ({"NumericEquals": {"some:key": "${a:b}"}}, {"some:key": 22}, "NumericEquals of some:key: '${a:b}' is no number"),
        ({"DateEquals": {"some:key": "soon"}}, {"some:key": "2026-01-15"}, "DateEquals of some:key: 'soon' is no time"),
        ({"IpAddress": {"some:key": "10.0.0.0/33"}}, {"some:key": V4}, "IpAddress of some:key: '10.0.0.0/33' is no address"),
        ({"Bool": {"some:key": "yes"}}, {"some:key": True}, "Bool of some:key: 'yes' is neither true nor false"),
        ({"BinaryEquals": {"some:key": "?"}}, {"some:key": "QQ=="}, "BinaryEquals of some:key: '?' is no base64"),
        ({"ArnLike": {"some:key": "arn:aws:iam:*"}}, {"some:key": SAML}, "'arn:aws:iam:*' is no ARN"),
        ({"StringEquals": {"some:key": {"a": 1}}}, {}, "StringEquals of some:key: it has a value that cannot be read"),
        ({"StringEquals": {"some:key": None}}, {}, "StringEquals of some:key: it has a value that cannot be read"),
        ({"StringEquals": "x"}, {}, "the condition StringEquals cannot be read"),
        ("x", {}, "the condition cannot be read"),
        ({"StringEquals": {"aws:ResourceTag/${a:b}": "x"}}, {}, "the key 'aws:ResourceTag/${a:b}' is not known"),
        ({"StringEquals": {"some:key": "${a b"}}, {"some:key": "x"}, "StringEquals of some:key: the variable '${a b' cannot be read"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_unknown_and_says_so(condition: Any, context: dict[str, Any], reason: str) -> None:
    assert holds(condition, context) == reason


def test_what_cannot_be_read_does_not_matter_where_another_test_fails() -> None:
    assert holds({"StringMatches": {"some:key": "x"}, "Bool": {"a:mfa": "true"}}, {"a:mfa": False}) == "no"
    assert holds({"NumericEquals": {"some:key": "ssh"}}) == "no"


@pytest.mark.parametrize(
    ("value", "context", "expected"),
    [
        ("${aws:username}", {"aws:username": "ada", "some:key": "ada"}, "yes"),
        ("${AWS:UserName}", {"aws:username": "ada", "some:key": "ada"}, "yes"),
        ("home/${aws:username}/*", {"aws:username": "ada", "some:key": "home/ada/x"}, "yes"),
        ("${aws:username}", {"some:key": "ada"}, "no"),
        ("${aws:PrincipalTag/team, 'core'}", {"some:key": "core"}, "yes"),
        ("${aws:PrincipalTag/team,'core'}", {"aws:PrincipalTag/Team": "edge", "some:key": "core"}, "no"),
        ("${aws:PrincipalTag/team, 'core'}", {"aws:PrincipalTag/team": "edge", "some:key": "edge"}, "yes"),
        ("a${*}b", {"some:key": "a*b"}, "yes"),
        ("a${*}b", {"some:key": "axb"}, "no"),
        ("a${?}", {"some:key": "ax"}, "no"),
        ("${$}{aws:username}", {"aws:username": "ada", "some:key": "${aws:username}"}, "yes"),
    ],
)
def test_variables_are_filled_in_by_the_request(value: str, context: dict[str, Any], expected: str) -> None:
    assert holds({"StringLike": {"some:key": value}}, context) == expected


def test_a_wildcard_in_the_value_of_a_variable_is_no_wildcard() -> None:
    context = {"aws:username": "*", "some:key": "ada"}
    assert holds({"StringLike": {"some:key": "${aws:username}"}}, context) == "no"


def test_a_variable_without_a_value_is_equal_to_nothing_and_unlike_everything() -> None:
    assert holds({"StringNotEquals": {"some:key": "${aws:PrincipalTag/team}"}}, {"some:key": "core"}) == "yes"
    assert holds({"StringEquals": {"some:key": "${aws:PrincipalTag/team}"}}, {"some:key": ""}) == "no"


def test_a_variable_with_several_values_is_unknown() -> None:
    context = {"aws:TagKeys": ["team", "env"], "some:key": "team"}
    assert (
        holds({"StringEquals": {"some:key": "${aws:TagKeys}"}}, context)
        == "the variable ${aws:tagkeys} has several values"
    )


def test_before_2012_10_17_braces_are_text() -> None:
    context = {"aws:username": "ada", "some:key": "ada"}
    assert holds({"StringEquals": {"some:key": "${aws:username}"}}, context, has_variables=False) == "no"
    context = {"some:key": "${aws:username}"}
    assert holds({"StringEquals": {"some:key": "${aws:username}"}}, context, has_variables=False) == "yes"
    assert holds({"StringLike": {"some:key": "${*}"}}, {"some:key": "${x}"}, has_variables=False) == "yes"
