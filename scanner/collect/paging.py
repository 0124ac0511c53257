"""One call, page after page, until the answer holds no more token."""

# ruff: noqa: PLC0415 - botocore is loaded when AWS is asked, not before

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from scanner.collect.budget import Budget, OverError
from scanner.collect.failures import Failure, call_errors, failure_of, is_worth_another_try, refuses_token
from scanner.collect.rows import value_at
from scanner.model import GapReason
from scanner.model.garbage import give_back

_LISTINGS = 4
_PAGES_TO_TIDY = 5
"""A page of a thousand instances is nine million letters, whose tree is many times that, gone as soon as it is read."""
_TRIES = 4


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


def fetch(client: Any, call: Call, budget: Budget | None = None, *, renew: Callable[[], bool] | None = None) -> Answer:
    """Every page of a call; a page that fails for good ends the series and keeps the ones before it.

    A listing whose token is no longer accepted is begun anew, a few times, and what was read before is dropped.
    `renew` says whether expired credentials may be others at the next request.
    """
    if call.operation not in client.meta.service_model.operation_names:
        return Answer(failure=Failure(GapReason.UNSUPPORTED, "unknown to the installed botocore"))
    listing = _Listing(client, call, budget or Budget(), renew or (lambda: False))
    answer = listing.read()
    for tries in range(1, _LISTINGS):
        if not listing.is_stale:
            return answer
        try:
            listing.budget.rest(tries)
        except OverError:
            return answer
        answer = listing.read()
    return answer


class _Listing:
    """One series of pages, read by one thread; `is_stale` says that its last failure was about the token."""

    def __init__(self, client: Any, call: Call, budget: Budget, renew: Callable[[], bool]) -> None:
        from botocore import xform_name

        self._ask = getattr(client, xform_name(call.operation))
        self._call = call
        self._renew = renew
        self._tries = min((client.meta.config.retries or {}).get("total_max_attempts", 1), _TRIES)
        self.budget = budget
        self.is_stale = False

    def read(self) -> Answer:
        """The pages from the first one."""
        request = json.loads(self._call.request)
        pages: list[Mapping[str, Any]] = []
        seen: set[str] = set()
        member, path = self._call.pages
        self.is_stale = False
        while True:
            try:
                page = self._page(request)
            except call_errors() as error:
                self.is_stale = bool(seen) and refuses_token(error)
                return Answer(tuple(pages), failure_of(error))
            page.pop("ResponseMetadata", None)
            pages.append(page)
            if len(pages) % _PAGES_TO_TIDY == 0:
                give_back()
            token = value_at(page, path) if path else None
            if not token:
                # IAM says both: that there is more, and where it begins.
                is_cut = page.get("IsTruncated") is True
                return Answer(tuple(pages), Failure(GapReason.UNREADABLE, "no Marker") if is_cut else None)
            if not isinstance(token, str) or token in seen:
                return Answer(tuple(pages), Failure(GapReason.UNREADABLE, "a page's token came twice"))
            seen.add(token)
            request[member] = token

    def _page(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """One page; raises the error that stayed. botocore has tried again for what it knows to pass."""
        is_renewed = False
        for tries in count(1):
            try:
                page: dict[str, Any] = self._ask(**request)
                break
            except call_errors() as error:
                if failure_of(error).reason is GapReason.EXPIRED and not is_renewed:
                    is_renewed = self._renew()
                    if not is_renewed:
                        raise
                elif tries >= self._tries or not is_worth_another_try(error):
                    raise
            self.budget.rest(tries)
        return page
