"""Mutations of the way over a transit gateway: attachments, tables, gates, and which groups are known beyond."""

from __future__ import annotations

from tests.network.mutations.mutation import of

MUTATIONS = (
    *of(
        "transit_tables.py",
        ("rank > earlier[0]:", "rank >= earlier[0]:", "two routes of one rank are undecided"),
        ("_STATIC, _LISTED = 9, 8", "_STATIC, _LISTED = 8, 9", "static beats prefix list over a transit gateway"),
        ("_STATIC, _LISTED = 9, 8", "_STATIC, _LISTED = 9, 2", "prefix list beats propagated over a transit gateway"),
        ('"vpc": 7,', '"vpc": 2,', "a VPC's propagation beats all others"),
        ("_UNRANKED = 10", "_UNRANKED = 0", "an unheard-of route is undecided"),
        ('if route.get("State") != "deleted"', "if True", "a deleted route is none"),
        ('if table.get("AdditionalRoutesAvailable") is True:', "if False:", "routes that are not told count"),
        ('if table.get("Routes") is None:', "if False:", "routes nobody read may be there"),
        ('if table.get("Associations") is None:', "if False:", "associations nobody read may be there"),
        ('if state in ("associating", "disassociating"):', "if False:", "an association being made is undecided"),
        ('if state == "associated":', "if True:", "an association that ended is none"),
        ('if text_of(table, "State") in ("deleting", "deleted"):', "if False:", "a deleted table is none"),
        ("    if owner != inventory.account:", "    if False:", "the tables of a foreign gateway are unseen"),
        ('association.get("TransitGatewayAttachmentId") == attachment_id', "True", "a table is the source attachment's"),
    ),
    *of(
        "plain.py",
        ("if order == min(orders)]", "]", "ranks decide, packet by packet, over a transit gateway"),
        ("if _length(route) == longest]", "]", "the longest prefix wins, packet by packet, over a transit gateway"),
    ),
    *of(
        "transit_attachments.py",
        ('if one.get("TransitGatewayId") == gateway', "if True", "an attachment is to one gateway"),
        ('    if state != "available":', "    if False:", "an attachment has to be available"),
        ('if state in ("", "modifying"):', "if False:", "an attachment being changed is undecided"),
        ('if told != "enable":', "if False:", "an attachment may carry no IPv6"),
        ("if told is None:", "if False:", "whether an attachment carries IPv6 has to be told"),
        ("if zone_of(inventory, other) == zone:", "if True:", "a door has to be in the zone"),
        ("    if not doubt and is_local_zone(zone):", "    if False:", "a Local Zone has another way in"),
        ('    owner = attachment.get("VpcOwnerId", inventory.account)\n    if owner != inventory.account:', "    if False:", "doors of a foreign VPC are unseen"),
        ('    if owner != inventory.account:\n        raise Undecided(f"the attachment of', '    if False:\n        raise Undecided(f"the attachment of', "the attachment of a shared VPC is unseen"),
    ),
    *of(
        "transit.py",
        ('if source.get("VpcId") == target.get("VpcId"):', "if False:", "a transit gateway inside a VPC is not followed"),
        ("    yield Gate(door_of(look.fabric.inventory, entry, home), egress=False, address=here)\n", "", "the door's ACL lets in"),
        ("    if door != goal:\n", "    if True:\n", "a door at home filters nothing from the gateway"),
        ("        yield Gate(door, egress=True, address=there)\n", "", "the far door's ACL lets out"),
        ("        yield Gate(goal, egress=False, address=here)\n", "", "the target's ACL lets in from a transit gateway"),
        ('is_open = state == "active"', "is_open = True", "a transit gateway's blackhole drops"),
        ('if state not in ("active", "blackhole"):', "if False:", "a pending route is undecided"),
        ('if type_ != "vpc":', "if False:", "what is no VPC is not followed"),
        ("if len(led) != 1 or not all(led):", "if not led:", "several attachments at once are undecided"),
        ('    if vpc_id == target.get("VpcId"):\n        return\n', "    return\n", "the attachment has to be the target's"),
        ('if leaving.get("Options.ApplianceModeSupport", "disable") != "enable":', "if True:", "appliance mode takes any door"),
        ("    if len(fates) > 1:", "    if False:", "doors of different fates are undecided"),
        ('is_home = via == "local"', "is_home = True", "the door's subnet has to lead to the target"),
        ('if target.get("InterfaceType") == "vpc_endpoint":', "if False:", "an interface endpoint knows no groups over a transit gateway"),
        ('SecurityGroupReferencingSupport", "disable") != "enable"', 'SecurityGroupReferencingSupport", "enable") != "enable"', "references over a transit gateway are off by default"),
        ('SecurityGroupReferencingSupport", "enable") == "enable"', 'SecurityGroupReferencingSupport", "disable") == "enable"', "references are on by default at attachments"),
        ('one is not None and one.get("Options.SecurityGroupReferencingSupport", "enable") == "enable"', "True", "both attachments have to support references"),
    ),
    *of(
        "inner.py",
        ("known = frozenset() if gateway else groups_of(target)", "known = groups_of(target)", "rules about what goes out know no groups over a transit gateway"),
        ("    if gateway:\n        worn = _known_across", "    if False:\n        worn = _known_across", "references over a transit gateway have to be supported"),
    ),
    *of(
        "tunnels.py",
        ("        if _gateway(look, endpoint, interface, address):\n", "        if False:\n", "a session over a transit gateway is walked in full"),
    ),
)  # fmt: skip
