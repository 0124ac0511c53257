"""An unknown fact answers no question at all; whoever asks learns why."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from scanner.model import Undecided, Unknown

WHY = "ec2:DescribeVpcAttribute was refused in eu-west-1"

QUESTIONS: dict[str, Callable[[Any], Any]] = {
    "truth": bool,
    "negation": lambda fact: not fact,
    "equality": lambda fact: fact == "x",
    "equality from the other side": lambda fact: fact == "x",
    "difference": lambda fact: fact != "x",
    "equality with itself": lambda fact: fact == Unknown(WHY),
    "order": lambda fact: fact < 3,
    "order from the other side": lambda fact: 3 <= fact,  # noqa: SIM300 - the side matters
    "length": len,
    "iteration": list,
    "membership in it": lambda fact: "x" in fact,
    "membership of it": lambda fact: fact in ["x", "y"],
    "an item": lambda fact: fact["x"],
    "a method": lambda fact: fact.startswith("x"),
    "a mapping's method": lambda fact: fact.get("x"),
    "a sum": lambda fact: fact + 1,
    "a sum from the other side": lambda fact: 1 + fact,
    "a joined text": lambda fact: "x" + fact,
    "a difference of numbers": lambda fact: 1 - fact,
    "a set": lambda fact: fact & {"x"},
    "a number": int,
    "a float": float,
    "words": str,
    "a sentence": lambda fact: f"it is {fact}",
    "an index": lambda fact: ["x"][fact],
}


@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS)
def test_every_question_is_refused_with_the_reason(ask: Callable[[Any], Any]) -> None:
    with pytest.raises(Undecided) as doubt:
        ask(Unknown(WHY))
    assert doubt.value.reason == WHY


def test_it_can_be_kept_copied_and_shown_to_a_programmer() -> None:
    unknown = Unknown(WHY)
    assert copy.copy(unknown) is unknown
    assert copy.deepcopy({"a": [unknown]})["a"][0] is unknown
    assert pickle.loads(pickle.dumps(unknown)).why == WHY
    assert repr(unknown) == f"Unknown(why={WHY!r})"
    assert {unknown: "found"}[unknown] == "found"
    assert not hasattr(unknown, "__html__")
    assert not hasattr(object.__new__(Unknown), "why")
