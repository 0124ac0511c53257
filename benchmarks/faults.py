"""Ten thousand faults over a scan of twenty accounts: nothing may be lost, and nothing may pass that was not seen.

python -m benchmarks.faults
python -m benchmarks.faults --accounts 2 --regions 2 --faults 100
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.aws import KINDS, MANAGEMENT, REGIONS, Faults, Loopback, Seen, loopback, role_of
from benchmarks.processes import CHECKOUT, clean_environment

Report = Mapping[str, Any]
_SIDE_BY_SIDE = 4


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the findings of a faultless scan: the same, or *unknown* with the refusal's name, or a mistake.

    `reworded` findings are there, and their sentence tells of less: of what it counts or names a part was not seen.
    """

    same: int
    undecided: int
    mistakes: tuple[str, ...]
    reworded: int = 0


def main(arguments: Sequence[str] = ()) -> int:
    """Scans twice, prints what went wrong and what became of it; 1 when a finding was lost or a pass was false."""
    asked = _options(arguments)
    accounts = (MANAGEMENT, *(f"{100_000_000_001 + number}" for number in range(asked.accounts - 1)))
    regions = REGIONS[: asked.regions]
    faults = Faults(
        share=asked.share,
        kinds=KINDS,
        in_a_row=asked.in_a_row,
        refused=asked.refused,
        most=asked.faults,
        seed=asked.seed,
    )
    with (
        tempfile.TemporaryDirectory(prefix="faults-") as name,
        loopback(instances={regions[0]: 60}, accounts=accounts, regions=regions) as aws,
    ):
        whole = scan_all(aws, accounts, Path(name) / "whole")
        aws.forget()
        aws.change(faults=faults)
        started = time.monotonic()
        holed = scan_all(aws, accounts, Path(name) / "holed")
        seconds = time.monotonic() - started
        aws.assert_only_read()
        seen = aws.seen
    verdict = compare(whole, holed)
    _tell(seen, verdict, seconds=seconds, accounts=len(accounts), wanted=asked.faults)
    return 1 if verdict.mistakes else 0


def scan_all(aws: Loopback, accounts: Sequence[str], folder: Path) -> list[Report]:
    """The reports of all accounts, with what passed; some scans at a time, since a scan with faults mostly waits."""
    folder.mkdir()
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        return list(pool.map(lambda account: _scan(aws, account, folder / f"{account}.json"), accounts))


def _scan(aws: Loopback, account: str, path: Path) -> Report:
    role = () if account == MANAGEMENT else ("--role-arn", role_of(account))
    options = ("--quiet", "--fail-on", "never", "--include-pass", "--format", "json")
    with path.open("wb") as out:
        done = subprocess.run(
            [sys.executable, "-m", "scanner", "scan", *role, *options],
            env=clean_environment(aws.environment), cwd=CHECKOUT, stdout=out, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    if done.returncode not in (0, 3):
        raise RuntimeError(f"the scan of {account} ended with {done.returncode}: {done.stderr.decode()[-1000:]}")
    report: Report = json.loads(path.read_text(encoding="utf-8"))
    return report


def compare(whole: Sequence[Report], holed: Sequence[Report]) -> Verdict:
    """What became of each finding, rule by rule and resource by resource."""
    meant, found = _by_subject(whole), _by_subject(holed)
    named = {gap["sentence"] for report in holed for gap in report["gaps"]}
    blind = {
        gap["account"] for report in holed for gap in report["gaps"] if gap["call"] == "ec2:DescribeRegions"
    }  # accounts in which nobody could say which Regions there are
    undecided_rules = {
        (rule, account, region)
        for (rule, account, region, _), answers in found.items()
        if any(outcome == "unknown" and _names(message, named) for outcome, message in answers)
    }
    same = undecided = reworded = 0
    mistakes: list[str] = []
    for subject in sorted({*meant, *found}):
        before, after = meant.get(subject, []), found.get(subject, [])
        rule, account, region, arn = subject
        unnamed = [message for outcome, message in after if outcome == "unknown" and not _names(message, named)]
        if before == after or (not unnamed and _plain(before) == _plain(after)):
            same += 1
        elif not unnamed and [outcome for outcome, _ in before] == [outcome for outcome, _ in after]:
            reworded += 1
        elif unnamed and before != after:
            mistakes.append(f"{rule} on {arn}: unknown without a refusal's name ({unnamed[0]})")
        elif any(outcome == "unknown" for outcome, _ in after) or (
            not after and ((rule, account, region) in undecided_rules or account in blind)
        ):
            undecided += 1
        else:
            mistakes.append(f"{rule} on {arn} in {region}: {_outcomes(before)} became {_outcomes(after)}")
    return Verdict(same, undecided, tuple(mistakes), reworded)


def _by_subject(reports: Sequence[Report]) -> dict[tuple[str, str, str, str], list[tuple[str, str]]]:
    found: dict[tuple[str, str, str, str], list[tuple[str, str]]] = {}
    for finding in _findings(reports):
        one = finding["resource"]
        subject = (finding["rule_id"], one["account"], one["region"], one["arn"])
        found.setdefault(subject, []).append((finding["outcome"], finding["message"]))
    return {subject: sorted(answers) for subject, answers in found.items()}


def _findings(reports: Sequence[Report]) -> Iterator[Mapping[str, Any]]:
    for report in reports:
        yield from report["findings"]


def _plain(answers: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Answers with their words only where something is wrong: there can be two reasons why a rule does not apply."""
    return [(outcome, message if outcome == "fail" else "") for outcome, message in answers]


def _names(message: str, sentences: set[str]) -> bool:
    return any(sentence in message for sentence in sentences)


def _outcomes(answers: Sequence[tuple[str, str]]) -> str:
    return " and ".join(outcome for outcome, _ in answers) or "nothing"


def _tell(seen: Seen, verdict: Verdict, *, seconds: float, accounts: int, wanted: int) -> None:
    injected = Counter(seen.injected)
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in injected.most_common())
    print(f"  {accounts} accounts, {seen.total:,} requests in {seconds:.0f} s")
    print(f"  {injected.total():,} faults ({kinds}); {sum(seen.refused.values()):,} refusals for good")
    kept = f"{verdict.same:,} answers as without faults, {verdict.reworded:,} the same in other words"
    print(f"  {kept}, {verdict.undecided:,} unknown with the refusal's name")
    for mistake in verdict.mistakes[:20]:
        print(f"  MISTAKE: {mistake}")
    is_met = not verdict.mistakes and injected.total() >= wanted
    lost = f"{len(verdict.mistakes):,} lost, invented or falsely passed"
    print(f"  goal: {wanted:,} faults and none lost: {lost}: {'met' if is_met else 'MISSED'}")


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults")
    parser.add_argument("--accounts", type=int, default=20)
    parser.add_argument("--regions", type=int, default=len(REGIONS))
    parser.add_argument("--faults", type=int, default=10_000, help="after so many all goes well")
    parser.add_argument("--share", type=float, default=0.55, help="of requests that fail")
    parser.add_argument("--in-a-row", type=int, default=3, help="failures of the same request, at most")
    parser.add_argument("--refused", type=float, default=0.004, help="share of operations that are refused for good")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
