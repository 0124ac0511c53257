"""What a command says beside its results, on stderr: sentences for people, or one JSON object a line."""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from scanner.model.progress import Progress

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTION = "--log-format"
_USERINFO = re.compile(r"(?<=//)[^/@\s'\"]*@")

log_option = click.option(
    _OPTION,
    type=click.Choice(["text", "json"]),
    default="text",
    expose_value=False,
    help="How stderr talks: sentences, or one JSON object a line [default: text].",
)


@dataclasses.dataclass(frozen=True)
class Talk:
    """Says things on stderr. Every record has `time` (UTC), `level`, `event` and `message`, and the facts of its event."""

    as_json: bool = False

    @classmethod
    def heard(cls, words: Sequence[str] | None = None) -> Talk:
        """As the command's own words ask for it: even what is wrong with these words is told that way."""
        words = sys.argv[1:] if words is None else words
        last = [value for word, value in zip(words, [*words, ""][1:], strict=True) if word == _OPTION]
        return cls(as_json="json" in last or f"{_OPTION}=json" in words)

    def note(self, sentence: str, **facts: object) -> None:
        """A remark that somebody should read, although the command goes on."""
        self._say("warning", "note", sentence, shown=f"note: {sentence}", facts=facts)

    def error(self, sentence: str, *, exit_code: int) -> None:
        """Why the command ends."""
        for line in sentence.splitlines():
            self._say("error", "error", line, shown=f"error: {line}", facts={"exit_code": exit_code})

    def remark(self, event: str, sentence: str, **facts: object) -> None:
        """What was done, for those who are not told to be left in peace."""
        self._say("info", event, sentence, shown=sentence, facts=facts)

    def record(self, event: str, sentence: str, *, level: str = "info", **facts: object) -> None:
        """What only a log wants to know: people see it in the report."""
        if self.as_json:
            self._say(level, event, sentence, shown="", facts=facts)

    def progress(self, *, quiet: bool) -> Progress:
        """Who is told how far the scan has got."""
        from scanner.reports.progress import log_progress, show_progress

        if self.as_json and not quiet:
            return log_progress(self._step)
        return show_progress(sys.stderr, quiet=quiet)

    def _step(self, event: str, sentence: str, facts: Mapping[str, object]) -> None:
        self._say("info", event, sentence, shown="", facts=facts)

    def _say(self, level: str, event: str, sentence: str, *, shown: str, facts: Mapping[str, object]) -> None:
        if not self.as_json:
            click.echo(_without_passwords(shown), err=True)
            return
        time = datetime.now(tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = json.dumps({"time": time, "level": level, "event": event, "message": sentence, **facts})
        click.echo(_without_passwords(line), err=True)


def tell(sentence: str) -> None:
    """A remark on stderr."""
    Talk.heard().note(sentence)


def _without_passwords(text: str) -> str:
    """The text without what stands before the @ of an address: a proxy's or an endpoint's password."""
    return _USERINFO.sub("***@", text)
