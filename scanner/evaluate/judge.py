"""One rule over one inventory: every resource it is about gets one of the four answers."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache

from scanner.evaluate.cures import cure
from scanner.expression import ExpressionError, decide, fields_read, fill, in_words, put_settings
from scanner.model import (
    Answer,
    Aside,
    Clear,
    Finding,
    Flag,
    Gap,
    GapReason,
    Inventory,
    Outcome,
    Resource,
    Rule,
    Severity,
    Undecided,
    Unknown,
    Unsure,
    View,
)

_HOW_TO_KNOW = "Let the scan make this call (`bastionless rules permissions` prints what it needs), then scan again."
PLACES = ("AWS::Account", "AWS::Region")
"""Whoever asks about these asks about all that is there."""
_SILENTLY: Mapping[type, Outcome] = {Clear: Outcome.PASS, Aside: Outcome.NOT_APPLICABLE}
_SILENT = frozenset(_SILENTLY.values())
_LONGEST_FACT = 300
"""Letters of a fact that are shown as evidence; a policy document is longer than any reader's patience."""


def judge(rule: Rule, inventory: Inventory, *, silent: Counter[Outcome] | None = None) -> tuple[list[Finding], View]:
    """The findings of a rule, one a resource, and the witness of what it read.

    A list of subjects that may be incomplete adds one *unknown* about the Region; a rule that crashes adds an *error*,
    beside whatever it said before. With `silent`, what passes and what the rule does not apply to is counted there and
    is no finding: of most resources most rules have nothing to tell.
    """
    calls = (gap for gap in inventory.gaps if gap.reason is not GapReason.UNREAD)
    verdicts = _Verdicts(rule, refusals=frozenset(gap.sentence for gap in calls), is_terse=silent is not None)
    view = _judge(rule, inventory, verdicts)
    if silent is not None:
        silent.update(verdicts.silent)
    return verdicts.findings, view


def _judge(rule: Rule, inventory: Inventory, verdicts: _Verdicts) -> View:
    """Hands every answer to the verdicts; returns the witness."""
    subjects, others = _subjects(rule, inventory)
    for other, verdict in others:
        verdicts.unasked(other, verdict)
    view = View(inventory, subjects)
    if inventory.outside is not None and rule.about in PLACES:
        for subject in subjects:
            verdicts.take(Aside(subject, "it is about the whole account, of which a plan is a part"))
        view.read[rule.about] = None
        return view
    gaps = tuple(gap for gap in inventory.gaps_of(rule.about) if gap.reason is not GapReason.OUTSIDE)
    if gaps:
        verdicts.refused(inventory.place, gaps)
    if rule.check is None:
        for subject in subjects:
            verdicts.require(subject)
    elif not _has_nothing_to_say(rule, inventory):
        _ask(rule, view, verdicts)
    view.read[rule.about] = None
    return view


_Verdict = bool | Unknown | ExpressionError


def _subjects(rule: Rule, inventory: Inventory) -> tuple[tuple[Resource, ...], tuple[tuple[Resource, _Verdict], ...]]:
    """Those for which the card's `when` holds, and the others with its verdict; made once for rules that say the same."""
    every = inventory.of(rule.about)
    if not rule.when:
        return every, ()
    source = put_settings(rule.when, rule.values)
    key = ("when", rule.about, source)
    if key not in inventory.kept:
        verdicts = [_verdict(source, subject) for subject in every]
        inventory.kept[key] = (
            tuple(subject for subject, verdict in zip(every, verdicts, strict=True) if verdict is True),
            tuple((subject, verdict) for subject, verdict in zip(every, verdicts, strict=True) if verdict is not True),
        )
    subjects, others = inventory.kept[key]
    return subjects, others


def _verdict(source: str, subject: Resource) -> _Verdict:
    try:
        return decide(source, subject.facts)
    except ExpressionError as mistake:
        return mistake


def _has_nothing_to_say(rule: Rule, inventory: Inventory) -> bool:
    """Whether a plan has nothing of what the rule answers about: its Python then need not even be loaded.

    Whole services count: worlds show a policy on a role, and the plan may have it on a user.
    """
    if inventory.outside is None or rule.answers is None or rule.reads is None:
        return False
    if not _services(rule.answers).isdisjoint(_services_in(inventory)):
        return False
    gaps = (gap for kind in rule.reads for gap in inventory.gaps_of(kind))
    return all(gap.reason is GapReason.OUTSIDE for gap in gaps)


def _services_in(inventory: Inventory) -> frozenset[str]:
    """The services of what is there; made once for all rules."""
    if _services_in not in inventory.kept:
        inventory.kept[_services_in] = _services(frozenset(inventory.kinds))
    found: frozenset[str] = inventory.kept[_services_in]
    return found


@cache
def _services(kinds: frozenset[str]) -> frozenset[str]:
    return frozenset(kind.rpartition("::")[0] for kind in kinds)


def _ask(rule: Rule, view: View, verdicts: _Verdicts) -> None:
    """Runs the Python beside the card; what it leaves unsaid is a pass only if nothing it read has gaps."""
    doubt = ""
    finished = False
    try:
        for answer in rule.check(view, **rule.values) if rule.check else ():
            verdicts.take(answer)
        finished = True
    except Undecided as undecided:
        doubt = undecided.reason
    except (Exception, SystemExit) as crash:  # noqa: BLE001 - somebody's rule may raise anything; the report tells it and the run goes on
        verdicts.crashed(view.place, crash)
    for resource, reason in view.undecided.items():
        verdicts.undecided(resource, reason)
    if not finished and not doubt:
        return
    gaps = tuple(gap for kind in tuple(view.read) for gap in view.gaps_of(kind))
    # What exists already does not know what is only planned.
    inside = tuple(gap for gap in gaps if gap.reason is not GapReason.OUTSIDE)
    for subject in verdicts.unanswered(view.subjects):
        missing = inside if view.is_planned(subject) else gaps
        if doubt:
            verdicts.undecided(subject, doubt)
        elif missing:
            verdicts.refused(subject, missing)
        else:
            verdicts.passed(subject)


class _Verdicts:
    """Collects one finding a resource: the first word counts, but a flag outweighs it, and later flags add evidence.

    Crashes are kept apart, so that nothing that was said of the same resource hides them.
    """

    def __init__(self, rule: Rule, *, refusals: frozenset[str], is_terse: bool = False) -> None:
        """`is_terse` where nobody will read what passed and what did not apply: the outcome is all that stays of it."""
        self._rule = rule
        self._refusals = refusals
        self._is_terse = is_terse
        self._found: dict[Resource, Finding | Outcome] = {}
        self._crashes: dict[Resource, Finding] = {}

    @property
    def findings(self) -> list[Finding]:
        told = (found for found in self._found.values() if found.__class__ is Finding)
        return [*told, *self._crashes.values()]

    @property
    def silent(self) -> Counter[Outcome]:
        """How often each outcome was all that stayed."""
        return Counter(found for found in self._found.values() if found.__class__ is Outcome)

    def unasked(self, subject: Resource, verdict: _Verdict) -> None:
        """Says that the card's `when` does not hold, or that nobody can tell."""
        if verdict is False:
            self._say(subject, Outcome.NOT_APPLICABLE, "the rule does not apply")
        else:
            self._undecidable(subject, verdict)

    def require(self, subject: Resource) -> None:
        """The declarative test, with the facts it read as evidence."""
        verdict = _verdict(put_settings(self._rule.require, self._rule.values), subject)
        if verdict is True:
            self.passed(subject)
        elif verdict is False:
            self.take(Flag(subject, fill(self._rule.say, subject, self._rule.values), self._evidence(subject)))
        else:
            self._undecidable(subject, verdict)

    def unanswered(self, subjects: Iterable[Resource]) -> list[Resource]:
        """Those of whom nothing was said yet."""
        return [subject for subject in subjects if subject not in self._found]

    def take(self, answer: Answer) -> None:
        """One word of a Python rule."""
        silent = _SILENTLY.get(answer.__class__) if self._is_terse else None
        if silent is not None:
            self._found.setdefault(answer.resource, silent)
        elif isinstance(answer, Flag):
            self._flag(answer)
        elif isinstance(answer, Clear):
            self._say(answer.resource, Outcome.PASS, self._rule.title, _lines(answer.because))
        elif isinstance(answer, Unsure):
            self.undecided(answer.resource, answer.why)
        elif isinstance(answer, Aside):
            self._say(answer.resource, Outcome.NOT_APPLICABLE, f"the rule does not apply: {answer.why}")
        else:
            raise TypeError(f"a rule yields Flag, Clear, Unsure or Aside, not {type(answer).__name__}")

    def passed(self, subject: Resource) -> None:
        self._say(subject, Outcome.PASS, "nothing to object to")

    def undecided(self, resource: Resource, reason: str) -> None:
        fix = _HOW_TO_KNOW if reason in self._refusals else ""
        self._say(resource, Outcome.UNKNOWN, f"cannot be decided: {reason}", (reason,), fix=fix)

    def refused(self, resource: Resource, gaps: Iterable[Gap]) -> None:
        reasons = tuple(dict.fromkeys(gap.sentence for gap in gaps))
        message = f"cannot be decided: {'; '.join(reasons)}"
        fix = _HOW_TO_KNOW if any(reason in self._refusals for reason in reasons) else ""
        self._say(resource, Outcome.UNKNOWN, message, reasons, fix=fix)

    def crashed(self, resource: Resource, crash: BaseException) -> None:
        frames = traceback.extract_tb(crash.__traceback__)
        because = (f"{frames[-1].filename}:{frames[-1].lineno} in {frames[-1].name}",) if frames else ()
        message = f"the rule crashed: {type(crash).__name__}: {' '.join(str(crash).split())}"
        fix = f"Mend the rule in {self._rule.file}, or ignore {self._rule.id}."
        finding = Finding(self._rule.id, Outcome.ERROR, self._rule.severity, resource, message, because, fix)
        self._crashes.setdefault(resource, finding)

    def _undecidable(self, subject: Resource, verdict: _Verdict) -> None:
        """Tells why an expression has no verdict."""
        if isinstance(verdict, ExpressionError):
            self.crashed(subject, verdict)
        elif isinstance(verdict, Unknown):
            self.undecided(subject, verdict.why)

    def _evidence(self, subject: Resource) -> tuple[str, ...]:
        facts = (
            (path, in_words(subject.get(path)))
            for path in fields_read(put_settings(self._rule.require, self._rule.values))
        )
        return tuple(f"{path} is {_shortened(fact)}" for path, fact in facts)

    def _flag(self, flag: Flag) -> None:
        rule = self._rule
        severity = Severity(flag.severity) if flag.severity and not rule.severity_set else rule.severity
        fix = cure(rule, flag)
        finding = Finding(
            rule.id, Outcome.FAIL, severity, flag.resource, flag.message, _lines(flag.because), fix, flag.path
        )
        earlier = self._found.get(flag.resource)
        if isinstance(earlier, Finding) and earlier.outcome is Outcome.FAIL:
            finding = _joined(earlier, finding)
        self._found[flag.resource] = finding

    def _say(
        self, resource: Resource, outcome: Outcome, message: str, because: tuple[str, ...] = (), fix: str = ""
    ) -> None:
        if resource in self._found:
            return
        if self._is_terse and outcome in _SILENT:
            self._found[resource] = outcome
        else:
            self._found[resource] = Finding(
                self._rule.id, outcome, self._rule.severity, resource, message, because, fix
            )


def _joined(earlier: Finding, later: Finding) -> Finding:
    """Two flags of one resource: the worse one (the first of two equal ones) speaks, the other is evidence."""
    worse, other = (later, earlier) if later.severity.rank > earlier.severity.rank else (earlier, later)
    lines = dict.fromkeys((*worse.because, other.message, *other.because))
    return replace(worse, because=tuple(line for line in lines if line != worse.message))


def _lines(because: tuple[str, ...] | str) -> tuple[str, ...]:
    return (because,) if isinstance(because, str) else tuple(because)


def _shortened(fact: str) -> str:
    return fact if len(fact) <= _LONGEST_FACT else f"{fact[:_LONGEST_FACT]}…"
