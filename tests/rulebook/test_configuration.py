"""bastionless.yaml: found upwards, read strictly, and told with its line where it means nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from scanner.errors import ConfigError
from scanner.model import Config, Scope, Severity, Waiver
from scanner.model.member import Member
from scanner.rulebook.configuration import KEYS, find_config, read_config, threshold

WHOLE = """\
select: [NET, EIC001]
ignore: [NET012]
settings:
  NET006: {admin_ports: [22]}
severity:
  NET007: low
fail_on: high
fail_on_unknown: true
regions: [eu-west-1]
role_arn: arn:aws:iam::111122223333:role/path/audit
external_id: "42"
role_session_name: nightly
rules: [my-rules, /opt/rules, ../shared]
waivers:
  - {rule: NET001, resource: i-1, owner: net, reason: a demo, until: 2027-01-31}
strict_waivers: true
max_rate: 12.5
timeout: 600
concurrency: 16
accounts: [arn:aws:iam::444455556666:role/look]
"""


def written(folder: Path, text: str, *, name: str = "bastionless.yaml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_every_key_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, WHOLE)
    assert read_config(path) == Config(
        select=("NET", "EIC001"),
        ignore=("NET012",),
        settings={"NET006": {"admin_ports": [22]}},
        severity={"NET007": Severity.LOW},
        fail_on=Severity.HIGH,
        fail_on_unknown=True,
        regions=("eu-west-1",),
        role_arn="arn:aws:iam::111122223333:role/path/audit",
        external_id="42",
        role_session_name="nightly",
        rules=(str(tmp_path / "my-rules"), "/opt/rules", str(tmp_path / "../shared")),
        waivers=(Waiver("NET001", Scope(id="i-1"), "net", "a demo", date(2027, 1, 31), f"{path}:15"),),
        strict_waivers=True,
        max_rate=12.5,
        timeout=600.0,
        concurrency=16,
        accounts=(Member("arn:aws:iam::444455556666:role/look", place=f"{path}:{len(WHOLE.splitlines())}"),),
    )
    assert all(f"\n{key}:" in f"\n{WHOLE}" for key in KEYS)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "{}\n"])
def test_an_empty_file_says_nothing(tmp_path: Path, text: str) -> None:
    assert read_config(written(tmp_path, text)) == Config()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("selct: [NET]", ":1: the configuration has no key 'selct'. Did you mean 'select'?"),
        ("fail_on: low\n\nIgnore: [NET]", ":3: the configuration has no key 'Ignore'. Did you mean 'ignore'?"),
        ("5: x", ":1: the configuration has no key 5"),
        ("select: NET", ":1: select cannot be 'NET'. It is a list of words"),
        ("select: [1]", ":1: select cannot be [1]. It is a list of words"),
        ("select:", ":1: select cannot be None. It is a list of words"),
        ("fail_on: hihg", ":1: fail_on cannot be 'hihg'. It is one of info, low, medium, high, critical, never"),
        ("fail_on: [low]", ":1: fail_on cannot be ['low']. It is one of info, low, medium, high, critical, never"),
        ("fail_on_unknown: sometimes", ":1: fail_on_unknown cannot be 'sometimes'. It is true or false"),
        ("severity:\n  NET001: never", ":2: severity.NET001 cannot be 'never'. It is one of info, low, medium, high, critical"),
        ("severity: high", ":1: severity cannot be 'high'. It is a mapping of rule ids to severities"),
        ("settings: [x]", ":1: settings cannot be ['x']. It is a mapping of rule ids to their settings"),
        ("settings:\n  NET006: 22", ":1: settings cannot be {'NET006': 22}. It is a mapping of rule ids to their settings"),
        ("role_arn: audit", ":1: role_arn cannot be 'audit'. It is the ARN of a role, such as arn:aws:iam::111122223333:role/audit"),
        ("external_id: 42", ":1: external_id cannot be 42. It is text"),
        ("- select", ":1: the configuration is a mapping of keys"),
        ("a: &x 1\nb: *x", ":2: YAML anchors and aliases are not allowed here. Write the value out where it is used"),
        ("a: [", ":1: this is not YAML: "),
    ],
)  # fmt: skip
def test_what_it_cannot_say_is_told(tmp_path: Path, text: str, sentence: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as mistake:
        read_config(path)
    assert str(mistake.value).startswith(f"{path}{sentence}")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no such configuration file\. Check the path after --config"):
        read_config(tmp_path / "none.yaml")


class TestFinding:
    def test_the_nearest_one_upwards_counts(self, tmp_path: Path) -> None:
        written(tmp_path, "")
        near = written(tmp_path / "a" / "b", "", name="bastionless.yml")
        (tmp_path / "a" / "b" / "c" / "d").mkdir(parents=True)
        assert find_config(tmp_path / "a" / "b" / "c" / "d") == near
        assert find_config(tmp_path / "a") == tmp_path / "bastionless.yaml"

    def test_yaml_comes_before_yml(self, tmp_path: Path) -> None:
        written(tmp_path, "", name="bastionless.yml")
        first = written(tmp_path, "")
        assert find_config(tmp_path) == first

    def test_a_folder_of_that_name_is_none(self, tmp_path: Path) -> None:
        (tmp_path / "a" / "bastionless.yaml").mkdir(parents=True)
        above = written(tmp_path, "")
        assert find_config(tmp_path / "a") == above


def test_a_threshold_is_a_severity_or_never() -> None:
    assert threshold("never") is None
    assert threshold("high") is Severity.HIGH
    with pytest.raises(ValueError, match="hgih"):
        threshold("hgih")
