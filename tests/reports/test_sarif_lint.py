"""The lint of GitHub's ingestion rules: a sound file broken in one place at a time."""

from __future__ import annotations

import gzip
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from scanner.errors import ReportError
from scanner.reports import render
from scanner.reports.sarif_lint import Problem, lint, lint_file
from tests.reports.reports_by_hand import everything
from tests.reports.sarif_checks import VALIDATOR

_RESULT = "/runs/0/results/0"
_RULE = "/runs/0/tool/driver/rules/0"
_PLACE = f"{_RESULT}/locations/0/physicalLocation"
Break = Callable[[Any], None]


def _sound() -> Any:
    return json.loads(render(everything(), format="sarif"))


def _at(log: Any, pointer: str) -> tuple[Any, Any]:
    *steps, last = [int(step) if step.isdigit() else step for step in pointer.split("/")[1:]]
    for step in steps:
        log = log[step]
    return log, last


def _set(pointer: str, value: Any) -> Break:
    def change(log: Any) -> None:
        holder, last = _at(log, pointer)
        holder[last] = value

    return change


def _drop(pointer: str) -> Break:
    def change(log: Any) -> None:
        holder, last = _at(log, pointer)
        del holder[last]

    return change


def _many(pointer: str, number: int) -> Break:
    def change(log: Any) -> None:
        holder, last = _at(log, pointer)
        holder[last] = holder[last][:1] * number

    return change


def _uri(value: Any) -> Break:
    return _set(f"{_PLACE}/artifactLocation/uri", value)


_UUID7 = "0190b6a2-7c3e-7000-8000-000000000000"
_BAG = f"{_RULE}/properties"
_WEB_PAGE = {"physicalLocation": {"artifactLocation": {"uri": "https://a.example"}, "region": {"startLine": 1}}}
# What is broken, where, and the sentence.
_REFUSED: list[tuple[Break, str, str]] = [
    (_set("/version", "2.0.0"), "/version", "the version is '2.0.0', and GitHub takes '2.1.0'"),
    (_set("/runs", None), "/runs", "runs is no list"),
    (_set("/runs/0", []), "/runs/0", "a run is an object"),
    (_many("/runs", 21), "/runs", "there are 21 runs, and GitHub takes 20 in a file"),
    (_set("/runs/0/results", None), "/runs/0/results", "results is no list"),
    (_many("/runs/0/results", 25_001), "/runs/0/results", "there are 25,001 results, and GitHub refuses more than 25,000 in a run"),
    (_set("/runs/0/tool/driver/name", ""), "/runs/0/tool/driver/name", "the tool has no name"),
    (_drop(f"{_RULE}/id"), f"{_RULE}/id", "the rule has no id"),
    (_set(f"{_RULE}/id", "VPE005"), "/runs/0/tool/driver/rules/1/id", f"VPE005 is the id of {_RULE}, too"),
    (_set(f"{_BAG}/tags", ["a", "a", "security"]), f"{_BAG}/tags", "a tag is there twice"),
    (_set(f"{_BAG}/tags", ["security", *map(str, range(20))]), f"{_BAG}/tags", "there are 21 tags, and GitHub refuses more than 20"),
    (_set(f"{_BAG}/tags", [""]), f"{_BAG}/tags", "tags are a list of texts"),
    (_drop(f"{_RESULT}/locations"), f"{_RESULT}/locations", "expected at least one location"),
    (_set(f"{_RESULT}/locations", []), f"{_RESULT}/locations", "expected at least one location"),
    (_drop(_PLACE), f"{_RESULT}/locations/0", "expected a physical location"),
    (_drop(f"{_PLACE}/artifactLocation"), f"{_PLACE}/artifactLocation", "expected artifact location"),
    (_uri(""), f"{_PLACE}/artifactLocation", "expected artifact location"),
    (_uri("arn:aws:ec2:eu-west-1:1:instance/i-1"), f"{_PLACE}/artifactLocation/uri", 'the URI scheme "arn" of \'arn:aws:ec2:eu-west-1:1:instance/i-1\' did not match the checkout URI scheme "file"'),
    (_uri("https://console.aws.amazon.com"), f"{_PLACE}/artifactLocation/uri", 'the URI scheme "https" of \'https://console.aws.amazon.com\' did not match the checkout URI scheme "file"'),
    (_uri("debian:11"), f"{_PLACE}/artifactLocation/uri", 'the URI scheme "debian" of \'debian:11\' did not match the checkout URI scheme "file"'),
    (_uri("1234:x"), f"{_PLACE}/artifactLocation/uri", "'1234:x' is an invalid URI: a colon in its first part"),
    (_uri("Package Descriptor"), f"{_PLACE}/artifactLocation/uri", "'Package Descriptor' is no relative path as GitHub shows them"),
    (_set(f"{_PLACE}/region", {}), f"{_PLACE}/region/startLine", "None is no line: they count from 1"),
    (_set(f"{_PLACE}/region/startLine", 0), f"{_PLACE}/region/startLine", "0 is no line: they count from 1"),
    (_set(f"{_RESULT}/relatedLocations", [_WEB_PAGE]), f"{_RESULT}/relatedLocations/0/physicalLocation/artifactLocation/uri", 'the URI scheme "https" of \'https://a.example\' did not match the checkout URI scheme "file"'),
    (_set("/runs/0/tool/extensions", [{"name": f"e{number}"} for number in range(101)]), "/runs/0/tool/extensions", "there are 101 extensions, and GitHub refuses more than 100"),
    (_many("/runs/0/tool/driver/rules", 25_001), "/runs/0/tool/driver/rules", "there are 25,001 rules, and GitHub refuses more than 25,000"),
    (_set(f"{_RULE}/defaultConfiguration/level", "HIGH"), f"{_RULE}/defaultConfiguration/level", "'HIGH' is no level"),
    (_drop("/runs/0/results"), "/runs/0/results", "results is no list"),
    (_drop(f"{_RESULT}/message"), f"{_RESULT}/message/text", "the message has no text"),
    (_set(_RESULT, {"message": {"text": "it is open"}}), f"{_RESULT}/ruleId", "the result names no rule"),
    (_set(f"{_RESULT}/relatedLocations", [{"id": 1}]), f"{_RESULT}/relatedLocations/0", "expected a physical location"),
    (_many(f"{_RESULT}/locations", 1_001), f"{_RESULT}/locations", "there are 1,001, and GitHub refuses more than 1,000"),
    (_set(f"{_RESULT}/level", "HIGH"), f"{_RESULT}/level", "'HIGH' is no level: none, note, warning or error"),
    (_set(f"{_RESULT}/message", {"text": " "}), f"{_RESULT}/message/text", "the message has no text"),
    (_set(f"{_RESULT}/ruleIndex", 9), f"{_RESULT}/ruleIndex", "there is no rule 9 in the driver's list"),
    (_set(f"{_RESULT}/ruleIndex", 1), f"{_RESULT}/ruleIndex", "rule 1 is 'VPE005', and ruleId says 'NET001'"),
    (_set(f"{_RESULT}/guid", _UUID7), f"{_RESULT}/guid", f"'{_UUID7}' is no UUID of version 1 to 5"),
    (_set(f"{_RESULT}/partialFingerprints", {"a": 1}), f"{_RESULT}/partialFingerprints", "partialFingerprints is an object of texts"),
    *(
        (_set(f"{_BAG}/security-severity", value), f"{_BAG}/security-severity",
         f"{value!r} is no security-severity: it is the text of a number above 0 and up to 10, like '8.0'")
        for value in (8.0, None, "high", "0.0", "10.1", "nan")
    ),
]  # fmt: skip
_LOST: list[tuple[Break, str, str]] = [
    (_drop("/$schema"), "/$schema", "the file names no schema"),
    (_many("/runs/0/results", 5_001), "/runs/0/results", "there are 5,001 results, and GitHub keeps 5,000 of a run"),
    (_set("/runs/0/automationDetails", {"guid": str(uuid.UUID(int=0))}), "/runs/0/automationDetails", "automationDetails without an id makes upload-sarif ignore the category it is given"),
    (_set("/runs/0/automationDetails/id", "tool/account"), "/runs/0/automationDetails/id", "what follows the last slash of 'tool/account' is the name of one run: end the category with a slash"),
    (_set("/runs/0/invocations/0/executionSuccessful", False), "/runs/0/invocations/0/executionSuccessful", "a run that calls itself unsuccessful may be dropped"),
    (_set(f"{_RULE}/shortDescription", {}), f"{_RULE}/shortDescription", "the rule has no shortDescription.text, which GitHub wants"),
    (_drop(f"{_RULE}/help"), f"{_RULE}/help", "the rule has no help.text, which GitHub wants"),
    (_set(f"{_RULE}/fullDescription/text", "x" * 1025), f"{_RULE}/fullDescription/text", "the text has 1,025 characters, and GitHub keeps 1,024"),
    (_set(f"{_RULE}/name", "x" * 256), f"{_RULE}/name", "the name has 256 characters, and GitHub keeps 255"),
    (_set(f"{_BAG}/tags", ["security", *map(str, range(10))]), f"{_BAG}/tags", "there are 11 tags, and GitHub keeps 10"),
    (_set(f"{_BAG}/tags", ["aws"]), f"{_BAG}/tags", "a security-severity counts only where a tag says 'security'"),
    (_set(f"{_BAG}/precision", "exact"), f"{_BAG}/precision", "'exact' is no precision GitHub knows"),
    (_set(f"{_RESULT}/kind", "pass"), f"{_RESULT}/kind", "GitHub makes an alert of it although it is 'pass' and no failure"),
    (_set(f"{_RESULT}/suppressions", [{"kind": "external"}]), f"{_RESULT}/suppressions", "GitHub makes an open alert of it although it is suppressed"),
    (_set(f"{_RESULT}/message/text", "see [it](https://x.example)"), f"{_RESULT}/message/text", "the message holds a link that GitHub does not make"),
    (_set(f"{_RESULT}/message/text", "see {0}"), f"{_RESULT}/message/text", "the message shows a placeholder"),
    (_set(f"{_RESULT}/message/text", "see `x`"), f"{_RESULT}/message/text", "the message has backquotes, which GitHub does not show"),
    (_drop(f"{_RESULT}/partialFingerprints/primaryLocationLineHash"), f"{_RESULT}/partialFingerprints", "without a primaryLocationLineHash all results of a rule in a path that is no file are one alert"),
    (_set(f"{_PLACE}/artifactLocation/uriBaseId", "SRC"), f"{_PLACE}/artifactLocation/uriBaseId", "GitHub knows no uriBaseId and reads the uri without it"),
    (_set(f"{_PLACE}/region", {"startLine": 5, "endLine": 2}), f"{_PLACE}/region/endLine", "the region ends in line 2 and begins in line 5"),
    (_uri("file:///home/x/a.tf"), f"{_PLACE}/artifactLocation/uri", "an absolute path is another one on every machine: make it relative to the checkout"),
    (_uri("./a"), f"{_PLACE}/artifactLocation/uri", "'./a' is no relative path as GitHub shows them"),
    (_uri("//a"), f"{_PLACE}/artifactLocation/uri", "'//a' is no relative path as GitHub shows them"),
    (_uri("a\\b"), f"{_PLACE}/artifactLocation/uri", "'a\\\\b' is no relative path as GitHub shows them"),
    (_many(f"{_RESULT}/locations", 101), f"{_RESULT}/locations", "there are 101, and GitHub keeps 100"),
]  # fmt: skip


def _problems(change: Break) -> list[Problem]:
    log = _sound()
    change(log)
    return lint(json.dumps(log))


def test_a_sound_file_has_no_problems() -> None:
    assert lint(json.dumps(_sound())) == []


@pytest.mark.parametrize(("change", "pointer", "sentence"), _REFUSED)
def test_what_github_refuses_is_told_with_its_place(change: Break, pointer: str, sentence: str) -> None:
    assert Problem(pointer, sentence, refused=True) in _problems(change)


@pytest.mark.parametrize(("change", "pointer", "sentence"), _LOST)
def test_what_github_loses_is_told_with_its_place(change: Break, pointer: str, sentence: str) -> None:
    found = _problems(change)
    assert Problem(pointer, sentence, refused=False) in found
    assert [one for one in found if one.refused] == []


@pytest.mark.parametrize(
    "change",
    [
        _set(f"{_RESULT}/suppressions", [{"kind": "external", "state": "accepted"}]),
        _set(f"{_RESULT}/colour", "red"),
        _set("/runs/0/invocations/0/startTimeUtc", "2026-01-02 03:04:05"),
        _set("/runs/0/artifacts", 7),
        _set("/runs/0/automationDetails/guid", _UUID7),
        _set(f"{_RESULT}/baselineState", "gone"),
        _set(f"{_RESULT}/kind", "failed"),
        _set(f"{_PLACE}/region/startColumn", 0),
        _set(f"{_RESULT}/rank", 101),
    ],
)
def test_what_only_the_standard_forbids_its_schema_tells(change: Break) -> None:
    log = _sound()
    change(log)
    with pytest.raises(jsonschema_rs.ValidationError):
        VALIDATOR.validate(log)


def test_two_runs_of_one_tool_and_category_are_told() -> None:
    def double(log: Any) -> None:
        log["runs"].append(log["runs"][0])

    told = "this run has the tool and the category of /runs/0: GitHub takes one run of each"
    assert _problems(double) == [Problem("/runs/2", told)]


def test_two_results_that_github_takes_for_one_are_told() -> None:
    def double(log: Any) -> None:
        log["runs"][0]["results"].append(log["runs"][0]["results"][0])

    (problem,) = _problems(double)
    assert (problem.pointer, problem.refused) == ("/runs/0/results/4", False)
    assert problem.sentence.startswith(f"GitHub takes it for the result at {_RESULT}: same rule, same path")


@pytest.mark.parametrize(
    ("steps", "refused", "words"), [(1_001, False, "keeps 1,000"), (10_001, True, "refuses more than 10,000")]
)
def test_too_long_a_proof_is_told(steps: int, refused: bool, words: str) -> None:  # noqa: FBT001 - a case of the test
    found = _problems(_many("/runs/0/results/0/codeFlows/0/threadFlows/0/locations", steps))
    assert [(one.pointer, one.refused) for one in found] == [(f"{_RESULT}/codeFlows", refused)]
    assert found[0].sentence == f"there are {steps:,} steps, and GitHub {words}"


def test_a_file_beyond_10_mb_when_compressed_is_told() -> None:
    import random

    noise = random.Random(1).randbytes(11_000_000).hex()[: 2 * 11_000_000]
    (problem,) = _problems(_set("/runs/0/properties", {"noise": noise}))
    assert problem == Problem("", "the file is larger than 10 MB even when compressed")


_SHAPES: list[Any] = [None, 1, "x", [], {}, [1], [[]], {"a": 1}, True]


@pytest.mark.parametrize(
    "pointer",
    [
        *("/version", "/runs", "/runs/0", "/runs/0/tool", "/runs/0/tool/driver", "/runs/0/tool/driver/rules", _RULE),
        *(f"{_RULE}/help", _BAG, f"{_BAG}/tags", f"{_BAG}/precision", f"{_RULE}/defaultConfiguration"),
        *("/runs/0/automationDetails", "/runs/0/invocations", "/runs/0/invocations/0", "/runs/0/results", _RESULT),
        *(f"{_RESULT}/{key}" for key in ("ruleId", "ruleIndex", "rule", "level", "kind", "message", "locations")),
        *(
            f"{_RESULT}/{key}"
            for key in ("partialFingerprints", "guid", "suppressions", "codeFlows", "relatedLocations")
        ),
        *(_PLACE, f"{_PLACE}/region", f"{_PLACE}/artifactLocation", f"{_PLACE}/artifactLocation/uri"),
    ],
)
def test_no_shape_whatever_stops_the_lint(pointer: str) -> None:
    for shape in _SHAPES:
        _problems(_set(pointer, shape))


def test_a_packed_file_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.sarif.gz"
    path.write_bytes(gzip.compress(json.dumps(_sound()).encode()))
    assert lint_file(path) == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{\n", "a.sarif:2: this is no JSON"),
        (b"[" * 200_000, "a.sarif: this is no JSON (RecursionError)"),
        (b"\xff\xfe\xff", "this is no JSON"),
        (b"\x1f\x8b\x00", "a.sarif: the file cannot be read"),
    ],
)
def test_what_is_no_json_is_told_in_one_sentence(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "a.sarif").write_bytes(content)
    with pytest.raises(ReportError) as refusal:
        lint_file(tmp_path / "a.sarif")
    assert told in str(refusal.value)


@pytest.mark.parametrize("text", ["[]", "7", "null", '"x"'])
def test_what_is_no_object_is_a_problem(text: str) -> None:
    assert lint(text) == [Problem("", "a SARIF file is an object")]
