"""回避 on one's own request: whoever stands too near to a case says so, and is not asked in that step any more.

The seat is filled as if the person were not there (approvals.md §1): by whoever else may take it, never by who would
only stand in for them. Where it has nobody else, the step counts one seat less; the last seat is never lost, it is
filled as the step says for nobody found.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from domain.texts import zh
from workflows.language.words import Approve, CarryOut, Vote
from workflows.machine.asking import where
from workflows.machine.balloting import CASTING, settle_vote
from workflows.machine.case import DECIDED, Capacity, Holder, ItemState, Link, WorkItem
from workflows.machine.decision import Refused
from workflows.machine.handing import ADVICE
from workflows.machine.placing import line_to
from workflows.machine.recusing import STOOD_BACK
from workflows.machine.rights import note_right, open_item_of
from workflows.machine.seating import office_of, seats_of_step
from workflows.machine.seats import Seat
from workflows.machine.settling import settle_answers
from workflows.machine.signers import ADDED, counts, settle_without
from workflows.machine.stimuli import Act
from workflows.machine.turn import Turn

RECUSED: Final = "recused"


def recuse(turn: Turn, act: Act) -> Refused | None:
    """Stand back from one's own item."""
    item = open_item_of(turn, act)
    if isinstance(item, Refused):
        return item
    step = turn.human_step(item.path)
    if not isinstance(step, Approve | CarryOut | Vote) or item.kind == ADVICE:
        return Refused(409, "verb_not_offered", zh("本环节不能申请回避"), field="verb")
    if any(one.parent == item.id and one.link in ADDED for one in turn.items.values()):
        return Refused(409, "has_signers", zh("加签的人还没有办结，请先减签再申请回避"))
    note_right(turn, act, item)
    held = turn.holders.get(item.id, ())
    _keep_out(turn, item.path, act.actor)
    turn.close_item(item, ItemState.CANCELLED, f"{RECUSED}:{act.actor}")
    _go_on_without(turn, act, item, step, held)
    return None


def _keep_out(turn: Turn, path: str, user: str) -> None:
    """Keep it with the root, which outlives the rounds of the step."""
    root = line_to(turn, path)[0]
    known = turn.own.get(root, {}).get(STOOD_BACK, {})
    turn.give(root, {STOOD_BACK: {**known, path: sorted({*known.get(path, ()), user})}})


def _go_on_without(
    turn: Turn, act: Act, item: WorkItem, step: Approve | CarryOut | Vote, held: tuple[Holder, ...]
) -> None:
    block, by = turn.live[item.path], counts(turn, item)
    is_last = block.n <= by
    if item.link in ADDED or (item.link is Link.PARALLEL and not is_last):
        settle_without(turn, item, act, by)
        return
    if isinstance(step, Vote) and block.resume == CASTING:
        settle_vote(turn, item.path, step, act.actor)
        return
    seat = _seat_without(turn, item, step)
    if is_last or (seat is not None and not seat.fallback):
        _ask_instead(turn, item, seat or office_of(step, where(turn, item.path)), held)
        return
    turn.update(replace(block, n=block.n - by))
    if isinstance(step, Vote):
        settle_vote(turn, item.path, step, act.actor)
    else:
        settle_answers(turn, item.path, step, act.actor)


# -- whoever is asked instead ------------------------------------------------------------------------------


def _seat_without(turn: Turn, item: WorkItem, step: Approve | CarryOut | Vote) -> Seat | None:
    """The seat of the item as the step fills it now, if somebody may take it who has no say in the step yet."""
    here = where(turn, item.path)
    seats, place = seats_of_step(step, here), _seat_number(turn, item)
    if place is None or place >= len(seats):
        return None
    seat = seats[place]
    heard = _heard(turn, item)
    taken = bool(seat.users) and heard.issuperset(f"user:{user}" for user in seat.users)
    return seat if seat.asks and seat.candidates and not taken else None


def _seat_number(turn: Turn, item: WorkItem) -> int | None:
    """Which seat of its step an item was opened for in the end; None for a seat that somebody added."""
    known = {one.id: one for one in turn.past()} | turn.items
    while item.link is not Link.PARALLEL and item.parent in known:
        item = known[str(item.parent)]
    return None if item.link is Link.PARALLEL else item.seat


def _heard(turn: Turn, item: WorkItem) -> set[str]:
    """Who is asked by name beside the item, or has answered."""
    asked = {held.who for peer in turn.items_at(item.path) for held in turn.holders.get(peer.id, ())}
    answered = (one for one in turn.past() if (one.path, one.round, one.superseded) == (item.path, item.round, None))
    return asked | {f"user:{one.closed_by}" for one in answered if one.state in DECIDED}


def _ask_instead(turn: Turn, item: WorkItem, seat: Seat, held: tuple[Holder, ...]) -> None:
    """Ask whoever the seat names now, beside those whom a ladder let decide too."""
    first, *others = seat.candidates
    given = turn.reopen_seat(replace(item, link=None), *first)
    escalated = ((one.who, one.capacity) for one in held if one.capacity is Capacity.ESCALATED)
    for who, capacity in (*others, *escalated):
        turn.hold(given, who, capacity)
    for code in sorted(seat.departments):
        turn.share(f"department:{code}", "item")
    turn.said.setdefault("rules", []).append([given.path, given.round, given.seat, *seat.rules])
    if seat.fallback:
        turn.notify({who for who, _ in seat.candidates}, "nobody_found", given.id)
