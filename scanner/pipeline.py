"""The way of a scan, from what was asked to what is answered; the only file that knows every stage.

rules      rulebook   cards -> rules, narrowed and tuned by the configuration
kinds      evaluate   rules -> what they read, so that nothing else is asked of AWS
plans      gate       templates and plans -> what they are about to make, and inventories of that
inventory  collect    a live or mocked account, a snapshot, a folder of describe outputs -> inventories with gaps
findings   evaluate   rules + inventories -> a report
standing   evaluate   waivers and an earlier report -> the same report with what is accepted, new and gone
reports    reports    a report -> text (the caller writes it)
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.aws.partitions import partition_of
from scanner.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_INCOMPLETE, UsageError
from scanner.model import (
    GLOBAL,
    Config,
    EarlierReport,
    InlineWaiver,
    Inventory,
    Outcome,
    Rule,
    ScanReport,
    Severity,
)
from scanner.model.member import Member
from scanner.model.progress import Progress, Silent
from scanner.version import __version__

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from boto3 import Session

    from scanner.collect.access import Access
    from scanner.logins.capability import Who
    from scanner.network.reach import Reach
    from scanner.policy.decisions import Decision
    from scanner.policy.requests import ContextValue

DEMO_REGION = "eu-west-1"
PLAN_REGION = "us-east-1"
ACCOUNT_DIGITS = 12
PLAN_ACCOUNT = "000000000000"
"""Where a template goes when nobody says it: rules compare these with themselves only."""


def scan(
    session: Session | None = None,
    regions: Iterable[str] | None = None,
    select: Iterable[str] | None = None,
    rules: Iterable[str | Path] = (),
    *,
    include_pass: bool = False,
    config: Config | str | Path | None = None,
    lookup_events: int = 0,
    baseline: str | Path | EarlierReport | None = None,
    today: date | None = None,
    accounts: str | Path | Iterable[Member | str | Mapping[str, Any]] = (),
    run_dir: str | Path | None = None,
    executor: Executor | None = None,
) -> ScanReport:
    """Scans the account behind a boto3 session (None: the default credentials); works inside `moto.mock_aws`.

    Args:
        session: Where to look. Profiles, roles and endpoints are the session's own.
        regions: Region names; None scans every enabled Region.
        select: Rule ids ("NET001") or families ("NET"); None takes the configuration's, or all.
        rules: Folders with cards of your own, beside the built-in ones.
        include_pass: Also return *pass* and *not-applicable*.
        config: A `Config`, or the path of a bastionless.yaml.
        lookup_events: Days of CloudTrail's event history to read for `ScanReport.evidence`, 90 at most; 0 for none.
        baseline: An earlier result (a JSON or SARIF file of ours), for `Finding.change` and `ScanReport.comparison`.
        today: The day by which waivers expire; None: the day the facts were collected.
        accounts: Several accounts, entered from the session's: the path of a file, or role ARNs and mappings as in one.
            Of each finding's resource the identity and the tags are kept, and no other facts.
        run_dir: An empty folder for findings.jsonl and gaps.jsonl, written as they come.
        executor: What runs the accounts, one task each; its tasks share memory (threads). None: four threads.

    Raises:
        CredentialsError: AWS does not know who asks, or no longer accepts it.
        UsageError: A Region, a rule, a card or a setting does not exist. (Every other refusal becomes a gap.)
        ReportError: The baseline is none of ours, or damaged.
    """
    wanted = configure(config, select=select, regions=regions, rules=rules)
    chosen = choose_rules(wanted)
    earlier = read_baseline(baseline)
    members = choose_accounts(accounts) or wanted.accounts
    if members or run_dir is not None or executor is not None:
        report = scan_live(
            chosen,
            dataclasses.replace(wanted, accounts=members),
            session=session,
            lookup_events=lookup_events,
            include_pass=include_pass,
            run_dir=None if run_dir is None else Path(run_dir),
            executor=executor,
        )
    else:
        inventories = collect(kinds_read(chosen), wanted, session=session, lookup_events=lookup_events)
        report = judge(inventories, chosen, include_pass=include_pass)
    return settle(report, wanted, baseline=earlier, today=today)


def choose_accounts(accounts: str | Path | Iterable[Member | str | Mapping[str, Any]]) -> tuple[Member, ...]:
    """The accounts of a file, or those that are listed; raises `ConfigError`."""
    from scanner.rulebook.accounts import distinct, member_of, read_accounts

    if isinstance(accounts, (str, Path)):
        return read_accounts(Path(accounts))
    return distinct(member_of(one) for one in accounts)


def scan_live(
    rules: Sequence[Rule],
    config: Config,
    *,
    session: Session | None = None,
    access: Access | None = None,
    progress: Progress | None = None,
    lookup_events: int = 0,
    include_pass: bool = False,
    run_dir: Path | None = None,
    executor: Executor | None = None,
) -> ScanReport:
    """The report over live accounts, those of the configuration or the session's own, Region by Region.

    What a Region has to say goes into the folder of the run at once, and the Region is let go; `judge` over what `collect`
    gives says the same.
    """
    from scanner.collect.access import Access
    from scanner.collect.budget import Budget
    from scanner.fleet.folder import open_folder
    from scanner.fleet.scan import Order, scan_members
    from scanner.rulebook.frameworks import load_frameworks

    wanted = access or Access(
        role_arn=config.role_arn,
        external_id=config.external_id,
        role_session_name=config.role_session_name,
        budget=Budget.of(config),
    )
    if config.accounts:
        wanted = dataclasses.replace(wanted, role_arn="")
    supply_mocks()
    order = Order(
        rules,
        _kinds_with_history(kinds_read(rules), lookup_events),
        wanted,
        regions=config.regions,
        session=session,
        lookup_events=lookup_events,
        taken_at=_now(),
    )
    with open_folder(run_dir) as folder:
        report = scan_members(
            order,
            config.accounts,
            folder,
            progress=progress or Silent(),
            executor=executor,
            include_pass=include_pass,
            tool_version=__version__,
        )
    return dataclasses.replace(report, frameworks=load_frameworks())


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
    from scanner.gate.dialects import Asked, plan_all
    from scanner.gate.parameters import read_parameters
    from scanner.gate.report import report_of
    from scanner.gate.sources import gather
    from scanner.gate.stacks import Stacks

    wanted = configure(config, select=select, rules=rules, regions=(region,) if region else None)
    chosen = choose_rules(wanted)
    earlier = read_baseline(baseline)
    before: tuple[Inventory, ...] = ()
    where = wanted.regions[0] if wanted.regions else PLAN_REGION
    if account and not (len(account) == ACCOUNT_DIGITS and account.isdecimal()):
        raise UsageError(f"{account!r} is no account", place="--account", cure="an account id has twelve digits")
    if against is not None:
        from scanner.gate.overlay import place_of

        before = _existing(against, chosen, wanted, session=session, access=access, progress=progress)
        account, where = place_of(before, account=account, region=wanted.regions[0] if wanted.regions else "")
    existing = Stacks(one for one in before if (one.account, one.region) in ((account, where), (account, GLOBAL)))
    told = read_parameters(parameters)
    asked = Asked(account or PLAN_ACCOUNT, where, partition_of(where), stack_name, told, existing)
    pile = gather((paths,) if isinstance(paths, (str, Path)) else tuple(paths))
    plans, failures = plan_all(pile, asked, forced=dialect)
    if not plans and not failures:
        raise UsageError(
            "there is no template and no plan", place=_first(paths), cure="name a file, or a folder with some"
        )

    if before:
        from scanner.gate.against import compare

        report = compare(
            plans,
            failures,
            asked,
            lambda inventories: judge(inventories, chosen, include_pass=True).findings,
            before,
            name=str(against) if isinstance(against, (str, Path)) else "the account before",
            include_pass=include_pass,
            rules=chosen,
            tool_version=__version__,
        )
    else:
        report = report_of(
            plans,
            failures,
            asked,
            lambda inventory: judge((inventory,), chosen, include_pass=True).findings,
            include_pass=include_pass,
            now=_now(),
            rules=chosen,
            tool_version=__version__,
        )
    from scanner.gate.inline import inline_waivers

    inline = inline_waivers(plans, asked)
    return settle(_on_lines_of_here(report), wanted, baseline=earlier, today=today, inline=inline, is_change=True)


def _on_lines_of_here(report: ScanReport) -> ScanReport:
    """A gate's report with what GitHub makes of its lines, and with the controls that the rules answer."""
    from scanner.places.checkout import Checkout
    from scanner.places.ladder import with_line_hashes
    from scanner.rulebook.frameworks import load_frameworks

    here = Path.cwd()
    return with_line_hashes(dataclasses.replace(report, frameworks=load_frameworks()), [Checkout(here, here.resolve())])


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
    from scanner.collect.access import Access, open_session
    from scanner.collect.budget import Budget

    wanted = access or Access(
        role_arn=config.role_arn,
        external_id=config.external_id,
        role_session_name=config.role_session_name,
        budget=Budget.of(config),
    )
    asker = session or open_session(wanted, config.regions)
    region = config.regions[0] if config.regions else asker.region_name
    if not region:
        raise UsageError("nobody says to which Region the change goes", place="--against", cure="name it with --region")
    here = dataclasses.replace(config, regions=(region,))
    return collect(kinds_read(rules), here, session=asker, access=wanted, progress=progress)


def _first(paths: str | Path | Iterable[str | Path]) -> str:
    return str(paths) if isinstance(paths, (str, Path)) else ", ".join(map(str, paths))


def evaluate(
    inventories: Inventory | Iterable[Inventory],
    select: Iterable[str] | None = None,
    rules: Iterable[str | Path] = (),
    *,
    include_pass: bool = False,
    config: Config | str | Path | None = None,
    baseline: str | Path | EarlierReport | None = None,
    today: date | None = None,
) -> ScanReport:
    """The report of the rules over inventories that are already there; makes no call at all.

    `baseline` and `today` are those of `scan`. Raises `UsageError` where a rule, a card or a setting does not exist.
    """
    listed = (inventories,) if isinstance(inventories, Inventory) else tuple(inventories)
    wanted = configure(config, select=select, rules=rules)
    earlier = read_baseline(baseline)
    report = judge(listed, choose_rules(wanted), include_pass=include_pass)
    return settle(report, wanted, baseline=earlier, today=today)


def reach(
    inventory: Inventory | Iterable[Inventory], source: str, target: str, *, protocol: str = "tcp", port: int = 22
) -> Reach:
    """Whether one end reaches another through the network, with the proof; makes no call at all.

    Args:
        inventory: One inventory, or several: the one that holds both ends is asked.
        source: "internet", an address or a CIDR block, or an id: i-…, eni-…, eice-….
        target: The same without eice-…, vpce-… for an interface endpoint (which listens on 443), and the name or ARN of
            a load balancer (whose listener's port is then asked for).
        protocol: "tcp" or "udp".
        port: The target's port, 0 to 65535.

    Returns a `Reach`: `verdict` ("reachable", "reachable-via-middlebox", "not-reachable", "unknown"), `sources`,
    `hops`, `cuts`, `reason`, and `door`: the load balancer or accelerator it comes through. Raises `UsageError` for a
    word, an id or a port that does not exist.
    """
    from scanner.evaluate.joins import with_account_wide
    from scanner.model import View
    from scanner.network.reach import reach_among

    listed = (inventory,) if isinstance(inventory, Inventory) else tuple(inventory)
    views = [View(one) for one in with_account_wide(listed) if one.region != GLOBAL]
    return reach_among(views, source, target, protocol=protocol, port=port)


def _whole(inventory: Inventory | Iterable[Inventory]) -> Inventory:
    """The inventories of an account as one; raises `UsageError` where there is none, or of more than one account."""
    from scanner.model.inventory import merge

    listed = _of_one_account((inventory,) if isinstance(inventory, Inventory) else tuple(inventory))
    return listed[0] if len(listed) == 1 else merge(listed)


def _of_one_account(inventories: Sequence[Inventory]) -> Sequence[Inventory]:
    from scanner.errors import UsageError

    if len({(one.partition, one.account) for one in inventories}) != 1:
        raise UsageError("a question about policies is one about a single account", cure="give its inventories only")
    return inventories


def reach_kinds(source: str, target: str) -> frozenset[str]:
    """What `reach` reads to answer a question between two ends."""
    from scanner.network.reach import kinds_for

    return kinds_for(source, target)


def decide(
    inventory: Inventory | Iterable[Inventory],
    *,
    principal: str,
    action: str,
    resource: str | Sequence[str] = "*",
    context: Mapping[str, ContextValue] | None = None,
) -> Decision:
    """Whether the policies let a principal do something, with the statements that decide; makes no call at all.

    Args:
        inventory: One inventory of an account, or all of them: IAM's own is that of the Region "global".
        principal: An ARN, "user/name" or "role/name".
        action: "service:Operation".
        resource: An ARN, the id of an instance or an EC2 Instance Connect Endpoint, or several where one request needs
            all of them; "*" for actions without resources.
        context: Condition keys (in any letters) and their values: text, number, true or false, a list; None for a key
            that the request lacks. Tags, account, organization and Region are known from the inventory.

    Returns a `Decision`: `verdict` ("allowed", "explicitly denied", "implicitly denied", "unknown"), `statements` (their
    places), `reasons` and `notes`. Raises `UsageError` for a principal or an action that does not exist.
    """
    from scanner.model import View
    from scanner.policy.decisions import decide as decision

    return decision(
        View(_whole(inventory)), principal=principal, action=action, resource=resource, context=context or {}
    )


def who(
    inventory: Inventory | Iterable[Inventory],
    action: str = "ec2-instance-connect:OpenTunnel",
    *,
    target: str | None = None,
    principals: Iterable[str] = (),
) -> Who:
    """Who can log in, through which doors, to which instances, and what that takes; makes no call at all.

    Args:
        inventory: One inventory of an account, or all of them: IAM's own is that of the Region "global".
        action: ec2-instance-connect:OpenTunnel (with the serial console and Session Manager as the other doors),
            ec2-instance-connect:SendSSHPublicKey, ec2-instance-connect:SendSerialConsoleSSHPublicKey or ssm:StartSession.
            Of any other action the policies alone are asked.
        target: An instance (i-…, mi-…, or the value of its Name tag) or an endpoint (eice-…); None for all. Of other
            actions the ARN they are about.
        principals: ARNs or names ("role/ops") of those that are asked about; none for everybody.

    Returns a `Who`: `rows` of `Capability`, `closed` (doors that lead nowhere), `notes` (what was not weighed) and
    `doubts` (what could not be read). Raises `UsageError` for an action, a target or a principal that does not exist.
    """
    from scanner.evaluate.joins import whole_account
    from scanner.logins.who import who as answer
    from scanner.model import View

    listed = (inventory,) if isinstance(inventory, Inventory) else tuple(inventory)
    whole = _whole(listed) if len(listed) == 1 else whole_account(_of_one_account(listed))
    return answer(View(whole), action, target=target or "", principals=principals)


def who_kinds(action: str) -> frozenset[str]:
    """What `who` reads to answer a question about an action; raises `UsageError` for what is no action."""
    from scanner.logins.who import kinds_for

    return kinds_for(action)


def load_snapshot(path: str | Path) -> tuple[Inventory, ...]:
    """The inventories of a file that `bastionless snapshot` wrote; raises `SnapshotError` where it cannot be read."""
    from scanner.collect import snapshot

    return snapshot.load_snapshot(Path(path))


def inventory_from_describe(
    answers: Mapping[str, Any],
    *,
    account: str,
    region: str,
    partition: str = "aws",
    complete: bool = False,
    taken_at: str = "",
) -> Inventory:
    """An inventory from API responses, keys as AWS sends them: `{"Vpcs": [...], "Subnets": [...]}`.

    A key that is absent means that nobody asked AWS: rules that need it answer *unknown*. An empty list means that
    there is none; with `complete` that is also the meaning of an absent key. Raises `SnapshotError` for a strange key.
    """
    from scanner.collect import describe

    return describe.inventory_from_describe(
        answers, account=account, region=region, partition=partition, complete=complete, taken_at=taken_at
    )


def configure(
    config: Config | str | Path | None = None,
    *,
    select: Iterable[str] | None = None,
    regions: Iterable[str] | None = None,
    rules: Iterable[str | Path] = (),
) -> Config:
    """The configuration of a file or a value, with what the caller says on top; raises `ConfigError`."""
    from scanner.rulebook.configuration import read_config

    wanted = read_config(Path(config)) if isinstance(config, (str, Path)) else config or Config()
    folders = (rules,) if isinstance(rules, (str, Path)) else rules
    changes: dict[str, Any] = {"rules": (*wanted.rules, *(str(folder) for folder in folders))}
    if select is not None:
        changes["select"] = (select,) if isinstance(select, str) else tuple(select)
        # The selection no longer stands in the file, so a mistake in it must not point there.
        changes["places"] = {path: place for path, place in wanted.places.items() if path[0] != "select"}
    if regions is not None:
        changes["regions"] = (regions,) if isinstance(regions, str) else tuple(regions)
        places = changes.get("places", wanted.places)
        changes["places"] = {path: place for path, place in places.items() if path[0] != "regions"}
    return dataclasses.replace(wanted, **changes)


def choose_rules(config: Config) -> tuple[Rule, ...]:
    """The built-in and the user's rules that the configuration wants; raises `CardErrors` and `ConfigError`."""
    from scanner.rulebook.shelf import load_rules, select_rules

    return select_rules(load_rules(config.rules, brief=True), config)


def kinds_read(rules: Sequence[Rule]) -> frozenset[str]:
    """The kinds these rules ask for: what a scan has to collect, and nothing else."""
    from scanner.evaluate.run import needed

    return needed(rules)


def collect(
    kinds: frozenset[str],
    config: Config,
    *,
    session: Session | None = None,
    access: Access | None = None,
    progress: Progress | None = None,
    mode: str = "live",
    lookup_events: int = 0,
) -> tuple[Inventory, ...]:
    """Resources of these kinds, from AWS: one inventory a Region, every refusal a gap.

    With `lookup_events` that many days of CloudTrail's event history too; raises `UsageError` for more than 90.
    """
    from scanner.collect.access import Access, choose_regions, identify_caller, open_session
    from scanner.collect.account import collect_account
    from scanner.collect.budget import Budget
    from scanner.collect.event_history import add_event_history

    asked = _kinds_with_history(kinds, lookup_events)
    supply_mocks()
    wanted = access or Access(
        role_arn=config.role_arn,
        external_id=config.external_id,
        role_session_name=config.role_session_name,
        budget=Budget.of(config),
    )
    if session is None:
        session = open_session(wanted, config.regions)
    caller = identify_caller(session, wanted, config.regions)
    regions = choose_regions(session, caller, config.regions, wanted)
    inventories = collect_account(
        session,
        caller=caller,
        regions=regions,
        kinds=asked,
        access=wanted,
        progress=progress or Silent(),
        taken_at=_now(),
        mode=mode,
    )
    if not lookup_events:
        return inventories
    return add_event_history(inventories, session, access=wanted, days=lookup_events)


def _kinds_with_history(kinds: frozenset[str], days: int) -> frozenset[str]:
    """The kinds, with those that make the event history readable; raises `UsageError` for days that AWS does not keep."""
    from scanner.collect.event_history import MOST_DAYS
    from scanner.evaluate.evidence import KINDS as JOINED

    if not 0 <= days <= MOST_DAYS:
        raise UsageError(
            f"the event history goes back 1 to {MOST_DAYS} days, not {days}", cure="ask for fewer, or for 90"
        )
    return kinds | JOINED if days else kinds


def supply_mocks() -> None:
    """Where a test of somebody's mocks AWS with moto, what moto alone would not answer is answered, too."""
    if "moto" in sys.modules:
        from scanner.mock.supply import supply_inside_a_mock

        supply_inside_a_mock()


def collect_demo(
    kinds: frozenset[str], config: Config, *, progress: Progress | None = None, lookup_events: int = 0
) -> tuple[Inventory, ...]:
    """The demo estate, seeded into a mocked account through boto3 and collected like any other.

    It is built in the first Region that was asked for; raises `UsageError` for a Region that does not exist.
    """
    from scanner.collect.access import Access, choose_regions, identify_caller
    from scanner.mock.account import mocked_account
    from scanner.mock.estate import seed

    region = config.regions[0] if config.regions else DEMO_REGION
    with mocked_account(region=DEMO_REGION) as session:
        choose_regions(session, identify_caller(session, Access()), (region,), Access())
    with mocked_account(region=region) as session:
        seed(session, region=region)
        here = dataclasses.replace(config, regions=(region,), role_arn="")
        return collect(kinds, here, session=session, progress=progress, mode="mock", lookup_events=lookup_events)


def judge(inventories: Sequence[Inventory], rules: Sequence[Rule], *, include_pass: bool = False) -> ScanReport:
    """Rules over inventories, with the controls that the rules answer."""
    from scanner.evaluate.run import evaluate as evaluate_rules
    from scanner.rulebook.frameworks import load_frameworks

    report = evaluate_rules(inventories, rules, include_pass=include_pass, tool_version=__version__)
    return dataclasses.replace(report, frameworks=load_frameworks())


def locate(
    report: ScanReport,
    inventories: Sequence[Inventory],
    *,
    iac: Path | None = None,
    inventory: Path | None = None,
    repository: str = "",
) -> ScanReport:
    """The report with the line that stands for each resource, where there is one.

    Args:
        report: Of a scan of these inventories; their tags tell where a resource is written.
        inventories: What the report is about.
        iac: A folder with CloudFormation templates, what the CDK made of an app, or Terraform with its state or plan.
        inventory: A folder with one inventory file an account, as `update_inventory` keeps it; the next best line.
        repository: "owner/name" of the checkout; tags that name another one are not heeded. "" heeds all.

    Raises `UsageError` for a folder or an inventory file that cannot be read. Nothing in these files is ever run.
    """
    from scanner.places.checkout import open_checkout
    from scanner.places.ladder import located, rungs_of_iac, rungs_of_inventory

    rungs, checkouts = [], []
    if iac is not None:
        checkouts.append(open_checkout(iac))
        rungs += rungs_of_iac(checkouts[-1], repository=repository)
    if inventory is not None:
        checkouts.append(open_checkout(inventory))
        rungs += rungs_of_inventory(checkouts[-1], sorted({one.account for one in inventories}))
    return located(report, inventories, rungs, checkouts)


def update_inventory(inventories: Sequence[Inventory], folder: Path) -> tuple[Path, ...]:
    """Brings the inventory files of a folder up to date, one an account, and returns those that have changed.

    What was not looked for in this scan stays. Raises `OutputError` where a file cannot be written.
    """
    from scanner.errors import OutputError
    from scanner.places.inventory_files import file_name, lines_of, read_folder
    from scanner.reports.write import write_report

    accounts: dict[str, list[Inventory]] = {}
    for one in inventories:
        accounts.setdefault(one.account, []).append(one)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as failure:
        raise OutputError(f"the folder cannot be made ({failure.strerror})", place=str(folder)) from None
    before, changed = read_folder(folder, accounts), []
    for account, listed in accounts.items():
        text = lines_of(listed, before=before.get(account, ""))
        if text != before.get(account):
            write_report(text, folder / file_name(account))
            changed.append(folder / file_name(account))
    return tuple(changed)


def settle(
    report: ScanReport,
    config: Config,
    *,
    baseline: EarlierReport | None = None,
    today: date | None = None,
    inline: Sequence[InlineWaiver] = (),
    is_change: bool = False,
) -> ScanReport:
    """The report with what is waived, and with what became of an earlier one; no finding comes, goes or changes.

    Waivers expire by `today`, else by the day the facts were collected. `inline` are those that stood beside their
    resources; raises `ConfigError` for one that lacks something. `is_change`: the report is of a gate.
    """
    from scanner.evaluate.baseline import compare
    from scanner.evaluate.waivers import waive
    from scanner.rulebook.shelf import load_rules
    from scanner.rulebook.waivers import inline_waiver

    waivers = (*config.waivers, *map(inline_waiver, inline))
    if waivers:
        known = (*report.rules, *load_rules(config.rules, brief=True))
        report = waive(
            report, waivers, known=known, today=today or _day(report.taken_at or _now()), is_change=is_change
        )
    return report if baseline is None else compare(report, baseline)


def read_baseline(baseline: str | Path | EarlierReport | None) -> EarlierReport | None:
    """The baseline in a file; raises `ReportError` where it is none of ours, or damaged."""
    if baseline is None or isinstance(baseline, EarlierReport):
        return baseline
    from scanner.reports.earlier import read_baseline as read

    return read(Path(baseline))


def diff(before: str | Path, after: str | Path) -> ScanReport:
    """The later of two results (JSON or SARIF files of ours) with what is new, unchanged, changed and gone since the earlier.

    Raises `ReportError` for a file that is no result, or is damaged.
    """
    from scanner.evaluate.baseline import compare
    from scanner.reports.earlier import read_baseline as read
    from scanner.reports.earlier import read_result

    later = read(Path(after))
    digests = {one.finding.fingerprint: one.digest for one in later.failures}
    return compare(read_result(Path(after)), read(Path(before)), digests=digests)


def draw(inventory: Inventory, *, vpc_id: str = "", format: str = "svg", plain: bool = False) -> str:  # noqa: A002 - the option's name
    """A Region, or one of its VPCs, as a map: "svg", or Graphviz's "dot"."""
    from scanner.drawing import render

    return render.draw(inventory, vpc_id=vpc_id, format=format, plain=plain)


def map_kinds() -> frozenset[str]:
    """What a map reads."""
    from scanner.drawing.scene import KINDS

    return KINDS


def exit_code(report: ScanReport, config: Config) -> int:
    """0 clean, 1 findings at or above the threshold, 3 incomplete.

    Incomplete wins: a report with holes must not be mistaken for a whole one, whatever it found. A Region that could not
    be read, Regions that nobody could name, and a rule that crashed are such holes. What is waived does not count, and with
    `new_only` only what is worse than the baseline does; `strict_waivers` counts waivers that somebody has to look after.
    """
    if not report.whole or (config.fail_on_unknown and _doubts(report, config)):
        return EXIT_INCOMPLETE
    find = report.regressions if config.new_only else report.failures
    if config.fail_on is not None and find(at_least=config.fail_on):
        return EXIT_FINDINGS
    if config.strict_waivers and report.waiver_troubles:
        return EXIT_FINDINGS
    return EXIT_CLEAN


def _doubts(report: ScanReport, config: Config) -> bool:
    """Whether anything stayed unknown, or against an account became so: a baseline holds failures alone."""
    changes = [one.change for one in report.findings if one.outcome is Outcome.UNKNOWN]
    if not (config.new_only and any(changes)):
        return bool(report.totals.get("unknown"))
    return any(change is not None and change.is_worse for change in changes)


def diff_exit_code(report: ScanReport, *, at_least: Severity | None) -> int:
    """Of a comparison: 0 nothing is worse, 1 something is, 3 the later result is incomplete."""
    return exit_code(report, Config(fail_on=at_least, new_only=True))


def today() -> date:
    """The day it is, in UTC: what commands that write waivers go by."""
    return _day(_now())


def _day(moment: str) -> date:
    """The day of a moment, in UTC where the moment tells its offset."""
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError:
        return datetime.fromisoformat(_now()).date()
    return (parsed.astimezone(UTC) if parsed.tzinfo else parsed).date()


def _now() -> str:
    return datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
