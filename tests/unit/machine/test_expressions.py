"""Conditions: Kleene's three values, against brute force over what the unknown could be."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from workflows.language.expressions import (
    UNKNOWN,
    Compare,
    Condition,
    Constant,
    FieldValue,
    all_of,
    any_of,
    at_least,
    contains,
    equals,
    evaluate,
    fields_read,
    given,
    is_true,
    negate,
)

NAMES = ("a", "b", "c")
TRUTHS = (True, False, UNKNOWN)


def fields(**truths: Any) -> dict[str, Any]:
    """Fields of the case; the unknown ones are absent."""
    return {name: value for name, value in truths.items() if value is not UNKNOWN}


CONDITIONS = st.recursive(
    st.sampled_from(NAMES).map(is_true),
    lambda parts: st.one_of(
        parts.map(negate),
        st.lists(parts, max_size=3).map(lambda some: all_of(*some)),
        st.lists(parts, max_size=3).map(lambda some: any_of(*some)),
    ),
    max_leaves=6,
)


def completions(known: dict[str, Any]) -> list[dict[str, Any]]:
    """Every way in which the unknown fields could be known."""
    missing = [name for name in NAMES if name not in known]
    return [known | dict(zip(missing, values, strict=True)) for values in product((True, False), repeat=len(missing))]


@pytest.mark.parametrize(("left", "right"), list(product(TRUTHS, repeat=2)))
def test_all_of_is_the_weakest_and_any_of_the_strongest_part(left: Any, right: Any) -> None:
    rank = {False: 0, UNKNOWN: 1, True: 2}
    value = {number: truth for truth, number in rank.items()}
    known = fields(a=left, b=right)

    assert evaluate(all_of(is_true("a"), is_true("b")), known) is value[min(rank[left], rank[right])]
    assert evaluate(any_of(is_true("a"), is_true("b")), known) is value[max(rank[left], rank[right])]


@pytest.mark.parametrize(("part", "negated"), [(True, False), (False, True), (UNKNOWN, UNKNOWN)])
def test_negation_leaves_the_unknown_unknown(part: Any, negated: Any) -> None:
    assert evaluate(negate(is_true("a")), fields(a=part)) is negated


def test_nothing_asked_is_true_of_all_and_false_of_any() -> None:
    assert evaluate(all_of(), {}) is True
    assert evaluate(any_of(), {}) is False


@for_all(CONDITIONS, st.dictionaries(st.sampled_from(NAMES), st.booleans()))
def test_a_known_answer_stays_whatever_the_unknown_turns_out_to_be(condition: Condition, known: dict[str, Any]) -> None:
    answer = evaluate(condition, known)

    later = {evaluate(condition, full) for full in completions(known)}

    assert UNKNOWN not in later
    assert answer is UNKNOWN or later == {answer}


@for_all(CONDITIONS, st.dictionaries(st.sampled_from(NAMES), st.booleans(), min_size=3))
def test_with_every_field_known_the_answer_is_that_of_two_valued_logic(
    condition: Condition, known: dict[str, Any]
) -> None:
    assert evaluate(condition, known) is two_valued(condition, known)


def two_valued(condition: Any, known: dict[str, Any]) -> bool:
    """The textbook answer."""
    match condition.op:
        case "not":
            return not two_valued(condition.part, known)
        case "all":
            return all(two_valued(part, known) for part in condition.parts)
        case "any":
            return any(two_valued(part, known) for part in condition.parts)
        case _:
            return bool(known[condition.left.name])


@for_all(CONDITIONS)
def test_the_fields_read_are_all_that_the_answer_depends_on(condition: Condition) -> None:
    read = fields_read(condition)
    noise = dict.fromkeys(set(NAMES) - read, True)

    assert evaluate(condition, dict.fromkeys(read, True)) is evaluate(condition, dict.fromkeys(read, True) | noise)


@pytest.mark.parametrize(
    ("condition", "known", "answer"),
    [
        (equals("a", "x"), {"a": "x"}, True),
        (equals("a", "x"), {"a": "y"}, False),
        (equals("a", "x"), {}, UNKNOWN),
        (equals("a", right=True), {"a": 1}, False),
        (equals("a", 1), {"a": True}, False),
        (equals("a", None), {"a": None}, True),
        (contains("a", "x"), {"a": ["x", "y"]}, True),
        (contains("a", "x"), {"a": "x"}, False),
        (contains("a", "x"), {}, UNKNOWN),
        (at_least("a", 3), {"a": 3}, True),
        (at_least("a", 3), {"a": 2}, False),
        (at_least("a", 3), {"a": "4"}, UNKNOWN),
        (at_least("a", 3), {}, UNKNOWN),
        (given("a"), {"a": False}, True),
        (given("a"), {"a": None}, False),
        (given("a"), {}, False),
    ],
)
def test_comparisons(condition: Condition, known: dict[str, Any], answer: Any) -> None:
    assert evaluate(condition, known) is answer


@pytest.mark.parametrize(
    ("op", "answers"),
    [
        ("eq", (False, True, False)),
        ("ne", (True, False, True)),
        ("lt", (True, False, False)),
        ("le", (True, True, False)),
        ("gt", (False, False, True)),
        ("ge", (False, True, True)),
    ],
)
def test_the_orders_of_numbers_and_texts(op: Any, answers: tuple[bool, ...]) -> None:
    numbers = [Compare(op=op, left=FieldValue(name="a"), right=Constant(value=2))]
    texts = [Compare(op=op, left=FieldValue(name="a"), right=Constant(value="2"))]

    assert tuple(evaluate(one, {"a": value}) for one in numbers for value in (1, 2, 3)) == answers
    assert tuple(evaluate(one, {"a": value}) for one in texts for value in ("1", "2", "3")) == answers


def test_a_value_may_be_looked_for_in_a_written_list() -> None:
    condition = Compare(op="in", left=FieldValue(name="a"), right=Constant(value=("x", "y")))

    assert [evaluate(condition, known) for known in ({"a": "x"}, {"a": "z"}, {})] == [True, False, UNKNOWN]
