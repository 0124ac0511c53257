"""The question as a person asks it: who can log in, through which doors, to what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from scanner.errors import UsageError, did_you_mean
from scanner.logins.capability import Capability, Closed, Door, Holder, Who
from scanner.logins.consoles import SWITCH, Consoles
from scanner.logins.hosts import Hosts, hosts_of
from scanner.logins.keys import Keys
from scanner.logins.landings import landings_of
from scanner.logins.permits import statements_of
from scanner.logins.rows import Rows
from scanner.logins.sessions import Sessions
from scanner.logins.tunnels import Tunnels
from scanner.model import Undecided, View
from scanner.network.fabric import KINDS as FABRIC_KINDS
from scanner.network.fabric import PEERING
from scanner.network.instance_connect import INSTANCE_CONNECT_ENDPOINT
from scanner.network.instances import INSTANCE
from scanner.network.needs import MANAGED_INSTANCE
from scanner.network.transit_tables import ATTACHMENT, TRANSIT_GATEWAY, TRANSIT_TABLE
from scanner.policy.formulas import Access
from scanner.policy.keys import (
    LOGINS,
    OPEN_TUNNEL_ACTION,
    SEND_KEY_ACTION,
    SEND_SERIAL_KEY_ACTION,
    START_SESSION_ACTION,
)
from scanner.policy.layers import NOT_SEEN, NOT_SEEN_ON_RESOURCES
from scanner.policy.organizations import organization_of
from scanner.policy.principals import Principal, directory_of
from scanner.policy.trust import trustees_of
from scanner.policy.who import KINDS as POLICY_KINDS
from scanner.policy.who import ROOT_NOTE, Grant, who_may

TUNNEL_KINDS = frozenset({
    *FABRIC_KINDS, PEERING, TRANSIT_GATEWAY, TRANSIT_TABLE, ATTACHMENT, INSTANCE_CONNECT_ENDPOINT,
})  # fmt: skip
_DOORS = {
    OPEN_TUNNEL_ACTION: (Door.TUNNEL, Door.CONSOLE, Door.SESSION),
    SEND_KEY_ACTION: (Door.KEY,),
    SEND_SERIAL_KEY_ACTION: (Door.CONSOLE,),
    START_SESSION_ACTION: (Door.SESSION,),
}
_KINDS = {
    Door.TUNNEL: TUNNEL_KINDS,
    Door.KEY: frozenset({INSTANCE}),
    Door.CONSOLE: frozenset({INSTANCE, SWITCH}),
    Door.SESSION: frozenset({INSTANCE, MANAGED_INSTANCE}),
}
_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+")


def named_action(word: str) -> str:
    """The action a word means, as AWS writes it; raises `UsageError` for what is none."""
    login = LOGINS.get(word.lower())
    if login is not None:
        return login.action
    known = [one.action for one in LOGINS.values()]
    if not _ACTION.fullmatch(word):
        cure = did_you_mean(word, known) if ":" in word else f"write it as {OPEN_TUNNEL_ACTION}"
        raise UsageError(f"{word!r} is no action", cure=cure)
    if word.lower().startswith("ec2-instance-connect:"):
        raise UsageError(f"there is no action {word!r}", cure=did_you_mean(word, known))
    return word


def kinds_for(action: str) -> frozenset[str]:
    """What has to be collected to answer a question about an action."""
    doors = _DOORS.get(named_action(action), ())
    return POLICY_KINDS.union(*(_KINDS[door] for door in doors))


def who(view: View, action: str = OPEN_TUNNEL_ACTION, *, target: str = "", principals: Iterable[str] = ()) -> Who:
    """Who can do an action, where the network leads too, and what it takes.

    Args:
        view: The inventory of an account, merged over its Regions.
        action: One of the four login actions; of OpenTunnel the serial console and Session Manager are told as well. Of
            any other action only the policies are asked.
        target: An instance (i-…, mi-…, or the value of its Name tag) or an endpoint (eice-…), "" for all. Of other
            actions: the ARN they are about.
        principals: ARNs or names ("role/ops") of those that are asked about; none for everybody.

    Raises `UsageError` for an action, a target or a principal that does not exist.
    """
    asked = named_action(action)
    try:
        directory = directory_of(view)
    except Undecided as doubt:
        return Who(asked, target, doubts=(doubt.reason,))
    chosen = [directory.named(name).arn for name in principals]
    own = chosen or None
    note = organization_of(view).note
    notes = tuple(one for one in (note, NOT_SEEN, "" if chosen else ROOT_NOTE) if one)
    doors = _DOORS.get(asked)
    if doors is None:
        return Who(asked, target, tuple(_anywhere(view, asked, target, own)), notes=(*notes, NOT_SEEN_ON_RESOURCES))
    return _through(view, asked, target, doors, own, notes)


def logins_of(view: View) -> Who:
    """Everybody's logins through every door, found once for all rules that ask: `who` without a target.

    For the evidence of a rule about a principal or a policy: `logins_of(inventory).by_principal()[arn]` has the rows of one
    principal, `row.words` says "can open SSH to 14 instances through eice-…, pushing a key as any user", `row.conditions`
    what that takes, `row.statements` who says so. Rows with the verdict UNKNOWN, and `doubts`, prove nothing either way.
    """
    return view.shared(_logins)


def _logins(view: View) -> Who:
    return who(view)


def _through(
    view: View, action: str, target: str, doors: Sequence[Door], own: Sequence[str] | None, notes: tuple[str, ...]
) -> Who:
    try:
        hosts = hosts_of(view, target)
    except Undecided as doubt:
        return Who(action, target, notes=notes, doubts=(doubt.reason,))
    rows: dict[str, list[Capability]] = {}
    closed: list[Closed] = []
    doubts = list(hosts.doubts)
    holders: dict[str, Holder] = {}
    for door in doors:
        if hosts.endpoint and door is not Door.TUNNEL:
            continue
        found, shut, doubtful = _OPENED[door](view, hosts, own)
        for principal, some in found:
            holder = holders.get(principal.arn) or holders.setdefault(principal.arn, holder_of(view, principal))
            rows.setdefault(principal.arn, []).extend(some.of(holder))
        closed += shut
        doubts += doubtful
    ordered = [row for one in directory_of(view).principals for row in rows.get(one.arn, ())]
    return Who(action, target, tuple(ordered), tuple(closed), notes, tuple(dict.fromkeys(doubts)))


Found = tuple[list[tuple[Principal, Rows]], tuple[Closed, ...], tuple[str, ...]]


def _tunnels(view: View, hosts: Hosts, own: Sequence[str] | None) -> Found:
    landings, useless, doubts = landings_of(view, hosts)
    tunnels = Tunnels(view, landings, Keys(view, hosts.instances, own), own)
    found = list(tunnels.rows())
    return found, (*useless, *tunnels.closed()), doubts


def _keys(view: View, hosts: Hosts, own: Sequence[str] | None) -> Found:
    return list(Keys(view, hosts.instances, own).rows()), (), ()


def _consoles(view: View, hosts: Hosts, own: Sequence[str] | None) -> Found:
    consoles = Consoles(view, hosts.instances, own)
    found = list(consoles.rows())
    return found, tuple(consoles.closed()), ()


def _sessions(view: View, hosts: Hosts, own: Sequence[str] | None) -> Found:
    sessions = Sessions(view, hosts, own)
    return list(sessions.rows()), tuple(sessions.closed()), ()


_OPENED = {Door.TUNNEL: _tunnels, Door.KEY: _keys, Door.CONSOLE: _consoles, Door.SESSION: _sessions}


def holder_of(view: View, principal: Principal) -> Holder:
    """A principal as rows tell it, with who may become it."""
    kind = "user"
    if principal.is_role:
        kind = (
            "service-linked role" if principal.is_service_linked
            else "Identity Center role" if principal.is_identity_center else "role"
        )  # fmt: skip
    return Holder(principal.arn, principal.word, kind, tuple(_entering(view, principal)))


def _entering(view: View, principal: Principal) -> Iterator[str]:
    for one in trustees_of(view, principal):
        words = f"never {one.words}" if one.denies else one.words
        yield f"{words} ({one.conditions})" if one.conditions else words


def _anywhere(view: View, action: str, target: str, own: Sequence[str] | None) -> Iterator[Capability]:
    """The principals that policies let do something, wherever that is."""
    answers = who_may(view, action, [target or "*"], principals=own)
    for grant in answers.grants:
        if grant.access is not Access.DENIED:
            yield _row(view, grant)


def _row(view: View, grant: Grant) -> Capability:
    told = (organization_of(view).note, NOT_SEEN, NOT_SEEN_ON_RESOURCES)
    return Capability(
        holder_of(view, grant.principal),
        Door.NONE,
        grant.access,
        conditions=grant.words,
        reason=grant.reason,
        statements=tuple(one.place for one in statements_of(grant)),
        notes=tuple(note for note in grant.notes if note not in told),
        resources=tuple(resource for request in grant.resources for resource in request),
    )
