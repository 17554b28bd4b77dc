"""When a step is due, when its light turns, and when its timers fire: pure working-time arithmetic on facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from domain.calendar import YELLOW_DAYS, YELLOW_PERCENT, Calendar, of_department, shift_days, working_days_later
from domain.clocks import Clock, as_text, due, from_text, yellow
from domain.numbers import value
from domain.recurrence import months_later
from workflows.language.words import Days, Deem, Jump, Number, OnDay, Remind, Rung, SetDay, Term
from workflows.machine.case import JSON
from workflows.machine.facts import Facts

YELLOW_DAYS_NUMBER: Final = "lights.yellow_days"
YELLOW_PERCENT_NUMBER: Final = "lights.yellow_percent"
"""The numbers of the office that say what is near (approvals.md §2.6)."""


def is_provisional(rule: str) -> bool:
    """Whether a due date by this rule may still move: the holidays of its year are not out yet."""
    clock = from_text(rule)
    return clock is not None and clock.provisional


@dataclass(frozen=True, slots=True)
class Deadline:
    """When an item is due and turns yellow, and the clock that says so, as text ("why is it due then?")."""

    due_at: datetime
    yellow_at: datetime
    rule: str


def days_of(days: Days, facts: Facts) -> int:
    """What a number of the office stands at (days, months, years), from the numbers that the case pinned."""
    return value(facts.numbers, days.name, days.default) if isinstance(days, Number) else days


def deadline(  # what a term is counted by, spelled out
    within: Term | None, facts: Facts, now: datetime, values: Mapping[str, JSON], department: str = ""
) -> Deadline | None:
    """The deadline of a step entered `now`, which sees the fields `values`; None where the step has no term."""
    clock = clock_of(within, facts, now, values, department)
    return None if clock is None else counted(clock, facts)


def clock_of(  # what a term is counted by, spelled out
    within: Term | None, facts: Facts, start: datetime, values: Mapping[str, JSON], department: str = ""
) -> Clock | None:
    """The clock of a term that was received at `start`; it is that of the calendar of `department`."""
    match within:
        case None:
            return None
        case OnDay(field=field):
            day = values.get(field)
            return Clock(0, start, field, department, on=date.fromisoformat(day)) if isinstance(day, str) else None
        case Number(name=name):
            return Clock(days_of(within, facts), start, name, department)
        case int():
            return Clock(within, start, "", department)


def counted(clock: Clock, facts: Facts) -> Deadline:
    """The deadline that a clock comes to on the calendar of the facts."""
    near = value(facts.numbers, YELLOW_DAYS_NUMBER, YELLOW_DAYS)
    share = value(facts.numbers, YELLOW_PERCENT_NUMBER, YELLOW_PERCENT)
    return _counted(clock, of_department(facts.calendar, clock.department), near, share)


@lru_cache(maxsize=1024)
def _counted(clock: Clock, calendar: Calendar, near: int, share: int) -> Deadline:
    """The cases of a batch share their moment and their terms."""
    found = due(clock, calendar)
    rule = as_text(replace(clock, calendar=calendar.version, provisional=found.provisional))
    return Deadline(found.at, yellow(clock, calendar, days=near, percent=share), rule)


def next_rung(
    rungs: Sequence[Rung | Remind], done: int, due_at: datetime, calendar: Calendar, now: datetime
) -> tuple[int, datetime] | None:
    """The next rung of a ladder from index `done` on, and when: a mere reminder whose moment has passed is left out.

    What decides for whoever is silent never comes out of the blue: where its moment has passed already when it is set (a
    term that was shortened, a day that was over, a reminder that came late), there is one more working day.
    """
    for number in range(done, len(rungs)):
        moment = shift_days(calendar, due_at, rungs[number].at)
        if moment > now:
            return number, moment
        if decides(rungs[number]):
            return number, shift_days(calendar, now, 1)
        if not _is_needless_when_late(rungs[number]):
            return number, now
    return None


def decides(rung: Rung | Remind) -> bool:
    """Whether a rung takes the step out of the hands of those who are asked."""
    return isinstance(rung, Deem | Jump)


def _is_needless_when_late(rung: Rung | Remind) -> bool:
    """A reminder whose moment has passed says nothing new; what others are told, and who may decide, still counts."""
    return isinstance(rung, Remind) and rung.says is None


def day_of(action: SetDay, facts: Facts, now: datetime, values: Mapping[str, JSON]) -> str | None:
    """The day that is written, as fields hold it; None where the day it is counted from has no value."""
    begun = local_day(facts.calendar, now).isoformat() if action.after is None else values.get(action.after)
    if not isinstance(begun, str):
        return None
    day = months_later(date.fromisoformat(begun), days_of(action.months, facts))
    return working_days_later(facts.calendar, day, days_of(action.working_days, facts)).isoformat()


def local_day(calendar: Calendar, moment: datetime) -> date:
    """The day of `moment` on the calendar's wall."""
    return calendar.index.local(moment).date()
