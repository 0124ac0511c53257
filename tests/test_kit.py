"""The kit is the whole of what a rule may import, and imports nothing that a rule may not."""

from __future__ import annotations

import subprocess
import sys

from scanner import kit


def test_every_name_it_promises_is_there() -> None:
    assert [name for name in kit.__all__ if not hasattr(kit, name)] == []
    assert sorted(set(kit.__all__)) == sorted(kit.__all__)


def test_importing_it_loads_neither_aws_nor_reports_nor_yaml() -> None:
    source = "import sys, scanner.kit; print([m for m in ('boto3', 'botocore', 'yaml', 'rich', 'sarif_om') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
