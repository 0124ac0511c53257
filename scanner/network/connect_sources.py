"""The addresses from which AWS's own EC2 Instance Connect service, the one in the console, reaches public instances.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-connect-tutorial.html: the service has a prefix list of
AWS's for each family, com.amazonaws.REGION.ec2-instance-connect and com.amazonaws.REGION.ipv6.ec2-instance-connect.
"""

from __future__ import annotations

from scanner.model import Unknown, View
from scanner.network.addresses import subtract, union
from scanner.network.exposure import Opening
from scanner.network.prefix_lists import PREFIX_LIST, entries_of


def is_connect_service(inventory: View, opening: Opening) -> bool:
    """Whether nobody but the EC2 Instance Connect service of AWS comes in through an opening."""
    lists = [
        one
        for one in inventory.known(PREFIX_LIST)
        if one.get("OwnerId") == "AWS"
        and str(one.get("PrefixListName", "")).endswith(".ec2-instance-connect")
        and isinstance(one.get("Entries"), (list, tuple))
        and not isinstance(one.get("Entries"), Unknown)
    ]
    blocks = [cidr for one in lists for cidr in entries_of(inventory, one.id)]
    return bool(blocks) and not subtract(opening.sources, union(blocks, family=opening.family))
