"""How fast AWS may be asked: a bucket of tokens for each account, Region and operation, corrected by what AWS answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock


@dataclass(frozen=True, slots=True)
class Pace:
    """A clock and a sleeper: seconds that only grow, and a way to let some of them pass."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Size:
    """How many requests a bucket holds, and how many come back in a second."""

    holds: float
    refill: float


@dataclass(frozen=True, slots=True)
class Place:
    """What AWS counts together: one operation ("DescribeVpcs") of a service in a Region of an account."""

    account: str
    region: str
    service: str
    operation: str


# https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html, the tables of token bucket sizes.
_READS = Size(100, 20)
_HEAVY = Size(50, 10)
_HEAVY_UNLESS_PAGED = {
    "DescribeInstances",
    "DescribeInstanceStatus",
    "DescribeNetworkInterfaces",
    "DescribeSecurityGroups",
    "DescribeSnapshots",
    "DescribeSpotInstanceRequests",
    "DescribeVolumes",
}
_OF_THEIR_OWN = {
    ("ec2", "DescribeSecurityGroupReferences"): Size(20, 5),
    ("ec2", "DescribeStaleSecurityGroups"): Size(20, 5),
    ("ec2", "DescribeSpotFleetRequests"): Size(50, 3),
    # https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html
    ("cloudtrail", "LookupEvents"): Size(2, 2),
}
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html for its Describe, Get and List.
_BY_SERVICE = {"ec2": _READS, "cloudtrail": Size(10, 10)}
_ELSEWHERE = Size(20, 10)
"""Where AWS gives no figure: careful, and corrected by its answers."""

_SLOWEST = 1 / 32
_RECOVERY = 0.02


def size_of(service: str, operation: str, *, is_paged: bool) -> Size:
    """The bucket that AWS documents for an operation; `is_paged` says that the request names a page size or filters."""
    if (service, operation) in _OF_THEIR_OWN:
        return _OF_THEIR_OWN[service, operation]
    if service == "ec2" and operation in _HEAVY_UNLESS_PAGED and not is_paged:
        return _HEAVY
    return _BY_SERVICE.get(service, _ELSEWHERE)


@dataclass(slots=True)
class _Bucket:
    """Tokens at a moment; `share` is the part of the refill that AWS was last seen to grant."""

    size: Size
    tokens: float
    at: float
    share: float = 1.0
    throttled_at: float = field(default=float("-inf"))

    def take(self, now: float) -> float:
        """Takes a token, perhaps one of the future; the seconds until it is there."""
        rate = self.size.refill * self.share
        self.tokens = min(self.size.holds, self.tokens + max(0.0, now - self.at) * rate) - 1
        self.at = max(self.at, now)
        return max(0.0, -self.tokens / rate)

    def empty(self, now: float) -> None:
        """AWS has none left: half as fast from here on, once for all the refusals of a moment."""
        grown = max(0.0, now - self.at) * self.size.refill * self.share
        self.tokens, self.at = min(self.tokens + grown, 0.0), max(self.at, now)
        if now - self.throttled_at >= 1 / self.size.refill:
            self.share = max(_SLOWEST, self.share / 2)
            self.throttled_at = now

    def grant(self) -> None:
        """AWS answered: a little faster again."""
        self.share = min(1.0, self.share + _RECOVERY)


class Pacer:
    """Buckets of a whole scan, made as they are needed. For use by many threads."""

    def __init__(self, *, most: float = 0.0, pace: Pace | None = None) -> None:
        """`most` requests a second over everything; 0 for no such bound."""
        self._pace = pace or Pace()
        self._lock = Lock()
        self._buckets: dict[tuple[Place, bool], _Bucket] = {}
        self._all = _Bucket(Size(1, most), 1, self._pace.clock()) if most else None

    def delay(self, place: Place, *, is_paged: bool = True) -> float:
        """Takes the place of a request in the line; the seconds to let pass before it may be sent."""
        with self._lock:
            now = self._pace.clock()
            wait = self._bucket(place, is_paged=is_paged).take(now)
            return max(wait, self._all.take(now)) if self._all else wait

    def throttled(self, place: Place) -> None:
        """AWS said that it was too much."""
        with self._lock:
            now = self._pace.clock()
            for bucket in self._of(place):
                bucket.empty(now)

    def answered(self, place: Place) -> None:
        """AWS answered something else."""
        with self._lock:
            for bucket in self._of(place):
                bucket.grant()

    def _bucket(self, place: Place, *, is_paged: bool) -> _Bucket:
        key = (place, is_paged)
        if key not in self._buckets:
            size = size_of(place.service, place.operation, is_paged=is_paged)
            self._buckets[key] = _Bucket(size, size.holds, self._pace.clock())
        return self._buckets[key]

    def _of(self, place: Place) -> list[_Bucket]:
        return [self._buckets[place, paged] for paged in (False, True) if (place, paged) in self._buckets]
