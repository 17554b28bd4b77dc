"""The call for bases and the commitments made for them, as domain.md W4 says it."""

from datetime import date
from typing import Any

import pytest

from adapters.sample.county import sample_calendar
from domain.events.bases import (
    BaseCommitted,
    BaseWithdrawn,
)
from tests.acceptance.bases import (
    APPLICATION,
    CHINA,
    HEAD,
    ROSTER,
    TOWN,
    TOWNS,
    act,
    apply,
    call,
    case_of,
    ended,
    holder,
    items,
    published,
    standing,
    told,
)
from tests.acceptance.conftest import Opener
from workflows.testkit import Office


@pytest.fixture
def office(opens: Opener) -> Office:
    """An office in which the call of the year is open."""
    found = opens(ROSTER)
    call(found)
    return found


# -- the call ----------------------------------------------------------------------------------------------


def test_every_town_that_is_called_on_says_whether_it_applies_and_is_reminded_if_silent(office: Office) -> None:
    clerks = [holder("town_clerk", town) for town in TOWNS]
    first, *silent = clerks

    act(office, first, "answer_call", "complete", form={"applies": "not_this_year"})
    office.turn(days=25)

    assert told(office, first) == ["called"]
    assert [told(office, user) for user in silent] == [["called", "remind", "remind"]] * 2


def test_the_time_for_applications_ends_for_all_after_twenty_working_days(office: Office) -> None:
    office.turn(days=27)
    before = case_of(office, "base_call")
    still = ended(office, before)
    office.turn(days=2)

    assert (still, ended(office, before)) == (("running", None), ("completed", "closed"))
    assert published(office) == ["base.call_closed"]
    assert [items(office, holder("town_clerk", town), "answer_call") for town in TOWNS] == [[], [], []]


def test_it_does_not_end_before_because_every_town_has_answered(office: Office) -> None:
    for town in TOWNS:
        act(office, holder("town_clerk", town), "answer_call", "complete", form={"applies": "applies"})

    assert ended(office, case_of(office, "base_call")) == ("running", None)
    assert ended(office, apply(office)) == ("running", None)


def test_an_application_after_the_time_is_told_to_come_with_the_next_call(office: Office) -> None:
    office.turn(days=30)

    late = apply(office)

    assert ended(office, late) == ("rejected", "too_late")
    assert told(office) == ["received", "too_late"]
    assert standing(office)["status"] == "refused"


def test_an_application_for_a_call_that_nobody_made_is_not_in_time_either(office: Office) -> None:
    assert ended(office, apply(office, call="2031")) == ("rejected", "too_late")


# -- commitments -------------------------------------------------------------------------------------------


def commit(office: Office, **changed: Any) -> str:
    made = BaseCommitted.model_validate({**BaseCommitted.EXAMPLE, "due_on": "2026-04-30", **changed})
    (case,) = office.send(office.said(made, department="330226105")).cases
    return case


def report(office: Office, user: str, kept: str) -> None:
    act(office, user, "keep", "complete", form={"kept": kept, "progress": "样例:图书角已建成"})


def test_a_commitment_is_a_task_of_the_town_until_its_day(office: Office) -> None:
    commit(office)

    (item,) = items(office, TOWN, "keep")
    assert item.item.due_at is not None
    assert item.item.due_at.astimezone(CHINA).date() == date(2026, 4, 30)


def test_a_commitment_for_a_day_off_is_due_on_the_next_working_day() -> None:
    office = Office(roster=ROSTER, calendar=sample_calendar())

    commit(office, due_on="2026-10-03")

    (item,) = items(office, TOWN, "keep")
    assert item.item.due_at is not None
    assert item.item.due_at.astimezone(CHINA).date() == date(2026, 10, 8)


def test_it_is_reminded_and_escalated_until_somebody_reports(office: Office) -> None:
    commit(office)

    office.turn(days=70)

    assert told(office, TOWN)[-4:] == ["remind", "remind", "remind", "escalate"]
    assert len(items(office, HEAD, "keep")) == 1


@pytest.mark.parametrize("kept", ["fulfilled", "missed"])
def test_in_the_end_it_was_fulfilled_or_missed(office: Office, kept: str) -> None:
    case = commit(office)

    report(office, TOWN, kept)

    assert ended(office, case) == ("completed", kept)
    assert published(office)[-1] == f"base.commitment_{kept}"


def test_each_commitment_stands_for_itself(office: Office) -> None:
    first, second = commit(office), commit(office, commitment="base-2026-001-2", pledge="样例:每季度一次活动")

    report(office, TOWN, "fulfilled")

    assert {ended(office, case)[1] for case in (first, second)} == {"fulfilled", None}


def test_a_commitment_falls_away_with_its_application(office: Office) -> None:
    apply(office)
    promised = commit(office)

    office.send(BaseWithdrawn(application=APPLICATION, base="sample_base_1"))

    assert ended(office, promised) == ("withdrawn", "lapsed")
    assert items(office, TOWN, "keep") == []
