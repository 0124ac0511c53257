"""`--state DIR`: what is new and gone since the last complete run, and a folder that is whole whatever happens."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scanner import pipeline

Bastionless = Callable[..., Any]
ASK = ("--state", "kept", "--new-only", "--format", "json", "--quiet")


@pytest.fixture
def estate(bastionless: Bastionless, tmp_path: Path) -> Path:
    """A stored account with one flaw of NET015, as text that a test may change."""
    assert bastionless("snapshot", "--demo", "--select", "NET015,NET012", "-o", "estate.json", "--quiet").code == 0
    return tmp_path / "estate.json"


@pytest.fixture
def scan(bastionless: Bastionless, estate: Path) -> Bastionless:
    def run(*words: str) -> Any:
        return bastionless("scan", "--snapshot", estate, *(words or ("--select", "NET015")), *ASK)

    return run


def mend(estate: Path) -> None:
    text = estate.read_text()
    assert '"SerialConsoleAccessEnabled": true' in text
    estate.write_text(text.replace('"SerialConsoleAccessEnabled": true', '"SerialConsoleAccessEnabled": false'))


def break_off(estate: Path) -> None:
    document = json.loads(estate.read_text())
    one = document["inventories"][0]
    refused = {
        "call": "ec2:DescribeRegions",
        "reason": "denied",
        "detail": "",
        "kinds": ["AWS::Region"],
        "resource": "",
    }
    one["gaps"].append({**refused, "account": one["account"], "region": one["region"]})
    estate.write_text(json.dumps(document))


def names(findings: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["rule_id"], one["change"]["state"]) for one in findings if one["outcome"] == "fail"]


def status() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path("kept/status.json").read_text())
    return found


def test_everything_is_new_once_and_then_nothing_is(scan: Bastionless) -> None:
    first, second = scan(), scan()
    assert (first.code, first.err, json.loads(first.out)["comparison"]) == (1, "", None)
    assert (second.code, names(json.loads(second.out)["findings"])) == (0, [("NET015", "unchanged")])
    assert json.loads(second.out)["comparison"]["name"] == "the last complete run"
    assert sorted(path.name for path in Path("kept").iterdir()) == ["last.json", "lock", "status.json"]
    assert Path("kept").stat().st_mode & 0o777 == 0o700


def test_what_is_gone_is_told_once_and_what_comes_back_is_new(scan: Bastionless, estate: Path) -> None:
    before = estate.read_text()
    scan()
    mend(estate)
    gone, again = json.loads(scan().out)["comparison"], json.loads(scan().out)["comparison"]
    assert ([one["rule_id"] for one in gone["absent"]], again["absent"]) == (["NET015"], [])
    estate.write_text(before)
    back = scan()
    assert (back.code, names(json.loads(back.out)["findings"])) == (1, [("NET015", "new")])


def test_people_see_what_changed_and_nothing_else(bastionless: Bastionless, estate: Path) -> None:
    words = ("scan", "--snapshot", estate, "--select", "NET015", "--state", "kept", "--new-only", "--quiet")
    assert "serial console is switched on" in bastionless(*words).out
    same = bastionless(*words).out
    assert "serial console" not in same
    assert "Since the last complete run: 0 new, 1 unchanged, 0 gone." in same
    assert "serial console is switched on" in bastionless(*words, "--verbose").out


def test_a_narrow_run_forgets_nothing_of_what_it_does_not_ask(scan: Bastionless) -> None:
    both = ("--select", "NET015,NET012")
    known = {one["rule_id"] for one in json.loads(scan(*both).out)["findings"] if one["outcome"] == "fail"}
    narrow = json.loads(scan("--select", "NET012").out)["comparison"]
    assert [(one["rule_id"], one["change"]["state"]) for one in narrow["unjudged"]] == [("NET015", "unjudged")]
    after = scan(*both)
    assert (after.code, set(names(json.loads(after.out)["findings"]))) == (0, {(rule, "unchanged") for rule in known})


def test_an_incomplete_run_leaves_the_last_complete_one(scan: Bastionless, estate: Path) -> None:
    scan()
    last, when = Path("kept/last.json").read_bytes(), status()["last_complete"]
    break_off(estate)
    broken = scan()
    assert (broken.code, Path("kept/last.json").read_bytes()) == (3, last)
    assert broken.err == f"note: kept keeps the run of {when}: this one is incomplete\n"
    told = status()
    assert (told["last_complete"], told["incomplete_since"]) == (when, 1)
    assert (told["run"]["complete"], told["run"]["exit_code"]) == (False, 3)


def test_the_status_is_a_heartbeat(scan: Bastionless) -> None:
    scan()
    told = status()
    assert told["last_complete"] == told["run"]["ended"]
    run = {name: told["run"][name] for name in ("complete", "exit_code", "error", "findings", "new", "gone")}
    assert run == {"complete": True, "exit_code": 1, "error": "", "findings": 1, "new": 1, "gone": 0}
    scan()
    assert (status()["run"]["new"], status()["run"]["exit_code"], status()["incomplete_since"]) == (0, 0, 0)


def test_a_run_that_could_not_be_asked_for_says_so_in_the_status(scan: Bastionless, bastionless: Bastionless) -> None:
    scan()
    assert bastionless("scan", "--snapshot", "none.json", "--state", "kept").code == 2
    told = status()
    assert (told["run"]["exit_code"], told["incomplete_since"]) == (2, 1)
    assert told["run"]["error"] == "none.json: the snapshot cannot be read: No such file or directory"


def test_an_interrupted_run_changes_nothing_but_the_status(scan: Bastionless, monkeypatch: pytest.MonkeyPatch) -> None:
    scan()
    last = Path("kept/last.json").read_bytes()

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "judge", interrupt)
    assert scan().code == 130
    assert (Path("kept/last.json").read_bytes(), status()["run"]["error"]) == (last, "interrupted")
    assert Path("kept/lock").read_bytes() == b""


def test_two_runs_over_one_state_do_not_meet(scan: Bastionless) -> None:
    from scanner.cli.lock import only_run

    Path("kept").mkdir()
    with only_run(Path("kept/lock")):
        said = scan()
    assert (said.code, said.out) == (4, "")
    assert said.err.startswith("error: kept/lock: another run is at work: process ")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("last.json", '{"format": "bastionl', "kept/last.json:1: the file is cut off, or no JSON (Unterminated string"),
        ("last.json", '{"a": 1}', "kept/last.json: the file is no result of Bastionless."),
        ("last.json", '{"format": "bastionless-report", "version": 99}', "kept/last.json: the report is of version 99"),
        ("status.json", "{}", "kept/status.json: the file is no status of Bastionless. Remove it if it is damaged"),
        ("status.json", "\0\0", "kept/status.json: the file is no status of Bastionless. Remove it if it is damaged"),
        ("lock", "precious", "kept/lock: the file is no lock of Bastionless."),
    ],
)
def test_what_is_damaged_or_somebody_else_s_is_one_sentence_and_stays(
    scan: Bastionless, name: str, content: str, sentence: str
) -> None:
    Path("kept").mkdir()
    Path("kept", name).write_text(content)
    said = scan()
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert said.err.startswith(f"error: {sentence}")
    assert Path("kept", name).read_text() == content


def test_a_folder_that_cannot_be_is_told_before_the_scan(
    bastionless: Bastionless, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("file").write_text("")
    said = bastionless("scan", "--demo", "--state", "file")
    cure = "Name a folder of its own with --state"
    assert (said.code, said.err) == (2, f"error: file: no state can be kept here: file exists. {cure}\n")
    monkeypatch.setattr("os.access", lambda *_, **__: False)  # tests may run as root, whom nothing is denied
    said = bastionless("scan", "--demo", "--state", "denied")
    assert (said.code, said.err) == (2, f"error: denied: no state can be kept here: permission denied. {cure}\n")


def test_a_state_that_cannot_be_written_in_the_end_leaves_the_last_one_and_the_result_on_stdout(
    scan: Bastionless, estate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan()
    last = Path("kept/last.json").read_bytes()
    mend(estate)

    def full_disk(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full_disk)
    said = scan()
    assert said.code == 2
    assert [one["rule_id"] for one in json.loads(said.out)["comparison"]["absent"]] == ["NET015"]
    assert said.err.startswith("error: kept/last.json: the report cannot be written here: no space left on device.")
    assert Path("kept/last.json").read_bytes() == last


def test_a_report_that_reached_nobody_is_told_as_new_again(
    scan: Bastionless, bastionless: Bastionless, estate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.replace

    def refuse_csv(self: Path, target: Path) -> Path:
        if target.suffix == ".csv":
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", refuse_csv)
    words = ("scan", "--snapshot", estate, "--select", "NET015", *ASK)
    assert bastionless(*words, "--report", "csv=new.csv").code == 2
    assert not Path("kept/last.json").exists()
    assert scan().code == 1


def test_two_things_to_compare_with_are_refused_and_so_is_none(bastionless: Bastionless) -> None:
    said = bastionless("scan", "--demo", "--state", "kept", "--baseline", "a.json")
    assert said.err == "error: --baseline and --state are two things to compare with. Choose one\n"
    said = bastionless("scan", "--demo", "--new-only")
    assert said.err == "error: --new-only goes with --baseline or --state. Name what to compare with\n"
