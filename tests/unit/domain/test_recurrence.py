"""When something that comes again is due, against a naive oracle that walks day by day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import Calendar
from domain.recurrence import Recurrence, day_begins, day_of_year, first_after, occurrence

PLAIN = Calendar(version="plain")
CHINA = ZoneInfo("Asia/Shanghai")
MOMENTS = st.builds(datetime.combine, st.dates(date(2024, 1, 1), date(2028, 12, 31)), st.times(), st.just(CHINA))


# -- the oracle: nothing of ours -----------------------------------------------------------------------------


def walked_days(start: date, matches: int, works: set[int]) -> date:
    """The day on which so many working days have passed since `start`, one day at a time."""
    day = start
    while matches:
        day += timedelta(days=1)
        matches -= day.isoweekday() in works
    return day


def month_ahead(start: date, months: int, wanted: int) -> date:
    """The wanted day so many months on, one month at a time, and the last day where the month is shorter."""
    year, month = start.year, start.month
    for _ in range(months):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    for day in (wanted, 30, 29, 28):
        try:
            return date(year, month, min(day, wanted))
        except ValueError:
            continue
    raise AssertionError


def is_last_of_month(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def walked_to(start: datetime, month: int | None, wanted: int, every: int) -> date:
    """The first day after `start` that is the wanted one, in one of the months that are multiples of `every` away."""
    day = start.date() + timedelta(days=1)
    allowed = {month} if month else set(range(1, 13))
    for n in range(-12, 13):
        allowed |= {(month + n * every - 1) % 12 + 1} if month else set()
    while True:
        fits = day.day == wanted or (day.day < wanted and is_last_of_month(day))
        if fits and day.month in allowed:
            return day
        day += timedelta(days=1)


# -- properties ----------------------------------------------------------------------------------------------


@given(start=MOMENTS, n=st.integers(1, 30), steps=st.integers(1, 12))
def test_working_days_are_counted_as_a_finger_on_the_calendar_does(start: datetime, n: int, steps: int) -> None:
    found = occurrence(Recurrence(n, "working_days"), start, steps, PLAIN).astimezone(CHINA)

    day = walked_days(start.date(), n * steps, {1, 2, 3, 4, 5})
    assert (found.date(), found.time()) == (day, start.time())


@given(start=MOMENTS, n=st.integers(1, 30), steps=st.integers(1, 12), day=st.none() | st.integers(1, 31))
def test_months_keep_the_day_and_the_time_and_never_drift(start: datetime, n: int, steps: int, day: int | None) -> None:
    found = occurrence(Recurrence(n, day=day), start, steps, PLAIN).astimezone(CHINA)

    assert (found.date(), found.time()) == (month_ahead(start.date(), n * steps, day or start.day), start.time())


@given(
    start=MOMENTS,
    every=st.sampled_from([1, 2, 3, 4, 6, 12]),
    month=st.none() | st.integers(1, 12),
    day=st.integers(1, 31),
)
def test_the_first_one_is_on_the_next_day_it_keeps_to(start: datetime, every: int, month: int | None, day: int) -> None:
    found = first_after(Recurrence(every, "months", month, day), start, PLAIN)

    assert found == day_begins(walked_to(start, month, day, every), PLAIN)


@given(start=MOMENTS, n=st.integers(1, 24), day=st.none() | st.integers(1, 31))
def test_occurrences_always_move_on(start: datetime, n: int, day: int | None) -> None:
    rule = Recurrence(n, day=day)

    found = [occurrence(rule, start, steps, PLAIN) for steps in range(1, 6)]

    assert found == sorted(set(found))
    assert found[0] > start - timedelta(days=31)


# -- examples ------------------------------------------------------------------------------------------------


def test_the_last_of_january_comes_back_on_the_last_of_march() -> None:
    anchor = datetime(2026, 1, 31, 1, tzinfo=UTC)

    found = [occurrence(Recurrence(1), anchor, steps, PLAIN).date() for steps in (1, 2, 3)]

    assert found == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


def test_a_yearly_day_that_is_today_comes_next_year() -> None:
    now = datetime(2026, 11, 1, 2, tzinfo=UTC)

    assert first_after(Recurrence(12, month=11, day=1), now, PLAIN) == datetime(2027, 10, 31, 16, tzinfo=UTC)


@pytest.mark.parametrize(("on", "found"), [("11-01", (11, 1)), ("02-29", (2, 29)), ("15", (None, 15))])
def test_a_day_of_the_year_or_of_the_month_is_read(on: str, found: tuple[int | None, int]) -> None:
    assert day_of_year(on) == found


@pytest.mark.parametrize("on", ["", "32", "0", "13-01", "02-30", "11-", "November"])
def test_what_is_no_day_is_refused(on: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        day_of_year(on)


def test_less_than_one_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="give at least 1"):
        Recurrence(0)
