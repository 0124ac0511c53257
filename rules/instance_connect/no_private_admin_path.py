"""Finds VPCs with instances that neither an Instance Connect Endpoint nor Session Manager leads to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scanner.kit import (
    INSTANCE,
    INSTANCE_CONNECT_ENDPOINT,
    Answer,
    Aside,
    Clear,
    Flag,
    Inventory,
    Resource,
    is_live,
    is_own,
    is_service_managed,
    is_stopped,
    is_usable,
    listed,
    speaks_to,
    tag_among,
    word,
)

_AGENT = "AWS::SSM::ManagedInstanceInventory"
_MOST_LINES = 20


def check(inventory: Inventory, *, exempt_tags: list[str]) -> Iterator[Answer]:
    """One way in is enough for an instance, and one instance without any is enough for a flag."""
    agents = {agent.id: agent for agent in inventory.known(_AGENT)}
    endpoints: dict[str, list[Resource]] = {}
    for endpoint in inventory.known(INSTANCE_CONNECT_ENDPOINT):
        endpoints.setdefault(str(endpoint.get("VpcId", "")), []).append(endpoint)
    for vpc in inventory.subjects:
        with inventory.judging(vpc):
            exempt = tag_among(vpc, exempt_tags)
            instances = () if exempt else _instances(inventory, vpc, exempt_tags)
            if exempt:
                yield Aside(vpc, f"its tag {exempt} says that nobody logs in")
            elif not instances:
                yield Aside(vpc, "there is no instance in it that anybody would log in to")
            else:
                yield _judge(inventory, vpc, instances, endpoints.get(vpc.id, ()), agents)


def _instances(inventory: Inventory, vpc: Resource, exempt_tags: list[str]) -> tuple[Resource, ...]:
    """The instances of a VPC that somebody may have to log in to."""
    return tuple(
        instance
        for instance in inventory.linked(INSTANCE, "VpcId", vpc.id)
        if is_live(instance) and not is_service_managed(instance) and not tag_among(instance, exempt_tags)
    )


def _judge(
    inventory: Inventory,
    vpc: Resource,
    instances: Sequence[Resource],
    endpoints: Sequence[Resource],
    agents: Mapping[str, Resource],
) -> Answer:
    usable = [endpoint for endpoint in endpoints if is_own(inventory, endpoint) and is_usable(endpoint)]
    left = [
        instance
        for instance in instances
        if not any(speaks_to(endpoint, instance) for endpoint in usable)
        and not _has_agent(instance, agents.get(instance.id))
    ]
    if not left:
        return Clear(vpc, f"an endpoint or an agent leads to {listed(instance.id for instance in instances)}")
    # What was read is not enough; only complete lists prove that there is nothing else.
    inventory.of(INSTANCE_CONNECT_ENDPOINT)
    inventory.of(_AGENT)
    return _flag(inventory, vpc, left, endpoints)


def _has_agent(instance: Resource, agent: Resource | None) -> bool:
    """Whether Session Manager reaches an instance now; of a stopped one it is enough that its agent is registered."""
    return agent is not None and (agent.get("PingStatus") == "Online" or is_stopped(instance))


def _flag(inventory: Inventory, vpc: Resource, left: Sequence[Resource], endpoints: Sequence[Resource]) -> Flag:
    message = (
        f"no usable EC2 Instance Connect Endpoint and no Systems Manager agent leads to"
        f" {listed(_labels(left, most=3), most=3)} in {vpc.label}"
    )
    told = left[:_MOST_LINES]
    lines = [f"{one.id} ({one.get('State.Name', 'state not told')}) has no private way in" for one in told]
    if len(left) > _MOST_LINES:
        lines.append(f"and {len(left) - _MOST_LINES} more")
    lines += [_shortcoming(inventory, endpoint) for endpoint in endpoints]
    return Flag(vpc, message, tuple(lines), fix=_cure(inventory, vpc, left[0], endpoints))


def _labels(instances: Sequence[Resource], *, most: int) -> Iterator[str]:
    """The labels of those who will be named; of the others, who are but counted, the ids."""
    for number, instance in enumerate(instances):
        yield instance.label if number < most or len(instances) == most else instance.id


def _cure(inventory: Inventory, vpc: Resource, instance: Resource, endpoints: Sequence[Resource]) -> str:
    """A VPC takes one endpoint, so one that is there is widened or makes room."""
    own = next((endpoint for endpoint in endpoints if is_own(inventory, endpoint)), None)
    rest = "Or install the SSM agent and give the instances a role that Session Manager accepts."
    if own is not None and is_usable(own):
        widen = "aws ec2 modify-instance-connect-endpoint --ip-address-type dualstack"
        # AWS preserves the client's address on IPv4 endpoints only, and refuses the change otherwise.
        plain = " --no-preserve-client-ip" if own.get("PreserveClientIp", default=False) else ""
        return f"{widen}{plain} --instance-connect-endpoint-id {word(own.id)}\nIts subnet needs both families for it. {rest}"
    subnet = instance.get("SubnetId")
    place = word(subnet) if subnet else f"<a subnet of {vpc.id}>"
    create = f"aws ec2 create-instance-connect-endpoint --subnet-id {place} --security-group-ids <a group of its own>"
    if own is None:
        return f"{create}\nOne endpoint serves a whole VPC. {rest}"
    if own.get("State") == "create-in-progress":
        return f"Wait for {own.id}, which is being created. {rest}"
    return f"aws ec2 delete-instance-connect-endpoint --instance-connect-endpoint-id {word(own.id)}\n{create}\n{rest}"


def _shortcoming(inventory: Inventory, endpoint: Resource) -> str:
    """Why an endpoint that is there does not help."""
    if not is_own(inventory, endpoint):
        return f"{endpoint.id} belongs to account {endpoint.get('OwnerId')}, and only that account can use it"
    if not is_usable(endpoint):
        return f"{endpoint.id} is in the state {endpoint.get('State')}"
    return f"{endpoint.id} speaks {endpoint.get('IpAddressType', 'ipv4')} only"
