"""依次: seats that wait until the one before them has agreed. Nobody can act on an item that waits."""

from __future__ import annotations

from dataclasses import replace

from workflows.language.words import Approve
from workflows.machine.case import Activation, Capacity, ItemState, WorkItem
from workflows.machine.deadlines import clock_of, counted
from workflows.machine.seating import filled_today
from workflows.machine.seats import Seat, Where
from workflows.machine.turn import Turn
from workflows.machine.urgency import hastened

LINE = "line"
"""Where an activation keeps who is asked when an item's turn comes: item -> [[principal, capacity], ...]."""

PLACES = "places"
"""Where it keeps the place in the line of an item that waits again, where its seat number does not say it: item -> place."""


def let_wait(turn: Turn, item: WorkItem, seat: Seat) -> None:
    """Keep a seat in line behind the others."""
    turn.open_item(replace(item, state=ItemState.WAITING), ())
    line = dict(turn.own.get(item.path, {}).get(LINE, {}))
    turn.give(item.path, {LINE: {**line, item.id: [[who, capacity.value] for who, capacity in seat.candidates]}})


def wait_again(turn: Turn, item: WorkItem, place: int) -> None:
    """Let a seat wait whose turn it was, for somebody before it is asked once more."""
    values = turn.own.get(item.path, {})
    asked = [[one.who, one.capacity.value] for one in turn.holders.get(item.id, ())]
    line, places = {**values.get(LINE, {}), item.id: asked}, {**values.get(PLACES, {}), item.id: place}
    turn.give(item.path, {LINE: line, PLACES: places})
    turn.holders_opened = [one for one in turn.holders_opened if one.item != item.id]
    turn.holders[item.id] = ()
    turn.reheld.append(item.id)
    waits = replace(item, state=ItemState.WAITING, claimed_by=None, version=item.version + 1)
    turn.items[item.id] = turn.items_changed[item.id] = waits


def ask_next(turn: Turn, activation: Activation, step: Approve, here: Where) -> WorkItem | None:
    """Ask the next seat in line: its term begins now, and it is filled as of today. None where nobody waits."""
    waiting = [one for one in turn.items_at(activation.path) if one.state is ItemState.WAITING]
    if not waiting:
        return None
    places = activation.values.get(PLACES, {})
    first = min(waiting, key=lambda one: places.get(one.id, one.seat))
    clock = hastened(turn, clock_of(step.within, turn.facts, turn.now, turn.values(activation.path)))
    term = None if clock is None else counted(clock, turn.facts)
    item = replace(
        first,
        state=ItemState.OPEN,
        version=first.version + 1,
        opened_at=turn.now,
        yellow_at=None if term is None else term.yellow_at,
        due_at=None if term is None else term.due_at,
        due_rule="" if term is None else term.rule,
    )
    line = tuple((who, Capacity(capacity)) for who, capacity in activation.values[LINE][item.id])
    seat = filled_today(step, line, here)
    turn.open_item(item, seat.candidates)
    if seat.rules:
        turn.said.setdefault("rules", []).append([item.path, item.round, item.seat, *seat.rules])
    if seat.fallback:
        turn.notify({who for who, _ in seat.candidates}, "nobody_found", item.path, item.round, item.seat)
    return item
