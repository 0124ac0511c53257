"""Plans are judged world by world: the defaults decide, and every other choice is told where it changes a verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from scanner.errors import TemplateError
from scanner.gate.build import Surface, surface_of
from scanner.gate.dialects import Asked
from scanner.gate.places import location_of
from scanner.gate.planned import Choice, Plan, Planned
from scanner.model import Coverage, Finding, Gap, Inventory, Outcome, Resource, Rule, ScanReport, Target, Undecided

Judge = Callable[[Inventory], Sequence[Finding]]
"""All rules over one inventory: every answer, the passes too."""

_ORDER = {Outcome.PASS: 0, Outcome.NOT_APPLICABLE: 0, Outcome.UNKNOWN: 1, Outcome.ERROR: 1, Outcome.FAIL: 2}
_Key = tuple[str, str, str]


@dataclass(slots=True)
class _Tally:
    """What all plans of a run add up to."""

    findings: list[Finding]
    gaps: dict[Gap, None]
    resources: Counter[tuple[str, str]]
    ignored: Counter[str]
    files: set[str]
    failed: list[str]
    unread: int = 0


def report_of(
    plans: Sequence[Plan],
    failures: Iterable[TemplateError],
    asked: Asked,
    judge: Judge,
    *,
    include_pass: bool = False,
    now: str = "",
    rules: Sequence[Rule] = (),
    tool_version: str = "",
) -> ScanReport:
    """The report of all plans; `failures` are the files that could not be read, which leave the run incomplete."""
    shown = {Outcome.FAIL, Outcome.UNKNOWN, Outcome.ERROR, *(Outcome if include_pass else ())}
    tally = _Tally([], {}, Counter(), Counter(), set(), [str(failure) for failure in failures])
    for plan in plans:
        try:
            _add(plan, asked, judge, tally, now, shown)
        except (Undecided, RecursionError) as doubt:  # nobody's plan shall cost the others their answers
            tally.failed.append(f"{', '.join(plan.files)}: the plan cannot be laid out: {doubt}")
    findings = sorted(tally.findings, key=lambda finding: finding.sort_key)
    totals = Counter(finding.outcome.value for finding in findings)
    targets = [
        Target(account, region, asked.partition, "plan", number)
        for (account, region), number in sorted(tally.resources.items())
    ]
    targets += [
        Target(asked.account, asked.region, asked.partition, "plan", 0, failed)
        for failed in dict.fromkeys(tally.failed)
    ]
    return ScanReport(
        findings=tuple(finding for finding in findings if finding.outcome in shown),
        gaps=tuple(sorted(tally.gaps)),
        targets=tuple(targets),
        rules=tuple(rules),
        totals=dict(sorted(totals.items())),
        taken_at=now,
        tool_version=tool_version,
        coverage=Coverage(
            len(tally.files), sum(tally.resources.values()), dict(sorted(tally.ignored.items())), tally.unread
        ),
    )


def _add(plan: Plan, asked: Asked, judge: Judge, tally: _Tally, now: str, shown: AbstractSet[Outcome]) -> None:
    region, account = plan.region or asked.region, plan.account or asked.account
    surface = surface_of(plan, account=account, region=region, partition=asked.partition, now=now)
    answers = _answers(surface, judge, shown)
    for choice in plan.choices:
        varied = plan.varied(choice)
        if not _same(plan.resources, varied.resources):
            other = surface_of(varied, account=account, region=region, partition=asked.partition, now=now)
            _weigh(answers, _answers(other, judge, frozenset({Outcome.FAIL})), choice)
    tally.findings.extend(finding for finding, _ in answers.values())
    tally.gaps.update(dict.fromkeys(surface.inventory.gaps))
    tally.resources[account, region] += len(plan.resources)
    tally.ignored.update(plan.types_left)
    tally.files.update(plan.files)
    tally.unread += sum(1 for one in plan.unread if one.kinds != ("-",))
    tally.failed += [f"{one.spot.file}:{one.spot.line}: {one.what}" for one in plan.unread if one.kinds == ("-",)]


def _answers(surface: Surface, judge: Judge, shown: AbstractSet[Outcome]) -> dict[_Key, tuple[Finding, Choice | None]]:
    """Every answer about what is planned; what merely exists beside it is nobody's concern here."""
    found: dict[_Key, tuple[Finding, Choice | None]] = {}
    for finding in judge(surface.inventory):
        placed = _placed(finding, surface, is_shown=finding.outcome in shown)
        if placed is not None:
            key = (placed.rule_id, placed.resource.kind, placed.resource.id)
            if key not in found or _ORDER[placed.outcome] > _ORDER[found[key][0].outcome]:
                found[key] = (placed, None)
    return found


def _placed(finding: Finding, surface: Surface, *, is_shown: bool) -> Finding | None:
    """The finding with its line; None for one about what is not planned, unless it is about the run as a whole."""
    row = surface.rows.get(finding.resource)
    if (row is not None and not row.parts) or (row is None and _is_outside(finding, surface)):
        return None
    if not is_shown:
        return finding
    words = surface.examples.in_words
    location = location_of(finding, row)
    return replace(
        finding,
        message=words(finding.message),
        because=tuple(map(words, finding.because)),
        fix=words(_cure(finding.fix)) if finding.outcome is Outcome.FAIL else finding.fix,
        path=tuple(replace(hop, rule=words(hop.rule)) for hop in finding.path),
        location=location,
        identity=_identity(finding.resource, row.parts[0]) if row is not None else "",
    )


def _is_outside(finding: Finding, surface: Surface) -> bool:
    """Whether an answer about the whole Region only says that a plan is not all there is."""
    if finding.outcome is not Outcome.UNKNOWN:
        return False
    inventory = surface.inventory
    known = {gap.sentence for kind in inventory.outside or () for gap in inventory.gaps_of(kind)}
    known -= {gap.sentence for gap in inventory.gaps}
    told = [reason for line in finding.because for reason in line.split("; ")]
    return bool(told) and known.issuperset(told)


def _cure(fix: str) -> str:
    """A cure without the commands that change what exists: a plan is changed where it is written."""
    lines = [line for line in fix.splitlines() if not line.lstrip().startswith("aws ")]
    return "\n".join(lines).strip() or "Change it where it is written."


def _identity(resource: Resource, main: Planned) -> str:
    """What stands for a resource in fingerprints: its id where AWS gave one, else its name in its file."""
    if main.id == resource.id and main.is_existing:
        return ""
    spot = main.place.find(())
    return f"{spot.file}#{resource.id}"


def _weigh(
    answers: dict[_Key, tuple[Finding, Choice | None]],
    others: dict[_Key, tuple[Finding, Choice | None]],
    choice: Choice,
) -> None:
    """Lays another world beside the first: a flaw of some worlds is neither sure nor absent."""
    words = f"{choice.name}={choice.words}"
    for key, (other, _) in others.items():
        own = answers.get(key)
        if other.outcome is not Outcome.FAIL or (own is not None and own[0].outcome in (Outcome.FAIL, Outcome.ERROR)):
            continue
        if own is not None and own[1] is not None:
            continue  # told already, of an earlier choice
        before = "passes with the defaults" if choice.has_default else "depends on a choice"
        message = f"{before}, fails when {words}: {other.message}"
        fix = f"Say which it is with --parameters {words}." if choice.words.isalnum() else other.fix
        answers[key] = (replace(other, outcome=Outcome.UNKNOWN, message=message, fix=fix), choice)
    if choice.has_default:
        return
    # Neither world is the right one: what fails in the first alone is as little sure.
    for key, (own_finding, told) in list(answers.items()):
        if own_finding.outcome is not Outcome.FAIL or told is not None:
            continue
        other_finding = others.get(key)
        if other_finding is None or other_finding[0].outcome is not Outcome.FAIL:
            message = f"depends on a choice, passes when {words}: {own_finding.message}"
            answers[key] = (replace(own_finding, outcome=Outcome.UNKNOWN, message=message), choice)


def _same(one: tuple[Planned, ...], other: tuple[Planned, ...]) -> bool:
    """Whether two worlds plan the same; what cannot be compared is not the same."""
    try:
        return len(one) == len(other) and all(map(_equal, one, other))
    except Undecided:
        return False


def _equal(one: Planned, other: Planned) -> bool:
    return (one.type, one.id) == (other.type, other.id) and one.properties == other.properties
