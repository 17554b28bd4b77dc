"""The working calendar of the State Council's yearly notices, as one version of the domain's calendar."""

from datetime import date
from typing import Final

from chinese_calendar.constants import holidays, workdays

from domain.calendar import Calendar
from domain.texts import zh

NAMES: Final = {
    "New Year's Day": zh("元旦"),
    "Spring Festival": zh("春节"),
    "Tomb-sweeping Day": zh("清明节"),
    "Labour Day": zh("劳动节"),
    "Dragon Boat Festival": zh("端午节"),
    "Mid-autumn Festival": zh("中秋节"),
    "National Day": zh("国庆节"),
    "Anti-Fascist 70th Day": zh("抗日战争胜利70周年纪念日"),
}
"""What the package calls a holiday, and what the notices call it."""


_MISSED: Final = {date(2005, 12, 31): True}
"""Saturday, made up for 3 January 2006 by the notice for 2006; the package leaves it out."""


def statutory_calendar(version: str) -> Calendar:
    """Build the calendar of every announced year (国务院办公厅关于部分节假日安排的通知), 2004 on.

    Days off and make-up days come from the chinesecalendar package; what it does not hold
    yet stays provisional in every due date that reaches it.
    """
    days = dict.fromkeys(holidays, False) | dict.fromkeys(workdays, True) | _MISSED
    named = holidays | workdays | dict.fromkeys(_MISSED, "New Year's Day")
    return Calendar(
        version=version,
        days=days,
        names={day: NAMES.get(name, name) for day, name in named.items()},
        known_from=date(min(days).year, 1, 1),
        known_through=date(max(days).year, 12, 31),
    )
