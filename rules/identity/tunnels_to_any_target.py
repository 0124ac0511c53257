"""Finds policies whose tunnels may lead to any address, or to any port."""

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

_PORT, _ADDRESS = "ec2-instance-connect:remoteport", "ec2-instance-connect:privateipaddress"
# Values that no policy would name on purpose, and the request that does not carry the key at all.
_ANY_PORT = ({_PORT: ("65000",)}, {_PORT: None})
_ANY_ADDRESS = ({_ADDRESS: ("192.0.2.77",)}, {_ADDRESS: ("2001:db8::77",)}, {_ADDRESS: None})


def check(inventory: Inventory) -> Iterator[Answer]:
    """An address and a port that nobody has thought of: where they are let through, nothing limits the target."""
    licences = licences_of(inventory, OPEN_TUNNEL_ACTION)
    to_any_address: set[Licence] = set()

    def judge(licence: Licence) -> Reach | None:
        if licences.is_administrators(licence):
            return None
        address = licences.reach(licence, _ANY_ADDRESS)
        if address.principals:
            to_any_address.add(licence)
            return address
        port = licences.reach(licence, _ANY_PORT)
        return port if port.principals or not address.doubts else address

    def say(wide: Wide) -> Flag:
        because = (*wide.because, *(line for reach in wide.reaches for line in _as_text(reach.licence)))
        if any(reach.licence in to_any_address for reach in wide.reaches):
            message = f"{wide.words} lets {wide.whom} open tunnels to any address"
            return Flag(wide.holder, message, because, fix=rewrite(wide, _NARROW, why=_ADD))
        message = f"{wide.words} lets {wide.whom} open tunnels to any port that the service allows"
        return Flag(wide.holder, message, because, severity="low", fix=rewrite(wide, _NARROW, why=_ADD))

    yield from answers_about(inventory, licences, judge, say, fine=lambda licence: "; ".join(_as_text(licence)))


def _as_text(licence: Licence) -> Iterator[str]:
    """A port that is compared as text limits as well, but is not what AWS writes."""
    for clause in licence.statement.core.clauses:
        if clause.key == _PORT and "string" in clause.operator.lower():
            yield (
                f"{licence.statement.place} compares {clause.written} as text ({clause.operator}):"
                " AWS's own examples use NumericEquals"
            )


_ADD = "Say where the tunnels may lead"
_NARROW = {
    "Effect": "Allow",
    "Action": "ec2-instance-connect:OpenTunnel",
    "Resource": "arn:aws:ec2:<region>:<account>:instance-connect-endpoint/<eice-…>",
    "Condition": {
        "NumericEquals": {"ec2-instance-connect:remotePort": "22"},
        "IpAddress": {"ec2-instance-connect:privateIpAddress": "<the CIDR of the hosts>"},
    },
}
