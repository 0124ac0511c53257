"""A report held against an earlier one: what is new, the same, changed or gone, and of what nobody can say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from scanner.evaluate.looked_at import Looked
from scanner.model import (
    BaselineState,
    Change,
    Comparison,
    EarlierFinding,
    EarlierReport,
    Finding,
    Outcome,
    ScanReport,
)


def compare(report: ScanReport, earlier: EarlierReport, *, digests: Mapping[str, str] | None = None) -> ScanReport:
    """The report with a `change` on each failure, and a comparison that holds what became of the other earlier ones.

    A failure is the same by rule and resource. One of an instance of a scaling group that is gone stands for one of a
    new instance of the group under the same rule, each for one. `digests`
    tells by fingerprint what the report's own findings say, where they were read from a file that words them otherwise.
    """
    renamed = {alias: rule.id for rule in report.rules for alias in rule.aliases}
    before = [_renamed(one, renamed) for one in earlier.failures]
    names = {name: number for number, one in enumerate(before) for name in _names(one)}
    pairs: dict[int, tuple[EarlierFinding, str]] = {}
    found: set[int] = set()
    for number, finding in enumerate(report.findings):
        same = names.get(finding.fingerprint) if finding.outcome is Outcome.FAIL else None
        if same is not None:
            found.add(same)
            pairs[number] = (before[same], "")
    looked = Looked(report)
    rest = [one for number, one in enumerate(before) if number not in found]
    replaced = _replacements(report, [one for one in rest if not _is_undecided(one, looked)], paired=pairs.keys())
    pairs.update(replaced)
    gone = {id(one) for one, _ in replaced.values()}
    left = [_left(one, looked) for one in rest if id(one) not in gone]
    findings = tuple(
        replace(finding, change=_change(finding, pairs.get(number), digests))
        if finding.outcome is Outcome.FAIL
        else finding
        for number, finding in enumerate(report.findings)
    )
    comparison = Comparison(
        earlier.name,
        earlier.taken_at,
        absent=_of_state(left, BaselineState.ABSENT),
        unjudged=_of_state(left, BaselineState.UNJUDGED),
    )
    return replace(report, findings=findings, comparison=comparison)


def _renamed(one: EarlierFinding, renamed: dict[str, str]) -> EarlierFinding:
    """A finding of a rule that has another id today, under that id."""
    rule_id = renamed.get(one.finding.rule_id)
    return replace(one, finding=replace(one.finding, rule_id=rule_id)) if rule_id else one


def _names(one: EarlierFinding) -> set[str]:
    """What it was called when it was written, and what it would be called today."""
    return {one.fingerprint, one.finding.fingerprint} - {""}


def _is_undecided(one: EarlierFinding, looked: Looked) -> bool:
    return any(looked.undecided(name) for name in _names(one))


def _replacements(
    report: ScanReport, rest: list[EarlierFinding], *, paired: Iterable[int]
) -> dict[int, tuple[EarlierFinding, str]]:
    """Number of a finding -> the earlier one of a gone instance that it stands for, as many as there are of both."""
    waiting: dict[str, list[EarlierFinding]] = defaultdict(list)
    for one in sorted(rest, key=lambda one: one.finding.sort_key, reverse=True):
        group = one.finding.group_fingerprint
        if group:
            waiting[group].append(one)
    if not waiting:
        return {}
    taken = set(paired)
    pairs = {}
    for number, finding in enumerate(report.findings):
        if number in taken or finding.outcome is not Outcome.FAIL:
            continue
        same = waiting.get(finding.group_fingerprint)
        if same:
            old = same.pop()
            remark = f"it took the place of {old.finding.resource.id} in the scaling group {finding.scaling_group}"
            pairs[number] = (old, remark)
    return pairs


def _change(finding: Finding, pair: tuple[EarlierFinding, str] | None, digests: Mapping[str, str] | None) -> Change:
    if pair is None:
        return Change(BaselineState.NEW, is_worse=True)
    before, remark = pair
    was = before.finding
    remarks = [remark] if remark else []
    graver = finding.severity.rank > was.severity.rank
    ended = was.suppression is not None and finding.suppression is None
    if finding.severity is not was.severity:
        remarks.append(f"it was {was.severity.value}")
    if ended:
        remarks.append("it was waived")
    # The words about a replaced instance name it, so they differ even where nothing else does.
    digest = finding.digest if digests is None else digests.get(finding.fingerprint, "")
    other_words = bool(before.digest and digest) and before.digest != digest and not remark
    if other_words and not remarks:
        remarks.append("the evidence is another")
    changed = finding.severity is not was.severity or ended or other_words
    return Change(BaselineState.UPDATED if changed else BaselineState.UNCHANGED, "; ".join(remarks), graver or ended)


def _left(one: EarlierFinding, looked: Looked) -> Finding:
    """An earlier failure that is none now: gone, or nobody can say."""
    finding = one.finding
    reason = _why_unjudged(one, looked)
    state = BaselineState.UNJUDGED if reason else BaselineState.ABSENT
    return replace(finding, change=Change(state, reason))


def _why_unjudged(one: EarlierFinding, looked: Looked) -> str:
    finding, resource = one.finding, one.finding.resource
    if finding.rule_id not in looked.rule_ids:
        return f"{finding.rule_id} was not asked"
    if _is_undecided(one, looked):
        return "it cannot be decided now"
    place = (resource.account, resource.region)
    return looked.place_unread(*place) or looked.undecided_somewhere((finding.rule_id,), *place, kind=resource.kind)


def _of_state(findings: Iterable[Finding], state: BaselineState) -> tuple[Finding, ...]:
    chosen = (finding for finding in findings if finding.change is not None and finding.change.state is state)
    return tuple(sorted(chosen, key=lambda finding: finding.sort_key))
