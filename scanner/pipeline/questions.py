"""Single questions to inventories that are already there: what reaches what, who may do what, who can log in, a map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from scanner.errors import UsageError
from scanner.model import GLOBAL, Inventory

if TYPE_CHECKING:
    from scanner.logins.capability import Who
    from scanner.network.reach import Reach
    from scanner.policy.decisions import Decision
    from scanner.policy.requests import ContextValue


def reach(
    inventory: Inventory | Iterable[Inventory], source: str, target: str, *, protocol: str = "tcp", port: int = 22
) -> Reach:
    """Whether one end reaches another through the network, with the proof; makes no call at all.

    Args:
        inventory: One inventory, or several: the one that holds both ends is asked.
        source: "internet", an address or a CIDR block, or an id: i-…, eni-…, eice-….
        target: The same without eice-…, vpce-… for an interface endpoint (which listens on 443), and the name or ARN of
            a load balancer (whose listener's port is then asked for).
        protocol: "tcp" or "udp".
        port: The target's port, 0 to 65535.

    Returns a `Reach`: `verdict` ("reachable", "reachable-via-middlebox", "not-reachable", "unknown"), `sources`,
    `hops`, `cuts`, `reason`, and `door`: the load balancer or accelerator it comes through. Raises `UsageError` for a
    word, an id or a port that does not exist.
    """
    from scanner.evaluate.joins import with_account_wide
    from scanner.model import View
    from scanner.network.reach import reach_among

    listed = (inventory,) if isinstance(inventory, Inventory) else tuple(inventory)
    views = [View(one) for one in with_account_wide(listed) if one.region != GLOBAL]
    return reach_among(views, source, target, protocol=protocol, port=port)


def reach_kinds(source: str, target: str) -> frozenset[str]:
    """What `reach` reads to answer a question between two ends."""
    from scanner.network.reach import kinds_for

    return kinds_for(source, target)


def decide(
    inventory: Inventory | Iterable[Inventory],
    *,
    principal: str,
    action: str,
    resource: str | Sequence[str] = "*",
    context: Mapping[str, ContextValue] | None = None,
) -> Decision:
    """Whether the policies let a principal do something, with the statements that decide; makes no call at all.

    Args:
        inventory: One inventory of an account, or all of them: IAM's own is that of the Region "global".
        principal: An ARN, "user/name" or "role/name".
        action: "service:Operation".
        resource: An ARN, the id of an instance or an EC2 Instance Connect Endpoint, or several where one request needs
            all of them; "*" for actions without resources.
        context: Condition keys (in any letters) and their values: text, number, true or false, a list; None for a key
            that the request lacks. Tags, account, organization and Region are known from the inventory.

    Returns a `Decision`: `verdict` ("allowed", "explicitly denied", "implicitly denied", "unknown"), `statements` (their
    places), `reasons` and `notes`. Raises `UsageError` for a principal or an action that does not exist.
    """
    from scanner.model import View
    from scanner.policy.decisions import decide as decision

    return decision(
        View(_whole(inventory)), principal=principal, action=action, resource=resource, context=context or {}
    )


def who(
    inventory: Inventory | Iterable[Inventory],
    action: str = "ec2-instance-connect:OpenTunnel",
    *,
    target: str | None = None,
    principals: Iterable[str] = (),
) -> Who:
    """Who can log in, through which doors, to which instances, and what that takes; makes no call at all.

    Args:
        inventory: One inventory of an account, or all of them: IAM's own is that of the Region "global".
        action: ec2-instance-connect:OpenTunnel (with the serial console and Session Manager as the other doors),
            ec2-instance-connect:SendSSHPublicKey, ec2-instance-connect:SendSerialConsoleSSHPublicKey or ssm:StartSession.
            Of any other action the policies alone are asked.
        target: An instance (i-…, mi-…, or the value of its Name tag) or an endpoint (eice-…); None for all. Of other
            actions the ARN they are about.
        principals: ARNs or names ("role/ops") of those that are asked about; none for everybody.

    Returns a `Who`: `rows` of `Capability`, `closed` (doors that lead nowhere), `notes` (what was not weighed) and
    `doubts` (what could not be read). Raises `UsageError` for an action, a target or a principal that does not exist.
    """
    from scanner.evaluate.joins import whole_account
    from scanner.logins.who import who as answer
    from scanner.model import View

    listed = (inventory,) if isinstance(inventory, Inventory) else tuple(inventory)
    whole = _whole(listed) if len(listed) == 1 else whole_account(_of_one_account(listed))
    return answer(View(whole), action, target=target or "", principals=principals)


def who_kinds(action: str) -> frozenset[str]:
    """What `who` reads to answer a question about an action; raises `UsageError` for what is no action."""
    from scanner.logins.who import kinds_for

    return kinds_for(action)


def draw(inventory: Inventory, *, vpc_id: str = "", format: str = "svg", plain: bool = False) -> str:  # noqa: A002 - the option's name
    """A Region, or one of its VPCs, as a map: "svg", or Graphviz's "dot"."""
    from scanner.drawing import render

    return render.draw(inventory, vpc_id=vpc_id, format=format, plain=plain)


def map_kinds() -> frozenset[str]:
    """What a map reads."""
    from scanner.drawing.scene import KINDS

    return KINDS


def _whole(inventory: Inventory | Iterable[Inventory]) -> Inventory:
    """The inventories of an account as one; raises `UsageError` where there is none, or of more than one account."""
    from scanner.model.inventory import merge

    listed = _of_one_account((inventory,) if isinstance(inventory, Inventory) else tuple(inventory))
    return listed[0] if len(listed) == 1 else merge(listed)


def _of_one_account(inventories: Sequence[Inventory]) -> Sequence[Inventory]:
    if len({(one.partition, one.account) for one in inventories}) != 1:
        raise UsageError("a question about policies is one about a single account", cure="give its inventories only")
    return inventories
