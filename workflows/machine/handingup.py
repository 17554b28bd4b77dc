"""An item that its holder leaves undone goes to the superior: the ladder takes it from whoever holds it.

It is a transfer (转办) by the rule of a rung: the seat, its weight and its due date stay. Whom the step keeps out is kept
out here too, nobody gets a second say in the step, and proxies of the new holder hold the item beside them.
"""

from __future__ import annotations

from dataclasses import replace

from workflows.language.words import Approve, CarryOut, HandOver
from workflows.machine.asking import where
from workflows.machine.case import DECIDED, Capacity, Holder, ItemState, Link, WorkItem
from workflows.machine.handing import stop_advising
from workflows.machine.lining import LINE
from workflows.machine.seating import handed_up
from workflows.machine.seats import Seat
from workflows.machine.signers import SIGNERS, mode_of_group, remember_group, signers_of
from workflows.machine.turn import Turn


def hand_up(turn: Turn, path: str, step: Approve | CarryOut, word: HandOver, rule: str) -> bool:
    """Give every item that somebody is asked for now to whom the rung names; who is there already keeps it.

    Returns:
        Whether any item changed hands.
    """
    stop_advising(turn, path)
    done = {one.id for one in turn.past() if one.closed_by == f"rule:{rule}"}
    asked = [one for one in turn.asked_at(path) if one.parent not in done]
    for item in asked:
        held = turn.holders.get(item.id, ())
        own = tuple(one.who for one in held if one.capacity is not Capacity.ESCALATED)
        seat = handed_up(step, own, word.to, _has_a_say(turn, item), where(turn, path))
        if not {who for who, _ in seat.candidates} <= set(own):
            _give(turn, item, held, replace(seat, rules=(rule, *seat.rules)))
    return any(one.id not in turn.items for one in asked)


def _has_a_say(turn: Turn, item: WorkItem) -> frozenset[str]:
    """Who is asked in the step by name, waits in its line, or has answered in this round: nobody gets a second seat of it."""
    asked = {one.who for peer in turn.items_at(item.path) for one in turn.holders.get(peer.id, ())}
    asked |= {who for waits in turn.own.get(item.path, {}).get(LINE, {}).values() for who, _ in waits}
    here = (one for one in (*turn.past(), *turn.items_changed.values()) if one.path == item.path)
    answered = {str(one.closed_by) for one in here if one.round == item.round and one.state in DECIDED}
    return frozenset(who.removeprefix("user:") for who in asked if who.startswith("user:")) | answered


def _give(turn: Turn, item: WorkItem, held: tuple[Holder, ...], seat: Seat) -> None:
    """Open the item anew for the seat, beside those whom the ladder let decide; who was added after it now follows the new one."""
    following = signers_of(turn, item.id, Link.AFTER)
    turn.close_item(item, ItemState.TRANSFERRED, f"rule:{seat.rules[0]}")
    first, *others = seat.candidates
    if item.link in SIGNERS:
        # Who was added answers for the same item as before, in the same group.
        given = turn.reopen_seat(replace(item, pick="any"), *first, below=item.parent)
    else:
        given = turn.reopen_seat(replace(item, link=Link.TRANSFERRED, pick="any"), *first)
    escalated = ((one.who, one.capacity) for one in held if one.capacity is Capacity.ESCALATED)
    for who, capacity in (*others, *escalated):
        turn.hold(given, who, capacity)
    if following:
        remember_group(turn, given, Link.AFTER, mode_of_group(turn, following[0]))
    for one in following:
        turn.items[one.id] = turn.items_changed[one.id] = replace(one, parent=given.id, version=one.version + 1)
    for code in sorted(seat.departments):
        turn.share(f"department:{code}", "item")
    turn.said.setdefault("rules", []).append([given.path, given.round, given.seat, *seat.rules])
    turn.notify({one.who for one in held}, "hand_over", item.id)
    turn.notify({who for who, _ in seat.candidates}, "nobody_found" if seat.fallback else "handed_over", given.id)
