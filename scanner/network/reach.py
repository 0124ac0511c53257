"""Whether one end reaches another, with the proof: the question behind `scanner.reach` and `bastionless explain`.

What is asked here is what the network lets through: who may log in, and whether somebody listens, is another question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scanner.errors import UsageError
from scanner.model import Hop, Resource, Undecided, View
from scanner.network.accelerator_doors import ELASTIC_IP
from scanner.network.accelerators import ACCELERATOR, ACCELERATOR_LISTENER, ENDPOINT_GROUP
from scanner.network.attempts import RANK, best
from scanner.network.cuts import Cut, Without, candidates
from scanner.network.door import Door
from scanner.network.egress import EGRESS_ONLY_GATEWAY, NAT_GATEWAY
from scanner.network.endpoints import VPC_ENDPOINT
from scanner.network.ends import Question, check, holding, kind_of, read_end
from scanner.network.fabric import KINDS as FABRIC_KINDS
from scanner.network.fabric import PEERING, Fabric, fabric_of
from scanner.network.front_doors import CLASSIC_LOAD_BALANCER, LISTENER, LOAD_BALANCER, TARGET_GROUP
from scanner.network.instance_connect import INSTANCE_CONNECT_ENDPOINT
from scanner.network.instances import INSTANCE, is_stopped
from scanner.network.paths import Verdict
from scanner.network.rule_ids import SECURITY_GROUP_RULE, with_rule_ids
from scanner.network.security_groups import NETWORK_INTERFACE
from scanner.network.transit_tables import ATTACHMENT, TRANSIT_GATEWAY, TRANSIT_TABLE

KINDS = frozenset({
    *FABRIC_KINDS, PEERING, INSTANCE_CONNECT_ENDPOINT, VPC_ENDPOINT, NAT_GATEWAY, EGRESS_ONLY_GATEWAY,
    TRANSIT_GATEWAY, TRANSIT_TABLE, ATTACHMENT, SECURITY_GROUP_RULE,
})  # fmt: skip
"""What has to be collected to answer any question."""

DOOR_KINDS = frozenset({
    LOAD_BALANCER, LISTENER, TARGET_GROUP, CLASSIC_LOAD_BALANCER, ACCELERATOR, ACCELERATOR_LISTENER, ENDPOINT_GROUP,
    ELASTIC_IP,
})  # fmt: skip
"""What a question from the internet, or to a load balancer, needs beside them."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The answer: a verdict, and for an open path its sources in words, its hops there and back, and its cuts.

    `sources` are the addresses that get an answer ("any IPv4 address", "203.0.113.0/24"); for a connection to the
    internet the address that others see. `hops` end with the one that blocks. `reason` says why a path is closed or
    unknown, and what to know of an open one. Each of `cuts` closes the path when that rule alone is taken away. `door`
    is the load balancer or accelerator that the path comes through, with its own port, and None on a direct one.
    """

    verdict: Verdict
    source: str
    target: str
    protocol: str
    port: int
    sources: tuple[str, ...] = ()
    hops: tuple[Hop, ...] = ()
    cuts: tuple[Cut, ...] = ()
    reason: str = ""
    door: Door | None = None

    @property
    def is_open(self) -> bool:
        """Whether a connection comes to be, inspected or not."""
        return self.verdict in (Verdict.REACHABLE, Verdict.VIA_MIDDLEBOX)


def kinds_for(source: str, target: str) -> frozenset[str]:
    """What has to be collected to answer a question between two words."""
    is_between = all(kind_of(word) for word in (source, target))
    return KINDS if is_between or source.startswith("eice-") else KINDS | DOOR_KINDS


def reach(view: View, source: str, target: str, *, protocol: str = "tcp", port: int = 22) -> Reach:
    """Whether `source` reaches `target` at a port, by every way the inventory knows.

    Args:
        view: The inventory; what it could not read makes the answer *unknown* where it matters.
        source: "internet", an address or CIDR block, or an id: i-…, eni-…, eice-… (an EC2 Instance Connect Endpoint).
        target: The same, vpce-… for an interface endpoint, and the name or ARN of a load balancer; an eice- is entered
            through IAM and is no target.
        protocol: "tcp" or "udp".
        port: The target's port, 0 to 65535.

    Raises:
        UsageError: A word means nothing, an id does not exist, or the two ends do not make a question.
        InternalError: The two halves of the engine disagree, which is a mistake of the scanner.
    """
    check(source, target, protocol=protocol, port=port)
    answer = Reach(Verdict.UNKNOWN, source, target, protocol, port)
    try:
        question = Question(fabric_of(view), read_end(view, source), read_end(view, target), protocol, port)
        path, sources = best(question)
    except Undecided as doubt:
        return replace(answer, reason=doubt.reason)
    hops = with_rule_ids(view, path.hops)
    reached = replace(answer, verdict=path.verdict, sources=sources, hops=hops, reason=path.reason, door=path.door)
    if not reached.is_open:
        return reached
    return replace(reached, cuts=_cuts(view, question, reached), reason=_note(question))


def reach_among(views: Sequence[View], source: str, target: str, *, protocol: str = "tcp", port: int = 22) -> Reach:
    """The same over several inventories: the answer of the one that holds both ends, the most open where several do.

    Raises what `reach` raises, `UsageError` also where there is no inventory at all.
    """
    check(source, target, protocol=protocol, port=port)
    if not views:
        raise UsageError("there is no inventory of any Region to look into", cure="name one")
    try:
        held = holding(views, (source, target))
    except Undecided as doubt:
        return Reach(Verdict.UNKNOWN, source, target, protocol, port, reason=doubt.reason)
    answers: list[Reach] = []
    refusals: list[UsageError] = []
    for view in held:
        try:
            answers.append(reach(view, source, target, protocol=protocol, port=port))
        except UsageError as refusal:
            refusals.append(refusal)
    if not answers:
        raise refusals[0]
    return max(answers, key=lambda answer: (RANK[answer.verdict], len(answer.hops)))


def _note(question: Question) -> str:
    """What to know of an open path: that nobody answers at its ends now."""
    ends = (question.source.resource, question.target.resource)
    asleep = [end.id for end in ends if end is not None and end.kind == INSTANCE and is_stopped(end)]
    return f"the way is open, but {' and '.join(asleep)} is stopped and answers only when started" if asleep else ""


def _cuts(view: View, question: Question, reached: Reach) -> tuple[Cut, ...]:
    """The rules of the path without which no other way is open."""
    ends = (*question.source.interfaces, *question.target.interfaces)
    whole = [view.find(NETWORK_INTERFACE, one.id) for one in ends]
    found = candidates(view, reached.hops, [one for one in whole if one is not None])
    return tuple(cut for cut, other in found if _closes(view, question, other))


def _closes(view: View, question: Question, other: Resource) -> bool:
    less = Without(view, other)
    try:
        ends = (read_end(less, question.source.word), read_end(less, question.target.word))
        path, _ = best(replace(question, fabric=Fabric(less), source=ends[0], target=ends[1]))
    except (Undecided, UsageError):
        return False
    return path.verdict is Verdict.NOT_REACHABLE
