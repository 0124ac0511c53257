"""The demo estate, seeded through boto3 and collected like any live account."""

from __future__ import annotations

import gc
from collections.abc import Sequence

import pytest

from scanner.aws.table import KINDS
from scanner.collect.access import Access, choose_regions, identify_caller
from scanner.collect.account import collect_account
from scanner.mock.account import mocked_account
from scanner.mock.estate import seed
from scanner.model import GLOBAL, GapReason, Inventory
from tests.collect.conftest import Collect
from tests.loopback import Loopback, ec2, refusal

REGIONS = ("eu-west-1", "eu-central-1")


class Diary:
    """Keeps what a scan tells."""

    def __init__(self) -> None:
        self.begun: tuple[tuple[str, ...], int] = ((), 0)
        self.calls = 0
        self.called_names: list[str] = []
        self.done: dict[str, tuple[int, int]] = {}
        self.ended = 0

    def begin(self, regions: Sequence[str], *, calls: int) -> None:
        self.begun = (tuple(regions), calls)
        self.calls = calls

    def expect(self, calls: int) -> None:
        self.calls += calls

    def called(self, region: str, call: str) -> None:
        self.called_names.append(f"{region} {call}")

    def region_done(self, region: str, *, resources: int, gaps: int) -> None:
        self.done[region] = (resources, gaps)

    def end(self) -> None:
        self.ended += 1


@pytest.fixture(scope="module")
def estate() -> tuple[tuple[Inventory, ...], Diary]:
    diary = Diary()
    with mocked_account() as session:
        seed(session, region=REGIONS[0])
        access = Access()
        caller = identify_caller(session, access)
        inventories = collect_account(
            session,
            caller=caller,
            regions=choose_regions(session, caller, REGIONS, access),
            kinds=frozenset(KINDS),
            access=access,
            progress=diary,
            taken_at="2026-01-15T12:00:00Z",
            mode="mock",
        )
    return inventories, diary


def test_every_kind_of_the_table_is_read_but_what_an_organization_keeps_from_its_members(
    estate: tuple[tuple[Inventory, ...], Diary],
) -> None:
    inventories, _ = estate
    assert [inventory.region for inventory in inventories] == [*REGIONS, GLOBAL]
    assert {(gap.call, gap.reason) for inventory in inventories for gap in inventory.gaps} == {
        (f"organizations:{call}", GapReason.DENIED) for call in ("ListParents", "ListPolicies", "ListRoots")
    }
    assert [inventory.failed for inventory in inventories] == ["", "", ""]
    collected = frozenset().union(*(inventory.collected or frozenset() for inventory in inventories))
    assert collected == frozenset(KINDS)


def test_the_estate_is_there(estate: tuple[tuple[Inventory, ...], Diary]) -> None:
    (here, _, account), _ = estate
    assert {trail.id: trail.get("IsLogging") for trail in here.of("AWS::CloudTrail::Trail")} == {
        "reads-only": True,
        "stopped": False,
        "objects-only": True,
    }
    assert [bucket.id for bucket in account.of("AWS::S3::Bucket")] == ["estate-audit"]
    endpoints = {endpoint.get("VpcId") for endpoint in here.of("AWS::EC2::VPCEndpoint")}
    for vpc in here.of("AWS::EC2::VPC"):
        assert (vpc.get("EnableDnsSupport") is not None) == (vpc.id in endpoints)
    assert (here.mode, here.taken_at) == ("mock", "2026-01-15T12:00:00Z")


def test_progress_is_told_of_every_call_and_region(estate: tuple[tuple[Inventory, ...], Diary]) -> None:
    inventories, diary = estate
    assert diary.begun[0] == (*REGIONS, GLOBAL)
    assert set(diary.done) == {*REGIONS, GLOBAL}
    assert diary.done[REGIONS[0]][0] == len(inventories[0].resources) - 2
    assert diary.called_names.count("eu-west-1 ec2:DescribeVpcs") == 1
    assert diary.calls == len(diary.called_names)
    assert diary.ended == 1


def test_progress_ends_although_the_scan_breaks_off(aws: Loopback, collect: Collect) -> None:
    class Impatient(Diary):
        def called(self, *_: str) -> None:
            raise KeyboardInterrupt

    aws.answer("DescribeVpcs", ec2("DescribeVpcs", "<vpcSet/>"))
    diary = Impatient()
    with pytest.raises(KeyboardInterrupt):
        collect("AWS::EC2::VPC", progress=diary)
    assert diary.ended == 1


def test_the_same_account_gives_the_same_inventory_however_the_threads_run(aws: Loopback, collect: Collect) -> None:
    groups = "".join(f"<item><groupId>sg-{number}</groupId></item>" for number in range(20))
    aws.answer(
        "DescribeSecurityGroups", ec2("DescribeSecurityGroups", f"<securityGroupInfo>{groups}</securityGroupInfo>")
    )
    aws.answer("DescribeVpcs", refusal("UnauthorizedOperation"))
    aws.answer("DescribeSubnets", refusal("RequestLimitExceeded", status=503))
    kinds = ("AWS::EC2::SecurityGroup", "AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::RouteTable")
    regions = ("eu-west-1", "us-east-1", "ap-south-1")
    first = collect(*kinds, regions=regions)
    for _ in range(5):
        assert collect(*kinds, regions=regions) == first


def test_collecting_leaves_the_garbage_collector_as_it_was(aws: Loopback, collect: Collect) -> None:
    before = gc.get_threshold()
    aws.answer("DescribeVpcs", ec2("DescribeVpcs", "<vpcSet/>"))
    try:
        gc.set_threshold(701, 11, 12)
        collect("AWS::EC2::VPC")
        assert gc.get_threshold()[:2] == (701, 11)
    finally:
        gc.set_threshold(*before)
