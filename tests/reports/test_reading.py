"""How much of somebody's files was read stands in every format, and on stderr for those that have no place for it."""

from __future__ import annotations

import dataclasses
import json
import xml.etree.ElementTree as ET

import pytest

from scanner.model import Coverage, Gap, GapReason, ScanReport, Target
from scanner.reports import FORMATS, RenderOptions, render
from tests.reports.reports_by_hand import finding, report

READ = "read 2 files: 5 planned resources, and 3 of 1 type that no rule asks about; 1 part could not be read"
BROKEN = "b.yaml:3: the YAML cannot be read"
FLEET = "a.yaml:5 Fleet (AWS::EC2::EC2Fleet) was not read: this program does not read the type"
IN_THE_TEXT = {
    "terminal": "5 planned resources",
    "markdown": "5 planned resources",
    "markdown-comment": "5 planned resources",
}
ON_STDERR = ("csv", "gitlab")


def gated(*, gaps: int = 1) -> ScanReport:
    """A gate's report of two files, one of them with a part that could not be read, beside a broken one."""
    unread = tuple(
        Gap("0" * 12, "us-east-1", f"a.yaml:{5 + number} Fleet (AWS::EC2::EC2Fleet)", GapReason.UNREAD,
            "this program does not read the type", ("AWS::EC2::Instance",))
        for number in range(gaps)
    )  # fmt: skip
    targets = (
        Target("0" * 12, "us-east-1", mode="plan", resources=5),
        Target("0" * 12, "us-east-1", mode="plan", failed=BROKEN),
    )
    made = report(finding("i-1"), gaps=unread, targets=targets)
    return dataclasses.replace(made, coverage=Coverage(2, 5, {"AWS::SQS::Queue": 3}, unread=gaps))


def rendered(format_: str, shown: ScanReport) -> tuple[str, list[str]]:
    told: list[str] = []
    return render(shown, format=format_, options=RenderOptions(width=200, tell=told.append)), told


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_tells_what_was_read_and_what_was_not(format_: str) -> None:
    text, told = rendered(format_, gated())
    if format_ in ON_STDERR:
        assert told == [READ, BROKEN, FLEET]
        return
    assert told == []
    if format_ in ("json", "jsonl", "sarif", "sarif-full"):
        document = json.loads(text.splitlines()[0] if format_ == "jsonl" else text)
        holder = document["runs"][0]["properties"] if "sarif" in format_ else document
        assert holder["coverage"] == {"files": 2, "resources": 5, "ignored": {"AWS::SQS::Queue": 3}, "unread": 1}
    else:
        assert IN_THE_TEXT.get(format_, READ) in text
    assert all(sentence.replace(*how) in text for sentence in (BROKEN, FLEET) for how in [_spelt(format_)])


def _spelt(format_: str) -> tuple[str, str]:
    return ("_", "\\_") if format_.startswith("markdown") else ("", "")


def test_junit_has_a_suite_of_what_was_read_with_a_case_for_each_file_that_was_not() -> None:
    root = ET.fromstring(rendered("junit", gated())[0])
    suite = root[0]
    assert {one.get("name"): one.get("value") for one in suite.iter("property")} == {
        "files": "2",
        "resources": "5",
        "unread": "1",
        "not asked about: AWS::SQS::Queue": "3",
    }
    assert [(case.get("name"), [(one.tag, one.get("message")) for one in case]) for case in suite.iter("testcase")] == [
        ("templates and plans", [("skipped", "1 part could not be read")]),
        (BROKEN, [("error", BROKEN)]),
    ]
    assert suite.findtext("system-out") == f"{READ}\n{BROKEN}\n{FLEET}"
    numbers = {name: suite.get(name) for name in ("name", "tests", "failures", "errors", "skipped")}
    assert numbers == {"name": "What was read", "tests": "2", "failures": "0", "errors": "1", "skipped": "1"}
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("6", "1", "1")


def test_the_notice_of_a_gate_is_one_of_the_ten_that_github_shows() -> None:
    text, told = rendered("github", gated())
    assert text.splitlines()[0] == f"::notice title=What was read::{READ}%0A{BROKEN}%0A{FLEET}"
    assert told == []


def test_of_many_parts_ten_are_named_and_the_rest_counted() -> None:
    _, told = rendered("csv", gated(gaps=30))
    assert len(told) == 12
    assert told[-1] == "and 21 more parts that could not be read"


def test_the_report_of_a_scan_says_nothing_of_files() -> None:
    for format_ in ("csv", "gitlab", "junit", "github"):
        text, told = rendered(format_, report(finding("i-1")))
        assert told == []
        assert "What was read" not in text
