"""What the system does by itself: the actions of a `do`, one after the other.

All of them are done at once, except that a serial has to come from outside the case: the step stays open until it is
there, and goes on behind it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from domain.identifiers import derived_id
from workflows.language.words import (
    Do,
    Emit,
    EndPlan,
    Erase,
    Forget,
    Lookup,
    MovePlan,
    Number,
    Read,
    Serial,
    SetDay,
    SetField,
)
from workflows.machine.case import JSON, Activation
from workflows.machine.deadlines import day_of, days_of, local_day
from workflows.machine.decision import SerialAsked
from workflows.machine.planning import end_plan, move_plan
from workflows.machine.saying import say
from workflows.machine.stimuli import Signal
from workflows.machine.turn import Leave, Turn

AtOnce = SetField | SetDay | Emit | Lookup | Read | EndPlan | MovePlan | Erase | Forget
"""The actions that need nothing from outside the case."""


def perform(turn: Turn, path: str, parent: str | None, step: Do, begin: int = 0) -> None:
    """Do the actions of the step at `path` from number `begin` on; leave it, unless it has to wait for a serial."""
    for number in range(begin, len(step.actions)):
        action = step.actions[number]
        if isinstance(action, Serial):
            _ask(turn, path, parent, number, action)
            return
        _do(turn, path, number, action)
    turn.agenda.append(Leave(path, parent))


def _do(turn: Turn, path: str, number: int, action: AtOnce) -> None:
    match action:
        case Emit():
            say(turn, path, number, action.event, _given(turn, action))
        case Erase():
            _erase(turn)
        case Forget():
            turn.forgets = True
            turn.head = replace(turn.head, personal={})
        case EndPlan():
            end_plan(turn, action)
        case MovePlan():
            move_plan(turn, path, action)
        case _:
            turn.put(_written(turn, path, action), {}, path)


def _written(turn: Turn, path: str, action: SetField | SetDay | Lookup | Read) -> dict[str, JSON]:
    """What an action that only writes fields writes."""
    match action:
        case SetField():
            return {action.field: action.value}
        case SetDay():
            return {action.field: day_of(action, turn.facts, turn.now, turn.values(path))}
        case Lookup():
            return {action.into: _found(turn, path, action)}
        case Read():
            return _read(turn, path, action)
        case _:
            assert_never(action)


def take_serial(turn: Turn, path: str, step: Do, signal: Signal) -> bool:
    """The number is there: write it and go on. False where the step waits for another one."""
    block = turn.live[path]
    action = step.actions[block.resume]
    if not isinstance(action, Serial) or signal.values.get("asked") != _asked(turn, block):
        return False
    turn.put({action.into: signal.values["text"]}, {}, path)
    perform(turn, path, block.parent, step, block.resume + 1)
    return True


def _ask(turn: Turn, path: str, parent: str | None, number: int, action: Serial) -> None:
    """Ask for the next number, in the year of the decision on the calendar's wall."""
    block = turn.live.get(path) or turn.activate(path, parent)
    asking = replace(block, n=number + 1, resume=number)
    turn.update(asking)
    year = local_day(turn.facts.calendar, turn.now).year
    digits = days_of(action.digits, turn.facts)
    turn.serials.append(SerialAsked(_asked(turn, asking), turn.head.id, path, action.series, year, digits))


def _asked(turn: Turn, block: Activation) -> str:
    return derived_id("serial", turn.head.id, block.path, block.round, block.resume)


def _given(turn: Turn, action: Emit) -> dict[str, JSON]:
    """The values that the definition itself gives to an event; a number is the office's."""
    return {name: days_of(value, turn.facts) if isinstance(value, Number) else value for name, value in action.values}


def _found(turn: Turn, path: str, action: Lookup) -> str | None:
    value = turn.values(path).get(action.by)
    keys = turn.facts.twins.get((action.register_name, str(value)), ()) if value is not None else ()
    return next((key for key in keys if key != turn.head.key), None)


def _read(turn: Turn, path: str, action: Read) -> dict[str, JSON]:
    row = turn.facts.rows.get((action.register_name, str(turn.values(path).get(action.key))), {})
    return {here: row.get(there) for here, there in action.takes}


def _erase(turn: Turn) -> None:
    """Have the person's key destroyed; the case knows nothing personal from here on."""
    if turn.head.person is not None:
        turn.erases.append(turn.head.person)
    turn.head = replace(turn.head, personal={})
