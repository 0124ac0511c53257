"""Units one after the other, in any order, give what all inventories at once give: the same bytes."""

from __future__ import annotations

import gzip
import random
from collections.abc import Sequence

import pytest

from scanner import pipeline
from scanner.collect.snapshot import write_snapshot
from scanner.evaluate.account import Account, Place, only_trails, questions_of
from scanner.evaluate.joins import owned_trails
from scanner.evaluate.run import Conclusion, evaluate
from scanner.evaluate.tally import Tally
from scanner.model import GLOBAL, Config, Inventory, Rule, ScanReport
from scanner.reports import render
from tests.by_hand import ACCOUNT, HOME
from tests.evaluate.at_once import evaluate_at_once

US, JP = "us-east-1", "ap-northeast-1"
OTHER = "444455556666"


@pytest.fixture(scope="module")
def rules() -> tuple[Rule, ...]:
    return pipeline.choose_rules(Config())


@pytest.fixture(scope="module")
def estates(tmp_path_factory: pytest.TempPathFactory, rules: Sequence[Rule]) -> tuple[Inventory, ...]:
    """The demo estate as it was collected, in three Regions of two accounts, with a trail that both see."""
    path = tmp_path_factory.mktemp("estates") / "demo.json.gz"
    write_snapshot(pipeline.collect_demo(pipeline.kinds_read(rules), Config()), path)
    text = gzip.decompress(path.read_bytes()).decode()
    account = pipeline.load_snapshot(path)[0].account

    def moved(name: str, to: str, region: str) -> tuple[Inventory, ...]:
        other = path.with_name(f"{name}.json")
        other.write_text(text.replace(account, to).replace("eu-west-1", region), encoding="utf-8")
        return pipeline.load_snapshot(other)

    home, us, jp = moved("home", ACCOUNT, HOME), moved("us", ACCOUNT, US), moved("jp", OTHER, JP)
    # Its own account's trail, seen by a member that may not ask for its selectors.
    shared = text.replace(account, OTHER).replace(f":{OTHER}:trail/", f":{ACCOUNT}:trail/")
    member = path.with_name("member.json")
    member.write_text(shared, encoding="utf-8")
    return (*home, *(one for one in us if one.region != GLOBAL), *jp, *pipeline.load_snapshot(member)[:1])


def unit_by_unit(inventories: Sequence[Inventory], rules: Sequence[Rule], *, seed: int) -> ScanReport:
    """As a scan goes: accounts and Regions in any order, nothing kept that nobody needs."""
    dice = random.Random(seed)
    conclusion = Conclusion(include_pass=True)
    questions = questions_of(rules)
    members: dict[str, list[Place]] = {}
    for number, inventory in enumerate(inventories):
        members.setdefault(inventory.account, []).append(Place(number, inventory))
    names = sorted(members)
    dice.shuffle(names)
    judged = []
    for name in names:
        places = members[name]
        tally = Tally(conclusion.settle)
        wide = any(place.inventory.region == GLOBAL for place in places)
        account = Account(questions, tally, has_wide=wide, is_frugal=True)
        dice.shuffle(places)
        for place in places:
            account.take(place)
        if dice.random() < 0.5:
            account.finish_own()
        judged.append((account, tally))
    trails = [only_trails(place.inventory) for account, _ in judged for place in account.kept]
    for account, tally in judged:
        account.finish(owned_trails(trails))
        conclusion.add(account.facts, tally)
    return conclusion.report(rules)


def test_the_demo_is_judged_as_if_all_of_it_were_asked_at_once(
    estates: Sequence[Inventory], rules: Sequence[Rule]
) -> None:
    one = [inventory for inventory in estates if inventory.account == ACCOUNT and inventory.region in (HOME, GLOBAL)]
    plain = evaluate_at_once(one, rules, include_pass=True)
    assert render(evaluate(one, rules, include_pass=True), format="json") == render(plain, format="json")
    assert plain.failures()


@pytest.mark.parametrize("seed", range(4))
def test_units_in_any_order_give_the_bytes_of_all_at_once(
    estates: Sequence[Inventory], rules: Sequence[Rule], seed: int
) -> None:
    plain = render(evaluate_at_once(estates, rules, include_pass=True), format="json")
    assert render(evaluate(estates, rules, include_pass=True), format="json") == plain
    assert render(unit_by_unit(estates, rules, seed=seed), format="json") == plain


def test_a_region_that_comes_twice_is_told_once(estates: Sequence[Inventory], rules: Sequence[Rule]) -> None:
    twice = (*estates, *estates[:1])
    plain = render(evaluate_at_once(twice, rules, include_pass=True), format="json")
    assert render(evaluate(twice, rules, include_pass=True), format="json") == plain
