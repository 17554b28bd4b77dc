"""Waits and handlers: who hears an event, what is cancelled, what goes on beside."""

from __future__ import annotations

import pytest

from tests.unit.machine.desk import Desk, flow
from workflows.language.words import (
    Handler,
    Step,
    always,
    approve,
    beside,
    carry_out,
    do,
    end,
    follow_up,
    interrupts,
    loop,
    message,
    nothing,
    parallel,
    role,
    sequence,
    set_field,
    to_applicant,
    wait,
)
from workflows.machine.decision import Ignored

GO = "trial.go.v1"
STOP = "trial.stop.v1"


def ask(name: str) -> Step:
    return carry_out(name, by=role("clerk"))


def asked(desk: Desk) -> list[str]:
    return [path for path, _ in desk.open()]


def listening(desk: Desk) -> list[tuple[str, int]]:
    return sorted((one.path, one.round) for one in desk.live.subscriptions)


# -- waits -------------------------------------------------------------------------------------------------


def test_a_wait_takes_its_event_and_writes_what_it_takes_plain_and_personal() -> None:
    desk = Desk(sequence(wait("more", event=GO, takes=("place", "name", "missing")), ask("after")))

    desk.event(GO, personal={"name": "样例", "other": "样例"}, place="T1", noise=1)

    assert asked(desk) == ["steps/after"]
    assert (desk.live.head.fields, desk.live.head.personal) == ({"place": "T1"}, {"name": "样例"})
    assert (desk.last.entry.path, desk.last.entry.delta["event"]) == ("steps/more", ["urn:test", "e2"])


@pytest.mark.parametrize(("type_", "key"), [("trial.other.v1", "k1"), (GO, "k2")])
def test_a_wait_hears_only_its_type_with_its_key(type_: str, key: str) -> None:
    desk = Desk(wait("more", event=GO))

    assert isinstance(desk.event(type_, key), Ignored)


def test_a_wait_may_listen_to_the_value_of_a_field() -> None:
    desk = Desk(wait("paid", event=GO, key="invoice"), fields={"invoice": "i7"})

    assert isinstance(desk.event(GO, "k1"), Ignored)
    assert desk.event(GO, "i7").after.head.state == "completed"


def test_a_wait_for_the_value_of_a_field_that_nobody_gave_hears_nothing_and_ends_by_silence() -> None:
    desk = Desk(wait("paid", event=GO, key="invoice", within=3, silence=end("unpaid")))
    assert listening(desk) == []

    desk.fire_next()

    assert desk.state == ("completed", "unpaid")


def test_branches_that_wait_for_the_same_event_all_hear_it() -> None:
    desk = Desk(parallel("both", always(sequence(wait("x", event=GO), ask("a"))), always(wait("y", event=GO))))

    desk.event(GO)

    assert asked(desk) == ["steps/0/a"]
    assert listening(desk) == []


def test_one_event_answers_one_wait_of_a_sequence() -> None:
    desk = Desk(sequence(wait("x", event=GO), wait("y", event=GO), end("both")))

    desk.event(GO)
    assert listening(desk) == [("steps/y", 1)]
    desk.event(GO)

    assert desk.state == ("completed", "both")


# -- handlers of a block -----------------------------------------------------------------------------------


def block(*steps: Step, on: Handler, name: str = "block") -> Step:
    return sequence(sequence(*steps, name=name, on=(on,)), ask("after"))


def test_an_interrupted_block_is_cancelled_and_the_case_goes_on_behind_it() -> None:
    desk = Desk(block(ask("x"), on=interrupts(STOP, nothing())))

    desk.event(STOP)

    assert asked(desk) == ["steps/after"]
    assert desk.closed()["steps/block/x", 1, 0] == ("cancelled", f"interrupted:{STOP}")


def test_what_interrupts_a_block_is_done_before_the_case_goes_on() -> None:
    desk = Desk(block(ask("x"), on=interrupts(STOP, ask("instead"))))

    desk.event(STOP)
    assert asked(desk) == ["steps/block/on/0#1"]
    desk.act("clerk", "complete", "steps/block/on/0#1")

    assert asked(desk) == ["steps/after"]


def test_the_handlers_of_a_block_that_is_done_hear_nothing() -> None:
    desk = Desk(block(ask("x"), on=interrupts(STOP, nothing())))

    desk.act("clerk", "complete", "steps/block/x")

    assert listening(desk) == []
    assert isinstance(desk.event(STOP), Ignored)


def test_the_handlers_of_a_block_inside_an_interrupted_one_hear_nothing_either() -> None:
    inner = sequence(ask("x"), name="inner", on=(beside(GO, nothing()),))
    desk = Desk(block(inner, on=interrupts(STOP, nothing())))

    desk.event(STOP)

    assert listening(desk) == []


def test_interrupting_one_branch_leaves_the_others() -> None:
    left = sequence(ask("x"), on=(interrupts(STOP, nothing()),))
    desk = Desk(sequence(parallel("both", always(left), always(ask("y"))), ask("after")))

    desk.event(STOP)
    assert asked(desk) == ["steps/both/1"]
    desk.act("clerk", "complete", "steps/both/1")

    assert asked(desk) == ["steps/after"]


def test_branches_with_handlers_for_the_same_event_are_all_interrupted() -> None:
    def branch() -> Step:
        return sequence(ask("x"), on=(interrupts(STOP, nothing()),))

    desk = Desk(sequence(parallel("both", always(branch()), always(branch())), ask("after")))

    desk.event(STOP)

    assert asked(desk) == ["steps/after"]


def test_a_parallel_has_handlers_too() -> None:
    desk = Desk(sequence(parallel("both", always(ask("x")), on=(interrupts(STOP, nothing()),)), ask("after")))

    desk.event(STOP)

    assert asked(desk) == ["steps/after"]


def test_the_root_may_be_interrupted() -> None:
    desk = Desk(sequence(ask("x"), on=(interrupts(STOP, do("note", set_field("stopped", value=True))),)))

    desk.event(STOP)

    assert desk.state == ("completed", "completed")
    assert desk.live.head.fields == {"stopped": True}


def test_what_goes_on_beside_a_block_holds_its_end_back() -> None:
    desk = Desk(block(ask("x"), on=beside(GO, ask("aside"))))
    desk.event(GO)

    desk.act("clerk", "complete", "steps/block/x")
    assert asked(desk) == ["steps/block/on/0#1"]
    desk.act("clerk", "complete", "steps/block/on/0#1")

    assert asked(desk) == ["steps/after"]


def test_beside_happens_every_time_and_each_time_by_itself() -> None:
    desk = Desk(block(ask("x"), on=beside(GO, ask("aside"))))

    desk.event(GO)
    desk.event(GO)
    assert asked(desk) == ["steps/block/on/0#1", "steps/block/on/0#2", "steps/block/x"]
    for path in ("steps/block/on/0#2", "steps/block/x", "steps/block/on/0#1"):
        desk.act("clerk", "complete", path)

    assert asked(desk) == ["steps/after"]


def test_what_goes_on_beside_a_block_is_cancelled_with_it() -> None:
    inner = sequence(ask("x"), name="inner", on=(beside(GO, ask("aside")),))
    desk = Desk(block(inner, on=interrupts(STOP, nothing())))
    desk.event(GO)

    desk.event(STOP)

    assert asked(desk) == ["steps/after"]
    assert desk.closed()["steps/block/inner/on/0#1", 1, 0][0] == "cancelled"


def test_a_handler_may_do_nothing_but_wait() -> None:
    desk = Desk(block(ask("x"), on=beside(GO, wait("again", event="trial.again.v1"))))
    desk.event(GO)

    desk.event("trial.again.v1")
    desk.act("clerk", "complete", "steps/block/x")

    assert asked(desk) == ["steps/after"]


def test_a_wait_inside_what_a_handler_does_hears_the_handlers_own_event_first() -> None:
    desk = Desk(block(ask("x"), on=beside(GO, sequence(wait("again", event=GO), message("done", to=role("clerk"))))))

    desk.event(GO)
    desk.event(GO)

    assert desk.told() == [("done", ("role:clerk:",))]
    assert listening(desk) == [("steps/block/on/0", 2)]


def test_a_handler_hears_nothing_that_a_step_inside_its_block_waits_for() -> None:
    desk = Desk(block(wait("more", event=GO), ask("x"), on=interrupts(GO, nothing())))

    desk.event(GO)
    assert asked(desk) == ["steps/block/x"]
    desk.event(GO)

    assert asked(desk) == ["steps/after"]


def test_the_first_of_two_handlers_for_the_same_event_hears_it() -> None:
    steps = sequence(ask("x"), on=(interrupts(GO, end("first")), interrupts(GO, end("second"))))
    desk = Desk(steps)

    desk.event(GO)

    assert desk.state == ("completed", "first")


def test_a_handler_inside_a_handler_stands_under_its_turn() -> None:
    instead = sequence(ask("y"), on=(interrupts(GO, ask("z")),))
    desk = Desk(block(ask("x"), on=interrupts(STOP, instead)))

    desk.event(STOP)
    desk.event(GO)
    assert asked(desk) == ["steps/block/on/0#1/on/0#1"]
    desk.act("clerk", "complete", "steps/block/on/0#1/on/0#1")

    assert asked(desk) == ["steps/after"]


def test_a_handler_writes_what_it_takes() -> None:
    desk = Desk(block(ask("x"), on=beside(GO, nothing(), takes=("place",))))

    desk.event(GO, place="T1", noise=1)

    assert desk.live.head.fields == {"place": "T1"}


# -- handlers of the workflow ------------------------------------------------------------------------------


def test_the_workflows_own_handler_stops_everything() -> None:
    desk = Desk(
        flow(parallel("both", always(ask("x")), always(wait("y", event=GO))), on=(interrupts(STOP, end("stopped")),))
    )

    desk.event(STOP)

    assert desk.state == ("completed", "stopped")


def test_what_the_workflow_does_instead_is_all_that_is_left_of_it() -> None:
    desk = Desk(flow(ask("x"), on=(interrupts(STOP, ask("instead")), beside(GO, ask("aside")))))

    desk.event(STOP)
    assert (asked(desk), listening(desk)) == (["on/0#1"], [])
    desk.act("clerk", "complete", "on/0#1")

    assert desk.state == ("completed", "completed")


def test_the_case_waits_for_what_goes_on_beside_it() -> None:
    desk = Desk(flow(ask("x"), on=(beside(GO, ask("aside")),)))
    desk.event(GO)

    desk.act("clerk", "complete", "steps")
    assert desk.state[0] == "running"
    desk.act("clerk", "complete", "on/0#1")

    assert desk.state == ("completed", "completed")


def test_a_wait_as_the_whole_of_what_the_workflow_does_beside_hears_its_own_event() -> None:
    desk = Desk(flow(ask("x"), on=(beside(GO, wait("again", event=GO)),)))

    desk.event(GO)
    desk.event(GO)

    assert listening(desk) == [("on/0", 2)]


def test_an_end_beside_the_case_ends_it() -> None:
    desk = Desk(flow(ask("x"), on=(beside(STOP, end("stopped")),)))

    desk.event(STOP)

    assert desk.state == ("completed", "stopped")


def test_an_interrupted_supplement_is_cancelled_with_its_time_limit() -> None:
    step = approve(
        "check", by=role("clerk"), on_return=to_applicant(within=5, silence=end("late")), on_reject=nothing()
    )
    desk = Desk(block(step, on=interrupts(STOP, nothing())))
    desk.act("clerk", "return", "steps/block/check", opinion="样例")

    desk.event(STOP)

    assert (asked(desk), desk.timers()) == (["steps/after"], [])


def test_plans_of_each_turn_are_their_own() -> None:
    desk = Desk(flow(ask("x"), on=(beside(GO, follow_up("later", event="trial.later.v1", months=1)),)))

    first, second = desk.event(GO), desk.event(GO)

    assert first.plans[0].id != second.plans[0].id


# -- by the value of a field -------------------------------------------------------------------------------


def keyed(*on: Handler, steps: Step | None = None) -> Desk:
    return Desk(flow(sequence(steps or ask("x"), end("done")), on=on), fields={"room": "r1"})


@pytest.mark.parametrize(("key", "state"), [("r1", "gone"), ("k1", None), ("r2", None)])
def test_a_handler_may_be_found_by_the_value_of_a_field(key: str, state: str | None) -> None:
    desk = keyed(interrupts(GO, end("gone"), key="room"))

    desk.event(GO, key)

    assert desk.state[1] == state


def test_a_handler_whose_field_has_no_value_hears_nothing() -> None:
    desk = keyed(interrupts(GO, end("gone"), key="hall"))

    assert desk.live.subscriptions == frozenset()


def test_a_block_that_is_entered_again_listens_by_the_value_of_that_moment() -> None:
    moved = sequence(ask("x"), name="there", on=(interrupts(GO, nothing(), takes=("room",), key="room"),))
    desk = keyed(steps=loop("until_done", do=moved, at_most=3))

    desk.event(GO, "r1", room="r2")

    assert {(one.type, one.key) for one in desk.live.subscriptions} == {(GO, "r2")}
