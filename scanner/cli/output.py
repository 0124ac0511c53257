"""Where reports go: one to stdout, others to files, and what they leave out to stderr."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from scanner.cli.talk import Talk
from scanner.errors import OutputError
from scanner.model import ScanReport
from scanner.reports import FORMATS, RenderOptions, ensure_writable, format_named, render, write_aside, write_report

GITHUB = "sarif"

format_option = click.option(
    "--format",
    "format_",
    default="terminal",
    metavar="FORMAT",
    help=f"What goes to stdout: {', '.join(FORMATS)} [default: terminal].",
)
reports_option = click.option(
    "--report", "reports", multiple=True, metavar="FORMAT=PATH", help="Also write this report. Repeatable."
)


def read_reports(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Format and path of each `--report`; raises `OutputError` for what could not be written later."""
    files = [_read_report(text) for text in texts]
    for number, (name, path) in enumerate(files):
        format_named(name)
        ensure_writable(path)
        if path in [earlier for _, earlier in files[:number]]:
            raise OutputError("two reports cannot be one file", place=path, cure="give each its own name")
    return files


def write_all(report: ScanReport, files: Sequence[tuple[str, str]], *, format: str, look: RenderOptions) -> None:  # noqa: A002 - the option's name
    """Every file, then stdout; an `OutputError` is raised when all that can be written is written.

    What cannot reach its file goes beside the machine's other temporary files, and its name is told.
    """
    failed: list[OutputError] = []
    hear = _once(look.tell)
    look = dataclasses.replace(look, tell=hear)
    for name, path in files:
        try:
            _write(report, name, path, hear)
        except OutputError as failure:  # the other reports are worth no less for it
            failed.append(_saved(report, name, path, failure))
    try:
        click.echo(render(report, format=format, options=look), nl=False, color=look.color)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader (head, less) has seen enough
        raise
    except OSError as trouble:
        lost = OutputError(f"stdout cannot be written ({trouble.strerror})")
        failed.append(_saved(report, format, "bastionless", lost))
        # Python would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if failed:
        for one in failed[:-1]:
            Talk.heard().error(str(one), exit_code=one.exit_code)
        raise failed[-1]


def _saved(report: ScanReport, name: str, path: str, failure: OutputError) -> OutputError:
    """What is told of a report that could not be written: why not, and where it is instead."""
    try:
        found = write_aside(render(report, format=name, options=RenderOptions(verbose=True)), path)
    except OSError:
        return failure
    return OutputError(failure.message, place=failure.place, cure=f"the report is in {found} instead")


def tell(sentence: str) -> None:
    """A remark on stderr."""
    Talk.heard().note(sentence)


def _once(tell: Callable[[str], None]) -> Callable[[str], None]:
    """Tells each sentence once, however many formats have no place for it."""
    told: set[str] = set()

    def hear(sentence: str) -> None:
        if sentence not in told:
            told.add(sentence)
            tell(sentence)

    return hear


def _write(report: ScanReport, name: str, path: str, tell: Callable[[str], None]) -> None:
    if name != GITHUB:
        write_report(render(report, format=name, options=RenderOptions(verbose=True, tell=tell)), path)
        return
    from scanner.reports.sarif import batches_of, render_sarif

    # GitHub refuses a file of more accounts whole; the first file keeps the name that was asked for.
    batches = batches_of(report)
    for number, accounts in enumerate(batches, start=1):
        file = Path(path)
        part = file if number == 1 else file.with_name(f"{file.stem}-{number}{file.suffix}")
        write_report(render_sarif(report, accounts=accounts, tell=tell), part)
    if len(batches) > 1:
        last = Path(path).with_name(f"{Path(path).stem}-{len(batches)}{Path(path).suffix}")
        tell(
            f"GitHub takes 20 accounts a file, so the SARIF is in {len(batches)} files, from {path} to {last}: upload each in a step of its own"
        )


def _read_report(text: str) -> tuple[str, str]:
    name, separator, path = text.partition("=")
    if not separator or not name or not path:
        raise OutputError(f"--report {text!r} is not FORMAT=PATH", cure="write it like --report sarif=out.sarif")
    return name, path
