"""One rule over one inventory: every resource it is about gets one of the four answers."""

from __future__ import annotations

import traceback
from collections.abc import Iterable

from scanner.expression import ExpressionError, decide, fields_read, fill, in_words, put_settings
from scanner.model import (
    Answer,
    Aside,
    Clear,
    Finding,
    Flag,
    Gap,
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


def judge(rule: Rule, inventory: Inventory) -> tuple[list[Finding], View]:
    """The findings of a rule, one a resource, and the witness of what it read.

    A list of subjects that may be incomplete adds one *unknown* about the Region; a rule that crashes adds one *error*.
    """
    verdicts = _Verdicts(rule)
    subjects = [subject for subject in inventory.of(rule.about) if verdicts.applies(subject)]
    view = View(inventory, tuple(subjects))
    gaps = inventory.gaps_of(rule.about)
    if gaps:
        verdicts.unknown(inventory.place, _cannot(gaps), tuple(gap.sentence for gap in gaps))
    if rule.check is None:
        for subject in subjects:
            verdicts.require(subject)
    else:
        _ask(rule, view, verdicts)
    view.read[rule.about] = None
    return verdicts.findings, view


def _ask(rule: Rule, view: View, verdicts: _Verdicts) -> None:
    """Runs the Python beside the card; what it leaves unsaid is a pass only if nothing it read has gaps."""
    assert rule.check is not None
    doubt = ""
    finished = False
    try:
        for answer in rule.check(view, **rule.values):
            verdicts.take(answer)
        finished = True
    except Undecided as undecided:
        doubt = undecided.reason
    except Exception as crash:  # noqa: BLE001 - somebody's rule may raise anything; the report tells it and the run goes on
        verdicts.crashed(view.place, crash)
    for resource, reason in view.undecided.values():
        verdicts.unknown(resource, f"cannot be decided: {reason}", (reason,))
    if not finished and not doubt:
        return
    gaps = tuple(gap for kind in view.read for gap in view.gaps_of(kind))
    for subject in view.subjects:
        if doubt:
            verdicts.unknown(subject, f"cannot be decided: {doubt}", (doubt,))
        elif gaps:
            verdicts.unknown(subject, _cannot(gaps), tuple(gap.sentence for gap in gaps))
        else:
            verdicts.passed(subject)


class _Verdicts:
    """Collects one finding a resource; the first word about a resource counts, later flags only add their evidence."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._found: dict[tuple[str, str], Finding] = {}

    @property
    def findings(self) -> list[Finding]:
        return list(self._found.values())

    def applies(self, subject: Resource) -> bool:
        """Whether the card's `when` holds; says so where it does not, or where nobody can tell."""
        if not self._rule.when:
            return True
        try:
            verdict = decide(put_settings(self._rule.when, self._rule.values), subject.facts)
        except ExpressionError as mistake:
            self.crashed(subject, mistake)
            return False
        if isinstance(verdict, Unknown):
            self.unknown(subject, f"cannot be decided: {verdict.why}", (verdict.why,))
            return False
        if not verdict:
            self._add(subject, Outcome.NOT_APPLICABLE, "the rule does not apply")
        return verdict

    def require(self, subject: Resource) -> None:
        """The declarative test, with the facts it read as evidence."""
        try:
            source = put_settings(self._rule.require, self._rule.values)
            verdict = decide(source, subject.facts)
            if isinstance(verdict, Unknown):
                self.unknown(subject, f"cannot be decided: {verdict.why}", (verdict.why,))
            elif verdict:
                self.passed(subject)
            else:
                because = tuple(f"{path} is {in_words(subject.get(path))}" for path in fields_read(source))
                self.take(Flag(subject, fill(self._rule.say, subject), because))
        except ExpressionError as mistake:
            self.crashed(subject, mistake)

    def take(self, answer: Answer) -> None:
        """One word of a Python rule."""
        if isinstance(answer, Flag):
            self._flag(answer)
        elif isinstance(answer, Clear):
            self._add(answer.resource, Outcome.PASS, self._rule.title, _lines(answer.because))
        elif isinstance(answer, Unsure):
            self.unknown(answer.resource, f"cannot be decided: {answer.why}", (answer.why,))
        elif isinstance(answer, Aside):
            self._add(answer.resource, Outcome.NOT_APPLICABLE, f"the rule does not apply: {answer.why}")
        else:
            raise TypeError(f"a rule yields Flag, Clear, Unsure or Aside, not {type(answer).__name__}")

    def passed(self, subject: Resource) -> None:
        self._add(subject, Outcome.PASS, "nothing to object to")

    def unknown(self, resource: Resource, message: str, because: tuple[str, ...]) -> None:
        self._add(resource, Outcome.UNKNOWN, message, because, fix=_HOW_TO_KNOW)

    def crashed(self, resource: Resource, crash: Exception) -> None:
        frames = traceback.extract_tb(crash.__traceback__)
        because = (f"{frames[-1].filename}:{frames[-1].lineno} in {frames[-1].name}",) if frames else ()
        message = f"the rule crashed: {type(crash).__name__}: {crash}"
        self._add(resource, Outcome.ERROR, message, because, fix=f"Mend the rule in {self._rule.file}, or ignore {self._rule.id}.")

    def _flag(self, flag: Flag) -> None:
        earlier = self._found.get((flag.resource.kind, flag.resource.arn))
        if earlier is not None and earlier.outcome is Outcome.FAIL:
            more = tuple(line for line in (flag.message, *_lines(flag.because)) if line not in earlier.because)
            self._found.pop((flag.resource.kind, flag.resource.arn))
            self._add(
                earlier.resource, Outcome.FAIL, earlier.message, (*earlier.because, *more), earlier.fix, earlier.severity
            )
            return
        severity = Severity(flag.severity) if flag.severity and not self._rule.severity_set else self._rule.severity
        fix = _cure(flag.fix or self._rule.fix, flag.resource)
        self._add(flag.resource, Outcome.FAIL, flag.message, _lines(flag.because), fix, severity)

    def _add(
        self,
        resource: Resource,
        outcome: Outcome,
        message: str,
        because: tuple[str, ...] = (),
        fix: str = "",
        severity: Severity | None = None,
    ) -> None:
        finding = Finding(self._rule.id, outcome, severity or self._rule.severity, resource, message, because, fix)
        self._found.setdefault((resource.kind, resource.arn), finding)


def _cure(fix: str, resource: Resource) -> str:
    """A cure with its slots filled; one written by a rule may hold AWS's own names, and those may hold any braces."""
    try:
        return fill(fix, resource)
    except ExpressionError:
        return fix


def _lines(because: tuple[str, ...] | str) -> tuple[str, ...]:
    return (because,) if isinstance(because, str) else tuple(because)


def _cannot(gaps: Iterable[Gap]) -> str:
    return "cannot be decided: " + "; ".join(dict.fromkeys(gap.sentence for gap in gaps))
