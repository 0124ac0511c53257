"""Lines for what is scanned: where its templates are, and which folder keeps its inventory files."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from scanner.cli.output import tell
from scanner.errors import UsageError
from scanner.model import Inventory, ScanReport

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--iac", type=click.Path(path_type=Path), default=None, metavar="DIR",
                 help="Find the line of each resource in this folder: CloudFormation, cdk.out, Terraform with state or plan."),
    click.option("--inventory", type=click.Path(path_type=Path), default=None, metavar="DIR",
                 help="Keep a file with a line for each resource in this folder; commit it, and alerts stand on its lines."),
)  # fmt: skip


def place_options(command: Command) -> Command:
    """Adds where the lines of resources are."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def check_folders(iac: Path | None, inventory: Path | None) -> None:
    """Raises `UsageError` for what could not be read or written later: better told before the scan than after."""
    if iac is not None and not iac.is_dir():
        raise UsageError(f"--iac: {str(iac)!r} is no folder", cure="name the folder of your templates and .tf files")
    if inventory is not None and inventory.exists() and not inventory.is_dir():
        raise UsageError(f"--inventory: {str(inventory)!r} is no folder", cure="name a folder; it is made if need be")


def on_lines(
    report: ScanReport, inventories: Sequence[Inventory], *, iac: Path | None, inventory: Path | None
) -> ScanReport:
    """The report with lines; what goes wrong with them is told, and costs no more than the lines."""
    from scanner import pipeline

    if iac is None and inventory is None:
        return report
    try:
        for file in pipeline.update_inventory(inventories, inventory) if inventory is not None else ():
            tell(f"{file} has changed: commit it, so that alerts stand on its lines")
    except UsageError as failure:
        tell(str(failure))
    try:
        folder = inventory if inventory is not None and inventory.is_dir() else None
        repository = os.environ.get("GITHUB_REPOSITORY", "")
        return pipeline.locate(report, inventories, iac=iac, inventory=folder, repository=repository)
    except UsageError as failure:
        tell(str(failure))
        return report
