"""Which kinds an answer's top-level keys belong to: the table of kinds read from its other end."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from scanner.aws.kinds import Kind, iam_action
from scanner.aws.table import KINDS
from scanner.model import GLOBAL

TOKENS = frozenset({"NextToken", "nextToken", "NextMarker", "Marker", "ContinuationToken"})
"""Keys that say where the next page begins; a value in one of them means that there is one."""

METADATA = TOKENS | {
    "ResponseMetadata",
    "IsTruncated",
    *("TotalCount", "TotalFilteredCount"),  # route53resolver list-resolver-query-log-config-associations
    *("CompositeAlarms", "LogAlarms"),  # cloudwatch describe-alarms
    *("Owner", "Prefix"),  # s3api list-buckets
}
"""Keys of answers that hold no resources of any kind in the table."""

# A kind that no call lists is laid down as the call would that lists its like.
_UNLISTED = {
    "AWS::S3::Bucket": ("ListBuckets", "Buckets[]"),
    "AWS::Organizations::Account": ("ListAccounts", "Accounts[]"),
}
# Members that stand beside the proof in an answer that is one structure as a whole.
_BESIDE = {"ManagedBy": "AWS::EC2::SerialConsoleAccess", "UserId": "AWS::Account", "Arn": "AWS::Account"}


def listed(kind: Kind) -> Kind:
    """The kind with an operation and a path even if it is made of its parent's facts; for files, not for asking."""
    if kind.operation:
        return kind
    operation, path = _UNLISTED[kind.name]
    return replace(kind, operation=operation, path=path)


@lru_cache(maxsize=1)
def kinds_by_key() -> Mapping[str, tuple[Kind, ...]]:
    """Top-level key -> kinds ("Vpcs", "trailList", "SerialConsoleAccessEnabled"), with "Instances" for bare ones."""
    found: dict[str, tuple[Kind, ...]] = {}
    for kind in map(listed, KINDS.values()):
        key = kind.proof if kind.path == "@" else kind.response_keys[0]
        found[key] = (*found.get(key, ()), kind)
    found["Instances"] = (replace(KINDS["AWS::EC2::Instance"], path="Instances[]"),)
    return {**found, **{key: found[KINDS[name].proof] for key, name in _BESIDE.items()}}


def kind_of_row(
    candidates: tuple[Kind, ...], row: Mapping[str, Any] | None, *, region: str, keys: Collection[str] = ()
) -> Kind:
    """Which kind a row is of, told by its ARN where a key belongs to two ("Listeners", "Policies").

    None asks about an empty list; then the other `keys` of the answer tell which call gave it.
    """
    arn = str(row.get(candidates[0].arn, "")) if row else ""
    for kind in candidates:
        if arn.split(":")[2:3] == [iam_action(kind.service, "").rstrip(":")]:
            return kind
    if row is None and len(candidates) > 1:
        candidates = tuple(kind for kind in candidates if _beside(kind) & set(keys) or not _beside(kind))
    return next((kind for kind in candidates if kind.is_global == (region == GLOBAL)), candidates[0])


def _beside(kind: Kind) -> set[str]:
    """The keys of the other lists that the kind's call answers with: GetAccountAuthorizationDetails gives four."""
    return {one.response_keys[0] for one in KINDS.values() if one.call == kind.call} - {kind.response_keys[0]}
