"""Names that somebody with an account might choose, and a report full of each."""

from __future__ import annotations

import dataclasses

from scanner.model import Gap, GapReason, Location, Outcome, Rule, ScanReport, Severity, Target
from tests.reports.reports_by_hand import ACCOUNT, NO_EVIDENCE, PUBLIC_ADDRESS, UNUSED_DNS, finding, report, resource

NAMES = (
    "\x1b[2J\x1b]0;owned\x07",
    "a\n::error::owned\n::add-mask::x\r\n##[set-output name=x]y",
    "100%0A::error::owned%0D",
    "<script>alert(1)</script><img src=x onerror=alert(1)>&amp;",
    "]]></failure><testcase name='x'/>",
    "[click](https://evil.example) ![x](https://evil.example/p.png) <https://evil.example>",
    "@everyone @octo/team #1 GH-1 https://evil.example www.evil.example a@evil.example",
    "`code` ```\nfence\n``` ~~~ **bold** _em_ ~~gone~~ | cell | $x$",
    "a `b](https://evil.example) **c** ``d`` <b>",
    "# heading",
    "- item\n1. item\n> quote\n    code",
    "1. first",
    "---",
    '=HYPERLINK("https://evil.example")',
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\uff1d1+1",
    "\x00\x01\x08\x0b\x1f\x7f\x85\ufffe\uffff\ud800",
    "\u202egnp.exe\u2066",
    "a,b:c;d\"e'f\\",
    "😀 Zürich 東京",
    "../../etc/passwd",
    "x" * 5000,
)


def report_about(name: str) -> ScanReport:
    """The name wherever an account, or a stranger's template, may have put one."""
    held = name.encode("utf-8", "ignore").decode()
    about = resource(held, name=name)
    rule = dataclasses.replace(PUBLIC_ADDRESS, fix="Close it:\naws ec2 close --name {Name}")
    place = Location(held or "x", 3, address=name, construct=name, line_hash="c129715d7a2bc9a3:1")
    stray = Rule("OWN001", name, Severity.LOW, "AWS::EC2::VPC", why=name, fix=name, learn=(name,))
    return report(
        finding(about, name, because=(name, "and so"), fix=f"aws ec2 close --name '{name}'\nThen rest, {name}."),
        dataclasses.replace(finding(resource("i-2", name=name), f"{name} is open"), location=place),
        finding(resource("i-3", name=name), name, rule=stray, severity=Severity.MEDIUM),
        finding(about, name, rule=UNUSED_DNS, outcome=Outcome.UNKNOWN, because=(name,)),
        finding(about, name, rule=NO_EVIDENCE, outcome=Outcome.ERROR, because=(name,)),
        finding(about, name, rule=stray, outcome=Outcome.PASS),
        gaps=(Gap(ACCOUNT, "eu-west-1", "ec2:DescribeVpcs", GapReason.FAILED, name, ("AWS::EC2::VPC",), name),),
        targets=(Target(ACCOUNT, "eu-west-1"), Target(ACCOUNT, "us-east-1", failed=name)),
        rules=(rule, UNUSED_DNS, NO_EVIDENCE, stray),
        taken_at="2026-01-02T03:04:05Z",
    )
