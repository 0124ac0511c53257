"""CloudTrail's event history, LookupEvents: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html."""

# ruff: noqa: D102 - these methods bear the names of AWS's operations, and do what AWS says those do
# ruff: noqa: SLF001 - what moto knows of a request stands behind such names

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

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

Response = TypeVar("Response", bound=BaseResponse)

_KEPT = timedelta(days=90)
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - moto's clock is naive UTC


class EventHistoryBackend(CloudTrailBackend):
    """The recorded events of one account and region, oldest first; kept from first use on, as the backend may be older."""

    @property
    def recorded_events(self) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = self.__dict__.setdefault("_recorded_events", [])
        return events


def record_event(record: Mapping[str, Any], *, account: str, region: str) -> str:
    """Put a CloudTrail record into the event history of a mocked account in this process; answers its event id.

    `record` has the shape of https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html;
    `eventName` and `eventSource` are needed, the id, the time (now), `awsRegion` and `readOnly` (False) are filled in.
    """
    complete = {
        "eventVersion": "1.11",
        "eventID": str(mock_random.uuid4()),
        "eventTime": utcnow().strftime(_TIME),
        "awsRegion": region,
        "readOnly": False,
        "managementEvent": True,
        "eventCategory": "Management",
        "recipientAccountId": account,
        **record,
    }
    backend: Any = cloudtrail_backends[account][region]
    backend.recorded_events.append(_summarize(complete))
    return str(complete["eventID"])


def recorded(operation: Callable[[Response], ActionResult]) -> Callable[[Response], ActionResult]:
    """Let a supplied operation that changes something leave its event in the history, when it succeeds."""

    @wraps(operation)
    def answer(response: Response) -> ActionResult:
        result = operation(response)
        action = response._get_action()
        record = {
            "eventName": action,
            "eventSource": f"{response.service_name}.amazonaws.com",
            "eventType": "AwsApiCall",
            "userIdentity": {"accountId": response.current_account, "accessKeyId": response.access_key},
            "requestParameters": {f"{action}Request": dict(response._get_params())},
        }
        record_event(record, account=response.current_account, region=response.region)
        return result

    return answer


class EventHistoryResponse(BaseResponse):
    """One lookup attribute at most, newest events first, fifty to a page."""

    def lookup_events(self) -> ActionResult:
        size = self._get_int_param("MaxResults", 50)
        if size not in range(1, 51):
            raise CloudTrailError("InvalidMaxResultsException", "MaxResults has to be from 1 to 50.")
        attributes = self._get_param("LookupAttributes", [])
        if len(attributes) > 1:
            raise CloudTrailError("InvalidLookupAttributesException", "Only one lookup attribute is allowed.")
        start, end = self._time_range()
        backend: Any = cloudtrail_backends[self.current_account][self.region]
        wanted = [
            event
            for event in reversed(backend.recorded_events)
            if start <= event["EventTime"] <= end
            and all(asked["AttributeValue"] in _values(event, asked["AttributeKey"]) for asked in attributes)
        ]
        page, token = turn_to_page(
            wanted,
            size=size,
            token=self._get_param("NextToken"),
            name=lambda event: str(event["EventId"]),
            unknown=lambda _: CloudTrailError("InvalidNextTokenException", "The token is not valid."),
        )
        return ActionResult({"Events": page, "NextToken": token})

    def _time_range(self) -> tuple[datetime, datetime]:
        now = utcnow()
        start, end = (
            default if seconds is None else _EPOCH + timedelta(seconds=seconds)
            for seconds, default in (
                (self._get_float_param("StartTime"), now - _KEPT),
                (self._get_float_param("EndTime"), now),
            )
        )
        if start > end:
            raise CloudTrailError("InvalidTimeRangeException", "The start time is after the end time.")
        return max(start, now - _KEPT), end


def _summarize(record: dict[str, Any]) -> dict[str, Any]:
    """The members of an Event, which repeat a few of the record's, and the record itself as JSON."""
    identity = record.get("userIdentity", {})
    issuer = identity.get("sessionContext", {}).get("sessionIssuer", {})
    return {
        "EventId": record["eventID"],
        "EventName": record["eventName"],
        "ReadOnly": str(record["readOnly"]).lower(),
        "AccessKeyId": identity.get("accessKeyId"),
        "EventTime": datetime.strptime(record["eventTime"], _TIME),  # noqa: DTZ007 - moto's clock is naive UTC
        "EventSource": record["eventSource"],
        "Username": identity.get("userName") or issuer.get("userName"),
        "Resources": [
            {"ResourceType": resource.get("type"), "ResourceName": resource["ARN"].rpartition("/")[2]}
            for resource in record.get("resources", ())
        ],
        "CloudTrailEvent": json.dumps(record, default=str),
    }


def _values(event: dict[str, Any], attribute: str) -> list[str | None]:
    if attribute in ("ResourceType", "ResourceName"):
        return [resource[attribute] for resource in event["Resources"]]
    return [event[attribute]]
