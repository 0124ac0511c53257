"""The small accounts on the cards, played with the production judge: they test a rule and show what it reads."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace

from scanner.aws.build import make_inventory
from scanner.aws.kinds import identify
from scanner.aws.table import KINDS
from scanner.evaluate.judge import PLACES, judge
from scanner.model import Finding, Gap, GapReason, Inventory, Outcome, Rule, View, World

ACCOUNT = "111122223333"
NOON = "2026-01-15T12:00:00Z"
"""What a world's clock shows unless the card says otherwise."""


def build_world(world: World) -> Inventory:
    """The inventory a world describes: everything not given does not exist, everything in `gaps` could not be read."""
    return make_inventory(
        copy.deepcopy(dict(world.given)),
        account=ACCOUNT,
        region=world.region,
        gaps=tuple(gap for entry in world.gaps for gap in _gaps(world, entry["call"], dict(entry))),
        taken_at=world.at or NOON,
        mode="world",
    )


def _gaps(world: World, call: str, entry: dict[str, str]) -> Iterator[Gap]:
    """A refused list call is a gap of its kinds; a refused detail is a gap of the resources it would have been about."""
    reason = GapReason(entry.get("reason", "denied"))
    listed = tuple(kind.name for kind in KINDS.values() if kind.call == call)
    if listed:
        yield Gap(ACCOUNT, world.region, call, reason, "AccessDenied", listed)
    for kind in KINDS.values():
        if call not in {f"{kind.service}:{detail.operation}" for detail in kind.details}:
            continue
        for facts in world.given.get(kind.name, ()):
            id_, arn = identify(
                kind, facts, partition="aws", account=ACCOUNT, region=facts.get("HomeRegion") or world.region
            )
            if entry.get("resource", id_) in (id_, arn):
                yield Gap(ACCOUNT, world.region, call, reason, "AccessDenied", (kind.name,), arn)


def play(rule: Rule, world: World) -> tuple[list[Finding], list[str]]:
    """A world's findings, and a sentence for everything in which the rule does not do what the world expects of it."""
    inventory = build_world(world)
    before = [copy.deepcopy(dict(resource.facts)) for resource in inventory.resources]
    findings, _ = judge(rule, inventory)
    mistakes = [f"it crashes: {finding.message}" for finding in findings if finding.outcome is Outcome.ERROR]
    if before != [dict(resource.facts) for resource in inventory.resources]:
        mistakes.append("the rule alters the facts it is shown")
    flagged = _ids(findings, Outcome.FAIL)
    unsure = _ids(findings, Outcome.UNKNOWN)
    wanted = {"bad": set(world.ids)}.get(world.expect, set())
    doubted = {"unknown": set(world.ids)}.get(world.expect, set())
    if flagged != wanted:
        mistakes.append(f"it flags {_told(flagged)} where the card says {_told(wanted)}")
    if unsure != doubted:
        mistakes.append(f"it leaves {_told(unsure)} unknown where the card says {_told(doubted)}")
    return findings, mistakes


def kinds_read(rule: Rule) -> frozenset[str]:
    """The kinds a rule asks for: as written down when it was last watched, else watched now."""
    return observe(rule) if rule.reads is None else rule.reads


def observe(rule: Rule) -> frozenset[str]:
    """The kinds a rule asks for while it plays its worlds; a rule without worlds is watched over an empty one."""
    read = {rule.about}
    for _, view in _played(rule):
        read |= set(view.read)
    return frozenset(read)


def kinds_answered(rule: Rule) -> frozenset[str]:
    """The kinds of what a rule answers about while it plays its worlds, the places it speaks of in doubt left out."""
    found = {finding.resource.kind for findings, _ in _played(rule) for finding in findings}
    return frozenset({rule.about, *found} - ({*PLACES} - {rule.about}))


def _played(rule: Rule) -> Iterator[tuple[list[Finding], View]]:
    empty = World("empty", "good", {rule.about: [{}]})
    for world in (*rule.worlds, empty):
        # A setting may be what makes a rule look at more.
        yield judge(replace(rule, values={**rule.values, **world.settings}), build_world(world))


def _ids(findings: list[Finding], outcome: Outcome) -> set[str]:
    return {finding.resource.id for finding in findings if finding.outcome is outcome}


def _told(ids: set[str]) -> str:
    return ", ".join(sorted(ids)) or "nothing"
