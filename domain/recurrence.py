"""When something that comes again is due: every so many months, or every so many working days. Pure.

Every occurrence is counted from the first one, never from the one before: a month that is too short for the day shifts
nothing that comes after it, and neither does a sweep that comes late.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from math import gcd
from typing import Literal

from domain.calendar import Calendar, shift_days

Unit = Literal["months", "working_days"]
_YEAR = 12


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How often something comes.

    Args:
        n: every so many units, at least 1.
        unit: calendar months, or working days.
        month: the month that it keeps to, where it does: with 3 months, also every third one before and after it.
        day: the day of the month that it keeps to, where it does; the last one where the month is shorter.

    Raises:
        ValueError: for less than one unit.
    """

    n: int
    unit: Unit = "months"
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.n < 1:
            message = f"recurrence: every {self.n} {self.unit}: give at least 1"
            raise ValueError(message)


def day_of_year(on: str) -> tuple[int | None, int]:
    """The month, where one is named, and the day of "11-01" or "15".

    Raises:
        ValueError: for anything else, or a day that no year has.
    """
    month, dash, day = on.rpartition("-")
    if dash:
        date(2000, int(month), int(day))
        return int(month), int(day)
    if not 1 <= int(day) <= 31:  # noqa: PLR2004  # the longest month
        message = f"'{on}' is no day of a month: give 1 to 31, or a month and a day such as 11-01"
        raise ValueError(message)
    return None, int(day)


def first_after(recurrence: Recurrence, moment: datetime, calendar: Calendar) -> datetime:
    """The first occurrence after a moment (aware): on its day where it keeps to one, else one interval later."""
    if recurrence.unit == "working_days" or recurrence.day is None:
        return occurrence(recurrence, moment, 1, calendar)
    local = calendar.index.local(moment)
    months = local.year * _YEAR + local.month - 1
    while True:
        start = _begins(months, recurrence.day, calendar)
        if start > moment and _keeps_to(recurrence, months):
            return start
        months += 1


def occurrence(recurrence: Recurrence, anchor: datetime, steps: int, calendar: Calendar) -> datetime:
    """The occurrence so many intervals after `anchor` (aware), at the same time of day."""
    if recurrence.unit == "working_days":
        return shift_days(calendar, anchor, recurrence.n * steps)
    return after_months(anchor, recurrence.n * steps, calendar, recurrence.day)


def after_months(moment: datetime, months: int, calendar: Calendar, day: int | None = None) -> datetime:
    """The same local time so many calendar months later, on `day` or the same one (the last where there is none)."""
    local = calendar.index.local(moment)
    later = months_later(local.date(), months, day)
    return local.replace(year=later.year, month=later.month, day=later.day).astimezone(UTC)


def months_later(start: date, months: int, day: int | None = None) -> date:
    """So many months after a day, on `day` or the same one; the last of the month where it is shorter.

    Civil Code, art. 202.
    """
    year, month = divmod(start.year * _YEAR + start.month - 1 + months, _YEAR)
    return date(year, month + 1, min(day or start.day, monthrange(year, month + 1)[1]))


def day_begins(day: date, calendar: Calendar) -> datetime:
    """The first moment of a day on the calendar's wall, in UTC."""
    return datetime.combine(day, time(), calendar.index.zone).astimezone(UTC)


def _begins(months: int, day: int, calendar: Calendar) -> datetime:
    year, month = divmod(months, _YEAR)
    return day_begins(date(year, month + 1, min(day, monthrange(year, month + 1)[1])), calendar)


def _keeps_to(recurrence: Recurrence, months: int) -> bool:
    """Whether the month, counted from year 0, is one of those that it keeps to."""
    return recurrence.month is None or (months - (recurrence.month - 1)) % gcd(recurrence.n, _YEAR) == 0
