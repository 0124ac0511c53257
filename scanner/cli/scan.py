"""`bastionless scan`: rules over an account, mocked, stored or live."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import click

from scanner.cli.accounts import account_options, check_units, read_accounts
from scanner.cli.limits import ending_well
from scanner.cli.lines import check_folders, on_lines, place_options
from scanner.cli.options import (
    history_options,
    read_config,
    read_inventories,
    read_target,
    report_options,
    rule_options,
    target_options,
)
from scanner.cli.standing import read_standing, standing_options
from scanner.cli.state import Memory, remembered, state_option
from scanner.cli.talk import Talk


@click.command(
    short_help="Scan an account: live, stored or mocked.",
    epilog="Examples: `bastionless scan --demo`; `bastionless scan --profile audit --region eu-west-1`; "
    "`bastionless scan --snapshot account.json.gz --report sarif=out.sarif`.",
)
@target_options
@account_options
@history_options
@rule_options
@standing_options
@report_options
@place_options
@state_option
def scan(*, state: Path | None, iac: Path | None, inventory: Path | None, **options: Any) -> int:
    """Scan an account (or a stored or mocked one) and say what is not private.

    Without a target option the account of your AWS credentials is scanned, in all enabled Regions, with read-only
    calls; `bastionless rules permissions` prints the IAM policy they need.
    """
    with remembered(state) as memory:
        return _scan(memory, iac=iac, inventory=inventory, options=options)


def _scan(memory: Memory, *, iac: Path | None, inventory: Path | None, options: dict[str, Any]) -> int:
    from scanner import pipeline
    from scanner.cli.reporting import Reports

    started = time.monotonic()
    reports = Reports.prepared(options)
    check_folders(iac, inventory)
    config, baseline = read_standing(options, reports.configured(read_config(options)), memory=memory)
    run_dir: Path | None = options.pop("run_dir")
    config = read_accounts(options, config, options.pop("accounts"))
    target = read_target(options, config)
    rules = pipeline.choose_rules(config)
    has_lines = iac is not None or inventory is not None
    check_units(target, config, run_dir, has_lines=has_lines)
    if target.is_live and not has_lines:
        with ending_well(target.access.budget):
            report = pipeline.scan_live(
                rules,
                config,
                access=target.access,
                progress=Talk.heard().progress(quiet=target.quiet),
                lookup_events=target.lookup_events,
                include_pass=reports.include_pass,
                run_dir=run_dir,
            )
    else:
        inventories = read_inventories(target, pipeline.kinds_read(rules), config)
        report = pipeline.judge(inventories, rules, include_pass=reports.include_pass)
        report = on_lines(report, inventories, iac=iac, inventory=inventory)
    report = pipeline.settle(report, config, baseline=baseline)
    seconds = time.monotonic() - started
    reports.write(report, stream=sys.stdout, verbose=target.verbose, seconds=seconds, changes_only=config.new_only)
    code = pipeline.exit_code(report, config)
    memory.keep(report, exit_code=code, quiet=target.quiet)
    return code
