"""Who may push an SSH key to which instance, and as which OS user.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-connect-configure-IAM-role.html: without a condition on
ec2:osuser the caller chooses any user of the instance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.logins.capability import ANYBODY, Door, KeyPush
from scanner.logins.hosts import target_of_instance
from scanner.logins.permits import Permit, Permits
from scanner.logins.rows import Answer, Rows
from scanner.model import Resource, View
from scanner.policy.facts import Target
from scanner.policy.formulas import Access
from scanner.policy.keys import SEND_KEY_ACTION
from scanner.policy.principals import Principal

OS_USER = "ec2:osuser"
NO_PUSH = KeyPush(Access.DENIED)

Pushes = tuple[tuple[frozenset[str], KeyPush], ...]
"""Instances by their ids, and what holds for all of them."""


class Keys:
    """The answers about key pushes of every principal that may push any; the others have none."""

    def __init__(self, view: View, instances: Sequence[Resource], principals: Sequence[str] | None = None) -> None:
        self._permits = Permits(view, SEND_KEY_ACTION)
        self._permits.narrow(principals)
        self._targets = [target_of_instance(one) for one in instances]
        self._ids = [one.id for one in instances]
        self._everywhere: Pushes = ((frozenset(self._ids), NO_PUSH),)
        self._sets: dict[frozenset[int], frozenset[str]] = {}
        self._rows: dict[KeyPush, Permit] = {}
        self.found: dict[str, tuple[Principal, Pushes]] = {}
        requests = [(target,) for target in self._targets]
        for principal, answers in self._permits.of(requests, self._permits.able) if requests else ():
            pushes = tuple(
                (self._named(numbers), self._push(principal, numbers, permit)) for numbers, permit in answers
            )
            self.found[principal.arn] = (principal, pushes)

    def of(self, arn: str) -> Pushes:
        """What a principal may push where; together all instances."""
        found = self.found.get(arn)
        return found[1] if found is not None else self._everywhere

    def rows(self) -> Iterator[tuple[Principal, Rows]]:
        """Key pushes as rows of their own."""
        for principal, pushes in self.found.values():
            rows = Rows(Door.KEY)
            for instances, push in pushes:
                if push.access is not Access.DENIED:
                    rows.add(Answer(self._shown(push), keys=push), instances)
            yield principal, rows

    def _shown(self, push: KeyPush) -> Permit:
        """What a push says, as a row of its own says it."""
        if push not in self._rows:
            self._rows[push] = Permit(push.access, push.conditions, push.reason, push.statements, ())
        return self._rows[push]

    def _named(self, numbers: frozenset[int]) -> frozenset[str]:
        found = self._sets.get(numbers)
        if found is None:
            found = self._sets[numbers] = frozenset(self._ids[number] for number in numbers)
        return found

    def _push(self, principal: Principal, numbers: frozenset[int], permit: Permit) -> KeyPush:
        if permit.is_shut:
            return NO_PUSH
        named = self._permits.asks_for(principal, OS_USER)
        if not named:
            return _plain(permit)
        target = self._targets[min(numbers)]
        return self._of_users(principal, target, named, permit)

    def _of_users(self, principal: Principal, target: Target, named: Sequence[str], permit: Permit) -> KeyPush:
        """Each user that a condition names is tried, and one that none of them names."""
        probes = [*(_fitting(name) for name in named), _another(named)]
        requests = [(Target(target.arn, target.resource, target.doubt, ((OS_USER, (probe,)),)),) for probe in probes]
        permits: dict[int, Permit] = {}
        for _, answers in self._permits.of(requests, (principal,)):
            permits.update((number, one) for numbers, one in answers for number in numbers)
        able = [name for number, name in enumerate(named) if _lets(permits[number])]
        shut = tuple(name for number, name in enumerate(named) if permits[number].is_shut)
        others = permits[len(named)]
        chosen = list(dict.fromkeys(one for one in permits.values() if _lets(one)))
        conditions = " or ".join(dict.fromkeys(one.conditions for one in chosen))
        if not chosen:
            why = next((one.reason for one in permits.values() if one.access is Access.UNKNOWN), permit.reason)
            is_unknown = any(one.access is Access.UNKNOWN for one in permits.values())
            return KeyPush(Access.UNKNOWN, reason=why, statements=permit.statements) if is_unknown else NO_PUSH
        access = Access.ALLOWED if all(one.access is Access.ALLOWED for one in chosen) else Access.CONDITIONAL
        users, but = ((ANYBODY,), shut) if _lets(others) else (tuple(able), ())
        statements = tuple(dict.fromkeys(place for one in chosen for place in one.statements))
        return KeyPush(access, users, but, conditions, statements=statements)


def _plain(permit: Permit) -> KeyPush:
    users = () if permit.access is Access.UNKNOWN else (ANYBODY,)
    return KeyPush(permit.access, users, (), permit.conditions, permit.reason, permit.statements)


def _lets(permit: Permit) -> bool:
    return permit.access in (Access.ALLOWED, Access.CONDITIONAL)


def _fitting(name: str) -> str:
    """A user that a pattern fits."""
    return name.replace("*", "x").replace("?", "x") or "x"


def _another(named: Sequence[str]) -> str:
    """A user whom no condition names."""
    return next(word for word in (f"nobody-{number}" for number in range(len(named) + 1)) if word not in named)
