"""What templates and plans are about to make, judged before it is made."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.aws.partitions import partition_of
from scanner.errors import UsageError
from scanner.model import GLOBAL, Config, EarlierReport, Finding, Inventory, Rule, ScanReport
from scanner.model.progress import Progress
from scanner.pipeline import clock
from scanner.pipeline.collection import access_of, collect, load_snapshot
from scanner.pipeline.judgement import judge
from scanner.pipeline.request import choose_rules, configure, kinds_read
from scanner.pipeline.standing import read_baseline, settle
from scanner.version import __version__

if TYPE_CHECKING:
    from boto3 import Session

    from scanner.collect.access import Access
    from scanner.errors import TemplateError
    from scanner.gate.dialects import Asked
    from scanner.gate.planned import Plan

PLAN_REGION = "us-east-1"
PLAN_ACCOUNT = "000000000000"
"""Where a template goes when nobody says it: rules compare these with themselves only."""

ACCOUNT_DIGITS = 12


def gate(
    paths: str | Path | Iterable[str | Path],
    *,
    parameters: Mapping[str, Any] | Iterable[str] | str | None = None,
    select: Iterable[str] | None = None,
    rules: Iterable[str | Path] = (),
    include_pass: bool = False,
    config: Config | str | Path | None = None,
    stack_name: str = "",
    region: str = "",
    account: str = "",
    dialect: str = "",
    against: str | Path | Inventory | Iterable[Inventory] | None = None,
    session: Session | None = None,
    access: Access | None = None,
    progress: Progress | None = None,
    baseline: str | Path | EarlierReport | None = None,
    today: date | None = None,
) -> ScanReport:
    """The report of the rules over what templates and plans are about to make; opens nothing but these files.

    With `against` it is the report of the whole account as it will be, and says of each finding whether the change adds it
    (`Finding.change`, `ScanReport.regressions`) and what the change closes (`ScanReport.comparison`).

    Args:
        paths: Files, folders, patterns, or "-" for stdin.
        parameters: Values by name; or NAME=VALUE and names of parameter files, as `aws cloudformation` takes them.
        select: Rule ids or families, as in `scan`.
        rules: Folders with cards of your own, beside the built-in ones.
        include_pass: Also return *pass* and *not-applicable*.
        config: A `Config`, or the path of a bastionless.yaml.
        stack_name: What the stack is called; by default as its file.
        region: Where it goes [default: us-east-1]; what a CDK assembly says of itself counts more, as does `account`.
        account: Twelve digits.
        dialect: Take every file for this: "cloudformation" or "terraform".
        against: What the change is laid over: the path of a snapshot, inventories, or "live" for the account itself.
        session: With "live", where to look.
        access: With "live" and no session, as whom to look.
        progress: With "live", who watches.
        baseline: An earlier result of these templates, as in `scan`; not together with `against`.
        today: The day by which waivers expire; None: the day the facts were collected.

    Raises `UsageError` where a path, a rule, a card or a setting does not exist. A file that cannot be read becomes a
    failed target of the report, and the others are judged.
    """
    from scanner.gate.dialects import plan_all
    from scanner.gate.inline import inline_waivers
    from scanner.gate.sources import gather

    wanted = configure(config, select=select, rules=rules, regions=(region,) if region else None)
    chosen = choose_rules(wanted)
    earlier = read_baseline(baseline)
    if account and not (len(account) == ACCOUNT_DIGITS and account.isdecimal()):
        raise UsageError(f"{account!r} is no account", place="--account", cure="an account id has twelve digits")
    before: tuple[Inventory, ...] | None = None
    if against is not None:
        before = _existing(against, chosen, wanted, session=session, access=access, progress=progress)
    asked = _asked(before, wanted, account=account, stack_name=stack_name, parameters=parameters)
    pile = gather((paths,) if isinstance(paths, (str, Path)) else tuple(paths))
    plans, failures = plan_all(pile, asked, forced=dialect)
    if not plans and not failures:
        raise UsageError(
            "there is no template and no plan", place=_first(paths), cure="name a file, or a folder with some"
        )
    change = _Change(plans, failures, asked, chosen, include_pass=include_pass)
    name = str(against) if isinstance(against, (str, Path)) else "the account before"
    report = change.over(before, name=name) if before else change.alone()
    inline = inline_waivers(plans, asked)
    return settle(_on_lines_of_here(report), wanted, baseline=earlier, today=today, inline=inline, is_change=True)


def _asked(
    before: Sequence[Inventory] | None,
    config: Config,
    *,
    account: str,
    stack_name: str,
    parameters: Mapping[str, Any] | Iterable[str] | str | None,
) -> Asked:
    """What was asked besides the files; over an account, its own id and Region are where the change goes."""
    from scanner.gate.dialects import Asked
    from scanner.gate.overlay import place_of
    from scanner.gate.parameters import read_parameters
    from scanner.gate.stacks import Stacks

    region = config.regions[0] if config.regions else ""
    if before is not None:
        account, region = place_of(before, account=account, region=region)
    places = ((account, region), (account, GLOBAL))
    existing = Stacks(one for one in before or () if (one.account, one.region) in places)
    region = region or PLAN_REGION
    told = read_parameters(parameters)
    return Asked(account or PLAN_ACCOUNT, region, partition_of(region), stack_name, told, existing)


@dataclass(frozen=True)
class _Change:
    """What templates and plans are about to make, judged by itself or laid over an account."""

    plans: Sequence[Plan]
    failures: Sequence[TemplateError]
    asked: Asked
    rules: Sequence[Rule]
    include_pass: bool

    def alone(self) -> ScanReport:
        """The report of nothing but the change."""
        from scanner.gate.report import report_of

        return report_of(
            self.plans,
            self.failures,
            self.asked,
            lambda inventory, rules: _answers((inventory,), rules),
            include_pass=self.include_pass,
            now=clock.now(),
            rules=self.rules,
            tool_version=__version__,
        )

    def over(self, before: Sequence[Inventory], *, name: str) -> ScanReport:
        """The report of the account as it will be; `name` is what the account is called."""
        from scanner.gate.against import compare

        return compare(
            self.plans,
            self.failures,
            self.asked,
            lambda inventories: _answers(inventories, self.rules),
            before,
            name=name,
            include_pass=self.include_pass,
            rules=self.rules,
            tool_version=__version__,
        )


def _answers(inventories: Sequence[Inventory], rules: Sequence[Rule]) -> Sequence[Finding]:
    return judge(inventories, rules, include_pass=True).findings


def _existing(
    against: str | Path | Inventory | Iterable[Inventory],
    rules: Sequence[Rule],
    config: Config,
    *,
    session: Session | None,
    access: Access | None,
    progress: Progress | None,
) -> tuple[Inventory, ...]:
    """What a change is laid over; of a live account the one Region that it goes to, and what has no Region."""
    if isinstance(against, Inventory):
        return (against,)
    if not isinstance(against, (str, Path)):
        return tuple(against)
    if str(against) != "live":
        return load_snapshot(against)
    from scanner.collect.access import open_session

    wanted = access or access_of(config)
    asker = session or open_session(wanted, config.regions)
    region = config.regions[0] if config.regions else asker.region_name
    if not region:
        raise UsageError("nobody says to which Region the change goes", place="--against", cure="name it with --region")
    here = dataclasses.replace(config, regions=(region,))
    return collect(kinds_read(rules), here, session=asker, access=wanted, progress=progress)


def _on_lines_of_here(report: ScanReport) -> ScanReport:
    """A gate's report with what GitHub makes of its lines, and with the controls that the rules answer."""
    from scanner.places.checkout import Checkout
    from scanner.places.ladder import with_line_hashes
    from scanner.rulebook.frameworks import load_frameworks

    here = Path.cwd()
    return with_line_hashes(dataclasses.replace(report, frameworks=load_frameworks()), [Checkout(here, here.resolve())])


def _first(paths: str | Path | Iterable[str | Path]) -> str:
    return str(paths) if isinstance(paths, (str, Path)) else ", ".join(map(str, paths))
