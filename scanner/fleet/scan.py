"""The accounts of a scan, each read and judged by itself, and the second look at what only all of them together can tell."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scanner.collect.access import Access, choose_regions, identify_caller, open_session
from scanner.collect.account import Survey, survey_account
from scanner.collect.budget import OverError
from scanner.collect.event_history import add_event_history
from scanner.errors import CredentialsError, UsageError
from scanner.evaluate.account import Account, Place, Question, questions_of
from scanner.evaluate.joins import owned_trails
from scanner.evaluate.run import Conclusion
from scanner.evaluate.tally import Tally
from scanner.fleet.folder import RunFolder
from scanner.fleet.progress import Crowd
from scanner.model import GLOBAL, Gap, GapReason, Inventory, Resource, Rule, ScanReport
from scanner.model.garbage import give_back
from scanner.model.member import Member
from scanner.model.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boto3 import Session

ABREAST = 4
"""Accounts that are scanned at a time, where nobody hands an executor over."""

_MANY_PLACES = 1_000
"""More than an account has Regions: the numbers of its places lie between those of its neighbours."""


@dataclass(frozen=True)
class Order:
    """What all accounts of a scan have in common."""

    rules: Sequence[Rule]
    kinds: frozenset[str]
    access: Access
    regions: tuple[str, ...] = ()
    session: Session | None = None
    lookup_events: int = 0
    taken_at: str = ""
    mode: str = "live"


@dataclass(frozen=True)
class Judged:
    """An account as far as it can be judged alone; `trails` are its own, which others may see."""

    account: Account
    tally: Tally
    trails: dict[str, Resource]
    trouble: UsageError | None = None


def scan_members(
    order: Order,
    members: Sequence[Member],
    folder: RunFolder,
    *,
    progress: Progress,
    executor: Executor | None = None,
    include_pass: bool = False,
    tool_version: str = "",
) -> ScanReport:
    """The report over all accounts, which go through the executor one by one, each Region judged and let go as it comes.

    An account that cannot be entered is a failed target. Where not a single one can be, and that for another reason than
    credentials (a Region that does not exist), the first reason is raised. No `members` means the session's own account.
    """
    conclusion = Conclusion(include_pass=include_pass, shelf=folder)
    questions = questions_of(order.rules)
    crowd = Crowd(progress)
    asked: Sequence[Member | None] = members or (None,)
    waiting: list[Judged] = []
    trails: dict[str, Resource] = {}
    troubles: list[UsageError] = []
    with _engine(executor, len(asked)) as engine:
        for judged in _in_turn(engine, order, asked, questions, conclusion, folder, crowd):
            trails |= judged.trails
            troubles += [judged.trouble] if judged.trouble else []
            if judged.account.kept:
                waiting.append(judged)
            else:
                conclusion.add(judged.account.facts, judged.tally)
    crowd.close()
    if len(troubles) == len(asked) and not isinstance(troubles[0], CredentialsError):
        raise troubles[0]
    for judged in waiting:
        judged.account.finish(trails)
        conclusion.add(judged.account.facts, judged.tally)
    return conclusion.report(order.rules, tool_version=tool_version)


@contextmanager
def _engine(executor: Executor | None, accounts: int) -> Iterator[Executor | None]:
    """What runs the accounts: the caller's, or threads; one account needs neither."""
    own = ThreadPoolExecutor(ABREAST, thread_name_prefix="account") if executor is None and accounts > 1 else None
    try:
        with own or nullcontext():
            yield executor or own
    except BaseException:
        if own is not None:
            own.shutdown(wait=False, cancel_futures=True)
        raise


def _in_turn(
    engine: Executor | None,
    order: Order,
    asked: Sequence[Member | None],
    questions: Sequence[Question],
    conclusion: Conclusion,
    folder: RunFolder,
    crowd: Crowd,
) -> Iterable[Judged]:
    """Every account's judgement, in the order of the accounts."""
    is_alone = len(asked) == 1

    def judge(number: int, member: Member | None) -> Judged:
        tally = Tally(conclusion.settle, shown=conclusion.shown)
        return _judge_account(
            order, member, questions, tally, folder, first=number * _MANY_PLACES, crowd=crowd, is_alone=is_alone
        )

    if engine is None:
        yield from (judge(number, member) for number, member in enumerate(asked))
        return
    futures: list[Future[Judged]] = [engine.submit(judge, number, member) for number, member in enumerate(asked)]
    while futures:
        yield futures.pop(0).result()


def _judge_account(
    order: Order,
    member: Member | None,
    questions: Sequence[Question],
    tally: Tally,
    folder: RunFolder,
    *,
    first: int,
    crowd: Crowd,
    is_alone: bool,
) -> Judged:
    """One account, from its role to everything it can answer alone."""
    access = order.access if member is None else _access_of(order.access, member)
    trouble: UsageError | None = None
    try:
        survey, session = _survey(order, member, access)
        places = survey.places
        arriving = survey.inventories(
            access=access,
            progress=crowd.member(survey.caller.account, is_alone=is_alone),
            workers=0 if is_alone else max(1, access.budget.limits.concurrency // ABREAST),
        )
    except (UsageError, OverError) as error:
        if is_alone or member is None:
            raise
        ended = UsageError(f"the scan ended before this account ({error})")
        trouble, session = error if isinstance(error, UsageError) else ended, None
        places, arriving = (GLOBAL,), iter((_closed(order, member, trouble),))
    regional = [region for region in places if region != GLOBAL]
    account = Account(
        questions, tally, has_wide=GLOBAL in places, is_only=is_alone and len(regional) <= 1, is_frugal=True
    )
    if order.lookup_events and session is not None:
        arriving = _with_events(arriving, session, access, order.lookup_events)
    while (inventory := next(arriving, None)) is not None:
        give_back()
        folder.add_gaps(inventory.gaps)
        account.take(Place(first + places.index(inventory.region), inventory))
    trails = {} if is_alone else owned_trails(place.inventory for place in account.kept)
    if not is_alone and account.awaits_others:
        account.finish_own()
    else:
        account.finish(None if is_alone else trails)
    if not is_alone:  # botocore's clients hold one another, and the collector would come for them too late
        gc.collect()
    give_back()
    return Judged(account, tally, trails, trouble)


def _with_events(arriving: Iterator[Inventory], session: Session, access: Access, days: int) -> Iterator[Inventory]:
    for inventory in arriving:
        yield from add_event_history((inventory,), session, access=access, days=days)


def _survey(order: Order, member: Member | None, access: Access) -> tuple[Survey, Session]:
    """Where to look in an account; raises `UsageError` where nobody may or can."""
    asked = order.regions if member is None else member.regions or order.regions
    session = order.session if order.session is not None and member is None else None
    if session is None:
        session = open_session(access, asked, around=order.session)
    caller = identify_caller(session, access, asked)
    if member is not None and caller.account != member.account:
        raise CredentialsError(f"the role {member.role_arn} led into the account {caller.account}", place=member.place)
    choice = choose_regions(session, caller, asked, access)
    survey = survey_account(
        session,
        caller=caller,
        regions=choice,
        kinds=order.kinds,
        taken_at=order.taken_at,
        mode=order.mode,
        is_sparing=True,
    )
    return survey, session


def _access_of(access: Access, member: Member) -> Access:
    return replace(access, role_arn=member.role_arn, external_id=member.external_id or access.external_id)


def _closed(order: Order, member: Member, error: UsageError) -> Inventory:
    """An account that nobody could enter: all of it is a gap, so that it is a failed target, and its answers unknown."""
    denied = isinstance(error, CredentialsError)
    gap = Gap(
        member.account,
        GLOBAL,
        "sts:AssumeRole",
        GapReason.DENIED if denied else GapReason.FAILED,
        error.message,
        tuple(sorted(order.kinds)),
    )
    return Inventory(
        partition=member.partition,
        account=member.account,
        region=GLOBAL,
        gaps=(gap,),
        collected=order.kinds,
        taken_at=order.taken_at,
        mode=order.mode,
    )
