"""Reports: one function per format turns a ScanReport into text, and this table names them all."""

# ruff: noqa: PLC0415 - what only a mistake needs is loaded with it

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol, cast

from scanner.errors import OutputError
from scanner.model import ScanReport
from scanner.reports.options import RenderOptions
from scanner.reports.write import ensure_writable, write_aside, write_report

__all__ = [
    "FORMATS",
    "Format",
    "RenderOptions",
    "Renderer",
    "ensure_writable",
    "format_named",
    "render",
    "write_aside",
    "write_report",
]


class Renderer(Protocol):
    """What a format's module offers as `render`; the same report and options give the same text."""

    def __call__(self, report: ScanReport, *, options: RenderOptions) -> str:
        """The whole report as text that ends in a newline."""


@dataclass(frozen=True, slots=True)
class Format:
    """A row of the table: the module in this package that has `render`, and what the format is for."""

    module: str
    summary: str

    def load(self) -> Renderer:
        """The format's render function; its module, and what that needs, is imported only now."""
        return cast(Renderer, importlib.import_module(f"{__name__}.{self.module}").render)


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "terminal": Format("terminal", "for reading: grouped by severity and rule, plain text in a pipe"),
        "json": Format("native_json", "for programs: every answer, versioned, described by a JSON Schema"),
        "sarif": Format("sarif", "for GitHub code scanning: failures only, within its limits"),
        "sarif-full": Format("sarif_full", "for other viewers of SARIF 2.1.0: every answer, frameworks, proofs"),
        "markdown": Format("markdown", "for the summary of a job: worst first, less than 1 MiB"),
        "markdown-comment": Format(
            "markdown_comment", "for a comment of a pull request: the same in 65,536 characters"
        ),
        "junit": Format("junit", "for test reports: a suite for each rule, a case for each resource"),
        "jsonl": Format("json_lines", "for log pipelines: one answer a line"),
        "csv": Format("spreadsheet", "for spreadsheets: one answer a row, nothing in it is a formula"),
        "gitlab": Format("gitlab", "for GitLab's Code Quality"),
        "github": Format("annotations", "for the log of a GitHub job: annotations within their limits"),
    }
)


def render(
    report: ScanReport,
    *,
    format: str,  # noqa: A002 - the option's name
    options: RenderOptions | None = None,
) -> str:
    """The report in one of `FORMATS`; raises `OutputError` for a format that does not exist."""
    return format_named(format).load()(report, options=options or RenderOptions())


def format_named(name: str) -> Format:
    """The row of a format; raises `OutputError`, with the nearest name, where there is none."""
    found = FORMATS.get(name)
    if found is None:
        raise _unknown_format(name)
    return found


def _unknown_format(name: str) -> OutputError:
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), FORMATS, n=1)
    guess = f"did you mean {near[0]!r}? The" if near else "the"
    return OutputError(f"there is no report format {name!r}", cure=f"{guess} formats are {', '.join(FORMATS)}")
