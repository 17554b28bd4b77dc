"""The working calendar of the State Council's yearly notices, as one version of the domain's calendar."""

from datetime import date

from chinese_calendar.constants import holidays, workdays

from domain.calendar import Calendar


def statutory_calendar(version: str) -> Calendar:
    """Build the calendar of every announced year (国务院办公厅关于部分节假日安排的通知), 2004 on.

    Days off and make-up days come from the chinesecalendar package; what it does not hold
    yet stays provisional in every due date that reaches it.
    """
    days = dict.fromkeys(holidays, False) | dict.fromkeys(workdays, True)
    return Calendar(version=version, days=days, known_through=date(max(days).year, 12, 31))
