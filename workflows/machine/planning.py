"""Plans that a case makes, ends and moves: what comes later and outlives the case."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from domain.identifiers import derived_id
from domain.recurrence import Recurrence, day_begins, day_of_year, first_after
from workflows.language.plans import EndPlan, Every, FollowUp, MovePlan
from workflows.language.words import OnDay
from workflows.machine.case import JSON, Plan
from workflows.machine.deadlines import days_of
from workflows.machine.facts import Facts
from workflows.machine.saying import event_values
from workflows.machine.turn import Turn

_DAY: Final = timedelta(days=1)


def plan(turn: Turn, path: str, step: FollowUp) -> None:
    """Plan what a follow-up says; nothing where its first occurrence would come after the day it ends on."""
    recurrence = _recurrence(step, turn.facts)
    until = _end_of(turn, path, step.until)
    first = _first(turn, path, step, recurrence)
    if until is None or first < until:
        turn.plans.append(_plan(turn, path, step, first, recurrence, until))


def end_plan(turn: Turn, action: EndPlan) -> None:
    """Nothing more comes of the follow-up."""
    turn.plans = [one for one in turn.plans if one.name != action.plan]
    turn.plans_ended.append(action.plan)


def move_plan(turn: Turn, path: str, action: MovePlan) -> None:
    """The next occurrence comes on the day in the field; the later ones follow it. Without a day nothing moves."""
    day = _day_in(turn, path, action.to)
    if day is not None:
        turn.plans_moved.append((action.plan, day_begins(day, turn.facts.calendar)))


def _plan(
    turn: Turn, path: str, step: FollowUp, first: datetime, recurrence: Recurrence, until: datetime | None
) -> Plan:
    again = step.repeats or step.every is not None
    return Plan(
        id=derived_id("plan", turn.head.id, path, *turn.again),
        case=turn.head.id,
        name=step.name,
        type=step.event,
        starts=step.starts,
        key=turn.head.key,
        person=turn.head.person,
        plain=_plain(turn, path, step),
        due_at=first,
        recurrence=recurrence if again else None,
        occurrence=1,
        anchor=first,
        base=1,
        times=None if step.times is None else days_of(step.times, turn.facts),
        until=until,
        ends_on=step.ends_on,
        moves_on=step.moves_on,
        moves_to=step.moves_to,
        sample=turn.head.sample,
    )


def _plain(turn: Turn, path: str, step: FollowUp) -> dict[str, JSON]:
    """What the event, or the started case, is told: nothing personal, which may be erased long before."""
    if step.event is not None:
        return event_values(turn, path, step.event, {})[0]
    personal = turn.head.personal.keys()
    return {name: value for name, value in turn.values(path).items() if name not in personal}


def _recurrence(step: FollowUp, facts: Facts) -> Recurrence:
    every = step.every or Every(n=1 if step.months is None else step.months)
    month, day = (None, None) if every.on is None else day_of_year(every.on)
    return Recurrence(days_of(every.n, facts), every.unit, month, day)


def _first(turn: Turn, path: str, step: FollowUp, recurrence: Recurrence) -> datetime:
    day = None if step.first is None else _day_in(turn, path, step.first)
    if day is not None:
        return day_begins(day, turn.facts.calendar)
    return first_after(recurrence, turn.now, turn.facts.calendar)


def _end_of(turn: Turn, path: str, until: OnDay | None) -> datetime | None:
    day = None if until is None else _day_in(turn, path, until)
    return None if day is None else day_begins(day + _DAY, turn.facts.calendar)


def _day_in(turn: Turn, path: str, term: OnDay) -> date | None:
    found = turn.values(path).get(term.field)
    return date.fromisoformat(found) if isinstance(found, str) else None
