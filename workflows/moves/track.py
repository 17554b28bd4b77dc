"""Track: what concerns time and spread. Due timers reach their cases, due plans become events, history is sealed."""

from __future__ import annotations

from workflows.machine.case import Lane
from workflows.moves.counting import follow_feed
from workflows.moves.fanning import fan_out
from workflows.moves.plans import follow_plans
from workflows.moves.recounting import tell_calendars
from workflows.moves.sealing import seal
from workflows.ports import Engine

TIMERS_AT_ONCE = 1000


def track(engine: Engine, lane: Lane) -> int:
    """Fire what is due, fan out in the bulk lane, and seal what was written; returns how many rows were moved."""
    moved = fire_timers(engine, lane) + follow_plans(engine, lane)
    if lane is Lane.BULK:
        moved += tell_calendars(engine) + fan_out(engine) + follow_feed(engine)
    return moved + seal(engine)


def fire_timers(engine: Engine, lane: Lane) -> int:
    """Move due timers into the inboxes of their cases: a timer that fell due is an event."""
    limit = min(TIMERS_AT_ONCE, engine.units.batch * 10)
    fired = engine.units.run(lambda unit: unit.fire_timers(limit), lane)
    if fired:
        engine.wake(Lane.INTERACTIVE)
        engine.wake(Lane.BULK)
    return fired
