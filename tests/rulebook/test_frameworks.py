"""Every rule has its mappings, they point at rules and controls that exist, and proposals are marked and reasoned."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scanner.errors import ConfigError
from scanner.rulebook.frameworks import Framework, load_frameworks, mappings_of
from scanner.rulebook.shelf import load_rules

ANNOUNCED = frozenset(
    [
        "EVD002",
        "TRL006",
        "TRL007",
        "TRL008",
        "TRL009",
        "TRL010",
    ]
)
"""Rules that have their mappings before they have their cards."""

OFFICIAL = frozenset(
    [
        "BAS004",
        "EIC005",
        "EVD001",
        "NET001",
        "NET003",
        "NET004",
        "NET006",
        "NET007",
        "NET009",
        "NET010",
        "NET011",
        "NET012",
        "NET016",
        "TRL001",
        "TRL002",
        "TRL003",
        "TRL004",
        "TRL005",
        "VPE001",
        "VPE002",
        "VPE003",
        "TRL007",
        "TRL009",
        "TRL010",
    ]
)
"""What somebody official asks for; everything else is a proposal of ours."""


def officially(one: Framework) -> set[str]:
    return {rule for rules in one.controls.values() for rule in rules}


def as_proposals(one: Framework) -> set[str]:
    return {rule for reasons in one.proposed.values() for rule in reasons}


def test_every_rule_has_a_mapping_and_every_mapping_a_rule() -> None:
    known = {rule.id for rule in load_rules()}
    told = {rule for one in load_frameworks() for rule in officially(one) | as_proposals(one)}
    assert told - known <= ANNOUNCED, "these are no rules"
    assert known <= told, "these have no control, and nobody proposes one with a reason"


def test_what_is_official_and_what_is_proposed() -> None:
    official = set[str]().union(*(officially(one) for one in load_frameworks()))
    proposed = set[str]().union(*(as_proposals(one) for one in load_frameworks()))
    assert official == OFFICIAL
    # These answer an official control, and in another framework one that its publisher relates to less.
    assert official & proposed == {"TRL003", "TRL004"}


def test_no_control_is_official_and_proposed_for_one_rule() -> None:
    for one in load_frameworks():
        for control, reasons in one.proposed.items():
            assert not set(reasons) & set(one.controls.get(control, ())), (one.name, control)


def test_controls_are_called_as_their_framework_declares() -> None:
    patterns = {one.name: re.compile(one.pattern) for one in load_frameworks()}
    nist, pci = patterns["NIST SP 800-53"], patterns["PCI DSS"]
    assert all(nist.fullmatch(word) for word in ("AC-4", "AC-4(21)", "SC-28(1)"))
    assert not any(nist.fullmatch(word) for word in ("AC4", "XX-1", "AC-0", "AC-4()", "AC-4(21", "EC2.9"))
    assert all(pci.fullmatch(word) for word in ("1.3.1", "10.2.1.1"))
    assert not any(pci.fullmatch(word) for word in ("13.1", "1", "1.0", "AC-4"))
    for one in load_frameworks():
        assert all(patterns[one.name].fullmatch(control) for control in (*one.controls, *one.proposed))


def test_nist_and_pci_follow_from_the_controls_of_security_hub() -> None:
    """One place where a number may be wrong less: EC2.25 and EC2.15 are related to the same requirements as EC2.9."""
    nist = next(one for one in load_frameworks() if one.name == "NIST SP 800-53")
    of = {rule: {control for control, rules in nist.controls.items() if rule in rules} for rule in officially(nist)}
    assert of["NET001"] == of["NET007"] == of["NET009"]
    assert of["VPE003"] == of["NET001"] - {"SC-7(9)"}
    assert of["NET003"] == of["NET006"] == of["EIC005"]


def test_a_framework_and_its_version_stand_once() -> None:
    names = [(one.name, one.version) for one in load_frameworks()]
    assert len(set(names)) == len(names)
    assert all(version for _, version in names)


def test_an_open_admin_port_answers_the_controls_that_ask_for_it() -> None:
    assert mappings_of("NET006", load_frameworks()) == {
        "CIS AWS Foundations Benchmark 3.0.0": ("5.2", "5.3"),
        "CIS AWS Foundations Benchmark 5.0.0": ("5.3", "5.4"),
        "CIS AWS Foundations Benchmark 7.0.0": ("6.3", "6.4"),
        "NIST SP 800-53 Revision 5": (
            "AC-4", "AC-4(21)", "CA-9(1)", "CM-2", "CM-2(2)", "CM-7",
            "SC-7", "SC-7(4)", "SC-7(5)", "SC-7(11)", "SC-7(16)", "SC-7(21)",
        ),
        "PCI DSS 4.0.1": ("1.3.1",),
        "AWS Foundational Security Best Practices 1.0.0": ("EC2.19",),
        "AWS Security Hub, outside the foundational standard controls of 2026": (
            "EC2.13",
            "EC2.14",
            "EC2.53",
            "EC2.54",
        ),
    }  # fmt: skip


def test_what_nobody_official_asks_for_is_marked_as_proposed_with_its_reason() -> None:
    assert mappings_of("EIC001", load_frameworks()) == {"NIST SP 800-53 Revision 5": ("AC-17(3) (proposed)",)}
    assert mappings_of("EIC001", load_frameworks(), reasons=True) == {
        "NIST SP 800-53 Revision 5": (
            "AC-17(3) (proposed: without a managed access point people make ways of their own; no control looks for one)",
        )
    }


HEAD = "name: x\nversion: '1'\npattern: '[0-9]+'\nlearn: y\n"


@pytest.mark.parametrize(
    "text",
    ["- a\n", "name: x\n", "name: x\nversion: 1\nlearn: y\n", f"{HEAD}other: z\n", HEAD.replace("pattern", "learn2")],
)
def test_a_file_that_is_no_framework_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "odd.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"odd\.yaml:1: this is no framework"):
        load_frameworks(tmp_path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD + "controls:\n  '7': [NET001]\n  AC-4: [NET001]\n", "7: no control is called 'AC-4'. They match [0-9]+"),
        (HEAD + "controls:\n  7: [NET001]\n", "6: no control is called 7. They match [0-9]+"),
        (HEAD + "controls:\n  '7': {NET001: why}\n", "6: 7 names no rules. Write `7: [NET001]`"),
        (HEAD + "proposed:\n  '7': [NET001]\n", "6: 7 names no rules. Write `7: {NET001: the reason}`"),
        (HEAD + "proposed:\n  '7': {NET001: ''}\n", "6: 7 names no rules. Write `7: {NET001: the reason}`"),
        (HEAD + "controls: []\nproposed: [x]\n", "6: proposed is a mapping of controls. Write `control: …`"),
        (HEAD.replace("[0-9]+", "["), "3: this is no regular expression: unterminated character set at position 0"),
    ],
)
def test_a_control_that_cannot_be_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as mistake:
        load_frameworks(tmp_path)
    assert str(mistake.value) == f"{path}:{told}"
