"""The reports with one entry an answer: JSON Lines, CSV, GitLab's, and GitHub's annotations."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
from typing import Any

import jsonschema_rs
import pytest

from scanner.model import Location, Severity
from scanner.reports import RenderOptions, render
from tests.reports.hostile import NAMES, report_about
from tests.reports.reports_by_hand import (
    NO_EVIDENCE,
    OTHER_ACCOUNT,
    PUBLIC_ADDRESS,
    STOPPED_TRAIL,
    UNUSED_DNS,
    everything,
    finding,
    report,
    resource,
)

_GITLAB: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^/.]"},
                    "lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"minimum": 1}}},
                },
            },
        },
    },
}
_TITLE = "NET001 An instance answers on a public IPv4 address"
_COMMAND = re.compile(r"::(error|warning|notice) (?:file=[^,:]*,line=\d+,)?title=[^,:]*::[^\r\n]+")


def _lines(**options: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in render(everything(), format="jsonl", **options).splitlines()]


def test_json_lines_are_the_scan_then_its_targets_gaps_and_findings() -> None:
    lines, document = _lines(), json.loads(render(everything(), format="json"))
    assert [line["record"] for line in lines] == ["scan", *["target"] * 3, *["gap"] * 2, *["finding"] * 9]
    assert (lines[0]["format"], lines[0]["version"], lines[0]["totals"]) == ("bastionless-lines", 1, document["totals"])
    own = {"record", "title", "taken_at"}
    stripped = [{key: value for key, value in line.items() if key not in own} for line in lines[6:]]
    assert stripped == document["findings"]
    assert lines[6]["title"] == NO_EVIDENCE.title


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_stays_on_its_json_line(name: str) -> None:
    text = render(report_about(name), format="jsonl")
    assert text.isascii()
    assert [json.loads(line)["record"] for line in text.split("\n")[:-1]][-1] == "finding"


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_a_row_is_an_answer_worst_first() -> None:
    rows = _rows(render(everything(), format="csv"))
    assert [(row["severity"], row["outcome"], row["resource"]) for row in rows] == [
        ("critical", "fail", "main"),
        ("high", "fail", "i-0123456789abcdef0"),
        ("high", "fail", "i-2"),
        ("medium", "fail", "vpce-3"),
        ("info", "error", "vpc-9"),
        ("high", "unknown", "i-9"),
        ("medium", "unknown", "i-9"),
        ("high", "not-applicable", "i-6"),
        ("high", "pass", "i-5"),
    ]
    assert rows[1]["name"] == "web-1"
    assert rows[1]["because"].startswith("eni-0123456789abcdef1 holds 203.0.113.7; rtb-")
    assert rows[2]["fix"] == "Release eipalloc-1."


@pytest.mark.parametrize("name", NAMES)
def test_no_cell_is_a_formula_or_steers_anything(name: str) -> None:
    rows = _rows(render(report_about(name), format="csv"))
    assert len(rows) == 6
    for row in rows:
        assert None not in row
        assert [cell for cell in row.values() if cell.startswith(tuple("=+-@\t\r|%\uff1d\uff0b\uff0d\uff20"))] == []
        assert all(cell.isprintable() for cell in row.values())


def test_gitlab_gets_every_failure_once_worst_first_with_its_own_words_for_severities() -> None:
    shown = report(
        finding("i-1", "low", severity=Severity.LOW, rule=UNUSED_DNS),
        finding("i-2", "open on 22"),
        finding("i-2", "open on 3389"),
        finding("main", "stopped", rule=STOPPED_TRAIL),
        finding("i-3", "told", rule=NO_EVIDENCE),
        dataclasses.replace(finding("i-4", "here", severity=Severity.MEDIUM), location=Location("infra/a.tf", 7)),
    )
    entries = json.loads(render(shown, format="gitlab"))
    assert [
        (
            one["check_name"],
            one["severity"],
            one["description"],
            one["location"]["path"],
            one["location"]["lines"]["begin"],
        )
        for one in entries
    ] == [
        ("TRL001", "blocker", "stopped", "aws/123456789012/eu-west-1/ec2/instance/main", 1),
        ("NET001", "critical", "open on 22", "aws/123456789012/eu-west-1/ec2/instance/i-2", 1),
        ("NET001", "major", "here", "infra/a.tf", 7),
        ("VPE005", "minor", "low", "aws/123456789012/eu-west-1/ec2/instance/i-1", 1),
        ("EVD001", "info", "told", "aws/123456789012/eu-west-1/ec2/instance/i-3", 1),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_gitlab_takes_a_hostile_name(name: str) -> None:
    held = dataclasses.replace(report_about(name), findings=report_about(name).findings[:1])
    entries = json.loads(render(held, format="gitlab"))
    jsonschema_rs.validator_for(_GITLAB).validate(entries)
    assert all(one["description"].isprintable() for one in entries)


def test_a_report_without_failures_is_an_empty_list_for_gitlab() -> None:
    assert render(report(), format="gitlab") == "[]\n"


def test_annotations_are_commands_and_only_a_real_file_is_named() -> None:
    shown = report(
        dataclasses.replace(
            finding("i-1", "open: 22, 3389 (50%)", because=("a\nb",)), location=Location("a,b:c.tf", 7)
        ),
        finding("i-2", "dull", severity=Severity.LOW),
        finding("i-3", "so so", severity=Severity.MEDIUM),
    )
    assert render(shown, format="github").splitlines() == [
        f"::error file=a%2Cb%3Ac.tf,line=7,title={_TITLE}::open: 22, 3389 (50%25)%0Aa\\nb",
        f"::warning title={_TITLE}::so so",
        f"::notice title={_TITLE}::dull",
        "Bastionless: 3 findings (1 high, 1 medium, 1 low).",
    ]


def test_ten_annotations_of_a_level_are_shown_and_the_rest_is_told() -> None:
    told: list[str] = []
    many = [finding(f"i-{number:02}") for number in range(12)] + [
        finding(f"v-{number}", rule=UNUSED_DNS) for number in range(3)
    ]
    lines = render(report(*many), format="github", options=RenderOptions(tell=told.append)).splitlines()
    assert [line.split(" ")[0] for line in lines] == [*["::error"] * 10, *["::warning"] * 3, "(GitHub", "Bastionless:"]
    assert lines[-2] == "(GitHub shows 10 annotations of each level: 2 findings more in the other reports)"
    assert told == ["GitHub shows 10 annotations of each level: 2 findings more in the other reports"]


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_no_workflow_command(name: str) -> None:
    *commands, last = render(report_about(name), format="github").removesuffix("\n").split("\n")
    assert len(commands) == 3
    for line in commands:
        assert _COMMAND.fullmatch(line)
        assert line.isprintable()
        assert not re.search(r"%(?!25|0A|3A|2C)", line)
    assert last == "Bastionless: 3 findings (2 high, 1 medium); 1 not decided, 1 crashed, 1 passed."


@pytest.mark.parametrize("name", NAMES)
def test_the_other_formats_take_a_hostile_name_too(name: str) -> None:
    from tests.reports.sarif_checks import VALIDATOR, runs_of

    runs_of(render(report_about(name), format="sarif"))
    VALIDATOR.validate(json.loads(render(report_about(name), format="sarif-full")))
    assert all(line.isprintable() for line in render(report_about(name), format="terminal").splitlines())
    assert PUBLIC_ADDRESS.id in render(report_about(name), format="json")


def test_accounts_are_told_apart() -> None:
    rows = _rows(render(report(finding(resource("x")), finding(resource("x", account=OTHER_ACCOUNT))), format="csv"))
    assert {row["account"] for row in rows} == {"123456789012", OTHER_ACCOUNT}
    assert len({row["fingerprint"] for row in rows}) == 2
