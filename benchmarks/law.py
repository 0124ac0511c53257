"""The law of faults: whatever goes wrong between us and AWS, no finding is lost unsaid and nothing passes that does not pass."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from unittest.mock import patch

from benchmarks.aws import KINDS, Faults, Loopback, key_of, loopback
from scanner import pipeline
from scanner.collect.access import Access, choose_regions, identify_caller
from scanner.collect.account import collect_account
from scanner.collect.budget import Budget, Limits
from scanner.collect.pacing import Pace
from scanner.model import Config, Finding, Outcome, Rule, ScanReport
from scanner.model.progress import Silent

ACCOUNTS = tuple(f"{number:012d}" for number in range(111122220001, 111122220021))
REGIONS = ("us-east-1", "eu-west-1")
ENOUGH = 10_000


def main() -> None:
    """Scans 20 accounts again and again until 10,000 faults have been injected; exits with 1 when the law is broken."""
    rules = pipeline.choose_rules(Config())
    injected = rounds = unknowns = 0
    broken: list[str] = []
    with no_pauses(), loopback(instances=3, accounts=ACCOUNTS, regions=REGIONS, managed=3) as aws:
        whole = {account: report_of(aws, account, rules) for account in ACCOUNTS}
        while injected < ENOUGH:
            rounds += 1
            aws.forget()
            aws.change(faults=Faults(share=0.35, in_a_row=3, kinds=KINDS, refused=0.03, seed=rounds))
            for account in ACCOUNTS:
                report = report_of(aws, account, rules)
                broken += [f"round {rounds}: {one}" for one in violations(whole[account], report)]
                unknowns += report.totals.get("unknown", 0) - whole[account].totals.get("unknown", 0)
            aws.assert_only_read()
            injected += sum(aws.seen.injected.values())
            print(
                f"  round {rounds}: {injected:,} faults, {unknowns:,} answers more unknown, {len(broken)} broken laws"
            )
    for line in broken[:20]:
        print(line)
    sys.exit(1 if broken else 0)


def report_of(aws: Loopback, account: str, rules: Sequence[Rule]) -> ScanReport:
    """Everything the rules say of an account behind the loopback, passes too; nobody sleeps."""
    import boto3

    session = boto3.Session(
        aws_access_key_id=key_of(account), aws_secret_access_key="opens nothing", region_name=REGIONS[0]
    )
    access = Access(endpoint_url=aws.url, budget=Budget(Limits(), pace=Pace(lambda: 0.0, lambda _: None)))
    caller = identify_caller(session, access)
    inventories = collect_account(
        session,
        caller=caller,
        regions=choose_regions(session, caller, REGIONS, access),
        kinds=pipeline.kinds_read(rules),
        access=access,
        progress=Silent(),
        taken_at="2026-01-15T12:00:00Z",
    )
    report = pipeline.judge(inventories, rules, include_pass=True)
    del session, inventories
    gc.collect()  # clients are cycles, and a process that scans again and again would keep them all
    return report


def violations(whole: ScanReport, faulty: ScanReport) -> Iterator[str]:
    """Where a report under faults says less than it has to, or more than it may."""
    failed = {_key(one) for one in whole.findings if one.outcome is Outcome.FAIL}
    told = {_key(one) for one in faulty.findings if one.outcome is Outcome.FAIL}
    doubts = {(one.rule_id, one.resource.account) for one in faulty.findings if one.outcome is Outcome.UNKNOWN}
    for rule, arn, account in sorted(failed - told):
        if (rule, account) not in doubts:
            yield f"{rule} lost its finding about {arn}, and nothing is unknown"
    for rule, arn, _ in sorted(told - failed):
        yield f"{rule} found what is not there: {arn}"
    passed = {_key(one) for one in whole.findings if one.outcome is Outcome.PASS}
    for one in faulty.findings:
        if one.outcome is Outcome.PASS and _key(one) not in passed:
            yield f"{one.rule_id} passes {one.resource.arn}, which it does not without faults"
    if not faulty.gaps and _answers(whole) != _answers(faulty):
        yield "the answers differ although nothing was refused"
    if doubts and not faulty.gaps and not whole.gaps:
        yield "something is unknown and no refusal is named"


@contextmanager
def no_pauses() -> Iterator[None]:
    """Botocore tries again at once, four times; nothing of this machine's settings counts."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    told = {**kept, "AWS_MAX_ATTEMPTS": "4", "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull}  # fmt: skip
    with (
        patch.dict(os.environ, told, clear=True),
        patch("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0),
    ):
        yield


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.rule_id, finding.resource.arn, finding.resource.account


def _answers(report: ScanReport) -> set[tuple[str, str, str]]:
    return {(one.rule_id, one.resource.arn, one.outcome.value) for one in report.findings}


if __name__ == "__main__":
    main()
