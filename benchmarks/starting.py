"""What it costs to start: the least of several runs, in CPU seconds of the whole process."""

from __future__ import annotations

import resource
import subprocess
import sys

RUNS = 6
GOAL = 0.15
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import scanner": ["-c", "import scanner"],
    "bastionless --version": ["-m", "scanner", "--version"],
    "bastionless rules list": ["-m", "scanner", "rules", "list"],
    "import boto3": ["-c", "import boto3"],
}


def cpu_seconds(arguments: list[str]) -> float:
    """User and system time of one child process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Prints one line a command."""
    for name, arguments in COMMANDS.items():
        least = min(cpu_seconds(arguments) for _ in range(RUNS))
        verdict = f"  goal {GOAL}: {'met' if least < GOAL else 'MISSED'}" if "--version" in arguments else ""
        print(f"  {name:24} {least:6.3f} CPU s{verdict}")


if __name__ == "__main__":
    main()
