"""Inventories, from wherever they are: a live account, the demo's, a snapshot, answers of AWS."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.errors import UsageError
from scanner.model import Config, Inventory
from scanner.model.progress import Progress, Silent
from scanner.pipeline import clock

if TYPE_CHECKING:
    from boto3 import Session

    from scanner.collect.access import Access

DEMO_REGION = "eu-west-1"


def collect(
    kinds: frozenset[str],
    config: Config,
    *,
    session: Session | None = None,
    access: Access | None = None,
    progress: Progress | None = None,
    mode: str = "live",
    lookup_events: int = 0,
    is_sparing: bool = False,
) -> tuple[Inventory, ...]:
    """Resources of these kinds, from AWS: one inventory a Region, every refusal a gap.

    Sparing leaves out the lists that can change no answer of a rule (`scanner.aws.kinds.Kind.occasions`).
    With `lookup_events` that many days of CloudTrail's event history too; raises `UsageError` for more than 90.
    """
    from scanner.collect.access import choose_regions, identify_caller, open_session
    from scanner.collect.account import collect_account
    from scanner.collect.event_history import add_event_history

    asked = with_history(kinds, lookup_events)
    supply_mocks()
    wanted = access or access_of(config)
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
        taken_at=clock.now(),
        mode=mode,
        is_sparing=is_sparing,
    )
    if not lookup_events:
        return inventories
    return add_event_history(inventories, session, access=wanted, days=lookup_events)


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


def access_of(config: Config) -> Access:
    """As whom and how fast a configuration wants AWS to be asked."""
    from scanner.collect.access import Access
    from scanner.collect.budget import Budget

    return Access(
        role_arn=config.role_arn,
        external_id=config.external_id,
        role_session_name=config.role_session_name,
        budget=Budget.of(config),
    )


def with_history(kinds: frozenset[str], days: int) -> frozenset[str]:
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
