"""Who is asked, how many must say yes, what happens when somebody says no."""

from __future__ import annotations

import pytest

from domain.organisation import Appointment, Department, Grant, Post
from domain.roster import Roster
from tests.unit.machine.desk import APPLICANT, MONDAY, Desk, flow, people
from workflows.language.words import (
    Mode,
    Step,
    Who,
    applicant,
    approve,
    carry_out,
    department,
    departments,
    either,
    end,
    nothing,
    role,
    seats,
    sequence,
)
from workflows.testkit import staff

OFFICE = ("role:office_head:", "candidate")


def decide_by(who: Who, mode: Mode = Mode.ONE) -> Step:
    return sequence(approve("decision", by=who, mode=mode, on_reject=end("refused", "rejected")), end("granted"))


# -- how many ----------------------------------------------------------------------------------------------


def test_one_decides_for_all_who_hold_the_role() -> None:
    desk = Desk(decide_by(role("officer")))
    assert desk.holders("steps/decision") == [("role:officer:", "candidate")]

    desk.act("other", "agree", "steps/decision")

    assert desk.state == ("completed", "granted")
    assert desk.closed()["steps/decision", 1, 0] == ("approved", "other")


def test_a_rejection_runs_its_own_way_and_keeps_the_opinion_for_the_person_only() -> None:
    desk = Desk(decide_by(role("officer")))

    desk.act("officer", "reject", "steps/decision", opinion="样例意见")

    assert desk.state == ("rejected", "refused")
    assert desk.last.entry.personal == {"opinion": "样例意见"}
    assert "样例意见" not in str(desk.last.entry.delta)


def test_where_a_rejection_leads_on_the_case_goes_on_behind_the_step() -> None:
    desk = Desk(sequence(approve("ask", by=role("officer"), on_reject=nothing()), end("after")))

    desk.act("officer", "reject", "steps/ask", opinion="样例")

    assert desk.state == ("completed", "after")


def test_with_all_the_last_agreement_decides() -> None:
    desk = Desk(decide_by(role("officer"), Mode.ALL))
    assert [who for who, _ in desk.holders("steps/decision")] == ["user:officer", "user:other", "user:secretary"]

    for who in ("other", "officer"):
        desk.act(who, "agree", "steps/decision")
    assert desk.open() == [("steps/decision", 1)]
    desk.act("secretary", "agree", "steps/decision")

    assert desk.state == ("completed", "granted")


def test_with_all_one_refusal_decides_and_names_itself_to_the_others() -> None:
    desk = Desk(decide_by(role("officer"), Mode.ALL))
    desk.act("other", "agree", "steps/decision")

    desk.act("officer", "reject", "steps/decision", opinion="样例")

    assert desk.state == ("rejected", "refused")
    assert [desk.closed()["steps/decision", 1, seat] for seat in (0, 1, 2)] == [
        ("rejected", "officer"),
        ("approved", "other"),
        ("cancelled", "officer"),
    ]


@pytest.mark.parametrize(("verb", "outcome"), [("agree", "granted"), ("reject", "refused")])
def test_with_any_the_first_decision_of_any_kind_decides(verb: str, outcome: str) -> None:
    desk = Desk(decide_by(either(role("clerk"), role("officer")), Mode.ANY))

    desk.act("officer", verb, "steps/decision", opinion="样例")

    assert desk.state[1] == outcome
    assert desk.closed()["steps/decision", 1, 0] == ("cancelled", "officer")


def test_a_task_with_several_seats_waits_for_each_of_them() -> None:
    desk = Desk(carry_out("visit", by=seats(2, role("officer"), pick="least_loaded")))
    assert {one.pick for one in desk.live.items.values()} == {"least_loaded"}

    desk.act("officer", "complete", "steps")
    assert len(desk.open()) == 1
    desk.act("other", "complete", "steps")

    assert desk.state == ("completed", "completed")


# -- who ---------------------------------------------------------------------------------------------------


def departments_roster(*contacts: str) -> Roster:
    """Three member departments; those named have a liaison officer. The office has its head."""
    codes = ("d1", "d2", "d3")
    day = MONDAY.date()
    posts = tuple(Post(f"post_{one}", one, one, one, (Grant("liaison", None),), day) for one in contacts)
    appointments = tuple(Appointment(f"contact_{one}", f"post_{one}", day) for one in contacts)
    return Roster(
        version="departments",
        county="330226",
        departments=(
            *(Department(one, one, one, day, member=True) for one in codes),
            Department("meeting", "meeting", "meeting", day, member=False),
        ),
        posts=(*posts, Post("post_head", "meeting", "head", "head", (Grant("office_head"),), day)),
        appointments=(*appointments, Appointment("head", "post_head", day)),
    )


def test_each_member_department_has_a_seat_and_sees_the_case() -> None:
    desk = Desk(decide_by(departments(), Mode.ALL), roster=departments_roster("d1", "d2", "d3"))

    assert [who for who, _ in desk.holders("steps/decision")] == [f"user:contact_{one}" for one in ("d1", "d2", "d3")]
    assert {f"department:{one}" for one in ("d1", "d2", "d3")} <= {one.who for one in desk.last.access}


def test_the_seat_of_a_department_without_a_contact_is_the_offices_and_the_department_still_sees_it() -> None:
    desk = Desk(decide_by(departments(), Mode.ALL), roster=departments_roster("d1", "d3"))

    assert desk.holders("steps/decision") == [
        ("user:contact_d1", "candidate"),
        OFFICE,
        ("user:contact_d3", "candidate"),
    ]
    assert "department:d2" in {one.who for one in desk.last.access}
    assert ("nobody_found", ("role:office_head:",)) in desk.told()


def test_nobody_found_goes_to_the_office_which_is_told() -> None:
    desk = Desk(decide_by(role("panel")))

    assert desk.holders("steps/decision") == [OFFICE]
    assert desk.told() == [("nobody_found", ("role:office_head:",))]
    assert desk.act("head", "agree", "steps/decision").after.head.outcome == "granted"


def test_a_role_in_a_scope_follows_the_field_of_the_case() -> None:
    desk = Desk(
        decide_by(role("clerk", of="town")), fields={"town": "T1"}, roster=staff(town="clerk:T1", far="clerk:T2")
    )

    assert desk.holders("steps/decision") == [("role:clerk:T1", "candidate")]
    assert desk.act("town", "agree", "steps/decision").after.head.outcome == "granted"


def test_a_scope_that_nobody_gave_never_widens_the_circle() -> None:
    desk = Desk(decide_by(role("clerk", of="town")))

    assert desk.holders("steps/decision") == [OFFICE]


@pytest.mark.parametrize("user", ["clerk", "town"])
def test_a_grant_without_scope_counts_in_every_scope(user: str) -> None:
    desk = Desk(decide_by(role("clerk", of="town")), fields={"town": "T1"})

    desk.act(user, "agree", "steps/decision")

    assert desk.state == ("completed", "granted")


def test_whoever_holds_two_of_the_roles_answers_once() -> None:
    desk = Desk(decide_by(either(role("officer"), role("secretary")), Mode.ALL))

    assert [who for who, _ in desk.holders("steps/decision")] == ["user:officer", "user:other", "user:secretary"]


def test_where_all_must_agree_a_vacant_role_is_the_offices() -> None:
    desk = Desk(decide_by(either(role("officer"), role("panel")), Mode.ALL))

    assert desk.holders("steps/decision")[-1] == OFFICE


def test_where_one_is_enough_a_vacant_role_is_left_out() -> None:
    desk = Desk(decide_by(either(role("panel"), role("clerk"), department("office")), Mode.ANY))

    assert desk.holders("steps/decision") == [("role:clerk:", "candidate"), ("user:contact", "candidate")]


def test_the_applicant_is_asked_and_the_counter_may_answer_for_them() -> None:
    desk = Desk(carry_out("tell", by=applicant(through=role("clerk"))))
    assert desk.holders("steps") == [(APPLICANT, "owner"), ("role:clerk:", "proxy")]

    desk.act("clerk", "complete", "steps")

    assert desk.last.entry.authority == "proxy"


def test_where_the_case_is_about_nobody_any_officer_of_the_department_that_applied_answers() -> None:
    desk = Desk(flow(carry_out("tell", by=applicant(through=role("clerk"))), person=False), person=None)
    assert desk.holders("steps") == [("department:office", "candidate"), ("role:clerk:", "proxy")]

    desk.act("town", "complete", "steps")

    assert desk.last.entry.authority == "candidate"


def test_where_nobody_serves_in_the_department_that_applied_the_office_is_asked() -> None:
    desk = Desk(flow(carry_out("tell", by=applicant()), person=False), person=None, roster=departments_roster("d1"))

    assert desk.holders("steps") == [OFFICE]


def test_the_item_says_on_which_roster_it_was_given_out() -> None:
    desk = Desk(carry_out("tell", by=role("clerk")), roster=people())

    assert {one.roster for one in desk.live.items.values()} == {"staff"}
    assert desk.last.entry.facts == {"roster": "staff", "calendar": "plain", "numbers": "n1"}
