"""The arithmetic of working time: days and microseconds counted by formula and binary search.

Working days are counted from 0001-01-01, working time from its first moment, both as whole
numbers, so that adding and taking away never drift and no question walks day by day.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

MINUTE = 60_000_000
"""Microseconds of a minute: the unit of everything here."""

Hours = tuple[tuple[time, time], ...]

_WEEK, _WEEKDAYS = 7, 5


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """One calendar as running sums.

    Args:
        exceptions: ordinals of the days that differ from Monday-Friday, in order.
        shifts: working days gained or lost before the exception of that place; one longer.
        counts: working days up to and including each exception.
        ranges: (start, end) of the working hours within a day.
        before: working time of a day before each range; one longer.
        per_day: working time of a whole day.
    """

    zone: ZoneInfo
    exceptions: tuple[int, ...]
    shifts: tuple[int, ...]
    counts: tuple[int, ...]
    ranges: tuple[tuple[int, int], ...]
    before: tuple[int, ...]
    per_day: int

    def count(self, ordinal: int) -> int:
        """Working days up to and including a day."""
        return _weekdays_through(ordinal) + self.shifts[bisect_right(self.exceptions, ordinal)]

    def nth(self, count: int) -> int:
        """The day on which that count of working days is reached."""
        place = bisect_left(self.counts, count)
        ordinal = _weekday_ordinal(count - self.shifts[place])
        # Until the next exception the plain week holds; at the latest the exception itself
        # (a make-up Saturday) reaches the count.
        return ordinal if place == len(self.exceptions) else min(ordinal, self.exceptions[place])

    def worked(self, local: datetime) -> int:
        """Working time up to a local moment."""
        ordinal = local.toordinal()
        whole = self.count(ordinal - 1)
        if self.count(ordinal) == whole:
            return whole * self.per_day
        now = of_day(local)
        return whole * self.per_day + sum(min(max(now - start, 0), end - start) for start, end in self.ranges)

    def place(self, worked: int) -> tuple[int, int]:
        """The earliest (day, moment within it) by which so much working time has passed."""
        days, rest = divmod(worked - 1, self.per_day)
        part = bisect_left(self.before, rest + 1) - 1
        return self.nth(days + 1), self.ranges[part][0] + rest + 1 - self.before[part]

    def local(self, at: datetime) -> datetime:
        """An aware moment on the calendar's clock.

        Raises:
            ValueError: when the moment has no time zone.
        """
        if at.tzinfo is None:
            message = f"calendar: {at.isoformat()} has no time zone: give an aware time"
            raise ValueError(message)
        return at.astimezone(self.zone)

    def utc(self, ordinal: int, moment: int) -> datetime:
        """A day and a moment within it as a moment in UTC."""
        local = datetime.fromordinal(ordinal) + timedelta(microseconds=moment)
        return local.replace(tzinfo=self.zone).astimezone(UTC)


def working_time(zone: str, hours: Hours, days: Mapping[date, bool]) -> WorkingTime:
    """Build the sums of a calendar.

    Raises:
        ValueError: for hours that are empty, reversed, touching or overlapping.
    """
    ranges = _ranges(hours)
    exceptions = sorted(
        (day.toordinal(), 1 if works else -1) for day, works in days.items() if works != is_weekday(day)
    )
    shifts = [0]
    for _, shift in exceptions:
        shifts.append(shifts[-1] + shift)
    before = [0]
    for start, end in ranges:
        before.append(before[-1] + end - start)
    return WorkingTime(
        zone=ZoneInfo(zone),
        exceptions=tuple(ordinal for ordinal, _ in exceptions),
        shifts=tuple(shifts),
        counts=tuple(
            _weekdays_through(ordinal) + shift for (ordinal, _), shift in zip(exceptions, shifts[1:], strict=True)
        ),
        ranges=ranges,
        before=tuple(before),
        per_day=before[-1],
    )


def _ranges(hours: Hours) -> tuple[tuple[int, int], ...]:
    edges = [of_day(edge) for one in hours for edge in one]
    if not edges or any(a >= b for a, b in pairwise(edges)):
        shown = ", ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in hours) or "nothing"
        message = f"calendar: working hours are {shown}: give ranges in order that neither touch nor overlap"
        raise ValueError(message)
    return tuple((of_day(start), of_day(end)) for start, end in hours)


def of_day(moment: time | datetime) -> int:
    """The microsecond of the day."""
    return (moment.hour * 60 + moment.minute) * MINUTE + moment.second * 1_000_000 + moment.microsecond


def is_weekday(day: date) -> bool:
    """Say whether a day is Monday to Friday."""
    return day.weekday() < _WEEKDAYS


def _weekdays_through(ordinal: int) -> int:
    # Ordinal 1 (0001-01-01) is a Monday.
    weeks, rest = divmod(ordinal, _WEEK)
    return weeks * _WEEKDAYS + min(rest, _WEEKDAYS)


def _weekday_ordinal(count: int) -> int:
    weeks, rest = divmod(count - 1, _WEEKDAYS)
    return weeks * _WEEK + rest + 1
