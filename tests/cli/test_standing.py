"""Waivers and baselines from words to exit codes: `scan`, `waive` and `diff`."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from scanner import pipeline
from scanner.model import Outcome, ScanReport, Target
from scanner.reports import render
from tests.reports.reports_by_hand import ACCOUNT, everything, finding, report, resource

Bastionless = Callable[..., Any]
WAIVER = "waivers:\n  - {rule: NET015, resource: {account: %s}, owner: net, reason: a demo, until: %s}\n"
HOSTILE = "x\x1b[31m`](https://evil) {0} # until: 2099-01-01\nfail_on: never"


@pytest.fixture
def fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "today", lambda: date(2026, 6, 1))


def account_of(snapshot: Path) -> tuple[str, str]:
    """The account of a snapshot and the day it was taken."""
    taken = pipeline.load_snapshot(snapshot)[0]
    return taken.account, taken.taken_at[:10]


def stored(folder: Path, name: str, told: ScanReport) -> Path:
    path = folder / name
    path.write_text(render(told, format=path.suffix.removeprefix(".")), encoding="utf-8")
    return path


def test_a_waived_finding_is_told_and_does_not_fail_the_scan(
    bastionless: Bastionless, demo_snapshot: Path, tmp_path: Path
) -> None:
    account, day = account_of(demo_snapshot)
    words = ("scan", "--snapshot", demo_snapshot, "--select", "NET015")
    before = json.loads(bastionless(*words, "--format", "json").out)
    (tmp_path / "bastionless.yaml").write_text(WAIVER % (f'"{account}"', day), encoding="utf-8")
    said = bastionless(*words, "--format", "json")
    after = json.loads(said.out)
    assert (said.code, after["waived"], after["severities"]["medium"]) == (0, 1, 0)
    (finding_before,), (finding_after,) = before["findings"], after["findings"]
    assert finding_after.pop("suppression") == {
        "status": "accepted",
        "kind": "external",
        "justification": "a demo",
        "owner": "net",
        "until": day,
        "place": f"{tmp_path}/bastionless.yaml:2",
    }
    assert finding_before.pop("suppression") is None
    assert finding_before == finding_after
    shown = bastionless(*words).out
    assert "WAIVED  1 finding that somebody accepts\n  a demo (net, until" in shown
    assert "    NET015: 1: eu-west-1\n" in shown
    assert json.loads(bastionless(*words, "--format", "sarif").out)["runs"][0]["results"] == []


def test_waivers_that_are_over_unused_or_of_no_rule_fail_a_strict_scan_only(
    bastionless: Bastionless, demo_snapshot: Path, tmp_path: Path
) -> None:
    rest = "owner: net, reason: a demo, until"
    lines = [
        f"  - {{rule: NET015, resource: eu-west-1, {rest}: 2020-01-31}}",
        f"  - {{rule: NET015, resource: us-east-1, {rest}: 2999-01-31}}",
        f"  - {{rule: NET915, resource: us-east-1, {rest}: 2999-01-31}}",
    ]
    path = tmp_path / "w.yaml"
    path.write_text("\n".join(["waivers:", *lines, ""]), encoding="utf-8")
    words = ("scan", "--snapshot", demo_snapshot, "--select", "NET015", "--fail-on", "never", "--waivers", path)
    said = bastionless(*words, "--format", "json")
    assert said.code == 0
    assert [(one["state"], one["place"]) for one in json.loads(said.out)["waivers"]] == [
        ("expired", f"{path}:2"),
        ("unused", f"{path}:3"),
        ("unknown-rule", f"{path}:4"),
    ]
    strict = bastionless(*words, "--strict-waivers")
    assert strict.code == 1
    assert "WAIVERS TO MEND  3 waivers" in strict.out
    assert "it expired on 2020-01-31, and 1 finding counts again (net)" in " ".join(strict.out.split())
    (tmp_path / "bastionless.yaml").write_text("strict_waivers: true\n", encoding="utf-8")
    assert bastionless(*words).code == 1


def test_a_waiver_without_its_day_stops_the_scan_with_its_place(
    bastionless: Bastionless, demo_snapshot: Path, tmp_path: Path
) -> None:
    path = tmp_path / "w.yaml"
    path.write_text("- {rule: NET015, resource: x, owner: o, reason: r}\n", encoding="utf-8")
    said = bastionless("scan", "--snapshot", demo_snapshot, "--waivers", path)
    assert (said.code, said.err) == (2, f"error: {path}:1: the waiver lacks the day it expires. Add `until:`\n")


@pytest.mark.parametrize("format_", ["json", "sarif"])
def test_a_baseline_lets_what_was_there_pass_and_what_is_new_fail(
    bastionless: Bastionless, demo_snapshot: Path, tmp_path: Path, format_: str
) -> None:
    words = ("scan", "--snapshot", demo_snapshot, "--select", "NET015,NET007")
    old = tmp_path / f"old.{format_}"
    bastionless(*words, "--ignore", "NET007", "--report", f"{format_}={old}")
    said = bastionless(*words, "--baseline", old, "--new-only", "--format", "json")
    states = {one["rule_id"]: one["change"]["state"] for one in json.loads(said.out)["findings"] if one["change"]}
    assert (said.code, states) == (1, {"NET007": "new", "NET015": "unchanged"})
    assert bastionless(*words, "--ignore", "NET007", "--baseline", old, "--new-only").code == 0
    assert bastionless(*words, "--ignore", "NET007", "--baseline", old).code == 1
    results = json.loads(bastionless(*words, "--baseline", old, "--format", "sarif").out)["runs"][0]["results"]
    assert {one["ruleId"]: one["baselineState"] for one in results} == states


def test_new_only_has_to_know_what_is_old(bastionless: Bastionless, demo_snapshot: Path) -> None:
    said = bastionless("scan", "--snapshot", demo_snapshot, "--new-only")
    assert (said.code, said.err) == (
        2,
        "error: --new-only goes with --baseline or --state. Name what to compare with\n",
    )


GIVE = "Give a file that `bastionless scan --report json=FILE` or `--report sarif=FILE` wrote"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, ": the earlier result cannot be read (No such file or directory). " + GIVE),
        ('{"format": "bastionless-report",\n', ":2: the file is cut off, or no JSON ("),
        ("[]", ": the file is no result of Bastionless. " + GIVE),
        ("{}", ": the file is no result of Bastionless. " + GIVE),
        ("[" * 100_000, ": the file is no result (RecursionError). " + GIVE),
        ('{"format": "bastionless-report", "version": 9}', ": the report is of version 9, not 1. Upgrade bastionless"),
        ('{"format": "bastionless-report", "version": 1}', ": the result is damaged: 'findings' is missing. " + GIVE),
        ('{"format": "bastionless-report", "version": 1, "findings": [5]}', ": the result is damaged: "),
        ('{"format": "bastionless-snapshot"}', ": the file is a snapshot, not the result of a scan. Scan it with "),
        ('{"runs": [{"tool": {"driver": {"name": "checkov"}}}]}', ": the SARIF is of 'checkov', not of Bastionless. " + GIVE),
        ('{"runs": [7]}', ": the SARIF is of '', not of Bastionless. " + GIVE),
        ('{"runs": [{"tool": {"driver": {"name": "Bastionless"}}, "results": [{}]}]}', ": the result is damaged: 'partialFingerprints' is missing. "),
    ],
    ids=["none", "cut", "list", "empty", "deep", "version", "bare", "odd", "snapshot", "foreign", "number", "hollow"],
)  # fmt: skip
def test_a_baseline_that_is_none_is_told_before_anything_is_asked(
    bastionless: Bastionless, tmp_path: Path, content: str | None, sentence: str
) -> None:
    path = tmp_path / "old.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    said = bastionless("scan", "--demo", "--baseline", path)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"error: {path}{sentence}")
    assert said.err.count("\n") == 1


def test_a_sarif_that_was_cut_is_no_baseline(bastionless: Bastionless, tmp_path: Path) -> None:
    old = stored(tmp_path, "old.sarif", report(*(finding(f"i-{number}") for number in range(5001))))
    said = bastionless("scan", "--demo", "--baseline", old)
    assert said.code == 2
    assert "its results were cut to those that GitHub keeps: take the JSON report" in said.err


@pytest.mark.parametrize("first", ["json", "sarif"])
@pytest.mark.parametrize("second", ["json", "sarif"])
def test_two_results_are_compared_whatever_they_are_written_in(
    bastionless: Bastionless, tmp_path: Path, first: str, second: str
) -> None:
    before = stored(tmp_path, f"a.{first}", report(finding("i-1"), finding(resource(HOSTILE)), finding("i-3")))
    after = stored(tmp_path, f"b.{second}", report(finding(resource(HOSTILE)), finding("i-1"), finding("i-4")))
    said = bastionless("diff", before, after, "--format", "json")
    document = json.loads(said.out)
    assert said.code == 1
    assert {one["resource"]["id"]: one["change"]["state"] for one in document["findings"]} == {
        "i-1": "unchanged",
        HOSTILE: "unchanged",
        "i-4": "new",
    }
    assert [one["resource"]["id"] for one in document["comparison"]["absent"]] == ["i-3"]
    assert bastionless("diff", after, after).code == 0
    shown = bastionless("diff", before, after).out
    assert f"Since a.{first}: 1 new, 2 unchanged, 1 gone." in shown
    assert "\x1b" not in shown
    sarif = json.loads(bastionless("diff", before, after, "--format", "sarif").out)["runs"][0]["results"]
    assert {one["properties"]["id"]: one["baselineState"] for one in sarif} == {
        "i-1": "unchanged",
        HOSTILE: "unchanged",
        "i-4": "new",
    }


def test_a_stored_report_is_read_back_whole(bastionless: Bastionless, tmp_path: Path) -> None:
    path = stored(tmp_path, "all.json", dataclasses.replace(everything(), targets=(Target(ACCOUNT, "eu-west-1"),)))
    said = bastionless("diff", path, path, "--format", "json")
    again, before = json.loads(said.out), json.loads(path.read_text(encoding="utf-8"))
    assert said.code == 3  # a rule crashed
    for one in again["findings"]:
        assert (one.pop("change") is not None) is (one["outcome"] == "fail")
    for one in before["findings"]:
        del one["change"]
    assert again.pop("comparison") == {
        "name": "all.json",
        "taken_at": before["taken_at"],
        "is_of_change": False,
        "absent": [],
        "unjudged": [],
    }
    del before["comparison"]
    assert again == before


def test_what_stayed_unknown_in_a_sarif_is_not_gone(bastionless: Bastionless, tmp_path: Path) -> None:
    before = stored(tmp_path, "a.sarif", report(finding("i-1")))
    after = stored(tmp_path, "b.sarif", report(finding("i-1", outcome=Outcome.UNKNOWN)))
    document = json.loads(bastionless("diff", before, after, "--format", "json").out)
    assert document["comparison"]["absent"] == []
    assert [one["resource"]["id"] for one in document["comparison"]["unjudged"]] == ["i-1"]


@pytest.mark.usefixtures("fixed_day")
def test_a_waiver_is_written_for_a_finding_and_then_holds(
    bastionless: Bastionless, demo_snapshot: Path, tmp_path: Path
) -> None:
    words = ("scan", "--snapshot", demo_snapshot, "--select", "NET015")
    bastionless(*words, "--report", f"json={tmp_path}/r.json")
    (found,) = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["findings"]
    config = tmp_path / "bastionless.yaml"
    config.write_text("# ours\nfail_on: low  # all of it\n", encoding="utf-8")
    fields = ("--owner", "net", "--reason", "a demo", "--until", "2999-01-31")
    said = bastionless("waive", found["fingerprint"], *fields, "--from", tmp_path / "r.json")
    account, _ = account_of(demo_snapshot)
    assert (said.code, said.out) == (0, "")
    assert said.err == f"{config}: NET015 of eu-west-1 in {account} eu-west-1 is waived until 2999-01-31\n"
    text = config.read_text(encoding="utf-8")
    assert text.startswith("# ours\nfail_on: low  # all of it\nwaivers:\n  # ")
    assert f'  - rule: NET015\n    resource: {{id: "eu-west-1", account: "{account}", region: "eu-west-1"}}\n' in text
    assert bastionless(*words).code == 0
    again = bastionless("waive", found["fingerprint"], *fields, "--from", tmp_path / "r.json")
    assert (again.code, config.read_text(encoding="utf-8")) == (2, text)
    assert "is waived already, until 2999-01-31. Change its day there" in again.err


@pytest.mark.usefixtures("fixed_day")
def test_a_fingerprint_alone_is_enough(bastionless: Bastionless, demo_snapshot: Path, tmp_path: Path) -> None:
    words = ("scan", "--snapshot", demo_snapshot, "--select", "NET015")
    (found,) = json.loads(bastionless(*words, "--format", "json").out)["findings"]
    fields = ("--owner", HOSTILE, "--reason", HOSTILE, "--until", "2999-01-31")
    assert bastionless("waive", found["fingerprint"], *fields).code == 0
    assert (tmp_path / "bastionless.yaml").read_text(encoding="utf-8").startswith("waivers:\n  - fingerprint: ")
    said = bastionless(*words)
    assert (said.code, "\x1b" in said.out) == (0, False)
    twice = bastionless("waive", found["fingerprint"], *fields)
    assert (twice.code, "is waived already" in twice.err) == (2, True)


@pytest.mark.usefixtures("fixed_day")
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"fingerprint": "abc"}, "'abc' is no fingerprint. It has 32 hex digits, as reports tell it"),
        ({"--until": "2026-05-31"}, "--until 2026-05-31 is over already. Name a day to come"),
        ({"--until": "20270131"}, "--until '20270131' is no day. Write the last day it holds, as in 2027-01-31"),
        ({"--owner": " "}, "--owner is empty. Somebody will ask"),
        ({"--file": "no/such/w.yaml"}, "no/such/w.yaml: the folder "),
        ({"--from": "r.json"}, "r.json: no failure has the fingerprint "),
    ],
)
def test_a_waiver_that_cannot_be_is_not_written(
    bastionless: Bastionless, tmp_path: Path, changes: dict[str, str], sentence: str
) -> None:
    stored(tmp_path, "r.json", report(finding("i-1", outcome=Outcome.UNKNOWN)))
    options = {"--owner": "net", "--reason": "a demo", "--until": "2026-06-01", **changes}
    fingerprint = options.pop("fingerprint", finding("i-1").fingerprint)
    said = bastionless("waive", fingerprint, *(word for pair in options.items() for word in pair))
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"error: {sentence}")
    assert [path.name for path in tmp_path.iterdir()] == ["r.json"]
