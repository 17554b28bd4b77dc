"""Clocks: lights as a function of the moment, the due date, the pauses and the calendar; pauses; text; the count told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.calendars import statutory_calendar
from domain.calendar import Calendar, Layer, Light, minutes_between, of_department
from domain.clocks import (
    Clock,
    Pause,
    PauseReason,
    as_text,
    colour,
    due,
    from_text,
    going_on,
    over,
    remaining,
    stopped,
    yellow,
)
from domain.counting import DayKind, Level, because, day_of

CHINA = ZoneInfo("Asia/Shanghai")
STATUTORY = statutory_calendar("s1")
DAY = 7 * 60
"""Working minutes of a day."""

moments = st.datetimes(datetime(2025, 1, 2), datetime(2026, 6, 30)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001 - made aware here
spans = st.integers(0, 15 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def clocks(draw: st.DrawFn) -> Clock:
    """A clock with up to four pauses that have ended, in any order, that may overlap."""
    start = draw(moments)
    found = Clock(draw(st.integers(0, 20)), start)
    for _ in range(draw(st.integers(0, 4))):
        since = start + draw(spans)
        found = over(found, Pause(since, PauseReason.HEARING, until=since + draw(spans)))
    return found


@settings(deadline=None, max_examples=300)
@given(clocks(), moments)
def test_the_light_is_red_past_due_yellow_within_both_limits_and_green_before(clock: Clock, now: datetime) -> None:
    found = colour(clock, STATUTORY, now)

    end = due(clock, STATUTORY).at
    allotted = minutes_between(STATUTORY, clock.start, due(replace(clock, pauses=()), STATUTORY).at)
    left = minutes_between(STATUTORY, now, end)
    limit = min(3 * DAY, allotted * 30 / 100)
    assert (found is Light.RED) is (now > end)
    assert found is not Light.YELLOW or left <= limit
    assert found is not Light.GREEN or left >= limit - 1


@settings(deadline=None, max_examples=100)
@given(clocks(), moments, moments)
def test_a_clock_that_stands_is_grey_and_one_that_was_closed_says_whether_it_was_late(
    clock: Clock, now: datetime, closed_at: datetime
) -> None:
    standing = stopped(clock, Pause(now, PauseReason.SUPPLEMENT))

    late = closed_at > due(clock, STATUTORY).at
    assert colour(standing, STATUTORY, now) is Light.GREY
    assert colour(clock, STATUTORY, now, closed_at=closed_at) is (Light.BLUE if late else Light.GREEN)


@settings(deadline=None, max_examples=200)
@given(clocks(), spans, spans)
def test_what_was_left_when_it_was_stopped_is_left_when_it_goes_on(
    clock: Clock, runs: timedelta, stands: timedelta
) -> None:
    last = max([clock.start, *(pause.until or clock.start for pause in clock.pauses)])
    now = last + runs
    standing = stopped(clock, Pause(now, PauseReason.SUPPLEMENT))

    left = remaining(clock, STATUTORY, now)
    again = going_on(standing, now + stands)

    assert remaining(standing, STATUTORY, now + stands / 2) == left
    assert left <= 0 or remaining(again, STATUTORY, now + stands) == left
    assert left > 0 or due(again, STATUTORY).at == due(clock, STATUTORY).at


@settings(deadline=None, max_examples=100)
@given(clocks())
def test_a_clock_survives_being_written_and_read(clock: Clock) -> None:
    standing = stopped(clock, Pause(clock.start, PauseReason.INQUIRY, "head", expected=clock.start))
    full = replace(
        standing, name="base.days", department="office", calendar="s1", provisional=True, on=date(2026, 3, 2)
    )

    assert from_text(as_text(clock)) == clock
    assert from_text(as_text(full)) == full
    assert from_text("5wd::s1") is None


@settings(deadline=None, max_examples=150)
@given(clocks())
def test_the_count_that_is_told_comes_to_the_due_date(clock: Clock) -> None:
    told = because(clock, STATUTORY)

    numbered = [one for one in told.days if one.number is not None]
    assert [one.number for one in numbered] == list(range(1, clock.days + 1))
    assert all(one.works for one in numbered)
    assert not numbered or numbered[-1].day == told.base.astimezone(CHINA).date()
    moved = [one.minutes or 0 for one in told.pauses]
    assert minutes_between(STATUTORY, told.base, told.due_at) - sum(moved) in range(len(moved) + 1)
    assert told.due_at == due(clock, STATUTORY).at


def test_two_pauses_over_a_new_year_add_up_in_working_time() -> None:
    start = datetime(2024, 12, 26, 9, tzinfo=CHINA)
    first = Pause(
        datetime(2024, 12, 30, 9, tzinfo=CHINA), PauseReason.HEARING, until=datetime(2025, 1, 2, 9, tzinfo=CHINA)
    )
    second = Pause(
        datetime(2025, 1, 24, 15, tzinfo=CHINA), PauseReason.APPRAISAL, until=datetime(2025, 2, 5, 10, tzinfo=CHINA)
    )

    found = due(Clock(20, start, pauses=(first, second)), STATUTORY)

    # 1 January does not work; the Spring Festival is off from 28 January to 4 February, Sunday 26 January works.
    # Without pauses 24 January; the first takes two days (30, 31 December): 27 January. The second: 120 minutes of the
    # 24th, Sunday the 26th and Monday the 27th, and from 8:30 to 10:00 on 5 February: 2 days and 210 minutes.
    assert found.at == datetime(2025, 2, 7, 12, tzinfo=CHINA)


def test_the_office_may_widen_what_is_near() -> None:
    clock = Clock(10, datetime(2026, 3, 2, 9, tzinfo=CHINA))

    near = yellow(clock, STATUTORY, days=5, percent=50)

    assert minutes_between(STATUTORY, near, due(clock, STATUTORY).at) == 5 * DAY


def test_a_department_counts_by_its_own_days_and_hours_and_the_next_by_the_county_s() -> None:
    own = Layer(hours=((time(9), time(12)),), days={date(2026, 3, 3): False, date(2026, 3, 7): True})
    county = Layer(hours=((time(8), time(16)),), days={date(2026, 3, 4): False})
    calendar = replace(STATUTORY, county=county, departments={"hall": own})
    clock = Clock(3, datetime(2026, 3, 2, 9, tzinfo=CHINA))

    of_county, of_hall = due(clock, calendar).at, due(clock, of_department(calendar, "hall")).at

    assert of_county == datetime(2026, 3, 6, 16, tzinfo=CHINA)
    assert of_hall == datetime(2026, 3, 7, 12, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("day", "kind", "level", "name"),
    [
        (date(2026, 3, 2), DayKind.WORKDAY, Level.NATION, ""),
        (date(2026, 3, 7), DayKind.WEEKEND, Level.NATION, ""),
        (date(2026, 10, 1), DayKind.HOLIDAY, Level.NATION, "国庆节"),
        (date(2026, 10, 3), DayKind.HOLIDAY, Level.NATION, "国庆节"),
        (date(2026, 10, 10), DayKind.MAKE_UP, Level.NATION, "国庆节"),
        (date(2026, 5, 6), DayKind.CLOSED, Level.COUNTY, "样例活动"),
        (date(2026, 5, 2), DayKind.OPENED, Level.DEPARTMENT, "样例开放日"),
    ],
)
def test_each_day_is_told_with_its_reason_and_the_layer_that_says_so(
    day: date, kind: DayKind, level: Level, name: str
) -> None:
    county = Layer(days={date(2026, 5, 6): False}, names={date(2026, 5, 6): "样例活动"})
    hall = Layer(days={date(2026, 5, 2): True}, names={date(2026, 5, 2): "样例开放日"})
    calendar = of_department(replace(STATUTORY, county=county, departments={"hall": hall}), "hall")

    found = day_of(calendar, day)

    assert (found.kind, found.level, found.name) == (kind, level, name)


def test_days_whose_notice_is_not_known_say_so() -> None:
    plain = Calendar("1", known_from=date(2026, 3, 3), known_through=date(2026, 3, 4))

    assert [day_of(plain, date(2026, 3, day)).known for day in (2, 3, 4, 5)] == [False, True, True, False]
