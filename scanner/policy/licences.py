"""Each statement that allows an action by itself: whom it reaches in spite of every denial, boundary and SCP.

What a principal may do is one question (`who_may`); which document has to be changed is another, and this one is its: a
statement is put alone in the place of the principal's own policies, and everything else stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from scanner.model import Resource, Undecided, Unknown, View
from scanner.policy.conditions import FOR_ALL, Clause
from scanner.policy.documents import Document, Statement
from scanner.policy.facts import Fact, Facts, Target
from scanner.policy.formulas import Access, Formula, Part
from scanner.policy.keys import OPEN_TUNNEL_ACTION, SEND_KEY_ACTION, Key
from scanner.policy.layers import facts_about, layers_of
from scanner.policy.operators import Family
from scanner.policy.organizations import organization_of
from scanner.policy.patterns import Values
from scanner.policy.places import DocumentKind
from scanner.policy.principals import GROUP, MANAGED_POLICY, ROLE, USER, Principal, directory_of, inline_documents
from scanner.policy.problems import Kept, lookup_of_known
from scanner.policy.scopes import Scope, Shape, scopes_of
from scanner.policy.search import Found, search

Context = Mapping[str, Values | None]
"""What a request carries under some keys (in small letters); None says that it lacks the key. The others are free."""

ANYHOW: tuple[Context, ...] = ({},)
_TAG_PREFIXES = ("aws:resourcetag/", "ec2:resourcetag/", "ssm:resourcetag/")
_OWN = "identity-based policy"


@dataclass(frozen=True, slots=True, eq=False)
class Licence:
    """A statement that allows an action (or may: nobody can read it) and those who have it.

    `holder` is the managed policy, or the user, group or role whose inline policy it is. Service-linked roles are left out.
    """

    statement: Statement
    holder: Resource
    principals: tuple[Principal, ...]

    @property
    def is_for_everything(self) -> bool:
        """Whether it is an administrator's: every action on every resource, under whatever conditions."""
        actions, resources = self.statement.core.actions, self.statement.core.resources
        return (
            actions is not None
            and resources is not None
            and not (actions.is_inverted or resources.is_inverted)
            and bool({"*", "*:*"} & set(actions.texts))
            and "*" in resources.texts
        )


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Whom a licence reaches in the contexts that were asked about.

    `doubts` say of whom nobody knows, and why. `limits` are the statements that deny a part of it.
    """

    licence: Licence
    principals: tuple[Principal, ...] = ()
    doubts: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Stack:
    """What stands above and beside a statement, for everybody who has the same documents about the action."""

    denies: tuple[Statement, ...]
    layers: tuple[tuple[Statement, ...], ...]
    keys: tuple[str, ...]
    is_varied: bool


class Licences:
    """The licences of one action. Raises `Undecided` where IAM was not read whole."""

    def __init__(self, view: View, action: str) -> None:
        self._directory = directory_of(view)
        self._organization = organization_of(view)
        self._account = view.account
        self.action = action
        self._shape = Shape.of(action, partition=view.place.partition, account=view.account)
        self._holders: dict[str, Resource] = {one.arn: one for one in view.of(MANAGED_POLICY)}
        for kind, noun in ((USER, "user"), (GROUP, "group"), (ROLE, "role")):
            self._holders.update({f"{noun}/{one.id}": one for one in view.of(kind)})
        self._about: dict[Document, tuple[Statement, ...]] = {}
        self._stacks: dict[object, _Stack] = {}
        self._stack_of: dict[str, _Stack] = {}
        self._parts: dict[tuple[int, str], tuple[tuple[Part, ...], tuple[tuple[Part, ...], ...]]] = {}
        self._found: dict[object, Found] = {}
        self._kept: Kept = {}
        self.note = self._organization.note
        self.every = tuple(self._read())
        self._of_administrators = {
            replace(one.statement.place, position=0, sid="")
            for one in self.every
            if one.is_for_everything and not one.statement.core.clauses
        }

    def is_administrators(self, licence: Licence) -> bool:
        """Whether a statement allows everything, or stands beside one that does: narrowing it would change nothing."""
        document = replace(licence.statement.place, position=0, sid="")
        return licence.is_for_everything or document in self._of_administrators

    def reach(
        self,
        licence: Licence,
        contexts: Sequence[Context] = ANYHOW,
        *,
        principals: Iterable[Principal] | None = None,
        only_wide: bool = False,
        untagged: bool = False,
    ) -> Reach:
        """Whom a licence reaches in at least one of some contexts.

        `only_wide` asks about scopes that name no certain resource; `untagged` about resources without any tag.
        """
        reached: list[Principal] = []
        doubts: dict[str, str] = {}
        limits: dict[Statement, None] = {}
        for principal in licence.principals if principals is None else principals:
            doubt = ""
            for found, stack in self._tries(principal, licence, contexts, only_wide=only_wide, untagged=untagged):
                if found.access in (Access.ALLOWED, Access.CONDITIONAL):
                    reached.append(principal)
                    limits.update(dict.fromkeys(stack.denies[number - 1] for number in found.limits if number > 0))
                    doubt = ""
                    break
                if found.access is Access.UNKNOWN:
                    doubt = doubt or self._reason(licence, found, stack)
            if doubt:
                doubts[principal.word] = doubt
        return Reach(licence, tuple(reached), doubts, tuple(limits))

    def _read(self) -> Iterator[Licence]:
        """Every statement once, with all who have it."""
        found: dict[Statement, list[Principal]] = {}
        for principal in self._directory.principals:
            if principal.is_service_linked:
                continue
            for document in self._directory.identity(principal):
                for statement in self._statements(document):
                    if statement.core.allows is not False:
                        found.setdefault(statement, []).append(principal)
        for statement, principals in found.items():
            place = statement.place
            known = place.document if place.kind is DocumentKind.MANAGED else place.holder
            # A policy that was not read is no resource of the inventory: then its first holder answers for it.
            yield Licence(statement, self._holders.get(known, principals[0].resource), tuple(principals))

    def _statements(self, document: Document) -> tuple[Statement, ...]:
        found = self._about.get(document)
        if found is None:
            found = tuple(one for one in document.statements if one.core.about_action(self.action) is not False)
            self._about[document] = found
        return found

    def _stack(self, principal: Principal) -> _Stack:
        found = self._stack_of.get(principal.arn)
        if found is None:
            layers = [
                (
                    layer.name == _OWN,
                    [statement for document in layer.documents for statement in self._statements(document)],
                )
                for layer in layers_of(self._directory, self._organization, principal)
            ]
            key = tuple((is_own, tuple(layer)) for is_own, layer in layers)
            found = self._stacks.get(key) or self._stacks.setdefault(key, _stacked(layers))
            self._stack_of[principal.arn] = found
        return found

    def _tries(
        self, principal: Principal, licence: Licence, contexts: Sequence[Context], *, only_wide: bool, untagged: bool
    ) -> Iterator[tuple[Found, _Stack]]:
        stack = self._stack(principal)
        core = licence.statement.core
        facts = self._facts(principal, Target("*"))
        for scope in self._scopes(licence, stack, facts, only_wide=only_wide):
            facts = self._facts(principal, scope.target(untagged=untagged))
            denies, layers = self._placed(stack, facts)
            lookup = lookup_of_known(facts)
            own = Part(0, core, core.about_resource(scope.arn, lookup))
            keys = dict.fromkeys((*stack.keys, *_keys((licence.statement,))))
            known = tuple(_frozen(facts(key)) for key in keys)
            for context in contexts:
                signature = (core, _frozen(own.about), id(stack), scope.arn, untagged, known, tuple(context.items()))
                found = self._found.get(signature)
                if found is None or stack.is_varied:
                    formula = Formula(denies, ((own,), *layers))
                    found = search([formula], [_in_context(facts, context)], kept=self._kept)
                    self._found[signature] = found
                yield found, stack

    def _scopes(self, licence: Licence, stack: _Stack, facts: Facts, *, only_wide: bool) -> Iterator[Scope]:
        """The statement's own scopes, then those of what narrows it: only there is it left."""
        lookup = lookup_of_known(facts)
        core = licence.statement.core
        own = scopes_of(core, self._shape, lookup)
        yield from (scope for scope in own if scope.is_wide or not only_wide)
        if only_wide:
            return
        around = [one for layer in stack.layers for one in layer]
        around += [one for one in stack.denies if one.core.resources is not None and one.core.resources.is_inverted]
        told = set(own)
        for one in around:
            for scope in scopes_of(one.core, self._shape, lookup, as_named=True):
                if scope not in told and core.about_resource(scope.arn, lookup) is not False:
                    told.add(scope)
                    yield scope

    def _placed(self, stack: _Stack, facts: Facts) -> tuple[tuple[Part, ...], tuple[tuple[Part, ...], ...]]:
        """The denials and the other layers as they are about one resource."""
        key = (id(stack), facts.target.arn)
        if key in self._parts and not stack.is_varied:
            return self._parts[key]
        lookup = lookup_of_known(facts)
        number = iter(range(1, 1_000_000))

        def parts(statements: Sequence[Statement]) -> tuple[Part, ...]:
            placed = (
                Part(next(number), one.core, one.core.about_resource(facts.target.arn, lookup)) for one in statements
            )
            return tuple(part for part in placed if part.about is not False)

        self._parts[key] = (parts(stack.denies), tuple(parts(layer) for layer in stack.layers))
        return self._parts[key]

    def _facts(self, principal: Principal, target: Target) -> Facts:
        return facts_about(
            self._directory, self._organization, principal, target, account=self._account, action=self.action
        )

    def _reason(self, licence: Licence, found: Found, stack: _Stack) -> str:
        every = (licence.statement, *stack.denies, *(one for layer in stack.layers for one in layer))
        told = (f"{every[number].place}: {why}" if number >= 0 else why for number, why in found.doubts)
        return next(told, "its conditions cannot be weighed")


def licences_of(view: View, action: str) -> Licences:
    """The licences of an action, read once for all rules that ask; raises `Undecided` where IAM was not read whole.

    Then what is planned and would allow the action is left in doubt, be it a managed policy or not.
    """
    make = _SHARED.get(action)
    try:
        return view.shared(make) if make else Licences(view, action)
    except Undecided as doubt:
        for holder in _planned_holders(view, action):
            view.undecided.setdefault(holder, doubt.reason)
        raise


def _planned_holders(view: View, action: str) -> Iterator[Resource]:
    """The planned users, groups and roles with a policy of their own that may allow an action."""
    for kind in (USER, GROUP, ROLE):
        for holder in view.known(kind):
            statements = (one.core for document in inline_documents(holder) for one in document.statements)
            allow = (one for one in statements if one.allows is not False and one.about_action(action) is not False)
            if view.is_planned(holder) and any(True for _ in allow):
                yield holder


def _tunnels(view: View) -> Licences:
    return Licences(view, OPEN_TUNNEL_ACTION)


def _keys_pushed(view: View) -> Licences:
    return Licences(view, SEND_KEY_ACTION)


_SHARED = {OPEN_TUNNEL_ACTION: _tunnels, SEND_KEY_ACTION: _keys_pushed}


def is_firm(clause: Clause) -> bool:
    """Whether a clause fails for a request that lacks its key, or asks what the key must not be: then it limits something."""
    if clause.kind is None or clause.kind.family is Family.PRESENCE:
        return False
    return not clause.if_exists and clause.quantifier != FOR_ALL


def limits_tags(statements: Iterable[Statement]) -> bool:
    """Whether one of some statements looks at the tags of the resource, and not only where there are any."""
    return any(
        clause.key.startswith(_TAG_PREFIXES) and is_firm(clause) for one in statements for clause in one.core.clauses
    )


def _stacked(layers: Sequence[tuple[bool, Sequence[Statement]]]) -> _Stack:
    every = [one for _, layer in layers for one in layer]
    denies = tuple(dict.fromkeys(one for one in every if one.core.allows is not True))
    others = tuple(
        tuple(one for one in layer if one.core.allows is not False) for is_own, layer in layers if not is_own
    )
    used = (*denies, *(one for layer in others for one in layer))
    is_varied = any(
        pattern.variables for one in used if one.core.resources is not None for pattern in one.core.resources.patterns
    )
    return _Stack(denies, others, _keys(used), is_varied)


def _keys(statements: Iterable[Statement]) -> tuple[str, ...]:
    clauses = (clause for one in statements for clause in one.core.clauses)
    return tuple(dict.fromkeys(name for clause in clauses for name in (clause.key, *clause.variables)))


def _in_context(facts: Facts, context: Context) -> Callable[[str], Fact]:
    if not context:
        return facts
    return lambda key: context[key] if key in context else facts(key)


def _frozen(fact: object) -> object:
    """A fact as a part of a key: an unknown one refuses to be compared."""
    if isinstance(fact, Unknown):
        return ("?", fact.why)
    return (fact, fact.pattern) if isinstance(fact, Key) else fact
