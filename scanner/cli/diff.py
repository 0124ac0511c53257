"""`bastionless diff`: what is new, unchanged, changed and gone between two stored results."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from scanner.cli.options import THRESHOLDS
from scanner.cli.output import format_option, read_reports, reports_option, tell, write_all


@click.command(
    short_help="Compare two results: what is new, changed and gone.",
    epilog="Examples: `bastionless diff monday.json tuesday.json`; `bastionless diff main.sarif branch.sarif --format json`. "
    "Exit codes: 0 nothing is new, 1 something is new, graver, or no longer waived, 2 a file is no result, 3 B is incomplete.",
)
@click.argument("before", metavar="A", type=click.Path(path_type=Path))
@click.argument("after", metavar="B", type=click.Path(path_type=Path))
@format_option
@reports_option
@click.option(
    "--fail-on",
    type=click.Choice(THRESHOLDS),
    default="info",
    help="Exit with 1 from this severity on [default: info].",
)
@click.option("-v", "--verbose", is_flag=True, help="Tell more: every resource of a long list.")
def diff(*, before: Path, after: Path, format_: str, reports: tuple[str, ...], fail_on: str, verbose: bool) -> int:
    """Compare B with A, two results that `bastionless scan` wrote as JSON or SARIF, and show B with what changed.

    A failure of A is gone only where B looked: its account, Region and rule were scanned and nothing stayed unknown.
    """
    from scanner import pipeline
    from scanner.reports import RenderOptions, format_named
    from scanner.rulebook.configuration import threshold

    format_named(format_)
    files = read_reports(reports)
    report = pipeline.diff(before, after)
    look = RenderOptions.for_stream(sys.stdout, verbose=verbose, tell=tell)
    write_all(report, files, format=format_, look=look)
    return pipeline.diff_exit_code(report, at_least=threshold(fail_on))
