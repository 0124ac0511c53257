"""JMESPath as the cards speak it: settings stay data, absent facts are null, and unknown facts decide nothing."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Iterator
from typing import Any

import jmespath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.expression import (
    ExpressionError,
    argument_types,
    ask,
    decide,
    fields_read,
    fill,
    fill_commands,
    parse,
    put_settings,
    settings_in,
    slots,
    strange_calls,
)
from scanner.model import Resource, Unknown

DOUBT = Unknown("it was refused")


def resource(**facts: Any) -> Resource:
    return Resource("AWS::EC2::VPC", "aws", "1", "eu-west-1", "vpc-1", "arn:vpc-1", facts)


class TestSettings:
    @given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=8))
    def test_any_value_stays_a_literal(self, value: Any) -> None:
        assert ask(put_settings("$value", {"value": value}), {"value": "fact"}) == value

    @pytest.mark.parametrize(
        "hostile",
        [
            "`",
            "\\`",
            "\\\\`",
            "` || `true",
            "'",
            '"',
            "$other",
            "\\",
            "\\u0060",
            "a`|| Secret ||`b",
            "\n",
            "{Secret}",
            "`true`",
        ],
    )
    def test_a_hostile_text_is_only_ever_compared(self, hostile: str) -> None:
        source = put_settings("contains($allowed, Name)", {"allowed": [hostile], "other": "x"})
        assert decide(source, {"Name": hostile, "Secret": True}) is True
        assert decide(source, {"Name": "something else", "Secret": True}) is False

    def test_quoted_text_is_left_alone(self) -> None:
        source = """A == '$a' && B == '\\'$a' && "$a" && `"$a"` && $a"""
        assert put_settings(source, {"a": 1}) == """A == '$a' && B == '\\'$a' && "$a" && `"$a"` && `1`"""
        assert settings_in(source) == ("a",)

    def test_quoted_text_does_not_grow_together_with_a_name(self) -> None:
        assert settings_in("$a'x'b $c_2") == ("a", "c_2")

    def test_a_setting_without_a_value_is_told_by_name(self) -> None:
        with pytest.raises(KeyError, match="ports"):
            put_settings("$ports", {})


class TestAbsentFacts:
    @pytest.mark.parametrize(
        "source",
        ["length(Nothing)", "contains(Nothing, 'x')", "contains('x', Nothing)", "starts_with(Nothing, 'x')", "keys(Nothing)",
         "join(', ', Nothing)", "max(Nothing)", "sort(Nothing)", "lower(Nothing)", "matches(Nothing, 'x')", "merge(Nothing, @)",
         "Nothing.Inner[0].Deep", "Nothing[].x", "Nothing[?x=='y']", "Nothing.*", "Nothing < `3`", "sort_by(Nothing, &x)",
         "map(&x, Nothing)"],
    )  # fmt: skip
    def test_null_in_null_out(self, source: str) -> None:
        assert ask(source, {}) is None
        assert decide(f"!({source})", {}) is True

    @pytest.mark.parametrize(
        ("source", "value"),
        [("not_null(A, 'x')", "x"), ("type(A)", "null"), ("to_string(A)", "null"), ("to_array(A)", [None]),
         ("to_number(A)", None)],
    )  # fmt: skip
    def test_functions_that_have_an_answer_for_null_give_it(self, source: str, value: object) -> None:
        assert ask(source, {}) == value


class TestOwnFunctions:
    def test_lower_and_matches(self) -> None:
        assert decide("lower(State) == 'available'", {"State": "Available"}) is True
        assert decide("matches(Name, '^bastion-[0-9]+$')", {"Name": "bastion-1"}) is True
        assert decide("matches(Name, '^bastion$')", {"Name": "bastion-1"}) is False

    def test_a_pattern_that_is_none_is_told(self) -> None:
        with pytest.raises(ExpressionError, match="matches"):
            ask("matches(Name, '(')", {"Name": "x"})


class TestOrder:
    @pytest.mark.parametrize(
        ("source", "value"),
        [("A < `2`", True), ("A >= `2`", False), ("B < 'b'", True), ("B < `2`", None), ("A < 'b'", None), ("C < `2`", None),
         ("A == `1.0`", True), ("C == `1`", False), ("A != C", True)],
    )  # fmt: skip
    def test_only_like_is_compared_with_like(self, source: str, value: object) -> None:
        assert ask(source, {"A": 1, "B": "a", "C": True}) is value


class TestMistakes:
    @pytest.mark.parametrize(
        "source",
        ["A ==", "A = 'x'", "$Setting", "", "no_such(A)", "length(`3`)", "A[::0]", "(" * 20_000, "join(A)", "ceil(`1e400`)",
         "abs('x')"],
        ids=range(11),
    )  # fmt: skip
    def test_whatever_has_no_answer_is_one_line(self, source: str) -> None:
        with pytest.raises(ExpressionError) as mistake:
            ask(source, {"A": [1, 2]})
        assert "\n" not in str(mistake.value)

    def test_an_unknown_function_is_told_before_it_is_asked(self) -> None:
        tree = parse("contians(A, 'x') || A[?lenght(@) > `3`] || length(A, B)")
        assert list(strange_calls(tree)) == [
            ("there is no function 'contians'", "did you mean 'contains'?"),
            ("there is no function 'lenght'", "did you mean 'length'?"),
            ("the function 'length' takes 1 argument, not 2", ""),
        ]

    def test_functions_with_any_number_of_arguments_take_them(self) -> None:
        assert list(strange_calls(parse("not_null(A, B, C, D)"))) == []
        assert list(strange_calls(parse("not_null()"))) == [("the function 'not_null' takes 1 argument, not 0", "")]

    def test_a_pattern_that_is_none_is_told_before_it_is_tried(self) -> None:
        told = list(strange_calls(parse("matches(A, '(')")))
        assert told == [("'(' is no pattern: missing ), unterminated subpattern at position 0", "")]

    def test_the_types_of_arguments_are_known(self) -> None:
        assert argument_types("starts_with") == (("string",), ("string",))
        assert argument_types("max") == (("array", "array"),)
        assert argument_types("no_such") == ()

    def test_one_level_more_does_not_take_twice_as_long(self) -> None:
        begin = time.process_time()
        assert ask("A" + "[].B" * 24, {"A": []}) == []
        assert ask("A == B" + " == C" * 24, {}) in (True, False)
        assert time.process_time() - begin < 1


class TestSentences:
    def test_slots_are_filled_with_facts_in_words(self) -> None:
        vpc = resource(A="x", B=["y", 1], C=True, D=None, E=DOUBT, F={"b": 1, "a": DOUBT}, G=[])
        assert fill("{A} {B} {C} {D} {E} {G} {length(B)}", vpc) == "x y, 1 true (none) (unknown) (none) 2"
        assert fill("{F}", vpc) == '{"a": "(unknown)", "b": 1}'

    def test_slots_know_the_settings(self) -> None:
        assert fill("{A} is not among {$allowed}", resource(A="x"), {"allowed": ["y", "z"]}) == "x is not among y, z"

    def test_what_a_fact_says_is_no_slot(self) -> None:
        assert fill("{A}", resource(A="{B}", B="secret")) == "{B}"

    def test_a_slot_that_has_no_answer_does_not_cost_the_sentence(self) -> None:
        assert fill("{A} has {length(B)}", resource(A="x", B=5)) == "x has (none)"

    def test_in_a_command_every_value_is_one_shell_word(self) -> None:
        text = "Delete {A}:\naws ec2 delete-vpc --vpc-id {A} \\\n  --tags {B}\nor keep {A}"
        vpc = resource(A="$(rm -rf ~)", B=["x y", "z"])
        assert fill_commands(text, vpc) == (
            "Delete $(rm -rf ~):\naws ec2 delete-vpc --vpc-id '$(rm -rf ~)' \\\n  --tags 'x y, z'\nor keep $(rm -rf ~)"
        )
        assert fill_commands("aws x {$kept}", vpc, {"kept": "a'b"}) == "aws x 'a'\"'\"'b'"

    def test_slots_are_found(self) -> None:
        assert slots("{A} and {B.C}, not {} or { }") == ("A", "B.C", " ")


@pytest.mark.parametrize(
    ("source", "fields"),
    [
        ("A && !(B.C)", ("A", "B.C")),
        ("State.Name == 'x' || State.Name == 'y'", ("State.Name",)),
        ("Groups[].GroupId", ("Groups",)),
        ("Groups[0].Deep.Inner", ("Groups",)),
        ("Groups[?GroupName == 'x' && Other].GroupId | [0].Z", ("Groups",)),
        ("contains(`[1]`, A)", ("A",)),
        ("sort_by(Items, &Key)[0].Name", ("Items",)),
        ("{a: A, b: B.C}", ("A", "B.C")),
        ("Map.*.X", ("Map",)),
        ("Items[1:2]", ("Items",)),
        ("'x'", ()),
    ],
)
def test_the_evidence_of_an_expression_is_the_outermost_facts_it_reads(source: str, fields: tuple[str, ...]) -> None:
    assert fields_read(source) == fields


def test_the_whole_of_the_facts_is_an_object_like_any_other() -> None:
    vpc = resource(A=1, B=2)
    assert ask("sort(keys(@))", vpc.facts) == ["A", "B"]
    assert ask("type(@)", vpc.facts) == "object"


class TestUnknownFacts:
    @pytest.mark.parametrize(
        ("source", "verdict"),
        [
            ("A", None), ("!A", None), ("A == 'x'", None), ("'x' != A", None), ("A > `3`", None), ("A.B.C", None),
            ("A && F", False), ("F && A", False), ("A || T", True), ("T || A", True), ("A && T", None), ("T && A", None),
            ("A || F", None), ("F || A", None), ("!(A && F)", True), ("!(A || T)", False),
            ("A[0]", None), ("A[]", None), ("A[*].x", None), ("A[?x]", None), ("A.*", None), ("A[1:]", None),
            ("length(A)", None), ("contains(A, 'x')", None), ("type(A)", None), ("not_null(A, 'x')", None), ("A | [0]", None),
            ("L[].D", None), ("L[*].D", None), ("L[?D]", None), ("L[?N=='a'].D", None), ("L[?N=='a' && D]", None),
            ("L[?N=='none' && D]", False), ("L[?N=='b'].N", True), ("M.*", None), ("M.*.X", None),
            ("[A]", True), ("{a: A}", True), ("[A][]", None), ("[A][0]", None), ("[[A]][][]", None),
            ("[A] == ['x']", None), ("{a: {b: A}} == F", None), ("contains([[A]], 'x')", None),
            ("sort_by(L, &D)", None), ("max_by(L, &N).N", None), ("L[].N | [0]", True), ("A == A", None),
            ("T && A.B == `1` || T", True), ("length(L)", None),
        ],
    )  # fmt: skip
    def test_what_it_could_change_stays_unknown_and_the_rest_is_decided(self, source: str, verdict: object) -> None:
        facts = {
            "A": DOUBT,
            "T": True,
            "F": False,
            "L": [{"N": "a", "D": DOUBT}, {"N": "b", "D": 1}],
            "M": {"x": DOUBT},
        }
        answer = decide(source, facts)
        if verdict is None:
            assert isinstance(answer, Unknown)
            assert answer.why == "it was refused"
        else:
            assert answer is verdict

    def test_a_guard_protects_what_stands_behind_it(self) -> None:
        guarded = "type(A) == 'string' && starts_with(A, 'x')"
        assert decide(guarded, {"A": 5}) is False
        assert decide("type(A) != 'string' || starts_with(A, 'x')", {"A": 5}) is True
        assert isinstance(decide("U && starts_with(A, 'x')", {"A": 5, "U": DOUBT}), Unknown)
        assert isinstance(decide("U || starts_with(A, 'x')", {"A": 5, "U": DOUBT}), Unknown)

    def test_an_empty_list_has_no_unknown_items(self) -> None:
        assert decide("A[].B", {"A": []}) is False


# A small account to ask about, and expressions of every form over its fields.
_SCALARS = st.none() | st.booleans() | st.sampled_from(["", "a", "b"]) | st.integers(0, 2)
_ITEMS = st.lists(st.fixed_dictionaries({}, optional={"N": _SCALARS, "D": _SCALARS}) | _SCALARS, max_size=3)
_FACTS = st.fixed_dictionaries(
    {},
    optional={
        "A": _SCALARS,
        "B": _SCALARS,
        "L": _ITEMS,
        "K": st.lists(_ITEMS | _SCALARS, max_size=2),
        "M": st.dictionaries(st.sampled_from("xy"), _SCALARS | st.fixed_dictionaries({}, optional={"N": _SCALARS})),
    },
)
_LITERALS = st.sampled_from(["'a'", "''", "`1`", "`true`", "`false`", "`null`", "`[]`", '`["a"]'.strip("`").join("``")])
_PATHS = st.sampled_from(
    ["A", "B", "L", "K", "M", "M.x", "M.x.N", "L[0]", "L[-1].D", "L[].N", "L[*].D", "L[]", "K[]", "K[][]", "K[].N", "M.*", "M.*.N",
     "L[1:]", "L[:1].N", "L[?N]", "L[?N == 'a'].D", "L[?D || N == B]", "L[?!D] | [0].N", "[A, B]", "{a: A, b: L}", "L[].[N, D][]",
     "L[].{n: N}", "L | [0]", "K[0][?N]", "@", 'L[?contains(`["a"]`, N)]']
)  # fmt: skip


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(inner, st.sampled_from(["==", "!=", "<", ">="]), inner).map(lambda x: f"({x[0]} {x[1]} {x[2]})"),
        two.map(lambda x: f"({x[0]} && {x[1]})"),
        two.map(lambda x: f"({x[0]} || {x[1]})"),
        inner.map(lambda x: f"!({x})"),
        inner.map(lambda x: f"({x})[]"),
        inner.map(lambda x: f"({x})[*].N"),
        inner.map(lambda x: f"({x})[?D]"),
        inner.map(lambda x: f"({x}) | [0]"),
        inner.map(lambda x: f"type({x})"),
        inner.map(lambda x: f"length(to_array({x}))"),
        inner.map(lambda x: f"to_string({x})"),
        two.map(lambda x: f"contains(to_array({x[0]}), {x[1]})"),
        two.map(lambda x: f"not_null({x[0]}, {x[1]})"),
        two.map(lambda x: f"[{x[0]}, {x[1]}]"),
        two.map(lambda x: f"map(&N, to_array({x[0]})) == {x[1]}"),
    )


_EXPRESSIONS = st.recursive(_PATHS | _LITERALS, _grown, max_leaves=6)


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every part of the facts that could have been refused: members and items, leaves and whole branches."""
    for key, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*at, key)
        yield from _places(part, (*at, key))


def _with_unknown(facts: dict[str, Any], place: tuple[Any, ...]) -> dict[str, Any]:
    refused = copy.deepcopy(facts)
    part: Any = refused
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = DOUBT
    return refused


@settings(max_examples=1500, deadline=None)
@given(source=_EXPRESSIONS, facts=_FACTS, data=st.data())
def test_no_unknown_fact_ever_turns_a_verdict_round(source: str, facts: dict[str, Any], data: st.DataObject) -> None:
    places = [*_places(facts), *((name,) for name in "ABLKM" if name not in facts)]
    refused = facts
    for place in data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=2, unique=True)):
        if all(place[: len(other)] != other for other in _unknown_places(refused)):
            refused = _with_unknown(refused, place)
    try:
        verdict = decide(source, facts)
    except ExpressionError:
        return  # a crash is told as one; what stays unknown besides is no verdict either
    try:
        doubted = decide(source, refused)
    except ExpressionError:
        return
    assert isinstance(doubted, Unknown) or doubted is verdict


def _unknown_places(facts: dict[str, Any]) -> list[tuple[Any, ...]]:
    found = []
    for place in _places(facts):
        part: Any = facts
        for key in place:
            part = part[key]
        if isinstance(part, Unknown):
            found.append(place)
    return found


@settings(max_examples=500, deadline=None)
@given(source=_EXPRESSIONS, facts=_FACTS)
def test_without_unknown_facts_it_is_jmespath(source: str, facts: dict[str, Any]) -> None:
    """Where JMESPath itself has an answer; only for null arguments and mixed orders it has none, or raises."""
    try:
        theirs = jmespath.search(source, facts)
    except (jmespath.exceptions.JMESPathError, TypeError):
        return
    ours = ask(source, facts)
    if "map(" in source or "contains(" in source:
        return  # functions over null: see TestAbsentFacts
    assert json.dumps(ours, sort_keys=True) == json.dumps(theirs, sort_keys=True)


@pytest.mark.parametrize(
    "source", ["(L || 'a') == 'b'", "(L || 'a') != 'b'", "(L || 'a')[0]", "contains(L || 'a', 'b')"]
)
def test_a_default_for_an_unknown_fact_is_as_unknown(source: str) -> None:
    assert isinstance(decide(source, {"L": Unknown("refused")}), Unknown)


@pytest.mark.parametrize(
    ("source", "verdict"), [("L || `true`", True), ("L && `false`", False), ("!(L || `true`)", False)]
)
def test_what_one_side_decides_stays_decided(source: str, *, verdict: bool) -> None:
    assert decide(source, {"L": Unknown("refused")}) is verdict
