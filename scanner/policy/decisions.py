"""Whether a principal may do something: the order in which AWS weighs policies, over one concrete request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html: an explicit deny anywhere ends
it; then every layer above the principal has to allow, and so has the principal's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from scanner.errors import UsageError
from scanner.model import Undecided, Unknown, View
from scanner.policy.facts import Facts, target_of
from scanner.policy.layers import NOT_SEEN, Judged, Layer, about, facts_about, foreign_keys, layers_of, notes_about
from scanner.policy.organizations import organization_of
from scanner.policy.patterns import Lookup
from scanner.policy.places import Place
from scanner.policy.principals import directory_of
from scanner.policy.requests import ContextValue, check_action, given_context, lookup_of
from scanner.policy.truths import either
from scanner.policy.words import conditions_in_words


class Ruling(Enum):
    """How a request ends."""

    ALLOWED = "allowed"
    EXPLICITLY_DENIED = "explicitly denied"
    IMPLICITLY_DENIED = "implicitly denied"
    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer about one request.

    `statements` are the places of the statements that decided: those that deny, or those that allow in each layer.
    `reasons` say which layer does not allow, or why the answer is unknown. `notes` say what was not weighed ("SCP not
    evaluated: …") and which conditions ask for what such a request never carries.
    """

    verdict: Ruling
    principal: str
    action: str
    resource: str
    statements: tuple[Place, ...] = ()
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_allowed(self) -> bool:
        """Whether the request is let through, as far as policies were seen."""
        return self.verdict is Ruling.ALLOWED


def decide(
    view: View,
    *,
    principal: str,
    action: str,
    resource: str | Sequence[str] = "*",
    context: Mapping[str, ContextValue] | None = None,
) -> Decision:
    """Whether a principal may do an action on a resource, in a context.

    Args:
        view: The inventory; users, roles, groups and policies it could not read whole make the answer *unknown*.
        principal: An ARN, "user/name" or "role/name".
        action: "service:Operation".
        resource: An ARN, the id of an instance or an EC2 Instance Connect Endpoint, or several where one request needs
            all of them (an instance and a document for ssm:StartSession); "*" for actions without resources.
        context: Condition keys and their values. What is not in it, and not known from the inventory, the request does
            not carry; but it comes over TLS, not through a service, and at the time of the inventory.

    Raises:
        UsageError: There is no such principal, or a word of the request means nothing.
    """
    check_action(action)
    given = given_context(context or {})
    words = (resource,) if isinstance(resource, str) else tuple(resource)
    if not words:
        raise UsageError("a request is about a resource", cure='say "*" for an action without one')
    try:
        directory = directory_of(view)
    except Undecided as doubt:
        return Decision(Ruling.UNKNOWN, principal, action, ", ".join(words), reasons=(doubt.reason,), notes=(NOT_SEEN,))
    who = directory.named(principal)
    organization = organization_of(view)
    layers = layers_of(directory, organization, who)
    answers: list[Decision] = []
    for word in words:
        target = target_of(view, word)
        facts = facts_about(directory, organization, who, target, account=view.account, action=action)
        answers.append(_ruled(layers, facts, lookup_of(facts, given, now=view.now), action))
    return _joined(answers, notes_about(organization, who, action))


_RANK = {Ruling.EXPLICITLY_DENIED: 3, Ruling.IMPLICITLY_DENIED: 2, Ruling.UNKNOWN: 1, Ruling.ALLOWED: 0}


def _ruled(layers: Sequence[Layer], facts: Facts, lookup: Lookup, action: str) -> Decision:
    arn = facts.target.arn
    seen = [list(about(layer.documents, action, arn, lookup)) for layer in layers]
    notes = dict.fromkeys(note for found in seen for one, _ in found for note in foreign_keys(one, action))
    verdict, places, reasons = _weighed(layers, seen)
    return Decision(verdict, facts.principal.arn, action, arn, places, reasons, tuple(notes))


def _weighed(
    layers: Sequence[Layer], seen: Sequence[Sequence[Judged]]
) -> tuple[Ruling, tuple[Place, ...], tuple[str, ...]]:
    """The ruling, the places that decided, and the reasons."""
    denying = [(one.place, truth) for found in seen for one, truth in found if one.core.allows is not True]
    denied = either(truth for _, truth in denying)
    if denied is True:
        return Ruling.EXPLICITLY_DENIED, tuple(place for place, truth in denying if truth is True), ()
    allowing = [[(one, truth) for one, truth in found if one.core.allows is not False] for found in seen]
    allowed = [either(truth for _, truth in found) for found in allowing]
    closed = [place for place, truth in enumerate(allowed) if truth is False]
    if closed:
        reasons = (reason for place in closed for reason in _missing(layers[place], allowing[place]))
        return Ruling.IMPLICITLY_DENIED, (), tuple(reasons)
    doubts = tuple(truth.why for truth in (denied, *allowed) if isinstance(truth, Unknown))
    if doubts:
        return Ruling.UNKNOWN, (), doubts
    places = (one.place for found in allowing for one, truth in found if truth is True)
    return Ruling.ALLOWED, tuple(dict.fromkeys(places)), ()


def _missing(layer: Layer, found: Iterable[Judged]) -> Iterator[str]:
    """Why a layer does not allow, and what it would have allowed."""
    yield f"no {layer.name} allows it"
    for one, _ in found:
        yield f"{one.place} would allow it: {conditions_in_words(one.core.clauses)}"


def _joined(answers: Sequence[Decision], notes: Iterable[str]) -> Decision:
    """The answers about every resource of one request: all of them have to be allowed."""
    worst = max(answers, key=lambda answer: _RANK[answer.verdict])
    alike = [answer for answer in answers if answer.verdict is worst.verdict]
    return Decision(
        worst.verdict,
        worst.principal,
        worst.action,
        ", ".join(answer.resource for answer in alike),
        tuple(dict.fromkeys(place for answer in alike for place in answer.statements)),
        tuple(dict.fromkeys(reason for answer in alike for reason in answer.reasons)),
        tuple(dict.fromkeys((*notes, *(note for answer in answers for note in answer.notes)))),
    )
