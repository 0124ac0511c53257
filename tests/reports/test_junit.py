"""The report for test reports, held against what readers of JUnit XML agree on."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from scanner.model import Outcome
from scanner.reports import render
from tests.reports.hostile import NAMES, report_about
from tests.reports.reports_by_hand import NO_EVIDENCE, RULES, UNUSED_DNS, everything, finding, report

_ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors", "skipped"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time"},
    "properties": set[str](),
    "property": {"name", "value"},
    "system-out": set[str](),
    "testcase": {"name", "classname", "time", "file"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message"},
}
_CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase", "system-out"},
    "properties": {"property"},
    "property": set[str](),
    "system-out": set[str](),
    "testcase": {"failure", "error", "skipped"},
    "failure": set[str](),
    "error": set[str](),
    "skipped": set[str](),
}


def _valid(text: str) -> ET.Element:
    root = ET.fromstring(text)
    assert root.tag == "testsuites"
    for element in root.iter():
        assert set(element.attrib) <= _ATTRIBUTES[element.tag]
        assert {child.tag for child in element} <= _CHILDREN[element.tag]
    for suite in root:
        cases = suite.findall("testcase")
        assert suite.get("tests") == str(len(cases))
        # Readers with a schema want them in this order.
        assert [child.tag for child in suite] == [
            *["properties"] * len(suite.findall("properties")),
            *["testcase"] * len(cases),
            *["system-out"] * len(suite.findall("system-out")),
        ]
        for tag, count in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert suite.get(count) == str(len(suite.findall(f"testcase/{tag}")))
        assert all(len(case) <= 1 for case in cases)
    for count in ("tests", "failures", "errors", "skipped"):
        assert root.get(count) == str(sum(int(suite.get(count, "")) for suite in root))
    return root


def _cases(root: ET.Element, rule: str) -> list[tuple[str | None, list[tuple[str, str | None]]]]:
    return [
        (case.get("name"), [(child.tag, child.get("message")) for child in case])
        for case in root.iter("testcase")
        if case.get("classname") == rule
    ]


def test_a_rule_is_a_suite_and_a_resource_a_case() -> None:
    root = _valid(render(everything(), format="junit"))
    assert [suite.get("name") for suite in root] == [f"{rule.id} {rule.title}" for rule in RULES]
    assert _cases(root, "VPE005") == [
        (
            "i-9 123456789012 eu-west-1",
            [
                (
                    "skipped",
                    "not decided: cannot be decided: ec2:DescribeRouteTables was refused in eu-west-1 (UnauthorizedOperation)",
                )
            ],
        ),
        ("vpce-3 123456789012 eu-west-1", [("failure", "vpce-3 has private DNS off")]),
    ]
    assert _cases(root, "EVD001") == [
        ("vpc-9 123456789012 eu-west-1", [("error", "the rule crashed: KeyError: 'Vpc'")])
    ]


def test_a_failure_has_severity_evidence_and_cure() -> None:
    root = _valid(render(report(finding("i-1", because=("a", "b"), fix="close\nit")), format="junit"))
    (failure,) = root.iter("failure")
    assert (failure.get("type"), failure.text) == ("high", "a\nb\nclose\nit")


def test_what_passes_is_a_case_without_objection_and_what_does_not_apply_is_skipped() -> None:
    found = (
        finding("i-1", outcome=Outcome.PASS),
        finding("i-2", "no such thing", outcome=Outcome.NOT_APPLICABLE, rule=UNUSED_DNS),
    )
    root = _valid(render(report(*found), format="junit"))
    assert _cases(root, "NET001") == [("i-1 123456789012 eu-west-1", [])]
    assert _cases(root, "VPE005") == [("i-2 123456789012 eu-west-1", [("skipped", "not applicable: no such thing")])]


def test_a_rule_with_nothing_to_tell_is_one_case() -> None:
    assert _cases(_valid(render(report(rules=(NO_EVIDENCE,)), format="junit")), "EVD001") == [
        ("nothing to object to", [])
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_an_attribute_and_nothing_else(name: str) -> None:
    _valid(render(report_about(name), format="junit"))
