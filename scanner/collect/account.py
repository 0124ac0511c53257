"""A live account into inventories: every Region and the account itself, read in parallel, handed on one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
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


@dataclass(frozen=True)
class Survey:
    """What will be read of an account: where, and how its inventories are got."""

    session: Session
    caller: Caller
    regions: RegionChoice
    scopes: tuple[Scope, ...]
    kinds: frozenset[str]

    @property
    def places(self) -> tuple[str, ...]:
        """The Regions of the inventories in their order, "global" after those that are read, closed ones at the end."""
        closed = tuple(gap.region for gap in self.regions.gaps if not gap.kinds)
        return (*(scope.region for scope in self.scopes), *closed)

    def inventories(self, *, access: Access, progress: Progress, workers: int = 0) -> Iterator[Inventory]:
        """Each inventory once, as it comes; nothing of it is kept here. Nothing AWS answers or fails to answer raises."""
        workers = workers or access.budget.limits.concurrency
        clients = Clients(
            self.session,
            partition=self.caller.partition,
            endpoint_url=access.endpoint_url,
            workers=workers,
            account=self.caller.account,
            budget=access.budget,
        )
        plans = {scope.region: plan(scope) for scope in self.scopes}
        with rare_collections():
            for _, inventory in run_plans(
                plans,
                clients=clients,
                workers=workers,
                progress=progress,
                budget=access.budget,
                shared=_shared_services(self.scopes),
            ):
                yield inventory
        for gap in self.regions.gaps:
            if not gap.kinds:
                first = self.scopes[0]
                yield _closed(gap, self.caller, self.kinds, taken_at=first.taken_at, mode=first.mode)


def survey_account(
    session: Session,
    *,
    caller: Caller,
    regions: RegionChoice,
    kinds: frozenset[str],
    taken_at: str,
    mode: str = "live",
    is_sparing: bool = False,
) -> Survey:
    """What to read of an account: its Regions, and the account itself where a global kind is wanted.

    `kinds` are kinds of the table; their parents are added. A Region that was asked for and is not enabled gets an
    inventory in which nothing could be read; a gap that hides Regions joins the first inventory. A sparing survey makes
    no call that can change no answer (`Kind.occasions`): for those who judge, and not for those who keep what they read.
    """
    needed = needed_kinds(kinds)
    scopes = _scopes(session, caller, regions, needed, taken_at=taken_at, mode=mode)
    return Survey(session, caller, regions, tuple(replace(scope, is_sparing=is_sparing) for scope in scopes), needed)


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
    workers: int = 0,
    is_sparing: bool = False,
) -> tuple[Inventory, ...]:
    """All inventories of an account in their order; see `survey_account`."""
    survey = survey_account(
        session, caller=caller, regions=regions, kinds=kinds, taken_at=taken_at, mode=mode, is_sparing=is_sparing
    )
    found = {one.region: one for one in survey.inventories(access=access, progress=progress, workers=workers)}
    return tuple(found[region] for region in survey.places)


def _shared_services(scopes: Iterable[Scope]) -> frozenset[str]:
    """The services that more than one plan asks the same: for parents that live elsewhere, and in a trail's home."""
    shared = set()
    for scope in scopes:
        own = {kind.name for kind in scope.own}
        shared |= {kind.service for level in scope.levels for kind in level if kind.name not in own}
        shared |= {kind.service for kind in scope.own if any(detail.home for detail in kind.details)}
    return frozenset(shared)


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
