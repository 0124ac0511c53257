"""What rules about CloudTrail say beside whom they flag: the sentence, the evidence, the weight and the cure."""

from __future__ import annotations

from typing import Any

import scanner
from tests.rules.answers import ACCOUNT, NOON, OTHER_ACCOUNT, answers_of, outcomes

ARN = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/audit"
STORE = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:eventdatastore/5a5f0c9e-0001-4c11-9c57-000000000001"
MANAGEMENT = [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]


def trail(**facts: Any) -> dict[str, Any]:
    usual = {
        "Name": "audit",
        "TrailARN": ARN,
        "HomeRegion": "eu-west-1",
        "IsMultiRegionTrail": True,
        "S3BucketName": "audit-111122223333",
        "IsLogging": True,
        "StartLoggingTime": "2025-03-01T08:00:00Z",
        "LatestDeliveryTime": "2026-01-15T11:55:00Z",
        "EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": True}],
    }
    return {**usual, **facts}


def connect_endpoint(**facts: Any) -> dict[str, Any]:
    usual = {"InstanceConnectEndpointId": "eice-0c2f1a6b7d8e90001", "State": "create-complete", "OwnerId": ACCOUNT}
    return {**usual, **facts}


def test_a_region_without_any_record_says_so_and_how_to_begin() -> None:
    found = answers_of("TRL001")["eu-west-1"]
    assert found.outcome == "fail"
    assert found.severity == "high"
    assert found.message == "nothing records who opens a tunnel in eu-west-1"
    assert found.because == ("no trail and no event data store covers the Region",)
    assert "aws cloudtrail create-trail --region eu-west-1 --name all-regions" in found.fix


def test_endpoints_that_may_not_be_listed_leave_the_weight_open_and_say_so() -> None:
    inventory = scanner.inventory_from_describe(
        {"trailList": [], "EventDataStores": []}, account=ACCOUNT, region="eu-west-1", taken_at=NOON
    )
    (found,) = scanner.evaluate(inventory, select=["TRL001"]).findings
    assert (found.outcome.value, found.severity.value) == ("fail", "high")
    assert found.because == (
        "no trail and no event data store covers the Region",
        "AWS::EC2::InstanceConnectEndpoint was not asked in eu-west-1",
    )


def test_a_data_store_that_ingests_nothing_tells_its_status() -> None:
    stopped = {"Status": "STOPPED_INGESTION", "MultiRegionEnabled": True, "AdvancedEventSelectors": MANAGEMENT}
    found = answers_of("TRL001", EventDataStores=[{"EventDataStoreArn": STORE, **stopped}])["eu-west-1"]
    assert found.because == (f"event data store {STORE}: its status is STOPPED_INGESTION",)


def test_an_endpoint_that_can_be_used_makes_the_missing_record_critical() -> None:
    found = answers_of("TRL001", InstanceConnectEndpoints=[connect_endpoint()])["eu-west-1"]
    assert found.severity == "critical"
    assert found.message == (
        "nothing records who opens a tunnel in eu-west-1, although eice-0c2f1a6b7d8e90001 can be used"
    )


def test_endpoints_that_cannot_be_used_belong_to_others_or_tell_no_state_leave_it_high() -> None:
    endpoints = [
        connect_endpoint(State="create-failed"),
        connect_endpoint(InstanceConnectEndpointId="eice-0c2f1a6b7d8e90002", OwnerId=OTHER_ACCOUNT),
        connect_endpoint(InstanceConnectEndpointId="eice-0c2f1a6b7d8e90003", State=""),
    ]
    assert answers_of("TRL001", InstanceConnectEndpoints=endpoints)["eu-west-1"].severity == "high"


def test_the_evidence_tells_of_every_trail_why_it_does_not_count_and_the_cure_starts_the_one_that_would() -> None:
    stopped = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/stopped"
    found = answers_of(
        "TRL001",
        trailList=[
            trail(EventSelectors=[{"ReadWriteType": "ReadOnly"}]),
            trail(
                Name="stopped",
                TrailARN=stopped,
                HomeRegion="us-east-1",
                IsLogging=False,
                StopLoggingTime="2026-01-02T03:04:05Z",
            ),
        ],
    )["eu-west-1"]
    assert found.because == (
        f"trail {ARN}: its event selectors leave out management events that write",
        f"trail {stopped}: it is stopped since 2026-01-02T03:04:05Z",
    )
    assert found.fix == f"aws cloudtrail start-logging --region us-east-1 --name {stopped}"


def test_a_record_of_some_callers_is_told_as_such() -> None:
    selectors = [
        {
            "FieldSelectors": [
                {"Field": "eventCategory", "Equals": ["Management"]},
                {"Field": "userIdentity.arn", "StartsWith": ["arn:aws:sts::111122223333:assumed-role/admin/"]},
            ]
        }
    ]
    store = {"EventDataStoreArn": STORE, "Status": "ENABLED", "MultiRegionEnabled": True}
    found = answers_of("TRL001", EventDataStores=[{**store, "AdvancedEventSelectors": selectors}])["eu-west-1"]
    assert found.message == "only some callers' tunnels are recorded in eu-west-1"
    assert found.because == (f"event data store {STORE}: its selectors record the tunnels of some callers only",)


def test_a_region_that_is_covered_names_the_proof() -> None:
    found = answers_of("TRL001", trailList=[trail()])["eu-west-1"]
    assert (found.outcome.value, found.because) == ("pass", (f"trail {ARN} records OpenTunnel here",))


def test_a_data_store_of_another_region_counts_if_it_listens_in_all_of_them() -> None:
    def verdicts(**facts: Any) -> dict[str, str]:
        store = {"EventDataStoreArn": STORE, "Status": "ENABLED", "AdvancedEventSelectors": MANAGEMENT, **facts}
        inventories = [
            scanner.inventory_from_describe(
                {"EventDataStores": stores}, account=ACCOUNT, region=region, complete=True, taken_at=NOON
            )
            for region, stores in (("eu-west-1", []), ("us-east-1", [store]))
        ]
        report = scanner.evaluate(inventories, select=["TRL001"], include_pass=True)
        return {finding.resource.id: finding.outcome.value for finding in report.findings}

    assert verdicts(MultiRegionEnabled=True) == {"eu-west-1": "pass", "us-east-1": "pass"}
    assert verdicts(MultiRegionEnabled=False) == {"eu-west-1": "fail", "us-east-1": "pass"}


def test_a_far_data_store_that_may_not_be_read_leaves_every_region_unknown() -> None:
    inventories = [
        scanner.inventory_from_describe({"EventDataStores": stores, "trailList": []}, account=ACCOUNT, region=region)
        for region, stores in (("eu-west-1", []), ("us-east-1", [{"EventDataStoreArn": STORE}]))
    ]
    report = scanner.evaluate(inventories, select=["TRL001"])
    assert {finding.resource.id: finding.outcome.value for finding in report.findings} == {
        "eu-west-1": "unknown",
        "us-east-1": "unknown",
    }


def test_a_stopped_trail_says_since_when_and_how_to_start_it() -> None:
    found = answers_of("TRL002", trailList=[trail(IsLogging=False, StopLoggingTime="2026-01-02T03:04:05Z")])["audit"]
    assert found.severity == "high"
    assert found.message == "trail audit writes nothing down: it is stopped since 2026-01-02T03:04:05Z"
    assert found.because == (
        "IsLogging is false",
        "StartLoggingTime is 2025-03-01T08:00:00Z",
        "StopLoggingTime is 2026-01-02T03:04:05Z",
        "LatestDeliveryTime is 2026-01-15T11:55:00Z",
        "the trail belongs to account 111122223333, its home is eu-west-1",
    )
    assert found.fix.splitlines()[0] == f"aws cloudtrail start-logging --region eu-west-1 --name {ARN}"


def test_a_trail_whose_bucket_refuses_is_mended_at_the_bucket() -> None:
    found = answers_of("TRL002", trailList=[trail(LatestDeliveryError="NoSuchBucket")])["audit"]
    assert found.message == "trail audit writes nothing down: its latest delivery failed with NoSuchBucket"
    assert "aws s3api get-bucket-policy --bucket audit-111122223333" in found.fix


def test_an_account_without_trails_says_that_there_is_none() -> None:
    assert answers_of("TRL003")[ACCOUNT].because == ("there is no trail",)


def test_an_account_is_told_what_each_of_its_trails_lacks() -> None:
    here = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/here"
    found = answers_of(
        "TRL003",
        trailList=[
            trail(EventSelectors=[{"ReadWriteType": "WriteOnly"}]),
            trail(Name="here", TrailARN=here, IsMultiRegionTrail=False),
        ],
    )[ACCOUNT]
    assert found.severity == "medium"
    assert found.message == "account 111122223333 has no trail that records reads and writes in all Regions"
    assert found.because == (
        f"trail {ARN}: its event selectors leave out management events that read",
        f"trail {here}: it covers eu-west-1 alone",
    )


def test_one_region_that_lists_its_trails_is_enough_to_judge_the_account() -> None:
    def verdicts(*answers: dict[str, Any]) -> dict[str, str]:
        inventories = [
            scanner.inventory_from_describe(given, account=ACCOUNT, region=region, taken_at=NOON)
            for given, region in zip(answers, ("eu-west-1", "us-east-1"), strict=True)
        ]
        report = scanner.evaluate(inventories, select=["TRL003"], include_pass=True)
        return {finding.resource.id: finding.outcome.value for finding in report.findings}

    assert verdicts({"trailList": []}, {"Vpcs": []}) == {ACCOUNT: "fail"}
    assert verdicts({"Vpcs": []}, {"Vpcs": []}) == {ACCOUNT: "unknown"}
    assert verdicts({"trailList": [trail()]}, {"trailList": []}) == {ACCOUNT: "pass"}


def test_an_organizations_trail_without_digests_is_its_owners_matter() -> None:
    owned = f"arn:aws:cloudtrail:eu-west-1:{OTHER_ACCOUNT}:trail/audit"
    own = answers_of("TRL004", trailList=[trail(LogFileValidationEnabled=False)])["audit"]
    foreign = answers_of("TRL004", trailList=[trail(LogFileValidationEnabled=False, TrailARN=owned)])["audit"]
    assert (own.severity, own.message) == ("low", "trail audit writes no digests of its log files")
    assert (foreign.severity, foreign.message) == (
        "info",
        "trail audit writes no digests of its log files, and only account 444455556666 can mend it",
    )


def test_what_the_owner_of_an_organizations_trail_may_read_is_known_for_its_members_too() -> None:
    owned = f"arn:aws:cloudtrail:eu-west-1:{OTHER_ACCOUNT}:trail/audit"
    seen = trail(TrailARN=owned, IsOrganizationTrail=True, HasCustomEventSelectors=True, EventSelectors=None)

    def verdicts(region: str, *owners: dict[str, Any]) -> dict[tuple[str, str], str]:
        places = [(ACCOUNT, "eu-west-1", seen), *((OTHER_ACCOUNT, region, facts) for facts in owners)]
        inventories = [
            scanner.inventory_from_describe(
                {"trailList": [facts]}, account=account, region=where, complete=True, taken_at=NOON
            )
            for account, where, facts in places
        ]
        report = scanner.evaluate(inventories, select=["TRL001", "TRL003"], include_pass=True)
        found = [finding for finding in report.findings if finding.resource.account == ACCOUNT]
        return {(finding.rule_id, finding.resource.id): finding.outcome.value for finding in found}

    region, account = ("TRL001", "eu-west-1"), ("TRL003", ACCOUNT)
    whole, reads = [{"ReadWriteType": "All"}], [{"ReadWriteType": "ReadOnly"}]
    assert verdicts("eu-west-1") == {region: "unknown", account: "unknown"}
    for place in ("eu-west-1", "us-east-1"):
        assert verdicts(place, {**seen, "EventSelectors": whole}) == {region: "pass", account: "pass"}
        assert verdicts(place, {**seen, "EventSelectors": reads}) == {region: "fail", account: "fail"}
    assert verdicts("eu-west-1", seen) == {region: "unknown", account: "unknown"}


def test_a_member_is_never_told_to_change_the_trail_of_its_organization() -> None:
    owned = f"arn:aws:cloudtrail:eu-west-1:{OTHER_ACCOUNT}:trail/audit"
    stopped = trail(TrailARN=owned, IsOrganizationTrail=True, IsLogging=False, LogFileValidationEnabled=False)
    cures = {
        rule: finding.fix
        for rule in ("TRL001", "TRL002", "TRL004", "TRL005")
        for finding in answers_of(rule, trailList=[stopped]).values()
        if finding.outcome == "fail"
    }
    assert set(cures) == {"TRL001", "TRL002", "TRL004", "TRL005"}
    assert [rule for rule, fix in cures.items() if owned in fix or "audit-111122223333" in fix] == []
    assert cures["TRL002"].startswith(f"Only account {OTHER_ACCOUNT} can mend the trail")


def test_an_organizations_trail_without_a_key_is_its_owners_matter() -> None:
    owned = f"arn:aws:cloudtrail:eu-west-1:{OTHER_ACCOUNT}:trail/audit"
    found = answers_of("TRL005", trailList=[trail(TrailARN=owned)])["audit"]
    assert (found.outcome, found.severity) == ("fail", "info")
    assert found.because == ("KmsKeyId is (none)", f"account {OTHER_ACCOUNT} owns the trail")


def test_selectors_are_put_where_the_trail_is_at_home_and_a_new_trail_is_started() -> None:
    for rule in ("TRL001", "TRL003"):
        (found,) = answers_of(rule).values()
        assert "aws cloudtrail put-event-selectors --region <its home Region> --trail-name <trail>" in found.fix
        assert found.fix.index("create-trail") < found.fix.index("start-logging")


def test_a_trail_without_a_key_names_the_bucket_that_is_left_to_itself() -> None:
    found = answers_of("TRL005", trailList=[trail(), trail(Name="keyed", TrailARN=f"{ARN}-keyed", KmsKeyId="arn:key")])
    assert outcomes(found) == {"audit": "fail", "keyed": "pass"}
    assert found["audit"].severity == "low"
    assert found["audit"].message == (
        "trail audit encrypts its log files in audit-111122223333 with no KMS key of its own"
    )


def test_a_trail_for_all_regions_is_told_to_be_set_up_and_no_more() -> None:
    found = answers_of("TRL003", trailList=[trail(IsLogging=False)])[ACCOUNT]
    assert found.outcome.value == "pass"
    assert found.because == (f"{ARN} is set up to record management events of both kinds in all Regions",)
