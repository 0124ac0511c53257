"""What a report means for a pipeline."""

from __future__ import annotations

from scanner.model import Config, Gap, GapReason, ScanReport
from scanner.pipeline import exit_code


def report(*gaps: Gap, **totals: int) -> ScanReport:
    return ScanReport(findings=(), gaps=gaps, targets=(), rules=(), totals=totals)


def gap(kind: str) -> Gap:
    return Gap("111122223333", "us-east-1", "ec2:Describe", GapReason.DENIED, "UnauthorizedOperation", (kind,))


def test_nothing_wrong_is_clean() -> None:
    assert exit_code(report(), Config()) == 0


def test_regions_that_nobody_could_name_leave_a_scan_incomplete() -> None:
    unseen = report(gap("AWS::Region"))
    assert (exit_code(unseen, Config()), unseen.complete) == (3, False)


def test_a_refused_call_alone_does_not() -> None:
    assert exit_code(report(gap("AWS::EC2::VPC")), Config()) == 0


def test_a_crash_leaves_a_scan_incomplete_whatever_was_asked() -> None:
    assert exit_code(report(error=1), Config(fail_on=None)) == 3


def test_unknown_answers_count_only_where_they_were_asked_to() -> None:
    assert exit_code(report(unknown=1), Config()) == 0
    assert exit_code(report(unknown=1), Config(fail_on_unknown=True)) == 3
