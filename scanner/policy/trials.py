"""The answers of AWS to "would this pattern notice that call?", and what is made of them and of the local reading.

The collector asks events:TestEventPattern and logs:TestMetricFilter and keeps each answer as a fact of the rule or the
filter; where AWS refused, was not asked, or the facts come from a template, the local reading stands alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scanner.aws.trials import fact_of
from scanner.model import Resource, Unknown
from scanner.policy.event_patterns import read_event_pattern
from scanner.policy.filter_patterns import read_filter_pattern
from scanner.policy.reading import NO, YES, Reading, unread
from scanner.policy.synthetic_events import VARYING, VARYING_ENVELOPE, envelope_of, message_of

EVENT_RULE = "AWS::Events::Rule"
METRIC_FILTER = "AWS::Logs::MetricFilter"


def read_rule(facts: Mapping[str, Any], name: str, *, account: str, region: str) -> Reading:
    """Whether the pattern of an EventBridge rule matches an example, as far as can be told here."""
    pattern = facts.get("EventPattern")
    if isinstance(pattern, Unknown):
        return unread(pattern.why)
    if not pattern:
        return NO  # a rule with a schedule alone
    return read_event_pattern(pattern, envelope_of(name, account=account, region=region), varying=VARYING_ENVELOPE)


def read_filter(facts: Mapping[str, Any], name: str, *, account: str, region: str) -> Reading:
    """Whether the pattern of a metric filter matches an example, as far as can be told here."""
    pattern = facts.get("filterPattern")
    if isinstance(pattern, Unknown):
        return unread(pattern.why)
    if facts.get("applyOnTransformedLogs") is True or facts.get("fieldSelectionCriteria"):
        return unread("the filter looks at transformed lines, or at some of them only")
    if pattern is None:
        return unread("the filter does not tell its pattern")
    return read_filter_pattern(pattern, message_of(name, account=account, region=region), varying=VARYING)


def notices(one: Resource, name: str, *, account: str, region: str) -> Reading:
    """Whether a rule or a metric filter notices an example: AWS's own word where there is one.

    AWS's "no" about one example is none about the others where the pattern asks for what differs from call to call.
    """
    read = read_rule if one.kind == EVENT_RULE else read_filter
    local = read(one.facts, name, account=account, region=region)
    told = one.facts.get(fact_of(name))
    if not isinstance(told, bool) or local.matches is False:
        return local
    if told:
        return YES
    return local if local.varies else NO
