"""The action's own steps, run as they are: what a job sees of each mode and each exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.action.conftest import RunAction, snapshot

UPLOAD = "github/codeql-action/upload-sarif"
BEFORE = ["Set up Python", "Install Bastionless from the action's own checkout", "Run Bastionless"]
SHOWN = ["Summary of the job", "Annotations"]

MODES = {
    "scan": {"clean": {"snapshots": "clean.json"}, "open": {"snapshots": "open.json"},
             "unread": {"snapshots": "unread.json"}, "broken": {"snapshots": "broken.json"}},
    "gate": {"clean": {"paths": "clean-template.json"}, "open": {"paths": "open-template.json"},
             "unread": {"paths": "unread-template.json", "fail-on-unknown": "true"},
             "broken": {"paths": "nowhere/"}},
}  # fmt: skip


@pytest.fixture(params=["scan", "gate"])
def mode(request: pytest.FixtureRequest) -> str:
    word: str = request.param
    return word


def test_what_is_clean_passes(run: RunAction, mode: str) -> None:
    job = run(mode=mode, select="NET006", **MODES[mode]["clean"])
    told = {name: job.outputs[name] for name in ("exit-code", "complete", "fail", "pass", "unknown", "error", "high")}
    assert told == {"exit-code": "0", "complete": "true", "fail": "0", "pass": "1", "unknown": "0", "error": "0", "high": "0"}  # fmt: skip
    assert job.steps == [*BEFORE, *SHOWN, "Upload to code scanning", "Gate"]
    assert (job.code, job.failed_at) == (0, [])


def test_findings_are_shown_and_uploaded_and_then_fail_the_job(run: RunAction, mode: str) -> None:
    job = run(mode=mode, select="NET006", **MODES[mode]["open"])
    told = {name: job.outputs[name] for name in ("exit-code", "complete", "fail", "pass", "high", "low")}
    grave = (
        {"high": "1", "low": "0"} if mode == "scan" else {"high": "0", "low": "1"}
    )  # nothing wears the template's yet
    assert told == {"exit-code": "1", "complete": "true", "fail": "1", "pass": "0", **grave}
    assert job.steps == [*BEFORE, *SHOWN, "Upload to code scanning", "Gate"]
    assert (job.code, job.failed_at) == (1, ["Gate"])
    assert job.used[UPLOAD]["sarif_file"] == job.outputs["sarif"]
    (result,) = json.loads(Path(job.outputs["sarif"]).read_text(encoding="utf-8"))["runs"][0]["results"]
    assert result["ruleId"] == "NET006"
    assert "### NET006" in job.summary
    # A gate first says what it read.
    shown = ["error", "error"] if mode == "scan" else ["notice", "notice", "error"]
    assert [command.name for command in job.commands] == shown
    assert "NET006" in job.commands[-2].properties


def test_what_could_not_be_asked_for_leaves_no_report_and_fails_the_job(run: RunAction, mode: str) -> None:
    job = run(mode=mode, **MODES[mode]["broken"])
    told = {name: job.outputs[name] for name in ("exit-code", "complete", "json", "sarif", "summary", "fail")}
    assert told == {"exit-code": "2", "complete": "false", "json": "", "sarif": "", "summary": "", "fail": ""}
    assert job.steps == [*BEFORE, "Gate"]
    assert (job.code, job.failed_at) == (2, ["Gate"])


def test_an_incomplete_run_is_shown_but_not_uploaded(run: RunAction, mode: str) -> None:
    job = run(mode=mode, select="NET006", **MODES[mode]["unread"])
    assert [job.outputs[name] for name in ("exit-code", "complete")] == ["3", "false"]
    assert job.steps == [*BEFORE, *SHOWN, "Gate"]
    assert UPLOAD not in job.used
    assert any("would close the alerts" in command.text for command in job.commands if command.name == "warning")
    assert (job.code, job.failed_at) == (3, ["Gate"])


def test_an_incomplete_run_is_uploaded_where_it_was_asked_for(run: RunAction, mode: str) -> None:
    job = run(mode=mode, select="NET006", upload_incomplete="true", **MODES[mode]["unread"])
    assert job.steps == [*BEFORE, *SHOWN, "Upload to code scanning", "Gate"]
    assert job.code == 3


def test_nothing_is_shown_or_uploaded_that_was_not_asked_for(run: RunAction) -> None:
    job = run(snapshots="open.json", summary="false", annotations="false", upload_sarif="false")
    assert job.steps == [*BEFORE, "Gate"]
    assert (job.summary, job.code) == ("", 1)
    assert Path(job.outputs["summary"]).is_file()


def test_without_an_installation_the_job_fails(run: RunAction) -> None:
    job = run(stubs={"install": {}, "scan": {}}, snapshots="clean.json")
    assert (job.code, job.failed_at) == (2, ["Gate"])
    assert job.commands[-1].text == "It did not run: an earlier step tells why."


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ({"mode": "scna"}, "Input 'mode' is 'scna': write scan or gate."),
        ({"mode": "gate"}, "Input 'paths' is empty: name the templates and plans that the gate is to judge."),
        ({"paths": "a"}, "Input 'paths' is for mode gate: leave it out, or name stored accounts in 'snapshots'."),
        ({"stack-name": "a"}, "Input 'stack-name' is for mode gate, and this is mode scan: leave it out."),
        (
            {"mode": "gate", "paths": "a", "snapshots": "b"},
            "Input 'snapshots' is for mode scan, and this is mode gate: leave it out.",
        ),
        (
            {"mode": "gate", "paths": "a", "regions": "eu-west-1\neu-west-2"},
            "Input 'regions' names several Regions: a gate judges for one, so use a matrix.",
        ),
        ({"upload-sarif": "True"}, "Input 'upload-sarif' is 'True': write true or false."),
        ({"summary": "yes"}, "Input 'summary' is 'yes': write true or false."),
        ({"config": "a\nb"}, "Input 'config' has several lines: it takes one value."),
        ({"output-dir": "clean.json"}, "Input 'output-dir': 'clean.json' cannot be written (File exists)."),
    ],
)
def test_an_input_that_cannot_be_meant_is_told_in_a_sentence(
    run: RunAction, inputs: dict[str, str], sentence: str
) -> None:
    job = run(**inputs)
    assert job.commands[0].text == sentence
    assert (job.outputs["exit-code"], job.code) == ("2", 2)


def test_what_an_earlier_run_left_is_not_uploaded(run: RunAction, workspace: Path) -> None:
    assert run(snapshots="open.json", output_dir="reports").outputs["sarif"] == str(
        workspace / "reports/bastionless.sarif"
    )
    job = run(snapshots="broken.json", output_dir="reports")
    assert (job.outputs["sarif"], job.steps) == ("", [*BEFORE, "Gate"])
    assert list((workspace / "reports").iterdir()) == []


def test_a_category_of_the_jobs_own_keeps_alerts_apart(run: RunAction) -> None:
    plain = run(snapshots="open.json")
    own = run(snapshots="open.json", category="staging")
    ids = [
        json.loads(Path(job.outputs["sarif"]).read_text(encoding="utf-8"))["runs"][0]["automationDetails"]["id"]
        for job in (plain, own)
    ]
    assert ids == [ids[0], f"staging/{ids[0]}"]
    assert ids[0].endswith("/")


def test_accounts_that_do_not_fit_into_the_upload_are_told(run: RunAction, workspace: Path) -> None:
    names = []
    for number in range(21):
        names.append(snapshot(workspace, f"{number}.json"))
        text = (workspace / names[-1]).read_text(encoding="utf-8").replace("111122223333", f"1111222233{number:02}")
        (workspace / names[-1]).write_text(text, encoding="utf-8")
    job = run(snapshots="\n".join(names), select="NET006")
    (warning,) = (command.text for command in job.commands if command.name == "warning")
    assert warning == "GitHub takes 20 accounts a file: 1 more SARIF files are not uploaded. Use a matrix."


def test_lists_are_read_by_lines(run: RunAction) -> None:
    job = run(snapshots="\n  clean.json \n\nopen.json\n", select="NET006\nTRL001,EIC", ignore="EIC")
    report = json.loads(Path(job.outputs["json"]).read_text(encoding="utf-8"))
    assert [rule["id"] for rule in report["rules"]] == ["NET006", "TRL001"]


def test_more_arguments_reach_the_command(run: RunAction) -> None:
    job = run(snapshots="clean.json", select="NET006", arguments="--include-pass\n--format=csv")
    report = json.loads(Path(job.outputs["json"]).read_text(encoding="utf-8"))
    assert [finding["outcome"] for finding in report["findings"]] == ["pass"]
