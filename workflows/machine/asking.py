"""How a case asks people: the rounds of a human step and of a supplement, complete with seats, terms and ladders."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from domain.approval import Mode
from domain.clocks import Clock, Pause, PauseReason, as_text, going_on, stopped
from domain.identifiers import derived_id
from domain.roster import post_of
from workflows.language.words import Applicant, Approve, CarryOut, ToApplicant, Vote, Who
from workflows.machine.agenda import Handed
from workflows.machine.balloting import close_vote, is_too_small
from workflows.machine.case import LADDER, Activation, ActivationState, Case, ItemState, Link, WorkItem
from workflows.machine.counting import is_in_line, weigh, weight_of
from workflows.machine.deadlines import Deadline, clock_of, counted, deadline, local_day, next_rung
from workflows.machine.lining import let_wait
from workflows.machine.recusing import initiator_of, stood_back_from
from workflows.machine.repeating import without_repeats
from workflows.machine.rewind import start_over
from workflows.machine.seating import ADMIN_ROLE, FALLBACK_ROLE, resolve_seats, seats_of_step
from workflows.machine.seats import Ruled, Seat, Where
from workflows.machine.timekeeping import calendar_of, keep, latest, let_go
from workflows.machine.turn import Enter, Leave, Turn
from workflows.machine.urgency import hastened
from workflows.policy import role_principal

_RULE: Final = "rule"
"""Who closes an item that a rule answers; never a person."""


def open_round(
    turn: Turn,
    path: str,
    parent: str | None,
    step: Approve | CarryOut | Vote,
    kept: frozenset[str] = frozenset(),
    handed: tuple[Handed, ...] = (),
) -> None:
    """Open the items of a human step: seats, holders, due dates and the first rung of its ladder, all at once.

    `kept` are the users whose agreement of an earlier round stands: their seats count as agreed, unless that would leave
    nobody to ask. `handed` are the seats that are asked of whom they had been handed to.
    """
    here = where(turn, path)
    seats = without_repeats(turn, step, seats_of_step(step, here, handed), here)
    standing = _standing(seats, kept)
    for number in standing:
        _let_stand(turn, path, seats[number])
    agreed, everybody = ([weigh(step, seat) for seat in some] for some in ([seats[n] for n in standing], seats))
    opened = replace(turn.activate(path, parent, n=sum(everybody)), agree=sum(agreed))
    turn.update(opened)
    round_ = opened.round
    terms = _terms(turn, path, step, seats)
    form, asked = None if isinstance(step, Vote) else step.form, _supplements_asked(turn, path, step)
    for number, seat in enumerate(seats):
        if number in standing:
            continue
        item = _item(turn, path, round_, number, step.word, form, terms[number], seat.pick)
        item = _handed_on(replace(item, asked=asked or None, weight=weight_of(step, seat)), seat, handed)
        if seat.asks and is_in_line(step) and any(one.path == path for one in turn.items.values()):
            let_wait(turn, item, seat)
        else:
            _open_seat(turn, item, seat)
    if _is_ruled(turn, opened, step, seats):
        return
    term = latest(terms)
    if term is not None:
        schedule_rung(turn, path, round_, 0, term)
    if isinstance(step, Vote) and term is not None:
        turn.set_timer(path, round_, "silence", 0, term.due_at)
    _tell_if_nobody(turn, path, round_, seats)


def _is_ruled(turn: Turn, opened: Activation, step: Approve | CarryOut | Vote, seats: tuple[Seat, ...]) -> bool:
    """Let a rule answer where nobody is asked: it rejects what one of its seats rejects, and passes what asks nobody."""
    path = opened.path
    if isinstance(step, Approve) and any(seat.ruled is Ruled.REJECTED for seat in seats):
        for peer in turn.items_at(path):
            turn.close_item(peer, ItemState.CANCELLED, _RULE)
        turn.agenda.append(Enter(f"{path}/rejected", path))
    elif opened.n and not (isinstance(step, Vote) and is_too_small(step, opened.n)):
        return False
    elif isinstance(step, Vote):
        close_vote(turn, opened, step)
    else:
        turn.agenda.append(Leave(path, opened.parent))
    return True


def _supplements_asked(turn: Turn, path: str, step: Approve | CarryOut | Vote) -> int:
    """How many supplements the step has asked for in earlier rounds (补正 may be asked for once)."""
    if turn.head.round == 1 or not isinstance(step, Approve) or step.on_return is None:
        return 0
    known = {one.id: one for one in turn.past()} | turn.items_changed
    return len({one.round for one in known.values() if one.path == f"{path}/supplement"})


def _standing(seats: tuple[Seat, ...], kept: frozenset[str]) -> list[int]:
    """The seats whose agreement of an earlier round stands; none where nobody would be left to ask."""
    asked = [number for number, seat in enumerate(seats) if seat.asks]
    standing = [number for number in asked if _is_of(seats[number], kept)]
    return [] if len(standing) == len(asked) else standing


def _handed_on(item: WorkItem, seat: Seat, handed: tuple[Handed, ...]) -> WorkItem:
    """The item of a seat that is still whose it was handed to hangs from what they had answered, so that it stays so."""
    found = next((one for one in handed if one.seat == item.seat and seat.users[:1] == (one.user,)), None)
    return item if found is None else replace(item, parent=found.item, link=Link.TRANSFERRED)


def _let_stand(turn: Turn, path: str, seat: Seat) -> None:
    """What the holder of a seat agreed to in an earlier round is not made void by this one: it counts, and says so."""
    for one in [one for one in turn.items_changed.values() if (one.path, one.superseded) == (path, turn.head.round)]:
        if one.state is ItemState.APPROVED and _is_of(seat, frozenset({one.closed_by or ""})):
            del turn.items_changed[one.id]


def _is_of(seat: Seat, users: frozenset[str]) -> bool:
    return len(seat.candidates) == 1 and seat.candidates[0][0].removeprefix("user:") in users


def _terms(turn: Turn, path: str, step: Approve | CarryOut | Vote, seats: tuple[Seat, ...]) -> list[Deadline | None]:
    """The term of each seat, by the calendar of its department; after a supplement the clock goes on where it stood."""
    clock = let_go(turn, path)
    if clock is None:
        clock = hastened(turn, clock_of(step.within, turn.facts, turn.now, turn.values(path)))
    if clock is None:
        return [None] * len(seats)
    going = going_on(clock, turn.now)
    return [counted(replace(going, department=_department_of(seat)), turn.facts) for seat in seats]


def _department_of(seat: Seat) -> str:
    """The department whose calendar counts: that of the seat, where it has just one."""
    return next(iter(seat.departments)) if len(seat.departments) == 1 else ""


def open_supplement(turn: Turn, asked: str, terms: ToApplicant, clock: Clock | None, by: str) -> None:
    """Ask the applicant for a supplement: an item, a time limit, and the event that may answer instead.

    The `clock` of the step that asks stands meanwhile, as `by` approved of.
    """
    path = f"{asked}/supplement"
    term = deadline(terms.within, turn.facts, turn.now, turn.values(asked))
    if clock is not None:
        expected = None if term is None else term.due_at
        keep(turn, asked, as_text(stopped(clock, Pause(turn.now, PauseReason.SUPPLEMENT, by, expected=expected))))
    seats = seats_of(turn, Applicant(through=terms.through), Mode.ONE, asked)
    round_ = turn.activate(path, asked, n=1).round
    _open_seat(turn, _item(turn, path, round_, 0, "supplement", None, term, "any"), seats[0])
    if term is not None:
        turn.set_timer(path, round_, "silence", 0, term.due_at)
    if terms.answered_by is not None:
        turn.subscribe(path, round_, terms.answered_by, turn.head.key)
    _tell_if_nobody(turn, path, round_, seats)


def answer_supplement(turn: Turn, path: str) -> None:
    """The supplement is there: the step that asked for it opens again in its next round."""
    for item in turn.items_at(path):
        turn.close_item(item, ItemState.COMPLETED, "event")
    turn.close(path, ActivationState.DONE)
    asked = turn.close(path.rpartition("/")[0], ActivationState.DONE)
    if asked is None:
        message = f"supplement '{path}' has no step that asked for it"
        raise LookupError(message)
    step = turn.human_step(asked.path)
    if isinstance(step, Approve) and step.on_return is not None and step.on_return.way == "step":
        start_over(turn, asked.path)
    elif isinstance(step, Approve):
        turn.head = replace(turn.head, round=turn.head.round + 1)
        open_round(turn, asked.path, asked.parent, step)


def seats_of(turn: Turn, who: Who, mode: Mode, path: str) -> tuple[Seat, ...]:
    """The seats of a resolver by itself, on the roster of today."""
    return resolve_seats(who, mode, where(turn, path))


def where(turn: Turn, path: str) -> Where:
    """What a resolver looks at: the roster of today, and the values that the step at `path` has."""
    head: Case = replace(turn.head, fields=turn.values(path)) if "#" in path else turn.head
    stood_back = stood_back_from(turn.live, path)
    return Where(head, turn.facts.roster, local_day(turn.facts.calendar, turn.now), stood_back)


def recipients(turn: Turn, who: Who, path: str) -> set[str]:
    """Everybody whom a resolver finds, for a message; with the applicant whoever submitted for them is told (代提交)."""
    found = {principal for seat in seats_of(turn, who, Mode.ONE, path) for principal, _ in seat.candidates}
    return found | _submitter(turn, path) if f"person:{turn.head.person}" in found else found


def _submitter(turn: Turn, path: str) -> set[str]:
    """The officer who submitted what started the case, while they are in office."""
    here = where(turn, path)
    submitter = initiator_of(here)
    return set() if submitter is None or post_of(here.roster, submitter, here.day) is None else {f"user:{submitter}"}


def schedule_rung(turn: Turn, path: str, round_: int, done: int, term: Deadline) -> None:
    """Set the timer of the next rung of the ladder at `path`."""
    step = turn.human_step(path)
    rungs = () if isinstance(step, ToApplicant) else step.overdue
    found = next_rung(rungs, done, term.due_at, calendar_of(turn, term), turn.now)
    if found is not None:
        # In a sequence each seat climbs a ladder of its own.
        seat = next((one.seat for one in turn.asked_at(path)), 0)
        turn.set_timer(path, round_, LADDER, found[0], found[1], seat)


def _open_seat(turn: Turn, item: WorkItem, seat: Seat) -> None:
    """Open the item of a seat; where a rule takes the place of somebody's answer, it is closed as the system's."""
    if seat.rules:
        turn.said.setdefault("rules", []).append([item.path, item.round, item.seat, *seat.rules])
    turn.open_item(item, seat.candidates if seat.asks else ())
    if not seat.asks:
        turn.close_item(item, ItemState.SKIPPED, f"{_RULE}:{seat.rules[-1]}")
        return
    for code in sorted(seat.departments):
        turn.share(f"department:{code}", "item")


def _tell_if_nobody(turn: Turn, path: str, round_: int, seats: tuple[Seat, ...]) -> None:
    """Tell whoever holds a seat because nobody was found for it."""
    for role in (FALLBACK_ROLE, ADMIN_ROLE):
        principal = role_principal(role, None)
        if any(seat.fallback and any(who == principal for who, _ in seat.candidates) for seat in seats):
            turn.notify({principal}, "nobody_found", path, round_)


def _item(  # what an item is made of, spelled out
    turn: Turn, path: str, round_: int, number: int, kind: str, form: str | None, term: Deadline | None, pick: str
) -> WorkItem:
    """A new open item; its id derives from where it stands, so that it is made once."""
    return WorkItem(
        id=derived_id("item", turn.head.id, path, round_, number),
        case=turn.head.id,
        path=path,
        round=round_,
        seat=number,
        kind=kind,
        state=ItemState.OPEN,
        version=1,
        opened_at=turn.now,
        yellow_at=None if term is None else term.yellow_at,
        due_at=None if term is None else term.due_at,
        due_rule="" if term is None else term.rule,
        paused_at=None,
        roster=turn.facts.roster.version,
        form=form,
        pick=pick,
    )
