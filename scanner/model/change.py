"""What became of a finding since an earlier scan."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class BaselineState(str, Enum):
    """SARIF's four, and one for what an earlier scan found and this one did not look at or could not decide."""

    NEW = "new"
    UNCHANGED = "unchanged"
    UPDATED = "updated"
    ABSENT = "absent"
    UNJUDGED = "unjudged"

    __hash__ = str.__hash__

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Change:
    """The state, a remark on it, and whether it is worse than it was: new, graver, or no longer waived."""

    state: BaselineState
    remark: str = ""
    is_worse: bool = False
