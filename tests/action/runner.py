"""A runner for action.yml: its steps in order, its own scripts in bash, what it uses from elsewhere only noted down."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_COMMAND = re.compile(r"::([a-z-]+)( [^:]*)?::(.*)")


def load_action() -> dict[str, Any]:
    """action.yml as it is committed."""
    document: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return document


@dataclass(frozen=True)
class Command:
    """What the runner would have obeyed: `::name properties::text`."""

    name: str
    properties: str
    text: str


@dataclass
class Job:
    """What a job would have seen of the action."""

    outputs: dict[str, str] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)
    used: dict[str, dict[str, str]] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)
    log: str = ""
    summary: str = ""
    failed_at: list[str] = field(default_factory=list)
    code: int = 0


def run_action(
    inputs: Mapping[str, str],
    *,
    workspace: Path,
    temporary: Path,
    path: str,
    stubs: Mapping[str, Mapping[str, str]],
) -> Job:
    """Runs the steps in order. Other actions are noted, not run; a step that `stubs` names has these outputs."""
    action, job = load_action(), Job()
    unknown = set(inputs) - set(action["inputs"])
    assert not unknown, f"the action has no input {unknown}"
    known = {f"inputs.{name}": inputs.get(name, each["default"]) for name, each in action["inputs"].items()}
    temporary.mkdir(exist_ok=True)
    for step in action["runs"]["steps"]:
        name, id_ = step["name"], step.get("id", "")
        if not _wanted(step.get("if", "success()"), known, failed=bool(job.failed_at)):
            continue
        job.steps.append(name)
        if "uses" in step:
            action_name = step["uses"].partition("@")[0]
            job.used[action_name] = {key: _filled(str(value), known) for key, value in step.get("with", {}).items()}
        if id_ in stubs or "uses" in step:
            told = stubs.get(id_, {})
        else:
            told = _run(step, known, job, workspace=workspace, temporary=temporary, path=path)
        known |= {f"steps.{id_}.outputs.{key}": value for key, value in told.items()}
    job.outputs = {name: _filled(each["value"], known) for name, each in action["outputs"].items()}
    return job


def run_step(id_: str, *, workspace: Path, temporary: Path, path: str) -> dict[str, str]:
    """The outputs of one step, run alone and without inputs."""
    temporary.mkdir(exist_ok=True)
    (step,) = (step for step in load_action()["runs"]["steps"] if step.get("id") == id_)
    job = Job()
    told = _run(step, {}, job, workspace=workspace, temporary=temporary, path=path)
    assert not job.failed_at, job.log
    return told


def _run(
    step: Mapping[str, Any], known: Mapping[str, str], job: Job, *, workspace: Path, temporary: Path, path: str
) -> dict[str, str]:
    files = {name: temporary / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH")}
    for file in files.values():
        file.write_bytes(b"")
    script = temporary / "step.sh"
    script.write_text(step["run"], encoding="utf-8")
    environment = {
        "PATH": path,
        "HOME": str(temporary),
        "LANG": "C.UTF-8",
        "PIP_NO_INDEX": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_WORKSPACE": str(workspace),
        "RUNNER_TEMP": str(temporary),
        **{name: str(file) for name, file in files.items()},
        **{name: _filled(str(value), known) for name, value in step.get("env", {}).items()},
    }
    words = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)]
    done = subprocess.run(words, cwd=workspace, env=environment, capture_output=True, text=True, check=False)
    job.log += done.stdout + done.stderr
    job.commands += obeyed(done.stdout)
    job.summary += files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
    if done.returncode:
        job.failed_at.append(step["name"])
        job.code = done.returncode
    assert not files["GITHUB_ENV"].read_bytes()
    assert not files["GITHUB_PATH"].read_bytes()
    return read_outputs(files["GITHUB_OUTPUT"].read_text(encoding="utf-8"))


def obeyed(log: str) -> list[Command]:
    """The commands in a log, without those between `::stop-commands::token` and `::token::`."""
    found, stopped = [], ""
    for line in log.splitlines():
        match = _COMMAND.match(line.strip())
        if stopped:
            stopped = "" if line.strip() == f"::{stopped}::" else stopped
        elif match and match[1] == "stop-commands":
            stopped = match[3]
        elif match:
            found.append(Command(match[1], (match[2] or "").strip(), match[3]))
    assert not stopped, "the log ends while commands are stopped"
    return found


def read_outputs(text: str) -> dict[str, str]:
    """The outputs as the runner reads them: `name=value`, or the lines between two fences."""
    outputs, lines = {}, iter(text.splitlines())
    for line in lines:
        name, fence, end = line.partition("<<")
        if fence and "=" not in name:
            value: list[str] = []
            while (following := next(lines)) != end:
                value.append(following)
            outputs[name] = "\n".join(value)
        else:
            name, _, single = line.partition("=")
            outputs[name] = single
    return outputs


def _filled(text: str, known: Mapping[str, str]) -> str:
    return _EXPRESSION.sub(lambda match: known.get(match[1], "") if _is_known(match[1]) else "", text)


def _is_known(expression: str) -> bool:
    """Only plain contexts are known here; anything else in action.yml is an error of the test."""
    assert re.fullmatch(r"(inputs\.[a-z-]+|steps\.[a-z]+\.outputs\.[a-z-]+)", expression), expression
    return True


def _wanted(condition: str, known: Mapping[str, str], *, failed: bool) -> bool:
    """Conditions of words joined by &&; without a word about status, a step wants all before it to have worked."""
    words = [word.strip() for word in condition.split("&&")]
    answers = []
    for word in words:
        if word in {"always()", "success()"}:
            answers.append(word == "always()" or not failed)
            continue
        match = re.fullmatch(r"(\S+) (==|!=) '([^']*)'", word)
        assert match, word
        assert _is_known(match[1])
        answers.append((known.get(match[1], "") == match[3]) == (match[2] == "=="))
    if "always()" not in words:
        answers.append(not failed)
    return all(answers)
