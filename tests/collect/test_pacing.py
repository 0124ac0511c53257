"""Requests go no faster than AWS documents, slower where AWS says so, and never faster than was asked for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from scanner.collect.budget import INTERRUPTED, TIMED_OUT, Budget, Limits, OverError
from scanner.collect.pacing import Pace, Pacer, Place, Size, size_of

VPCS = Place("111122223333", "eu-west-1", "ec2", "DescribeVpcs")
INSTANCES = replace(VPCS, operation="DescribeInstances")


@dataclass
class Watch:
    """A clock that runs only while somebody sleeps."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    @property
    def pace(self) -> Pace:
        return Pace(lambda: self.now, self.sleep)


@pytest.mark.parametrize(
    ("service", "operation", "is_paged", "size"),
    [
        ("ec2", "DescribeVpcs", True, Size(100, 20)),
        ("ec2", "GetSerialConsoleAccessStatus", False, Size(100, 20)),
        ("ec2", "DescribeInstances", True, Size(100, 20)),
        ("ec2", "DescribeInstances", False, Size(50, 10)),
        ("ec2", "DescribeSecurityGroupReferences", True, Size(20, 5)),
        ("cloudtrail", "LookupEvents", True, Size(2, 2)),
    ],
)
def test_buckets_have_the_size_that_aws_documents(service: str, operation: str, *, is_paged: bool, size: Size) -> None:
    assert size_of(service, operation, is_paged=is_paged) == size


def test_a_full_bucket_is_spent_at_once_and_then_refilled() -> None:
    watch = Watch()
    pacer = Pacer(pace=watch.pace)
    assert [pacer.delay(VPCS) for _ in range(103)] == [0.0] * 100 + [0.05, 0.1, pytest.approx(0.15)]
    watch.now = 10.15
    assert [pacer.delay(VPCS) for _ in range(101)][-1] == pytest.approx(0.05)


def test_every_account_region_and_operation_has_a_bucket_of_its_own() -> None:
    pacer = Pacer(pace=Watch().pace)
    for _ in range(101):
        last = pacer.delay(VPCS)
    assert last > 0
    others = (replace(VPCS, account="444455556666"), replace(VPCS, region="us-east-1"), INSTANCES)
    assert [pacer.delay(place) for place in others] == [0.0, 0.0, 0.0]


def test_a_refusal_empties_the_bucket_and_halves_its_refill_until_answers_come_back() -> None:
    watch = Watch()
    pacer = Pacer(pace=watch.pace)
    pacer.delay(VPCS)
    pacer.throttled(VPCS)
    assert pacer.delay(VPCS) == pytest.approx(0.1)
    for _ in range(50):
        pacer.answered(VPCS)
    watch.now = 1.0
    taken = [pacer.delay(VPCS) for _ in range(30)]
    assert [round(after - before, 3) for before, after in zip(taken[-3:], taken[-2:], strict=False)] == [0.05, 0.05]


def test_many_refusals_of_one_moment_count_as_one_and_the_pace_never_falls_to_nothing() -> None:
    watch = Watch()
    pacer = Pacer(pace=watch.pace)
    pacer.delay(VPCS)
    for _ in range(20):
        pacer.throttled(VPCS)
    assert pacer.delay(VPCS) == pytest.approx(0.1)
    for second in range(20):
        watch.now = 100.0 + second
        pacer.throttled(VPCS)
    assert pacer.delay(VPCS) == pytest.approx(32 / 20)


def test_max_rate_bounds_all_requests_together() -> None:
    pacer = Pacer(most=4, pace=Watch().pace)
    places = [VPCS, INSTANCES, replace(VPCS, account="444455556666"), replace(VPCS, region="us-east-1")]
    assert [pacer.delay(place) for place in places] == [0.0, 0.25, 0.5, 0.75]


def test_a_budget_waits_its_turn_and_no_longer() -> None:
    watch = Watch()
    budget = Budget(Limits(max_rate=0.5), pace=watch.pace)
    for _ in range(3):
        budget.wait(VPCS, is_paged=True)
    assert watch.now == pytest.approx(4.0)
    assert max(watch.slept) <= 0.25


def test_a_budget_ends_a_wait_when_its_time_is_up() -> None:
    watch = Watch()
    budget = Budget(Limits(max_rate=0.1, timeout=3), pace=watch.pace)
    budget.wait(VPCS, is_paged=True)
    with pytest.raises(OverError, match=TIMED_OUT):
        budget.wait(VPCS, is_paged=True)
    assert watch.now == pytest.approx(3.0)


def test_a_stopped_budget_wakes_who_listens_and_lets_nothing_through() -> None:
    budget = Budget(pace=Watch().pace)
    told: list[str] = []
    with budget.listening(lambda: told.append("woken")):
        assert budget.is_watched
        budget.stop(INTERRUPTED)
    assert (told, budget.is_watched) == (["woken"], False)
    with pytest.raises(OverError, match=INTERRUPTED):
        budget.wait(VPCS, is_paged=True)
    budget.stop(TIMED_OUT)
    assert budget.over == INTERRUPTED


def test_pauses_grow_and_differ() -> None:
    watch = Watch()
    budget = Budget(pace=watch.pace)
    rests = []
    for tries in (1, 2, 3, 9):
        before = watch.now
        budget.rest(tries)
        rests.append(watch.now - before)
    assert all(0 <= rest <= most for rest, most in zip(rests, (2, 4, 8, 20), strict=True))
    assert len(set(rests)) == 4
