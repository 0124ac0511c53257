"""sarif_om objects as JSON: nothing lost, nothing let through."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
import sarif_om as om

from scanner.reports.sarif_serializer import plain, serialize


def _log(result: Any) -> Any:
    return om.SarifLog(
        version="2.1.0", runs=[om.Run(tool=om.Tool(driver=om.ToolComponent(name="T")), results=[result])]
    )


def test_what_equals_the_schemas_default_is_left_out_but_levels_and_the_rule_index_are_not() -> None:
    result = om.Result(message=om.Message(text="x"), level="warning", rule_index=-1, kind="fail")
    assert plain(result) == {"message": {"text": "x"}, "level": "warning", "ruleIndex": -1}
    assert plain(om.ReportingConfiguration(level="warning")) == {"level": "warning"}
    assert plain(om.Run(tool=om.Tool(driver=om.ToolComponent(name="T")))) == {"tool": {"driver": {"name": "T"}}}


def test_a_suppression_tells_its_status_as_the_standard_calls_it() -> None:
    assert plain(om.Suppression(kind="external", state="accepted")) == {"kind": "external", "status": "accepted"}


def test_the_schema_goes_by_its_real_name_and_keys_are_sorted() -> None:
    text = serialize(om.SarifLog(version="2.1.0", schema_uri="https://a.example/s", runs=[]))
    assert text == '{\n "$schema": "https://a.example/s",\n "runs": [],\n "version": "2.1.0"\n}\n'


def test_members_that_are_none_go_also_from_dictionaries() -> None:
    result = om.Result(message=om.Message(text="x"), properties={"b": None, "a": [1, True, "y", None]})
    assert json.loads(serialize(_log(result)))["runs"][0]["results"][0]["properties"] == {"a": [1, True, "y", None]}


class _Colour(Enum):
    RED = "red"


class _Impostor:
    pass


@pytest.mark.parametrize(
    "foreign", [datetime(2026, 1, 2, tzinfo=UTC), {"a", "b"}, b"bytes", _Colour.RED, _Impostor(), Path("x"), object]
)
def test_what_is_no_part_of_sarif_is_refused_wherever_it_hides(foreign: Any) -> None:
    with pytest.raises(TypeError, match="is no part of SARIF"):
        serialize(_log(om.Result(message=om.Message(text="x"), properties={"deep": [{"down": foreign}]})))


def test_a_key_that_is_no_text_is_refused() -> None:
    with pytest.raises(TypeError, match="a JSON key is text, not int"):
        plain({1: "one"})


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        serialize(_log(om.Result(message=om.Message(text="x"), rank=float("nan"))))


def test_only_a_log_is_a_file() -> None:
    with pytest.raises(TypeError, match="a SARIF log is an object, not list"):
        serialize([])
