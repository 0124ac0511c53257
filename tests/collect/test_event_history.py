"""The event history is read at AWS's pace, and goes on where it was throttled."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from scanner.collect.event_history import look_up
from scanner.collect.pacing import Pace


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    @property
    def pace(self) -> Pace:
        return Pace(clock=lambda: self.now, sleep=self.sleep)


class History:
    """Answers page after page; an error in the list of answers is raised once."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.tokens: list[str | None] = []

    def lookup_events(self, **request: Any) -> dict[str, Any]:
        self.tokens.append(request.get("NextToken"))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, dict)
        return answer


def page(*names: str, token: str = "") -> dict[str, Any]:
    return {"Events": [{"EventId": name} for name in names], **({"NextToken": token} if token else {})}


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}}, "LookupEvents")


def ids(events: list[Any]) -> list[str]:
    return [event["EventId"] for event in events]


def test_two_requests_a_second_and_no_more() -> None:
    clock = Clock()
    events, failure = look_up(History(page("a", token="1"), page("b", token="2"), page("c")), {}, pace=clock.pace)
    assert (ids(events), failure) == (["a", "b", "c"], None)
    assert clock.slept == [0.5, 0.5]


def test_after_throttling_the_same_page_is_asked_for_again() -> None:
    clock, throttled = Clock(), refusal("ThrottlingException")
    history = History(page("a", token="1"), throttled, throttled, page("b"))
    events, failure = look_up(history, {}, pace=clock.pace)
    assert (ids(events), failure) == (["a", "b"], None)
    assert history.tokens == [None, "1", "1", "1"]
    assert clock.slept == [0.5, 2.0, 4.0]


def test_throttling_without_end_keeps_what_came_and_says_so() -> None:
    clock = Clock()
    history = History(page("a", token="1"), *[refusal("ThrottlingException")] * 8)
    events, failure = look_up(history, {}, pace=clock.pace)
    assert ids(events) == ["a"]
    assert failure is not None
    assert (failure.reason.value, failure.detail) == ("throttled", "ThrottlingException")


def test_a_refusal_is_asked_once() -> None:
    history = History(refusal("AccessDeniedException"))
    events, failure = look_up(history, {}, pace=Clock().pace)
    assert (events, len(history.tokens)) == ([], 1)
    assert failure is not None
    assert failure.reason.value == "denied"


def test_a_token_that_comes_twice_ends_the_search() -> None:
    history = History(page("a", token="1"), page("b", token="1"))
    events, failure = look_up(history, {}, pace=Clock().pace)
    assert ids(events) == ["a", "b"]
    assert failure is not None
    assert failure.reason.value == "unreadable"
