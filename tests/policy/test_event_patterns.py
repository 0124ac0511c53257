"""Event patterns read locally: AWS's documented operators, and *nobody can tell* for everything else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.aws.trials import TRIALS
from scanner.policy.event_patterns import read_event_pattern
from scanner.policy.reading import Reading
from scanner.policy.synthetic_events import EXAMPLES, VARYING_ENVELOPE, envelope_of

EVENT = envelope_of("OpenTunnel", account="111122223333", region="eu-west-1")


def read(pattern: Any, event: Any = EVENT) -> Reading:
    return read_event_pattern(json.dumps(pattern), event, varying=VARYING_ENVELOPE)


def test_every_trial_has_an_example() -> None:
    assert tuple(EXAMPLES) == TRIALS


@pytest.mark.parametrize(
    ("test", "value", "matches"),
    [
        ("a", "a", True),
        ("a", "A", False),
        (1, 1, True),
        (1, 1.0, None),
        (True, True, True),
        (None, None, True),
        ("a", ["b", "a"], True),
        ({"prefix": "ab"}, "abc", True),
        ({"prefix": {"equals-ignore-case": "AB"}}, "abc", True),
        ({"suffix": ".png"}, "a.png", True),
        ({"suffix": {"equals-ignore-case": ".PNG"}}, "a.png", True),
        ({"equals-ignore-case": "ALICE"}, "alice", True),
        ({"wildcard": "a*c*e"}, "abcde", True),
        ({"wildcard": "a*c*e"}, "abcd", False),
        ({"wildcard": "a\\*"}, "ab", False),
        ({"wildcard": "ab*ba"}, "aba", False),
        ({"anything-but": "a"}, "b", True),
        ({"anything-but": ["a", "b"]}, "b", False),
        ({"anything-but": [1, 2]}, 3, True),
        ({"anything-but": {"prefix": "ab"}}, "abc", False),
        ({"anything-but": {"suffix": ["x", "c"]}}, "abc", False),
        ({"anything-but": {"equals-ignore-case": ["ABC"]}}, "abc", False),
        ({"anything-but": {"wildcard": "*/lib/*"}}, "/usr/lib/x", False),
        ({"anything-but": {"wildcard": "*/lib/*"}}, "/usr/bin/x", True),
        ({"anything-but": "a"}, ["a", "b"], None),
        ({"numeric": [">", 0, "<=", 5]}, 5, True),
        ({"numeric": ["=", 5]}, "5", False),
        ({"numeric": ["~", 5]}, 5, None),
        ({"cidr": "10.0.0.0/24"}, "10.0.0.7", True),
        ({"cidr": "10.0.0.0/24"}, "10.0.1.7", False),
        ({"cidr": "2001:db8::/32"}, "2001:db8::1", True),
        ({"cidr": "nowhere"}, "10.0.0.7", None),
        ({"exists": True}, "a", True),
        ({"exists": False}, "a", False),
        ({"exists": "yes"}, "a", None),
        ({"sounds-like": "a"}, "a", None),
        ({"prefix": "a", "suffix": "b"}, "ab", None),
    ],
)
def test_an_operator_answers_as_aws_documents_it(test: Any, value: Any, *, matches: bool | None) -> None:
    assert read({"detail": {"field": [test]}}, {"detail": {"field": value}}).matches is matches


def test_what_is_not_there_matches_only_where_it_must_not_be_there() -> None:
    assert read({"detail": {"a": {"b": [{"exists": False}]}}}, {"detail": {}}).matches is True
    assert read({"detail": {"a": [{"anything-but": "x"}]}}, {"detail": {}}).matches is False
    assert read({"detail": {"a": ["x"]}}, {}).matches is False


def test_alternatives_are_structures() -> None:
    either: list[Any] = [{"source": ["aws.health"]}, {"detail": {"eventName": ["OpenTunnel"]}}]
    assert read({"$or": either}).matches is True
    assert read({"account": ["111122223333"], "$or": either[:1]}).matches is False
    assert read({"$or": "x"}).matches is None


def test_one_field_that_does_not_fit_decides_whatever_else_cannot_be_read() -> None:
    assert read({"source": ["aws.health"], "detail": {"x": [{"sounds-like": 1}]}}).matches is False


def test_a_value_that_is_only_an_example_never_says_no() -> None:
    one_endpoint = read({"detail": {"requestParameters": {"instanceConnectEndpointId": ["eice-1"]}}})
    assert (one_endpoint.matches, one_endpoint.varies) == (None, True)
    assert read({"detail": {"userIdentity": {"type": ["Root"]}}}).matches is False


@pytest.mark.parametrize("pattern", ["", "{", "[]", "{}", '{"source": "aws"}', '{"source": []}', None])
def test_what_is_no_pattern_is_not_read(pattern: Any) -> None:
    assert read_event_pattern(pattern, EVENT).matches is None


def test_a_pattern_nested_beyond_reason_is_not_read() -> None:
    deep: Any = ["x"]
    for _ in range(200):
        deep = {"a": deep}
    assert read_event_pattern(json.dumps(deep), EVENT).matches is None
