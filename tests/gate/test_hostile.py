"""Every hostile file, through the front door: one sentence with file and line, the file beside it judged, exit 3."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanner.cli import cli

GOOD = """\
Resources:
  Open:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: open
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}]
"""
BOMB = "\n".join(
    ["a0: &a0 [AWS::EC2::VPC]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30))]
)
RING = "Resources:\n" + "\n".join(
    f"  V{n}: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref V{(n + 1) % 3}, CidrBlock: !Ref V{(n + 1) % 3}}}}}"
    for n in range(3)
)


def judged(folder: Path, content: str | bytes) -> tuple[int, str]:
    (folder / "good.yaml").write_text(GOOD, encoding="utf-8")
    bad = folder / "bad.yaml"
    bad.write_bytes(content if isinstance(content, bytes) else content.encode())
    started = time.process_time()
    result = CliRunner().invoke(
        cli, ["gate", str(bad), str(folder / "good.yaml"), "--format", "json"], standalone_mode=False
    )
    assert time.process_time() - started < 20
    assert result.exception is None
    assert "sg-Open" in result.stdout
    failed = [target["failed"] for target in json.loads(result.stdout)["targets"] if target["failed"]]
    assert all("\n" not in sentence and "Traceback" not in sentence for sentence in failed)
    return result.return_value, " ".join(failed)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        pytest.param(BOMB, "bad.yaml", id="a bomb of aliases"),
        pytest.param("Resources: {}\nOther: 1\nResources: {}\n", "bad.yaml:3", id="a key that stands twice"),
        pytest.param(b"# AWS::EC2\n" + b"#" * (50 * 1024**2), "bad.yaml", id="fifty megabytes"),
        pytest.param("Resources: " + "[" * 100_000, "bad.yaml", id="nesting without an end"),
        pytest.param(b"Resources:\n  A: {Type: AWS::EC2::VPC\xff}\n", "bad.yaml:2", id="bytes that are no text"),
        pytest.param(
            "Resources:\n  A:\n    Type: AWS::EC2::Subnet\n    Properties:\n      VpcId: !Ref Nothing\n", "bad.yaml:5",
            id="a reference to nothing",
        ),
    ],
)  # fmt: skip
def test_a_hostile_file_is_told_and_the_other_is_judged(content: str | bytes, place: str, tmp_path: Path) -> None:
    code, told = judged(tmp_path, content)
    assert place in told
    assert code == 3


def test_references_in_a_ring_end(tmp_path: Path) -> None:
    code, _ = judged(tmp_path, RING)
    assert code in (1, 3)


@pytest.mark.parametrize("indent", ["    ", "      "], ids=["in the resource", "among its properties"])
def test_a_transform_from_elsewhere_is_never_fetched_and_leaves_its_place_open(
    indent: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("somebody opened a connection")

    monkeypatch.setattr("socket.socket.connect", refuse)
    text = (
        "Resources:\n  Group:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      GroupDescription: g\n"
        f"{indent}Fn::Transform: {{Name: AWS::Include, Parameters: {{Location: 'http://example.com/rules.yaml'}}}}\n"
    )
    (tmp_path / "t.yaml").write_text(text, encoding="utf-8")
    words = ["gate", str(tmp_path / "t.yaml"), "--select", "NET006", "--format", "json"]
    result = CliRunner().invoke(cli, words, standalone_mode=False)
    report = json.loads(result.stdout)
    assert report["totals"]["pass"] == 0
    assert report["totals"]["unknown"] > 0
