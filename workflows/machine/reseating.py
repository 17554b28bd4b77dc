"""Who holds the open items of a case, looked at again on today's roster: a new version, an absence that begins or ends.

A pool follows by itself: whoever holds the role may act. Somebody named keeps an item while the seat is still theirs;
whoever left, or whose absence is over, lets go of it; their successor on the roster gets it, else whom the step asks today
(approvals.md, 离职转交). Nobody gets a second say in a step: where a successor has one already, and where a rule would answer
today, the seat goes to the meeting's office. Who comes back to a seat gets it again while it is open; what was somebody's
by name (转办, 加签, 委派) comes back to them within a day (`UNDOING`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from domain.approval import Mode
from domain.roster import department_of, holders_on, last_post_of, post_of
from workflows.language.words import Applicant, Approve, CarryOut, RoleHolders, Vote
from workflows.machine.asking import seats_of, where
from workflows.machine.case import Capacity, Holder, WorkItem
from workflows.machine.confirming import is_proposal
from workflows.machine.handing import ADVICE, UNANSWERED, end_advice, give_up_claim
from workflows.machine.nodes import CASE
from workflows.machine.resolving import owned
from workflows.machine.rights import answered
from workflows.machine.seating import FALLBACK_ROLE, seats_of_step
from workflows.machine.seats import Candidates, Seat, Where
from workflows.machine.turn import Turn

RESEATED: Final = "reseated"
"""The part of the history entry that says what changed: path, round, seat, who let go, who took it, by which rules."""


_OWN: Final = frozenset({Capacity.OWNER, Capacity.CANDIDATE})

UNDOING: Final = timedelta(hours=24)
"""So long after a handover an item that somebody held by name goes back to them, if the roster has them again."""

_HANDED_OVER: Final = "handed_over"
"""Where an activation keeps from whom an item came by a handover, and when: item -> [user, time]."""


def reseat(turn: Turn) -> bool:
    """Look at every open item again; False where all of them stay with whoever has them."""
    turn.reach(CASE)
    told = [line for item in _by_place(turn) if (line := _reseat_item(turn, item)) is not None]
    if told:
        turn.said[RESEATED] = told
    return bool(told)


def _by_place(turn: Turn) -> list[WorkItem]:
    """The items that somebody holds; a seat that waits in a line is filled when its turn comes, a proposal has no seat."""
    held = (one for one in turn.items.values() if turn.holders.get(one.id) and not is_proposal(one.path))
    return sorted(held, key=lambda one: (one.path, one.round, one.seat, one.id))


def _reseat_item(turn: Turn, item: WorkItem) -> list[object] | None:
    here = where(turn, item.path)
    held = turn.holders.get(item.id, ())
    if item.kind == ADVICE and not any(_is_there(one, here) for one in held):
        end_advice(turn, item)
        return [item.path, item.round, item.seat, sorted(one.who for one in held), [], f"advice.{UNANSWERED}"]
    seat = _person_of(turn, item, held, here) if item.link is not None else _seat_of(turn, item, held, here)
    seat = _without_peers(turn, item, held, seat)
    kept = tuple(one for one in held if _still_holds(one, seat, here))
    names = {one.who for one in kept}
    come = tuple((who, capacity) for who, capacity in seat.candidates if who not in names)
    gone = tuple(one.who for one in held if one not in kept)
    if not (gone or come):
        return _without_claim(turn, item, here)
    _hand_over(turn, item, kept, come)
    for code in sorted(seat.departments):
        turn.share(f"department:{code}", "item")
    return [item.path, item.round, item.seat, sorted(gone), sorted(who for who, _ in come), *seat.rules]


def _still_holds(holder: Holder, seat: Seat, here: Where) -> bool:
    """Whoever the seat asks, by name or in a pool; and whom a ladder let decide as well."""
    kind, _, user = holder.who.partition(":")
    asked = any(who == holder.who for who, _ in seat.candidates)
    is_named = kind == "user" and user in seat.users and holder.capacity is not Capacity.PROXY
    return asked or is_named or (holder.capacity is Capacity.ESCALATED and _is_there(holder, here))


def _is_there(holder: Holder, here: Where) -> bool:
    kind, _, user = holder.who.partition(":")
    return kind != "user" or post_of(here.roster, user, here.day) is not None


def _without_claim(turn: Turn, item: WorkItem, here: Where) -> list[object] | None:
    """Let the pool act again where whoever has claimed the item left, or is away and somebody stands in."""
    user = item.claimed_by
    if user is None or _is_at_work(user, here):
        return None
    give_up_claim(turn, item)
    return [item.path, item.round, item.seat, [], [], f"unclaimed:{user}"]


def _is_at_work(user: str, here: Where) -> bool:
    away = any(one.covers(here.head.workflow) for one in holders_on(here.roster, here.day).get(user, ()))
    return not away and post_of(here.roster, user, here.day) is not None


def _hand_over(turn: Turn, item: WorkItem, kept: tuple[Holder, ...], come: Candidates) -> None:
    """Close the holders of the item and open those who hold it from now on; a claim of somebody who let go is gone."""
    turn.holders_opened = [one for one in turn.holders_opened if one.item != item.id]
    turn.holders[item.id] = ()
    turn.reheld.append(item.id)
    for who, capacity in (*((one.who, one.capacity) for one in kept), *come):
        turn.hold(item, who, capacity)
    claimed = item.claimed_by if any(one.who == f"user:{item.claimed_by}" for one in kept) else None
    moved = replace(item, roster=turn.facts.roster.version, claimed_by=claimed, version=item.version + 1)
    turn.items[item.id] = turn.items_changed[item.id] = moved


# -- whose it is -------------------------------------------------------------------------------------------


def _seat_of(turn: Turn, item: WorkItem, held: tuple[Holder, ...], here: Where) -> Seat:
    """The seat of its step that the item was opened for, as the step fills it today, or the one of a leaver's successor."""
    seats = _seats(turn, item, here)
    found = (
        next(_named(item, held, seats), None) or _of_successor(held, here) or next(_near(item, held, seats, here), None)
    )
    return found if found is not None and found.asks and found.candidates else _office(turn, item)


def _of_successor(held: tuple[Holder, ...], here: Where) -> Seat | None:
    """The seat of whoever takes the place of a leaver who held it by name."""
    own = (one.who.removeprefix("user:") for one in held if one.who.startswith("user:") and one.capacity in _OWN)
    left = [user for user in own if post_of(here.roster, user, here.day) is None]
    given = [(other, user) for user in left for other in _successors(user, here)]
    if not given:
        return None
    users = tuple(dict.fromkeys(other for other, _ in given))
    rules = tuple(f"handover:{user}" for _, user in given)
    return replace(owned(users, here), rules=rules)


def _seats(turn: Turn, item: WorkItem, here: Where) -> tuple[Seat, ...]:
    supplement = turn.supplement_at(item.path)
    if supplement is not None:
        return seats_of(turn, Applicant(through=supplement.through), Mode.ONE, item.path)
    step = turn.human_step(item.path)
    return seats_of_step(step, here) if isinstance(step, Approve | CarryOut | Vote) else ()


def _named(item: WorkItem, held: tuple[Holder, ...], seats: tuple[Seat, ...]) -> Iterator[Seat]:
    """The seats that still name somebody who holds the item, its own first."""
    names = {one.who for one in held if one.capacity is not Capacity.ESCALATED}
    for seat in (*seats[item.seat : item.seat + 1], *seats):
        if any(who in names for who, _ in seat.candidates):
            yield seat


def _near(item: WorkItem, held: tuple[Holder, ...], seats: tuple[Seat, ...], here: Where) -> Iterator[Seat]:
    """The seats that may be its own all the same: numbers shift when a department joins the meeting or leaves it."""
    own = seats[item.seat : item.seat + 1]
    departments = {_department(one.who.removeprefix("user:"), here) for one in held if one.who.startswith("user:")}
    for seat in (*own, *seats):
        if not seat.departments.isdisjoint(departments):
            yield seat
    yield from own if len(seats) == 1 or not departments else ()


def _department(user: str, here: Where) -> str | None:
    """The department of somebody, also of one who left."""
    found = department_of(here.roster, user, here.day)
    if found is not None:
        return found
    last = last_post_of(here.roster, user)
    return next((post.department for post in here.roster.posts if post.code == last), None)


def _office(turn: Turn, item: WorkItem) -> Seat:
    (seat,) = seats_of(turn, RoleHolders(name=FALLBACK_ROLE), Mode.ONE, item.path)
    return replace(seat, rules=("nobody.office",))


def _person_of(turn: Turn, item: WorkItem, held: tuple[Holder, ...], here: Where) -> Seat:
    """An item that somebody was asked for by name (转办, 委托, 加签): theirs while they are there, else a successor's."""
    back = _given_back(turn, item, here)
    if back is not None:
        return back
    candidates: list[tuple[str, Capacity]] = []
    rules: list[str] = []
    for one in held:
        user = one.who.removeprefix("user:")
        if not one.who.startswith("user:") or post_of(here.roster, user, here.day) is not None:
            candidates.append((one.who, one.capacity))
            continue
        for other in _successors(user, here):
            candidates.append((f"user:{other}", Capacity.OWNER))
            rules.append(f"handover:{user}")
            _remember(turn, item, user)
    if not candidates:
        return _office(turn, item)
    return Seat(tuple(dict.fromkeys(candidates)), frozenset(), rules=tuple(rules))


def _remember(turn: Turn, item: WorkItem, user: str) -> None:
    kept = turn.own.get(item.path, {}).get(_HANDED_OVER, {})
    turn.give(item.path, {_HANDED_OVER: {**kept, item.id: [user, turn.now.isoformat()]}})


def _given_back(turn: Turn, item: WorkItem, here: Where) -> Seat | None:
    """The seat of whom the item came from by a handover that is undone; None where there was none, or it is too late."""
    user, since = turn.own.get(item.path, {}).get(_HANDED_OVER, {}).get(item.id, (None, None))
    if user is None or post_of(here.roster, user, here.day) is None:
        return None
    if turn.now - datetime.fromisoformat(since) > UNDOING:
        return None
    return Seat(((f"user:{user}", Capacity.OWNER),), frozenset(), rules=(f"handover.undone:{user}",))


def _without_peers(turn: Turn, item: WorkItem, held: tuple[Holder, ...], seat: Seat) -> Seat:
    """The seat without those who would get it and have a say in the step already; the office's, where nobody is left."""
    names = {one.who for one in held}
    come = {who for who, _ in seat.candidates if who.startswith("user:") and who not in names}
    peers = _peers(turn, item) if come else set()
    if come.isdisjoint(peers):
        return seat
    left = tuple(one for one in seat.candidates if one[0] not in come & peers)
    rules = (*seat.rules, *sorted(f"peer:{who.removeprefix('user:')}" for who in come & peers))
    if left:
        return replace(seat, candidates=left, rules=rules)
    return replace(_office(turn, item), rules=(*rules, "nobody.office"))


def _peers(turn: Turn, item: WorkItem) -> set[str]:
    """Who is asked for another seat of the step, or has answered one in this round."""
    here = (one for one in turn.items_at(item.path) if one.id != item.id and one.kind != ADVICE)
    asked = {holder.who for one in here for holder in turn.holders.get(one.id, ())}
    return asked | {f"user:{user}" for user in answered(turn, item)}


def _successors(user: str, here: Where) -> tuple[str, ...]:
    found = holders_on(here.roster, here.day).get(user, ())
    return tuple(one.user for one in found if one.leaver and one.covers(here.head.workflow))
