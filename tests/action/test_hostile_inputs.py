"""No input is ever a script, an option, a command to the runner or an output, and no file of a checkout is imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from action.run import OPTIONS
from tests.action.conftest import RunAction
from tests.action.runner import load_action, run_step

# A line each, and each one tries another way out: of the shell, of the option, of the log, of the outputs.
ATTEMPTS = (
    "$(touch pwned)",
    "`touch pwned`",
    '"; touch pwned; "',
    "'; touch pwned; '",
    "| touch pwned #",
    "--help",
    "--demo",
    "-o pwned",
    "::error::pwned",
    "::set-env name=PATH::pwned",
    "${{ github.token }}",
    "exit-code=0",
    "EOF",
)
INPUTS = sorted(load_action()["inputs"])
OF_A_GATE = {"paths", *(name for name, each in OPTIONS.items() if each.modes == ("gate",))}


@pytest.mark.parametrize("name", INPUTS)
def test_no_line_of_an_input_gets_out_of_it(run: RunAction, workspace: Path, name: str) -> None:
    usual = {"mode": "gate", "paths": "clean-template.json"} if name in OF_A_GATE else {"snapshots": "clean.json"}
    before = sorted(workspace.iterdir())
    job = run(**{**usual, name: "\n".join(ATTEMPTS)})
    assert sorted(workspace.iterdir()) == before
    assert {command.name for command in job.commands} <= {"error", "warning", "notice"}
    assert not [command for command in job.commands if command.text.startswith("pwned")]
    if name != "python-version":  # its value goes to another action, never to a script
        assert (job.outputs["exit-code"], job.code) == ("2", 2)


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_no_single_value_gets_out_of_its_input(run: RunAction, workspace: Path, attempt: str) -> None:
    before = sorted(workspace.iterdir())
    job = run(mode="scan", snapshots="clean.json", config=attempt, select=attempt, category=attempt, role_arn=attempt)
    assert sorted(workspace.iterdir()) == before
    assert (job.outputs["exit-code"], job.code) == ("2", 2)
    assert not [command for command in job.commands if command.text.startswith("pwned")]


def test_a_folder_for_reports_is_a_name_and_nothing_else(run: RunAction, workspace: Path) -> None:
    name = '$(touch pwned)"; touch pwned; ::error::'
    job = run(snapshots="clean.json", output_dir=name)
    assert Path(job.outputs["sarif"]) == workspace / name / "bastionless.sarif"
    assert not (workspace / "pwned").exists()
    assert job.code == 0


def test_names_of_an_account_are_no_commands_of_the_log(run: RunAction, workspace: Path) -> None:
    stored = workspace / "open.json"
    hostile = "admin\\n::set-output name=exit-code::0\\n::error::pwned\\n::stop-commands::x"
    stored.write_text(stored.read_text(encoding="utf-8").replace('"admin"', f'"{hostile}"'), encoding="utf-8")
    job = run(snapshots="open.json", select="NET006")
    assert [command.name for command in job.commands] == ["error", "error"]
    assert not [command for command in job.commands if command.text.startswith("pwned")]
    assert job.outputs["exit-code"] == "1"


def test_a_module_in_the_checkout_is_not_imported(run: RunAction, workspace: Path) -> None:
    for name in ("yaml", "click", "scanner", "json", "tempfile", "sitecustomize", "usercustomize"):
        (workspace / f"{name}.py").write_text("open('pwned', 'w').close()\n", encoding="utf-8")
    job = run(snapshots="clean.json", select="NET006")
    assert (job.code, (workspace / "pwned").exists()) == (0, False)


@pytest.mark.usefixtures("installed")  # what this install needs is there
def test_a_module_in_the_checkout_is_not_installed_from(machine: str, tmp_path: Path) -> None:
    for name in ("pip", "venv", "ensurepip", "hatchling", "yaml"):
        (tmp_path / f"{name}.py").write_text("open('pwned', 'w').close()\n", encoding="utf-8")
    run_step("install", workspace=tmp_path, temporary=tmp_path / "temp", path=machine)
    assert not (tmp_path / "pwned").exists()
