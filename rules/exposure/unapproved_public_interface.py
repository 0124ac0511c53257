"""Finds network interfaces with a public IPv4 address that are neither an approved edge nor an instance's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scanner.kit import (
    Answer,
    Aside,
    Clear,
    Flag,
    Inventory,
    Resource,
    Undecided,
    listed,
    structures,
    text_of,
    word,
)

# How services name themselves on the interfaces they make, and what makes theirs private.
_SERVICES = (
    ("rds", "Amazon RDS", "aws rds modify-db-instance --db-instance-identifier <the database> --no-publicly-accessible"),
    ("redshift", "Amazon Redshift", "aws redshift modify-cluster --cluster-identifier <the cluster> --no-publicly-accessible"),
    ("dms", "AWS DMS", "Make a new replication instance with PubliclyAccessible false: it cannot be changed later."),
    (":ecs:", "Amazon ECS", "aws ecs update-service --service <the service> --network-configuration <assignPublicIp=DISABLED>"),
)  # fmt: skip


def check(inventory: Inventory, *, approved_types: list[str], exempt_tags: list[str]) -> Iterator[Answer]:
    """One answer an interface, from its own facts alone."""
    for interface in inventory.subjects:
        with inventory.judging(interface):
            yield _judge(interface, approved_types, exempt_tags)


def _judge(interface: Resource, approved_types: list[str], exempt_tags: list[str]) -> Answer:
    public = tuple(dict.fromkeys(_public(interface)))
    if not public:
        return Clear(interface, "it has no public IPv4 address")
    kind = text_of(interface, "InterfaceType") or "interface"
    description = text_of(interface, "Description")
    if kind in approved_types:
        return Aside(interface, f"its type {kind} is an approved edge")
    if description.startswith("ELB "):
        return Aside(interface, f"it belongs to a load balancer ({description})")
    if text_of(interface, "Attachment.InstanceId"):
        return Aside(interface, "it belongs to an instance")
    exempt = _exempt(interface, exempt_tags)
    if exempt:
        return Aside(interface, f"its tag {exempt} lets it have a public address")
    return _flag(interface, kind, description, public)


def _flag(interface: Resource, kind: str, description: str, public: tuple[str, ...]) -> Flag:
    is_loose = text_of(interface, "Status") == "available"
    requester = text_of(interface, "RequesterId")
    service, cure = _service(requester, description)
    noun = "address" if len(public) == 1 else "addresses"
    whose = f" of {service}" if service else ""
    because = [f"InterfaceType is {kind}", *_told("RequesterId", requester), *_told("Description", description)]
    message = f"the network interface {interface.id}{whose} has the public {noun} {listed(public)}"
    if is_loose:
        message += ", and is attached to nothing"
        because.append("Status is available")
    loose = (
        f"aws ec2 describe-addresses --filters Name=network-interface-id,Values={word(interface.id)}\n"
        "aws ec2 disassociate-address --association-id <the eipassoc-… of each>"
    )
    return Flag(
        interface,
        message,
        tuple(because),
        severity="low" if is_loose else "",
        fix=cure or f"{loose}\nA type of interface that is meant to be public can be named in `approved_types`.",
    )


def _public(interface: Resource) -> Iterator[str]:
    """The addresses that the internet knows; carrier and customer-owned ones lead elsewhere."""
    holders = (*structures(interface, "PrivateIpAddresses"), interface.facts)
    for association in (holder.get("Association") or {} for holder in holders):
        if not isinstance(association, Mapping):
            raise Undecided(f"an address association of {interface.id} cannot be read")
        if not association.get("CarrierIp") and not association.get("CustomerOwnedIp"):
            ip = text_of(association, "PublicIp")
            if ip:
                yield ip


def _exempt(interface: Resource, exempt_tags: list[str]) -> str:
    """The first of these tags that it bears, or ""; interfaces call their tags TagSet, and no other resource does."""
    tags = structures(interface, "TagSet")
    borne = {str(tag.get("Key")) for tag in tags} | {f"{tag.get('Key')}={tag.get('Value')}" for tag in tags}
    return next((name for name in exempt_tags if name in borne), "")


def _service(requester: str, description: str) -> tuple[str, str]:
    words = f"{requester} {description}".lower()
    return next(((name, cure) for mark, name, cure in _SERVICES if mark in words), ("", ""))


def _told(key: str, value: str) -> tuple[str, ...]:
    return (f"{key} is {value}",) if value else ()
