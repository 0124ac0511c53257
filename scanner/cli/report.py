"""`bastionless report`: a stored JSON report in any other format."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from scanner.cli.output import format_option, read_reports, reports_option, tell, write_all


@click.command(
    short_help="Convert a stored JSON report into another format.",
    epilog="Examples: `bastionless report scan.json --format markdown >> $GITHUB_STEP_SUMMARY`; "
    "`bastionless report scan.json --report sarif=out.sarif --report csv=out.csv`. "
    "Exit codes: 0 converted, 2 the file is no report, or a report cannot be written.",
)
@click.argument("stored", metavar="IN.json", type=click.Path(path_type=Path))
@format_option
@reports_option
@click.option("-v", "--verbose", is_flag=True, help="Tell more: every resource of a long list.")
def report(*, stored: Path, format_: str, reports: tuple[str, ...], verbose: bool) -> int:
    """Convert IN.json, which `bastionless scan --report json=IN.json` wrote, into any format; `-` reads stdin.

    The file is checked against the schema of reports first; nothing is asked of AWS.
    """
    from scanner.reports import RenderOptions, format_named
    from scanner.reports.stored import parse_report, read_report

    format_named(format_)
    files = read_reports(reports)
    found = parse_report(sys.stdin.buffer.read(), place="stdin") if str(stored) == "-" else read_report(stored)
    look = RenderOptions.for_stream(sys.stdout, verbose=verbose, tell=tell)
    write_all(found, files, format=format_, look=look)
    return 0
