"""Finds instances that the Instance Connect Endpoint of their VPC cannot reach, by the path of a session."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import (
    INSTANCE_CONNECT_ENDPOINT,
    NETWORK_INTERFACE,
    SECURITY_GROUP,
    Answer,
    Aside,
    Clear,
    Flag,
    Inventory,
    Path,
    Resource,
    Unsure,
    Verdict,
    attached_to,
    is_own,
    is_service_managed,
    is_stopped,
    is_usable,
    listed,
    tag_among,
    tunnel_path,
    word,
)

_AGENT = "AWS::SSM::ManagedInstanceInventory"


def check(inventory: Inventory, *, ports: list[int], exempt_tags: list[str]) -> Iterator[Answer]:
    """One way in is enough: any port, any interface, any endpoint of the VPC, or Session Manager."""
    agents = {agent.id: agent for agent in inventory.known(_AGENT)}
    endpoints: dict[str, list[Resource]] = {}
    for endpoint in inventory.known(INSTANCE_CONNECT_ENDPOINT):
        endpoints.setdefault(str(endpoint.get("VpcId", "")), []).append(endpoint)
    for instance in inventory.subjects:
        with inventory.judging(instance):
            exempt = tag_among(instance, exempt_tags)
            if exempt or is_service_managed(instance):
                yield Aside(instance, f"its tag {exempt} exempts it" if exempt else "an AWS service runs it")
            elif _has_agent(instance, agents.get(instance.id)):
                yield Aside(instance, "Session Manager reaches it")
            else:
                beside = endpoints.get(str(instance.get("VpcId", "")), [])
                yield _judge(inventory, instance, _usable(inventory, beside), ports)


def _has_agent(instance: Resource, agent: Resource | None) -> bool:
    """Whether Session Manager reaches an instance now; of a stopped one it is enough that its agent is registered."""
    return agent is not None and (agent.get("PingStatus") == "Online" or is_stopped(instance))


def _usable(inventory: Inventory, endpoints: list[Resource]) -> list[Resource]:
    """The endpoints that the account may use; where one's state is not told, nothing is known of those it leads to."""
    return [endpoint for endpoint in endpoints if is_own(inventory, endpoint) and is_usable(endpoint)]


def _judge(inventory: Inventory, instance: Resource, endpoints: list[Resource], ports: list[int]) -> Answer:
    if not endpoints:
        inventory.of(INSTANCE_CONNECT_ENDPOINT)
        return Aside(instance, "no usable Instance Connect Endpoint of the account stands in its VPC")
    attached = attached_to(inventory, instance)
    doubts = list(attached.doubts)
    blocked: list[tuple[Resource, Resource, Path]] = []
    for endpoint in endpoints:
        for interface in attached.interfaces:
            for port in ports:
                path = tunnel_path(inventory, endpoint, interface, port=port)
                if path.is_open:
                    return Clear(instance, f"{endpoint.id} reaches {interface.id} on port {port}")
                if path.verdict is Verdict.UNKNOWN:
                    doubts.append(path.reason)
                else:
                    blocked.append((endpoint, interface, path))
    if doubts:
        return Unsure(instance, doubts[0])
    if not blocked:
        return Unsure(instance, "none of its network interfaces was listed")
    inventory.of(INSTANCE_CONNECT_ENDPOINT)
    inventory.of(_AGENT)  # an agent nobody saw would make this no flaw
    return _flag(instance, *max(blocked, key=lambda one: len(one[2].hops)), ports=ports)


def _flag(instance: Resource, endpoint: Resource, interface: Resource, path: Path, *, ports: list[int]) -> Flag:
    last = path.hops[-1]
    message = (
        f"{endpoint.label} reaches {instance.label} on none of the ports {listed(map(str, ports))}:"
        f" {' '.join(last.words.split())}"
    )
    lines = [hop.words for hop in path.hops]
    return Flag(instance, message, tuple(lines), fix=_cure(instance, endpoint, interface, path), path=path.hops)


def _cure(instance: Resource, endpoint: Resource, interface: Resource, path: Path) -> str:
    """The pair of rules that AWS recommends, or what stands in the way where that is something else."""
    last = path.hops[-1]
    own, worn = _first(endpoint.items("SecurityGroupIds")), _first(_groups(interface))
    port = 3389 if str(instance.get("Platform", "")).lower() == "windows" else 22
    if last.kind == NETWORK_INTERFACE:
        return (
            "aws ec2 modify-instance-connect-endpoint --ip-address-type dualstack"
            f" --instance-connect-endpoint-id {word(endpoint.id)}\nIts subnet needs both families for it."
        )
    if last.kind != SECURITY_GROUP:
        way = "the way back" if last.direction == "return" else "the way there"
        return (
            f"Mend {last.id}, which stops the session on {way}: let it carry tcp {port} from the subnet"
            f" {endpoint.get('SubnetId')} to {interface.get('SubnetId')}, and the answers to ports 1024-65535."
        )
    permission = f"IpProtocol=tcp,FromPort={port},ToPort={port},UserIdGroupPairs=[{{GroupId={worn}}}]"
    return (
        f"aws ec2 authorize-security-group-egress --group-id {word(own)} --ip-permissions {word(permission)}\n"
        f"aws ec2 authorize-security-group-ingress --group-id {word(worn)} --protocol tcp --port {port}"
        f" --source-group {word(own)}\n"
        "One of the two may be there already."
    )


def _groups(interface: Resource) -> tuple[str, ...]:
    groups = interface.items("Groups")
    return tuple(str(group.get("GroupId")) for group in groups if hasattr(group, "get") and group.get("GroupId"))


def _first(ids: tuple[object, ...]) -> str:
    return str(ids[0]) if ids else ""
