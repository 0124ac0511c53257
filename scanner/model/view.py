"""An inventory as a rule sees it: it records what was read, and refuses to call an incomplete list complete."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, TypeVar

from scanner.model.gap import Gap, GapReason
from scanner.model.inventory import Inventory, narrowed
from scanner.model.resource import Resource
from scanner.model.unknown import Undecided

Made = TypeVar("Made")


class View:
    """The witness between a rule and its inventory.

    `of` answers only when the list is complete, else it raises `Undecided`: use it where the *absence* of something
    would be a flaw, or would be none. `known` answers with what is there: use it where one resource is proof enough.
    Whatever was read is kept in `read`; the permissions, the calls and the unknowns of a scan follow from it.
    `subjects` are the resources the card is about, narrowed by its `when`.
    """

    def __init__(self, inventory: Inventory, subjects: tuple[Resource, ...] = ()) -> None:
        self._inventory = inventory
        self.subjects = subjects
        self.read: dict[str, None] = {}
        self.undecided: dict[Resource, str] = {}
        self._shared: dict[Callable[[View], Any], tuple[Any, dict[str, None], int]] = {}

    @property
    def account(self) -> str:
        """The account's twelve digits."""
        return self._inventory.account

    @property
    def region(self) -> str:
        """The Region's name, "global" for a question about the whole account."""
        return self._inventory.region

    @property
    def place(self) -> Resource:
        """The Region as a resource, or the account where there is no single Region."""
        return self._inventory.place

    @property
    def now(self) -> str:
        """When the inventory was taken (ISO 8601, UTC), or "" where it does not say."""
        return self._inventory.taken_at

    def of(self, kind: str) -> tuple[Resource, ...]:
        """All resources of a kind; raises `Undecided` where the list may be incomplete."""
        self._insist(kind)
        return self._inventory.of(kind)

    def known(self, kind: str) -> tuple[Resource, ...]:
        """The resources of a kind that could be read, be they all or not."""
        self.read[kind] = None
        return self._inventory.of(kind)

    def find(self, kind: str, id: str) -> Resource | None:  # noqa: A002 - AWS's own word
        """The resource with this id; None where it does not exist, `Undecided` where it may exist unseen."""
        self.read[kind] = None
        found = self._inventory.find(kind, id)
        if found is None:
            self._insist(kind)
            if self._inventory.outside is not None and id:
                raise Undecided(f"{id} exists outside of what is planned here, or nowhere")
        return found

    def linked(self, kind: str, path: str, value: str) -> tuple[Resource, ...]:
        """All resources of `kind` whose fact at `path` is or holds `value`; `Undecided` where there may be others."""
        self._insist(kind, about=value)
        doubt = self._inventory.doubt(kind, path)
        if doubt:
            raise Undecided(doubt)
        return self._inventory.linked(kind, path, value)

    def gaps_of(self, kind: str) -> tuple[Gap, ...]:
        """Why the list of a kind may be incomplete."""
        self.read[kind] = None
        return self._inventory.gaps_of(kind)

    def is_planned(self, resource: Resource) -> bool:
        """Whether a resource is new, so that nothing outside of its plan can hang on it."""
        return resource.id in self._inventory.planned

    def shared(self, make: Callable[[View], Made]) -> Made:
        """What `make` makes of this inventory, made once for all rules; what it read counts as read here too.

        `make` is a function of a module (its identity is the key) and may raise `Undecided`, which is kept as well.
        """
        made: Made
        made, read, size = self._shared.get(make, (None, {}, -1))
        if len(read) == size:  # and what is kept has read nothing since
            return made
        kept = self._inventory.kept
        if make not in kept:
            own = View(self._inventory)
            try:
                kept[make] = (make(own), "", own.read)
            except Undecided as doubt:
                kept[make] = (None, doubt.reason, own.read)
        made, reason, read = kept[make]
        self.read.update(read)
        if reason:
            raise Undecided(reason)
        self._shared[make] = (made, read, len(read))
        return made

    def within(self, region: str) -> View:
        """The same inventory narrowed to one Region and to what has none; what is read there counts as read here."""
        kept = self._inventory.kept
        if ("within", region) not in kept:
            kept["within", region] = narrowed(self._inventory, region)
        own = View(kept["within", region])
        own.read = self.read
        return own

    def judging(self, resource: Resource) -> AbstractContextManager[None]:
        """An `Undecided` inside this block makes `resource` unknown, and the rule goes on with the next one."""
        return _Judging(self.undecided, resource)

    def _insist(self, kind: str, *, about: str = "") -> None:
        """Nothing that exists outside of a plan hangs on what is only planned."""
        self.read[kind] = None
        gaps = self._inventory.gaps_of(kind)
        if gaps and about in self._inventory.planned:
            gaps = tuple(gap for gap in gaps if gap.reason is not GapReason.OUTSIDE)
        if gaps:
            raise Undecided(gaps[0].sentence)


class _Judging(AbstractContextManager[None]):
    """The block about one resource; a generator would cost more than many a verdict."""

    __slots__ = ("_resource", "_undecided")

    def __init__(self, undecided: dict[Resource, str], resource: Resource) -> None:
        self._undecided = undecided
        self._resource = resource

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if raised is None or not isinstance(raised, Undecided):
            return False
        self._undecided.setdefault(self._resource, raised.reason)
        return True
