"""What a run takes from the index of cards, and whom it does not ask, changes no answer about any plan."""

from __future__ import annotations

from pathlib import Path

import pytest

import scanner
from scanner.model import Rule, ScanReport
from scanner.rulebook.shelf import select_rules
from tests.rules.answers import RULES

TEMPLATES = sorted((Path(__file__).parent / "templates").glob("*.yaml"))


@pytest.fixture
def whole_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    def choose(config: scanner.Config) -> tuple[Rule, ...]:
        return select_rules(RULES, config)

    monkeypatch.setattr("scanner.pipeline.change.choose_rules", choose)


def answers(path: Path) -> ScanReport:
    return scanner.gate(path, include_pass=True)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_rules_from_the_index_answer_as_the_cards_do(path: Path, request: pytest.FixtureRequest) -> None:
    quick = answers(path)
    request.getfixturevalue("whole_rules")
    slow = answers(path)
    assert quick.findings == slow.findings
    assert quick.totals == slow.totals


def test_a_template_without_people_does_not_load_what_judges_people(tmp_path: Path) -> None:
    import subprocess
    import sys

    source = (
        "import sys, scanner; scanner.gate(sys.argv[1]);"
        "print([name for name in sys.modules if name.startswith('scanner.logins')])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", source, str(TEMPLATES[0].parent / "open_network.yaml")],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    assert shown.stdout.strip() == "[]"
