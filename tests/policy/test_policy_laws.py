"""Laws of policies over generated accounts: denials and conditions never widen, order is nothing, the search misses nothing."""

from __future__ import annotations

import random
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.model import Undecided, View
from scanner.policy.decisions import Ruling, decide
from scanner.policy.formulas import Access
from scanner.policy.patterns import Wild, matcher, template
from scanner.policy.requests import ContextValue, given_context
from scanner.policy.strings import Glob, representatives
from scanner.policy.who import Grant, who_may
from tests.policy.accounts import (
    ACCOUNT,
    ADDRESS,
    ENDPOINT,
    FULL_ACCESS,
    MFA,
    OPEN_TUNNEL,
    PORT,
    account,
    allow,
    deny,
    group,
    managed,
    organization,
    own_account,
    policy,
    policy_arn,
    scp,
    user,
)

LAWS = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
OTHER = ENDPOINT.replace("eice-0a", "eice-0b")
AGENT = "aws:UserAgent"

# For each key the values that its constants below can tell apart; the product of them is every request there is.
GRID: dict[str, tuple[ContextValue, ...]] = {
    PORT: (None, 1, 22, 23, 3389, 65535),
    ADDRESS: (None, "0.0.0.0", "10.0.0.1", "10.0.1.1", "11.0.0.0", "::", "2001:db8::1"),
    MFA: (None, True, False),
    AGENT: (None, "x", "cli", "CLI", "cli-2", "a-2"),
}
REQUESTS: list[dict[str, ContextValue]] = [dict(zip(GRID, values, strict=True)) for values in product(*GRID.values())]

_NUMBERS = ("NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan",
            "NumericGreaterThanEquals", "StringEquals")  # fmt: skip


def _block(key: str, operators: tuple[str, ...], values: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    prefixes, suffixes = ("", "", "", "ForAllValues:", "ForAnyValue:"), ("", "", "IfExists")
    return st.builds(
        lambda prefix, operator, suffix, chosen: (f"{prefix}{operator}{suffix}", key, chosen),
        st.sampled_from(prefixes), st.sampled_from(operators), st.sampled_from(suffixes),
        st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True),
    )  # fmt: skip


CLAUSE = st.one_of(
    _block(PORT, _NUMBERS, ("22", "3389")),
    _block(ADDRESS, ("IpAddress", "NotIpAddress"), ("10.0.0.0/8", "10.0.1.0/24", "::/0")),
    _block(MFA, ("Bool",), ("true", "false")),
    _block(
        AGENT,
        ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase"),
        ("cli", "cli*", "*2"),
    ),
    st.builds(
        lambda key, wanted: ("Null", key, wanted), st.sampled_from(list(GRID)), st.sampled_from(("true", "false"))
    ),
)


def condition(clauses: Any) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for operator, key, values in clauses:
        found.setdefault(operator, {}).setdefault(key, values)
    return found


CONDITION = st.lists(CLAUSE, max_size=2).map(condition)
STATEMENT = st.builds(
    lambda make, action, resource, block: make(action, resource, block or None),
    st.sampled_from((allow, allow, deny)),
    st.sampled_from((OPEN_TUNNEL, "*", "ec2-instance-connect:open*", "s3:*")),
    st.sampled_from(("*", ENDPOINT, "arn:aws:ec2:*", OTHER)),
    CONDITION,
)
STATEMENTS = st.lists(STATEMENT, max_size=4)
LIMITS, ATTACHED = policy_arn("limits"), policy_arn("attached")


def made(own: Any, *, grouped: Any = (), attached: Any = (), limits: Any = None, scps: Any = None) -> View:
    """One user whose statements come from everywhere."""
    more: dict[str, Any] = {} if limits is None else {"boundary": LIMITS}
    parts: dict[str, Any] = {}
    if scps is not None:
        parts = {
            "organizations": [organization()], "members": [own_account("r-1")],
            "scps": [scp("Full", FULL_ACCESS, "r-1"), scp("Own", policy(*scps), ACCOUNT)],
        }  # fmt: skip
    return View(account(
        users=[user("ada", policy(*own), groups=["people"], attached=[ATTACHED], **more)], groups=[group("people", policy(*grouped))],
        policies=[managed(ATTACHED, policy(*attached)), managed(LIMITS, policy(*(limits or ())))], **parts,
    ))  # fmt: skip


def allowed(view: View, contexts: Any = None) -> set[int]:
    """Which of the requests are let through."""
    requests = REQUESTS if contexts is None else [REQUESTS[place] for place in contexts]
    ruled = (
        decide(view, principal="user/ada", action=OPEN_TUNNEL, resource=ENDPOINT, context=one).verdict
        for one in requests
    )
    return {place for place, verdict in enumerate(ruled) if verdict is Ruling.ALLOWED}


def some(seed: int, size: int = 40) -> list[int]:
    return random.Random(seed).sample(range(len(REQUESTS)), size)


@LAWS
@given(
    STATEMENTS,
    STATEMENTS,
    st.builds(deny, st.sampled_from(("*", OPEN_TUNNEL)), st.just("*"), CONDITION),
    st.integers(0, 3),
)
def test_an_added_denial_never_widens(own: Any, grouped: Any, added: Any, where: int) -> None:
    places: dict[str, Any] = {"own": own, "grouped": grouped, "attached": [allow()], "limits": [allow("*")]}
    before = allowed(made(**places), some(1))
    name = list(places)[where]
    assert allowed(made(**{**places, name: [*places[name], added]}), some(1)) <= before


@LAWS
@given(STATEMENTS, CONDITION, CLAUSE)
def test_an_added_condition_never_widens_an_allow_nor_narrows_a_deny(own: Any, block: Any, clause: Any) -> None:
    operator, key, values = clause
    more = {**block, operator: {**block.get(operator, {}), key: block.get(operator, {}).get(key, values)}}
    wide, narrow = (allowed(made([*own, allow(condition=one)]), some(2)) for one in (block, more))
    assert narrow <= wide
    strict, lax = (allowed(made([allow(), *own, deny(condition=one)]), some(2)) for one in (block, more))
    assert strict <= lax


@LAWS
@given(STATEMENTS, STATEMENTS, st.randoms(use_true_random=False))
def test_the_order_of_statements_and_the_document_they_stand_in_do_not_matter(own: Any, other: Any, dice: Any) -> None:
    shuffled = [*own, *other]
    dice.shuffle(shuffled)
    expected = allowed(made(own, grouped=other), some(3))
    assert allowed(made(shuffled), some(3)) == expected
    assert allowed(made(other, attached=own), some(3)) == expected


@LAWS
@given(STATEMENTS, STATEMENTS, STATEMENTS)
def test_boundaries_and_scps_never_widen(own: Any, limits: Any, scps: Any) -> None:
    free = allowed(made(own), some(4))
    assert allowed(made(own, limits=limits), some(4)) <= free
    assert allowed(made(own, scps=scps), some(4)) <= free


def searched(view: View) -> Grant:
    (grant,) = who_may(view, OPEN_TUNNEL, [ENDPOINT]).grants
    return grant


def expected_of(through: set[int]) -> Access:
    if len(through) == len(REQUESTS):
        return Access.ALLOWED
    return Access.CONDITIONAL if through else Access.DENIED


BRUTE = settings(LAWS, max_examples=60)


@BRUTE
@given(STATEMENTS, STATEMENTS, st.one_of(st.none(), STATEMENTS), st.one_of(st.none(), STATEMENTS))
def test_the_search_agrees_with_every_request_there_is(own: Any, grouped: Any, limits: Any, scps: Any) -> None:
    view = made(own, grouped=grouped, limits=limits, scps=scps)
    through, grant = allowed(view), searched(view)
    assert grant.access is expected_of(through)
    if through:
        assert decide(
            view, principal="user/ada", action=OPEN_TUNNEL, resource=ENDPOINT, context=grant.witness
        ).is_allowed


@BRUTE
@given(STATEMENTS, STATEMENTS, st.one_of(st.none(), STATEMENTS))
def test_what_is_needed_is_enough_and_no_more_than_that(own: Any, grouped: Any, limits: Any) -> None:
    view = made([allow(condition={"NumericLessThan": {PORT: 3389}}), *own], grouped=grouped, limits=limits)
    through, grant = allowed(view), searched(view)
    if grant.access is Access.CONDITIONAL:
        assert {place for place, request in enumerate(REQUESTS) if suffices(grant, request)} == through


def suffices(grant: Grant, request: dict[str, ContextValue]) -> bool:
    """Whether a request meets what the grant asks for, by the conditions of the statements it names."""
    given = given_context(request)
    return all(
        any(one.core.holds(given.get) is True for one in need.statements) is not need.denies for need in grant.needs
    )


PATTERN = st.text(alphabet="ab*?", min_size=1, max_size=4)
WORDS = ["".join(letters) for size in range(1, 7) for letters in product("abx", repeat=size)]


def fits(pattern: str, word: str) -> bool:
    """The slow way: letter by letter."""
    if not pattern:
        return not word
    if pattern[0] == "*":
        return any(fits(pattern[1:], word[skipped:]) for skipped in range(len(word) + 1))
    return bool(word) and pattern[0] in (word[0], "?") and fits(pattern[1:], word[1:])


@LAWS
@given(PATTERN, st.sampled_from(WORDS))
def test_wildcards_fit_as_they_do_letter_by_letter(pattern: str, word: str) -> None:
    filled = template(pattern, has_variables=False).fill(lambda _: None)
    assert isinstance(filled, tuple)
    assert matcher(filled)(word) is fits(pattern, word)


@LAWS
@given(st.lists(PATTERN, min_size=1, max_size=3, unique=True))
def test_there_is_a_text_for_every_way_to_fit_some_patterns(patterns: list[str]) -> None:
    globs = []
    for pattern in patterns:
        filled = template(pattern, has_variables=False).fill(lambda _: None)
        assert isinstance(filled, tuple)
        globs.append(Glob(filled))
    found = representatives(tuple(globs), Glob((Wild.ONE, Wild.MANY)))
    ways = {tuple(fits(pattern, word) for pattern in patterns) for word in found}
    assert len(ways) == len(found)
    assert {tuple(fits(pattern, word) for pattern in patterns) for word in WORDS} <= ways


@LAWS
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
                        ("Statement", "Effect", "Action", "Resource", "Condition", "Bool", "aws:x", "NotAction")), inner, max_size=4),
                    max_leaves=12))  # fmt: skip
def test_no_document_crashes_and_none_that_is_no_policy_allows(raw: Any) -> None:
    view = View(account(users=[{**user("ada"), "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": raw}]}]))
    verdict = decide(view, principal="user/ada", action=OPEN_TUNNEL, resource=ENDPOINT, context={}).verdict
    grant = searched(view)
    assert (verdict is Ruling.ALLOWED) <= (grant.access in (Access.ALLOWED, Access.CONDITIONAL))
    if not isinstance(raw, dict) or "Statement" not in raw:
        assert (verdict, grant.access) == (Ruling.UNKNOWN, Access.UNKNOWN)


def test_too_many_overlapping_patterns_are_undecided() -> None:
    globs = tuple(Glob((Wild.MANY, letter * 9, Wild.MANY)) for letter in "abcdefgh")
    with pytest.raises(Undecided, match="the patterns of its conditions are too many to compare"):
        representatives(globs, Glob((Wild.MANY,)))
