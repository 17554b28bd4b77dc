"""A step on the way ahead as a preview tells it: who would be asked, by when, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from domain.approval import Mode
from workflows.language.expressions import UNKNOWN
from workflows.language.words import (
    Applicant,
    Approve,
    Call,
    CarryOut,
    Either,
    Message,
    PublicNotice,
    RoleHolders,
    Seats,
    Step,
    Term,
    Vote,
    Wait,
    Who,
)
from workflows.machine.case import Slice
from workflows.machine.deadlines import deadline, local_day
from workflows.machine.facts import Facts
from workflows.machine.seating import resolve_seats
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
    `who` are principals; `fallback` tells that nobody was found for a seat, so that the meeting's office holds it,
    `who_unknown` that it depends on a field that nobody has given yet. `due_at` of a step that is not live is what it
    would be if it were entered now. `calls` names the workflow of a sub-case.
    """

    path: str
    title: str
    kind: str
    sure: Sure
    who: tuple[str, ...] = ()
    fallback: bool = False
    who_unknown: bool = False
    due_at: datetime | None = None
    calls: str | None = None


def live(path: str, kind: str, slice_: Slice) -> Coming:
    """A step that is entered already, with its own holders and dates."""
    items = [one for one in slice_.items.values() if one.path == path]
    held = {one.who for item in items for one in slice_.holders.get(item.id, ())}
    dates = [one.due_at for one in items if one.due_at is not None]
    dates += [one.due_at for one in slice_.timers.values() if one.path == path and one.kind in {"silence", "lasts"}]
    return Coming(path, step_path(path), kind, Sure.LIVE, tuple(sorted(held)), due_at=min(dates, default=None))


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
    )
    who = _who(step)
    return made if who is None else _with_people(made, who, _mode(step), known, slice_, facts, now)


def _with_people(  # what seats are found by, spelled out
    made: Coming, who: Who, mode: Mode, known: Mapping[str, Any], slice_: Slice, facts: Facts, now: datetime
) -> Coming:
    if any(known.get(name) is UNKNOWN for name in _scopes(who)):
        return replace(made, who_unknown=True)
    head = replace(slice_.head, fields=known)
    seats = resolve_seats(who, mode, head, facts.roster, local_day(facts.calendar, now))
    found = sorted({principal for seat in seats for principal, _ in seat.candidates})
    return replace(made, who=tuple(found), fallback=any(seat.fallback for seat in seats))


def _within(step: Step) -> Term | None:
    if isinstance(step, PublicNotice):
        return step.lasts
    return step.within if isinstance(step, Approve | CarryOut | Vote | Wait) else None


def _who(step: Step) -> Who | None:
    if isinstance(step, Message):
        return step.to
    return step.by if isinstance(step, Approve | CarryOut | Vote) else None


def _mode(step: Step) -> Mode:
    if isinstance(step, Vote):
        return Mode.ALL
    return step.mode if isinstance(step, Approve) else Mode.ONE


def _scopes(who: Who) -> Iterator[str]:
    """The fields that a resolver looks at."""
    match who:
        case RoleHolders(of=of) if of is not None:
            yield of
        case Seats(role=role):
            yield from _scopes(role)
        case Applicant(through=through) if through is not None:
            yield from _scopes(through)
        case Either(of=of):
            yield from (name for part in of for name in _scopes(part))
