"""The files in a folder of raw `aws` outputs: where each belongs, and what it holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scanner.errors import SnapshotError
from scanner.model import GLOBAL

AGAIN = "run its aws command again, or take the file out of the folder"
MAX_FILE_BYTES = 512 * 1024**2
"""No answer is nearly as large; whatever is, is not read into memory."""

_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d+")


def files_of(path: Path) -> Iterator[tuple[str, Path]]:
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


def read_answer(file: Path) -> Mapping[str, Any]:
    """The JSON object in a file; raises SnapshotError with the file and where possible the line."""
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
            raise SnapshotError("the file is empty, so its command failed", place=str(file), cure=AGAIN) from None
        raise SnapshotError(
            f"the file is no whole JSON ({error.msg})", place=f"{file}:{error.lineno}", cure=AGAIN
        ) from None
    except (ValueError, RecursionError) as error:
        raise SnapshotError(
            f"the file is no answer of AWS ({type(error).__name__})", place=str(file), cure=AGAIN
        ) from None
    if not isinstance(answer, dict):
        raise SnapshotError("the file holds no JSON object, as every aws output is", place=str(file), cure=AGAIN)
    return answer
