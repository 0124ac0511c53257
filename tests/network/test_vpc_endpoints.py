"""VPC endpoints by name and state, and the interfaces that are somebody's workload."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.aws.build import make_inventory
from scanner.model import Resource, Undecided
from scanner.network.endpoints import (
    VPC_ENDPOINT,
    endpoint_state,
    endpoint_type,
    is_going,
    is_named,
    leads_to_aws,
    service_of,
)
from scanner.network.workloads import is_workload


def one(kind: str, **facts: Any) -> Resource:
    return make_inventory({kind: [facts]}, account="111122223333", region="eu-west-1").of(kind)[0]


@pytest.mark.parametrize(
    ("name", "service", "is_of_aws"),
    [
        ("com.amazonaws.eu-west-1.s3", "s3", True),
        ("com.amazonaws.eu-west-1.ecr.api", "ecr.api", True),
        ("com.amazonaws.us-gov-west-1.kms-fips", "kms-fips", True),
        ("com.amazonaws.us-isob-east-1.sqs", "sqs", True),
        ("cn.com.amazonaws.cn-north-1.ssm", "ssm", True),
        ("aws.api.eu-central-1.freetier", "freetier", True),
        ("com.amazonaws.s3-global.accesspoint", "com.amazonaws.s3-global.accesspoint", True),
        ("com.amazonaws.vpce.eu-west-1.vpce-svc-0aa1b2c3d4e5f6789", "vpce-svc-0aa1b2c3d4e5f6789", False),
        ("com.amazonaws.vpce.eu-west-1.orders", "orders", False),
        ("eu-west-1.vpce-svc-0aa1b2c3d4e5f6789", "eu-west-1.vpce-svc-0aa1b2c3d4e5f6789", False),
    ],
)
def test_a_service_name_tells_the_service_and_whose_it_is(name: str, service: str, *, is_of_aws: bool) -> None:
    endpoint = one(VPC_ENDPOINT, VpcEndpointId="vpce-1", ServiceName=name)
    assert service_of(endpoint) == service
    assert leads_to_aws(endpoint) is is_of_aws
    assert is_named(endpoint, [service])
    assert is_named(endpoint, [name])
    assert not is_named(endpoint, ["other"])


def test_an_endpoint_without_a_type_is_a_gateway_one_and_without_a_state_or_service_undecided() -> None:
    bare = one(VPC_ENDPOINT, VpcEndpointId="vpce-1")
    assert endpoint_type(bare) == "Gateway"
    assert not is_going(bare)
    with pytest.raises(Undecided, match="the state of vpce-1 is not told"):
        endpoint_state(bare)
    with pytest.raises(Undecided, match="the service of vpce-1 is not told"):
        leads_to_aws(bare)


def test_states_are_the_same_in_either_case() -> None:
    assert endpoint_state(one(VPC_ENDPOINT, State="PendingAcceptance")) == "pendingacceptance"
    assert is_going(one(VPC_ENDPOINT, State="Deleting"))
    assert is_going(one(VPC_ENDPOINT, State="deleted"))


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"Status": "in-use", "InterfaceType": "interface"},
        {"InterfaceType": "lambda", "RequesterManaged": True},
        {"InterfaceType": "efa"},
        {"Description": "arn:aws:ecs:eu-west-1:111122223333:attachment/5a5f0c9e", "RequesterManaged": True},
    ],
)
def test_instances_tasks_and_functions_are_workloads(facts: dict[str, Any]) -> None:
    assert is_workload(one("AWS::EC2::NetworkInterface", **facts))


@pytest.mark.parametrize(
    "facts",
    [
        {"Status": "available"},
        {"InterfaceType": "nat_gateway"},
        {"InterfaceType": "vpc_endpoint"},
        {"InterfaceType": "ec2_instance_connect_endpoint"},
        {"RequesterId": "amazon-elb"},
        {"RequesterId": "amazon-rds"},
        {"Description": "ELB app/web/50dc6c495c0c9188"},
        {"Description": "Interface for NAT Gateway nat-0b1a2c3d4e5f60001"},
        {"TagSet": [{"Key": "InstanceConnectEndpointId", "Value": "eice-0b1a2c3d4e5f60001"}]},
    ],
)
def test_gateways_endpoints_and_balancers_are_none(facts: dict[str, Any]) -> None:
    assert not is_workload(one("AWS::EC2::NetworkInterface", **facts))
