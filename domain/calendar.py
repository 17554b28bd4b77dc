"""Working time on one version of the calendar: due dates, pauses, lights (红黄绿灯).

A version names its exceptions to Monday-Friday: public holidays, and the make-up Saturdays
and Sundays of the State Council's yearly notice (国务院办公厅关于节假日安排的通知). What lies behind
`known_through` is counted Monday-Friday and marked provisional, to be counted again when
the next notice is out. Questions cost a binary search, whatever the span.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

OFFICE_HOURS = ((time(8, 30), time(12, 0)), (time(13, 30), time(17, 0)))
YELLOW_DAYS = 3
YELLOW_PERCENT = 30

_WEEK, _WEEKDAYS = 7, 5
_MINUTE = 60_000_000
"""Working time is counted in whole microseconds, so that no sum ever drifts."""


@dataclass(frozen=True, slots=True)
class Due:
    """A moment by which something must be done.

    Args:
        at: aware, UTC.
        provisional: the count crossed into days whose calendar is not announced yet.
    """

    at: datetime
    provisional: bool


class Light(StrEnum):
    """The colour of a deadline, never stored: it changes without an event."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    GREY = "grey"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Calendar:
    """One version of the working calendar.

    Args:
        zone: the time zone of the hours (IANA name).
        hours: working hours of a day as ranges, in order, without overlap.
        days: exceptions to Monday-Friday; True works, False does not.
        known_through: the last day whose notice is announced.

    Raises:
        ValueError: for hours that are empty, reversed or overlapping.
    """

    version: str
    zone: str = "Asia/Shanghai"
    hours: tuple[tuple[time, time], ...] = OFFICE_HOURS
    days: Mapping[date, bool] = field(default_factory=dict, hash=False)
    known_through: date = date.min
    index: "_Index" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", MappingProxyType(dict(self.days)))
        object.__setattr__(self, "index", _Index.of(self))


@dataclass(frozen=True, slots=True)
class _Index:
    """The exceptions as running sums, so that days are counted by arithmetic.

    Args:
        exceptions: ordinals of the days that differ from Monday-Friday, in order.
        shifts: working days gained or lost before the exception of that place; one longer.
        counts: working days up to and including each exception.
        ranges: (start, end) of the working hours in microseconds of the day.
        before: working microseconds of a day before each range.
    """

    zone: ZoneInfo
    exceptions: tuple[int, ...]
    shifts: tuple[int, ...]
    counts: tuple[int, ...]
    ranges: tuple[tuple[int, int], ...]
    before: tuple[int, ...]
    per_day: int

    @classmethod
    def of(cls, calendar: Calendar) -> "_Index":
        ranges = _checked_ranges(calendar.hours)
        exceptions = sorted(
            (day.toordinal(), 1 if works else -1) for day, works in calendar.days.items() if works != _is_weekday(day)
        )
        shifts = [0]
        for _, shift in exceptions:
            shifts.append(shifts[-1] + shift)
        before = [0]
        for start, end in ranges:
            before.append(before[-1] + end - start)
        return cls(
            zone=ZoneInfo(calendar.zone),
            exceptions=tuple(ordinal for ordinal, _ in exceptions),
            shifts=tuple(shifts),
            counts=tuple(_weekdays_through(ordinal) + shifts[i + 1] for i, (ordinal, _) in enumerate(exceptions)),
            ranges=ranges,
            before=tuple(before),
            per_day=before[-1],
        )

    def count(self, ordinal: int) -> int:
        """Working days up to and including a day."""
        return _weekdays_through(ordinal) + self.shifts[bisect_right(self.exceptions, ordinal)]

    def nth(self, count: int) -> int:
        """The day on which that count of working days is reached."""
        place = bisect_left(self.counts, count)
        ordinal = _weekday_ordinal(count - self.shifts[place])
        # Before the next exception the plain week holds; at the latest the exception itself
        # (a make-up Saturday) reaches the count.
        return ordinal if place == len(self.exceptions) else min(ordinal, self.exceptions[place])


def _checked_ranges(hours: tuple[tuple[time, time], ...]) -> tuple[tuple[int, int], ...]:
    edges = [_of_day(edge) for one in hours for edge in one]
    if not edges or any(a >= b for a, b in pairwise(edges)):
        shown = ", ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in hours) or "nothing"
        message = f"calendar: working hours are {shown}: give ranges in order that neither touch nor overlap"
        raise ValueError(message)
    return tuple((_of_day(start), _of_day(end)) for start, end in hours)


def _of_day(moment: time | datetime) -> int:
    return ((moment.hour * 60 + moment.minute) * 60 + moment.second) * 1_000_000 + moment.microsecond


def _is_weekday(day: date) -> bool:
    return day.weekday() < _WEEKDAYS


def _weekdays_through(ordinal: int) -> int:
    # Ordinal 1 (0001-01-01) is a Monday.
    weeks, rest = divmod(ordinal, _WEEK)
    return weeks * _WEEKDAYS + min(rest, _WEEKDAYS)


def _weekday_ordinal(count: int) -> int:
    weeks, rest = divmod(count - 1, _WEEKDAYS)
    return weeks * _WEEK + rest + 1


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Say whether a day works under this version (Monday-Friday where it says nothing)."""
    works = calendar.days.get(day)
    return _is_weekday(day) if works is None else works


def due_after_days(calendar: Calendar, start: datetime, days: int) -> Due:
    """Give the end of work on the n-th working day after receipt.

    The first counted day is the next working day after receipt. With 0 days it is the end
    of work of the day of receipt, or of the next working day when that is already past.
    `start` is aware; days below 0 are refused.
    """
    _require_not_negative(days, "working days")
    index = calendar.index
    local = _local(index, start)
    ordinal = local.toordinal()
    today = index.count(ordinal)
    if days == 0 and is_working_day(calendar, local.date()) and _of_day(local) <= index.ranges[-1][1]:
        return _due(calendar, ordinal, index.ranges[-1][1])
    return _due(calendar, index.nth(today + max(days, 1)), index.ranges[-1][1])


def add_minutes(calendar: Calendar, start: datetime, minutes: int) -> Due:
    """Give the earliest moment at which so many working minutes have passed since start (aware)."""
    _require_not_negative(minutes, "minutes")
    index = calendar.index
    local = _local(index, start)
    if minutes == 0:
        return Due(start.astimezone(UTC), local.date() > calendar.known_through)
    ordinal, of_day = _place(index, _worked(index, local) + minutes * _MINUTE)
    return _due(calendar, ordinal, of_day)


def minutes_between(calendar: Calendar, a: datetime, b: datetime) -> int:
    """Count the whole working minutes from a to b (both aware); 0 when b is not after a."""
    index = calendar.index
    passed = _worked(index, _local(index, b)) - _worked(index, _local(index, a))
    return max(passed, 0) // _MINUTE


def shift_days(calendar: Calendar, at: datetime, days: int) -> datetime:
    """Move a moment by working days, back or forth, keeping its time of day (offsets of a ladder).

    From a day that does not work, +1 is the next working day and -1 the last one before.
    """
    if days == 0:
        return at.astimezone(UTC)
    index = calendar.index
    local = _local(index, at)
    before = index.count(local.toordinal()) if days > 0 else index.count(local.toordinal() - 1) + 1
    return _utc(index, index.nth(before + days), _of_day(local))


def yellow_from(
    calendar: Calendar, start: datetime, due: datetime, *, days: int = YELLOW_DAYS, percent: int = YELLOW_PERCENT
) -> datetime:
    """Give the moment from which a deadline is near.

    Near: what remains is at most so many working days and at most that share of the time
    allowed from start to due.
    """
    index = calendar.index
    end = _worked(index, _local(index, due))
    allowed = max(end - _worked(index, _local(index, start)), 0)
    near = min(days * index.per_day, allowed * percent // 100)
    if near == 0:
        return due.astimezone(UTC)
    return _utc(index, *_place(index, end - near))


def light(
    now: datetime,
    yellow_at: datetime | None,
    due_at: datetime | None,
    paused: bool,  # noqa: FBT001 - a fact of the clock like the others, not a switch between two behaviours
    closed_at: datetime | None,
) -> Light:
    """Give the colour of a deadline.

    Closed late is blue, closed in time green, paused grey; else red after the due moment,
    yellow from `yellow_at` on, green before. Without a due moment nothing can be late.
    """
    if closed_at is not None:
        return Light.BLUE if due_at is not None and closed_at > due_at else Light.GREEN
    if paused:
        return Light.GREY
    if due_at is not None and now > due_at:
        return Light.RED
    return Light.YELLOW if yellow_at is not None and now >= yellow_at else Light.GREEN


def dump_calendar(calendar: Calendar) -> dict[str, Any]:
    """Write a version as a JSON-ready object; `parse_calendar` reads it back without loss."""
    return {
        "version": calendar.version,
        "zone": calendar.zone,
        "hours": [[start.isoformat(), end.isoformat()] for start, end in calendar.hours],
        "days": {day.isoformat(): works for day, works in sorted(calendar.days.items())},
        "known_through": calendar.known_through.isoformat(),
    }


def parse_calendar(data: Mapping[str, Any]) -> Calendar:
    """Read a version from a JSON-ready object.

    Raises:
        KeyError, TypeError, ValueError: for a missing or wrong field.
    """
    return Calendar(
        version=data["version"],
        zone=data["zone"],
        hours=tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in data["hours"]),
        days={date.fromisoformat(day): works for day, works in data["days"].items()},
        known_through=date.fromisoformat(data["known_through"]),
    )


def _require_not_negative(amount: int, unit: str) -> None:
    if amount < 0:
        message = f"calendar: {amount} {unit} cannot be allowed: give 0 or more"
        raise ValueError(message)


def _local(index: _Index, at: datetime) -> datetime:
    if at.tzinfo is None:
        message = f"calendar: {at.isoformat()} has no time zone: give an aware time"
        raise ValueError(message)
    return at.astimezone(index.zone)


def _worked(index: _Index, local: datetime) -> int:
    """Working microseconds from the calendar's first day to a moment."""
    ordinal = local.toordinal()
    whole = index.count(ordinal - 1)
    if index.count(ordinal) == whole:
        return whole * index.per_day
    of_day = _of_day(local)
    return whole * index.per_day + sum(min(max(of_day - start, 0), end - start) for start, end in index.ranges)


def _place(index: _Index, worked: int) -> tuple[int, int]:
    """The earliest day and moment of that day by which so much working time has passed."""
    whole, rest = divmod(worked - 1, index.per_day)
    rest += 1
    place = bisect_left(index.before, rest) - 1
    return index.nth(whole + 1), index.ranges[place][0] + rest - index.before[place]


def _due(calendar: Calendar, ordinal: int, of_day: int) -> Due:
    return Due(_utc(calendar.index, ordinal, of_day), ordinal > calendar.known_through.toordinal())


def _utc(index: _Index, ordinal: int, of_day: int) -> datetime:
    midnight = datetime.fromordinal(ordinal)
    return (midnight + timedelta(microseconds=of_day)).replace(tzinfo=index.zone).astimezone(UTC)
