"""`bastionless map`: the network as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from scanner.cli.options import read_config, read_inventories, read_target, rule_options, target_options
from scanner.cli.talk import Talk
from scanner.errors import EXIT_INCOMPLETE, OutputError, UsageError, did_you_mean
from scanner.model import GLOBAL


@click.command(
    "map",
    short_help="Draw the network, proved ways from the internet in red.",
    epilog="Example: `bastionless map --demo -o net.svg`; `bastionless map --vpc vpc-1 -o net.dot`.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE",
    help="Where to write it; the name ends in .svg or .dot. Several Regions give several files.",
)  # fmt: skip
@click.option("--vpc", "vpc_id", default="", metavar="ID", help="Only this VPC.")
@click.option("--plain", is_flag=True, help="Do not use Graphviz for the layout, even where it is installed.")
@target_options
@rule_options
def draw_map(*, output: Path, vpc_id: str, plain: bool, **options: Any) -> int:
    """Draw VPCs, subnets, gateways, endpoints and instances, with the proved ways from the internet in red.

    Graphviz does the layout of an .svg where it is installed; else a plain layout of our own does.
    """
    from scanner import pipeline
    from scanner.reports import ensure_writable, write_report

    if output.suffix not in (".svg", ".dot"):
        raise OutputError("a map ends in .svg or .dot", place=str(output), cure="name it like net.svg")
    ensure_writable(output)
    config = read_config(options)
    target = read_target(options, config)
    inventories = [one for one in read_inventories(target, pipeline.map_kinds(), config) if one.region != GLOBAL]
    known = {vpc.id for one in inventories for vpc in one.of("AWS::EC2::VPC")}
    if vpc_id and vpc_id not in known:
        raise UsageError(f"--vpc: there is no VPC {vpc_id!r}", cure=did_you_mean(vpc_id, known))
    shown = [one for one in inventories if not vpc_id or one.find("AWS::EC2::VPC", vpc_id)]
    for inventory in shown:
        path = output if len(shown) == 1 else output.with_stem(f"{output.stem}-{inventory.account}-{inventory.region}")
        write_report(pipeline.draw(inventory, vpc_id=vpc_id, format=output.suffix.lstrip("."), plain=plain), path)
        if not target.quiet:
            Talk.heard().remark("written", str(path), path=str(path))
    return EXIT_INCOMPLETE if any(one.is_cut_short for one in shown) else 0
