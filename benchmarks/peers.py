"""Cloud Custodian and Prowler, where they are installed: the commands that look at what our rules look at."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchmarks.cases import Case

_CHECKS = (
    *("ec2_instance_public_ip", "ec2_instance_port_ssh_exposed_to_internet", "ec2_instance_imdsv2_enabled"),
    *("ec2_instance_internet_facing_with_instance_profile", "ec2_launch_template_no_public_ip"),
    *("ec2_networkacl_allow_ingress_any_port", "ec2_networkacl_allow_ingress_tcp_port_22"),
    *("ec2_securitygroup_allow_ingress_from_internet_to_all_ports", "ec2_securitygroup_default_restrict_traffic"),
    *("ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22", "ec2_elastic_ip_unassigned"),
    *("vpc_endpoint_connections_trust_boundaries", "vpc_endpoint_for_ec2_enabled", "vpc_flow_logs_enabled"),
    *("vpc_subnet_no_public_ip_by_default", "vpc_subnet_separate_private_public"),
    *("vpc_peering_routing_tables_with_least_privilege", "cloudtrail_multi_region_enabled"),
    *("cloudtrail_log_file_validation_enabled", "cloudtrail_cloudwatch_logging_enabled"),
)
# What Custodian has no filter for is at least listed, since that is where its time goes.
_POLICIES = {
    "ec2": {"type": "value", "key": "PublicIpAddress", "value": "present"},
    "security-group": {"type": "ingress", "Ports": [22], "Cidr": {"value": "0.0.0.0/0"}},
    "network-acl": {"type": "value", "key": "IsDefault", "value": False},
    "subnet": {"type": "value", "key": "MapPublicIpOnLaunch", "value": True},
    "vpc": {"type": "flow-logs", "enabled": False},
    "vpc-endpoint": {"type": "cross-account"},
    "network-addr": {"type": "value", "key": "AssociationId", "value": "absent"},
    "internet-gateway": {"type": "value", "key": "Attachments", "value": "empty"},
    "nat-gateway": {"type": "value", "key": "State", "value": "failed"},
    "route-table": {"type": "value", "key": "VpcId", "value": "absent"},
    "eni": {"type": "value", "key": "Association.PublicIp", "value": "present"},
    "cloudtrail": {"type": "value", "key": "LogFileValidationEnabled", "value": False},
}


@dataclass(frozen=True, slots=True)
class Peer:
    """A tool that is there: its command line, and the exit codes it ends with when all went well."""

    name: str
    command: tuple[str, ...]
    expected: tuple[int, ...]


def installed(name: str) -> list[str]:
    """The command of a peer: what BENCH_PROWLER or BENCH_CUSTODIAN say, or what PATH holds; empty where it is not there."""
    told = os.environ.get(f"BENCH_{name.upper()}", "")
    found = shutil.which(name)
    return shlex.split(told) if told else [found] if found else []


def peers_for(case: Case, folder: Path) -> Sequence[Peer]:
    """The peers that are installed, with what they need to look at a case of one account."""
    if len(case.accounts) > 1:
        return ()
    made = []
    prowler, custodian = installed("prowler"), installed("custodian")
    if prowler:
        options = ("-M", "csv", "-o", str(folder / "prowler"), "--no-banner", "--region", *case.regions)
        made.append(Peer("Prowler", (*prowler, "aws", *options, "--check", *_CHECKS), (0, 3)))
    if custodian:
        path = folder / "policies.yaml"
        policies = [
            {"name": f"bench-{kind}", "resource": f"aws.{kind}", "filters": [filter_]}
            for kind, filter_ in _POLICIES.items()
        ]
        path.write_text(yaml.safe_dump({"policies": policies}))
        regions = [part for region in case.regions for part in ("--region", region)]
        command = (*custodian, "run", "-s", str(folder / "custodian"), *regions, str(path))
        made.append(Peer("Cloud Custodian", command, (0,)))
    return made
