"""What others look for in actions and workflows, offline: in action.yml, in this project's workflows, in the examples."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.action.runner import ROOT
from tests.action.test_laws import WORKFLOWS, scripts

_EXAMPLE = re.compile(r"```yaml\n(name: .*?)```", re.DOTALL)


def linter(name: str, *words: str | Path, cwd: Path, given: str = "") -> str:
    """What a linter says of a mistake; "" for none. It is the one installed beside this Python."""
    program = Path(sys.executable).with_name(name)
    if not program.is_file():
        pytest.skip(f"{name} is not installed beside this Python")
    done = subprocess.run(
        [str(program), *map(str, words)], cwd=cwd, input=given, capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """action.yml, the workflows of this project, and the examples of its page as workflows of somebody's."""
    folder = tmp_path / ".github/workflows"
    folder.mkdir(parents=True)
    for file in WORKFLOWS:
        (folder / file.name).write_bytes(file.read_bytes())
    for number, text in enumerate(examples()):
        (folder / f"example-{number}.yml").write_text(text, encoding="utf-8")
    (tmp_path / ".github/dependabot.yml").write_bytes((ROOT / ".github/dependabot.yml").read_bytes())
    (tmp_path / "action.yml").write_bytes((ROOT / "action.yml").read_bytes())
    return tmp_path


def examples() -> Sequence[str]:
    found: list[str] = _EXAMPLE.findall((ROOT / "docs/action.md").read_text(encoding="utf-8"))
    return found


def test_the_page_has_an_example_of_each_use() -> None:
    assert [text.splitlines()[0] for text in examples()] == ["name: gate", "name: nightly", "name: accounts"]


def test_they_are_of_the_form_that_github_asks_for(repository: Path) -> None:
    action = linter("check-jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml", cwd=repository)
    assert action == ""
    workflows = sorted((repository / ".github/workflows").iterdir())
    assert linter("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows, cwd=repository) == ""
    updates = ".github/dependabot.yml"
    assert linter("check-jsonschema", "--builtin-schema", "vendor.dependabot", updates, cwd=repository) == ""


def test_actionlint_has_nothing_to_say(repository: Path) -> None:
    workflows = sorted((repository / ".github/workflows").iterdir())
    shellcheck = Path(sys.executable).with_name("shellcheck")
    assert linter("actionlint", "-no-color", "-shellcheck", shellcheck, *workflows, cwd=repository) == ""


def test_actionlint_knows_every_input_of_the_examples(repository: Path) -> None:
    """It knows the inputs of an action of the same checkout, so the examples are told to use that one."""
    for workflow in (repository / ".github/workflows").glob("example-*.yml"):
        text = re.sub(r"uses: bastionless/\S+ # v\S+", "uses: ./", workflow.read_text(encoding="utf-8"))
        assert "uses: ./" in text
        workflow.write_text(text, encoding="utf-8")
        assert linter("actionlint", "-no-color", workflow, cwd=repository) == ""


def test_zizmor_has_nothing_to_say(repository: Path) -> None:
    assert linter("zizmor", "--offline", "--strict-collection", "--quiet", ".", cwd=repository) == ""


@pytest.mark.parametrize(("place", "script"), scripts())
def test_shellcheck_has_nothing_to_say(tmp_path: Path, place: str, script: str) -> None:
    assert linter("shellcheck", "-s", "bash", "-", cwd=tmp_path, given=script) == "", place
