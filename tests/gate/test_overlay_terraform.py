"""Terraform's plans laid over an account: `before.id` says what exists, and the actions what becomes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import scanner
from scanner.model import ScanReport
from tests.gate.accounts_by_hand import account, closed, network, new, rule, told

GROUP = {"id": "sg-1", "name": "web", "description": "web", "vpc_id": "vpc-1"}
HOST = {"id": "i-1", "ami": "ami-1", "instance_type": "t3.micro", "subnet_id": "subnet-1", "vpc_security_group_ids": ["sg-1"],
        "associate_public_ip_address": True}  # fmt: skip


def inline(*ports: int) -> list[dict[str, Any]]:
    return [
        {"protocol": "tcp", "from_port": one, "to_port": one, "cidr_blocks": ["0.0.0.0/0"], "ipv6_cidr_blocks": [],
         "prefix_list_ids": [], "security_groups": [], "self": False, "description": ""}
        for one in ports
    ]  # fmt: skip


def change(kind: str, name: str, actions: list[str], before: Any, after: Any, unknown: Any = None) -> dict[str, Any]:
    told_ = {"actions": actions, "before": before, "after": after, "after_unknown": unknown or {}}
    return {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name,
            "provider_name": "registry.terraform.io/hashicorp/aws", "change": told_}  # fmt: skip


def laid(folder: Path, before: Any, *changes: dict[str, Any]) -> ScanReport:
    path = folder / "plan.json"
    document = {"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": list(changes),
                "planned_values": {"root_module": {}}, "configuration": {"root_module": {}}}  # fmt: skip
    path.write_text(json.dumps(document), encoding="utf-8")
    return scanner.gate(path, against=before)


def test_a_plan_that_does_nothing_adds_nothing(tmp_path: Path) -> None:
    before = account(network(ingress=[rule(22)], public=True))
    group, host = {**GROUP, "ingress": inline(22)}, HOST
    report = laid(
        tmp_path,
        before,
        change("aws_security_group", "web", ["no-op"], group, group),
        change("aws_instance", "host", ["no-op"], host, host),
    )
    assert new(report) == closed(report) == set()
    assert told(report.findings) == told(scanner.evaluate(before).findings)


def test_an_update_opens_and_closes(tmp_path: Path) -> None:
    shut, open_ = {**GROUP, "ingress": inline(443)}, {**GROUP, "ingress": inline(443, 22)}
    update = change("aws_security_group", "web", ["update"], shut, open_)
    report = laid(tmp_path, account(network(ingress=[rule(443)], public=True)), update)
    assert {("NET006", "fail", "sg-1"), ("NET003", "fail", "i-1")} <= new(report)
    back = change("aws_security_group", "web", ["update"], open_, shut)
    report = laid(tmp_path, account(network(ingress=[rule(443), rule(22)], public=True)), back)
    assert {("NET006", "fail", "sg-1"), ("NET003", "fail", "i-1")} <= closed(report)
    assert new(report) == set()


def test_a_rule_that_is_deleted_is_gone_and_one_that_changes_is_the_new_one(tmp_path: Path) -> None:
    known = {
        "id": "sgr-1",
        "security_group_id": "sg-1",
        "ip_protocol": "tcp",
        "from_port": 22,
        "to_port": 22,
        "cidr_ipv4": "0.0.0.0/0",
    }
    before = account(network(ingress=[rule(443), rule(22)], public=True))
    gone = change("aws_vpc_security_group_ingress_rule", "ssh", ["delete"], known, None)
    assert ("NET006", "fail", "sg-1") in closed(laid(tmp_path, before, gone))
    narrowed = {**known, "cidr_ipv4": "10.0.0.0/8"}
    update = change("aws_vpc_security_group_ingress_rule", "ssh", ["update"], known, narrowed)
    report = laid(tmp_path, before, update)
    assert ("NET006", "fail", "sg-1") in closed(report)
    assert new(report) == set()


def test_a_host_that_is_deleted_takes_its_flaws_along_and_one_that_is_replaced_keeps_them(tmp_path: Path) -> None:
    before = account(network(ingress=[rule(22)], public=True))
    gone = laid(tmp_path, before, change("aws_instance", "host", ["delete"], HOST, None))
    assert {("NET001", "fail", "i-1"), ("NET003", "fail", "i-1")} <= closed(gone)
    after = {key: value for key, value in HOST.items() if key != "id"}
    again = change("aws_instance", "host", ["delete", "create"], HOST, {**after, "ami": "ami-2"}, {"id": True})
    report = laid(tmp_path, before, again)
    assert new(report) == closed(report) == set()
