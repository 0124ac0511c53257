"""All cards of a run: the built-in ones and the user's, each id once, narrowed and tuned by the configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from scanner.errors import CardError, CardErrors, ConfigError, UsageError, did_you_mean
from scanner.model import Config, Rule
from scanner.rulebook.card import read_card, recall_card
from scanner.rulebook.configuration import NAMES
from scanner.rulebook.document import read_document
from scanner.rulebook.index import Entry, digest_of, load_index
from scanner.rulebook.limits import fits, in_words


def built_in_folder() -> Path:
    """Where the built-in cards are: inside the wheel, or beside the engine in a checkout."""
    engine = Path(__file__).resolve().parent.parent
    shipped = engine / "_rules"
    return shipped if shipped.is_dir() else engine.parent / "rules"


def load_rules(folders: Sequence[Path | str] = (), *, built_in: bool = True, brief: bool = False) -> tuple[Rule, ...]:
    """Every rule, sorted by id; raises `CardErrors` with every mistake on every card.

    Built-in cards were checked against botocore's model when they were released; a user's own are checked here.
    A card that is named twice, by two folders or by one of the built-in ones, is read once. `brief` leaves the worlds of
    built-in cards out and takes the rest from their index: a scan needs no more. A card that is another than the
    index knows is read whole.
    """
    mistakes: list[CardError] = []
    own = _files([Path(folder) for folder in folders], mistakes)
    home = built_in_folder()
    shipped = card_files(home) if built_in else []
    index = load_index(home) if brief else {}
    rules = [
        rule
        for path in shipped
        if not own or path.resolve() not in own
        for rule in _read(path, mistakes, entry=index.get(path.relative_to(home).as_posix()))
    ]
    rules += [rule for path in own.values() for rule in _read(path, mistakes, strict=True)]
    mistakes += _clashes(rules)
    if built_in:  # else those they follow may not be here
        mistakes += _lost_followers(rules)
    if mistakes:
        raise CardErrors(mistakes)
    return tuple(sorted(rules, key=lambda rule: rule.id))


def card_files(folder: Path) -> list[Path]:
    """The cards below a folder (or the one card that a path names), sorted; raises `CardError` where there is none.

    What a project keeps beside its cards is none: its bastionless.yaml, and folders whose names begin with a dot.
    """
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        raise CardError("there is no such folder of rules", place=str(folder), cure="name a folder that holds cards")
    found = sorted(path for path in folder.rglob("*.y*ml") if _is_card(path, folder))
    if not found:
        raise CardError("there is no card in this folder", place=str(folder), cure="cards end in .yaml")
    return found


def _is_card(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return path.suffix in {".yaml", ".yml"} and path.name not in NAMES and not hidden


def _files(folders: Iterable[Path], mistakes: list[CardError]) -> dict[Path, Path]:
    """Every card's own place -> the path as it was asked for."""
    found: dict[Path, Path] = {}
    for folder in folders:
        try:
            for path in card_files(folder):
                found.setdefault(path.resolve(), path)
        except CardError as mistake:
            mistakes.append(mistake)
    return found


def _read(path: Path, mistakes: list[CardError], *, strict: bool = False, entry: Entry | None = None) -> Iterator[Rule]:
    try:
        if entry is not None and entry.digest == digest_of(path):
            yield replace(recall_card(path, entry.data), reads=entry.reads, answers=entry.answers)
        else:
            yield read_card(path, strict=strict)
    except CardErrors as several:
        mistakes += several.mistakes
    except CardError as mistake:
        mistakes.append(mistake)


def _clashes(rules: Iterable[Rule]) -> list[CardError]:
    """Ids and aliases that name two rules."""
    owners: dict[str, str] = {}
    mistakes = []
    for rule in rules:
        for name in (rule.id, *rule.aliases):
            if name in owners:
                place = read_document(Path(rule.file)).place("id" if name == rule.id else "aliases")
                mistakes.append(
                    CardError(f"the id {name} is taken by {owners[name]}", place=place, cure="choose another id")
                )
            owners.setdefault(name, rule.file)
    return mistakes


def _lost_followers(rules: Sequence[Rule]) -> list[CardError]:
    """Settings that follow one that is not there, or that follows another one itself."""
    leaders = {f"{rule.id}.{setting.name}" for rule in rules for setting in rule.settings if not setting.follows}
    return [
        CardError(
            f"the setting {setting.name!r} follows {setting.follows}, which no rule has",
            place=read_document(Path(rule.file)).place("settings", setting.name, "follows"),
            cure=did_you_mean(setting.follows, leaders),
        )
        for rule in rules
        for setting in rule.settings
        if setting.follows and setting.follows not in leaders
    ]


def select_rules(rules: Sequence[Rule], config: Config) -> tuple[Rule, ...]:
    """The rules the configuration wants, with its settings and severities; raises `ConfigError` for what matches nothing."""
    wanted = _names(rules, config.select, "select", config)
    unwanted = _names(rules, config.ignore, "ignore", config)
    known_rules = {rule.id: rule for rule in rules}
    chosen = [
        _tuned(rule, config, known_rules)
        for rule in rules
        if not rule.retired and rule.id not in unwanted and (not config.select or rule.id in wanted)
    ]
    _names(rules, config.severity, "severity", config)
    for name, given in config.settings.items():
        named = _names(rules, (name,), "settings", config)
        known = {setting.name for rule in rules if rule.id in named for setting in rule.settings}
        for setting in given:
            if setting not in known:
                cure = did_you_mean(setting, known) or f"{name} has none"
                place = config.place("settings", name, setting)
                raise ConfigError(f"settings: {name} has no setting {setting!r}", place=place, cure=cure)
    if not chosen:
        raise ConfigError(
            "no rule is left after select and ignore", place=config.place("select"), cure="widen the selection"
        )
    return tuple(chosen)


def _names(rules: Sequence[Rule], words: Iterable[str], option: str, config: Config) -> set[str]:
    """Ids for ids, aliases and families."""
    table: dict[str, set[str]] = {}
    for rule in rules:
        for name in (rule.id, rule.family, *rule.aliases):
            table.setdefault(name, set()).add(rule.id)
    found: set[str] = set()
    for word in words:
        if word not in table:
            families = {rule.family for rule in rules}
            cure = did_you_mean(word, table) or f"the families are {', '.join(sorted(families))}"
            raise ConfigError(
                f"{option}: no rule or family is called {word!r}", place=config.place(option, word), cure=cure
            )
        found |= table[word]
    return found


def _tuned(rule: Rule, config: Config, rules: Mapping[str, Rule]) -> Rule:
    names = (rule.family, rule.id, *rule.aliases)
    severity = next((config.severity[name] for name in reversed(names) if name in config.severity), None)
    values = _values(rule, config, rules)
    return replace(rule, values=values, severity=severity or rule.severity, severity_set=severity is not None)


def _values(rule: Rule, config: Config, rules: Mapping[str, Rule]) -> Mapping[str, Any]:
    """The settings in force: what is said of the rule, else of the one it follows or of its family, else the default."""
    values: dict[str, Any] = dict(rule.values)
    followed = {setting.name: setting.follows for setting in rule.settings if setting.follows}
    for name in (rule.family, rule.id, *rule.aliases):
        given = config.settings.get(name, {})
        if name == rule.family:
            # What is said of a family holds for those of its rules that have such a setting.
            given = {key: given[key] for key in given if key in values and key not in followed}
        values.update(_checked(rule, given, partial(config.place, "settings", name)))
    for name, leader in followed.items():
        other, _, key = leader.partition(".")
        if other in rules and not any(name in config.settings.get(own, {}) for own in (rule.id, *rule.aliases)):
            values[name] = _values(rules[other], config, rules)[key]
    return values


def _checked(rule: Rule, given: Mapping[str, Any], place: Callable[[str], str]) -> Mapping[str, Any]:
    defaults = {setting.name: setting.default for setting in rule.settings}
    limits = {setting.name: setting.limits for setting in rule.settings}
    for name, value in given.items():
        if name not in defaults:
            cure = did_you_mean(name, defaults) if defaults else f"{rule.id} has none"
            raise ConfigError(f"settings: {rule.id} has no setting {name!r}", place=place(name), cure=cure)
        if not _same_type(value, defaults[name]):
            expected = "a list" if defaults[name] == [] else f"like {defaults[name]!r}"
            message = f"settings: {rule.id}.{name} cannot be {value!r}"
            raise ConfigError(message, place=place(name), cure=f"it is {expected}")
        if not fits(value, limits[name]):
            message = f"settings: {rule.id}.{name} cannot be {value!r}"
            raise ConfigError(message, place=place(name), cure=f"it is {in_words(limits[name], of=defaults[name])}")
    return given


def _same_type(value: Any, default: Any) -> bool:
    if default is None:
        return True
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(default, bool)
    if isinstance(default, (int, float)):
        return isinstance(value, (int, float))
    if isinstance(default, list) and isinstance(value, list) and default:
        # The items of the default show what items are like: ports are numbers, and "22" would never match one.
        return all(any(_same_type(item, like) for like in default) for item in value)
    return isinstance(value, type(default))


def with_settings(rule: Rule, given: Mapping[str, Any]) -> Rule:
    """The rule with some settings replaced; raises `UsageError` for a name or type it does not have."""
    try:
        return replace(rule, values={**rule.values, **_checked(rule, given, lambda _: rule.file)})
    except ConfigError as mistake:
        raise UsageError(mistake.message, place=rule.file, cure=mistake.cure) from mistake
