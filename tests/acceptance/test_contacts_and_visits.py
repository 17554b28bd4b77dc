"""Named contacts and visits as domain.md W2 says it: the way through, and one test for each clause of its branches."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.contacts import parse_contact
from domain.events.contacts import ContactEnded, ContactListDrafted, ContactOfficerLeft, ContactProposed
from domain.events.members import ConsentWithdrawn
from domain.events.visits import VisitErasureAsked, VisitExcused
from domain.visits import Counts, Quarter, Visit, parse_visits, standing
from tests.acceptance.conftest import SERVICES_BY_CHAOS, Opener
from workflows.policy import operator_viewer
from workflows.reads import ItemView
from workflows.testkit import Office, staff

pytestmark = pytest.mark.parametrize("opens", SERVICES_BY_CHAOS, indirect=True)

CHINA = ZoneInfo("Asia/Shanghai")
LIST = "contacts-2026"
MEMBER = "example-0001"
PERSON = f"person:{MEMBER}"
HELD = {"held_on": "2026-05-27", "mode": "face_to_face"}
LOGGED = {"topics": ["business", "rights"], "attending": ["officer", "secretary"], "note": "样例:谈了用房问题"}


@pytest.fixture
def office(opens: Opener) -> Office:
    roster = staff(
        clerk="office_clerk",
        head="office_head",
        centre="centre_clerk",
        minister="minister",
        convenor="convenor",
        secretary_1="contact_secretary:contact_officer_1",
        secretary_2="contact_secretary:contact_officer_2",
    )
    return opens(roster)


def draft(office: Office, *members: str, contact_list: str = LIST, until: str = "2026-12-31") -> str:
    drafted = {"contact_list": contact_list, "year": int(until[:4]), "members": list(members), "until": until}
    (case,) = office.send(ContactListDrafted.model_validate(drafted)).cases
    return case


def propose(office: Office, member: str = MEMBER, officer: str = "contact_officer_1", contact_list: str = LIST) -> str:
    proposed = ContactProposed(member=member, contact_list=contact_list, officer=officer)
    (case,) = office.send(proposed).cases
    return case


def items(office: Office, user: str, step: str) -> list[ItemView]:
    return [one for one in office.inbox(user) if one.item.path.rpartition("/")[2] == step]


def item(office: Office, user: str, step: str) -> ItemView:
    (found,) = items(office, user, step)
    return found


def act(office: Office, user: str, step: str, verb: str = "agree", **given: Any) -> None:
    answer = office.act(user, items(office, user, step)[0], verb, **given)
    assert answer.status == 200, answer.body


def answer(office: Office, said: str) -> None:
    act(office, PERSON, "answer", "complete", form={"answer": said})


def up_to_approval(office: Office) -> tuple[str, str]:
    """A list of one pair that both sides agreed to: the cases of the list and of the pair."""
    case, pair = draft(office, MEMBER), propose(office)
    act(office, "secretary_1", "confirmation")
    answer(office, "agreed")
    return case, pair


def listed(office: Office) -> tuple[str, str]:
    cases = up_to_approval(office)
    act(office, "minister", "approval")
    act(office, "clerk", "filing", "complete", form={"document_number": "样例统〔2026〕1号"})
    return cases


def visit(office: Office, user: str = "secretary_1", **held: Any) -> None:
    act(office, user, "visit", "complete", form=HELD | held)


def log(office: Office, **logged: Any) -> None:
    act(office, "secretary_1", "log", "complete", form=LOGGED | logged)


def published(office: Office) -> list[str]:
    return [effect.body["type"] for effect in office.effects() if effect.gateway == "publish"]


def told(office: Office, user: str = PERSON) -> list[str]:
    notices = sorted(office.notices(user), key=lambda notice: (notice.at, notice.body["template"]))
    return [notice.body["template"] for notice in notices]


def ended(office: Office, case: str) -> tuple[str, str | None]:
    head = office.case(case).head
    return head.state.value, head.outcome


def running(office: Office, workflow: str) -> list[str]:
    return [row.case.id for row in office.cases() if row.case.workflow == workflow and row.case.state == "running"]


def outcomes(office: Office, workflow: str) -> list[str | None]:
    return [row.case.outcome for row in office.cases() if row.case.workflow == workflow]


def register(office: Office, name: str, key: str = MEMBER) -> Mapping[str, Any]:
    rows = office.store.units.read(lambda unit: unit.registers([(name, key)]))
    return rows[name, key].values


def visits(office: Office) -> tuple[Visit, ...]:
    return parse_visits(register(office, "visits")).visits


def due_day(one: ItemView) -> date:
    assert one.item.due_at is not None
    return one.item.due_at.astimezone(CHINA).date()


def correct(office: Office, note: str) -> None:
    (own,) = [one for one in office.inbox(PERSON) if one.item.form == "visit_note.v1"]
    assert office.act(PERSON, own, "complete", form={"note": note}).status == 200


def note_of(office: Office, case: str) -> Any:
    return office.store.units.read(lambda unit: unit.load([case]))[case].head.personal.get("note")


# -- the way through ---------------------------------------------------------------------------------------


def test_a_pair_goes_from_the_office_to_the_officer_to_the_person_to_the_minister_and_stands_on_the_list(
    office: Office,
) -> None:
    case, pair = listed(office)

    contact = parse_contact(register(office, "contacts"))
    assert (ended(office, case), ended(office, pair)) == (("running", None), ("running", None))
    assert (contact.status, contact.officer, contact.document_number) == (
        "current",
        "contact_officer_1",
        "样例统〔2026〕1号",
    )
    assert contact.since == date(2026, 3, 2)
    assert published(office) == [
        "contact.confirmed.v1",
        "contact.settled.v1",
        "contact_list.approved.v1",
        "contact.approved.v1",
        "visit.planned.v1",
    ]


def test_both_sides_are_told_that_the_pair_is_on_the_list(office: Office) -> None:
    listed(office)

    assert told(office) == ["contact_listed"]
    assert "contact_to_keep" in told(office, "secretary_1")


def test_each_step_has_the_term_of_the_rule_sheet(office: Office) -> None:
    draft(office, MEMBER)
    propose(office)
    terms = [due_day(item(office, "secretary_1", "confirmation"))]
    act(office, "secretary_1", "confirmation")
    terms.append(due_day(item(office, PERSON, "answer")))
    answer(office, "agreed")
    terms.append(due_day(item(office, "minister", "approval")))

    # 2 March 2026 is a Monday: five, ten and five working days later.
    assert terms == [date(2026, 3, 9), date(2026, 3, 16), date(2026, 3, 9)]


def test_the_first_visit_is_due_three_months_after_the_list_was_approved(office: Office) -> None:
    listed(office)

    assert due_day(item(office, "secretary_1", "visit")) == date(2026, 6, 2)
    assert [(one.due_on, one.state) for one in visits(office)] == [(date(2026, 6, 2), "upcoming")]


def test_a_visit_is_put_on_record_within_five_working_days_and_the_next_is_due_three_months_after_it(
    office: Office,
) -> None:
    listed(office)
    office.turn(days=87)

    visit(office)
    log_by = due_day(item(office, "secretary_1", "log"))
    log(office)

    assert log_by == date(2026, 6, 3)
    assert due_day(item(office, "secretary_1", "visit")) == date(2026, 8, 27)
    held, following = visits(office)
    assert (held.state, held.held_on, held.mode, held.topics) == (
        "held",
        date(2026, 5, 27),
        "face_to_face",
        ("business", "rights"),
    )
    assert (held.attending, following.state, following.due_on) == (
        ("officer", "secretary"),
        "upcoming",
        date(2026, 8, 27),
    )
    assert told(office)[-1] == "visit_logged"


def test_the_list_is_summed_up_by_the_end_of_the_year_and_closes_when_the_next_one_is_approved(office: Office) -> None:
    case, pair = listed(office)
    summary = due_day(item(office, "clerk", "summary"))
    office.turn(days=300)
    act(office, "clerk", "summary", "complete")
    act(office, "clerk", "renewal", "complete", form={"next_list": "contacts-2027"})

    following = draft(office, "example-0002", contact_list="contacts-2027", until="2027-12-31")
    office.turn(days=60)
    act(office, "minister", "approval")
    act(office, "clerk", "filing", "complete", form={"document_number": "样例统〔2027〕1号"})

    assert summary == date(2026, 12, 31)
    assert ended(office, case) == ("completed", "superseded")
    assert ended(office, pair) == ("completed", "superseded")
    assert ended(office, following) == ("running", None)
    assert outcomes(office, "visit") == ["cancelled"]
    assert {"contact_list.summed_up.v1", "contact_list.superseded.v1", "visit.cancelled.v1"} <= set(published(office))


# -- officer leaves → reassign within ten working days, plan kept ------------------------------------------


def up_to_new_officer(office: Office) -> str:
    _, pair = listed(office)
    office.send(ContactOfficerLeft(officer="contact_officer_1"))
    act(office, "clerk", "choose", "complete", form={"officer": "contact_officer_2"})
    return pair


def test_when_an_officer_leaves_another_takes_over_within_ten_working_days(office: Office) -> None:
    listed(office)
    office.send(ContactOfficerLeft(officer="contact_officer_1"))

    terms = [due_day(item(office, "clerk", "choose"))]
    office.turn_to(item(office, "clerk", "choose").item.due_at or office.clock())
    act(office, "clerk", "choose", "complete", form={"officer": "contact_officer_2"})
    terms.append(due_day(item(office, "secretary_2", "take_over")))

    # Ten working days after Monday, 2 March is Monday, 16 March.
    assert terms == [date(2026, 3, 9), date(2026, 3, 16)]


def test_the_plan_of_visits_is_kept_under_the_new_officer(office: Office) -> None:
    pair = up_to_new_officer(office)

    act(office, "secretary_2", "take_over")

    assert items(office, "secretary_1", "visit") == []
    assert due_day(item(office, "secretary_2", "visit")) == date(2026, 6, 2)
    assert [(one.officer, one.due_on) for one in visits(office)] == [("contact_officer_2", date(2026, 6, 2))]
    assert parse_contact(register(office, "contacts")).officer == "contact_officer_2"
    assert ended(office, pair) == ("running", None)
    assert (told(office)[-1], told(office, "secretary_2")[-1]) == ("officer_changed", "contact_to_keep")


def test_an_officer_who_says_no_leaves_the_office_to_choose_again(office: Office) -> None:
    up_to_new_officer(office)

    act(office, "secretary_2", "take_over", "reject", reason="already_full")

    assert len(items(office, "clerk", "choose")) == 1


def test_the_leaving_of_one_officer_concerns_each_of_the_contacts_and_nobody_else(office: Office) -> None:
    draft(office, MEMBER, "example-0002", "example-0003")
    for member, number in ((MEMBER, 1), ("example-0002", 1), ("example-0003", 2)):
        propose(office, member, f"contact_officer_{number}")
        act(office, f"secretary_{number}", "confirmation")
        act(office, f"person:{member}", "answer", "complete", form={"answer": "agreed"})
    act(office, "minister", "approval")
    act(office, "clerk", "filing", "complete", form={"document_number": "样例统〔2026〕1号"})

    office.send(ContactOfficerLeft(officer="contact_officer_1"))

    assert len(items(office, "clerk", "choose")) == 2


def test_a_second_leaving_is_heard_as_well(office: Office) -> None:
    up_to_new_officer(office)
    act(office, "secretary_2", "take_over")

    office.send(ContactOfficerLeft(officer="contact_officer_2"))

    assert len(items(office, "clerk", "choose")) == 1


# -- person declines → another officer or none -------------------------------------------------------------


def declined(office: Office) -> str:
    draft(office, MEMBER)
    pair = propose(office)
    act(office, "secretary_1", "confirmation")
    answer(office, "declined")
    return pair


def test_whoever_declines_may_be_asked_for_another_officer(office: Office) -> None:
    pair = declined(office)

    act(office, "clerk", "other_officer", "complete", form={"next": "other", "officer": "contact_officer_2"})
    act(office, "secretary_2", "confirmation")
    answer(office, "agreed")

    assert ended(office, pair) == ("running", None)
    assert len(items(office, "minister", "approval")) == 1


def test_whoever_declines_may_be_left_without_an_officer_and_nothing_follows_for_them(office: Office) -> None:
    pair = declined(office)

    act(office, "clerk", "other_officer", "complete", form={"next": "none"})

    assert ended(office, pair) == ("completed", "none")
    assert parse_contact(register(office, "contacts")).status == "declined"
    assert published(office) == ["contact.confirmed.v1", "contact.declined.v1", "contact.settled.v1"]
    assert len(items(office, "minister", "approval")) == 1


def test_an_officers_office_that_says_no_leaves_the_office_to_ask_another(office: Office) -> None:
    draft(office, MEMBER)
    propose(office)

    act(office, "secretary_1", "confirmation", "reject", reason="already_full")

    assert items(office, PERSON, "answer") == []
    assert len(items(office, "clerk", "other_officer")) == 1


def test_nobody_answers_for_a_person_who_is_silent(office: Office) -> None:
    draft(office, MEMBER)
    propose(office)
    act(office, "secretary_1", "confirmation")

    office.turn(days=25)
    act(office, "clerk", "answer", "complete", form={"answer": "not_reached"})

    assert told(office) == ["remind", "remind", "escalate"]
    assert len(items(office, "clerk", "other_officer")) == 1
    assert "contact.declined.v1" not in published(office)


# -- visit missed ------------------------------------------------------------------------------------------


def test_the_secretary_is_reminded_ten_working_days_before_a_visit_is_due(office: Office) -> None:
    listed(office)

    office.turn(days=77)  # Monday, 18 May: the tenth working day before Tuesday, 2 June is 19 May
    before = told(office, "secretary_1")
    office.turn(days=2)

    assert before == ["contact_to_keep"]
    assert told(office, "secretary_1") == ["contact_to_keep", "remind"]
    assert [one.state for one in visits(office)] == ["due"]


def test_a_missed_visit_is_red_when_its_day_is_over(office: Office) -> None:
    listed(office)

    office.turn(days=92.5)

    missed = item(office, "secretary_1", "visit").item
    assert missed.due_at is not None
    assert missed.due_at < office.clock()
    assert [one.state for one in visits(office)] == ["overdue"]
    found = standing(office.store.reads.visits(operator_viewer(office.county)), Quarter(2026, 3))
    assert found == {"contact_officer_1": Counts(overdue=1)}
    assert published(office)[-2:] == ["visit.due.v1", "visit.overdue.v1"]
    assert items(office, "head", "visit") == []


def test_ten_working_days_later_the_office_may_act(office: Office) -> None:
    listed(office)

    office.turn(days=92 + 15)
    visit(office, "head", held_on="2026-06-16")

    assert "escalate" in told(office, "head")
    assert [one.state for one in visits(office)] == ["held", "upcoming"]
    assert visits(office)[0].was_late


def test_a_phone_call_is_put_on_record_and_does_not_count(office: Office) -> None:
    listed(office)
    office.turn(days=80)

    visit(office, mode="phone", held_on="2026-05-20")

    assert due_day(item(office, "secretary_1", "visit")) == date(2026, 6, 2)
    assert [(one.state, one.calls) for one in visits(office)] == [("due", 1)]
    assert len(items(office, "secretary_1", "log")) == 1


def test_at_least_every_other_visit_is_face_to_face(office: Office) -> None:
    listed(office)
    office.turn(days=80)

    visit(office, mode="online", held_on="2026-05-20")
    first = [one.state for one in visits(office)]
    visit(office, held_on="2026-05-21")
    visit(office, mode="online", held_on="2026-05-21")
    visit(office, mode="online", held_on="2026-05-21")

    assert first == ["due"]
    assert [(one.state, one.mode, one.calls) for one in visits(office)] == [
        ("held", "face_to_face", 1),
        ("held", "online", 0),
        ("upcoming", None, 1),
    ]


def test_the_office_may_excuse_a_visit_and_the_next_is_due_three_months_later(office: Office) -> None:
    listed(office)
    office.turn(days=95)

    office.send(VisitExcused(member=MEMBER, contact_list=LIST, reason="officer_absent"))

    assert [(one.state, one.due_on) for one in visits(office)] == [
        ("excused", date(2026, 6, 2)),
        ("upcoming", date(2026, 9, 5)),
    ]


# -- follow-up and close -----------------------------------------------------------------------------------


def test_each_issue_that_was_raised_is_said_as_an_event_of_its_own(office: Office) -> None:
    listed(office)
    office.turn(days=87)
    visit(office)

    log(office, issues=["business", "rights"])

    assert published(office).count("visit.issue_raised.v1") == 2


def test_a_visit_that_is_not_put_on_record_in_time_is_escalated_to_the_office(office: Office) -> None:
    listed(office)
    office.turn(days=87)
    visit(office)

    office.turn(days=16)

    assert len(items(office, "head", "log")) == 1


def recorded(office: Office) -> str:
    listed(office)
    office.turn(days=87)
    visit(office)
    log(office)
    (case,) = running(office, "visit_record")
    return case


def test_the_person_reads_and_corrects_the_note_as_long_as_it_is_kept(office: Office) -> None:
    case = recorded(office)

    correct(office, "样例:谈的是停车问题")
    office.turn(days=400)
    corrected = note_of(office, case)
    correct(office, "样例:两件事都谈了")

    assert corrected == "样例:谈的是停车问题"
    assert note_of(office, case) == "样例:两件事都谈了"


def test_a_note_of_more_than_three_hundred_characters_is_refused(office: Office) -> None:
    listed(office)
    office.turn(days=87)
    visit(office)

    answered = office.act(
        "secretary_1", item(office, "secretary_1", "log"), "complete", form=LOGGED | {"note": "样" * 301}
    )

    assert answered.status == 422


def test_after_three_years_the_note_is_destroyed_and_the_audit_still_holds(office: Office) -> None:
    case = recorded(office)

    office.turn(days=3 * 365 - 10)
    kept = note_of(office, case)
    office.turn(days=20)

    assert kept == LOGGED["note"]
    assert note_of(office, case) is None
    assert ended(office, case) == ("completed", "erased_in_time")
    assert office.store.reads.verify().where is None
    assert visits(office)[0].state != "held"


def test_the_person_may_have_the_notes_destroyed_before(office: Office) -> None:
    case = recorded(office)

    office.send(VisitErasureAsked(member=MEMBER, contact_list=LIST))

    assert note_of(office, case) is None
    assert "visit.erased.v1" in published(office)


@pytest.mark.parametrize("workflow", ["contact_pair", "visit", "visit_record"])
def test_consent_withdrawn_ends_everything_about_the_person(office: Office, workflow: str) -> None:
    recorded(office)

    office.send(ConsentWithdrawn(application=MEMBER, channel="self"))

    assert running(office, workflow) == []


def test_a_contact_that_the_person_ends_ends_the_plan_as_well(office: Office) -> None:
    _, pair = listed(office)

    office.send(ContactEnded(member=MEMBER, contact_list=LIST, reason="person_asked"))

    assert ended(office, pair) == ("completed", "ended")
    assert outcomes(office, "visit") == ["cancelled"]
    assert parse_contact(register(office, "contacts")).status == "ended"


def test_a_list_that_the_minister_refuses_ends_its_pairs(office: Office) -> None:
    case, pair = up_to_approval(office)

    act(office, "minister", "approval", "reject", reason="pairs_to_be_changed")

    assert (ended(office, case), ended(office, pair)) == (("rejected", "refused"), ("rejected", "list_refused"))


# -- people's data -----------------------------------------------------------------------------------------


def test_nothing_that_leaves_the_house_holds_a_word_of_the_note(office: Office) -> None:
    recorded(office)

    outside = str([effect.body for effect in office.effects()])

    assert "用房" not in outside
