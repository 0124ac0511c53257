"""How bad a flaw is, in one ordered scale."""

from __future__ import annotations

from enum import Enum


class Severity(str, Enum):
    """From `info` (worth knowing) to `critical` (reachable now); ordered, and written in lower case everywhere."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for info up to 4 for critical."""
        return _ORDER.index(self)

    def __str__(self) -> str:
        return self.value


_ORDER = tuple(Severity)
