"""Files that somebody names, in folders, by patterns or on stdin: read one by one, and none of them ends the run."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scanner.errors import TemplateError, UsageError
from scanner.gate.document import MAX_BYTES, decode

SUFFIXES = (".yaml", ".yml", ".json", ".template", ".cfn", ".tfplan.json")
STDIN = "<stdin>"

_HINTS = (b"AWS::", b"Custom::", b"aws:c", b"planned_values", b"resource_changes", b"terraform_version", b"ChangeSetName",
          b"A\0W\0S\0", b"t\0e\0r\0r\0a\0f\0o\0r\0m\0")  # fmt: skip
_SKIPPED = frozenset(
    {
        ".git",
        "node_modules",
        ".venv",
        "venv",
        "__pycache__",
        ".terraform",
        ".aws-sam",
        ".tox",
        "site-packages",
        ".mypy_cache",
    }
)


_TERRAFORM = "make a plan: terraform plan -out plan && terraform show -json plan > plan.json"
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Source:
    """One text. `file` is the name that reports use, `is_named` tells whether somebody asked for this very file."""

    file: str
    text: str = field(repr=False)
    path: Path | None = None
    is_named: bool = True


@dataclass(slots=True)
class Pile:
    """Everything that was found: the texts, and one sentence about each file that is none."""

    sources: list[Source] = field(default_factory=list)
    failures: list[TemplateError] = field(default_factory=list)


def gather(paths: Iterable[str | os.PathLike[str]]) -> Pile:
    """The texts at these paths: files, folders (searched), patterns, and "-" for stdin; each file once.

    Raises `UsageError` for a path where nothing is.
    """
    pile = Pile()
    seen: set[str] = set()
    given = [os.fspath(path) for path in paths]
    for path, is_named in _expanded(given):
        if path is None:
            _take(pile, STDIN, sys.stdin.buffer.read(MAX_BYTES + 1), None, is_named=True)
            continue
        real = os.path.realpath(path)
        if real not in seen:
            seen.add(real)
            _read(pile, path, is_named=is_named)
    if not pile.sources and not pile.failures:
        for folder in map(Path, given):
            if folder.is_dir() and any(folder.glob("*.tf")):
                what = "the folder holds Terraform's source, and no plan"
                pile.failures.append(TemplateError(what, place=shown(folder), cure=_TERRAFORM))
    return pile


def _read(pile: Pile, path: Path, *, is_named: bool) -> None:
    name = shown(path)
    if path.name.endswith((".tf", ".tf.json")):
        if is_named:
            pile.failures.append(TemplateError("this is Terraform's source, and no plan", place=name, cure=_TERRAFORM))
        return
    try:
        if path.stat().st_size > MAX_BYTES:
            if is_named or path.suffix != ".json":
                pile.failures.append(TemplateError(f"the file holds more than {MAX_BYTES >> 20} MiB", place=name))
            return
        content = path.read_bytes()
    except OSError as failure:
        pile.failures.append(TemplateError(f"the file cannot be read ({failure.strerror})", place=name))
        return
    _take(pile, name, content, path, is_named=is_named)


def shown(path: Path) -> str:
    """A path as reports show it: relative to the current folder where it lies below it."""
    try:
        return Path(os.path.abspath(path)).relative_to(Path.cwd()).as_posix()  # noqa: PTH100 - links are left as they are
    except ValueError:
        return path.as_posix()


def _take(pile: Pile, name: str, content: bytes, path: Path | None, *, is_named: bool) -> None:
    # In a folder there are many files that are not meant; those do not even get a sentence.
    if not is_named and not any(word in content for word in _HINTS):
        return
    if content.startswith(_ZIP):
        if is_named:
            what = "this is a plan in Terraform's own format, which only Terraform reads"
            cure = f"write it as JSON: terraform show -json {name} > plan.json"
            pile.failures.append(TemplateError(what, place=name, cure=cure))
        return
    try:
        pile.sources.append(Source(name, decode(content, file=name), path, is_named))
    except TemplateError as mistake:
        pile.failures.append(mistake)


def _expanded(paths: Iterable[str | os.PathLike[str]]) -> Iterator[tuple[Path | None, bool]]:
    for given in paths:
        text = os.fspath(given)
        if text == "-":
            yield None, True
            continue
        path = Path(text)
        if path.is_dir():
            yield from ((file, False) for file in _below(path))
        elif path.exists():
            yield path, True
        else:
            found = sorted(glob.glob(text, recursive=True)) if glob.has_magic(text) else []  # noqa: PTH207 - a pattern may be absolute
            if not found:
                raise UsageError("there is no such file or folder", place=text, cure="check the path")
            for one in map(Path, found):
                if one.is_dir():
                    yield from ((file, False) for file in _below(one))
                else:
                    yield one, True


def _below(folder: Path) -> Iterator[Path]:
    for root, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if name not in _SKIPPED)
        for name in sorted(files):
            if name.endswith(SUFFIXES):
                yield Path(root) / name
