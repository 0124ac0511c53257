"""Tunnels: what the policies open at an EC2 Instance Connect Endpoint, as far as its network leads.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/permissions-for-ec2-instance-connect-endpoint.html: the resource is the
endpoint; only the conditions on ec2-instance-connect:remotePort and :privateIpAddress say where a tunnel may go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scanner.logins.capability import PORTS, SSH, Closed, Door, KeyPush
from scanner.logins.keys import Keys, Pushes
from scanner.logins.landings import Landings, Reached
from scanner.logins.marks import Cell, Marks
from scanner.logins.permits import Permit, Permits
from scanner.logins.rows import Answer, Rows
from scanner.model import View
from scanner.policy.conditions import Clause
from scanner.policy.facts import Target
from scanner.policy.formulas import Access
from scanner.policy.keys import OPEN_TUNNEL_ACTION
from scanner.policy.principals import Principal

REMOTE_PORT = "ec2-instance-connect:remoteport"
PRIVATE_ADDRESS = "ec2-instance-connect:privateipaddress"

Asked = tuple[int, int, Cell]
"""A request: the number of the endpoint, the port, and the mark of the addresses (None where they do not matter)."""
Pieces = list[tuple[Reached, Cell, frozenset[str]]]


class Tunnels:
    """Every principal's tunnels, one after the other; what is the same for several is found once."""

    def __init__(
        self, view: View, landings: Sequence[Landings], keys: Keys, principals: Sequence[str] | None = None
    ) -> None:
        self._permits = Permits(view, OPEN_TUNNEL_ACTION)
        self._permits.narrow(principals)
        self._landings = landings
        self._keys = keys
        self._marks = Marks(_addresses(landings))
        self._pieces: dict[tuple[Clause, ...], list[Pieces]] = {}
        self._shared: dict[tuple[frozenset[str], frozenset[str]], frozenset[str]] = {}
        self._shut: dict[tuple[str, str, frozenset[str]], dict[str, None]] = {}

    def rows(self) -> Iterator[tuple[Principal, Rows]]:
        """The rows of every principal that has some."""
        asked: list[Asked] = [(number, port, None) for number in range(len(self._landings)) for port in PORTS]
        apart: dict[tuple[Clause, ...], list[Principal]] = {}
        for one in self._permits.able if asked else ():
            apart.setdefault(self._permits.clauses(one, PRIVATE_ADDRESS), []).append(one)
        found: dict[str, tuple[Principal, Rows]] = {}
        for clauses, principals in apart.items():
            some = self._of_addresses(clauses, principals) if clauses else self._answered(asked, principals)
            found.update((one.arn, (one, rows)) for one, rows in some)
        yield from (found[one.arn] for one in self._permits.able if one.arn in found)

    def closed(self) -> Iterator[Closed]:
        """What principals may open and does not lead anywhere, after all rows were made."""
        for (endpoint, why, instances), principals in self._shut.items():
            yield Closed(Door.TUNNEL, why, tuple(sorted(instances)), endpoint, tuple(principals))

    def _answered(self, asked: Sequence[Asked], principals: Sequence[Principal]) -> Iterator[tuple[Principal, Rows]]:
        pieces = self._pieces_for({}, ())
        for principal, answers in self._permits.of([self._request(one, "") for one in asked], principals):
            permits = {asked[number]: permit for numbers, permit in answers for number in numbers}
            yield principal, self._rows_of(principal, permits, pieces)

    def _of_addresses(
        self, clauses: tuple[Clause, ...], principals: Sequence[Principal]
    ) -> Iterator[tuple[Principal, Rows]]:
        """Principals with the same conditions on the address: one request for each set of addresses they tell apart."""
        marks = self._marks.of(clauses)
        first = {mark: address for address, mark in reversed(list(marks.items()))}
        pieces = self._pieces_for(marks, clauses)
        asked: list[Asked] = list(
            dict.fromkeys(
                (number, port, cell) for number, own in enumerate(pieces) for _, cell, _ in own for port in PORTS
            )
        )
        requests = [self._request(one, first.get(one[2], "")) for one in asked]
        for principal, answers in self._permits.of(requests, principals):
            permits = {asked[number]: permit for numbers, permit in answers for number in numbers}
            yield principal, self._rows_of(principal, permits, pieces)

    def _request(self, asked: Asked, address: str) -> tuple[Target, ...]:
        endpoint = self._landings[asked[0]].endpoint
        given: tuple[tuple[str, tuple[str, ...]], ...] = ((REMOTE_PORT, (str(asked[1]),)),)
        if address:
            given = (*given, (PRIVATE_ADDRESS, (address,)))
        return (Target(endpoint.arn, endpoint, given=given),)

    def _pieces_for(self, marks: Mapping[str, Cell], key: tuple[Clause, ...]) -> list[Pieces]:
        """For each endpoint its instances, by what the network says of them and by the mark of their address."""
        if key not in self._pieces:
            self._pieces[key] = [_pieces(one, marks) for one in self._landings]
        return self._pieces[key]

    def _rows_of(self, principal: Principal, permits: dict[Asked, Permit], pieces: list[Pieces]) -> Rows:
        rows = Rows(Door.TUNNEL)
        pushes = self._keys.of(principal.arn)
        for number, own in enumerate(pieces):
            endpoint = self._landings[number].endpoint.id
            for reached, cell, instances in own:
                able = {port: permits[number, port, cell] for port in PORTS}
                if reached.closed:
                    if not all(one.is_shut for one in able.values()):
                        self._shut.setdefault((endpoint, reached.closed, instances), {})[principal.word] = None
                    continue
                for answer, some in self._answers(able, reached, instances, pushes):
                    rows.add(answer, some, endpoint=endpoint)
        return rows

    def _answers(
        self, able: dict[int, Permit], reached: Reached, instances: frozenset[str], pushes: Pushes
    ) -> Iterator[tuple[Answer, frozenset[str]]]:
        doubts = dict(reached.doubts)
        ports: dict[tuple[Permit, str], list[int]] = {}
        for port in PORTS:
            if (port in reached.ports or port in doubts) and not able[port].is_shut:
                ports.setdefault((able[port], doubts.get(port, "")), []).append(port)
        for (permit, doubt), some in ports.items():
            is_known = permit.access is not Access.UNKNOWN and not doubt
            for those, push in pushes if SSH in some else ((instances, None),):
                shared = self._common(instances, those)
                if shared:
                    keys: KeyPush | None = push if is_known else None
                    yield Answer(permit, tuple(some), keys, doubt), shared

    def _common(self, some: frozenset[str], others: frozenset[str]) -> frozenset[str]:
        key = (some, others)
        if key not in self._shared:
            self._shared[key] = some & others
        return self._shared[key]


def _pieces(landings: Landings, marks: Mapping[str, Cell]) -> Pieces:
    found: dict[tuple[Reached, Cell], set[str]] = {}
    for reached, members in landings.groups:
        for landing in members:
            found.setdefault((reached, marks.get(landing.address)), set()).add(landing.instance)
    return [(reached, cell, frozenset(instances)) for (reached, cell), instances in found.items()]


def _addresses(landings: Sequence[Landings]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for one in landings:
        for _, members in one.groups:
            found.update((landing.address, None) for landing in members if landing.address)
    return tuple(found)
