"""The report for programs."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from typing import Any

import jsonschema_rs
import pytest

from scanner.model import Hop, Outcome, Setting
from scanner.reports import render
from scanner.reports.native_json import report_schema
from tests.reports.golden_files import golden
from tests.reports.reports_by_hand import ADMIN_PORT, PROOF, PUBLIC_ADDRESS, everything, finding, report, resource


def _strict(schema: Any) -> Any:
    """The schema with no room for members it does not describe."""
    if isinstance(schema, dict):
        closed = {key: _strict(value) for key, value in schema.items()}
        return {**closed, "additionalProperties": False} if "required" in closed else closed
    return [_strict(item) for item in schema] if isinstance(schema, list) else schema


def _document(*args: Any, **options: Any) -> Any:
    text = render(report(*args, **options), format="json")
    document = json.loads(text)
    jsonschema_rs.validator_for(_strict(report_schema())).validate(document)
    return document


def test_a_report_with_one_of_each_is_the_json_it_was_found_good() -> None:
    shown = render(everything(), format="json")
    assert shown == golden("everything.json", now=shown)


def test_the_schema_describes_every_member_of_it() -> None:
    jsonschema_rs.meta.validate(report_schema())
    jsonschema_rs.validator_for(_strict(report_schema())).validate(json.loads(render(everything(), format="json")))


@pytest.mark.parametrize("missing", ["findings", "totals", "format", "complete"])
def test_the_schema_refuses_a_report_that_lacks_a_part(missing: str) -> None:
    document = json.loads(render(everything(), format="json"))
    del document[missing]
    assert not jsonschema_rs.is_valid(report_schema(), document)


def test_the_format_and_its_version_come_with_the_report() -> None:
    document = _document()
    assert (document["format"], document["version"], document["tool_version"]) == ("bastionless-report", 1, "0.1.0")


def test_a_finding_is_told_with_everything_known_of_it() -> None:
    found = finding(resource("i-1", name="web"), "it is open", because=("a", "b"), fix="close it")
    assert _document(found)["findings"] == [
        {
            "fingerprint": found.fingerprint,
            "identity": "",
            "rule_id": "NET001",
            "outcome": "fail",
            "severity": "high",
            "message": "it is open",
            "because": ["a", "b"],
            "fix": "close it",
            "path": [],
            "resource": {
                "kind": "AWS::EC2::Instance",
                "partition": "aws",
                "account": "123456789012",
                "region": "eu-west-1",
                "id": "i-1",
                "arn": "arn:aws:ec2:eu-west-1:123456789012:instance/i-1",
                "name": "web",
                "scaling_group": "",
            },
            "location": None,
            "suppression": None,
            "change": None,
        }
    ]


def test_the_proof_of_a_finding_is_told_hop_by_hop() -> None:
    blocked = Hop("AWS::EC2::NetworkAcl", "acl-1", allows=False, rule="entry 1", code="SUBNET_ACL_RESTRICTION")
    proved = _document(finding("i-1", rule=ADMIN_PORT, path=(*PROOF[3:4], blocked)))["findings"][0]
    assert proved["path"] == [
        {
            "kind": "AWS::EC2::RouteTable",
            "id": "rtb-1",
            "direction": "return",
            "allows": True,
            "inspects": False,
            "rule": "route in rtb-1: 0.0.0.0/0 -> igw-1",
            "code": "",
            "rule_id": "",
            "location": None,
        },
        {
            "kind": "AWS::EC2::NetworkAcl",
            "id": "acl-1",
            "direction": "forward",
            "allows": False,
            "inspects": False,
            "rule": "entry 1",
            "code": "SUBNET_ACL_RESTRICTION",
            "rule_id": "",
            "location": None,
        },
    ]


def test_the_order_of_the_findings_is_not_that_of_their_arrival() -> None:
    found = [finding(f"i-{number}") for number in range(5)]
    assert render(report(*found), format="json") == render(report(*reversed(found)), format="json")


def test_every_outcome_and_severity_is_counted_also_where_there_are_none() -> None:
    document = _document(finding("i-1"), passed=3)
    assert document["totals"] == {"pass": 3, "fail": 1, "unknown": 0, "not-applicable": 0, "error": 0}
    assert document["severities"] == {"critical": 0, "high": 1, "medium": 0, "low": 0, "info": 0}
    assert document["complete"] is True


def test_a_report_with_an_unknown_answer_is_not_complete() -> None:
    assert _document(finding("i-1", outcome=Outcome.UNKNOWN))["complete"] is False


def test_settings_of_any_make_become_json() -> None:
    rule = dataclasses.replace(
        PUBLIC_ADDRESS,
        settings=(Setting("since", date(2026, 1, 2)), Setting("limit", float("inf")), Setting("ids", {"b", "a"})),
        values={"ids": ("x", {"y": None})},
    )
    assert _document(rules=(rule,))["rules"][0]["settings"] == {
        "since": {"value": "2026-01-02", "default": "2026-01-02", "help": ""},
        "limit": {"value": "inf", "default": "inf", "help": ""},
        "ids": {"value": ["x", {"y": None}], "default": ["a", "b"], "help": ""},
    }


@pytest.mark.parametrize("name", ["😀 Zürich 東京", 'quotes " and \\', "\x1b[31m\u202e\n\x7f\x9b", "] (} {0}"])
def test_any_name_survives_and_the_bytes_are_plain_ascii(name: str) -> None:
    text = render(report(finding(resource("i-1", name=name), name)), format="json")
    told = json.loads(text)["findings"][0]
    assert told["resource"]["name"] == told["message"] == name
    assert all(" " <= char <= "~" or char == "\n" for char in text)


def test_half_of_a_surrogate_pair_becomes_the_replacement_character() -> None:
    assert _document(finding("i-1", "half \ud83d"))["findings"][0]["message"] == "half \ufffd"
