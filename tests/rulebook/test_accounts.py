"""The file of accounts: what it may say, and a sentence with the line for what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.errors import ConfigError
from scanner.model.member import Member
from scanner.rulebook.accounts import read_accounts
from scanner.rulebook.configuration import read_config

AUDIT = "arn:aws:iam::111122223333:role/audit"
OTHER = "arn:aws:iam::444455556666:role/team/look"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "accounts.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_plain_list_names_accounts_roles_and_regions(tmp_path: Path) -> None:
    path = written(tmp_path, f"# ours\n111122223333 audit eu-west-1 us-east-1\n\n{OTHER}  # theirs\n")
    assert read_accounts(path) == (
        Member(AUDIT, "", ("eu-west-1", "us-east-1"), f"{path}:2"),
        Member(OTHER, "", (), f"{path}:4"),
    )


def test_yaml_says_the_same_and_external_ids(tmp_path: Path) -> None:
    text = f"- {{account: '111122223333', role: audit, external_id: x-1, regions: [eu-west-1]}}\n- {OTHER}\n"
    path = written(tmp_path, text)
    expected = (Member(AUDIT, "x-1", ("eu-west-1",), f"{path}:1"), Member(OTHER, "", (), f"{path}:2"))
    assert read_accounts(path) == expected
    indented = "".join(f"  {line}\n" for line in text.splitlines())
    config = written(tmp_path, f"accounts:\n{indented}")
    assert [one.role_arn for one in read_accounts(config)] == [AUDIT, OTHER]
    assert [one.role_arn for one in read_config(config).accounts] == [AUDIT, OTHER]


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("111122223333 audit\n1111 audit\n", 2, "'1111 audit' is no account"),
        ("111122223333 audit nowhere\n", 1, "'nowhere' is no AWS Region"),
        (f"{AUDIT}\n111122223333 other\n", 2, "the account 111122223333 comes twice"),
        ("- {account: 111122223333, role: audit}\n", 1, "account cannot be 111122223333"),
        ("- {account: '111122223333'}\n", 1, "an account lacks its role"),
        ("- {account: '111122223333', role: audit}\n- {role: audit}\n", 2, "'audit' is no role"),
        ("- account: '111122223333'\n  role: audit\n  region: x\n", 3, "an account has no key 'region'"),
        ("- account: '111122223333'\n  role: arn:aws:iam::444455556666:role/look\n", 1, "is not of the account"),
        ("- account: '111122223333'\n  role: audit\n  regions: eu-west-1\n", 3, "regions cannot be 'eu-west-1'"),
        ("accounts: []\n", 1, "the accounts are a list with at least one"),
        ("- [audit]\n", 1, "['audit'] is no account"),
    ],
)
def test_what_means_nothing_is_told_with_its_line(tmp_path: Path, text: str, line: int, sentence: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        read_accounts(path)
    assert sentence in caught.value.message
    assert caught.value.place == f"{path}:{line}"


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file of accounts"):
        read_accounts(tmp_path / "none.txt")
