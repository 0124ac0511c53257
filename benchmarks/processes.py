"""What a whole process costs, from its start to its end."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
_PER_MB = 1024 if sys.platform != "darwin" else 1024 * 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds (user and system), wall seconds, and the most memory that was resident, in MB."""

    cpu: float
    wall: float
    peak: float

    def least(self, other: Cost) -> Cost:
        """The lower of two measurements of the same thing: what disturbs a measurement only adds to it."""
        return Cost(min(self.cpu, other.cpu), min(self.wall, other.wall), min(self.peak, other.peak))


def measure(
    command: Sequence[str], environment: Mapping[str, str], *, output: Path, expected: tuple[int, ...] = (0,)
) -> Cost:
    """Runs a command with its stdout in a file.

    Raises RuntimeError with the end of its stderr when it ends otherwise than expected.
    """
    errors = output.with_suffix(".stderr")
    started = time.monotonic()
    with output.open("wb") as out, errors.open("wb") as err:
        process = subprocess.Popen(
            command, env=clean_environment(environment), stdout=out, stderr=err, stdin=subprocess.DEVNULL
        )
        _, status, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    # Popen does not know that its process was waited for.
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in expected:
        told = errors.read_text(errors="replace")[-2000:]
        raise RuntimeError(f"{' '.join(command[:4])} ended with {process.returncode}: {told}")
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / _PER_MB)


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The surroundings without anybody's AWS settings; compiled modules are kept, as they are wherever tools are installed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
    return {**kept, "PYTHONPATH": str(CHECKOUT), **environment}
