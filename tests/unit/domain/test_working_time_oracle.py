"""Working time over 2004 to 2026 against an oracle that walks day by day and knows nothing of ours.

Its days come from the `holidays` package (the State Council's notices, with their make-up days), its hours from the
rule sheet: 8:30 to 12:00 and 13:30 to 17:00.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.calendars import statutory_calendar
from domain.calendar import (
    add_minutes,
    due_after_days,
    is_working_day,
    minutes_between,
    shift_days,
    shift_past,
    subtract_minutes,
)

CHINA = ZoneInfo("Asia/Shanghai")
STATUTORY = statutory_calendar("s1")
FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)
NOTICES = holidays.country_holidays("CN", years=range(2004, 2027))
HOURS = ((time(8, 30), time(12, 0)), (time(13, 30), time(17, 0)))

days = st.dates(date(2004, 2, 1), date(2026, 11, 30))
moments = st.builds(
    lambda day, minute: datetime.combine(day, time(0), CHINA) + timedelta(minutes=minute), days, st.integers(0, 1439)
)


def works(day: date) -> bool:
    return (day.isoweekday() <= 5 and day not in NOTICES) or day in NOTICES.weekend_workdays


def walk(day: date, step: int) -> Iterator[date]:
    while FIRST <= (day := day + timedelta(days=step)) <= LAST:
        yield day


def nth(day: date, n: int, step: int) -> date:
    return next(islice(filter(works, walk(day, step)), n - 1, None))


def worked(a: datetime, b: datetime) -> int:
    """Working minutes from a to b: those of each day, one after the other."""
    total, day = timedelta(0), a.astimezone(CHINA).date()
    while day <= b.astimezone(CHINA).date():
        for opens, closes in HOURS if works(day) else ():
            start, end = (datetime.combine(day, edge, CHINA) for edge in (opens, closes))
            total += max(min(end, b) - max(start, a), timedelta(0))
        day += timedelta(days=1)
    return int(total / timedelta(minutes=1))


@pytest.mark.parametrize("year", range(2004, 2027))
def test_every_day_of_an_announced_year_is_what_its_notice_says(year: int) -> None:
    every_day = [date(year, 1, 1) + timedelta(days=n) for n in range(365)] + [date(year, 12, 31)]

    assert [day for day in every_day if is_working_day(STATUTORY, day) is not works(day)] == []


@settings(deadline=None, max_examples=150)
@given(moments, st.integers(1, 20))
def test_due_dates_are_those_of_the_oracle(start: datetime, n: int) -> None:
    found = due_after_days(STATUTORY, start, n)

    assert found.at == datetime.combine(nth(start.date(), n, +1), time(17), CHINA)
    assert not found.provisional


@settings(deadline=None, max_examples=100)
@given(moments, st.integers(1, 20), st.sampled_from([-1, 1]))
def test_shifted_moments_are_those_of_the_oracle(at: datetime, n: int, step: int) -> None:
    assert shift_days(STATUTORY, at, step * n) == datetime.combine(nth(at.date(), n, step), at.time(), CHINA)


@settings(deadline=None, max_examples=150)
@given(moments, st.integers(0, 40 * 1440))
def test_working_minutes_are_those_of_the_oracle(start: datetime, span: int) -> None:
    end = min(start + timedelta(minutes=span), datetime(2026, 12, 31, tzinfo=CHINA))

    assert minutes_between(STATUTORY, start, end) == worked(start, end)


@settings(deadline=None, max_examples=150)
@given(moments, st.integers(1, 5000))
def test_added_and_subtracted_minutes_are_those_that_pass(start: datetime, minutes: int) -> None:
    end = add_minutes(STATUTORY, start, minutes).at
    begin = subtract_minutes(STATUTORY, end, minutes)

    assert worked(start, end) == worked(begin, end) == minutes
    assert begin >= start
    assert worked(begin + timedelta(minutes=1), end) == minutes - 1


@settings(deadline=None, max_examples=100)
@given(moments, st.integers(1, 15), st.integers(0, 20 * 1440), st.integers(0, 20 * 1440))
def test_a_pause_moves_a_due_date_by_the_working_time_that_it_took(
    start: datetime, n: int, begins: int, lasts: int
) -> None:
    due = due_after_days(STATUTORY, start, n).at
    since = start + timedelta(minutes=begins)
    until = min(since + timedelta(minutes=lasts), datetime(2026, 12, 1, tzinfo=CHINA))

    moved = shift_past(STATUTORY, due, since, until).at

    taken = worked(since, until) if since < due else 0
    assert worked(due, moved) == taken
    assert (moved == due) is (taken == 0)


def test_nothing_is_taken_away_by_a_pause_that_ends_before_it_begins() -> None:
    due, now = datetime(2026, 3, 9, 9, 0, tzinfo=UTC), datetime(2026, 3, 5, 1, 0, tzinfo=UTC)

    assert shift_past(STATUTORY, due, now, now - timedelta(days=2)).at == due


@pytest.mark.parametrize(("start", "provisional"), [("2003-12-30", True), ("2004-01-05", False), ("2026-12-30", True)])
def test_what_touches_days_whose_notice_is_not_known_is_provisional(start: str, provisional: bool) -> None:
    received = datetime.combine(date.fromisoformat(start), time(10), CHINA)

    assert due_after_days(STATUTORY, received, 5).provisional is provisional
