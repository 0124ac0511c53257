"""Who may be behind an opening: the EC2 Instance Connect service of AWS alone, or others as well."""

from __future__ import annotations

import pytest

from scanner.model import View
from scanner.network.connect_sources import is_connect_service
from scanner.network.questions import internet_exposure
from tests.network.estates import GROUP, INTERFACE, LIST, found, public_host, rule

SERVICE, OTHERS = "com.amazonaws.eu-west-1.ec2-instance-connect", "com.amazonaws.eu-west-1.s3"


@pytest.mark.parametrize(
    ("name", "owner", "entries", "is_service"),
    [
        (SERVICE, "AWS", ["18.202.216.48/29"], True),
        ("com.amazonaws.eu-west-1.ipv6.ec2-instance-connect", "AWS", ["18.202.216.48/29"], True),
        (OTHERS, "AWS", ["18.202.216.48/29"], False),
        (SERVICE, "111122223333", ["18.202.216.48/29"], False),
        (SERVICE, "AWS", ["18.202.216.48/30"], False),
        (SERVICE, "AWS", [], False),
    ],
)
def test_the_service_is_known_by_the_list_of_awss_that_bears_its_name(
    name: str, owner: str, entries: list[str], is_service: object
) -> None:
    estate = public_host().put(GROUP, "sg-1", IpPermissions=[rule("18.202.216.48/29")])
    told = [{"Cidr": cidr} for cidr in entries]
    estate.add(LIST, PrefixListId="pl-1", PrefixListName=name, OwnerId=owner, Entries=told)
    fabric, view = estate.fabric(), View(estate.inventory())
    (opening,) = internet_exposure(view, found(fabric, INTERFACE, "eni-1")).at(22)
    assert is_connect_service(view, opening) is is_service
