"""Working time on one version of the calendar: due dates, pauses, lights (红黄绿灯).

A version names its exceptions to Monday-Friday: public holidays, and the make-up Saturdays
and Sundays of the State Council's yearly notice (国务院办公厅关于节假日安排的通知). What lies behind
`known_through` is counted Monday-Friday and marked provisional, to be counted again when
the next notice is out. Questions cost a binary search, whatever the span.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from domain.working_time import MINUTE, Hours, WorkingTime, is_weekday, of_day, working_time

OFFICE_HOURS: Hours = ((time(8, 30), time(12, 0)), (time(13, 30), time(17, 0)))
YELLOW_DAYS = 3
YELLOW_PERCENT = 30


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
    hours: Hours = OFFICE_HOURS
    days: Mapping[date, bool] = field(default_factory=dict, hash=False)
    known_through: date = date.min
    index: WorkingTime = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", MappingProxyType(dict(self.days)))
        object.__setattr__(self, "index", working_time(self.zone, self.hours, self.days))


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Say whether a day works under this version (Monday-Friday where it says nothing)."""
    works = calendar.days.get(day)
    return is_weekday(day) if works is None else works


def due_after_days(calendar: Calendar, start: datetime, days: int) -> Due:
    """Give the end of work on the n-th working day after receipt.

    The first counted day is the next working day after receipt. With 0 days it is the end
    of work of the day of receipt, or of the next working day when that is already past.
    `start` is aware; days below 0 are refused.
    """
    _require_not_negative(days, "working days")
    index = calendar.index
    local = index.local(start)
    ordinal = local.toordinal()
    today = index.count(ordinal)
    if days == 0 and is_working_day(calendar, local.date()) and of_day(local) <= index.ranges[-1][1]:
        return _due(calendar, ordinal, index.ranges[-1][1])
    return _due(calendar, index.nth(today + max(days, 1)), index.ranges[-1][1])


def due_on_day(calendar: Calendar, day: date) -> Due:
    """Give the end of work on a day, or on the next working day where it does not work.

    A term that ends on a day off ends on the day after (Civil Code, art. 203).
    """
    index = calendar.index
    return _due(calendar, index.nth(index.count(day.toordinal() - 1) + 1), index.ranges[-1][1])


def add_minutes(calendar: Calendar, start: datetime, minutes: int) -> Due:
    """Give the earliest moment at which so many working minutes have passed since start (aware)."""
    _require_not_negative(minutes, "minutes")
    index = calendar.index
    local = index.local(start)
    if minutes == 0:
        return Due(start.astimezone(UTC), local.date() > calendar.known_through)
    return _due(calendar, *index.place(index.worked(local) + minutes * MINUTE))


def minutes_between(calendar: Calendar, a: datetime, b: datetime) -> int:
    """Count the whole working minutes from a to b (both aware); 0 when b is not after a."""
    index = calendar.index
    passed = index.worked(index.local(b)) - index.worked(index.local(a))
    return max(passed, 0) // MINUTE


def shift_days(calendar: Calendar, at: datetime, days: int) -> datetime:
    """Move a moment by working days, back or forth, keeping its time of day (offsets of a ladder).

    From a day that does not work, +1 is the next working day and -1 the last one before.
    """
    if days == 0:
        return at.astimezone(UTC)
    index = calendar.index
    local = index.local(at)
    before = index.count(local.toordinal()) if days > 0 else index.count(local.toordinal() - 1) + 1
    return index.utc(index.nth(before + days), of_day(local))


def yellow_from(
    calendar: Calendar, start: datetime, due: datetime, *, days: int = YELLOW_DAYS, percent: int = YELLOW_PERCENT
) -> datetime:
    """Give the moment from which a deadline is near.

    Near: what remains is at most so many working days and at most that share of the time
    allowed from start to due.
    """
    index = calendar.index
    end = index.worked(index.local(due))
    allowed = max(end - index.worked(index.local(start)), 0)
    near = min(days * index.per_day, allowed * percent // 100)
    if near == 0:
        return due.astimezone(UTC)
    return index.utc(*index.place(end - near))


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


def _due(calendar: Calendar, ordinal: int, moment: int) -> Due:
    return Due(calendar.index.utc(ordinal, moment), ordinal > calendar.known_through.toordinal())
