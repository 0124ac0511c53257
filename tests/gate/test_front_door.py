"""The command and the function: where files come from, what is told, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import scanner
from scanner.cli import cli
from scanner.errors import BastionlessError, UsageError
from scanner.places.line_hash import line_hashes
from tests.gate.templates_by_hand import TEMPLATES, answers, written

GROUP = """\
Parameters:
  Port: {Type: Number, Default: 22}
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      VpcId: vpc-0123456789abcdef0
      SecurityGroupIngress:
        - IpProtocol: tcp
          FromPort: !Ref Port
          ToPort: !Ref Port
          CidrIp: 0.0.0.0/0
"""


def run(*arguments: str, stdin: str | None = None) -> tuple[int, str]:
    result: Result = CliRunner().invoke(cli, ["gate", *arguments], standalone_mode=False, input=stdin)
    if isinstance(result.exception, BastionlessError):
        return result.exception.exit_code, str(result.exception)
    assert result.exception is None, result.exception
    return int(result.return_value), result.output


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_flaw_is_told_with_its_file_and_line_and_fails_the_command(here: Path) -> None:
    written(here, GROUP, "infra/web.yaml")
    code, output = run("infra/web.yaml", "--select", "NET006")
    assert code == 1
    assert "sg-Web  infra/web.yaml:13" in output
    assert "aws ec2" not in output
    assert "Read 1 file: 1 planned resource. Asked 1 rule" in output


def test_nothing_wrong_is_clean(here: Path) -> None:
    written(here, GROUP)
    assert run("template.yaml", "--select", "NET006", "--parameters", "Port=443")[0] == 0


def test_a_doubt_is_told_and_fails_only_who_asks_for_it(here: Path) -> None:
    written(here, GROUP.replace(", Default: 22", ""))
    code, output = run("template.yaml", "--select", "NET006")
    assert code == 0
    assert "NOT DECIDED" in output
    assert run("template.yaml", "--select", "NET006", "--fail-on-unknown")[0] == 3


@pytest.mark.parametrize("path", ["infra", "infra/*.yaml", "**/web.yaml", "."])
def test_folders_and_patterns_are_searched(path: str, here: Path) -> None:
    written(here, GROUP, "infra/web.yaml")
    written(here, GROUP, "node_modules/x/web.yaml")
    assert run(path, "--select", "NET006")[0] == 1
    locations = {
        one.location.file for one in scanner.gate(path if path != "**/web.yaml" else "infra").findings if one.location
    }
    assert locations == {"infra/web.yaml"}


def test_stdin_is_a_file(here: Path) -> None:
    code, output = run("-", "--select", "NET006", stdin=GROUP)
    assert code == 1
    assert "sg-Web  <stdin>:13" in output


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("Port=443", "Port=443"),
        ('[{"ParameterKey": "Port", "ParameterValue": "443"}]', "p.json"),
        ('{"Parameters": {"Port": "443"}, "Tags": {"a": "b"}}', "p.json"),
        ('{"Port": 443}', "p.json"),
        ("# a comment\nPort=443\n", "p.txt"),
        ('["Port=443"]', "p.json"),
    ],
)
def test_parameters_come_in_every_form_of_aws_s_tools(content: str, name: str, here: Path) -> None:
    written(here, GROUP)
    if "=" not in name:
        (here / name).write_text(content, encoding="utf-8")
    assert run("template.yaml", "--select", "NET006", "--parameters", name)[0] == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "the parameters are no JSON"),
        ('[{"Key": "x"}]', "an entry has no ParameterKey"),
        ('{"Port": {"Value": 1}}', "the value of Port is no text"),
        ("Port", "a line is not NAME=VALUE"),
    ],
)
def test_parameters_that_mean_nothing_end_in_one_sentence(content: str, sentence: str, here: Path) -> None:
    written(here, GROUP)
    (here / "p.json").write_text(content, encoding="utf-8")
    code, output = run("template.yaml", "--parameters", "p.json")
    assert code == 2
    assert sentence in output
    assert output.count("\n") == 0
    assert "cannot be read" in run("template.yaml", "--parameters", "nowhere.json")[1]


def test_a_path_where_nothing_is_cannot_be_asked_for(here: Path) -> None:
    assert run("nowhere.yaml") == (2, "nowhere.yaml: there is no such file or folder. Check the path")
    (here / "empty").mkdir()
    code, output = run("empty")
    assert (code, output.partition(":")[0]) == (2, "empty")


def test_a_file_that_is_no_template_is_told_when_it_was_named(here: Path) -> None:
    written(here, "name: nothing\n", "notes.yaml")
    code, output = run("notes.yaml")
    assert code == 3
    assert "notes.yaml:1: this is neither a template nor a plan" in output.replace("\n ", "")


def test_the_report_for_programs_tells_lines_and_coverage(here: Path) -> None:
    written(here, GROUP + "  Bucket: {Type: AWS::S3::Bucket}\n", "web.yaml")
    report: dict[str, Any] = json.loads(run("web.yaml", "--select", "NET006", "--format", "json")[1])
    assert report["coverage"] == {"files": 1, "ignored": {"AWS::S3::Bucket": 1}, "resources": 1, "unread": 0}
    (finding,) = report["findings"]
    assert finding["location"] == {
        "file": "web.yaml", "line": 13, "column": 11, "address": "Web", "construct": "", "written": "",
        "line_hash": line_hashes((here / "web.yaml").read_text(encoding="utf-8"), {13})[13],
    }  # fmt: skip
    assert [target["mode"] for target in report["targets"]] == ["plan"]


def test_sarif_points_into_the_checkout(here: Path) -> None:
    written(here, GROUP, "infra/my web.yaml")
    log: dict[str, Any] = json.loads(run("infra", "--select", "NET006", "--format", "sarif")[1])
    (result,) = log["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "infra/my%20web.yaml"
    assert place["region"] == {"startLine": 13, "startColumn": 11}
    hashes = line_hashes((here / "infra" / "my web.yaml").read_text(encoding="utf-8"), {13})
    assert result["partialFingerprints"]["primaryLocationLineHash"] == hashes[13]
    assert result["properties"]["address"] == "Web"


def test_a_region_is_where_it_goes(here: Path) -> None:
    text = "Resources:\n  Net:\n    Type: AWS::EC2::Subnet\n    Properties:\n      VpcId: vpc-1\n      CidrBlock: 10.0.0.0/24\n      "
    written(here, text + "MapPublicIpOnLaunch: !Equals [!Ref AWS::Region, cn-north-1]\n")
    assert answers(Path("template.yaml"), select="NET007") == {"subnet-Net": "pass"}
    assert answers(Path("template.yaml"), select="NET007", region="cn-north-1") == {"subnet-Net": "fail"}
    assert run("template.yaml", "--select", "NET007", "--region", "cn-north-1")[0] == 1


def test_the_function_takes_one_path_or_many_and_parameters_as_a_mapping(here: Path) -> None:
    path = written(here, GROUP)
    assert answers([path, path], select="NET006") == {"sg-Web": "fail"}
    assert answers(path, select="NET006", parameters={"Port": 443}) == {"sg-Web": "pass"}
    with pytest.raises(UsageError):
        scanner.gate([])


def test_scanner_gate_stays_a_function_when_its_package_is_loaded() -> None:
    from scanner.gate.planned import Planned

    assert Planned is not None
    assert callable(scanner.gate)


def test_neither_aws_s_libraries_nor_the_mock_are_loaded(here: Path) -> None:
    import subprocess
    import sys

    program = (
        "import sys, scanner; scanner.gate(sys.argv[1]);"
        "print([one for one in ('boto3', 'botocore', 'moto', 'rich', 'sarif_om', 'hypothesis') if one in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(TEMPLATES / "everything.yaml")], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_an_account_has_twelve_digits(here: Path) -> None:
    written(here, GROUP)
    assert run("template.yaml", "--account", "12") == (
        2,
        "--account: '12' is no account. An account id has twelve digits",
    )
    log = json.loads(run("template.yaml", "--account", "111122223333", "--format", "json")[1])
    assert {target["account"] for target in log["targets"]} == {"111122223333"}


COVERED = """\
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Topic: {Type: AWS::SNS::Topic}
  Nested: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: https://example.com/other.yaml}}
"""
SENTENCE = "1 file: 1 planned resource, and 1 of 1 type that no rule asks about; 1 part could not be read"
NUMBERS = {"files": 1, "resources": 1, "ignored": {"AWS::SNS::Topic": 1}, "unread": 1}
WHY = "template.yaml:4 the nested stack Nested was not read: its template is not among the files"


@pytest.mark.parametrize(
    "format_", ["terminal", "markdown", "markdown-comment", "json", "jsonl", "sarif", "sarif-full"]
)
def test_every_report_that_has_room_for_it_says_how_much_was_read_and_why_not_all(
    format_: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "template.yaml").write_text(COVERED, encoding="utf-8")
    shown = CliRunner().invoke(cli, ["gate", "template.yaml", "--format", format_], standalone_mode=False).stdout
    assert WHY in " ".join(shown.split())
    if format_ == "json":
        assert json.loads(shown)["coverage"] == NUMBERS
    elif format_ == "jsonl":
        assert json.loads(shown.splitlines()[0])["coverage"] == NUMBERS
    elif format_.startswith("sarif"):
        assert json.loads(shown)["runs"][0]["properties"]["coverage"] == NUMBERS
    else:
        assert SENTENCE in " ".join(shown.split())
