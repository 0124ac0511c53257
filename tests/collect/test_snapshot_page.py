"""The page about snapshots shows a snapshot that can be read, and names every reason."""

from __future__ import annotations

import re
from pathlib import Path

import scanner
from scanner.collect.snapshot import load_snapshot
from scanner.model import GapReason, Unknown

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "snapshot.md").read_text(encoding="utf-8")


def test_the_example_on_the_page_is_a_snapshot(tmp_path: Path) -> None:
    [example] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    path = tmp_path / "example.json"
    path.write_text(example, encoding="utf-8")
    [inventory] = load_snapshot(path)
    assert [instance.id for instance in inventory.of("AWS::EC2::Instance")] == ["i-0123456789abcdef0"]
    [trail] = inventory.of("AWS::CloudTrail::Trail")
    logging = trail.get("IsLogging")
    assert isinstance(logging, Unknown)
    assert logging.why.startswith("cloudtrail:GetTrailStatus for arn:aws:cloudtrail:")


def test_every_reason_of_a_gap_is_explained() -> None:
    assert re.findall(r"^\| `([a-z-]+)` \|", PAGE.split("| `reason` |")[1], re.MULTILINE) == [
        str(one) for one in GapReason
    ]


def test_the_page_names_the_python_function() -> None:
    assert f"scanner.{scanner.inventory_from_describe.__name__}(" in PAGE
