"""A scene as SVG without any program's help: VPCs below each other, subnets side by side, red ways from the internet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from scanner.drawing.scene import House, Room, Scene, Thing

_ROOM_WIDTH, _GAP, _LINE, _TITLE, _ROOMS_A_ROW = 250, 16, 26, 24, 4
_MOST_THINGS = 40
_LETTER = 0.56
"""Width of a letter in parts of its height, on average."""
_FILL = {"instance": "#f3f4f6", "gateway": "#dbeafe", "nat": "#dbeafe", "endpoint": "#dcfce7", "connect": "#bbf7d0"}
_RED = "#dc2626"


@dataclass(frozen=True, slots=True)
class _Box:
    """Where something is on the paper."""

    x: int
    y: int
    width: int
    height: int


def as_svg(scene: Scene) -> str:
    """The scene as a self-contained SVG document; names in it are text and nothing else."""
    paper = _Paper(frozenset(way.thing for way in scene.ways))
    y = 70
    for house in scene.houses:
        y = paper.house(house, y) + _GAP
    if not scene.houses:
        paper.text(_GAP, y, "There is no VPC here.", size=12)
        y += _LINE
    paper.ways(scene)
    for doubt in scene.doubts[:_MOST_THINGS]:
        y += 16
        paper.text(_GAP, y, f"not decided: {doubt}", size=10, fill="#b45309")
    return paper.document(scene, height=y + _GAP)


class _Paper:
    """Collects elements, and remembers where each thing was put; what is reached keeps room for its ports."""

    def __init__(self, reached: frozenset[str]) -> None:
        self._reached = reached
        self._elements: list[str] = []
        self._lines: list[str] = []
        self._places: dict[str, _Box] = {}
        self._width = 2 * _GAP + _ROOM_WIDTH

    def house(self, house: House, y: int) -> int:
        """Draws a VPC and tells where it ends."""
        rows = [house.rooms[start : start + _ROOMS_A_ROW] for start in range(0, len(house.rooms), _ROOMS_A_ROW)]
        columns = max((len(row) for row in rows), default=1)
        width = columns * (_ROOM_WIDTH + _GAP) + _GAP
        top, place = y, len(self._elements)
        self.text(_GAP + 10, y + 17, house.label, size=13, room=width - 20, weight="bold")
        y += _TITLE + 4
        for gate in house.gates:
            self._thing(gate, 2 * _GAP, y, width=_ROOM_WIDTH - _GAP)
            y += _LINE
        for row in rows:
            heights = [self._room(room, 2 * _GAP + column * (_ROOM_WIDTH + _GAP), y) for column, room in enumerate(row)]
            y += max(heights) + _GAP
        frame = _Box(_GAP, top, width, y - top)
        self._elements.insert(place, _rect(frame, fill="#ffffff", stroke="#6b7280", radius=8))
        self._width = max(self._width, width + 2 * _GAP)
        return y

    def _room(self, room: Room, x: int, y: int) -> int:
        shown = room.things[:_MOST_THINGS]
        hidden = len(room.things) - len(shown)
        height = _TITLE + (len(shown) + bool(hidden)) * _LINE + 8
        self._elements.append(
            _rect(_Box(x, y, _ROOM_WIDTH, height), fill="#fafafa", stroke="#9ca3af", radius=6, dashed=True)
        )
        self.text(x + 8, y + 15, room.label, size=10, room=_ROOM_WIDTH - 14, fill="#4b5563")
        for number, thing in enumerate(shown):
            self._thing(thing, x + 8, y + _TITLE + number * _LINE, width=_ROOM_WIDTH - 16)
        if hidden:
            self.text(x + 12, y + _TITLE + len(shown) * _LINE + 14, f"and {hidden} more", size=10)
        return height

    def _thing(self, thing: Thing, x: int, y: int, *, width: int) -> None:
        box = _Box(x, y, width, _LINE - 6)
        self._places.setdefault(thing.id, box)
        self._elements.append(_rect(box, fill=_FILL[thing.kind], stroke="#9ca3af", radius=4))
        taken = 90 if thing.id in self._reached else 0
        self.text(x + 6, y + 14, thing.label, size=10, room=width - 10 - taken)

    def ways(self, scene: Scene) -> None:
        """The internet on top, and a red line through the gateway to everything it reaches."""
        start = _Box(_GAP, 34, 110, 24)
        self._elements.append(_rect(start, fill="#fee2e2", stroke=_RED, radius=12))
        self.text(start.x + 14, start.y + 16, "the internet", size=11, weight="bold")
        for gateway in dict.fromkeys(way.gateway for way in scene.ways):
            if gateway in self._places:
                self._line(start, self._places[gateway], "")
        for way in scene.ways:
            if way.thing in self._places:
                self._line(self._places.get(way.gateway, start), self._places[way.thing], way.ports)

    def _line(self, source: _Box, target: _Box, words: str) -> None:
        """Along the gaps, so that no line runs over a name: beside the source, down the lane left of the target, in."""
        lane = target.x - 16
        x, y = (
            (source.x + source.width, source.y + source.height // 2) if lane > source.x else (source.x, source.y + 10)
        )
        down = target.y + target.height // 2
        self._lines.append(
            f'<path d="M {x} {y} H {lane} V {down} H {target.x - 1}" fill="none" stroke="{_RED}" stroke-width="2" '
            f'stroke-linejoin="round" marker-end="url(#head)"><title>{escape(_clean(words))}</title></path>'
        )
        if words:
            end = target.x + target.width - 6
            self._lines.append(
                _text(end, target.y + 14, words, size=10, room=90, fill=_RED, weight="bold", anchor="end")
            )

    def text(
        self, x: int, y: int, words: str, *, size: int, room: int = 900, fill: str = "#111827", weight: str = "normal"
    ) -> None:
        """A line of text, shortened to the room there is; the whole is its tooltip."""
        self._elements.append(_text(x, y, words, size=size, room=room, fill=fill, weight=weight))

    def document(self, scene: Scene, *, height: int) -> str:
        """Everything, with the lines on top."""
        return "\n".join(self._document(scene, height))

    def _document(self, scene: Scene, height: int) -> Iterator[str]:
        label = quoteattr(f"Network map of {_clean(scene.title)}")
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self._width} {height}" width="{self._width}" '
            f'height="{height}" font-family="Helvetica, Arial, sans-serif" role="img" aria-label={label}>'
        )
        yield (
            '<defs><marker id="head" markerWidth="8" markerHeight="8" refX="6" refY="3" orient="auto">'
            f'<path d="M0,0 L6,3 L0,6 z" fill="{_RED}"/></marker></defs>'
        )
        yield f'<rect width="{self._width}" height="{height}" fill="#ffffff"/>'
        yield _text(_GAP, 22, f"{scene.title} ({len(scene.ways)} proved ways in)", size=14, weight="bold")
        yield from self._elements
        yield from self._lines
        yield "</svg>"
        yield ""


def _rect(box: _Box, *, fill: str, stroke: str, radius: int, dashed: bool = False) -> str:
    dashes = ' stroke-dasharray="4 3"' if dashed else ""
    return (
        f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="{radius}" '
        f'fill="{fill}" stroke="{stroke}"{dashes}/>'
    )


def _text(
    x: int,
    y: int,
    words: str,
    *,
    size: int,
    room: int = 900,
    fill: str = "#111827",
    weight: str = "normal",
    anchor: str = "start",
) -> str:
    whole = _clean(words)
    letters = int(room / (size * _LETTER))
    shown = whole if len(whole) <= letters else whole[: letters - 1] + "…"
    title = "" if shown == whole else f"<title>{escape(whole)}</title>"
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" fill="{fill}" font-weight="{weight}" text-anchor="{anchor}">'
        f"{escape(shown)}{title}</text>"
    )


def _clean(text: str) -> str:
    """Text that XML can hold."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
