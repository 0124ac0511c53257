"""The benchmark measures what it says: the same calls for both, goals as they are, a table in its place."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.aws import loopback
from benchmarks.cases import CASES, Case, Goal
from benchmarks.peers import peers_for
from benchmarks.processes import CHECKOUT, Cost, clean_environment, measure
from benchmarks.scan import BARE, BEGIN, END, OURS, Row, bare_calls, flatness, our_command, write_table

SMALL = Case("small", "small", {"us-east-1": 1_200}, rounds=1)


def test_bare_boto3_makes_the_calls_of_the_scan(tmp_path: Path) -> None:
    with loopback(instances=SMALL.instances, regions=SMALL.regions) as aws:
        measure(our_command(SMALL), aws.environment, output=tmp_path / "ours")
        ours = aws.seen
        wanted = tmp_path / "calls.json"
        wanted.write_text(json.dumps(bare_calls(ours)))
        aws.forget()
        measure(
            [sys.executable, str(CHECKOUT / "benchmarks" / "bare.py"), str(wanted)],
            aws.environment,
            output=tmp_path / "bare",
        )
        assert aws.seen.calls == ours.calls
        assert ours.calls["ec2:DescribeInstances"] == 2
        aws.assert_only_read()


def test_a_process_that_fails_is_an_error_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ended with 4: no luck"):
        measure(
            [sys.executable, "-c", "import sys; print('no luck', file=sys.stderr); sys.exit(4)"],
            {}, output=tmp_path / "out",
        )  # fmt: skip


def test_a_measurement_counts_a_processs_own_cpu_and_memory(tmp_path: Path) -> None:
    busy = "x = bytearray(64 << 20)\nfor _ in range(10 ** 6): pass"
    cost = measure([sys.executable, "-c", busy], {}, output=tmp_path / "out")
    assert cost.peak > 64
    assert 0 < cost.cpu < 5


@pytest.mark.parametrize(
    ("goal", "missed"),
    [
        (Goal(ratio=0.5), ["at most 0.5 of bare boto3's CPU"]),
        (Goal(ratio=0.6, peak=100, calls=20), []),
        (Goal(peak=99, calls=19), ["at most 99 MB", "at most 19 calls a Region"]),
        (Goal(cpu=1, wall=2), ["at most 1 CPU s", "at most 2 s"]),
    ],
)
def test_a_goal_is_met_up_to_its_limit(goal: Goal, missed: list[str]) -> None:
    assert goal.missed(Cost(3, 4, 100), ratio=0.6, calls=20) == missed


def test_peers_that_are_not_installed_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("BENCH_PROWLER", raising=False)
    monkeypatch.delenv("BENCH_CUSTODIAN", raising=False)
    assert peers_for(CASES[0], tmp_path) == []


def test_peers_are_taken_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_PROWLER", "run 'the prowler'")
    monkeypatch.setenv("BENCH_CUSTODIAN", "custodian-of-mine")
    prowler, custodian = peers_for(CASES[0], tmp_path)
    assert prowler.command[:3] == ("run", "the prowler", "aws")
    assert custodian.command[:2] == ("custodian-of-mine", "run")
    assert "bench-cloudtrail" in Path(custodian.command[-1]).read_text()


def test_the_table_takes_its_place_in_a_page_and_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write_table(page, [Row(SMALL, OURS, Cost(1, 2, 30), 40, 0.5, "met"), Row(SMALL, BARE, Cost(2, 3, 20), 40, 1.0)], [])
    text = page.read_text()
    assert text.startswith(f"before\n{BEGIN}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text
    assert "| small | bastionless scan | 1.00 | 0.50 | 2.00 | 40 | 30 | met |" in text


def test_accounts_cost_the_same_or_it_is_told() -> None:
    def row(count: int, cost: Cost) -> Row:
        return Row(Case("", "", {}, accounts=tuple(map(str, range(count)))), OURS, cost, 0)

    assert flatness([row(10, Cost(10, 0, 100)), row(100, Cost(100, 0, 110))])[0].endswith("met.")
    assert flatness([row(10, Cost(10, 0, 100)), row(100, Cost(100, 0, 200))])[0].endswith("MISSED.")
    assert flatness([row(10, Cost(10, 0, 100))]) == []


def test_the_benchmark_of_whole_scans_tells_its_cases() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.scan", "--help"],
        capture_output=True, text=True, check=True, env=clean_environment({}),
    ).stdout  # fmt: skip
    assert "17-regions" in told
