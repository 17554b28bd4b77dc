"""Track: what concerns time and spread. Due timers reach their cases, due plans become events, history is sealed."""

from __future__ import annotations

from dataclasses import replace

from domain.audit import canonical
from domain.identifiers import derived_id
from workflows.machine.case import Lane, Plan
from workflows.machine.deadlines import after_months
from workflows.moves.emitting import store_own
from workflows.moves.fanning import fan_out
from workflows.moves.recounting import tell_calendars
from workflows.moves.routing import source_of
from workflows.moves.sealing import seal
from workflows.ports import Engine, NewEvent, Unit

TIMERS_AT_ONCE = 1000


def track(engine: Engine, lane: Lane) -> int:
    """Fire what is due, fan out in the bulk lane, and seal what was written; returns how many rows were moved."""
    moved = fire_timers(engine, lane) + follow_plans(engine, lane)
    spread = tell_calendars(engine) + fan_out(engine) if lane is Lane.BULK else 0
    return moved + spread + seal(engine)


def fire_timers(engine: Engine, lane: Lane) -> int:
    """Move due timers into the inboxes of their cases: a timer that fell due is an event."""
    limit = min(TIMERS_AT_ONCE, engine.units.batch * 10)
    fired = engine.units.run(lambda unit: unit.fire_timers(limit), lane)
    if fired:
        engine.wake(Lane.INTERACTIVE)
        engine.wake(Lane.BULK)
    return fired


def follow_plans(engine: Engine, lane: Lane) -> int:
    """Turn due plans into domain events, and set the next occurrence of those that repeat."""
    moved, lanes = engine.units.run(lambda unit: _follow(engine, unit), lane)
    for woken in sorted(lanes):
        engine.wake(woken)
    return moved


def _follow(engine: Engine, unit: Unit) -> tuple[int, frozenset[Lane]]:
    plans = unit.due_plans(engine.units.batch)
    if not plans:
        return 0, frozenset()
    routed = store_own(engine, unit, [_event(unit, plan) for plan in plans])
    calendar = engine.library.calendar()
    unit.advance_plans(
        [plan.id for plan in plans if not plan.repeats],
        [
            # From the target time, not from now: a late sweep must not shift every later occurrence.
            replace(plan, occurrence=plan.occurrence + 1, due_at=after_months(plan.due_at, plan.months, calendar))
            for plan in plans
            if plan.repeats
        ],
    )
    return len(plans), routed.lanes


def _event(unit: Unit, plan: Plan) -> NewEvent:
    body = {"type": plan.type, "plain": dict(plan.plain), "occurrence": plan.occurrence}
    return NewEvent(
        county=unit.county,
        source=source_of(unit.county),
        id=derived_id("plan", plan.id, plan.occurrence),
        type=plan.type,
        key=plan.key,
        person=plan.person,
        plain=plan.plain,
        personal={},
        body_hash=derived_id("body", canonical(body).decode()),
        department="office",
    )
