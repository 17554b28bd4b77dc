"""挂起 and 激活 of a case: after a pause every clock goes on where it stood, in working time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from domain.calendar import add_minutes, minutes_between
from workflows.machine.nodes import CASE
from workflows.machine.turn import Turn


def shift_clocks(turn: Turn, since: datetime, until: datetime) -> None:
    """Move every due date and timer by the working time between `since` and `until`, while the case was suspended.

    What was due before the pause stays due: only the time inside the pause does not count.
    """
    turn.reach(CASE)
    paused = minutes_between(turn.facts.calendar, since, until)
    for item in list(turn.items.values()):
        if item.due_at is not None and item.due_at > since and item.yellow_at is not None:
            moved = replace(
                item,
                due_at=_moved(turn, item.due_at, paused),
                yellow_at=_moved(turn, max(item.yellow_at, since), paused),
                version=item.version + 1,
            )
            turn.items[item.id] = turn.items_changed[item.id] = moved
    for timer in list(turn.timers.values()):
        if timer.due_at > since:
            later = replace(timer, due_at=_moved(turn, timer.due_at, paused))
            turn.timers[timer.id] = turn.timers_set[timer.id] = later


def _moved(turn: Turn, moment: datetime, minutes: int) -> datetime:
    return add_minutes(turn.facts.calendar, moment, minutes).at
