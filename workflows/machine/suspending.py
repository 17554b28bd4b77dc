"""挂起 and 激活 of a case: after a pause every clock goes on where it stood, in working time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from domain.calendar import shift_past
from domain.clocks import Pause, PauseReason, from_text, over, stopped_since
from workflows.machine.case import WorkItem
from workflows.machine.deadlines import Deadline, counted
from workflows.machine.nodes import CASE
from workflows.machine.timekeeping import calendar_of, keep, kept, redate, term_of, terms
from workflows.machine.turn import Turn


def shift_clocks(turn: Turn, since: datetime, until: datetime) -> None:
    """Move every due date and timer by the working time between `since` and `until`, while the case was suspended.

    What was due before the pause stays due: only the time inside the pause does not count.
    """
    turn.reach(CASE)
    pause = Pause(since, PauseReason.SUSPENSION, until=until)
    # The timers first: they are found by the clocks that they belong to.
    standing = terms(turn, (timer.path for timer in turn.timers.values()))
    for timer in sorted(turn.timers.values(), key=lambda one: one.id):
        moved = shift_past(calendar_of(turn, standing.get(timer.path)), timer.due_at, since, until).at
        if moved != timer.due_at:
            turn.timers[timer.id] = turn.timers_set[timer.id] = replace(timer, due_at=moved)
    for item in sorted(turn.items.values(), key=lambda one: one.id):
        if item.due_at is not None and item.due_at > since:
            _shift_item(turn, item, pause)
    for path in list(turn.live):
        _shift_kept(turn, path, pause)


def _shift_item(turn: Turn, item: WorkItem, pause: Pause) -> None:
    clock, term = from_text(item.due_rule), term_of(item)
    if clock is not None:
        redate(turn, item, counted(over(clock, pause), turn.facts))
    elif term is not None and pause.until is not None:
        redate(turn, item, _shifted(turn, term, pause.since, pause.until))


def _shifted(turn: Turn, term: Deadline, since: datetime, until: datetime) -> Deadline:
    """A date that no rule counted, as somebody set it, moved by the working time of a pause."""
    calendar = turn.facts.calendar
    due_at = shift_past(calendar, term.due_at, since, until).at
    yellow_at = shift_past(calendar, max(term.yellow_at, since), since, until).at
    return Deadline(due_at, max(yellow_at, term.yellow_at), term.rule)


def _shift_kept(turn: Turn, path: str, pause: Pause) -> None:
    clock = kept(turn.live[path])
    if clock is None or stopped_since(clock) is not None:
        return  # it stood anyway
    shifted = counted(over(clock, pause), turn.facts)
    keep(turn, path, shifted.rule, shifted.due_at)
