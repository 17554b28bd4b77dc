"""When a step is due, when its light turns, and when its timers fire: pure working-time arithmetic on facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from domain.calendar import Calendar, due_after_days, shift_days, yellow_from
from domain.numbers import value
from workflows.language.words import Days, Number, Remind, Rung
from workflows.machine.facts import Facts


@dataclass(frozen=True, slots=True)
class Deadline:
    """When an item is due and turns yellow, and by which rule (kept on the item, for "why is it due then?")."""

    due_at: datetime
    yellow_at: datetime
    rule: str


def days_of(days: Days, facts: Facts) -> int:
    """The number of working days (or months) that a word asks for, from the numbers that the case pinned."""
    return value(facts.numbers, days.name, days.default) if isinstance(days, Number) else days


def deadline(within: Days | None, facts: Facts, now: datetime) -> Deadline | None:
    """The deadline of a step entered `now`; None where the step has no term."""
    if within is None:
        return None
    name = within.name if isinstance(within, Number) else ""
    return _deadline(days_of(within, facts), name, facts.calendar, now)


@lru_cache(maxsize=1024)
def _deadline(days: int, name: str, calendar: Calendar, now: datetime) -> Deadline:
    """The cases of a batch share their moment and their terms."""
    due = due_after_days(calendar, now, days)
    provisional = ":provisional" if due.provisional else ""
    rule = f"{days}wd:{name}:{calendar.version}{provisional}"
    return Deadline(due.at, yellow_from(calendar, now, due.at), rule)


def next_rung(
    rungs: Sequence[Rung | Remind], done: int, due_at: datetime, calendar: Calendar, now: datetime
) -> tuple[int, datetime] | None:
    """The next rung of a ladder from index `done` on, and when: a reminder whose moment has passed is left out."""
    for number in range(done, len(rungs)):
        moment = shift_days(calendar, due_at, rungs[number].at)
        if moment > now or not isinstance(rungs[number], Remind):
            return number, max(moment, now)
    return None


def local_day(calendar: Calendar, moment: datetime) -> date:
    """The day of `moment` on the calendar's wall."""
    return calendar.index.local(moment).date()


def after_months(moment: datetime, months: int, calendar: Calendar) -> datetime:
    """The same local day and time `months` calendar months later (the last day where the month is shorter)."""
    local = calendar.index.local(moment)
    years, month = divmod(local.month - 1 + months, 12)
    year, month = local.year + years, month + 1
    day = min(local.day, _days_in(year, month))
    return local.replace(year=year, month=month, day=day).astimezone(UTC)


def _days_in(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - date(year, month, 1)).days
