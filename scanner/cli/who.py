"""`bastionless who`: who can log in, through which doors, to what."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from scanner.cli.options import read_config, read_inventories, read_target, target_options
from scanner.errors import EXIT_CLEAN, EXIT_INCOMPLETE


@click.command(
    epilog="Examples: `bastionless who --demo`; `bastionless who --target i-0abc…`; `bastionless who --target web "
    "--principal role/ops`; `bastionless who --action ssm:StartSession --format json`. "
    "Exit codes: 0 answered, be it nobody; 2 the question makes no sense; 3 something stayed unknown."
)
@click.option(
    "--action",
    default="ec2-instance-connect:OpenTunnel",
    metavar="ACTION",
    help="What is to be done [default: ec2-instance-connect:OpenTunnel].",
)
@click.option(
    "--target",
    "at",
    default="",
    metavar="TARGET",
    help="Only this: an instance (i-…, mi-…, or its Name tag) or an endpoint (eice-…).",
)
@click.option(
    "--principal",
    "principals",
    multiple=True,
    metavar="NAME",
    help="Only this one: role/ops, user/ada or an ARN. Repeatable.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(("table", "json")),
    default="table",
    help="What goes to stdout [default: table].",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    default=None,
    metavar="FILE",
    help="The configuration, for its Regions and role [default: the nearest bastionless.yaml upwards].",
)
@target_options
def who(*, action: str, at: str, principals: tuple[str, ...], format_: str, **options: Any) -> int:
    """Tell who can log in to which instances, and what that takes.

    A principal can open a tunnel where its policies let it use an EC2 Instance Connect Endpoint and the endpoint reaches
    an instance; whether it may push an SSH key, and as which OS user, is told with it. The serial console and Session
    Manager are told as the other doors. Of any action but the four that log people in, the policies alone are asked.
    """
    from scanner import pipeline
    from scanner.reports import RenderOptions
    from scanner.reports.logins import who_as_json, who_for_people

    kinds = pipeline.who_kinds(action)
    config = read_config({**options, "select": (), "ignore": (), "folders": ()})
    del options["config"], options["regions"]
    wanted = read_target(options, config)
    inventories = read_inventories(wanted, kinds, config)
    found = pipeline.who(inventories, action, target=at or None, principals=principals)
    look = RenderOptions.for_stream(sys.stdout, verbose=wanted.verbose)
    text = who_as_json(found) if format_ == "json" else who_for_people(found, options=look)
    click.echo(text, nl=False, color=look.color)
    return EXIT_CLEAN if found.is_whole else EXIT_INCOMPLETE
