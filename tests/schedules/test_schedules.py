"""The page about nightly scans and the Dockerfile: what stands there can be read by those it is for, and runs."""

from __future__ import annotations

import configparser
import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from scanner.version import __version__

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/cron.md").read_text(encoding="utf-8")
ROLE = "--role-arn arn:aws:iam::111122223333:role/audit"
STATE = "/var/lib/bastionless"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def commands() -> list[str]:
    lines = [line.removeprefix("$ ") for block in blocks("console") for line in block.splitlines()]
    return [line.partition("  #")[0].strip() for line in lines]


@pytest.fixture
def shell(tmp_path: Path) -> Any:
    """Runs a line as sh does, with our command and hardly any environment, on the demo and in a folder of the test's."""
    programs = tmp_path / "bin"
    programs.mkdir()
    command = programs / "bastionless"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m scanner "$@"\n')
    command.chmod(0o755)
    environment = {"PATH": f"{programs}:/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "LANG": "C"}

    def run(line: str, **more: str) -> subprocess.CompletedProcess[str]:
        line = (
            line.replace(ROLE, "--demo --select NET015")
            .replace("/usr/local/bin/", "")
            .replace(STATE, f"{tmp_path}/lib")
        )
        return subprocess.run(
            ["/bin/sh", "-c", line],
            env={**environment, **more},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def cron_lines() -> list[str]:
    [table] = blocks("crontab")
    return [line for line in table.splitlines() if re.match(r"[\d*]", line)]


def test_the_one_command_finds_something_new_once(shell: Any, tmp_path: Path) -> None:
    line = commands()[0]
    assert line.startswith("bastionless scan ")
    assert [shell(line).returncode, shell(line).returncode] == [1, 0]
    alive, last = (one for one in commands() if "/var/lib/bastionless/" in one and not one.startswith("docker"))
    assert shell(alive).returncode == 0
    os.utime(tmp_path / "lib/last.json", (0, 0))
    assert shell(alive).returncode == 1
    assert last == "jq -r .last_complete /var/lib/bastionless/status.json"
    assert json.loads((tmp_path / "lib/status.json").read_text())["last_complete"].endswith("Z")


def test_the_crontab_prints_only_when_there_is_something_to_do(shell: Any, tmp_path: Path) -> None:
    [line] = cron_lines()
    *when, command = line.split(maxsplit=5)
    assert all(re.fullmatch(r"[\d*]+", field) for field in when)
    assert "%" not in command  # cron would end the line there
    first, second = shell(command), shell(command)
    assert first.stdout.startswith("exit code 1: ")
    assert "NET015" in first.stdout
    assert (first.stderr, second.stdout, second.stderr) == ("", "", "")
    assert json.loads((tmp_path / "lib/report.json").read_text())["comparison"]["absent"] == []


def units() -> tuple[str, str]:
    service, timer = blocks("ini")
    return service, timer


def test_systemd_s_command_runs_and_its_settings_fit(shell: Any, tmp_path: Path) -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[method-assign, assignment]  # systemd's names have capitals
    parser.read_string(units()[0])
    service = parser["Service"]
    done = shell(service["ExecStart"], STATE_DIRECTORY=str(tmp_path / "lib"))
    assert done.returncode == 1
    assert [json.loads(line)["event"] for line in done.stderr.splitlines()][-2:] == ["summary", "state"]
    assert (service["Type"], service["DynamicUser"], service["KillSignal"]) == ("oneshot", "yes", "SIGINT")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    service, timer = units()
    (tmp_path / "bastionless.service").write_text(service.replace("/usr/local/bin/bastionless", "/bin/true"))
    (tmp_path / "bastionless.timer").write_text(timer)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "bastionless.service", "bastionless.timer"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "bastionless" in line]
    assert ours == []


def manifests() -> list[dict[str, Any]]:
    [text] = blocks("yaml")
    return list(yaml.safe_load_all(text))


def test_the_cron_job_s_arguments_run(shell: Any) -> None:
    job = manifests()[1]["spec"]["jobTemplate"]["spec"]
    [container] = job["template"]["spec"]["containers"]
    done = shell(f"bastionless {' '.join(container['args'])}")
    assert done.returncode == 1
    assert all(json.loads(line)["time"] for line in done.stderr.splitlines())
    assert container["image"].endswith(f":{__version__}")


def test_the_cron_job_s_volume_and_user_are_those_of_the_image() -> None:
    claim, cron = manifests()
    spec = cron["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    [container] = spec["containers"]
    claimed = [one["persistentVolumeClaim"]["claimName"] for one in spec["volumes"] if "persistentVolumeClaim" in one]
    assert claimed == [claim["metadata"]["name"]]
    assert {one["name"] for one in container["volumeMounts"]} == {one["name"] for one in spec["volumes"]}
    assert f"USER {spec['securityContext']['runAsUser']}:{spec['securityContext']['runAsGroup']}" in dockerfile()
    assert cron["spec"]["concurrencyPolicy"] == "Forbid"


def test_kubernetes_schema_takes_the_manifests(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("kubernetes-validate")
    if not program.is_file():
        pytest.skip("kubernetes-validate is not installed beside this Python")
    (tmp_path / "all.yaml").write_text(blocks("yaml")[0])
    done = subprocess.run([program, "--strict", tmp_path / "all.yaml"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, done.stdout)


def dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_hadolint_finds_nothing_wrong_with_the_dockerfile() -> None:
    program = Path(sys.executable).with_name("hadolint")
    if not program.is_file():
        pytest.skip("hadolint is not installed beside this Python")
    done = subprocess.run([program, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def copied() -> list[str]:
    """What the Dockerfile takes out of the checkout."""
    found = [
        line.split()[1:-1] for line in dockerfile().splitlines() if line.startswith("COPY ") and "--from" not in line
    ]
    return [name.rstrip("/") for names in found for name in names]


def test_the_context_holds_what_is_copied_and_nothing_else() -> None:
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_in = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert let_in == set(copied())
    assert any(fnmatch.fnmatch("scanner/__pycache__", rule) for rule in rules)


def test_the_image_is_not_root_s_and_has_no_secret() -> None:
    stage = dockerfile().rpartition("\nFROM ")[2]
    words: Sequence[str] = stage.split()
    assert "USER" in words
    assert stage.index("USER 10001") < stage.index("ENTRYPOINT")
    assert not re.search(r"AWS_|SECRET|TOKEN", dockerfile())


def test_what_is_copied_is_enough_to_build_and_to_scan(tmp_path: Path) -> None:
    context = tmp_path / "src"
    for name in copied():
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, context / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            context.mkdir(exist_ok=True)
            shutil.copy(source, context / name)
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")],
        cwd=context,
        check=True,
        capture_output=True,
    )
    [wheel] = (tmp_path / "dist").iterdir()
    shutil.unpack_archive(wheel, tmp_path / "site", "zip")
    done = subprocess.run(
        [sys.executable, "-m", "scanner", "scan", "--demo", "--select", "NET015", "--quiet", "--format", "json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert [one["rule_id"] for one in json.loads(done.stdout)["findings"]] == ["NET015"]
