"""One of the accounts of a scan: the role to look at it with, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass

ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+")


@dataclass(frozen=True, slots=True)
class Member:
    """An account as it is asked for; `regions` empty means those of the scan. `place` is `file:line` where it is written."""

    role_arn: str
    external_id: str = ""
    regions: tuple[str, ...] = ()
    place: str = ""

    @property
    def account(self) -> str:
        """The twelve digits in the role's ARN."""
        return self.role_arn.split(":")[4]

    @property
    def partition(self) -> str:
        """The partition in the role's ARN: aws, aws-cn, ..."""
        return self.role_arn.split(":")[1]
