"""Times as the facts hold them: ISO 8601 in UTC, whatever AWS, botocore or the command line made of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

# How EC2 writes nearly all of them; a slice is forty times cheaper than a calendar.
_USUAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.0{1,6})?Z", re.ASCII)

# Every member of the table's answers that is a timestamp in AWS's models.
TIMES = frozenset(
    """
    AlarmConfigurationUpdatedTimestamp AttachTime CreateDate CreateTime CreatedAt CreatedTime CreatedTimestamp
    CreationTime CreationTimestamp DeleteTime DeletionTimestamp EventTime ElasticInferenceAcceleratorAssociationTime
    ExpirationTime LastAssociationExecutionDate LastModifiedTime LastPingDateTime
    LastSuccessfulAssociationExecutionDate LastUpdateTimestamp LastUsedDate LatestCloudWatchLogsDeliveryTime
    LatestDeliveryTime LatestDigestDeliveryTime LatestNotificationTime LaunchTime ProvisionTime RegistrationDate
    RequestTime StartLoggingTime StateTransitionedTimestamp StateUpdatedTimestamp StopLoggingTime Timestamp
    UpdateDate UpdatedTimestamp UsageOperationUpdateTime ValidUntil
    """.split()  # noqa: SIM905 - forty quoted lines would say no more
)


def utc_text(value: str | float | datetime) -> str:
    """A time as "2024-01-31T12:00:00Z", with a fraction only where there is one.

    Takes ISO 8601, seconds since 1970 as number or text, or a datetime; without an offset it is UTC. Raises ValueError.
    """
    if isinstance(value, str):
        if _USUAL.fullmatch(value):
            return f"{value[:19]}Z"
        value = _moment(value)
    elif not isinstance(value, datetime):
        value = _since_1970(value)
    in_utc = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    text = in_utc.replace(tzinfo=None).isoformat()
    return f"{text.rstrip('0') if in_utc.microsecond else text}Z"


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return _since_1970(float(text))


def _since_1970(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, tz=UTC)
    except (OverflowError, OSError, TypeError) as error:
        raise ValueError(f"{seconds!r} is no time") from error
