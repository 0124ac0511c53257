"""What passes is waited out: a page is never lost and never counted twice, and what stays refused is a gap."""

from __future__ import annotations

from collections.abc import Callable

import boto3
import pytest

from scanner.collect.access import Access, Caller, RegionChoice, open_session
from scanner.collect.account import collect_account
from scanner.collect.budget import Budget, Limits
from scanner.collect.pacing import Pace
from scanner.model import Gap, GapReason, Inventory
from scanner.model.progress import Silent
from tests.collect.conftest import ACCOUNT, NOON
from tests.loopback import RESET, Loopback, Reply, ec2, html, query, refusal

VPC = "AWS::EC2::VPC"
Persist = Callable[..., Inventory]


def page(*ids: str, token: str = "") -> Reply:
    items = "".join(f"<item><vpcId>{id_}</vpcId></item>" for id_ in ids)
    return ec2("DescribeVpcs", f"<vpcSet>{items}</vpcSet>" + (f"<nextToken>{token}</nextToken>" if token else ""))


FIRST, SECOND = page("vpc-1", "vpc-2", token="two"), page("vpc-3")
STALE = refusal("InvalidNextToken", status=400)


@pytest.fixture
def persist(aws: Loopback, session: boto3.Session, monkeypatch: pytest.MonkeyPatch) -> Persist:
    """Collects the VPCs with four attempts a request and no pauses."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "4")
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)

    def collect(asker: boto3.Session | None = None, budget: Budget | None = None) -> Inventory:
        # A session of its own: one session's clients share what they have learnt about retries.
        asker = asker or boto3.Session(
            aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="opens nothing", region_name="eu-west-1"
        )
        budget = budget or Budget(Limits(), pace=Pace(lambda: 0.0, lambda _: None))
        [inventory] = collect_account(
            asker,
            caller=Caller(ACCOUNT, "aws", f"arn:aws:iam::{ACCOUNT}:user/auditor"),
            regions=RegionChoice(("eu-west-1",)),
            kinds=frozenset({VPC}),
            access=Access(endpoint_url=aws.url, budget=budget),
            progress=Silent(),
            taken_at=NOON,
            workers=4,
        )
        return inventory

    return collect


def tokens(aws: Loopback) -> list[str]:
    """Which page each request asked for."""
    assert {request.operation for request in aws.requests} <= {"DescribeVpcs", "AssumeRole"}
    return [request.parameters.get("NextToken", "") for request in aws.asked("DescribeVpcs")]


def ids(inventory: Inventory) -> list[str]:
    return [vpc.id for vpc in inventory.of(VPC)]


@pytest.mark.parametrize(
    "fault",
    [
        refusal("RequestLimitExceeded", status=503),
        refusal("InternalError", status=500),
        html(502),
        html(200),
        RESET,
        SECOND.half(),
        SECOND.half(has_length=False),
        refusal("RequestTimeTooSkewed", status=403),
    ],
    ids=["throttled", "500", "html-502", "html-200", "reset", "cut", "cut-without-length", "skew"],
)
def test_a_page_that_fails_is_asked_for_again(aws: Loopback, persist: Persist, fault: Reply) -> None:
    aws.answer("DescribeVpcs", FIRST, fault, fault, SECOND)
    inventory = persist()
    assert (ids(inventory), inventory.gaps) == (["vpc-1", "vpc-2", "vpc-3"], ())
    assert tokens(aws) == ["", "two", "two", "two"]


def test_a_token_that_is_refused_begins_the_listing_anew(aws: Loopback, persist: Persist) -> None:
    aws.answer("DescribeVpcs", FIRST, STALE, page("vpc-1", "vpc-2", token="other"), SECOND)
    inventory = persist()
    assert (ids(inventory), inventory.gaps) == (["vpc-1", "vpc-2", "vpc-3"], ())
    assert tokens(aws) == ["", "two", "", "other"]


def test_a_token_that_is_always_refused_is_a_gap_and_nothing_is_counted_twice(aws: Loopback, persist: Persist) -> None:
    aws.answer("DescribeVpcs", *[FIRST, STALE] * 4, page("vpc-9"))
    inventory = persist()
    assert ids(inventory) == ["vpc-1", "vpc-2"]
    assert [(gap.reason, gap.detail) for gap in inventory.gaps] == [(GapReason.FAILED, "InvalidNextToken")]
    assert tokens(aws) == ["", "two"] * 4


def test_a_first_page_that_is_refused_is_not_asked_for_again(aws: Loopback, persist: Persist) -> None:
    aws.answer("DescribeVpcs", STALE)
    assert [gap.detail for gap in persist().gaps] == ["InvalidNextToken"]
    assert tokens(aws) == [""]


def test_what_stays_throttled_is_a_gap_that_keeps_the_pages_before(aws: Loopback, persist: Persist) -> None:
    aws.answer("DescribeVpcs", FIRST, refusal("RequestLimitExceeded", status=503))
    inventory = persist()
    assert ids(inventory) == ["vpc-1", "vpc-2"]
    lack = Gap(ACCOUNT, "eu-west-1", "ec2:DescribeVpcs", GapReason.THROTTLED, "RequestLimitExceeded", (VPC,))
    assert inventory.gaps == (lack,)
    assert tokens(aws) == ["", "two", "two", "two", "two"]


def role(key: str) -> Reply:
    return query(
        "AssumeRole",
        f"<Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
        f"<SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>",
    )


def test_a_role_whose_credentials_are_refused_is_assumed_once_more(
    aws: Loopback, persist: Persist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "opens nothing")
    aws.answer("AssumeRole", role("FIRST"), role("SECOND"))
    aws.answer("DescribeVpcs", FIRST, refusal("RequestExpired", status=400), SECOND)
    asker = open_session(Access(role_arn=f"arn:aws:iam::{ACCOUNT}:role/audit", endpoint_url=aws.url), ("eu-west-1",))
    inventory = persist(asker)
    assert (ids(inventory), inventory.gaps) == (["vpc-1", "vpc-2", "vpc-3"], ())
    assert [request.key for request in aws.asked("DescribeVpcs")] == ["FIRST", "FIRST", "SECOND"]


def test_credentials_that_stay_expired_are_a_gap(aws: Loopback, persist: Persist) -> None:
    aws.answer("DescribeVpcs", refusal("RequestExpired", status=400))
    assert [(gap.reason, gap.detail) for gap in persist().gaps] == [(GapReason.EXPIRED, "RequestExpired")]
    assert tokens(aws) == [""]


def test_requests_are_paced_retries_as_well_and_slower_after_a_refusal(aws: Loopback, persist: Persist) -> None:
    slept: list[float] = []
    pace = Pace(lambda: sum(slept), slept.append)
    aws.answer("DescribeVpcs", FIRST, refusal("RequestLimitExceeded", status=503), SECOND)
    assert persist(budget=Budget(Limits(max_rate=8), pace=pace)).gaps == ()
    # An eighth of a second between three requests; the emptied bucket gives its next token after a tenth.
    assert slept == [0.125, 0.125]
    slept.clear()
    aws.answer("DescribeVpcs", FIRST, refusal("RequestLimitExceeded", status=503), SECOND)
    assert persist(budget=Budget(pace=pace)).gaps == ()
    assert slept == [pytest.approx(0.1)]


def test_a_scan_whose_time_is_up_says_so_of_what_it_did_not_ask(aws: Loopback, persist: Persist) -> None:
    slept: list[float] = []
    aws.answer("DescribeVpcs", FIRST, SECOND)
    budget = Budget(Limits(max_rate=0.1, timeout=5), pace=Pace(lambda: sum(slept), slept.append))
    inventory = persist(budget=budget)
    assert inventory.gaps == (Gap(ACCOUNT, "eu-west-1", "ec2:DescribeVpcs", GapReason.STOPPED, "timeout", (VPC,)),)
    assert inventory.is_cut_short
    assert tokens(aws) == [""]
