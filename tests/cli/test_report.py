"""`bastionless report`, `bastionless sarif lint`, and reports beside the one on stdout."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scanner.reports import FORMATS, render
from tests.reports.reports_by_hand import ACCOUNT, UNUSED_DNS, everything, finding, report, resource
from tests.reports.sarif_checks import runs_of

Bastionless = Callable[..., Any]


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "scan.json"
    path.write_text(render(everything(), format="json"), encoding="utf-8")
    return path


@pytest.mark.parametrize("format_", FORMATS)
def test_a_stored_report_is_converted_into_any_format(bastionless: Bastionless, stored: Path, format_: str) -> None:
    said = bastionless("report", stored, "--format", format_)
    assert (said.code, said.err) == (0, "")
    assert said.out == render(everything(), format=format_)


def test_it_is_read_from_stdin_and_written_to_files(
    bastionless: Bastionless, stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = io.TextIOWrapper(io.BytesIO(stored.read_bytes()))
    monkeypatch.setattr(sys, "stdin", text)
    said = bastionless("report", "-", "--format", "jsonl", "--report", "csv=a.csv", "--report", "gitlab=b.json")
    assert (said.code, said.err) == (0, "")
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == render(everything(), format="csv")
    assert len(json.loads((tmp_path / "b.json").read_text(encoding="utf-8"))) == 4


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("missing.json",), "missing.json: the report cannot be read (No such file or directory)"),
        (("half.json",), "half.json:2: the report is cut off, or no JSON"),
        (("scan.json", "--format", "docx"), "there is no report format 'docx'"),
        (("scan.json", "--report", "csv=no/such/x.csv"), "no/such"),
    ],
)
def test_a_mistake_is_one_sentence(bastionless: Bastionless, stored: Path, words: tuple[str, ...], told: str) -> None:
    (stored.parent / "half.json").write_bytes(stored.read_bytes()[:16])
    said = bastionless("report", *words)
    assert said.code == 2
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert said.err.startswith("error: ")
    assert told in said.err


def test_more_accounts_than_github_takes_are_several_files(bastionless: Bastionless, tmp_path: Path) -> None:
    crowd = report(*(finding(resource("i-1", account=f"{number:012}")) for number in range(45)), targets=())
    (tmp_path / "scan.json").write_text(render(crowd, format="json"), encoding="utf-8")
    said = bastionless("report", "scan.json", "--report", "sarif=out.sarif", "--report", "sarif-full=full.sarif")
    files = sorted(path.name for path in tmp_path.glob("out*.sarif"))
    assert files == ["out-2.sarif", "out-3.sarif", "out.sarif"]
    accounts = [run["automationDetails"]["id"] for name in ("out.sarif", "out-2.sarif", "out-3.sarif")
                for run in runs_of((tmp_path / name).read_text(encoding="utf-8"))]  # fmt: skip
    assert accounts == [f"bastionless/none/{number:012}/" for number in range(45)]
    assert len(json.loads((tmp_path / "full.sarif").read_text(encoding="utf-8"))["runs"]) == 45
    assert said.err == (
        "note: GitHub takes 20 accounts a file, so the SARIF is in 3 files, from out.sarif to out-3.sarif: "
        "upload each in a step of its own\n"
    )


def test_what_a_report_leaves_out_is_told_on_stderr(bastionless: Bastionless, tmp_path: Path) -> None:
    many = report(*(finding(f"i-{number:04}", rule=UNUSED_DNS) for number in range(5_001)))
    (tmp_path / "scan.json").write_text(render(many, format="json"), encoding="utf-8")
    said = bastionless("report", "scan.json", "--format", "sarif")
    assert len(runs_of(said.out)[0]["results"]) == 5_000
    assert said.err == f"note: the SARIF of {ACCOUNT} holds the 5,000 gravest of 5,001 results\n"
    said = bastionless("report", "scan.json", "--format", "markdown-comment")
    assert len(said.out.encode()) < 65_536
    assert said.err.startswith("note: the Markdown was cut: ")


def _sarif(tmp_path: Path, name: str, change: Callable[[Any], None] = lambda _: None) -> Path:
    log = json.loads(render(everything(), format="sarif"))
    change(log)
    (tmp_path / name).write_text(json.dumps(log), encoding="utf-8")
    return tmp_path / name


def test_a_sound_sarif_has_nothing_to_object_to(bastionless: Bastionless, tmp_path: Path) -> None:
    _sarif(tmp_path, "a.sarif")
    said = bastionless("sarif", "lint", "a.sarif")
    assert (said.code, said.out) == (0, "a.sarif: nothing to object to\n")


def test_what_github_refuses_is_told_with_file_and_place(bastionless: Bastionless, tmp_path: Path) -> None:
    def spoil(log: Any) -> None:
        log["runs"][0]["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = "arn:aws:x\x1b[2J"

    _sarif(tmp_path, "a.sarif")
    _sarif(tmp_path, "b.sarif", spoil)
    said = bastionless("sarif", "lint", "a.sarif", "b.sarif")
    assert said.code == 1
    place = "/runs/0/results/1/locations/0/physicalLocation/artifactLocation/uri"
    assert said.out.splitlines() == [
        "a.sarif: nothing to object to",
        (
            f"b.sarif: {place}: refused: the URI scheme \"arn\" of 'arn:aws:x\\x1b[2J' did not match the checkout URI "
            'scheme "file"'
        ),
    ]


def test_what_github_merely_loses_fails_only_where_it_is_asked_for(bastionless: Bastionless, tmp_path: Path) -> None:
    def lose(log: Any) -> None:
        log["runs"][0]["invocations"][0]["executionSuccessful"] = False

    _sarif(tmp_path, "a.sarif", lose)
    said = bastionless("sarif", "lint", "a.sarif")
    assert said.code == 0
    assert said.out.startswith("a.sarif: /runs/0/invocations/0/executionSuccessful: lost: ")
    assert bastionless("sarif", "lint", "--strict", "a.sarif").code == 1


def test_a_file_that_is_none_is_one_sentence(bastionless: Bastionless) -> None:
    said = bastionless("sarif", "lint", "missing.sarif")
    assert (said.code, said.out) == (2, "")
    assert said.err == "error: missing.sarif: the file cannot be read (No such file or directory)\n"


def test_the_demo_gives_sarif_that_is_sound_in_both_profiles(bastionless: Bastionless, demo_snapshot: Path) -> None:
    from tests.reports.sarif_checks import VALIDATOR

    said = bastionless("scan", "--snapshot", demo_snapshot, "--format", "sarif", "--report", "sarif-full=full.sarif")
    (run,) = runs_of(said.out)
    tags = next(rule["properties"]["tags"] for rule in run["tool"]["driver"]["rules"] if rule["id"] == "NET003")
    assert "cis-aws-foundations-v5/5.3" in tags
    full = json.loads(Path("full.sarif").read_text(encoding="utf-8"))
    VALIDATOR.validate(full)
    assert {taxonomy["name"] for taxonomy in full["runs"][0]["taxonomies"]} >= {
        "PCI DSS",
        "CIS AWS Foundations Benchmark",
    }
