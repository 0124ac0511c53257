"""Answers as SARIF results: one for each rule and resource, at the line or the path that stands for the resource."""

# ruff: noqa: PLC0415 - sarif_om is loaded with the first log

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scanner.model import BaselineState, Finding, Location, Outcome, Rule
from scanner.reports.sarif_flows import code_flows
from scanner.reports.sarif_places import location, path_of
from scanner.reports.sarif_rules import LEVELS
from scanner.reports.sarif_standing import RESOURCE, add_standing
from scanner.reports.sarif_text import message_text, sentence
from scanner.reports.text import counted, label

_NAMESPACE = uuid.UUID("6f2a3bd8-93c5-5d0e-8a54-1d9f7c0e4b21")
_NAMED = 10

# A crash is no answer: it is among the notifications.
_KINDS = {
    Outcome.FAIL: "fail",
    Outcome.UNKNOWN: "open",
    Outcome.PASS: "pass",
    Outcome.NOT_APPLICABLE: "notApplicable",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything one rule says of one resource; `worst` is its gravest finding.

    `others` are the same failures of other resources that stand on the same line, which GitHub would take for one.
    """

    fingerprint: str
    path: str
    worst: Finding
    findings: tuple[Finding, ...]
    others: tuple[Answer, ...] = ()

    @property
    def place(self) -> tuple[str, str, int, str]:
        """The order inside a run."""
        line = self.worst.location.line if self.worst.location is not None else 0
        return (self.worst.rule_id, self.path, line, self.fingerprint)

    @property
    def is_gone(self) -> bool:
        """Whether only an earlier scan, or the account before a change, gave it."""
        return _is_gone(self.worst)


def failures_of(findings: Iterable[Finding]) -> list[Answer]:
    """The *fail* findings that nobody waived, worst first; those of one fingerprint together, and those of one line."""
    counting = (one for one in findings if one.outcome is Outcome.FAIL and one.suppression is None)
    return _worst_first(_by_line(_together(counting)))


def answers_of(findings: Iterable[Finding]) -> list[Answer]:
    """All findings but crashes, failures first and the worst of them before the others."""
    return _worst_first(_together(one for one in findings if one.outcome in _KINDS))


def _together(findings: Iterable[Finding]) -> list[Answer]:
    """One answer for each fingerprint and outcome, as viewers merge them; what is gone is no part of what is there."""
    same: dict[tuple[str, Outcome, bool], list[Finding]] = {}
    for finding in findings:
        same.setdefault((finding.fingerprint, finding.outcome, _is_gone(finding)), []).append(finding)
    return [_answer(fingerprint, found) for (fingerprint, *_), found in same.items()]


def _is_gone(finding: Finding) -> bool:
    return finding.change is not None and finding.change.state is BaselineState.ABSENT


def _answer(fingerprint: str, same: list[Finding]) -> Answer:
    ordered = sorted(same, key=lambda finding: (-finding.severity.rank, finding.message, finding.because, finding.fix))
    worst = ordered[0]
    return Answer(fingerprint, path_of(worst.resource, worst.location), worst, tuple(ordered))


def _by_line(answers: Iterable[Answer]) -> list[Answer]:
    """One answer for each rule and line: what a template makes many times has many resources on one line."""
    lines: dict[tuple[object, ...], list[Answer]] = {}
    for answer in answers:
        place = answer.worst.location
        key = (answer.fingerprint,) if place is None else (answer.worst.rule_id, place.file, place.line)
        lines.setdefault(key, []).append(answer)
    return [_joined(same) for same in lines.values()]


def _joined(same: list[Answer]) -> Answer:
    if len(same) == 1:
        return same[0]
    first, *others = sorted(same, key=lambda one: (-one.worst.severity.rank, one.worst.sort_key))
    return Answer(first.fingerprint, first.path, first.worst, first.findings, tuple(others))


def _worst_first(answers: list[Answer]) -> list[Answer]:
    return sorted(answers, key=lambda one: (one.worst.outcome is not Outcome.FAIL, -one.worst.severity.rank, one.place))


class Results(Sequence[Any]):
    """One `sarif_om.Result` for each answer, in a stable order, made when it is asked for: a large report has many.

    `rules` gives each rule's index in the driver's list.
    """

    def __init__(self, answers: Iterable[Answer], *, rules: Mapping[str, tuple[int, Rule]]) -> None:
        self._answers = sorted(answers, key=lambda one: (one.place, _KINDS[one.worst.outcome], one.is_gone))
        self._rules = rules

    def __len__(self) -> int:
        return len(self._answers)

    def __getitem__(self, index: Any) -> Any:
        answer = self._answers[index]
        return _result(answer, *self._rules[answer.worst.rule_id])


def _result(answer: Answer, index: int, rule: Rule) -> Any:
    import sarif_om as om

    worst = answer.worst
    kind = _KINDS[worst.outcome]
    result = om.Result(
        message=om.Message(text=_message(answer, rule)),
        rule_id=rule.id,
        rule_index=index,
        kind=kind,
        level=LEVELS[worst.severity] if kind == "fail" else "none",
        locations=[location(worst.resource, worst.location, path=answer.path, planned=bool(worst.identity))],
        partial_fingerprints={**_line_hash(answer, worst.location), RESOURCE: answer.fingerprint},
        guid=_guid(answer),
        code_flows=code_flows(worst.resource, worst.path) or None,
        properties=_properties(answer),
    )
    return add_standing(result, worst)


def _guid(answer: Answer) -> str:
    """Its own for what is gone: the same resource may stand in the same file because it passes today."""
    return str(uuid.uuid5(_NAMESPACE, f"{answer.fingerprint}{' gone' if answer.is_gone else ''}"))


def _line_hash(answer: Answer, place: Location | None) -> dict[str, str]:
    """What GitHub knows an alert by; it makes none for a path that is no file, and its own for a line it can read."""
    if place is None:
        return {"primaryLocationLineHash": f"{answer.fingerprint}:1"}
    return {"primaryLocationLineHash": place.line_hash} if place.line_hash else {}


def _message(answer: Answer, rule: Rule) -> str:
    text = message_text(list(answer.findings), fix=rule.fix, title=rule.title or rule.id)
    if not answer.others:
        return text
    names = [label(one.worst.resource) for one in answer.others]
    more = f" and {counted(len(names) - _NAMED, 'other')}" if len(names) > _NAMED else ""
    listed = sentence(f"The same line stands for {', '.join(names[:_NAMED])}{more}")
    return f"{text}\n{listed}"


def _properties(answer: Answer) -> dict[str, Any]:
    resource, place = answer.worst.resource, answer.worst.location
    told = {
        "account": resource.account,
        "region": resource.region,
        "arn": resource.arn,
        "kind": resource.kind,
        "severity": answer.worst.severity.value,
    }
    if place is not None:
        written = {"address": place.address, "construct": place.construct, "template": place.written}
        told |= {name: text for name, text in written.items() if text}
    if not answer.others:
        return told
    every = (answer, *answer.others)
    return {
        **told,
        "fingerprints": [one.fingerprint for one in every],
        "arns": [one.worst.resource.arn for one in every],
    }
