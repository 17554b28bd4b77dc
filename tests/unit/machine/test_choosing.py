"""自选: whoever fills in a form chooses whom a later step asks; every rule of such a choice, and what becomes of it later."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.organisation import Appointment, Proxy
from domain.roster import Roster
from workflows.language.expressions import given, is_true
from workflows.language.words import (
    CarryOut,
    Form,
    FormField,
    Mode,
    Step,
    Workflow,
    approve,
    carry_out,
    choice,
    chosen,
    department,
    end,
    for_each,
    named_in,
    nobody,
    nothing,
    returns,
    role,
    sequence,
    when,
    workflow,
)
from workflows.machine.fieldrights import hidden_at
from workflows.testkit import Office, staff

PEOPLE = staff(
    chen="clerk",
    gu="clerk",
    li="reviewer",
    wang="reviewer",
    zhao="reviewer",
    he="office_head",
    sun="outsider",
)
REVIEWERS = FormField(name="reviewers", type="people", among=role("reviewer"), at_least=1, at_most=2)
CONTACT = FormField(name="contact", type="person", required=False)
REFUSED = end("refused", "rejected")


def choosing(**changes: Any) -> CarryOut:
    return carry_out("choosing", by=role("clerk"), form="choice.v1", **changes)


REVIEW = approve(
    "review",
    by=chosen("reviewers", among=role("reviewer"), at_least=1, at_most=2),
    mode=Mode.ALL,
    returns=returns("choosing"),
    on_reject=REFUSED,
)


def of(*steps: Step, fields: tuple[FormField, ...] = (REVIEWERS, CONTACT)) -> Workflow:
    form = Form(name="choice.v1", fields=fields)
    return workflow(
        "trial", starts_on="trial.began.v1", about="trial", forms=(form,), steps=sequence(*steps, end("done"))
    )


def office_with(*steps: Step, fields: tuple[FormField, ...] = (REVIEWERS, CONTACT), **event: Any) -> Office:
    office = Office([of(*(steps or (choosing(), REVIEW)), fields=fields)], PEOPLE)
    office.send(office.event("trial.began.v1", key="t1", **event))
    return office


def choose(office: Office, *reviewers: str, user: str = "chen", **more: Any) -> Any:
    (item,) = office.inbox(user)
    return office.act(user, item, "complete", form={"reviewers": list(reviewers), **more})


def held_by(office: Office) -> list[str]:
    """Who holds the open items, in the order of the seats."""
    (case,) = office.cases()
    view = office.case(case.case.id)
    live = sorted((one for one in view.items if one.closed_at is None), key=lambda one: one.seat)
    return [holder.who for one in live for holder in view.holders[one.id]]


def fields_of(office: Office) -> Any:
    (case,) = office.cases()
    return case.case.fields


# -- what may be chosen ------------------------------------------------------------------------------------


def test_those_who_were_chosen_are_asked_next_a_seat_for_each() -> None:
    office = office_with()

    answer = choose(office, "li", "zhao")

    assert answer.status == 200
    assert held_by(office) == ["user:li", "user:zhao"]


def test_who_chose_stands_beside_whom_was_chosen_and_in_the_history_of_the_seats() -> None:
    office = office_with()

    choose(office, "li", user="gu")

    (case,) = office.cases()
    rules = [one.body["delta"]["rules"] for one in office.history(case.case.id) if "rules" in one.body["delta"]]
    assert (fields_of(office)["reviewers"], fields_of(office)["reviewers_chosen_by"]) == (["li"], "gu")
    assert rules == [[["steps/review", 1, 0, "chosen.by:gu"]]]


@pytest.mark.parametrize(
    ("reviewers", "detail"),
    [
        ([], "请选择人员"),
        (["li", "wang", "zhao"], "选择的人数过多"),
        (["li", "li"], "同一人选择了两次"),
        (["sun"], "所选人员不在规定范围内"),
        (["li", "nobody_knows"], "所选人员不在名册上，或已离任"),
    ],
)
def test_a_choice_that_may_not_be_is_refused_with_its_field(reviewers: list[str], detail: str) -> None:
    office = office_with()

    answer = choose(office, *reviewers)

    assert (answer.status, answer.body["code"], answer.body["field"]) == (422, "bad_choice", "form/reviewers")
    assert answer.body["detail"] == detail
    assert held_by(office) == ["role:clerk:"]


def test_fewer_than_must_be_chosen_are_refused() -> None:
    pair = REVIEWERS.model_copy(update={"at_least": 2})
    office = office_with(fields=(pair,))

    assert choose(office, "li").body["detail"] == "选择的人数不足"


@pytest.mark.parametrize("value", ["li", 3, True, [3], {"li": 1}, [["li"]], None])
def test_what_is_no_list_of_users_is_refused(value: Any) -> None:
    office = office_with()
    (item,) = office.inbox("chen")

    answer = office.act("chen", item, "complete", form={"reviewers": value})

    assert (answer.status, answer.body["code"], answer.body["field"]) == (422, "bad_value", "form/reviewers")


@pytest.mark.parametrize("value", [["li"], 3, ""])
def test_one_person_is_one_user_and_no_list(value: Any) -> None:
    office = office_with()

    answer = choose(office, "li", contact=value)

    assert (answer.status, answer.body["code"], answer.body["field"]) == (422, "bad_value", "form/contact")


def test_without_a_range_any_officer_on_the_roster_may_be_chosen_and_nobody_else() -> None:
    office = office_with(choosing(), carry_out("call", by=named_in("contact", "user")), fields=(CONTACT,))
    (item,) = office.inbox("chen")

    stranger = office.act("chen", item, "complete", form={"contact": "nobody_knows"})
    sun = office.act("chen", item, "complete", form={"contact": "sun"})

    assert (stranger.status, stranger.body["code"]) == (422, "bad_choice")
    assert (sun.status, held_by(office)) == (200, ["user:sun"])


def test_people_may_be_chosen_among_those_of_a_department() -> None:
    anybody = CONTACT.model_copy(update={"among": department("elsewhere", "anybody")})
    office = office_with(choosing(), carry_out("call", by=named_in("contact", "user")), fields=(anybody,))
    (item,) = office.inbox("chen")

    assert office.act("chen", item, "complete", form={"contact": "sun"}).body["detail"] == "所选人员不在规定范围内"


def test_the_initiator_may_not_be_chosen_where_the_step_forbids_it() -> None:
    office = Office([of(choosing(), REVIEW)], PEOPLE)
    event = office.event("trial.began.v1", key="t1")
    office.send(_sent_by(event, "li"))

    assert choose(office, "li").body["detail"] == "所选人员须回避本办件"
    assert choose(office, "wang").status == 200


def test_where_the_step_has_a_rule_for_the_initiator_the_initiator_may_be_chosen() -> None:
    passing = REVIEW.model_copy(update={"own_case": "skip"})
    office = Office([of(choosing(), passing)], PEOPLE)
    office.send(_sent_by(office.event("trial.began.v1", key="t1"), "li"))

    assert choose(office, "li", "wang").status == 200
    assert held_by(office) == ["user:wang"]


def test_who_must_stand_back_from_the_step_may_not_be_chosen() -> None:
    near = REVIEW.model_copy(update={"recused": ("department",)})
    office = office_with(choosing(), near)

    assert choose(office, "li").body["detail"] == "所选人员须回避本办件"


def test_a_choice_that_need_not_be_made_may_be_left_out() -> None:
    optional = REVIEWERS.model_copy(update={"required": False})
    office = office_with(
        choosing(), choice("any", when(given("reviewers"), REVIEW), otherwise=nothing()), fields=(optional,)
    )
    (item,) = office.inbox("chen")

    assert office.act("chen", item, "complete").status == 200
    assert office.cases()[0].case.outcome == "done"


def test_a_refusal_may_name_nobody_and_a_wrong_name_in_it_is_refused_all_the_same() -> None:
    asked = approve("choosing", by=role("clerk"), form="choice.v1", on_reject=REFUSED)
    office = office_with(asked, REVIEW)
    (item,) = office.inbox("chen")

    wrong = office.act("chen", item, "reject", opinion="no", form={"reviewers": ["sun"]})
    right = office.act("chen", item, "reject", opinion="no")

    assert (wrong.status, right.status) == (422, 200)


# -- what becomes of it ------------------------------------------------------------------------------------


def test_on_a_return_the_choice_is_asked_for_again_and_the_new_one_is_asked() -> None:
    office = office_with()
    choose(office, "li")
    (item,) = office.inbox("li")

    office.act("li", item, "return", opinion="more people", fields={"to": "steps/choosing"})
    before = (held_by(office), fields_of(office)["reviewers"])
    nothing_chosen = office.act("chen", office.inbox("chen")[0], "complete")
    choose(office, "wang", "zhao")

    assert before == (["role:clerk:"], ["li"])
    assert (nothing_chosen.status, nothing_chosen.body["code"]) == (422, "bad_value")
    assert held_by(office) == ["user:wang", "user:zhao"]


def test_what_is_chosen_once_stays_on_a_return_and_cannot_be_changed() -> None:
    once = REVIEWERS.model_copy(update={"once": True})
    office = office_with(fields=(once,))
    choose(office, "li")
    office.act("li", office.inbox("li")[0], "return", opinion="again", fields={"to": "steps/choosing"})
    (item,) = office.inbox("chen")

    changed = office.act("chen", item, "complete", form={"reviewers": ["wang"]})
    kept = office.act("chen", item, "complete")

    assert (changed.status, changed.body["code"]) == (422, "closed_field")
    assert (kept.status, held_by(office)) == (200, ["user:li"])


def test_what_is_chosen_once_is_asked_for_again_when_one_of_them_has_left() -> None:
    once = REVIEWERS.model_copy(update={"once": True})
    office = office_with(fields=(once,))
    choose(office, "li", "wang")
    office.act("wang", office.inbox("wang")[0], "return", opinion="again", fields={"to": "steps/choosing"})
    office.library.set_roster(_without(office.library.roster(), "li"))
    (item,) = office.inbox("chen")

    kept = office.act("chen", item, "complete")
    again = choose(office, "wang")

    assert (kept.status, again.status, held_by(office)) == (422, 200, ["user:wang"])


def test_who_leaves_before_the_step_is_reached_is_missed_by_the_rule_of_the_step() -> None:
    office = office_with(choosing(), carry_out("between", by=role("outsider")), REVIEW)
    choose(office, "li")
    office.library.set_roster(_without(office.library.roster(), "li"))

    office.act("sun", office.inbox("sun")[0], "complete")

    assert held_by(office) == ["role:office_head:"]


def test_who_leaves_before_a_step_that_climbs_is_missed_by_climbing() -> None:
    waiting = REVIEW.model_copy(update={"nobody": nobody("admin")})
    office = office_with(choosing(), carry_out("between", by=role("outsider")), waiting)
    choose(office, "li", "wang")
    office.library.set_roster(_without(office.library.roster(), "li"))

    office.act("sun", office.inbox("sun")[0], "complete")

    assert held_by(office) == ["role:process_admin:", "user:wang"]


def test_who_leaves_while_holding_lets_go_and_the_office_takes_the_seat() -> None:
    office = office_with()
    choose(office, "li", "wang")

    office.library.set_roster(_without(office.library.roster(), "li"))
    office.turn(hours=1)

    assert held_by(office) == ["role:office_head:", "user:wang"]


def test_where_the_step_is_not_reached_nothing_happens_to_the_chosen() -> None:
    office = office_with(choosing(), choice("needed", when(is_true("large"), REVIEW), otherwise=nothing()), large=False)

    choose(office, "li")

    assert office.cases()[0].case.outcome == "done"
    assert (office.inbox("li"), office.notices("li")) == ((), ())


def test_who_is_on_leave_may_be_chosen_and_is_stood_in_for() -> None:
    away = Proxy(user="li", proxy="sun", since=date(2026, 3, 1), until=date(2026, 3, 31))
    office = Office([of(choosing(), REVIEW)], replace(PEOPLE, proxies=(away,)))
    office.send(office.event("trial.began.v1", key="t1"))

    choose(office, "li")

    assert held_by(office) == ["user:li", "user:sun"]


def test_whoever_takes_over_the_step_is_who_chose() -> None:
    office = office_with()
    office.act("chen", office.inbox("chen")[0], "transfer", fields={"to": "sun"})

    choose(office, "li", user="sun")

    assert fields_of(office)["reviewers_chosen_by"] == "sun"


def test_where_the_choice_was_jumped_over_the_step_is_missed_by_its_rule() -> None:
    office = office_with()
    (case,) = office.cases()

    answer = office.act("he", case.case.id, "jump", opinion="sure", fields={"to": "steps/review"})

    assert answer.status == 200
    assert held_by(office) == ["role:office_head:"]


def test_each_element_of_a_for_each_has_a_choice_of_its_own_among_its_own_people() -> None:
    clerks = role("town_clerk", of="town")
    field = FormField(name="helper", type="person", among=clerks)
    people = staff(chen="clerk", li="town_clerk:t1", wang="town_clerk:t2")
    of_town = sequence(choosing(), carry_out("help", by=chosen("helper", among=clerks)))
    office = Office([of(for_each("towns", over="towns", each="town", do=of_town), fields=(field,))], people)
    office.send(office.event("trial.began.v1", key="t1", towns=["t1", "t2"]))
    first, second = sorted(office.inbox("chen"), key=lambda one: one.item.path)

    wrong = office.act("chen", first, "complete", form={"helper": "wang"})
    office.act("chen", first, "complete", form={"helper": "li"})
    office.act("chen", second, "complete", form={"helper": "wang"})

    assert (wrong.status, wrong.body["detail"]) == (422, "所选人员不在规定范围内")
    assert sorted(held_by(office)) == ["user:li", "user:wang"]
    assert "helper" not in fields_of(office)


def test_who_chose_is_hidden_wherever_the_chosen_are() -> None:
    hiding = REVIEW.model_copy(update={"rights": (("reviewers", "hidden"),)})

    assert hidden_at(of(choosing(), hiding), "steps/review") == {"reviewers", "reviewers_chosen_by"}


def agreed_to_a_choice_that_may_be_changed() -> Office:
    """Li was chosen, the head of the office has agreed to it, and a later step may choose anew."""
    watched = REVIEWERS.model_copy(update={"reapprove": True})
    before = approve("before", by=role("office_head"), on_reject=REFUSED)
    after = approve("after", by=role("outsider"), form="choice.v1", on_reject=REFUSED)
    office = office_with(choosing(), before, after, fields=(watched,))
    choose(office, "li")
    office.act("he", office.inbox("he")[0], "agree")
    return office


def test_a_changed_choice_asks_those_again_who_had_agreed_to_it() -> None:
    office = agreed_to_a_choice_that_may_be_changed()

    office.act("sun", office.inbox("sun")[0], "agree", form={"reviewers": ["wang"]})

    assert held_by(office) == ["role:office_head:"]


def test_the_same_choice_sent_again_asks_nobody_again() -> None:
    office = agreed_to_a_choice_that_may_be_changed()

    office.act("sun", office.inbox("sun")[0], "agree", form={"reviewers": ["li"]})

    assert office.cases()[0].case.outcome == "done"


def _sent_by(event: Any, user: str) -> Any:
    return replace(event, initiator=user)


def _without(roster: Roster, user: str) -> Roster:
    kept = tuple(one for one in roster.appointments if one.user != user)
    gone = Appointment(user=user, post=f"post_{user}", since=date(2020, 1, 1), until=date(2026, 3, 1))
    return replace(roster, version="later", appointments=(*kept, gone))
