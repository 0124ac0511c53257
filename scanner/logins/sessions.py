"""Sessions of Systems Manager: a policy on the instance and, where it asks for that, on the document too.

https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-sessiondocumentaccesscheck.html: without the
condition ssm:SessionDocumentAccessCheck nobody's right to the default document is checked. That an instance's agent is
online is the proof that it reaches Systems Manager.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.logins.capability import Closed, Door
from scanner.logins.hosts import Hosts
from scanner.logins.permits import Answered, Permits
from scanner.logins.rows import Answer, Rows, better
from scanner.model import Resource, View
from scanner.network.needs import MANAGED_INSTANCE
from scanner.policy.facts import Target
from scanner.policy.formulas import Access
from scanner.policy.keys import START_SESSION_ACTION
from scanner.policy.principals import Principal
from scanner.policy.survey import Request

CHECK = "ssm:sessiondocumentaccesscheck"
# The document of a session that names none, which belongs to the account, and two of AWS's own that open one as well.
DOCUMENTS = ("{account}:document/SSM-SessionManagerRunShell", ":document/AWS-StartSSHSession",
             ":document/AWS-StartPortForwardingSession")  # fmt: skip
_ONLINE = "Online"

State = tuple[str, str]
"""Why a host takes no session, and why that is not known; both "" where it does."""


_NOT_MANAGED = "not managed by Systems Manager"


class Sessions:
    """Every principal's sessions."""

    def __init__(self, view: View, hosts: Hosts, principals: Sequence[str] | None = None) -> None:
        self._permits = Permits(view, START_SESSION_ACTION)
        self._permits.narrow(principals)
        managed = {one.id: one for one in view.known(MANAGED_INSTANCE)}
        self._hosts = (*hosts.instances, *hosts.nodes)
        self._states = [_state(view, host, managed.get(host.id)) for host in self._hosts]
        self._kept: dict[frozenset[int], dict[State, list[str]]] = {}
        self._shut: dict[str, tuple[dict[str, None], dict[str, None]]] = {}

    def rows(self) -> Iterator[tuple[Principal, Rows]]:
        """The rows of every principal that has some."""
        requests = [_alone(host) for host in self._hosts]
        for principal, answers in self._permits.of(requests, self._permits.able) if requests else ():
            rows = Rows(Door.SESSION)
            for numbers, permit in self._with_documents(principal, answers):
                if permit.is_shut:
                    continue
                for (closed, doubt), ids in self._sorted(numbers).items():
                    if closed:
                        told = self._shut.setdefault(closed, ({}, {}))
                        told[0].update(dict.fromkeys(ids))
                        told[1][principal.word] = None
                    else:
                        rows.add(Answer(permit, doubt=doubt), ids)
            yield principal, rows

    def closed(self) -> Iterator[Closed]:
        """The instances whose agent is not online, and who would have a session there; after all rows were made."""
        for why, (ids, principals) in self._shut.items():
            yield Closed(Door.SESSION, why, tuple(sorted(ids)), principals=tuple(principals))

    def _sorted(self, numbers: frozenset[int]) -> dict[State, list[str]]:
        """The ids of hosts by what is known of their agents; the same hosts are asked about again and again."""
        found = self._kept.get(numbers)
        if found is None:
            found = self._kept[numbers] = {}
            for number in numbers:
                found.setdefault(self._states[number], []).append(self._hosts[number].id)
        return found

    def _with_documents(self, principal: Principal, answers: list[Answered]) -> list[Answered]:
        """The answers, and where a condition asks for the check also those with each document."""
        if not self._permits.asks_for(principal, CHECK):
            return answers
        for document in DOCUMENTS:
            if all(permit.access is Access.ALLOWED for _, permit in answers):
                break
            requests = [_with(host, document) for host in self._hosts]
            for _, others in self._permits.of(requests, (principal,)):
                answers = [
                    (some & those, better(one, other))
                    for some, one in answers
                    for those, other in others
                    if some & those
                ]
        return answers


def _state(view: View, host: Resource, seen: Resource | None) -> State:
    if seen is None:
        gaps = view.within(host.region).gaps_of(MANAGED_INSTANCE)
        return ("", gaps[0].sentence) if gaps else (_NOT_MANAGED, "")
    status = seen.get("PingStatus")
    if not isinstance(status, str):
        return "", "whether the agent is online is not told"
    return ("", "") if status == _ONLINE else (f"the agent of Systems Manager is {status}", "")


def _alone(host: Resource) -> Request:
    """Without the check: only policies that do not ask for it let this through."""
    return (Target(host.arn, host, given=((CHECK, ("false",)),)),)


def _with(host: Resource, document: str) -> Request:
    arn = f"arn:{host.partition}:ssm:{host.region}:{document.format(account=host.account)}"
    given = ((CHECK, ("true",)),)
    return (Target(host.arn, host, given=given), Target(arn, given=given))
