"""Several accounts in one scan: the options, and what they mean together with the configuration."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from scanner.cli.options import Target
from scanner.errors import UsageError
from scanner.model import Config

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--accounts", type=click.Path(path_type=Path), default=None, metavar="FILE",
                 help="Scan the accounts of this list, each in its role: YAML, or lines like `111122223333 audit`."),
    click.option("--run-dir", type=click.Path(path_type=Path), default=None, metavar="DIR",
                 help="Keep findings.jsonl and gaps.jsonl in this empty folder, written as they come."),
)  # fmt: skip


def account_options(command: Command) -> Command:
    """Adds which accounts, and where the run's lines go."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def read_accounts(options: dict[str, Any], config: Config, file: Path | None) -> Config:
    """The configuration with the accounts that were asked for; `--role-arn` and `--external-id` are taken, where there are several.

    Raises `UsageError` for two ways of naming accounts at once, and for accounts of something stored.
    """
    from scanner.pipeline import choose_accounts

    roles: tuple[str, ...] = options["role_arn"]
    if file is not None and roles:
        raise UsageError("--accounts names its own roles", place="--role-arn", cure="leave one of the two out")
    members = config.accounts
    if len(roles) > 1:
        members = choose_accounts(roles)
    elif (
        roles or options["demo"] or options["snapshots"] or options["describes"]
    ):  # what is said counts more than the file
        if file is not None:
            raise UsageError("--accounts is for live accounts", cure="leave it out")
        members = ()
    elif file is not None:
        members = choose_accounts(file)
    if not members:
        return dataclasses.replace(config, accounts=())
    external = options["external_id"] or config.external_id
    options.update(role_arn=(), external_id="")
    members = tuple(dataclasses.replace(one, external_id=one.external_id or external) for one in members)
    return dataclasses.replace(config, accounts=members, role_arn="", external_id="")


def check_units(target: Target, config: Config, run_dir: Path | None, *, has_lines: bool) -> None:
    """Raises `UsageError` where whole inventories are asked for and Regions are to be let go one by one."""
    if config.accounts and has_lines:
        raise UsageError("--iac and --inventory go with one account", cure="scan the accounts one by one for lines")
    if run_dir is not None and (has_lines or not target.is_live):
        raise UsageError("--run-dir is for live accounts, without --iac and --inventory", cure="leave it out")
