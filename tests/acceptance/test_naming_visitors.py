"""The office names who visits a place with its check (自选, domain.md §3 W4); where it names nobody, the least busy go."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from adapters.sample.county import sample_calendar, sample_numbers, sample_roster
from tests.acceptance.bases import (
    CLERK,
    HEAD,
    PANEL,
    act,
    call,
    items,
    up_to_office_check,
    up_to_visit,
    visit,
    visitors,
)
from workflows.testkit import Office

ONE, TWO, THREE, *_ = PANEL


@pytest.fixture
def office() -> Office:
    office = Office(roster=sample_roster(), calendar=sample_calendar(), numbers=sample_numbers())
    call(office)
    return office


def named(office: Office, *users: str) -> str:
    case = up_to_office_check(office)
    act(office, CLERK, "office_check", form={"visitors": list(users)})
    return case


def test_whom_the_office_names_visits_the_place_and_goes_on_to_the_panel(office: Office) -> None:
    case = named(office, THREE, ONE, TWO)

    assert sorted(visitors(office, case)) == sorted([ONE, TWO, THREE])
    assert office.case(case).head.fields["visitors_chosen_by"] == CLERK
    visit(office, case)
    assert items(office, ONE, "panel")


def test_where_the_office_names_nobody_two_go(office: Office) -> None:
    assert len(visitors(office, up_to_visit(office))) == len(["one", "another"])


@pytest.mark.parametrize("users", [[ONE], [HEAD, ONE], [ONE, ONE], ["nobody", ONE]])
def test_a_visit_needs_two_of_the_panel(office: Office, users: list[str]) -> None:
    up_to_office_check(office)
    (item,) = items(office, CLERK, "office_check")

    answer = office.act(CLERK, item, "agree", form={"visitors": users})

    assert (answer.status, answer.body["field"]) == (422, "form/visitors")


def test_who_leaves_before_the_visit_lets_go_of_it_and_the_office_takes_the_seat(office: Office) -> None:
    named(office, ONE, TWO)
    roster = office.library.roster()
    kept = [one for one in roster.appointments if one.user != ONE]
    gone = [replace(one, until=date(2026, 3, 1)) for one in roster.appointments if one.user == ONE]

    office.library.set_roster(replace(roster, version="later", appointments=(*kept, *gone)))
    office.turn(hours=1)

    assert [len(items(office, user, "site_visit")) for user in (ONE, TWO, HEAD)] == [0, 1, 1]
