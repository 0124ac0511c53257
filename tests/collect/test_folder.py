"""A folder of raw aws outputs is read like an account, and what does not fit is told with its file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.collect import output_files
from scanner.collect.describe import read_describe_folder
from scanner.errors import SnapshotError
from scanner.model import GLOBAL, GapReason, Inventory, Unknown
from tests.collect.conftest import ACCOUNT

IDENTITY = {"UserId": "U", "Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/auditor"}


def trail(home: str, name: str = "main") -> dict[str, Any]:
    return {"Name": name, "TrailARN": f"arn:aws:cloudtrail:{home}:{ACCOUNT}:trail/{name}", "HomeRegion": home}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    path = tmp_path / "outputs"
    path.mkdir()
    return path


def put(root: Path, files: dict[str, Any]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))


def read(root: Path, files: dict[str, Any]) -> tuple[Inventory, ...]:
    put(root, {"get-caller-identity.json": IDENTITY, **files})
    return read_describe_folder(root)


def told(root: Path, files: dict[str, Any], *, account: str = "") -> str:
    put(root, files)
    with pytest.raises(SnapshotError) as caught:
        read_describe_folder(root, account=account)
    assert "\n" not in str(caught.value)
    return str(caught.value).replace(str(root), "outputs")


def ids(inventory: Inventory, kind: str) -> list[str]:
    return [resource.id for resource in inventory.of(kind)]


class TestPlaces:
    def test_a_folder_is_a_region(self, root: Path) -> None:
        files = {
            "eu-west-1/describe-vpcs.json": {"Vpcs": [{"VpcId": "vpc-1"}]},
            "us-east-1/whatever.json": {"Vpcs": [{"VpcId": "vpc-2"}]},
        }
        here, there = read(root, files)
        assert [(here.region, ids(here, "AWS::EC2::VPC")), (there.region, ids(there, "AWS::EC2::VPC"))] == [
            ("eu-west-1", ["vpc-1"]),
            ("us-east-1", ["vpc-2"]),
        ]
        assert (here.account, here.partition, here.mode) == (ACCOUNT, "aws", "describe")

    def test_the_folder_itself_may_be_a_region(self, tmp_path: Path) -> None:
        [inventory] = read(tmp_path / "cn-north-1", {"describe-vpcs.json": {"Vpcs": [{"VpcId": "vpc-1"}]}})
        assert (inventory.region, inventory.partition) == ("cn-north-1", "aws-cn")
        assert inventory.of("AWS::EC2::VPC")[0].arn == f"arn:aws-cn:ec2:cn-north-1:{ACCOUNT}:vpc/vpc-1"

    def test_what_belongs_to_the_account_lies_anywhere(self, root: Path) -> None:
        files = {
            "us-gov-west-1/describe-vpcs.json": {"Vpcs": []},
            "us-gov-west-1/describe-organization.json": {"Organization": {"Id": "o-1", "Arn": "arn:o"}},
            "get-account-authorization-details.json": {"RoleDetailList": [{"RoleName": "r", "Arn": "arn:r"}]},
        }
        here, account = read(root, files)
        assert account.region == GLOBAL
        assert account.partition == "aws-us-gov"
        assert ids(account, "AWS::IAM::Role") == ["r"]
        assert [one.arn for one in account.of("AWS::Organizations::Organization")] == ["arn:o"]
        assert here.kinds == ("AWS::Account", "AWS::Region")

    def test_what_is_known_of_regions_is_known_in_each(self, root: Path) -> None:
        regions = [{"RegionName": name, "OptInStatus": "opted-in"} for name in ("eu-west-1", "us-east-1")]
        files = {"describe-regions.json": {"Regions": regions}, "eu-west-1/describe-vpcs.json": {"Vpcs": []}}
        [inventory] = read(root, files)
        assert [dict(region.facts) for region in inventory.of("AWS::Region")] == [regions[0]]

    def test_files_of_other_kinds_are_no_business_of_ours(self, root: Path) -> None:
        files = {"README.txt": "hello", ".git/config": "x", "eu-west-1/notes.md": "-", "eu-west-1/v.json": {"Vpcs": []}}
        assert [inventory.region for inventory in read(root, files)] == ["eu-west-1"]

    @pytest.mark.parametrize(
        ("files", "sentence"),
        [
            ({}, "outputs: there is no Region's folder in it. Put the outputs into folders named after their Regions"),
            ({"ireland/v.json": {"Vpcs": []}}, "outputs/ireland: 'ireland' is no AWS Region. Name the folder after"),
            ({"eu-west-1/notes.txt": "-"}, "outputs/eu-west-1: the folder holds no *.json file. Put outputs into it"),
            (
                {"eu-west-1/v.json": {"Vpcs": []}, "vpcs.json": {"Vpcs": []}},
                "outputs/vpcs.json: the file lies in no Region's folder. Put it into a folder named after its Region",
            ),
        ],
        ids=["empty", "no region", "no file", "no folder"],
    )
    def test_what_has_no_place_is_told(self, root: Path, files: dict[str, Any], sentence: str) -> None:
        assert told(root, files, account=ACCOUNT).startswith(sentence)

    def test_no_folder_is_told(self, tmp_path: Path) -> None:
        assert told(tmp_path / "none", {}).endswith("the folder cannot be read: No such file or directory")


class TestAccounts:
    def test_the_only_owner_is_the_account(self, root: Path) -> None:
        reservation = {"OwnerId": ACCOUNT, "Instances": [{"InstanceId": "i-1"}]}
        put(root, {"eu-west-1/i.json": {"Reservations": [reservation]}, "eu-west-1/p.json": {
            "PrefixLists": [{"PrefixListId": "pl-1", "OwnerId": "AWS"}]}})  # fmt: skip
        [inventory] = read_describe_folder(root)
        assert inventory.account == ACCOUNT

    def test_the_account_that_is_named_counts_before_owners(self, root: Path) -> None:
        put(root, {"eu-west-1/v.json": {"Vpcs": [{"VpcId": "vpc-1", "OwnerId": "999999999999"}]}})
        [inventory] = read_describe_folder(root, account=ACCOUNT)
        assert inventory.account == ACCOUNT

    @pytest.mark.parametrize(
        ("files", "account", "sentence"),
        [
            ({}, "", "outputs: nothing in the folder names the account. Name the account (--account), or add the output"),
            ({"who.json": IDENTITY}, "999999999999", f"the folder tells of several accounts: {ACCOUNT}, 999999999999"),
            (
                {"eu-west-1/s.json": {"Subnets": [
                    {"SubnetId": "subnet-1", "OwnerId": ACCOUNT}, {"SubnetId": "subnet-2", "OwnerId": "999999999999"}]}},
                "",
                f"the folder tells of several accounts: {ACCOUNT}, 999999999999",
            ),
        ],
        ids=["none", "two", "owners"],
    )  # fmt: skip
    def test_no_account_and_two_accounts_are_told(
        self, root: Path, files: dict[str, Any], account: str, sentence: str
    ) -> None:
        assert sentence in told(root, {"eu-west-1/v.json": {"Vpcs": []}, **files}, account=account)


class TestPages:
    def page(self, number: int, token: str | None) -> dict[str, Any]:
        return {"Vpcs": [{"VpcId": f"vpc-{number}"}], "NextToken": token}

    def test_they_are_put_together(self, root: Path) -> None:
        files = {
            "eu-west-1/1.json": self.page(1, "a"),
            "eu-west-1/2.json": self.page(2, "b"),
            "eu-west-1/3.json": self.page(3, None),
        }
        [inventory] = read(root, files)
        assert ids(inventory, "AWS::EC2::VPC") == ["vpc-1", "vpc-2", "vpc-3"]
        assert inventory.gaps == ()

    def test_without_the_last_the_list_is_not_whole(self, root: Path) -> None:
        [inventory] = read(root, {"eu-west-1/1.json": self.page(1, "a"), "eu-west-1/2.json": self.page(2, "b")})
        assert ids(inventory, "AWS::EC2::VPC") == ["vpc-1", "vpc-2"]
        assert [(gap.reason, gap.detail) for gap in inventory.gaps_of("AWS::EC2::VPC")] == [
            (GapReason.NOT_COLLECTED, "a page is missing")
        ]

    def test_the_same_page_twice_is_one_page(self, root: Path) -> None:
        [inventory] = read(root, {"eu-west-1/1.json": self.page(1, None), "eu-west-1/copy.json": self.page(1, None)})
        assert ids(inventory, "AWS::EC2::VPC") == ["vpc-1"]


class TestDetails:
    def test_a_trail_s_status_is_told_by_the_file_s_name(self, root: Path) -> None:
        known = trail("eu-west-1", "my.trail")
        [inventory] = read(
            root,
            {
                "eu-west-1/describe-trails.json": {"trailList": [known]},
                "eu-west-1/get-trail-status.my.trail.json": {
                    "IsLogging": True,
                    "LatestDeliveryTime": "2026-01-15T13:00:00+01:00",
                },
                "eu-west-1/get-event-selectors.json": {"TrailARN": known["TrailARN"], "EventSelectors": []},
            },
        )
        assert inventory.gaps == ()
        assert dict(inventory.of("AWS::CloudTrail::Trail")[0].facts) == {
            **known,
            "IsLogging": True,
            "LatestDeliveryTime": "2026-01-15T12:00:00Z",
            "EventSelectors": [],
        }

    def test_two_trails_of_one_name_are_kept_apart_and_seen_from_everywhere(self, root: Path) -> None:
        here, there = trail("eu-west-1"), trail("us-east-1")
        both = {"trailList": [here, there]}
        files = {
            "eu-west-1/describe-trails.json": both,
            "eu-west-1/get-trail-status.main.json": {"IsLogging": True},
            "us-east-1/describe-trails.json": both,
            "us-east-1/get-trail-status.main.json": {"IsLogging": False},
        }
        for inventory in read(root, files):
            assert {one.region: one.get("IsLogging") for one in inventory.of("AWS::CloudTrail::Trail")} == {
                "eu-west-1": True,
                "us-east-1": False,
            }

    def test_a_vpc_attribute_says_itself_whose_it_is(self, root: Path) -> None:
        [inventory] = read(
            root,
            {
                "eu-west-1/v.json": {"Vpcs": [{"VpcId": "vpc-1"}, {"VpcId": "vpc-2"}]},
                "eu-west-1/e.json": {"VpcEndpoints": [{"VpcEndpointId": "vpce-1", "VpcId": "vpc-1"}]},
                "eu-west-1/a1.json": {"VpcId": "vpc-1", "EnableDnsSupport": {"Value": True}},
                "eu-west-1/a2.json": {"VpcId": "vpc-1", "EnableDnsHostnames": {"Value": False}},
            },
        )
        first, second = inventory.of("AWS::EC2::VPC")
        assert (first.get("EnableDnsSupport.Value"), first.get("EnableDnsHostnames.Value")) == (True, False)
        assert dict(second.facts) == {"VpcId": "vpc-2"}
        assert inventory.gaps == ()

    def test_without_their_file_they_are_unknown(self, root: Path) -> None:
        [inventory] = read(root, {"eu-west-1/t.json": {"trailList": [trail("eu-west-1")]}})
        [seen] = inventory.of("AWS::CloudTrail::Trail")
        assert isinstance(seen.get("IsLogging"), Unknown)
        assert {gap.call for gap in inventory.gaps} == {"cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors"}

    def test_pages_of_a_detail_are_put_together(self, root: Path) -> None:
        files: dict[str, Any] = {
            "eu-west-1/p.json": {"PrefixLists": [{"PrefixListId": "pl-1"}]},
            "eu-west-1/g.json": {
                "SecurityGroups": [
                    {"GroupId": "sg-1", "IpPermissions": [{"PrefixListIds": [{"PrefixListId": "pl-1"}]}]}
                ]
            },
            "eu-west-1/get-managed-prefix-list-entries.pl-1.json": {
                "Entries": [{"Cidr": "10.0.0.0/8"}],
                "NextToken": "x",
            },
        }
        [inventory] = read(root, files)
        assert isinstance(inventory.of("AWS::EC2::PrefixList")[0].get("Entries"), Unknown)
        files["eu-west-1/z-get-managed-prefix-list-entries.pl-1.json"] = {"Entries": [{"Cidr": "0.0.0.0/0"}]}
        [inventory] = read(root, files)
        assert [entry["Cidr"] for entry in inventory.of("AWS::EC2::PrefixList")[0].items("Entries")] == [
            "10.0.0.0/8",
            "0.0.0.0/0",
        ]

    def test_buckets_are_those_of_trails_as_soon_as_a_file_tells_of_one(self, root: Path) -> None:
        trails = [{**trail("eu-west-1", name), "S3BucketName": f"{name}.bucket"} for name in ("a", "b")]
        files: dict[str, Any] = {
            "eu-west-1/t.json": {"trailList": trails},
            "eu-west-1/get-bucket-acl.a.bucket.json": {"Owner": {"ID": "0"}, "Grants": []},
            "eu-west-1/get-bucket-policy-status.a.bucket.json": {"PolicyStatus": {"IsPublic": False}},
            "get-bucket-policy.a.bucket.json": {"Policy": None},
            "global/get-public-access-block.a.bucket.json": {
                "PublicAccessBlockConfiguration": {"BlockPublicAcls": True}
            },
        }
        *_, account = read(root, files)
        first, second = account.of("AWS::S3::Bucket")
        assert dict(first.facts) == {
            "Name": "a.bucket",
            "PolicyStatus": {"IsPublic": False},
            "Grants": [],
            "PublicAccessBlockConfiguration": {"BlockPublicAcls": True},
        }
        assert (second.id, isinstance(second.get("Policy"), Unknown)) == ("b.bucket", True)

    @pytest.mark.parametrize(
        ("name", "content", "sentence"),
        [
            (
                "get-trail-status.json",
                {"IsLogging": True},
                "the file does not say which AWS::CloudTrail::Trail it is about. Call it get-trail-status.<Name>.json",
            ),
            (
                "get-trail-status.mian.json",
                {"IsLogging": True},
                "the file is about mian, which no answer of describe-trails lists. Did you mean 'main'?",
            ),
            (
                "a.json",
                {"VpcId": "vpc-1", "EnableDnsSupport": {}},
                "which no answer of describe-vpcs lists. Add describe-vpcs.json",
            ),
        ],
        ids=["nameless", "misspelt", "alone"],
    )
    def test_one_that_belongs_to_nothing_is_told(self, root: Path, name: str, content: Any, sentence: str) -> None:
        files = {"eu-west-1/t.json": {"trailList": [trail("eu-west-1")]}, f"eu-west-1/{name}": content}
        found = told(root, files, account=ACCOUNT)
        assert found.startswith(f"outputs/eu-west-1/{name}: ")
        assert sentence in found


class TestFiles:
    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            ("", "v.json: the file is empty, so its command failed. Run its aws command again"),
            (
                '{\n "Vpcs": [\n  {"VpcId": ',
                "v.json:3: the file is no whole JSON (Expecting value). Run its aws command again",
            ),
            ("<html>", "v.json:1: the file is no whole JSON"),
            ("[]", "v.json: the file holds no JSON object, as every aws output is"),
            ("[" * 1_000_000, "v.json: the file is no answer of AWS (RecursionError)"),
            ('{"Vpc": []}', "v.json: 'Vpc' is no key of an answer that this program knows. Did you mean 'Vpcs'?"),
            ('{"Vpcs": [{}]}', "v.json: Vpcs[0] has no VpcId"),
        ],
        ids=["empty", "cut", "html", "list", "nested", "misspelt", "no id"],
    )
    def test_a_file_that_is_no_answer_is_told(self, root: Path, content: str, sentence: str) -> None:
        assert sentence in told(root, {"eu-west-1/v.json": content}, account=ACCOUNT)

    def test_a_file_that_is_far_too_large_is_not_read(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(output_files, "MAX_FILE_BYTES", 1 << 20)
        found = told(root, {"eu-west-1/v.json": " " * (1 << 20) + "{}"}, account=ACCOUNT)
        assert found == "outputs/eu-west-1/v.json: the file is larger than 1 MiB. Hand it over in pages"

    def test_powershell_s_utf_16_is_read(self, root: Path) -> None:
        put(root, {"get-caller-identity.json": IDENTITY, "eu-west-1/v.json": ""})
        (root / "eu-west-1" / "v.json").write_text(json.dumps({"Vpcs": [{"VpcId": "vpc-1"}]}), encoding="utf-16")
        [inventory] = read_describe_folder(root)
        assert ids(inventory, "AWS::EC2::VPC") == ["vpc-1"]

    def test_bytes_that_are_no_text_are_told(self, root: Path) -> None:
        put(root, {"eu-west-1/v.json": ""})
        (root / "eu-west-1" / "v.json").write_bytes(b"\x80\x81")
        assert "v.json: the file is no answer of AWS (UnicodeDecodeError)" in told(root, {}, account=ACCOUNT)


class TestOrganizations:
    MEMBER = "AWS::Organizations::Account"
    FILES = {  # noqa: RUF012 - never altered
        "get-caller-identity.json": IDENTITY,
        "eu-west-1/v.json": {"Vpcs": []},
        "describe-organization.json": {"Organization": {"Id": "o-1", "Arn": "arn:o"}},
        f"list-parents.{ACCOUNT}.json": {"Parents": [{"Id": "ou-1", "Type": "ORGANIZATIONAL_UNIT"}]},
        "list-parents.ou-1.json": {"Parents": [{"Id": "r-1", "Type": "ROOT"}]},
        "list-policies.json": {"Policies": [{"Id": "p-1", "Arn": "arn:aws:organizations::1:policy/o-1/scp/p-1"}]},
        "describe-policy.p-1.json": {"Policy": {"PolicySummary": {"Id": "p-1"}, "Content": "{}"}},
        "list-targets-for-policy.p-1.json": {"Targets": [{"TargetId": "r-1", "Type": "ROOT"}]},
    }

    def without(self, *names: str) -> dict[str, Any]:
        return {name: content for name, content in self.FILES.items() if name not in names}

    def test_its_policies_and_the_way_to_the_account_are_put_together(self, root: Path) -> None:
        put(root, self.FILES)
        _, account = read_describe_folder(root)
        [member] = account.of(self.MEMBER)
        assert (member.id, [one["Id"] for one in member.get("Ancestors")]) == (ACCOUNT, ["r-1", "ou-1"])
        [policy] = account.of("AWS::Organizations::Policy")
        assert (policy.get("Content"), policy.get("Targets")) == ("{}", [{"TargetId": "r-1", "Type": "ROOT"}])
        assert account.gaps == ()

    @pytest.mark.parametrize(
        ("missing", "call"),
        [
            ("list-parents.ou-1.json", "ListParents"),
            ("describe-policy.p-1.json", "DescribePolicy"),
            ("list-targets-for-policy.p-1.json", "ListTargetsForPolicy"),
        ],
    )
    def test_a_step_or_a_text_that_nobody_asked_for_is_unknown(self, root: Path, missing: str, call: str) -> None:
        put(root, self.without(missing))
        _, account = read_describe_folder(root)
        [gap] = account.gaps
        assert (gap.call, gap.reason) == (f"organizations:{call}", GapReason.NOT_COLLECTED)

    def test_of_all_accounts_the_scanned_one_is_kept(self, root: Path) -> None:
        put(root, {**self.FILES, "list-accounts.json": {"Accounts": [{"Id": ACCOUNT}, {"Id": "999999999999"}]}})
        _, account = read_describe_folder(root)
        assert ids(account, self.MEMBER) == [ACCOUNT]

    def test_a_file_about_another_branch_is_told(self, root: Path) -> None:
        files = {**self.FILES, "list-parents.ou-9.json": {"Parents": [{"Id": "r-1", "Type": "ROOT"}]}}
        found = told(root, files)
        assert found.startswith(
            "outputs/list-parents.ou-9.json: the file is about ou-9, which is not above the account"
        )

    def test_targets_of_rules_and_of_policies_are_told_apart_by_the_file_s_name(self, root: Path) -> None:
        rule = {"Name": "r", "Arn": "arn:r", "EventBusName": "default"}
        put(root, {**self.FILES, "eu-west-1/list-rules.json": {"Rules": [rule]},
                   "eu-west-1/list-targets-by-rule.r.json": {"Targets": [{"Id": "1", "Arn": "arn:t"}]}})  # fmt: skip
        here, _ = read_describe_folder(root)
        assert here.of("AWS::Events::Rule")[0].get("Targets") == [{"Id": "1", "Arn": "arn:t"}]
