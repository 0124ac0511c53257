"""A program for the real AWS CDK, from npm, through `cdk synth` into the gate; asked for with BASTIONLESS_CDK=1.

BASTIONLESS_CDK may also name a folder whose node_modules hold aws-cdk, aws-cdk-lib and constructs; else npm fetches them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import scanner

PROGRAM = """\
const { App, Stack } = require('aws-cdk-lib');
const ec2 = require('aws-cdk-lib/aws-ec2');

class Network extends Stack {
  constructor(scope, id) {
    super(scope, id);
    const vpc = new ec2.Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 0 });
    const open = new ec2.SecurityGroup(this, 'Open', { vpc });
    open.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(22));
    new ec2.SecurityGroup(this, 'Shut', { vpc });
  }
}

new Network(new App(), 'Network');
"""
OPEN = next(number for number, line in enumerate(PROGRAM.splitlines(), start=1) if "'Open'" in line)
SWITCH = os.environ.get("BASTIONLESS_CDK", "")
NPM = shutil.which("npm")

pytestmark = [
    pytest.mark.skipif(not SWITCH, reason="needs npm and the network; BASTIONLESS_CDK=1 asks for it"),
    pytest.mark.skipif(NPM is None, reason="there is no npm here"),
]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the program and the CDK."""
    folder = tmp_path_factory.mktemp("cdk")
    (folder / "app.js").write_text(PROGRAM, encoding="utf-8")
    (folder / "cdk.json").write_text('{"app": "node app.js"}', encoding="utf-8")
    modules = Path(SWITCH) / "node_modules"
    if modules.is_dir():
        (folder / "node_modules").symlink_to(modules.resolve())
        return folder
    (folder / "package.json").write_text('{"name": "network", "private": true}', encoding="utf-8")
    packages = ("aws-cdk@2", "aws-cdk-lib@2", "constructs@10")
    made = subprocess.run(
        [str(NPM), "install", "--no-audit", "--no-fund", *packages],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        pytest.skip(f"npm cannot install the CDK: {made.stderr.strip().splitlines()[-1:]}")
    return folder


def synth(program: Path, *options: str) -> str:
    """What `cdk synth` prints."""
    command = [str(program / "node_modules" / ".bin" / "cdk"), "synth", *options]
    shown = subprocess.run(command, cwd=program, capture_output=True, text=True, check=False)
    assert shown.returncode == 0, shown.stderr
    return shown.stdout


def test_what_cdk_synth_prints_goes_through_the_gate(program: Path) -> None:
    command = [sys.executable, "-m", "scanner", "gate", "-", "--select", "NET006", "--format", "jsonl"]
    judged = subprocess.run(command, input=synth(program), capture_output=True, text=True, check=False)
    assert judged.returncode == 1, judged.stderr
    assert "sg-Open" in judged.stdout
    assert "sg-Shut" not in judged.stdout


def test_findings_of_cdk_out_stand_at_the_lines_of_the_program(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synth(program, "--quiet")
    monkeypatch.chdir(program)
    report = scanner.gate("cdk.out", select=["NET006"], include_pass=True)
    assert report.failed_targets == ()
    [flaw] = report.failures()
    assert flaw.resource.id.startswith("sg-Open")
    assert flaw.location is not None
    assert (flaw.location.file, flaw.location.line) == ("app.js", OPEN)
