"""Waivers in every format: what is waived counts nowhere, and what somebody has to mend is told everywhere."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from datetime import date

import pytest

from scanner.model import JudgedWaiver, ScanReport, Scope, Suppression, Waiver, WaiverState
from scanner.reports import FORMATS, RenderOptions, render
from tests.reports.reports_by_hand import finding, report
from tests.reports.sarif_checks import runs_of

HOSTILE = "x|<b>\x1b[31m::error::\n=1+1"


def waived() -> ScanReport:
    open_one, accepted = finding("i-1"), finding("i-2")
    accepted = dataclasses.replace(accepted, suppression=Suppression(HOSTILE, "net", "2999-01-31", "b.yaml:2"))
    old = Waiver("NET001", Scope(id="i-3"), "net", "a demo", date(2020, 1, 31), "b.yaml:9")
    judged = JudgedWaiver(old, WaiverState.EXPIRED, "it expired on 2020-01-31")
    return dataclasses.replace(report(open_one, accepted), waivers=(judged,))


@pytest.mark.parametrize("name", FORMATS)
def test_a_waiver_to_mend_is_told_whatever_the_format_is(name: str) -> None:
    told: list[str] = []
    text = render(waived(), format=name, options=RenderOptions(tell=told.append))
    assert "it expired on 2020-01-31" in " ".join("\n".join([text, *told]).split())


def test_what_is_waived_is_no_failure_where_failures_are_listed() -> None:
    told = json.loads(render(waived(), format="gitlab"))
    assert [one["fingerprint"] for one in told] == [finding("i-1").fingerprint]
    lines = render(waived(), format="github").splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["::error", "::warning", "Bastionless:"]


def test_junit_skips_what_is_waived_with_the_reason() -> None:
    text = render(waived(), format="junit")
    assert text.count("<failure") == 1
    assert "waived by net until 2999-01-31: x|&lt;b&gt;" in text


def test_a_table_says_who_waived_and_until_when() -> None:
    rows = {row["resource"]: row["waived"] for row in csv.DictReader(io.StringIO(render(waived(), format="csv")))}
    assert rows["i-1"] == ""
    assert rows["i-2"].endswith("(net, until 2999-01-31)")


def test_markdown_lists_what_is_waived_and_escapes_the_reason() -> None:
    text = render(waived(), format="markdown")
    assert "### Waived: 1 finding" in text
    assert "<b>" not in text
    assert "1 waived" in text


def test_the_full_sarif_keeps_what_is_waived_as_suppressed() -> None:
    (run,) = json.loads(render(waived(), format="sarif-full"))["runs"]
    assert {one["properties"]["id"]: bool(one.get("suppressions")) for one in run["results"]} == {
        "i-1": False,
        "i-2": True,
    }


def test_github_takes_a_file_with_waivers() -> None:
    (run,) = runs_of(render(waived(), format="sarif"))
    assert [one["properties"]["id"] for one in run["results"]] == ["i-1"]
