"""AWS's XML read over lxml by readers compiled from botocore's shapes: botocore's own dictionary, several times sooner."""

# ruff: noqa: PLC0415 - lxml is loaded when AWS is asked, not before

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from scanner.collect.times import utc_text

_Reader = Callable[[Any], Any]
_Plan = list[tuple[str, _Reader, int | slice]]
"""Member, how its element is read, and which of the structure's elements that is: one, or a run of a flattened list."""

PROTOCOLS = ("ec2", "query", "rest-xml")
_OK = 200
# How AWS begins an answer. Nothing else may stand before the root, so that no document has a DTD or entities of its own.
_BEGINNING = re.compile(
    rb"""(?:<\?xml\s+version=["']1\.0["'](?:\s+encoding=["'](?i:utf-8)["'])?(?:\s+standalone=["'](?:yes|no)["'])?\s*\?>\s*)?"""
    rb"<[A-Za-z_]"
)
# Where libxml2 knows more letters than expat: a name that only one of the two accepts.
_FOREIGN_NAME = re.compile(rb"<[^>]*[\x80-\xff]")
_NAMESPACE = re.compile("{.*}")
# Structures come in a few forms each (with and without a public address, say); an answer with many forms is not AWS's.
_MOST_PLANS = 1_000
_HERE = ("header", "headers", "statusCode")

_read_time = lru_cache(maxsize=8_192)(utc_text)
_log = logging.getLogger("botocore.parsers")


class _UnknownError(Exception):
    """Something for botocore's own parser."""


class XmlReader:
    """Reads the answers of one protocol. Readers are made when an answer needs them, so an unused shape costs nothing."""

    def __init__(self, protocol: str) -> None:
        """Raises ImportError where there is no lxml."""
        from lxml import etree

        self._etree = etree
        self._protocol = protocol
        self._readers: dict[Any, _Reader] = {}
        self._not_read = (
            _UnknownError,
            ArithmeticError,
            LookupError,
            RecursionError,
            TypeError,
            ValueError,
            etree.LxmlError,
        )

    def read(self, response: Mapping[str, Any], shape: Any) -> dict[str, Any] | None:
        """What botocore's parser would answer, or None for whatever that one has to look at itself: errors first of all."""
        body = response["body"]
        if response["status_code"] != _OK or shape is None or not _is_plain(body) or _log.isEnabledFor(logging.DEBUG):
            return None
        try:
            root = self._etree.fromstring(body, self._parser())
            answer, metadata = self._content(root, shape), self._metadata(root, response["headers"])
        except self._not_read:
            return None
        if "ResponseMetadata" in answer:
            return None
        metadata["HTTPStatusCode"] = response["status_code"]
        metadata["HTTPHeaders"] = {name.lower(): value for name, value in response["headers"].items()}
        algorithm = response.get("context", {}).get("checksum", {}).get("response_algorithm")
        if algorithm:
            metadata["ChecksumAlgorithm"] = algorithm
        if self._protocol == "rest-xml":
            return {"ResponseMetadata": metadata, **answer}
        answer["ResponseMetadata"] = metadata
        return answer

    def _parser(self) -> Any:
        """A parser for one document: shared ones let one thread in at a time."""
        return self._etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            remove_comments=True,
            remove_pis=True,
            collect_ids=False,
        )

    def _content(self, root: Any, shape: Any) -> dict[str, Any]:
        wrapper = shape.serialization.get("resultWrapper") if self._protocol != "rest-xml" else None
        if wrapper:
            root = _only(root, wrapper)
        reader = self._readers.get(shape)
        if reader is None:
            reader = self._readers[shape] = self._top(shape)
        content: dict[str, Any] = reader(root)
        return content

    def _top(self, shape: Any) -> _Reader:
        """The reader of a whole answer; raises `_UnknownError` for one that is not only made of its body."""
        located = any(member.serialization.get("location") in _HERE for member in shape.members.values())
        if located or {"payload", "eventstream"} & set(shape.serialization):
            raise _UnknownError
        return _structure(shape)

    def _metadata(self, root: Any, headers: Mapping[str, Any]) -> dict[str, Any]:
        if self._protocol == "ec2":
            named = [element for element in root[:] if _name(element) == "requestId"]
            if len(named) > 1:
                raise _UnknownError
            return {"RequestId": named[0].text} if named else {}
        if self._protocol == "query":
            if not any(_name(element) == "ResponseMetadata" for element in root[:]):
                return {}
            elements = _only(root, "ResponseMetadata")[:]
            metadata = {_name(element): element.text for element in elements}
            if len(metadata) < len(elements):
                raise _UnknownError
            return metadata
        if "x-amzn-requestid" in headers:
            return {"RequestId": headers["x-amzn-requestid"]}
        if "x-amz-request-id" in headers:
            return {"RequestId": headers["x-amz-request-id"], "HostId": headers.get("x-amz-id-2", "")}
        return {}


def _is_plain(body: Any) -> bool:
    """Whether a body is what both parsers take for the same document, if it is one."""
    if not isinstance(body, bytes) or not _BEGINNING.match(body):
        return False
    return body.isascii() or not _FOREIGN_NAME.search(body)


def _name(element: Any) -> str:
    return _NAMESPACE.sub("", element.tag)


def _only(root: Any, name: str) -> Any:
    named = [element for element in root[:] if _name(element) == name]
    if len(named) != 1:
        raise _UnknownError
    return named[0]


def _reader(shape: Any) -> _Reader:
    """How an element (of a flattened shape: a list of elements) is read; raises `_UnknownError`."""
    makers: dict[str, Callable[[Any], _Reader]] = {"structure": _structure, "list": _list, "map": _map}
    if shape.type_name in makers:
        return makers[shape.type_name](shape)
    if shape.type_name in _SCALARS:
        return _SCALARS[shape.type_name]
    raise _UnknownError


def _structure(shape: Any) -> _Reader:
    if shape.is_tagged_union or shape.is_document_type or shape.metadata.get("exception"):
        raise _UnknownError
    plans: dict[tuple[str, ...], _Plan] = {}

    def read(element: Any) -> dict[str, Any]:
        elements = element[:]
        tags = tuple([one.tag for one in elements])
        plan = plans.get(tags)
        if plan is None:
            plan = _plan(shape, [_NAMESPACE.sub("", tag) for tag in tags])
            if len(plans) < _MOST_PLANS:
                plans[tags] = plan
        return {member: read_member(elements[index]) for member, read_member, index in plan}

    return read


def _plan(shape: Any, names: Sequence[str]) -> _Plan:
    """What to read of a structure whose elements have these names, in the order in which botocore gives the members."""
    plan: _Plan = []
    for member, inner in shape.members.items():
        traits = inner.serialization
        if traits.get("location") in _HERE or traits.get("eventheader"):
            continue
        name = _element_name(member, inner)
        if name in names:
            plan.append((member, _reader(inner), _index(names, name, is_flat=bool(traits.get("flattened")))))
        elif traits.get("xmlAttribute"):
            raise _UnknownError
    return plan


def _index(names: Sequence[str], name: str, *, is_flat: bool) -> int | slice:
    first, count = names.index(name), names.count(name)
    if is_flat:
        run = slice(first, first + count)
        if set(names[run]) == {name}:
            return run
    elif count == 1:
        return first
    raise _UnknownError


def _element_name(member: str, shape: Any) -> str:
    """A flattened list is called by its items' name where they have one."""
    name = None
    if shape.type_name == "list" and shape.serialization.get("flattened"):
        name = shape.member.serialization.get("name")
    if name is None:
        name = shape.serialization.get("name")
    return member if name is None else str(name)


def _list(shape: Any) -> _Reader:
    readers: list[_Reader] = []

    def read(elements: Any) -> list[Any]:
        items = elements[:]
        if not items:
            return []
        if not readers:  # made late, because a shape may hold itself
            readers.append(_reader(shape.member))
        read_item = readers[0]
        return [read_item(item) for item in items]

    return read


def _map(shape: Any) -> _Reader:
    key = shape.key.serialization.get("name") or "key"
    value = shape.value.serialization.get("name") or "value"

    def read(entries: Any) -> dict[Any, Any]:
        read_key, read_value = _reader(shape.key), _reader(shape.value)
        found = {}
        for entry in entries[:]:
            pair = {_name(element): element for element in entry[:]}
            if len(entry) != len(pair) or set(pair) != {key, value}:
                raise _UnknownError
            found[read_key(pair[key])] = read_value(pair[value])
        return found

    return read


def _text(element: Any) -> str:
    return element.text or ""


_SCALARS: dict[str, _Reader] = {
    "string": _text,
    "character": _text,
    "boolean": lambda element: element.text == "true",
    "integer": lambda element: int(element.text or ""),
    "long": lambda element: int(element.text or ""),
    "float": lambda element: float(element.text or ""),
    "double": lambda element: float(element.text or ""),
    "timestamp": lambda element: _read_time(element.text or ""),
}
