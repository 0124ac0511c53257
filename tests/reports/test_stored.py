"""A stored report read back."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scanner.errors import ReportError
from scanner.model import Coverage, Framework, Location, ScanReport
from scanner.model.evidence import Attempt, Evidence
from scanner.reports import FORMATS, render
from scanner.reports.native_json import report_schema
from scanner.reports.shape import compile_schema
from scanner.reports.stored import parse_report, read_report
from tests.reports.hostile import NAMES, report_about
from tests.reports.reports_by_hand import PROOF, everything, finding

_FRAMEWORK = Framework(
    "A Benchmark",
    "5.0",
    "[0-9.]+",
    "https://a.example",
    {"1.2": ("NET001", "TRL001")},
    {"1.3": {"VPE005": "why"}},
    "a-5",
)
_ATTEMPT = Attempt(
    "1", "eu-west-1", "OpenTunnel", "arn:aws:iam::1:role/a", sources=("203.0.113.7",), count=3, first="x"
)


def _whole() -> ScanReport:
    """A report with everything a report may have."""
    shown = everything()
    first = shown.findings[0]
    hop = dataclasses.replace(PROOF[2], rule_id="sgr-1", location=Location("inventory/1.jsonl", 7))
    located = dataclasses.replace(
        first, path=(*PROOF[:2], hop), location=Location("a.tf", 3, 2, "aws_instance.a", "A/B", "t.json:3", "ab:1")
    )
    return dataclasses.replace(
        shown,
        findings=(located, *shown.findings[1:]),
        evidence=Evidence("a", "b", (_ATTEMPT,), unreadable=2),
        frameworks=(_FRAMEWORK,),
        coverage=Coverage(2, 7, {"AWS::S3::Bucket": 3}, unread=1),
    )


@pytest.mark.parametrize("format_", FORMATS)
def test_a_stored_report_gives_byte_for_byte_what_the_scan_gave(format_: str) -> None:
    stored = parse_report(render(_whole(), format="json"), place="x")
    assert render(stored, format=format_) == render(_whole(), format=format_)


@pytest.mark.parametrize("name", NAMES)
def test_so_does_one_with_a_hostile_name(name: str) -> None:
    text = render(report_about(name), format="json")
    assert render(parse_report(text, place="x"), format="json") == text


def test_members_of_a_later_version_are_let_be() -> None:
    document = json.loads(render(_whole(), format="json"))
    for part in (document, document["findings"][0], document["targets"][0], document["rules"][0], document["gaps"][0]):
        part["later"] = 1
    assert (
        parse_report(json.dumps(document), place="x").findings
        == parse_report(render(_whole(), format="json"), place="x").findings
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"version": 2}, "x.json: the report is of version 2, not 1. Upgrade bastionless"),
        ({"version": "1"}, "x.json: the report is of version '1', not 1. Give a file that"),
        (
            {"format": "bastionless-snapshot"},
            "x.json: the file is no report of Bastionless. This is a snapshot: scan it",
        ),
        ({"format": None, "runs": []}, "x.json: the file is no report of Bastionless. This is SARIF, which lacks half"),
        ({"findings": 7}, "x.json: the report is damaged at findings: this is not a list. Give a file that"),
        ({"complete": 1}, "x.json: the report is damaged at complete: this is not true or false. "),
        ({"totals": {}}, "x.json: the report is damaged at totals: 'pass' is missing. "),
    ],
)
def test_a_foreign_report_is_told_in_one_sentence(change: dict[str, Any], told: str) -> None:
    document = {**json.loads(render(_whole(), format="json")), **change}
    with pytest.raises(ReportError) as refusal:
        parse_report(json.dumps(document), place="x.json")
    assert str(refusal.value).startswith(told)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (
            ("findings", 0, "severity"),
            "HIGH",
            "findings[0].severity: this is none of info, low, medium, high, critical",
        ),
        (("findings", 1, "fingerprint"), "x", "findings[1].fingerprint: this does not match ^[0-9a-f]{32}$"),
        (("findings", 0, "resource"), None, "findings[0].resource: this is not an object"),
        (("findings", 0, "because"), [1], "findings[0].because[0]: this is not text"),
        (("findings", 0, "location"), {}, "findings[0].location: 'file' is missing"),
        (
            ("findings", 1, "path", 0, "direction"),
            "up",
            "findings[1].path[0].direction: this is none of forward, return",
        ),
        (("targets", 0, "resources"), -1, "targets[0].resources: this is less than 0"),
        (("totals", "fail"), True, "totals.fail: this is not a whole number"),
    ],
)
def test_the_place_of_the_damage_is_told(path: tuple[str | int, ...], value: Any, told: str) -> None:
    document = json.loads(render(_whole(), format="json"))
    holder = document
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    with pytest.raises(ReportError) as refusal:
        parse_report(json.dumps(document), place="x")
    assert f"the report is damaged at {told}" in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the report is cut off, or no JSON"),
        (b'{"format": "bastionless-report",', "the report is cut off, or no JSON"),
        (b"[]", "the file is no report of Bastionless"),
        (b"\x80{}", "the file is no report"),
        (b"[" * 200_000, "the file is no report (RecursionError)"),
    ],
)
def test_what_is_no_report_is_told_in_one_sentence(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(ReportError) as refusal:
        read_report(tmp_path / "x.json")
    assert told in str(refusal.value)
    with pytest.raises(ReportError, match="the report cannot be read"):
        read_report(tmp_path)


_DOCUMENT = json.loads(render(_whole(), format="json"))
_OTHERS: st.SearchStrategy[Any] = st.sampled_from([None, True, -1, 1, "", "x", [], {}, [{}], {"x": 1}])


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found: list[tuple[str | int, ...]] = [path] if path else []
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        found += _paths(inner, (*path, key))
    return found


@example(("version",), True)
@settings(max_examples=300, deadline=None)
@given(st.sampled_from(_paths(_DOCUMENT)), _OTHERS)
def test_our_check_and_a_validator_of_json_schema_agree_and_what_is_valid_is_read(
    path: tuple[str | int, ...], value: Any
) -> None:
    document = json.loads(json.dumps(_DOCUMENT))
    holder = document
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    valid = jsonschema_rs.is_valid(report_schema(), document)
    assert (compile_schema(report_schema())(document) == "") == valid
    if valid:
        render(parse_report(json.dumps(document), place="x"), format="json")
    else:
        with pytest.raises(ReportError):
            parse_report(json.dumps(document), place="x")


def test_a_schema_with_a_word_that_is_not_tested_is_refused() -> None:
    with pytest.raises(ValueError, match="maxLength"):
        compile_schema({"type": "string", "maxLength": 3})


def test_the_fingerprint_of_a_stored_finding_is_that_of_the_scan() -> None:
    planned = dataclasses.replace(finding("sg-Web"), identity="template.yaml#Web")
    report = dataclasses.replace(everything(), findings=(planned, *everything().findings))
    stored = parse_report(render(report, format="json"), place="x")
    assert {one.fingerprint for one in stored.findings} == {one.fingerprint for one in report.findings}
    assert planned.fingerprint != finding("sg-Web").fingerprint
