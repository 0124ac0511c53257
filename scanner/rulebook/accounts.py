"""The accounts of a scan: a list in YAML or one account a line, read strictly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from scanner.errors import ConfigError, did_you_mean
from scanner.model.member import ROLE_ARN, Member
from scanner.rulebook.document import Document, Step, read_document

_ACCOUNT = re.compile("[0-9]{12}")
_ROLE_NAME = re.compile(r"[\w+=,.@/-]+")
_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]+")
_PLAIN = re.compile(r"(?:[0-9]{12}\s+[^:\s]+|arn:[^\s]+)(?:\s+[^:\s]+)*")
_KEYS = ("account", "role", "external_id", "regions")
_CURE = "an account is written like {account: '111122223333', role: audit}"


def read_accounts(path: Path) -> tuple[Member, ...]:
    """The accounts of a file; raises `ConfigError` with line and cure.

    A line of a plain list is the ARN of a role, or an account and a role's name, and may name Regions after that. In YAML
    it is a list of ARNs and of mappings with `account`, `role` (a name or an ARN), `external_id` and `regions`.
    """
    if not path.is_file():
        raise ConfigError("there is no such file of accounts", place=str(path), cure="check the path after --accounts")
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise ConfigError("the file of accounts cannot be read", place=str(path), cure="it is text in UTF-8") from None
    written = [(number, line.split("#", 1)[0].strip()) for number, line in enumerate(lines, start=1)]
    filled = [(number, line) for number, line in written if line]
    if filled and re.match(r"[0-9]|arn:", filled[0][1]):
        return distinct(_plain(f"{path}:{number}", line) for number, line in filled)
    document = read_document(path, error=ConfigError)
    data = document.data.get("accounts") if isinstance(document.data, dict) else document.data
    steps: tuple[Step, ...] = ("accounts",) if isinstance(document.data, dict) else ()
    return members_of(document, steps, data)


def members_of(document: Document, path: tuple[Step, ...], value: Any) -> tuple[Member, ...]:
    """The accounts in a list of a document; raises `ConfigError`."""
    if not isinstance(value, list) or not value:
        raise ConfigError("the accounts are a list with at least one", place=document.place(*path), cure=_CURE)
    return distinct(
        member_of(
            item,
            place=document.place(*path, number),
            inner=lambda key, number=number: document.place(*path, number, key),
        )
        for number, item in enumerate(value)
    )


def member_of(item: Any, *, place: str = "", inner: Any = None) -> Member:
    """One account, as text (the ARN of a role) or as a mapping; raises `ConfigError`."""
    if isinstance(item, Member):
        return item
    if isinstance(item, str):
        return _member(item, place=place)
    if not isinstance(item, Mapping):
        raise ConfigError(f"{item!r} is no account", place=place, cure=_CURE)
    where = inner or (lambda _: place)
    for key in item:
        if key not in _KEYS:
            raise ConfigError(f"an account has no key {key!r}", place=where(key), cure=did_you_mean(str(key), _KEYS))
    role = item.get("role")
    if not isinstance(role, str):
        raise ConfigError("an account lacks its role", place=place, cure=_CURE)
    external, regions = item.get("external_id", ""), item.get("regions", [])
    if not isinstance(external, str):
        raise ConfigError(f"external_id cannot be {external!r}", place=where("external_id"), cure="it is text")
    if not isinstance(regions, (list, tuple)) or not all(isinstance(one, str) for one in regions):
        raise ConfigError(f"regions cannot be {regions!r}", place=where("regions"), cure="it is a list of words")
    account = _account(item.get("account", ""), place=where("account"))
    return _member(role, account=account, external_id=external, regions=regions, place=place)


def _account(account: Any, *, place: str) -> str:
    if isinstance(account, int) and not isinstance(account, bool):
        cure = "put the twelve digits in quotes: YAML takes them for a number, and a number loses its zeros"
        raise ConfigError(f"account cannot be {account!r}", place=place, cure=cure)
    if not isinstance(account, str) or (account and not _ACCOUNT.fullmatch(account)):
        raise ConfigError(f"{account!r} is no account", place=place, cure="an account id has twelve digits")
    return account


def distinct(members: Iterable[Member]) -> tuple[Member, ...]:
    """The same accounts; raises `ConfigError` where one comes twice."""
    known: dict[tuple[str, str], Member] = {}
    for member in members:
        earlier = known.setdefault((member.partition, member.account), member)
        if earlier is not member:
            cure = f"leave one of them out (the other is {earlier.role_arn})"
            raise ConfigError(f"the account {member.account} comes twice", place=member.place, cure=cure)
    return tuple(known.values())


def _plain(place: str, line: str) -> Member:
    if not _PLAIN.fullmatch(line):
        cure = "a line is like `111122223333 audit` or `arn:aws:iam::111122223333:role/audit`, with Regions after it"
        raise ConfigError(f"{line!r} is no account", place=place, cure=cure)
    first, *words = line.split()
    role = first if first.startswith("arn:") else words.pop(0)
    return _member(role, account="" if role is first else first, regions=words, place=place)


def _member(
    role: str, *, account: str = "", external_id: str = "", regions: Sequence[str] = (), place: str = ""
) -> Member:
    is_arn = role.startswith("arn:")
    arn = role if is_arn else f"arn:aws:iam::{account}:role/{role}"
    if not ROLE_ARN.fullmatch(arn) or (not is_arn and not _ROLE_NAME.fullmatch(role)):
        missing = (
            "with the account beside it" if not account else "such as audit or arn:aws:iam::111122223333:role/audit"
        )
        raise ConfigError(f"{role!r} is no role", place=place, cure=f"it is the name or the ARN of a role, {missing}")
    for region in regions:
        if not _REGION.fullmatch(region):
            raise ConfigError(f"{region!r} is no AWS Region", place=place, cure="Regions are called like eu-west-1")
    member = Member(arn, external_id, tuple(dict.fromkeys(regions)), place)
    if account and member.account != account:
        raise ConfigError(f"the role {role} is not of the account {account}", place=place, cure="change one of them")
    return member
