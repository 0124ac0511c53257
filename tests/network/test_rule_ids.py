"""The ids of the security group rules on a path: where they are known, and that nothing hangs on them."""

from __future__ import annotations

from typing import Any

import pytest

import scanner
from scanner.network.reach import Reach
from tests.by_hand import refused
from tests.network.estates import GROUP, LIST, V4, V6, Estate, public_host, rule

RULE = "AWS::EC2::SecurityGroupRule"


def listed(estate: Estate, id_: str, **facts: Any) -> Estate:
    """A rule as DescribeSecurityGroupRules tells it: SSH into sg-1 from anywhere where nothing else is said."""
    told = {"GroupId": "sg-1", "IsEgress": False, "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIpv4": V4}
    return estate.add(RULE, SecurityGroupRuleId=id_, **{**told, **facts})


def asked(estate: Estate, source: str = "internet") -> Reach:
    return scanner.reach(estate.inventory(), source, "eni-1")


def ids(found: Reach) -> list[str]:
    return [hop.rule_id for hop in found.hops if hop.kind == GROUP]


def test_the_rule_that_lets_in_has_its_id_on_the_hop_the_cut_and_the_cure() -> None:
    estate = listed(listed(public_host(), "sgr-1"), "sgr-2", FromPort=443, ToPort=443)
    listed(estate, "sgr-3", IsEgress=True)
    listed(estate, "sgr-4", GroupId="sg-2")
    listed(estate, "sgr-5", CidrIpv4=None, CidrIpv6=V6)
    found = asked(estate)
    assert ids(found) == ["sgr-1"]
    assert [(cut.rule_id, cut.cure) for cut in found.cuts if cut.kind == GROUP] == [
        ("sgr-1", "aws ec2 revoke-security-group-ingress --group-id sg-1 --security-group-rule-ids sgr-1")
    ]
    assert [(cut.rule_id, cut.cure) for cut in found.cuts if cut.kind != GROUP] == [("", "")] * 4


@pytest.mark.parametrize(
    "facts",
    [
        {"IpProtocol": "udp"},
        {"IpProtocol": None},
        {"ToPort": 23},
        {"CidrIpv4": "0.0.0.0/1"},
        {"IsEgress": True},
        {"GroupId": "sg-2"},
        {"GroupId": None},
    ],
)
def test_a_rule_that_is_another_gives_no_id_and_changes_no_verdict(facts: dict[str, Any]) -> None:
    found = asked(listed(public_host(), "sgr-1", **facts))
    assert (found.verdict.value, ids(found)) == ("reachable", [""])


def test_two_rules_that_read_the_same_and_rules_that_were_refused_give_no_id() -> None:
    assert ids(asked(listed(listed(public_host(), "sgr-1"), "sgr-2"))) == [""]
    found = asked(public_host().gap(refused("ec2:DescribeSecurityGroupRules", RULE)))
    assert (found.verdict.value, ids(found)) == ("reachable", [""])


def test_rules_of_all_traffic_of_prefix_lists_and_of_groups_are_found_too() -> None:
    estate = public_host().put(GROUP, "sg-1", IpPermissions=[rule("pl-1", ports=None)])
    estate.add(LIST, PrefixListId="pl-1", OwnerId="111122223333", Entries=[{"Cidr": V4}])
    listed(estate, "sgr-1", IpProtocol="-1", FromPort=-1, ToPort=-1, CidrIpv4=None, PrefixListId="pl-1")
    assert ids(asked(estate)) == ["sgr-1"]
    estate = public_host().group("sg-2", out=[rule(V4, ports=None)])
    estate.subnet("subnet-2").table("rtb-2").put(GROUP, "sg-1", IpPermissions=[rule("sg-2")])
    estate.interface("eni-2", "subnet-2", {"PrivateIpAddress": "10.1.2.6"}, groups=["sg-2"])
    listed(estate, "sgr-2", CidrIpv4=None, ReferencedGroupInfo={"GroupId": "sg-2"})
    listed(estate, "sgr-3", GroupId="sg-2", IsEgress=True, IpProtocol="-1", FromPort=-1, ToPort=-1)
    found = asked(estate, "eni-2")
    assert ids(found) == ["sgr-3", "sgr-2"]
    assert [cut.cure.split()[2] for cut in found.cuts if cut.kind == GROUP] == [
        "revoke-security-group-egress",
        "revoke-security-group-ingress",
    ]
