"""Texts as data with their lines; whatever is hostile ends in one sentence, in bounded time."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

import scanner
from scanner.cli import cli
from scanner.errors import TemplateError
from scanner.gate.document import MAX_DEPTH, decode, parse

GROUP = """\
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      SecurityGroupIngress:
        - IpProtocol: tcp
          FromPort: 22
          ToPort: 22
          CidrIp: 0.0.0.0/0
"""


def refused(text: str | bytes) -> str:
    with pytest.raises(TemplateError) as caught:
        parse(text if isinstance(text, str) else decode(text, file="t.yaml"), file="t.yaml")
    return str(caught.value)


def test_short_forms_are_the_long_ones() -> None:
    text = "a: !Ref X\nb: !GetAtt A.B.C\nc: !Sub '${X}'\nd: !If [Y, 1, !Ref 'AWS::NoValue']\ne: !Condition Z\nf: !GetAtt [A, B]"
    assert parse(text, file="t").data == {
        "a": {"Ref": "X"},
        "b": {"Fn::GetAtt": ["A", "B.C"]},
        "c": {"Fn::Sub": "${X}"},
        "d": {"Fn::If": ["Y", 1, {"Ref": "AWS::NoValue"}]},
        "e": {"Condition": "Z"},
        "f": {"Fn::GetAtt": ["A", "B"]},
    }


def test_scalars_are_those_of_yaml_1_1_and_dates_stay_text() -> None:
    text = "a: 2012-10-17\nb: yes\nc: 0x1F\nd: 010\ne: 1_000\nf: ~\ng: 1.5\nh: '22'\ni: 22\nj: 12:30:45\nk: !!str 5"
    assert parse(text, file="t").data == {
        "a": "2012-10-17", "b": True, "c": 31, "d": 8, "e": 1000, "f": None, "g": 1.5, "h": "22", "i": 22, "j": "12:30:45",
        "k": "5",
    }  # fmt: skip


def test_aliases_and_merges_are_written_out() -> None:
    text = "base: &b {x: 1, y: 2}\nother: *b\nmerged: {<<: *b, y: 3}\n"
    assert parse(text, file="t").data == {
        "base": {"x": 1, "y": 2},
        "other": {"x": 1, "y": 2},
        "merged": {"y": 3, "x": 1},
    }


@pytest.mark.parametrize("text", [GROUP, json.dumps(parse(GROUP, file="t").data, indent=2)], ids=["yaml", "json"])
def test_every_part_knows_its_line(text: str) -> None:
    document = parse(text, file="t")
    path = ("Resources", "Web", "Properties", "SecurityGroupIngress", 0, "CidrIp")
    line = next(number for number, one in enumerate(text.splitlines(), start=1) if "CidrIp" in one)
    assert document.mark.at(path).line == line
    assert document.mark.at(("Resources", "Web", "Nothing")).line == next(
        number for number, one in enumerate(text.splitlines(), start=1) if "Web" in one
    )


def test_json_in_one_line_has_columns() -> None:
    text = '{"Resources": {"A": {"Type": "x"}, "B": [1, {"C": "\\u00e9}"}]}}'
    mark = parse(text, file="t").mark
    assert (mark.at(("Resources", "B", 1, "C")).line, mark.at(("Resources", "B", 1, "C")).column) == (
        1,
        text.index('"C"') + 1,
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: 1\nb: 2\na: 3\n", "t.yaml:3: the key 'a' stands there twice"),
        ('{\n"a": 1,\n"a": 2}', "t.yaml:3: the key 'a' stands there twice"),
        ("a: [1, 2\n", "t.yaml:1: this is not YAML"),
        ('{"a": ', "this is neither JSON nor YAML"),
        ("a: 1\n---\nb: 2\n", "t.yaml:2: the file holds several YAML documents"),
        ("a: *x\n", "alias"),
        ("a: &x [*x]\n", "t.yaml:1: the alias 'x' stands for nothing"),
        ("? [a, b]\n: c\n", "t.yaml:1: a key is a word"),
        ("a: !!python/object/apply:os.system ['id']\n", "is not allowed here"),
        ("[" * 5000, "the nesting is deeper"),
        ('{"a": NaN}', "NaN is no number"),
    ],
)
def test_a_text_that_cannot_be_read_ends_in_one_sentence_with_its_line(text: str, sentence: str) -> None:
    assert sentence in refused(text)
    assert "\n" not in refused(text)


def test_deep_nesting_ends_in_one_sentence_whatever_its_style() -> None:
    deep = MAX_DEPTH + 5
    assert "deeper" in refused("[" * deep + "]" * deep)
    assert "deeper" in refused("\n".join(" " * index + "a:" for index in range(deep)))
    assert "deeper" in refused('{"a":' * deep + "1" + "}" * deep)
    assert "deeper" in refused("[" * 100_000 + "]" * 100_000)


def test_a_billion_laughs_end_at_once() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{index}: &a{index} [{', '.join([f'*a{index - 1}'] * 10)}]" for index in range(1, 30)]
    started = time.process_time()
    assert "more than" in refused("\n".join(lines))
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"a: \xff\xff\n", "t.yaml:1: the file is not UTF-8 text"), (b"x: 1\ny: \xe9\n", "t.yaml:2:")],
)
def test_bytes_that_are_no_text_are_told_with_their_line(content: bytes, sentence: str) -> None:
    assert sentence in refused(content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_heeded(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_bytes(GROUP.encode(encoding))
    assert {finding.resource.id for finding in scanner.gate(path, select=["NET006"]).failures()} == {"sg-Web"}


def test_a_bad_file_among_good_ones_is_told_and_the_others_are_judged(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(GROUP, encoding="utf-8")
    (tmp_path / "twice.yaml").write_text(GROUP + "Resources: {}\n", encoding="utf-8")
    (tmp_path / "huge.yaml").write_bytes(b"# AWS::\n" + b"#" * (21 * 1024**2))
    (tmp_path / "latin.yaml").write_bytes(b"# AWS::EC2\n\xe9: 1\n")
    (tmp_path / "noise.json").write_text('{"name": "no template"}', encoding="utf-8")
    result = CliRunner().invoke(cli, ["gate", str(tmp_path), "--select", "NET006"], standalone_mode=False)
    assert result.return_value == 3
    assert "sg-Web" in result.output
    report = scanner.gate(tmp_path, select=["NET006"])
    told = {target.failed.removeprefix(str(tmp_path)).split(":")[0] for target in report.failed_targets}
    assert told == {"/twice.yaml", "/huge.yaml", "/latin.yaml"}


def test_ten_thousand_resources_take_seconds(tmp_path: Path) -> None:
    one = {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "x", "VpcId": {"Ref": "Vpc"}}}
    resources = {f"Group{index}": one for index in range(10_000)}
    parameters = {"Vpc": {"Type": "AWS::EC2::VPC::Id"}}
    path = tmp_path / "t.json"
    path.write_text(json.dumps({"Parameters": parameters, "Resources": resources}), encoding="utf-8")
    started = time.process_time()
    report = scanner.gate(path, select=["NET006"])
    assert report.coverage is not None
    assert report.coverage.resources == 10_000
    assert time.process_time() - started < 20
