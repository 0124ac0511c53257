"""Finds policies by which somebody opens tunnels from any network, with one factor."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scanner.kit import (
    OPEN_TUNNEL_ACTION,
    Answer,
    Flag,
    Inventory,
    Licence,
    Licences,
    Principal,
    Reach,
    Unknown,
    Wide,
    answers_about,
    asks_for_mfa,
    is_firm,
    licences_of,
    rewrite,
)

Enters = Callable[[Principal], bool | Unknown]

_MFA = "aws:multifactorauthpresent"
_INSIDE = ("aws:sourcevpc", "aws:sourcevpcarn", "aws:sourcevpce", "aws:vpcsourceip", "aws:ec2instancesourcevpc")
_DIRECT = {"aws:viaawsservice": ("false",), "aws:multifactorauthage": None}
_FROM_INTERNET = {**_DIRECT, **dict.fromkeys(_INSIDE)}
_FROM_ANOTHER_VPC = {
    **_DIRECT,
    "aws:sourceip": None,
    "aws:sourcevpc": ("vpc-0ffffffffffffffff",),
    "aws:sourcevpce": ("vpce-0ffffffffffffffff",),
    "aws:vpcsourceip": ("192.0.2.99",),
}
# Long-term keys carry no word of MFA, and the session of a role says that there was none.
_CALLERS = tuple(
    {**place, _MFA: said}
    for place in (
        {**_FROM_INTERNET, "aws:sourceip": ("192.0.2.99",)},
        {**_FROM_INTERNET, "aws:sourceip": ("2001:db8::99",)},
        _FROM_ANOTHER_VPC,
    )
    for said in (None, ("false",))
)


def check(inventory: Inventory, *, also_enough: list[str], providers_ask_for_mfa: bool) -> Iterator[Answer]:
    """A caller from a network nobody knows, without MFA; a role that is entered with MFA alone needs no condition."""
    licences = licences_of(inventory, OPEN_TUNNEL_ACTION)
    enough = tuple(key.lower() for key in also_enough)
    entered: dict[str, bool | Unknown] = {}

    def enters(principal: Principal) -> bool | Unknown:
        if principal.arn not in entered:
            entered[principal.arn] = asks_for_mfa(inventory, principal, providers_ask=providers_ask_for_mfa)
        return entered[principal.arn]

    def judge(licence: Licence) -> Reach | None:
        clauses = licence.statement.core.clauses
        if licences.is_administrators(licence) or any(_is_among(one.key, enough) and is_firm(one) for one in clauses):
            return None
        return _without_mfa(licences, licence, enters)

    yield from answers_about(inventory, licences, judge, _flag)


def _without_mfa(licences: Licences, licence: Licence, enters: Enters) -> Reach:
    """Those who are let through and did not need MFA to become who they are."""
    reach = licences.reach(licence, _CALLERS)
    doubts = dict(reach.doubts)
    principals = []
    for principal in reach.principals:
        answer = enters(principal)
        if isinstance(answer, Unknown):
            doubts[principal.word] = answer.why
        elif not answer:
            principals.append(principal)
    return Reach(licence, tuple(principals), doubts, reach.limits)


def _is_among(key: str, prefixes: tuple[str, ...]) -> bool:
    """A key, or a family of keys ("aws:PrincipalTag")."""
    return key in prefixes or key.partition("/")[0] in prefixes


def _flag(wide: Wide) -> Flag:
    message = f"{wide.words} lets {wide.whom} open tunnels from any network without MFA"
    fix = rewrite(wide, _NARROW, why="Ask for MFA or a network, as no session of theirs has to bring either now")
    return Flag(wide.holder, message, wide.because, fix=fix)


_NARROW = {
    "Effect": "Deny",
    "Action": "ec2-instance-connect:OpenTunnel",
    "Resource": "*",
    "Condition": {
        "BoolIfExists": {"aws:MultiFactorAuthPresent": "false"},
        "NotIpAddressIfExists": {"aws:SourceIp": "<your networks>"},
    },
}
