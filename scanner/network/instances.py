"""Which instances count.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html: until it is terminated, an instance
keeps its network interfaces and Elastic IP addresses, and it can be started again.
"""

from __future__ import annotations

from scanner.model import Resource
from scanner.network.structures import text_of

INSTANCE = "AWS::EC2::Instance"

_GONE = frozenset({"shutting-down", "terminated"})
_ASLEEP = frozenset({"stopping", "stopped"})


def is_live(instance: Resource) -> bool:
    """Whether an instance exists for good: pending, running, stopping or stopped."""
    return text_of(instance, "State.Name") not in _GONE


def is_stopped(instance: Resource) -> bool:
    """Whether an instance is stopped or about to be."""
    return text_of(instance, "State.Name") in _ASLEEP


def is_service_managed(instance: Resource) -> bool:
    """Whether an AWS service runs the instance on the account's behalf, and nobody logs in to it."""
    operator = instance.get("Operator")
    # Rules ask this of every instance: what AWS sends is read at once, and whatever is merely like it with care.
    if operator is None or operator.__class__ is dict:
        return operator is not None and bool(operator.get("Managed"))
    return bool(instance.get("Operator.Managed", default=False))
