"""Which IPv6 blocks of a subnet AWS announces to the internet.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SubnetIpv6CidrBlockAssociation.html: a block may be private
although its addresses are global ones, and no internet gateway carries it.
"""

from __future__ import annotations

from scanner.model import Resource
from scanner.network.addresses import interval
from scanner.network.interfaces import Address
from scanner.network.structures import structures


def is_announced(subnet: Resource, address: Address) -> bool:
    """Whether the internet knows an address of a subnet; raises `Undecided` where a private block cannot be read."""
    if not address.public:
        return False
    for block in structures(subnet, "Ipv6CidrBlockAssociationSet") if address.family == 6 else ():  # noqa: PLR2004 - IPv6
        if block.get("Ipv6AddressAttribute") == "private":
            family, (first, last) = interval(str(block.get("Ipv6CidrBlock", "")))
            if family == address.family and first <= address.private <= last:
                return False
    return True
