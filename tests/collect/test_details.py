"""Questions about single resources: only where the table wants them, once each, and unknown where they are refused."""

from __future__ import annotations

import pytest

from scanner.model import GapReason, Inventory, Undecided, Unknown
from tests.collect.conftest import ACCOUNT, Collect
from tests.loopback import Loopback, Reply, ec2, query, refusal, refusal_json, told, xml

TRAIL = "AWS::CloudTrail::Trail"
VPC = "AWS::EC2::VPC"
ENDPOINT = "AWS::EC2::VPCEndpoint"
BUCKET = "AWS::S3::Bucket"
BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"


def ids(inventory: Inventory, kind: str) -> list[str]:
    return [resource.id for resource in inventory.of(kind)]


def trail(name: str, home: str, *, account: str = ACCOUNT, bucket: str = "audit") -> dict[str, str]:
    arn = f"arn:aws:cloudtrail:{home}:{account}:trail/{name}"
    return {"Name": name, "TrailARN": arn, "HomeRegion": home, "S3BucketName": bucket}


def selectors(arn: str) -> Reply:
    return told({"TrailARN": arn, "EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True}]})


class TestVpcAttributes:
    @pytest.fixture(autouse=True)
    def _network(self, aws: Loopback) -> None:
        items = "".join(f"<item><vpcId>vpc-{number}</vpcId></item>" for number in (1, 2))
        aws.answer("DescribeVpcs", ec2("DescribeVpcs", f"<vpcSet>{items}</vpcSet>"))
        endpoints = "".join(
            f"<item><vpcEndpointId>vpce-{vpc}</vpcEndpointId><vpcId>vpc-{vpc}</vpcId>"
            f"<privateDnsEnabled>{private_dns}</privateDnsEnabled></item>"
            for vpc, private_dns in ((1, "false"), (2, "true"))
        )
        aws.answer("DescribeVpcEndpoints", ec2("DescribeVpcEndpoints", f"<vpcEndpointSet>{endpoints}</vpcEndpointSet>"))

    def test_they_are_asked_of_vpcs_with_an_endpoint_whose_private_dns_is_on_only(
        self, aws: Loopback, collect: Collect
    ) -> None:
        support = "<vpcId>vpc-2</vpcId><enableDnsSupport><value>true</value></enableDnsSupport>"
        hostnames = "<vpcId>vpc-2</vpcId><enableDnsHostnames><value>false</value></enableDnsHostnames>"
        aws.answer("DescribeVpcAttribute", ec2("DescribeVpcAttribute", support + hostnames))
        [inventory] = collect(VPC, ENDPOINT)
        first, second = inventory.of(VPC)
        assert (first.get("EnableDnsSupport"), first.get("EnableDnsHostnames")) == (None, None)
        assert (second.get("EnableDnsSupport.Value"), second.get("EnableDnsHostnames.Value")) == (True, False)
        asked = {
            (request.parameters["VpcId"], request.parameters["Attribute"])
            for request in aws.asked("DescribeVpcAttribute")
        }
        assert asked == {("vpc-2", "enableDnsSupport"), ("vpc-2", "enableDnsHostnames")}

    def test_they_are_not_asked_when_nobody_wants_endpoints(self, aws: Loopback, collect: Collect) -> None:
        collect(VPC)
        assert aws.asked("DescribeVpcAttribute") == []

    def test_one_that_is_refused_is_unknown(self, aws: Loopback, collect: Collect) -> None:
        aws.answer("DescribeVpcAttribute", refusal("UnauthorizedOperation"))
        [inventory] = collect(VPC, ENDPOINT)
        first, second = inventory.of(VPC)
        assert not isinstance(first.get("EnableDnsSupport"), Unknown)
        assert isinstance(second.get("EnableDnsSupport"), Unknown)
        assert isinstance(second.get("EnableDnsHostnames"), Unknown)
        [gap] = inventory.gaps
        assert (gap.call, gap.reason, gap.kinds) == ("ec2:DescribeVpcAttribute", GapReason.DENIED, (VPC,))
        assert gap.resource == f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc/vpc-2"
        assert inventory.gaps_of(VPC) == ()

    def test_an_answer_without_its_proof_is_unknown(self, aws: Loopback, collect: Collect) -> None:
        aws.answer("DescribeVpcAttribute", ec2("DescribeVpcAttribute", "<vpcId>vpc-2</vpcId>"))
        [inventory] = collect(VPC, ENDPOINT)
        assert {(gap.reason, gap.detail) for gap in inventory.gaps} == {
            (GapReason.UNREADABLE, "no EnableDnsSupport"),
            (GapReason.UNREADABLE, "no EnableDnsHostnames"),
        }
        with pytest.raises(Undecided):
            bool(inventory.of(VPC)[1].get("EnableDnsSupport.Value"))


class TestTrails:
    def test_a_trail_seen_in_three_regions_is_asked_once_and_at_home(self, aws: Loopback, collect: Collect) -> None:
        everywhere = trail("main", "us-east-1")
        aws.answer("DescribeTrails", told({"trailList": [everywhere]}))
        aws.answer("GetTrailStatus", told({"IsLogging": True, "LatestDeliveryTime": 1_768_478_400}))
        aws.answer("GetEventSelectors", selectors(everywhere["TrailARN"]))
        inventories = collect(TRAIL, regions=("eu-west-1", "eu-central-1", "ap-south-1"))
        for inventory in inventories:
            [seen] = inventory.of(TRAIL)
            assert (seen.region, seen.get("IsLogging")) == ("us-east-1", True)
            assert seen.get("LatestDeliveryTime") == "2026-01-15T12:00:00Z"
            assert seen.items("EventSelectors")[0]["ReadWriteType"] == "All"
        assert [request.region for request in aws.asked("GetTrailStatus")] == ["us-east-1"]
        assert [request.region for request in aws.asked("GetEventSelectors")] == ["us-east-1"]
        assert sorted(request.region for request in aws.asked("DescribeTrails")) == [
            "ap-south-1",
            "eu-central-1",
            "eu-west-1",
        ]
        assert aws.asked("GetTrailStatus")[0].parameters == {"Name": everywhere["TrailARN"]}

    @pytest.mark.parametrize("code", ["CloudTrailARNInvalidException", "TrailNotFoundException"])
    def test_an_organization_s_trail_keeps_its_selectors_to_itself(
        self, aws: Loopback, collect: Collect, code: str
    ) -> None:
        """A member account may ask whether it records, and may not ask what."""
        foreign = {**trail("org", "us-east-1", account="999999999999"), "IsOrganizationTrail": True}
        aws.answer("DescribeTrails", told({"trailList": [foreign]}))
        aws.answer("GetTrailStatus", told({"IsLogging": True}))
        aws.answer("GetEventSelectors", refusal_json(code))
        [inventory] = collect(TRAIL)
        [seen] = inventory.of(TRAIL)
        assert seen.get("IsLogging") is True
        assert isinstance(seen.get("EventSelectors"), Unknown)
        assert isinstance(seen.get("AdvancedEventSelectors"), Unknown)
        [gap] = inventory.gaps
        assert (gap.reason, gap.detail, gap.resource) == (GapReason.DENIED, code, foreign["TrailARN"])

    def test_a_status_that_is_cut_off_does_not_say_that_the_trail_is_stopped(
        self, aws: Loopback, collect: Collect
    ) -> None:
        known = trail("main", "eu-west-1")
        aws.answer("DescribeTrails", told({"trailList": [known]}))
        aws.answer("GetTrailStatus", told({"IsLogging": True}).half(has_length=False))
        aws.answer("GetEventSelectors", selectors(known["TrailARN"]))
        [inventory] = collect(TRAIL)
        assert isinstance(inventory.of(TRAIL)[0].get("IsLogging"), Unknown)
        assert [gap.detail for gap in inventory.gaps] == ["IncompleteReadError"]

    def test_a_refused_detail_has_one_gap_that_every_region_shares(self, aws: Loopback, collect: Collect) -> None:
        known = trail("main", "us-east-1")
        aws.answer("DescribeTrails", told({"trailList": [known]}))
        aws.answer("GetTrailStatus", refusal_json("AccessDeniedException"))
        aws.answer("GetEventSelectors", selectors(known["TrailARN"]))
        here, there = collect(TRAIL, regions=("eu-west-1", "eu-central-1"))
        assert here.gaps == there.gaps
        assert [gap.region for gap in here.gaps] == ["us-east-1"]


class TestBuckets:
    @pytest.fixture(autouse=True)
    def _trails(self, aws: Loopback) -> None:
        here = [trail("a", "eu-west-1"), trail("b", "eu-west-1"), trail("c", "eu-west-1", bucket="other")]
        aws.answer("DescribeTrails", told({"trailList": here}))
        aws.answer("GetTrailStatus", told({"IsLogging": True}))
        aws.answer("GetEventSelectors", selectors("arn"))
        aws.answer("GetBucketPolicy", Reply(b'{"Statement": []}', type="application/json"))
        aws.answer("GetBucketPolicyStatus", xml("<PolicyStatus><IsPublic>false</IsPublic></PolicyStatus>"))
        aws.answer("GetBucketAcl", xml("<AccessControlPolicy><AccessControlList/></AccessControlPolicy>"))
        aws.answer("GetPublicAccessBlock", refusal("NoSuchPublicAccessBlockConfiguration", status=404))

    def test_those_that_trails_deliver_to_are_asked_once_for_all_trails(self, aws: Loopback, collect: Collect) -> None:
        *_, account = collect(BUCKET, regions=("eu-west-1", "eu-central-1"))
        assert account.region == "global"
        assert {bucket.id: dict(bucket.facts) for bucket in account.of(BUCKET)} == {
            name: {"Name": name, "Policy": '{"Statement": []}', "PolicyStatus": {"IsPublic": False}, "Grants": []}
            for name in ("audit", "other")
        }
        assert account.gaps == ()
        asked = sorted(str(request.parameters["path"]) for request in aws.asked("GetBucketPolicy"))
        assert asked == ["/audit", "/other"]

    def test_somebody_else_s_bucket_is_unknown(self, aws: Loopback, collect: Collect) -> None:
        for operation in ("GetBucketPolicy", "GetBucketPolicyStatus", "GetBucketAcl", "GetPublicAccessBlock"):
            aws.answer(operation, refusal("AccessDenied"))
        *_, account = collect(BUCKET)
        for bucket in account.of(BUCKET):
            assert isinstance(bucket.get("PolicyStatus"), Unknown)
        assert {gap.resource for gap in account.gaps} == {"arn:aws:s3:::audit", "arn:aws:s3:::other"}

    def test_they_are_incomplete_where_one_region_s_trails_are(self, aws: Loopback, collect: Collect) -> None:
        aws.answer("DescribeTrails", refusal_json("AccessDeniedException"), region="eu-central-1")
        here, there, account = collect(BUCKET, regions=("eu-west-1", "eu-central-1"))
        assert ids(account, BUCKET) == ["audit", "other"]
        assert [gap.kinds for gap in account.gaps_of(BUCKET)] == [(TRAIL, BUCKET)]
        assert account.gaps == there.gaps
        assert here.gaps == ()


class TestChildren:
    @staticmethod
    def balancers(*schemes: str) -> Reply:
        items = "".join(
            f"<member><LoadBalancerArn>arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/{scheme}</LoadBalancerArn>"
            f"<LoadBalancerName>{scheme}</LoadBalancerName><Scheme>{scheme}</Scheme></member>"
            for scheme in schemes
        )
        return query("DescribeLoadBalancers", f"<LoadBalancers>{items}</LoadBalancers>")

    def test_listeners_are_asked_of_load_balancers_that_face_the_internet(
        self, aws: Loopback, collect: Collect
    ) -> None:
        aws.answer("DescribeLoadBalancers", self.balancers("internal", "internet-facing"))
        item = "<member><ListenerArn>arn:aws:elasticloadbalancing:eu-west-1:1:listener/app/a</ListenerArn></member>"
        aws.answer("DescribeListeners", query("DescribeListeners", f"<Listeners>{item}</Listeners>"))
        [inventory] = collect(LISTENER)
        assert ids(inventory, LISTENER) == ["arn:aws:elasticloadbalancing:eu-west-1:1:listener/app/a"]
        [request] = aws.asked("DescribeListeners")
        assert str(request.parameters["LoadBalancerArn"]).endswith("/internet-facing")
        assert inventory.collected == frozenset({LISTENER, BALANCER, "AWS::Account", "AWS::Region"})

    def test_children_of_a_refused_list_share_its_gap(self, aws: Loopback, collect: Collect) -> None:
        aws.answer("DescribeLoadBalancers", refusal("AccessDenied"))
        [inventory] = collect(LISTENER)
        assert [(gap.call, gap.kinds) for gap in inventory.gaps] == [
            ("elbv2:DescribeLoadBalancers", (LISTENER, BALANCER))
        ]
        assert inventory.failed

    def test_children_that_are_refused_leave_the_parents_whole(self, aws: Loopback, collect: Collect) -> None:
        aws.answer("DescribeLoadBalancers", self.balancers("internet-facing"))
        aws.answer("DescribeListeners", refusal("AccessDenied"))
        [inventory] = collect(LISTENER)
        assert inventory.gaps_of(BALANCER) == ()
        assert [gap.call for gap in inventory.gaps_of(LISTENER)] == ["elbv2:DescribeListeners"]

    def test_two_filters_of_one_metric_are_one_question(self, aws: Loopback, collect: Collect) -> None:
        metric = {"metricName": "tunnels", "metricNamespace": "audit", "metricValue": "1"}
        filters = [{"filterName": name, "logGroupName": "trail", "metricTransformations": [metric]} for name in "ab"]
        aws.answer("DescribeMetricFilters", told({"metricFilters": filters}))
        alarm = {"AlarmName": "tunnel", "AlarmArn": f"arn:aws:cloudwatch:eu-west-1:{ACCOUNT}:alarm:tunnel"}
        aws.answer("DescribeAlarmsForMetric", told({"MetricAlarms": [alarm]}))
        [inventory] = collect("AWS::CloudWatch::Alarm")
        assert ids(inventory, "AWS::CloudWatch::Alarm") == ["tunnel"]
        assert [request.parameters for request in aws.asked("DescribeAlarmsForMetric")] == [
            {"MetricName": "tunnels", "Namespace": "audit"}
        ]

    def test_grandchildren_follow_their_parents(self, aws: Loopback, collect: Collect) -> None:
        aws.answer("ListAccelerators", told({"Accelerators": [{"AcceleratorArn": "arn:a", "Name": "a"}]}))
        aws.answer("ListListeners", told({"Listeners": [{"ListenerArn": "arn:l"}]}))
        aws.answer("ListEndpointGroups", told({"EndpointGroups": [{"EndpointGroupArn": "arn:g"}]}))
        _, account = collect("AWS::GlobalAccelerator::EndpointGroup")
        assert ids(account, "AWS::GlobalAccelerator::EndpointGroup") == ["arn:g"]
        assert {request.region for request in aws.requests} == {"us-west-2"}
        aws.answer("ListListeners", refusal_json("AccessDeniedException"))
        _, account = collect("AWS::GlobalAccelerator::EndpointGroup")
        assert [gap.call for gap in account.gaps_of("AWS::GlobalAccelerator::EndpointGroup")] == [
            "globalaccelerator:ListListeners"
        ]


class TestPrefixLists:
    KIND = "AWS::EC2::PrefixList"

    @pytest.fixture(autouse=True)
    def _lists(self, aws: Loopback) -> None:
        items = "".join(f"<item><prefixListId>pl-{number}</prefixListId></item>" for number in (1, 2))
        aws.answer(
            "DescribeManagedPrefixLists", ec2("DescribeManagedPrefixLists", f"<prefixListSet>{items}</prefixListSet>")
        )
        used = "<ipPermissions><item><prefixListIds><item><prefixListId>pl-2</prefixListId></item></prefixListIds></item></ipPermissions>"
        group = f"<securityGroupInfo><item><groupId>sg-1</groupId>{used}</item></securityGroupInfo>"
        aws.answer("DescribeSecurityGroups", ec2("DescribeSecurityGroups", group))

    @staticmethod
    def entries(cidr: str, token: str = "") -> Reply:
        following = f"<nextToken>{token}</nextToken>" if token else ""
        entry = f"<entrySet><item><cidr>{cidr}</cidr></item></entrySet>"
        return ec2("GetManagedPrefixListEntries", entry + following)

    def test_entries_of_several_pages_are_joined(self, aws: Loopback, collect: Collect) -> None:
        aws.answer("GetManagedPrefixListEntries", self.entries("10.0.0.0/8", "a"), self.entries("0.0.0.0/0"))
        [inventory] = collect(self.KIND, "AWS::EC2::SecurityGroup")
        first, second = inventory.of(self.KIND)
        assert first.get("Entries") is None
        assert [entry["Cidr"] for entry in second.items("Entries")] == ["10.0.0.0/8", "0.0.0.0/0"]

    def test_half_of_the_entries_are_none(self, aws: Loopback, collect: Collect) -> None:
        aws.answer(
            "GetManagedPrefixListEntries", self.entries("10.0.0.0/8", "a"), refusal("RequestLimitExceeded", status=503)
        )
        [inventory] = collect(self.KIND, "AWS::EC2::SecurityGroup")
        assert isinstance(inventory.of(self.KIND)[1].get("Entries"), Unknown)


def test_what_the_list_told_is_not_overwritten_by_a_detail(aws: Loopback, collect: Collect) -> None:
    store = {"EventDataStoreArn": "arn:aws:cloudtrail:eu-west-1:1:eventdatastore/e", "Name": "lake"}
    aws.answer("ListEventDataStores", told({"EventDataStores": [store]}))
    aws.answer("GetEventDataStore", told({**store, "Name": "renamed", "Status": "ENABLED"}))
    [inventory] = collect("AWS::CloudTrail::EventDataStore")
    assert dict(inventory.of("AWS::CloudTrail::EventDataStore")[0].facts) == {**store, "Status": "ENABLED"}


def test_health_is_asked_of_target_groups_that_a_load_balancer_uses(aws: Loopback, collect: Collect) -> None:
    def group(name: str, balancers: str) -> str:
        arn = f"arn:aws:elasticloadbalancing:eu-west-1:{ACCOUNT}:targetgroup/{name}/1"
        return (
            f"<member><TargetGroupName>{name}</TargetGroupName><TargetGroupArn>{arn}</TargetGroupArn>"
            f"<LoadBalancerArns>{balancers}</LoadBalancerArns></member>"
        )

    groups = group("idle", "") + group("used", "<member>arn:aws:elasticloadbalancing:x</member>")
    aws.answer("DescribeTargetGroups", query("DescribeTargetGroups", f"<TargetGroups>{groups}</TargetGroups>"))
    aws.answer("DescribeTargetHealth", query("DescribeTargetHealth", "<TargetHealthDescriptions/>"))
    [inventory] = collect("AWS::ElasticLoadBalancingV2::TargetGroup")
    idle, used = inventory.of("AWS::ElasticLoadBalancingV2::TargetGroup")
    assert (idle.get("TargetHealthDescriptions"), used.get("TargetHealthDescriptions")) == (None, [])
    assert [request.parameters["TargetGroupArn"] for request in aws.asked("DescribeTargetHealth")] == [used.arn]
