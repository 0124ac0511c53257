"""One page of a supplied list: the filters, the bounds and the tokens that AWS's Describe calls share."""

# ruff: noqa: SLF001 - what moto knows of a request stands behind such names

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from moto.ec2.exceptions import EC2ClientError, InvalidNextToken, InvalidParameterValue
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.responses._base_response import EC2BaseResponse
from moto.ec2.utils import generic_filter

Listed = TypeVar("Listed")
Tagged = TypeVar("Tagged", bound=TaggedEC2Resource)

_TAG_FILTERS = frozenset({"tag-key", "tag-value"})


def list_page(
    response: EC2BaseResponse, *, listed: Iterable[Tagged], filters: frozenset[str], sizes: range
) -> tuple[list[Tagged], str | None]:
    """What the request's Filters, MaxResults and NextToken leave of a list, and the token of the next page.

    `filters` names those the operation documents besides the tag filters; `sizes` holds the valid MaxResults.
    Raises the EC2 errors InvalidParameterValue and InvalidNextToken.
    """
    asked = response._filters_from_querystring()
    for name in asked:
        if name not in filters | _TAG_FILTERS and not name.startswith("tag:"):
            raise InvalidParameterValue(f"The filter '{name}' is invalid")
    size = response._get_int_param("MaxResults", sizes[-1])
    if size not in sizes:
        raise InvalidParameterValue(
            f"Value ( {size} ) for parameter maxResults is invalid. Expecting a value from {sizes[0]} to {sizes[-1]}."
        )
    return turn_to_page(
        generic_filter(asked, list(listed)),
        size=size,
        token=response._get_param("NextToken"),
        name=_resource_id,
        unknown=InvalidNextToken,
    )


def pick_by_id(known: dict[str, Listed], *, ids: Sequence[str] | None, error: str) -> list[Listed]:
    """The resources with these ids, all of them when none is named; raises `error` for an id that is not there."""
    for identity in ids or ():
        if identity not in known:
            raise EC2ClientError(error, f"The ID '{identity}' does not exist")
    return [known[identity] for identity in ids or known]


def turn_to_page(
    listed: Sequence[Listed],
    *,
    size: int,
    token: str | None,
    name: Callable[[Listed], str],
    unknown: Callable[[str], Exception],
) -> tuple[list[Listed], str | None]:
    """The page that begins at `token`, which is the name of its first entry, and the token of the one after it."""
    names = [name(entry) for entry in listed]
    if token is not None and token not in names:
        raise unknown(token)
    start = 0 if token is None else names.index(token)
    end = start + size
    return list(listed[start:end]), names[end] if end < len(names) else None


def _resource_id(resource: TaggedEC2Resource) -> str:
    return str(resource.id)  # type: ignore[attr-defined]  # every tagged resource of moto has one
