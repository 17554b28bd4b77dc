"""Which open due dates a version of the calendar would move, counted by workflow: told before it is published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from domain.calendar import Calendar, of_department
from domain.clocks import due, from_text, stopped_since
from workflows.reads import OpenTerm


@dataclass(frozen=True, slots=True)
class Moves:
    """What would become of the open due dates of a workflow: `confirmed` ones stay where they are and become firm."""

    workflow: str
    open: int = 0
    earlier: int = 0
    later: int = 0
    confirmed: int = 0


def moves(terms: Iterable[OpenTerm], after: Calendar) -> tuple[Moves, ...]:
    """Count the terms again on `after`."""
    found: dict[str, Moves] = {}
    for term in terms:
        before = found.get(term.workflow, Moves(term.workflow))
        found[term.workflow] = _with(before, term, after)
    return tuple(found[name] for name in sorted(found))


def _with(sum_: Moves, term: OpenTerm, after: Calendar) -> Moves:
    counted = replace(sum_, open=sum_.open + 1)
    clock = from_text(term.rule)
    if clock is None or stopped_since(clock) is not None:
        return counted
    fresh = due(clock, of_department(after, clock.department))
    if fresh.at < term.due_at:
        return replace(counted, earlier=counted.earlier + 1)
    if fresh.at > term.due_at:
        return replace(counted, later=counted.later + 1)
    return replace(counted, confirmed=counted.confirmed + (clock.provisional and not fresh.provisional))
