"""The report for people."""

from __future__ import annotations

import dataclasses
import io

import pytest

from scanner.model import Gap, GapReason, Hop, Outcome, ScanReport, Severity, Target
from scanner.reports import RenderOptions, render
from scanner.reports.text import cells
from tests.reports.golden_files import golden
from tests.reports.reports_by_hand import (
    ACCOUNT,
    ADMIN_PORT,
    NO_EVIDENCE,
    OTHER_ACCOUNT,
    PROOF,
    PUBLIC_ADDRESS,
    STOPPED_TRAIL,
    UNUSED_DNS,
    everything,
    finding,
    report,
    resource,
)


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _lines(shown: ScanReport, **options: object) -> list[str]:
    return render(shown, format="terminal", options=RenderOptions(**options)).splitlines()  # type: ignore[arg-type]


def test_a_report_with_one_of_each_reads_as_it_was_found_good() -> None:
    shown = render(everything(), format="terminal", options=RenderOptions(seconds=4.21))
    assert shown == golden("everything.txt", now=shown)


def test_the_same_report_in_colour_differs_by_its_colours_alone() -> None:
    coloured = render(everything(), format="terminal", options=RenderOptions(seconds=4.21, color=True))
    assert coloured == golden("everything.ansi", now=coloured)


def test_no_line_is_longer_than_80_columns() -> None:
    assert [line for line in _lines(everything()) if cells(line) > 80] == []


def test_the_worst_comes_first_and_the_findings_of_a_rule_stay_together() -> None:
    lines = _lines(
        report(
            finding("i-b", rule=UNUSED_DNS),
            finding("i-1"),
            finding("i-c", rule=STOPPED_TRAIL),
            finding("i-0"),
            finding("i-d", severity=Severity.LOW),
        )
    )
    heads = [line.split()[0] for line in lines if line and not line.startswith("    ")]
    assert heads[:13] == [
        *("CRITICAL", "TRL001", "i-c", "HIGH", "NET001", "i-0", "i-1", "Fix:"),
        *("MEDIUM", "VPE005", "i-b", "Fix:", "LOW"),
    ]


def test_the_cure_is_told_once_for_a_rule() -> None:
    lines = _lines(
        report(finding("vpce-1", rule=UNUSED_DNS), finding("vpce-2", rule=UNUSED_DNS, fix="Turn private DNS on."))
    )
    assert [line for line in lines if "Turn private DNS on" in line] == ["  Fix: Turn private DNS on."]


def test_a_cure_of_its_own_stands_with_its_finding() -> None:
    lines = _lines(report(finding("vpce-1", rule=UNUSED_DNS, fix="Delete it."), finding("vpce-2", rule=UNUSED_DNS)))
    assert [line.strip() for line in lines if "Fix:" in line] == ["Fix: Delete it.", "Fix: Turn private DNS on."]
    assert lines.index("    Fix: Delete it.") < lines.index("  vpce-2  123456789012 eu-west-1")


def test_a_cure_nobody_needs_is_not_told() -> None:
    lines = _lines(
        report(finding("a", rule=UNUSED_DNS, fix="Delete a."), finding("b", rule=UNUSED_DNS, fix="Delete b."))
    )
    assert [line for line in lines if "Fix:" in line] == ["    Fix: Delete a.", "    Fix: Delete b."]


def test_the_commands_of_a_cure_can_be_copied_from_the_terminal() -> None:
    fix = "Take it off:\naws ec2 disassociate-address --association-id eipassoc-0123456789abcdef0 --region eu-west-1\nThen wait."
    lines = _lines(report(finding("vpce-1", rule=UNUSED_DNS, fix=fix)))
    start = lines.index("  Fix: Take it off:")
    assert lines[start : start + 4] == [
        "  Fix: Take it off:",
        "       aws ec2 disassociate-address --association-id \\",
        "         eipassoc-0123456789abcdef0 --region eu-west-1",
        "       Then wait.",
    ]


def test_rules_that_stayed_unknown_for_one_reason_and_the_same_resources_share_a_line() -> None:
    refused = "ec2:DescribeVpcs was refused in eu-west-1 (UnauthorizedOperation)"
    unknown = [
        finding(identifier, f"cannot be decided: {refused}", rule=rule, outcome=Outcome.UNKNOWN, because=(refused,))
        for rule in (UNUSED_DNS, PUBLIC_ADDRESS)
        for identifier in ("i-2", "i-1")
    ]
    lines = _lines(report(*unknown, finding("i-3", "a shared subnet", outcome=Outcome.UNKNOWN, fix="Ask its owner.")))
    start = lines.index("NOT DECIDED  5 answers that could not be given")
    assert lines[start + 1 : start + 9] == [
        "",
        "  a shared subnet",
        "    NET001: i-3",
        "",
        "  ec2:DescribeVpcs was refused in eu-west-1 (UnauthorizedOperation)",
        "    NET001, VPE005: i-1, i-2",
        "",
        "  Fix: Ask its owner.",
    ]


def test_a_long_list_of_unknown_resources_is_cut_unless_all_are_wanted() -> None:
    unknown = [finding(f"i-{number:02}", "why not", outcome=Outcome.UNKNOWN) for number in range(12)]
    cut = " ".join(line.strip() for line in _lines(report(*unknown)))
    assert "i-08, i-09 and 2 more" in cut
    assert "i-10" not in cut
    assert "i-09, i-10, i-11" in " ".join(line.strip() for line in _lines(report(*unknown), verbose=True))


def test_the_same_refusal_in_several_regions_is_told_once() -> None:
    gaps = tuple(
        Gap(ACCOUNT, region, "ec2:DescribeVpcs", GapReason.DENIED, "UnauthorizedOperation")
        for region in ("us-east-1", "eu-west-1")
    )
    lines = _lines(report(gaps=gaps), width=120)
    start = lines.index("NOT READ  2 calls without an answer")
    assert lines[start + 1 : start + 3] == [
        f"  {ACCOUNT}: ec2:DescribeVpcs was refused in eu-west-1, us-east-1 (UnauthorizedOperation)",
        "",
    ]


def test_refusals_about_many_resources_are_counted() -> None:
    gaps = tuple(
        Gap(ACCOUNT, "eu-west-1", "s3:GetBucketPolicy", GapReason.DENIED, "AccessDenied", resource=f"arn:aws:s3:::b{n}")
        for n in range(4)
    )
    assert f"  {ACCOUNT}: s3:GetBucketPolicy for 4 resources was refused in eu-west-1 (AccessDenied)" in _lines(
        report(gaps=gaps), width=120
    )


def test_a_clean_scan_says_so_in_one_line() -> None:
    assert _lines(report(passed=7), seconds=0.5) == [
        "No flaw found. Everything that was asked could be decided.",
        "Scanned 1 account, 1 Region, 7 resources with 4 rules, in 0.5 s.",
        "0 findings; 0 not decided, 7 passed.",
    ]


def test_a_scan_without_findings_still_tells_what_was_not_decided() -> None:
    lines = _lines(report(finding("i-1", "ec2:DescribeVpcs was refused", outcome=Outcome.UNKNOWN)))
    assert lines[0] == "NOT DECIDED  1 answer that could not be given"
    assert "No flaw found in what could be read; what is listed above was not decided." in lines
    assert lines[-1] == "0 findings; 1 not decided, 0 passed."


def test_a_scan_that_saw_nothing_does_not_sound_clean() -> None:
    assert _lines(report(targets=()))[0] == (
        "No flaw found, but no resources either: check the account, the Regions and the"
    )


def test_what_failed_is_not_counted_as_scanned() -> None:
    targets = (Target(ACCOUNT, "eu-west-1", resources=2), Target(OTHER_ACCOUNT, "eu-west-1", failed="expired"))
    lines = _lines(report(targets=targets))
    assert lines[:3] == ["NOT SCANNED", f"  {OTHER_ACCOUNT} eu-west-1: expired", ""]
    assert "Scanned 1 account, 1 Region, 2 resources with 4 rules." in lines


def test_passes_are_listed_where_they_were_asked_for() -> None:
    lines = _lines(report(finding("i-2", outcome=Outcome.PASS), finding("i-1", outcome=Outcome.PASS)))
    assert lines[:2] == ["PASSED  2 answers", "  NET001  i-1, i-2"]


def test_a_crash_names_the_rule_the_resource_and_the_place() -> None:
    crash = finding(
        "i-1", "the rule crashed: KeyError: 'x'", rule=NO_EVIDENCE, outcome=Outcome.ERROR, because=("rule.py:7",)
    )
    lines = _lines(report(dataclasses.replace(crash, fix="Mend the rule.")))
    start = lines.index("CRASHED  1 answer lost to a fault in a rule")
    assert [line.strip() for line in lines[start + 2 : start + 7]] == [
        "EVD001  Nothing says who logged in",
        "i-1  123456789012 eu-west-1",
        "the rule crashed: KeyError: 'x'",
        "rule.py:7",
        "Fix: Mend the rule.",
    ]


def test_names_can_neither_steer_the_terminal_nor_fake_a_line() -> None:
    hostile = resource("i-1", name="x\x1b]0;owned\x07\nCRITICAL  all is well\u202e")
    shown = render(
        report(finding(hostile, "i-1 (\x1b[2J)\nNo flaw found.", because=("a\rb",), fix="Do\x1b[1m it\n\x9b2J now")),
        format="terminal",
    )
    assert not [char for char in shown if not char.isprintable() and char != "\n"]
    assert r"i-1 (x\x1b]0;owned\x07\nCRITICAL all is well\u202e)" in " ".join(shown.split())
    assert not [line for line in shown.splitlines() if line.startswith(("No flaw", "CRITICAL"))]


def test_square_brackets_in_names_are_no_markup() -> None:
    assert "  i-1 ([red]x[/red])  123456789012 eu-west-1" in _lines(
        report(finding(resource("i-1", name="[red]x[/red]")))
    )


@pytest.mark.parametrize(
    ("variables", "terminal", "colour"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_colour_is_for_terminals_unless_somebody_wishes_otherwise(
    *, variables: dict[str, str], terminal: bool, colour: bool
) -> None:
    stream = _Terminal() if terminal else io.StringIO()
    assert RenderOptions.for_stream(stream, environ=variables).color is colour
    assert (
        "\x1b[" in render(everything(), format="terminal", options=RenderOptions.for_stream(stream, environ=variables))
    ) is colour


def test_a_pipe_is_80_columns_wide_and_a_terminal_as_wide_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert RenderOptions.for_stream(io.StringIO(), environ={}).width == 80
    assert RenderOptions.for_stream(_Terminal(), environ={}).width == 100
    monkeypatch.setenv("COLUMNS", "12")
    assert RenderOptions.for_stream(_Terminal(), environ={}).width == 40
    monkeypatch.setenv("COLUMNS", "300")
    assert RenderOptions.for_stream(_Terminal(), environ={}).width == 120


def test_a_proof_is_a_line_and_with_verbose_every_hop_of_it() -> None:
    blocked = Hop("AWS::EC2::NetworkAcl", "acl-2", allows=False, rule="", code="SUBNET_ACL_RESTRICTION")
    shown = report(finding("i-1", rule=ADMIN_PORT, path=(*PROOF, blocked)))
    assert [line for line in _lines(shown) if "hop" in line] == [
        "    - proved in 6 hops: igw-1, acl-1, sg-1, rtb-1, acl-2"
    ]
    lines = _lines(shown, verbose=True)
    start = lines.index("    There:")
    assert lines[start : start + 9] == [
        "    There:",
        "      1. igw-1: 203.0.113.7 is 10.0.0.5",
        "      2. acl-1: entry 100 allows from 0.0.0.0/0",
        "      3. sg-1: tcp 22 from 0.0.0.0/0",
        "    And back:",
        "      4. route in rtb-1: 0.0.0.0/0 -> igw-1",
        "      5. acl-1: entry 100 allows to 0.0.0.0/0",
        "    There:",
        "      6. acl-2  BLOCKS [SUBNET_ACL_RESTRICTION]",
    ]
