"""Single packets walked twice, by the quick half and by the plain one, before anybody hears of the answer."""

from __future__ import annotations

from collections.abc import Callable

from scanner.errors import InternalError
from scanner.network.fabric import Fabric
from scanner.network.lookups import Lookups, Plain, Quick
from scanner.network.paths import Path, Verdict


def certified(fabric: Fabric, walk: Callable[[Lookups], Path]) -> Path:
    """A path that both halves walk alike, unknown where one of them cannot tell; `InternalError` where they contradict."""
    quick, plain = walk(Quick(fabric)), walk(Plain(fabric))
    if Verdict.UNKNOWN in (quick.verdict, plain.verdict):
        # Each reads only as far as it needs to, so that what cannot be read may stop one of them alone.
        return quick if quick.verdict is Verdict.UNKNOWN else plain
    if quick.verdict is not plain.verdict:
        raise InternalError(
            f"{plain.source} to {plain.target} is {quick.verdict} by its tables, and {plain.verdict} by its rules",
            cure="report this with a snapshot; it is a mistake of the scanner",
        )
    return plain
