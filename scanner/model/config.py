"""What a user wants of a scan, however it was said: on the command line, in bastionless.yaml, or from Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.model.severity import Severity


@dataclass(frozen=True, slots=True)
class Config:
    """Selection, settings, severities and thresholds.

    `select` and `ignore` hold rule ids ("NET001") or families ("NET"); an empty `select` means all. `fail_on` is the
    least severity that makes a scan fail, None for never. `source` is the file this was read from, "" for none.
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
    rules: tuple[str, ...] = ()
    source: str = ""
