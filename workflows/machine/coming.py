"""A step on the way ahead as a preview tells it: who would be asked, by when, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.approval import Mode
from workflows.language.expressions import UNKNOWN
from workflows.language.people import fields_asked
from workflows.language.words import (
    Approve,
    Call,
    CarryOut,
    Message,
    PublicNotice,
    Step,
    Term,
    Vote,
    Wait,
    Who,
)
from workflows.machine.byitself import ByItself, ahead_of, planned
from workflows.machine.case import ItemState, Slice
from workflows.machine.deadlines import deadline, local_day
from workflows.machine.facts import Facts
from workflows.machine.seating import resolve_seats, seats_of_step
from workflows.machine.seats import Where
from workflows.machine.turn import step_path


class Sure(StrEnum):
    """How sure it is that a step comes."""

    LIVE = "live"
    CERTAIN = "certain"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Coming:
    """A step on the way: live, certain if everybody agrees in time, or possible (something about it is unknown).

    `path` is the activation's where the step is live, else that in the definition; `title` is the key of its title.
    `who` are principals; `fallback` tells that nobody was found for a seat, so that somebody else holds it by rule,
    `blocked` that the step lets no case begin that surely leads there, `rules` what made the seats what they are,
    `who_unknown` that it depends on a field that nobody has given yet, `chosen_at` at which steps it will be chosen (自选). `due_at` of a step that is not live is what it
    would be if it were entered now. `calls` names the workflow of a sub-case. `branch` is the way (of a choice, parallel,
    loop or race) that a step stands in and that may not be taken, the innermost. `by_itself` is what its ladder does if
    nobody answers in time.
    """

    path: str
    title: str
    kind: str
    sure: Sure
    who: tuple[str, ...] = ()
    fallback: bool = False
    blocked: bool = False
    rules: tuple[str, ...] = ()
    who_unknown: bool = False
    chosen_at: tuple[str, ...] = ()
    due_at: datetime | None = None
    calls: str | None = None
    branch: str | None = None
    by_itself: tuple[ByItself, ...] = ()


def live(path: str, step: Step | None, kind: str, slice_: Slice, facts: Facts) -> Coming:
    """A step that is entered already, with its own holders and dates."""
    items = [one for one in slice_.items.values() if one.path == path]
    held = {one.who for item in items for one in slice_.holders.get(item.id, ())}
    dates = [one.due_at for one in items if one.due_at is not None]
    dates += [one.due_at for one in slice_.timers.values() if one.path == path and one.kind in {"silence", "lasts"}]
    asked = next((one for one in items if one.state is ItemState.OPEN), None)
    later = () if asked is None else ahead_of(step, asked, slice_.timers.values(), facts.calendar)
    due_at = min(dates, default=None)
    return Coming(path, step_path(path), kind, Sure.LIVE, tuple(sorted(held)), due_at=due_at, by_itself=later)


def coming(  # what a preview looks at, spelled out
    path: str, step: Step, sure: Sure, known: Mapping[str, Any], slice_: Slice, facts: Facts, now: datetime
) -> Coming:
    """A step that lies ahead, as it would be if it were entered now."""
    term = deadline(_within(step), facts, now, known)
    made = Coming(
        path=path,
        title=step_path(path),
        kind=step.word,
        sure=sure,
        due_at=None if term is None else term.due_at,
        calls=step.workflow if isinstance(step, Call) else None,
        by_itself=() if term is None else planned(step, term.due_at, facts.calendar),
    )
    return _with_people(made, step, known, slice_, Where(slice_.head, facts.roster, local_day(facts.calendar, now)))


def _with_people(made: Coming, step: Step, known: Mapping[str, Any], slice_: Slice, where: Where) -> Coming:
    who = _who(step)
    if who is None:
        return made
    if any(known.get(name) is UNKNOWN for name in fields_asked(who)):
        return replace(made, who_unknown=True)
    here = replace(where, head=replace(slice_.head, fields=known))
    if isinstance(step, Approve | CarryOut | Vote):
        seats = seats_of_step(step, here)
    else:
        seats = resolve_seats(who, Mode.ONE, here)
    found = sorted({principal for seat in seats if seat.asks for principal, _ in seat.candidates})
    return replace(
        made,
        who=tuple(found),
        fallback=any(seat.fallback for seat in seats),
        blocked=any("nobody.block" in seat.rules for seat in seats),
        rules=tuple(dict.fromkeys(rule for seat in seats for rule in seat.rules)),
    )


def _within(step: Step) -> Term | None:
    if isinstance(step, PublicNotice):
        return step.lasts
    return step.within if isinstance(step, Approve | CarryOut | Vote | Wait) else None


def _who(step: Step) -> Who | None:
    if isinstance(step, Message):
        return step.to
    return step.by if isinstance(step, Approve | CarryOut | Vote) else None
