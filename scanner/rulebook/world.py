"""The worlds of a card: small accounts, read strictly, because a world that says nothing proves nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from scanner.aws.table import KINDS
from scanner.errors import did_you_mean
from scanner.model import GapReason, World
from scanner.rulebook.document import Step
from scanner.rulebook.remarks import Remarks

EXPECTATIONS = {"good": "", "bad": "flags", "unknown": "unsure"}
"""The card's lists of worlds, and the key under which each names the ids."""

_COMMON_KEYS = ("name", "given", "gaps", "settings", "region", "at")
_HOME = "eu-west-1"


def world_keys(expect: str) -> tuple[str, ...]:
    """The keys of a good, bad or unknown world."""
    return (*_COMMON_KEYS, *filter(None, (EXPECTATIONS[expect],)))


def read_worlds(listed: Any, expect: str, *, settings: Collection[str], remarks: Remarks) -> list[World]:
    """The sound worlds of a list; `settings` are the names the card has. Everything else becomes a remark."""
    if not isinstance(listed, list):
        remarks.tell(f"{expect!r} must be a list of worlds", expect, cure="start each with `- name:`")
        return []
    found = (_WorldReader(remarks, expect, index).read(body, settings) for index, body in enumerate(listed))
    return [world for world in found if world is not None]


class _WorldReader:
    """Reads one world; every method tells what is wrong in its part and answers with what there is."""

    def __init__(self, remarks: Remarks, expect: str, index: int) -> None:
        self._remarks = remarks
        self._expect = expect
        self._index = index
        self._sound = True

    def read(self, body: Any, settings: Collection[str]) -> World | None:
        if not isinstance(body, dict):
            self._tell("a world is a mapping with `name` and `given`")
            return None
        article = "an" if self._expect.startswith("u") else "a"
        noun = f"{article} {self._expect} world"
        at = (self._expect, self._index)
        self._remarks.refuse_strange_keys(body, world_keys(self._expect), *at, noun=noun)
        world = World(
            name=self._text(body, "name", ""),
            expect=self._expect,
            given=self._given(body.get("given") or {}),
            gaps=self._gaps(body.get("gaps") or []),
            ids=self._ids(body),
            settings=self._settings(body.get("settings") or {}, settings),
            region=self._text(body, "region", _HOME),
            at=self._time(body),
            line=self._remarks.document.line(*at),
            index=self._index,
        )
        if not world.name:
            self._tell(f"{noun} needs a name", cure="add `name:`, as one would tell it to a colleague")
        return world if self._sound else None

    def _tell(self, message: str, *path: Step, cure: str = "") -> None:
        self._sound = False
        self._remarks.tell(message, self._expect, self._index, *path, cure=cure)

    def _text(self, body: dict[str, Any], key: str, default: str) -> str:
        value = body.get(key, default)
        if not isinstance(value, str):
            self._tell(f"{key!r} must be text, not {value!r}", key, cure="put it in quotes")
            return default or "?"
        return value.strip()

    def _time(self, body: dict[str, Any]) -> str:
        text = self._text(body, "at", "")
        try:
            datetime.fromisoformat(text or "2026-01-01")
        except ValueError:
            self._tell(f"'at' cannot be {text!r}", "at", cure="write it like 2026-01-15T12:00:00Z")
        return text

    def _ids(self, body: dict[str, Any]) -> tuple[str, ...]:
        key = EXPECTATIONS[self._expect]
        if not key:
            return ()
        listed = body.get(key)
        if not isinstance(listed, list) or not listed or not all(isinstance(item, (str, int)) for item in listed):
            self._tell("the world names no ids", key, cure=f"list the exact ids under `{key}:`")
            return ()
        return tuple(str(item) for item in listed)

    def _settings(self, given: Any, known: Collection[str]) -> dict[str, Any]:
        if not isinstance(given, dict):
            self._tell("'settings' must map names to values", "settings")
            return {}
        for name in given:
            if name not in known:
                cure = did_you_mean(str(name), known) or "the card has none"
                self._tell(f"no setting is called {name!r}", "settings", name, cure=cure)
        return given

    def _given(self, given: Any) -> dict[str, list[dict[str, Any]]]:
        if not isinstance(given, dict):
            self._tell("'given' must map kinds to lists of resources", "given")
            return {}
        for kind, items in given.items():
            if kind not in KINDS:
                self._tell(f"no kind is called {kind!r}", "given", kind, cure=did_you_mean(str(kind), KINDS))
            elif not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
                self._tell(f"{kind} must be a list of mappings", "given", kind)
        return given

    def _gaps(self, listed: Any) -> tuple[dict[str, str], ...]:
        if not isinstance(listed, list):
            self._tell("'gaps' must be a list", "gaps", cure="write `- {call: ec2:DescribeVpcs}`")
            return ()
        for number, gap in enumerate(listed):
            self._check_gap(gap, number)
        return tuple(listed)

    def _check_gap(self, gap: Any, number: int) -> None:
        if not isinstance(gap, dict) or not all(isinstance(value, str) for value in gap.values()) or "call" not in gap:
            form = "`{call: ec2:DescribeVpcs}`, with `reason` and `resource` where they matter"
            self._tell(f"a gap is {form}", "gaps", number)
            return
        at = (self._expect, self._index, "gaps", number)
        self._remarks.refuse_strange_keys(gap, ("call", "reason", "resource"), *at, noun="a gap")
        calls = {f"{service}:{name}" for kind in KINDS.values() for service, name in kind.calls}
        self._one_of(gap["call"], calls, "no kind needs the call", number)
        self._one_of(
            gap.get("reason", "denied"), [reason.value for reason in GapReason], "no gap has the reason", number
        )
        if "resource" in gap and gap["call"] in {kind.call for kind in KINDS.values()}:
            self._tell(f"{gap['call']} is about no single resource", "gaps", number, cure="leave `resource` out")

    def _one_of(self, word: str, choices: Iterable[str], complaint: str, number: int) -> None:
        known = tuple(choices)
        if word not in known:
            self._tell(f"{complaint} {word!r}", "gaps", number, cure=did_you_mean(word, known))
