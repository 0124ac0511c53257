"""What has to hold of action.yml and of this project's workflows, whatever they say."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from action.run import OPTIONS, OUTCOMES, REPORTS, SEVERITIES
from scanner.cli import cli
from scanner.model import Outcome, Severity
from scanner.reports import FORMATS
from tests.action.runner import ROOT, load_action

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
PINNED = re.compile(r"[A-Za-z0-9_./-]+@[0-9a-f]{40}")
PINNED_LINE = re.compile(r"uses: [A-Za-z0-9_./-]+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+")


def steps() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = load_action()["runs"]["steps"]
    return found


def jobs(workflow: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]
    return found


def scripts() -> list[tuple[str, str]]:
    """Every script: where it stands and what it says."""
    found = [("action.yml", step["run"]) for step in steps() if "run" in step]
    for workflow in WORKFLOWS:
        each = [step for job in jobs(workflow).values() for step in job["steps"]]
        found += [(workflow.name, step["run"]) for step in each if "run" in step]
    return found


def test_these_are_the_workflows() -> None:
    assert [workflow.name for workflow in WORKFLOWS] == ["lint.yml", "release.yml", "test.yml"]


def test_no_expression_stands_in_a_script() -> None:
    assert [place for place, script in scripts() if "${{" in script] == []


def test_every_script_of_several_lines_is_strict() -> None:
    loose = [
        place for place, script in scripts() if "\n" in script.strip() and not script.startswith("set -euo pipefail\n")
    ]
    assert loose == []


def test_every_input_has_a_kebab_name_a_description_and_a_default() -> None:
    inputs = load_action()["inputs"]
    assert [name for name in inputs if not re.fullmatch("[a-z]+(-[a-z]+)*", name)] == []
    assert [name for name, each in inputs.items() if not each["description"] or "default" not in each] == []


def test_no_input_takes_a_credential() -> None:
    secret = re.compile("secret|token|password|credential|access-key|session")
    assert [name for name in load_action()["inputs"] if secret.search(name)] == []


def test_every_input_reaches_the_program_under_its_own_name_only() -> None:
    """Those that are not handed to the program are read by conditions or by the step that sets up Python."""
    (step,) = (step for step in steps() if step.get("id") == "scan")
    handed = {name: value for name, value in step["env"].items() if name != "PYTHON"}
    inputs = set(load_action()["inputs"]) - {"python-version"}
    wanted = {f"BASTIONLESS_{name.upper().replace('-', '_')}": f"${{{{ inputs.{name} }}}}" for name in inputs}
    assert handed == wanted


def test_every_option_of_the_action_is_one_of_the_command() -> None:
    missing = [
        (mode, each.option)
        for each in OPTIONS.values()
        for mode in each.modes
        if each.option not in {word for parameter in command(mode).params for word in parameter.opts}
    ]
    assert missing == []


def command(name: str) -> click.Command:
    found = cli.get_command(click.Context(cli), name)
    assert found is not None, name
    return found


def test_every_output_of_a_step_is_one_that_the_step_tells() -> None:
    told = {"exit-code", "complete", "upload", *OUTCOMES, *SEVERITIES, *REPORTS}
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    read = set(re.findall(r"steps\.scan\.outputs\.([a-z-]+)", text))
    assert read <= told
    assert told - read == set()


def test_every_answer_and_severity_has_its_count() -> None:
    assert set(OUTCOMES) == {outcome.value for outcome in Outcome}
    assert set(SEVERITIES) == {severity.value for severity in Severity}
    assert {*OUTCOMES, *SEVERITIES} < set(load_action()["outputs"])
    assert {format_ for format_, _ in REPORTS.values()} <= set(FORMATS)


def test_steps_after_the_scan_run_whatever_happened_and_the_gate_is_last() -> None:
    names = [step.get("id", step["name"]) for step in steps()]
    assert names == ["python", "install", "scan", "Summary of the job", "Annotations", "upload", "Gate"]
    conditions = [step.get("if", "") for step in steps()[3:]]
    assert [condition.split(" && ")[0] for condition in conditions] == ["always()"] * 4


def test_an_upload_is_decided_by_the_program_alone() -> None:
    (upload,) = (step for step in steps() if step.get("id") == "upload")
    assert upload["if"] == "always() && steps.scan.outputs.upload == 'true'"


@pytest.mark.parametrize("file", [ROOT / "action.yml", *WORKFLOWS], ids=lambda file: file.name)
def test_what_others_wrote_is_pinned_by_the_commit_and_says_its_version(file: Path) -> None:
    lines = [line.strip().removeprefix("- ") for line in file.read_text(encoding="utf-8").splitlines()]
    used = [line for line in lines if line.startswith("uses:")]
    assert used
    assert [line for line in used if not PINNED_LINE.fullmatch(line.split("  ")[0])] == []


def test_one_action_is_pinned_to_one_commit_everywhere() -> None:
    pins: dict[str, set[str]] = {}
    for file in (ROOT / "action.yml", *WORKFLOWS, ROOT / "docs/action.md"):
        for name, commit in re.findall(r"uses: ([\w./-]+)@(\S+)", file.read_text(encoding="utf-8")):
            if not name.startswith("bastionless/"):
                pins.setdefault(name, set()).add(commit)
    assert {name: commits for name, commits in pins.items() if len(commits) > 1} == {}


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda file: file.name)
def test_a_workflow_may_nothing_but_what_a_job_asks_for(workflow: Path) -> None:
    document = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    assert document["permissions"] == {}
    asked = {name: job["permissions"] for name, job in document["jobs"].items()}
    writing = {name: [scope for scope, grade in may.items() if grade == "write"] for name, may in asked.items()}
    assert {name: scopes for name, scopes in writing.items() if scopes} == (
        {"publish": ["id-token"]} if workflow.name == "release.yml" else {}
    )
    checkouts = [
        step for job in document["jobs"].values() for step in job["steps"] if "checkout" in step.get("uses", "")
    ]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_the_action_installs_nothing_that_this_checkout_does_not_name_by_its_hash() -> None:
    ours = pins(ROOT / "action/requirements.lock")
    everybodys = pins(ROOT / "requirements.lock")
    assert {name: version for name, version in ours.items() if everybodys.get(name) != version} == {}
    text = (ROOT / "action/requirements.lock").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if "==" in line and not line.endswith("\\")] == []


def pins(lock: Path) -> dict[str, str]:
    found = re.findall(r"^([a-z0-9-]+)==(\S+)", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(found)


def test_the_page_of_the_action_names_every_input_and_output() -> None:
    page = (ROOT / "docs/action.md").read_text(encoding="utf-8")
    action = load_action()
    assert [name for name in (*action["inputs"], *action["outputs"]) if f"`{name}`" not in page] == []


def test_the_program_needs_nothing_but_python_itself() -> None:
    """It is read before anything is known of the installation, so that its own words are told whatever is broken."""
    module = importlib.import_module("action.run")
    text = Path(str(module.__file__)).read_text(encoding="utf-8")
    assert re.findall(r"^(?:from|import) (?!__future__)(\w+)", text, flags=re.MULTILINE) == [
        "json", "os", "secrets", "subprocess", "sys", "tempfile", "collections", "dataclasses", "pathlib",
    ]  # fmt: skip
