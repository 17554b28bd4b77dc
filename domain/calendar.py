"""Working time on one version of the calendar: due dates, lights (红黄绿灯).

A version holds three layers: the nation's (public holidays, and the make-up Saturdays and Sundays of the State
Council's yearly notice, 国务院办公厅关于节假日安排的通知), what the county says differently, and what a department says
differently. Before `known_from` and behind `known_through` no notice is known: there Monday-Friday is counted and
marked provisional, to be counted again when the notice is out. Questions cost a binary search, whatever the span.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from domain.working_time import MINUTE, Hours, WorkingTime, of_day, working_time

OFFICE_HOURS: Hours = ((time(8, 30), time(12, 0)), (time(13, 30), time(17, 0)))
YELLOW_DAYS = 3
YELLOW_PERCENT = 30
_MICROSECOND: Final = timedelta(microseconds=1)


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
class Layer:
    """What a county or a department says differently from the layer above it.

    Args:
        hours: working hours of its own; None where they are those above.
        days: exceptions of its own; True works, False does not.
        names: what such a day is called.
    """

    hours: Hours | None = None
    days: Mapping[date, bool] = field(default_factory=dict, hash=False)
    names: Mapping[date, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", MappingProxyType(dict(self.days)))
        object.__setattr__(self, "names", MappingProxyType(dict(self.names)))


SAME: Final = Layer()
"""The layer of whoever works as the layer above does."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """One version of the working calendar, as the county works by it; `of_department` gives a department's.

    Args:
        zone: the time zone of the hours (IANA name).
        hours: the nation's working hours of a day as ranges, in order, without overlap.
        days: the nation's exceptions to Monday-Friday; True works, False does not.
        known_through: the last day whose notice is announced.
        known_from: the first day whose notice is known.
        names: what an exception of the nation is called (the holiday that it belongs to).
        county: what the county says differently.
        departments: what departments say differently, by code.
        department: the layer of the one department that this calendar is for.

    Raises:
        ValueError: for hours that are empty, reversed or overlapping.
    """

    version: str
    zone: str = "Asia/Shanghai"
    hours: Hours = OFFICE_HOURS
    days: Mapping[date, bool] = field(default_factory=dict, hash=False)
    known_through: date = date.min
    known_from: date = date.min
    names: Mapping[date, str] = field(default_factory=dict, hash=False)
    county: Layer = SAME
    departments: Mapping[str, Layer] = field(default_factory=dict, hash=False)
    department: Layer = SAME
    index: WorkingTime = field(init=False, repr=False, compare=False)
    local: Mapping[str, "Calendar"] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("days", "names", "departments"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        hours = self.department.hours or self.county.hours or self.hours
        days = {**self.days, **self.county.days, **self.department.days}
        object.__setattr__(self, "index", working_time(self.zone, hours, days))
        local = {code: replace(self, departments={}, department=layer) for code, layer in self.departments.items()}
        object.__setattr__(self, "local", MappingProxyType(local))


def of_department(calendar: Calendar, code: str) -> Calendar:
    """Give the calendar of a department: its own where it has one, else the county's."""
    return calendar.local.get(code, calendar)


def is_known(calendar: Calendar, day: date) -> bool:
    """Say whether the notice of a day is known, so that it counts for good."""
    return calendar.known_from <= day <= calendar.known_through


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Say whether a day works under this version (Monday-Friday where it says nothing)."""
    ordinal = day.toordinal()
    return calendar.index.count(ordinal) > calendar.index.count(ordinal - 1)


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
        return _due(calendar, ordinal, ordinal, index.ranges[-1][1])
    return _due(calendar, ordinal, index.nth(today + max(days, 1)), index.ranges[-1][1])


def due_on_day(calendar: Calendar, day: date) -> Due:
    """Give the end of work on a day, or on the next working day where it does not work.

    A term that ends on a day off ends on the day after (Civil Code, art. 203).
    """
    index = calendar.index
    ordinal = day.toordinal()
    return _due(calendar, ordinal, index.nth(index.count(ordinal - 1) + 1), index.ranges[-1][1])


def working_days_later(calendar: Calendar, day: date, days: int) -> date:
    """Give the n-th working day after a day, which itself is not counted; the day itself for 0."""
    _require_not_negative(days, "working days")
    if days == 0:
        return day
    index = calendar.index
    return date.fromordinal(index.nth(index.count(day.toordinal()) + days))


def add_minutes(calendar: Calendar, start: datetime, minutes: int) -> Due:
    """Give the earliest moment at which so many working minutes have passed since start (aware)."""
    _require_not_negative(minutes, "minutes")
    local = calendar.index.local(start)
    if minutes == 0:
        return Due(start.astimezone(UTC), not is_known(calendar, local.date()))
    return _after(calendar, local, minutes * MINUTE)


def subtract_minutes(calendar: Calendar, end: datetime, minutes: int) -> datetime:
    """Give the latest moment from which so many working minutes pass until end (aware)."""
    _require_not_negative(minutes, "minutes")
    if minutes == 0:
        return end.astimezone(UTC)
    index = calendar.index
    # The last moment before one more microsecond has been worked.
    ordinal, moment = index.place(index.worked(index.local(end)) - minutes * MINUTE + 1)
    return index.utc(ordinal, moment - 1)


def shift_past(calendar: Calendar, at: datetime, since: datetime, until: datetime) -> Due:
    """Move a moment by the working time of a pause (all aware): what was due before the pause stays due.

    The whole working time counts, to the microsecond, so that many short pauses lose nothing; a pause that ends before
    it begins (a clock was turned back) is none.
    """
    index = calendar.index
    local = index.local(at)
    paused = index.worked(index.local(until)) - index.worked(index.local(since))
    if at <= since or paused <= 0:
        return Due(at.astimezone(UTC), not is_known(calendar, local.date()))
    return _after(calendar, local, paused)


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
    calendar: Calendar,
    start: datetime,
    due: datetime,
    *,
    days: int = YELLOW_DAYS,
    percent: int = YELLOW_PERCENT,
    paused: timedelta = timedelta(0),
) -> datetime:
    """Give the moment from which a deadline is near.

    Near: what remains is at most so many working days and at most that share of the time allowed, which is the working
    time from start to due without that of the pauses (approvals.md §2.6).
    """
    index = calendar.index
    end = index.worked(index.local(due))
    allowed = max(end - index.worked(index.local(start)) - paused // _MICROSECOND, 0)
    near = min(days * index.per_day, allowed * percent // 100)
    if near == 0:
        return due.astimezone(UTC)
    return index.utc(*index.place(end - near))


def worked_between(calendar: Calendar, a: datetime, b: datetime) -> timedelta:
    """Give the working time from a to b (both aware), to the microsecond; nothing when b is not after a."""
    index = calendar.index
    return max(index.worked(index.local(b)) - index.worked(index.local(a)), 0) * _MICROSECOND


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
    """Write a version as a JSON-ready object; `parse_calendar` reads it back without loss.

    What a version does not say is left out, so that one without layers is written as it always was.
    """
    said = {
        "known_from": "" if calendar.known_from == date.min else calendar.known_from.isoformat(),
        "names": _dump_names(calendar.names),
        "county": _dump_layer(calendar.county),
        "departments": {code: _dump_layer(layer) for code, layer in sorted(calendar.departments.items())},
        "department": _dump_layer(calendar.department),
    }
    return {
        "version": calendar.version,
        "zone": calendar.zone,
        "hours": _dump_hours(calendar.hours),
        "days": _dump_days(calendar.days),
        "known_through": calendar.known_through.isoformat(),
    } | {name: value for name, value in said.items() if value}


def parse_calendar(data: Mapping[str, Any]) -> Calendar:
    """Read a version from a JSON-ready object.

    Raises:
        KeyError, TypeError, ValueError: for a missing or wrong field.
    """
    return Calendar(
        version=data["version"],
        zone=data["zone"],
        hours=_parse_hours(data["hours"]),
        days=_parse_days(data["days"]),
        known_through=date.fromisoformat(data["known_through"]),
        known_from=date.fromisoformat(data["known_from"]) if "known_from" in data else date.min,
        names=_parse_names(data.get("names", {})),
        county=_parse_layer(data.get("county", {})),
        departments={code: _parse_layer(layer) for code, layer in data.get("departments", {}).items()},
        department=_parse_layer(data.get("department", {})),
    )


def _dump_layer(layer: Layer) -> dict[str, Any]:
    said = {
        "hours": None if layer.hours is None else _dump_hours(layer.hours),
        "days": _dump_days(layer.days),
        "names": _dump_names(layer.names),
    }
    return {name: value for name, value in said.items() if value}


def _parse_layer(data: Mapping[str, Any]) -> Layer:
    hours = _parse_hours(data["hours"]) if "hours" in data else None
    return Layer(hours, _parse_days(data.get("days", {})), _parse_names(data.get("names", {})))


def _dump_hours(hours: Hours) -> list[list[str]]:
    return [[start.isoformat(), end.isoformat()] for start, end in hours]


def _parse_hours(data: Sequence[Sequence[str]]) -> Hours:
    return tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in data)


def _dump_days(days: Mapping[date, bool]) -> dict[str, bool]:
    return {day.isoformat(): works for day, works in sorted(days.items())}


def _parse_days(data: Mapping[str, bool]) -> dict[date, bool]:
    return {date.fromisoformat(day): works for day, works in data.items()}


def _dump_names(names: Mapping[date, str]) -> dict[str, str]:
    return {day.isoformat(): name for day, name in sorted(names.items())}


def _parse_names(data: Mapping[str, str]) -> dict[date, str]:
    return {date.fromisoformat(day): name for day, name in data.items()}


def _require_not_negative(amount: int, unit: str) -> None:
    if amount < 0:
        message = f"calendar: {amount} {unit} cannot be allowed: give 0 or more"
        raise ValueError(message)


def _after(calendar: Calendar, local: datetime, worked: int) -> Due:
    """The earliest moment at which so much has been worked since a local one."""
    index = calendar.index
    return _due(calendar, local.toordinal(), *index.place(index.worked(local) + worked))


def _due(calendar: Calendar, start: int, ordinal: int, moment: int) -> Due:
    known = calendar.known_from.toordinal() <= start and ordinal <= calendar.known_through.toordinal()
    return Due(calendar.index.utc(ordinal, moment), not known)
