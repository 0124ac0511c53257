from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError


def exclude(ec2: Any, *, mode: str = "allow-egress", **resource: str) -> dict[str, Any]:
    created = ec2.create_vpc_block_public_access_exclusion(InternetGatewayExclusionMode=mode, **resource)
    exclusion: dict[str, Any] = created["VpcBlockPublicAccessExclusion"]
    return exclusion


def listed(ec2: Any, **asked: Any) -> list[str]:
    answer = ec2.describe_vpc_block_public_access_exclusions(**asked)
    return [exclusion["ExclusionId"] for exclusion in answer["VpcBlockPublicAccessExclusions"]]


def test_nothing_is_blocked_in_a_new_account(ec2: Any) -> None:
    assert ec2.describe_vpc_block_public_access_options()["VpcBlockPublicAccessOptions"] == {
        "AwsAccountId": "123456789012",
        "AwsRegion": "eu-west-1",
        "State": "default-state",
        "InternetGatewayBlockMode": "off",
        "ManagedBy": "account",
        "ExclusionsAllowed": "allowed",
    }


def test_a_modified_setting_stays(ec2: Any) -> None:
    ec2.modify_vpc_block_public_access_options(InternetGatewayBlockMode="block-bidirectional")
    options = ec2.describe_vpc_block_public_access_options()["VpcBlockPublicAccessOptions"]
    assert (options["InternetGatewayBlockMode"], options["State"]) == ("block-bidirectional", "update-complete")
    assert options["LastUpdateTimestamp"]


@pytest.mark.parametrize("kind", ["vpc", "subnet"])
def test_an_exclusion_names_its_resource_by_arn(ec2: Any, network: dict[str, str], kind: str) -> None:
    parameter = {"vpc": "VpcId", "subnet": "SubnetId"}[kind]
    tags = [{"ResourceType": "vpc-block-public-access-exclusion", "Tags": [{"Key": "Until", "Value": "May"}]}]
    created = ec2.create_vpc_block_public_access_exclusion(
        InternetGatewayExclusionMode="allow-egress", TagSpecifications=tags, **{parameter: network[kind]}
    )["VpcBlockPublicAccessExclusion"]
    (exclusion,) = ec2.describe_vpc_block_public_access_exclusions()["VpcBlockPublicAccessExclusions"]
    assert exclusion == {
        "ExclusionId": created["ExclusionId"],
        "InternetGatewayExclusionMode": "allow-egress",
        "ResourceArn": f"arn:aws:ec2:eu-west-1:123456789012:{kind}/{network[kind]}",
        "State": "create-complete",
        "CreationTimestamp": created["CreationTimestamp"],
        "LastUpdateTimestamp": created["LastUpdateTimestamp"],
        "Tags": [{"Key": "Until", "Value": "May"}],
    }


def test_an_exclusion_is_for_one_resource_that_exists(ec2: Any, network: dict[str, str]) -> None:
    with pytest.raises(ClientError, match="InvalidParameterCombination"):
        exclude(ec2, VpcId=network["vpc"], SubnetId=network["subnet"])
    with pytest.raises(ClientError, match="MissingParameter"):
        exclude(ec2)
    with pytest.raises(ClientError, match=r"InvalidVpcID\.NotFound"):
        exclude(ec2, VpcId="vpc-00000000000000000")


def test_an_exclusion_is_modified_then_deleted_and_stays_listed_as_deleted(ec2: Any, network: dict[str, str]) -> None:
    identity = exclude(ec2, VpcId=network["vpc"])["ExclusionId"]
    modified = ec2.modify_vpc_block_public_access_exclusion(
        ExclusionId=identity, InternetGatewayExclusionMode="allow-bidirectional"
    )["VpcBlockPublicAccessExclusion"]
    assert (modified["InternetGatewayExclusionMode"], modified["State"]) == ("allow-bidirectional", "update-complete")
    ec2.delete_vpc_block_public_access_exclusion(ExclusionId=identity)
    (deleted,) = ec2.describe_vpc_block_public_access_exclusions()["VpcBlockPublicAccessExclusions"]
    assert (deleted["ExclusionId"], deleted["State"]) == (identity, "delete-complete")
    with pytest.raises(ClientError, match="delete-complete"):
        ec2.delete_vpc_block_public_access_exclusion(ExclusionId=identity)


def test_an_exclusion_that_does_not_exist_is_not_found(ec2: Any) -> None:
    with pytest.raises(ClientError, match=r"InvalidVpcBlockPublicAccessExclusionId\.NotFound"):
        listed(ec2, ExclusionIds=["vpcbpa-exclude-00000000000000000"])


def test_exclusions_are_filtered_and_paged_by_hand(ec2: Any, network: dict[str, str]) -> None:
    subnets = [network["subnet"], network["other subnet"]]
    for number in range(3, 7):
        made = ec2.create_subnet(VpcId=network["vpc"], CidrBlock=f"10.1.{number}.0/24")
        subnets.append(made["Subnet"]["SubnetId"])
    created = [exclude(ec2, SubnetId=subnet)["ExclusionId"] for subnet in subnets]
    first = ec2.describe_vpc_block_public_access_exclusions(MaxResults=5)
    assert [exclusion["ExclusionId"] for exclusion in first["VpcBlockPublicAccessExclusions"]] == created[:5]
    assert listed(ec2, MaxResults=5, NextToken=first["NextToken"]) == created[5:]
    of_arn = [{"Name": "resource-arn", "Values": [f"*{subnets[1]}"]}]
    assert listed(ec2, Filters=of_arn) == [created[1]]
    with pytest.raises(ClientError, match="InvalidParameterValue"):
        listed(ec2, MaxResults=1001)
