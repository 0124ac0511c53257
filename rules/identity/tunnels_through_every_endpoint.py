"""Finds policies that let somebody open tunnels through whatever EC2 Instance Connect Endpoint there is."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import (
    OPEN_TUNNEL_ACTION,
    Access,
    Answer,
    Door,
    Flag,
    Inventory,
    Licence,
    Reach,
    Wide,
    answers_about,
    conditions_of,
    licences_of,
    limits_tags,
    logins_of,
    rewrite,
)

_MOST_LOGINS = 10


def check(inventory: Inventory) -> Iterator[Answer]:
    """A statement is asked about an endpoint that nobody named and nobody tagged."""
    licences = licences_of(inventory, OPEN_TUNNEL_ACTION)

    def judge(licence: Licence) -> Reach:
        reach = licences.reach(licence, only_wide=True, untagged=True)
        is_limited = limits_tags((licence.statement, *reach.limits))
        return Reach(licence, (), reach.doubts) if is_limited else reach

    yield from answers_about(inventory, licences, judge, lambda wide: _flag(inventory, wide))


def _flag(inventory: Inventory, wide: Wide) -> Flag:
    conditions = conditions_of(wide.reaches)
    if any(reach.licence.is_for_everything for reach in wide.reaches):
        message = f"{wide.words} lets {wide.whom} do everything, tunnels and keys for every instance included"
        return Flag(wide.holder, _under(message, conditions), wide.because, severity="low", fix=_FEWER)
    message = f"{wide.words} lets {wide.whom} open tunnels through every EC2 Instance Connect Endpoint"
    message, seen = _under(message, conditions), _logins(inventory, wide)
    first = f": {seen[0]}" if seen else ""
    fix = rewrite(wide, _NARROW, why=_WHY)
    return Flag(wide.holder, f"{message}{first}", (*wide.because, *seen[:_MOST_LOGINS]), fix=fix)


def _logins(inventory: Inventory, wide: Wide) -> list[str]:
    """What these people reach by a tunnel today, the widest first: what they may do, where the network leads too."""
    rows = logins_of(inventory).by_principal()
    principals = dict.fromkeys(one.arn for reach in wide.reaches for one in reach.principals)
    found = [row for arn in principals for row in rows.get(arn, ()) if row.door is Door.TUNNEL and not row.is_doubtful]
    found.sort(key=lambda row: (-len(row.instances), row.verdict is not Access.ALLOWED))
    return list(dict.fromkeys(f"{row.principal.word} {row.words}" for row in found))


def _under(message: str, conditions: str) -> str:
    return f"{message} ({conditions})" if conditions else message


_NARROW = {
    "Effect": "Allow",
    "Action": "ec2-instance-connect:OpenTunnel",
    "Resource": "arn:aws:ec2:<region>:<account>:instance-connect-endpoint/<eice-…>",
}
_WHY = "Name the endpoint, or ask for a tag of it (aws:ResourceTag/…)"
_FEWER = (
    "Nothing limits an administrator but a denial above: keep administrators few and behind MFA, and deny"
    " ec2-instance-connect:OpenTunnel by a service control policy to all but the roles for it."
)
