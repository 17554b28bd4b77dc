"""What is different between two versions: each step once, by what became of it."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.language.random_definitions import definitions
from workflows.language.differences import FieldChange, Kind, differences
from workflows.language.expressions import is_true
from workflows.language.files import logic_hash
from workflows.language.words import (
    Step,
    Workflow,
    approve,
    carry_out,
    choice,
    deem,
    end,
    interrupts,
    message,
    nothing,
    role,
    sequence,
    when,
    workflow,
)
from workflows.machine.nodes import everything

CLERK = role("clerk")


def version(*steps: Step, **heading: Any) -> Workflow:
    return workflow("w", **{"starts_on": "w.v1", "about": "w", **heading}, steps=sequence(*steps))


def told(old: Workflow, new: Workflow) -> list[tuple[str, str]]:
    return [(one.kind.value, one.path) for one in differences(old, new)]


A, B, C = (carry_out(name, by=CLERK) for name in ("a", "b", "c"))


def test_a_step_that_came_or_went_is_told_with_its_place() -> None:
    assert told(version(A, C), version(A, B, C)) == [("added", "steps/b")]
    assert told(version(A, B, C), version(A, C)) == [("removed", "steps/b")]


def test_a_field_that_changed_is_told_with_what_it_said() -> None:
    old, new = (version(approve("a", by=CLERK, within=days, on_reject=nothing())) for days in (3, 5))

    [found] = differences(old, new)

    assert (found.kind, found.path, found.fields) == (Kind.CHANGED, "steps/a", (FieldChange("within", 3, 5),))


def test_what_a_ladder_does_by_itself_is_told_with_the_rung_before_and_after() -> None:
    old, new = (
        version(approve("a", by=CLERK, within=3, overdue=(deem(at, "agree"),), on_reject=nothing())) for at in (0, 2)
    )

    [found] = differences(old, new)

    rungs = [{"rung": "deem", "at": at, "answer": "agree"} for at in (0, 2)]
    assert found.fields == (FieldChange("overdue", [rungs[0]], [rungs[1]]),)


def test_one_step_put_elsewhere_in_the_sequence_has_moved_and_the_others_have_not() -> None:
    assert told(version(A, B, C), version(B, C, A)) == [("moved", "steps/a")]


def test_a_step_put_into_another_block_has_moved_and_says_from_where() -> None:
    inside = choice("which", when(is_true("x"), B), otherwise=nothing())

    found = differences(version(A, B), version(A, inside))

    assert [(one.kind.value, one.path, one.before) for one in found if one.kind is Kind.MOVED] == [
        ("moved", "steps/which/0", "steps/b")
    ]


def test_what_a_block_takes_along_has_not_moved() -> None:
    block = sequence(A, message("m", to=CLERK), name="part")

    assert told(version(block, B), version(B, block)) == [("moved", "steps/b")]
    assert told(version(block), version(choice("which", when(is_true("x"), block), otherwise=nothing()))) == [
        ("added", "steps/which"),
        ("moved", "steps/which/0"),
        ("added", "steps/which/otherwise"),
    ]


def test_a_step_without_a_name_is_the_same_behind_another_one() -> None:
    assert told(version(A, end("done")), version(A, B, end("done"))) == [("added", "steps/b")]
    assert told(version(A, end("done")), version(A, B, end("over"))) == [("changed", "steps/2"), ("added", "steps/b")]


def test_another_word_under_the_same_name_is_another_step() -> None:
    assert told(version(carry_out("a", by=CLERK)), version(message("a", to=CLERK))) == [
        ("added", "steps/a"),
        ("removed", "steps/a"),
    ]


def test_what_the_workflow_itself_says_is_told_at_no_path() -> None:
    handled = version(A, on=(interrupts("x.v1", end("x")),))

    found = differences(version(A), handled)

    assert [(one.kind.value, one.path) for one in found] == [("changed", ""), ("added", "on/0")]
    assert [one.name for one in found[0].fields] == ["on"]


@settings(max_examples=150, deadline=None)
@given(st.tuples(definitions, definitions))
def test_nothing_is_different_exactly_where_the_hashes_are_equal(pair: tuple[Workflow, Workflow]) -> None:
    old, new = pair

    assert differences(old, old) == ()
    assert (differences(old, new) == ()) == (logic_hash(old) == logic_hash(new))


@settings(max_examples=150, deadline=None)
@given(st.tuples(definitions, definitions))
def test_every_step_of_both_versions_is_accounted_for_once(pair: tuple[Workflow, Workflow]) -> None:
    old, new = pair

    found = differences(old, new)

    came = {one.path for one in found if one.kind is Kind.ADDED}
    went = {one.path for one in found if one.kind is Kind.REMOVED}
    before, after = ({node.path for node in everything(one)} for one in pair)
    assert came <= after
    assert went <= before
    assert len(before) - len(went) == len(after) - len(came)
