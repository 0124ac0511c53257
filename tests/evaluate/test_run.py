"""All rules over all places: what is asked where, and what is told once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scanner.evaluate.joins import with_account_wide
from scanner.evaluate.run import evaluate, needed
from scanner.kit import Answer, Clear, Flag, Inventory
from scanner.model import GLOBAL, Gap, GapReason, Outcome, Resource, ScanReport, Unknown
from scanner.model import Inventory as Facts
from tests.by_hand import ACCOUNT, HOME, SUBNET, TRAIL, VPC, inventory, refused, rule

US = "us-east-1"
OTHER = "444455556666"
USER = "AWS::IAM::User"
ROLE = "AWS::IAM::Role"


def told(report: ScanReport) -> list[tuple[str, str, str, str]]:
    return [(one.resource.account, one.resource.region, one.resource.id, one.outcome.value) for one in report.findings]


def trail(name: str = "t", home: str = HOME, **facts: object) -> dict[str, object]:
    arn = f"arn:aws:cloudtrail:{home}:{ACCOUNT}:trail/{name}"
    return {"Name": name, "TrailARN": arn, "HomeRegion": home, "IsMultiRegionTrail": True, **facts}


class TestPlaces:
    def lonely(self, view: Inventory) -> Iterator[Answer]:
        for vpc in view.of(VPC):
            if vpc.region != view.region or len(view.of(VPC)) > 1:
                yield Flag(vpc, "another Region's")

    def test_a_regional_rule_is_asked_in_every_region_and_not_of_the_account(self) -> None:
        places = [
            inventory({VPC: [{"VpcId": "vpc-1"}]}),
            inventory({VPC: [{"VpcId": "vpc-1"}]}, region=US),
            inventory({}, region=GLOBAL, collected=[USER]),
        ]
        assert told(evaluate(places[:2], [rule(self.lonely)])) == []
        report = evaluate(places, [rule(require="`false`")])
        assert told(report) == [(ACCOUNT, HOME, "vpc-1", "fail"), (ACCOUNT, US, "vpc-1", "fail")]

    def test_a_rule_about_regions_is_asked_in_each(self) -> None:
        report = evaluate([inventory({}), inventory({}, region=US)], [rule(require="`false`", about="AWS::Region")])
        assert told(report) == [(ACCOUNT, HOME, HOME, "fail"), (ACCOUNT, US, US, "fail")]

    def test_a_rule_about_the_account_is_asked_once_over_all_its_regions(self) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            assert view.region == GLOBAL
            for account in view.subjects:
                yield Flag(account, ", ".join(sorted(one.id for one in view.of(TRAIL))))

        places = [
            inventory({TRAIL: [trail("a")]}),
            inventory({TRAIL: [trail("a"), trail("b", home=US)]}, region=US),
            inventory({}, region=HOME, account=OTHER),
        ]
        report = evaluate(places, [rule(check, about="AWS::Account")])
        assert [(one.resource.id, one.message) for one in report.findings] == [(ACCOUNT, "a, b"), (OTHER, "")]

    def test_a_rule_about_the_account_is_unknown_where_one_region_refused(self) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            view.of(TRAIL)
            yield from ()

        gap = refused("cloudtrail:DescribeTrails", TRAIL, region=US)
        report = evaluate([inventory({}), inventory({}, region=US, gaps=[gap])], [rule(check, about="AWS::Account")])
        assert [(one.outcome, one.because) for one in report.findings] == [(Outcome.UNKNOWN, (gap.sentence,))]

    def test_a_kind_that_was_read_in_one_region_only_is_a_gap_of_the_account(self) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            view.of(TRAIL)
            view.of(USER)
            yield from ()

        places = [
            inventory({}, collected=[TRAIL, VPC]),
            inventory({}, region=US, collected=[VPC]),
            inventory({}, region=GLOBAL, collected=[USER]),
        ]
        report = evaluate(places, [rule(check, about="AWS::Account")])
        hole = Gap(ACCOUNT, US, TRAIL, GapReason.NOT_COLLECTED, kinds=(TRAIL,))
        assert [one.because for one in report.findings] == [(hole.sentence,)]
        assert evaluate([places[0], places[2]], [rule(check, about="AWS::Account")]).totals == {"pass": 1}

    def test_a_region_handed_over_whole_shows_the_holes_of_another(self) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            view.of(SUBNET)
            yield from ()

        def check_users(view: Inventory) -> Iterator[Answer]:
            view.of(USER)
            yield from ()

        places = [inventory({}), inventory({}, region=US, collected=[VPC])]
        assert evaluate(places, [rule(check, about="AWS::Account")]).totals == {"unknown": 1}
        assert evaluate(places, [rule(check_users, about="AWS::Account")]).totals == {"pass": 1}


class TestAccountWide:
    def check(self, view: Inventory) -> Iterator[Answer]:
        for vpc in view.subjects:
            yield Flag(vpc, ", ".join(one.id for one in view.of(USER)))

    def test_a_regional_rule_sees_the_account_s_own(self) -> None:
        places = [
            inventory({VPC: [{"VpcId": "vpc-1"}]}, collected=[VPC]),
            inventory(
                {USER: [{"UserName": "eve", "Arn": f"arn:aws:iam::{ACCOUNT}:user/eve"}]},
                region=GLOBAL,
                collected=[USER],
            ),
            inventory({VPC: [{"VpcId": "vpc-2"}]}, account=OTHER, collected=[VPC]),
        ]
        report = evaluate(places, [rule(self.check)])
        assert [(one.resource.id, one.outcome.value, one.message) for one in report.findings] == [
            ("vpc-1", "fail", "eve"),
            ("vpc-2", "unknown", "cannot be decided: AWS::IAM::User was not asked in eu-west-1"),
        ]

    def test_its_refusals_are_the_region_s_too(self) -> None:
        gap = refused("iam:GetAccountAuthorizationDetails", USER, region=US)
        places = [inventory({VPC: [{"VpcId": "vpc-1"}]}), inventory({}, region=GLOBAL, gaps=[gap])]
        report = evaluate(places, [rule(self.check)])
        assert [(one.outcome, one.because) for one in report.findings] == [(Outcome.UNKNOWN, (gap.sentence,))]

    def test_it_keeps_the_region_s_own_time_and_mode(self) -> None:
        region = Facts("aws", ACCOUNT, HOME, taken_at="2026-01-01", mode="snapshot")
        account = Facts("aws", ACCOUNT, GLOBAL, taken_at="2026-02-01")
        [joined, whole] = with_account_wide([region, account])
        assert (joined.region, joined.taken_at, joined.mode) == (HOME, "2026-01-01", "snapshot")
        assert whole is account

    def test_a_region_of_which_nothing_could_be_read_has_failed_although_the_account_has_not(self) -> None:
        places = [
            inventory({}, collected=[VPC], gaps=[refused("ec2:DescribeVpcs", VPC)]),
            inventory({USER: [{"UserName": "eve", "Arn": "arn:eve"}]}, region=GLOBAL, collected=[USER]),
        ]
        targets = evaluate(places, [rule(require="`true`")]).targets
        assert [(one.region, one.resources, bool(one.failed)) for one in targets] == [
            (HOME, 0, True),
            (GLOBAL, 1, False),
        ]


class TestToldOnce:
    def test_a_trail_seen_from_every_region_is_one_finding(self) -> None:
        places = [inventory({TRAIL: [trail(home=US)]}, region=region) for region in ("ap-south-1", HOME, US)]
        report = evaluate(places, [rule(require="IsLogging", about=TRAIL)])
        assert told(report) == [(ACCOUNT, US, "t", "fail")]
        assert report.totals == {"fail": 1}

    @pytest.mark.parametrize("order", [1, -1])
    def test_its_home_region_has_the_last_word(self, order: int) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            for one in view.subjects:
                yield Flag(one, "no alarm") if view.region != US else Clear(one)

        places = [inventory({TRAIL: [trail(home=US)]}, region=region) for region in (HOME, US)][::order]
        assert evaluate(places, [rule(check, about=TRAIL)]).totals == {"pass": 1}

    @pytest.mark.parametrize("order", [1, -1])
    def test_where_its_home_was_not_scanned_the_answer_that_tells_most_counts(self, order: int) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            for one in view.subjects:
                yield Flag(one, "no alarm") if view.region == HOME else Clear(one)

        places = [inventory({TRAIL: [trail(home=US)]}, region=region) for region in (HOME, "ap-south-1")][::order]
        assert told(evaluate(places, [rule(check, about=TRAIL)])) == [(ACCOUNT, US, "t", "fail")]

    @pytest.mark.parametrize("order", [1, -1])
    def test_the_owner_of_a_shared_subnet_has_the_last_word(self, order: int) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            for one in view.subjects:
                if view.account == ACCOUNT:
                    yield Flag(one, "it is public")

        subnet = {"SubnetId": "subnet-1", "OwnerId": OTHER, "SubnetArn": f"arn:aws:ec2:{HOME}:{OTHER}:subnet/subnet-1"}
        places = [inventory({SUBNET: [subnet]}, account=account) for account in (ACCOUNT, OTHER)][::order]
        assert evaluate(places, [rule(check, about=SUBNET)]).totals == {"pass": 1}

    def test_a_crash_is_told_beside_the_other_answer(self) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            yield Flag(view.place, "it is there")
            raise KeyError("x")

        report = evaluate([inventory({VPC: [{"VpcId": "vpc-1"}]})], [rule(check)])
        assert [one.outcome.value for one in report.findings] == ["error", "fail"]

    def test_a_crash_in_one_rule_leaves_the_others_alone(self) -> None:
        def check(_: Inventory) -> Iterator[Answer]:
            yield from ()
            raise KeyError("x")

        rules = [rule(check, rule_id="ACME001"), rule(require="`false`", rule_id="ACME002")]
        report = evaluate([inventory({VPC: [{"VpcId": "vpc-1"}]})], rules)
        assert [(one.rule_id, one.outcome.value) for one in report.findings] == [
            ("ACME001", "error"),
            ("ACME002", "fail"),
        ]

    def test_resources_without_an_arn_are_told_apart(self) -> None:
        places = [
            Facts("aws", ACCOUNT, region, (Resource(VPC, "aws", ACCOUNT, region, "vpc-1", "", {}),))
            for region in (HOME, US)
        ]
        assert evaluate(places, [rule(require="`false`")]).totals == {"fail": 2}


class TestReport:
    def test_passes_are_counted_always_and_shown_on_demand(self) -> None:
        places = [
            inventory({VPC: [{"VpcId": "vpc-1", "IsDefault": True}, {"VpcId": "vpc-2"}, {"VpcId": "vpc-3", "A": 1}]})
        ]
        made = rule(when="!A", require="IsDefault")
        brief, whole = evaluate(places, [made]), evaluate(places, [made], include_pass=True)
        assert brief.totals == whole.totals == {"fail": 1, "not-applicable": 1, "pass": 1}
        assert told(brief) == [(ACCOUNT, HOME, "vpc-2", "fail")]
        assert [one[2:] for one in told(whole)] == [("vpc-1", "pass"), ("vpc-2", "fail"), ("vpc-3", "not-applicable")]

    def test_nothing_depends_on_the_order_of_places(self) -> None:
        places = [inventory({VPC: [{"VpcId": "vpc-1"}]}, region=region, gaps=[refused("ec2:X", SUBNET, region=region)])
                  for region in (US, HOME)]  # fmt: skip
        one, other = evaluate(places, [rule(require="`false`")]), evaluate(places[::-1], [rule(require="`false`")])
        assert (one.findings, one.gaps, one.targets) == (other.findings, other.gaps, other.targets)
        assert [gap.region for gap in one.gaps] == [HOME, US]
        assert one.taken_at == "2026-01-15T12:00:00Z"

    def test_no_place_is_an_empty_report(self) -> None:
        report = evaluate([], [rule(require="`false`")])
        assert (report.findings, report.targets, report.taken_at) == ((), (), "")


class TestFarStores:
    STORE = "AWS::CloudTrail::EventDataStore"

    def seen(self, **facts: object) -> str:
        store = {"EventDataStoreArn": f"arn:aws:cloudtrail:{US}:{ACCOUNT}:eventdatastore/1", **facts}

        def check(view: Inventory) -> Iterator[Answer]:
            yield Flag(view.place, ", ".join(one.region for one in view.of(self.STORE)))

        places = [inventory({self.STORE: [store]}, region=US), inventory({})]
        found = evaluate(places, [rule(check, about="AWS::Region")]).findings
        at_home, elsewhere = (next(one.message for one in found if one.resource.id == region) for region in (US, HOME))
        assert at_home == US
        return elsewhere

    def test_one_that_listens_everywhere_is_seen_everywhere(self) -> None:
        assert self.seen(MultiRegionEnabled=True) == US
        assert self.seen(MultiRegionEnabled=Unknown("it was refused")) == US

    def test_one_that_listens_at_home_is_seen_at_home(self) -> None:
        assert self.seen(MultiRegionEnabled=False) == ""


def test_the_kinds_rules_need_are_those_they_were_seen_to_read() -> None:
    def check(view: Inventory) -> Iterator[Answer]:
        view.known(SUBNET)
        yield from ()

    assert needed([rule(check), rule(require="A", about=ROLE)]) == {VPC, SUBNET, ROLE}
    assert needed([]) == frozenset()
