"""Plans that fall due become events or cases, and come again; events end them or move them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from domain.audit import canonical
from domain.calendar import Calendar
from domain.events import EVENT_TYPES
from domain.identifiers import derived_id
from domain.recurrence import occurrence
from workflows.machine.case import JSON, Case, Lane, Plan, State
from workflows.machine.stimuli import Sign, Signal
from workflows.moves.emitting import store_own
from workflows.moves.routing import HINT_GRACE, source_of
from workflows.ports import Engine, InboxRow, NewEvent, Unit

OCCURRENCE = "occurrence"
"""The field in which events and started cases learn the how-manieth this is."""


def follow_plans(engine: Engine, lane: Lane) -> int:
    """Turn due plans into events and cases, and set the next occurrence of those that come again."""
    moved, lanes = engine.units.run(lambda unit: _follow(engine, unit), lane)
    for woken in sorted(lanes):
        engine.wake(woken)
    return moved


def _follow(engine: Engine, unit: Unit) -> tuple[int, frozenset[Lane]]:
    due = unit.due_plans(engine.units.batch)
    if not due:
        return 0, frozenset()
    routed = store_own(engine, unit, [_event(unit, plan, plan.type) for plan in due if plan.type is not None])
    started = _start_cases(engine, unit, [plan for plan in due if plan.starts is not None])
    following = {plan.id: next_of(plan, engine.library.calendar()) for plan in due}
    unit.advance_plans(
        [plan for plan, after in following.items() if after is None],
        [after for after in following.values() if after is not None],
    )
    return len(due), routed.lanes | started


def next_of(plan: Plan, calendar: Calendar) -> Plan | None:
    """The plan for its next occurrence; None where there is none.

    Counted from its anchor, not from now: a late sweep must not shift every later occurrence.
    """
    if plan.recurrence is None or (plan.times is not None and plan.occurrence >= plan.times):
        return None
    due_at = occurrence(plan.recurrence, plan.anchor, plan.occurrence + 1 - plan.base, calendar)
    if plan.until is not None and due_at >= plan.until:
        return None
    return replace(plan, occurrence=plan.occurrence + 1, due_at=due_at)


def _event(unit: Unit, plan: Plan, type_: str) -> NewEvent:
    plain = {**plan.plain, **_numbered(plan, type_)}
    body = {"type": type_, "plain": plain, OCCURRENCE: plan.occurrence}
    return NewEvent(
        county=unit.county,
        source=source_of(unit.county),
        id=derived_id("plan", plan.id, plan.occurrence),
        type=type_,
        key=plan.key,
        person=plan.person,
        plain=plain,
        personal={},
        body_hash=derived_id("body", canonical(body).decode()),
        department="office",
        sample=plan.sample,
    )


def _numbered(plan: Plan, type_: str) -> dict[str, JSON]:
    schema = EVENT_TYPES.get(type_)
    return {OCCURRENCE: plan.occurrence} if schema is None or OCCURRENCE in schema.PLAIN_FIELDS else {}


# -- cases that a plan starts ------------------------------------------------------------------------------


def _start_cases(engine: Engine, unit: Unit, due: Sequence[Plan]) -> frozenset[Lane]:
    heads = [_head(engine, unit, plan) for plan in due]
    new = unit.add_cases(heads) if heads else set()
    called = Signal(Sign.CALLED, "")
    rows = [
        InboxRow(0, unit.county, head.id, head.lane, 0, unit.now + HINT_GRACE, starts=True, signal=called)
        for head in heads
        if head.id in new
    ]
    if rows:
        unit.post(rows)
    return frozenset(row.lane for row in rows)


def _head(engine: Engine, unit: Unit, plan: Plan) -> Case:
    """A case of its own, on the newest definition and the newest numbers."""
    workflow_hash, definition = engine.library.named(plan.starts or "")
    case = derived_id("planned", plan.id, plan.occurrence)
    return Case(
        county=unit.county,
        id=case,
        workflow=definition.name,
        workflow_hash=workflow_hash,
        language=definition.language,
        version=0,
        seq=0,
        prev_hash="",
        root=case,
        key=plan.key,
        person=plan.person,
        state=State.RUNNING,
        outcome=None,
        fields={**plan.plain, OCCURRENCE: plan.occurrence},
        personal={},
        field_versions={},
        numbers=engine.library.numbers().version,
        lane=Lane.INTERACTIVE,
        department="office",
        sample=plan.sample,
        opened_at=unit.now,
        last_at=unit.now,
    )
