"""Finds policies by which others than the network's own people can open the perimeter again, or blind its record."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from scanner.kit import (
    Answer,
    Clear,
    Flag,
    Inventory,
    Licence,
    Licences,
    Principal,
    Reach,
    Resource,
    Undecided,
    Unsure,
    Wide,
    licences_of,
    listed,
    rewrite,
    tag_among,
)

_STRANGE = "none-of-those-that-a-policy-names"


def check(
    inventory: Inventory, *, actions: list[str], allowed: list[str], allowed_tags: list[str], limiting_keys: list[str]
) -> Iterator[Answer]:
    """Each action on its own, then one answer for each document that lets any of them through."""
    contexts = tuple({key.lower(): value for key in limiting_keys} for value in (None, (_STRANGE,)))
    found: dict[Resource, dict[str, list[Reach]]] = {}
    doubts: dict[Resource, str] = {}
    note = ""
    for action, licences in _each(inventory, actions):
        note = licences.note
        for licence in licences.every:
            asked = _asked(licences, licence, allowed, allowed_tags)
            reach = licences.reach(licence, contexts, principals=asked)
            if reach.principals:
                found.setdefault(licence.holder, {}).setdefault(action, []).append(reach)
            elif reach.doubts:
                doubts.setdefault(licence.holder, next(iter(reach.doubts.values())))
    for holder, by_action in found.items():
        yield _flag(holder, by_action, note)
    for holder, why in doubts.items():
        if holder not in found:
            yield Unsure(holder, why)
    for policy in inventory.subjects:
        if policy not in found and policy not in doubts:
            yield Clear(policy, "it opens nothing of the perimeter to anybody who is not meant to")


def _each(inventory: Inventory, actions: list[str]) -> Iterator[tuple[str, Licences]]:
    for action in actions:
        try:
            licences = licences_of(inventory, action)
        except Undecided:
            # Asking about the others, too, leaves whoever is planned to do them in doubt.
            if action == actions[-1]:
                raise
            continue
        yield action, licences


def _asked(licences: Licences, licence: Licence, allowed: list[str], allowed_tags: list[str]) -> list[Principal]:
    """Those who have a statement and are not meant to."""
    if licences.is_administrators(licence):
        return []
    return [
        one
        for one in licence.principals
        if not any(fnmatchcase(one.word, pattern) for pattern in allowed) and not tag_among(one.resource, allowed_tags)
    ]


def _flag(holder: Resource, by_action: dict[str, list[Reach]], note: str) -> Flag:
    reaches: dict[object, Reach] = {}
    for reach in (reach for some in by_action.values() for reach in some):
        reaches.setdefault(reach.licence.statement, reach)
    wide = Wide(holder, tuple(reaches.values()), note)
    message = f"{wide.words} lets {wide.whom} open the perimeter: {listed(by_action, most=4)}"
    because = (*wide.because, f"actions: {', '.join(by_action)}")
    return Flag(holder, message, because, fix=rewrite(wide, {**_DENY, "Action": list(by_action)}, why=_WHY))


_WHY = "Take these actions out, or deny them to all but the network's own roles (best by a service control policy)"
_DENY = {
    "Effect": "Deny",
    "Resource": "*",
    "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/<network-*>"}},
}
