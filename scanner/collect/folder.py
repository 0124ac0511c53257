"""A folder of raw `aws` outputs, one folder a Region, into inventories: for people who may only hand over files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scanner.aws.kinds import Detail, Kind
from scanner.aws.partitions import partition_of
from scanner.aws.table import KINDS
from scanner.collect.describe import Pile
from scanner.collect.details import Facts, climbed, detail_facts, is_top, named_above
from scanner.collect.keys import METADATA, TOKENS, kinds_by_key
from scanner.collect.output_files import AGAIN, files_of, read_answer
from scanner.collect.rows import UnreadableError
from scanner.errors import SnapshotError, did_you_mean
from scanner.model import GLOBAL, Gap, GapReason, Inventory

_BUCKET = KINDS["AWS::S3::Bucket"]
_ORGANIZATION = "AWS::Organizations::Organization"
_MEMBER = KINDS["AWS::Organizations::Account"]
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def read_folder(path: Path, *, account: str = "", taken_at: str = "") -> tuple[Inventory, ...]:
    """The inventories of all Regions, then that of the account ("global") where a file tells of it.

    Raises SnapshotError, with the file and where possible the line, for anything that cannot be read or placed.
    """
    folder = _Folder()
    for region, file in files_of(path):
        folder.add(region, file)
    owner = folder.account(account, path)
    folder.join_notes(owner)
    inventories = []
    regions = sorted(folder.piles, key=lambda name: (name == GLOBAL, name))
    for region in regions:
        pile = folder.piles[region]
        gaps = [
            Gap(owner, region, KINDS[name].call, GapReason.NOT_COLLECTED, "a page is missing", (name,))
            for name, number in pile.unfinished.items()
            if number >= pile.answers[name]
        ]
        partition = partition_of(regions[0])
        inventories.append(
            pile.inventory(account=owner, region=region, partition=partition, taken_at=taken_at, gaps=gaps)
        )
    return tuple(inventories)


@dataclass(frozen=True, slots=True)
class _Note:
    """What a file says of one resource: the detail, the resource as the file calls it, and where that was asked."""

    name: str
    number: int
    about: str
    region: str

    @property
    def kind(self) -> Kind:
        return KINDS[self.name]

    @property
    def detail(self) -> Detail:
        return self.kind.details[self.number]


@dataclass(slots=True)
class _Folder:
    piles: dict[str, Pile] = field(default_factory=dict)
    notes: dict[_Note, list[Facts]] = field(default_factory=dict)
    places: dict[_Note, str] = field(default_factory=dict)
    region_facts: list[Facts] = field(default_factory=list)
    identities: set[str] = field(default_factory=set)
    owners: set[str] = field(default_factory=set)

    def add(self, region: str, file: Path) -> None:
        """Sorts one file by what it holds."""
        answer = read_answer(file)
        if region != GLOBAL:
            self.piles.setdefault(region, Pile(region))
        self.owners.update(_owners(answer))
        if isinstance(answer.get("Account"), str) and "UserId" in answer:
            self.identities.add(answer["Account"])
            return
        note = _note(region, file, answer)
        if note:
            self.notes.setdefault(note, []).append(answer)
            self.places[note] = str(file)
            return
        sorted_out = Pile(region)
        sorted_out.add(answer, place=str(file))
        self.region_facts.extend(sorted_out.rows.pop("AWS::Region", ()))
        for name, rows in sorted_out.rows.items():
            if region == GLOBAL and not KINDS[name].is_global:
                cure = "put it into a folder named after its Region, like eu-west-1"
                raise SnapshotError("the file lies in no Region's folder", place=str(file), cure=cure)
            self._keep(
                GLOBAL if KINDS[name].is_global else region, name, rows, is_unfinished=name in sorted_out.unfinished
            )

    def join_notes(self, owner: str) -> None:
        """Lays what files say of single resources into these, in every Region that sees them."""
        self._seed_buckets()
        self._seed_account(owner)
        for note, pages in self.notes.items():
            if note.detail.climb:
                continue
            if sum(any(page.get(token) for token in TOKENS) for page in pages) >= len(pages):
                continue  # a page is missing: as good as not asked
            key = self._key(note)
            for pile in self.piles.values():
                rows = pile.rows.get(note.kind.name, [])
                for index, row in enumerate(rows):
                    if _key_of(note.kind, row) == key:
                        rows[index] = {**row, **self._told(note, pages, row)}
        self._climb()
        for region, pile in self.piles.items():
            if region != GLOBAL and self.region_facts:
                pile.rows["AWS::Region"] = self.region_facts

    def account(self, told: str, path: Path) -> str:
        """The account: as told, as STS said, or as the one owner of everything in the folder."""
        cure = "name the account (--account), or add the output of `aws sts get-caller-identity`"
        known = self.identities | ({told} if told else set()) or self.owners
        if not known:
            raise SnapshotError("nothing in the folder names the account", place=str(path), cure=cure)
        if len(known) > 1:
            raise SnapshotError(
                f"the folder tells of several accounts: {', '.join(sorted(known))}", place=str(path), cure=cure
            )
        return next(iter(known))

    def _keep(self, region: str, name: str, rows: list[Facts], *, is_unfinished: bool) -> None:
        pile = self.piles.setdefault(region, Pile(region))
        pile.rows.setdefault(name, []).extend(rows)
        pile.answers[name] = pile.answers.get(name, 0) + 1
        if is_unfinished:
            pile.unfinished[name] = pile.unfinished.get(name, 0) + 1

    def _seed_buckets(self) -> None:
        """The buckets that trails deliver to, as soon as a file tells of any bucket."""
        told = [note.about for note in self.notes if note.kind == _BUCKET]
        if told:
            trails = (row for pile in self.piles.values() for row in pile.rows.get("AWS::CloudTrail::Trail", ()))
            delivered = [str(row["S3BucketName"]) for row in trails if row.get("S3BucketName")]
            rows: list[Facts] = [{"Name": name} for name in dict.fromkeys((*delivered, *told))]
            self._keep(GLOBAL, _BUCKET.name, rows, is_unfinished=False)

    def _seed_account(self, owner: str) -> None:
        """The account as a member of its organization, as soon as a file tells of that."""
        rows = self.piles[GLOBAL].rows if GLOBAL in self.piles else {}
        if (rows.get(_ORGANIZATION) or any(note.kind == _MEMBER for note in self.notes)) and not any(
            row.get("Id") == owner for row in rows.get(_MEMBER.name, ())
        ):
            self._keep(GLOBAL, _MEMBER.name, [{"Id": owner}], is_unfinished=False)

    def _climb(self) -> None:
        """Puts files about one step each together to the way up, where none of them is missing."""
        steps = {note.about: note for note in self.notes if note.detail.climb}
        used: set[str] = set()
        for note in steps.values():
            rows = self.piles[GLOBAL].rows.get(note.kind.name, [])
            for index, row in enumerate(rows):
                rows[index] = {**row, **self._way_up(str(row.get(note.kind.id)), steps, used)}
        for about in steps.keys() - used:
            what = f"the file is about {about}, which is not above the account"
            raise SnapshotError(what, place=self.places[steps[about]], cure=AGAIN)

    def _way_up(self, about: str, steps: Mapping[str, _Note], used: set[str]) -> dict[str, Any]:
        way: list[Facts] = []
        while about in steps:
            used.add(about)
            note = steps[about]
            climb = note.detail.climb
            try:
                way.append(named_above(note.detail, self.notes[note], way))
            except UnreadableError as missing:
                raise SnapshotError(f"the file has {missing}", place=self.places[note], cure=AGAIN) from None
            if climb and is_top(climb, way[-1]):
                return climbed(climb, way)
            about = str(way[-1][climb.id]) if climb else ""
        return {}

    def _key(self, note: _Note) -> str:
        """The one resource that a file is about; among trails of one name, the one at home where it was asked."""
        pile = self.piles.get(GLOBAL if note.kind.is_global else note.region, Pile(note.region))
        rows = pile.rows.get(note.kind.name, [])
        found = [row for row in rows if note.about in (row.get(note.kind.id), row.get(note.kind.arn))]
        at_home = [row for row in found if row.get("HomeRegion") == note.region]
        if found:
            return _key_of(note.kind, (at_home or found)[0])
        cure = (
            did_you_mean(note.about, (str(row.get(note.kind.id)) for row in rows))
            or f"add {_command(note.kind.operation)}.json"
        )
        what = f"the file is about {note.about}, which no answer of {_command(note.kind.operation)} lists"
        raise SnapshotError(what, place=self.places[note], cure=cure)

    def _told(self, note: _Note, pages: list[Facts], row: Facts) -> dict[str, Any]:
        known = {*row, *METADATA}
        try:
            return detail_facts(note.detail, pages, dict.fromkeys(known))
        except UnreadableError as missing:
            raise SnapshotError(f"the file has {missing}", place=self.places[note], cure=AGAIN) from None


def _note(region: str, file: Path, answer: Facts) -> _Note | None:
    """The detail that a file holds, told by its members; which resource it is about, the content or the name says."""
    if any(key in kinds_by_key() for key in answer):
        return None
    command, _, named = file.stem.partition(".")
    held = [
        (kind, number, detail)
        for kind in KINDS.values()
        for number, detail in enumerate(kind.details)
        if _holds(detail, answer)
    ]
    if not held:
        return None
    # Two calls may answer with the same members ("Targets"); then the file's name tells which it was.
    kind, number, detail = next((one for one in held if _command(one[2].operation) == command), held[0])
    about = answer.get(kind.arn) or answer.get(kind.id) or named
    if not isinstance(about, str) or not about:
        cure = f"call it {_command(detail.operation)}.<{kind.id}>.json"
        raise SnapshotError(f"the file does not say which {kind.name} it is about", place=str(file), cure=cure)
    return _Note(kind.name, number, about, GLOBAL if kind.is_global else region)


def _holds(detail: Detail, answer: Facts) -> bool:
    """Whether an answer is that of a detail; a bucket's "Policy" is text, an organization's is a structure."""
    if detail.trials:
        return False
    inside = answer.get(detail.inside) if detail.inside else answer
    if not isinstance(inside, Mapping) or detail.proof not in inside:
        return False
    return detail.proof != "Policy" or not isinstance(answer["Policy"], Mapping)


def _owners(answer: Facts) -> set[str]:
    """The accounts that own what an answer lists."""
    items = (
        item for value in answer.values() if isinstance(value, list) for item in value if isinstance(item, Mapping)
    )
    return {owner for owner in (item.get("OwnerId") for item in items) if isinstance(owner, str) and owner.isdigit()}


def _key_of(kind: Kind, row: Facts) -> str:
    return str(row.get(kind.arn) or row.get(kind.id))


def _command(operation: str) -> str:
    """The `aws` command of an operation: DescribeVpcs is describe-vpcs."""
    return _CAPITAL.sub("-", operation).lower()
