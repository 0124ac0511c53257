"""Words as SARIF viewers need them: no Markdown by accident, no placeholders, no links nobody meant."""

from __future__ import annotations

import re

from scanner.model import Finding
from scanner.reports.text import clean, paragraphs

LONGEST_DESCRIPTION = 1024
_PLACEHOLDER = re.compile(r"\{(?=\d+\})")
_SENTENCE_ENDS = (".", "!", "?", ":")


def plain_text(text: str) -> str:
    """Text for a plain SARIF message, on one line.

    Backquotes vanish in GitHub's pages, `](` would make a link of somebody's tag, and `{0}` is a placeholder.
    """
    words = clean(text.strip()).replace("`", "'").replace("](", "] (")
    return _PLACEHOLDER.sub("{ ", words)


def sentence(text: str) -> str:
    """Plain text that ends like a sentence."""
    words = plain_text(text)
    return words if not words or words.endswith(_SENTENCE_ENDS) else f"{words}."


def shortened(text: str, *, limit: int = LONGEST_DESCRIPTION) -> str:
    """The text, cut between words where it is longer than GitHub keeps."""
    if len(text) <= limit:
        return text
    room = text[: limit - 3]
    return f"{room.rpartition(' ')[0] or room}..."


def message_text(findings: list[Finding], *, fix: str, title: str) -> str:
    """What one rule says of one resource: first the sentence, which viewers use as the title, then the proof.

    The cure follows, on lines of its own, where it is another than the rule's own `fix`. Never empty.
    """
    parts = [part for finding in findings for part in (finding.message, *finding.because)]
    said = " ".join(words for words in map(sentence, dict.fromkeys(parts)) if words) or sentence(title)
    cures = dict.fromkeys(finding.fix.strip() for finding in findings)
    lines = [plain_text(line) for cure in cures if cure != fix.strip() for line in paragraphs(cure)]
    return "\n".join([said, f"Fix: {lines[0]}", *lines[1:]]) if lines else said
