"""Where the answers of a command go: stdout in one format, and any number of files in others."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, TextIO

import click

from scanner.errors import OutputError
from scanner.model import Config, ScanReport


@dataclasses.dataclass(frozen=True)
class Reports:
    """What the report options said, checked before any work is done."""

    format: str
    files: tuple[tuple[str, str], ...]
    include_pass: bool
    fail_on: str | None
    fail_on_unknown: bool

    @classmethod
    def prepared(cls, options: dict[str, Any]) -> Reports:
        """Takes the report options out of a command's keywords; raises `OutputError` for what cannot be written."""
        from scanner.reports import ensure_writable, format_named

        name = options.pop("format_")
        format_named(name)
        files = tuple(_named(report) for report in options.pop("reports"))
        for number, (each, path) in enumerate(files):
            format_named(each)
            ensure_writable(path)
            if path in [earlier for _, earlier in files[:number]]:
                raise OutputError("two reports cannot be one file", place=path, cure="give each its own name")
        return cls(
            name,
            files,
            options.pop("include_pass"),
            options.pop("fail_on"),
            options.pop("fail_on_unknown"),
        )

    def configured(self, config: Config) -> Config:
        """The configuration with the thresholds that were asked for."""
        from scanner.rulebook.configuration import threshold

        changes: Mapping[str, Any] = {} if self.fail_on is None else {"fail_on": threshold(self.fail_on)}
        return dataclasses.replace(config, **changes, fail_on_unknown=self.fail_on_unknown or config.fail_on_unknown)

    def write(self, report: ScanReport, *, stream: TextIO, verbose: bool, seconds: float) -> None:
        """Writes every file, then stdout; raises `OutputError` afterwards where a file could not be written."""
        from scanner.reports import RenderOptions, render, write_report

        look = RenderOptions.for_stream(stream, verbose=verbose, seconds=seconds)
        failed: list[OutputError] = []
        for name, path in self.files:
            try:
                write_report(render(report, format=name, options=RenderOptions(verbose=True)), path)
            except OutputError as failure:  # the other reports are worth no less for it
                failed.append(failure)
        click.echo(render(report, format=self.format, options=look), nl=False, color=look.color)
        if failed:
            raise failed[0]


def _named(text: str) -> tuple[str, str]:
    name, separator, path = text.partition("=")
    if not separator or not name or not path:
        raise OutputError(f"--report {text!r} is not FORMAT=PATH", cure="write it like --report sarif=out.sarif")
    return name, path
