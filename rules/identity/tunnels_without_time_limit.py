"""Finds policies whose tunnels may stay open for as long as the service lets them."""

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
    licences_of,
    rewrite,
)

_DURATION = "ec2-instance-connect:maxtunnelduration"


def check(inventory: Inventory, *, max_seconds: int) -> Iterator[Answer]:
    """A tunnel that is a second too long, and one of which the caller does not say how long it is to be."""
    licences = licences_of(inventory, OPEN_TUNNEL_ACTION)
    too_long = ({_DURATION: (str(max_seconds + 1),)}, {_DURATION: None})

    def judge(licence: Licence) -> Reach | None:
        return None if licences.is_administrators(licence) else licences.reach(licence, too_long)

    def say(wide: Wide) -> Flag:
        message = f"{wide.words} lets {wide.whom} open tunnels without a limit of {max_seconds} s or less"
        fix = rewrite(wide, _narrow(max_seconds), why="Limit the time of a tunnel; its user then has to ask for it")
        return Flag(wide.holder, message, wide.because, fix=fix)

    yield from answers_about(inventory, licences, judge, say)


def _narrow(seconds: int) -> dict[str, object]:
    return {
        "Effect": "Allow",
        "Action": "ec2-instance-connect:OpenTunnel",
        "Resource": "arn:aws:ec2:<region>:<account>:instance-connect-endpoint/<eice-…>",
        "Condition": {"NumericLessThanEquals": {"ec2-instance-connect:maxTunnelDuration": str(seconds)}},
    }
