"""An earlier report, and what a later one says of its findings."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.model.finding import Finding


@dataclass(frozen=True, slots=True)
class EarlierFinding:
    """A failure of an earlier report with the fingerprint and the digest that were written there, "" where none was."""

    finding: Finding
    fingerprint: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class EarlierReport:
    """What a baseline is made of: the name of its file, when its facts were collected, and its failures."""

    name: str
    taken_at: str
    failures: tuple[EarlierFinding, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of the failures of an earlier report that are none in this one.

    `absent` are gone: their account, Region and rule were looked at, and nothing stayed unknown there. Of `unjudged` ones
    nobody can say that. Each has a `change`, whose remark says why.
    """

    name: str
    taken_at: str
    absent: tuple[Finding, ...] = ()
    unjudged: tuple[Finding, ...] = ()
    is_of_change: bool = False
    """Whether this is about an account before and after a planned change, rather than about two scans."""
