"""The report for people: worst first, one block a rule, readable at 80 columns."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from scanner.model import Finding, GapReason, Outcome, Rule, ScanReport
from scanner.reports.comparison import add_change_of_account
from scanner.reports.evidence import add_evidence
from scanner.reports.grouping import Doubt, doubts, merged_gaps
from scanner.reports.hops import add_hops, hops_in_a_line
from scanner.reports.options import RenderOptions
from scanner.reports.sheet import Sheet, Style
from scanner.reports.standing import add_comparison, add_waived, add_waiver_troubles, mark_of
from scanner.reports.summary import add_summary
from scanner.reports.text import clean, counted, is_command, label, paragraphs

_NAMED = 10


def render(report: ScanReport, *, options: RenderOptions) -> str:
    """The whole report in lines of at most `options.width` columns; ANSI colours only if `options.color`."""
    sheet = Sheet(width=options.width, color=options.color)
    answers: dict[Outcome, list[Finding]] = {outcome: [] for outcome in Outcome}
    for finding in report.findings:
        if finding.suppression is None and (options.verbose or not _stays(finding, report, options)):
            answers[finding.outcome].append(finding)
    rules = {rule.id: rule for rule in report.rules}
    _add_failures(sheet, answers[Outcome.FAIL], rules, options)
    add_waived(sheet, report, options)
    if report.comparison is not None and not report.comparison.is_of_change:
        add_comparison(sheet, report.comparison, options)
    _add_listed(sheet, "PASSED", answers[Outcome.PASS], options)
    _add_listed(sheet, "NOT APPLICABLE", answers[Outcome.NOT_APPLICABLE], options)
    _add_doubts(sheet, answers[Outcome.UNKNOWN], options)
    _add_errors(sheet, answers[Outcome.ERROR], rules)
    if report.comparison is not None and report.comparison.is_of_change:
        add_change_of_account(sheet, report, report.comparison)
    _add_gaps(sheet, report)
    _add_failed_targets(sheet, report)
    add_waiver_troubles(sheet, report)
    if report.evidence:
        add_evidence(sheet, report.evidence)
    add_summary(sheet, report, seconds=options.seconds)
    return sheet.text


def _stays(finding: Finding, report: ScanReport, options: RenderOptions) -> bool:
    """Whether it is as it was, and nobody wants to hear of that."""
    of_change = report.comparison is not None and report.comparison.is_of_change
    return (of_change or options.changes_only) and finding.change is not None and not finding.change.is_worse


def _add_failures(sheet: Sheet, failures: list[Finding], rules: dict[str, Rule], options: RenderOptions) -> None:
    ordered = sorted(failures, key=lambda finding: (-finding.severity.rank, finding.sort_key))
    for severity, same_severity in groupby(ordered, key=lambda finding: finding.severity):
        group = list(same_severity)
        sheet.gap()
        sheet.add(f"{severity.value.upper()}  {counted(len(group), 'finding')}", style=Style.of(severity))
        for rule_id, found in groupby(group, key=lambda finding: finding.rule_id):
            _add_rule(sheet, list(found), rules.get(rule_id), options)


def _add_rule(sheet: Sheet, found: list[Finding], rule: Rule | None, options: RenderOptions) -> None:
    rule_id = clean(found[0].rule_id)
    title = f"{clean(rule.title.strip())} " if rule else ""
    sheet.gap()
    sheet.add(
        f"{title}[{found[0].severity}]",
        first=f"{rule_id}  ",
        rest=" " * (len(rule_id) + 2),
        style=Style.STRONG,
    )
    own = rule.fix.strip() if rule else ""
    fixes = [finding.fix.strip() or own for finding in found]
    shared = fixes[0] if len(set(fixes)) == 1 else own
    for finding, fix in zip(found, fixes, strict=True):
        _add_finding(sheet, finding, fix="" if fix == shared else fix, options=options)
    if shared in fixes:
        _add_fix(sheet, shared, indent=2)


def _add_finding(sheet: Sheet, finding: Finding, *, fix: str, options: RenderOptions) -> None:
    sheet.add(
        f"{label(finding.resource)}  {_place(finding)}{mark_of(finding)}", first="  ", rest="      ", style=Style.NAME
    )
    sheet.add(clean(finding.message.strip()), first="    ", rest="    ")
    for fact in filter(None, map(str.strip, finding.because)):
        sheet.add(clean(fact), first="    - ", rest="      ", style=Style.QUIET)
    if finding.path and options.verbose:
        add_hops(sheet, finding.path, indent=4)
    elif finding.path:
        sheet.add(f"proved in {hops_in_a_line(finding.path)}", first="    - ", rest="      ", style=Style.QUIET)
    if options.verbose:
        sheet.add(f"fingerprint {finding.fingerprint}", first="    - ", rest="      ", style=Style.QUIET)
    _add_fix(sheet, fix, indent=4)


def _add_fix(sheet: Sheet, fix: str, *, indent: int) -> None:
    margin, rest = " " * indent, " " * (indent + 5)
    for number, paragraph in enumerate(paragraphs(fix)):
        first = rest if number else f"{margin}Fix: "
        if is_command(paragraph):
            sheet.add_command(paragraph, first=first, rest=f"{rest}  ")
        else:
            sheet.add(paragraph, first=first, rest=rest)


def _place(finding: Finding) -> str:
    """Account and Region of what exists, and the line in somebody's files."""
    place, where = finding.location, "" if finding.identity else f"{finding.resource.account} {finding.resource.region}"
    if place is None:
        return clean(f"{finding.resource.account} {finding.resource.region}".strip())
    made = f"  {place.construct}" if place.construct else f"  ({place.written})" if place.written else ""
    return clean(f"{where}  {place.file}:{place.line}{made}".strip())


def _add_listed(sheet: Sheet, title: str, findings: list[Finding], options: RenderOptions) -> None:
    if not findings:
        return
    sheet.gap()
    sheet.add(f"{title}  {counted(len(findings), 'answer')}", style=Style.STRONG)
    ordered = sorted(findings, key=lambda finding: finding.sort_key)
    for rule_id, found in groupby(ordered, key=lambda finding: finding.rule_id):
        sheet.add(_names(found, options), first=f"  {clean(rule_id)}  ", rest="    ")


def _add_doubts(sheet: Sheet, unknown: list[Finding], options: RenderOptions) -> None:
    if not unknown:
        return
    sheet.gap()
    sheet.add(f"NOT DECIDED  {counted(len(unknown), 'answer')} that could not be given", style=Style.DOUBT)
    for doubt in doubts(unknown):
        sheet.gap()
        for line in doubt.reason:
            sheet.add(clean(line), first="  ", rest="    ")
        for rules, names in _alike(doubt, options).items():
            sheet.add(f"{rules}: {names}", first="    ", rest="      ", style=Style.QUIET)
    sheet.gap()
    for cure in dict.fromkeys(finding.fix for finding in unknown):
        _add_fix(sheet, cure, indent=2)


def _alike(doubt: Doubt, options: RenderOptions) -> dict[str, str]:
    """Rules that stayed unknown for the same resources share a line."""
    same: dict[str, list[str]] = {}
    for rule_id, found in doubt.by_rule.items():
        same.setdefault(_names(found, options), []).append(clean(rule_id))
    return {", ".join(rule_ids): names for names, rule_ids in same.items()}


def _names(findings: Iterable[Finding], options: RenderOptions) -> str:
    names = list(dict.fromkeys(label(finding.resource) for finding in findings))
    if options.verbose or len(names) <= _NAMED:
        return ", ".join(names)
    return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED:,} more"


def _add_errors(sheet: Sheet, errors: list[Finding], rules: dict[str, Rule]) -> None:
    if not errors:
        return
    sheet.gap()
    sheet.add(f"CRASHED  {counted(len(errors), 'answer')} lost to a fault in a rule", style=Style.DOUBT)
    for finding in sorted(errors, key=lambda finding: finding.sort_key):
        rule = rules.get(finding.rule_id)
        title = f" {clean(rule.title.strip())}" if rule else ""
        sheet.gap()
        sheet.add(f"{clean(finding.rule_id)} {title}", first="  ", rest="    ", style=Style.STRONG)
        sheet.add(f"{label(finding.resource)}  {_place(finding)}", first="    ", rest="      ")
        for line in (finding.message, *finding.because):
            sheet.add(clean(line.strip()), first="    ", rest="      ")
        _add_fix(sheet, finding.fix, indent=4)


def _add_gaps(sheet: Sheet, report: ScanReport) -> None:
    if not report.gaps:
        return
    sheet.gap()
    written = sum(gap.reason is GapReason.UNREAD for gap in report.gaps)
    calls = len(report.gaps) - written
    told = [f"{counted(calls, 'call')} without an answer"] if calls else []
    told += [f"{counted(written, 'part')} of what is planned"] if written else []
    sheet.add(f"NOT READ  {', '.join(told)}", style=Style.DOUBT)
    for gap in merged_gaps(report.gaps):
        # What is written has its place in the file; the account it is going to is nobody's question.
        account = f"{clean(gap.account)}: " if gap.account and gap.reason is not GapReason.UNREAD else ""
        sheet.add(f"{account}{clean(gap.sentence)}", first="  ", rest="    ")


def _add_failed_targets(sheet: Sheet, report: ScanReport) -> None:
    if not report.failed_targets:
        return
    sheet.gap()
    sheet.add("NOT SCANNED", style=Style.DOUBT)
    for target in sorted(report.failed_targets):
        place = "" if target.mode == "plan" else f"{target.account} {target.region}: "
        sheet.add(clean(f"{place}{target.failed}"), first="  ", rest="    ")
