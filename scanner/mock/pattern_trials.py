"""TestEventPattern and TestMetricFilter, in which AWS tries a pattern on events that nobody sent.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html and
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TestMetricFilter.html. The answers come from
moto's own matcher of event patterns and from a rewriting of filter patterns: neither shares a line with the engine's readings.
"""

# ruff: noqa: D102 - these methods bear the names of AWS's operations, and do what AWS says those do

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.core.responses import BaseResponse
from moto.events.models import EventPattern, EventPatternParser, EventsBackend
from moto.events.responses import EventsHandler

_MANDATORY = ("id", "account", "source", "time", "region", "resources", "detail-type")
_CONDITION = re.compile(
    r"""\$\.(?P<path>[\w.]+)\s*
    (?:(?P<sign>!=|=)\s*(?:"(?P<quoted>[^"]*)"|(?P<bare>[\w.:*/-]+))
      |(?P<absent>NOT\s+EXISTS)|IS\s+(?P<state>NULL|TRUE|FALSE))""",
    re.VERBOSE,
)
_MISSING = object()


def supply_event_pattern_trials() -> None:
    """Let moto answer TestEventPattern, as long as its own method is the one that only says it is missing."""
    try:
        EventsBackend.test_event_pattern(None)  # type: ignore[arg-type]
    except NotImplementedError:
        EventsHandler.test_event_pattern = _test_event_pattern  # type: ignore[assignment]
    except AttributeError:
        return


def _test_event_pattern(handler: Any) -> str:
    try:
        event = json.loads(handler._get_param("Event"))  # noqa: SLF001 - what moto knows of a request
    except ValueError:
        raise JsonRESTError("InvalidEventPatternException", "Event is not valid JSON.") from None
    for member in _MANDATORY:
        if member not in event:
            raise JsonRESTError("ValidationException", f"Parameter Event is not valid: {member} is missing.")
    pattern = EventPatternParser(handler._get_param("EventPattern")).parse()  # noqa: SLF001
    return json.dumps({"Result": EventPattern(None, pattern).matches_event(event)})


class MetricFilterTrials(BaseResponse):
    """TestMetricFilter for JSON patterns of equalities; the empty pattern matches every line."""

    def test_metric_filter(self) -> str:
        pattern = str(self._get_param("filterPattern")).strip()
        lines = self._get_param("logEventMessages")
        if not 1 <= len(lines) <= 50:
            raise JsonRESTError("InvalidParameterException", "There have to be 1 to 50 log event messages.")
        matches = [
            {"eventNumber": number, "eventMessage": line, "extractedValues": {}}
            for number, line in enumerate(lines, start=1)
            if _matches_line(pattern, line)
        ]
        return json.dumps({"matches": matches})


def _matches_line(pattern: str, line: str) -> bool:
    """Each condition becomes T or F; then what stands between them is rewritten until one letter is left."""
    if not pattern:
        return True
    if not (pattern.startswith("{") and pattern.endswith("}")):
        raise JsonRESTError("InvalidParameterException", "Invalid metric filter pattern")
    record = json.loads(line)
    truth = _CONDITION.sub(lambda found: "T" if _holds(found, record) else "F", pattern[1:-1])
    truth = re.sub(r"\s+", "", truth)
    rewriting = [(r"\(([TF])\)", r"\1"), (r"T&&T", "T"), (r"[TF]&&[TF]", "F"), (r"(?<!&)F\|\|F(?!&)", "F")]
    rewriting.append((r"(?<!&)[TF]\|\|[TF](?!&)", "T"))
    before = ""
    while before != truth:
        before = truth
        for old, new in rewriting:
            truth = re.sub(old, new, truth, count=1)
            if truth != before:
                break
    if truth not in ("T", "F"):
        raise JsonRESTError("InvalidParameterException", "Invalid metric filter pattern")
    return truth == "T"


def _holds(found: re.Match[str], record: Any) -> bool:
    value = record
    for step in found["path"].split("."):
        value = value.get(step, _MISSING) if isinstance(value, dict) else _MISSING
    if found["absent"]:
        return value is _MISSING
    if found["state"]:
        return value is {"NULL": None, "TRUE": True, "FALSE": False}[found["state"]]
    wanted = found["quoted"] if found["quoted"] is not None else found["bare"]
    is_equal = value is not _MISSING and fnmatchcase(str(value), wanted.replace("[", "[[]"))
    return is_equal is (found["sign"] == "=")
