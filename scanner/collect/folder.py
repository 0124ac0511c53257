"""A folder of raw `aws` outputs, one folder a Region, into inventories: for people who may only hand over files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scanner.aws.kinds import Detail, Kind
from scanner.aws.table import KINDS
from scanner.collect.describe import Pile
from scanner.collect.details import Facts, detail_facts
from scanner.collect.keys import METADATA, TOKENS, kinds_by_key
from scanner.collect.rows import UnreadableError
from scanner.errors import SnapshotError, did_you_mean
from scanner.model import GLOBAL, Gap, GapReason, Inventory

MAX_FILE_BYTES = 512 * 1024**2
"""No answer is nearly as large; whatever is, is not read into memory."""

_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d+")
_PARTITIONS = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
    "eusc-": "aws-eusc",
}
_BUCKET = KINDS["AWS::S3::Bucket"]
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_AGAIN = "run its aws command again, or take the file out of the folder"


def read_folder(path: Path, *, account: str = "", taken_at: str = "") -> tuple[Inventory, ...]:
    """The inventories of all Regions, then that of the account ("global") where a file tells of it.

    Raises SnapshotError, with the file and where possible the line, for anything that cannot be read or placed.
    """
    folder = _Folder()
    for region, file in _files(path):
        folder.add(region, file)
    folder.join_notes()
    owner = folder.account(account, path)
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


def partition_of(region: str) -> str:
    """The partition that a Region's name belongs to: "aws-cn" for cn-north-1."""
    return next((partition for prefix, partition in _PARTITIONS.items() if region.startswith(prefix)), "aws")


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
        answer = _read(file)
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

    def join_notes(self) -> None:
        """Lays what files say of single resources into these, in every Region that sees them."""
        self._seed_buckets()
        for note, pages in self.notes.items():
            if sum(any(page.get(token) for token in TOKENS) for page in pages) >= len(pages):
                continue  # a page is missing: as good as not asked
            key = self._key(note)
            for pile in self.piles.values():
                rows = pile.rows.get(note.kind.name, [])
                for index, row in enumerate(rows):
                    if _key_of(note.kind, row) == key:
                        rows[index] = {**row, **self._told(note, pages, row)}
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
            raise SnapshotError(f"the file has {missing}", place=self.places[note], cure=_AGAIN) from None


def _note(region: str, file: Path, answer: Facts) -> _Note | None:
    """The detail that a file holds, told by its members; which resource it is about, the content or the name says."""
    if any(key in kinds_by_key() for key in answer):
        return None
    named = file.stem.partition(".")[2]
    for kind in KINDS.values():
        for number, detail in enumerate(kind.details):
            if detail.proof not in answer:
                continue
            about = answer.get(kind.arn) or answer.get(kind.id) or named
            if not isinstance(about, str) or not about:
                cure = f"call it {_command(detail.operation)}.<{kind.id}>.json"
                raise SnapshotError(f"the file does not say which {kind.name} it is about", place=str(file), cure=cure)
            return _Note(kind.name, number, about, GLOBAL if kind.is_global else region)
    return None


def _files(path: Path) -> Iterator[tuple[str, Path]]:
    """Every *.json file with its Region; those of the folder itself are of the account, unless it is itself a Region's."""
    try:
        entries = sorted(entry for entry in path.iterdir() if not entry.name.startswith("."))
    except OSError as error:
        raise SnapshotError(f"the folder cannot be read: {error.strerror}", place=str(path)) from None
    files = [entry for entry in entries if entry.suffix == ".json"]
    folders = [entry for entry in entries if entry.is_dir()]
    if not folders and _REGION.fullmatch(path.resolve().name):
        yield from ((path.resolve().name, file) for file in files)
        folders = [path]
    else:
        yield from ((GLOBAL, file) for file in files)
        for folder in folders:
            yield from ((folder.name, file) for file in _files_of_region(folder))
    if not folders:
        cure = "put the outputs into folders named after their Regions, like eu-west-1/describe-vpcs.json"
        raise SnapshotError("there is no Region's folder in it", place=str(path), cure=cure)


def _files_of_region(folder: Path) -> list[Path]:
    if folder.name != GLOBAL and not _REGION.fullmatch(folder.name):
        cure = "name the folder after the Region its files come from, like eu-west-1"
        raise SnapshotError(f"{folder.name!r} is no AWS Region", place=str(folder), cure=cure)
    files = sorted(folder.glob("*.json"))
    if not files:
        raise SnapshotError(
            "the folder holds no *.json file", place=str(folder), cure="put outputs into it, or remove it"
        )
    return files


def _read(file: Path) -> Mapping[str, Any]:
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise SnapshotError(
                f"the file is larger than {MAX_FILE_BYTES >> 20} MiB", place=str(file), cure="hand it over in pages"
            )
        content = file.read_bytes()
        answer = json.loads(content)
    except OSError as error:
        raise SnapshotError(f"the file cannot be read: {error.strerror}", place=str(file)) from None
    except json.JSONDecodeError as error:
        if not content.strip():
            raise SnapshotError("the file is empty, so its command failed", place=str(file), cure=_AGAIN) from None
        raise SnapshotError(
            f"the file is no whole JSON ({error.msg})", place=f"{file}:{error.lineno}", cure=_AGAIN
        ) from None
    except (ValueError, RecursionError) as error:
        raise SnapshotError(
            f"the file is no answer of AWS ({type(error).__name__})", place=str(file), cure=_AGAIN
        ) from None
    if not isinstance(answer, dict):
        raise SnapshotError("the file holds no JSON object, as every aws output is", place=str(file), cure=_AGAIN)
    return answer


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
