"""Filter patterns of plain terms, which CloudWatch Logs looks for in the text of a line.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-unstructured-log-events.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from scanner.policy.reading import NO, YES, Reading, every, some, unread

_TERM = re.compile(r'([-?]?)("(?:[^"\\]|\\.)*"|[^\s"]+)(?=\s|$)\s*')
_WORD = re.compile(r"\w+")


def read_terms(pattern: str, message: str, *, varying: frozenset[str]) -> Reading:
    """Whether the terms are in the line; the empty pattern fits every line. Columns and expressions are not read."""
    if not pattern:
        return YES
    if pattern.startswith(("[", "%")):
        return unread("the filter pattern is one of columns, or a regular expression")
    terms = _terms(pattern)
    if not terms:
        return unread("the filter pattern cannot be read")
    signs = {sign for sign, _ in terms}
    if "?" in signs and len(signs) > 1:
        return unread("the filter pattern mixes terms that have to be there with some that may")
    lines = (message, _certain(message, varying))
    if "?" in signs:
        return some(_has(term, *lines) for _, term in terms)
    return every(_without(term, *lines) if sign == "-" else _has(term, *lines) for sign, term in terms)


def _terms(pattern: str) -> list[tuple[str, str]]:
    """Sign and text of each term; nothing where the pattern holds anything else."""
    terms: list[tuple[str, str]] = []
    place = 0
    while place < len(pattern):
        found = _TERM.match(pattern, place)
        if found is None:
            return []
        sign, text = found.groups()
        terms.append((sign, re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text))
        place = found.end()
    return terms


def _has(term: str, message: str, certain: str) -> Reading:
    """A term that is no part of the text is not found; one that is only a part of a word may be."""
    if term not in message:
        if term.casefold() in message.casefold():
            return unread(f"the filter pattern writes {term!r} in other letters")
        return NO if _is_fixed(term) else unread(f"the filter pattern asks for {term!r}, which may be in other lines")
    if term not in certain:
        return unread(f"the filter pattern asks for {term!r}, which is in some lines only")
    whole = re.search(rf"(?<!\w){re.escape(term)}(?!\w)", certain)
    return YES if whole else unread(f"the filter pattern asks for {term!r}, which is a part of a word")


def _without(term: str, message: str, certain: str) -> Reading:
    found = _has(term, message, certain)
    if found.matches is None:
        return found
    return NO if found.matches else YES


def _is_fixed(term: str) -> bool:
    """A name of an operation or a service is the same in every line; an address or an id is not."""
    return _WORD.fullmatch(term) is not None and term.isalpha()


def _certain(message: str, varying: frozenset[str]) -> str:
    """The line without the members whose values are only examples."""
    try:
        record: Any = json.loads(message)
    except (ValueError, RecursionError):
        return message
    if not isinstance(record, dict):
        return message
    return json.dumps({key: value for key, value in record.items() if key not in varying}, separators=(",", ":"))
