"""依次: seats that wait until the one before them has agreed. Nobody can act on an item that waits."""

from __future__ import annotations

from dataclasses import replace

from domain.roster import post_of
from workflows.language.words import Approve
from workflows.machine.case import Activation, Capacity, ItemState, WorkItem
from workflows.machine.deadlines import clock_of, counted, local_day
from workflows.machine.seats import Seat
from workflows.machine.turn import Turn
from workflows.machine.urgency import hastened
from workflows.policy import role_principal

LINE = "line"
"""Where an activation keeps who is asked when an item's turn comes: item -> [[principal, capacity], ...]."""

_OFFICE = role_principal("office_head", None)


def let_wait(turn: Turn, item: WorkItem, seat: Seat) -> None:
    """Keep a seat in line behind the others."""
    turn.open_item(replace(item, state=ItemState.WAITING), ())
    line = dict(turn.own.get(item.path, {}).get(LINE, {}))
    turn.give(item.path, {LINE: {**line, item.id: [[who, capacity.value] for who, capacity in seat.candidates]}})


def ask_next(turn: Turn, activation: Activation, step: Approve) -> WorkItem | None:
    """Ask the next seat in line: its term begins now. None where nobody waits."""
    waiting = [one for one in turn.items_at(activation.path) if one.state is ItemState.WAITING]
    if not waiting:
        return None
    clock = hastened(turn, clock_of(step.within, turn.facts, turn.now, turn.values(activation.path)))
    term = None if clock is None else counted(clock, turn.facts)
    item = replace(
        waiting[0],
        state=ItemState.OPEN,
        version=waiting[0].version + 1,
        opened_at=turn.now,
        yellow_at=None if term is None else term.yellow_at,
        due_at=None if term is None else term.due_at,
        due_rule="" if term is None else term.rule,
    )
    turn.open_item(item, _still_there(turn, activation, item))
    return item


def _still_there(turn: Turn, activation: Activation, item: WorkItem) -> list[tuple[str, Capacity]]:
    """Who was to be asked; the office where none of them is in office any more (审批人为空, for this seat alone)."""
    day = local_day(turn.facts.calendar, turn.now)
    line = [(who, Capacity(capacity)) for who, capacity in activation.values[LINE][item.id]]
    users = {who: who.partition(":")[2] for who, _ in line if who.startswith("user:")}
    gone = {who for who, user in users.items() if post_of(turn.facts.roster, user, day) is None}
    found = [one for one in line if one[0] not in gone]
    if not found:
        turn.notify({_OFFICE}, "nobody_found", item.path, item.round, item.seat)
    return found or [(_OFFICE, Capacity.CANDIDATE)]
