"""A year of visits on paper: who visits whom on which day, and what must be said of it on every morning.

An oracle: it counts weekdays and months by itself and imports nothing of ours. Officers are posts, persons are members.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

SATURDAY: Final = 5
FIRST: Final = date(2026, 3, 2)
DAYS: Final = 365
MONTHS: Final = 3
NOTICE, LADDER = 10, 10
"""Working days before the day on which a visit is reminded of, and after it on which the office may act as well."""

PAIRS: Final = {
    "example-0001": "contact_officer_1",
    "example-0002": "contact_officer_1",
    "example-0003": "contact_officer_1",
    "example-0004": "contact_officer_2",
    "example-0005": "contact_officer_2",
    "example-0006": "contact_officer_2",
    "example-0007": "contact_officer_3",
    "example-0008": "contact_officer_3",
}
LEAVER, SUCCESSOR = "contact_officer_1", "contact_officer_4"
LEFT_ON: Final = date(2026, 8, 17)
TAKEN_ON: Final = date(2026, 8, 19)
LEAVE: Final = (date(2026, 8, 24), date(2026, 9, 25))
"""When the secretary of the second officer is away, and the deputy stands in."""
SUMMED_UP_ON, RENEWED_ON = date(2026, 12, 28), date(2027, 1, 20)
VACANT: Final = (date(2026, 11, 2), date(2026, 11, 20))
"""When nobody is secretary of the third officer."""


class Habit(NamedTuple):
    """How a visit is made, and how many days after its day."""

    how: str
    after_due: int


EARLY, ON_THE_DAY, LATE, ESCALATED = (
    Habit("face_to_face", -6),
    Habit("face_to_face", 0),
    Habit("face_to_face", 3),
    Habit("by_office", 24),
)
ONLINE, CALLED_FIRST, EXCUSED, NEVER = Habit("online", -2), Habit("phone", -5), Habit("excused", 2), Habit("never", 999)
HABITS: Final = {
    "example-0001": (EARLY, LATE, ONLINE, EARLY, EARLY),
    "example-0002": (ESCALATED, EARLY, EARLY, EARLY, EARLY),
    "example-0003": (CALLED_FIRST, EXCUSED, EARLY, LATE, EARLY),
    "example-0004": (EARLY, LATE, ESCALATED, EARLY, EARLY),
    "example-0005": (LATE, ONLINE, EARLY, NEVER),
    "example-0006": (EXCUSED, EARLY, EARLY, EARLY, EARLY),
    "example-0007": (ON_THE_DAY, ON_THE_DAY, ESCALATED, EARLY, EARLY),
    "example-0008": (NEVER,),
}


class Deed(NamedTuple):
    """What somebody does on a day about a member: `how` is a way of visiting, or "excused"."""

    day: date
    member: str
    how: str


@dataclass
class Planned:
    """A visit as the paper knows it."""

    member: str
    planned_on: date
    due: date
    how: str
    over_on: date | None = None
    calls: list[date] = field(default_factory=list)

    def stands(self, day: date) -> str:
        """Its state on the evening of `day`."""
        if self.over_on is not None and self.over_on <= day:
            return "excused" if self.how == "excused" else "held"
        if day > self.due:
            return "overdue"
        return "due" if day > workdays(self.due, -NOTICE) else "upcoming"

    def officer(self, day: date) -> str:
        """Whose visit it is on `day`; one that is over stays with whoever held it."""
        return officer_of(self.member, min(day, self.over_on or day))

    def is_escalated(self, day: date) -> bool:
        """Whether the office may act on it on `day`."""
        return self.stands(day) == "overdue" and day > workdays(self.due, LADDER)

    def rungs(self) -> dict[str, date]:
        """On the evening of which day each rung of the ladder is said."""
        return {
            "visit.due.v1": workdays(self.due, -NOTICE),
            "visit.overdue.v1": self.due,
            "escalate": workdays(self.due, LADDER),
        }

    def asked(self, day: date) -> list[tuple[date, date]]:
        """From when until when somebody was asked for it by the morning of `day`."""
        over = min(self.over_on or day, day)
        taken = [TAKEN_ON] if PAIRS[self.member] == LEAVER and self.planned_on < TAKEN_ON < over else []
        moments = sorted({self.planned_on, *(one for one in self.calls if one < over), *taken, over})
        return list(pairwise(moments))

    def was_late(self, day: date) -> bool:
        """Whether it was held after its day."""
        return self.stands(day) == "held" and self.over_on is not None and self.over_on > self.due


def is_workday(day: date) -> bool:
    """Monday to Friday: the calendar of this office has no holidays."""
    return day.weekday() < SATURDAY


def workdays(day: date, n: int) -> date:
    """The n-th weekday after (or before) a day."""
    step = timedelta(days=1 if n > 0 else -1)
    left = abs(n)
    while left:
        day += step
        left -= is_workday(day)
    return day


def next_workday(day: date) -> date:
    """The day itself or the next weekday."""
    return day if is_workday(day) else workdays(day, 1)


def months_after(day: date, n: int = MONTHS) -> date:
    """The same day n months later, or the last one of that month; a weekend counts to Monday."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return next_workday(date(year, month + 1, min(day.day, monthrange(year, month + 1)[1])))


def visits_of(member: str) -> Iterator[Planned]:
    """The visits that follow from the habits of whoever visits a member."""
    planned_on = FIRST
    for how, after_due in HABITS[member]:
        visit = Planned(member, planned_on, months_after(planned_on), how)
        day = next_workday(visit.due + timedelta(days=after_due))
        if how == "phone":
            visit.calls, day = [day], visit.due
        if how == "never" or day >= FIRST + timedelta(days=DAYS):
            yield visit
            return
        visit.over_on = planned_on = day
        yield visit


VISITS: Final = tuple(visit for member in PAIRS for visit in visits_of(member))


def deeds() -> tuple[Deed, ...]:
    """Everything that is done in the year, in order."""
    calls = [Deed(day, one.member, "phone") for one in VISITS for day in one.calls]
    ends = [
        Deed(one.over_on, one.member, one.how.replace("phone", "face_to_face"))
        for one in VISITS
        if one.over_on is not None
    ]
    return tuple(sorted(calls + ends))


def standing(day: date) -> Counter[tuple[str, str]]:
    """How many visits of each officer stand at each state on the evening of `day`."""
    return Counter((one.officer(day), one.stands(day)) for one in _planned_by(day))


def quarters(day: date) -> Counter[tuple[str, int, int, str]]:
    """Per officer, year and quarter of the day they are due: planned, held, late, overdue; what was excused is not due."""
    counts = Counter[tuple[str, int, int, str]]()
    for one in _planned_by(day):
        state = one.stands(day)
        said = {"planned": state != "excused", "held": state == "held", "overdue": state == "overdue"}
        for what, is_so in {**said, "late": one.was_late(day)}.items():
            counts[one.officer(day), one.due.year, (one.due.month + 2) // 3, what] += is_so
    return +counts


def with_office(day: date) -> list[str]:
    """The members whose visit the head of the office holds: ten working days late, or of a post without a holder."""
    return sorted(one.member for one in _planned_by(day) if one.is_escalated(day) or _is_nobodys(one, day))


def _is_nobodys(visit: Planned, day: date) -> bool:
    is_open = visit.stands(day) in {"upcoming", "due", "overdue"}
    return is_open and visit.officer(day) == "contact_officer_3" and VACANT[0] <= day < VACANT[1]


def officer_of(member: str, day: date) -> str:
    """Whose contact a member is on `day`."""
    return SUCCESSOR if PAIRS[member] == LEAVER and day >= TAKEN_ON else PAIRS[member]


def said_by(day: date) -> Counter[str]:
    """How often each thing was said of all visits by the morning of `day`.

    Each rung of a visit's ladder is said once, and once more to whoever is asked anew when it has passed: after a call
    that did not count, and to the secretary who takes over.
    """
    counts = Counter[str]()
    for one in _planned_by(day):
        counts["visit.planned.v1"] += 1
        counts["visit.held.v1"] += (one.stands(day) == "held") + len(one.calls)
        for _begun, over in one.asked(day):
            counts.update(rung for rung, on in one.rungs().items() if on < over)
    return counts


def _planned_by(day: date) -> list[Planned]:
    return [one for one in VISITS if one.planned_on <= day]
