"""The report for test reports (JUnit XML): a suite for each rule, a case for each resource it answers about."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from scanner.model import Coverage, Finding, Outcome, Rule, ScanReport
from scanner.reports.answers import waiver_troubles_in_words
from scanner.reports.options import RenderOptions
from scanner.reports.reading import files_in_words, reading_in_words
from scanner.reports.sarif_rules import rules_of
from scanner.reports.text import clean, counted, label

_COUNTED = {
    Outcome.FAIL: "failures",
    Outcome.ERROR: "errors",
    Outcome.UNKNOWN: "skipped",
    Outcome.NOT_APPLICABLE: "skipped",
}


def render(report: ScanReport, *, options: RenderOptions) -> str:
    """`testsuites` with every rule: a failure for *fail*, an error for a crash, skipped for *unknown* and what does not apply.

    A rule that left nothing to tell is one case that passed: an empty suite is a mistake to many readers.
    """
    for trouble in waiver_troubles_in_words(report):
        options.tell(trouble)
    answers: dict[str, list[Finding]] = {}
    for finding in sorted(report.findings, key=lambda one: (one.sort_key, one.message, one.because)):
        answers.setdefault(finding.rule_id, []).append(finding)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    rules = rules_of(report)
    read = _read_counts(report)
    lines.append(f"<testsuites{_attributes({'name': 'Bastionless', **_numbers(rules, answers, read)})}>")
    if report.coverage is not None:
        lines += _reading(report, report.coverage, read)
    for rule in rules:
        lines += _suite(rule, answers.get(rule.id, []))
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _read_counts(report: ScanReport) -> dict[str, str]:
    """The numbers of the suite about a gate's files: one case for what was read, one for each file that was not."""
    if report.coverage is None:
        return {}
    errors, skipped = len(report.failed_targets), int(bool(report.gaps))
    return {"tests": str(errors + 1), "failures": "0", "errors": str(errors), "skipped": str(skipped)}


def _reading(report: ScanReport, coverage: Coverage, counts: dict[str, str]) -> Iterator[str]:
    """What was read of templates and plans: numbers as properties, what was not read as cases, sentences as output."""
    yield f" <testsuite{_attributes({'name': 'What was read', **counts, 'time': '0'})}>"
    yield "  <properties>"
    numbers = {"files": coverage.files, "resources": coverage.resources, "unread": coverage.unread}
    numbers |= {f"not asked about: {name}": number for name, number in sorted(coverage.ignored.items())}
    for name, number in numbers.items():
        yield f"   <property{_attributes({'name': name, 'value': str(number)})}/>"
    yield "  </properties>"
    about = {"classname": "reading", "time": "0"}
    yield f"  <testcase{_attributes({'name': 'templates and plans', **about})}>"
    if report.gaps:
        parts = counted(len(report.gaps), "part")
        yield f"   <skipped{_attributes({'message': f'{parts} could not be read'})}/>"
    yield "  </testcase>"
    for sentence in files_in_words(report):
        yield f"  <testcase{_attributes({'name': sentence, **about})}>"
        yield f"   <error{_attributes({'message': sentence, 'type': 'unread'})}/>"
        yield "  </testcase>"
    sentences = "\n".join(escape(clean(one)) for one in reading_in_words(report))
    yield f"  <system-out>{sentences}</system-out>"
    yield " </testsuite>"


def _numbers(rules: tuple[Rule, ...], answers: dict[str, list[Finding]], read: dict[str, str]) -> dict[str, str]:
    suites = [read] if read else []
    suites += [_counts(answers.get(rule.id, [])) for rule in {rule.id: rule for rule in rules}.values()]
    return {name: str(sum(int(suite[name]) for suite in suites)) for name in ("tests", "failures", "errors", "skipped")}


def _counts(found: list[Finding]) -> dict[str, str]:
    counts = {"tests": max(len(found), 1), "failures": 0, "errors": 0, "skipped": 0}
    for finding in found:
        name = "skipped" if finding.suppression is not None else _COUNTED.get(finding.outcome)
        if name:
            counts[name] += 1
    return {name: str(number) for name, number in counts.items()}


def _suite(rule: Rule, found: list[Finding]) -> Iterator[str]:
    name = f"{rule.id} {rule.title.strip()}".strip()
    yield f" <testsuite{_attributes({'name': name, **_counts(found), 'time': '0'})}>"
    if not found:
        yield f"  <testcase{_attributes({'name': 'nothing to object to', 'classname': rule.id, 'time': '0'})}/>"
    for finding in found:
        yield from _case(finding)
    yield " </testsuite>"


def _case(finding: Finding) -> Iterator[str]:
    resource, place = finding.resource, finding.location
    where = " ".join(filter(None, (resource.account, resource.region)))
    name = f"{label(resource)} {where}".strip()
    attributes = {"name": name, "classname": finding.rule_id, "time": "0"}
    if place is not None:
        attributes["file"] = place.file
    body = _body(finding)
    if body:
        yield f"  <testcase{_attributes(attributes)}>"
        yield f"   {body}"
        yield "  </testcase>"
    else:
        yield f"  <testcase{_attributes(attributes)}/>"


def _body(finding: Finding) -> str:
    message = clean(finding.message.strip())
    facts = "\n".join(
        escape(clean(line.strip())) for line in (*finding.because, *finding.fix.splitlines()) if line.strip()
    )
    waived = finding.suppression
    if waived is not None:
        why = clean(f"waived by {waived.owner} until {waived.until}: {waived.justification}: {message}")
        return f"<skipped{_attributes({'message': why})}/>"
    if finding.outcome is Outcome.FAIL:
        return f"<failure{_attributes({'message': message, 'type': finding.severity.value})}>{facts}</failure>"
    if finding.outcome is Outcome.ERROR:
        return f"<error{_attributes({'message': message, 'type': 'crash'})}>{facts}</error>"
    if finding.outcome is Outcome.PASS:
        return ""
    why = "not decided" if finding.outcome is Outcome.UNKNOWN else "not applicable"
    return f"<skipped{_attributes({'message': f'{why}: {message}'})}/>"


def _attributes(texts: dict[str, str]) -> str:
    return "".join(f' {name}="{escape(clean(text))}"' for name, text in texts.items())
