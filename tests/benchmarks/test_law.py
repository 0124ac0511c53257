"""Faults cost answers at most, and say so: a finding is never lost, and nothing passes that does not pass."""

from __future__ import annotations

from benchmarks.aws import KINDS, PASSING, Faults, loopback
from benchmarks.law import ACCOUNTS, REGIONS, no_pauses, report_of, violations
from scanner import pipeline
from scanner.model import Config


def test_whatever_fails_no_finding_is_lost_and_nothing_passes_falsely() -> None:
    rules = pipeline.choose_rules(Config(select=("NET", "EIC", "VPE", "TRL")))
    accounts = ACCOUNTS[:2]
    with no_pauses(), loopback(instances=2, accounts=accounts, regions=REGIONS, managed=2) as aws:
        whole = {account: report_of(aws, account, rules) for account in accounts}
        injected = 0
        for seed, kinds, refused in ((1, PASSING, 0.0), (2, KINDS, 0.0), (3, KINDS, 0.1)):
            aws.forget()
            aws.change(faults=Faults(share=0.35, in_a_row=3, kinds=kinds, refused=refused, seed=seed))
            for account in accounts:
                assert list(violations(whole[account], report_of(aws, account, rules))) == []
            injected += sum(aws.seen.injected.values())
            aws.assert_only_read()
    assert injected > 100
