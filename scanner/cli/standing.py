"""Options about what is accepted and what was there before: waivers and a baseline."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from scanner.cli.state import Memory
from scanner.errors import UsageError
from scanner.model import Config, EarlierReport

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--waivers", "waiver_files", type=click.Path(path_type=Path), multiple=True, metavar="FILE",
                 help="Also accept what this file waives. Repeatable."),
    click.option("--strict-waivers", is_flag=True,
                 help="Exit with 1 when a waiver expired, matches nothing, or names no rule."),
    click.option("--baseline", type=click.Path(path_type=Path), default=None, metavar="FILE",
                 help="Tell what is new, unchanged or gone since this result (our JSON or SARIF)."),
    click.option("--new-only", is_flag=True,
                 help="With --baseline or --state: show and exit with 1 only for what is new, graver, or no longer waived."),
)  # fmt: skip


def standing_options(command: Command) -> Command:
    """Adds what is accepted, and what to compare with."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def read_standing(
    options: dict[str, Any], config: Config, *, memory: Memory | None = None
) -> tuple[Config, EarlierReport | None]:
    """Takes these options out of a command's keywords: the configuration with them on top, and the baseline, read.

    With a memory the baseline is the last complete run. Raises `ConfigError` for a waiver that cannot be, `ReportError`
    for a baseline that is none, `UsageError` for --new-only without one.
    """
    from scanner.pipeline import read_baseline
    from scanner.rulebook.waivers import read_waiver_file

    folder = memory.folder if memory is not None else None
    files, baseline = options.pop("waiver_files"), options.pop("baseline")
    strict, new_only = options.pop("strict_waivers"), options.pop("new_only")
    if baseline is not None and folder is not None:
        raise UsageError("--baseline and --state are two things to compare with", cure="choose one")
    if new_only and baseline is None and folder is None:
        raise UsageError("--new-only goes with --baseline or --state", cure="name what to compare with")
    waivers = [waiver for file in files for waiver in read_waiver_file(file)]
    changed = dataclasses.replace(
        config,
        waivers=(*config.waivers, *waivers),
        strict_waivers=strict or config.strict_waivers,
        new_only=new_only,
    )
    return changed, (memory.last if memory is not None else None) or read_baseline(baseline)
