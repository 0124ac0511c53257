"""A new card that loads, passes its own worlds, and only waits for its author's thought."""

from __future__ import annotations

import re
from pathlib import Path

from scanner.aws.build import ALWAYS
from scanner.aws.kinds import Kind
from scanner.aws.table import KINDS
from scanner.errors import OutputError, UsageError, did_you_mean
from scanner.rulebook.card import ID
from scanner.rulebook.document import read_document
from scanner.rulebook.shelf import load_rules

_CARD = """\
# One thought in one file. `bastionless rules test {folder}` plays the worlds below;
# `bastionless scan --rules {folder} --select {id}` asks the rule of your account.
id: {id}
title: "{title}"
severity: medium              # info, low, medium, high, critical
about: {about}
why: |
  Say what can happen, in two sentences.
fix: |
  Say what to do about {{{id_field}}}.
learn: []
settings:
  allowed: {{default: [], help: Ids that may stay as they are.}}
{test}
good:
  - name: it is allowed
    given: {{{about}: [{{{id_field}: {sample}-1}}]}}
    settings: {{allowed: [{sample}-1]}}
bad:
  - name: it is not
    given: {{{about}: [{{{id_field}: {sample}-2}}]}}
    flags: [{sample}-2]
unknown:
  - name: nobody may list them
    gaps: [{{call: {call}}}]
    unsure: [eu-west-1]
"""

_DECLARED = """\
require: contains($allowed, {id_field})
say: "{{{id_field}}} is not on the list\""""

_PYTHON = '''\
"""{title}."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import Answer, Flag, Inventory


def check(inventory: Inventory, *, allowed: list[str]) -> Iterator[Answer]:
    """Flags what is not allowed; what it does not flag passes."""
    for resource in inventory.subjects:
        with inventory.judging(resource):
            if resource.id not in allowed:
                yield Flag(resource, f"{{resource.label}} is not on the list", because=f"allowed is {{allowed!r}}")
'''


_FLAW = re.compile(r"[a-z][a-z0-9_-]*")


def start_card(path: Path, *, about: str, rule_id: str, python: bool) -> tuple[Path, ...]:
    """Writes the card (and the Python beside it); raises `UsageError` for names that cannot be, `OutputError` for files."""
    listed = [name for name, kind in KINDS.items() if _has_plain_ids(kind)]
    if about not in listed:
        raise UsageError(f"--about: no kind to list is called {about!r}", cure=did_you_mean(about, listed))
    if not ID.fullmatch(rule_id):
        raise UsageError(f"--id: {rule_id!r} is not capital letters and digits", cure="write it like ACME001")
    if path.suffix != ".yaml" or not _FLAW.fullmatch(path.stem):
        cure = "name it for the flaw it finds, like open_door.yaml"
        raise UsageError(f"{path.name!r} is no name of a card", cure=cure)
    kind = KINDS[about]
    title = re.sub("[_-]", " ", path.stem).capitalize()
    test = "" if python else _DECLARED.format(id_field=kind.id)
    card = _CARD.format(
        id=rule_id, title=title, about=about, id_field=kind.id, call=kind.call, folder=path.parent, test=test,
        sample=about.rpartition("::")[2].lower(),
    )  # fmt: skip
    files = {path: card.replace("\n\ngood:", "\ngood:")}
    if python:
        files[path.with_suffix(".py")] = _PYTHON.format(title=title)
    for file in files:
        if file.exists():
            raise OutputError("the file is already there", place=str(file), cure="choose another name")
    owner = _owner_of(rule_id, path.parent)
    if owner:
        raise UsageError(f"--id: {rule_id} is taken by {owner}", cure="choose another one")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for file, text in files.items():
            file.write_text(text, encoding="utf-8")
    except OSError as failure:
        raise OutputError(f"it cannot be written ({failure.strerror})", place=str(path)) from failure
    return tuple(files)


def _owner_of(rule_id: str, folder: Path) -> str:
    """The card that has the id already, built in or in the folder of the new one, or ""."""
    for rule in load_rules(brief=True):
        if rule_id in (rule.id, *rule.aliases):
            return rule.file
    for card in sorted(folder.rglob("*.y*ml")) if folder.is_dir() else ():
        try:
            data = read_document(card).data
        except UsageError:  # what cannot be read has no id, and `rules test` tells of it
            continue
        if isinstance(data, dict) and rule_id in (data.get("id"), *_listed(data.get("aliases"))):
            return str(card)
    return ""


def _listed(aliases: object) -> list[object]:
    return aliases if isinstance(aliases, list) else []


def _has_plain_ids(kind: Kind) -> bool:
    """Whether a resource of this kind is made up by naming one fact; accounts and Regions are there anyway."""
    return bool(kind.id and "{" not in kind.id and kind.operation and kind.name not in ALWAYS)
