"""Mappings point at rules that exist, each framework has its version, and proposals are marked."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.errors import ConfigError
from scanner.rulebook.frameworks import load_frameworks, mappings_of
from scanner.rulebook.shelf import load_rules


def test_every_mapping_points_at_a_rule() -> None:
    known = {rule.id for rule in load_rules()}
    told = {
        rule
        for one in load_frameworks()
        for table in (one.controls, one.proposed)
        for rules in table.values()
        for rule in rules
    }
    assert told <= known


def test_a_framework_and_its_version_stand_once() -> None:
    names = [(one.name, one.version) for one in load_frameworks()]
    assert len(set(names)) == len(names)
    assert all(version for _, version in names)


def test_an_open_admin_port_answers_the_controls_that_ask_for_it() -> None:
    assert mappings_of("NET006", load_frameworks()) == {
        "CIS AWS Foundations Benchmark 3.0.0": ("5.2", "5.3"),
        "CIS AWS Foundations Benchmark 5.0.0": ("5.3", "5.4"),
        "NIST SP 800-53 Revision 5": ("AC-4", "AC-4(21)", "CM-7", "SC-7(4)", "SC-7(5)", "SC-7(21)"),
        "PCI DSS 4.0.1": ("1.3.1",),
        "AWS Foundational Security Best Practices 1.0.0": ("EC2.19",),
        "AWS Security Hub, outside the foundational standard controls of 2026": (
            "EC2.13",
            "EC2.14",
            "EC2.53",
            "EC2.54",
        ),
    }


def test_what_nobody_official_asks_for_is_marked_as_proposed() -> None:
    assert mappings_of("EIC001", load_frameworks()) == {"NIST SP 800-53 Revision 5": ("AC-17 (proposed)",)}


@pytest.mark.parametrize(
    "text", ["- a\n", "name: x\n", "name: x\nversion: 1\nlearn: y\n", "name: x\nversion: '1'\nlearn: y\nother: z\n"]
)
def test_a_file_that_is_no_framework_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "odd.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"odd\.yaml:1: this is no framework"):
        load_frameworks(tmp_path)
