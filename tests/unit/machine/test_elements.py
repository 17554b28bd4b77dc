"""Fields inside a for-each belong to its element, plain and personal ones alike."""

from __future__ import annotations

from tests.unit.machine.desk import Desk, flow
from workflows.language.expressions import equals
from workflows.language.words import (
    Form,
    FormField,
    Step,
    carry_out,
    choice,
    do,
    emit,
    end,
    erase,
    for_each,
    nothing,
    role,
    sequence,
    wait,
    when,
)

ASKED = Form(name="who.v1", fields=(FormField(name="name", type="text", personal=True),))


def each(*steps: Step) -> Desk:
    """A case of two elements that first ask for a name, then do these steps."""
    ask = carry_out("ask", by=role("clerk"), form=ASKED.name)
    block = for_each("each", over=2, each="n", do=sequence(ask, *steps))
    rest = carry_out("rest", by=role("clerk"))
    return Desk(flow(sequence(block, rest), forms=(ASKED,)), personal={"name": "样例甲"})


def told(desk: Desk, element: int, name: str) -> None:
    desk.act("clerk", "complete", f"steps/each/do#{element}/ask", form={"name": name})


WHICH = choice("which", when(equals("name", "样例乙"), carry_out("seen", by=role("clerk"))), otherwise=nothing())


def test_a_condition_sees_the_personal_value_of_its_own_element() -> None:
    desk = each(WHICH)

    told(desk, 2, "样例乙")

    assert desk.open() == [("steps/each/do#1/ask", 1), ("steps/each/do#2/which/0", 1)]


def test_no_other_element_and_no_step_outside_sees_it() -> None:
    desk = each(wait("go", event="go.v1"), WHICH)

    told(desk, 2, "样例乙")
    told(desk, 1, "样例丙")
    desk.event("go.v1")

    assert desk.open() == [("steps/each/do#2/which/0", 1)]
    assert desk.live.head.personal["name"] == "样例甲"


def test_an_inner_element_sees_what_the_outer_one_was_told() -> None:
    desk = each(for_each("inner", over=1, each="m", do=WHICH))

    told(desk, 1, "样例乙")

    assert desk.open() == [("steps/each/do#1/inner/do#1/0", 1), ("steps/each/do#2/ask", 1)]


def test_an_event_that_an_element_says_carries_its_personal_value() -> None:
    desk = each(do("say", emit("member.supplemented.v1")))

    told(desk, 1, "样例乙")

    assert desk.last.emitted[0].personal == {"name": "样例乙"}


def test_before_it_is_told_an_element_sees_the_value_of_the_case() -> None:
    desk = Desk(
        flow(for_each("each", over=1, each="n", do=do("say", emit("member.supplemented.v1")))),
        personal={"name": "样例甲"},
    )

    assert desk.last.emitted[0].personal == {"name": "样例甲"}


def test_erasing_takes_the_personal_values_of_every_element_along() -> None:
    desk = each(wait("go", event="go.v1"), do("gone", erase()), end("gone"))
    told(desk, 1, "样例乙")
    told(desk, 2, "样例丙")

    desk.event("go.v1")

    assert desk.live.head.personal == {}
