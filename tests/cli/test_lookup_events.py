"""`--lookup-events` from the front door: the demo's logins in the report, and again from its snapshot."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Bastionless


def test_the_demo_tells_who_came_in_and_who_was_refused_and_its_snapshot_tells_it_again(
    bastionless: Bastionless, tmp_path: Path
) -> None:
    file = tmp_path / "demo.json.gz"
    assert bastionless("snapshot", "--demo", "-q", "--lookup-events", "--select", "TRL005", "-o", file).code == 0
    said = bastionless("scan", "--snapshot", file, "--select", "TRL005", "--format", "json")
    evidence = json.loads(said.out)["evidence"]
    told = {
        (one["call"], one["principal"].rpartition("/")[2], one["port"], one["os_user"], one["error"], one["count"])
        for one in evidence["attempts"]
    }
    assert told == {
        ("OpenTunnel", "ann", "22", "", "", 2),
        ("OpenTunnel", "mallory", "3389", "", "AccessDenied", 1),
        ("SendSSHPublicKey", "ann", "", "ec2-user", "", 1),
    }
    assert len({one["instance"] for one in evidence["attempts"]}) == 1
    assert evidence["notice"].startswith("The event history is no trail")
    text = bastionless("scan", "--snapshot", file, "--select", "TRL005").out
    assert "tunnel REFUSED" in text
    assert "The event history is no trail" in text


def test_days_without_a_lookup_and_too_many_days_are_mistakes(bastionless: Bastionless) -> None:
    assert "--days goes with --lookup-events" in bastionless("scan", "--demo", "--days", "3").err
    assert bastionless("scan", "--demo", "--lookup-events", "--days", "91").code == 2


def test_a_snapshot_without_history_says_so(bastionless: Bastionless, demo_snapshot: Path) -> None:
    said = bastionless("scan", "--snapshot", demo_snapshot, "--lookup-events")
    assert said.code == 2
    assert "there is no event history in what is stored" in said.err
