"""What is built is what people install: the wheel works alone, carries the rules, and names what it imports."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DISTRIBUTIONS = {"yaml": "pyyaml", "attr": "attrs", "sarif_om": "sarif-om"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(folder)], cwd=ROOT, check=True, capture_output=True
    )
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of its own with nothing but the wheel; its dependencies are lent by the environment of the tests."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False)
    site = next((home / "lib").glob("python*")) / "site-packages"
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        wheel.extractall(site)
    # Folders named in a .pth come after the wheel, and .pth files in them (the editable checkout's) do not count.
    (site / "lent.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
    return home


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8"}
    return subprocess.run(
        [str(home / "bin" / "python"), "-m", "scanner", *words],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_holds_every_card_and_companion(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        shipped = {
            name.removeprefix("scanner/_rules/") for name in wheel.namelist() if name.startswith("scanner/_rules/")
        }
        names = set(wheel.namelist())
    here = {
        str(path.relative_to(ROOT / "rules"))
        for path in (ROOT / "rules").rglob("*")
        if path.suffix in {".yaml", ".py", ".json"}
    }
    assert {name for name in shipped if not name.endswith(".pyc")} == here
    assert "scanner/py.typed" in names
    assert {name.split("/")[0] for name in names} == {
        "scanner",
        next(built.glob("*.whl")).name.split("-py3")[0] + ".dist-info",
    }


def test_the_source_distribution_builds_the_same_wheel_elsewhere(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    tops = {name.split("/")[0] for name in names}
    assert tops == {
        "scanner",
        "rules",
        "frameworks",
        "README.md",
        "CHANGELOG.md",
        "LICENSE",
        "pyproject.toml",
        "PKG-INFO",
        ".gitignore",
    }


def test_the_command_of_the_wheel_knows_its_version_and_its_rules(installed: Path) -> None:
    assert run(installed, "--version").stdout == "bastionless 0.1.0\n"
    listed = run(installed, "rules", "list")
    assert listed.returncode == 0, listed.stderr
    ids = {line.split()[0] for line in listed.stdout.splitlines()}
    assert ids == {
        path.read_text(encoding="utf-8").split("id: ", 1)[1].split()[0] for path in (ROOT / "rules").rglob("*.yaml")
    }


def test_the_wheel_scans_the_demo_estate(installed: Path) -> None:
    scanned = run(installed, "scan", "--demo", "--quiet", "--select", "NET015", "--format", "json")
    assert scanned.returncode == 1, scanned.stderr
    assert [finding["rule_id"] for finding in json.loads(scanned.stdout)["findings"]] == ["NET015"]


def test_the_metadata_names_exactly_what_is_imported(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        metadata = next(name for name in wheel.namelist() if name.endswith("METADATA"))
        headers = HeaderParser().parsestr(wheel.read(metadata).decode())
    required = [line for line in headers.get_all("Requires-Dist", []) if "extra ==" not in line]
    named = {line.split(">")[0].split("<")[0].split("[")[0].strip().lower() for line in required}
    imported = {
        name for path in (ROOT / "scanner").rglob("*.py") if "mock" not in path.parts for name in _imports(path)
    }
    assert named == {DISTRIBUTIONS.get(name, name) for name in imported}
    assert len(named) <= 12
    assert not any("==" in line for line in required)


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add((node.module or "").split(".")[0])
    return names - sys.stdlib_module_names - {"scanner"}


def test_the_package_opens_nothing_and_loads_no_boto3_when_it_is_imported() -> None:
    code = "import sys, scanner; print(sorted({'boto3', 'botocore', 'moto', 'sarif_om', 'rich', 'click', 'yaml'} & set(sys.modules)))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ})
    assert shown.stdout == "[]\n"


def test_the_version_is_told_without_boto3_moto_rich_or_yaml() -> None:
    code = (
        "import sys; sys.argv = ['bastionless', '--version']\n"
        "from scanner.cli import main\n"
        "try:\n    main()\nexcept SystemExit: pass\n"
        "print(sorted({'boto3', 'botocore', 'moto', 'sarif_om', 'rich', 'yaml', 'jmespath'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "bastionless 0.1.0\n[]\n"
