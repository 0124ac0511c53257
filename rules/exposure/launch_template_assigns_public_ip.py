"""Finds the versions of launch templates in use that give every instance a public IPv4 address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scanner.kit import Answer, Aside, Clear, Flag, Inventory, Resource, Undecided, structures, text_of, word


def check(inventory: Inventory) -> Iterator[Answer]:
    """One answer a version; only the default and the latest one are what a launch takes without being told."""
    latest: dict[str, int] = {}
    for version in inventory.subjects:
        with inventory.judging(version):
            template, count = text_of(version, "LaunchTemplateId"), _number(version)
            latest[template] = max(count, latest.get(template, 0))
    for version in inventory.subjects:
        with inventory.judging(version):
            is_latest = _number(version) == latest.get(text_of(version, "LaunchTemplateId"))
            is_default = version.get("DefaultVersion") is True
            if not (is_latest or is_default):
                yield Aside(version, "it is neither the default nor the latest version")
            else:
                yield _judge(version, " and ".join(["default"] * is_default + ["latest"] * is_latest))


def _number(version: Resource) -> int:
    count = version.get("VersionNumber")
    if not isinstance(count, int):
        raise Undecided(f"the number of the version {version.id} is not told")
    return count


def _judge(version: Resource, standing: str) -> Answer:
    data = version.get("LaunchTemplateData")
    if not isinstance(data, Mapping):
        raise Undecided(f"what the version {version.id} launches is not told")
    public = [
        interface.get("DeviceIndex", 0)
        for interface in structures(data, "NetworkInterfaces")
        if interface.get("AssociatePublicIpAddress")  # one that is unknown is neither yes nor no
    ]
    if not public:
        return Clear(version, "no network interface of it asks for a public address")
    called = text_of(version, "LaunchTemplateName") or text_of(version, "LaunchTemplateId")
    return Flag(
        version,
        f"version {_number(version)} ({standing}) of the launch template {called} gives instances a public IPv4 address",
        tuple(f"the network interface {index} has AssociatePublicIpAddress true" for index in public),
        fix=_cure(version),
    )


def _cure(version: Resource) -> str:
    template = word(text_of(version, "LaunchTemplateId"))
    return (
        f"aws ec2 create-launch-template-version --launch-template-id {template} --source-version {_number(version)}"
        " --launch-template-data <the same NetworkInterfaces with AssociatePublicIpAddress false>\n"
        f"aws ec2 modify-launch-template --launch-template-id {template} --default-version <the new version>\n"
        "Instances that are running keep their address until they are replaced."
    )
