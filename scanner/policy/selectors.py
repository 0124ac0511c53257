"""Whether CloudTrail's event selectors let a management event through.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html has the basic
ones, https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedEventSelector.html the advanced ones:
selectors are alternatives, the field selectors inside one must all hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from scanner.model import Undecided

_Item = TypeVar("_Item")


class Recording(Enum):
    """How many of the events in question are recorded: all, those of some callers, or none."""

    ALL = "all"
    SOME = "some"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ManagementEvent:
    """A management event as its record describes it: `source` is "ec2.amazonaws.com", `name` the API's operation."""

    source: str
    name: str
    read_only: bool

    @property
    def fields(self) -> Mapping[str, str]:
        """The fields of the record that selectors may ask for, and that do not depend on the caller."""
        return {
            "eventCategory": "Management",
            "eventSource": self.source,
            "eventName": self.name,
            "eventType": "AwsApiCall",
            "readOnly": str(self.read_only).lower(),
        }


@dataclass(frozen=True, slots=True)
class EndpointRefusal:
    """A call that the policy of a VPC endpoint refused, as CloudTrail tells the endpoint's owner.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-network-events-with-cloudtrail.html
    """

    source: str
    endpoint: str

    @property
    def fields(self) -> Mapping[str, str]:
        """The fields that selectors may ask for; the operation differs from call to call and is not among them."""
        return {
            "eventCategory": "NetworkActivity",
            "eventSource": self.source,
            "errorCode": "VpceAccessDenied",
            "vpcEndpointId": self.endpoint,
        }


OPEN_TUNNEL = ManagementEvent("ec2-instance-connect.amazonaws.com", "OpenTunnel", read_only=False)
"""What a session through an EC2 Instance Connect Endpoint begins with; CloudTrail calls it a write event."""

A_READ = ManagementEvent("ec2.amazonaws.com", "DescribeInstanceConnectEndpoints", read_only=True)
"""Stands for everything that only reads."""

# Who calls, and from where, differs from call to call: a selector on it lets some of the events through.
_OF_THE_CALLER = frozenset({"userIdentity.arn", "sessionCredentialFromConsole"})
_SELECT: Mapping[str, Callable[[str, str], bool]] = {
    "Equals": str.__eq__,
    "StartsWith": str.startswith,
    "EndsWith": str.endswith,
}


def joined(items: Iterable[_Item], recording_of: Callable[[_Item], Recording]) -> Recording:
    """What several recorders write down together; raises `Undecided` where one that cannot be read would matter."""
    doubts: list[Undecided] = []
    parts = 0
    for item in items:
        try:
            found = recording_of(item)
        except Undecided as doubt:
            doubts.append(doubt)
            continue
        if found is Recording.ALL:
            return found
        parts += found is Recording.SOME
    if doubts:
        raise doubts[0]
    if parts > 1:
        raise Undecided("several event selectors record the events of some callers each, perhaps of all together")
    return Recording.SOME if parts else Recording.NONE


def basic(selectors: Iterable[Any], event: ManagementEvent) -> Recording:
    """What `EventSelectors` record; raises `Undecided` for a selector of another shape."""
    return joined(selectors, lambda selector: _basic(selector, event))


def advanced(selectors: Iterable[Any], event: ManagementEvent | EndpointRefusal) -> Recording:
    """What `AdvancedEventSelectors` record; raises `Undecided` for fields and shapes nobody knows."""
    return joined(selectors, lambda selector: _advanced(selector, event))


def _basic(selector: Any, event: ManagementEvent) -> Recording:
    if not isinstance(selector, Mapping):
        raise Undecided("an event selector cannot be read")
    included = _or_default(selector, "IncludeManagementEvents", default=True)
    kinds = _or_default(selector, "ReadWriteType", default="All")
    excluded = _or_default(selector, "ExcludeManagementEventSources", default=())
    known = kinds in ("All", "ReadOnly", "WriteOnly") and isinstance(excluded, (list, tuple))
    if not isinstance(included, bool) or not known:
        raise Undecided("an event selector cannot be read")
    fits = kinds in ("All", "ReadOnly" if event.read_only else "WriteOnly")
    return Recording.ALL if included and fits and event.source not in excluded else Recording.NONE


def _or_default(selector: Mapping[str, Any], key: str, *, default: Any) -> Any:
    value = selector.get(key)
    return default if value is None else value


def _advanced(selector: Any, event: ManagementEvent | EndpointRefusal) -> Recording:
    fields = selector.get("FieldSelectors") if isinstance(selector, Mapping) else None
    if not isinstance(fields, (list, tuple)) or not all(isinstance(field, Mapping) for field in fields):
        raise Undecided("an advanced event selector cannot be read")
    if not any(field.get("Field") == "eventCategory" for field in fields):
        raise Undecided("an advanced event selector names no eventCategory")
    # One field that excludes the event decides, whatever the others say.
    answers: list[Recording] = []
    doubts: list[Undecided] = []
    for field in fields:
        try:
            answers.append(_field(field, event))
        except Undecided as doubt:
            doubts.append(doubt)
    if Recording.NONE in answers:
        return Recording.NONE
    if doubts:
        raise doubts[0]
    return Recording.SOME if Recording.SOME in answers else Recording.ALL


def _field(field: Mapping[str, Any], event: ManagementEvent | EndpointRefusal) -> Recording:
    """Select operators are alternatives, each of the others excludes, and both groups must agree."""
    name = str(field.get("Field"))
    if name in _OF_THE_CALLER or (name == "eventName" and isinstance(event, EndpointRefusal)):
        return Recording.SOME
    value = event.fields.get(name)
    if value is None:
        raise Undecided(f"an event selector asks for the field {name!r}")
    wanted = {operator: _texts(field, operator) for operator in _SELECT}
    unwanted = {operator: _texts(field, f"Not{operator}") for operator in _SELECT}
    if not any(wanted.values()) and not any(unwanted.values()):
        raise Undecided(f"an event selector says nothing about the field {name!r}")
    chosen = not any(wanted.values()) or _matches(value, wanted)
    return Recording.ALL if chosen and not _matches(value, unwanted) else Recording.NONE


def _matches(value: str, patterns: Mapping[str, tuple[str, ...]]) -> bool:
    return any(_SELECT[operator](value, text) for operator, texts in patterns.items() for text in texts)


def _texts(field: Mapping[str, Any], operator: str) -> tuple[str, ...]:
    texts = field.get(operator)
    if texts is None:
        return ()
    if not isinstance(texts, (list, tuple)) or not all(isinstance(text, str) for text in texts):
        raise Undecided("an advanced event selector cannot be read")
    return tuple(texts)
