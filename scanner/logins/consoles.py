"""The serial console: no network leads to it, only the account's switch and a policy.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configure-access-to-serial-console.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scanner.logins.capability import Closed, Door
from scanner.logins.hosts import target_of_instance
from scanner.logins.permits import Permits
from scanner.logins.rows import Answer, Rows
from scanner.model import Resource, Undecided, View
from scanner.policy.keys import SEND_SERIAL_KEY_ACTION
from scanner.policy.principals import Principal

SWITCH = "AWS::EC2::SerialConsoleAccess"
_OFF = "off"


class Consoles:
    """Every principal's serial consoles."""

    def __init__(self, view: View, instances: Sequence[Resource], principals: Sequence[str] | None = None) -> None:
        self._permits = Permits(view, SEND_SERIAL_KEY_ACTION)
        self._permits.narrow(principals)
        states = {region: _state(view, region) for region in dict.fromkeys(one.region for one in instances)}
        self._instances = instances
        self._states: Mapping[str, str] = states
        self._kept: dict[frozenset[int], dict[str, list[str]]] = {}
        self._shut: dict[str, dict[str, None]] = {}

    def rows(self) -> Iterator[tuple[Principal, Rows]]:
        """The rows of every principal that has some."""
        requests = [(target_of_instance(one),) for one in self._instances]
        for principal, answers in self._permits.of(requests, self._permits.able) if requests else ():
            rows = Rows(Door.CONSOLE)
            for numbers, permit in answers:
                for region, ids in self._sorted(numbers).items() if not permit.is_shut else ():
                    if self._states[region] == _OFF:
                        self._shut.setdefault(region, {})[principal.word] = None
                    else:
                        rows.add(Answer(permit, doubt=self._states[region]), ids)
            yield principal, rows

    def _sorted(self, numbers: frozenset[int]) -> dict[str, list[str]]:
        """The ids of instances by Region; the same ones are asked about again and again."""
        found = self._kept.get(numbers)
        if found is None:
            found = self._kept[numbers] = {}
            for number in numbers:
                found.setdefault(self._instances[number].region, []).append(self._instances[number].id)
        return found

    def closed(self) -> Iterator[Closed]:
        """The Regions whose switch is off, and who would have the console there; after all rows were made."""
        for region, principals in self._shut.items():
            ids = tuple(one.id for one in self._instances if one.region == region)
            why = f"the account's switch for the serial console is off in {region}"
            yield Closed(Door.CONSOLE, why, ids, principals=tuple(principals))


def _state(view: View, region: str) -> str:
    """Nothing for on, "off", or why it is not known."""
    own = view.within(region)
    try:
        for switch in own.of(SWITCH):
            enabled = switch.get("SerialConsoleAccessEnabled")
            if isinstance(enabled, bool):
                return "" if enabled else _OFF
            bool(enabled)  # an unknown says why
    except Undecided as doubt:
        return doubt.reason
    return f"whether the serial console is on in {region} was not read"
