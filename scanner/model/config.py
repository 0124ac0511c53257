"""What a user wants of a scan, however it was said: on the command line, in bastionless.yaml, or from Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.model.member import Member
from scanner.model.severity import Severity
from scanner.model.waiver import Waiver


@dataclass(frozen=True, slots=True)
class Config:
    """Selection, settings, severities and thresholds.

    `select` and `ignore` hold rule ids ("NET001") or families ("NET"); an empty `select` means all. `fail_on` is the
    least severity that makes a scan fail, None for never; with `new_only` only what is worse than the baseline counts, and with
    `strict_waivers` a waiver that expired, matches nothing or names no rule makes it fail too. `max_rate` (requests a second to AWS),
    `timeout` (seconds) and `concurrency` (calls at once) are 0 where nobody said. `places` tells where in the file each key stands.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    severity: Mapping[str, Severity] = field(default_factory=dict)
    fail_on: Severity | None = Severity.LOW
    fail_on_unknown: bool = False
    regions: tuple[str, ...] = ()
    role_arn: str = ""
    external_id: str = ""
    role_session_name: str = ""
    accounts: tuple[Member, ...] = ()
    rules: tuple[str, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    strict_waivers: bool = False
    new_only: bool = False
    max_rate: float = 0.0
    timeout: float = 0.0
    concurrency: int = 0
    places: Mapping[tuple[str, ...], str] = field(default_factory=dict, compare=False, repr=False)

    def place(self, *path: str) -> str:
        """`file:line` of a key ("settings", "NET006", "admin_ports"), or of the nearest key around it, or ""."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, "")
