"""`bastionless scan`: rules over an account, mocked, stored or live."""

from __future__ import annotations

import dataclasses
import sys
import time
from typing import Any

import click

from scanner.cli.options import (
    THRESHOLDS,
    history_options,
    read_config,
    read_inventories,
    read_target,
    rule_options,
    target_options,
)
from scanner.cli.standing import read_standing, standing_options
from scanner.errors import OutputError


@click.command(
    epilog="Examples: `bastionless scan --demo`; `bastionless scan --profile audit --region eu-west-1`; "
    "`bastionless scan --snapshot account.json.gz --report sarif=out.sarif`."
)
@target_options
@history_options
@rule_options
@standing_options
@click.option(
    "--format",
    "format_",
    default="terminal",
    metavar="FORMAT",
    help="What goes to stdout: terminal, json or sarif [default: terminal].",
)
@click.option("--report", "reports", multiple=True, metavar="FORMAT=PATH", help="Also write this report. Repeatable.")
@click.option(
    "--fail-on", type=click.Choice(THRESHOLDS), default=None, help="Exit with 1 from this severity on [default: low]."
)
@click.option("--fail-on-unknown", is_flag=True, help="Exit with 3 when anything stayed unknown.")
@click.option("--include-pass", is_flag=True, help="Also report what passed and what did not apply.")
def scan(*, format_: str, reports: tuple[str, ...], fail_on: str | None, fail_on_unknown: bool, include_pass: bool,
         **options: Any) -> int:  # fmt: skip
    """Scan an account (or a stored or mocked one) and say what is not private.

    Without a target option the account of your AWS credentials is scanned, in all enabled Regions, with read-only
    calls; `bastionless rules permissions` prints the IAM policy they need.
    """
    from scanner import pipeline
    from scanner.reports import RenderOptions, ensure_writable, format_named, render, write_report
    from scanner.rulebook.configuration import threshold

    started = time.monotonic()
    format_named(format_)
    files = [_read_report(report) for report in reports]
    for number, (name, path) in enumerate(files):
        format_named(name)
        ensure_writable(path)
        if path in [earlier for _, earlier in files[:number]]:
            raise OutputError("two reports cannot be one file", place=path, cure="give each its own name")
    config = read_config(options)
    if fail_on is not None:
        config = dataclasses.replace(config, fail_on=threshold(fail_on))
    config = dataclasses.replace(config, fail_on_unknown=fail_on_unknown or config.fail_on_unknown)
    config, baseline = read_standing(options, config)
    target = read_target(options, config)
    rules = pipeline.choose_rules(config)
    report = pipeline.judge(
        read_inventories(target, pipeline.kinds_read(rules), config), rules, include_pass=include_pass
    )
    report = pipeline.settle(report, config, baseline=baseline)
    look = RenderOptions.for_stream(sys.stdout, verbose=target.verbose, seconds=time.monotonic() - started)
    failed: list[OutputError] = []
    for name, path in files:
        try:
            write_report(render(report, format=name, options=RenderOptions(verbose=True)), path)
        except OutputError as failure:  # the other reports are worth no less for it
            failed.append(failure)
    click.echo(render(report, format=format_, options=look), nl=False, color=look.color)
    if failed:
        raise failed[0]
    return pipeline.exit_code(report, config)


def _read_report(text: str) -> tuple[str, str]:
    name, separator, path = text.partition("=")
    if not separator or not name or not path:
        raise OutputError(f"--report {text!r} is not FORMAT=PATH", cure="write it like --report sarif=out.sarif")
    return name, path
