"""Conditions with three-valued logic: what is unknown stays unknown, unless it does not matter."""

from itertools import product
from typing import Any

import pytest

from workflows.language.expressions import (
    UNKNOWN,
    Compare,
    Constant,
    all_of,
    any_of,
    at_least,
    contains,
    equals,
    evaluate,
    field,
    fields_read,
    given,
    is_true,
    negate,
)

VALUES: list[Any] = [True, False, UNKNOWN]


def known(**fields: Any) -> dict[str, Any]:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value is not UNKNOWN}


def order(value: Any) -> int:
    return {False: 0, UNKNOWN: 1, True: 2}[value]


@pytest.mark.parametrize(("a", "b"), list(product(VALUES, VALUES)))
def test_all_of_is_the_least_and_any_of_the_greatest_of_false_unknown_true(a: Any, b: Any) -> None:
    fields, parts = known(a=a, b=b), (is_true("a"), is_true("b"))

    assert evaluate(all_of(*parts), fields) is min(a, b, key=order)
    assert evaluate(any_of(*parts), fields) is max(a, b, key=order)


@pytest.mark.parametrize(("a", "turned"), [(True, False), (False, True), (UNKNOWN, UNKNOWN)])
def test_a_negation_turns_what_is_known(a: Any, turned: Any) -> None:
    assert evaluate(negate(is_true("a")), known(a=a)) is turned


@pytest.mark.parametrize(("fields", "answer"), [({}, False), ({"a": None}, False), ({"a": 0}, True)])
def test_given_is_never_unknown(fields: dict[str, Any], answer: bool) -> None:
    assert evaluate(given("a"), fields) is answer


def test_empty_lists_of_parts_are_true_for_all_and_false_for_any() -> None:
    assert evaluate(all_of(), {}) is True
    assert evaluate(any_of(), {}) is False


COMPARISONS = [
    (equals("a", "x"), {"a": "x"}, True),
    (equals("a", "x"), {"a": "y"}, False),
    (equals("a", "x"), {}, UNKNOWN),
    (equals("a", "x"), {"a": None}, False),
    (equals("a", 1), {"a": 1}, True),
    (equals("a", 1), {"a": True}, False),
    (Compare(op="ne", left=field("a"), right=Constant(value=1)), {"a": True}, True),
    (contains("a", "x"), {"a": ["x", "y"]}, True),
    (contains("a", "x"), {"a": "x"}, False),
    (contains("a", "x"), {}, UNKNOWN),
    (at_least("a", 3), {"a": 3}, True),
    (at_least("a", 3), {"a": 2}, False),
    (at_least("a", 3), {"a": "3"}, UNKNOWN),
    (equals(field("a"), field("b")), {"a": 1, "b": 1}, True),
    (equals(field("a"), field("b")), {"a": 1}, UNKNOWN),
    (Compare(op="in", left=field("a"), right=Constant(value=("x", "y"))), {"a": "y"}, True),
    (Compare(op="in", left=field("a"), right=Constant(value=("x", "y"))), {"a": "z"}, False),
    (Compare(op="ne", left=field("a"), right=Constant(value="x")), {"a": "y"}, True),
    (Compare(op="lt", left=field("a"), right=Constant(value="b")), {"a": "a"}, True),
    (Compare(op="le", left=field("a"), right=Constant(value=2)), {"a": 2}, True),
    (Compare(op="gt", left=field("a"), right=Constant(value=2)), {"a": 2}, False),
]


@pytest.mark.parametrize(("condition", "fields", "answer"), COMPARISONS)
def test_a_comparison_compares_what_is_known(condition: Any, fields: dict[str, Any], answer: Any) -> None:
    assert evaluate(condition, fields) is answer


def test_a_condition_tells_which_fields_it_looks_at() -> None:
    condition = any_of(all_of(equals("a", 1), negate(given("b"))), contains(field("c"), field("d")))

    assert fields_read(condition) == {"a", "b", "c", "d"}
