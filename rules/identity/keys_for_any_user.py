"""Finds policies by which somebody pushes SSH keys for any user of a machine, or to every machine."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import (
    SEND_KEY_ACTION,
    Answer,
    Flag,
    Inventory,
    Licence,
    Reach,
    Wide,
    answers_about,
    licences_of,
    limits_tags,
    rewrite,
)

_USER = "ec2:osuser"
# The user nobody should log in as, one that nobody has thought of, and the request that names none.
_ANY_USER = ({_USER: ("root",)}, {_USER: ("a-user-of-no-policy",)}, {_USER: None})


def check(inventory: Inventory) -> Iterator[Answer]:
    """Two limits have to be there, the user and the machine; tags on the machine count as both."""
    licences = licences_of(inventory, SEND_KEY_ACTION)
    as_anybody: set[Licence] = set()

    def judge(licence: Licence) -> Reach | None:
        if licences.is_administrators(licence) or limits_tags((licence.statement,)):
            return None
        user = licences.reach(licence, _ANY_USER)
        if user.principals and not limits_tags(user.limits):
            as_anybody.add(licence)
            return user
        everywhere = licences.reach(licence, only_wide=True, untagged=True)
        return everywhere if everywhere.principals or not user.doubts else Reach(licence, (), user.doubts)

    def say(wide: Wide) -> Flag:
        if any(reach.licence in as_anybody for reach in wide.reaches):
            message = f"{wide.words} lets {wide.whom} push an SSH key as any user, root included"
            return Flag(wide.holder, message, wide.because, fix=rewrite(wide, _NARROW, why=_ADD))
        message = f"{wide.words} lets {wide.whom} push an SSH key to every instance"
        return Flag(wide.holder, message, wide.because, severity="medium", fix=rewrite(wide, _NARROW, why=_ADD))

    yield from answers_about(inventory, licences, judge, say)


_ADD = "Name the user, and the machines by their tags"
_NARROW = {
    "Effect": "Allow",
    "Action": "ec2-instance-connect:SendSSHPublicKey",
    "Resource": "arn:aws:ec2:<region>:<account>:instance/*",
    "Condition": {"StringEquals": {"ec2:osuser": "<ec2-user>", "aws:ResourceTag/<team>": "<network>"}},
}
