"""Member registration as domain.md W1 says it: the way through, and one test for each clause of its branches."""

from collections.abc import Mapping
from typing import Any

import pytest

from domain.clocks import from_text
from domain.events.members import (
    ConsentGiven,
    ConsentWithdrawn,
    MemberApplied,
    MemberConfirmed,
    MemberSupplemented,
    MemberWithdrawn,
)
from tests.acceptance.conftest import Opener
from workflows.ports import NewEvent
from workflows.reads import ItemView
from workflows.testkit import Office, staff

COUNCIL = ("council_1", "council_2", "council_3", "council_4", "council_5")
PEOPLE = ("clerk", "verifier", "other_verifier", "town", "officer", "head", *COUNCIL)


@pytest.fixture
def office(opens: Opener) -> Office:
    roster = staff(
        clerk="centre_clerk",
        verifier="category_verifier:2",
        other_verifier="category_verifier:3",
        town="town_clerk:330226105",
        officer="section_officer",
        head="office_head",
        council_1="council_member",
        council_2="council_member",
        council_3="council_member",
        council_4="council_member",
        council_5="council_member",
    )
    return opens(roster)


def applied(**changed: Any) -> MemberApplied:
    return MemberApplied.model_validate({**MemberApplied.EXAMPLE, **changed})


def apply(office: Office, **changed: Any) -> str:
    (case,) = office.send(applied(**changed)).cases
    return case


def item_of(office: Office, user: str) -> ItemView:
    (item,) = office.inbox(user)
    return item


def act(office: Office, user: str, verb: str, **given: Any) -> int:
    return office.act(user, item_of(office, user), verb, **given).status


def up_to_category(office: Office, **changed: Any) -> str:
    case = apply(office, **changed)
    act(office, "clerk", "agree")
    return case


def up_to_approval(office: Office, **changed: Any) -> str:
    case = up_to_category(office, **changed)
    act(office, "verifier", "agree")
    return case


def register(office: Office, **changed: Any) -> str:
    case = up_to_approval(office, **changed)
    act(office, "officer", "agree")
    return case


def published(office: Office) -> list[str]:
    return [effect.body["type"] for effect in office.effects() if effect.gateway == "publish"]


def told(office: Office, user: str = "person:example-0001") -> list[str]:
    """What somebody was told, in order; what was said at the same moment by name."""
    notices = sorted(office.notices(user), key=lambda notice: (notice.at, notice.body["template"]))
    return [notice.body["template"] for notice in notices]


def ended(office: Office, case: str) -> tuple[str, str | None]:
    head = office.case(case).head
    return head.state.value, head.outcome


def case_of(office: Office, workflow: str, key: str = "example-0001") -> str:
    (found,) = [row.case.id for row in office.cases() if (row.case.workflow, row.case.key) == (workflow, key)]
    return found


def personal(office: Office, case: str) -> Mapping[str, Any]:
    """What is kept under the person's key and can still be opened."""
    return office.store.units.read(lambda unit: unit.load([case]))[case].head.personal


# -- the way through ---------------------------------------------------------------------------------------


def test_an_application_goes_from_the_counter_to_the_verifier_to_the_section_and_is_registered(office: Office) -> None:
    case = apply(office)

    statuses = [act(office, user, "agree") for user in ("clerk", "verifier", "officer")]

    assert statuses == [200, 200, 200]
    assert ended(office, case) == ("approved", "registered")
    assert published(office) == ["member.verified.v1", "member.registered.v1"]
    assert told(office) == ["received", "registered"]


def test_each_step_has_the_term_of_the_rule_sheet(office: Office) -> None:
    apply(office)
    terms = [item_of(office, "clerk").item]
    for user, following in (("clerk", "verifier"), ("verifier", "officer")):
        act(office, user, "agree")
        terms.append(item_of(office, following).item)

    clocks = [from_text(item.due_rule) for item in terms]
    assert [(clock.days, clock.name) for clock in clocks if clock is not None] == [
        (2, "member.completeness_days"),
        (5, "member.category_days"),
        (3, "member.approval_days"),
    ]


# -- consent -----------------------------------------------------------------------------------------------


def test_without_consent_the_applicant_is_asked_and_nobody_works_on_the_case(office: Office) -> None:
    apply(office, consented=False)

    assert told(office) == ["consent_asked", "received"]
    assert office.inbox("clerk") == ()


def test_consent_that_is_given_later_lets_the_case_go_on(office: Office) -> None:
    apply(office, consented=False, consent_version="2025-01")

    office.send(ConsentGiven(application="example-0001", channel="self", consent_version="2026-01"))

    head = office.case(item_of(office, "clerk").item.case).head
    assert (head.fields["consented"], head.fields["consent_version"]) == (True, "2026-01")


def test_consent_that_came_before_the_application_is_not_lost(office: Office) -> None:
    office.send(ConsentGiven(application="example-0001", channel="self", consent_version="2026-01"))

    apply(office, consented=False)

    assert len(office.inbox("clerk")) == 1


def test_consent_that_never_comes_ends_in_a_refusal_after_one_reminder(office: Office) -> None:
    case = apply(office, consented=False)

    office.turn(days=14)

    assert ended(office, case) == ("rejected", "refused_without_consent")
    assert told(office) == ["consent_asked", "received", "remind", "refused"]
    assert published(office) == ["member.refused.v1"]


@pytest.mark.parametrize("reach", [apply, up_to_category, up_to_approval])
def test_consent_withdrawn_at_any_time_ends_the_case_and_erases_the_person(office: Office, reach: Any) -> None:
    case = reach(office)
    kept = personal(office, case)

    office.send(ConsentWithdrawn(application="example-0001", channel="self"))

    assert ended(office, case) == ("withdrawn", "consent_withdrawn")
    assert kept["name"] == "样例·甲"
    assert personal(office, case) == {}
    assert [office.inbox(user) for user in PEOPLE] == [()] * len(PEOPLE)
    assert "member.erased.v1" in published(office)


def test_consent_withdrawn_after_the_registration_erases_the_member_at_once(office: Office) -> None:
    case = register(office)
    kept = personal(office, case)

    office.send(ConsentWithdrawn(application="example-0001", channel="self"))

    assert kept["name"] == "样例·甲"
    assert personal(office, case) == {}
    assert ended(office, case_of(office, "consent_withdrawal")) == ("completed", "erased")


def test_a_member_whose_data_were_erased_is_not_waited_for_a_year_later(office: Office) -> None:
    register(office)
    office.send(ConsentWithdrawn(application="example-0001", channel="self"))

    office.turn(days=366 + 60)

    assert "member_confirmation" not in {row.case.workflow for row in office.cases()}
    assert "member.dormant.v1" not in published(office)


# -- completeness ------------------------------------------------------------------------------------------


def test_an_incomplete_application_is_returned_and_goes_on_with_what_was_supplemented(office: Office) -> None:
    case = apply(office, job_title=None)

    act(office, "clerk", "return", opinion="请补充职务")
    office.send(MemberSupplemented(application="example-0001", job_title="样例项目主管", groups=("3",)))

    assert item_of(office, "clerk").item.round == 2
    assert personal(office, case)["job_title"] == "样例项目主管"
    assert office.case(case).head.fields["main_group"] == "3"


def test_the_clerk_may_write_down_the_supplement_at_the_counter(office: Office) -> None:
    case = apply(office, job_title=None)

    act(office, "clerk", "return", opinion="请补充职务")
    status = act(office, "clerk", "complete", form={"job_title": "样例项目主管"})

    assert status == 200
    assert personal(office, case)["job_title"] == "样例项目主管"


def test_a_supplement_is_asked_only_once(office: Office) -> None:
    apply(office)

    act(office, "clerk", "return", opinion="请补充职务")
    office.send(MemberSupplemented(application="example-0001", job_title="样例项目主管"))

    assert act(office, "clerk", "return", opinion="请再补充") == 409


def test_a_supplement_that_does_not_come_within_five_working_days_closes_the_case(office: Office) -> None:
    case = apply(office)

    act(office, "clerk", "return", opinion="请补充职务")
    office.turn(days=8)

    assert ended(office, case) == ("completed", "incomplete")
    assert told(office)[-1] == "closed_incomplete"


# -- duplicates --------------------------------------------------------------------------------------------


def twins(office: Office) -> str:
    register(office)
    case = apply(office, application="example-0002")
    act(office, "clerk", "agree")
    return case


def test_the_same_name_and_number_is_shown_to_the_clerk(office: Office) -> None:
    case = twins(office)

    assert item_of(office, "clerk").item.form == "duplicate_check.v1"
    assert office.case(case).head.fields["twin"] == "example-0001"
    assert office.inbox("verifier") == ()


def test_the_same_person_is_refused_as_a_duplicate(office: Office) -> None:
    case = twins(office)

    act(office, "clerk", "complete", form={"same_person": "same"})

    assert ended(office, case) == ("rejected", "refused_duplicate")
    assert published(office)[-1] == "member.refused.v1"


def test_another_person_with_the_same_name_and_number_goes_on(office: Office) -> None:
    twins(office)

    act(office, "clerk", "complete", form={"same_person": "different"})

    assert len(office.inbox("verifier")) == 1


# -- refusals ----------------------------------------------------------------------------------------------

REFUSALS = [
    (apply, "clerk", "outside_county"),
    (apply, "clerk", "minor"),
    (up_to_category, "verifier", "not_in_groups"),
    (up_to_category, "town", "outside_county"),
    (up_to_approval, "officer", "duplicate"),
]


@pytest.mark.parametrize(("reach", "user", "reason"), REFUSALS)
def test_a_refusal_names_a_reason_of_the_closed_list(office: Office, reach: Any, user: str, reason: str) -> None:
    case = reach(office)

    act(office, user, "reject", reason=reason)

    assert ended(office, case) == ("rejected", "refused")
    assert office.case(case).head.fields["reason"] == reason
    assert (published(office)[-1], told(office)[-1]) == ("member.refused.v1", "refused")


@pytest.mark.parametrize(("reach", "user"), [(apply, "clerk"), (up_to_category, "town"), (up_to_approval, "officer")])
def test_no_other_reason_is_accepted(office: Office, reach: Any, user: str) -> None:
    case = reach(office)

    status = act(office, user, "reject", reason="not_convinced", opinion="不合适")

    assert status == 422
    assert ended(office, case) == ("running", None)


def test_whoever_was_refused_may_ask_again(office: Office) -> None:
    apply(office)
    act(office, "clerk", "reject", reason="minor")

    again = register(office, application="example-0002", mobile="+86 138-0013-8000")

    assert ended(office, again) == ("approved", "registered")


def test_the_data_of_a_refused_application_are_erased_after_a_year(office: Office) -> None:
    case = apply(office)
    act(office, "clerk", "reject", reason="minor")

    office.turn(days=360)
    kept = personal(office, case)
    office.turn(days=6)

    assert kept["name"] == "样例·甲"
    assert personal(office, case) == {}
    assert published(office)[-1] == "member.erased.v1"


# -- the category check ------------------------------------------------------------------------------------


def test_the_verifier_of_the_group_and_the_town_are_both_asked_and_the_first_answer_counts(office: Office) -> None:
    up_to_category(office)
    late = item_of(office, "verifier")

    act(office, "town", "agree")
    answer = office.act("verifier", late, "agree")

    assert (answer.status, answer.body["by"]) == (409, "town")
    assert len(office.inbox("officer")) == 1


def test_the_verifier_of_another_group_is_not_asked(office: Office) -> None:
    up_to_category(office)

    assert office.inbox("other_verifier") == ()


def test_a_silent_verifier_is_reminded_when_the_term_is_over(office: Office) -> None:
    up_to_category(office)

    office.turn(days=8)

    (item,) = office.inbox("verifier")
    assert item.item.due_at is not None
    assert item.item.due_at < office.clock()
    assert [notice.body["template"] for notice in office.notices("verifier")] == ["remind"]
    assert office.inbox("head") == ()


def test_three_working_days_later_the_office_may_decide(office: Office) -> None:
    case = up_to_category(office)

    office.turn(days=11)
    for item in office.inbox("head")[:1]:
        office.act("head", item, "agree", opinion="情况属实")

    assert [notice.body["template"] for notice in office.notices("head")] == ["escalate"]
    assert office.inbox("verifier") == ()
    assert office.history(case)[-1].body["authority"] == "escalated"
    assert len(office.inbox("officer")) == 1


# -- the association ---------------------------------------------------------------------------------------


def vote_in_council(office: Office, *votes: str) -> str:
    """The council votes on somebody who joins: one vote of each member in turn, as long as they are asked."""
    case = up_to_approval(office, joins_association=True)
    statuses = [act(office, member, verb) for member, verb in zip(COUNCIL, votes, strict=False)]
    assert statuses == [200] * len(votes)
    return case


def test_every_member_of_the_council_has_a_vote_and_twenty_working_days(office: Office) -> None:
    vote_in_council(office)

    items = [item_of(office, member).item for member in COUNCIL]
    terms = {clock.days for item in items if (clock := from_text(item.due_rule)) is not None}

    assert {item.kind for item in items} == {"vote"}
    assert terms == {20}
    assert len({item.id for item in items}) == 5
    assert office.inbox("officer") == ()


def test_a_member_of_the_association_is_registered_by_the_council_instead_of_the_section(office: Office) -> None:
    case = vote_in_council(office, "agree", "agree", "reject", "agree")

    assert ended(office, case) == ("approved", "registered")
    assert told(office) == ["admitted", "received", "registered"]
    assert [office.inbox(user) for user in ("officer", *COUNCIL)] == [()] * 6


def test_the_council_decides_only_when_two_thirds_have_voted(office: Office) -> None:
    case = vote_in_council(office, "agree", "agree", "agree")

    assert ended(office, case) == ("running", None)
    assert len(office.inbox("council_5")) == 1


def test_whoever_the_council_does_not_admit_is_registered_by_the_section_all_the_same(office: Office) -> None:
    case = vote_in_council(office, "reject", "reject", "agree", "reject")

    act(office, "officer", "agree")

    assert ended(office, case) == ("approved", "registered")
    assert "not_admitted" in told(office)


def test_as_many_against_as_in_favour_do_not_admit(office: Office) -> None:
    vote_in_council(office, "agree", "agree", "reject", "reject", "abstain")

    assert "not_admitted" in told(office)
    assert len(office.inbox("officer")) == 1


def test_a_council_that_does_not_come_together_in_time_was_reminded_and_does_not_admit(office: Office) -> None:
    vote_in_council(office, "agree", "agree")

    office.turn(days=29)

    assert [notice.body["template"] for notice in office.notices("council_5")] == ["remind", "remind"]
    assert "not_admitted" in told(office)
    assert len(office.inbox("officer")) == 1


# -- withdrawal and what follows ---------------------------------------------------------------------------


def test_the_applicant_may_withdraw_before_the_end(office: Office) -> None:
    case = up_to_category(office)

    office.send(MemberWithdrawn(application="example-0001", channel="self"))

    assert ended(office, case) == ("withdrawn", "withdrawn")
    assert office.inbox("verifier") == ()


def test_a_withdrawal_at_the_desk_is_the_same_and_the_data_go_after_a_year(office: Office) -> None:
    case = up_to_category(office)

    answer = office.act("person:example-0001", case, "withdraw")
    kept = personal(office, case)
    office.turn(days=366)

    assert (answer.status, ended(office, case)) == (200, ("withdrawn", "withdrawn"))
    assert kept["name"] == "样例·甲"
    assert personal(office, case) == {}


def confirmed(office: Office) -> NewEvent:
    return office.said(MemberConfirmed(application="example-0001", channel="self"))


def test_a_member_is_asked_to_confirm_every_year(office: Office) -> None:
    register(office)

    office.turn(days=366)
    office.send(confirmed(office))
    office.turn(days=366)

    outcomes = {row.case.outcome for row in office.cases() if row.case.workflow == "member_confirmation"}
    assert outcomes == {"confirmed", None}
    assert told(office)[-3:] == ["confirmation_asked", "confirmed", "confirmation_asked"]


def test_a_member_who_does_not_answer_two_reminders_falls_dormant_and_is_erased_after_retention(office: Office) -> None:
    case = register(office)

    office.turn(days=366 + 60)
    dormant, kept = published(office)[-1], personal(office, case)
    office.turn(days=366)

    assert told(office)[-4:] == ["confirmation_asked", "remind", "remind", "dormant"]
    assert dormant == "member.dormant.v1"
    assert published(office)[-2:] == ["member.retention_ended.v1", "member.erased.v1"]
    assert kept["name"] == "样例·甲"
    assert personal(office, case) == {}


def test_a_dormant_member_who_confirms_comes_back(office: Office) -> None:
    case = register(office)
    office.turn(days=366 + 60)

    office.send(confirmed(office))
    office.turn(days=300)

    assert ended(office, case_of(office, "member_confirmation")) == ("completed", "confirmed")
    assert personal(office, case)["name"] == "样例·甲"


def test_a_member_who_left_during_the_year_is_not_asked_but_erased(office: Office) -> None:
    case = register(office)

    office.send(MemberWithdrawn(application="example-0001", channel="self"))
    kept = personal(office, case)
    office.turn(days=366)

    assert kept["name"] == "样例·甲"
    assert ended(office, case_of(office, "member_confirmation")) == ("withdrawn", "left")
    assert personal(office, case) == {}


# -- people's data -----------------------------------------------------------------------------------------


def test_nothing_that_leaves_the_house_holds_anything_about_the_person(office: Office) -> None:
    register(office)

    outside = str([effect.body for effect in office.effects()])

    assert all(value not in outside for value in ("样例·甲", "样例社会工作服务中心", "样例项目主管"))
