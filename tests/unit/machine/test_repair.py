"""A running case moves to another version of its workflow where all that is live stays what it is."""

from __future__ import annotations

import pytest

from workflows.language.files import logic_hash
from workflows.language.words import (
    Form,
    FormField,
    Handler,
    Step,
    Workflow,
    always,
    approve,
    beside,
    call,
    carry_out,
    deem,
    do,
    end,
    exclusive,
    for_each,
    hand_over,
    interrupts,
    loop,
    message,
    nothing,
    parallel,
    public_notice,
    race,
    remind,
    role,
    sequence,
    set_field,
    to_applicant,
    wait,
    way,
    workflow,
)
from workflows.machine.repair import Obstacle
from workflows.moves.acting import Answer
from workflows.moves.migrating import migrate, obstacles_for
from workflows.testkit import Office, staff

CLERK, HEAD = role("clerk"), role("office_head")
FORM = Form(name="report.v1", fields=(FormField(name="fine", type="boolean"),))
LOOK = carry_out("look", by=CLERK, within=2, overdue=(remind(0),))
DECIDE = approve("decide", by=HEAD, on_reject=end("no"))


def version(*steps: Step, forms: tuple[Form, ...] = (FORM,), on: tuple[Handler, ...] = ()) -> Workflow:
    return workflow(
        "tried", starts_on="tried.v1", about="matter", person=True, forms=forms, on=on, steps=sequence(*steps)
    )


def standing_in(old: Workflow, new: Workflow, *others: Workflow) -> tuple[Office, str]:
    """A case on the old version, in an office that has the new one too."""
    office = Office(workflows=(old, *others), roster=staff(chen="clerk", he="office_head"))
    case = office.send(office.event("tried.v1", key="k1", person="k1", parts=["a", "b"])).cases[0]
    office.library.adopt(new)
    return office, case


def moved(office: Office, case: str, new: Workflow, by: str = "he") -> Answer:
    answer = migrate(office.engine, case, logic_hash(new), office.viewer(by), "样例：更正", key=f"m{logic_hash(new)}")
    office.drain()
    return answer


def codes(found: tuple[Obstacle, ...]) -> list[tuple[str, str]]:
    return [(one.code, one.path.removeprefix("steps/")) for one in found]


def test_a_case_moves_to_a_version_that_goes_on_differently() -> None:
    old, new = version(LOOK, DECIDE), version(LOOK, carry_out("file", by=CLERK), DECIDE)
    office, case = standing_in(old, new)

    answer = moved(office, case, new)
    office.act("chen", office.inbox("chen")[0].item, "complete")

    assert answer.status == 200
    assert office.case(case).head.workflow_hash == logic_hash(new)
    assert [one.item.path for one in office.inbox("chen")] == ["steps/file"]


def test_the_history_says_who_moved_it_and_between_which_versions() -> None:
    old, new = version(LOOK, DECIDE), version(LOOK, end("done"))
    office, case = standing_in(old, new)

    moved(office, case, new)
    entry = office.history(case)[-1].body

    assert (entry["what"], entry["actor"]) == ("act:migrate", "he")
    assert entry["delta"]["definition"] == [logic_hash(old), logic_hash(new)]
    assert office.store.reads.verify().where is None


def test_it_moves_back_by_the_same_rule() -> None:
    old, new = version(LOOK, DECIDE), version(LOOK, end("done"))
    office, case = standing_in(old, new)
    moved(office, case, new)

    answer = moved(office, case, old)

    assert answer.status == 200
    assert office.case(case).head.workflow_hash == logic_hash(old)


def test_nothing_is_entered_left_or_told_by_the_move_itself() -> None:
    old, new = version(LOOK, DECIDE), version(LOOK, end("done"))
    office, case = standing_in(old, new)
    before, effects = office.case(case), office.effects()

    moved(office, case, new)
    after = office.case(case)

    assert (after.items, after.timers, after.subscriptions) == (before.items, before.timers, before.subscriptions)
    assert office.effects() == effects


def test_a_step_put_before_the_one_that_is_live_does_not_move_the_case_from_its_place() -> None:
    old, new = version(LOOK, DECIDE), version(do("mark", set_field("a", value=True)), LOOK, end("done"))
    office, case = standing_in(old, new)

    moved(office, case, new)
    office.act("chen", office.inbox("chen")[0].item, "complete")

    assert office.case(case).head.outcome == "done"


def test_a_handler_that_only_the_new_version_has_is_heard_at_once() -> None:
    old = version(LOOK)
    new = version(LOOK, on=(interrupts("stopped.v1", end("stopped")),))
    office, case = standing_in(old, new)

    moved(office, case, new)
    office.send(office.event("stopped.v1", key="k1"))

    assert office.case(case).head.outcome == "stopped"


def test_the_way_back_drops_the_handlers_that_only_the_new_version_has() -> None:
    old = version(LOOK)
    new = version(LOOK, on=(beside("noted.v1", carry_out("note", by=CLERK)),))
    office, case = standing_in(old, new)
    moved(office, case, new)

    answer = moved(office, case, old)
    office.send(office.event("noted.v1", key="k1"))

    assert answer.status == 200
    assert office.case(case).subscriptions == ()
    assert [one.item.path for one in office.inbox("chen")] == ["steps/look"]


def test_a_handler_that_is_at_work_is_not_dropped() -> None:
    old = version(LOOK)
    new = version(LOOK, on=(beside("noted.v1", carry_out("note", by=CLERK)),))
    office, case = standing_in(old, new)
    moved(office, case, new)
    office.send(office.event("noted.v1", key="k1"))

    answer = moved(office, case, old)

    assert (answer.status, answer.body["code"]) == (409, "step_lost")


def test_a_handler_that_comes_back_does_new_work_and_not_what_it_did_before() -> None:
    old = version(LOOK)
    new = version(LOOK, on=(beside("noted.v1", carry_out("note", by=CLERK)),))
    office, case = standing_in(old, new)
    for number, one in enumerate((new, old, new)):
        migrate(office.engine, case, logic_hash(one), office.viewer("he"), "样例：更正", key=f"m{number}")
        office.send(office.event("noted.v1", key="k1"))
        for note in [view.item for view in office.inbox("chen") if view.item.path != "steps/look"]:
            office.act("chen", note, "complete")

    notes = [one for one in office.history(case) if one.body["what"] == "act:complete"]
    assert len(notes) == 3
    assert office.store.reads.verify().where is None


def test_a_loop_keeps_its_turns_and_takes_the_new_bound() -> None:
    old, new = (version(loop("again", do=carry_out("try", by=CLERK), at_most=most)) for most in (5, 2))
    office, case = standing_in(old, new)

    moved(office, case, new)
    office.act("chen", office.inbox("chen")[0].item, "complete")
    office.act("chen", office.inbox("chen")[0].item, "complete")

    assert office.case(case).head.state == "completed"


RETURNS = to_applicant(within=2, silence=nothing(), answered_by="answered.v1")
REFUSED: tuple[tuple[str, Step, Step, list[tuple[str, str]]], ...] = (
    ("the live step is gone", LOOK, DECIDE, [("step_lost", "look"), ("place_lost", "steps")]),
    (
        "the live step has another name",
        LOOK,
        carry_out("see", by=CLERK),
        [("step_lost", "look"), ("place_lost", "steps")],
    ),
    (
        "the live step is another word",
        LOOK,
        approve("look", by=CLERK, within=2, overdue=(remind(0),), on_reject=end("no")),
        [("step_changed", "look")],
    ),
    ("its reminder is gone", LOOK, carry_out("look", by=CLERK, within=2), [("timer_lost", "look")]),
    (
        "where it reminded it would decide",
        LOOK,
        carry_out("look", by=CLERK, within=2, overdue=(hand_over(0),)),
        [("timer_lost", "look")],
    ),
    (
        "silence would decide sooner",
        approve("look", by=CLERK, within=2, overdue=(deem(3, "agree"),), on_reject=end("no")),
        approve("look", by=CLERK, within=2, overdue=(deem(1, "agree"),), on_reject=end("no")),
        [("timer_lost", "look")],
    ),
    (
        "the event waited for is another one",
        wait("call", event="called.v1"),
        wait("call", event="rung.v1"),
        [("event_changed", "call")],
    ),
    (
        "the wait has another key",
        wait("call", event="called.v1"),
        wait("call", event="called.v1", key="invoice"),
        [("step_changed", "call")],
    ),
    (
        "the silence of a wait is gone",
        wait("call", event="called.v1", within=2, silence=nothing()),
        wait("call", event="called.v1", within=2),
        [("timer_lost", "call")],
    ),
    (
        "the elements are others",
        for_each("each", over="parts", each="part", do=LOOK),
        for_each("each", over=2, each="part", do=LOOK),
        [("step_changed", "each")],
    ),
    (
        "a race has one way more",
        race("first", way(wait("a", event="a.v1"))),
        race("first", way(wait("a", event="a.v1")), way(wait("b", event="b.v1"))),
        [("step_changed", "first")],
    ),
    (
        "the resource is another one",
        exclusive("hall", resource="hall", do=LOOK),
        exclusive("hall", resource="room", do=LOOK),
        [("step_changed", "hall")],
    ),
    (
        "a handler listens for something else",
        sequence(LOOK, name="part", on=(beside("noted.v1", message("noted", to=HEAD)),)),
        sequence(LOOK, name="part", on=(beside("seen.v1", message("noted", to=HEAD)),)),
        [("event_changed", "part/on/0")],
    ),
    (
        "a branch that is live is gone",
        parallel("both", always(LOOK), always(carry_out("write", by=CLERK))),
        parallel("both", always(LOOK)),
        [("step_lost", "both/1")],
    ),
    (
        "a notice has become a wait",
        public_notice("term", lasts=3),
        wait("term", event="called.v1"),
        [("step_changed", "term")],
    ),
)


@pytest.mark.parametrize(("before", "after", "why"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED])
def test_it_is_refused_with_the_reason_and_the_step(before: Step, after: Step, why: list[tuple[str, str]]) -> None:
    old, new = version(before), version(after)
    office, case = standing_in(old, new)

    found = codes(obstacles_for(office.engine, case, logic_hash(new)))
    answer = moved(office, case, new)

    assert found == why
    assert (answer.status, answer.body["code"]) == (409, found[0][0])
    assert office.case(case).head.workflow_hash == logic_hash(old)


def test_a_form_that_is_being_filled_in_must_stay_what_it_is() -> None:
    asked = carry_out("look", by=CLERK, form=FORM.name)
    other = Form(name=FORM.name, fields=(FormField(name="fine", type="text"),))
    old, new = version(asked), version(asked, forms=(other,))
    office, case = standing_in(old, new)

    answer = moved(office, case, new)

    assert (answer.status, answer.body["code"], answer.body["field"]) == (409, "form_changed", "steps/look")


def test_a_supplement_that_is_asked_for_must_still_be_asked_for() -> None:
    old = version(approve("decide", by=CLERK, on_return=RETURNS, on_reject=end("no")))
    new = version(approve("decide", by=CLERK, on_reject=end("no")))
    office, case = standing_in(old, new)
    office.act("chen", office.inbox("chen")[0].item, "return", opinion="样例：请补正")

    found = codes(obstacles_for(office.engine, case, logic_hash(new)))

    assert ("step_lost", "decide/supplement") in found


def test_a_sub_case_that_was_called_must_still_be_called() -> None:
    help_, care = (workflow(name, starts_on=f"{name}.v1", about="matter", steps=LOOK) for name in ("help", "care"))
    old, new = version(call("helping", workflow="help")), version(call("helping", workflow="care"))
    office, case = standing_in(old, new, help_, care)

    found = codes(obstacles_for(office.engine, case, logic_hash(new)))

    assert found == [("step_changed", "helping")]


def test_a_sequence_that_waits_at_its_end_may_not_get_one_step_more() -> None:
    inner = (beside("noted.v1", LOOK),)
    first = do("mark", set_field("a", value=True))
    old = version(sequence(wait("call", event="called.v1"), name="part", on=inner))
    new = version(sequence(wait("call", event="called.v1"), first, name="part", on=inner))
    office, case = standing_in(old, new)
    office.send(office.event("noted.v1", key="k1"))
    office.send(office.event("called.v1", key="k1"))

    found = codes(obstacles_for(office.engine, case, logic_hash(new)))

    assert found == [("place_lost", "part")]


@pytest.mark.parametrize(
    ("by", "to", "code"),
    [("chen", "new", "not_office_head"), ("he", "nowhere", "unknown_version"), ("he", "old", "same_version")],
)
def test_who_may_not_and_where_to_there_is_nothing(by: str, to: str, code: str) -> None:
    old, new = version(LOOK), version(LOOK, end("done"))
    office, case = standing_in(old, new)
    hashes = {"new": logic_hash(new), "old": logic_hash(old), "nowhere": "0" * 64}

    answer = migrate(office.engine, case, hashes[to], office.viewer(by), "样例：更正", key="m1")

    assert answer.body["code"] == code


def test_the_same_key_gets_the_same_answer_and_a_reason_is_asked_for() -> None:
    old, new = version(LOOK), version(LOOK, end("done"))
    office, case = standing_in(old, new)

    without = migrate(office.engine, case, logic_hash(new), office.viewer("he"), "", key="m1")
    first = migrate(office.engine, case, logic_hash(new), office.viewer("he"), "样例：更正", key="m2")
    again = migrate(office.engine, case, logic_hash(new), office.viewer("he"), "样例：更正", key="m2")

    assert without.body["code"] == "opinion_required"
    assert first == again


def test_a_suspended_case_does_not_move() -> None:
    old, new = version(LOOK), version(LOOK, end("done"))
    office, case = standing_in(old, new)
    office.suspend("he", case, "样例：暂停")

    assert moved(office, case, new).body["code"] == "suspended"
