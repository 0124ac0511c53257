"""The folder of a run: findings and gaps as JSON Lines, written as they come, from which the report is made."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import IO, Any, Self

from scanner.errors import OutputError
from scanner.model import Finding, Gap, Hop, Location, Outcome, Resource, Severity, Undecided

FINDINGS, GAPS = "findings.jsonl", "gaps.jsonl"
_DRAFT = ".part"


@contextmanager
def open_folder(path: Path | None) -> Iterator[RunFolder]:
    """The folder of a run; None is one that goes away with the run. Its files get their names when the run is done.

    Raises `OutputError` for a folder that holds something or cannot be written to.
    """
    if path is None:
        with tempfile.TemporaryDirectory(prefix="bastionless-") as name, RunFolder(Path(name)) as folder:
            yield folder
        return
    try:
        path.mkdir(parents=True, exist_ok=True)
        held = next(path.iterdir(), None)
    except OSError as error:
        cure = "name a folder that can be made or written to"
        raise OutputError(f"this is no folder for a run: {error.strerror}", place=str(path), cure=cure) from None
    if held is not None:
        raise OutputError("the folder of a run has to be empty", place=str(path), cure="name another, or a new one")
    with RunFolder(path) as folder:
        yield folder
        folder.publish()


class RunFolder:
    """Where findings and gaps go line by line, from any thread; a finding keeps of its resource the identity and the tags."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._files: dict[str, IO[bytes]] = {}

    def __enter__(self) -> Self:
        try:
            for name in (FINDINGS, GAPS):
                self._files[name] = (self._path / f"{name}{_DRAFT}").open("x+b")
        except OSError as error:
            place = str(self._path)
            raise OutputError(f"the folder cannot be written to: {error.strerror}", place=place) from None
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.close()

    def publish(self) -> None:
        """Gives the files their names: they are whole."""
        for name, file in self._files.items():
            file.flush()
            (self._path / f"{name}{_DRAFT}").replace(self._path / name)

    def put(self, finding: Finding) -> int:
        """Writes a finding; where it stands in the file."""
        return self._write(FINDINGS, record_of(finding))

    def get(self, number: int) -> Finding:
        """The finding that stands there."""
        with self._lock:
            file = self._files[FINDINGS]
            file.seek(number)
            return finding_of(json.loads(file.readline()))

    def add_gaps(self, gaps: Iterable[Gap]) -> None:
        """Writes what could not be read."""
        for gap in gaps:
            self._write(GAPS, {**asdict(gap), "reason": gap.reason.value, "sentence": gap.sentence})

    def _write(self, name: str, record: Mapping[str, Any]) -> int:
        line = json.dumps(record, separators=(",", ":")).encode() + b"\n"
        with self._lock:
            file = self._files[name]
            place = file.seek(0, 2)
            file.write(line)
        return place


def record_of(finding: Finding) -> dict[str, Any]:
    """A finding as JSON has it."""
    resource = finding.resource
    record: dict[str, Any] = {
        "fingerprint": finding.fingerprint,
        "rule_id": finding.rule_id,
        "outcome": finding.outcome.value,
        "severity": finding.severity.value,
        "message": finding.message,
        "because": list(finding.because),
        "fix": finding.fix,
        "path": [asdict(hop) for hop in finding.path],
        "resource": {
            "kind": resource.kind,
            "partition": resource.partition,
            "account": resource.account,
            "region": resource.region,
            "id": resource.id,
            "arn": resource.arn,
            "tags": _tags(resource),
        },
    }
    if finding.location is not None:
        record["location"] = asdict(finding.location)
    return record | ({"identity": finding.identity} if finding.identity else {})


def finding_of(record: Mapping[str, Any]) -> Finding:
    """The reverse of `record_of`."""
    about = record["resource"]
    tags = about["tags"]
    facts = {} if tags is None else {"Tags": [{"Key": key, "Value": value} for key, value in tags]}
    place = record.get("location")
    return Finding(
        rule_id=record["rule_id"],
        outcome=Outcome(record["outcome"]),
        severity=Severity(record["severity"]),
        resource=Resource(
            about["kind"], about["partition"], about["account"], about["region"], about["id"], about["arn"], facts
        ),
        message=record["message"],
        because=tuple(record["because"]),
        fix=record["fix"],
        path=tuple(_hop(hop) for hop in record["path"]),
        location=None if place is None else Location(**place),
        identity=record.get("identity", ""),
    )


def _hop(record: Mapping[str, Any]) -> Hop:
    place = record["location"]
    return Hop(**{**record, "location": None if place is None else Location(**place)})


def _tags(resource: Resource) -> list[tuple[str, str]] | None:
    try:
        return [(key, value) for key, value in resource.tags.items() if isinstance(value, str)] or None
    except Undecided:
        return None
