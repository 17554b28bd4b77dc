"""The clocks of a case: one with each item, and one kept with a step that has no item or waits for its own.

A clock that was started is never started again: a return stops it, a new round goes on with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from domain.calendar import Calendar, of_department
from domain.clocks import Clock, from_text
from workflows.language.words import PublicNotice, Step, Term, Wait
from workflows.machine.case import JSON, Activation, WorkItem
from workflows.machine.deadlines import Deadline, clock_of, counted
from workflows.machine.turn import Turn, step_path

CLOCK: Final = "@clock"
DUE: Final = "@due"
"""Where a step keeps its clock: no field can be called so."""


def keep(turn: Turn, path: str, clock: str, due_at: datetime | None = None) -> None:
    """Keep a clock with the live step at `path`, and when it is due while it runs."""
    turn.give(path, {CLOCK: clock, DUE: None if due_at is None else due_at.isoformat()})


def kept(activation: Activation) -> Clock | None:
    """The clock that a step keeps."""
    return from_text(kept_rule(activation))


def kept_rule(activation: Activation) -> str:
    """The clock that a step keeps, as text; "" where it keeps none."""
    return str(activation.values.get(CLOCK) or "")


def kept_term(values: Mapping[str, JSON]) -> tuple[datetime, str] | None:
    """When the clock among the values of a step is due, and the clock as text; None where none runs."""
    due_at, clock = values.get(DUE), values.get(CLOCK)
    return None if due_at is None or clock is None else (datetime.fromisoformat(due_at), clock)


def let_go(turn: Turn, path: str) -> Clock | None:
    """Take the clock that the live step at `path` keeps."""
    clock = kept(turn.live[path])
    if clock is not None:
        turn.give(path, {CLOCK: None, DUE: None})
    return clock


def running(turn: Turn, path: str) -> Clock | None:
    """The clock of the live notice or wait at `path`; one that was entered before clocks were kept begins there."""
    activation, node = turn.live.get(path), turn.nodes.get(step_path(path))
    if activation is None or node is None:
        return None
    return kept(activation) or clock_of(_within(node.step), turn.facts, activation.entered_at, turn.values(path))


def _within(step: Step) -> Term | None:
    if isinstance(step, PublicNotice):
        return step.lasts
    return step.within if isinstance(step, Wait) else None


def term_at(turn: Turn, path: str) -> Deadline | None:
    """The term under which the live step at `path` stands: the latest of its items, else that of its own clock.

    The ladder and the silence of a step whose seats count by several departments' calendars wait for the last of them.
    """
    return latest(map(term_of, turn.items_at(path))) or _of_its_own(turn, path)


def terms(turn: Turn, paths: Iterable[str]) -> dict[str, Deadline]:
    """The same for many steps at once; those without a term are left out."""
    items: dict[str, list[WorkItem]] = {}
    for item in turn.items.values():
        items.setdefault(item.path, []).append(item)
    found = (
        (path, latest(map(term_of, items.get(path, ()))) or _of_its_own(turn, path)) for path in sorted(set(paths))
    )
    return {path: term for path, term in found if term is not None}


def latest(several: Iterable[Deadline | None]) -> Deadline | None:
    """The term that is due last."""
    return max(filter(None, several), key=lambda one: one.due_at, default=None)


def _of_its_own(turn: Turn, path: str) -> Deadline | None:
    clock = running(turn, path)
    return None if clock is None else counted(clock, turn.facts)


def term_of(item: WorkItem) -> Deadline | None:
    """The term of an item."""
    if item.due_at is None or item.yellow_at is None:
        return None
    return Deadline(item.due_at, item.yellow_at, item.due_rule)


def calendar_of(turn: Turn, term: Deadline | None) -> Calendar:
    """The calendar that a term is counted on."""
    clock = None if term is None else from_text(term.rule)
    return turn.facts.calendar if clock is None else of_department(turn.facts.calendar, clock.department)


def redate(turn: Turn, item: WorkItem, term: Deadline) -> None:
    """Give an open item another term; whoever holds it finds it at its new place."""
    moved = replace(item, due_at=term.due_at, yellow_at=term.yellow_at, due_rule=term.rule, version=item.version + 1)
    turn.items[item.id] = turn.items_changed[item.id] = moved
    held = tuple(replace(one, due_at=term.due_at) for one in turn.holders.get(item.id, ()))
    turn.holders[item.id] = held
    turn.holders_opened = [one for one in turn.holders_opened if one.item != item.id] + list(held)
