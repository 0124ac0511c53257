"""Proofs as SARIF code flows: the hops of a path in the order a packet takes them, there and back."""

# ruff: noqa: PLC0415 - sarif_om is loaded with the first log

from __future__ import annotations

from functools import lru_cache
from typing import Any

from scanner.aws.kinds import identify
from scanner.aws.table import KINDS
from scanner.model import Hop, Resource
from scanner.reports.sarif_places import location
from scanner.reports.sarif_text import plain_text

# The rules that people change; of an open path these decide, of a closed one the hop that blocks.
_DECIDING = frozenset({"AWS::EC2::SecurityGroup"})


def code_flows(about: Resource, hops: tuple[Hop, ...]) -> list[Any]:
    """One code flow of one thread for a path, none where there is no path; `about` tells account and Region."""
    import sarif_om as om

    if not hops:
        return []
    steps = [_step(about, hop, order=number) for number, hop in enumerate(hops, start=1)]
    return [om.CodeFlow(thread_flows=[om.ThreadFlow(locations=steps)])]


def _step(about: Resource, hop: Hop, *, order: int) -> Any:
    import sarif_om as om

    found = location(_component(about, hop), hop.location)
    found.message = om.Message(text=plain_text(hop.words) or plain_text(hop.id) or hop.kind)
    deciding = not hop.allows or hop.kind in _DECIDING
    return om.ThreadFlowLocation(
        location=found,
        execution_order=order,
        importance="essential" if deciding else "important",
        kinds=["pass" if hop.allows else "block"],
    )


def _component(about: Resource, hop: Hop) -> Resource:
    """The component of a hop, at the same place as a finding about it would be."""
    if hop.kind == about.kind and hop.id == about.id:
        return about
    return _resource(hop.kind, hop.id, about.partition, about.account, about.region)


# Many proofs go through few gateways, tables and groups.
@lru_cache(maxsize=4096)
def _resource(kind: str, identifier: str, partition: str, account: str, region: str) -> Resource:
    row = KINDS.get(kind)
    known = row is not None and row.id.isalpha()
    where = {"partition": partition, "account": account, "region": region}
    arn = identify(row, {row.id: identifier}, **where)[1] if row is not None and known else ""
    return Resource(kind, partition, account, region, identifier, arn, {})
