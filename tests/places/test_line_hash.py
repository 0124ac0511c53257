"""GitHub's hash of a line, by the examples its upload action is tested with."""

from __future__ import annotations

import random

import pytest

from scanner.places.line_hash import line_hashes

_HELLO = [
    "e9496ae3ebfced30:1",
    "fb7c023a8b9ccb3f:1",
    "ce8ba1a563dcdaca:1",
    "e20e36e16fcb0cc8:1",
    "b3edc88f2938467e:1",
    "c8e28b0b4002a3a0:1",
    "c129715d7a2bc9a3:1",
]


@pytest.mark.parametrize(
    ("text", "hashes"),
    [
        ("", ["c129715d7a2bc9a3:1"]),
        (" a\nb\n  \t\tc\n d", ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]),
        (" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", _HELLO),
        (" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", _HELLO),
        (" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", _HELLO),
        (" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", _HELLO),
        (
            "Lorem ipsum dolor sit amet.\n" * 10,
            [
                *(f"a7f2ff13bc495cf2:{number}" for number in range(1, 7)),
                "a7f2ff1481e87703:1",
                "a9cf91f7bbf1862b:1",
                "55ec222b86bcae53:1",
                "cc97dc7b1d7d8f7b:1",
                "c129715d7a2bc9a3:1",
            ],
        ),
    ],
)
def test_the_hashes_are_those_of_githubs_upload(text: str, hashes: list[str]) -> None:
    assert line_hashes(text, range(1, len(hashes) + 1)) == dict(enumerate(hashes, start=1))


def test_only_the_wanted_lines_are_told_and_lines_that_are_not_there_are_not() -> None:
    assert line_hashes("a\n\na\n", {3, 99}) == {3: line_hashes("a\n\na\n", {1, 2, 3})[3]}


def _as_the_action_does_it(text: str) -> dict[int, str]:
    """The rolling hash of the upload action, unit by unit."""
    window, lines, raw, index, counts, found = [0] * 100, [-1] * 100, 0, 0, dict[str, int](), dict[int, str]()
    first = pow(37, 100, 1 << 64)
    line, starts, after_return = 0, True, False

    def put() -> None:
        mark = f"{raw:x}"
        counts[mark] = counts.get(mark, 0) + 1
        found[lines[index]] = f"{mark}:{counts[mark]}"
        lines[index] = -1

    def roll(unit: int) -> None:
        nonlocal raw, index
        raw = (37 * raw + unit - first * window[index]) % (1 << 64)
        window[index] = unit
        index = (index + 1) % 100

    units = text.encode("utf-16-le")
    for unit in (*(int.from_bytes(units[at : at + 2], "little") for at in range(0, len(units), 2)), 0xFFFF):
        if unit in (32, 9) or (after_return and unit == 10):
            after_return = False
            continue
        after_return = unit == 13
        current = 10 if unit == 13 else unit
        if lines[index] != -1:
            put()
        if starts:
            starts, line = False, line + 1
            lines[index] = line
        starts = current == 10
        roll(current)
    for _ in range(100):
        if lines[index] != -1:
            put()
        roll(0)
    return found


def test_any_text_has_the_hashes_that_the_rolling_hash_gives() -> None:
    dice = random.Random(6)
    for _ in range(150):
        text = "".join(dice.choice(["a", "b", " ", "\t", "\n", "\r", "\r\n", "é", "😀", "x" * 60]) for _ in range(80))
        expected = _as_the_action_does_it(text)
        assert line_hashes(text, set(expected)) == expected
