from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

WRITES = [{"Name": "writes", "FieldSelectors": [{"Field": "readOnly", "Equals": ["false"]}]}]


@pytest.fixture
def trails(client: Any) -> Any:
    return client("cloudtrail")


def test_a_new_store_records_every_management_event(trails: Any) -> None:
    created = trails.create_event_data_store(Name="lake")
    store = trails.get_event_data_store(EventDataStore=created["EventDataStoreArn"])
    del store["ResponseMetadata"]
    assert store == {
        "EventDataStoreArn": created["EventDataStoreArn"],
        "Name": "lake",
        "Status": "ENABLED",
        "AdvancedEventSelectors": [
            {
                "Name": "Default management events",
                "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}],
            }
        ],
        "MultiRegionEnabled": True,
        "OrganizationEnabled": False,
        "RetentionPeriod": 366,
        "TerminationProtectionEnabled": True,
        "CreatedTimestamp": created["CreatedTimestamp"],
        "UpdatedTimestamp": created["UpdatedTimestamp"],
        "BillingMode": "EXTENDABLE_RETENTION_PRICING",
        "FederationStatus": "DISABLED",
    }


def test_a_store_may_begin_stopped_with_selectors_of_its_own(trails: Any) -> None:
    created = trails.create_event_data_store(
        Name="lake",
        AdvancedEventSelectors=WRITES,
        StartIngestion=False,
        BillingMode="FIXED_RETENTION_PRICING",
        TagsList=[{"Key": "Owner", "Value": "audit"}],
    )
    assert created["Status"] == "STOPPED_INGESTION"
    assert created["AdvancedEventSelectors"] == WRITES
    assert created["RetentionPeriod"] == 2557
    assert created["TagsList"] == [{"Key": "Owner", "Value": "audit"}]


def test_a_store_is_found_by_the_end_of_its_arn(trails: Any) -> None:
    arn = trails.create_event_data_store(Name="lake")["EventDataStoreArn"]
    assert trails.get_event_data_store(EventDataStore=arn.rpartition("/")[2])["Name"] == "lake"


def test_the_list_names_the_stores_and_tells_no_more(trails: Any) -> None:
    arns = [trails.create_event_data_store(Name=f"lake-{number}")["EventDataStoreArn"] for number in range(3)]
    first = trails.list_event_data_stores(MaxResults=2)
    rest = trails.list_event_data_stores(MaxResults=2, NextToken=first["NextToken"])
    assert [*first["EventDataStores"], *rest["EventDataStores"]] == [
        {"EventDataStoreArn": arn, "Name": f"lake-{number}"} for number, arn in enumerate(arns)
    ]
    assert "NextToken" not in rest


def test_a_store_is_updated(trails: Any) -> None:
    arn = trails.create_event_data_store(Name="lake")["EventDataStoreArn"]
    updated = trails.update_event_data_store(
        EventDataStore=arn, AdvancedEventSelectors=WRITES, MultiRegionEnabled=False
    )
    assert (updated["AdvancedEventSelectors"], updated["MultiRegionEnabled"]) == (WRITES, False)
    assert trails.get_event_data_store(EventDataStore=arn)["AdvancedEventSelectors"] == WRITES


def test_a_protected_store_is_not_deleted_and_an_unprotected_one_waits_for_its_end(trails: Any) -> None:
    arn = trails.create_event_data_store(Name="lake")["EventDataStoreArn"]
    with pytest.raises(ClientError, match="EventDataStoreTerminationProtectedException"):
        trails.delete_event_data_store(EventDataStore=arn)
    trails.update_event_data_store(EventDataStore=arn, TerminationProtectionEnabled=False)
    trails.delete_event_data_store(EventDataStore=arn)
    assert trails.get_event_data_store(EventDataStore=arn)["Status"] == "PENDING_DELETION"
    with pytest.raises(ClientError, match="InactiveEventDataStoreException"):
        trails.update_event_data_store(EventDataStore=arn, Name="pond")


@pytest.mark.parametrize(
    ("operation", "asked", "code"),
    [
        ("get_event_data_store", {"EventDataStore": "nowhere"}, "EventDataStoreNotFoundException"),
        ("create_event_data_store", {"Name": "lake"}, "EventDataStoreAlreadyExistsException"),
        ("create_event_data_store", {"Name": "pond", "RetentionPeriod": 4000}, "InvalidParameterException"),
        ("list_event_data_stores", {"MaxResults": 1001}, "InvalidMaxResultsException"),
        ("list_event_data_stores", {"NextToken": "nowhere"}, "InvalidNextTokenException"),
    ],
)
def test_what_cannot_be_is_refused_with_the_code_of_aws(
    trails: Any, operation: str, asked: dict[str, Any], code: str
) -> None:
    trails.create_event_data_store(Name="lake")
    with pytest.raises(getattr(trails.exceptions, code)):
        getattr(trails, operation)(**asked)


def test_a_store_lives_in_the_region_it_was_made_in() -> None:
    from scanner.mock.account import mocked_account

    with mocked_account() as session:
        session.client("cloudtrail").create_event_data_store(Name="lake")
        assert session.client("cloudtrail", region_name="eu-west-2").list_event_data_stores()["EventDataStores"] == []
