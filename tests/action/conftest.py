"""A checkout of somebody's, an installed action, and stored accounts of every exit code."""

from __future__ import annotations

import ensurepip
import json
import re
import sys
import sysconfig
import zipfile
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from tests.action.runner import ROOT, Job, run_action, run_step

RunAction = Callable[..., Job]

GROUP = "AWS::EC2::SecurityGroup"


def snapshot(folder: Path, name: str, *, open_to: str = "10.0.0.0/8", refused: tuple[str, ...] = ()) -> str:
    """A stored account of one security group, in the workspace; its path as an input would name it."""
    gaps = [
        {"account": "111122223333", "region": "eu-west-1", "call": "ec2:DescribeRegions", "reason": "denied",
         "detail": "UnauthorizedOperation", "kinds": [kind], "resource": ""}
        for kind in refused
    ]  # fmt: skip
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": open_to}]}
    group = {
        "GroupId": "sg-1",
        "GroupName": "admin",
        "VpcId": "vpc-1",
        "IpPermissions": [rule],
        "IpPermissionsEgress": [],
    }
    inventory: dict[str, Any] = {
        "partition": "aws", "account": "111122223333", "region": "eu-west-1", "mode": "live",
        "taken_at": "2026-01-15T12:00:00Z", "collected": [GROUP], "gaps": gaps,
        "answers": {"ec2": {"DescribeSecurityGroups": {"SecurityGroups": [group]}},
                    "sts": {"GetCallerIdentity": {"Account": "111122223333"}}},
    }  # fmt: skip
    document = {"format": "bastionless-snapshot", "version": 1, "tool": {"name": "bastionless", "version": "0.1.0"},
                "inventories": [inventory]}  # fmt: skip
    (folder / name).write_text(json.dumps(document), encoding="utf-8")
    return name


def template(folder: Path, name: str, *, open_to: str) -> None:
    """A template of one security group."""
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": open_to}
    group = {"Type": GROUP, "Properties": {"GroupDescription": "admin", "SecurityGroupIngress": [rule]}}
    document = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {"From": {"Type": "String"}},
        "Resources": {"Admin": group},
    }
    text = json.dumps(document, indent=1).replace('"${From}"', '{"Ref": "From"}')
    (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Somebody's checkout, with accounts stored in it: clean, open, not wholly read, and broken; and the same as templates."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    snapshot(folder, "clean.json")
    snapshot(folder, "open.json", open_to="0.0.0.0/0")
    snapshot(folder, "unread.json", refused=("AWS::Region",))
    (folder / "broken.json").write_text("{", encoding="utf-8")
    template(folder, "clean-template.json", open_to="10.0.0.0/8")
    template(folder, "open-template.json", open_to="0.0.0.0/0")
    template(folder, "unread-template.json", open_to="${From}")
    return folder


# Python makes pip anew in every environment, which takes seconds; here it is lent like all the rest.
_PYTHON = """#!/bin/sh
set -e
case "$*" in
  "-I -m venv "*)
    {python!r} -I -m venv --without-pip "$4"
    printf '%s\\n' {lent!r} {pip!r} > "$(echo "$4"/lib/python*/site-packages)/lent.pth" ;;
  *) exec {python!r} "$@" ;;
esac
"""


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The PATH of a runner whose python3 lends new environments what this one has installed: pip finds it all there.

    So the action's own install step runs as it is, with the real pip, and without a network.
    """
    folder = tmp_path_factory.mktemp("machine")
    python = folder / "python3"
    (wheel,) = Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "pip")
    python.write_text(
        _PYTHON.format(python=sys.executable, lent=sysconfig.get_paths()["purelib"], pip=str(folder / "pip")),
        encoding="utf-8",
    )
    python.chmod(0o755)
    return f"{folder}:/usr/bin:/bin"


_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ]+) \\$", re.MULTILINE)


def _is_here(name: str, version: str) -> bool:
    try:
        return metadata.version(name) == version
    except metadata.PackageNotFoundError:
        return False


@pytest.fixture(scope="session")
def installed(machine: str, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The outputs of the install step, run once."""
    missing = [
        line
        for line in _LOCKED.findall((ROOT / "action/requirements.lock").read_text(encoding="utf-8"))
        if not _is_here(*line)
    ]
    if missing:
        pytest.skip(f"this environment is older than action/requirements.lock: it lacks {missing}")
    folder = tmp_path_factory.mktemp("installed")
    return run_step("install", workspace=folder, temporary=folder / "temp", path=machine)


@pytest.fixture
def run(machine: str, installed: Mapping[str, str], workspace: Path, tmp_path: Path) -> RunAction:
    """Runs the action with these inputs, as installed; other actions are only noted."""

    def start(*, stubs: Mapping[str, Mapping[str, str]] | None = None, **inputs: str) -> Job:
        return run_action(
            {name.replace("_", "-"): value for name, value in inputs.items()},
            workspace=workspace,
            temporary=tmp_path / "temp",
            path=machine,
            stubs={"install": installed, **(stubs or {})},
        )

    return start
