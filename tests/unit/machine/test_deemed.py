"""逾期视为同意, 视为不同意: silence that decides, in every mode, and whatever else happens to the step meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.approval import Mode
from domain.calendar import shift_days
from tests.unit.machine.desk import MONDAY, Desk, flow
from workflows.language.words import (
    Form,
    FormField,
    approve,
    carry_out,
    deem,
    end,
    on_day,
    remind,
    returns,
    role,
    seats,
    sequence,
    to_applicant,
)
from workflows.machine.case import SYSTEM, Timer
from workflows.machine.decision import Ignored, Refused
from workflows.machine.stimuli import Sign, Signal, SignalStimulus, TimerStimulus
from workflows.testkit import staff

NO = end("refused", "rejected")
PANEL = staff(a="panel", b="panel", c="panel", helper="helper", head="office_head")
AT = "steps/decide"


def silent(mode: Mode = Mode.ALL, answer: Any = "agree", **more: Any) -> Desk:
    """A step whose silence decides a day after it is due."""
    rules: dict[str, Any] = {"by": role("panel"), "within": 3, **more}
    step = approve("decide", mode=mode, overdue=(deem(1, answer),), on_reject=NO, **rules)
    return Desk(sequence(step, end("done", "approved")), roster=PANEL)


def press(desk: Desk, *answers: str) -> None:
    """Each answer is "user verb"."""
    for one in answers:
        who, _, verb = one.partition(" ")
        desk.act(who, verb, AT, opinion="样例" if verb == "reject" else "")


def ladder(desk: Desk) -> Timer:
    [found] = [one for one in desk.live.timers.values() if one.kind == "ladder"]
    return found


def states(desk: Desk) -> list[tuple[str, str | None]]:
    return sorted(desk.closed().values())


RULE = f"rule:ladder:{AT}:0"


# -- one table: the mode, what was said before, what silence is taken for, where the case goes ------------------


@pytest.mark.parametrize(
    ("mode", "more", "said", "answer", "outcome"),
    [
        (Mode.ONE, {}, (), "agree", "done"),
        (Mode.ONE, {}, (), "reject", "refused"),
        (Mode.ALL, {}, (), "agree", "done"),
        (Mode.ALL, {}, ("a agree",), "agree", "done"),
        (Mode.ALL, {}, ("a agree", "b agree"), "reject", "refused"),
        (Mode.ALL, {"collects": True}, ("a reject",), "agree", "refused"),
        (Mode.ALL, {"abstains": "excluded"}, ("a abstain",), "agree", "done"),
        (Mode.ANY, {}, (), "agree", "done"),
        (Mode.ANY, {}, (), "reject", "refused"),
        (Mode.ANY, {"first": "agrees", "by": seats(3, role("panel"))}, ("a reject", "b reject"), "reject", "refused"),
        (Mode.ANY, {"first": "agrees", "by": seats(3, role("panel"))}, ("a reject", "b reject"), "agree", "done"),
        (Mode.RATIO, {"passes": "2/3"}, ("a agree",), "reject", "refused"),
        (Mode.RATIO, {"passes": "2/3"}, ("a reject",), "agree", "done"),
        (Mode.RATIO, {"passes": "1/3", "collects": True}, ("a agree",), "reject", "done"),
        (Mode.WEIGHT, {"passes": "1/2", "weights": {"a": 2}}, ("a reject",), "agree", "done"),
        (Mode.WEIGHT, {"passes": "3/5", "weights": {"a": 3}}, ("b agree",), "reject", "refused"),
    ],
)
def test_silence_is_counted_beside_what_was_said_by_the_rule_of_the_step(
    mode: Mode, more: dict[str, Any], said: tuple[str, ...], answer: str, outcome: str
) -> None:
    desk = silent(mode, answer, **more)
    press(desk, *said)

    desk.fire(ladder(desk))

    assert desk.state[1] == outcome


@pytest.mark.parametrize("answer", ["agree", "reject"])
def test_it_is_the_systems_under_the_rule_of_the_ladder_and_nobodys_decision(answer: str) -> None:
    desk = silent(answer=answer)
    press(desk, "a agree")

    desk.fire(ladder(desk))

    entry = desk.last.entry
    assert (entry.what, entry.actor, entry.principal, entry.authority) == ("timer:ladder", SYSTEM, None, RULE)
    assert entry.delta["deemed"] == [answer, 2]
    state = {"agree": "deemed_agreed", "reject": "deemed_rejected"}[answer]
    assert states(desk) == [("approved", "a"), (state, RULE), (state, RULE)]
    [left] = [one for one in desk.last.activations if one.path == AT]
    assert (left.n, left.agree, left.against) == (3, 1, 0)


def test_who_was_silent_is_told_what_it_was_taken_for() -> None:
    desk = silent()
    press(desk, "a agree")

    desk.fire(ladder(desk))

    assert desk.told() == [("deem_agree", ("user:b", "user:c"))]


def test_an_answer_after_it_is_told_that_the_rule_came_first() -> None:
    desk = silent(Mode.ONE)
    item = desk.item_of("a", AT)
    desk.fire(ladder(desk))

    late = desk.take(desk.wanted("a", "agree", item.id))

    assert isinstance(late, Refused)
    assert late.code == "case_ended"


# -- 依次: every seat has a ladder of its own ---------------------------------------------------------------


def test_in_a_line_a_silent_seat_lets_the_next_one_be_asked_with_a_term_of_its_own() -> None:
    desk = silent(Mode.SEQUENCE)
    first = ladder(desk)

    desk.fire(first)
    second = ladder(desk)
    press(desk, "b agree")
    desk.fire(ladder(desk))

    assert second.due_at > first.due_at
    assert desk.state == ("approved", "done")
    assert states(desk) == [("approved", "b"), ("deemed_agreed", RULE), ("deemed_agreed", RULE)]


def test_in_a_line_everybody_may_be_silent() -> None:
    desk = silent(Mode.SEQUENCE)

    for _ in range(3):
        desk.fire(ladder(desk))

    assert desk.state == ("approved", "done")
    assert [one for one, _ in desk.told()] == ["deem_agree"] * 3
    assert len({one.key for decision in desk.ledger.decisions for one in decision.effects}) == 3


def test_in_a_line_a_silent_seat_that_is_deemed_to_reject_ends_the_line() -> None:
    desk = silent(Mode.SEQUENCE, "reject")
    press(desk, "a agree")

    desk.fire(ladder(desk))

    assert desk.state == ("rejected", "refused")
    assert states(desk) == [("approved", "a"), ("cancelled", RULE), ("deemed_rejected", RULE)]


def test_in_a_line_the_timer_of_the_seat_before_does_nothing_to_the_next() -> None:
    desk = silent(Mode.SEQUENCE)
    first = ladder(desk)
    desk.at(first.due_at - timedelta(hours=1))
    press(desk, "a agree")

    again = desk.take(TimerStimulus(99, first.id, first.path, first.round, first.kind, first.rung, first.due_at))

    assert isinstance(again, Ignored)
    assert turn_of(desk) == ["user:b"]


def turn_of(desk: Desk) -> list[str]:
    """Who is asked now."""
    now = (one for one in desk.live.items.values() if one.state.value == "open")
    return sorted(held.who for one in now for held in desk.live.holders[one.id])


# -- added signers, advice ----------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["before", "after", "parallel"])
def test_whoever_was_added_is_silent_with_the_seat_that_they_were_added_to(where: str) -> None:
    desk = silent()
    desk.act("a", "add-signers", AT, fields={"users": ["helper"], "where": where})

    desk.fire(ladder(desk))

    assert desk.state == ("approved", "done")
    assert {state for state, _ in desk.closed().values()} == {"deemed_agreed"}
    assert desk.last.entry.delta["deemed"] == ["agree", 4 if where == "parallel" else 3]


def test_a_holder_who_has_agreed_is_heard_though_whoever_signs_after_is_silent() -> None:
    desk = silent(Mode.ONE)
    desk.act("a", "add-signers", AT, fields={"users": ["helper"], "where": "after"})
    press(desk, "a agree")

    desk.fire(ladder(desk))

    assert desk.state == ("approved", "done")
    [left] = [one for one in desk.last.activations if one.path == AT]
    assert left.agree == 1
    assert states(desk) == [("approved", "a"), ("deemed_agreed", RULE)]


def test_whoever_signs_after_refuses_for_the_item_also_in_silence() -> None:
    desk = silent(Mode.ONE, "reject")
    desk.act("a", "add-signers", AT, fields={"users": ["helper"], "where": "after"})
    press(desk, "a agree")

    desk.fire(ladder(desk))

    assert desk.state == ("rejected", "refused")


def test_advice_that_has_not_come_is_not_waited_for() -> None:
    desk = silent(Mode.ONE)
    desk.act("a", "delegate", AT, fields={"to": "helper"})

    desk.fire(ladder(desk))

    assert states(desk) == [("deemed_agreed", RULE), ("expired", "unanswered")]
    assert desk.state == ("approved", "done")


# -- never before its moment, never twice -------------------------------------------------------------------


def test_it_comes_so_many_working_days_after_the_due_date() -> None:
    desk = silent()
    due = {one.due_at for one in desk.live.items.values()}

    assert {ladder(desk).due_at} == {shift_days(desk.facts.calendar, one, 1) for one in due if one is not None}


def test_a_day_that_is_over_when_the_step_begins_leaves_one_more_working_day() -> None:
    step = approve("decide", by=role("panel"), within=on_day("due_on"), overdue=(deem(0, "agree"),), on_reject=NO)
    desk = Desk(sequence(step, end("done")), roster=PANEL, fields={"due_on": "2026-02-16"})

    assert ladder(desk).due_at == shift_days(desk.facts.calendar, MONDAY, 1)


def test_a_reminder_that_came_late_leaves_one_more_working_day() -> None:
    step = approve("decide", by=role("panel"), within=3, overdue=(remind(0), deem(1, "agree")), on_reject=NO)
    desk = Desk(sequence(step, end("done")), roster=PANEL)
    reminder = ladder(desk)

    desk.at(reminder.due_at + timedelta(days=10))
    desk.fire(reminder)

    assert ladder(desk).due_at == shift_days(desk.facts.calendar, desk.now, 1)


def test_a_term_that_urgency_brings_into_the_past_leaves_one_more_working_day() -> None:
    desk = silent(within=8)
    desk.at(shift_days(desk.facts.calendar, MONDAY, 7))

    desk.act("head", "set-urgency", fields={"urgency": "most_urgent"}, opinion="样例")

    assert ladder(desk).due_at == shift_days(desk.facts.calendar, desk.now, 1)


def test_a_timer_that_lies_before_the_moment_puts_the_rung_off_and_decides_nothing() -> None:
    desk = silent()
    timer = ladder(desk)
    early = replace(timer, due_at=MONDAY)
    desk.live = replace(desk.live, timers={early.id: early})

    desk.take(TimerStimulus(99, early.id, early.path, early.round, early.kind, early.rung, early.due_at))

    assert desk.last.entry.delta["put_off"] == 0
    assert (ladder(desk).due_at, len(desk.live.items)) == (timer.due_at, 3)


def test_a_second_firing_does_nothing() -> None:
    desk = silent()
    timer = ladder(desk)
    desk.fire(timer)

    assert isinstance(desk.fire(timer), Ignored)


def test_who_answered_before_it_fired_is_not_met_by_it() -> None:
    desk = silent(Mode.ONE)
    timer = ladder(desk)
    press(desk, "a reject")

    assert isinstance(desk.fire(timer), Ignored)
    assert desk.state == ("rejected", "refused")


def test_a_suspended_clock_moves_it() -> None:
    desk = silent()
    before, calendar = ladder(desk).due_at, desk.facts.calendar
    since = shift_days(calendar, MONDAY, 1)
    desk.at(shift_days(calendar, since, 2))
    values = {"since": since.isoformat(), "until": desk.now.isoformat()}

    desk.take(SignalStimulus(90, Signal(Sign.RESUMED, "", values)))

    assert ladder(desk).due_at == shift_days(calendar, before, 2)


def test_a_return_gives_the_step_a_ladder_of_its_own_and_the_old_one_does_nothing() -> None:
    first = approve("first", by=role("helper"), within=3, overdue=(remind(0),), on_reject=NO)
    step = approve(
        "decide", by=role("panel"), within=3, overdue=(deem(0, "agree"),), on_reject=NO, returns=returns("first")
    )
    desk = Desk(sequence(first, step, end("done")), roster=PANEL)
    desk.act("helper", "agree", "steps/first")
    old = ladder(desk)
    desk.act("a", "return", AT, opinion="样例", fields={"to": "steps/first"})
    desk.act("helper", "agree", "steps/first")

    new = ladder(desk)
    stale = desk.fire(old)
    desk.fire(new)

    assert (old.round, new.round) == (1, 2)
    assert isinstance(stale, Ignored)
    assert desk.state == ("completed", "done")


def test_a_supplement_stops_it_and_the_rest_of_the_term_goes_on_behind() -> None:
    desk = silent(Mode.ONE, on_return=to_applicant(within=5, silence=end("incomplete")))
    timer = ladder(desk)
    desk.act("a", "return", AT, opinion="样例")
    waiting = desk.fire(timer)
    desk.act("person:p1", "complete", f"{AT}/supplement")

    assert isinstance(waiting, Ignored)
    assert ladder(desk).due_at > timer.due_at


# -- what comes behind it -----------------------------------------------------------------------------------


def test_who_had_agreed_beside_the_silent_cannot_take_it_back_once_silence_was_counted() -> None:
    step = approve("decide", by=role("panel"), mode=Mode.ALL, within=3, overdue=(deem(0, "agree"),), on_reject=NO)
    later = carry_out("later", by=role("helper"), within=3, overdue=(remind(0),))
    desk = Desk(sequence(step, later, end("done")), roster=PANEL)
    press(desk, "a agree")
    [mine] = desk.ledger.closed.values()
    desk.fire(next(one for one in desk.live.timers.values() if one.path == AT))

    found = desk.take(desk.wanted("a", "take-back", mine.id))

    assert (found.code, found.by) == ("built_upon", RULE)


def test_a_step_that_silence_passed_may_be_returned_to_and_asks_those_who_were_silent() -> None:
    first = approve("decide", by=role("panel"), mode=Mode.ALL, within=3, overdue=(deem(0, "agree"),), on_reject=NO)
    last = approve(
        "last",
        by=role("helper"),
        within=3,
        overdue=(remind(0),),
        on_reject=NO,
        returns=returns("decide", reopens="dissenters"),
    )
    desk = Desk(sequence(first, last, end("done")), roster=PANEL)
    press(desk, "a agree")
    desk.fire(next(one for one in desk.live.timers.values() if one.path == AT))
    silent_items = {one.id for one in desk.ledger.closed.values() if one.state.value == "deemed_agreed"}

    desk.act("helper", "return", "steps/last", opinion="样例", fields={"to": AT})

    assert turn_of(desk) == ["user:b", "user:c"]
    assert {one.superseded for one in desk.ledger.closed.values() if one.id in silent_items} == {2}


def test_who_did_not_object_to_an_earlier_text_is_asked_about_the_later_one() -> None:
    text = Form(name="text.v1", fields=(FormField(name="text", type="text", required=False, reapprove=True),))
    first = approve("decide", by=role("panel"), mode=Mode.ALL, within=3, overdue=(deem(0, "agree"),), on_reject=NO)
    edits = carry_out("edit", by=role("helper"), within=3, overdue=(remind(0),), form="text.v1")
    desk = Desk(flow(sequence(first, edits, end("done")), forms=(text,)), roster=PANEL, fields={"text": "样例：初稿"})
    desk.fire(next(one for one in desk.live.timers.values() if one.path == AT))

    desk.act("helper", "complete", "steps/edit", form={"text": "样例：二稿"})

    assert turn_of(desk) == ["user:a", "user:b", "user:c"]
    assert desk.open()[0][0] == "steps/edit/again/decide"


def test_silence_makes_no_agreement_that_a_later_step_could_rely_on() -> None:
    first = approve("decide", by=role("panel"), within=3, overdue=(deem(0, "agree"),), on_reject=NO)
    again = approve("confirm", by=role("panel"), within=3, overdue=(remind(0),), on_reject=NO, dedup="round")
    desk = Desk(sequence(first, again, end("done")), roster=staff(a="panel", head="office_head"))

    desk.fire(next(one for one in desk.live.timers.values() if one.path == AT))

    assert turn_of(desk) == ["role:panel:"]
