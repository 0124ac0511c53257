"""Which parts of the address space a transit gateway treats alike: by its own table, and by those behind its attachments.

https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model import Undecided
from scanner.network.addresses import Intervals, complement, intersection, joined
from scanner.network.fabric import Fabric
from scanner.network.painting import SPACE, is_active, target_of
from scanner.network.transit_attachments import attachment_of, doors_of
from scanner.network.transit_tables import ATTACHMENT, attachments_in, paint_transit, transit_table_of


def parts_beyond(fabric: Fabric, gateway: str, vpc_id: str, *, family: int) -> tuple[Intervals, ...]:
    """Parts that cover the family's space; one alone where a table cannot be seen, which a walk then finds out."""
    whole: Intervals = (SPACE[family],)
    try:
        return tuple(_parts(fabric, gateway, vpc_id, family, whole)) or (whole,)
    except Undecided:
        return (whole,)


def _parts(fabric: Fabric, gateway: str, vpc_id: str, family: int, whole: Intervals) -> Iterator[Intervals]:
    entry = attachment_of(fabric.inventory, gateway, vpc_id)
    table = transit_table_of(fabric.inventory, gateway, entry.id) if entry is not None else None
    if table is None:
        return
    grouped: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    for span, route in paint_transit(table, family=family).spans():
        led = ("undecided",) if "Undecided" in route else tuple(sorted(attachments_in(route)))
        grouped.setdefault((*led, str(route.get("State", ""))), []).append(span)
    for key, spans in sorted(grouped.items()):
        for part in _behind(fabric, key[:-1], family, whole):
            yield intersection(joined(spans), part)
    routed = joined(span for spans in grouped.values() for span in spans)
    yield complement(routed, within=SPACE[family])


def _behind(fabric: Fabric, attachments: tuple[str, ...], family: int, whole: Intervals) -> list[Intervals]:
    """What the subnets of these attachments route alike."""
    parts = [whole]
    for id_ in attachments:
        found = fabric.inventory.find(ATTACHMENT, id_)
        for door in doors_of(found) if found is not None else ():
            spans: dict[str, list[tuple[int, int]]] = {}
            for span, route in fabric.routes(door, family).spans():
                spans.setdefault(target_of(route) if is_active(route) else "", []).append(span)
            sets = [joined(one) for _, one in sorted(spans.items())]
            sets.append(complement(joined(span for one in sets for span in one), within=SPACE[family]))
            parts = [common for part in parts for one in sets if (common := intersection(part, one))]
    return parts
