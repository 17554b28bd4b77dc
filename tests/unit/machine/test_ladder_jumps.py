"""逾期跳转: the ladder lets the case go on at another step, as the verb does, and never where the verb needs a second person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.unit.machine.desk import Desk, flow
from workflows.language.expressions import is_true
from workflows.language.words import (
    Step,
    always,
    approve,
    carry_out,
    choice,
    end,
    jump,
    loop,
    parallel,
    remind,
    role,
    sequence,
    when,
)
from workflows.machine.case import SYSTEM, Timer
from workflows.machine.decision import Ignored
from workflows.testkit import staff

NO = end("refused", "rejected")
PEOPLE = staff(a="one", b="two", c="three", head="office_head")


def step(name: str, by: str = "one", to: str | None = None, **more: Any) -> Step:
    ladder = (remind(0),) if to is None else (jump(0, to),)
    return approve(name, by=role(by), within=3, overdue=ladder, on_reject=NO, **more)


def desk(*steps: Step, **fields: Any) -> Desk:
    return Desk(flow(sequence(*steps, end("done", "approved"))), roster=PEOPLE, fields=fields)


def jumps(desk: Desk) -> Timer:
    """The timer of the ladder that jumps."""
    return min(desk.live.timers.values(), key=lambda one: (one.due_at, one.path))


def places(desk: Desk) -> list[tuple[str, int]]:
    return [(path.removeprefix("steps/"), round_) for path, round_ in desk.open()]


def test_the_case_goes_on_at_the_step_that_the_rung_names_in_the_next_round() -> None:
    case = desk(step("first", to="last"), step("between", "two"), step("last", "three"))

    case.fire(jumps(case))

    assert places(case) == [("last", 2)]
    rule = "rule:ladder:steps/first:0"
    assert (case.last.entry.actor, case.last.entry.authority) == (SYSTEM, rule)
    assert case.last.entry.delta["rewind"] == {
        "from": "steps/first",
        "to": "steps/last",
        "way": "step",
        "why": "jumped",
    }
    assert case.closed() == {("steps/first", 1, 0): ("cancelled", rule)}
    assert case.told() == [("jumped", ("role:one:",))]


def test_a_jump_back_asks_those_again_who_had_answered() -> None:
    case = desk(step("first"), step("second", "two", to="first"))
    case.act("a", "agree", "steps/first")

    case.fire(next(one for one in case.live.timers.values() if one.path == "steps/second"))

    assert places(case) == [("first", 2)]
    assert [one.superseded for one in case.ledger.closed.values() if one.path == "steps/first"] == [2]


def test_out_of_a_branch_the_other_branches_end() -> None:
    fork = parallel("fork", always(step("left", to="last")), always(step("right", "two")))
    case = desk(fork, step("last", "three"))

    case.fire(next(one for one in case.live.timers.values() if one.path.endswith("fork/0")))

    assert places(case) == [("last", 2)]
    assert {by for _, by in case.closed().values()} == {"rule:ladder:steps/fork/0:0"}


def test_inside_a_turn_of_a_loop_it_stays_in_the_turn() -> None:
    turn = sequence(step("look", to="sum"), step("between", "two"), step("sum", "three"), name="turn")
    case = desk(loop("rounds", do=turn, until=is_true("fine"), at_most=2))

    case.fire(jumps(case))

    assert places(case) == [("rounds/do#1/sum", 2)]


def test_into_a_choice_it_opens_the_way_that_was_not_taken() -> None:
    ways = choice("ways", when(is_true("fine"), step("short", to="long")), otherwise=step("long", "two"))
    case = desk(ways, fine=True)

    case.fire(jumps(case))

    assert places(case) == [("ways/otherwise", 2)]


def test_over_a_compulsory_step_it_is_not_made_and_the_office_is_told() -> None:
    """`check` refuses such a definition; a case that runs one all the same is not let past."""
    case = desk(step("first", to="last"), step("law", "two", compulsory=True), step("last", "three"))

    case.fire(jumps(case))

    assert places(case) == [("first", 1)]
    assert case.last.entry.delta["not_jumped"] == "compulsory"
    assert case.told() == [("not_jumped", ("role:office_head:",)), ("remind", ("role:one:",))]


def test_a_step_that_the_definition_has_not_is_not_jumped_to() -> None:
    case = desk(step("first", to="nowhere"), step("last", "three"))

    case.fire(jumps(case))

    assert (places(case), case.last.entry.delta["not_jumped"]) == ([("first", 1)], "unknown_step")


def test_a_second_firing_and_an_answer_before_it_leave_nothing_to_do() -> None:
    case, answered = (desk(step("first", to="last"), step("last", "three")) for _ in range(2))
    timer = jumps(case)
    case.fire(timer)
    answered.act("a", "agree", "steps/first")

    assert isinstance(case.fire(timer), Ignored)
    assert isinstance(answered.fire(timer), Ignored)
    assert places(answered) == [("last", 1)]


def test_what_is_carried_out_may_be_left_by_it() -> None:
    late = carry_out("first", by=role("one"), within=3, overdue=(jump(1, "last"),))
    case = desk(late, step("last", "three"))

    case.fire(jumps(case))

    assert places(case) == [("last", 2)]


def test_a_jump_whose_due_date_has_moved_waits() -> None:
    case = desk(step("first", to="last"), step("last", "three"))
    timer = jumps(case)
    early = replace(timer, due_at=case.now)
    case.live = replace(case.live, timers={early.id: early})

    case.fire(early)

    assert places(case) == [("first", 1)]
    assert jumps(case).due_at == timer.due_at
