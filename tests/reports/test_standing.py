"""Waivers and comparisons as each report tells them."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from typing import Any

import jsonschema_rs
import sarif_om as om

from scanner.model import (
    BaselineState,
    Change,
    Comparison,
    JudgedWaiver,
    ScanReport,
    Scope,
    Suppression,
    Waiver,
    WaiverState,
)
from scanner.reports import RenderOptions, render
from scanner.reports.native_json import report_schema
from scanner.reports.sarif_serializer import plain
from scanner.reports.sarif_standing import add_standing
from tests.reports.reports_by_hand import PUBLIC_ADDRESS, finding, report, resource

BAD = "evil\x1b[31m\n`](x)"
ACCEPTED = Suppression(BAD, BAD, "2026-12-31", "b.yaml:3")


def settled() -> ScanReport:
    """One waived, one new, one changed, one gone, one in doubt, one waiver to mend."""
    gone, doubtful = finding("i-8"), finding("i-9")
    trouble = Waiver("NET", Scope(id=BAD, tag=("a", "b")), BAD, BAD, date(2026, 1, 1), "b.yaml:9")
    told = report(
        dataclasses.replace(finding("i-1"), suppression=ACCEPTED, change=Change(BaselineState.UNCHANGED)),
        dataclasses.replace(finding("i-2"), change=Change(BaselineState.NEW, is_worse=True)),
        dataclasses.replace(finding("i-3"), change=Change(BaselineState.UPDATED, f"it was {BAD}")),
    )
    return dataclasses.replace(
        told,
        waivers=(JudgedWaiver(trouble, WaiverState.EXPIRED, "it expired on 2026-01-01"),),
        comparison=Comparison(
            "old\x1b.json",
            "2026-01-01T00:00:00Z",
            absent=(dataclasses.replace(gone, change=Change(BaselineState.ABSENT)),),
            unjudged=(dataclasses.replace(doubtful, change=Change(BaselineState.UNJUDGED, "NET001 was not asked")),),
        ),
    )


SHOWN = r"""
HIGH  2 findings

NET001  An instance answers on a public IPv4 address [high]
  i-2  123456789012 eu-west-1  [new]
    it is open
  i-3  123456789012 eu-west-1  [changed: it was evil\x1b[31m\n`](x)]
    it is open
  Fix: Move the instance to a private subnet and reach it through an endpoint.
       - Then release the address.

WAIVED  1 finding that somebody accepts
  evil\x1b[31m\n`](x) (evil\x1b[31m\n`](x), until 2026-12-31)
    NET001: 1: i-1

GONE  1 finding of old\x1b.json
  NET001: i-8

NOT COMPARED  1 finding of old\x1b.json
  NET001 was not asked: i-9

WAIVERS TO MEND  1 waiver
  b.yaml:9: NET of evil\x1b[31m\n`](x), a=b: it expired on 2026-01-01
    (evil\x1b[31m\n`](x))

Scanned 1 account, 1 Region, 7 resources with 4 rules.
2 findings (2 high); 1 waived, 0 not decided, 0 passed.
Since old\x1b.json: 1 new, 1 changed, 0 unchanged, 1 gone, 1 not compared.
"""


def test_the_terminal_folds_what_is_waived_and_marks_what_changed() -> None:
    assert render(settled(), format="terminal") == SHOWN.removeprefix("\n")


def test_the_terminal_tells_fingerprints_where_more_is_asked() -> None:
    told = settled()
    shown = render(told, format="terminal", options=RenderOptions(verbose=True))
    assert f"    - fingerprint {told.findings[1].fingerprint}\n" in shown


def test_everything_waived_is_said_to_be_no_clean_bill() -> None:
    told = report(dataclasses.replace(finding("i-1"), suppression=ACCEPTED))
    assert "No flaw found but those that are waived." in render(told, format="terminal")


def test_json_tells_all_of_it_and_the_schema_describes_every_member() -> None:
    document = json.loads(render(settled(), format="json"))
    jsonschema_rs.validator_for(_closed(report_schema())).validate(document)
    waived = next(one for one in document["findings"] if one["resource"]["id"] == "i-1")
    assert waived["suppression"]["justification"] == BAD
    assert (waived["outcome"], document["totals"]["fail"], document["waived"]) == ("fail", 3, 1)
    assert document["waivers"][0]["resource"]["tag"] == "a=b"
    assert [one["resource"]["id"] for one in document["comparison"]["absent"]] == ["i-8"]


def _closed(schema: Any) -> Any:
    if isinstance(schema, dict):
        closed = {key: _closed(value) for key, value in schema.items()}
        return {**closed, "additionalProperties": False} if "required" in closed else closed
    return [_closed(item) for item in schema] if isinstance(schema, list) else schema


def test_sarif_for_github_leaves_out_what_is_waived_and_marks_the_rest() -> None:
    (run,) = json.loads(render(settled(), format="sarif"))["runs"]
    assert {one["properties"]["id"]: one["baselineState"] for one in run["results"]} == {"i-2": "new", "i-3": "updated"}
    assert [target["region"] for target in run["properties"]["targets"]] == ["eu-west-1"]


def test_a_waived_result_has_a_suppression_as_the_standard_has_it() -> None:
    result = add_standing(om.Result(message=om.Message(text="x")), settled().findings[0])
    (suppression,) = plain(result)["suppressions"]
    assert suppression == {
        "kind": "external",
        "status": "accepted",
        "justification": "evil\\x1b[31m\\n'] (x)",
        "properties": {"owner": BAD, "until": "2026-12-31", "place": "b.yaml:3"},
    }


def test_an_instance_of_a_group_is_known_by_it_in_every_file() -> None:
    member = resource("i-1")
    grouped = dataclasses.replace(member, facts={"Tags": [{"Key": "aws:autoscaling:groupName", "Value": "web"}]})
    told = report(finding(grouped, rule=PUBLIC_ADDRESS))
    assert json.loads(render(told, format="json"))["findings"][0]["resource"]["scaling_group"] == "web"
    (result,) = json.loads(render(told, format="sarif"))["runs"][0]["results"]
    assert result["partialFingerprints"]["bastionlessGroup/v1"] == told.findings[0].group_fingerprint
    assert result["properties"]["scalingGroup"] == "web"
