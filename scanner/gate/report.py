"""Plans are judged world by world: the defaults decide, and every other choice is told where it changes a verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import partial

from scanner.errors import TemplateError
from scanner.gate.build import Surface, surface_of
from scanner.gate.cures import written_cure
from scanner.gate.dialects import Asked
from scanner.gate.difference import changed_kinds, is_touched
from scanner.gate.estate import Row
from scanner.gate.places import location_of
from scanner.gate.planned import Choice, Plan, Planned
from scanner.model import Coverage, Finding, Gap, Inventory, Outcome, Resource, Rule, ScanReport, Target, Undecided

Judge = Callable[[Inventory, Sequence[Rule]], Sequence[Finding]]
"""Rules over one inventory: every answer, the passes too."""

_ORDER = {Outcome.PASS: 0, Outcome.NOT_APPLICABLE: 0, Outcome.UNKNOWN: 1, Outcome.ERROR: 1, Outcome.FAIL: 2}
Answers = dict[tuple[str, ...], tuple[Finding, Choice | None]]
"""Answers by what they are about, and the choice on which one depends."""
Answering = Callable[[Surface, Sequence[Rule]], Answers]
"""What rules say of one world."""


@dataclass(slots=True)
class Tally:
    """What all plans of a run add up to."""

    findings: list[Finding] = field(default_factory=list)
    gaps: dict[Gap, None] = field(default_factory=dict)
    resources: Counter[tuple[str, str]] = field(default_factory=Counter)
    ignored: Counter[str] = field(default_factory=Counter)
    files: set[str] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)
    unread: int = 0

    def count(self, plan: Plan, account: str, region: str, gaps: Iterable[Gap]) -> None:
        """Adds what was read of a plan, and what was not."""
        self.gaps.update(dict.fromkeys(gaps))
        self.resources[account, region] += len(plan.resources)
        self.ignored.update(plan.types_left)
        self.files.update(plan.files)
        self.unread += sum(1 for one in plan.unread if one.kinds != ("-",))
        self.failed += [f"{one.spot.file}:{one.spot.line}: {one.what}" for one in plan.unread if one.kinds == ("-",)]


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
    tally = Tally(failed=[str(failure) for failure in failures])
    for plan in plans:
        try:
            _add(plan, asked, partial(_answers, judge=judge, shown=shown), tally, now, rules)
        except (Undecided, RecursionError) as doubt:  # nobody's plan shall cost the others their answers
            tally.failed.append(f"{', '.join(plan.files)}: the plan cannot be laid out: {doubt}")
    return finished(tally, asked, include_pass=include_pass, now=now, rules=rules, tool_version=tool_version)


def finished(
    tally: Tally, asked: Asked, *, include_pass: bool, now: str, rules: Sequence[Rule], tool_version: str
) -> ScanReport:
    """The report of what was counted."""
    shown = {Outcome.FAIL, Outcome.UNKNOWN, Outcome.ERROR, *(Outcome if include_pass else ())}
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


def _add(plan: Plan, asked: Asked, answer: Answering, tally: Tally, now: str, rules: Sequence[Rule]) -> None:
    region, account = plan.region or asked.region, plan.account or asked.account
    surface_in = partial(surface_of, account=account, region=region, partition=asked.partition, now=now)
    surface = surface_in(plan)
    first = answer(surface, rules)
    answers = dict(first)
    for choice in plan.choices:
        varied = plan.varied(choice)
        if same_plan(plan, varied):
            continue
        other = surface_in(varied)
        kinds = changed_kinds(surface.inventory, other.inventory)
        again = [rule for rule in rules if is_touched(rule, kinds)]
        ids = {rule.id for rule in again}
        untouched = {key: told for key, told in first.items() if told[0].rule_id not in ids}
        weigh(answers, {**untouched, **answer(other, again)}, choice)
    tally.findings.extend(finding for finding, _ in answers.values())
    tally.count(plan, account, region, surface.inventory.gaps)


def _answers(surface: Surface, rules: Sequence[Rule], *, judge: Judge, shown: AbstractSet[Outcome]) -> Answers:
    """Every answer about what is planned; what merely exists beside it is nobody's concern here."""
    found: Answers = {}
    for finding in judge(surface.inventory, rules):
        told = _placed(finding, surface, is_shown=finding.outcome in shown)
        if told is not None:
            key = (told.rule_id, told.resource.kind, told.resource.id)
            if key not in found or _ORDER[told.outcome] > _ORDER[found[key][0].outcome]:
                found[key] = (told, None)
    return found


def _placed(finding: Finding, surface: Surface, *, is_shown: bool) -> Finding | None:
    """The finding with its line; None for one about what is not planned, unless it is about the run as a whole."""
    row = surface.rows.get(finding.resource)
    if (row is not None and not row.parts) or (row is None and _is_outside(finding, surface)):
        return None
    return placed(finding, surface, row) if is_shown else finding


def placed(finding: Finding, surface: Surface, row: Row | None) -> Finding:
    """The finding with its line, and in words what AWS will choose."""
    words = surface.examples.in_words
    is_new = row is None or row.live is None
    return replace(
        finding,
        message=words(finding.message),
        because=tuple(map(words, finding.because)),
        fix=words(written_cure(finding.fix)) if finding.outcome is Outcome.FAIL and is_new else finding.fix,
        path=tuple(replace(hop, rule=words(hop.rule)) for hop in finding.path),
        location=location_of(finding, row),
        identity=_identity(finding.resource, row.parts[0]) if row is not None and row.parts else "",
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


def _identity(resource: Resource, main: Planned) -> str:
    """What stands for a resource in fingerprints: its id where AWS gave one, else its name in its file."""
    if main.id == resource.id and main.is_existing:
        return ""
    spot = main.place.find(())
    return f"{spot.file}#{resource.id}"


def weigh(answers: Answers, others: Answers, choice: Choice) -> None:
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


def same_plan(plan: Plan, other: Plan) -> bool:
    """Whether two worlds plan the same; what cannot be compared is not the same."""
    one, another = (*plan.resources, *plan.deleted), (*other.resources, *other.deleted)
    try:
        return len(one) == len(another) and all(map(_equal, one, another))
    except Undecided:
        return False


def _equal(one: Planned, other: Planned) -> bool:
    return (one.type, one.id) == (other.type, other.id) and one.properties == other.properties
