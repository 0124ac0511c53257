"""A waiver in the Metadata of a resource holds for that resource, and wants the same fields as one in a file."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import scanner
from scanner.errors import BastionlessError
from scanner.model import ScanReport

TODAY = date(2026, 1, 1)
WAIVER = {"rule": "NET006", "owner": "net", "reason": "a demo", "until": "2027-01-31"}


def judged(folder: Path, metadata: Any) -> ScanReport:
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}
    group = {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "a", "SecurityGroupIngress": [rule]}}
    resources = {"Mine": {**group, "Metadata": {"Bastionless": metadata}}, "Other": group}
    path = folder / "net.json"
    path.write_text(json.dumps({"Resources": resources}, indent=1), encoding="utf-8")
    return scanner.gate(path, select=["NET006"], today=TODAY)


@pytest.mark.parametrize("metadata", [WAIVER, [WAIVER]])
def test_it_waives_its_own_resource_alone(tmp_path: Path, metadata: Any) -> None:
    report = judged(tmp_path, metadata)
    assert [one.location.address for one in report.failures() if one.location] == ["Other"]
    (waived,) = report.waived
    assert waived.location is not None
    assert waived.location.address == "Mine"
    assert waived.suppression is not None
    assert (waived.suppression.kind, waived.suppression.owner) == ("inSource", "net")
    assert waived.suppression.place.endswith("net.json:3")


def test_it_expires_and_is_told(tmp_path: Path) -> None:
    report = judged(tmp_path, {**WAIVER, "until": "2025-12-31"})
    assert (len(report.failures()), [one.state.value for one in report.waiver_troubles]) == (2, ["expired"])


@pytest.mark.parametrize("metadata", [{"rule": "NET006"}, "NET006", {**WAIVER, "until": "soon"}])
def test_one_that_lacks_something_is_told_with_its_place(tmp_path: Path, metadata: Any) -> None:
    with pytest.raises(BastionlessError, match=r"net\.json:3"):
        judged(tmp_path, metadata)
