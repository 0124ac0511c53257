"""What was asked for: the configuration with the caller's words on top, its accounts, its rules and what they read."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from scanner.model import Config, Rule
from scanner.model.member import Member


def configure(
    config: Config | str | Path | None = None,
    *,
    select: Iterable[str] | None = None,
    regions: Iterable[str] | None = None,
    rules: Iterable[str | Path] = (),
) -> Config:
    """The configuration of a file or a value, with what the caller says on top; raises `ConfigError`."""
    from scanner.rulebook.configuration import read_config

    wanted = read_config(Path(config)) if isinstance(config, (str, Path)) else config or Config()
    folders = (rules,) if isinstance(rules, (str, Path)) else rules
    changes: dict[str, Any] = {"rules": (*wanted.rules, *(str(folder) for folder in folders))}
    if select is not None:
        changes["select"] = (select,) if isinstance(select, str) else tuple(select)
        # The selection no longer stands in the file, so a mistake in it must not point there.
        changes["places"] = {path: place for path, place in wanted.places.items() if path[0] != "select"}
    if regions is not None:
        changes["regions"] = (regions,) if isinstance(regions, str) else tuple(regions)
        places = changes.get("places", wanted.places)
        changes["places"] = {path: place for path, place in places.items() if path[0] != "regions"}
    return dataclasses.replace(wanted, **changes)


def choose_accounts(accounts: str | Path | Iterable[Member | str | Mapping[str, Any]]) -> tuple[Member, ...]:
    """The accounts of a file, or those that are listed; raises `ConfigError`."""
    from scanner.rulebook.accounts import distinct, member_of, read_accounts

    if isinstance(accounts, (str, Path)):
        return read_accounts(Path(accounts))
    return distinct(member_of(one) for one in accounts)


def choose_rules(config: Config) -> tuple[Rule, ...]:
    """The built-in and the user's rules that the configuration wants; raises `CardErrors` and `ConfigError`."""
    from scanner.rulebook.shelf import load_rules, select_rules

    return select_rules(load_rules(config.rules, brief=True), config)


def kinds_read(rules: Sequence[Rule]) -> frozenset[str]:
    """The kinds these rules ask for: what a scan has to collect, and nothing else."""
    from scanner.evaluate.run import needed

    return needed(rules)
