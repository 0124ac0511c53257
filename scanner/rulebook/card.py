"""One card: from YAML to a rule, with every mistake collected instead of the first one thrown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scanner.aws.table import KINDS
from scanner.errors import CardError, CardErrors, did_you_mean
from scanner.expression import ExpressionError, parse, put_settings, settings_in, slots, strange_calls
from scanner.model import Check, Rule, Setting, Severity
from scanner.rulebook.companion import LateCheck, load_check
from scanner.rulebook.document import Document, read_document
from scanner.rulebook.grammar import mistakes_of
from scanner.rulebook.limits import KEYS as LIMITS
from scanner.rulebook.limits import read_limits
from scanner.rulebook.remarks import Remarks
from scanner.rulebook.world import EXPECTATIONS, read_worlds

KEYS = (
    "id", "title", "severity", "about", "why", "fix", "learn", "settings", "when", "require", "say",
    "good", "bad", "unknown", "since", "aliases", "retired",
)  # fmt: skip
ID = re.compile(r"[A-Z]{2,12}[0-9]{3,4}")
SETTING_NAME = re.compile(r"[a-z][a-z0-9_]*")
FOLLOWED = re.compile(rf"{ID.pattern}\.{SETTING_NAME.pattern}")


def read_card(path: Path, *, strict: bool = False) -> Rule:
    """The rule of a card and of the Python beside it; raises `CardErrors` with every mistake found.

    `strict` also holds every fact the card names against botocore's model, which costs a tenth of a second.
    """
    document = read_document(path)
    if not isinstance(document.data, dict):
        raise CardErrors(
            [CardError("a card is a mapping of keys", place=document.place(), cure=f"start with {KEYS[0]}:")]
        )
    return _CardReader(document, path).rule(strict=strict)


def recall_card(path: Path, data: Mapping[str, Any]) -> Rule:
    """The rule of a card that was found free of mistakes before, from its keys; it has no worlds.

    The Python beside it is loaded when the rule is asked for the first time.
    """
    return _CardReader(Document(str(path), data, None), path, recalled=True).rule(strict=False)


class _CardReader:
    """Reads one document; every method tells what is wrong in its part and answers with what there is."""

    def __init__(self, document: Document, path: Path, *, recalled: bool = False) -> None:
        self._document = document
        self._recalled = recalled
        self._data: dict[str, Any] = document.data
        self._companion = path.with_suffix(".py")
        self._remarks = Remarks(document)

    def rule(self, *, strict: bool) -> Rule:
        self._remarks.refuse_strange_keys(self._data, KEYS, noun="a card")
        settings = self._settings()
        names = [setting.name for setting in settings]
        worlds = [
            world
            for expect in EXPECTATIONS
            for world in read_worlds(self._data.get(expect) or [], expect, settings=names, remarks=self._remarks)
        ]
        rule = Rule(
            id=self._id(),
            title=self._text("title", required=True),
            severity=self._severity(),
            about=self._about(),
            why=self._text("why"),
            fix=self._expressions("fix", settings),
            learn=self._texts("learn"),
            settings=settings,
            when=self._expressions("when", settings),
            require=self._expressions("require", settings),
            say=self._expressions("say", settings),
            check=self._check(settings),
            worlds=tuple(worlds),
            since=self._text("since"),
            aliases=self._aliases(),
            retired=self._text("retired"),
            file=self._document.file,
            values={setting.name: setting.default for setting in settings},
        )
        mistakes = self._remarks.mistakes
        if strict and rule.about in KINDS:
            mistakes += mistakes_of(rule, self._document)
        if mistakes:
            raise CardErrors(mistakes)
        return rule

    def _text(self, key: str, *, required: bool = False) -> str:
        value = self._data.get(key)
        if value is not None and not isinstance(value, str):
            self._remarks.tell(f"{key!r} must be text, not {_type(value)}", key, cure="put it in quotes")
            return ""
        text = (value or "").strip()
        if required and not text:
            self._remarks.tell(
                f"the key {key!r} is {'empty' if key in self._data else 'missing'}", key, cure=f"add `{key}:`"
            )
        return text

    def _texts(self, key: str) -> tuple[str, ...]:
        value = self._data.get(key) or []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self._remarks.tell(f"{key!r} must be a list of texts", key, cure=f"write `{key}: [one, another]`")
            return ()
        return tuple(value)

    def _id(self) -> str:
        word = self._text("id", required=True)
        if word and not ID.fullmatch(word):
            self._remarks.tell(f"the id {word!r} is not capital letters and digits", "id", cure="write it like NET001")
        return word

    def _aliases(self) -> tuple[str, ...]:
        aliases = self._texts("aliases")
        for word in aliases:
            if not ID.fullmatch(word):
                complaint = f"the alias {word!r} is not capital letters and digits"
                self._remarks.tell(complaint, "aliases", cure="write it like NET001")
        return aliases

    def _about(self) -> str:
        kind = self._text("about", required=True)
        if kind and kind not in KINDS:
            self._remarks.tell(f"no kind is called {kind!r}", "about", cure=did_you_mean(kind, KINDS))
        return kind

    def _severity(self) -> Severity:
        word = self._text("severity", required=True)
        levels = [level.value for level in Severity]
        if word and word not in levels:
            self._remarks.tell(f"no severity is called {word!r}", "severity", cure=did_you_mean(word, levels))
        return Severity(word) if word in levels else Severity.MEDIUM

    def _settings(self) -> tuple[Setting, ...]:
        table = self._data.get("settings") or {}
        if not isinstance(table, dict):
            cure = "write `name: {default: …, help: …}`"
            self._remarks.tell("'settings' must be a mapping of names", "settings", cure=cure)
            return ()
        settings = []
        for name, body in table.items():
            if not isinstance(name, str) or not SETTING_NAME.fullmatch(name):
                self._remarks.tell(f"the setting {name!r} is not a lower-case word", "settings", name)
            elif not isinstance(body, dict) or "default" not in body:
                cure = "write `{default: …, help: …}`"
                self._remarks.tell(f"the setting {name!r} has no default", "settings", name, cure=cure)
                settings.append(Setting(name, None))  # so that those who ask for it are not told that it is not there
            else:
                keys = ("default", "help", *LIMITS, "follows")
                self._remarks.refuse_strange_keys(body, keys, "settings", name, noun="a setting")
                limits = read_limits(body, name, self._remarks)
                settings.append(
                    Setting(name, body["default"], str(body.get("help") or ""), limits, self._follows(name, body))
                )
        return tuple(settings)

    def _follows(self, name: str, body: dict[str, Any]) -> str:
        other = body.get("follows", "")
        if other and not (isinstance(other, str) and FOLLOWED.fullmatch(other)):
            message = f"the setting {name!r} cannot follow {other!r}"
            self._remarks.tell(message, "settings", name, "follows", cure="write it like NET003.admin_ports")
            return ""
        return str(other or "")

    def _check(self, settings: tuple[Setting, ...]) -> Check | None:
        has_test = bool(self._data.get("require"))
        if self._companion.is_file():
            if has_test:
                cure = "keep one of them"
                self._remarks.tell("the card has a `require` and a Python file beside it", "require", cure=cure)
            try:
                return LateCheck(self._companion, settings) if self._recalled else load_check(self._companion, settings)
            except CardError as mistake:
                self._remarks.mistakes.append(mistake)
        elif not has_test:
            cure = f"write a JMESPath line, or {self._companion.name} beside the card"
            self._remarks.tell("the card tests nothing: there is no `require`", "require", cure=cure)
        elif not self._data.get("say"):
            self._remarks.tell("the key 'say' is missing", "say", cure="add the sentence a finding says")
        return None

    def _expressions(self, key: str, settings: tuple[Setting, ...]) -> str:
        """A text whose expressions parse and whose `$settings` exist; the facts they read are `grammar.py`'s matter."""
        text = self._text(key)
        if self._recalled:
            return text
        values = {setting.name: setting.default for setting in settings}
        for source in filter(None, (text,) if key in {"when", "require"} else slots(text)):
            strange = [name for name in settings_in(source) if name not in values]
            for name in strange:
                cure = did_you_mean(name, values) or "declare it under `settings:`"
                self._remarks.tell(f"no setting is called {name!r}", key, cure=cure)
            if strange:
                continue
            try:
                tree = parse(put_settings(source, values))
            except ExpressionError as mistake:
                self._remarks.tell(f"`{source}` is not JMESPath: {mistake}", key)
                continue
            for message, cure in strange_calls(tree):
                self._remarks.tell(message, key, cure=cure)
        return text


def _type(value: Any) -> str:
    return {dict: "a mapping", list: "a list", bool: "true or false", int: "a number"}.get(type(value), "a value")
