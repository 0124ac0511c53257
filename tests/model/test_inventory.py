"""What is there, how it hangs together, and what nobody could read."""

from __future__ import annotations

import pytest

from scanner.model import GLOBAL, Gap, GapReason, Inventory, Resource, Undecided, Unknown, View, merge
from tests.by_hand import ACCOUNT, HOME, SUBNET, TRAIL, VPC, inventory, refused

US = "us-east-1"
ROLE = "AWS::IAM::Role"


class TestLookingUp:
    def test_by_kind_in_the_order_aws_gave_them(self) -> None:
        known = inventory({VPC: [{"VpcId": "vpc-2"}, {"VpcId": "vpc-1"}], SUBNET: [{"SubnetId": "subnet-1"}]})
        assert [vpc.id for vpc in known.of(VPC)] == ["vpc-2", "vpc-1"]
        assert known.of(TRAIL) == ()
        assert known.kinds == ("AWS::Account", SUBNET, VPC, "AWS::Region")

    def test_by_id(self) -> None:
        known = inventory({VPC: [{"VpcId": "vpc-1"}]})
        found = known.find(VPC, "vpc-1")
        assert found is not None
        assert found.arn == f"arn:aws:ec2:{HOME}:{ACCOUNT}:vpc/vpc-1"
        assert known.find(VPC, "vpc-2") is None

    def test_by_link_through_members_and_lists(self) -> None:
        known = inventory(
            {
                SUBNET: [{"SubnetId": "subnet-1", "VpcId": "vpc-1"}, {"SubnetId": "subnet-2", "VpcId": "vpc-2"}],
                "AWS::EC2::NetworkInterface": [
                    {"NetworkInterfaceId": "eni-1", "Groups": [{"GroupId": "sg-1"}, {"GroupId": "sg-2"}]},
                    {
                        "NetworkInterfaceId": "eni-2",
                        "Groups": [{"GroupId": "sg-1"}, {"GroupId": str(b"sg-1", "ascii")}],
                    },
                    {"NetworkInterfaceId": "eni-3", "Groups": None},
                    {"NetworkInterfaceId": "eni-4", "Groups": "sg-1", "Attachment": ["i-1"]},
                ],
                "AWS::EC2::InstanceConnectEndpoint": [
                    {"InstanceConnectEndpointId": "eice-1", "SecurityGroupIds": ["sg-1", 5, None]}
                ],
            }
        )
        linked = known.linked
        assert [one.id for one in linked(SUBNET, "VpcId", "vpc-1")] == ["subnet-1"]
        assert [one.id for one in linked("AWS::EC2::NetworkInterface", "Groups[].GroupId", "sg-1")] == [
            "eni-1",
            "eni-2",
        ]
        assert linked("AWS::EC2::NetworkInterface", "Attachment.InstanceId", "i-1") == ()
        assert [one.id for one in linked("AWS::EC2::InstanceConnectEndpoint", "SecurityGroupIds[]", "sg-1")] == [
            "eice-1"
        ]
        assert linked(SUBNET, "VpcId", "vpc-3") == ()

    def test_an_unknown_fact_on_the_way_joins_nothing_and_is_told(self) -> None:
        buckets = tuple(
            Resource(
                "AWS::S3::Bucket",
                "aws",
                ACCOUNT,
                GLOBAL,
                name,
                "",
                {"Grants": [Unknown("it was refused"), {"Id": name}]},
            )
            for name in "ab"
        )
        known = Inventory("aws", ACCOUNT, GLOBAL, buckets)
        assert known.doubt("AWS::S3::Bucket", "Grants[].Id") == "it was refused"
        assert known.linked("AWS::S3::Bucket", "Grants[].Id", "b") == buckets[1:]
        assert known.doubt("AWS::S3::Bucket", "Name") == ""
        with pytest.raises(Undecided, match="it was refused"):
            View(known).linked("AWS::S3::Bucket", "Grants[].Id", "x")

    def test_an_index_is_built_once(self) -> None:
        known = inventory({SUBNET: [{"SubnetId": "subnet-1", "VpcId": "vpc-1"}]})
        assert known.linked(SUBNET, "VpcId", "vpc-1") is known.linked(SUBNET, "VpcId", "vpc-1")

    def test_the_place_is_the_region_or_the_account(self) -> None:
        assert inventory({}).place.id == HOME
        assert inventory({}).place.kind == "AWS::Region"
        assert inventory({}, region=GLOBAL).place.id == ACCOUNT
        assert Inventory("aws", ACCOUNT, US).place.id == US


class TestGaps:
    def test_a_kind_nobody_asked_for_has_a_gap(self) -> None:
        known = inventory({}, collected=[VPC])
        assert known.gaps_of(VPC) == ()
        assert known.gaps_of(SUBNET) == (Gap(ACCOUNT, HOME, SUBNET, GapReason.NOT_COLLECTED, kinds=(SUBNET,)),)
        assert known.gaps_of("AWS::Region") == ()

    def test_a_refused_call_stands_for_itself(self) -> None:
        gap = refused("ec2:DescribeSubnets", SUBNET)
        assert inventory({}, collected=[VPC], gaps=[gap]).gaps_of(SUBNET) == (gap,)

    def test_a_gap_about_one_resource_leaves_the_list_complete(self) -> None:
        gap = refused("cloudtrail:GetTrailStatus", TRAIL, resource="arn:aws:cloudtrail:eu-west-1:1:trail/t")
        assert inventory({}, gaps=[gap]).gaps_of(TRAIL) == ()

    def test_everything_handed_over_means_no_gap(self) -> None:
        assert inventory({}).gaps_of(SUBNET) == ()

    @pytest.mark.parametrize(
        ("gaps", "given", "failed"),
        [
            (
                [refused("ec2:DescribeVpcs", VPC), refused("ec2:DescribeSubnets", SUBNET)],
                {},
                "ec2:DescribeVpcs was refused",
            ),
            ([refused("ec2:DescribeVpcs", VPC)], {}, ""),
            ([refused("ec2:DescribeVpcs", VPC), refused("ec2:DescribeSubnets", SUBNET)], {VPC: [{"VpcId": "v"}]}, ""),
            ([refused("ec2:DescribeVpcs", VPC, resource="arn:v"), refused("ec2:DescribeSubnets", SUBNET)], {}, ""),
            ([], {}, ""),
        ],
        ids=["all", "some", "some pages were read", "one resource", "none"],
    )
    def test_a_place_of_which_nothing_could_be_read_has_failed(
        self, gaps: list[Gap], given: dict[str, list[dict[str, str]]], failed: str
    ) -> None:
        known = inventory(given, gaps=gaps, collected=[VPC, SUBNET])
        assert known.failed.startswith(failed)
        assert bool(known.failed) is bool(failed)

    def test_the_reason_of_a_failure_is_a_refused_list_and_not_a_detail(self) -> None:
        detail = refused("cloudtrail:GetTrailStatus", TRAIL, resource="arn:t")
        known = inventory({}, gaps=[detail, refused("ec2:DescribeVpcs", VPC)], collected=[VPC])
        assert known.failed == "ec2:DescribeVpcs was refused in eu-west-1 (AccessDenied)"

    def test_what_a_template_does_not_tell_makes_a_sentence_of_its_own(self) -> None:
        outside = Gap(ACCOUNT, HOME, VPC, GapReason.OUTSIDE)
        assert outside.sentence == "AWS::EC2::VPC may exist outside of what is planned here"
        unread = Gap(ACCOUNT, HOME, "a.yaml:3 the nested stack Child", GapReason.UNREAD, "its template is missing")
        assert unread.sentence == "a.yaml:3 the nested stack Child was not read: its template is missing"

    @pytest.mark.parametrize("reason", sorted(set(GapReason) - {GapReason.OUTSIDE, GapReason.UNREAD}))
    def test_every_reason_makes_a_sentence(self, reason: GapReason) -> None:
        gap = Gap(ACCOUNT, HOME, "ec2:DescribeVpcs", reason)
        assert gap.sentence.startswith("ec2:DescribeVpcs ")
        assert gap.sentence.endswith(" in eu-west-1")


class TestMerging:
    def test_the_same_trail_from_two_regions_is_one_as_its_home_has_it(self) -> None:
        shadow = {"Name": "t", "TrailARN": f"arn:aws:cloudtrail:{US}:{ACCOUNT}:trail/t", "HomeRegion": US}
        abroad = inventory({TRAIL: [shadow]})
        at_home = inventory({TRAIL: [{**shadow, "IsLogging": True}]}, region=US)
        for order in ([abroad, at_home], [at_home, abroad]):
            [trail] = merge(order).of(TRAIL)
            assert trail.get("IsLogging") is True

    def test_resources_without_an_arn_stay_apart(self) -> None:
        regions = [
            Inventory("aws", ACCOUNT, region, (Resource(VPC, "aws", ACCOUNT, region, "vpc-1", "", {}),))
            for region in (HOME, US)
        ]
        assert [vpc.region for vpc in merge(regions).of(VPC)] == [HOME, US]

    def test_gaps_are_told_once(self) -> None:
        gap = refused("iam:GetAccountAuthorizationDetails", ROLE)
        assert merge([inventory({}, gaps=[gap]), inventory({}, region=US, gaps=[gap])]).gaps == (gap,)

    def test_what_one_place_was_asked_the_whole_was_asked(self) -> None:
        whole = merge([inventory({}, collected=[VPC]), inventory({}, region=GLOBAL, collected=[ROLE])])
        assert whole.gaps_of(VPC) == whole.gaps_of(ROLE) == ()
        assert whole.gaps_of(SUBNET) != ()

    def test_what_was_handed_over_whole_stays_whole(self) -> None:
        whole = merge([inventory({}), inventory({}, region=GLOBAL, collected=[ROLE])])
        assert whole.collected is None
        assert whole.gaps_of(VPC) == ()

    def test_it_is_global_and_as_young_as_its_youngest_part(self) -> None:
        parts = [
            Inventory("aws", ACCOUNT, region, taken_at=time)
            for region, time in ((HOME, "2026-01-02"), (US, "2026-01-01"))
        ]
        whole = merge(parts)
        assert (whole.region, whole.taken_at) == (GLOBAL, "2026-01-02")


def test_a_list_that_is_unknown_may_hold_what_is_looked_for() -> None:
    from scanner.aws.build import make_inventory
    from scanner.model import Unknown

    inventory = make_inventory(
        {"AWS::EC2::NetworkInterface": [{"NetworkInterfaceId": "eni-1", "Groups": Unknown("nobody knows")}]},
        account="111122223333",
        region="eu-west-1",
    )
    assert inventory.linked("AWS::EC2::NetworkInterface", "Groups[].GroupId", "sg-1") == ()
    assert inventory.doubt("AWS::EC2::NetworkInterface", "Groups[].GroupId") == "nobody knows"
