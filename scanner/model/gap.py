"""What could not be read, from where, and why: the reason behind every *unknown*."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class GapReason(str, Enum):
    """Why a call gave no answer."""

    DENIED = "denied"
    OPTED_OUT = "opted-out"
    THROTTLED = "throttled"
    CONNECTION = "connection"
    UNSUPPORTED = "unsupported"
    UNREADABLE = "unreadable"
    EXPIRED = "expired"
    NOT_COLLECTED = "not-collected"
    FAILED = "failed"
    STOPPED = "stopped"
    OUTSIDE = "outside"
    UNREAD = "unread"

    def __str__(self) -> str:
        return self.value


_WORDS = {
    GapReason.DENIED: "was refused",
    GapReason.OPTED_OUT: "is not possible, the Region is not enabled",
    GapReason.THROTTLED: "was throttled to the end",
    GapReason.CONNECTION: "got no answer",
    GapReason.UNSUPPORTED: "is not offered there",
    GapReason.UNREADABLE: "gave an answer that cannot be read",
    GapReason.EXPIRED: "was refused, the credentials have expired",
    GapReason.NOT_COLLECTED: "was not asked",
    GapReason.FAILED: "failed",
    GapReason.STOPPED: "was not answered before the scan ended",
}


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """One call that was refused or failed.

    `call` is `service:Operation` ("ec2:DescribeVpcs"), `kinds` the kinds it would have given, `resource` the ARN it
    was about when it was a call about a single resource (then only the facts of that call are missing). Where a template
    could not be read, `call` names its file, line and part, and `detail` says why.
    """

    account: str
    region: str
    call: str
    reason: GapReason
    detail: str = ""
    kinds: tuple[str, ...] = ()
    resource: str = ""

    @property
    def sentence(self) -> str:
        """For people: "ec2:DescribeVpcs was refused in eu-west-1 (UnauthorizedOperation)"."""
        if self.reason is GapReason.UNREAD:
            return f"{self.call} was not read: {self.detail}"
        if self.reason is GapReason.OUTSIDE:
            return f"{self.call} may exist outside of what is planned here"
        about = f" for {self.resource}" if self.resource else ""
        code = f" ({self.detail})" if self.detail else ""
        return f"{self.call}{about} {_WORDS[self.reason]} in {self.region}{code}"
