"""`bastionless snapshot`: what a scan would read, in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from scanner.cli.options import (
    history_options,
    read_config,
    read_inventories,
    read_target,
    rule_options,
    target_options,
)
from scanner.cli.talk import Talk


@click.command(
    short_help="Collect what a scan would read into one file.",
    epilog="Example: `bastionless snapshot -o account.json.gz`, later `bastionless scan --snapshot account.json.gz`.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="Where to write it; a name that ends in .gz is compressed.",
)
@target_options
@history_options
@rule_options
def snapshot(*, output: Path, **options: Any) -> int:
    """Collect what the rules read, with every refusal, into one file that can be scanned later and elsewhere.

    The file keeps the shapes of AWS's own Describe answers, so other tools can read it too.
    """
    from scanner import pipeline
    from scanner.collect.snapshot import write_snapshot
    from scanner.reports import ensure_writable

    ensure_writable(output)
    config = read_config(options)
    target = read_target(options, config)
    inventories = read_inventories(target, pipeline.kinds_read(pipeline.choose_rules(config)), config)
    write_snapshot(inventories, output)
    if not target.quiet:
        regions = sum(1 for inventory in inventories if inventory.region != "global")
        gaps = sum(len(inventory.gaps) for inventory in inventories)
        told = f"{output}: {regions} Regions, {gaps} gaps"
        Talk.heard().remark("written", told, path=str(output), regions=regions, gaps=gaps)
    return 3 if any(one.failed or one.is_cut_short for one in inventories) else 0
