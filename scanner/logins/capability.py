"""The nouns of the answer: a principal, the door it comes through, what it reaches there, and what that takes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from scanner.policy.formulas import Access
from scanner.policy.places import Place

ANYBODY = "*"
"""Stands among the OS users for every one."""

SSH, RDP = 22, 3389
PORTS = (SSH, RDP)
"""The ports that EC2 Instance Connect Endpoints connect to; the service refuses every other one."""


class Door(Enum):
    """A way to log in."""

    TUNNEL = "tunnel"
    KEY = "SSH key"
    CONSOLE = "serial console"
    SESSION = "Session Manager"
    NONE = ""

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Holder:
    """A principal: its ARN, its name ("role/ops"), its kind, and for a role in words who may become it.

    `kind` is "user", "role", "service-linked role" or "Identity Center role".
    """

    arn: str
    word: str
    kind: str
    entered_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyPush:
    """Whether a principal may push an SSH key to an instance for a minute, and as whom.

    `access` is DENIED where it needs a key of its own. `users` are names or patterns ("ec2-user", "app-*"), or `ANYBODY`
    for all but those in `but`. `conditions` say what else it takes, `reason` why it is not known, `statements` who says so.
    """

    access: Access
    users: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    conditions: str = ""
    reason: str = ""
    statements: tuple[Place, ...] = ()

    @property
    def is_any_user(self) -> bool:
        """Whether the caller chooses any OS user, root too."""
        return ANYBODY in self.users and not self.but

    @property
    def words(self) -> str:
        """In words: "pushing a key as any user", "pushing a key as ec2-user (with MFA)", "with a key of its own"."""
        if self.access is Access.DENIED:
            return "with a key of its own"
        if self.access is Access.UNKNOWN:
            return f"perhaps pushing a key ({self.reason})"
        return f"pushing a key as {self.as_whom}{f' ({self.conditions})' if self.conditions else ''}"

    @property
    def as_whom(self) -> str:
        """The OS users in words."""
        if ANYBODY in self.users:
            return f"any user but {' and '.join(self.but)}" if self.but else "any user"
        return " or ".join(self.users)


@dataclass(frozen=True, slots=True)
class Capability:
    """What one principal can do through one door, with everything for which the answer is the same.

    `verdict` is ALLOWED, CONDITIONAL (`conditions` say what it takes) or UNKNOWN (`reason` says why). `instances` are ids,
    of Systems Manager's own nodes too ("mi-…"); `ports` and `endpoints` (ids) are a tunnel's, and `keys` belongs to its
    port 22. `statements` are the places of what allows and limits. `resources` are asked about where there is no door.
    """

    principal: Holder
    door: Door
    verdict: Access
    instances: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    keys: KeyPush | None = None
    conditions: str = ""
    reason: str = ""
    statements: tuple[Place, ...] = ()
    notes: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()

    @property
    def os_users(self) -> tuple[str, ...]:
        """As whom a key may be pushed, `ANYBODY` for all; empty where none may, or nobody knows."""
        return self.keys.users if self.keys is not None and self.keys.access is not Access.UNKNOWN else ()

    @property
    def is_doubtful(self) -> bool:
        """Whether something about it stayed unknown: the answer itself, or whether a key may be pushed."""
        keys = self.keys.access if self.keys is not None else None
        return Access.UNKNOWN in (self.verdict, keys)

    @property
    def words(self) -> str:
        """In words: "can open SSH to 14 instances through eice-1, pushing a key as any user"."""
        can = {Access.UNKNOWN: "may perhaps", Access.CONDITIONAL: "can, under conditions,"}.get(self.verdict, "can")
        what = _VERBS[self.door] if self.door is not Door.TUNNEL else f"open {_protocols(self.ports)} to"
        if self.door is Door.NONE:
            return f"{can} {what} {'any resource' if self.resources == ('*',) else _listed(self.resources)}"
        through = f" through {_listed(self.endpoints)}" if self.endpoints else ""
        pushing = f", {self.keys.words}" if self.keys is not None else ""
        if self.door is Door.KEY and self.keys is not None:
            pushing = f" as {self.keys.as_whom}" if self.keys.users else ""
        return f"{can} {what} {counted(self.instances)}{through}{pushing}"


@dataclass(frozen=True, slots=True)
class Closed:
    """A door that leads nowhere: instances that an endpoint does not reach, a console that is switched off.

    `principals` are the names of those whom the policies would let through.
    """

    door: Door
    reason: str
    instances: tuple[str, ...] = ()
    endpoint: str = ""
    principals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Who:
    """The answer: who can, and what to know of it.

    `closed` tells the doors that the policies would open and that lead nowhere, `notes` what was not weighed ("SCP not
    evaluated: …"), `doubts` what could not be read, so that somebody may be missing from `rows`.
    """

    action: str
    target: str = ""
    rows: tuple[Capability, ...] = ()
    closed: tuple[Closed, ...] = ()
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether nothing stayed unknown."""
        return not self.doubts and not any(row.is_doubtful for row in self.rows)

    def by_principal(self) -> dict[str, tuple[Capability, ...]]:
        """The rows by the ARN of the principal."""
        found: dict[str, list[Capability]] = {}
        for row in self.rows:
            found.setdefault(row.principal.arn, []).append(row)
        return {arn: tuple(rows) for arn, rows in found.items()}


def counted(instances: tuple[str, ...]) -> str:
    """One instance by its id, several by their number."""
    return instances[0] if len(instances) == 1 else f"{len(instances):,} instances"


_VERBS = {
    Door.KEY: "push a key to",
    Door.CONSOLE: "open the serial console of",
    Door.SESSION: "start a session on",
    Door.NONE: "do it to",
}


def _protocols(ports: tuple[int, ...]) -> str:
    return " and ".join({SSH: "SSH", RDP: "RDP"}[port] for port in ports)


def _listed(words: tuple[str, ...], *, most: int = 3) -> str:
    told = list(words) if len(words) <= most else [*words[:most], f"{len(words) - most} more"]
    return f"{', '.join(told[:-1])} and {told[-1]}" if len(told) > 1 else "".join(told)
