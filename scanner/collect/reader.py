"""AWS's XML read over lxml by readers compiled from botocore's shapes: botocore's own dictionary, several times sooner."""

# ruff: noqa: PLC0415 - lxml is loaded when AWS is asked, not before

from __future__ import annotations

import logging
import re
import sys
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
# How many small structures of one form are kept for the next that is equal; then it begins anew.
_MOST_SHARED = 4_096
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
            root = self._etree.fromstring(body, self._parser(is_spaced=_is_spaced(body)))
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

    def _parser(self, *, is_spaced: bool) -> Any:
        """A parser for one document: shared ones let one thread in at a time."""
        return self._etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            remove_comments=True,
            remove_pis=True,
            remove_blank_text=not is_spaced,
            collect_ids=False,
        )

    def _content(self, root: Any, shape: Any) -> dict[str, Any]:
        wrapper = shape.serialization.get("resultWrapper") if self._protocol != "rest-xml" else None
        if wrapper:
            root = _only(root, wrapper)
        reader = self._readers.get(shape)
        if reader is None:
            reader = self._readers[shape] = self._top(shape)
        return {**reader(root)}  # a copy, because it gets metadata and may itself be one that equal answers share

    def _top(self, shape: Any) -> _Reader:
        """The reader of a whole answer; raises `_UnknownError` for one that is not only made of its body."""
        located = any(member.serialization.get("location") in _HERE for member in shape.members.values())
        if located or {"payload", "eventstream"} & set(shape.serialization):
            raise _UnknownError
        return _structure(shape, shares=self._protocol == "ec2")

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


def _is_spaced(body: bytes) -> bool:
    """Whether space between elements could be taken for text; else half of what EC2 sends need not become nodes."""
    beginning = _BEGINNING.match(body)
    start = beginning.end() if beginning else 0
    # One byte is found many times faster than two, and mostly neither is there.
    instruction = body.find(b"?", start) >= 0 and body.find(b"<?", start) >= 0
    return instruction or b"\r" in body or (b"!" in body and b"<!" in body)


def _name(element: Any) -> str:
    return _NAMESPACE.sub("", element.tag)


def _only(root: Any, name: str) -> Any:
    named = [element for element in root[:] if _name(element) == name]
    if len(named) != 1:
        raise _UnknownError
    return named[0]


def _reader(shape: Any, *, shares: bool) -> _Reader:
    """How an element (of a flattened shape: a list of elements) is read; raises `_UnknownError`.

    What `shares` gives the same dictionary for equal structures of text, numbers and truth: an account's tags are mostly
    the same. Only for a protocol whose answers botocore does not change afterwards (it decodes IAM's policies in place).
    """
    makers: dict[str, Callable[..., _Reader]] = {"structure": _structure, "list": _list, "map": _map}
    if shape.type_name in makers:
        return makers[shape.type_name](shape, shares=shares)
    if shape.type_name in _SCALARS:
        return _SCALARS[shape.type_name]
    raise _UnknownError


def _structure(shape: Any, *, shares: bool) -> _Reader:
    if shape.is_tagged_union or shape.is_document_type or shape.metadata.get("exception"):
        raise _UnknownError
    plans: dict[tuple[str, ...], tuple[_Plan, dict[Any, Any] | None]] = {}

    def read(element: Any) -> dict[str, Any]:
        elements = element[:]
        tags = tuple([one.tag for one in elements])
        known = plans.get(tags)
        if known is None:
            known = _plan(shape, [_NAMESPACE.sub("", tag) for tag in tags], shares=shares)
            if len(plans) < _MOST_PLANS:
                plans[tags] = known
        plan, shared = known
        if shared is None:
            return {member: read_member(elements[index]) for member, read_member, index in plan}
        values = tuple([read_member(elements[index]) for _, read_member, index in plan])
        facts = shared.get(values)
        if facts is None:
            if len(shared) >= _MOST_SHARED:
                shared.clear()
            facts = shared[values] = dict(zip([member for member, _, _ in plan], values, strict=True))
        return facts

    return read


def _plan(shape: Any, names: Sequence[str], *, shares: bool) -> tuple[_Plan, dict[Any, Any] | None]:
    """What to read of a structure whose elements have these names, in the order in which botocore gives the members.

    The dictionary is for the structures to share, None where there is something in them that is not to be shared.
    """
    plan: _Plan = []
    may_share = shares
    for member, inner in shape.members.items():
        traits = inner.serialization
        if traits.get("location") in _HERE or traits.get("eventheader"):
            continue
        name = _element_name(member, inner)
        if name in names:
            shares = shares and inner.type_name in _SHARED
            plan.append(
                (member, _reader(inner, shares=may_share), _index(names, name, is_flat=bool(traits.get("flattened"))))
            )
        elif traits.get("xmlAttribute"):
            raise _UnknownError
    return plan, {} if shares and plan else None


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


def _list(shape: Any, *, shares: bool) -> _Reader:
    readers: list[_Reader] = []

    def read(elements: Any) -> list[Any]:
        items = elements[:]
        if not items:
            return []
        if not readers:  # made late, because a shape may hold itself
            readers.append(_reader(shape.member, shares=shares))
        read_item = readers[0]
        return [read_item(item) for item in items]

    return read


def _map(shape: Any, *, shares: bool) -> _Reader:
    key = shape.key.serialization.get("name") or "key"
    value = shape.value.serialization.get("name") or "value"

    def read(entries: Any) -> dict[Any, Any]:
        read_key, read_value = _reader(shape.key, shares=shares), _reader(shape.value, shares=shares)
        found = {}
        for entry in entries[:]:
            pair = {_name(element): element for element in entry[:]}
            if len(entry) != len(pair) or set(pair) != {key, value}:
                raise _UnknownError
            found[read_key(pair[key])] = read_value(pair[value])
        return found

    return read


def _text(element: Any) -> str:
    """The text before an element's first child: of what AWS says a scalar is, all of it."""
    text = element.text
    if text:
        return sys.intern(text)
    if len(element):  # space before a child, perhaps, which the tree may lack
        raise _UnknownError
    return ""


_SCALARS: dict[str, _Reader] = {
    "string": _text,
    "character": _text,
    "boolean": lambda element: element.text == "true",
    "integer": lambda element: int(_text(element)),
    "long": lambda element: int(_text(element)),
    "float": lambda element: float(_text(element)),
    "double": lambda element: float(_text(element)),
    "timestamp": lambda element: _read_time(_text(element)),
}
# Without floats, of which two are equal that are not the same: 0.0 and -0.0.
_SHARED = {"string", "character", "boolean", "integer", "long", "timestamp"}
