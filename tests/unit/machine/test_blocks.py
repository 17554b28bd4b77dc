"""Sequence, choice, parallel and end, and what is done on the way."""

from __future__ import annotations

import pytest

from domain.recurrence import Recurrence
from tests.unit.machine.desk import APPLICANT, MONDAY, Desk, flow
from workflows.language.expressions import given, is_true
from workflows.language.words import (
    Step,
    always,
    applicant,
    carry_out,
    choice,
    do,
    emit,
    end,
    erase,
    follow_up,
    lookup,
    message,
    nothing,
    number,
    parallel,
    read,
    role,
    sequence,
    set_field,
    wait,
    when,
)
from workflows.machine import entering
from workflows.machine.decision import Decision, Ignored, Quarantined


def ask(name: str) -> Step:
    return carry_out(name, by=role("clerk"))


def note(name: str) -> Step:
    return do(f"note_{name}", set_field(name, value=True))


# -- blocks ------------------------------------------------------------------------------------------------


def test_a_case_with_nothing_to_do_is_completed_at_once() -> None:
    desk = Desk(nothing())

    assert desk.state == ("completed", "completed")


def test_steps_of_a_sequence_follow_one_another() -> None:
    desk = Desk(sequence(ask("first"), ask("second")))

    desk.act("clerk", "complete", "steps/first")

    assert desk.open() == [("steps/second", 1)]


def test_a_sequence_inside_goes_on_in_the_one_around_it() -> None:
    desk = Desk(sequence(sequence(ask("inner"), name="part"), ask("outer")))

    desk.act("clerk", "complete", "steps/part/inner")

    assert desk.open() == [("steps/outer", 1)]


def test_steps_without_a_name_are_found_by_their_place() -> None:
    desk = Desk(sequence(sequence(nothing(), sequence(ask("deep")))))

    assert desk.open() == [("steps/0/1/deep", 1)]


def test_a_case_whose_last_step_is_done_is_completed() -> None:
    desk = Desk(sequence(ask("only")))

    desk.act("clerk", "complete", "steps/only")

    assert desk.state == ("completed", "completed")


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({"a": True, "b": True}, "steps/0"),
        ({"a": False, "b": True}, "steps/1"),
        ({"a": False, "b": False}, "steps/otherwise"),
        ({}, "steps/otherwise"),
    ],
)
def test_a_choice_takes_the_first_branch_that_surely_holds(fields: dict[str, bool], asked: str) -> None:
    steps = choice("which", when(is_true("a"), ask("x")), when(is_true("b"), ask("y")), otherwise=ask("z"))

    desk = Desk(steps, fields=fields)

    assert desk.open() == [(asked, 1)]


def test_a_choice_sees_personal_values_too() -> None:
    steps = choice("known", when(given("mobile"), ask("x")), otherwise=ask("y"))

    assert Desk(steps, personal={"mobile": "样例"}).open() == [("steps/0", 1)]


def test_branches_run_side_by_side_and_the_case_goes_on_when_all_are_done() -> None:
    desk = Desk(sequence(parallel("both", always(ask("x")), always(ask("y"))), ask("after")))

    desk.act("clerk", "complete", "steps/both/1")
    assert desk.open() == [("steps/both/0", 1)]
    desk.act("clerk", "complete", "steps/both/0")

    assert desk.open() == [("steps/after", 1)]


def test_a_conditional_branch_runs_only_if_it_holds_when_the_block_is_entered() -> None:
    steps = parallel("both", when(is_true("a"), ask("x")), when(is_true("b"), ask("y")), always(ask("z")))

    assert Desk(steps, fields={"a": True}).open() == [("steps/0", 1), ("steps/2", 1)]


def test_a_parallel_without_a_branch_to_run_goes_on_at_once() -> None:
    desk = Desk(sequence(parallel("none", when(is_true("a"), ask("x"))), ask("after")))

    assert desk.open() == [("steps/after", 1)]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_nested_blocks_end_in_the_same_state_in_whatever_order_they_are_done(order: tuple[int, ...]) -> None:
    inner = parallel("inner", always(ask("x")), always(sequence(ask("y"))))
    desk = Desk(sequence(parallel("outer", always(sequence(inner)), always(ask("z"))), ask("after")))
    asked = [path for path, _ in desk.open()]

    for place in order:
        desk.act("clerk", "complete", asked[place])

    assert desk.open() == [("steps/after", 1)]


# -- end ---------------------------------------------------------------------------------------------------


def test_an_end_gives_the_case_its_state_and_its_name() -> None:
    desk = Desk(sequence(ask("only"), end("granted", "approved")))

    desk.act("clerk", "complete", "steps/only")

    assert desk.state == ("approved", "granted")


def test_an_end_in_one_branch_cancels_the_others_with_a_reason() -> None:
    desk = Desk(parallel("both", always(sequence(ask("x"), end("over"))), always(ask("y")), always(ask("z"))))

    desk.act("clerk", "complete", "steps/0/x")

    assert desk.state == ("completed", "over")
    assert desk.closed()["steps/1", 1, 0] == ("cancelled", "ended:over")
    assert desk.closed()["steps/2", 1, 0] == ("cancelled", "ended:over")


def test_an_end_stops_what_the_same_decision_would_still_have_done() -> None:
    desk = Desk(parallel("both", always(end("over")), always(do("say", emit("trial.said.v1")))))

    assert desk.state == ("completed", "over")
    assert desk.emitted() == []


def test_nothing_happens_to_a_case_that_has_ended() -> None:
    desk = Desk(end("over"))

    late = [desk.begin(), desk.event("trial.late.v1")]
    refused = desk.act("clerk", "withdraw")

    assert [type(one) for one in late] == [Ignored, Ignored]
    assert (refused.status, refused.code) == (409, "case_ended")


def test_a_turn_that_does_not_come_to_rest_is_quarantined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entering, "INNER_STEPS", 3)
    desk = Desk(sequence(*(note(f"n{number}") for number in range(5))), begun=False)

    outcome = desk.begin()

    assert isinstance(outcome, Quarantined)
    assert "c1" in outcome.why


# -- on the way --------------------------------------------------------------------------------------------


def test_what_the_system_does_is_in_the_same_decision_and_under_no_name() -> None:
    desk = Desk(sequence(do("note", set_field("seen", value=True), set_field("place", value="T1"))))

    assert desk.live.head.fields == {"seen": True, "place": "T1"}
    assert (desk.last.entry.actor, desk.last.entry.principal) == ("SYSTEM", None)
    assert desk.last.entry.authority == "rule:trial"


def test_what_passed_by_is_told_in_the_entry_and_has_no_row() -> None:
    desk = Desk(sequence(choice("which", otherwise=nothing()), ask("only")))

    assert desk.last.entry.delta["passed"] == [["steps/which/otherwise", 1, "done"], ["steps/which", 1, "done"]]
    assert [one.path for one in desk.last.activations] == ["steps", "steps/only"]


def test_an_emitted_event_says_the_fields_its_schema_asks_for_and_is_published() -> None:
    steps = do("refuse", emit("member.refused.v1"))

    desk = Desk(steps, fields={"reason": "minor", "town": "T1"}, personal={"name": "样例"})

    [said] = desk.last.emitted
    assert (said.type, said.key, said.person) == ("member.refused.v1", "k1", "p1")
    assert (said.plain, said.personal) == ({"application": "k1", "reason": "minor"}, {})
    [effect] = desk.last.effects
    assert (effect.gateway, effect.body["id"], effect.body["state"]) == ("publish", said.id, "running")


def test_values_written_at_an_emit_outrank_the_fields() -> None:
    desk = Desk(do("refuse", emit("member.refused.v1", reason="no_consent")), fields={"reason": "minor"})

    assert desk.last.emitted[0].plain["reason"] == "no_consent"


def test_a_number_that_an_event_is_given_is_the_offices() -> None:
    told = do("tell", emit("trial.told.v1", years=number("trial.years", 3)))

    assert Desk(told).last.emitted[0].plain["years"] == 3
    assert Desk(told, numbers={"trial.years": 5}).last.emitted[0].plain["years"] == 5


def test_an_event_about_the_person_carries_what_its_schema_calls_personal() -> None:
    desk = Desk(
        do("again", emit("member.supplemented.v1")), personal={"name": "样例", "mobile": "样例号", "fingerprint": "f"}
    )

    [said] = desk.last.emitted
    assert (said.personal, said.fingerprint) == ({"name": "样例", "mobile": "样例号"}, "f")


@pytest.mark.parametrize(("rows", "found"), [(("k1",), None), (("k0", "k1"), "k0"), (("k1", "k2"), "k2"), ((), None)])
def test_a_lookup_finds_another_row_and_never_the_case_itself(rows: tuple[str, ...], found: str | None) -> None:
    steps = do("look", lookup("members", by="fingerprint", into="twin"))

    desk = Desk(steps, personal={"fingerprint": "f"}, twins={("members", "f"): rows})

    assert desk.live.head.fields["twin"] == found


def test_a_lookup_by_what_nobody_gave_finds_nothing() -> None:
    desk = Desk(do("look", lookup("members", by="fingerprint", into="twin")), twins={("members", "None"): ("k9",)})

    assert desk.live.head.fields["twin"] is None


READ = do("read", read("calls", key="call", takes={"call_status": "status", "call_year": "year"}))


def test_fields_of_a_row_are_read_into_fields_of_the_case() -> None:
    rows = {("calls", "c1"): {"status": "open", "year": 2026}, ("calls", "c2"): {"status": "closed", "year": 2027}}

    desk = Desk(READ, fields={"call": "c1"}, rows=rows)

    assert (desk.live.head.fields["call_status"], desk.live.head.fields["call_year"]) == ("open", 2026)


@pytest.mark.parametrize("fields", [{}, {"call": "unheard_of"}])
def test_where_there_is_no_such_row_nothing_is_known(fields: dict[str, str]) -> None:
    desk = Desk(READ, fields=fields, rows={("calls", "c1"): {"status": "open"}})

    assert (desk.live.head.fields["call_status"], desk.live.head.fields["call_year"]) == (None, None)


def test_after_erasing_the_case_and_its_events_know_nothing_personal() -> None:
    steps = sequence(
        do("gone", emit("member.supplemented.v1"), erase()),
        choice("known", when(given("name"), end("known")), otherwise=end("unknown")),
    )

    desk = Desk(steps, personal={"name": "样例", "fingerprint": "f"})

    assert desk.state == ("completed", "unknown")
    assert desk.live.head.personal == {}
    assert desk.last.erases == ("p1",)
    assert (desk.last.entry.personal, desk.last.emitted[0].personal, desk.last.emitted[0].fingerprint) == ({}, {}, None)


def test_erasing_in_a_later_decision_takes_the_personal_values_out_of_the_fold() -> None:
    desk = Desk(sequence(ask("only"), do("gone", erase()), ask("rest")), personal={"name": "样例"})

    desk.act("clerk", "complete", "steps/only")

    assert desk.live.head.personal == {}


def test_a_message_tells_whom_the_resolver_finds_and_does_not_wait() -> None:
    desk = Desk(sequence(message("hello", to=applicant()), message("hail", to=role("clerk")), ask("only")))

    assert desk.told() == [("hello", (APPLICANT,)), ("hail", ("role:clerk:",))]
    assert desk.open() == [("steps/only", 1)]


def test_a_follow_up_plans_calendar_months_ahead_and_outlives_the_case() -> None:
    desk = Desk(
        sequence(follow_up("again", event="member.confirmation_due.v1", months=number("x.months", 12), repeats=True)),
        numbers={"x.months": 1},
        now=MONDAY.replace(month=1, day=31),
    )

    [plan] = desk.last.plans
    assert (plan.recurrence, plan.occurrence, plan.plain) == (Recurrence(1), 1, {"application": "k1"})
    assert (plan.due_at.month, plan.due_at.day) == (2, 28)
    assert desk.state == ("completed", "completed")


def test_time_never_runs_back_in_a_case() -> None:
    desk = Desk(sequence(ask("first"), ask("second")))
    desk.at(MONDAY.replace(hour=0))

    desk.act("clerk", "complete", "steps/first")

    assert (desk.last.entry.at, desk.live.head.last_at) == (MONDAY, MONDAY)


def test_a_started_case_is_shared_with_its_sender_its_person_and_whoever_holds_an_item() -> None:
    desk = Desk(sequence(ask("only"), wait("more", event="trial.more.v1")))

    assert {(one.who, one.why) for one in desk.last.access} == {
        ("department:office", "sender"),
        ("person:p1", "applicant"),
        ("department:office", "item"),
        ("role:clerk:", "item"),
    }


def test_a_case_starts_once() -> None:
    desk = Desk(ask("only"))

    assert isinstance(desk.begin(), Ignored)


def test_a_case_without_a_person_keeps_an_opinion_in_its_entry() -> None:
    desk = Desk(flow(ask("only"), person=False), person=None)

    outcome = desk.act("clerk", "complete", "steps", opinion="样例意见")

    assert isinstance(outcome, Decision)
    assert (outcome.entry.delta["opinion"], outcome.entry.personal) == ("样例意见", {})
