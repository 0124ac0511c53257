"""Breaks each semantic rule of the network engine once and asks the engine's tests whether they notice.

    python tests/network/mutate.py            # all of them: prints the survivors, exits with 1 if there are any
    python tests/network/mutate.py acls.py    # those of one file

Every mutation is made in a temporary copy of the checkout: (file under scanner/network, old text, new text, the rule that
is broken). One whose old text is not there exactly once is an error: it is to follow the engine. Mutations that change no
answer are listed in EQUIVALENT with the reason, and not made. pytest does not collect this file; it takes a few minutes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENGINE = Path("scanner") / "network"
TESTS = (
    "tests/network/test_engine_cases.py",
    "tests/network/test_engine_laws.py",
    "tests/network/test_transit_gateways.py",
    "tests/network/test_transit_questions.py",
)
WORKERS = 2


@dataclass(frozen=True, slots=True)
class Mutation:
    """A text in a file of the engine, what replaces it, and the rule that is broken by it."""

    file: str
    old: str
    new: str
    why: str


MUTATIONS = tuple(
    Mutation(*told)
    for told in (
        ("painting.py", 'route.get("State") != "filtered"', "True", "filtered routes are not installed"),
        ("painting.py", '(route.get("State") or "active") == "active"', "True", "a blackhole drops"),
        ("painting.py", "_STATIC, _LISTED, _LEARNED = 3, 2, 1", "_STATIC, _LISTED, _LEARNED = 2, 3, 1", "static beats prefix list"),
        ("painting.py", "_STATIC, _LISTED, _LEARNED = 3, 2, 1", "_STATIC, _LISTED, _LEARNED = 3, 1, 2", "prefix list beats propagated"),
        ("painting.py", "_STATIC, _LISTED, _LEARNED = 3, 2, 1", "_STATIC, _LISTED, _LEARNED = 1, 2, 3", "static beats propagated"),
        ("painting.py", "own[0] <= span[0] and span[1] <= own[1]", "False", "propagated inside local loses"),
        ("painting.py", "own[0] <= span[0] and span[1] <= own[1]", "span[0] <= own[0] and own[1] <= span[1]", "propagated wider than local keeps its rank"),
        ("painting.py", '"EnableVgwRoutePropagation", "Advertisement"', '"EnableVgwRoutePropagation"', "advertised routes are learned"),
        ("painting.py", "(one[0][0], -one[0][1], one[1])", "(one[0][0], one[0][1], one[1])", "the longest prefix wins"),
        ("painting.py", "_arbitrary(listed[block], route) if block in listed else route", "route", "two prefix lists with one block are undecided"),
        ("painting.py", "(target_of(one), is_active(one)) == (target_of(other), is_active(other))", "False", "two prefix lists with one target agree"),
        ("painting.py", "        if version == family:\n            yield span", "        yield span", "a prefix list's blocks belong to a family"),
        ("painting.py", "is_active(route) and target_of(route) in wanted", "target_of(route) in wanted", "a blackhole to a gateway leads nowhere"),
        ("painting.py", "        if is_active(route) and not target_of(route):", "        if False:", "a route has to say where it leads"),
        ("painting.py", '        if not any(route.get(key) for key in (*_CIDR.values(), "DestinationPrefixListId")):', "        if False:", "a route has to say what it is for"),
        ("addresses.py", "    if version != family:\n        raise", "    if False:\n        raise", "blocks of the other family are none"),
        ("acls.py", "key=lambda entry: entry.number", "key=lambda entry: 0", "entries are read by their number"),
        ("acls.py", 'bool(raw.get("Egress")) is not egress', "False", "directions are apart"),
        ("acls.py", '("-1", _NUMBERS[protocol], protocol)', '("-1", "6", "17", "tcp", "udp")', "protocols are apart"),
        ("acls.py", '("-1", _NUMBERS[protocol], protocol)', "(_NUMBERS[protocol], protocol)", "-1 is every protocol"),
        ("acls.py", '_PORTS if spoken == "-1" else ports_of(raw)', "_PORTS", "an entry has ports"),
        ("acls.py", "left = subtract(left, (entry.addresses,))", "pass", "the first match decides"),
        ("acls.py", "        if entry.allows:\n", "        if True:\n", "a deny denies"),
        ("acls.py", "EPHEMERAL: Interval = (1024, 65535)", "EPHEMERAL: Interval = (0, 65535)", "answers go to ephemeral ports"),
        ("acls.py", "EPHEMERAL: Interval = (1024, 65535)", "EPHEMERAL: Interval = (1024, 60999)", "all ephemeral ports count"),
        ("acls.py", "(port for port in boundaries(found) if EPHEMERAL[0] <= port <= EPHEMERAL[1])", "()", "one ephemeral port that works is enough"),
        ("acls.py", 'raw.get("RuleAction") not in ("allow", "deny")', "False", "an entry says what it does"),
        ("acls.py", 'or not raw.get("Protocol")', "", "an entry says its protocol"),
        ("acls.py", "or not any(raw.get(member) for member in _CIDR.values())", "", "an entry says its block"),
        ("acls.py", "or ports_of(raw) == ()", "", "half a range of ports is none"),
        ("acls.py", 'acl.get("IsDefault") is True', "False", "the default ACL is everybody's who has no other"),
        ("admission.py", '"IpPermissionsEgress" if egress else "IpPermissions"', '"IpPermissions"', "ways in and out are apart"),
        ("admission.py", "spoken not in _ALL and spoken not in (protocol, _NUMBERS[protocol])", "False", "protocols are apart"),
        ("admission.py", "_PORTS if spoken in _ALL else _ports(group, rule)", "_PORTS", "a rule has ports"),
        ("admission.py", "if first == -1 and isinstance(last, int):\n        return _PORTS", "if first == -1 and isinstance(last, int):\n        return (0, 0)", "-1 is every port"),
        ("admission.py", "return self.referenced in wears", "return True", "a reference admits those who wear the group"),
        ("admission.py", "return self.referenced in wears", "return False", "a reference admits"),
        ("admission.py", "grant.addresses is not None and grant.family == family and grant.ports", "grant.addresses is not None and grant.ports", "rules of one family say nothing of the other"),
        ("admission.py", "self.family == family and self.addresses[0]", "self.addresses[0]", "rules of one family say nothing of the other, for packets"),
        ("admission.py", 'cannot be seen from account {inventory.account}")\n            continue', '")\n            doubts.pop()\n            continue', "a group that cannot be seen is a doubt"),
        ("block_public_access.py", "    if told:\n        return str(told)\n", "", "the effective state comes first"),
        ("block_public_access.py", '"create-complete", "update-complete", "update-in-progress"', '"create-complete", "update-complete", "update-in-progress", "delete-complete", "disable-complete"', "only exclusions in force count"),
        ("block_public_access.py", '"create-complete", "update-complete", "update-in-progress"', '"create-complete", "update-complete"', "an exclusion being updated is in force"),
        ("block_public_access.py", 'in (subnet.id, subnet.get("VpcId"))', "in (subnet.id,)", "exclusions may be of the VPC"),
        ("block_public_access.py", 'in (subnet.id, subnet.get("VpcId"))', "!= ''", "exclusions are of one subnet or VPC"),
        ("block_public_access.py", '    if "allow-bidirectional" in allowed:', "    if allowed:", "excluded egress lets nothing in"),
        ("block_public_access.py", '    if "allow-bidirectional" in allowed:', "    if False:", "an exclusion spares"),
        ("block_public_access.py", 'if options[0].get("State") == "update-in-progress":', "if False:", "options being changed decide nothing"),
        ("block_public_access.py", "    if owner != inventory.account:", "    if False:", "a shared subnet follows its owner's options"),
        ("block_public_access.py", "if mode == OFF and options and", "if False and", "an excluded inspection is not documented"),
        ("interfaces.py", 'not association.get("CarrierIp") and', "", "carrier addresses are not of the internet"),
        ("interfaces.py", ' and not association.get("CustomerOwnedIp")', "", "customer-owned addresses are not of the internet"),
        ("interfaces.py", 'interface.get("DenyAllIgwTraffic") is not True and', "", "an interface may be kept off gateways"),
        ("interfaces.py", 'text if is_open else ""', "text", "private IPv6 addresses are not public"),
        ("interfaces.py", '(interface.get("Association") if text == primary else None)', "None", "the interface repeats its primary association"),
        ("interfaces.py", '(interface.get("Association") if text == primary else None)', 'interface.get("Association")', "the interface's association is its primary address's"),
        ("interfaces.py", 'interface.get("InterfaceType") == "network_load_balancer" and not groups_of(interface)', "False", "a load balancer without a group filters nothing"),
        ("interfaces.py", 'interface.get("InterfaceType") == "network_load_balancer" and not groups_of(interface)', "not groups_of(interface)", "others without a group let nothing in"),
        ("interfaces.py", 'if not worn and interface.get("InterfaceType", "interface") == "interface":', "if False:", "an ordinary interface wears a group"),
        ("interfaces.py", 'if not all(group.get("GroupId") for group in worn):', "if False:", "a group has an id"),
        ("fabric.py", 'in ("available", "attached")', 'in ("available", "attached", "detaching")', "a gateway has to be attached"),
        ("fabric.py", 'attachment.get("VpcId") == vpc_id and ', "", "a gateway has to be attached to this VPC"),
        ("fabric.py", "        if owner != self.inventory.account:", "        if False:", "the gateway of a shared VPC is unseen"),
        ("fabric.py", "        if vpc is None and not found:", "        if False:", "the gateway of an unseen VPC is unseen"),
        ("fabric.py", 'peering.get("Status.Code") == "active" and', "", "a peering connection has to be active"),
        ("fabric.py", "{peering.get(end) for end in ends} == {one, other}", "True", "peering is not transitive"),
        ("fabric.py", "== gateway_id and is_associated(association)", "== gateway_id", "an edge table has to be associated"),
        ("fabric.py", 'endpoint_state(endpoint) == "available"', "True", "an endpoint has to be available"),
        ("fabric.py", " and not is_blocked", "", "an inspection's subnet may be blocked"),
        ("fabric.py", "or len(subnets) != 1", "", "an inspection's subnet has to be known"),
        ("routes.py", 'return not association.get("GatewayId") and is_associated', "return is_associated", "an edge table is no subnet's"),
        ("exposure.py", "if address.public", "if True", "only public addresses count"),
        ("exposure.py", "wanted = frozenset({middlebox}) if middlebox else gateways", "wanted = gateways | {middlebox}", "the answer passes the same endpoint"),
        ("exposure.py", "        replies = intersection(replies, _beyond(fabric, middlebox, gateways, family))", "        pass", "the endpoint hands on to the gateway"),
        ("exposure.py", "or fabric.block_mode(subnet_id) != OFF", "", "Block Public Access blocks"),
        ("exposure.py", "return intersection(replies, acls.answered(outbound, family=family))", "return replies", "answers pass the ACL"),
        ("exposure.py", "intersection(intersection(sources, granted), acls.admitted(inbound, port=first, family=family))", "intersection(sources, granted)", "what comes in passes the ACL"),
        ("exposure.py", "intersection(sources, granted)", "sources", "what comes in passes the groups"),
        ("exposure.py", "public(joined(routes.leading(wanted)), family=family)", "joined(routes.leading(wanted))", "only addresses of the internet come from there"),
        ("exposure.py", "found[-1].sources == reached", "True", "ports of different sources are apart"),
        ("exposure.py", "return Exposure(tuple(found), grants.doubts)", "return Exposure(tuple(found))", "doubts are told"),
        ("exposure.py", "        if route is not None and not is_active(route):\n            return set()\n", "", "an edge table may drop"),
        ("exposure.py", 'target_of(route) != "local"', "False", "an edge table steers"),
        ("plain.py", "rank > best", "rank >= best", "ties are told, packet by packet"),
        ("plain.py", "(block.prefixlen, 1 if", "(-block.prefixlen, 1 if", "the longest prefix wins, packet by packet"),
        ("plain.py", "if learned and any(_contains(own, block) for own in local):", "if False:", "propagated inside local loses, packet by packet"),
        ("plain.py", 'sorted(listed, key=lambda one: int(one["RuleNumber"]))', "listed", "entries are read by number, packet by packet"),
        ("paths.py", "allows = target_of(route) in wanted", "allows = True", "a route has to lead to the gateway"),
        ("paths.py", "    if not is_active(route):\n        return Hop(ROUTE_TABLE", "    if False:\n        return Hop(ROUTE_TABLE", "a blackhole drops, packet by packet"),
        ("paths.py", "is_neighbour = sides[0] == sides[1]", "is_neighbour = False", "no ACL is asked inside a subnet"),
        ("paths.py", "is_neighbour = sides[0] == sides[1]", "is_neighbour = True", "ACLs stand between subnets"),
        ("paths.py", "        yield from map(returning, _one_way(look, target, source, there.words, here.words, protocol, None))\n", "        pass\n", "the answer needs a way"),
        ("paths.py", "    yield acl_hop(look, home, egress=True, protocol=protocol, ports=ports, address=there)\n", "", "what leaves passes the ACL"),
        ("paths.py", "        yield acl_hop(look, goal, egress=False, protocol=protocol, ports=ports, address=here)\n", "", "what comes in passes the ACL"),
        ("paths.py", '"tgw-": "the transit gateway", ', "", "a transit gateway is not followed"),
        ("paths.py", '"vgw-": "the virtual private gateway", ', "", "a virtual private gateway is not followed"),
        ("paths.py", '"eni-": "the network interface",', "", "an appliance is not followed"),
        ("paths.py", '"nat-": "the NAT gateway",', "", "a NAT gateway inside a VPC is not followed"),
        ("paths.py", '(is_home or prefix != "nat-")', "True", "a NAT gateway leads to no other VPC"),
        ("paths.py", "worn = groups_of(source) if wears is None else wears", "worn = frozenset() if wears is None else wears", "references count inside a VPC"),
        ("tunnels.py", "wears=groups, is_checked=True", "is_checked=True", "an endpoint tells its own groups"),
        ("tunnels.py", '    if endpoint.get("PreserveClientIp") is True:', "    if False:", "clients' addresses may be preserved"),
        ("tunnels.py", '    if endpoint.get("PreserveClientIp") is True:', "    if True:", "clients' addresses may be hidden"),
        ("tunnels.py", '    if endpoint.get("VpcId") != interface.get("VpcId"):', "    if False:", "preserving works inside one VPC"),
        ("tunnels.py", "    if not groups:", "    if False:", "an endpoint wears groups"),
        ("tunnels.py", "return witness(passing or granted or (SPACE[4],), family=4)", "return witness(granted or (SPACE[4],), family=4)", "any client that gets through is enough"),
        ("tunnels.py", "(SPACE[4],) if is_referenced else grants.at(port, family=4)", "grants.at(port, family=4)", "by reference any client gets through"),
        ("tunnels.py", 'FAMILIES.get(str(endpoint.get("IpAddressType") or "ipv4"), (4,))', "(4,)", "an endpoint may speak IPv6"),
        ("tunnels.py", "    yield Hop(INSTANCE_CONNECT_ENDPOINT, endpoint.id, usable,", "    yield Hop(INSTANCE_CONNECT_ENDPOINT, endpoint.id, True,", "an endpoint has to be usable"),
        ("proofs.py", "            if path.verdict is wanted:", "            if path.is_open:", "each address is proved in its own way"),
        ("questions.py", "in _first_of_each_family(addresses_of(source))", "in addresses_of(source)[:1]", "two interfaces may share IPv6 alone"),
        ("transit_tables.py", "rank > earlier[0]:", "rank >= earlier[0]:", "two routes of one rank are undecided"),
        ("transit_tables.py", "_STATIC, _LISTED = 9, 8", "_STATIC, _LISTED = 8, 9", "static beats prefix list over a transit gateway"),
        ("transit_tables.py", "_STATIC, _LISTED = 9, 8", "_STATIC, _LISTED = 9, 2", "prefix list beats propagated over a transit gateway"),
        ("transit_tables.py", '"vpc": 7,', '"vpc": 2,', "a VPC's propagation beats all others"),
        ("transit_tables.py", "_UNRANKED = 10", "_UNRANKED = 0", "an unheard-of route is undecided"),
        ("transit_tables.py", 'if route.get("State") != "deleted"', "if True", "a deleted route is none"),
        ("transit_tables.py", 'if table.get("AdditionalRoutesAvailable") is True:', "if False:", "routes that are not told count"),
        ("transit_tables.py", 'if table.get("Routes") is None:', "if False:", "routes nobody read may be there"),
        ("transit_tables.py", 'if table.get("Associations") is None:', "if False:", "associations nobody read may be there"),
        ("transit_tables.py", 'if state in ("associating", "disassociating"):', "if False:", "an association being made is undecided"),
        ("transit_tables.py", 'if state == "associated":', "if True:", "an association that ended is none"),
        ("transit_tables.py", 'if text_of(table, "State") in ("deleting", "deleted"):', "if False:", "a deleted table is none"),
        ("transit_tables.py", "    if owner != inventory.account:", "    if False:", "the tables of a foreign gateway are unseen"),
        ("transit_tables.py", 'association.get("TransitGatewayAttachmentId") == attachment_id', "True", "a table is the source attachment's"),
        ("plain.py", "if order == min(orders)]", "]", "ranks decide, packet by packet, over a transit gateway"),
        ("plain.py", "if _length(route) == longest]", "]", "the longest prefix wins, packet by packet, over a transit gateway"),
        ("transit_attachments.py", 'if one.get("TransitGatewayId") == gateway', "if True", "an attachment is to one gateway"),
        ("transit_attachments.py", '    if state != "available":', "    if False:", "an attachment has to be available"),
        ("transit_attachments.py", 'if state in ("", "modifying"):', "if False:", "an attachment being changed is undecided"),
        ("transit_attachments.py", 'if told != "enable":', "if False:", "an attachment may carry no IPv6"),
        ("transit_attachments.py", "if told is None:", "if False:", "whether an attachment carries IPv6 has to be told"),
        ("transit_attachments.py", "if zone_of(inventory, other) == zone:", "if True:", "a door has to be in the zone"),
        ("transit_attachments.py", "    if not doubt and is_local_zone(zone):", "    if False:", "a Local Zone has another way in"),
        ("transit_attachments.py", '    owner = attachment.get("VpcOwnerId", inventory.account)\n    if owner != inventory.account:', "    if False:", "doors of a foreign VPC are unseen"),
        ("transit_attachments.py", '    if owner != inventory.account:\n        raise Undecided(f"the attachment of', '    if False:\n        raise Undecided(f"the attachment of', "the attachment of a shared VPC is unseen"),
        ("transit.py", 'if source.get("VpcId") == target.get("VpcId"):', "if False:", "a transit gateway inside a VPC is not followed"),
        ("transit.py", "    yield Gate(door_of(look.fabric.inventory, entry, home), egress=False, address=here)\n", "", "the door's ACL lets in"),
        ("transit.py", "    if door != goal:\n", "    if True:\n", "a door at home filters nothing from the gateway"),
        ("transit.py", "        yield Gate(door, egress=True, address=there)\n", "", "the far door's ACL lets out"),
        ("transit.py", "        yield Gate(goal, egress=False, address=here)\n", "", "the target's ACL lets in from a transit gateway"),
        ("transit.py", 'is_open = state == "active"', "is_open = True", "a transit gateway's blackhole drops"),
        ("transit.py", 'if state not in ("active", "blackhole"):', "if False:", "a pending route is undecided"),
        ("transit.py", 'if type_ != "vpc":', "if False:", "what is no VPC is not followed"),
        ("transit.py", "if len(led) != 1 or not all(led):", "if not led:", "several attachments at once are undecided"),
        ("transit.py", '    if vpc_id == target.get("VpcId"):\n        return\n', "    return\n", "the attachment has to be the target's"),
        ("transit.py", 'if leaving.get("Options.ApplianceModeSupport", "disable") != "enable":', "if True:", "appliance mode takes any door"),
        ("transit.py", "    if len(fates) > 1:", "    if False:", "doors of different fates are undecided"),
        ("transit.py", 'is_home = via == "local"', "is_home = True", "the door's subnet has to lead to the target"),
        ("transit.py", 'if target.get("InterfaceType") == "vpc_endpoint":', "if False:", "an interface endpoint knows no groups over a transit gateway"),
        ("transit.py", 'SecurityGroupReferencingSupport", "disable") != "enable"', 'SecurityGroupReferencingSupport", "enable") != "enable"', "references over a transit gateway are off by default"),
        ("transit.py", 'SecurityGroupReferencingSupport", "enable") == "enable"', 'SecurityGroupReferencingSupport", "disable") == "enable"', "references are on by default at attachments"),
        ("transit.py", 'one is not None and one.get("Options.SecurityGroupReferencingSupport", "enable") == "enable"', "True", "both attachments have to support references"),
        ("paths.py", "known = frozenset() if gateway else groups_of(target)", "known = groups_of(target)", "rules about what goes out know no groups over a transit gateway"),
        ("paths.py", "    if gateway:\n        worn = _known_across", "    if False:\n        worn = _known_across", "references over a transit gateway have to be supported"),
        ("tunnels.py", "        if _gateway(look, endpoint, interface, address):\n", "        if False:\n", "a session over a transit gateway is walked in full"),
    )
)  # fmt: skip

EQUIVALENT: dict[str, str] = {}
"""Rules whose mutation changes no answer, with the reason."""


def main(files: Iterable[str]) -> int:
    """Prints every survivor; returns how the process should exit."""
    wanted = set(files)
    chosen = [one for one in MUTATIONS if (not wanted or one.file in wanted) and one.why not in EQUIVALENT]
    for one in chosen:
        times = (ROOT / ENGINE / one.file).read_text(encoding="utf-8").count(one.old)
        if times != 1:
            print(f"{one.file}: {one.old!r} is there {times} times ({one.why})")  # noqa: T201 - a script's output
            return 2
    with ThreadPoolExecutor(WORKERS) as pool:
        survivors = 0
        for one, died in zip(chosen, pool.map(dies, chosen), strict=True):
            survivors += not died
            if not died:
                print(f"survived: {one.file}: {one.why}: {one.old!r} -> {one.new!r}", flush=True)  # noqa: T201
    told = f"{len(chosen)} mutants, {len(chosen) - survivors} died, {survivors} survived"
    print(f"{told}, {len(EQUIVALENT)} equivalent")  # noqa: T201
    return 1 if survivors else 0


def dies(mutation: Mutation) -> bool:
    """Whether the engine's tests fail with this mutation."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("scanner", "tests"):
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        target = copy / ENGINE / mutation.file
        target.write_text(target.read_text(encoding="utf-8").replace(mutation.old, mutation.new), encoding="utf-8")
        environment = {**os.environ, "PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *TESTS]
        finished = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
        if finished.returncode not in (0, 1):
            raise RuntimeError(f"{mutation.why}: {finished.stdout}{finished.stderr}")
        return finished.returncode == 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
