"""The ids of security group rules: what `aws ec2 revoke-security-group-ingress` is told to take one away.

https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html. A group's own list has no ids of its rules, so
that they are matched by group, direction, protocol, ports and source.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from scanner.model import Hop, Resource, Undecided, View
from scanner.network.security_groups import SECURITY_GROUP, traffic_in_words
from scanner.network.structures import text_of

SECURITY_GROUP_RULE = "AWS::EC2::SecurityGroupRule"


class _RuleIds:
    """The ids of rules by their group and their words; several where two rules read the same."""

    def __init__(self, view: View) -> None:
        self.found: dict[str, list[str]] = {}
        for rule in view.known(SECURITY_GROUP_RULE):
            try:
                self.found.setdefault(_words(rule), []).append(rule.id)
            except Undecided:
                # Whoever cannot be read is no match; the verdict does not hang on it.
                continue


def with_rule_ids(view: View, hops: Iterable[Hop]) -> tuple[Hop, ...]:
    """The same hops, those that a security group rule lets through with its id, where exactly one is it."""
    if not any(_is_rule(hop) for hop in hops):
        return tuple(hops)
    found = view.shared(_RuleIds).found
    return tuple(replace(hop, rule_id=_only(found, hop)) if _is_rule(hop) else hop for hop in hops)


def _only(found: dict[str, list[str]], hop: Hop) -> str:
    # A prefix list is followed by the block in it that made the match.
    ids = found.get(hop.rule.partition(" (")[0], [])
    return ids[0] if len(ids) == 1 else ""


def _is_rule(hop: Hop) -> bool:
    return hop.kind == SECURITY_GROUP and hop.allows


def _words(rule: Resource) -> str:
    """A rule as a hop tells it: "sg-1: tcp 22 from 10.0.0.0/8"."""
    referenced = rule.get("ReferencedGroupInfo.GroupId")
    sources = [text_of(rule, key) for key in ("CidrIpv4", "CidrIpv6", "PrefixListId")]
    source = next(filter(None, (*sources, str(referenced or ""))), "")
    way = "to" if rule.get("IsEgress") is True else "from"
    return f"{text_of(rule, 'GroupId')}: {traffic_in_words(rule.facts)} {way} {source}"
