"""The answers of one Region: small lists rendered once, instances and interfaces filled into patterns page by page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from benchmarks.aws import machines
from benchmarks.aws.accounts import account_lists, account_singles
from benchmarks.aws.evidence import evidence_lists, evidence_singles
from benchmarks.aws.layout import Layout
from benchmarks.aws.models import operation_model, paging
from benchmarks.aws.networks import network_lists
from benchmarks.aws.rendering import XML, body, ec2_body, ec2_item, ec2_tag, empty
from benchmarks.aws.requests import Request

Facts = dict[str, Any]
_KEPT = 16_000_000
"""Characters of rendered answers that are kept, at most, for each size of Region."""


@dataclass(frozen=True, slots=True)
class _Machines:
    """One of the two long lists: the patterns of its items, and what comes after the instances'."""

    operation: str
    member: str
    patterns: Mapping[str, str]
    others: tuple[str, ...]
    layout: Layout

    def __len__(self) -> int:
        return self.layout.instances + len(self.others)

    def items(self, start: int, end: int) -> Iterator[str]:
        """The rendered items from one number to another."""
        layout = self.layout
        for number in range(start, min(end, layout.instances)):
            yield self.patterns[machines.style_of(number, layout)] % machines.numbers_of(number, layout)
        yield from self.others[max(0, start - layout.instances) : max(0, end - layout.instances)]


class Estate:
    """What every account's Region of this size answers, with marks where account and Region will stand."""

    def __init__(self, layout: Layout, accounts: tuple[str, ...] = ()) -> None:
        self.layout = layout
        network = {("ec2", operation): found for operation, found in network_lists(layout).items()}
        self._lists = {**network, **evidence_lists(layout), **account_lists(layout, accounts)}
        self._singles: dict[tuple[str, str], Callable[[Facts], Facts]] = {**evidence_singles(), **account_singles()}
        self._kept: dict[str, tuple[str, str]] = {}
        self._size = 0

    def answer(self, request: Request) -> tuple[str, str] | None:
        """The body and its type; None for an operation nobody knows."""
        machine = self._machines.get(request.operation) if request.service == "ec2" else None
        if machine:
            return self._page_of_machines(machine, request.parameters), XML
        key = f"{request.name} {request.protocol} {json.dumps(request.parameters, sort_keys=True)}"
        if key not in self._kept:
            made = self._render(request)
            if made is None:
                return None
            if self._size > _KEPT:
                self._kept.clear()
                self._size = 0
            self._kept[key] = made
            self._size += len(made[0])
        return self._kept[key]

    def _render(self, request: Request) -> tuple[str, str] | None:
        name = (request.service, request.operation)
        if not request.service or operation_model(*name) is None:
            return None
        if name in self._singles:
            answer = self._singles[name](dict(request.parameters))
        elif name in self._lists:
            answer = self._page(request, *self._lists[name])
        else:
            answer = empty(*name)
        return body(*name, request.protocol, answer)

    def _page(self, request: Request, member: str, items: list[Facts]) -> Facts:
        found = [item for item in items if _has(json.dumps(item), '"', request.parameters)]
        start, end, following = _slice(request.service, request.operation, request.parameters, len(found))
        return {member: found[start:end], **following}

    @cached_property
    def _machines(self) -> dict[str, _Machines]:
        layout = self.layout
        made = {}
        for operation, member, make in (
            ("DescribeInstances", "Reservations", machines.reservation),
            ("DescribeNetworkInterfaces", "NetworkInterfaces", machines.interface),
        ):
            patterns = {style: ec2_item(operation, member, make(style)) for style in machines.STYLES}
            rest = machines.other_interfaces(layout) if member == "NetworkInterfaces" else ()
            others = tuple(ec2_item(operation, member, facts) for facts in rest)
            made[operation] = _Machines(operation, member, patterns, others, layout)
        return made

    def _page_of_machines(self, machine: _Machines, parameters: Mapping[str, Any]) -> str:
        wanted = list(_wanted(parameters))
        if wanted:
            every = [item for item in machine.items(0, len(machine)) if _has(item, "", parameters)]
            start, end, following = _slice("ec2", machine.operation, parameters, len(every))
            items = every[start:end]
        else:
            start, end, following = _slice("ec2", machine.operation, parameters, len(machine))
            items = list(machine.items(start, end))
        tag = ec2_tag(machine.operation, machine.member)
        token = [f"    <nextToken>{following['NextToken']}</nextToken>"] if following else []
        lines = [f"    <{tag}>", *items, f"    </{tag}>"] if items else [f"    <{tag}/>"]
        return ec2_body(machine.operation, [*lines, *token])


def _slice(service: str, operation: str, parameters: Mapping[str, Any], count: int) -> tuple[int, int, dict[str, str]]:
    """Where a page begins and ends, and the member that names the next one."""
    rule = paging(service, operation)
    if rule is None:
        return 0, count, {}
    token = str(parameters.get(rule.token) or "page-0")
    start = int(token.removeprefix("page-"))
    end = start + min(int(parameters.get(rule.limit) or rule.most), rule.most)
    return start, end, {rule.next_token: f"page-{end}"} if end < count else {}


def _wanted(parameters: Mapping[str, Any]) -> Iterator[list[str]]:
    """Groups of values of which an item must have one each: ids that are asked for, and filters by ids."""
    for name, value in parameters.items():
        if name.endswith("Ids") and isinstance(value, list):
            yield [str(one) for one in value]
        elif name == "Filters" and isinstance(value, list):
            yield from (one["Values"] for one in value if "Values" in one and str(one.get("Name", "")).endswith("-id"))


def _has(item: str, quote: str, parameters: Mapping[str, Any]) -> bool:
    """Whether a rendered item holds what is asked for; a filter that names no ids lets everything through."""
    opening, closing = (quote, quote) if quote else (">", "<")
    return all(any(f"{opening}{value}{closing}" in item for value in values) for values in _wanted(parameters))
