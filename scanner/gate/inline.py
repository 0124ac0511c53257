"""Waivers that stand beside their resources in a template."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from scanner.errors import ConfigError, ConfigErrors
from scanner.gate.dialects import Asked
from scanner.gate.planned import Plan, Remark
from scanner.model import InlineWaiver, Resource


def inline_waivers(plans: Iterable[Plan], asked: Asked) -> tuple[InlineWaiver, ...]:
    """All of them, not yet checked; raises `ConfigError` for one that is no mapping."""
    mistakes: dict[str, ConfigError] = {}
    for remark in (remark for plan in plans for _, remark in plan.remarks if remark.trouble):
        place = f"{remark.spot.file}:{remark.spot.line}"
        mistakes.setdefault(place, ConfigError(remark.trouble, place=place, cure=remark.cure))
    if mistakes:
        raise next(iter(mistakes.values())) if len(mistakes) == 1 else ConfigErrors(list(mistakes.values()))
    return tuple(found for plan in plans for found in _of_plan(plan, plan.account or asked.account, asked.partition))


def _of_plan(plan: Plan, account: str, partition: str) -> Iterator[InlineWaiver]:
    for planned in plan.resources:
        spot = planned.place.find(()) if planned.waivers else None
        for written in planned.waivers:
            if isinstance(written, Remark):
                yield _of_remark(written, Resource(planned.type, partition, account, "", planned.id, "", {}))
                continue
            place = f"{spot.file}:{spot.line}" if spot is not None else ""
            if not isinstance(written, Mapping):
                cure = "write rule, owner, reason and until"
                raise ConfigError(f"a waiver is a mapping, not {written!r}", place=place, cure=cure)
            # Some resources are of no Region for AWS, so the id and the account have to do.
            yield InlineWaiver(written, Resource(planned.type, partition, account, "", planned.id, "", {}), place)
    for address, remark in plan.remarks:
        yield _of_remark(remark, Resource("", partition, account, "", address, "", {}))


def _of_remark(remark: Remark, resource: Resource) -> InlineWaiver:
    return InlineWaiver(remark.fields, resource, f"{remark.spot.file}:{remark.spot.line}", sign="=")
