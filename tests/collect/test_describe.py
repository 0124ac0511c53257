"""Answers fetched by somebody else: what they tell, what they leave open, and what they cannot be."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from scanner.collect.describe import inventory_from_describe
from scanner.errors import SnapshotError
from scanner.model import GLOBAL, Gap, GapReason, Inventory, Unknown
from tests.collect.conftest import ACCOUNT

ARN = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/main"
TRAIL = {"Name": "main", "TrailARN": ARN, "HomeRegion": "eu-west-1"}


def describe(answers: dict[str, Any], *, region: str = "eu-west-1", complete: bool = False) -> Inventory:
    return inventory_from_describe(answers, account=ACCOUNT, region=region, complete=complete)


def told(answers: Any) -> str:
    with pytest.raises(SnapshotError) as caught:
        describe(answers)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def ids(inventory: Inventory, kind: str) -> list[str]:
    return [resource.id for resource in inventory.of(kind)]


def test_keys_are_those_of_the_responses() -> None:
    inventory = describe(
        {
            "Vpcs": [{"VpcId": "vpc-1"}],
            "Reservations": [{"Instances": [{"InstanceId": "i-1"}]}, {"Instances": []}],
            "trailList": [],
            "SerialConsoleAccessEnabled": True,
            "ManagedBy": "account",
            "VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": "off"},
            "VpcOriginList": {"Quantity": 0},
            "ResponseMetadata": {"RequestId": "r"},
        }
    )
    assert ids(inventory, "AWS::EC2::VPC") == ["vpc-1"]
    assert ids(inventory, "AWS::EC2::Instance") == ["i-1"]
    assert [dict(switch.facts) for switch in inventory.of("AWS::EC2::SerialConsoleAccess")] == [
        {"SerialConsoleAccessEnabled": True, "ManagedBy": "account"}
    ]
    assert ids(inventory, "AWS::EC2::VPCBlockPublicAccessOptions") == ["eu-west-1"]
    assert inventory.collected == frozenset(
        {
            "AWS::Account",
            "AWS::Region",
            "AWS::EC2::VPC",
            "AWS::EC2::Instance",
            "AWS::CloudTrail::Trail",
            "AWS::EC2::SerialConsoleAccess",
            "AWS::EC2::VPCBlockPublicAccessOptions",
            "AWS::CloudFront::VpcOrigin",
        }
    )
    assert (inventory.mode, inventory.gaps) == ("describe", ())


def test_bare_instances_are_instances() -> None:
    assert ids(describe({"Instances": [{"InstanceId": "i-1"}]}), "AWS::EC2::Instance") == ["i-1"]


def test_an_absent_key_is_a_call_nobody_made() -> None:
    inventory = describe({"Vpcs": []})
    assert inventory.gaps_of("AWS::EC2::VPC") == ()
    assert [gap.reason for gap in inventory.gaps_of("AWS::EC2::Subnet")] == [GapReason.NOT_COLLECTED]


def test_an_absent_key_of_a_complete_account_is_an_empty_list() -> None:
    assert describe({"Vpcs": []}, complete=True).gaps_of("AWS::EC2::Subnet") == ()


def test_a_misspelt_key_is_told_with_the_one_that_was_meant() -> None:
    assert told({"VPCs": []}) == "'VPCs' is no key of an answer that this program knows. Did you mean 'Vpcs'?"
    assert told({"Moons": []}).startswith("'Moons' is no key of an answer that this program knows. ")


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ([], "the answers are a list, not a mapping of their keys"),
        ({"Vpcs": {}}, "the answer with 'Vpcs' is not what AWS gives: Vpcs is no list"),
        ({"Vpcs": None}, "the answer with 'Vpcs' is not what AWS gives: no Vpcs"),
        ({"Vpcs": ["vpc-1"]}, "the answer with 'Vpcs' is not what AWS gives: Vpcs holds no structure"),
        ({"Reservations": [{}]}, "the answer with 'Reservations' is not what AWS gives: no Instances"),
        ({"Vpcs": [{"CidrBlock": "10.0.0.0/8"}]}, "Vpcs[0] has no VpcId. Give the answer as AWS sent it"),
        ({"Vpcs": [{"VpcId": ""}]}, "Vpcs[0] has no VpcId. Give the answer as AWS sent it"),
        ({"Addresses": [{}]}, "Addresses[0] has no PublicIp. Give the answer as AWS sent it"),
        ({"Vpcs": [{"VpcId": "vpc-1", "Tags": {1}}]}, "Tags holds a set, which no answer of AWS does"),
        ({"VpcBlockPublicAccessOptions": []}, "is not what AWS gives: VpcBlockPublicAccessOptions holds no structure"),
        ({"Vpcs": [], "NextToken": "x"}, "the answers hold the token of a next page. Fetch the pages to the end"),
        ({"VpcOriginList": {"NextMarker": "x", "Items": [{"Id": "o"}]}}, "the answers hold the token of a next page"),
        ({"Account": "999999999999"}, f"the answers are of account 999999999999, not of {ACCOUNT}"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_no_answer_can_be_is_told(answers: Any, sentence: str) -> None:
    assert sentence in told(answers)


def test_answers_without_an_end_are_told() -> None:
    vpc: dict[str, Any] = {"VpcId": "vpc-1"}
    vpc["Self"] = vpc
    assert told({"Vpcs": [vpc]}) == "the answers are nested too deeply to be AWS's"


def test_nothing_that_is_passed_in_is_altered_or_kept() -> None:
    answers = {
        "Vpcs": [{"VpcId": "vpc-1", "Tags": [{"Key": "Name", "Value": "x"}], "OwnerId": None}],
        "trailList": [TRAIL],
    }
    before = copy.deepcopy(answers)
    inventory = describe(answers)
    assert answers == before
    answers["Vpcs"][0]["Tags"][0]["Value"] = "changed"  # type: ignore[index]
    assert inventory.of("AWS::EC2::VPC")[0].name == "x"


class TestTimes:
    def test_they_become_text_in_utc_whoever_wrote_them(self) -> None:
        moment = datetime(2026, 1, 15, 13, tzinfo=timezone(timedelta(hours=1)))
        for value in (moment, "2026-01-15T13:00:00+01:00", 1_768_478_400, 1_768_478_400.0, "2026-01-15T12:00:00.000Z"):
            inventory = describe({"Instances": [{"InstanceId": "i-1", "LaunchTime": value}]})
            assert inventory.of("AWS::EC2::Instance")[0].get("LaunchTime") == "2026-01-15T12:00:00Z"

    def test_a_moment_without_an_offset_is_utc(self) -> None:
        inventory = describe({"Instances": [{"InstanceId": "i-1", "LaunchTime": datetime(2026, 1, 15, 12)}]})  # noqa: DTZ001
        assert inventory.of("AWS::EC2::Instance")[0].get("LaunchTime") == "2026-01-15T12:00:00Z"

    def test_a_tag_that_looks_like_a_time_is_a_tag(self) -> None:
        tags = [{"Key": "born", "Value": "2026-01-15T13:00:00+01:00"}]
        inventory = describe({"Instances": [{"InstanceId": "i-1", "Tags": tags, "LaunchTime": "soon"}]})
        assert inventory.of("AWS::EC2::Instance")[0].tags == {"born": "2026-01-15T13:00:00+01:00"}
        assert inventory.of("AWS::EC2::Instance")[0].get("LaunchTime") == "soon"

    def test_boto3_s_own_answers_may_be_handed_over(self) -> None:
        answer = {
            "Vpcs": [{"VpcId": "vpc-1"}],
            "ResponseMetadata": {"HTTPHeaders": {}},
            "NextToken": "",
        }
        status = {**TRAIL, "IsLogging": True, "LatestDeliveryTime": datetime(2026, 1, 15, 12, tzinfo=UTC)}
        inventory = describe({**answer, "trailList": [status]})
        assert inventory.of("AWS::CloudTrail::Trail")[0].get("LatestDeliveryTime") == "2026-01-15T12:00:00Z"


class TestDetails:
    def gap(self, call: str, kind: str, arn: str) -> Gap:
        return Gap(ACCOUNT, "eu-west-1", call, GapReason.NOT_COLLECTED, "", (kind,), arn)

    def test_those_that_stand_in_a_resource_are_its_facts(self) -> None:
        told = {**TRAIL, "IsLogging": True, "EventSelectors": []}
        inventory = describe({"trailList": [told]})
        assert inventory.gaps == ()
        assert dict(inventory.of("AWS::CloudTrail::Trail")[0].facts) == told

    def test_those_that_nobody_asked_for_are_unknown(self) -> None:
        inventory = describe({"trailList": [{**TRAIL, "EventSelectors": []}]})
        [trail] = inventory.of("AWS::CloudTrail::Trail")
        assert isinstance(trail.get("IsLogging"), Unknown)
        assert inventory.gaps == (self.gap("cloudtrail:GetTrailStatus", "AWS::CloudTrail::Trail", ARN),)

    def test_half_a_status_is_none(self) -> None:
        inventory = describe({"trailList": [{**TRAIL, "EventSelectors": [], "LatestDeliveryTime": 0}]})
        assert isinstance(inventory.of("AWS::CloudTrail::Trail")[0].get("IsLogging"), Unknown)

    def test_a_complete_account_has_none_where_none_stand(self) -> None:
        [trail] = describe({"trailList": [TRAIL]}, complete=True).of("AWS::CloudTrail::Trail")
        assert trail.get("IsLogging") is None

    def test_those_that_a_scan_would_not_ask_for_are_not_missed(self) -> None:
        answers = {"Vpcs": [{"VpcId": "vpc-1"}, {"VpcId": "vpc-2"}]}
        assert describe(answers).gaps == ()
        endpoint = {"VpcEndpointId": "vpce-1", "VpcId": "vpc-2", "PrivateDnsEnabled": False}
        assert describe({**answers, "VpcEndpoints": [endpoint]}).gaps == ()
        inventory = describe({**answers, "VpcEndpoints": [{**endpoint, "PrivateDnsEnabled": True}]})
        arn = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc/vpc-2"
        assert set(inventory.gaps) == {self.gap("ec2:DescribeVpcAttribute", "AWS::EC2::VPC", arn)}

    def test_none_says_that_somebody_asked_and_there_is_none(self) -> None:
        bucket: dict[str, Any] = {
            "Name": "audit",
            "Policy": None,
            "PolicyStatus": None,
            "Grants": [],
            "PublicAccessBlockConfiguration": {},
        }
        inventory = describe({"Buckets": [bucket]}, region=GLOBAL)
        assert inventory.gaps == ()
        assert dict(inventory.of("AWS::S3::Bucket")[0].facts) == {
            "Name": "audit",
            "Grants": [],
            "PublicAccessBlockConfiguration": {},
        }


class TestListeners:
    """Two services call their lists so."""

    BALANCED = "arn:aws:elasticloadbalancing:eu-west-1:1:listener/app/a/b/c"
    ACCELERATED = "arn:aws:globalaccelerator::1:accelerator/a/listener/b"

    def test_their_arns_tell_whose_they_are(self) -> None:
        inventory = describe({"Listeners": [{"ListenerArn": self.BALANCED}, {"ListenerArn": self.ACCELERATED}]})
        assert ids(inventory, "AWS::ElasticLoadBalancingV2::Listener") == [self.BALANCED]
        assert ids(inventory, "AWS::GlobalAccelerator::Listener") == [self.ACCELERATED]

    def test_where_there_are_none_the_place_tells(self) -> None:
        here = describe({"Listeners": []})
        assert here.gaps_of("AWS::ElasticLoadBalancingV2::Listener") == ()
        assert here.gaps_of("AWS::GlobalAccelerator::Listener") != ()
        account = describe({"Listeners": []}, region=GLOBAL)
        assert account.gaps_of("AWS::GlobalAccelerator::Listener") == ()
        assert account.gaps_of("AWS::ElasticLoadBalancingV2::Listener") != ()
