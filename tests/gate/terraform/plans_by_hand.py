"""Plans made of short notes: what somebody wrote, turned into the JSON that `terraform show -json` gives of it.

A note is YAML: address of a block -> attributes. `!ref aws_vpc.main.id` stands for an expression that is known after the apply, and a
list of references for one that has several.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

import scanner
from scanner.gate.build import Surface, surface_of
from scanner.gate.dialects import Asked, plan_all
from scanner.gate.planned import Plan, Planned
from scanner.gate.sources import Pile, Source
from scanner.model import Finding

NOTES = Path(__file__).parent / "plans"
EVERYTHING = NOTES / "everything.yaml"
ACCOUNT, REGION, NOON = "111122223333", "eu-west-1", "2026-01-15T12:00:00Z"

# Blocks that the provider treats as attributes; Terraform leaves those out of the configuration it writes into a plan.
_LEFT_OUT = {
    "aws_security_group": ("ingress", "egress"),
    "aws_default_security_group": ("ingress", "egress"),
    "aws_network_acl": ("ingress", "egress"),
    "aws_default_network_acl": ("ingress", "egress"),
    "aws_route_table": ("route",),
    "aws_default_route_table": ("route",),
}
# What AWS chooses where nobody writes it, as far as this matters here.
_COMPUTED = {
    "aws_security_group": ("ingress", "egress", "vpc_id", "name"),
    "aws_default_security_group": ("ingress", "egress", "vpc_id", "name"),
    "aws_instance": (
        "associate_public_ip_address",
        "subnet_id",
        "vpc_security_group_ids",
        "security_groups",
        "private_ip",
    ),
    "aws_vpc_endpoint": ("policy", "route_table_ids", "subnet_ids", "security_group_ids", "private_dns_enabled"),
    "aws_route_table": ("route",),
    "aws_vpc": ("ipv6_cidr_block", "default_security_group_id", "main_route_table_id", "enable_dns_hostnames"),
    "aws_subnet": ("availability_zone", "ipv6_cidr_block"),
    "aws_lb": ("subnets", "security_groups", "name", "ip_address_type"),
    "aws_eip": ("instance", "network_interface", "public_ip", "allocation_id"),
    "aws_iam_role": ("managed_policy_arns", "inline_policy", "name"),
}


class Ref:
    """An expression with references that nobody can evaluate yet."""

    def __init__(self, *references: str) -> None:
        self.references = list(references)

    @property
    def all(self) -> list[str]:
        """The references as a plan lists them: each with its shorter forms behind it."""
        return [one for reference in self.references for one in _chain(reference)]


def _chain(reference: str) -> Iterator[str]:
    head = 3 if reference.startswith(("data.", "module.")) and reference.count(".") > 2 else 2
    parts = reference.split(".")
    for count in range(len(parts), min(head, len(parts)) - 1, -1):
        yield ".".join(parts[:count])


class _Loader(yaml.SafeLoader):
    pass


def _ref(loader: yaml.SafeLoader, node: yaml.Node) -> Ref:
    if isinstance(node, yaml.SequenceNode):
        return Ref(*map(str, loader.construct_sequence(node)))
    assert isinstance(node, yaml.ScalarNode)
    return Ref(str(loader.construct_scalar(node)))


_Loader.add_constructor("!ref", _ref)


def notes(text: str) -> dict[str, Any]:
    """The notes in a text."""
    found = yaml.load(text, Loader=_Loader)
    assert isinstance(found, dict)
    return found


def after(value: Any) -> Any:
    """A value as far as it is known."""
    if isinstance(value, Mapping):
        return {key: after(one) for key, one in value.items() if not isinstance(one, Ref)}
    if isinstance(value, list):
        return [None if isinstance(one, Ref) else after(one) for one in value]
    return value


def unknown(value: Any) -> Any:
    """Its flags."""
    if isinstance(value, Ref):
        return True
    if isinstance(value, Mapping):
        return {key: unknown(one) for key, one in value.items() if isinstance(one, (Ref, Mapping, list))}
    return [unknown(one) for one in value] if isinstance(value, list) else False


def _refs_in(value: Any) -> Iterator[str]:
    if isinstance(value, Ref):
        yield from value.all
    elif isinstance(value, (Mapping, list)):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _refs_in(one)


def expression(value: Any) -> Any:
    """The expression of a value in the configuration; blocks have those of their attributes."""
    if isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        return [{key: expression(one) for key, one in block.items()} for block in value]
    references = list(_refs_in(value))
    return {"references": references} if references else {"constant_value": value}


def change(
    address: str, attributes: Mapping[str, Any], *, key: Any = None, module: str = "", **more: Any
) -> dict[str, Any]:
    """One entry of `resource_changes` for something that is made anew."""
    type_name, name = address.split(".")
    flags = {**dict.fromkeys(_COMPUTED.get(type_name, ()), True), "id": True, "arn": True, **unknown(attributes)}
    for given in attributes:
        if not isinstance(attributes[given], (Ref, Mapping, list)):
            flags.pop(given, None)
    shown = f"[{json.dumps(key)}]" if key is not None else ""
    told: dict[str, Any] = {
        "address": f"{module}.{address}{shown}" if module else f"{address}{shown}",
        "mode": "managed",
        "type": type_name,
        "name": name,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {"actions": ["create"], "before": None, "after": after(attributes), "after_unknown": flags, **more},
    }
    if module:
        told["module_address"] = module
    if key is not None:
        told["index"] = key
    return told


def block(address: str, attributes: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """The same as the configuration has it."""
    type_name, name = address.split(".")
    left_out = _LEFT_OUT.get(type_name, ())
    written = {key: expression(value) for key, value in attributes.items() if key not in left_out}
    return {"address": address, "mode": "managed", "type": type_name, "name": name, "provider_config_key": "aws",
            "expressions": written, **more}  # fmt: skip


def plan_json(written: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A whole plan of the root module."""
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.5",
        "planned_values": {"root_module": {}},
        "resource_changes": [change(address, attributes or {}) for address, attributes in written.items()],
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "expressions": {"region": {"constant_value": REGION}}}},
            "root_module": {"resources": [block(address, attributes or {}) for address, attributes in written.items()]},
        },
        **more,
    }


def of_notes(text: str, **more: Any) -> dict[str, Any]:
    """The plan of a note."""
    return plan_json(notes(text), **more)


def plans(data: Any, *, file: str = "plan.json") -> list[Plan]:
    """What the gate reads out of a plan's data."""
    found, failures = plan_all(Pile([Source(file, json.dumps(data))]), Asked(ACCOUNT, "us-east-1"))
    assert not failures, failures
    return found


def planned(data: Any, address: str, type_name: str = "") -> Planned:
    """One resource of a plan."""
    (plan,) = plans(data)
    return next(one for one in plan.resources if one.address == address and type_name in ("", one.type))


def surface(data: Any) -> Surface:
    """The inventory of a plan."""
    (plan,) = plans(data)
    return surface_of(plan, account=ACCOUNT, region=REGION, now=NOON)


def saved(folder: Path, data: Any, name: str = "plan.json") -> Path:
    """A plan in a file."""
    path = folder / name
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def findings(path: Path, **options: Any) -> list[Finding]:
    """What the rules say, through the front door."""
    return list(scanner.gate(path, include_pass=True, account=ACCOUNT, **options).findings)
