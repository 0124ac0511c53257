"""Rules about what policies allow: one answer for each document, with its statements and everybody they reach as evidence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scanner.model import Answer, Aside, Clear, Flag, Resource, Unsure, View
from scanner.policy.documents import Statement
from scanner.policy.licences import Licence, Licences, Reach
from scanner.policy.principals import GROUP, MANAGED_POLICY, directory_of
from scanner.policy.words import block_of, conditions_in_words

_MOST_NAMED = 5
_MOST_LISTED = 30
_MOST_LETTERS = 300

Judge = Callable[[Licence], Reach | None]
"""Whom a licence reaches wrongly; None where the rule is not about it."""


@dataclass(frozen=True, slots=True)
class Wide:
    """A document that lets too much through: its holder, and whom each of its statements reaches.

    `reaches` are of those statements alone that reach somebody.
    """

    holder: Resource
    reaches: tuple[Reach, ...]
    note: str

    @property
    def principals(self) -> tuple[str, ...]:
        """Everybody it reaches ("role/ops"), once."""
        return tuple(dict.fromkeys(one.word for reach in self.reaches for one in reach.principals))

    @property
    def whom(self) -> str:
        """Everybody it reaches, in the middle of a sentence."""
        return in_a_row(self.principals, most=_MOST_NAMED)

    @property
    def words(self) -> str:
        """The document at the beginning of a sentence: "the policy any-tunnel", "the inline policy build"."""
        if self.holder.kind == MANAGED_POLICY:
            return f"the policy {self.holder.id}"
        names = dict.fromkeys(reach.licence.statement.place.document or "a policy" for reach in self.reaches)
        told = f"the inline policy {in_a_row(tuple(names), most=_MOST_NAMED)}"
        # A user's or a role's reaches nobody else, and the sentence goes on with its name.
        return f"{told} of group/{self.holder.id}" if self.holder.kind == GROUP else told

    @property
    def because(self) -> tuple[str, ...]:
        """The statements in their places, what denies a part, whom they reach, and what was not weighed."""
        limits = dict.fromkeys(one for reach in self.reaches for one in reach.limits)
        lines = [told_statement(reach.licence.statement) for reach in self.reaches]
        lines += [f"a part is denied: {told_statement(one)}" for one in limits]
        lines += [f"it reaches {in_a_row(self.principals, most=_MOST_LISTED)}", *([self.note] if self.note else [])]
        return tuple(dict.fromkeys(lines))


def answers_about(
    inventory: View,
    licences: Licences,
    judge: Judge,
    say: Callable[[Wide], Flag],
    *,
    fine: Callable[[Licence], str] = lambda _: "",
) -> Iterator[Answer]:
    """One answer for each managed policy, and one for each user, group or role whose inline policies are not in order.

    `say` makes the flag; `fine` tells of a statement that passes what is to be known all the same.
    """
    held: dict[Resource, list[Licence]] = {}
    for licence in licences.every:
        held.setdefault(licence.holder, []).append(licence)
    for holder, own in held.items():
        reaches = [reach for reach in map(judge, own) if reach is not None]
        wide = tuple(reach for reach in reaches if reach.principals)
        doubts = [why for reach in reaches for why in reach.doubts.values()]
        if wide:
            yield say(Wide(holder, wide, licences.note))
        elif doubts:
            yield Unsure(holder, doubts[0])
        elif holder.kind == MANAGED_POLICY:
            notes = tuple(dict.fromkeys(note for one in own for note in (fine(one),) if note))
            yield Clear(holder, notes or (f"nothing in it lets {licences.action} through in that way",))
    in_use = _in_use(inventory)
    for policy in inventory.subjects:
        if policy not in held:
            if policy.arn in in_use:
                yield Clear(policy, f"no statement of it allows {licences.action}")
            else:
                yield Aside(policy, "no user, group or role has it")


def _in_use(inventory: View) -> frozenset[str]:
    holders = (*(one.resource for one in directory_of(inventory).principals), *inventory.of(GROUP))
    lists = (one.get("AttachedManagedPolicies") for one in holders)
    return frozenset(
        str(policy.get("PolicyArn", ""))
        for attached in lists
        if isinstance(attached, (list, tuple))
        for policy in attached
        if isinstance(policy, Mapping)
    )


def told_statement(statement: Statement) -> str:
    """A statement as evidence: its place, what it says of actions and resources, and its conditions."""
    core = statement.core
    effect = {True: "Allow", False: "Deny", None: "an unreadable effect on"}[core.allows]
    parts = [f"{effect} {_element(core.actions, 'Action')}", f"on {_element(core.resources, 'Resource')}"]
    if core.clauses:
        parts.append(f"with Condition {_shortened(json.dumps(block_of(core.clauses), sort_keys=True))}")
    else:
        parts.append("without a Condition")
    return f"{statement.place}: {' '.join(parts)}"


def conditions_of(reaches: Iterable[Reach]) -> str:
    """The conditions that are left, in words; "" where a statement has none."""
    words = dict.fromkeys(conditions_in_words(reach.licence.statement.core.clauses) for reach in reaches)
    return "" if "" in words else " or ".join(words)


def in_a_row(words: Sequence[str], *, most: int) -> str:
    """Words in a sentence; of more than `most` the number of those left out is told."""
    told = list(words) if len(words) <= most else [*words[:most], f"{len(words) - most} more"]
    return f"{', '.join(told[:-1])} and {told[-1]}" if len(told) > 1 else "".join(told)


def _element(element: object, name: str) -> str:
    texts: tuple[str, ...] = getattr(element, "texts", ())
    if element is None:
        return f"a {name} that cannot be read"
    prefix = f"Not{name} " if getattr(element, "is_inverted", False) else ""
    return f"{prefix}{_shortened(in_a_row(texts, most=_MOST_NAMED))}"


def _shortened(text: str) -> str:
    return text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS]}…"
