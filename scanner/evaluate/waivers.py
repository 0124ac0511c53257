"""Waivers over a report: what they match is marked and stays as it is, and each waiver is told what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from scanner.evaluate.looked_at import Looked
from scanner.model import (
    Finding,
    JudgedWaiver,
    Outcome,
    Rule,
    ScanReport,
    Scope,
    Suppression,
    Undecided,
    Waiver,
    WaiverState,
)
from scanner.policy.wildcards import fits

_ARN_REGION, _ARN_ACCOUNT, _ARN_PARTS = 3, 4, 6


def waive(
    report: ScanReport, waivers: Sequence[Waiver], *, known: Iterable[Rule], today: date, is_change: bool = False
) -> ScanReport:
    """The report with a suppression on each failure that a valid waiver matches, the first of several in their order.

    No finding comes, goes or changes otherwise. `known` are all rules there are, asked or not. `is_change`: the
    report is about a change, and what a file waives may be there already, or be made elsewhere.
    """
    if not waivers:
        return report
    table = _names(known)
    tallies = [_Tally(waiver, _rule_ids(waiver, table), today > waiver.until) for waiver in waivers]
    shelves = _shelved(tallies, {finding.rule_id for finding in report.findings})
    findings = tuple(_marked(finding, shelves[finding.rule_id]) for finding in report.findings)
    if is_change:
        for tally in tallies:
            tally.doubt = tally.doubt or (
                "" if tally.waiver.is_inline else "a change shows only a part of what there is"
            )
    looked = Looked(report)
    judged = tuple(_judged(tally, looked, table) for tally in _together(tallies))
    return replace(report, findings=findings, waivers=judged)


def matches(scope: Scope, finding: Finding) -> bool | None:
    """Whether a waiver's scope holds the finding's resource; None where tags decide and could not be read."""
    resource = finding.resource
    literal = (
        (scope.fingerprint, finding.fingerprint) if scope.fingerprint else ("", ""),
        (scope.id, resource.id) if scope.id else ("", ""),
        (scope.account, resource.account) if scope.account else ("", ""),
        (scope.region, resource.region) if scope.region else ("", ""),
    )
    if any(wanted != found for wanted, found in literal) or (scope.arn and not fits(resource.arn, scope.arn)):
        return False
    if scope.tag is None:
        return True
    try:
        return resource.tags.get(scope.tag[0]) == scope.tag[1]
    except Undecided:
        return None


@dataclass(slots=True)
class _Tally:
    """A waiver, the rules it is about, and what was seen of it so far."""

    waiver: Waiver
    rule_ids: frozenset[str] | None
    """None: a fingerprint, which tells its rule by itself."""
    expired: bool
    findings: int = 0
    doubt: str = ""


class _Shelf:
    """The waivers for one rule: those for a single id are found by it."""

    def __init__(self, tallies: Iterable[_Tally]) -> None:
        self._by_id: dict[str, list[tuple[int, _Tally]]] = {}
        self._wide: list[tuple[int, _Tally]] = []
        for number, tally in enumerate(tallies):
            scope = tally.waiver.scope
            key = scope.fingerprint or scope.id
            (self._by_id.setdefault(key, []) if key else self._wide).append((number, tally))

    def near(self, finding: Finding) -> list[_Tally]:
        """The waivers that may match, in their order."""
        found = [*self._wide]
        if self._by_id:
            for key in {finding.resource.id, finding.fingerprint}:
                found += self._by_id.get(key, ())
        return [tally for _, tally in sorted(found, key=lambda pair: pair[0])]


def _shelved(tallies: Sequence[_Tally], rule_ids: Iterable[str]) -> Mapping[str, _Shelf]:
    return {
        rule_id: _Shelf(tally for tally in tallies if tally.rule_ids is None or rule_id in tally.rule_ids)
        for rule_id in rule_ids
    }


def _marked(finding: Finding, shelf: _Shelf) -> Finding:
    if finding.outcome in {Outcome.PASS, Outcome.NOT_APPLICABLE}:
        return finding
    chosen: Waiver | None = None
    for tally in shelf.near(finding):
        match = matches(tally.waiver.scope, finding)
        if match is None:
            tally.doubt = f"the tags of {finding.resource.id} could not be read"
        elif match and finding.outcome is not Outcome.FAIL:
            tally.doubt = f"{finding.rule_id} cannot be decided for {finding.resource.id}"
        elif match:
            tally.findings += 1
            if chosen is None and not tally.expired:
                chosen = tally.waiver
    if chosen is None:
        return finding
    kind = "inSource" if chosen.is_inline else "external"
    accepted = Suppression(chosen.reason, chosen.owner, chosen.until.isoformat(), chosen.place, kind)
    return replace(finding, suppression=accepted)


def _together(tallies: Iterable[_Tally]) -> Iterable[_Tally]:
    """One tally for a waiver in a source that makes several resources (count, for_each, a module called twice)."""
    found: dict[object, _Tally] = {}
    for number, tally in enumerate(tallies):
        waiver = tally.waiver
        key = (waiver.place, waiver.rule, waiver.owner, waiver.reason, waiver.until)
        first = found.setdefault(key if waiver.is_inline and waiver.place else number, tally)
        if first is not tally:
            first.findings += tally.findings
            first.doubt = first.doubt or tally.doubt
    return found.values()


def _judged(tally: _Tally, looked: Looked, table: Mapping[str, frozenset[str]]) -> JudgedWaiver:
    waiver = tally.waiver
    state, sentence = _state(tally, looked, table)
    return JudgedWaiver(waiver, state, sentence, 0 if state is WaiverState.UNKNOWN_RULE else tally.findings)


def _state(tally: _Tally, looked: Looked, table: Mapping[str, frozenset[str]]) -> tuple[WaiverState, str]:
    waiver, count = tally.waiver, tally.findings
    many = f"{count:,} finding{'' if count == 1 else 's'}"
    if tally.rule_ids is not None and not tally.rule_ids:
        return WaiverState.UNKNOWN_RULE, _no_rule(waiver.rule, table)
    if tally.expired:
        again = f", and {many} count{'s' if count == 1 else ''} again" if count else ""
        return WaiverState.EXPIRED, f"it expired on {waiver.until.isoformat()}{again}"
    if count:
        return WaiverState.USED, f"{many} waived until {waiver.until.isoformat()}"
    doubt = tally.doubt or _not_looked_at(tally, looked)
    if doubt:
        return WaiverState.UNDECIDED, f"it was not put to use: {doubt}"
    return WaiverState.UNUSED, "it matches no finding"


def _no_rule(word: str, table: Mapping[str, frozenset[str]]) -> str:
    from scanner.errors import did_you_mean  # noqa: PLC0415 - only for a mistake

    if word in table:
        return f"the rule {word} is retired"
    guess = did_you_mean(word, table)
    return f"no rule or family is called {word!r}" + (f"; {guess}" if guess else "")


def _not_looked_at(tally: _Tally, looked: Looked) -> str:
    """Why a waiver without a match may have one all the same, or ""."""
    scope = tally.waiver.scope
    account, region = _place_of(scope)
    asked = looked.rule_ids if tally.rule_ids is None else looked.rule_ids & tally.rule_ids
    if not asked:
        return "its rule was not asked"
    return looked.place_unread(account, region) or looked.undecided_somewhere(asked, account, region)


def _place_of(scope: Scope) -> tuple[str, str]:
    """The account and the Region a scope names, by itself or in its ARN; "" where it leaves them open."""
    parts = scope.arn.split(":", _ARN_PARTS - 1)
    region, account = (parts[_ARN_REGION], parts[_ARN_ACCOUNT]) if len(parts) == _ARN_PARTS else ("", "")
    return scope.account or ("" if "*" in account else account), scope.region or ("" if "*" in region else region)


def _names(rules: Iterable[Rule]) -> Mapping[str, frozenset[str]]:
    """Ids, families and aliases, with the ids that are in force; none of a rule that is retired."""
    table: dict[str, frozenset[str]] = {}
    for rule in rules:
        for name in (rule.id, rule.family, *rule.aliases):
            table[name] = table.get(name, frozenset()) | (frozenset() if rule.retired else {rule.id})
    return table


def _rule_ids(waiver: Waiver, table: Mapping[str, frozenset[str]]) -> frozenset[str] | None:
    if not waiver.rule:
        return None
    if "*" not in waiver.rule:
        return table.get(waiver.rule, frozenset())
    return frozenset().union(*(ids for name, ids in table.items() if fits(name, waiver.rule)))
