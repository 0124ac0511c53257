"""Finds buckets of trails that everybody may read, or that everybody's trails may write to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.kit import TRAIL, Answer, Aside, Flag, Inventory, Resource, Undecided, is_owned, statements

_CLOUDTRAIL = "cloudtrail.amazonaws.com"
_OF_THE_TRAIL = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"})
_STRANGERS = ("/groups/global/AllUsers", "/groups/global/AuthenticatedUsers")


def check(inventory: Inventory) -> Iterator[Answer]:
    """A list of grants and a policy are two doors, and the block of public access shuts each by a switch of its own."""
    for bucket in inventory.subjects:
        with inventory.judging(bucket):
            trails = [trail for trail in inventory.known(TRAIL) if trail.get("S3BucketName") == bucket.id]
            if trails and not any(is_owned(trail, inventory) for trail in trails):
                yield Aside(bucket, "it belongs to the owner of the organization's trail")
                continue
            yield from _judge(bucket)


def _judge(bucket: Resource) -> Iterator[Answer]:
    doubts: list[Undecided] = []
    for door in (_through_grants, _through_policy, _through_any_trail):
        try:
            flag = door(bucket)
        except Undecided as doubt:
            doubts.append(doubt)
            continue
        if flag:
            yield flag
            return
    if doubts:
        raise doubts[0]


def _through_grants(bucket: Resource) -> Flag | None:
    open_to = [
        f"the access control list grants {grant.get('Permission')} to {grantee.get('URI')}"
        for grant in bucket.items("Grants")
        if isinstance(grant, Mapping) and isinstance(grantee := grant.get("Grantee"), Mapping)
        if str(grantee.get("URI", "")).endswith(_STRANGERS)
    ]
    if not open_to or bucket.get("PublicAccessBlockConfiguration.IgnorePublicAcls", default=False):
        return None
    return Flag(bucket, f"everybody may reach the log files in {bucket.id}", (*open_to, "IgnorePublicAcls is off"))


def _through_policy(bucket: Resource) -> Flag | None:
    """Whether a policy is public is AWS's own verdict; no policy has no such verdict, and opens nothing."""
    if not bucket.get("PolicyStatus.IsPublic", default=False):
        return None
    if bucket.get("PublicAccessBlockConfiguration.RestrictPublicBuckets", default=False):
        return None
    because = ("PolicyStatus.IsPublic is true", "RestrictPublicBuckets is off")
    return Flag(bucket, f"the policy of {bucket.id} opens the log files to everybody", because)


def _through_any_trail(bucket: Resource) -> Flag | None:
    policy = bucket.get("Policy", "")
    if not policy:
        return None
    for number, statement in enumerate(statements(policy), start=1):
        if statement.get("Effect") == "Allow" and _is_for_cloudtrail(statement) and not _names_the_trail(statement):
            return Flag(
                bucket,
                f"the trails of every account may write to {bucket.id}",
                f"statement {number} of its policy lets {_CLOUDTRAIL} in without a word on aws:SourceArn",
                severity="low",
                fix="Give the statements for cloudtrail.amazonaws.com a condition: "
                "StringEquals aws:SourceArn <ARN of your trail>.",
            )
    return None


def _is_for_cloudtrail(statement: Mapping[str, Any]) -> bool:
    """Whether a statement lets CloudTrail put files there; what it may read of the bucket tells nobody anything."""
    principal = statement.get("Principal")
    services = principal.get("Service", ()) if isinstance(principal, Mapping) else ()
    actions = statement.get("Action", ())
    words = (actions,) if isinstance(actions, str) else tuple(actions or ())
    writes = any(str(word).lower() in ("s3:putobject", "s3:put*", "s3:*", "*") for word in words)
    return writes and _CLOUDTRAIL in ((services,) if isinstance(services, str) else tuple(services or ()))


def _names_the_trail(statement: Mapping[str, Any]) -> bool:
    condition = statement.get("Condition") or {}
    if not isinstance(condition, Mapping):
        raise Undecided("the policy has a condition that cannot be read")
    keys = {str(key).lower() for tests in condition.values() if isinstance(tests, Mapping) for key in tests}
    return bool(keys & _OF_THE_TRAIL)
