"""What happens when a step is entered, and when it is left: one small function for each word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from workflows.language.expressions import evaluate
from workflows.language.words import (
    Approve,
    CarryOut,
    Choice,
    Do,
    Emit,
    End,
    Erase,
    FollowUp,
    Lookup,
    Message,
    Parallel,
    Sequence,
    SetField,
    Wait,
)
from workflows.machine.asking import open_round, recipients, schedule_rung
from workflows.machine.case import JSON, ActivationState, State
from workflows.machine.deadlines import deadline
from workflows.machine.nodes import CASE, handlers_of, segment
from workflows.machine.saying import plan, say
from workflows.machine.turn import Enter, Leave, Turn, step_path

INNER_STEPS = 10_000
"""More steps than this without a pause are a definition gone wrong: the case is quarantined."""


class EndlessTurnError(RuntimeError):
    """A decision did not come to rest within INNER_STEPS."""


def settle(turn: Turn) -> None:
    """Enter and leave steps until the case is quiet; where nothing is left to do or to wait for, it is completed."""
    for _ in range(INNER_STEPS):
        if not turn.agenda:
            _complete_if_through(turn)
            return
        todo = turn.agenda.popleft()
        if isinstance(todo, Enter):
            enter(turn, todo.path, todo.parent)
        else:
            leave(turn, todo.path, todo.parent)
    message = f"case {turn.head.id}: workflow '{turn.definition.name}' made {INNER_STEPS} steps without coming to rest"
    raise EndlessTurnError(message)


def enter(turn: Turn, path: str, parent: str | None) -> None:
    """Enter the step at `path`."""
    step = turn.step(path)
    match step:
        case Sequence():
            _enter_sequence(turn, path, parent, step)
        case Choice():
            _enter_choice(turn, path, parent, step)
        case Parallel():
            _enter_parallel(turn, path, parent, step)
        case Approve() | CarryOut():
            open_round(turn, path, parent, step, round_=1)
        case Wait():
            _enter_wait(turn, path, parent, step)
        case Do():
            _perform(turn, path, step)
            turn.agenda.append(Leave(path, parent))
        case Message():
            turn.notify(recipients(turn, step.to), step.name, path)
            turn.agenda.append(Leave(path, parent))
        case FollowUp():
            plan(turn, path, step)
            turn.agenda.append(Leave(path, parent))
        case End():
            turn.end(State(step.state), step.outcome)
        case _:
            assert_never(step)


def leave(turn: Turn, path: str, parent: str | None) -> None:
    """The step at `path` is done: close it and let the block around it go on."""
    turn.close(path, ActivationState.DONE)
    block = None if parent is None else turn.live.get(parent)
    if parent is None or block is None:
        return
    step = None if turn.supplement_at(parent) else turn.step(parent)
    if isinstance(step, Sequence | Parallel) and path.startswith(f"{parent}/on/"):
        _leave_if_through(turn, parent)
    elif isinstance(step, Sequence):
        turn.update(replace(block, resume=block.resume + 1))
        _go_on(turn, parent, step)
    elif isinstance(step, Parallel):
        turn.update(replace(block, agree=block.agree + 1))
        _leave_if_through(turn, parent)
    else:
        turn.agenda.append(Leave(parent, block.parent))


def _complete_if_through(turn: Turn) -> None:
    if not turn.live and turn.head.state is State.RUNNING:
        turn.end(State.COMPLETED, "completed")


# -- blocks ------------------------------------------------------------------------------------------------


def open_handlers(turn: Turn, path: str) -> None:
    """Subscribe the handlers of the block at `path` (CASE for those of the workflow)."""
    for where, handler in handlers_of(turn.definition, step_path(path)):
        place = where if path == CASE else f"{path}{where[len(step_path(path)) :]}"
        turn.subscribe(place, 1, handler.event, turn.head.key)


def _enter_sequence(turn: Turn, path: str, parent: str | None, step: Sequence) -> None:
    turn.activate(path, parent, n=len(step.steps))
    open_handlers(turn, path)
    _go_on(turn, path, step)


def _go_on(turn: Turn, path: str, step: Sequence) -> None:
    block = turn.live[path]
    if block.resume >= len(step.steps):
        _leave_if_through(turn, path)
        return
    child = segment(step.steps[block.resume], block.resume)
    turn.agenda.appendleft(Enter(f"{path}/{child}", path))


def _enter_choice(turn: Turn, path: str, parent: str | None, step: Choice) -> None:
    turn.activate(path, parent, n=1)
    fields = values_of(turn)
    taken = next(
        (
            str(n)
            for n, branch in enumerate(step.branches)
            if branch.when is None or evaluate(branch.when, fields) is True
        ),
        "otherwise",
    )
    turn.agenda.appendleft(Enter(f"{path}/{taken}", path))


def _enter_parallel(turn: Turn, path: str, parent: str | None, step: Parallel) -> None:
    fields = values_of(turn)
    taken = [
        n for n, branch in enumerate(step.branches) if branch.when is None or evaluate(branch.when, fields) is True
    ]
    turn.activate(path, parent, n=len(taken))
    open_handlers(turn, path)
    turn.agenda.extendleft(Enter(f"{path}/{n}", path) for n in reversed(taken))
    if not taken:
        _leave_if_through(turn, path)


def _leave_if_through(turn: Turn, path: str) -> None:
    """Leave a block whose straight way is done, unless something still runs beside it."""
    block = turn.live[path]
    step = turn.step(path)
    through = block.resume >= block.n if isinstance(step, Sequence) else block.agree >= block.n
    beside = any(one.startswith(f"{path}/on/") for one in turn.live)
    if through and not beside and not any(todo.path.startswith(f"{path}/on/") for todo in turn.agenda):
        turn.agenda.append(Leave(path, block.parent))


# -- waits and actions ----------------------------------------------------------------------------


def _enter_wait(turn: Turn, path: str, parent: str | None, step: Wait) -> None:
    turn.activate(path, parent, n=1)
    key = turn.head.key if step.key is None else values_of(turn).get(step.key)
    if isinstance(key, str):
        turn.subscribe(path, 1, step.event, key)
    term = deadline(step.within, turn.facts, turn.now)
    if term is None:
        return
    schedule_rung(turn, path, 1, 0, term)
    if step.silence is not None:
        turn.set_timer(path, 1, "silence", 0, term.due_at)


def _perform(turn: Turn, path: str, step: Do) -> None:
    for number, action in enumerate(step.actions):
        match action:
            case SetField():
                turn.put({action.field: action.value}, {})
            case Emit():
                say(turn, path, number, action.event, dict(action.values))
            case Lookup():
                turn.put({action.into: _found(turn, action)}, {})
            case Erase():
                _erase(turn)
            case _:
                assert_never(action)


def _found(turn: Turn, action: Lookup) -> str | None:
    value = values_of(turn).get(action.by)
    keys = turn.facts.twins.get((action.register_name, str(value)), ()) if value is not None else ()
    return next((key for key in keys if key != turn.head.key), None)


def _erase(turn: Turn) -> None:
    """Have the person's key destroyed; the case knows nothing personal from here on."""
    if turn.head.person is not None:
        turn.erases.append(turn.head.person)
    turn.head = replace(turn.head, personal={})


def values_of(turn: Turn) -> Mapping[str, JSON]:
    """All values that a condition may look at; erased ones are absent, so unknown."""
    return {**turn.head.fields, **turn.head.personal}
