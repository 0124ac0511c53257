"""Which Regions and events a trail or an event data store stands for, and when nobody can tell."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.aws.build import make_inventory
from scanner.model import Resource, Undecided, Unknown, View
from scanner.policy.selectors import OPEN_TUNNEL, Recording
from scanner.policy.trails import (
    EVENT_DATA_STORE,
    TRAIL,
    covers,
    delivery_trouble,
    owner_of,
    store_records,
    trail_records,
)

ACCOUNT = "111122223333"
ARN = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/audit"
STORE = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:eventdatastore/5a5f0c9e-0001-4c11-9c57-000000000001"
EVERYTHING = [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]


def trail(**facts: Any) -> Resource:
    given = {"Name": "audit", "TrailARN": ARN, "HomeRegion": "eu-west-1", **facts}
    inventory = make_inventory({TRAIL: [given]}, account=ACCOUNT, region="us-east-1")
    return inventory.of(TRAIL)[0]


def store(**facts: Any) -> Resource:
    given = {"EventDataStoreArn": STORE, **facts}
    inventory = make_inventory({EVENT_DATA_STORE: [given]}, account=ACCOUNT, region="eu-west-1")
    return inventory.of(EVENT_DATA_STORE)[0]


def trouble(taken_at: str = "2026-01-15T12:00:00Z", **facts: Any) -> str:
    view = View(make_inventory({}, account=ACCOUNT, region="eu-west-1", taken_at=taken_at))
    return delivery_trouble(trail(**facts), view, patience_hours=24)


def test_a_trail_covers_its_home_and_a_multi_region_trail_every_region() -> None:
    assert covers(trail(), "eu-west-1")
    assert not covers(trail(), "us-east-1")
    assert covers(trail(IsMultiRegionTrail=True), "us-east-1")
    assert covers(store(), "eu-west-1")
    assert not covers(store(IsMultiRegionTrail=True), "us-east-1")
    assert covers(store(MultiRegionEnabled=True), "us-east-1")


def test_whether_a_store_listens_elsewhere_may_be_unknown_but_not_whether_it_listens_at_home() -> None:
    secret = store(MultiRegionEnabled=Unknown("cloudtrail:GetEventDataStore was refused"))
    assert covers(secret, "eu-west-1")
    with pytest.raises(Undecided, match="GetEventDataStore was refused"):
        covers(secret, "us-east-1")


@pytest.mark.parametrize("facts", [{}, {"EventSelectors": [], "AdvancedEventSelectors": []}, {"EventSelectors": None}])
def test_a_trail_without_selectors_records_all_management_events(facts: dict[str, Any]) -> None:
    assert trail_records(trail(**facts), OPEN_TUNNEL) is Recording.ALL


@pytest.mark.parametrize(
    "facts",
    [
        {"HasCustomEventSelectors": True},
        {"EventSelectors": [{}], "AdvancedEventSelectors": EVERYTHING},
        {"EventSelectors": "?"},
        {"AdvancedEventSelectors": {"FieldSelectors": []}},
        {"EventSelectors": Unknown("cloudtrail:GetEventSelectors was refused")},
    ],
)
def test_selectors_that_were_not_read_or_contradict_each_other_are_undecided(facts: dict[str, Any]) -> None:
    with pytest.raises(Undecided):
        trail_records(trail(**facts), OPEN_TUNNEL)


@pytest.mark.parametrize(
    "status", ["CREATED", "PENDING_DELETION", "STARTING_INGESTION", "STOPPING_INGESTION", "STOPPED_INGESTION"]
)
def test_a_store_records_only_while_it_is_enabled(status: str) -> None:
    assert store_records(store(Status="ENABLED", AdvancedEventSelectors=EVERYTHING), OPEN_TUNNEL) is Recording.ALL
    assert store_records(store(Status=status, AdvancedEventSelectors=EVERYTHING), OPEN_TUNNEL) is Recording.NONE


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({}, "the status of .* was not read"),
        ({"Status": Unknown("refused")}, "refused"),
        ({"Status": "ENABLED"}, "the event selectors of .* were not read"),
        ({"Status": "ENABLED", "AdvancedEventSelectors": "?"}, "the event selectors of .* cannot be read"),
        ({"Status": "ENABLED", "AdvancedEventSelectors": Unknown("refused")}, "refused"),
    ],
)
def test_a_store_that_does_not_tell_is_undecided(facts: dict[str, Any], reason: str) -> None:
    with pytest.raises(Undecided, match=reason):
        store_records(store(**facts), OPEN_TUNNEL)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"IsLogging": False}, "it is not logging"),
        ({"IsLogging": False, "StopLoggingTime": "2026-01-02T03:04:05Z"}, "it is stopped since 2026-01-02T03:04:05Z"),
        ({"IsLogging": True, "LatestDeliveryError": "AccessDenied"}, "its latest delivery failed with AccessDenied"),
        ({"IsLogging": True, "LatestDeliveryTime": "2026-01-14T12:00:00Z"}, ""),
        (
            {"IsLogging": True, "LatestDeliveryTime": "2026-01-14T11:59:00Z"},
            "it delivered last at 2026-01-14T11:59:00Z",
        ),
        ({"IsLogging": True, "StartLoggingTime": "2026-01-15T11:01:00Z"}, ""),
        (
            {"IsLogging": True, "StartLoggingTime": "2026-01-15T11:00:00Z"},
            "it has delivered nothing since it started at 2026-01-15T11:00:00Z",
        ),
    ],
)
def test_trouble_with_delivery_is_told_in_words(facts: dict[str, Any], expected: str) -> None:
    assert trouble(**facts) == expected


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"IsLogging": Unknown("refused")},
        {"IsLogging": True},
        {"IsLogging": True, "LatestDeliveryTime": "yesterday"},
        {"IsLogging": True, "LatestDeliveryTime": "2026-01-15T11:55:00Z", "taken_at": ""},
    ],
)
def test_a_status_that_does_not_tell_is_undecided(facts: dict[str, Any]) -> None:
    with pytest.raises(Undecided):
        trouble(**facts)


def test_the_owner_of_a_trail_stands_in_its_arn() -> None:
    assert owner_of(trail(TrailARN="arn:aws:cloudtrail:us-east-1:444455556666:trail/organization")) == "444455556666"
    assert owner_of(trail(TrailARN="audit")) == ""
