"""The step of action.yml that runs Bastionless: inputs from the environment in; reports and outputs out.

It ends with 0 whatever the answer is: the last step of the action decides, after reports are shown and uploaded.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

CLEAN, FINDINGS, USAGE, INCOMPLETE = 0, 1, 2, 3
BOTH = ("scan", "gate")


@dataclass(frozen=True)
class Input:
    """An input of the action that becomes an option: in which modes, and of what form."""

    option: str
    modes: tuple[str, ...] = BOTH
    many: bool = False
    switch: bool = False


OPTIONS: Mapping[str, Input] = {
    "against": Input("--against", ("gate",)),
    "parameters": Input("--parameters", ("gate",), many=True),
    "stack-name": Input("--stack-name", ("gate",)),
    "account": Input("--account", ("gate",)),
    "snapshots": Input("--snapshot", ("scan",), many=True),
    "regions": Input("--region", many=True),
    "role-arn": Input("--role-arn"),
    "lookup-events": Input("--lookup-events", ("scan",), switch=True),
    "iac": Input("--iac", ("scan",)),
    "inventory": Input("--inventory", ("scan",)),
    "select": Input("--select", many=True),
    "ignore": Input("--ignore", many=True),
    "rules": Input("--rules", many=True),
    "config": Input("--config"),
    "waivers": Input("--waivers"),
    "strict-waivers": Input("--strict-waivers", switch=True),
    "baseline": Input("--baseline"),
    "new-only": Input("--new-only", switch=True),
    "fail-on": Input("--fail-on"),
    "fail-on-unknown": Input("--fail-on-unknown", switch=True),
}

REPORTS: Mapping[str, tuple[str, str]] = {
    "json": ("json", "bastionless.json"),
    "sarif": ("sarif", "bastionless.sarif"),
    "summary": ("markdown", "bastionless.md"),
    "annotations": ("github", "bastionless-annotations.txt"),
}
"""The output that names a report's file: its format and the file's name."""

OUTCOMES = ("fail", "pass", "unknown", "not-applicable", "error")
SEVERITIES = ("critical", "high", "medium", "low", "info")


class InputError(Exception):
    """An input that cannot be meant: one sentence with its cure."""


class Inputs:
    """The inputs as action.yml hands them over: `BASTIONLESS_` and the name in capitals."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str) -> str:
        """A value of one line."""
        value = self._environ.get(f"BASTIONLESS_{name.upper().replace('-', '_')}", "").strip()
        if len(value.splitlines()) > 1:
            raise InputError(f"Input {name!r} has several lines: it takes one value.")
        return value

    def lines(self, name: str) -> list[str]:
        """A value a line; empty lines count for nothing."""
        value = self._environ.get(f"BASTIONLESS_{name.upper().replace('-', '_')}", "")
        return [line.strip() for line in value.splitlines() if line.strip()]

    def switch(self, name: str) -> bool:
        """True or false, in these very words: a misspelt `True` must not quietly mean no."""
        value = self.text(name)
        if value not in {"true", "false", ""}:
            raise InputError(f"Input {name!r} is {value!r}: write true or false.")
        return value == "true"


def arguments(inputs: Inputs, folder: Path) -> list[str]:
    """The words of the command. Each value is glued to its option, so that none of them is taken for another option."""
    mode = inputs.text("mode")
    if mode not in BOTH:
        raise InputError(f"Input 'mode' is {mode!r}: write scan or gate.")
    paths = inputs.lines("paths")
    if mode == "gate" and not paths:
        raise InputError("Input 'paths' is empty: name the templates and plans that the gate is to judge.")
    if mode == "scan" and paths:
        raise InputError("Input 'paths' is for mode gate: leave it out, or name stored accounts in 'snapshots'.")
    if mode == "gate" and len(inputs.lines("regions")) > 1:
        raise InputError("Input 'regions' names several Regions: a gate judges for one, so use a matrix.")
    words = [word for name, each in OPTIONS.items() for word in _option(inputs, name, each, mode)]
    reports = [f"--report={format_}={folder / file}" for format_, file in REPORTS.values()]
    more = inputs.lines("arguments")
    return [mode, *words, *reports, *more, *(["--", *paths] if paths else [])]


def _option(inputs: Inputs, name: str, each: Input, mode: str) -> Iterator[str]:
    if each.switch:
        words = [each.option] if inputs.switch(name) else []
    else:
        values = inputs.lines(name) if each.many else filter(None, [inputs.text(name)])
        words = [f"{each.option}={value}" for value in values]
    if words and mode not in each.modes:
        raise InputError(f"Input {name!r} is for mode {each.modes[0]}, and this is mode {mode}: leave it out.")
    yield from words


def prepare_folder(inputs: Inputs, environ: Mapping[str, str]) -> Path:
    """Where reports go, without those of an earlier run: what is old must never be uploaded as new."""
    name = inputs.text("output-dir")
    if not name:
        return Path(tempfile.mkdtemp(prefix="bastionless-reports-", dir=environ.get("RUNNER_TEMP") or None))
    folder = Path(name).absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in [*(folder / file for _, file in REPORTS.values()), *more_sarif(folder)]:
            old.unlink(missing_ok=True)
    except OSError as failure:
        raise InputError(f"Input 'output-dir': {name!r} cannot be written ({failure.strerror}).") from None
    return folder


def more_sarif(folder: Path) -> list[Path]:
    """The files of the accounts that GitHub does not take in the first one."""
    return sorted(folder.glob("bastionless-[0-9]*.sarif"))


def run_command(words: list[str]) -> int:
    """The exit code. Until the command ends, the runner takes nothing in the log for a command of its own."""
    token = secrets.token_hex(16)
    print(f"::stop-commands::{token}", flush=True)
    code = subprocess.run([str(Path(sys.executable).with_name("bastionless")), *words], check=False).returncode  # noqa: S603 - the command installed beside this Python
    print(f"\n::{token}::", flush=True)
    return code if code >= 0 else 128 - code


def put_before(category: str, sarif: Path) -> None:
    """Puts the category of this job before the category of each run."""
    document = json.loads(sarif.read_text(encoding="utf-8"))
    for run in document["runs"]:
        run["automationDetails"]["id"] = f"{category}/{run['automationDetails']['id']}"
    sarif.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def read_outputs(code: int, folder: Path, *, category: str, upload: bool, upload_incomplete: bool) -> dict[str, str]:
    """What the action tells. After a run that could not be asked for there is no report to tell of."""
    outputs = {"exit-code": str(code), "complete": "false", "upload": "false"}
    files = {name: folder / file for name, (_, file) in REPORTS.items()}
    if code not in {CLEAN, FINDINGS, INCOMPLETE} or not all(file.is_file() for file in files.values()):
        return outputs if code not in {CLEAN, FINDINGS, INCOMPLETE} else {**outputs, "exit-code": str(USAGE)}
    report = json.loads(files["json"].read_text(encoding="utf-8"))
    if category:
        put_before(category, files["sarif"])
    left = len(more_sarif(folder))
    if left and upload:
        say("warning", f"GitHub takes 20 accounts a file: {left} more SARIF files are not uploaded. Use a matrix.")
    return outputs | {
        "complete": str(report["complete"]).lower(),
        "upload": str(upload and (code != INCOMPLETE or upload_incomplete)).lower(),
        **{outcome: str(report["totals"][outcome]) for outcome in OUTCOMES},
        **{severity: str(report["severities"][severity]) for severity in SEVERITIES},
        **{name: str(file) for name, file in files.items()},
    }


def write_outputs(outputs: Mapping[str, str], file: Path) -> None:
    """Each between two lines that nobody can guess, so that no value can end itself and begin another output."""
    with file.open("a", encoding="utf-8") as stream:
        for name, value in outputs.items():
            fence = secrets.token_hex(16)
            stream.write(f"{name}<<{fence}\n{value}\n{fence}\n")


def say(level: str, sentence: str) -> None:
    """An annotation of the run."""
    text = sentence.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    print(f"::{level} title=Bastionless::{text}", flush=True)


def main(environ: Mapping[str, str]) -> int:
    """0, after the outputs are written."""
    inputs = Inputs(environ)
    try:
        category = inputs.text("category").strip("/")
        switches = {name: inputs.switch(name) for name in ("upload-sarif", "upload-incomplete")}
        for name in ("summary", "annotations"):
            inputs.switch(name)
        folder = prepare_folder(inputs, environ)
        words = arguments(inputs, folder)
    except InputError as mistake:
        say("error", str(mistake))
        outputs = {"exit-code": str(USAGE), "complete": "false", "upload": "false"}
    else:
        upload, incomplete = switches["upload-sarif"], switches["upload-incomplete"]
        code = run_command(words)
        outputs = read_outputs(code, folder, category=category, upload=upload, upload_incomplete=incomplete)
        if code == INCOMPLETE and upload and not incomplete:
            say("warning", "Nothing is uploaded: code scanning would close the alerts that this run could not see.")
    write_outputs(outputs, Path(environ["GITHUB_OUTPUT"]))
    return 0


if __name__ == "__main__":
    sys.exit(main(os.environ))
