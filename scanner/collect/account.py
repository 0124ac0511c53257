"""A live account into inventories: every Region and the account itself, read in parallel, each call made once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scanner.aws.build import ALWAYS, make_inventory
from scanner.aws.table import KINDS, needed_kinds
from scanner.collect.access import Access, Caller, RegionChoice
from scanner.collect.clients import Clients
from scanner.collect.dispatch import run_plans
from scanner.collect.plan import Scope, plan
from scanner.collect.regions import default_region
from scanner.model import GLOBAL, Gap, Inventory
from scanner.model.garbage import rare_collections
from scanner.model.progress import Progress

if TYPE_CHECKING:
    from boto3 import Session


def collect_account(
    session: Session,
    *,
    caller: Caller,
    regions: RegionChoice,
    kinds: frozenset[str],
    access: Access,
    progress: Progress,
    taken_at: str,
    mode: str = "live",
    workers: int = 8,
) -> tuple[Inventory, ...]:
    """One inventory a Region, in the order of `regions`, and one of Region "global" when a global kind is wanted.

    `kinds` are kinds of the table; their parents are added. Nothing AWS answers or fails to answer raises: it becomes
    a gap. A Region that was asked for and is not enabled gets an inventory in which nothing could be read; a gap that
    hides Regions joins the first inventory.
    """
    needed = needed_kinds(kinds)
    clients = Clients(session, partition=caller.partition, endpoint_url=access.endpoint_url, workers=workers)
    scopes = _scopes(session, caller, regions, needed, taken_at=taken_at, mode=mode)
    with rare_collections():
        inventories = run_plans(
            {scope.region: plan(scope) for scope in scopes}, clients=clients, workers=workers, progress=progress
        )
    closed = (_closed(gap, caller, needed, taken_at=taken_at, mode=mode) for gap in regions.gaps if not gap.kinds)
    return (*(inventories[scope.region] for scope in scopes), *closed)


def _closed(gap: Gap, caller: Caller, kinds: frozenset[str], *, taken_at: str, mode: str) -> Inventory:
    """A Region that was asked for and is not enabled: an inventory in which every kind of a Region has that gap."""
    here = frozenset(name for name in kinds if not KINDS[name].is_global)
    return make_inventory(
        {},
        account=caller.account,
        region=gap.region,
        partition=caller.partition,
        gaps=(replace(gap, kinds=tuple(sorted(here))),),
        collected=here,
        taken_at=taken_at,
        mode=mode,
    )


def _scopes(
    session: Session, caller: Caller, choice: RegionChoice, kinds: frozenset[str], *, taken_at: str, mode: str
) -> list[Scope]:
    facts = {str(region["RegionName"]): region for region in choice.facts}
    is_account_wide = any(KINDS[name].is_global for name in kinds if name not in ALWAYS)
    homes = _homes(session, caller.partition, kinds)
    return [
        Scope(
            partition=caller.partition,
            account=caller.account,
            region=region,
            regions=choice.regions,
            kinds=kinds,
            homes=homes,
            facts=facts.get(region, {}),
            gaps=() if index else tuple(gap for gap in choice.gaps if gap.kinds),
            taken_at=taken_at,
            mode=mode,
        )
        for index, region in enumerate((*choice.regions, *([GLOBAL] if is_account_wide else [])))
    ]


def _homes(session: Session, partition: str, kinds: frozenset[str]) -> dict[str, str]:
    """The Region to ask in for each global kind: its home, or any Region in a partition that does not have that one."""
    known = set(session.get_available_regions("ec2", partition))
    fallback = session.region_name if session.region_name in known else default_region(session, partition)
    return {
        name: KINDS[name].home if KINDS[name].home in known else fallback for name in kinds if KINDS[name].is_global
    }
