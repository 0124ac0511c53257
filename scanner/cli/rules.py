"""`bastionless rules`: look at the rules, try your own, start a new one."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import click

from scanner.cli.completion import complete_rules
from scanner.cli.options import read_config, rule_options


@click.group()
def rules() -> None:
    """Look at the rules, try your own, start a new one."""


@rules.command("list")
@rule_options
@click.option("--format", "format_", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True)
def list_rules(*, format_: str, **options: Any) -> int:
    """List the rules of a scan: id, severity, what they are about, title."""
    from scanner.author.show import as_facts, as_table
    from scanner.pipeline import choose_rules

    found = choose_rules(read_config(options))
    if format_ == "json":
        click.echo(json.dumps([as_facts(rule) for rule in found], indent=2))
    else:
        click.echo(as_table(found))
    return 0


@rules.command("show")
@click.argument("rule_id", shell_complete=complete_rules)
@rule_options
@click.option("--format", "format_", type=click.Choice(["terminal", "json"]), default="terminal", show_default=True)
def show_rule(*, rule_id: str, format_: str, **options: Any) -> int:
    """Show one rule: what it tests, why it matters, how to mend it, its settings and an example."""
    from scanner.author.show import as_facts, as_page
    from scanner.pipeline import choose_rules

    # A rule that the configuration ignores is shown too.
    config = dataclasses.replace(read_config({**options, "select": (rule_id,)}), ignore=())
    found = choose_rules(config)
    if format_ == "json":
        click.echo(json.dumps([as_facts(rule) for rule in found], indent=2))
    else:
        click.echo("\n".join(as_page(rule) for rule in found))
    return 0


@rules.command("test")
@click.argument("folder", type=click.Path(path_type=Path))
def test_rules(*, folder: Path) -> int:
    """Play the worlds on the cards of FOLDER (or on one card) and say where a rule does not do what its card promises."""
    from scanner.author.trial import try_cards

    lines, failed = try_cards(folder)
    click.echo("\n".join(lines))
    return 1 if failed else 0


@rules.command("new")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--about", default="AWS::EC2::SecurityGroup", show_default=True, metavar="KIND", help="What the rule is about."
)
@click.option("--id", "rule_id", default="ACME001", show_default=True, metavar="ID", help="The rule's id.")
@click.option("--python", is_flag=True, help="With a Python file beside the card.")
def new_rule(*, path: Path, about: str, rule_id: str, python: bool) -> int:
    """Start a card at PATH (my-rules/open_door.yaml) that already passes `bastionless rules test`."""
    from scanner.author.scaffold import start_card

    for written in start_card(path, about=about, rule_id=rule_id, python=python):
        click.echo(str(written))
    return 0


@rules.command("schema")
@click.argument("what", type=click.Choice(["card", "config", "report"]), default="card")
def schema(*, what: str) -> int:
    """Print the JSON Schema of a rule card, of bastionless.yaml, or of the JSON report."""
    from scanner.author.schemas import schema_named

    click.echo(json.dumps(schema_named(what), indent=2))
    return 0


@rules.command("permissions")
@rule_options
def permissions(**options: Any) -> int:
    """Print the least IAM policy that the selected rules need, as seen from what they read."""
    from scanner.author.permissions import policy_of
    from scanner.pipeline import choose_rules

    click.echo(json.dumps(policy_of(choose_rules(read_config(options))), indent=2))
    return 0
