"""Answers that somebody else fetched, in the shape AWS gives them, into an inventory that knows what nobody asked."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from scanner.aws.build import ALWAYS, detail_members, make_inventory, make_resource
from scanner.aws.kinds import Detail, Kind, identify
from scanner.aws.table import KINDS
from scanner.collect.details import Facts, details_due
from scanner.collect.documents import decode_documents
from scanner.collect.keys import METADATA, TOKENS, kind_of_row, kinds_by_key
from scanner.collect.rows import UnreadableError, rows_of, value_at
from scanner.collect.times import TIMES, utc_text
from scanner.errors import SnapshotError, did_you_mean
from scanner.model import Gap, GapReason, Inventory

_ACCOUNT = "AWS::Organizations::Account"


def inventory_from_describe(
    answers: Mapping[str, Any],
    *,
    account: str,
    region: str,
    partition: str = "aws",
    complete: bool = False,
    taken_at: str = "",
) -> Inventory:
    """An inventory from API responses: `{"Vpcs": [...], "Reservations": [...], "trailList": [...]}`.

    Keys are those of the responses, and "Instances" for instances without their reservations; what further calls tell
    of a resource may stand in it ("IsLogging" in a trail; None for "asked, there is none"). A key that is absent means
    that nobody asked, unless `complete`, which makes it an empty list. `taken_at` is the time of the answers
    (ISO 8601, UTC). Nothing that is passed in is altered.

    Raises SnapshotError for a key of no known answer, a wrong type, a resource without its id, and an unfinished page.
    """
    if not isinstance(answers, Mapping):
        raise SnapshotError(f"the answers are a {type(answers).__name__}, not a mapping of their keys")
    pile = Pile(region)
    pile.add(answers)
    if pile.unfinished:
        cure = "fetch the pages to the end (boto3: client.get_paginator) and put their lists together"
        raise SnapshotError("the answers hold the token of a next page", cure=cure)
    for facts in pile.rows.get("AWS::Account", ()):
        if facts.get("Account") != account:
            raise SnapshotError(f"the answers are of account {facts.get('Account')}, not of {account}")
    try:
        return pile.inventory(account=account, region=region, partition=partition, complete=complete, taken_at=taken_at)
    except RecursionError:
        raise SnapshotError("the answers are nested too deeply to be AWS's") from None


def read_describe_folder(path: Path, *, account: str = "", taken_at: str = "") -> tuple[Inventory, ...]:
    """One inventory a Region from a folder of raw `aws` outputs, as docs/snapshot.md describes it."""
    from scanner.collect.folder import read_folder  # noqa: PLC0415 - the folder's reader is built on this module

    return read_folder(path, account=account, taken_at=taken_at)


@dataclass(slots=True)
class Pile:
    """Rows by kind as answers add them; `unfinished` counts, by kind, the answers that have a next page."""

    region: str
    rows: dict[str, list[Facts]] = field(default_factory=dict)
    answers: dict[str, int] = field(default_factory=dict)
    unfinished: dict[str, int] = field(default_factory=dict)

    def add(self, answer: Mapping[str, Any], *, place: str = "") -> None:
        """Takes the rows out of one answer, or several in one mapping."""
        known = kinds_by_key()
        strange = [key for key in answer if key not in known and key not in METADATA]
        if strange:
            cure = did_you_mean(str(strange[0]), known) or "the keys are those of the API's responses, like Vpcs"
            raise SnapshotError(
                f"{strange[0]!r} is no key of an answer that this program knows", place=place, cure=cure
            )
        kinds = dict.fromkeys(name for key in answer if key in known for name in self._add_rows(key, answer, place))
        has_next = any(answer.get(token) for token in TOKENS) or answer.get("IsTruncated") is True
        for name in kinds:
            self.answers[name] = self.answers.get(name, 0) + 1
            if has_next or value_at(answer, KINDS[name].pages[1]):
                self.unfinished[name] = self.unfinished.get(name, 0) + 1

    def inventory(
        self,
        *,
        account: str,
        region: str,
        partition: str,
        complete: bool = False,
        taken_at: str = "",
        gaps: Iterable[Gap] = (),
    ) -> Inventory:
        """The inventory of the pile; a detail nobody asked for is a gap, unless the pile is said to be complete."""
        for name, number in self.answers.items():
            if number > 1:
                self.rows[name] = _each_once(KINDS[name], self.rows[name])
        self._keep_own(account)
        given = {name: [_as_live(KINDS[name], row) for row in self.rows[name]] for name in KINDS if name in self.rows}
        missing = () if complete else self._missing_details(given, account=account, region=region, partition=partition)
        return make_inventory(
            given,
            account=account,
            region=region,
            partition=partition,
            gaps=(*gaps, *missing),
            collected=None if complete else given,
            taken_at=taken_at,
            mode="describe",
        )

    def _keep_own(self, account: str) -> None:
        """Of an organization's accounts only the scanned one is a resource, as in a live scan."""
        own = [row for row in self.rows.pop(_ACCOUNT, ()) if row.get("Id") == account]
        if own:
            self.rows[_ACCOUNT] = own

    def _add_rows(self, key: str, answer: Mapping[str, Any], place: str) -> Iterator[str]:
        """Adds a key's rows and tells their kinds."""
        candidates = kinds_by_key()[key]
        page = answer if candidates[0].path == "@" else {key: answer[key]}
        try:
            rows = rows_of(candidates[0], page)
        except UnreadableError as mistake:
            raise SnapshotError(f"the answer with {key!r} is not what AWS gives: {mistake}", place=place) from None
        if candidates[0].path == "@":
            members = {member for member in answer if kinds_by_key().get(member) == candidates}
            rows = [{member: answer[member] for member in sorted(members)}]
            self.rows.pop(candidates[0].name, None)
        if not rows:
            kind = kind_of_row(candidates, None, region=self.region, keys=answer)
            self.rows.setdefault(kind.name, [])
            yield kind.name
        for index, row in enumerate(rows):
            kind = kind_of_row(candidates, row, region=self.region)
            _insist_on_id(kind, row, f"{key}[{index}]" if kind.is_list else key, place)
            self.rows.setdefault(kind.name, []).append(row)
            yield kind.name

    def _missing_details(
        self, given: Mapping[str, Sequence[Facts]], *, account: str, region: str, partition: str
    ) -> Iterator[Gap]:
        for name, rows in given.items():
            kind = KINDS[name]
            for index, detail in details_due(kind, rows, given.get):
                # None was "there is none", and is gone from the plain row. What only confirms a reading may be missing.
                if name in ALWAYS or detail.trials or _is_answered(kind, detail, self.rows[name][index]):
                    continue
                resource = make_resource(kind, rows[index], partition=partition, account=account, region=region)
                call = f"{kind.service}:{detail.operation}"
                yield Gap(account, region, call, GapReason.NOT_COLLECTED, "", (name,), resource.arn)


def _as_live(kind: Kind, row: Facts) -> Facts:
    facts: Facts = plain(decode_documents(row) if kind.service == "iam" else row)
    return facts


def plain(value: Any, name: str = "") -> Any:
    """A copy as a live scan would have it: times as text in UTC, bytes as base64, nothing that is None."""
    if isinstance(value, Mapping):
        return {key: plain(item, key) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [plain(item, name) for item in value]
    if isinstance(value, datetime) or (name in TIMES and isinstance(value, (str, float, int))):
        try:
            return utc_text(value)
        except ValueError:
            return value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, (str, int, float)):
        return value
    raise SnapshotError(f"{name or 'an answer'} holds a {type(value).__name__}, which no answer of AWS does")


def _is_answered(kind: Kind, detail: Detail, row: Facts) -> bool:
    members = detail_members(kind.name, detail)
    return detail.proof in row if detail.proof in members else any(member in row for member in members)


def _each_once(kind: Kind, rows: Sequence[Facts]) -> list[Facts]:
    """The same page handed over twice is one page."""
    unique: dict[tuple[str, str], Facts] = {}
    for row in rows:
        unique.setdefault(identify(kind, row, partition="", account="", region=str(row.get("HomeRegion", ""))), row)
    return list(unique.values())


def _insist_on_id(kind: Kind, row: Facts, where: str, place: str) -> None:
    """Without its id a resource cannot be told from another."""
    names = [kind.id] if "{" not in kind.id else [part.split("}")[0] for part in kind.id.split("{")[1:]]
    if kind.name == "AWS::EC2::EIP":  # addresses that a service manages may have no AllocationId
        names = ["AllocationId" if "AllocationId" in row else "PublicIp"]
    for name in names:
        if name and row.get(name) in (None, ""):
            raise SnapshotError(f"{where} has no {name}", place=place, cure="give the answer as AWS sent it")
