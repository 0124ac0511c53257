"""One card: from YAML to a rule, with every mistake collected instead of the first one thrown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scanner.aws.table import KINDS
from scanner.errors import CardError, CardErrors, did_you_mean
from scanner.expression import ExpressionError, parse, put_settings, settings_in, slots
from scanner.model import GapReason, Rule, Setting, Severity, World
from scanner.rulebook.companion import load_check
from scanner.rulebook.document import Document, Step, read_document
from scanner.rulebook.grammar import mistakes_of

KEYS = (
    "id", "title", "severity", "about", "why", "fix", "learn", "settings", "when", "require", "say",
    "good", "bad", "unknown", "since", "aliases", "retired",
)  # fmt: skip
WORLD_KEYS = ("name", "given", "gaps", "flags", "unsure", "settings", "region", "at")
ID = re.compile(r"[A-Z]{2,12}[0-9]{3,4}")
_SETTING_NAME = re.compile(r"[a-z][a-z0-9_]*")
_EXPECT_IDS = {"good": "", "bad": "flags", "unknown": "unsure"}


def read_card(path: Path, *, strict: bool = False) -> Rule:
    """The rule of a card and of the Python beside it; raises `CardErrors` with every mistake found.

    `strict` also holds every fact the card names against botocore's model, which costs a tenth of a second.
    """
    document = read_document(path)
    if not isinstance(document.data, dict):
        raise CardErrors([CardError("a card is a mapping of keys", place=document.place(), cure=f"start with {KEYS[0]}:")])
    return _Card(document, path).rule(strict=strict)


class _Card:
    """Reads one document; local and short-lived, its only state is the list of mistakes."""

    def __init__(self, document: Document, path: Path) -> None:
        self._document = document
        self._data: Mapping[str, Any] = document.data
        self._companion = path.with_suffix(".py")
        self._mistakes: list[CardError] = []

    def rule(self, *, strict: bool) -> Rule:
        self._refuse_strange_keys(self._data, KEYS, ())
        settings = self._settings()
        worlds = tuple(world for expect in _EXPECT_IDS for world in self._worlds(expect))
        rule_id = self._text("id", required=True)
        if rule_id and not ID.fullmatch(rule_id):
            self._tell(f"the id {rule_id!r} is not capital letters and digits", "id", cure="write it like NET001")
        about = self._text("about", required=True)
        if about and about not in KINDS:
            self._tell(f"no kind is called {about!r}", "about", cure=did_you_mean(about, KINDS))
        severity = self._severity()
        check = self._check(settings)
        fields = {key: self._text(key) for key in ("why", "fix", "when", "require", "say", "since", "retired")}
        for key in ("when", "require", "say", "fix"):
            self._check_expressions(key, fields[key], settings)
        rule = Rule(
            id=rule_id,
            title=self._text("title", required=True),
            severity=severity,
            about=about,
            learn=self._texts("learn"),
            settings=settings,
            check=check,
            worlds=worlds,
            aliases=self._texts("aliases"),
            file=self._document.file,
            values={setting.name: setting.default for setting in settings},
            **fields,
        )
        if strict and about in KINDS:
            self._mistakes += mistakes_of(rule, self._document)
        if self._mistakes:
            raise CardErrors(self._mistakes)
        return rule

    def _tell(self, message: str, *path: Step, cure: str = "") -> None:
        self._mistakes.append(CardError(message, place=self._document.place(*path), cure=cure))

    def _refuse_strange_keys(self, data: Mapping[Any, Any], known: tuple[str, ...], at: tuple[Step, ...]) -> None:
        for key in data:
            if key not in known:
                self._tell(f"a card has no key {key!r}", *at, key, cure=did_you_mean(str(key), known))

    def _text(self, key: str, *, required: bool = False) -> str:
        value = self._data.get(key)
        if value is None:
            if required:
                self._tell(f"the key {key!r} is missing", cure=f"add `{key}:`")
            return ""
        if not isinstance(value, str):
            self._tell(f"{key!r} must be text, not {_type(value)}", key, cure="put it in quotes")
            return ""
        return value.strip()

    def _texts(self, key: str) -> tuple[str, ...]:
        value = self._data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self._tell(f"{key!r} must be a list of texts", key)
            return ()
        return tuple(value)

    def _severity(self) -> Severity:
        word = self._text("severity", required=True)
        levels = [level.value for level in Severity]
        if word and word not in levels:
            self._tell(f"no severity is called {word!r}", "severity", cure=did_you_mean(word, levels))
        return Severity(word) if word in levels else Severity.MEDIUM

    def _settings(self) -> tuple[Setting, ...]:
        table = self._data.get("settings") or {}
        if not isinstance(table, dict):
            self._tell("'settings' must be a mapping of names", "settings", cure="write `name: {default: …, help: …}`")
            return ()
        settings = []
        for name, body in table.items():
            at = ("settings", name)
            if not isinstance(name, str) or not _SETTING_NAME.fullmatch(name):
                self._tell(f"the setting {name!r} is not a lower-case word", *at)
            elif not isinstance(body, dict) or "default" not in body:
                self._tell(f"the setting {name!r} has no default", *at, cure="write `{default: …, help: …}`")
            else:
                self._refuse_strange_keys(body, ("default", "help"), at)
                settings.append(Setting(name, body["default"], str(body.get("help", ""))))
        return tuple(settings)

    def _check(self, settings: tuple[Setting, ...]) -> Any:
        declares = "require" in self._data
        if self._companion.is_file():
            if declares:
                self._tell("the card has a `require` and a Python file beside it", "require", cure="keep one of them")
            try:
                return load_check(self._companion, settings)
            except CardError as mistake:
                self._mistakes.append(mistake)
        elif not declares:
            cure = f"write a JMESPath line, or {self._companion.name} beside the card"
            self._tell("the card tests nothing: there is no `require`", cure=cure)
        elif "say" not in self._data:
            self._tell("the key 'say' is missing", cure="add the sentence a finding says")
        return None

    def _check_expressions(self, key: str, text: str, settings: tuple[Setting, ...]) -> None:
        """That every expression parses and every `$setting` exists; which facts it reads is `grammar.py`'s matter."""
        values = {setting.name: setting.default for setting in settings}
        sources = (text,) if key in {"when", "require"} else slots(text)
        for source in filter(None, sources):
            for name in settings_in(source):
                if name not in values:
                    self._tell(f"no setting is called {name!r}", key, cure=did_you_mean(name, values))
                    return
            try:
                parse(put_settings(source, values))
            except ExpressionError as mistake:
                self._tell(f"`{source}` is not JMESPath: {mistake}", key)

    def _worlds(self, expect: str) -> list[World]:
        listed = self._data.get(expect) or []
        if not isinstance(listed, list):
            self._tell(f"{expect!r} must be a list of worlds", expect, cure="start each with `- name:`")
            return []
        return [
            world
            for index, body in enumerate(listed)
            if (world := self._world(expect, index, body)) is not None
        ]

    def _world(self, expect: str, index: int, body: Any) -> World | None:
        at: tuple[Step, ...] = (expect, index)
        if not isinstance(body, dict):
            self._tell("a world is a mapping with `name` and `given`", *at)
            return None
        self._refuse_strange_keys(body, WORLD_KEYS, at)
        given = body.get("given") or {}
        if not self._is_given(given, at):
            return None
        gaps = body.get("gaps") or []
        if not isinstance(gaps, list) or not all(self._is_gap(gap, at) for gap in gaps):
            return None
        ids = body.get(_EXPECT_IDS[expect] or "-", [])
        if expect != "good" and (not isinstance(ids, list) or not ids):
            self._tell(f"the world does not say which ids it {_EXPECT_IDS[expect]}", *at, cure="list the exact ids")
            return None
        return World(
            name=str(body.get("name", f"{expect} {index + 1}")),
            expect=expect,
            given=given,
            gaps=tuple(gaps),
            ids=tuple(str(item) for item in ids),
            settings=body.get("settings") or {},
            region=str(body.get("region", "eu-west-1")),
            at=str(body.get("at", "")),
            line=self._document.line(*at),
            index=index,
        )

    def _is_given(self, given: Any, at: tuple[Step, ...]) -> bool:
        if not isinstance(given, dict):
            self._tell("'given' must map kinds to lists of resources", *at, "given")
            return False
        sound = True
        for kind, items in given.items():
            if kind not in KINDS:
                self._tell(f"no kind is called {kind!r}", *at, "given", kind, cure=did_you_mean(str(kind), KINDS))
                sound = False
            elif not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
                self._tell(f"{kind} must be a list of mappings", *at, "given", kind)
                sound = False
        return sound

    def _is_gap(self, gap: Any, at: tuple[Step, ...]) -> bool:
        reasons = [reason.value for reason in GapReason]
        calls = {f"{service}:{name}" for kind in KINDS.values() for service, name in kind.calls}
        if not isinstance(gap, dict) or not set(gap) <= {"call", "reason", "resource"} or "call" not in gap:
            self._tell("a gap is `{call: ec2:DescribeVpcs}`, with `reason` and `resource` where they matter", *at, "gaps")
        elif gap["call"] not in calls:
            self._tell(f"no kind needs the call {gap['call']!r}", *at, "gaps", cure=did_you_mean(gap["call"], calls))
        elif gap.get("reason", "denied") not in reasons:
            self._tell(f"no gap has the reason {gap['reason']!r}", *at, "gaps", cure=did_you_mean(gap["reason"], reasons))
        else:
            return True
        return False


def _type(value: Any) -> str:
    return {dict: "a mapping", list: "a list", bool: "true or false", int: "a number"}.get(type(value), "a value")
