"""Finds policies that let somebody open tunnels through whatever EC2 Instance Connect Endpoint there is."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import (
    OPEN_TUNNEL_ACTION,
    Answer,
    Flag,
    Inventory,
    Licence,
    Reach,
    Wide,
    answers_about,
    conditions_of,
    licences_of,
    limits_tags,
    rewrite,
)


def check(inventory: Inventory) -> Iterator[Answer]:
    """A statement is asked about an endpoint that nobody named and nobody tagged."""
    licences = licences_of(inventory, OPEN_TUNNEL_ACTION)

    def judge(licence: Licence) -> Reach:
        reach = licences.reach(licence, only_wide=True, untagged=True)
        is_limited = limits_tags((licence.statement, *reach.limits))
        return Reach(licence, (), reach.doubts) if is_limited else reach

    yield from answers_about(inventory, licences, judge, _flag)


def _flag(wide: Wide) -> Flag:
    conditions = conditions_of(wide.reaches)
    if any(reach.licence.is_for_everything for reach in wide.reaches):
        message = f"{wide.words} lets {wide.whom} do everything, tunnels and keys for every instance included"
        return Flag(wide.holder, _under(message, conditions), wide.because, severity="low", fix=_FEWER)
    message = f"{wide.words} lets {wide.whom} open tunnels through every EC2 Instance Connect Endpoint"
    return Flag(wide.holder, _under(message, conditions), wide.because, fix=rewrite(wide, _NARROW, why=_WHY))


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
