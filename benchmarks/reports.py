"""Every format over a report of 100,000 findings, and GitHub's SARIF of 5,000 results: CPU seconds and peak memory."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from scanner.model import Finding, Hop, Outcome, Resource, Rule, ScanReport, Severity, Target
from scanner.reports import FORMATS, render
from scanner.reports.stored import parse_report

MANY, GITHUBS = 100_000, 5_000
SECONDS, MEGABYTES, GITHUBS_SECONDS = 5.0, 1_000.0, 0.5
READ = "json, read back"
_ACCOUNT = "111122223333"


def main() -> None:
    """Prints one line a format, and what was to be reached."""
    missed = []
    for name, size in (*((name, MANY) for name in (*FORMATS, READ)), ("sarif", GITHUBS)):
        told = _measured(name, size)
        goal = GITHUBS_SECONDS if size == GITHUBS else SECONDS
        if told["seconds"] >= goal or told["peak"] >= MEGABYTES:
            missed.append(f"{name} of {size:,}")
        print(
            f"  {name:<16} {size:>7,} findings  {told['seconds']:6.2f} CPU s  {told['written']:6.1f} MB  "
            f"peak {told['peak']:6,.0f} MB"
        )
    print(f"  goal: {SECONDS:.0f} CPU s and {MEGABYTES:,.0f} MB, GitHub's SARIF {GITHUBS_SECONDS} CPU s: ", end="")
    print(f"MISSED by {', '.join(missed)}" if missed else "met")


def _measured(name: str, size: int) -> dict[str, float]:
    """What a process of its own says of one format."""
    command = [sys.executable, "-m", "benchmarks.reports", name, str(size)]
    root = Path(__file__).resolve().parent.parent
    finished = subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, float] = json.loads(finished.stdout)
    return told


def measure(name: str, size: int) -> dict[str, float]:
    """CPU seconds of one format over a report of this size, megabytes written, and the peak memory in MB."""
    report = _report(size)
    text = render(report, format="json") if name == READ else ""
    started = time.process_time()
    if name == READ:
        parse_report(text, place="")
    else:
        text = render(report, format=name)
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return {"seconds": seconds, "written": len(text) / 1e6, "peak": peak}


def _report(size: int) -> ScanReport:
    """Findings with two facts each, every tenth with a proof of five hops, of four rules."""
    severities = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)
    rules = tuple(
        Rule(f"BEN00{number}", "A flaw of a benchmark", severity, "AWS::EC2::Instance", why="Because.", fix="Mend it.")
        for number, severity in enumerate(severities)
    )
    findings = tuple(_finding(number, rules[number % len(rules)]) for number in range(size))
    targets = (Target(_ACCOUNT, "eu-west-1", resources=size),)
    return ScanReport(findings, (), targets, rules, {"fail": size}, "2026-01-02T03:04:05Z", "0.1.0")


def _finding(number: int, rule: Rule) -> Finding:
    name = f"i-{number:017x}"
    arn = f"arn:aws:ec2:eu-west-1:{_ACCOUNT}:instance/{name}"
    facts = {"Tags": [{"Key": "Name", "Value": f"web-{number}"}]}
    about = Resource("AWS::EC2::Instance", "aws", _ACCOUNT, "eu-west-1", name, arn, facts)
    told = (f"eni-{number:017x} holds 203.0.113.7", f"rtb-{number % 90:017x} sends 0.0.0.0/0 to igw-0a1b2c3d4e5f60718")
    hops = tuple(
        Hop("AWS::EC2::SecurityGroup", f"sg-{number % 50}-{step}", allows=True, rule=f"tcp {step} from 0.0.0.0/0")
        for step in range(0 if number % 10 else 5)
    )
    message = f"{name} (web-{number}) has the public address 203.0.113.7"
    return Finding(rule.id, Outcome.FAIL, rule.severity, about, message, told, path=hops)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
    else:
        main()
