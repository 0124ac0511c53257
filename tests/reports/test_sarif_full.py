"""The full SARIF: every answer, frameworks, and nothing cut."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from scanner.model import BaselineState, Change, Comparison, Finding, Framework, Outcome, ScanReport
from scanner.reports import RenderOptions, render
from scanner.reports.earlier_sarif import earlier_from_sarif
from scanner.reports.sarif import batches_of, render_sarif
from scanner.reports.sarif_lint import lint
from tests.reports.golden_files import golden
from tests.reports.reports_by_hand import ADMIN_PORT, PROOF, UNUSED_DNS, everything, finding, report, resource
from tests.reports.sarif_checks import VALIDATOR, runs_of

_CIS = Framework(
    "A Benchmark", "5.0", "[0-9.]+", "https://a.example/b", {"1.2": ("NET001",), "1.3": ("TRL001", "NET001")},
    {"1.9": {"NET001": "nobody asks for it"}}, "a-5",
)  # fmt: skip
_OTHER = Framework("Others", "1", ".*", "https://o.example", {f"O.{n}": ("NET001",) for n in range(9)}, {}, "others")


def _runs(shown: ScanReport) -> list[Any]:
    log = json.loads(render(shown, format="sarif-full"))
    VALIDATOR.validate(log)
    runs: list[Any] = log["runs"]
    return runs


def _framed() -> ScanReport:
    return dataclasses.replace(everything(), frameworks=(_CIS, _OTHER))


def test_a_report_with_one_of_each_is_the_full_sarif_it_was_found_good() -> None:
    shown = render(_framed(), format="sarif-full")
    assert shown == golden("everything-full.sarif", now=shown)


def test_every_answer_but_a_crash_is_a_result_of_its_kind() -> None:
    first, _ = _runs(everything())
    assert [
        (one["ruleId"], one.get("kind", "fail"), one["level"], one["locations"][0]["logicalLocations"][0]["name"])
        for one in first["results"]
    ] == [
        ("NET001", "fail", "error", "i-0123456789abcdef0"),
        ("NET001", "pass", "none", "i-5"),
        ("NET001", "notApplicable", "none", "i-6"),
        ("NET001", "open", "none", "i-9"),
        ("NET001", "fail", "error", "i-2"),
        ("TRL001", "fail", "error", "main"),
        ("VPE005", "open", "none", "i-9"),
        ("VPE005", "fail", "warning", "vpce-3"),
    ]
    crash = first["invocations"][0]["toolExecutionNotifications"][-1]
    assert crash["message"]["text"] == "EVD001 at vpc-9: the rule crashed: KeyError: 'Vpc'."


def test_frameworks_are_taxonomies_and_rules_point_at_their_controls() -> None:
    run = _runs(_framed())[0]
    assert [(one["name"], one["version"], [taxon["id"] for taxon in one["taxa"]]) for one in run["taxonomies"]] == [
        ("A Benchmark", "5.0", ["1.2", "1.3"]),
        ("Others", "1", [f"O.{number}" for number in range(9)]),
    ]
    rule = run["tool"]["driver"]["rules"][2]
    (relation,) = rule["relationships"]
    # "relevant" is what the standard takes where no kind of relationship is written.
    assert (rule["id"], relation.get("kinds", ["relevant"])) == ("TRL001", ["relevant"])
    target = relation["target"]
    component = run["taxonomies"][target["toolComponent"]["index"]]
    assert (component["name"], component["taxa"][target["index"]]["id"], target["id"]) == ("A Benchmark", "1.3", "1.3")
    assert (
        component["guid"] == target["toolComponent"]["guid"] == run["tool"]["driver"]["supportedTaxonomies"][0]["guid"]
    )


def test_githubs_profile_has_at_most_ten_tags_taken_from_the_frameworks_in_turn_and_no_taxonomies() -> None:
    run = runs_of(render(_framed(), format="sarif"))[0]
    assert "taxonomies" not in run
    assert run["tool"]["driver"]["rules"][0]["properties"]["tags"] == [
        *("security", "aws", "ec2", "net"),
        *("a-5/1.2", "others/O.0", "a-5/1.3", "others/O.1", "others/O.2", "others/O.3"),
    ]


def test_nothing_is_cut_of_the_full_file_and_what_is_cut_for_github_is_told() -> None:
    told: list[str] = []
    many = report(*(finding(f"i-{number:04}", rule=UNUSED_DNS) for number in range(5_003)))
    assert len(json.loads(render(many, format="sarif-full"))["runs"][0]["results"]) == 5_003
    run = json.loads(render(many, format="sarif", options=RenderOptions(tell=told.append)))["runs"][0]
    told_of_run = {name: run["properties"][name] for name in ("resultsFound", "resultsWritten")}
    assert told_of_run == {"resultsFound": 5_003, "resultsWritten": 5_000}
    assert told == ["the SARIF of 123456789012 holds the 5,000 gravest of 5,003 results"]


def test_accounts_come_in_batches_that_github_takes() -> None:
    crowd = report(*(finding(resource("i-1", account=f"{number:012}")) for number in range(45)), targets=())
    batches = batches_of(crowd)
    assert [(batch[0], batch[-1]) for batch in batches] == [
        ("000000000000", "000000000019"),
        ("000000000020", "000000000039"),
        ("000000000040", "000000000044"),
    ]
    for batch in batches:
        runs_of(render_sarif(crowd, accounts=batch))
    assert batches_of(ScanReport((), (), (), ())) == ((),)


def test_the_steps_of_a_proof_are_in_the_full_file_too() -> None:
    (run,) = _runs(report(finding("i-1", path=PROOF)))
    (thread,) = run["results"][0]["codeFlows"][0]["threadFlows"]
    assert [step["location"]["message"]["text"].split(":")[0] for step in thread["locations"]] == [
        *("igw-1", "acl-1", "sg-1", "on the way back, route in rtb-1", "on the way back, acl-1"),
    ]


def _stands(one: Finding, state: BaselineState, remark: str = "") -> Finding:
    return dataclasses.replace(one, change=Change(state, remark))


def _compared() -> ScanReport:
    """One of each state; what is gone passes today, is of another rule's, and of an account without anything else."""
    told = report(
        _stands(finding("i-1"), BaselineState.UNCHANGED),
        _stands(finding("i-2"), BaselineState.NEW),
        _stands(finding("i-3"), BaselineState.UPDATED, "it was low"),
        finding("i-4", "nothing to object to", outcome=Outcome.PASS),
    )
    elsewhere = finding(resource("i-6", account="210987654321"))
    gone = [finding("i-4", because=("it had an address",)), finding("i-5", rule=ADMIN_PORT), elsewhere]
    absent = tuple(_stands(one, BaselineState.ABSENT) for one in gone)
    unjudged = (_stands(finding("i-7"), BaselineState.UNJUDGED, "NET001 was not asked"),)
    return dataclasses.replace(told, comparison=Comparison("old.json", "", absent=absent, unjudged=unjudged))


def test_what_is_gone_is_a_result_of_the_full_file_that_says_so() -> None:
    results = [one for run in _runs(_compared()) for one in run["results"]]
    assert [
        (one["ruleId"], one["properties"]["id"], one.get("kind", "fail"), one.get("baselineState")) for one in results
    ] == [
        ("NET001", "i-1", "fail", "unchanged"),
        ("NET001", "i-2", "fail", "new"),
        ("NET001", "i-3", "fail", "updated"),
        ("NET001", "i-4", "fail", "absent"),
        ("NET001", "i-4", "pass", None),
        ("NET003", "i-5", "fail", "absent"),
        ("NET001", "i-6", "fail", "absent"),
    ]
    assert results[3]["message"]["text"] == "it is open. it had an address."
    assert len({one["guid"] for one in results}) == len(results)


def test_the_lint_says_of_no_state_that_github_refuses_it() -> None:
    assert [one for one in lint(render(_compared(), format="sarif-full")) if one.refused] == []


def test_what_is_gone_is_no_alert_of_github_and_no_failure_of_a_baseline() -> None:
    (run,) = runs_of(render(_compared(), format="sarif"))
    assert [one["properties"]["id"] for one in run["results"]] == ["i-1", "i-2", "i-3"]
    again = earlier_from_sarif(json.loads(render(_compared(), format="sarif-full")))
    assert [one.finding.resource.id for one in again] == ["i-1", "i-2", "i-3"]
