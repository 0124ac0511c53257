"""Filter patterns read locally: AWS's documented language, and *nobody can tell* for everything else."""

from __future__ import annotations

import json

import pytest

from scanner.policy.filter_patterns import read_filter_pattern
from scanner.policy.synthetic_events import VARYING, message_of

TUNNEL = message_of("OpenTunnel", account="111122223333", region="eu-west-1")


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("", True),
        ('{ $.eventName = "OpenTunnel" }', True),
        ("{$.eventName=OpenTunnel}", True),
        ("{ $['eventName'] = OpenTunnel }", True),
        ('{ $.eventName = "Open*" }', True),
        ('{ $.eventName = "opentunnel" }', None),
        ("{ $.eventName != OpenTunnel }", False),
        ('{ ($.eventName = "CreateRoute") || ($.eventName = "OpenTunnel") }', True),
        ('{ ($.eventName = "CreateRoute") && ($.eventName = "OpenTunnel") }', False),
        ("{ $.eventName = A || $.eventName = OpenTunnel && $.readOnly IS TRUE }", False),
        ("{ ($.eventName = A || $.eventName = OpenTunnel) && $.readOnly IS FALSE }", True),
        ("{ $.errorCode NOT EXISTS }", True),
        ("{ $.errorCode = AccessDenied* }", False),
        ("{ $.errorCode != AccessDenied }", None),
        ("{ $.responseElements IS NULL }", True),
        ("{ $.errorCode IS NULL }", None),
        ("{ $.managementEvent IS TRUE }", True),
        ("{ $.managementEvent = true }", None),
        ('{ $.userIdentity.type = "Root" }', False),
        ('{ $.requestParameters.remotePort = "3389" }', None),
        ("{ $.requestParameters.remotePort = 22 }", None),
        ('{ $.userIdentity = "x" }', None),
        ("{ $.eventName = %Open.*% }", None),
        ("{ $.eventName = OpenTunnel", None),
        ('{ ($.eventName = "OpenTunnel" }', None),
        ("{ $.eventName ~ OpenTunnel }", None),
        ("{ $.eventName = }", None),
        ("{ }", None),
        ("OpenTunnel", True),
        ("CreateRoute", False),
        ("opentunnel", None),
        ("OpenTunnel -errorCode", True),
        ("?CreateRoute ?OpenTunnel", True),
        ("?CreateRoute OpenTunnel", None),
        ("OpenTun", None),
        ('"10.0.0.99"', None),
        ("[ip, user, ...]", None),
        ("%Open.*%", None),
    ],
)
def test_a_pattern_answers_as_aws_documents_it(pattern: str, *, matches: bool | None) -> None:
    assert read_filter_pattern(pattern, TUNNEL, varying=VARYING).matches is matches


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("{ $.n > 4 }", True),
        ("{ $.n <= 4 }", False),
        ("{ $.n = 5.0 }", True),
        ("{ $.n != 5 }", False),
        ("{ $.list[0] = a }", True),
        ("{ $.list[*] = b }", True),
        ("{ $.list[*] != b }", None),
        ("{ $.list[7] = a }", False),
        ("{ $.n > a }", None),
        ("{ $.nothing IS NULL }", True),
        ("{ $.nothing = x }", False),
    ],
)
def test_numbers_and_lists(pattern: str, *, matches: bool | None) -> None:
    line = json.dumps({"n": 5, "list": ["a", "b"], "nothing": None})
    assert read_filter_pattern(pattern, line).matches is matches


def test_parentheses_beyond_reason_are_not_read() -> None:
    assert read_filter_pattern(f"{{ {'(' * 500}$.a = b{')' * 500} }}", TUNNEL).matches is None
