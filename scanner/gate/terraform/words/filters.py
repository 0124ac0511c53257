"""Security groups and network ACLs, whose rules stand inside or beside them.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.gate.terraform.attributes import Attributes
from scanner.gate.terraform.words.entry import TAGS, Entry, Part, Word, link, properties_of
from scanner.gate.terraform.words.networks import LIST, SUBNET, VPC
from scanner.model import Unknown

GROUP, ACL = "AWS::EC2::SecurityGroup", "AWS::EC2::NetworkAcl"
INGRESS, EGRESS = "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"
_WAYS = {"ingress": INGRESS, "egress": EGRESS}

_PROTOCOLS = {"all": "-1", "tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58"}
_ENDS = (
    ("cidr_blocks", "CidrIp", ""),
    ("ipv6_cidr_blocks", "CidrIpv6", ""),
    ("prefix_list_ids", "PrefixListId", LIST),
    ("security_groups", "GroupId", GROUP),
)


def _ports(attributes: Attributes, protocol: str) -> dict[str, Any]:
    told = attributes.text(protocol)
    ports = {"IpProtocol": "-1" if isinstance(told, str) and told.lower() == "all" else told}
    for name, attribute in (("FromPort", "from_port"), ("ToPort", "to_port"), ("Description", "description")):
        value = attributes.get(attribute)
        if value is not None:
            ports[name] = value
    return ports


def _end(name: str, way: str) -> str:
    """CloudFormation's name for an end of a rule."""
    if name.startswith("Cidr"):
        return name
    prefix = "Source" if way == "ingress" else "Destination"
    return f"{prefix}{'SecurityGroupId' if name == 'GroupId' else name}"


def _rules(attributes: Attributes, way: str, group: Any, *, source: str = "") -> Iterator[dict[str, Any]]:
    """CloudFormation's rules for one of Terraform's, which may let many ends through."""
    ports = _ports(attributes, "protocol")
    for attribute, name, type_name in _ENDS:
        found = attributes.links(attribute, type_name) if type_name else attributes.get(attribute)
        ends = found if isinstance(found, list) else [] if found is None else [found]
        for one in ends:
            if one is not None:
                yield {**ports, _end(name, way): one}
    own = attributes.get("self")
    if own is True:
        yield {**ports, _end("GroupId", way): group}
    elif isinstance(own, Unknown):
        yield {**ports, _end("GroupId", way): own}
    if source:
        peer = attributes.link(source, GROUP)
        if peer is not None:
            yield {**ports, _end("GroupId", way): peer}


def _inline(way: str) -> Word:
    def read(attributes: Attributes) -> Any:
        found = attributes.blocks(way)
        if isinstance(found, Unknown):
            return found
        return [rule for one in found for rule in _rules(one, way, attributes.own_id)]

    return read


def _standalone(attributes: Attributes) -> Iterator[Part]:
    """`aws_security_group_rule`: one direction, many ends."""
    group = attributes.link("security_group_id", GROUP)
    way = attributes.get("type")
    if not isinstance(way, str) or way not in _WAYS:
        why = attributes.open("the direction of the rule is not known")
        for type_name in _WAYS.values():
            yield Part(type_name, {"GroupId": group, "IpProtocol": why})
        return
    rules = list(_rules(attributes, way, group, source="source_security_group_id"))
    # Ends that are all unknown leave one rule that says so.
    for rule in rules or [{**_ports(attributes, "protocol")}]:
        yield Part(_WAYS[way], {"GroupId": group, **rule})


def _single(way: str) -> Mapping[str, Word]:
    """`aws_vpc_security_group_*_rule`: one direction, one end."""
    return {
        "GroupId": link("security_group_id", GROUP),
        "IpProtocol": lambda attributes: _ports(attributes, "ip_protocol")["IpProtocol"],
        "FromPort": "from_port",
        "ToPort": "to_port",
        "Description": "description",
        "CidrIp": "cidr_ipv4",
        "CidrIpv6": "cidr_ipv6",
        _end("PrefixListId", way): link("prefix_list_id", LIST),
        _end("GroupId", way): link("referenced_security_group_id", GROUP),
    }


def _protocol(name: str) -> Word:
    def read(attributes: Attributes) -> Any:
        value = attributes.text(name)
        return _PROTOCOLS.get(value.lower(), value) if isinstance(value, str) else value

    return read


def _range(attributes: Attributes) -> Any:
    protocol = _protocol("protocol")
    told = protocol(attributes) if callable(protocol) else None
    if isinstance(told, str) and told not in ("6", "17"):
        return None
    made = {"From": attributes.get("from_port"), "To": attributes.get("to_port")}
    return {name: value for name, value in made.items() if value is not None} or None


_ENTRY: Mapping[str, Word] = {
    "Protocol": _protocol("protocol"),
    "CidrBlock": "cidr_block",
    "Ipv6CidrBlock": "ipv6_cidr_block",
    "PortRange": _range,
}


def _acl_parts(attributes: Attributes) -> Iterator[Part]:
    """The entries and the subnets that stand inside an ACL."""
    for way in ("ingress", "egress"):
        found = attributes.blocks(way)
        acl = {"NetworkAclId": attributes.own_id, "Egress": way == "egress"}
        if isinstance(found, Unknown):
            names = ("RuleNumber", "RuleAction", "Protocol", "CidrBlock")
            yield Part("AWS::EC2::NetworkAclEntry", {**acl, **dict.fromkeys(names, found)}, way)
            continue
        for one in found:
            words = {"RuleNumber": "rule_no", "RuleAction": "action", **_ENTRY}
            yield Part("AWS::EC2::NetworkAclEntry", {**acl, **properties_of(words, one)}, way)
    subnets = attributes.links("subnet_ids", SUBNET)
    for subnet in [subnets] if isinstance(subnets, Unknown) else subnets or ():
        about = {"NetworkAclId": attributes.own_id, "SubnetId": subnet}
        yield Part("AWS::EC2::SubnetNetworkAclAssociation", about, "subnet_ids")


_GROUP: Mapping[str, Word] = {
    "GroupName": "name",
    "GroupDescription": "description",
    "VpcId": link("vpc_id", VPC),
    # The provider takes AWS's own rule away: nothing written means that nothing gets out.
    "SecurityGroupIngress": _inline("ingress"),
    "SecurityGroupEgress": _inline("egress"),
    **TAGS,
}

ENTRIES: Mapping[str, Entry] = {
    "aws_security_group": Entry(GROUP, _GROUP),
    "aws_default_security_group": Entry("Default::SecurityGroup", {**_GROUP, "GroupName": lambda _: "default"}),
    "aws_security_group_rule": Entry(parts=_standalone),
    "aws_vpc_security_group_ingress_rule": Entry(INGRESS, _single("ingress")),
    "aws_vpc_security_group_egress_rule": Entry(EGRESS, _single("egress")),
    "aws_network_acl": Entry(ACL, {"VpcId": link("vpc_id", VPC), **TAGS}, parts=_acl_parts),
    "aws_default_network_acl": Entry(
        "Default::NetworkAcl", {"NetworkAclId": link("default_network_acl_id", ACL), **TAGS}, parts=_acl_parts
    ),
    "aws_network_acl_rule": Entry(
        "AWS::EC2::NetworkAclEntry",
        {
            "NetworkAclId": link("network_acl_id", ACL),
            "RuleNumber": "rule_number",
            "RuleAction": "rule_action",
            "Egress": "egress",
            **_ENTRY,
        },
    ),
    "aws_network_acl_association": Entry(
        "AWS::EC2::SubnetNetworkAclAssociation",
        {"NetworkAclId": link("network_acl_id", ACL), "SubnetId": link("subnet_id", SUBNET)},
    ),
}
