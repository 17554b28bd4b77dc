"""When a step is due, when its light turns, and when its timers fire: pure working-time arithmetic on facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final

from domain.calendar import Calendar, Due, due_after_days, due_on_day, shift_days, yellow_from
from domain.numbers import value
from workflows.language.words import Days, Number, OnDay, Remind, Rung, Term
from workflows.machine.case import JSON
from workflows.machine.facts import Facts

PROVISIONAL: Final = ":provisional"
"""How the rule of a due date ends that was counted on a calendar without the holidays of that year."""


def is_provisional(rule: str) -> bool:
    """Whether a due date by this rule may still move: the holidays of its year are not out yet."""
    return rule.endswith(PROVISIONAL)


@dataclass(frozen=True, slots=True)
class Deadline:
    """When an item is due and turns yellow, and by which rule (kept on the item, for "why is it due then?")."""

    due_at: datetime
    yellow_at: datetime
    rule: str


def days_of(days: Days, facts: Facts) -> int:
    """What a number of the office stands at (days, months, years), from the numbers that the case pinned."""
    return value(facts.numbers, days.name, days.default) if isinstance(days, Number) else days


def deadline(within: Term | None, facts: Facts, now: datetime, values: Mapping[str, JSON]) -> Deadline | None:
    """The deadline of a step entered `now`, which sees the fields `values`; None where the step has no term."""
    match within:
        case None:
            return None
        case OnDay(field=field):
            day = values.get(field)
            return _on_day(date.fromisoformat(day), field, facts.calendar, now) if isinstance(day, str) else None
        case Number(name=name):
            return _after_days(days_of(within, facts), name, facts.calendar, now)
        case int():
            return _after_days(within, "", facts.calendar, now)


@lru_cache(maxsize=1024)
def _after_days(days: int, name: str, calendar: Calendar, now: datetime) -> Deadline:
    """The cases of a batch share their moment and their terms."""
    return _deadline(due_after_days(calendar, now, days), f"{days}wd:{name}", calendar, now)


def _on_day(day: date, field: str, calendar: Calendar, now: datetime) -> Deadline:
    return _deadline(due_on_day(calendar, day), f"{day.isoformat()}:{field}", calendar, now)


def _deadline(due: Due, rule: str, calendar: Calendar, now: datetime) -> Deadline:
    provisional = PROVISIONAL if due.provisional else ""
    return Deadline(due.at, yellow_from(calendar, now, due.at), f"{rule}:{calendar.version}{provisional}")


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
