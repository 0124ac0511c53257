"""CloudTrail Lake's event data stores: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateEventDataStore.html."""

# ruff: noqa: D102 - these methods bear the names of AWS's operations, and do what AWS says those do

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.cloudtrail.models import CloudTrailBackend as MotoCloudTrailBackend
from moto.cloudtrail.models import cloudtrail_backends
from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random

from scanner.mock.cloudtrail_error import CloudTrailError
from scanner.mock.listing import turn_to_page

if TYPE_CHECKING:
    CloudTrailBackend = MotoCloudTrailBackend
else:
    CloudTrailBackend = object

_EXTENDABLE = "EXTENDABLE_RETENTION_PRICING"
_DAYS = {_EXTENDABLE: (366, range(7, 3654)), "FIXED_RETENTION_PRICING": (2557, range(7, 2558))}
_DELETED = "PENDING_DELETION"
_EVERY_MANAGEMENT_EVENT = [
    {"Name": "Default management events", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}
]
_SETTINGS = (
    "Name",
    "AdvancedEventSelectors",
    "MultiRegionEnabled",
    "OrganizationEnabled",
    "RetentionPeriod",
    "TerminationProtectionEnabled",
    "KmsKeyId",
    "BillingMode",
)


class EventDataStoreBackend(CloudTrailBackend):
    """The stores of one account and home region by ARN, each in AWS's own words; kept from first use on, as the backend may be older."""

    @property
    def event_data_stores(self) -> dict[str, dict[str, Any]]:
        stores: dict[str, dict[str, Any]] = self.__dict__.setdefault("_event_data_stores", {})
        return stores

    def create_event_data_store(self, settings: dict[str, Any], *, ingest: bool) -> dict[str, Any]:
        store_id = mock_random.uuid4()
        arn = f"arn:{self.partition}:cloudtrail:{self.region_name}:{self.account_id}:eventdatastore/{store_id}"
        now = utcnow()
        store = {
            "EventDataStoreArn": arn,
            "Status": "ENABLED" if ingest else "STOPPED_INGESTION",
            "AdvancedEventSelectors": _EVERY_MANAGEMENT_EVENT,
            "MultiRegionEnabled": True,
            "OrganizationEnabled": False,
            "RetentionPeriod": _DAYS[settings.get("BillingMode", _EXTENDABLE)][0],
            "TerminationProtectionEnabled": True,
            "BillingMode": _EXTENDABLE,
            "CreatedTimestamp": now,
            "UpdatedTimestamp": now,
            **settings,
        }
        self._check_event_data_store(store)
        self.event_data_stores[arn] = store
        return store

    def get_event_data_store(self, name: str) -> dict[str, Any]:
        """A store by its ARN or by the id at the end of it."""
        for arn, store in self.event_data_stores.items():
            if name in (arn, arn.rpartition("/")[2]):
                return store
        raise CloudTrailError("EventDataStoreNotFoundException", f"There is no event data store {name}.")

    def update_event_data_store(self, name: str, *, settings: dict[str, Any]) -> dict[str, Any]:
        store = self._active_event_data_store(name)
        self._check_event_data_store({**store, **settings})
        store.update(settings, UpdatedTimestamp=utcnow())
        return store

    def delete_event_data_store(self, name: str) -> None:
        """The store stays listed as pending, as AWS keeps it for seven days."""
        store = self._active_event_data_store(name)
        if store["TerminationProtectionEnabled"]:
            message = f"Event data store {store['Name']} has termination protection enabled."
            raise CloudTrailError("EventDataStoreTerminationProtectedException", message)
        store.update(Status=_DELETED, UpdatedTimestamp=utcnow())

    def _active_event_data_store(self, name: str) -> dict[str, Any]:
        store = self.get_event_data_store(name)
        if store["Status"] == _DELETED:
            raise CloudTrailError("InactiveEventDataStoreException", f"Event data store {store['Name']} is inactive.")
        return store

    def _check_event_data_store(self, store: dict[str, Any]) -> None:
        for arn, other in self.event_data_stores.items():
            if other["Name"] == store["Name"] and arn != store["EventDataStoreArn"]:
                message = f"There is an event data store named {store['Name']} already."
                raise CloudTrailError("EventDataStoreAlreadyExistsException", message)
        days = _DAYS[store["BillingMode"]][1]
        if store["RetentionPeriod"] not in days:
            message = f"The retention period has to be from {days[0]} to {days[-1]} days."
            raise CloudTrailError("InvalidParameterException", message)


class EventDataStoreResponse(BaseResponse):
    """The five operations; the list names the stores and no more, since all its other members are deprecated."""

    @property
    def _stores(self) -> Any:
        return cloudtrail_backends[self.current_account][self.region]

    def create_event_data_store(self) -> ActionResult:
        ingest = self._get_bool_param("StartIngestion", True)
        store = self._stores.create_event_data_store(self._settings(), ingest=ingest)
        return ActionResult({**store, "TagsList": self._get_param("TagsList", [])})

    def get_event_data_store(self) -> ActionResult:
        store = self._stores.get_event_data_store(self._get_param("EventDataStore"))
        return ActionResult({**store, "FederationStatus": "DISABLED"})

    def list_event_data_stores(self) -> ActionResult:
        size = self._get_int_param("MaxResults", 1000)
        if size not in range(1, 1001):
            raise CloudTrailError("InvalidMaxResultsException", "MaxResults has to be from 1 to 1000.")
        page, token = turn_to_page(
            [
                {"EventDataStoreArn": arn, "Name": store["Name"]}
                for arn, store in self._stores.event_data_stores.items()
            ],
            size=size,
            token=self._get_param("NextToken"),
            name=lambda store: str(store["EventDataStoreArn"]),
            unknown=lambda _: CloudTrailError("InvalidNextTokenException", "The token is not valid."),
        )
        return ActionResult({"EventDataStores": page, "NextToken": token})

    def update_event_data_store(self) -> ActionResult:
        store = self._stores.update_event_data_store(self._get_param("EventDataStore"), settings=self._settings())
        return ActionResult({**store, "FederationStatus": "DISABLED"})

    def delete_event_data_store(self) -> ActionResult:
        self._stores.delete_event_data_store(self._get_param("EventDataStore"))
        return ActionResult({})

    def _settings(self) -> dict[str, Any]:
        asked = {name: self._get_param(name) for name in _SETTINGS}
        return {name: value for name, value in asked.items() if value is not None}
