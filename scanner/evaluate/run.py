"""All rules over all inventories: Region by Region, then the questions about a whole account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from scanner.aws.table import KINDS
from scanner.evaluate.evidence import EVENT, evidence_of
from scanner.evaluate.judge import judge
from scanner.evaluate.worlds import kinds_read
from scanner.model import (
    GLOBAL,
    Finding,
    Gap,
    GapReason,
    Inventory,
    Outcome,
    Resource,
    Rule,
    ScanReport,
    Target,
    Unknown,
    merge,
)
from scanner.model.garbage import rare_collections
from scanner.model.unknown import told

# A resource seen from several places gets one answer: that of its own Region and account, then the one that tells most.
_WEIGHT = {Outcome.NOT_APPLICABLE: 0, Outcome.PASS: 1, Outcome.UNKNOWN: 2, Outcome.ERROR: 3, Outcome.FAIL: 4}

_TRAIL = "AWS::CloudTrail::Trail"

# AWS lists such a store in its home Region only, although it records all of them.
_LISTENS_EVERYWHERE = ("AWS::CloudTrail::EventDataStore", "MultiRegionEnabled")


def evaluate(
    inventories: Sequence[Inventory], rules: Sequence[Rule], *, include_pass: bool = False, tool_version: str = ""
) -> ScanReport:
    """The report of all rules over all inventories, in a stable order."""
    shown = {Outcome.FAIL, Outcome.UNKNOWN, Outcome.ERROR, *(Outcome if include_pass else ())}
    totals: Counter[Outcome] = Counter()
    findings: list[Finding] = []
    seen = with_account_wide(with_far_stores(with_owned_trails(inventories)))
    with rare_collections():
        for same in _by_id(rules):
            # What nobody is shown is counted and let go: of a large account that is nearly everything.
            found = _findings(seen, same)
            totals.update(finding.outcome for finding in found)
            findings += [finding for finding in found if finding.outcome in shown]
    findings.sort(key=lambda finding: finding.sort_key)
    return ScanReport(
        findings=tuple(findings),
        gaps=tuple(sorted({gap for inventory in inventories for gap in inventory.gaps})),
        targets=tuple(sorted(_target(inventory) for inventory in inventories)),
        rules=tuple(rules),
        totals={outcome.value: number for outcome, number in sorted(totals.items())},
        taken_at=max((inventory.taken_at for inventory in inventories), default=""),
        tool_version=tool_version,
        evidence=evidence_of(inventories),
    )


def _by_id(rules: Sequence[Rule]) -> Iterable[list[Rule]]:
    """The rules that answer under one id, for each id."""
    groups: dict[str, list[Rule]] = {}
    for rule in rules:
        groups.setdefault(rule.id, []).append(rule)
    return groups.values()


def _findings(inventories: Sequence[Inventory], rules: Sequence[Rule]) -> list[Finding]:
    """One finding a rule and resource, and one more where the rule crashed."""
    asked = [(rule, inventory) for rule in rules for inventory in _places(rule, inventories)]
    if len(asked) == 1:  # nobody else tells of the same resources
        return judge(*asked[0])[0]
    told: dict[tuple[object, ...], tuple[Inventory, Finding]] = {}
    for rule, inventory in asked:
        for finding in judge(rule, inventory)[0]:
            resource = finding.resource
            # AWS's own policies have one ARN in all accounts, and reach other people in each.
            name = resource if _owner_of(resource) == "aws" else resource.arn or resource
            key = (rule.id, resource.kind, name, finding.outcome is Outcome.ERROR)
            if key not in told or _rank(inventory, finding) > _rank(*told[key]):
                told[key] = (inventory, finding)
    return [finding for _, finding in told.values()]


def _rank(inventory: Inventory, finding: Finding) -> tuple[bool, int]:
    return _is_at_home(finding.resource, inventory), _WEIGHT[finding.outcome]


def _is_at_home(resource: Resource, inventory: Inventory) -> bool:
    """Whether an inventory is of the Region and account that hold a resource: others see copies, and not all around it."""
    return resource.region == inventory.region and _owner_of(resource) in ("", inventory.account)


def _owner_of(resource: Resource) -> str:
    """The account in an ARN, "" where it names none."""
    return resource.arn.split(":")[4] if resource.arn.count(":") > 4 else ""  # noqa: PLR2004 - an ARN's fifth part


def needed(rules: Iterable[Rule]) -> frozenset[str]:
    """The kinds these rules read."""
    return frozenset().union(*(kinds_read(rule) for rule in rules))


def _places(rule: Rule, inventories: Sequence[Inventory]) -> list[Inventory]:
    """Every Region for a rule about something regional; every account, merged, for a rule about something global."""
    if not (KINDS[rule.about].is_global and rule.about != "AWS::Region"):
        return [inventory for inventory in inventories if inventory.region != GLOBAL]
    accounts: dict[tuple[str, str], list[Inventory]] = {}
    for inventory in inventories:
        accounts.setdefault((inventory.partition, inventory.account), []).append(inventory)
    return [whole_account(members) for members in accounts.values()]


def whole_account(inventories: Sequence[Inventory]) -> Inventory:
    """The Regions of an account as one; a kind that was read in some of them only is a gap of the others."""
    whole = merge(inventories)
    asked = frozenset(KINDS) if whole.collected is None else whole.collected
    holes = tuple(
        Gap(one.account, one.region, kind, GapReason.NOT_COLLECTED, kinds=(kind,))
        for one in inventories
        if one.region != GLOBAL and one.collected is not None
        for kind in sorted(asked - one.collected)
        if not KINDS[kind].is_global
    )
    return replace(whole, gaps=(*whole.gaps, *holes))


def with_account_wide(inventories: Sequence[Inventory]) -> tuple[Inventory, ...]:
    """The same inventories, each Region also holding what AWS keeps once for the account (IAM, trail buckets)."""
    wide = {(one.partition, one.account): one for one in inventories if one.region == GLOBAL}
    result = []
    for inventory in inventories:
        account = wide.get((inventory.partition, inventory.account))
        if account is None or inventory is account:
            result.append(inventory)
        else:
            joined = merge((inventory, account), region=inventory.region)
            result.append(replace(joined, taken_at=inventory.taken_at, mode=inventory.mode))
    return tuple(result)


def with_owned_trails(inventories: Sequence[Inventory]) -> tuple[Inventory, ...]:
    """The same inventories, in which an organization's trail tells its members what only its owner may read.

    AWS refuses a member the event selectors of the trail; they are the same for all accounts of the organization.
    """
    owned: dict[str, Resource] = {}
    for inventory in inventories:
        for trail in inventory.of(_TRAIL):
            is_first = trail.arn not in owned or trail.region == inventory.region
            if is_first and _owner_of(trail) == inventory.account:
                owned[trail.arn] = trail
    result = []
    for inventory in inventories:
        told = {
            trail: _told_by(owned[trail.arn], trail)
            for trail in inventory.of(_TRAIL)
            if trail.arn in owned and owned[trail.arn].account != trail.account
        }
        resources = tuple(told.get(resource, resource) for resource in inventory.resources) if told else ()
        result.append(replace(inventory, resources=resources) if told else inventory)
    return tuple(result)


def _told_by(owners: Resource, seen: Resource) -> Resource:
    """A trail as a member sees it, with what was not told there as its owner knows it."""
    facts = dict(seen.facts)
    for key, value in owners.facts.items():
        known = told(facts, key)
        if (known is None or isinstance(known, Unknown)) and not isinstance(value, Unknown):
            facts[key] = value
    return replace(seen, facts=facts)


def with_far_stores(inventories: Sequence[Inventory]) -> tuple[Inventory, ...]:
    """The same inventories, each Region also holding what other Regions of the account keep that records in all."""
    kind, everywhere = _LISTENS_EVERYWHERE
    far: dict[tuple[str, str], dict[Resource, None]] = {}
    for inventory in inventories:
        for store in inventory.of(kind):
            listens = told(store.facts, everywhere)
            if listens is True or isinstance(listens, Unknown):
                far.setdefault((inventory.partition, inventory.account), {})[store] = None
    result = []
    for inventory in inventories:
        stores = far.get((inventory.partition, inventory.account), {})
        missing = tuple(store for store in stores if store.region != inventory.region)
        joins = bool(missing) and inventory.region != GLOBAL
        result.append(replace(inventory, resources=(*inventory.resources, *missing)) if joins else inventory)
    return tuple(result)


def _target(inventory: Inventory) -> Target:
    return Target(
        account=inventory.account,
        region=inventory.region,
        partition=inventory.partition,
        mode=inventory.mode,
        resources=sum(
            len(inventory.of(kind)) for kind in inventory.kinds if kind not in ("AWS::Account", "AWS::Region", EVENT)
        ),
        failed=inventory.failed,
    )
