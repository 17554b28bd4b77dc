"""What the ladder of a step will do by itself if nobody answers, and when: told before it happens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from domain.calendar import Calendar, of_department, shift_days
from domain.clocks import from_text
from workflows.language.words import Approve, CarryOut, Deem, HandOver, Jump
from workflows.machine.case import LADDER, Timer, WorkItem


@dataclass(frozen=True, slots=True)
class ByItself:
    """One thing that happens at a moment unless somebody answers before.

    `rung` is hand_over, deem or jump. `to` is the role that an item is handed over to (None: the superior), what silence is
    taken for (agree, reject), or the name of the step that the case goes on at.
    """

    rung: str
    at: datetime
    to: str | None


def ahead_of(step: object, item: WorkItem, timers: Iterable[Timer], calendar: Calendar) -> tuple[ByItself, ...]:
    """What is ahead of an open item: its next rung has a timer, those behind it are counted from the due date."""
    if not isinstance(step, Approve | CarryOut) or item.kind not in {"approve", "carry_out"} or item.due_at is None:
        return ()
    timer = min(_ladder(timers, item), key=lambda one: one.rung, default=None)
    if timer is None:
        return ()
    clock = from_text(item.due_rule)
    counts = calendar if clock is None else of_department(calendar, clock.department)
    later = planned(step, item.due_at, counts, timer.rung + 1)
    return (*_told(step, timer.rung, timer.due_at), *later)


def _ladder(timers: Iterable[Timer], item: WorkItem) -> Iterator[Timer]:
    here = (item.path, item.round, LADDER)
    return (one for one in timers if (one.path, one.round, one.kind) == here)


def planned(step: object, due_at: datetime | None, calendar: Calendar, done: int = 0) -> tuple[ByItself, ...]:
    """What a ladder will do from its rung `done` on, counted from a due date."""
    if due_at is None or not isinstance(step, Approve | CarryOut):
        return ()
    moments = (
        (number, shift_days(calendar, due_at, step.overdue[number].at)) for number in range(done, len(step.overdue))
    )
    return tuple(told for number, at in moments for told in _told(step, number, at))


def _told(step: Approve | CarryOut, rung: int, at: datetime) -> tuple[ByItself, ...]:
    if rung >= len(step.overdue):
        return ()
    match step.overdue[rung]:
        case HandOver(to=to):
            return (ByItself("hand_over", at, None if to is None else to.name),)
        case Deem(answer=answer):
            return (ByItself("deem", at, answer),)
        case Jump(to=to):
            return (ByItself("jump", at, to),)
    return ()
