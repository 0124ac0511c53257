"""One call, page after page, until the answer holds no more token."""

# ruff: noqa: PLC0415 - botocore is loaded when AWS is asked, not before

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scanner.collect.failures import Failure, call_errors, failure_of
from scanner.collect.rows import value_at
from scanner.model import GapReason


@dataclass(frozen=True, slots=True)
class Call:
    """A call as a value, so that two kinds that need the same one share its answer. `request` is JSON, keys sorted."""

    service: str
    region: str
    operation: str
    request: str
    pages: tuple[str, str]

    @property
    def name(self) -> str:
        """`service:Operation`, as gaps call it."""
        return f"{self.service}:{self.operation}"


@dataclass(frozen=True, slots=True)
class Answer:
    """The pages that came, without their metadata, and why there are no more of them when that is not the end."""

    pages: tuple[Mapping[str, Any], ...] = ()
    failure: Failure | None = None


def make_call(service: str, region: str, operation: str, request: Mapping[str, Any], pages: tuple[str, str]) -> Call:
    """A call from a request as botocore takes it."""
    return Call(service, region, operation, json.dumps(request, sort_keys=True), pages)


def fetch(client: Any, call: Call) -> Answer:
    """Every page of a call; a page that fails ends the series and keeps the ones before it."""
    from botocore import xform_name

    if call.operation not in client.meta.service_model.operation_names:
        return Answer(failure=Failure(GapReason.UNSUPPORTED, "unknown to the installed botocore"))
    ask = getattr(client, xform_name(call.operation))
    request = json.loads(call.request)
    pages: list[Mapping[str, Any]] = []
    seen: set[str] = set()
    member, path = call.pages
    while True:
        try:
            page = ask(**request)
        except call_errors() as error:
            return Answer(tuple(pages), failure_of(error))
        page.pop("ResponseMetadata", None)
        pages.append(page)
        token = value_at(page, path) if path else None
        if not token:
            # IAM says both: that there is more, and where it begins.
            is_cut = page.get("IsTruncated") is True
            return Answer(tuple(pages), Failure(GapReason.UNREADABLE, "no Marker") if is_cut else None)
        if not isinstance(token, str) or token in seen:
            return Answer(tuple(pages), Failure(GapReason.UNREADABLE, "a page's token came twice"))
        seen.add(token)
        request[member] = token
