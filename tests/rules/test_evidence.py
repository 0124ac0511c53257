"""What rules about evidence say beside whom they flag: the sentence, the evidence, the weight and the cure."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.answers import ACCOUNT, answers_of

VPC = "vpc-0e1d2c3b4a5960001"
FAILED = (
    "fl-0e1d2c3b4a5960001: FlowLogStatus is ACTIVE, DeliverLogsStatus is FAILED, TrafficType is ALL,"
    " DeliverLogsErrorMessage is Access error"
)


def flow_log(**facts: Any) -> dict[str, Any]:
    usual = {
        "FlowLogId": "fl-0e1d2c3b4a5960001",
        "ResourceId": VPC,
        "FlowLogStatus": "ACTIVE",
        "DeliverLogsStatus": "SUCCESS",
        "TrafficType": "ALL",
    }
    return {**usual, **facts}


@pytest.mark.parametrize(
    ("logs", "because"),
    [
        ([], ("the VPC has no flow log of its own",)),
        (
            [flow_log(TrafficType="ACCEPT")],
            ("fl-0e1d2c3b4a5960001: FlowLogStatus is ACTIVE, DeliverLogsStatus is SUCCESS, TrafficType is ACCEPT",),
        ),
        (
            [flow_log(DeliverLogsStatus="FAILED", DeliverLogsErrorMessage="Access error")],
            (FAILED,),
        ),
    ],
)
def test_a_vpc_without_a_full_log_tells_what_it_has(logs: list[dict[str, Any]], because: tuple[str, ...]) -> None:
    found = answers_of("EVD001", Vpcs=[{"VpcId": VPC, "OwnerId": ACCOUNT}], FlowLogs=logs)[VPC]
    assert found.severity == "medium"
    assert found.message == (
        f"no flow log records all traffic of {VPC}: neither the VPC has one nor any of its subnets"
    )
    assert found.because == because
    assert f"--resource-ids {VPC} --traffic-type ALL" in found.fix


def test_the_subnets_and_interfaces_that_are_left_out_are_named() -> None:
    subnets = [{"SubnetId": f"subnet-0e1d2c3b4a596000{letter}", "VpcId": VPC} for letter in "abc"]
    logs = [flow_log(ResourceId="subnet-0e1d2c3b4a596000a")]
    found = answers_of("EVD001", Vpcs=[{"VpcId": VPC, "OwnerId": ACCOUNT}], Subnets=subnets, FlowLogs=logs)[VPC]
    assert found.message == (
        f"no flow log records all traffic of {VPC}: subnet-0e1d2c3b4a596000b and subnet-0e1d2c3b4a596000c are left out"
    )
    one = answers_of("EVD001", Vpcs=[{"VpcId": VPC, "OwnerId": ACCOUNT}], Subnets=subnets[:2], FlowLogs=logs)[VPC]
    assert one.message == f"no flow log records all traffic of {VPC}: subnet-0e1d2c3b4a596000b is left out"
