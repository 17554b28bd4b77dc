"""Why something is due on its day: the count, day by day, as data (`adapters/counted.py` makes sentences of it)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.calendar import Calendar, Layer, is_known, is_working_day, minutes_between
from domain.clocks import Clock, Pause, due, stopped_since
from domain.working_time import MINUTE, is_weekday


class DayKind(StrEnum):
    """What a day is."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"
    CLOSED = "closed"
    OPENED = "opened"


class Level(StrEnum):
    """Which layer of the calendar says so."""

    NATION = "nation"
    COUNTY = "county"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One day of a count.

    Args:
        number: which working day of the term it is; None where it does not count.
        name: the holiday that it belongs to, where it has a name.
        known: whether its notice is known.
    """

    day: date
    kind: DayKind
    works: bool
    level: Level
    name: str = ""
    number: int | None = None
    known: bool = True


@dataclass(frozen=True, slots=True)
class CountedPause:
    """A pause, the whole working minutes by which it moved the due date, and to when; both None while it stands."""

    pause: Pause
    minutes: int | None = None
    moved_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Because:
    """Everything that a due date follows from.

    Args:
        received: the local day of receipt, which does not count itself.
        days: every day from the one after receipt (that of receipt, where nothing is allowed) to the due day.
        base: when it would be due without pauses.
        per_day: working minutes of a whole day.
    """

    clock: Clock
    calendar: str
    received: date
    days: tuple[CountedDay, ...]
    base: datetime
    pauses: tuple[CountedPause, ...]
    due_at: datetime
    provisional: bool
    stands_since: datetime | None
    per_day: int


def because(clock: Clock, calendar: Calendar) -> Because:
    """Count a clock again, keeping every step.

    Args:
        clock: the term with its pauses.
        calendar: the version to count on, of the clock's department.
    """
    found = due(clock, calendar)
    return Because(
        clock=clock,
        calendar=calendar.version,
        received=calendar.index.local(clock.start).date(),
        days=_days(clock, calendar, found.at),
        base=due(replace(clock, pauses=()), calendar).at,
        pauses=_pauses(clock, calendar),
        due_at=found.at,
        provisional=found.provisional,
        stands_since=stopped_since(clock),
        per_day=calendar.index.per_day // MINUTE,
    )


def day_of(calendar: Calendar, day: date) -> CountedDay:
    """What a day is, and which layer says so: the innermost that names it."""
    level, layer = _says(calendar, day)
    works = is_working_day(calendar, day)
    kind = _kind(calendar, day, level, works=works)
    return CountedDay(day, kind, works, level, layer.names.get(day, ""), known=is_known(calendar, day))


def _days(clock: Clock, calendar: Calendar, due_at: datetime) -> tuple[CountedDay, ...]:
    first, last = calendar.index.local(clock.start).date(), calendar.index.local(due_at).date()
    found: list[CountedDay] = []
    number = 0
    for distance in range(0 if clock.days == 0 and clock.on is None else 1, (last - first).days + 1):
        one = day_of(calendar, first + timedelta(days=distance))
        if one.works and number < clock.days:
            number += 1
            one = replace(one, number=number)
        found.append(one)
    return tuple(found)


def _pauses(clock: Clock, calendar: Calendar) -> tuple[CountedPause, ...]:
    """Each pause with what it alone added, in their order."""
    told: list[CountedPause] = []
    before = due(replace(clock, pauses=()), calendar).at
    ordered = sorted(clock.pauses, key=lambda one: one.since)
    for place, pause in enumerate(ordered, start=1):
        if pause.until is None:
            told.append(CountedPause(pause))
            continue
        after = due(replace(clock, pauses=tuple(ordered[:place])), calendar).at
        told.append(CountedPause(pause, minutes_between(calendar, before, after), after))
        before = after
    return tuple(told)


def _says(calendar: Calendar, day: date) -> tuple[Level, Layer]:
    if day in calendar.department.days:
        return Level.DEPARTMENT, calendar.department
    if day in calendar.county.days:
        return Level.COUNTY, calendar.county
    return Level.NATION, Layer(days=calendar.days, names=calendar.names)


def _kind(calendar: Calendar, day: date, level: Level, *, works: bool) -> DayKind:
    if works:
        own = level is not Level.NATION and calendar.days.get(day, is_weekday(day)) is False
        if own:
            return DayKind.OPENED
        return DayKind.WORKDAY if is_weekday(day) else DayKind.MAKE_UP
    if level is not Level.NATION:
        return DayKind.CLOSED
    return DayKind.HOLIDAY if is_weekday(day) or day in calendar.days else DayKind.WEEKEND
