"""Options that several commands share: what to scan, with which rules."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scanner.cli.completion import complete_rules
from scanner.cli.limits import LIMIT_OPTIONS, ending_well, take_budget
from scanner.cli.lock import lock_option
from scanner.cli.output import format_option, reports_option
from scanner.cli.talk import Talk, log_option
from scanner.errors import UsageError
from scanner.model import Config, Inventory, Severity

if TYPE_CHECKING:
    from scanner.collect.access import Access

Command = TypeVar("Command", bound=Callable[..., Any])

_ACCOUNT = re.compile("[0-9]{12}")
_USUAL_DAYS = 7

THRESHOLDS = (*(level.value for level in Severity), "never")


@dataclasses.dataclass(frozen=True)
class Target:
    """What the target options said."""

    demo: bool
    snapshot: tuple[Path, ...]
    describe: tuple[Path, ...]
    account: str
    access: Access
    quiet: bool
    verbose: bool
    lookup_events: int = 0

    @property
    def is_live(self) -> bool:
        """Whether AWS is asked."""
        return not (self.demo or self.snapshot or self.describe)


_TARGET_OPTIONS = (
    click.option("--demo", is_flag=True, help="Scan a mocked account with a demo estate; needs no AWS account."),
    click.option("--snapshot", "snapshots", type=click.Path(path_type=Path), multiple=True, metavar="FILE",
                 help="Scan what `bastionless snapshot` wrote. Repeatable."),
    click.option("--describe", "describes", type=click.Path(path_type=Path), multiple=True, metavar="DIR",
                 help="Scan raw `aws … describe-*` outputs: a folder per Region, any file names. Repeatable."),
    click.option("--account", default="", metavar="ID", help="With --describe: the account, where no file tells it."),
    click.option("--region", "regions", multiple=True, metavar="REGION",
                 help="Scan this Region only. Repeatable; default: all enabled Regions."),
    click.option("--profile", default="", metavar="NAME", help="The profile of your AWS configuration to use."),
    click.option("--role-arn", multiple=True, metavar="ARN",
                 help="Assume this role first. `scan` takes several: one for each account to scan."),
    click.option("--external-id", default="", metavar="ID", help="The external id the role asks for."),
    click.option("--role-session-name", default="", metavar="NAME", help="Shown in CloudTrail [default: bastionless]."),
    click.option("--endpoint-url", default="", metavar="URL", help="Ask this endpoint instead of AWS's (also AWS_ENDPOINT_URL)."),
    *LIMIT_OPTIONS,
    click.option("-q", "--quiet", is_flag=True, help="No progress; only results and errors."),
    click.option("-v", "--verbose", is_flag=True, help="Tell more: every gap, every resource of a long list."),
    log_option,
)  # fmt: skip

_HISTORY_OPTIONS = (
    click.option("--lookup-events", is_flag=True,
                 help="Also read CloudTrail's event history: who opened tunnels and pushed keys, and who was refused."),
    click.option("--days", type=click.IntRange(1, 90), default=None, metavar="N",
                 help="With --lookup-events: how many days to look back, 90 at most [default: 7]."),
    lock_option,
)  # fmt: skip

_RULE_OPTIONS = (
    click.option("--select", multiple=True, metavar="ID,…", shell_complete=complete_rules, help="Only these rules or families (NET001, EIC). Repeatable."),
    click.option("--ignore", multiple=True, metavar="ID,…", shell_complete=complete_rules, help="Without these rules or families. Repeatable."),
    click.option("--rules", "folders", multiple=True, metavar="DIR",
                 help="Also load the cards of this folder. Their Python runs: use folders you trust. Repeatable."),
    click.option("--config", type=click.Path(path_type=Path), default=None, metavar="FILE",
                 help="The configuration [default: the nearest bastionless.yaml upwards]."),
)  # fmt: skip

_REPORT_OPTIONS = (
    format_option,
    reports_option,
    click.option("--fail-on", type=click.Choice(THRESHOLDS), default=None,
                 help="Exit with 1 from this severity on [default: low]."),
    click.option("--fail-on-unknown", is_flag=True, help="Exit with 3 when anything stayed unknown."),
    click.option("--include-pass", is_flag=True, help="Also report what passed and what did not apply."),
)  # fmt: skip


def target_options(command: Command) -> Command:
    """Adds what to scan and as whom."""
    for option in reversed(_TARGET_OPTIONS):
        command = option(command)
    return command


def history_options(command: Command) -> Command:
    """Adds what belongs to a run over a whole account: the event history, and the lock against a second run."""
    for option in reversed(_HISTORY_OPTIONS):
        command = option(command)
    return command


def rule_options(command: Command) -> Command:
    """Adds which rules, and from where."""
    for option in reversed(_RULE_OPTIONS):
        command = option(command)
    return command


def report_options(command: Command) -> Command:
    """Adds where the answers go, and from when on they fail the command."""
    for option in reversed(_REPORT_OPTIONS):
        command = option(command)
    return command


def read_target(options: dict[str, Any], config: Config) -> Target:
    """Takes the target options out of a command's keywords; raises `UsageError` for two kinds of target at once."""
    from scanner.collect.access import Access
    from scanner.model.member import ROLE_ARN

    roles = options.pop("role_arn")
    if len(roles) > 1:
        raise UsageError(
            "--role-arn comes twice, and this is about one account", cure="`bastionless scan` takes several"
        )
    access = Access(
        profile=options.pop("profile"),
        role_arn="".join(roles) or config.role_arn,
        external_id=options.pop("external_id") or config.external_id,
        role_session_name=options.pop("role_session_name") or config.role_session_name,
        endpoint_url=options.pop("endpoint_url"),
        budget=take_budget(options, config),
    )
    target = Target(
        demo=options.pop("demo"),
        snapshot=options.pop("snapshots"),
        describe=options.pop("describes"),
        account=options.pop("account"),
        access=access,
        quiet=options.pop("quiet"),
        verbose=options.pop("verbose"),
        lookup_events=_days(lookup=options.pop("lookup_events", False), days=options.pop("days", None)),
    )
    stored = bool(target.snapshot or target.describe)
    if access.role_arn and not ROLE_ARN.fullmatch(access.role_arn):
        cure = "write it like arn:aws:iam::111122223333:role/audit"
        raise UsageError(f"--role-arn {access.role_arn!r} is no ARN of a role", cure=cure)
    if target.account and not _ACCOUNT.fullmatch(target.account):
        raise UsageError(f"--account {target.account!r} is no account id", cure="it has 12 digits, as in 111122223333")
    if access.external_id and not access.role_arn:
        raise UsageError("--external-id goes with --role-arn", cure="name the role, or leave it out")
    if target.demo and stored:
        raise UsageError("--demo goes with neither --snapshot nor --describe", cure="choose one thing to scan")
    if (target.demo or stored) and (access.profile or access.endpoint_url):
        raise UsageError("--profile and --endpoint-url are for live accounts", cure="leave them out")
    return target


def read_config(options: dict[str, Any]) -> Config:
    """Takes the rule options and the Regions out of a command's keywords and lays them over the configuration file."""
    from scanner.pipeline import configure
    from scanner.rulebook.configuration import find_config

    file = options.pop("config") or find_config(Path.cwd())
    select, ignore = _words(options.pop("select")), _words(options.pop("ignore"))
    config = configure(
        file, select=select or None, rules=options.pop("folders"), regions=options.pop("regions", ()) or None
    )
    return dataclasses.replace(config, ignore=(*config.ignore, *ignore))


def read_inventories(target: Target, kinds: frozenset[str], config: Config) -> tuple[Inventory, ...]:
    """The inventories of whatever the options name: the demo or the live account with these kinds, or stored ones."""
    from scanner import pipeline
    from scanner.collect.describe import read_describe_folder

    if target.snapshot or target.describe:
        stored = [one for path in target.snapshot for one in pipeline.load_snapshot(path)]
        stored += [one for path in target.describe for one in read_describe_folder(path, account=target.account)]
        if target.lookup_events and not any(one.history_since for one in stored):
            cure = "take the snapshot with --lookup-events; what is stored is reported without the option"
            raise UsageError("there is no event history in what is stored", place="--lookup-events", cure=cure)
        return _only(stored, config)
    progress = Talk.heard().progress(quiet=target.quiet)
    if target.demo:
        # Regions of a configuration are the account's: the demo takes the first of them and asks no more.
        if len(set(config.regions)) > 1 and not config.place("regions"):
            asked = ", ".join(dict.fromkeys(config.regions))
            raise UsageError(f"--region: the demo lives in one Region, not in {asked}", cure="name one of them")
        return pipeline.collect_demo(kinds, config, progress=progress, lookup_events=target.lookup_events)
    with ending_well(target.access.budget):
        return pipeline.collect(
            kinds, config, access=target.access, progress=progress, lookup_events=target.lookup_events
        )


def _days(*, lookup: bool, days: int | None) -> int:
    """How many days of event history are asked for; raises `UsageError` for days of nothing."""
    if days is not None and not lookup:
        raise UsageError("--days goes with --lookup-events", cure="add it, or leave the days out")
    return (days or _USUAL_DAYS) if lookup else 0


def _only(inventories: list[Inventory], config: Config) -> tuple[Inventory, ...]:
    """The inventories of the Regions that were asked for; raises `UsageError` for a Region that is not stored."""
    from scanner.errors import did_you_mean

    stored = {inventory.region for inventory in inventories}
    for region in config.regions:
        if region not in stored:
            place = config.place("regions") or "--region"
            raise UsageError(
                f"the Region {region!r} is not stored there", place=place, cure=did_you_mean(region, stored)
            )
    return tuple(
        one for one in inventories if not config.regions or one.region in config.regions or one.region == "global"
    )


def _words(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())
