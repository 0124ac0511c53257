"""A scene in Graphviz's language, https://graphviz.org/doc/info/lang.html; every label is a quoted string."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.drawing.scene import Room, Scene, Thing

_SHAPES = {"instance": "box", "gateway": "doubleoctagon", "nat": "octagon", "endpoint": "component", "connect": "cds"}
_COLORS = {"instance": "#f3f4f6", "gateway": "#dbeafe", "nat": "#dbeafe", "endpoint": "#dcfce7", "connect": "#bbf7d0"}
_INTERNET = "the internet"


def as_dot(scene: Scene) -> str:
    """The scene as a digraph."""
    return "\n".join((*_lines(scene), ""))


def _lines(scene: Scene) -> Iterator[str]:
    yield "digraph network {"
    yield '  graph [fontname="Helvetica", compound=true, rankdir=TB, labeljust=l];'
    yield '  node [fontname="Helvetica", fontsize=10, style=filled];'
    yield f"  label={quoted(scene.title)};"
    yield f'  {quoted(_INTERNET)} [shape=ellipse, fillcolor="#fee2e2"];'
    for number, house in enumerate(scene.houses):
        yield f"  subgraph cluster_{number} {{"
        yield f'    label={quoted(house.label)}; style=rounded; color="#6b7280";'
        for gate in house.gates:
            yield f"    {_node(gate, house.id)}"
        for place, room in enumerate(house.rooms):
            yield from _room(room, f"{number}_{place}")
        yield "  }"
    for gateway in dict.fromkeys(way.gateway for way in scene.ways):
        yield f'  {quoted(_INTERNET)} -> {quoted(gateway)} [color="#dc2626", penwidth=2];'
    for way in scene.ways:
        yield (
            f"  {quoted(way.gateway)} -> {quoted(way.thing)} "
            f'[color="#dc2626", fontcolor="#dc2626", penwidth=2, label={quoted(way.ports)}];'
        )
    yield "}"


def _room(room: Room, number: str) -> Iterator[str]:
    yield f"    subgraph cluster_{number} {{"
    yield f'      label={quoted(room.label)}; style=dashed; color="#9ca3af";'
    if not room.things:
        yield f'      {quoted(room.id)} [label="", shape=point, style=invis];'
    for thing in room.things:
        yield f"      {_node(thing, room.id)}"
    yield "    }"


def _node(thing: Thing, place: str) -> str:
    """An interface endpoint stands in several subnets under one id, so that its node is named with the subnet."""
    name = f"{thing.id}@{place}" if thing.kind == "endpoint" else thing.id
    look = f'shape={_SHAPES[thing.kind]}, fillcolor="{_COLORS[thing.kind]}"'
    return f"{quoted(name)} [label={quoted(thing.label)}, {look}];"


def quoted(text: str) -> str:
    """A string of the language; control characters become spaces, and nothing in it is an escape."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
