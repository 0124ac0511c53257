"""Finds VPCs whose workloads need services that no interface endpoint, of their own or of a hub, leads them to."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.kit import (
    INSTANCE,
    MANAGED_INSTANCE,
    VPC_ENDPOINT,
    Answer,
    Aside,
    Clear,
    Flag,
    Inventory,
    Need,
    Resource,
    Undecided,
    Way,
    addresses_of,
    compare_interface_endpoints,
    interface_endpoints_for,
    is_own,
    listed,
    needs_of,
    peer_of,
    sees_behind,
    subnet_of,
    way_to,
    ways_abroad,
    ways_of,
    word,
    workloads_of,
    zones_of,
)


def check(
    inventory: Inventory,
    *,
    required_services: list[str],
    served_by_hub: list[str],
    hub_services: list[str],
    shared_dns: bool,
    no_hub: list[str],
    exempt_tag: str,
    assumed_gigabytes: int,
) -> Iterator[Answer]:
    """A need without an endpoint is a flaw, unless a hub serves it, or may."""
    for vpc in inventory.subjects:
        with inventory.judging(vpc):
            if exempt_tag and exempt_tag in vpc.tags:
                yield Aside(vpc, f"the VPC has the tag {exempt_tag}")
                continue
            clients = [one for found in workloads_of(inventory, vpc.id).values() for one in found]
            if not clients:
                yield Aside(vpc, "no instance, task or function has an interface in the VPC")
                continue
            if not is_own(inventory, vpc):
                raise Undecided(f"account {vpc.get('OwnerId')} owns {vpc.id}, its endpoints are not shown to others")
            case = _Case(inventory, vpc, clients, _needs(inventory, clients, required_services))
            case.serve_at_home()
            if vpc.id in served_by_hub:
                case.serve_as_declared(hub_services)
            case.serve_over_routes(shared_dns=shared_dns)
            if vpc.id not in no_hub:
                case.insist_on_no_hub()
            yield case.flag(gigabytes=assumed_gigabytes) if case.missing else case.clear()


def _needs(inventory: Inventory, clients: list[Resource], required: list[str]) -> dict[str, list[Need]]:
    """Every needed service with those who need it; what is declared everybody needs."""
    needs = {
        service: [Need(service, one.id, f"the setting required_services names {service}") for one in clients]
        for service in required
    }
    for need in needs_of(inventory, clients):
        needs.setdefault(need.service, []).append(need)
    return needs


class _Case:
    """One VPC: what is needed, what serves it, and what is missing at last."""

    def __init__(
        self, inventory: Inventory, vpc: Resource, clients: list[Resource], needs: dict[str, list[Need]]
    ) -> None:
        self._inventory = inventory
        self._vpc = vpc
        self._clients = {client.id: client for client in clients}
        self._served: list[str] = []
        self._found: dict[str, tuple[Way, ...]] = {}
        self._homes: dict[str, list[str]] = {}
        self.missing = needs

    def serve_at_home(self) -> None:
        """Takes out what the VPC's own endpoints lead to; an endpoint to ec2messages is none to ec2."""
        for service in tuple(self.missing):
            own = [
                one.id for one in interface_endpoints_for(self._inventory, service) if one.get("VpcId") == self._vpc.id
            ]
            if own:
                self._take(service, f"{own[0]} leads to {service}")

    def serve_as_declared(self, services: list[str]) -> None:
        """Takes out what a hub is declared to serve: these services, or all where none is named."""
        for service in tuple(self.missing):
            if not services or service in services:
                self._take(service, f"a hub is declared to serve {self._vpc.id} with {service}")

    def serve_over_routes(self, *, shared_dns: bool) -> None:
        """Takes out what an endpoint in another VPC serves; raises `Undecided` where only its name is in doubt."""
        for service in tuple(self.missing):
            for endpoint in interface_endpoints_for(self._inventory, service):
                hub = str(endpoint.get("VpcId", ""))
                ways = [way_to(self._inventory, subnet, hub) for subnet in self._subnets(service)]
                if not all(ways):
                    continue
                words = f"{endpoint.id} in {hub} leads to {service}, over {ways[0]}"
                if not shared_dns:
                    raise Undecided(
                        f"{words}, but whether {self._vpc.id} resolves the name of {service} to it is not shown "
                        f"(the setting shared_dns declares it)"
                    )
                self._take(service, words)
                break

    def insist_on_no_hub(self) -> None:
        """Raises `Undecided` where what is missing may be served from networks that nobody sees."""
        for subnet in dict.fromkeys(subnet for service in self.missing for subnet in self._subnets(service)):
            for target in ways_abroad(self._inventory, subnet):
                if target.startswith("pcx-") and peer_of(self._inventory, target, self._vpc.id):
                    continue
                if target.startswith("tgw-") and sees_behind(self._inventory, target, self._vpc.id):
                    continue
                raise Undecided(
                    f"{subnet} has a route to {target}, and whether a hub behind it serves {listed(self.missing)} is "
                    f"not shown (the settings served_by_hub and no_hub declare it)"
                )

    def clear(self) -> Answer:
        """Nothing is missing; where nobody could say so because lists are incomplete, this raises `Undecided`."""
        for kind in (INSTANCE, MANAGED_INSTANCE):
            self._inventory.of(kind)
        if not self._served:
            return Aside(self._vpc, "nothing tells which services its workloads need")
        return Clear(self._vpc, tuple(self._served))

    def flag(self, *, gigabytes: int) -> Flag:
        """What is missing, who needs it, what it costs; `Undecided` where there may be endpoints nobody saw."""
        self._inventory.of(VPC_ENDPOINT)
        stranded = [
            client
            for client in dict.fromkeys(need.interface for found in self.missing.values() for need in found)
            if not self._leaves(self._clients[client])
        ]
        zones = zones_of(self._inventory, self._every_subnet())
        services = list(self.missing)
        how = f", and {listed(stranded, most=3)} {_has(stranded)} no other way out" if stranded else ""
        evidence = dict.fromkeys(need.words for found in self.missing.values() for need in found)
        costs = compare_interface_endpoints(services=len(services), zones=len(zones), gigabytes=gigabytes)
        return Flag(
            self._vpc,
            f"{self._vpc.id} has no interface endpoint for {listed(services, most=9)}, which its workloads need{how}",
            (*tuple(evidence)[:9], *self._ways(), costs),
            severity="high" if stranded else "medium",
            fix=self._fix(services, [subnets[0] for subnets in zones.values()]),
        )

    def _fix(self, services: list[str], subnets: list[str]) -> str:
        command = (
            f"aws ec2 create-vpc-endpoint --vpc-id {word(self._vpc.id)} --vpc-endpoint-type Interface"
            f" --private-dns-enabled --subnet-ids {' '.join(map(word, subnets))}"
            " --security-group-ids <group that admits 443 from the workloads>"
        )
        region = word(self._inventory.region)
        return "\n".join(f"{command} --service-name com.amazonaws.{region}.{word(one)}" for one in services) + (
            "\nWhere a hub serves the VPC, name it in `served_by_hub`."
        )

    def _take(self, service: str, words: str) -> None:
        del self.missing[service]
        self._served.append(words)

    def _subnets(self, service: str) -> list[str]:
        """The subnets of those who need a service, found once for all that is asked about them."""
        if service not in self._homes:
            clients = (self._clients[need.interface] for need in self.missing[service])
            self._homes[service] = list(dict.fromkeys(str(client.get("SubnetId", "")) for client in clients))
        return self._homes[service]

    def _every_subnet(self) -> list[str]:
        return list(dict.fromkeys(subnet for service in self.missing for subnet in self._subnets(service)))

    def _ways(self) -> Iterator[str]:
        for subnet in self._every_subnet():
            words = [way.words for way in self._ways_of(subnet)]
            yield from words or [f"{subnet} has no route out of the VPC for public addresses"]

    def _leaves(self, client: Resource) -> bool:
        """Whether an interface's packets to a public address get out; an internet gateway asks for a public one."""
        families = {address.family for address in addresses_of(client) if address.public}
        return any(
            way.family in families or not way.target.startswith(("igw-", "eigw-", "cagw-"))
            for way in self._ways_of(str(client.get("SubnetId", "")))
        )

    def _ways_of(self, subnet_id: str) -> tuple[Way, ...]:
        """The ways out of a subnet, found once for all its clients; raises `Undecided`."""
        if subnet_id not in self._found:
            self._found[subnet_id] = ways_of(self._inventory, subnet_of(self._inventory, subnet_id))
        return self._found[subnet_id]


def _has(members: list[str]) -> str:
    return "has" if len(members) == 1 else "have"
