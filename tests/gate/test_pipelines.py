"""What the hooks and the page about pipelines tell people to run is run here, with files as those projects have them."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from scanner.cli import cli
from tests.gate.templates_by_hand import TEMPLATES
from tests.gate.terraform.plans_by_hand import NOTES, of_notes, saved

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "gate-pipelines.md").read_text(encoding="utf-8")
BLOCKS = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
CLEAN = "Resources:\n  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}\n"
"""Nothing graver than a medium finding is in it."""


def commands(value: Any) -> Iterator[str]:
    """Every line of every text that calls us."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from commands(item)
    elif isinstance(value, str):
        for line in value.splitlines():
            found = re.match(r"\s*(bastionless gate .*?)(\s*\|\|.*)?$", line)
            if found:
                yield found[1]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with everything that the examples name."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "network.yaml").write_text((TEMPLATES / "open_network.yaml").read_text(), encoding="utf-8")
    (tmp_path / "production.json").write_text(json.dumps({"Parameters": {}}), encoding="utf-8")
    saved(tmp_path, of_notes((NOTES / "open.yaml").read_text(encoding="utf-8")))
    (tmp_path / "reports").mkdir()
    (tmp_path / "cdk.out").mkdir()
    (tmp_path / "cdk.out" / "Stack.template.json").write_text(
        json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}), encoding="utf-8"
    )
    (tmp_path / "cdk.out" / "manifest.json").write_text(
        json.dumps({"version": "36.0.0", "artifacts": {}}), encoding="utf-8"
    )
    return tmp_path


def run(command: str, *more: str) -> int:
    name, *words = shlex.split(command)
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert name in scripts
    result = CliRunner().invoke(cli, [*words, *more], standalone_mode=False)
    assert result.exception is None, result.output
    assert isinstance(result.return_value, int)
    return result.return_value


def test_the_page_calls_us_in_every_pipeline() -> None:
    assert [len(list(commands(block))) for block in BLOCKS] == [0, 1, 1, 1, 1, 1]


@pytest.mark.parametrize("command", [line for block in BLOCKS for line in commands(block)])
def test_what_the_page_tells_to_run_runs_and_writes_its_reports(command: str, project: Path) -> None:
    assert run(command) == (0 if "cdk.out" in command else 1)
    reports = re.findall(r"--report \w+=(\S+)", command)
    assert [name for name in reports if not (project / name).stat().st_size] == []


def test_what_the_page_uploads_is_what_it_writes() -> None:
    for block in BLOCKS[1:]:
        text = json.dumps(block)
        written = {Path(path).name for line in commands(block) for path in re.findall(r"--report \w+=(\S+)", line)}
        assert {name for name in written if text.count(name) < 2} == set()


def test_the_page_names_the_hooks_that_there_are() -> None:
    [repository] = BLOCKS[0]["repos"]
    assert [hook["id"] for hook in repository["hooks"]] == [hook["id"] for hook in HOOKS]


def hook(id_: str) -> dict[str, Any]:
    return next(one for one in HOOKS if one["id"] == id_)


def takes(id_: str, name: str) -> bool:
    """Whether pre-commit hands a file over, by the words of the hook."""
    one = hook(id_)
    return bool(re.search(one["files"], name)) and not re.search(one.get("exclude", "^$"), name)


def test_a_hook_fails_for_a_template_with_a_flaw_and_passes_without_one(project: Path) -> None:
    one = hook("bastionless-cloudformation")
    (project / "template.yaml").write_text(CLEAN, encoding="utf-8")
    args = BLOCKS[0]["repos"][0]["hooks"][0]["args"]
    assert run(one["entry"], *args, "template.yaml") == 0
    assert run(one["entry"], *args, "template.yaml", "infra/network.yaml") == 1


def test_a_hook_fails_for_a_plan_with_a_flaw(project: Path) -> None:
    assert run(hook("bastionless-terraform")["entry"], "plan.json") == 1


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("template.yaml", True), ("app/template.yml", True), ("cdk/Stack.template.json", True), ("cfn/deep/vpc.yaml", True),
        ("cloudformation/vpc.json", True), ("vpc.template", True), ("cloudformation/parameters.json", False),
        ("helm/templates/service.yaml", False), ("README.md", False), ("values.yaml", False), ("cloudformation/run.py", False),
    ],
)  # fmt: skip
def test_the_hook_for_templates_takes_what_is_called_like_one(name: str, taken: bool) -> None:  # noqa: FBT001 - a column
    assert takes("bastionless-cloudformation", name) is taken


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("plan.json", True),
        ("out/prod.tfplan.json", True),
        ("prod-plan.json", True),
        ("plan.bin", False),
        ("a.json", False),
    ],
)
def test_the_hook_for_plans_takes_what_is_called_like_one(name: str, taken: bool) -> None:  # noqa: FBT001 - a column
    assert takes("bastionless-terraform", name) is taken
