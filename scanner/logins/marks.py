"""Addresses that the same conditions cannot tell apart: each gets the mark of its kind."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from scanner.model import Undecided
from scanner.policy.conditions import Clause
from scanner.policy.operators import Family, network

Cell = object
"""The mark of the addresses that are answered alike."""


class Marks:
    """The addresses of a question, and their marks under one set of conditions after the other."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = addresses
        self._numbers: dict[str, tuple[int, int]] = {}
        for address in addresses:
            block = network(address)
            self._numbers[address] = (block.version, int(block.network_address))
        self._kept: dict[tuple[Clause, ...], Mapping[str, Cell]] = {}

    def of(self, clauses: tuple[Clause, ...]) -> Mapping[str, Cell]:
        """For each address its mark; for the same conditions the same object."""
        found = self._kept.get(clauses)
        if found is None:
            found = self._kept[clauses] = self._marked(clauses)
        return found

    def _marked(self, clauses: tuple[Clause, ...]) -> Mapping[str, Cell]:
        if any(clause.variables for clause in clauses):
            return {address: address for address in self._addresses}
        cuts = _cuts(clauses)
        marks: dict[object, Cell] = {}
        found: dict[str, Cell] = {}
        for address in self._addresses:
            family, number = self._numbers[address]
            # Between two ends of blocks all addresses are alike; a condition on their text is asked about each.
            place = address if cuts is None else (family, bisect_right(cuts[family], number))
            if place not in marks:
                marks[place] = tuple(str(_told(clause, address)) for clause in clauses)
            found[address] = marks[place]
        return found


def _cuts(clauses: Sequence[Clause]) -> Mapping[int, list[int]] | None:
    """Where the blocks of the conditions begin and end, by family; None where one compares text."""
    cuts: dict[int, set[int]] = {4: set(), 6: set()}
    for clause in clauses:
        if clause.kind is None or clause.kind.family is Family.PRESENCE:
            continue
        if clause.kind.family is not Family.ADDRESS:
            return None
        for value in clause.values:
            try:
                block = network(value)
            except Undecided:
                continue
            cuts[block.version] |= {int(block.network_address), int(block.broadcast_address) + 1}
    return {family: sorted(places) for family, places in cuts.items()}


def _told(clause: Clause, address: str) -> object:
    """What a condition says of an address; an unknown is told by its reason."""
    truth = clause.holds_for((address,), _nothing)
    return truth if isinstance(truth, bool) else truth.why


def _nothing(_: str) -> None:
    """A lookup for conditions without variables."""
    return
