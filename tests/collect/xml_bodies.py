"""Bodies as AWS would write them, made at random from botocore's shapes; or, with `odd`, as nobody would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any
from xml.sax.saxutils import escape

_TEXTS = (
    "",
    "a",
    "vpc-1",
    "two words",
    " padded\n",
    "a & b < c > d",
    "Ω\u00e9 \U0001f40d",
    "]]",
    "true",
    "0",
    "line\nline",
    "\"'",
)
_TIMES = (
    "2024-01-31T12:00:00Z",
    "2024-01-31T12:00:00.000Z",
    "2024-01-31T12:00:00.123456Z",
    "2024-01-31T12:00:00+02:00",
    "2024-01-31T12:00:00",
    "2024-02-29",
    "1706702400",
    "1706702400.5",
)
_ODD = (
    "",
    " ",
    "1e400",
    "nan",
    "0x10",
    "\uff12",
    "1_000",
    "TRUE",
    "1",
    "-1",
    "12 ",
    "0001-01-01T00:00:00+23:59",
    "9" * 30,
)
_BETWEEN = ("<!-- no -->", "<?no way?>", "<unknown/>", "<x:unknown xmlns:x='urn:x' x:y='z'>text<a><a/></a></x:unknown>")
_INSIDE = (
    "<!-- in -->",
    "<![CDATA[a < b]]>",
    "<?in it?>",
    "&#228;",
    "&#x1F40D;",
    "<b>inner</b>",
    " <b/>",
    " <!-- in -->",
    " \r\n",
    " &#32;<b/>",
    " " * 400,
)
_NAMESPACE = "http://example.com/doc/2016-11-15/"
_DEEPEST = 7


@dataclass(frozen=True)
class Writer:
    """Writes one body; the same random numbers write the same body."""

    random: Random
    odd: bool = False

    def body(self, operation: Any) -> bytes:
        """A whole answer of an operation, the protocol's own elements around it."""
        shape, protocol = operation.output_shape, operation.service_model.protocol
        content = "".join(self._members(shape, 0))
        if "resultWrapper" in shape.serialization:
            name = shape.serialization["resultWrapper"]
            content = f"<{name}>{content}</{name}>"
        request = f"<{'requestId' if protocol == 'ec2' else 'RequestId'}>r-1</{'requestId' if protocol == 'ec2' else 'RequestId'}>"
        if protocol == "query":
            request = f"<ResponseMetadata>{request}</ResponseMetadata>"
        parts = [content, *([request] if protocol != "rest-xml" and self._chance(0.9) else [])]
        self.random.shuffle(parts)
        root = f"{operation.name}Response"
        declaration = self.random.choice(("", '<?xml version="1.0" encoding="UTF-8"?>', "<?xml version='1.0'?>\n"))
        named = f' xmlns="{_NAMESPACE}"' if self._chance(0.8) else ""
        return f"{declaration}<{root}{named}>{self._gap()}{''.join(parts)}{self._gap()}</{root}>".encode()

    def _chance(self, likely: float) -> bool:
        return self.random.random() < likely

    def _gap(self) -> str:
        """What may stand between two elements."""
        space = self.random.choice(("", "", "\n    "))
        if self._chance(0.04):
            return f"{space}{self.random.choice(_BETWEEN[2:] if not self.odd else _BETWEEN)}"
        return space

    def _members(self, shape: Any, depth: int) -> Iterator[str]:
        members = list(shape.members.items())
        if self._chance(0.3):
            self.random.shuffle(members)
        likely = self.random.choice((0.2, 0.6, 0.95)) if depth < _DEEPEST else 0.0
        for name, member in members:
            for _ in range(2 if self.odd and self._chance(0.02) else 1):
                if self._chance(likely):
                    yield self._gap()
                    yield from self._member(name, member, depth + 1)

    def _member(self, name: str, shape: Any, depth: int) -> Iterator[str]:
        if not shape.serialization.get("flattened"):
            yield self._element(shape.serialization.get("name", name), shape, depth)
            return
        if shape.type_name == "list":
            name = shape.member.serialization.get("name") or shape.serialization.get("name") or name
            for _ in range(self.random.randrange(4)):
                yield self._element(name, shape.member, depth)
        else:
            name = shape.serialization.get("name", name)
            yield from (f"<{name}>{self._pair(shape, depth)}</{name}>" for _ in range(self.random.randrange(3)))

    def _element(self, name: str, shape: Any, depth: int) -> str:
        content = self._content(shape, depth)
        name = name.rpartition(":")[2]
        return f"<{name}>{content}</{name}>" if content or self._chance(0.5) else f"<{name}/>"

    def _content(self, shape: Any, depth: int) -> str:
        if shape.type_name == "structure":
            return "".join(self._members(shape, depth)) + self._gap()
        if shape.type_name == "list":
            name = shape.member.serialization.get("name", "member")
            count = self.random.randrange(4) if depth < _DEEPEST else 0
            return "".join(self._gap_in_list() + self._element(name, shape.member, depth) for _ in range(count))
        if shape.type_name == "map":
            return "".join(f"<entry>{self._pair(shape, depth)}</entry>" for _ in range(self.random.randrange(3)))
        return self._scalar(shape)

    def _gap_in_list(self) -> str:
        """Every element of a list is an item of it, known or not."""
        return self._gap() if self.odd else self.random.choice(("", "\n        "))

    def _pair(self, shape: Any, depth: int) -> str:
        key = self._element(shape.key.serialization.get("name") or "key", shape.key, depth)
        value = self._element(shape.value.serialization.get("name") or "value", shape.value, depth)
        if self.odd and self._chance(0.1):
            return self.random.choice((key, value, "", value + key, key + key, f"{key}{value}<more/>"))
        return key + value

    def _scalar(self, shape: Any) -> str:
        if self.odd and self._chance(0.05):
            return self.random.choice((*_INSIDE, *_ODD))
        if shape.type_name == "boolean":
            return self.random.choice(("true", "false"))
        if shape.type_name in ("integer", "long", "float", "double"):
            return str(self.random.choice((0, 1, -1, 80, 2**40)))
        if shape.type_name == "timestamp":
            return self.random.choice(_TIMES)
        return escape(self.random.choice(_TEXTS))
