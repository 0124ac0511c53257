"""What mappers write has AWS's own names and types, for every type that is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.aws.shapes import ANYTHING, Shape, shape_of
from scanner.gate.mapping.table import MAPPERS
from scanner.model import Unknown
from tests.gate.templates_by_hand import EVERYTHING, surface_of_file

# A template has it, and AWS's list does not show it; no rule asks for it.
FOREIGN = {("AWS::EC2::Instance", "UserData")}

_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "double": (int, float),
    "float": (int, float),
    "boolean": (bool,),
    "list": (list,),
    "structure": (dict,),
    "map": (dict,),
    "timestamp": (str,),
    "blob": (str,),
}


def strangers(value: Any, shape: Shape, path: str) -> Iterator[str]:
    if isinstance(value, Unknown) or shape == ANYTHING:
        return
    # A document of a policy comes decoded, whatever the model says.
    if path.endswith(("Document", "Document[]")):
        return
    if shape.type in _TYPES and not isinstance(value, _TYPES[shape.type]):
        yield f"{path} is a {type(value).__name__}, not a {shape.type}"
    elif shape.enum and value not in shape.enum:
        yield f"{path} is never {value!r}"
    elif isinstance(value, Mapping):
        yield from _strange_members(value, shape, path)
    elif isinstance(value, list):
        for item in value:
            yield from strangers(item, shape.item or ANYTHING, f"{path}[]")


def _strange_members(value: Mapping[str, Any], shape: Shape, path: str) -> Iterator[str]:
    for key, item in value.items():
        if shape.type == "map":
            yield from strangers(item, shape.item or ANYTHING, f"{path}.{key}")
        elif key not in shape.members:
            yield f"{path}.{key} is no member"
        else:
            yield from strangers(item, shape.members[key], f"{path}.{key}")


def test_every_fact_has_the_name_and_the_type_that_aws_gives_it() -> None:
    found = {
        (kind, stranger)
        for kind, rows in _rows().items()
        for row in rows
        for key, value in row.facts.items()
        if (kind, key) not in FOREIGN
        for stranger in (
            strangers(value, shape_of(kind).members[key], key)
            if key in shape_of(kind).members
            else iter([f"{key} is no member"])
        )
    }
    assert sorted(found) == []


def _rows() -> dict[str, list[Any]]:
    made: dict[str, list[Any]] = {}
    for one, row in surface_of_file(EVERYTHING).rows.items():
        made.setdefault(one.kind, []).append(row)
    return made


def test_the_template_of_everything_has_every_type_that_is_read() -> None:
    text = EVERYTHING.read_text(encoding="utf-8")
    used = {line.split("Type:", 1)[1].strip(" {},") for line in text.splitlines() if "Type: AWS::" in line}
    used |= {one.split(",")[0].strip(" }") for line in text.splitlines() for one in line.split("{Type: ")[1:]}
    used |= {"Custom::VpcRestrictDefaultSG"}
    from scanner.gate.mapping.services import SERVICES, SUBNET_GROUPS

    # What AWS makes by itself is taken over in Terraform alone; its tests have these.
    own = {name for name in MAPPERS if name.startswith("Default::")}
    assert sorted(set(MAPPERS) - own - used - set(SERVICES) - set(SUBNET_GROUPS)) == []
