"""Whatever an account calls its resources, every report stays valid, bounded and the same twice."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import jsonschema_rs
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model import Finding, Gap, GapReason, Outcome, Resource, Rule, ScanReport, Setting, Severity, Target
from scanner.reports import render
from scanner.reports.native_json import report_schema
from scanner.reports.stored import parse_report
from scanner.reports.text import cells
from tests.reports.github_lint import problems
from tests.reports.reports_by_hand import RULES
from tests.reports.sarif_checks import VALIDATOR

_REPORT = jsonschema_rs.validator_for(report_schema())

_SHARP = st.sampled_from(
    [
        "",
        "`x`",
        "](",
        "[a](1)",
        "{0}",
        "\x1b[2J",
        "\n\n# h",
        "..",
        ".",
        "/",
        "a:b",
        "%2e",
        "\u202e",
        "\ud800",
        "😀",
        "\0",
        "\\",
        '"',
    ]
)
_TEXT = st.lists(st.one_of(_SHARP, st.text(st.characters(), max_size=12)), max_size=4).map("".join)
# What a resource is known by comes from UTF-8 and so has no lone surrogates; everything said of it may.
_NAME = _TEXT.map(lambda text: text.encode(errors="ignore").decode())
_TEXTS = st.lists(_TEXT, max_size=3).map(tuple)
_ARN = st.one_of(_TEXT, st.tuples(_TEXT, _TEXT, _TEXT).map(lambda parts: "arn:aws:{}:r:a:{}/{}".format(*parts)))
_RESOURCE = st.builds(
    Resource,
    kind=st.one_of(_NAME, st.just("AWS::EC2::Instance")),
    partition=st.sampled_from(["aws", "aws-cn"]),
    account=st.one_of(st.sampled_from(["123456789012", "210987654321"]), _NAME),
    region=st.one_of(st.just("eu-west-1"), _NAME),
    id=_NAME,
    arn=_ARN,
    facts=_TEXT.map(lambda name: {"Tags": [{"Key": "Name", "Value": name}]}),
)
_RULE = st.builds(
    Rule,
    id=st.just("OWN001"),
    title=_TEXT,
    severity=st.sampled_from(Severity),
    about=_TEXT,
    why=_TEXT,
    fix=_TEXT,
    learn=_TEXTS,
    settings=st.lists(st.builds(Setting, name=_TEXT, default=_TEXT, help=_TEXT), max_size=2).map(tuple),
    aliases=st.sampled_from([(), ("OLD1",), ("OLD1", "OLD1", "OLD2")]),
    file=_TEXT,
)
_FINDING = st.builds(
    Finding,
    rule_id=st.sampled_from([*(rule.id for rule in RULES), "OWN001"]),
    outcome=st.sampled_from(Outcome),
    severity=st.sampled_from(Severity),
    resource=_RESOURCE,
    message=_TEXT,
    because=_TEXTS,
    fix=_TEXT,
)
_REPORTS = st.builds(
    ScanReport,
    findings=st.lists(_FINDING, max_size=5).map(tuple),
    gaps=st.lists(
        st.builds(
            Gap,
            account=_TEXT,
            region=_TEXT,
            call=_TEXT,
            reason=st.sampled_from(GapReason),
            detail=_TEXT,
            kinds=_TEXTS,
            resource=_TEXT,
        ),
        max_size=3,
    ).map(tuple),
    targets=st.lists(st.builds(Target, account=_TEXT, region=_TEXT, mode=_TEXT, failed=_TEXT), max_size=3).map(tuple),
    rules=_RULE.map(lambda rule: (*RULES, rule)),
    totals=st.just({"fail": 1, "unknown": 2}),
    taken_at=_TEXT,
    tool_version=_TEXT,
)


@settings(max_examples=150, deadline=None)
@given(_REPORTS)
def test_any_text_gives_valid_sarif_that_github_takes_and_the_same_bytes_twice(report: ScanReport) -> None:
    text = render(report, format="sarif")
    VALIDATOR.validate(json.loads(text))
    assert problems(text) == []
    assert render(report, format="sarif") == text


@settings(max_examples=150, deadline=None)
@given(_REPORTS)
def test_any_text_gives_valid_json_and_the_same_bytes_twice(report: ScanReport) -> None:
    text = render(report, format="json")
    _REPORT.validate(json.loads(text))
    assert text.isascii()
    assert render(report, format="json") == text


@settings(max_examples=150, deadline=None)
@given(_REPORTS)
def test_any_text_stays_inside_80_printable_columns(report: ScanReport) -> None:
    for line in render(report, format="terminal").splitlines():
        assert line.isprintable()
        assert cells(line) <= 80


@settings(max_examples=100, deadline=None)
@given(_REPORTS)
def test_any_text_gives_valid_full_sarif_and_the_same_bytes_twice(report: ScanReport) -> None:
    text = render(report, format="sarif-full")
    VALIDATOR.validate(json.loads(text))
    assert render(report, format="sarif-full") == text


@settings(max_examples=100, deadline=None)
@given(_REPORTS, st.sampled_from(["markdown", "markdown-comment", "junit", "jsonl", "csv", "gitlab", "github"]))
def test_any_text_stays_printable_in_every_other_format(report: ScanReport, name: str) -> None:
    text = render(report, format=name)
    assert all(line.isprintable() for line in text.split("\n"))
    assert render(report, format=name) == text
    if name == "junit":
        ET.fromstring(text)


@settings(max_examples=100, deadline=None)
@given(_REPORTS)
def test_any_report_is_read_back_as_it_was_stored(report: ScanReport) -> None:
    text = render(report, format="json")
    assert render(parse_report(text, place="x"), format="json") == text
