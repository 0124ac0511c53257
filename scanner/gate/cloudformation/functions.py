"""CloudFormation's functions that need nothing but their arguments, over values that may be unknown.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
from collections.abc import Callable, Mapping
from typing import Any

from scanner.gate.cloudformation.parameters import as_text
from scanner.gate.planned import Open
from scanner.model import Unknown

NO_VALUE = object()
"""What `AWS::NoValue` stands for: the property is as good as not written."""

_LONGEST_TOKEN = 48
_MOST_BLOCKS = 256
_WHY = "a value in the template is not known before deployment"


class Misuse(Exception):  # noqa: N818 - no error of ours: the template calls a function with what it does not take
    """A function is called with arguments that CloudFormation would refuse."""


def token_of(words: Any) -> str:
    """A short word for an expression: equal expressions have equal words."""
    text = words if isinstance(words, str) else json.dumps(words, sort_keys=True, default=_token)
    if len(text) <= _LONGEST_TOKEN:
        return text
    return f"{text[: _LONGEST_TOKEN - 12]}…{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"


def _token(value: Any) -> str:
    if isinstance(value, Open):
        return f"<{value.token}>" if value.token else f"<{id(value)}>"
    return f"<{id(value)}>" if isinstance(value, Unknown) else repr(value)


def unknown_in(value: Any) -> Unknown | None:
    """The first unknown in a value, however deep."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Mapping):
        return next((found for item in value.values() if (found := unknown_in(item)) is not None), None)
    if isinstance(value, list):
        return next((found for item in value if (found := unknown_in(item)) is not None), None)
    return None


def has_token(value: Any) -> bool:
    """Whether everything unknown in a value is told where it comes from, so that it has an identity."""
    if isinstance(value, Unknown):
        return isinstance(value, Open) and bool(value.token)
    if isinstance(value, Mapping):
        return all(map(has_token, value.values()))
    return all(map(has_token, value)) if isinstance(value, list) else True


def opened(name: str, arguments: Any) -> Open:
    """The unknown result of a function of unknown arguments; it has an identity where they have."""
    found = unknown_in(arguments)
    why = found.why if found is not None else _WHY
    token = token_of([name, arguments]) if has_token(arguments) else ""
    return Open(why, token=token, is_outside=is_outside(arguments))


def is_outside(value: Any) -> bool:
    """Whether everything unknown in a value comes from outside of the plan."""
    if isinstance(value, Unknown):
        return isinstance(value, Open) and value.is_outside
    if isinstance(value, Mapping):
        return all(map(is_outside, value.values()))
    return all(map(is_outside, value)) if isinstance(value, list) else True


def joined(arguments: Any) -> Any:
    """Fn::Join."""
    delimiter, parts = _pair(arguments, "Fn::Join")
    if isinstance(delimiter, Unknown) or isinstance(parts, Unknown):
        return opened("Fn::Join", arguments)
    if not isinstance(parts, list):
        raise Misuse("Fn::Join wants a list")
    flat = [item for part in parts for item in (part if isinstance(part, list) else [part])]
    if any(isinstance(part, Unknown) for part in flat):
        return opened("Fn::Join", arguments)
    return as_text(delimiter).join(map(as_text, flat))


def selected(arguments: Any) -> Any:
    """Fn::Select."""
    index, listed = _pair(arguments, "Fn::Select")
    if isinstance(index, Unknown):
        return opened("Fn::Select", arguments)
    try:
        number = int(index)
    except (TypeError, ValueError):
        raise Misuse("Fn::Select wants a number") from None
    if isinstance(listed, Open):
        token = f"{listed.token}[{number}]" if listed.token else ""
        return Open(listed.why, token=token, is_outside=listed.is_outside)
    if isinstance(listed, Unknown):
        return opened("Fn::Select", arguments)
    if not isinstance(listed, list) or not 0 <= number < len(listed):
        raise Misuse(f"Fn::Select has no entry {number} to choose")
    return listed[number]


def split(arguments: Any) -> Any:
    """Fn::Split."""
    delimiter, text = _pair(arguments, "Fn::Split")
    if isinstance(delimiter, Unknown) or isinstance(text, Unknown):
        return opened("Fn::Split", arguments)
    if not delimiter or isinstance(text, (list, Mapping)):
        raise Misuse("Fn::Split wants a delimiter and a text")
    return as_text(text).split(as_text(delimiter))


def cidr_blocks(arguments: Any) -> Any:
    """Fn::Cidr: the first `count` blocks of a block, each with so many bits for hosts."""
    if not isinstance(arguments, list) or len(arguments) not in (2, 3):
        raise Misuse("Fn::Cidr wants a block, a count and a number of bits")
    block, count, bits = [*arguments, None][:3]
    if any(isinstance(one, Unknown) for one in arguments):
        return opened("Fn::Cidr", arguments)
    try:
        network = ipaddress.ip_network(as_text(block), strict=False)
        wanted, room = int(count), int(bits) if bits is not None else 32
        width = network.max_prefixlen - room
    except (TypeError, ValueError):
        raise Misuse("Fn::Cidr wants a block and two numbers") from None
    if not 1 <= wanted <= _MOST_BLOCKS or not network.prefixlen <= width <= network.max_prefixlen:
        raise Misuse("Fn::Cidr cannot cut that")
    if network.prefixlen + (wanted - 1).bit_length() > width:
        raise Misuse("Fn::Cidr has no room for so many blocks")
    blocks = network.subnets(new_prefix=width)
    return [str(next(blocks)) for _ in range(wanted)]


def encoded(value: Any) -> Any:
    """Fn::Base64."""
    if isinstance(value, Unknown):
        return opened("Fn::Base64", value)
    if isinstance(value, (list, Mapping)):
        raise Misuse("Fn::Base64 wants a text")
    return base64.b64encode(as_text(value).encode("utf-8", "surrogatepass")).decode("ascii")


def json_string(value: Any) -> Any:
    """Fn::ToJsonString."""
    if unknown_in(value) is not None:
        return opened("Fn::ToJsonString", value)
    return json.dumps(value, separators=(",", ":"))


def length(value: Any) -> Any:
    """Fn::Length."""
    if isinstance(value, Unknown):
        return opened("Fn::Length", value)
    if not isinstance(value, list):
        raise Misuse("Fn::Length wants a list")
    return len(value)


def equal(arguments: Any) -> Any:
    """Fn::Equals, three-valued: two unknown values of one token are equal, other unknown ones may be."""
    left, right = _pair(arguments, "Fn::Equals")
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Open) and not isinstance(other, Unknown):
            word = _comparable(other)
            if word in map(_comparable, one.never) or (one.candidates and word not in map(_comparable, one.candidates)):
                return False
    found = unknown_in([left, right])
    if found is None:
        return bool(_comparable(left) == _comparable(right))
    if isinstance(left, Open) and isinstance(right, Open) and left.token and left.token == right.token:
        return True
    return opened("Fn::Equals", arguments)


def _comparable(value: Any) -> Any:
    if isinstance(value, list):
        return [_comparable(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _comparable(item) for key, item in value.items()}
    return as_text(value)


def _pair(arguments: Any, name: str) -> tuple[Any, Any]:
    if not isinstance(arguments, list) or len(arguments) != 2:  # noqa: PLR2004 - a pair
        raise Misuse(f"{name} wants two arguments")
    return arguments[0], arguments[1]


PLAIN: Mapping[str, Callable[[Any], Any]] = {
    "Fn::Join": joined,
    "Fn::Select": selected,
    "Fn::Split": split,
    "Fn::Cidr": cidr_blocks,
    "Fn::Base64": encoded,
    "Fn::ToJsonString": json_string,
    "Fn::Length": length,
}
"""The functions whose arguments are resolved first, and that know nothing of the template."""
