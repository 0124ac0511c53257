"""`bastionless explain`: whether one end of the network reaches another, and the rules that say so."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from scanner.cli.options import read_config, read_inventories, read_target, target_options
from scanner.errors import EXIT_CLEAN, EXIT_INCOMPLETE

_SERVICE_PORT = 443
_ADMIN_PORT = 22


@click.command(
    short_help="Prove whether one end of the network reaches another.",
    epilog="Examples: `bastionless explain internet i-0abc…`; `bastionless explain eice-0abc… i-0abc…`; "
    "`bastionless explain i-0abc… vpce-0abc…`; `bastionless explain i-0abc… internet --port 443`. "
    "Exit codes: 0 answered, 2 the question makes no sense, 3 unknown.",
)
@click.argument("source")
@click.argument("target")
@click.option(
    "--port",
    type=int,
    default=None,
    metavar="N",
    help="The target's port [default: 22; for vpce-… 443].",
)
@click.option("--protocol", type=click.Choice(("tcp", "udp")), default="tcp", help="[default: tcp]")
@click.option(
    "--format",
    "format_",
    type=click.Choice(("terminal", "json")),
    default="terminal",
    help="What goes to stdout [default: terminal].",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    default=None,
    metavar="FILE",
    help="The configuration, for its Regions and role [default: the nearest bastionless.yaml upwards].",
)
@target_options
def explain(*, source: str, target: str, port: int | None, protocol: str, format_: str, **options: Any) -> int:
    """Prove whether SOURCE reaches TARGET through the network, hop by hop, there and back.

    SOURCE and TARGET are `internet`, an address, a CIDR block, or an id: i-…, eni-…, eice-… (as SOURCE), vpce-… (an
    interface endpoint, as TARGET), or a load balancer's name or ARN (as TARGET). From the internet the ways through load
    balancers and accelerators count too; the port is always the target's own. The cuts are the rules of which each alone closes the way when it is taken away.
    """
    from scanner import pipeline
    from scanner.network.ends import check
    from scanner.reports import RenderOptions
    from scanner.reports.explanation import reach_as_json, reach_for_people

    chosen = port if port is not None else _SERVICE_PORT if target.startswith("vpce-") else _ADMIN_PORT
    check(source, target, protocol=protocol, port=chosen)
    config = read_config({**options, "select": (), "ignore": (), "folders": ()})
    del options["config"], options["regions"]
    wanted = read_target(options, config)
    inventories = read_inventories(wanted, pipeline.reach_kinds(source, target), config)
    found = pipeline.reach(inventories, source, target, protocol=protocol, port=chosen)
    look = RenderOptions.for_stream(sys.stdout)
    text = reach_as_json(found) if format_ == "json" else reach_for_people(found, options=look)
    click.echo(text, nl=False, color=look.color)
    return EXIT_INCOMPLETE if found.verdict.value == "unknown" else EXIT_CLEAN
