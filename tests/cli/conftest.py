"""The command as people run it, in this process: words in; exit code, stdout and stderr out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from scanner.cli import main


@dataclass(frozen=True)
class Said:
    """What one run of the command said."""

    code: int
    out: str
    err: str


Bastionless = Callable[..., Said]


@pytest.fixture
def bastionless(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Bastionless:
    """Runs `bastionless` with these words in an empty folder, without any AWS setting of the machine."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.chdir(tmp_path)

    def run(*words: str | Path) -> Said:
        monkeypatch.setattr(sys, "argv", ["bastionless", *(str(word) for word in words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            main()
        shown = capsys.readouterr()
        return Said(int(stop.value.code or 0), shown.out, shown.err)

    return run


@pytest.fixture(scope="session")
def demo_snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo estate as a snapshot, collected once for all tests of a worker."""
    from scanner import pipeline
    from scanner.collect.snapshot import write_snapshot
    from scanner.model import Config

    path = tmp_path_factory.mktemp("demo") / "demo.json.gz"
    kinds = pipeline.kinds_read(pipeline.choose_rules(Config()))
    write_snapshot(pipeline.collect_demo(kinds, Config()), path)
    return path
