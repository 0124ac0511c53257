"""What a run could not do, as SARIF notifications: refused calls, unknown answers, crashes, cut results."""

# ruff: noqa: PLC0415 - sarif_om is loaded with the first log

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.model import Finding, Gap, Outcome, Rule, Target
from scanner.reports.grouping import doubts, merged_gaps
from scanner.reports.sarif_text import sentence
from scanner.reports.text import counted, label

_NAMED = 20


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of notification, declared once in the driver."""

    id: str
    name: str
    short: str
    full: str


REFUSED = Sort(
    "BLN001",
    "CallWithoutAnswer",
    "A call to AWS gave no answer.",
    "A call was refused, throttled or failed. Whatever depends on its answer is left unknown, never clean.",
)
UNKNOWN = Sort(
    "BLN002",
    "AnswerUnknown",
    "A rule could not decide.",
    "A fact the rule needs could not be read, so the rule says neither yes nor no about these resources.",
)
CRASHED = Sort(
    "BLN003",
    "RuleCrashed",
    "A rule crashed.",
    "A rule ended in an error of its own. Its answer about the resource is lost; all other answers stand.",
)
UNREACHED = Sort(
    "BLN004",
    "TargetNotScanned",
    "An account or Region could not be scanned.",
    "Nothing at all could be read there, so no result about it means nothing.",
)
CUT = Sort(
    "BLN005",
    "ResultsCut",
    "The list of results was cut.",
    "GitHub keeps the 5,000 gravest results of a run. The results beyond are in the JSON report.",
)
CROWDED = Sort(
    "BLN006",
    "TooManyRuns",
    "The file holds more runs than GitHub accepts.",
    "GitHub refuses a file with more than 20 runs, and a run is an account. Write one file for each account.",
)
WAIVER = Sort(
    "BLN007",
    "WaiverToMend",
    "A waiver wants somebody to look after it.",
    "It expired, so its findings count again; or it matches no finding; or there is no rule of its name.",
)
SORTS = (REFUSED, UNKNOWN, CRASHED, UNREACHED, CUT, CROWDED, WAIVER)


def notice_descriptors() -> list[Any]:
    """The driver's `notifications`: one `sarif_om.ReportingDescriptor` for each sort."""
    import sarif_om as om

    return [
        om.ReportingDescriptor(
            id=sort.id,
            name=sort.name,
            short_description=om.MultiformatMessageString(text=sort.short),
            full_description=om.MultiformatMessageString(text=sort.full),
            help=om.MultiformatMessageString(text=sort.full, markdown=sort.full),
            default_configuration=om.ReportingConfiguration(level="warning"),
        )
        for sort in SORTS
    ]


def notice(sort: Sort, text: str, *, level: str = "warning", rule: tuple[int, Rule] | None = None) -> Any:
    """One `sarif_om.Notification` with a sentence, about a rule (its index and itself) or about the run."""
    import sarif_om as om

    return om.Notification(
        message=om.Message(text=sentence(text) or sort.short),
        level=level,
        descriptor=om.ReportingDescriptorReference(id=sort.id, index=SORTS.index(sort)),
        associated_rule=om.ReportingDescriptorReference(id=rule[1].id, index=rule[0]) if rule else None,
    )


def target_notices(targets: Iterable[Target]) -> Iterator[Any]:
    """The Regions of which nothing could be read."""
    for target in sorted(targets):
        if target.failed:
            place = "" if target.mode == "plan" else f"{target.account} {target.region}: "
            yield notice(UNREACHED, f"{place}{target.failed}", level="error")


def gap_notices(gaps: Iterable[Gap]) -> Iterator[Any]:
    """The calls without an answer, the same refusal in several Regions told once."""
    for gap in merged_gaps(gaps):
        yield notice(REFUSED, gap.sentence)


def finding_notices(findings: Iterable[Finding], *, rules: Mapping[str, tuple[int, Rule]]) -> Iterator[Any]:
    """The unknown answers, put together by reason and rule, and the crashes."""
    found = list(findings)
    for doubt in doubts(finding for finding in found if finding.outcome is Outcome.UNKNOWN):
        reason = " ".join(sentence(line) for line in doubt.reason if line.strip())
        for rule_id, members in doubt.by_rule.items():
            text = f"{rule_id} could not decide about {_names(members)}. {reason}"
            yield notice(UNKNOWN, text, rule=rules[rule_id])
    for finding in sorted((f for f in found if f.outcome is Outcome.ERROR), key=lambda f: f.sort_key):
        text = f"{finding.rule_id} at {label(finding.resource)}: {finding.message}"
        yield notice(CRASHED, text, level="error", rule=rules[finding.rule_id])


def _names(findings: list[Finding]) -> str:
    names = list(dict.fromkeys(label(finding.resource) for finding in findings))
    more = f" and {counted(len(names) - _NAMED, 'other')}" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
