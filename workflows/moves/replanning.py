"""Events that end plans or move them: the case that planned may have ended long ago, so the plan itself listens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from domain.calendar import Calendar
from domain.recurrence import day_begins, first_after
from workflows.machine.case import Plan
from workflows.ports import Engine, StoredEvent, Unit


def replan(engine: Engine, unit: Unit, events: Sequence[StoredEvent]) -> None:
    """End and move the plans that listen for these events, in the transaction that accepts them.

    Asked only for types that some follow-up names, and before the correlations are locked: whoever follows a plan holds
    its row when it comes to them.
    """
    heard = [one for one in events if one.event.type in engine.library.planned_types()]
    plans = unit.plans_hearing(sorted({(one.event.type, one.event.key) for one in heard})) if heard else []
    ended: list[str] = []
    moved: dict[str, Plan] = {}
    for plan in plans:
        mine = [one for one in heard if one.event.key == plan.key]
        if any(one.event.type == plan.ends_on for one in mine):
            ended.append(plan.id)
            continue
        for one in mine:
            if one.event.type == plan.moves_on:
                moved[plan.id] = plan.moved_to(_moment(plan, one, engine.library.calendar()))
    unit.advance_plans(ended, list(moved.values()))


def _moment(plan: Plan, stored: StoredEvent, calendar: Calendar) -> datetime:
    """The day that the event names, else one interval on from the event; a plan that comes once stays where it is."""
    day = stored.event.plain.get(plan.moves_to or "")
    if isinstance(day, str):
        return day_begins(date.fromisoformat(day), calendar)
    return plan.due_at if plan.recurrence is None else first_after(plan.recurrence, stored.at, calendar)
