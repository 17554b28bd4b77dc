"""A new version of the calendar in a case that runs: what it changes is counted again, once, and told in the history.

Dates that were counted beyond the announced days become firm or move; all others stay as they are, whatever version
they were counted on. A case that nothing of it concerns ignores the signal.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from domain.clocks import from_text, stopped_since
from workflows.language.words import ToApplicant
from workflows.machine.case import JSON, LADDER, Timer, WorkItem
from workflows.machine.deadlines import Deadline, counted, next_rung
from workflows.machine.nodes import CASE
from workflows.machine.noticing import LASTS
from workflows.machine.timekeeping import DUE, calendar_of, keep, kept, redate, term_of, terms
from workflows.machine.turn import Turn

RECOUNTED: Final = "recounted"
"""The part of the history entry that says what moved: path, round, seat, old due date, new one, provisional or not."""


def recount(turn: Turn) -> bool:
    """Count every open date of the case again on the calendar of the facts; False where none changes."""
    turn.reach(CASE)
    told = [line for item in _by_place(turn) if (line := _recount_item(turn, item)) is not None]
    told += [line for path in sorted(turn.live) if (line := _recount_kept(turn, path)) is not None]
    reset_timers(turn, {line[0] for line in told})
    if told:
        turn.said[RECOUNTED] = told
    return bool(told)


def _by_place(turn: Turn) -> list[WorkItem]:
    return sorted(turn.items.values(), key=lambda one: (one.path, one.round, one.seat, one.id))


def _recount_item(turn: Turn, item: WorkItem) -> list[JSON] | None:
    clock, term = from_text(item.due_rule), term_of(item)
    if clock is None or term is None:
        return None
    fresh = counted(clock, turn.facts)
    if (fresh.due_at, fresh.yellow_at) == (term.due_at, term.yellow_at) and _is_firm(fresh) == (not clock.provisional):
        return None
    redate(turn, item, fresh)
    return _line(item.path, item.round, item.seat, term.due_at, fresh)


def _recount_kept(turn: Turn, path: str) -> list[JSON] | None:
    """A notice or a wait; a clock that stands is counted when it goes on."""
    activation = turn.live[path]
    clock, due_at = kept(activation), activation.values.get(DUE)
    if clock is None or due_at is None or stopped_since(clock) is not None:
        return None
    fresh, before = counted(clock, turn.facts), datetime.fromisoformat(due_at)
    if fresh.due_at == before and _is_firm(fresh) == (not clock.provisional):
        return None
    keep(turn, path, fresh.rule, fresh.due_at)
    return _line(path, activation.round, None, before, fresh)


def _line(path: str, round_: int, seat: int | None, before: datetime, fresh: Deadline) -> list[JSON]:
    return [path, round_, seat, before.isoformat(), fresh.due_at.isoformat(), not _is_firm(fresh)]


def _is_firm(term: Deadline) -> bool:
    clock = from_text(term.rule)
    return clock is not None and not clock.provisional


def reset_timers(turn: Turn, paths: set[str]) -> None:
    """Set ladders, silences and ends of these steps by their new terms; rungs that were climbed stay so."""
    standing = terms(turn, paths)
    for timer in [one for one in sorted(turn.timers.values(), key=lambda each: each.id) if one.path in standing]:
        term = standing[timer.path]
        if timer.kind == LADDER:
            _reset_ladder(turn, timer, term)
        elif timer.kind in {"silence", LASTS}:
            _move(turn, timer, term.due_at)


def _reset_ladder(turn: Turn, timer: Timer, term: Deadline) -> None:
    step = turn.human_step(timer.path)
    rungs = () if isinstance(step, ToApplicant) else step.overdue
    found = next_rung(rungs, timer.rung, term.due_at, calendar_of(turn, term), turn.now)
    if found is not None and found[0] == timer.rung:
        _move(turn, timer, found[1])
        return
    turn.clear(timer)
    if found is not None:
        turn.set_timer(timer.path, timer.round, timer.kind, *found)


def _move(turn: Turn, timer: Timer, due_at: datetime) -> None:
    if due_at != timer.due_at:
        turn.timers[timer.id] = turn.timers_set[timer.id] = replace(timer, due_at=due_at)
