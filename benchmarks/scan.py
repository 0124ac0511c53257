"""Whole scans against bare boto3 and against peers: CPU, wall, calls and memory of processes that take turns.

python -m benchmarks.scan                             # what takes a few minutes
python -m benchmarks.scan --all                       # 50,000 instances and 100 accounts as well
python -m benchmarks.scan --only 1000 --rounds 5
python -m benchmarks.scan --all --write docs/performance.md
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.aws import MANAGEMENT, Loopback, Seen, loopback, role_of
from benchmarks.cases import CASES, FLAT, LATENCY, Case
from benchmarks.machine import describe_machine
from benchmarks.peers import installed, peers_for
from benchmarks.processes import CHECKOUT, Cost, measure

OURS, BARE = "bastionless scan", "bare boto3"
BEGIN, END = "<!-- written by python -m benchmarks.scan -->", "<!-- end of what it wrote -->"
_TOKENS = ("NextToken", "nextToken", "Marker", "NextMarker")


@dataclass(frozen=True, slots=True)
class Row:
    """What one tool cost in one case, and whether that met the goal ("" for tools that have none)."""

    case: Case
    tool: str
    cost: Cost
    calls: int
    ratio: float | None = None
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class _Tool:
    """A command that is measured."""

    name: str
    command: Sequence[str]
    expected: tuple[int, ...] = (0,)


def main(arguments: Sequence[str] = ()) -> None:
    """Measures and prints; with --write the table goes into a page, between its marks."""
    asked = _options(arguments)
    cases = [case for case in CASES if (case.name in asked.only if asked.only else asked.all or not case.is_long)]
    rows: list[Row] = []
    for case in cases:
        if len(case.accounts) > 1 and not several_accounts():
            print(f"  {case.title}: not measured, this checkout scans one account a run", flush=True)
            continue
        for row in measure_case(case, rounds=asked.rounds or case.rounds, with_bare=not asked.no_bare):
            rows.append(row)
            print("  " + _line(row), flush=True)
    flat = flatness(rows)
    for line in flat:
        print(f"  {line}")
    for name in ("prowler", "custodian"):
        if not installed(name):
            print(f"  {name}: not installed, so not measured (put it on PATH, or its command in BENCH_{name.upper()})")
    if asked.write:
        write_table(Path(asked.write), rows, flat)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scan", description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true", help="the long cases as well")
    parser.add_argument(
        "--only", action="append", choices=[case.name for case in CASES], help="these cases; repeatable"
    )
    parser.add_argument("--rounds", type=int, default=0, help="measurements of each tool, of which the least counts")
    parser.add_argument("--no-bare", action="store_true", help="without bare boto3")
    parser.add_argument("--write", metavar="FILE", help="put the table into a page")
    return parser.parse_args(arguments)


def measure_case(case: Case, *, rounds: int, with_bare: bool = True) -> Iterator[Row]:
    """A row a tool. The tools take turns, so that a busy machine disturbs all of them alike."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as name,
        loopback(
            instances=case.instances, accounts=case.accounts, regions=case.regions, latency=LATENCY, tls=case.tls
        ) as aws,
    ):
        folder = Path(name)
        wanted = folder / "calls.json"
        tools = [_Tool(OURS, our_command(case))]
        if with_bare:
            tools.append(_Tool(BARE, [sys.executable, str(CHECKOUT / "benchmarks" / "bare.py"), str(wanted)]))
        tools += [_Tool(peer.name, peer.command, peer.expected) for peer in peers_for(case, folder)]
        costs: dict[str, Cost] = {}
        calls: dict[str, int] = {}
        for _ in range(rounds):
            for tool in tools:
                aws.forget()
                cost = measure(
                    tool.command, aws.environment, output=folder / f"{tool.name}.out", expected=tool.expected
                )
                costs[tool.name] = cost.least(costs.get(tool.name, cost))
                seen = aws.seen
                calls[tool.name] = seen.total
                if tool.name == OURS:
                    wanted.write_text(json.dumps(bare_calls(seen)))
                    _insist(case, seen, aws)
    yield from _rows(case, costs, calls)


def our_command(case: Case) -> list[str]:
    """A whole scan with every rule, its report as SARIF on stdout."""
    regions = [part for region in case.regions for part in ("--region", region)]
    roles = [part for account in _others(case) for part in ("--role-arn", role_of(account))]
    options = ["--quiet", "--format", "sarif", "--fail-on", "never"]
    return [sys.executable, "-m", "scanner", "scan", *regions, *roles, *options]


def bare_calls(seen: Seen) -> list[dict[str, object]]:
    """What the scan asked for, each once, as a script would ask: the pages come by themselves."""
    return [
        {
            "role": "" if call["account"] == MANAGEMENT else role_of(call["account"]),
            "service": call["service"],
            "region": call["region"],
            "operation": call["operation"],
            "parameters": call["parameters"],
        }
        for call in seen.asked
        if call["operation"] != "AssumeRole" and not any(token in call["parameters"] for token in _TOKENS)
    ]


def several_accounts() -> bool:
    """Whether this checkout scans more than one account in a run."""
    told = subprocess.run(
        [sys.executable, "-m", "scanner", "scan", "--help"], capture_output=True, text=True, check=True, cwd=CHECKOUT
    )
    return "--accounts" in told.stdout


def flatness(rows: Sequence[Row]) -> list[str]:
    """Whether memory, and CPU an account, stay the same however many accounts there are."""
    ours = sorted(
        (row for row in rows if row.tool == OURS and len(row.case.accounts) > 1), key=lambda row: row.case.places
    )
    if len(ours) < 2:
        return []
    few, many = ours[0], ours[-1]
    peak = many.cost.peak / few.cost.peak
    cpu = (many.cost.cpu / len(many.case.accounts)) / (few.cost.cpu / len(few.case.accounts))
    verdict = "met" if max(peak, cpu) <= FLAT else "MISSED"
    span = f"From {len(few.case.accounts)} to {len(many.case.accounts)} accounts"
    return [f"{span}: {peak:.2f} times the memory, {cpu:.2f} times the CPU an account; goal at most {FLAT}: {verdict}."]


def _others(case: Case) -> list[str]:
    return [account for account in case.accounts if len(case.accounts) > 1 or account != MANAGEMENT]


def _insist(case: Case, seen: Seen, aws: Loopback) -> None:
    """A scan that reads less than there is would be fast."""
    aws.assert_only_read()
    missing = [
        (account, region)
        for account in case.accounts
        for region in case.regions
        if (account, region) not in seen.places
    ]
    if missing or not seen.calls.get("ec2:DescribeInstances"):
        raise RuntimeError(f"the scan did not ask for the instances of {missing or case.regions}")


def _rows(case: Case, costs: dict[str, Cost], calls: dict[str, int]) -> Iterator[Row]:
    ours, bare = costs[OURS], costs.get(BARE)
    for tool, cost in costs.items():
        ratio = cost.cpu / bare.cpu if bare else None
        verdict = ""
        if tool == OURS:
            missed = case.goal.missed(cost, ratio=ratio, calls=calls[tool] / case.places)
            verdict = f"MISSED: {', '.join(missed)}" if missed else "met"
        elif tool == "Prowler":
            least = min(cost.cpu / ours.cpu, cost.wall / ours.wall)
            verdict = f"{least:.0f} times ours; goal {case.goal.prowler:.0f}: {'met' if least >= case.goal.prowler else 'MISSED'}"
        yield Row(case, tool, cost, calls[tool], ratio, verdict)


def _line(row: Row) -> str:
    ratio = "" if row.ratio is None else f"{row.ratio:5.2f} of bare"
    return (
        f"{row.case.title:36} {row.tool:18} {row.cost.cpu:7.2f} CPU s  {ratio:14} {row.cost.wall:7.2f} s  "
        f"{row.calls:>6,} calls  {row.cost.peak:5.0f} MB  {row.verdict}"
    )


def write_table(path: Path, rows: Sequence[Row], flat: Sequence[str]) -> None:
    """Puts the table between the marks of a page; raises SystemExit for a page without them."""
    text = path.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    _, mark, tail = rest.partition(END)
    if not mark:
        raise SystemExit(f"{path} has no place for the table: put {BEGIN} and {END} into it, each on a line of its own")
    lines = ["", "", describe_machine(), ""]
    lines += ["| work, 60 ms latency | tool | CPU s | of bare boto3 | wall s | calls | peak MB | goal |"]
    lines += ["|---|---|--:|--:|--:|--:|--:|---|"]
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        cells = (row.case.title, row.tool, f"{row.cost.cpu:.2f}", ratio, f"{row.cost.wall:.2f}", f"{row.calls:,}")
        lines.append(f"| {' | '.join(cells)} | {row.cost.peak:.0f} | {row.verdict} |")
    lines += ["", *flat] if flat else []
    path.write_text(f"{head}{BEGIN}{chr(10).join(lines)}\n\n{END}{tail}", encoding="utf-8")
    print(f"  the table is in {path}")


if __name__ == "__main__":
    main(sys.argv[1:])
