"""All cards of a run: found, read once, each id once, narrowed and tuned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner.errors import BastionlessError, CardErrors, ConfigError, UsageError
from scanner.model import Config, Rule, Severity
from scanner.rulebook.configuration import read_config
from scanner.rulebook.shelf import built_in_folder, card_files, load_rules, select_rules, with_settings
from tests.by_hand import write_card


def card(rule_id: str = "ACME001", *, more: str = "", test: str = "require: IsDefault\nsay: x\n") -> str:
    return f"id: {rule_id}\ntitle: t\nseverity: low\nabout: AWS::EC2::VPC\n{test}{more}"


def own(*folders: Path) -> list[str]:
    return [rule.id for rule in load_rules(folders, built_in=False)]


def sentence(attempt: Any) -> str:
    with pytest.raises(BastionlessError) as mistake:
        attempt()
    return str(mistake.value)


class TestLoading:
    def test_cards_of_all_folders_sorted_by_id(self, tmp_path: Path) -> None:
        write_card(tmp_path / "a" / "deep" / "er", card("ACME003"), name="c.yml")
        write_card(tmp_path / "a", card("ACME002"), name="b.yaml")
        write_card(tmp_path / "b", card("ACME001"))
        assert own(tmp_path / "a", tmp_path / "b") == ["ACME001", "ACME002", "ACME003"]

    def test_the_user_s_stand_beside_the_built_in_ones(self, tmp_path: Path) -> None:
        write_card(tmp_path, card())
        built_in = {rule.id for rule in load_rules()}
        assert {rule.id for rule in load_rules([tmp_path])} == {*built_in, "ACME001"}

    def test_one_card_may_be_named_alone(self, tmp_path: Path) -> None:
        write_card(tmp_path, card("ACME002"), name="other.yaml")
        assert own(write_card(tmp_path, card())) == ["ACME001"]

    def test_a_card_that_is_named_twice_is_read_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = write_card(tmp_path / "rules", card())
        monkeypatch.chdir(tmp_path)
        assert own(tmp_path, Path("rules"), path, tmp_path / "rules" / ".." / "rules") == ["ACME001"]

    def test_the_built_in_folder_may_be_named_too(self) -> None:
        folder = built_in_folder()
        first = card_files(folder)[0]
        assert [rule.id for rule in load_rules([folder])] == [rule.id for rule in load_rules()]
        assert [rule.id for rule in load_rules([first])] == [rule.id for rule in load_rules()]

    def test_what_lies_beside_cards_is_none(self, tmp_path: Path) -> None:
        write_card(tmp_path, card())
        write_card(tmp_path, "select: [NET]\n", name="bastionless.yaml")
        write_card(tmp_path / ".github" / "workflows", "on: push\n", name="test.yml")
        write_card(tmp_path, "not a card", name="notes.yaml.txt")
        write_card(tmp_path, "not a card", name="notes.yummyml")
        assert own(tmp_path) == ["ACME001"]

    def test_a_folder_below_a_hidden_one_is_a_folder(self, tmp_path: Path) -> None:
        write_card(tmp_path / ".rules", card())
        assert own(tmp_path / ".rules") == ["ACME001"]

    def test_the_user_s_cards_are_held_against_aws_s_models(self, tmp_path: Path) -> None:
        path = write_card(tmp_path, card(test="require: IsDefalt\nsay: x\n"))
        assert (
            sentence(lambda: own(tmp_path))
            == f"{path}:5: AWS::EC2::VPC has no field 'IsDefalt'. Did you mean 'IsDefault'?"
        )

    def test_mistakes_of_all_cards_are_told_at_once(self, tmp_path: Path) -> None:
        one = write_card(tmp_path, card("acme"), name="a.yaml")
        two = write_card(tmp_path, "a: [", name="b.yaml")
        three = write_card(tmp_path, card(test=""), name="c.yaml", python="import boto3\n")
        with pytest.raises(CardErrors) as several:
            own(tmp_path, tmp_path / "none", (tmp_path / "empty"))
        assert [mistake.place for mistake in several.value.mistakes] == [
            str(tmp_path / "none"), str(tmp_path / "empty"), f"{one}:1", f"{two}:1", f"{three.with_suffix('.py')}:1",
        ]  # fmt: skip

    def test_an_empty_folder_is_told(self, tmp_path: Path) -> None:
        assert sentence(lambda: own(tmp_path)) == f"{tmp_path}: there is no card in this folder. Cards end in .yaml"
        assert sentence(lambda: own(tmp_path / "x")) == (
            f"{tmp_path / 'x'}: there is no such folder of rules. Name a folder that holds cards"
        )


class TestIds:
    def test_an_id_is_taken_once_across_folders(self, tmp_path: Path) -> None:
        first = write_card(tmp_path / "a", card())
        second = write_card(tmp_path / "b", "# a comment\n" + card())
        assert sentence(lambda: own(tmp_path / "a", tmp_path / "b")) == (
            f"{second}:2: the id ACME001 is taken by {first}. Choose another id"
        )

    def test_a_built_in_id_is_taken(self, tmp_path: Path) -> None:
        taken = load_rules()[0]
        path = write_card(tmp_path, card(taken.id))
        told = sentence(lambda: load_rules([tmp_path]))
        assert told == f"{path}:1: the id {taken.id} is taken by {taken.file}. Choose another id"

    def test_an_alias_is_an_id_too(self, tmp_path: Path) -> None:
        first = write_card(tmp_path, card("ACME001", more="aliases: [OLD001]\n"), name="a.yaml")
        second = write_card(tmp_path, card("ACME002", more="since: 1.0.0\naliases: [OLD001]\n"), name="b.yaml")
        assert sentence(lambda: own(tmp_path)) == f"{second}:8: the id OLD001 is taken by {first}. Choose another id"


SETTINGS = "settings:\n  ports: {default: [22]}\n  names: {default: []}\n  share: {default: 0.5}\n  strict: {default: false}\n  any: {default: null}\n  word: {default: x}\n"


@pytest.fixture
def rules(tmp_path: Path) -> tuple[Rule, ...]:
    """ACME001 with settings, ACME002 with an alias, ACME003 retired, OTHER001 without anything."""
    write_card(tmp_path, card("ACME001", more=SETTINGS), name="a.yaml")
    write_card(tmp_path, card("ACME002", more="aliases: [OLD002]\nsettings: {names: {default: []}}\n"), name="b.yaml")
    write_card(tmp_path, card("ACME003", more="retired: nobody needs it\n"), name="c.yaml")
    write_card(tmp_path, card("OTHER001"), name="d.yaml")
    return load_rules([tmp_path], built_in=False)


def chosen(rules: tuple[Rule, ...], **config: Any) -> list[str]:
    return [rule.id for rule in select_rules(rules, Config(**config))]


class TestSelection:
    @pytest.mark.parametrize(
        ("select", "ignore", "ids"),
        [
            ((), (), ["ACME001", "ACME002", "OTHER001"]),
            (("ACME",), (), ["ACME001", "ACME002"]),
            (("ACME002", "OTHER"), (), ["ACME002", "OTHER001"]),
            (("OLD002",), (), ["ACME002"]),
            ((), ("ACME",), ["OTHER001"]),
            (("ACME",), ("ACME001",), ["ACME002"]),
            (("ACME", "ACME003"), (), ["ACME001", "ACME002"]),
        ],
    )
    def test_by_id_alias_and_family(self, rules: tuple[Rule, ...], select: Any, ignore: Any, ids: list[str]) -> None:
        assert chosen(rules, select=select, ignore=ignore) == ids

    @pytest.mark.parametrize(
        ("config", "told"),
        [
            ({"select": ["ACEM001"]}, "select: no rule or family is called 'ACEM001'. Did you mean 'ACME001'?"),
            ({"ignore": ["acme"]}, "ignore: no rule or family is called 'acme'. Did you mean 'ACME'?"),
            (
                {"severity": {"XXXXXX": Severity.LOW}},
                "severity: no rule or family is called 'XXXXXX'. Choose one of ACME, ",
            ),
            ({"settings": {"ACME009": {}}}, "settings: no rule or family is called 'ACME009'. Did you mean 'ACME00"),
            (
                {"settings": {"ACME001": {"prots": []}}},
                "settings: ACME001 has no setting 'prots'. Did you mean 'ports'?",
            ),
            ({"settings": {"OTHER001": {"x": 1}}}, "settings: OTHER001 has no setting 'x'. OTHER001 has none"),
            (
                {"settings": {"OTHER001": {"ports": [1]}}, "select": ["ACME"]},
                "settings: OTHER001 has no setting 'ports'. OTHER001 has none",
            ),
            ({"settings": {"ACME": {"shrae": 1}}}, "settings: ACME has no setting 'shrae'. Did you mean 'share'?"),
            ({"select": ["ACME"], "ignore": ["ACME"]}, "no rule is left after select and ignore. Widen the selection"),
            ({"select": ["ACME003"]}, "no rule is left after select and ignore. Widen the selection"),
        ],
    )
    def test_what_matches_nothing_is_told(self, rules: tuple[Rule, ...], config: Any, told: str) -> None:
        with pytest.raises(ConfigError) as mistake:
            chosen(rules, **config)
        assert str(mistake.value).startswith(told)


def values(rules: tuple[Rule, ...], settings: Any) -> dict[str, dict[str, Any]]:
    return {rule.id: dict(rule.values) for rule in select_rules(rules, Config(settings=settings))}


class TestSettings:
    def test_a_rule_s_own_beat_its_family_s_and_those_its_defaults(self, rules: tuple[Rule, ...]) -> None:
        found = values(rules, {"ACME001": {"share": 1}, "ACME": {"share": 0.1, "names": ["x"]}})
        assert found["ACME001"] == {
            "ports": [22],
            "names": ["x"],
            "share": 1,
            "strict": False,
            "any": None,
            "word": "x",
        }
        assert found["ACME002"] == {"names": ["x"]}
        assert found["OTHER001"] == {}

    def test_an_alias_names_the_rule(self, rules: tuple[Rule, ...]) -> None:
        assert values(rules, {"OLD002": {"names": ["x"]}})["ACME002"] == {"names": ["x"]}

    @pytest.mark.parametrize(
        ("name", "value", "expected"),
        [
            ("ports", 22, "like [22]"),
            ("ports", ["22"], "like [22]"),
            ("ports", [22, True], "like [22]"),
            ("names", "x", "a list"),
            ("share", "0.5", "like 0.5"),
            ("share", True, "like 0.5"),
            ("strict", 1, "like False"),
            ("strict", "no", "like False"),
            ("share", None, "like 0.5"),
            ("word", ["x"], "like 'x'"),
            ("word", 5, "like 'x'"),
        ],
    )
    def test_a_value_of_another_type_is_told(
        self, rules: tuple[Rule, ...], name: str, value: Any, expected: str
    ) -> None:
        for owner in ("ACME001", "ACME"):
            with pytest.raises(ConfigError) as mistake:
                values(rules, {owner: {name: value}})
            assert str(mistake.value) == f"settings: ACME001.{name} cannot be {value!r}. It is {expected}"

    @pytest.mark.parametrize(
        ("name", "value"),
        [("ports", []), ("ports", [1, 2]), ("names", ["x", 1]), ("share", 1), ("strict", True), ("any", {"x": [1]})],
    )
    def test_a_value_of_its_type_is_taken(self, rules: tuple[Rule, ...], name: str, value: Any) -> None:
        assert values(rules, {"ACME001": {name: value}})["ACME001"][name] == value

    def test_a_world_s_settings_are_held_against_the_card_too(self, rules: tuple[Rule, ...]) -> None:
        assert with_settings(rules[0], {"ports": [1]}).values["ports"] == [1]
        with pytest.raises(UsageError) as mistake:
            with_settings(rules[0], {"ports": 1})
        assert str(mistake.value) == f"{rules[0].file}: settings: ACME001.ports cannot be 1. It is like [22]"

    def test_the_place_of_a_mistake_is_its_line_in_the_file(self, rules: tuple[Rule, ...], tmp_path: Path) -> None:
        path = tmp_path / "bastionless.yaml"
        for text, line in (
            ("select: [ACME]\nsettings:\n  ACME001:\n    share: x\n", 4),
            ("settings:\n  OTHER001: {}\n  ACME001: {prots: []}\n", 3),
            ("severity:\n  NOBODY: low\n", 2),
            ("fail_on: low\nignore: [NOBODY]\n", 2),
        ):
            path.write_text(text)
            with pytest.raises(ConfigError) as mistake:
                select_rules(rules, read_config(path))
            assert mistake.value.place == f"{path}:{line}"


class TestSeverities:
    def test_a_rule_s_own_beats_its_family_s_and_is_remembered_as_set(self, rules: tuple[Rule, ...]) -> None:
        config = Config(severity={"ACME": Severity.INFO, "OLD002": Severity.HIGH})
        found = {rule.id: (rule.severity, rule.severity_set) for rule in select_rules(rules, config)}
        assert found == {
            "ACME001": (Severity.INFO, True), "ACME002": (Severity.HIGH, True), "OTHER001": (Severity.LOW, False),
        }  # fmt: skip
