"""The way of a scan, from what was asked to what is answered: the page to read first.

asked      request      words and files -> the configuration, its rules, and the kinds these read: nothing else is asked of AWS
facts      collection   an account, live or mocked, a snapshot, answers of AWS -> inventories, one a Region, with gaps
findings   judgement    rules + inventories -> a report
standing   standing     waivers and an earlier report -> the same report with what is accepted, new and gone; the exit code
lines      lines        the report with the lines of files that stand for its resources
reports    (caller)     a report -> text, by scanner.reports

Beside that way: `live` takes the units of live accounts through it one by one, `change` judges templates and plans before
they are applied, `questions` answers single questions to inventories. Each stage's own package is loaded when a scan
comes to it, and only modules of this package know more than one of them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.model import Config, EarlierReport, Inventory, ScanReport
from scanner.model.member import Member
from scanner.pipeline.change import gate
from scanner.pipeline.clock import today
from scanner.pipeline.collection import collect, collect_demo, inventory_from_describe, load_snapshot, supply_mocks
from scanner.pipeline.judgement import judge
from scanner.pipeline.lines import locate, update_inventory
from scanner.pipeline.live import scan_live
from scanner.pipeline.questions import decide, draw, map_kinds, reach, reach_kinds, who, who_kinds
from scanner.pipeline.request import choose_accounts, choose_rules, configure, kinds_read
from scanner.pipeline.standing import diff, diff_exit_code, exit_code, read_baseline, settle

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from boto3 import Session

__all__ = [
    "choose_accounts",
    "choose_rules",
    "collect",
    "collect_demo",
    "configure",
    "decide",
    "diff",
    "diff_exit_code",
    "draw",
    "evaluate",
    "exit_code",
    "gate",
    "inventory_from_describe",
    "judge",
    "kinds_read",
    "load_snapshot",
    "locate",
    "map_kinds",
    "reach",
    "reach_kinds",
    "read_baseline",
    "scan",
    "scan_live",
    "settle",
    "supply_mocks",
    "today",
    "update_inventory",
    "who",
    "who_kinds",
]


def scan(
    session: Session | None = None,
    regions: Iterable[str] | None = None,
    select: Iterable[str] | None = None,
    rules: Iterable[str | Path] = (),
    *,
    include_pass: bool = False,
    config: Config | str | Path | None = None,
    lookup_events: int = 0,
    baseline: str | Path | EarlierReport | None = None,
    today: date | None = None,
    accounts: str | Path | Iterable[Member | str | Mapping[str, Any]] = (),
    run_dir: str | Path | None = None,
    executor: Executor | None = None,
) -> ScanReport:
    """Scans the account behind a boto3 session (None: the default credentials); works inside `moto.mock_aws`.

    Args:
        session: Where to look. Profiles, roles and endpoints are the session's own.
        regions: Region names; None scans every enabled Region.
        select: Rule ids ("NET001") or families ("NET"); None takes the configuration's, or all.
        rules: Folders with cards of your own, beside the built-in ones.
        include_pass: Also return *pass* and *not-applicable*.
        config: A `Config`, or the path of a bastionless.yaml.
        lookup_events: Days of CloudTrail's event history to read for `ScanReport.evidence`, 90 at most; 0 for none.
        baseline: An earlier result (a JSON or SARIF file of ours), for `Finding.change` and `ScanReport.comparison`.
        today: The day by which waivers expire; None: the day the facts were collected.
        accounts: Several accounts, entered from the session's: the path of a file, or role ARNs and mappings as in one.
            Of each finding's resource the identity and the tags are kept, and no other facts.
        run_dir: An empty folder for findings.jsonl and gaps.jsonl, written as they come.
        executor: What runs the accounts, one task each; its tasks share memory (threads). None: four threads.

    Raises:
        CredentialsError: AWS does not know who asks, or no longer accepts it.
        UsageError: A Region, a rule, a card or a setting does not exist. (Every other refusal becomes a gap.)
        ReportError: The baseline is none of ours, or damaged.
    """
    wanted = configure(config, select=select, regions=regions, rules=rules)
    chosen = choose_rules(wanted)
    earlier = read_baseline(baseline)
    members = choose_accounts(accounts) or wanted.accounts
    if members or run_dir is not None or executor is not None:
        report = scan_live(
            chosen,
            dataclasses.replace(wanted, accounts=members),
            session=session,
            lookup_events=lookup_events,
            include_pass=include_pass,
            run_dir=None if run_dir is None else Path(run_dir),
            executor=executor,
        )
    else:
        inventories = collect(kinds_read(chosen), wanted, session=session, lookup_events=lookup_events, is_sparing=True)
        report = judge(inventories, chosen, include_pass=include_pass)
    return settle(report, wanted, baseline=earlier, today=today)


def evaluate(
    inventories: Inventory | Iterable[Inventory],
    select: Iterable[str] | None = None,
    rules: Iterable[str | Path] = (),
    *,
    include_pass: bool = False,
    config: Config | str | Path | None = None,
    baseline: str | Path | EarlierReport | None = None,
    today: date | None = None,
) -> ScanReport:
    """The report of the rules over inventories that are already there; makes no call at all.

    `baseline` and `today` are those of `scan`. Raises `UsageError` where a rule, a card or a setting does not exist.
    """
    listed = (inventories,) if isinstance(inventories, Inventory) else tuple(inventories)
    wanted = configure(config, select=select, rules=rules)
    earlier = read_baseline(baseline)
    report = judge(listed, choose_rules(wanted), include_pass=include_pass)
    return settle(report, wanted, baseline=earlier, today=today)
