"""The Regions of a scan: those that were asked for and exist, or all that the account has enabled."""

from __future__ import annotations

import boto3
import pytest

from scanner.collect.access import Access, Caller, RegionChoice, choose_regions
from scanner.collect.account import collect_account
from scanner.errors import UsageError
from scanner.model import Gap, GapReason
from scanner.model.progress import Silent
from tests.collect.conftest import ACCOUNT
from tests.loopback import Loopback, Reply, ec2, refusal

CALLER = Caller(ACCOUNT, "aws", f"arn:aws:iam::{ACCOUNT}:user/auditor")
ALL = {
    "us-east-1": "opt-in-not-required",
    "eu-west-1": "opt-in-not-required",
    "ap-east-1": "not-opted-in",
    "eu-south-1": "opted-in",
}


def regions(status: dict[str, str]) -> Reply:
    items = "".join(
        f"<item><regionName>{name}</regionName><optInStatus>{word}</optInStatus></item>"
        for name, word in status.items()
    )
    return ec2("DescribeRegions", f"<regionInfo>{items}</regionInfo>")


def choose(aws: Loopback, session: boto3.Session, *asked: str) -> RegionChoice:
    return choose_regions(session, CALLER, asked, Access(endpoint_url=aws.url))


def test_all_enabled_regions_are_read_in_order(aws: Loopback, session: boto3.Session) -> None:
    aws.answer("DescribeRegions", regions(ALL))
    choice = choose(aws, session)
    assert choice.regions == ("eu-south-1", "eu-west-1", "us-east-1")
    assert choice.gaps == ()
    assert {region["RegionName"]: region["OptInStatus"] for region in choice.facts} == ALL
    [request] = aws.requests
    assert (request.parameters["AllRegions"], request.region) == ("true", "eu-west-1")


def test_regions_that_were_asked_for_are_read_in_the_order_of_asking(aws: Loopback, session: boto3.Session) -> None:
    aws.answer("DescribeRegions", regions(ALL))
    assert choose(aws, session, "us-east-1", "eu-west-1", "us-east-1").regions == ("us-east-1", "eu-west-1")


def test_a_region_that_does_not_exist_is_told_with_the_one_that_was_meant(
    aws: Loopback, session: boto3.Session
) -> None:
    aws.answer("DescribeRegions", regions(ALL))
    with pytest.raises(UsageError) as caught:
        choose(aws, session, "eu-wst-1")
    assert str(caught.value) == "--region: 'eu-wst-1' is no AWS Region. Did you mean 'eu-west-1'?"
    assert caught.value.exit_code == 2


def test_a_region_that_is_not_enabled_is_a_gap_without_kinds(aws: Loopback, session: boto3.Session) -> None:
    aws.answer("DescribeRegions", regions(ALL))
    choice = choose(aws, session, "ap-east-1", "eu-west-1")
    assert choice.regions == ("eu-west-1",)
    assert choice.gaps == (Gap(ACCOUNT, "ap-east-1", "ec2:DescribeRegions", GapReason.OPTED_OUT, "not-opted-in"),)


def test_only_regions_that_are_not_enabled_are_no_scan(aws: Loopback, session: boto3.Session) -> None:
    aws.answer("DescribeRegions", regions(ALL))
    with pytest.raises(UsageError) as caught:
        choose(aws, session, "ap-east-1")
    assert str(caught.value).startswith(f"--region: the account {ACCOUNT} has not enabled ap-east-1. Enable the Region")


@pytest.mark.parametrize(
    "reply", [refusal("UnauthorizedOperation"), ec2("DescribeRegions", "")], ids=["refused", "empty"]
)
def test_without_a_list_the_asked_regions_are_checked_against_botocore_s(
    aws: Loopback, session: boto3.Session, reply: Reply
) -> None:
    aws.answer("DescribeRegions", reply)
    assert choose(aws, session, "us-east-1", "ap-east-1") == RegionChoice(("us-east-1", "ap-east-1"))
    with pytest.raises(UsageError, match="'eu-wst-1' is no AWS Region"):
        choose(aws, session, "eu-wst-1")


def test_without_a_list_and_without_a_wish_the_session_s_region_is_read(aws: Loopback, session: boto3.Session) -> None:
    aws.answer("DescribeRegions", refusal("UnauthorizedOperation"))
    assert choose(aws, session) == RegionChoice(
        ("eu-west-1",),
        gaps=(
            Gap(
                ACCOUNT, "eu-west-1", "ec2:DescribeRegions", GapReason.DENIED, "UnauthorizedOperation", ("AWS::Region",)
            ),
        ),
    )


def test_another_partition_is_asked_at_its_own_first_region(aws: Loopback) -> None:
    aws.answer("DescribeRegions", regions({"us-gov-west-1": "opt-in-not-required"}))
    homeless = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b")
    caller = Caller(ACCOUNT, "aws-us-gov", f"arn:aws-us-gov:iam::{ACCOUNT}:user/auditor")
    choice = choose_regions(homeless, caller, (), Access(endpoint_url=aws.url))
    assert choice.regions == ("us-gov-west-1",)
    assert aws.requests[0].region == "us-gov-west-1"


def test_what_is_known_of_regions_joins_the_inventories(aws: Loopback, session: boto3.Session) -> None:
    aws.answer("DescribeRegions", regions(ALL))
    access = Access(endpoint_url=aws.url)
    first, second, closed = collect_account(
        session,
        caller=CALLER,
        regions=choose(aws, session, "eu-south-1", "ap-east-1", "eu-west-1"),
        kinds=frozenset({"AWS::EC2::VPC"}),
        access=access,
        progress=Silent(),
        taken_at="",
    )
    assert [dict(region.facts) for region in first.of("AWS::Region")] == [
        {"RegionName": "eu-south-1", "OptInStatus": "opted-in"}
    ]
    assert [gap.call for inventory in (first, second) for gap in inventory.gaps] == ["ec2:DescribeVpcs"] * 2
    assert (first.region, second.region, closed.region) == ("eu-south-1", "eu-west-1", "ap-east-1")
    assert [(gap.region, gap.reason, gap.kinds) for gap in closed.gaps] == [
        ("ap-east-1", GapReason.OPTED_OUT, ("AWS::EC2::VPC",))
    ]
    assert closed.failed == "ec2:DescribeRegions is not possible, the Region is not enabled in ap-east-1 (not-opted-in)"


def test_a_region_that_is_not_enabled_hides_nothing_of_the_account_itself(
    aws: Loopback, session: boto3.Session
) -> None:
    aws.answer("DescribeRegions", regions(ALL))
    *_, closed = collect_account(
        session,
        caller=CALLER,
        regions=choose(aws, session, "ap-east-1", "eu-west-1"),
        kinds=frozenset({"AWS::EC2::VPC", "AWS::IAM::Role"}),
        access=Access(endpoint_url=aws.url),
        progress=Silent(),
        taken_at="",
    )
    assert [gap.kinds for gap in closed.gaps] == [("AWS::EC2::VPC",)]
    assert closed.collected == frozenset({"AWS::EC2::VPC", "AWS::Account", "AWS::Region"})


def test_without_a_region_of_its_own_the_session_asks_the_first_that_was_asked_for(aws: Loopback) -> None:
    aws.answer("DescribeRegions", regions(ALL))
    assert choose(aws, boto3.Session("AKIDEXAMPLE", "x"), "eu-west-1", "us-east-1").regions == (
        "eu-west-1",
        "us-east-1",
    )
    assert [request.region for request in aws.requests] == ["eu-west-1"]


def test_the_default_region_is_asked_where_the_first_is_not_enabled(aws: Loopback) -> None:
    aws.answer("DescribeRegions", refusal("AuthFailure"), region="ap-east-1")
    aws.answer("DescribeRegions", regions(ALL), region="us-east-1")
    choice = choose(aws, boto3.Session("AKIDEXAMPLE", "x"), "ap-east-1", "eu-west-1")
    assert choice.regions == ("eu-west-1",)
    assert [(gap.region, gap.reason) for gap in choice.gaps] == [("ap-east-1", GapReason.OPTED_OUT)]
