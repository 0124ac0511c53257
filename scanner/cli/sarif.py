"""`bastionless sarif`: look at SARIF files, ours and others'."""

from __future__ import annotations

from pathlib import Path

import click

from scanner.errors import EXIT_CLEAN, EXIT_FINDINGS

_SHOWN = 100


@click.group()
def sarif() -> None:
    """Look at SARIF files as GitHub's code scanning will."""


@sarif.command(epilog="Exit codes: 0 nothing to object to, 1 problems, 2 a file cannot be read, or is no JSON.")
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Exit with 1 also for what GitHub takes but loses or shows wrong.")
def lint(*, files: tuple[Path, ...], strict: bool) -> int:
    """Say what GitHub's code scanning would refuse, or silently lose, of each FILE (plain or .gz).

    GitHub takes a file whole or not at all: a *refused* line means that nothing of the file arrives. The lines begin
    with the file and the JSON Pointer of the place. The standard's own schema is not checked here.
    """
    from scanner.reports.sarif_lint import lint_file
    from scanner.reports.text import clean, counted

    failed = False
    for file in files:
        problems = lint_file(file)
        for problem in problems[:_SHOWN]:
            kind = "refused" if problem.refused else "lost"
            click.echo(clean(f"{file}: {problem.pointer or '/'}: {kind}: {problem.sentence}"))
        if len(problems) > _SHOWN:
            click.echo(clean(f"{file}: {counted(len(problems) - _SHOWN, 'problem')} more"))
        if not problems:
            click.echo(clean(f"{file}: nothing to object to"))
        failed = failed or any(problem.refused or strict for problem in problems)
    return EXIT_FINDINGS if failed else EXIT_CLEAN
