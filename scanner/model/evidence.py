"""What CloudTrail's event history tells of logins: who opened which tunnel, who pushed which key, who was refused."""

from __future__ import annotations

from dataclasses import dataclass

NO_TRAIL = (
    "The event history is no trail: AWS keeps it for 90 days and no longer, delivers it nowhere, and it is "
    "there whether or not a trail records anything. What it does not show is not proven to have not happened."
)
"""What has to be said wherever evidence is shown."""


@dataclass(frozen=True, slots=True, order=True)
class Attempt:
    """The calls of one principal that ask for the same thing and end the same way.

    `call` is OpenTunnel, SendSSHPublicKey or SendSerialConsoleSSHPublicKey; `error` is AWS's code where it refused, or
    "". `instance` is the id the call names, or the one whose interface holds `address`; `remark` says what is doubtful
    about that. Times are ISO 8601 in UTC.
    """

    account: str
    region: str
    call: str
    principal: str
    instance: str = ""
    endpoint: str = ""
    address: str = ""
    port: str = ""
    os_user: str = ""
    error: str = ""
    message: str = ""
    remark: str = ""
    sources: tuple[str, ...] = ()
    count: int = 1
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The attempts in the event history since a time; `unreadable` counts records that could not be understood."""

    since: str
    until: str
    attempts: tuple[Attempt, ...]
    unreadable: int = 0
    notice: str = NO_TRAIL

    @property
    def refused(self) -> tuple[Attempt, ...]:
        """The attempts that AWS refused."""
        return tuple(attempt for attempt in self.attempts if attempt.error)
