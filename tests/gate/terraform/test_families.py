"""One network for each family of rules, written for CloudFormation and for Terraform: the same findings, flaw by flaw."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gate.terraform.plans_by_hand import of_notes, saved
from tests.gate.terraform.test_twins import answers

TWINS = Path(__file__).parents[1] / "twins"

# Family -> what fails in its network, by rule of the family and resource.
FLAWS: dict[str, set[tuple[str, str]]] = {
    "NET": {
        ("NET001", "i-Host"),
        ("NET003", "i-Host"),
        ("NET005", "Balancer"),
        ("NET006", "sg-Wide"),
        ("NET007", "subnet-Front"),
        ("NET009", "lt-Launch:1"),
        ("NET010", "Fleet"),
        ("NET011", "eipalloc-Fixed"),
        ("NET013", "vpcbpa-exclude-Spared"),
        ("NET016", "acl-default-of-vpc-Vpc"),
    },
    "BAS": {
        ("BAS001", "i-Jump"),
        ("BAS003", "i-Named"),
        ("BAS004", "i-Translator"),
        ("BAS005", "sg-FromJump"),
        ("BAS005", "sg-FromWorld"),
    },
    "EIC": {
        ("EIC003", "sg-Everywhere"),
        ("EIC003", "sg-default-of-vpc-Plain"),
        ("EIC005", "sg-FromWorld"),
        ("EIC006", "eice-PlainDoor"),
    },
    "VPE": {
        ("VPE002", "rtb-default-of-vpc-Vpc"),
        ("VPE005", "vpce-Messages"),
        ("VPE006", "vpce-Messages"),
        ("VPE007", "vpce-Messages"),
        ("VPE008", "vpce-Messages"),
        ("VPE008", "vpce-Storage"),
    },
    "EVD": {("EVD001", "vpc-Silent"), ("EVD002", "fl-Recorded")},
    "GWL": {("GWL001", "subnet-Around"), ("GWL002", "igw-Gate")},
    # Who else has a policy, and what limits them, no plan alone tells: all of it stays in doubt.
    "IAM": set(),
    "TRL": {("TRL002", "Trail"), ("TRL004", "Trail"), ("TRL005", "Trail"), ("TRL009", "Trail")},
}


def test_every_family_of_rules_has_its_pair_of_files() -> None:
    from scanner.rulebook.shelf import load_rules

    families = {rule.id[:3] for rule in load_rules()}

    assert families == set(FLAWS)
    assert {path.name for path in TWINS.iterdir()} == {
        f"{family.lower()}.{spelling}.yaml" for family in families for spelling in ("template", "plan")
    }


@pytest.mark.parametrize("family", sorted(FLAWS))
def test_a_family_finds_the_same_flaws_in_both_spellings(family: str, tmp_path: Path) -> None:
    template = answers(TWINS / f"{family.lower()}.template.yaml")
    note = (TWINS / f"{family.lower()}.plan.yaml").read_text(encoding="utf-8")
    plan = answers(saved(tmp_path, of_notes(note)))

    for told in (template, plan):
        failed = {(rule, about) for (rule, _, about), (outcome, _) in told.items() if outcome == "fail"}
        assert {one for one in failed if one[0].startswith(family)} == FLAWS[family]
    assert plan == template


def test_what_a_plan_lets_people_do_is_the_same_doubt_in_both_spellings(tmp_path: Path) -> None:
    note = (TWINS / "iam.plan.yaml").read_text(encoding="utf-8")

    for path in (TWINS / "iam.template.yaml", saved(tmp_path, of_notes(note))):
        told = {(rule, about, outcome) for (rule, _, about), (outcome, _) in answers(path).items()}
        assert {one for one in told if one[0].startswith("IAM")} == {
            (f"IAM00{number}", "Tunnels", "unknown") for number in range(1, 8)
        }


def test_a_role_that_has_the_policy_itself_is_left_in_doubt_too(tmp_path: Path) -> None:
    def told(action: str) -> set[tuple[str, str, str]]:
        path = tmp_path / "role.yaml"
        path.write_text(
            f"""
            Resources:
              People:
                Type: AWS::IAM::Role
                Properties:
                  AssumeRolePolicyDocument: {{}}
                  Policies:
                  - PolicyName: own
                    PolicyDocument: {{Statement: [{{Effect: Allow, Action: "{action}", Resource: "*"}}]}}
            """,
            encoding="utf-8",
        )
        return {(rule, about, outcome) for (rule, _, about), (outcome, _) in answers(path).items() if "IAM" in rule}

    def doubts(*numbers: int) -> set[tuple[str, str, str]]:
        return {(f"IAM00{number}", "People", "unknown") for number in numbers}

    assert told("ec2-instance-connect:OpenTunnel") == doubts(1, 2, 3, 4)
    assert told("ec2-instance-connect:SendSSHPublicKey") == doubts(5)
    assert told("ec2:CreateRoute") == doubts(7)
    assert told("*") == doubts(1, 2, 3, 4, 5, 6, 7)
    assert told("logs:PutLogEvents") == set()
