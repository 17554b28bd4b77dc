"""The holidays of the State Council, and the days worked instead, in the terms of a real workflow."""

from datetime import UTC, date, datetime

from adapters.sample.county import sample_calendar
from tests.acceptance.bases import CHINA, ROSTER, TOWN, apply, call, items
from workflows.testkit import Office


def test_the_terms_count_the_working_days_that_the_state_council_announced() -> None:
    before_the_holidays = datetime(2026, 9, 24, 1, 0, tzinfo=UTC)
    office = Office(roster=ROSTER, calendar=sample_calendar(), start=before_the_holidays)
    call(office)

    apply(office)

    (item,) = items(office, TOWN, "town_check")
    assert item.item.due_at is not None
    assert item.item.due_at.astimezone(CHINA).date() == date(2026, 10, 9)
