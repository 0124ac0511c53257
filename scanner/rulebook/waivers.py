"""Waivers as they are written: read strictly, every mistake told with its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from scanner.errors import ConfigError, ConfigErrors, did_you_mean
from scanner.model import InlineWaiver, Scope, Waiver
from scanner.rulebook.document import Document, Step, read_document

KEY = "waivers"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
FINGERPRINT = re.compile(r"[0-9a-f]{32}")
_REQUIRED = ("rule", "resource", "owner", "reason", "until")
_INLINE = tuple(name for name in _REQUIRED if name != "resource")
_FIELDS = (*_REQUIRED, "fingerprint")

Tell = Callable[[str, str, str], None]
"""Takes the field ("" for the whole waiver), what is wrong with it, and the cure."""


def read_waivers(document: Document, path: tuple[Step, ...], value: Any) -> tuple[Waiver, ...]:
    """The waivers of a list at a place of a document; raises `ConfigErrors` with every mistake in them."""
    if not isinstance(value, list):
        raise ConfigError(f"{KEY} cannot be {value!r}", place=document.place(*path), cure="it is a list of waivers")
    mistakes: list[ConfigError] = []
    waivers: dict[tuple[str, Scope], Waiver] = {}
    for number, entry in enumerate(value):
        here = (*path, number)
        waiver = _waiver(document, here, entry, mistakes)
        if waiver is None:
            continue
        earlier = waivers.setdefault((waiver.rule, waiver.scope), waiver)
        if earlier is not waiver:
            cure = f"keep one of them: the other is at {earlier.place}"
            mistakes.append(ConfigError(f"{waiver.words} is waived twice", place=waiver.place, cure=cure))
    if mistakes:
        raise mistakes[0] if len(mistakes) == 1 else ConfigErrors(mistakes)
    return tuple(waivers.values())


def read_waiver_file(path: Path) -> tuple[Waiver, ...]:
    """The waivers of a file of their own: a list, or a mapping with the key `waivers`; raises `ConfigError`."""
    if not path.is_file():
        raise ConfigError("there is no such file of waivers", place=str(path), cure="check the path after --waivers")
    document = read_document(path, error=ConfigError)
    return read_waivers(document, *waivers_in(document))


def waivers_in(document: Document) -> tuple[tuple[Step, ...], Any]:
    """Where the list of waivers stands in a document, and the list; raises `ConfigError` where there is something else."""
    data = document.data
    if data is None or isinstance(data, list):
        return (), data or []
    if not isinstance(data, dict):
        raise ConfigError("a file of waivers is a list of them", place=document.place(), cure="begin with `waivers:`")
    for key in data:
        if key != KEY:
            cure = "keep waivers there, and the configuration in bastionless.yaml"
            raise ConfigError(f"a file of waivers has no key {key!r}", place=document.place(str(key)), cure=cure)
    listed = data.get(KEY)
    return (KEY,), [] if listed is None else listed


def inline_waiver(written: InlineWaiver) -> Waiver:
    """A waiver that stands beside its resource in a template, checked; raises `ConfigErrors` with every mistake."""
    mistakes: list[ConfigError] = []

    def tell(_: str, message: str, cure: str) -> None:
        mistakes.append(ConfigError(message, place=written.place, cure=cure))

    resource = written.resource
    scope = Scope(id=resource.id, account=resource.account, region=resource.region)
    waiver = _checked(written.fields, _INLINE, _INLINE, scope, written.place, tell, is_inline=True, sign=written.sign)
    if waiver is None:
        raise mistakes[0] if len(mistakes) == 1 else ConfigErrors(mistakes)
    return waiver


def _waiver(document: Document, here: tuple[Step, ...], entry: Any, mistakes: list[ConfigError]) -> Waiver | None:
    def tell(field: str, message: str, cure: str) -> None:
        place = document.place(*here, *(field.split(".") if field else ()))
        mistakes.append(ConfigError(message, place=place, cure=cure))

    if not isinstance(entry, dict):
        tell("", f"a waiver is a mapping, not {entry!r}", f"write {', '.join(_REQUIRED)}")
        return None
    before = len(mistakes)
    single = "fingerprint" in entry
    scope = _fingerprint(entry, tell) if single else _scope(entry["resource"], tell) if "resource" in entry else None
    required = ("fingerprint", "owner", "reason", "until") if single else _REQUIRED
    waiver = _checked(entry, required, _FIELDS, scope or Scope(), document.place(*here), tell)
    return waiver if len(mistakes) == before else None


def _checked(
    entry: Mapping[str, Any],
    required: tuple[str, ...],
    known: tuple[str, ...],
    scope: Scope,
    place: str,
    tell: Tell,
    *,
    is_inline: bool = False,
    sign: str = ":",
) -> Waiver | None:
    """The waiver of an entry whose scope is known already; None where something was told."""
    sound = True
    for name in entry:
        if name not in known:
            tell(str(name), f"a waiver has no field {name!r}", did_you_mean(str(name), known))
            sound = False
    for name in required:
        if name not in entry:
            tell("", f"the waiver lacks {_NAMES.get(name, f'its {name}')}", f"add `{name}{sign}`")
            sound = False
    texts = {name: _text(entry, name, tell) for name in ("rule", "owner", "reason") if name in entry}
    until = _day(entry["until"], tell) if "until" in entry else None
    if not sound or until is None or not all(texts.values()):
        return None
    return Waiver(texts.get("rule", ""), scope, texts["owner"], texts["reason"], until, place, is_inline)


_NAMES = {"until": "the day it expires", "owner": "an owner", "reason": "a reason", "resource": "a resource"}


def _text(entry: Mapping[str, Any], name: str, tell: Tell) -> str:
    value = entry[name]
    if isinstance(value, str) and value.strip():
        return " ".join(value.split())
    tell(
        name, f"{name} cannot be {value!r}", "it is text" if name != "rule" else 'it is an id or a glob, as in "NET0*"'
    )
    return ""


def _day(value: Any, tell: Tell) -> date | None:
    try:
        if isinstance(value, str) and _DATE.fullmatch(value.strip()):
            return date.fromisoformat(value.strip())
    except ValueError:
        tell("until", f"there is no day {value!r}", "write the last day it holds, as in 2027-01-31")
        return None
    tell("until", f"until cannot be {value!r}", "write the last day it holds, as in 2027-01-31")
    return None


def _fingerprint(entry: Mapping[str, Any], tell: Tell) -> Scope | None:
    """A fingerprint stands for the rule and the resource, so neither stands beside it."""
    for name in ("rule", "resource"):
        if name in entry:
            tell(name, f"a waiver with a fingerprint has no {name}", "keep the one or the other")
    value = entry["fingerprint"]
    if not isinstance(value, str) or not FINGERPRINT.fullmatch(value):
        tell("fingerprint", f"fingerprint cannot be {value!r}", "it is 32 hex digits in quotes, as reports have them")
        return None
    return Scope(fingerprint=value)


def _scope(value: Any, tell: Tell) -> Scope | None:
    if isinstance(value, str) and value.strip():
        if value.startswith("arn:"):
            return Scope(arn=value)
        if "*" in value:
            cure = "write an ARN with `*`, or {account: …}, {region: …}, {tag: Key=Value}"
            tell("resource", f"{value!r} is no id, which is taken literally", cure)
            return None
        return Scope(id=value)
    if not isinstance(value, dict) or not value:
        cure = f"it is an id, an ARN, or a mapping with {', '.join(_PARTS)}"
        tell("resource", f"resource cannot be {value!r}", cure)
        return None
    sound = [_told_part(str(name), part, tell) for name, part in value.items()]
    if not all(sound):
        return None
    key, _, word = value.get("tag", "").partition("=")
    return Scope(**{**value, "tag": (key, word) if key else None})


_PARTS: Mapping[str, tuple[re.Pattern[str], str, str]] = {
    "id": (re.compile(".*", re.DOTALL), "", ""),
    "arn": (re.compile("arn:.*", re.DOTALL), "is no ARN", "write one, with `*` for any characters"),
    "tag": (re.compile("[^=]+=.*", re.DOTALL), "is no tag with a value", "write Key=Value"),
    "account": (re.compile("[0-9]{12}"), "is no account id", "it has 12 digits, as in 111122223333"),
    "region": (re.compile("[a-z0-9-]+"), "is no Region", 'it is like eu-west-1, or "global"'),
}
"""What each part of a resource is like, what is said of one that is not, and the cure."""


def _told_part(name: str, part: Any, tell: Tell) -> bool:
    """Whether a part of a resource can be; says so where it cannot."""
    field = f"resource.{name}"
    if name not in _PARTS:
        tell(field, f"a resource has no {name!r}", did_you_mean(name, _PARTS))
        return False
    if not isinstance(part, str) or not part.strip():
        tell(field, f"{field} cannot be {part!r}", "it is text: write it in quotes")
        return False
    pattern, wrong, cure = _PARTS[name]
    if not pattern.fullmatch(part):
        tell(field, f"{field}: {part!r} {wrong}", cure)
        return False
    return True
