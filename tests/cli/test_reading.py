"""What a gate read, on stderr where the format has no place for it."""

from __future__ import annotations

import json
from pathlib import Path

from scanner.reports import render
from tests.cli.conftest import Bastionless
from tests.reports.test_reading import BROKEN, FLEET, READ, gated

TEMPLATE = "Resources: {Q: {Type: AWS::SQS::Queue}, Fleet: {Type: AWS::EC2::EC2Fleet}}\n"


def test_the_command_says_it_once_on_stderr_and_stdout_stays_clean(bastionless: Bastionless, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TEMPLATE, encoding="utf-8")
    said = bastionless("gate", "a.yaml", "--format", "csv", "--report", "gitlab=q.json")
    assert said.err.splitlines() == [
        "note: read 1 file: 0 planned resources, and 1 of 1 type that no rule asks about; 1 part could not be read",
        "note: a.yaml:1 Fleet (AWS::EC2::EC2Fleet) was not read: this program does not read the type",
    ]
    assert said.out.startswith("severity,outcome,")
    assert json.loads((tmp_path / "q.json").read_text(encoding="utf-8")) == []


def test_a_stored_report_of_a_gate_says_it_too(bastionless: Bastionless, tmp_path: Path) -> None:
    (tmp_path / "gate.json").write_text(render(gated(), format="json"), encoding="utf-8")
    said = bastionless("report", "gate.json", "--format", "gitlab")
    assert said.err.splitlines() == [f"note: {sentence}" for sentence in (READ, BROKEN, FLEET)]
