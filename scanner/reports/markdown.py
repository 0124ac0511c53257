"""The report for the summary of a job and for a pull request: worst first, as much of it as there is room for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from scanner.model import Finding, GapReason, Outcome, Rule, ScanReport
from scanner.reports.answers import (
    failed_in_words,
    failures_worst_first,
    others_in_words,
    waiver_troubles_in_words,
)
from scanner.reports.grouping import doubts, merged_gaps
from scanner.reports.markdown_comparison import comparison_section
from scanner.reports.markdown_text import block, code, escaped
from scanner.reports.options import RenderOptions
from scanner.reports.summary import coverage_in_words
from scanner.reports.text import counted, is_command, name_of, paragraphs

ROOM = 900_000
"""Bytes. GitHub drops a summary of 1 MiB or more without showing any of it; a job may have other things to say."""

_KEPT = 2_000
"""Bytes kept for what has to be said in any case."""

_FEW = 5


def render(report: ScanReport, *, options: RenderOptions) -> str:
    """Markdown of at most `ROOM` bytes; what was cut is told at the end, and to `options.tell`."""
    return render_within(report, options=options, room=ROOM)


def render_within(report: ScanReport, *, options: RenderOptions, room: int) -> str:
    """Markdown of at most `room` bytes."""
    page = _Page(room - _KEPT)
    page.add([f"## Bastionless: {failed_in_words(report)}", "", _summary(report)])
    page.add(comparison_section(report, room=room // 8))
    failures = failures_worst_first(report)
    told = _add_failures(page, failures, {rule.id: rule for rule in report.rules})
    for lines in (*_waivers(report), *_doubts(report), *_crashes(report), *_gaps(report)):
        page.add(lines)
    left = len(failures) - told
    if left or page.is_full:
        more = f"{counted(left, 'finding')} more" if left else "not everything that was not decided"
        cut = f"There is no room for all of it here: {more} in the other reports."
        page.end(["", f"_{cut}_"])
        options.tell(f"the Markdown was cut: {more} in the other reports")
    return page.text


class _Page:
    """Lines, as long as there is room."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._lines: list[str] = []
        self.is_full = False

    @property
    def text(self) -> str:
        return "\n".join(self._lines) + "\n"

    def add(self, lines: list[str]) -> bool:
        """All of the lines or none; False, for good, where there is no room."""
        size = sum(len(line.encode("utf-8", "replace")) + 1 for line in lines)
        if self.is_full or size > self._room:
            self.is_full = True
            return False
        self._room -= size
        self._lines += lines
        return True

    def end(self, lines: list[str]) -> None:
        """The last words, for which room was kept."""
        self._lines += lines


def _summary(report: ScanReport) -> str:
    others = others_in_words(report)
    read = [target for target in report.targets if not target.failed]
    accounts = sorted({target.account for target in read} - {""})
    named = f" ({', '.join(map(code, accounts[:_FEW]))}{', …' if len(accounts) > _FEW else ''})" if accounts else ""
    regions = {target.region for target in read} - {"global"}
    places = f"{counted(len(accounts), 'account')}{named}, {counted(len(regions), 'Region')}"
    moment = f", as of {escaped(report.taken_at)}" if report.taken_at else ""
    rest = f" {others}." if others else ""
    if report.coverage is not None:
        words = coverage_in_words(report.coverage)
        return f"Read {words}. Asked {counted(len(report.rules), 'rule')}, for {places}{moment}.{rest}"
    return f"Scanned {places} with {counted(len(report.rules), 'rule')}{moment}.{rest}"


def _add_failures(page: _Page, failures: list[Finding], rules: dict[str, Rule]) -> int:
    """How many were told."""
    told = 0
    for (severity, rule_id), group in groupby(failures, key=lambda one: (one.severity, one.rule_id)):
        found = list(group)
        rule = rules.get(rule_id)
        title = escaped(rule.title) if rule else ""
        lines = ["", f"### {escaped(rule_id)} {title} ({severity.value}, {len(found):,})".replace("  ", " "), ""]
        if not page.add(lines):
            break
        own = rule.fix.strip() if rule else ""
        shared = {one.fix.strip() or own for one in found}
        for finding in found:
            if not page.add(_failure(finding, fix="" if len(shared) == 1 else finding.fix.strip() or own)):
                return told
            told += 1
        if len(shared) == 1:
            page.add(_fix(next(iter(shared)), indent=""))
    return told


def _failure(finding: Finding, *, fix: str) -> list[str]:
    resource, place = finding.resource, finding.location
    name = name_of(resource)
    where = " ".join(filter(None, (code(resource.account), code(resource.region))))
    file = f", {code(f'{place.file}:{place.line}')}" if place is not None else ""
    lines = [
        f"- {code(resource.id)}{f' ({escaped(name)})' if name else ''} in {where}{file}: {escaped(finding.message)}"
    ]
    lines += [f"  - {escaped(fact)}" for fact in finding.because if fact.strip()]
    return lines + _fix(fix, indent="  ")


def _fix(text: str, *, indent: str) -> list[str]:
    """The cure, its commands in blocks to be copied."""
    lines: list[str] = []
    for commands, group in groupby(paragraphs(text), key=is_command):
        found = list(group)
        if commands:
            lines += ["" if lines else f"{indent}**Fix:**", *block("\n".join(found), indent=indent)]
        else:
            lines += [f"{indent}{'' if lines else '**Fix:** '}{escaped(found[0])}"]
            lines += [line for paragraph in found[1:] for line in ("", f"{indent}{escaped(paragraph)}")]
    return ["", *lines] if lines else []


def _waivers(report: ScanReport) -> Iterator[list[str]]:
    """What somebody accepts, and the waivers that somebody has to look after."""
    troubles = waiver_troubles_in_words(report)
    if troubles:
        yield ["", f"### Waivers to mend: {len(troubles):,}", "", *(f"- {escaped(trouble)}" for trouble in troubles)]
    if report.waived:
        yield ["", f"### Waived: {counted(len(report.waived), 'finding')}", ""]
    for finding in report.waived:
        waived = finding.suppression
        if waived is not None:
            why = f"{escaped(waived.justification)} ({escaped(waived.owner)}, until {escaped(waived.until)})"
            yield [f"- {escaped(finding.rule_id)} at {code(finding.resource.id)}: {why}"]


def _doubts(report: ScanReport) -> Iterator[list[str]]:
    unknown = [finding for finding in report.findings if finding.outcome is Outcome.UNKNOWN]
    if unknown:
        yield ["", f"### Not decided: {counted(len(unknown), 'answer')}", ""]
    for doubt in doubts(unknown):
        rules = ", ".join(escaped(rule_id) for rule_id in doubt.by_rule)
        yield [f"- {' '.join(map(escaped, doubt.reason))} ({rules})"]


def _crashes(report: ScanReport) -> Iterator[list[str]]:
    crashed = [finding for finding in report.findings if finding.outcome is Outcome.ERROR]
    if crashed:
        yield ["", f"### Crashed: {counted(len(crashed), 'answer')}", ""]
    for finding in sorted(crashed, key=lambda one: one.sort_key):
        yield [f"- {code(finding.rule_id)} at {code(finding.resource.id)}: {escaped(finding.message)}"]


def _gaps(report: ScanReport) -> Iterator[list[str]]:
    failed = sorted(report.failed_targets)
    if report.gaps or failed:
        yield ["", f"### Not read: {counted(len(report.gaps) + len(failed), 'place')}", ""]
    for target in failed:
        where = "" if target.mode == "plan" else f"{code(target.account)} {code(target.region)}: "
        yield [f"- {where}{escaped(target.failed)}"]
    for gap in merged_gaps(report.gaps):
        where = "" if gap.reason is GapReason.UNREAD else f"{code(gap.account)} "
        yield [f"- {where}{escaped(gap.sentence)}"]
