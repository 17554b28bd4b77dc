"""Base creation as domain.md W4 says it: the way through, and one test for each clause of its branches."""

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.events.bases import (
    BaseNoticeObjected,
    BaseResolved,
    BaseSupplemented,
    BaseWithdrawn,
)
from domain.organisation import Appointment
from tests.acceptance.bases import (
    APPLICATION,
    CHAIR,
    CHINA,
    CLERK,
    CONVENOR,
    HEAD,
    IMPROVEMENTS,
    LIAISONS,
    MET,
    NOT_MET,
    PANEL,
    ROSTER,
    TOWN,
    act,
    apply,
    call,
    case_of,
    ended,
    grant,
    items,
    published,
    refuse,
    standing,
    term,
    told,
    up_to_decision,
    up_to_notice,
    up_to_office_check,
    up_to_panel,
    up_to_plaque,
    up_to_visit,
    visit,
    visitors,
    vote,
)
from tests.acceptance.conftest import SERVICES_BY_CHAOS, Opener
from workflows.testkit import Office

pytestmark = pytest.mark.parametrize("opens", SERVICES_BY_CHAOS, indirect=True)


@pytest.fixture
def office(opens: Opener) -> Office:
    """An office in which the call of the year is open."""
    found = opens(ROSTER)
    call(found)
    return found


# -- the way through ---------------------------------------------------------------------------------------


def test_an_application_goes_through_checks_visit_vote_notice_and_countersigning_to_the_plaque(office: Office) -> None:
    case = grant(office)

    assert ended(office, case) == ("approved", "granted")
    assert Counter(published(office)) == Counter(
        [
            "base.prechecked",
            "base.visited",
            "base.scored",
            "base.notice_started",
            "base.approved",
            "base.plaque_granted",
        ]
    )
    assert told(office) == ["received", "granted"]


def test_the_register_shows_the_place_with_its_plaque_valid_for_three_years(office: Office) -> None:
    grant(office)

    row = standing(office)
    since = office.clock().astimezone(CHINA).date()
    assert (row["status"], row["plaque_number"]) == ("granted", "2026-001")
    assert (row["valid_from"], row["valid_until"][:4]) == (since.isoformat(), str(since.year + 3))


TERMS = [
    (apply, TOWN, "town_check", (5, "base.precheck_days")),
    (up_to_visit, PANEL[0], "site_visit", (10, "base.visit_days")),
    (up_to_panel, PANEL[0], "panel", (5, "base.panel_days")),
    (up_to_decision, LIAISONS[0], "0/first", (7, "base.countersign_days")),
    (up_to_plaque, CLERK, "plaque", (10, "base.plaque_days")),
]


@pytest.mark.parametrize(("reach", "user", "step", "rule"), TERMS, ids=[step for _, _, step, _ in TERMS])
def test_each_step_has_the_term_of_the_rule_sheet(
    office: Office, reach: Any, user: str, step: str, rule: tuple[int, str]
) -> None:
    reach(office)

    assert {term(one) for one in items(office, user, step)} == {rule}


def test_two_different_members_of_the_panel_visit_the_place_the_least_loaded_first(office: Office) -> None:
    first = visitors(office, up_to_visit(office))

    second = visitors(office, up_to_visit(office, application="base-2026-002", base="sample_base_2"))

    assert (len(first), len(second)) == (2, 2)
    assert first.keys().isdisjoint(second)


def test_the_report_of_a_visit_is_the_checklist_of_the_place_and_has_no_room_for_a_picture(office: Office) -> None:
    case = up_to_visit(office)

    visit(office, case, met_sign=False)

    fields = office.case(case).head.fields
    assert {name for name in fields if name.startswith("met_")} == set(MET)
    assert fields["met_sign"] is False
    assert not any("photo" in name or "picture" in name for name in fields)


# -- the first check ---------------------------------------------------------------------------------------


def test_an_incomplete_application_is_supplemented_once_and_goes_on(office: Office) -> None:
    case = apply(office)

    act(office, TOWN, "town_check", "return", opinion="请补充场所地址")
    office.send(BaseSupplemented(application=APPLICATION, site="样例岔路镇样例街2号"))
    (item,) = items(office, TOWN, "town_check")

    assert item.item.round == 2
    assert office.case(case).head.fields["site"] == "样例岔路镇样例街2号"
    assert office.act(TOWN, item, "return", opinion="请再补充").status == 409


def test_any_officer_of_the_town_that_applied_may_write_the_supplement(office: Office) -> None:
    apply(office)
    act(office, TOWN, "town_check", "return", opinion="请补充建设单位")

    act(office, "sample.chalu_liaison", "supplement", "complete", form={"organisation": "样例社会组织联合会"})

    assert len(items(office, TOWN, "town_check")) == 1


def test_a_supplement_that_does_not_come_within_five_working_days_closes_the_application(office: Office) -> None:
    case = apply(office)

    act(office, TOWN, "town_check", "return", opinion="请补充场所地址")
    office.turn(days=8)

    assert ended(office, case) == ("rejected", "incomplete")
    assert published(office) == ["base.refused"]
    assert told(office)[-1] == "closed_incomplete"


@pytest.mark.parametrize(
    ("reach", "user", "step"), [(apply, TOWN, "town_check"), (up_to_office_check, CLERK, "office_check")]
)
def test_a_silent_check_is_reminded_and_then_the_head_of_the_office_may_decide(
    office: Office, reach: Any, user: str, step: str
) -> None:
    reach(office)

    office.turn(days=14)

    assert told(office, user)[-3:] == ["remind", "remind", "escalate"]
    assert len(items(office, HEAD, step)) == 1


# -- refusals ----------------------------------------------------------------------------------------------

REFUSALS = [
    (apply, TOWN, "town_check", "not_in_county"),
    (apply, TOWN, "town_check", "papers_untrue"),
    (up_to_office_check, CLERK, "office_check", "already_a_base"),
    (up_to_decision, LIAISONS[0], "0/first", "conditions_not_met"),
]


@pytest.mark.parametrize(("reach", "user", "step", "reason"), REFUSALS)
def test_a_refusal_names_its_reason_and_what_to_improve(
    office: Office, reach: Any, user: str, step: str, reason: str
) -> None:
    case = reach(office)
    act(office, user, step, "reject", reason=reason)

    assert refuse(office, case) == ("rejected", "refused", reason)
    assert (published(office)[-1], told(office)[-1]) == ("base.refused", "refused")
    assert office.case(case).head.fields["improvements"] == IMPROVEMENTS


def test_no_other_reason_is_accepted(office: Office) -> None:
    apply(office)

    answer = office.act(TOWN, items(office, TOWN, "town_check")[0], "reject", reason="not_convinced", opinion="不合适")

    assert answer.status == 422


def test_without_a_list_of_what_to_improve_nobody_is_refused(office: Office) -> None:
    case = apply(office)
    act(office, TOWN, "town_check", "reject", reason="conditions_not_met")

    answer = office.act(CLERK, items(office, CLERK, "improvements")[0], "complete", form={})

    assert (answer.status, ended(office, case)) == (422, ("running", None))


def test_a_place_that_was_refused_may_be_applied_for_again_at_the_next_call(office: Office) -> None:
    case = apply(office)
    act(office, TOWN, "town_check", "reject", reason="conditions_not_met")
    refuse(office, case)
    office.turn(days=300)
    call(office, "2027")

    again = grant(office, application="base-2027-001", call="2027")

    assert ended(office, again) == ("approved", "granted")
    assert (standing(office)["status"], standing(office)["application"]) == ("granted", "base-2027-001")


# -- the panel ---------------------------------------------------------------------------------------------


def test_a_place_that_the_panel_votes_down_is_refused(office: Office) -> None:
    case = up_to_panel(office)

    vote(office, *["reject"] * 4)

    assert "base.scored" in published(office)
    assert refuse(office, case) == ("rejected", "refused", "voted_down")


def tie(office: Office) -> None:
    vote(office, "agree", "agree", "reject", "reject", "abstain")


def test_on_a_tie_the_chair_defers_to_a_visit_and_a_vote_of_their_own(office: Office) -> None:
    case = up_to_panel(office)
    tie(office)

    act(office, CHAIR, "defer", "complete")
    visit(office, case, met_ledger=False)
    vote(office, *["agree"] * 4)

    assert [published(office).count(f"base.{event}") for event in ("visited", "scored", "notice_started")] == [2, 2, 1]
    assert office.case(case).head.fields["met_ledger"] is False


def test_a_tie_alone_decides_nothing(office: Office) -> None:
    case = up_to_panel(office)

    tie(office)

    assert ended(office, case) == ("running", None)
    assert visitors(office, case) == {}
    assert [items(office, user, "panel") for user in PANEL] == [[]] * len(PANEL)


def test_a_vote_without_quorum_is_held_again_without_another_visit(office: Office) -> None:
    case = up_to_panel(office)
    vote(office, *["agree"] * 3)

    office.turn(days=8)
    asked_again = [len(items(office, user, "panel")) for user in PANEL]
    vote(office, *["agree"] * 4)

    assert asked_again == [1] * len(PANEL)
    assert told(office, CHAIR)[-1] == "no_quorum"
    assert [published(office).count(f"base.{event}") for event in ("visited", "scored", "notice_started")] == [1, 2, 1]
    assert ended(office, case) == ("running", None)


def test_whoever_belongs_to_the_department_that_applied_neither_visits_nor_votes(office: Office) -> None:
    named = Appointment("sample.chalu_liaison", "finance.panel_member", date(2020, 1, 1))
    office.library.set_roster(replace(ROSTER, version="named", appointments=(*ROSTER.appointments, named)))

    up_to_panel(office)

    assert items(office, "sample.chalu_liaison", "panel") == []
    assert [len(items(office, user, "panel")) for user in PANEL] == [1] * len(PANEL)


# -- the public notice -------------------------------------------------------------------------------------


def object_to(office: Office) -> None:
    office.send(BaseNoticeObjected(application=APPLICATION, ground="样例理由:场所与申报材料不符"))


def inquire(office: Office, finding: str) -> None:
    act(office, CLERK, "steps/inquire", "complete", form={"finding": finding, "facts_found": "样例:已到现场核实"})


def is_in_notice(office: Office, case: str) -> bool:
    return any(one.path == "steps/notice" and one.state == "live" for one in office.case(case).activations)


def test_the_notice_stands_for_five_working_days_whatever_happens(office: Office) -> None:
    case = up_to_notice(office)

    office.turn(days=4)
    on_friday = is_in_notice(office, case)
    office.turn(days=4)

    assert (on_friday, is_in_notice(office, case)) == (True, False)


def test_an_objection_is_looked_into_within_five_working_days_while_the_clock_stands_still(office: Office) -> None:
    case = up_to_notice(office)
    office.turn(days=2)
    object_to(office)

    (item,) = items(office, CLERK, "steps/inquire")
    office.turn(days=30)

    assert term(item) == (5, "base.inquiry_days")
    assert is_in_notice(office, case)


@pytest.mark.parametrize("finding", ["unfounded", "taken_back"])
def test_an_objection_that_is_unfounded_or_taken_back_upholds_the_proposal_and_the_clock_goes_on(
    office: Office, finding: str
) -> None:
    case = up_to_notice(office)
    office.turn(days=2)
    object_to(office)
    office.turn(days=5)

    inquire(office, finding)
    office.turn(days=2)
    two_days_later = is_in_notice(office, case)
    office.turn(days=5)

    assert (two_days_later, is_in_notice(office, case)) == (True, False)
    assert "base.objection_settled" in published(office)
    assert len(items(office, LIAISONS[0], "0/first")) == 1


def test_a_founded_objection_withdraws_the_proposal_at_once(office: Office) -> None:
    case = up_to_notice(office)
    object_to(office)

    inquire(office, "founded")

    assert refuse(office, case) == ("rejected", "refused", "objection_founded")
    assert items(office, LIAISONS[0], "0/first") == []


def test_two_objections_are_looked_into_each_for_itself(office: Office) -> None:
    case = up_to_notice(office)
    object_to(office)
    object_to(office)

    inquire(office, "unfounded")
    left = len(items(office, CLERK, "steps/inquire"))
    inquire(office, "founded")

    assert left == 1
    assert refuse(office, case) == ("rejected", "refused", "objection_founded")


# -- the decision ------------------------------------------------------------------------------------------


def test_every_member_department_must_agree(office: Office) -> None:
    case = up_to_decision(office)
    *most, last = LIAISONS

    for user in most:
        act(office, user, "0/first")
    before_the_last = ended(office, case)
    act(office, last, "0/first")

    assert before_the_last == ("running", None)
    assert published(office)[-1] == "base.approved"


def resolve(office: Office, resolution: str) -> None:
    office.send(
        BaseResolved.model_validate({**BaseResolved.EXAMPLE, "resolution": resolution, "application": APPLICATION})
    )


def test_a_resolution_of_the_joint_meeting_decides_instead_of_countersigning(office: Office) -> None:
    up_to_decision(office)

    resolve(office, "approved")

    assert published(office)[-1] == "base.approved"
    assert items(office, LIAISONS[0], "0/first") == []


def test_a_resolution_against_it_refuses_the_application(office: Office) -> None:
    case = up_to_decision(office)

    resolve(office, "refused")

    assert refuse(office, case) == ("rejected", "refused", "resolved_against")


def test_without_a_decision_in_twenty_working_days_after_the_notice_the_convenor_is_asked(office: Office) -> None:
    up_to_decision(office)

    office.turn(days=25)
    before = items(office, CONVENOR, "convenor_decision")
    office.turn(days=5)

    assert before == []
    assert len(items(office, CONVENOR, "convenor_decision")) == 1
    assert items(office, LIAISONS[0], "0/first") == []
    assert told(office, HEAD)[-1] == "no_decision"


@pytest.mark.parametrize(("verb", "given", "said"), [("agree", {}, "base.approved"), ("reject", NOT_MET, None)])
def test_the_convenor_approves_or_refuses(office: Office, verb: str, given: Any, said: str | None) -> None:
    up_to_decision(office)
    office.turn(days=30)

    act(office, CONVENOR, "convenor_decision", verb, **given)

    assert (published(office)[-1] == "base.approved") == (said is not None)
    assert len(items(office, CLERK, "improvements")) == (said is None)


# -- withdrawal --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reach", [apply, up_to_visit, up_to_panel, up_to_notice, up_to_decision, up_to_plaque])
def test_the_applicant_may_withdraw_at_any_time_before_the_plaque(office: Office, reach: Any) -> None:
    case = reach(office)

    office.send(BaseWithdrawn(application=APPLICATION, base="sample_base_1"))

    assert ended(office, case) == ("withdrawn", "withdrawn")
    assert standing(office)["status"] == "withdrawn"
    waiting = [one for user in (TOWN, CLERK, CHAIR, *PANEL, *LIAISONS) for one in office.inbox(user)]
    assert [one for one in waiting if one.case.id == case] == []


def test_an_inquiry_ends_with_the_application_that_is_withdrawn(office: Office) -> None:
    up_to_notice(office)
    object_to(office)

    office.act("sample.chalu_leader", case_of(office, "base_creation"), "withdraw")

    assert {(row.case.workflow, row.case.state.value) for row in office.cases()} == {
        ("base_call", "running"),
        ("base_creation", "withdrawn"),
        ("base_inquiry", "withdrawn"),
    }
