"""A line in somebody's files that stands for a resource."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """Where a finding stands in somebody's files; lines and columns count from 1.

    `file` is relative to the root of the checkout where it lies below it. `address` is what the file calls the resource,
    `construct` the path of the CDK construct, and `written` the place in the template where `file` is the program that made it.
    `line_hash` is what GitHub's code scanning makes of the line ("c129715d7a2bc9a3:1"), "" where nobody has read the file.
    """

    file: str
    line: int = 1
    column: int = 1
    address: str = ""
    construct: str = ""
    written: str = ""
    line_hash: str = ""
