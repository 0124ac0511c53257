"""Waivers that stand beside their resources in a template."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from scanner.errors import ConfigError
from scanner.gate.dialects import Asked
from scanner.gate.planned import Plan
from scanner.model import InlineWaiver, Resource


def inline_waivers(plans: Iterable[Plan], asked: Asked) -> tuple[InlineWaiver, ...]:
    """All of them, not yet checked; raises `ConfigError` for one that is no mapping."""
    return tuple(found for plan in plans for found in _of_plan(plan, plan.account or asked.account, asked.partition))


def _of_plan(plan: Plan, account: str, partition: str) -> Iterator[InlineWaiver]:
    for planned in plan.resources:
        spot = planned.place.find(()) if planned.waivers else None
        for written in planned.waivers:
            place = f"{spot.file}:{spot.line}" if spot is not None else ""
            if not isinstance(written, Mapping):
                cure = "write rule, owner, reason and until"
                raise ConfigError(f"a waiver is a mapping, not {written!r}", place=place, cure=cure)
            # Some resources are of no Region for AWS, so the id and the account have to do.
            yield InlineWaiver(written, Resource(planned.type, partition, account, "", planned.id, "", {}), place)
