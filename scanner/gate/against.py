"""Plans laid over an account: the answers before and after, and what became of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from scanner.errors import TemplateError, UsageError
from scanner.gate.dialects import Asked
from scanner.gate.overlay import Laid, lay
from scanner.gate.planned import Plan
from scanner.gate.report import Answers, Tally, finished, placed, same_plan, weigh
from scanner.model import (
    GLOBAL,
    BaselineState,
    Change,
    Comparison,
    Finding,
    Inventory,
    Outcome,
    Resource,
    Rule,
    ScanReport,
    Undecided,
)

JudgeAll = Callable[[Sequence[Inventory]], Sequence[Finding]]
"""All rules over the inventories of an account: every answer, the passes too."""

_Key = tuple[str, ...]
_GRAVITY = {Outcome.NOT_APPLICABLE: 0, Outcome.PASS: 0, Outcome.UNKNOWN: 1, Outcome.ERROR: 2, Outcome.FAIL: 3}
_FINE = (Outcome.PASS, Outcome.NOT_APPLICABLE)
_CLOSED = "this change closes it"


@dataclass(slots=True)
class _Told:
    """What all plans together make of the answers: the gravest one of each, and what any of them closes."""

    before: Mapping[_Key, Finding]
    after: dict[_Key, Finding] = field(default_factory=dict)
    closed: dict[_Key, Finding] = field(default_factory=dict)


def compare(
    plans: Sequence[Plan],
    failures: Iterable[TemplateError],
    asked: Asked,
    judge: JudgeAll,
    before: Sequence[Inventory],
    *,
    name: str,
    include_pass: bool = False,
    rules: Sequence[Rule] = (),
    tool_version: str = "",
) -> ScanReport:
    """The report of the account as it will be, each answer with what became of it; `name` is what `before` is called.

    Each plan is laid over the account by itself. What was wrong and no longer is stands in the comparison.
    """
    taken_at = max((one.taken_at for one in before), default="")
    told = _Told({_key(finding): finding for finding in judge(before)})
    tally = Tally(failed=[str(failure) for failure in failures])
    tally.gaps.update(dict.fromkeys(gap for one in before for gap in one.gaps))
    for plan in plans:
        try:
            _add(plan, asked, judge, before, told, tally)
        except UsageError as nowhere:
            tally.failed.append(f"{', '.join(plan.files)}: {nowhere}")
        except (Undecided, RecursionError) as doubt:  # nobody's plan shall cost the others their answers
            tally.failed.append(f"{', '.join(plan.files)}: the plan cannot be laid out: {doubt}")
    after = told.after or dict(told.before)
    tally.failed += [f"{one.account} {one.region}: {one.failed}" for one in before if one.failed]
    tally.findings.extend(
        _changed(finding, told.before.get(key)) for key, finding in after.items() if key not in told.closed
    )
    report = finished(tally, asked, include_pass=include_pass, now=taken_at, rules=rules, tool_version=tool_version)
    closed = sorted(told.closed.values(), key=lambda finding: finding.sort_key)
    return replace(report, comparison=Comparison(name, taken_at, absent=tuple(closed), is_of_change=True))


def _add(plan: Plan, asked: Asked, judge: JudgeAll, before: Sequence[Inventory], told: _Told, tally: Tally) -> None:
    region, account = plan.region or asked.region, plan.account or asked.account
    where = {"account": account, "region": region}
    laid = lay(plan, before, **where)
    answers = _answers(laid, judge, told.before)
    for choice in plan.choices:
        varied = plan.varied(choice)
        if not same_plan(plan, varied):
            weigh(answers, _answers(lay(varied, before, **where), judge, told.before), choice)
    now = {key: finding for key, (finding, _) in answers.items()}
    for key, was in told.before.items():
        if was.outcome is Outcome.FAIL and (key not in now or now[key].outcome in _FINE):
            told.closed[key] = replace(was, change=Change(BaselineState.ABSENT, _CLOSED))
    for key, finding in now.items():
        known = told.after.get(key)
        if known is None or _GRAVITY[finding.outcome] > _GRAVITY[known.outcome]:
            told.after[key] = finding
    own = frozenset(gap for one in before for gap in one.gaps)
    tally.count(plan, account, region, [gap for one in laid.inventories for gap in one.gaps if gap not in own])


def _answers(laid: Laid, judge: JudgeAll, before: Mapping[_Key, Finding]) -> Answers:
    """Every answer about the account after the change, by what it is about before it."""
    found: Answers = {}
    for finding in judge(laid.inventories):
        resource = finding.resource
        was = laid.stands_for.get((resource.kind, resource.id), "")
        key = _key(finding, was)
        row = laid.surface.rows.get(resource)
        if (
            finding.outcome is Outcome.UNKNOWN
            and (row is None or not row.parts)
            and key in before
            and _only_unread(finding, laid)
        ):
            found[key] = (before[key], None)  # the gap says it once; nobody gains by hearing it of every resource
            continue
        shown = finding if row is None else placed(finding, laid.surface, row)
        if row is not None and (row.live is not None or was):
            shown = replace(shown, identity=was)
        known = found.get(key)
        if known is None or _GRAVITY[shown.outcome] > _GRAVITY[known[0].outcome]:
            found[key] = (shown, None)
    return found


def _only_unread(finding: Finding, laid: Laid) -> bool:
    reasons = [reason for line in finding.because for reason in line.split("; ")]
    return bool(reasons) and laid.unread.issuperset(reasons)


def _key(finding: Finding, was: str = "") -> _Key:
    """What an answer is about, before and after alike; a crash is told beside whatever else is said."""
    resource: Resource = finding.resource
    is_crash = "crash" if finding.outcome is Outcome.ERROR else ""
    place = "" if resource.region == GLOBAL else resource.region
    owner = resource.arn.split(":")[4] if resource.arn.count(":") > 4 else ""  # noqa: PLR2004 - an ARN's fifth part
    return (finding.rule_id, resource.account, place, resource.kind, was or resource.id, owner, is_crash)


def _changed(finding: Finding, was: Finding | None) -> Finding:
    """The answer with what became of it; passes were never anything else, as far as anybody asks."""
    if finding.outcome in _FINE:
        return finding
    if was is None or _GRAVITY[finding.outcome] > _GRAVITY[was.outcome]:
        return replace(finding, change=Change(BaselineState.NEW, is_worse=True))
    if finding.outcome is not was.outcome:
        return replace(finding, change=Change(BaselineState.UPDATED, f"was {was.outcome.value} before the change"))
    if finding.severity.rank > was.severity.rank:
        return replace(finding, change=Change(BaselineState.UPDATED, f"was {was.severity.value} before", is_worse=True))
    if _says(finding) != _says(was):
        return replace(finding, change=Change(BaselineState.UPDATED, "the evidence is another"))
    return replace(finding, change=Change(BaselineState.UNCHANGED))


def _says(finding: Finding) -> tuple[object, ...]:
    return (finding.message, finding.because)
