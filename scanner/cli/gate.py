"""`bastionless gate`: rules over templates and plans, before anything of them exists."""

from __future__ import annotations

import dataclasses
import sys
import time
from typing import Any

import click

from scanner.cli.options import read_config, report_options, rule_options


@click.command(
    epilog="Examples: `bastionless gate template.yaml`; `bastionless gate cdk.out --report sarif=out.sarif`; "
    "`bastionless gate infra/ --parameters prod.json --parameters CreateSsh=No`; `cdk synth | bastionless gate -`."
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option(
    "--parameters",
    multiple=True,
    metavar="FILE|NAME=VALUE",
    help="Values of parameters, as `aws cloudformation` or CodePipeline takes them. Repeatable.",
)
@click.option("--stack-name", default="", metavar="NAME", help="What the stack is called [default: as its file].")
@click.option("--region", default="", metavar="REGION", help="Where it is going to be deployed [default: us-east-1].")
@click.option("--account", default="", metavar="ID", help="The account it is going to be deployed to.")
@click.option(
    "--type",
    "dialect",
    type=click.Choice(["cloudformation", "terraform"]),
    default=None,
    help="Take every file for this [default: by what is in it].",
)
@click.option("-v", "--verbose", is_flag=True, help="Tell more: every gap, every resource of a long list.")
@rule_options
@report_options
def gate(*, paths: tuple[str, ...], verbose: bool, **options: Any) -> int:
    """Judge templates and plans before they are deployed.

    PATH is a file, a folder (searched for templates), a pattern, or - for stdin: CloudFormation in YAML or JSON, CDK's
    cdk.out, a change set beside its template, or Terraform's plan (`terraform show -json`). Several files are one
    world. Nothing is deployed, fetched or run.
    """
    from scanner import pipeline
    from scanner.cli.reporting import Reports

    started = time.monotonic()
    reports = Reports.prepared(options)
    region = options.pop("region")
    config = reports.configured(read_config(options))
    if region:
        config = dataclasses.replace(config, regions=(region,))
    report = pipeline.gate(
        paths,
        parameters=options["parameters"],
        include_pass=reports.include_pass,
        config=config,
        stack_name=options["stack_name"],
        account=options["account"],
        dialect=options["dialect"] or "",
    )
    reports.write(report, stream=sys.stdout, verbose=verbose, seconds=time.monotonic() - started)
    return pipeline.exit_code(report, config)
