"""`bastionless gate`: rules over templates and plans, before anything of them exists."""

from __future__ import annotations

import dataclasses
import sys
import time
from typing import TYPE_CHECKING, Any

import click

from scanner.cli.options import read_config, report_options, rule_options
from scanner.cli.standing import read_standing, standing_options
from scanner.cli.talk import Talk, log_option
from scanner.errors import UsageError
from scanner.model import Config

if TYPE_CHECKING:
    from scanner.collect.access import Access


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
@click.option(
    "--against",
    default="",
    metavar="SNAPSHOT|live",
    help="Lay the change over an account: what `bastionless snapshot` wrote, or live. Only what it adds fails the gate.",
)
@click.option("--all", "everything", is_flag=True, help="With --against: what was wrong before fails the gate, too.")
@click.option("--profile", default="", metavar="NAME", help="With --against live: the profile to use.")
@click.option("--role-arn", default="", metavar="ARN", help="With --against live: assume this role first.")
@click.option("--external-id", default="", metavar="ID", help="The external id the role asks for.")
@click.option("--role-session-name", default="", metavar="NAME", help="Shown in CloudTrail [default: bastionless].")
@click.option(
    "--endpoint-url", default="", metavar="URL", help="With --against live: ask this endpoint instead of AWS's."
)
@click.option("-q", "--quiet", is_flag=True, help="With --against live: no progress.")
@click.option("-v", "--verbose", is_flag=True, help="Tell more: every gap, every resource of a long list.")
@log_option
@rule_options
@standing_options
@report_options
def gate(*, paths: tuple[str, ...], verbose: bool, quiet: bool, **options: Any) -> int:
    """Judge templates and plans before they are deployed.

    PATH is a file, a folder (searched for templates), a pattern, or - for stdin: CloudFormation in YAML or JSON, CDK's
    cdk.out, a change set beside its template, or Terraform's plan (`terraform show -json`). Several files are one
    world. Nothing is deployed, fetched or run.

    With --against the account is judged as it will be after the change, and as it is: findings are new, unchanged or closed.
    """
    from scanner import pipeline
    from scanner.cli.reporting import Reports

    started = time.monotonic()
    reports = Reports.prepared(options)
    region = options.pop("region")
    config, baseline = read_standing(options, reports.configured(read_config(options)))
    if region:
        config = dataclasses.replace(config, regions=(region,))
    against, access = _account(options, config)
    if against and baseline is not None:
        raise UsageError("a change is compared with an account or with a baseline", cure="leave --baseline out")
    config = dataclasses.replace(config, new_only=config.new_only or (bool(against) and not options["everything"]))
    report = pipeline.gate(
        paths,
        parameters=options["parameters"],
        include_pass=reports.include_pass,
        config=config,
        stack_name=options["stack_name"],
        account=options["account"],
        dialect=options["dialect"] or "",
        against=against or None,
        baseline=baseline,
        access=access,
        progress=Talk.heard().progress(quiet=quiet) if against == "live" else None,
    )
    reports.write(report, stream=sys.stdout, verbose=verbose, seconds=time.monotonic() - started)
    return pipeline.exit_code(report, config)


def _account(options: dict[str, Any], config: Config) -> tuple[str, Access | None]:
    """What the change is laid over, and as whom to ask; raises `UsageError` for options that are about nothing."""
    against = options["against"]
    names = ("profile", "role_arn", "external_id", "role_session_name", "endpoint_url")
    told = {name: options[name] for name in names}
    if options["everything"] and not against:
        raise UsageError("--all goes with --against", cure="without it everything that is planned counts already")
    if against != "live":
        if any(told.values()):
            option = next(name for name in names if told[name]).replace("_", "-")
            raise UsageError(f"--{option} goes with --against live", cure="leave it out")
        return against, None
    from scanner.collect.access import Access
    from scanner.collect.budget import Budget

    for name in ("role_arn", "external_id", "role_session_name"):
        told[name] = told[name] or getattr(config, name)
    return against, Access(**told, budget=Budget.of(config))
