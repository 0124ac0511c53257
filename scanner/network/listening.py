"""A load balancer as the target of a question: whether one of its listeners takes what comes to its interfaces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.model import Hop, Resource, Undecided
from scanner.network.balancers import handles_of, listeners_of, port_of
from scanner.network.ends import Found, Question
from scanner.network.front_doors import CLASSIC_LOAD_BALANCER, LISTENER
from scanner.network.paths import Verdict
from scanner.network.structures import text_of


def behind_listener(question: Question, found: Found) -> Found:
    """The way as it is; to a load balancer closed where no listener has the port, unknown where that was not read."""
    path, _ = found
    balancer = question.target.resource
    if not question.target.is_balancer or balancer is None or not path.is_open:
        return found
    try:
        hop = _listener_hop(question, balancer)
    except Undecided as doubt:
        return replace(path, verdict=Verdict.UNKNOWN, reason=doubt.reason), ()
    there = tuple(one for one in path.hops if one.direction == "forward")
    if not hop.allows:
        return replace(path, verdict=Verdict.NOT_REACHABLE, hops=(*there, hop), reason=hop.words), ()
    return replace(path, hops=(*there, hop, *(one for one in path.hops if one.direction != "forward"))), found[1]


def _listener_hop(question: Question, balancer: Resource) -> Hop:
    for kind, id_, port, protocol in _listeners(question, balancer):
        if port == question.port:
            return Hop(kind, id_, allows=True, rule=f"{balancer.id} listens on {protocol} {port}")
    code = "ELB_LISTENERS_MISMATCH" if balancer.kind == CLASSIC_LOAD_BALANCER else "ELBV2_LISTENERS_MISMATCH"
    rule = f"no listener of {balancer.id} takes {question.protocol} {question.port}"
    return Hop(balancer.kind, balancer.id, allows=False, rule=rule, code=code)


def _listeners(question: Question, balancer: Resource) -> Iterator[tuple[str, str, int, str]]:
    if balancer.kind == CLASSIC_LOAD_BALANCER:
        if question.protocol == "tcp":
            yield from ((balancer.kind, balancer.id, one.port, one.protocol) for one in handles_of(balancer))
        return
    if text_of(balancer, "Scheme") != "internet-facing":
        raise Undecided(f"the listeners of the internal load balancer {balancer.id} were not read")
    for listener in listeners_of(question.fabric.inventory, balancer, protocol=question.protocol):
        yield LISTENER, listener.id, port_of(listener), text_of(listener, "Protocol") or "TCP"
