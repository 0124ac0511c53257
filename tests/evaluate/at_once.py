"""The judgement of a scan in the plainest way: everything in memory, every rule in every place, the best answer of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from scanner.aws.table import KINDS
from scanner.evaluate.account import target_of as _target
from scanner.evaluate.evidence import evidence_of
from scanner.evaluate.joins import whole_account, with_account_wide, with_far_stores, with_owned_trails
from scanner.evaluate.judge import judge
from scanner.model import GLOBAL, Finding, Inventory, Outcome, Resource, Rule, ScanReport

_WEIGHT = {Outcome.NOT_APPLICABLE: 0, Outcome.PASS: 1, Outcome.UNKNOWN: 2, Outcome.ERROR: 3, Outcome.FAIL: 4}


def evaluate_at_once(
    inventories: Sequence[Inventory], rules: Sequence[Rule], *, include_pass: bool = False, tool_version: str = ""
) -> ScanReport:
    """The report of all rules over all inventories, in a stable order."""
    shown = {Outcome.FAIL, Outcome.UNKNOWN, Outcome.ERROR, *(Outcome if include_pass else ())}
    totals: Counter[Outcome] = Counter()
    findings: list[Finding] = []
    seen = with_account_wide(with_far_stores(with_owned_trails(inventories)))
    for same in _by_id(rules):
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
    return resource.arn.split(":")[4] if resource.arn.count(":") > 4 else ""


def _places(rule: Rule, inventories: Sequence[Inventory]) -> list[Inventory]:
    """Every Region for a rule about something regional; every account, merged, for a rule about something global."""
    if not (KINDS[rule.about].is_global and rule.about != "AWS::Region"):
        return [inventory for inventory in inventories if inventory.region != GLOBAL]
    accounts: dict[tuple[str, str], list[Inventory]] = {}
    for inventory in inventories:
        accounts.setdefault((inventory.partition, inventory.account), []).append(inventory)
    return [whole_account(members) for members in accounts.values()]
