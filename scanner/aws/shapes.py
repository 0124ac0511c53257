"""botocore's service models as the type system of the cards, read from its data files without importing it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from scanner.aws.build import detail_members
from scanner.aws.kinds import Kind
from scanner.aws.table import KINDS


@dataclass(frozen=True, slots=True)
class Shape:
    """A type of AWS's: `type` is structure, list, map, string, integer, boolean, timestamp, float, long, double or blob.

    `members` are a structure's, `item` a list's or map's, `enum` the words a string may be; empty enums allow any.
    """

    type: str
    members: Mapping[str, Shape] = field(default_factory=dict)
    item: Shape | None = None
    enum: tuple[str, ...] = ()

    @property
    def is_scalar(self) -> bool:
        """True for everything without parts."""
        return self.type not in {"structure", "list", "map"}


ANYTHING = Shape("anything")
"""Where AWS's model says nothing, or is known to say the wrong thing."""

# AWS's model and AWS's answers disagree here; reviewed one by one, with the page or the observation that shows it.
_ALSO_SENT: Mapping[tuple[str, str], tuple[str, ...]] = {
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InternetGatewayAttachment.html: "available".
    ("AWS::EC2::InternetGateway", "AttachmentStatus"): ("available",),
    ("AWS::EC2::EgressOnlyInternetGateway", "AttachmentStatus"): ("available",),
    # The filter of DescribeNetworkInterfaces documents it, the enumeration lacks it; both spellings of NAT are sent.
    ("AWS::EC2::NetworkInterface", "NetworkInterfaceType"): (
        "ec2_instance_connect_endpoint",
        "nat_gateway",
        "nat_gateway_regional",
    ),
}
# The model writes "Available", the wire says "available": https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html
# The model says string, and AWS sends JSON that is URL-encoded; botocore and the aws command line hand over what it means.
_DOCUMENT = "policyDocumentType"
_EITHER_CASE = {("AWS::EC2::VPCEndpoint", "State")}


def shape_of(kind_name: str) -> Shape:
    """The structure of a kind's facts: the list call's item joined by the answers of its details.

    Raises KeyError for a kind outside the table, LookupError where botocore's data cannot be found.
    """
    return _kind_shape(kind_name)


@cache
def _kind_shape(kind_name: str) -> Shape:
    kind = KINDS[kind_name]
    model = _model(kind.service)
    members: dict[str, Shape] = {name: Shape("string") for name in kind.seed}
    if kind.operation:
        members.update(_item(kind, _Reader(model, kind.name).output(kind.operation)).members)
    for detail in kind.details:
        if detail.trials:
            members.update((name, Shape("boolean")) for name in detail_members(kind_name, detail))
            continue
        output = _Reader(model, kind.name).output(detail.operation)
        answer = output.members[detail.inside].members if detail.inside else output.members
        if detail.climb:
            answer = {detail.climb.fact: answer[detail.proof]}
        members.update((name, answer[name]) for name in detail.keep or answer if name not in members)
    return Shape("structure", members)


def _item(kind: Kind, answer: Shape) -> Shape:
    shape = answer
    for step in kind.path.split(".") if kind.path != "@" else ():
        found = shape.members[step.removesuffix("[]").removesuffix("?")]
        shape = found.item or ANYTHING if step.endswith("[]") else found
    return shape


@cache
def _model(service: str) -> Mapping[str, Any]:
    spec = find_spec("botocore")
    if spec is None or not spec.submodule_search_locations:
        raise LookupError("botocore's data files are not installed")
    versions = sorted((Path(spec.submodule_search_locations[0]) / "data" / service).glob("*/service-2.json*"))
    if not versions:
        raise LookupError(f"botocore has no model of {service}")
    raw = versions[-1].read_bytes()
    model: Mapping[str, Any] = json.loads(gzip.decompress(raw) if versions[-1].suffix == ".gz" else raw)
    return model


class _Reader:
    """Builds shapes from one service's model; a structure that holds itself ends in `ANYTHING`."""

    def __init__(self, model: Mapping[str, Any], kind: str) -> None:
        self._shapes = model["shapes"]
        self._operations = model["operations"]
        self._kind = kind
        self._open: list[str] = []

    def output(self, operation: str) -> Shape:
        """The structure an operation answers with."""
        return self._shape(self._operations[operation]["output"]["shape"])

    def _shape(self, name: str) -> Shape:
        if name in self._open or name == _DOCUMENT:
            return ANYTHING
        self._open.append(name)
        raw = self._shapes[name]
        try:
            if raw["type"] == "structure":
                members = {key: self._shape(ref["shape"]) for key, ref in raw["members"].items()}
                return Shape("structure", members)
            if raw["type"] == "list":
                return Shape("list", item=self._shape(raw["member"]["shape"]))
            if raw["type"] == "map":
                return Shape("map", item=self._shape(raw["value"]["shape"]))
            return Shape(raw["type"], enum=self._enum(name, tuple(raw.get("enum", ()))))
        finally:
            self._open.pop()

    def _enum(self, name: str, words: tuple[str, ...]) -> tuple[str, ...]:
        if not words:
            return ()
        also = _ALSO_SENT.get((self._kind, name), ())
        lower = tuple(word[:1].lower() + word[1:] for word in words) if (self._kind, name) in _EITHER_CASE else ()
        return tuple(dict.fromkeys((*words, *also, *lower)))
