"""What a new version of the calendar changes against the one before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from domain.calendar import Calendar, is_working_day, of_department
from domain.counting import CountedDay, day_of


@dataclass(frozen=True, slots=True)
class DayChange:
    """A day that works otherwise than before, for the county or for one department."""

    after: CountedDay
    department: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """The differences of two versions.

    Args:
        days: the days that change, in order, the county's before those of departments.
        hours: whose working hours change: "" for the county's, else the department's code.
        announced: the days that were not known before and are now, first and last; None where there are none.
    """

    days: tuple[DayChange, ...]
    hours: tuple[str, ...]
    announced: tuple[date, date] | None

    @property
    def first(self) -> date | None:
        """The first day from which a count may come out otherwise; None where nothing changes."""
        if self.hours:
            return date.min
        known = [] if self.announced is None else [self.announced[0]]
        return min([*(one.after.day for one in self.days), *known], default=None)


@lru_cache(maxsize=16)
def changes(before: Calendar, after: Calendar) -> Changes:
    """Compare two versions as the county and each department work by them."""
    codes = sorted({*before.departments, *after.departments})
    of_county = tuple(DayChange(day_of(after, day)) for day in _differing(before, after))
    of_departments = tuple(change for code in codes for change in _of_department(before, after, code))
    return Changes((*of_county, *of_departments), tuple(_other_hours(before, after, codes)), _announced(before, after))


def day_begins(calendar: Calendar, day: date) -> datetime:
    """The first moment of a day of the calendar (aware)."""
    return datetime.combine(day, time(0), calendar.index.zone)


def _differing(before: Calendar, after: Calendar) -> list[date]:
    named = {day for one in (before, after) for layer in _days(one) for day in layer}
    return sorted(day for day in named if is_working_day(before, day) is not is_working_day(after, day))


def _days(calendar: Calendar) -> Iterator[set[date]]:
    for layer in (calendar.days, calendar.county.days, calendar.department.days):
        yield set(layer)


def _of_department(before: Calendar, after: Calendar, code: str) -> Iterator[DayChange]:
    """What changes for a department and not in the same way for the county."""
    old, new = of_department(before, code), of_department(after, code)
    common = set(_differing(before, after))
    for day in _differing(old, new):
        if day not in common or is_working_day(new, day) is not is_working_day(after, day):
            yield DayChange(day_of(new, day), code)


def _other_hours(before: Calendar, after: Calendar, codes: list[str]) -> Iterator[str]:
    if before.index.ranges != after.index.ranges or before.zone != after.zone:
        yield ""
    for code in codes:
        if of_department(before, code).index.ranges != of_department(after, code).index.ranges:
            yield code


def _announced(before: Calendar, after: Calendar) -> tuple[date, date] | None:
    if after.known_through > before.known_through:
        return before.known_through + timedelta(days=1), after.known_through
    if after.known_from < before.known_from:
        return after.known_from, before.known_from - timedelta(days=1)
    return None
