"""The report for code scanning."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from scanner.model import Gap, GapReason, Hop, Outcome, Resource, Rule, ScanReport, Severity, Target
from scanner.reports import render
from scanner.reports.sarif import accounts_of, render_sarif
from tests.reports.github_lint import problems
from tests.reports.golden_files import golden
from tests.reports.reports_by_hand import (
    ACCOUNT,
    ADMIN_PORT,
    NO_EVIDENCE,
    OTHER_ACCOUNT,
    PROOF,
    PUBLIC_ADDRESS,
    RULES,
    STOPPED_TRAIL,
    UNUSED_DNS,
    everything,
    finding,
    report,
    resource,
)
from tests.reports.sarif_checks import runs_of


def _runs(shown: ScanReport, *, accounts: Iterable[str] | None = None) -> list[Any]:
    """The runs of the report's SARIF, which is valid and which GitHub takes whole."""
    return runs_of(render_sarif(shown, accounts=None if accounts is None else list(accounts)))


def _run(shown: ScanReport) -> Any:
    (run,) = _runs(shown)
    return run


def _result(about: Resource, message: str = "it is open", **options: Any) -> Any:
    (result,) = _run(report(finding(about, message, **options), targets=()))["results"]
    return result


def _path(about: Resource) -> str:
    path: str = _result(about)["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    return path


def _notices(run: Any) -> list[tuple[str, str, str]]:
    return [
        (notice["descriptor"]["id"], notice.get("level", "warning"), notice["message"]["text"])
        for notice in run["invocations"][0]["toolExecutionNotifications"]
    ]


def test_a_report_with_one_of_each_is_the_sarif_it_was_found_good() -> None:
    shown = render(everything(), format="sarif")
    assert shown == golden("everything.sarif", now=shown)
    assert [run["automationDetails"]["id"] for run in _runs(everything())] == [
        f"bastionless/mock/{ACCOUNT}/",
        f"bastionless/live/{OTHER_ACCOUNT}/",
    ]


def test_a_report_about_nothing_is_still_one_valid_run() -> None:
    run = _run(ScanReport((), (), (), RULES))
    assert run["automationDetails"]["id"] == "bastionless/none/(none)/"
    assert run["results"] == []
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]
    assert "semanticVersion" not in run["tool"]["driver"]


def test_a_result_is_all_of_a_finding() -> None:
    found = finding("i-1", "i-1 is open", because=("it holds 203.0.113.7",))
    assert _result(found.resource, "i-1 is open", because=("it holds 203.0.113.7",)) == {
        "ruleId": "NET001",
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": "i-1 is open. it holds 203.0.113.7."},
        "guid": "1ffaa55c-0229-5dba-b5e2-4af11b53758b",
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": f"aws/{ACCOUNT}/eu-west-1/ec2/instance/i-1"},
                    "region": {"startLine": 1},
                },
                "logicalLocations": [
                    {
                        "name": "i-1",
                        "kind": "resource",
                        "fullyQualifiedName": f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/i-1",
                    }
                ],
            }
        ],
        "partialFingerprints": {
            "primaryLocationLineHash": f"{found.fingerprint}:1",
            "bastionlessResource/v1": found.fingerprint,
            "bastionlessSays/v1": found.digest,
        },
        "properties": {
            "id": "i-1",
            "partition": "aws",
            "account": ACCOUNT,
            "region": "eu-west-1",
            "arn": f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/i-1",
            "kind": "AWS::EC2::Instance",
            "severity": "high",
        },
    }


def test_the_proof_of_a_finding_is_one_thread_flow_of_its_hops() -> None:
    result = _result(resource("i-1"), rule=ADMIN_PORT, path=PROOF)
    (flow,) = result["codeFlows"]
    (thread,) = flow["threadFlows"]
    assert [
        (
            step["executionOrder"],
            step.get("importance", "important"),
            step["kinds"],
            step["location"]["message"]["text"],
            step["location"]["physicalLocation"]["artifactLocation"]["uri"].removeprefix(f"aws/{ACCOUNT}/eu-west-1/"),
        )
        for step in thread["locations"]
    ] == [
        (1, "important", ["pass"], "igw-1: 203.0.113.7 is 10.0.0.5", "ec2/internet-gateway/igw-1"),
        (2, "important", ["pass"], "acl-1: entry 100 allows from 0.0.0.0/0", "ec2/network-acl/acl-1"),
        (3, "essential", ["pass"], "sg-1: tcp 22 from 0.0.0.0/0", "ec2/security-group/sg-1"),
        (4, "important", ["pass"], "on the way back, route in rtb-1: 0.0.0.0/0 -> igw-1", "ec2/route-table/rtb-1"),
        (5, "important", ["pass"], "on the way back, acl-1: entry 100 allows to 0.0.0.0/0", "ec2/network-acl/acl-1"),
    ]


def test_the_hop_that_blocks_is_the_essential_one_whatever_is_written_in_it() -> None:
    evil = Hop("ACME::Strange", "../x {0}", allows=False, rule="see [this](http://x) {0}", code="CANNOT_ROUTE")
    (step,) = _result(resource("i-1"), path=(evil,))["codeFlows"][0]["threadFlows"][0]["locations"]
    assert (step["importance"], step["kinds"]) == ("essential", ["block"])
    assert step["location"]["message"]["text"] == "see [this] (http://x) { 0} [CANNOT_ROUTE]"
    assert step["location"]["physicalLocation"]["artifactLocation"]["uri"].startswith(
        f"aws/{ACCOUNT}/eu-west-1/strange/"
    )


def test_a_finding_without_a_path_has_no_code_flow() -> None:
    assert "codeFlows" not in _result(resource("i-1"))


def test_only_failures_are_results() -> None:
    answers = [finding(f"i-{outcome}", outcome=outcome) for outcome in Outcome]
    assert [result["properties"]["arn"].rpartition("/")[2] for result in _run(report(*answers))["results"]] == [
        "i-fail"
    ]


@pytest.mark.parametrize(
    ("severity", "level"),
    [("critical", "error"), ("high", "error"), ("medium", "warning"), ("low", "note"), ("info", "note")],
)
def test_the_level_is_that_of_the_finding_and_always_written(severity: str, level: str) -> None:
    assert _result(resource("i-1"), severity=Severity(severity))["level"] == level


def test_the_rules_come_in_the_order_of_the_report_with_all_a_reader_needs() -> None:
    driver = _run(report(finding("i-1", rule=STOPPED_TRAIL)))["tool"]["driver"]
    assert (driver["name"], driver["semanticVersion"]) == ("Bastionless", "0.1.0")
    assert [rule["id"] for rule in driver["rules"]] == ["NET001", "VPE005", "TRL001", "EVD001"]
    assert driver["rules"][0] == {
        "id": "NET001",
        "name": "PublicAddress",
        "deprecatedIds": ["NET-OLD"],
        "shortDescription": {"text": "An instance answers on a public IPv4 address"},
        "fullDescription": {"text": "Whoever knows the address can knock, and every open port is a door."},
        "help": {
            "text": "Whoever knows the address can knock, and every open port is a door.\n\n"
            "Fix: Move the instance to a private subnet and reach it through an endpoint.\n\n"
            "- Then release the address.\n\n"
            "Settings: 'exempt' = '[\"i-edge\"]': Ids of instances that may.\n\n"
            "More: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html",
            "markdown": "Whoever knows the address can knock, and\nevery open port is a door.\n\n"
            "### How to fix\n\nMove the instance to a private subnet and reach it\nthrough an endpoint.\n\n"
            "- Then release the address.\n\n"
            '### Settings\n\n- `exempt` = `["i-edge"]`: Ids of instances that may.\n\n'
            "### More\n\n- <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html>",
        },
        "helpUri": "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html",
        "defaultConfiguration": {"level": "error"},
        "properties": {"precision": "high", "security-severity": "8.0", "tags": ["security", "aws", "ec2", "net"]},
    }


def test_a_rule_that_only_informs_has_no_security_severity() -> None:
    rules = {rule["id"]: rule["properties"] for rule in _run(report())["tool"]["driver"]["rules"]}
    assert {name: properties.get("security-severity") for name, properties in rules.items()} == {
        "NET001": "8.0",
        "VPE005": "5.5",
        "TRL001": "9.5",
        "EVD001": None,
    }


def test_the_level_of_a_rule_is_written_even_where_it_is_the_default() -> None:
    rules = _run(report())["tool"]["driver"]["rules"]
    assert rules[1]["defaultConfiguration"] == {"level": "warning"}


def test_a_long_why_is_cut_between_words() -> None:
    rule = dataclasses.replace(PUBLIC_ADDRESS, why="word " * 400)
    described = _run(report(rules=(rule,)))["tool"]["driver"]["rules"][0]["fullDescription"]["text"]
    assert len(described) <= 1024
    assert described.endswith("word...")


def test_a_page_that_is_no_address_is_no_help_uri() -> None:
    rule = dataclasses.replace(
        PUBLIC_ADDRESS, learn=("the wiki, page 3", "https://bad host/x", "https://a.example/x#y")
    )
    assert _run(report(rules=(rule,)))["tool"]["driver"]["rules"][0]["helpUri"] == "https://a.example/x#y"


def test_a_rule_the_report_does_not_list_is_described_by_its_id() -> None:
    stray = Rule("XYZ001", "?", Severity.LOW, "AWS::EC2::Instance")
    rules = _run(report(finding("i-1", rule=stray)))["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["NET001", "VPE005", "TRL001", "EVD001", "XYZ001"]
    assert rules[4]["shortDescription"] == {"text": "XYZ001"}


def test_a_development_version_is_no_semantic_version() -> None:
    driver = _run(dataclasses.replace(report(), tool_version="0.2.dev3"))["tool"]["driver"]
    assert (driver["version"], "semanticVersion" in driver) == ("0.2.dev3", False)


@pytest.mark.parametrize(
    ("arn", "path"),
    [
        ("arn:aws:ec2:eu-west-1:1:instance/i-1", "ec2/instance/i-1"),
        ("arn:aws:s3:::my.bucket", "s3/my.bucket"),
        ("arn:aws:rds:eu-west-1:1:db:main", "rds/db/main"),
        ("arn:aws:iam::1:role/a/b/admin", "iam/role/a/b/admin"),
        ("arn:aws:logs:eu-west-1:1:log-group:/aws/vpc:*", "logs/log-group/aws/vpc/%2A"),
        ("arn:aws-cn:cloudtrail:cn-north-1:1:trail/main", "cloudtrail/trail/main"),
        ("arn:aws:x:::../../etc/./passwd", "x/%252E%252E/%252E%252E/etc/%252E/passwd"),
        ("arn:aws:x:::a b\\c?d#e%f😀\n", "x/a%20b%5Cc%3Fd%23e%25f%F0%9F%98%80%0A"),
        ("", "ec2/instance/i-1"),
        ("not an arn", "ec2/instance/i-1"),
    ],
)
def test_the_path_of_a_resource_is_relative_whatever_its_arn(arn: str, path: str) -> None:
    assert _path(resource("i-1", arn=arn)) == f"aws/{ACCOUNT}/eu-west-1/{path}"


def test_a_resource_without_account_or_region_is_global() -> None:
    assert _path(resource("", kind="K", account="", region="", arn="")) == "aws/global/global/K"


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("a `name` in backquotes", "a 'name' in backquotes."),
        ("[click](https://evil.example) [1](1)", "[click] (https://evil.example) [1] (1)."),
        ("take {0} and ${aws:username}", "take { 0} and ${aws:username}."),
        ("a\x1b[31m\nb\u202e", r"a\x1b[31m\nb\u202e."),
        ("Is it?", "Is it?"),
        ("😀 <b>**bold**</b> | $(id)", "😀 <b>**bold**</b> | $(id)."),
        ("  ", "An instance answers on a public IPv4 address."),
    ],
)
def test_a_message_is_plain_text_whatever_the_names_in_it(message: str, shown: str) -> None:
    assert _result(resource("i-1"), message)["message"]["text"] == shown


def test_a_cure_of_its_own_is_part_of_the_message_and_the_rules_own_is_not() -> None:
    assert _result(resource("i-1"), "open", fix="Close\nit.")["message"]["text"] == "open.\nFix: Close it."
    assert _result(resource("i-1"), "open", fix=f"{PUBLIC_ADDRESS.fix}\n")["message"]["text"] == "open."


def test_commands_stand_on_lines_of_their_own() -> None:
    rule = dataclasses.replace(PUBLIC_ADDRESS, fix="Take\nit off:\naws ec2 one {Id}\naws ec2 two\nThen wait.")
    run = _run(
        report(finding("i-1", "open", fix="Take\nit off:\naws ec2 one i-1\naws ec2 two\nThen wait."), rules=(rule,))
    )
    assert run["results"][0]["message"]["text"] == "open.\nFix: Take it off:\naws ec2 one i-1\naws ec2 two\nThen wait."
    assert run["tool"]["driver"]["rules"][0]["help"]["markdown"].split("### ")[1] == (
        "How to fix\n\nTake\nit off:\n\n```sh\naws ec2 one {Id}\naws ec2 two\n```\n\nThen wait.\n\n"
    )


def test_two_findings_of_a_rule_about_one_resource_are_one_result_of_the_graver_level() -> None:
    found = (
        finding("i-1", "port 22 is open", severity=Severity.LOW),
        finding("i-1", "port 3389 is open", because=("why",)),
    )
    (result,) = _run(report(*found))["results"]
    assert (result["level"], result["message"]["text"]) == ("error", "port 3389 is open. why. port 22 is open.")


def test_a_run_holds_one_account_with_its_own_findings_gaps_and_targets() -> None:
    shown = report(
        finding(resource("i-1")),
        finding(resource("i-2", account=OTHER_ACCOUNT)),
        gaps=(Gap(OTHER_ACCOUNT, "eu-west-1", "ec2:DescribeVpcs", GapReason.DENIED, "AccessDenied"),),
        targets=(Target(ACCOUNT, "eu-west-1"), Target(OTHER_ACCOUNT, "eu-west-1", mode="snapshot")),
    )
    first, second = _runs(shown)
    assert first["automationDetails"]["id"] == f"bastionless/live/{ACCOUNT}/"
    assert second["automationDetails"]["id"] == f"bastionless/snapshot/{OTHER_ACCOUNT}/"
    assert [result["properties"]["account"] for result in first["results"]] == [ACCOUNT]
    assert [result["properties"]["account"] for result in second["results"]] == [OTHER_ACCOUNT]
    assert _notices(first) == []
    assert _notices(second) == [("BLN001", "warning", "ec2:DescribeVpcs was refused in eu-west-1 (AccessDenied).")]


def test_the_same_resource_id_in_two_accounts_has_two_fingerprints() -> None:
    runs = _runs(report(finding(resource("x")), finding(resource("x", account=OTHER_ACCOUNT))))
    hashes = {run["results"][0]["partialFingerprints"]["primaryLocationLineHash"] for run in runs}
    assert len(hashes) == 2


def test_what_was_not_done_is_told_in_notifications_and_the_run_stays_successful() -> None:
    first, second = _runs(everything())
    refused = "ec2:DescribeRouteTables was refused in eu-west-1"
    assert _notices(first) == [
        ("BLN001", "warning", f"{refused}, us-east-1 (UnauthorizedOperation)."),
        ("BLN002", "warning", f"NET001 could not decide about i-9. {refused} (UnauthorizedOperation)."),
        ("BLN002", "warning", f"VPE005 could not decide about i-9. {refused} (UnauthorizedOperation)."),
        ("BLN003", "error", "EVD001 at vpc-9: the rule crashed: KeyError: 'Vpc'."),
    ]
    assert _notices(second) == [("BLN004", "error", f"{OTHER_ACCOUNT} us-east-1: the role cannot be assumed.")]
    assert [run["invocations"][0]["executionSuccessful"] for run in (first, second)] == [True, True]


def test_many_resources_unknown_for_one_reason_are_one_notification() -> None:
    unknown = [finding(f"i-{number:02}", "who knows", outcome=Outcome.UNKNOWN) for number in range(22)]
    ((sort, _, text),) = _notices(_run(report(*unknown)))
    assert sort == "BLN002"
    assert text.startswith("NET001 could not decide about i-00, i-01, ")
    assert text.endswith("i-19 and 2 others. who knows.")


def test_a_run_keeps_the_5000_gravest_results_and_says_how_many_there_were() -> None:
    many = [finding(f"i-{number:04}", rule=UNUSED_DNS) for number in range(5_000)]
    run = _run(report(*many, finding("trail", rule=STOPPED_TRAIL), finding("none", rule=NO_EVIDENCE)))
    assert _notices(run) == [("BLN005", "warning", "The 5,000 gravest of 5,002 results are in this file.")]
    kept = [result["locations"][0]["logicalLocations"][0]["name"] for result in run["results"]]
    assert kept == ["trail", *(f"i-{number:04}" for number in range(4_999))]


def _crowd() -> ScanReport:
    accounts = [f"{number:012}" for number in range(21)]
    return report(
        *(finding(resource("i-1", account=account)) for account in accounts),
        targets=tuple(Target(account, "eu-west-1") for account in accounts),
    )


def test_more_than_20_accounts_in_one_file_are_all_there_and_the_file_says_github_refuses_it() -> None:
    text = render(_crowd(), format="sarif")
    runs = json.loads(text)["runs"]
    assert [run["results"][0]["properties"]["account"] for run in runs] == [f"{number:012}" for number in range(21)]
    assert problems(text) == ["there are 21 runs, and GitHub takes 20 in a file"]
    assert _notices(runs[0]) == [
        ("BLN006", "warning", "This file holds 21 runs and GitHub accepts 20: write one for each account.")
    ]


def test_one_file_for_each_account_is_what_github_takes() -> None:
    shown = _crowd()
    for account in accounts_of(shown):
        (run,) = _runs(shown, accounts=[account])
        assert run["automationDetails"]["id"] == f"bastionless/live/{account}/"
        assert _notices(run) == []


@pytest.fixture
def far_from_utc() -> Iterator[None]:
    """A machine whose own clock is nine hours ahead."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("taken_at", "told"),
    [
        ("2026-01-02T03:04:05+00:00", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04:05.678+01:00", "2026-01-02T02:04:05Z"),
        ("2026-01-02 03:04:05", "2026-01-02T03:04:05Z"),
        ("", None),
        ("yesterday", None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_the_time_is_that_of_the_collection_or_none(taken_at: str, told: str | None, far_from_utc: None) -> None:
    run = _run(dataclasses.replace(report(), taken_at=taken_at))
    assert run["invocations"][0].get("startTimeUtc") == told


def test_the_bytes_do_not_depend_on_the_order_of_the_findings() -> None:
    shown = everything()
    turned = dataclasses.replace(
        shown, findings=shown.findings[::-1], gaps=shown.gaps[::-1], targets=shown.targets[::-1]
    )
    assert render(turned, format="sarif") == render(shown, format="sarif")
