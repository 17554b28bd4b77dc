"""The clock of an item: its term as a working-time account that is stopped, goes on, and never begins again.

A clock is counted on a version of the calendar, and again on the next one: it keeps the rule, the receipt and the
pauses, so that the due date follows from it by arithmetic and can always be told (`domain.counting`). The pauses that
stop it are those of 行政许可法 art. 45 and of the office's own rules (approvals.md §2.3); they add up in working time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from domain.calendar import (
    YELLOW_DAYS,
    YELLOW_PERCENT,
    Calendar,
    Due,
    Light,
    due_after_days,
    due_on_day,
    light,
    minutes_between,
    shift_past,
    worked_between,
    yellow_from,
)


class PauseReason(StrEnum):
    """Why a clock may be stopped: a closed list."""

    SUPPLEMENT = "supplement"
    INQUIRY = "inquiry"
    HEARING = "hearing"
    INSPECTION = "inspection"
    APPRAISAL = "appraisal"
    EXPERT_REVIEW = "expert_review"
    SUSPENSION = "suspension"


@dataclass(frozen=True, slots=True)
class Pause:
    """A time that does not count.

    Args:
        since: aware, when the clock was stopped.
        reason: why.
        by: who approved of it; SYSTEM's rule where a definition asks for it.
        until: aware, when it went on; None while it stands.
        expected: aware, when it was meant to go on, where that is known.
    """

    since: datetime
    reason: PauseReason
    by: str = ""
    until: datetime | None = None
    expected: datetime | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """A term that runs.

    Args:
        days: working days allowed.
        start: aware, when it was received.
        name: the number of the office that the days are; "" for a plain number.
        department: whose calendar counts where it has one of its own; "" for the county's.
        pauses: by their beginning; only the last may still stand.
        calendar: the version that it was counted on; "" before it was.
        provisional: whether that count touched days whose notice is not known.
        on: the day that was set, where the term is no number of days.
    """

    days: int
    start: datetime
    name: str = ""
    department: str = ""
    pauses: tuple[Pause, ...] = ()
    calendar: str = ""
    provisional: bool = False
    on: date | None = None


def stopped(clock: Clock, pause: Pause) -> Clock:
    """The clock with one more pause; one that stands already goes on standing."""
    if clock.pauses and clock.pauses[-1].until is None:
        return clock
    return replace(clock, pauses=(*clock.pauses, pause))


def going_on(clock: Clock, until: datetime) -> Clock:
    """The clock when its last pause ends (aware); a clock that was not stopped is not changed."""
    if not clock.pauses or clock.pauses[-1].until is not None:
        return clock
    return replace(clock, pauses=(*clock.pauses[:-1], replace(clock.pauses[-1], until=until)))


def over(clock: Clock, pause: Pause) -> Clock:
    """The clock with a pause that has ended, put in its place; one that still stands stays the last."""
    return replace(clock, pauses=tuple(sorted((*clock.pauses, pause), key=lambda one: (one.until is None, one.since))))


def due(clock: Clock, calendar: Calendar) -> Due:
    """When it is due, on a version of the calendar of its department; a pause that still stands is not in it yet."""
    found = due_after_days(calendar, clock.start, clock.days) if clock.on is None else due_on_day(calendar, clock.on)
    for since, until in _stretches(clock):
        moved = shift_past(calendar, found.at, since, until)
        found = Due(moved.at, found.provisional or moved.provisional)
    return found


def yellow(clock: Clock, calendar: Calendar, *, days: int = YELLOW_DAYS, percent: int = YELLOW_PERCENT) -> datetime:
    """From when it is near: at most `days` working days and `percent` of the allotment remain."""
    end = due(clock, calendar).at
    return yellow_from(calendar, clock.start, end, days=days, percent=percent, paused=paused_time(clock, calendar))


def remaining(clock: Clock, calendar: Calendar, now: datetime) -> int:
    """Working minutes left at `now` (aware), negative when it is late; a stopped clock keeps what it had."""
    end = due(clock, calendar).at
    at = stopped_since(clock) or now
    return minutes_between(calendar, at, end) if at <= end else -minutes_between(calendar, end, at)


def stopped_since(clock: Clock) -> datetime | None:
    """Since when it stands; None while it runs."""
    last = clock.pauses[-1] if clock.pauses else None
    return None if last is None or last.until is not None else last.since


def colour(
    clock: Clock,
    calendar: Calendar,
    now: datetime,
    *,
    closed_at: datetime | None = None,
    days: int = YELLOW_DAYS,
    percent: int = YELLOW_PERCENT,
) -> Light:
    """The light of a clock at `now`: a function of nothing but the moment, the due date, the pauses and the calendar."""
    return light(
        now,
        yellow(clock, calendar, days=days, percent=percent),
        due(clock, calendar).at,
        paused=stopped_since(clock) is not None,
        closed_at=closed_at,
    )


def paused_time(clock: Clock, calendar: Calendar) -> timedelta:
    """The working time by which its pauses have moved the due date."""
    if not clock.pauses:
        return timedelta(0)
    return worked_between(calendar, due(replace(clock, pauses=()), calendar).at, due(clock, calendar).at)


def _stretches(clock: Clock) -> Iterator[tuple[datetime, datetime]]:
    """When it stood, without counting anything twice: a suspension may fall into the time of a supplement."""
    reached = clock.start
    for pause in sorted(clock.pauses, key=lambda one: one.since):
        if pause.until is not None and pause.until > reached:
            yield max(pause.since, reached), pause.until
            reached = pause.until


# -- as text -----------------------------------------------------------------------------------------------


PROVISIONAL: Final = '"provisional":true'
"""How the text of a provisional clock says so: stores look for it."""


def as_text(clock: Clock) -> str:
    """A clock as an item keeps it (JSON); what it does not say is left out."""
    said = {
        "days": clock.days,
        "start": clock.start.isoformat(),
        "name": clock.name,
        "department": clock.department,
        "calendar": clock.calendar,
        "provisional": clock.provisional,
        "pauses": [_pause_as_data(pause) for pause in clock.pauses],
        "on": "" if clock.on is None else clock.on.isoformat(),
    }
    kept = {name: value for name, value in said.items() if value or name == "days"}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> Clock | None:
    """The clock that an item keeps; None where its date was not counted by a rule."""
    if not text.startswith("{"):
        return None
    data = json.loads(text)
    return Clock(
        days=data["days"],
        start=datetime.fromisoformat(data["start"]),
        name=data.get("name", ""),
        department=data.get("department", ""),
        pauses=tuple(_pause_of(pause) for pause in data.get("pauses", ())),
        calendar=data.get("calendar", ""),
        provisional=data.get("provisional", False),
        on=date.fromisoformat(data["on"]) if "on" in data else None,
    )


def _pause_as_data(pause: Pause) -> dict[str, str]:
    said = {
        "since": pause.since.isoformat(),
        "reason": pause.reason.value,
        "by": pause.by,
        "until": "" if pause.until is None else pause.until.isoformat(),
        "expected": "" if pause.expected is None else pause.expected.isoformat(),
    }
    return {name: value for name, value in said.items() if value}


def _pause_of(data: Mapping[str, Any]) -> Pause:
    return Pause(
        since=datetime.fromisoformat(data["since"]),
        reason=PauseReason(data["reason"]),
        by=data.get("by", ""),
        until=_moment(data.get("until")),
        expected=_moment(data.get("expected")),
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
