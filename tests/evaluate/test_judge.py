"""One rule over one inventory: four answers, and what a gap, a doubt or a crash makes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from scanner.evaluate.judge import judge
from scanner.kit import Answer, Aside, Clear, Flag, Inventory, Undecided, Unsure
from scanner.model import Finding, Outcome, Resource, Rule, Severity, Unknown
from scanner.model import Inventory as Facts
from tests.by_hand import ACCOUNT, HOME, SUBNET, TRAIL, VPC, inventory, outcomes, refused, rule

VPCS: dict[str, list[dict[str, object]]] = {
    VPC: [{"VpcId": "vpc-1", "IsDefault": True}, {"VpcId": "vpc-2", "IsDefault": False}, {"VpcId": "vpc-3"}]
}
NO_SUBNETS = refused("ec2:DescribeSubnets", SUBNET)


def answers(made: Rule, facts: Facts) -> dict[str, Finding]:
    """Resource id -> finding; crashes under "crash"."""
    findings, _ = judge(made, facts)
    outcomes(finding for finding in findings if finding.outcome is not Outcome.ERROR)
    return {"crash" if one.outcome is Outcome.ERROR else one.resource.id: one for one in findings}


def with_unknown(**facts: object) -> Facts:
    """A Region with one VPC of which something could not be read."""
    vpc = Resource(VPC, "aws", ACCOUNT, HOME, "vpc-1", "arn:vpc-1", facts)
    return Facts("aws", ACCOUNT, HOME, (vpc,))


class TestTerse:
    """Where nobody reads what passes, it is a number; everything else is told as ever."""

    @staticmethod
    def talkative(view: Inventory) -> Iterator[Answer]:
        first, second, third, fourth, fifth = view.subjects
        yield Clear(first, "fine")
        yield Flag(first, "not so fine")
        yield Aside(second, "not asked")
        yield Flag(third, "bad")
        yield Clear(third, "no, fine")
        yield Clear(fourth, "fine")
        yield Unsure(fourth, "fine or not")
        with view.judging(fifth):
            raise Undecided("who knows")

    def test_flags_and_doubts_are_the_same_and_the_rest_is_counted(self) -> None:
        facts = inventory({VPC: [{"VpcId": f"vpc-{number}"} for number in range(1, 6)]})
        silent: Counter[Outcome] = Counter()
        told, _ = judge(rule(check=self.talkative), facts, silent=silent)
        every, _ = judge(rule(check=self.talkative), facts)
        assert told == [one for one in every if one.outcome not in (Outcome.PASS, Outcome.NOT_APPLICABLE)]
        assert outcomes(told) == {"vpc-1": "fail", "vpc-3": "fail", "vpc-5": "unknown"}
        assert silent == Counter({Outcome.PASS: 1, Outcome.NOT_APPLICABLE: 1})

    def test_what_a_condition_leaves_out_and_a_requirement_lets_pass_is_counted(self) -> None:
        made = rule(when="type(IsDefault) == 'boolean'", require="!IsDefault")
        silent: Counter[Outcome] = Counter()
        assert outcomes(judge(made, inventory(VPCS), silent=silent)[0]) == {"vpc-1": "fail"}
        assert silent == Counter({Outcome.PASS: 1, Outcome.NOT_APPLICABLE: 1})


class TestDeclared:
    def test_the_four_answers(self) -> None:
        made = rule(when="type(IsDefault) == 'boolean'", require="!IsDefault")
        facts = inventory(VPCS)
        assert outcomes(judge(made, facts)[0]) == {"vpc-1": "fail", "vpc-2": "pass", "vpc-3": "not-applicable"}

    def test_a_fail_says_its_sentence_its_evidence_and_its_cure(self) -> None:
        made = rule(
            require="Owner.Name == 'x' && !contains($kept, VpcId)",
            say="{VpcId} is not among {$kept}",
            fix="delete {VpcId}",
            values={"kept": ["vpc-9"]},
            severity=Severity.HIGH,
        )
        found = answers(made, inventory({VPC: [{"VpcId": "vpc-1", "Owner": {"Name": "y"}}]}))["vpc-1"]
        assert found.message == "vpc-1 is not among vpc-9"
        assert found.because == ("Owner.Name is y", "VpcId is vpc-1")
        assert found.fix == "delete vpc-1"
        assert found.severity is Severity.HIGH

    def test_a_long_fact_is_shortened_evidence(self) -> None:
        found = answers(rule(require="A == 'x'"), inventory({VPC: [{"VpcId": "vpc-1", "A": "y" * 1000}]}))["vpc-1"]
        assert found.because == (f"A is {'y' * 300}…",)

    @pytest.mark.parametrize("key", ["when", "require"])
    def test_an_unknown_fact_gives_unknown_and_never_a_verdict(self, key: str) -> None:
        texts = {"when": "", "require": "`true`", key: "EnableDnsSupport.Value"}
        found = answers(rule(**texts), with_unknown(EnableDnsSupport=Unknown("it was refused")))  # type: ignore[arg-type]
        assert outcomes(found.values()) == {"vpc-1": "unknown"}
        assert found["vpc-1"].message == "cannot be decided: it was refused"
        assert found["vpc-1"].because == ("it was refused",)

    def test_what_does_not_hang_on_the_unknown_is_decided(self) -> None:
        facts = with_unknown(EnableDnsSupport=Unknown("it was refused"), IsDefault=False)
        assert outcomes(judge(rule(require="EnableDnsSupport && IsDefault"), facts)[0]) == {"vpc-1": "fail"}
        assert outcomes(judge(rule(require="EnableDnsSupport || !IsDefault"), facts)[0]) == {"vpc-1": "pass"}
        assert outcomes(judge(rule(when="EnableDnsSupport && IsDefault"), facts)[0]) == {"vpc-1": "not-applicable"}

    @pytest.mark.parametrize("key", ["when", "require"])
    def test_an_expression_that_cannot_be_computed_is_an_error_of_that_resource_alone(self, key: str) -> None:
        texts = {"when": "", "require": "`true`", key: "starts_with(Name, 'x')"}
        facts = inventory({VPC: [{"VpcId": "vpc-1", "Name": 5}, {"VpcId": "vpc-2", "Name": "xy"}]})
        findings, _ = judge(rule(**texts), facts)  # type: ignore[arg-type]
        assert outcomes(findings) == {"vpc-1": "error", "vpc-2": "pass"}
        assert findings[-1].message.startswith("the rule crashed: ExpressionError: ")

    def test_gaps_of_the_subjects_kind_leave_the_region_unknown_and_the_known_ones_decided(self) -> None:
        gap = refused("ec2:DescribeVpcs", VPC)
        found = answers(rule(require="IsDefault"), inventory(VPCS, gaps=[gap]))
        assert outcomes(found.values()) == {"vpc-1": "pass", "vpc-2": "fail", "vpc-3": "fail", HOME: "unknown"}
        assert found[HOME].message == f"cannot be decided: {gap.sentence}"
        assert found[HOME].because == (gap.sentence,)
        assert "rules permissions" in found[HOME].fix

    def test_a_kind_that_nobody_collected_is_unknown(self) -> None:
        found = answers(rule(require="IsDefault"), inventory({}, collected=[SUBNET]))
        assert outcomes(found.values()) == {HOME: "unknown"}
        assert found[HOME].message == "cannot be decided: AWS::EC2::VPC was not asked in eu-west-1"


def flag_everything(view: Inventory) -> Iterator[Answer]:
    for vpc in view.subjects:
        yield Flag(vpc, "it is there", because="AWS says so")


class TestPython:
    def test_what_is_left_unsaid_passes(self) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            first, second, third = view.subjects
            yield Flag(first, "it is there", because="AWS says so")
            yield Aside(second, "it is not asked")
            assert third

        found = answers(rule(check), inventory(VPCS))
        assert outcomes(found.values()) == {"vpc-1": "fail", "vpc-2": "not-applicable", "vpc-3": "pass"}
        assert found["vpc-1"].because == ("AWS says so",)
        assert found["vpc-2"].message == "the rule does not apply: it is not asked"

    def test_when_narrows_the_subjects(self) -> None:
        found = judge(rule(flag_everything, when="IsDefault"), inventory(VPCS))[0]
        assert outcomes(found) == {"vpc-1": "fail", "vpc-2": "not-applicable", "vpc-3": "not-applicable"}

    def test_settings_are_keyword_arguments(self) -> None:
        def check(view: Inventory, *, kept: list[str]) -> Iterator[Answer]:
            for vpc in view.subjects:
                if vpc.id not in kept:
                    yield Flag(vpc, "it is there")

        found = judge(rule(check, values={"kept": ["vpc-1", "vpc-3"]}), inventory(VPCS))[0]
        assert outcomes(found) == {"vpc-1": "pass", "vpc-2": "fail", "vpc-3": "pass"}

    def test_of_an_incomplete_kind_leaves_every_subject_unknown(self) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            view.of(SUBNET)
            yield from flag_everything(view)

        found = answers(rule(check), inventory(VPCS, gaps=[NO_SUBNETS]))
        assert outcomes(found.values()) == dict.fromkeys(("vpc-1", "vpc-2", "vpc-3"), "unknown")
        assert found["vpc-1"].message == f"cannot be decided: {NO_SUBNETS.sentence}"
        assert "rules permissions" in found["vpc-1"].fix

    def test_known_of_an_incomplete_kind_lets_a_flaw_be_proven_and_the_rest_be_unknown(self) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            for subnet in view.known(SUBNET):
                for vpc in view.subjects:
                    if vpc.id == subnet.get("VpcId"):
                        yield Flag(vpc, "it has a subnet")

        facts = inventory({**VPCS, SUBNET: [{"SubnetId": "subnet-1", "VpcId": "vpc-2"}]}, gaps=[NO_SUBNETS])
        assert outcomes(judge(rule(check), facts)[0]) == {"vpc-1": "unknown", "vpc-2": "fail", "vpc-3": "unknown"}

    def test_a_kind_that_is_asked_for_and_was_not_collected_leaves_unknown(self) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            view.known(SUBNET)
            yield from ()

        assert outcomes(judge(rule(check), inventory(VPCS, collected=[VPC]))[0]) == dict.fromkeys(
            ("vpc-1", "vpc-2", "vpc-3"), "unknown"
        )

    def test_clear_stands_in_spite_of_gaps(self) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            view.known(SUBNET)
            yield Clear(view.subjects[0], because="the proof is at hand")

        found = answers(rule(check), inventory(VPCS, gaps=[NO_SUBNETS]))
        assert outcomes(found.values()) == {"vpc-1": "pass", "vpc-2": "unknown", "vpc-3": "unknown"}
        assert found["vpc-1"].because == ("the proof is at hand",)

    def test_gaps_of_a_kind_that_is_not_read_do_not_matter(self) -> None:
        found = judge(rule(flag_everything, when="IsDefault"), inventory(VPCS, gaps=[NO_SUBNETS]))[0]
        assert outcomes(found)["vpc-1"] == "fail"

    def test_a_doubt_while_judging_hits_that_resource_alone(self) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            for vpc in view.subjects:
                with view.judging(vpc):
                    if vpc.id == "vpc-2":
                        raise Undecided("it is another account's")
                    yield Flag(vpc, "it is there")

        found = answers(rule(check), inventory(VPCS))
        assert outcomes(found.values()) == {"vpc-1": "fail", "vpc-2": "unknown", "vpc-3": "fail"}
        assert found["vpc-2"].message == "cannot be decided: it is another account's"
        assert found["vpc-2"].fix == ""

    def test_a_doubt_after_a_flag_does_not_take_it_back(self) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            for vpc in view.subjects:
                with view.judging(vpc):
                    yield Flag(vpc, "it is there")
                    raise Undecided("it is another account's")

        assert set(outcomes(judge(rule(check), inventory(VPCS))[0]).values()) == {"fail"}

    def test_an_unknown_fact_in_python_gives_unknown(self) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            for vpc in view.subjects:
                if vpc.get("EnableDnsSupport.Value"):
                    yield Flag(vpc, "it is on")

        facts = with_unknown(EnableDnsSupport=Unknown("it was refused"))
        assert outcomes(judge(rule(check), facts)[0]) == {"vpc-1": "unknown"}

    def test_unsure_says_what_would_have_to_be_known(self) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            yield Unsure(view.subjects[0], "the policy cannot be parsed")

        assert (
            answers(rule(check), inventory(VPCS))["vpc-1"].message == "cannot be decided: the policy cannot be parsed"
        )

    def test_the_witness_saw_what_was_read(self) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            view.known(SUBNET)
            view.find(TRAIL, "t")
            yield from ()

        assert list(judge(rule(check), inventory(VPCS))[1].read) == [SUBNET, TRAIL, VPC]


class TestSeveralWordsAboutOneResource:
    def test_flags_become_one_finding(self) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            for subject in view.subjects[:1]:
                yield Flag(subject, "port 22 is open", because=("rule 1", "rule 2"), fix="close 22")
                yield Flag(subject, "port 3389 is open", because=("rule 2", "rule 3"), fix="close 3389")
                yield Flag(subject, "port 22 is open", because="rule 4")

        found = answers(rule(check), inventory(VPCS))["vpc-1"]
        assert found.message == "port 22 is open"
        assert found.because == ("rule 1", "rule 2", "port 3389 is open", "rule 3", "rule 4")
        assert found.fix == "close 22"

    def test_the_worse_flag_speaks(self) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            yield Flag(view.subjects[0], "it is untidy", because="a", severity="low")
            yield Flag(view.subjects[0], "it is open", because="b", severity="critical", fix="close it")
            yield Flag(view.subjects[0], "it is old", severity="info")

        found = answers(rule(check), inventory(VPCS))["vpc-1"]
        assert (found.message, found.severity, found.fix) == ("it is open", Severity.CRITICAL, "close it")
        assert found.because == ("b", "it is untidy", "a", "it is old")

    @pytest.mark.parametrize("word", [Clear, lambda vpc: Unsure(vpc, "x"), lambda vpc: Aside(vpc, "x")])
    @pytest.mark.parametrize("flag_first", [True, False])
    def test_a_flag_outweighs_every_other_word(self, word: type[Clear], flag_first: object) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            vpc = view.subjects[0]
            words: list[Answer] = [Flag(vpc, "it is open"), word(vpc)]
            yield from words if flag_first else reversed(words)

        assert answers(rule(check), inventory(VPCS))["vpc-1"].outcome is Outcome.FAIL

    def test_a_flag_of_the_region_is_not_hidden_by_the_gap_of_its_subjects(self) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            yield Flag(view.place, "two VPCs have the same name")

        found = judge(rule(check), inventory({}, gaps=[refused("ec2:DescribeVpcs", VPC)]))[0]
        assert outcomes(found) == {HOME: "fail"}

    def test_the_first_of_two_other_words_counts(self) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            yield Unsure(view.subjects[0], "x")
            yield Clear(view.subjects[0])

        assert answers(rule(check), inventory(VPCS))["vpc-1"].outcome is Outcome.UNKNOWN

    def test_resources_without_an_arn_are_several(self) -> None:
        facts = Facts(
            "aws", ACCOUNT, HOME, tuple(Resource(VPC, "aws", ACCOUNT, HOME, id_, "", {}) for id_ in ("a", "b"))
        )
        assert outcomes(judge(rule(flag_everything), facts)[0]) == {"a": "fail", "b": "fail"}


class TestSeverityAndFix:
    def check(self, view: Inventory) -> Iterator[Answer]:
        yield Flag(view.subjects[0], "it is there", severity="low", fix="see to {VpcId} of {Tags}")
        yield Flag(view.subjects[1], "it is there")

    def test_a_flag_s_own_word_replaces_the_card_s_and_holds_no_slots(self) -> None:
        found = answers(rule(self.check, severity=Severity.HIGH, fix="delete {VpcId}"), inventory(VPCS))
        assert {id_: (one.severity.value, one.fix) for id_, one in found.items() if one.outcome is Outcome.FAIL} == {
            "vpc-1": ("low", "see to {VpcId} of {Tags}"),
            "vpc-2": ("high", "delete vpc-2"),
        }

    def test_the_configuration_s_severity_beats_the_flag_s(self) -> None:
        found = answers(rule(self.check, severity=Severity.CRITICAL, severity_set=True), inventory(VPCS))
        assert found["vpc-1"].severity is Severity.CRITICAL


class TestCrashes:
    def crash_after_a_flag(self, view: Inventory) -> Iterator[Answer]:
        yield Flag(view.subjects[0], "it is there")
        raise ValueError("two\nlines")

    def test_flags_before_it_stay_and_nothing_after_it_passes(self) -> None:
        found = answers(rule(self.crash_after_a_flag), inventory(VPCS))
        assert {name: one.outcome.value for name, one in found.items()} == {"vpc-1": "fail", "crash": "error"}
        crash = found["crash"]
        assert crash.resource.id == HOME
        assert crash.message == "the rule crashed: ValueError: two lines"
        assert crash.because[0].endswith(" in crash_after_a_flag")
        assert crash.because[0].startswith(__file__)
        assert crash.fix == "Mend the rule in rules/a_flaw.yaml, or ignore ACME001."

    def test_it_is_told_beside_whatever_was_said_of_the_same_place(self) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            yield Flag(view.place, "it is there")
            raise KeyError("x")

        findings, _ = judge(rule(check), inventory(VPCS, gaps=[refused("ec2:DescribeVpcs", VPC)]))
        assert [(one.resource.id, one.outcome.value) for one in findings] == [(HOME, "fail"), (HOME, "error")]

    def test_doubts_before_it_stay(self) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            with view.judging(view.subjects[0]):
                bool(Unknown("x"))
            yield from ()
            raise KeyError("x")

        found = answers(rule(check), inventory(VPCS))
        assert {name: one.outcome.value for name, one in found.items()} == {"vpc-1": "unknown", "crash": "error"}

    @pytest.mark.parametrize(
        ("word", "told"),
        [
            ("a text", "TypeError: a rule yields Flag, Clear, Unsure or Aside, not str"),
            (None, "TypeError: a rule yields Flag, Clear, Unsure or Aside, not NoneType"),
        ],
    )
    def test_a_word_that_is_none_is_a_crash(self, word: object, told: str) -> None:
        def check(_: Inventory) -> Iterator[object]:
            yield word

        found = answers(rule(check), inventory(VPCS))  # type: ignore[arg-type]
        assert found["crash"].message == f"the rule crashed: {told}"

    def test_an_impossible_severity_is_a_crash(self) -> None:
        def check(view: Inventory) -> Iterator[Answer]:
            yield Flag(view.subjects[0], "it is there", severity="hgih")

        assert list(answers(rule(check), inventory(VPCS))) == ["crash"]

    @pytest.mark.parametrize("stop", [SystemExit(0), RecursionError(), StopIteration()])
    def test_no_rule_can_end_the_scan(self, stop: BaseException) -> None:
        def check(_: Inventory) -> Iterator[Answer]:
            yield from ()
            raise stop

        assert list(answers(rule(check), inventory(VPCS))) == ["crash"]
