"""The register of visits and its figures: what each event makes of a row, and counts by officer alone."""

from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.events import EVENT_TYPES
from domain.register import Change, RegisterError
from domain.visits import Counts, Quarter, State, Visit, Visits, apply, by_officer, dump_visits, parse_visits, standing

NOW = datetime(2027, 4, 10, 1, 0, tzinfo=UTC)


def change(what: str, **plain: Any) -> Change:
    type_ = what if what.endswith(".v1") else f"visit.{what}.v1"
    return Change(type_, dict(EVENT_TYPES[type_].EXAMPLE) | plain, NOW)


def after(*changes: Change) -> tuple[Visit, ...]:
    row: Visits | None = None
    for one in changes:
        row = apply(row, one)
    assert row is not None
    assert parse_visits(dump_visits(row)) == row
    return row.visits


def test_a_planned_visit_is_upcoming() -> None:
    (visit,) = after(change("planned"))

    assert (visit.state, visit.officer, visit.due_on) == (State.UPCOMING, "contact_officer_1", date(2027, 4, 15))


@pytest.mark.parametrize(
    ("last", "state"),
    [
        ("due", State.DUE),
        ("overdue", State.OVERDUE),
        ("held", State.HELD),
        ("excused", State.EXCUSED),
        ("cancelled", State.CANCELLED),
    ],
)
def test_each_event_leads_to_its_state(last: str, state: State) -> None:
    assert [one.state for one in after(change("planned"), change(last))] == [state]


def test_a_visit_after_its_day_was_late() -> None:
    (visit,) = after(change("planned"), change("due"), change("overdue"), change("held"))

    assert (visit.state, visit.was_late) == (State.HELD, True)


def test_what_does_not_count_leaves_the_visit_open() -> None:
    (visit,) = after(change("planned"), change("held", counted=False), change("held", counted=False))

    assert (visit.state, visit.calls) == (State.UPCOMING, 2)


def test_the_log_goes_to_the_visit_of_its_day() -> None:
    held = (change("planned"), change("held"), change("planned", due_on="2027-07-08"))

    first, second = after(*held, change("logged"))

    assert (first.topics, first.logged_on, second.topics) == (
        ("business", "public_services"),
        date(2027, 4, 10),
        (),
    )


def test_a_new_officer_takes_over_what_is_still_to_come_and_nothing_else() -> None:
    held = (change("planned"), change("held"), change("planned", due_on="2027-07-08"))

    first, second = after(*held, change("contact.reassigned.v1"))

    assert (first.officer, second.officer) == ("contact_officer_1", "contact_officer_2")


def test_a_visit_whose_time_is_over_leaves_the_register() -> None:
    held = (change("planned"), change("held"), change("planned", due_on="2027-07-08"))

    assert [one.state for one in after(*held, change("erased"))] == [State.UPCOMING]


def test_an_event_of_another_list_changes_nothing() -> None:
    (visit,) = after(change("planned"), change("cancelled", contact_list="contacts-2026"))

    assert visit.state is State.UPCOMING


def test_an_event_of_somebody_without_a_plan_is_refused() -> None:
    with pytest.raises(RegisterError, match=r"visit\.held\.v1"):
        apply(None, change("held"))


# -- figures -----------------------------------------------------------------------------------------------

visits = st.builds(
    Visit,
    contact_list=st.just("l"),
    officer=st.sampled_from(["o1", "o2"]),
    due_on=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    state=st.sampled_from(State),
    was_late=st.booleans(),
)
rows = st.lists(
    st.builds(
        Visits, county=st.just("c"), id=st.uuids().map(str), visits=st.lists(visits).map(tuple), last_event=st.just("e")
    )
)


def test_a_quarter_is_three_months() -> None:
    assert [Quarter.of(date(2026, month, 1)).number for month in range(1, 13)] == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]


@given(rows)
def test_figures_count_every_visit_that_is_due_once_and_name_nobody(found: list[Visits]) -> None:
    counted = by_officer(found)

    due = [one for row in found for one in row.visits if one.state not in (State.CANCELLED, State.EXCUSED)]
    assert sum(one.planned for one in counted.values()) == len(due)
    assert sum(one.held for one in counted.values()) == sum(one.state is State.HELD for one in due)
    assert all(one.late <= one.held and one.held + one.overdue + one.due <= one.planned for one in counted.values())
    assert {officer for officer, _ in counted} == {one.officer for one in due}
    assert {one.name for one in fields(Counts)} == {"planned", "held", "late", "overdue", "due"}


def test_what_is_open_from_earlier_quarters_stands_beside_the_visits_of_this_one() -> None:
    def row(number: int, *visits: Visit) -> Visits:
        return Visits("330226", f"m{number}", visits, "visit.planned.v1")

    rows = [
        row(1, Visit("l", "one", date(2026, 2, 1), State.OVERDUE, was_late=True)),
        row(2, Visit("l", "one", date(2026, 5, 1), State.HELD, date(2026, 5, 3), "online", was_late=True)),
        row(3, Visit("l", "two", date(2026, 5, 1), State.DUE), Visit("l", "two", date(2026, 8, 1), State.UPCOMING)),
        row(4, Visit("l", "two", date(2026, 2, 1), State.HELD, date(2026, 1, 5), "online")),
    ]

    assert standing(rows, Quarter(2026, 2)) == {
        "one": Counts(planned=1, held=1, late=1, overdue=1),
        "two": Counts(planned=1, due=1),
    }
