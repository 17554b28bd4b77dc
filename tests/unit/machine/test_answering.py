"""Acts: who may, what is asked for, what is refused; a refused act changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.machine.desk import APPLICANT, MONDAY, Desk, flow
from workflows.language.words import (
    Form,
    FormField,
    Step,
    approve,
    carry_out,
    do,
    end,
    erase,
    follow_up,
    interrupts,
    number,
    role,
    sequence,
)
from workflows.machine.decision import Decision, Refused

FORM = Form(
    name="report.v1",
    fields=(
        FormField(name="grade", type="choice", choices=("good", "poor")),
        FormField(name="rooms", type="integer", required=False),
        FormField(name="lift", type="boolean", required=False),
        FormField(name="remark", type="text", required=False, personal=True),
    ),
)
REASONS = ("outside", "minor")


def checked(reasons: tuple[str, ...] = REASONS) -> Step:
    return approve("check", by=role("clerk"), on_reject=end("refused", "rejected"), reasons=reasons, form="report.v1")


def desk(steps: Step | None = None) -> Desk:
    return Desk(flow(sequence(steps or checked(), end("granted")), forms=(FORM,)))


def refusal(outcome: object) -> tuple[int, str, str | None]:
    assert isinstance(outcome, Refused)
    return outcome.status, outcome.code, outcome.field


# -- rights ------------------------------------------------------------------------------------------------


def test_only_who_holds_the_item_may_act() -> None:
    assert refusal(desk().act("officer", "agree", "steps/check", form={"grade": "good"})) == (403, "not_holder", None)


def test_who_saw_an_older_version_is_told_to_look_again() -> None:
    case = desk()

    assert refusal(case.act("clerk", "agree", "steps/check", form={"grade": "good"}, seen=0)) == (
        409,
        "stale_version",
        "version",
    )
    assert isinstance(case.act("clerk", "agree", "steps/check", form={"grade": "good"}, seen=1), Decision)


def test_a_second_click_finds_the_item_closed() -> None:
    case = desk(sequence(checked(), carry_out("next", by=role("clerk"))))
    item = next(iter(case.live.items))
    case.act("clerk", "agree", "steps/0/check", form={"grade": "good"})

    assert refusal(case.take(case.wanted("clerk", "agree", item))) == (409, "item_closed", None)


def test_the_entry_names_who_pressed_for_whom_where_and_with_which_key() -> None:
    case = desk()

    case.act(
        "clerk",
        "agree",
        "steps/check",
        form={"grade": "good"},
        opinion="样例意见",
        department="office",
        post="post_clerk",
        principal="head",
    )

    entry = case.last.entry
    assert (entry.actor, entry.principal, entry.authority) == ("clerk", "head", "candidate")
    assert (entry.department, entry.post, entry.path, entry.round) == ("office", "post_clerk", "steps/check", 1)
    assert (entry.what, entry.key, entry.at) == ("act:agree", "a2", MONDAY)
    assert entry.personal == {"opinion": "样例意见"}


# -- verbs, opinions, reasons ------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["complete", "vote", ""])
def test_a_verb_that_the_step_does_not_know_is_refused(verb: str) -> None:
    assert refusal(desk().act("clerk", verb, "steps/check")) == (422, "unknown_verb", "verb")


def test_a_task_is_completed_and_nothing_else() -> None:
    case = desk(carry_out("task", by=role("clerk")))

    assert refusal(case.act("clerk", "agree", "steps/task")) == (422, "unknown_verb", "verb")


def test_a_return_is_offered_only_where_the_step_knows_one() -> None:
    assert refusal(desk().act("clerk", "return", "steps/check", opinion="样例")) == (409, "verb_not_offered", "verb")


def test_a_refusal_needs_words_or_a_reason() -> None:
    assert refusal(desk().act("clerk", "reject", "steps/check")) == (422, "opinion_required", "opinion")


@pytest.mark.parametrize("reason", [None, "dislike"])
def test_where_reasons_are_closed_a_refusal_takes_one_of_them(reason: str | None) -> None:
    case = desk()

    assert refusal(case.act("clerk", "reject", "steps/check", opinion="样例", reason=reason)) == (
        422,
        "unknown_reason",
        "reason",
    )


@pytest.mark.parametrize(("verb", "path"), [("agree", "steps/check"), ("withdraw", None)])
def test_a_reason_is_never_free_text_for_it_stands_in_plain_sight(verb: str, path: str | None) -> None:
    case = desk(checked(reasons=()))

    given = {} if path is None else {"form": {"grade": "good"}}
    assert refusal(case.act("clerk", verb, path, reason="样例某人的事", **given)) == (422, "unknown_reason", "reason")


def test_the_reason_of_a_refusal_is_a_field_of_the_case() -> None:
    case = desk()

    case.act("clerk", "reject", "steps/check", reason="minor")

    assert (case.state, case.live.head.fields["reason"]) == (("rejected", "refused"), "minor")
    assert case.last.entry.reason == "minor"


def test_an_opinion_has_its_length_and_hides_id_numbers() -> None:
    case = desk()

    assert refusal(case.act("clerk", "agree", "steps/check", opinion="样" * 2001)) == (422, "too_long", "opinion")
    case.act("clerk", "agree", "steps/check", form={"grade": "good"}, opinion="号码 11010519491231002X")

    assert case.last.entry.personal["opinion"] == "号码 ******************"


# -- forms -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "form/grade"),
        ({"grade": None}, "form/grade"),
        ({"grade": "fair"}, "form/grade"),
        ({"grade": ["good"]}, "form/grade"),
        ({"grade": "good", "rooms": True}, "form/rooms"),
        ({"grade": "good", "rooms": 1.5}, "form/rooms"),
        ({"grade": "good", "lift": "yes"}, "form/lift"),
        ({"grade": "good", "remark": ""}, "form/remark"),
        ({"grade": "good", "remark": "样" * 2001}, "form/remark"),
    ],
)
def test_a_field_that_is_missing_or_does_not_fit_is_named(form: dict[str, Any], field: str) -> None:
    assert refusal(desk().act("clerk", "agree", "steps/check", form=form)) == (422, "bad_value", field)


def test_a_field_that_the_form_does_not_have_is_refused() -> None:
    case = desk(carry_out("task", by=role("clerk")))

    assert refusal(case.act("clerk", "complete", "steps/task", form={"x": 1})) == (422, "unknown_field", "form/x")


def test_a_refusal_needs_no_form_but_what_it_fills_in_must_fit() -> None:
    case = desk()
    wrong = case.act("clerk", "reject", "steps/check", reason="minor", form={"rooms": "many"})

    right = case.act("clerk", "reject", "steps/check", reason="minor", form={"rooms": 3})

    assert refusal(wrong) == (422, "bad_value", "form/rooms")
    assert isinstance(right, Decision)
    assert case.live.head.fields["rooms"] == 3


def test_what_is_personal_stays_out_of_the_delta_and_ids_out_of_everything() -> None:
    case = desk()

    case.act("clerk", "agree", "steps/check", form={"grade": "good", "remark": "样例 11010519491231002X"})

    assert case.live.head.personal == {"remark": "样例 ******************"}
    assert case.live.head.fields == {"grade": "good"}
    assert (case.last.entry.delta["personal"], "样例" in str(case.last.entry.delta)) == (["remark"], False)


def test_fields_count_their_versions() -> None:
    case = desk(sequence(checked(), carry_out("again", by=role("clerk"), form="report.v1")))
    case.act("clerk", "agree", "steps/0/check", form={"grade": "good"})

    case.act("clerk", "complete", "steps/0/again", form={"grade": "poor", "lift": None})

    assert case.live.head.field_versions == {"grade": 2, "lift": 1}


# -- withdrawal --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "authority"), [(APPLICANT, "own"), ("department:office", "proxy")])
def test_the_applicant_or_who_sent_the_application_takes_it_back(who: str, authority: str) -> None:
    case = desk()

    case.act(who, "withdraw", opinion="样例")

    assert case.state == ("withdrawn", "withdrawn")
    assert case.last.entry.authority == authority
    assert case.closed()["steps/check", 1, 0] == ("cancelled", "ended:withdrawn")


@pytest.mark.parametrize("who", ["person:p2", "person:None", "department:other"])
def test_nobody_else_does(who: str) -> None:
    assert refusal(desk().act(who, "withdraw")) == (403, "not_applicant", None)


def test_a_withdrawal_has_its_length_too() -> None:
    assert refusal(desk().act(APPLICANT, "withdraw", opinion="样" * 2001)) == (422, "too_long", "opinion")


def withdrawable(**heading: Any) -> Desk:
    steps = sequence(carry_out("task", by=role("clerk")))
    return Desk(flow(steps, withdrawn_by="member.withdrawn.v1", **heading), fields={"channel": "self"})


def test_a_withdrawal_by_hand_is_the_event_that_the_workflow_names() -> None:
    kept = follow_up("kept", event="member.retention_ended.v1", months=number("x", 12))
    case = withdrawable(on=(interrupts("member.withdrawn.v1", sequence(kept, end("left", "withdrawn"))),))

    case.act(APPLICANT, "withdraw")

    assert case.state == ("withdrawn", "left")
    assert [one.type for one in case.last.plans] == ["member.retention_ended.v1"]
    [said] = case.last.emitted
    assert (said.type, said.plain) == ("member.withdrawn.v1", {"application": "k1", "channel": "self"})


def test_a_workflow_that_does_not_answer_the_event_is_simply_ended() -> None:
    case = withdrawable()

    case.act(APPLICANT, "withdraw")

    assert case.state == ("withdrawn", "withdrawn")
    assert case.emitted() == ["member.withdrawn.v1"]


def test_a_withdrawal_may_erase_the_person_in_the_same_breath() -> None:
    gone = sequence(do("gone", erase()), end("left", "withdrawn"))
    case = withdrawable(on=(interrupts("member.withdrawn.v1", gone),))

    case.act(APPLICANT, "withdraw")

    assert case.last.erases == ("p1",)


# -- days, several of a list, short texts ------------------------------------------------------------------

NOTED = Form(
    name="noted.v1",
    fields=(
        FormField(name="seen_on", type="date"),
        FormField(name="topics", type="several", choices=("roads", "schools", "rents")),
        FormField(name="more", type="several", choices=("a", "b"), required=False),
        FormField(name="note", type="text", required=False, longest=5),
    ),
)
WHOLE = {"seen_on": "2026-03-02", "topics": ["roads", "rents"]}


def noting(**form: Any) -> object:
    case = Desk(flow(carry_out("note", by=role("clerk"), form="noted.v1"), forms=(NOTED,)))
    return case.act("clerk", "complete", "steps", form=WHOLE | form)


@pytest.mark.parametrize("form", [{}, {"more": []}, {"topics": ["schools"]}, {"note": "12345"}])
def test_a_day_several_of_a_list_and_a_short_text_are_taken(form: dict[str, Any]) -> None:
    assert isinstance(noting(**form), Decision)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seen_on", "2026-02-30"),
        ("seen_on", "20260302"),
        ("seen_on", 20260302),
        ("topics", []),
        ("topics", ["roads", "roads"]),
        ("topics", ["weather"]),
        ("topics", "roads"),
        ("more", ["a", ["b"]]),
        ("note", "123456"),
    ],
)
def test_what_is_no_day_not_of_the_list_or_too_long_is_refused(field: str, value: object) -> None:
    assert refusal(noting(**{field: value})) == (422, "bad_value", f"form/{field}")
