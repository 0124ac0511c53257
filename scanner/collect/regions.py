"""Which Regions a scan reads: those asked for, or all that the account has enabled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from scanner.aws.table import KINDS
from scanner.collect.budget import Budget
from scanner.collect.clients import Clients
from scanner.collect.failures import Failure
from scanner.collect.paging import Answer, fetch, make_call
from scanner.collect.rows import UnreadableError, rows_of
from scanner.errors import UsageError, did_you_mean
from scanner.model import Gap, GapReason

if TYPE_CHECKING:
    from boto3 import Session

_REGION = KINDS["AWS::Region"]
_ENABLED = {"opt-in-not-required", "opted-in"}
_FIRST = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


class _Endpoint(Protocol):
    @property
    def endpoint_url(self) -> str: ...

    @property
    def budget(self) -> Budget: ...


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the account's twelve digits, its partition ("aws", "aws-cn", "aws-us-gov", ...), and the identity's ARN."""

    account: str
    partition: str
    arn: str


@dataclass(frozen=True, slots=True)
class RegionChoice:
    """The Regions to read, in order, and the entries of DescribeRegions.

    A gap without kinds names a Region that was asked for and cannot be read, because the account has not enabled it;
    a gap about AWS::Region means that there may be Regions nobody could name.
    """

    regions: tuple[str, ...]
    facts: tuple[Mapping[str, Any], ...] = ()
    gaps: tuple[Gap, ...] = ()


def choose_regions(session: Session, caller: Caller, asked: Sequence[str], access: _Endpoint) -> RegionChoice:
    """The Regions of a scan: `asked`, or all enabled ones.

    Raises UsageError for a name that is no Region of the partition, and when no Region is left.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html
    """
    asked = tuple(dict.fromkeys(asked))
    home = _home(session, caller.partition)
    own = session.get_available_regions("ec2", caller.partition)
    asked_first = "" if session.region_name else next((name for name in asked if name in own), "")
    facts, failure = _describe(session, caller, access, asked_first or home)
    if failure and asked_first and asked_first != home:  # perhaps the account has not enabled it
        facts, failure = _describe(session, caller, access, home)
    if failure:
        if asked:
            _insist(asked, own)
            return RegionChoice(asked)
        gap = Gap(caller.account, home, _REGION.call, failure.reason, failure.detail, (_REGION.name,))
        return RegionChoice((home,), gaps=(gap,))
    status = {str(region["RegionName"]): str(region.get("OptInStatus", "opted-in")) for region in facts}
    _insist(asked, status)
    enabled = tuple(name for name in asked or sorted(status) if status[name] in _ENABLED)
    gaps = tuple(
        Gap(caller.account, name, _REGION.call, GapReason.OPTED_OUT, status[name])
        for name in asked
        if name not in enabled
    )
    if not enabled:
        raise UsageError(
            f"the account {caller.account} has not enabled {' or '.join(asked) or 'any Region'}",
            place="--region",
            cure="enable the Region in the account's settings, or ask for another",
        )
    return RegionChoice(enabled, tuple(facts), gaps)


def default_region(session: Session, partition: str) -> str:
    """Where to ask for what has no Region: the partition's first Region."""
    return _FIRST.get(partition) or next(iter(sorted(session.get_available_regions("ec2", partition))), "us-east-1")


def first_known(session: Any, names: Sequence[str]) -> str:
    """The first of these names that is a Region of some partition, for boto3's sessions and botocore's; "" for none."""
    return next((name for name in names if not nearest_region(session, name)), "")


def nearest_region(session: Session | None, name: str) -> str:
    """The cure for a name that is no Region of any partition; "" for one that is."""
    if session is None:
        return ""
    known = {
        region for one in session.get_available_partitions() for region in session.get_available_regions("ec2", one)
    }
    return "" if name in known else did_you_mean(name, known) or "Regions are called like eu-west-1"


def _home(session: Session, partition: str) -> str:
    """The session's Region; the partition's first one where there is none."""
    return session.region_name or default_region(session, partition)


def _describe(
    session: Session, caller: Caller, access: _Endpoint, home: str
) -> tuple[list[Mapping[str, Any]], Failure | None]:
    """Every Region with its opt-in status, enabled or not; one call."""
    clients = Clients(
        session,
        partition=caller.partition,
        endpoint_url=access.endpoint_url,
        account=caller.account,
        budget=access.budget,
    )
    client = clients.get(_REGION.service, home)
    call = make_call(_REGION.service, home, _REGION.operation, {"AllRegions": True}, _REGION.pages)
    answer = Answer(failure=client) if isinstance(client, Failure) else fetch(client, call, access.budget)
    if answer.failure:
        return [], answer.failure
    try:
        found = rows_of(_REGION, answer.pages[0])
    except UnreadableError as missing:
        return [], Failure(GapReason.UNREADABLE, str(missing))
    if not found or not all(isinstance(region.get("RegionName"), str) for region in found):
        return [], Failure(GapReason.UNREADABLE, "no Regions")
    return found, None


def _insist(asked: Iterable[str], known: Iterable[str]) -> None:
    names = set(known)
    for name in asked:
        if name not in names:
            cure = did_you_mean(name, names) or "Regions are called like eu-west-1"
            raise UsageError(f"{name!r} is no AWS Region", place="--region", cure=cure)
