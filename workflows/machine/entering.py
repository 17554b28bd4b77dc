"""What happens when a step is entered, and when it is left: one small function for each word."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from workflows.language.expressions import evaluate
from workflows.language.words import (
    Approve,
    Call,
    CarryOut,
    Choice,
    Do,
    End,
    Exclusive,
    FollowUp,
    ForEach,
    Loop,
    Message,
    Parallel,
    PublicNotice,
    Race,
    Sequence,
    Vote,
    Wait,
)
from workflows.machine.again import ask_again, is_asking_again
from workflows.machine.asking import open_round, recipients, schedule_rung
from workflows.machine.calling import enter_call, enter_exclusive
from workflows.machine.case import ActivationState, State
from workflows.machine.confirming import is_proposal
from workflows.machine.deadlines import deadline
from workflows.machine.doing import perform
from workflows.machine.goingback import go_back
from workflows.machine.listening import open_handlers
from workflows.machine.nodes import segment
from workflows.machine.noticing import enter_notice, start_clock
from workflows.machine.planning import plan
from workflows.machine.spreading import (
    WENT_ON,
    arrive,
    enter_for_each,
    enter_loop,
    enter_parallel,
    enter_race,
    turn_done,
    way_came,
)
from workflows.machine.timekeeping import keep
from workflows.machine.turn import Enter, Leave, Turn

INNER_STEPS = 50_000
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
            enter(turn, todo)
        elif isinstance(todo, Leave):
            leave(turn, todo.path, todo.parent)
        else:
            go_on(turn, todo.path, todo.parent)
    message = f"case {turn.head.id}: workflow '{turn.definition.name}' made {INNER_STEPS} steps without coming to rest"
    raise EndlessTurnError(message)


def enter(turn: Turn, todo: Enter) -> None:
    """Enter a step."""
    path, parent = todo.path, todo.parent
    step = turn.step(path)
    match step:
        case Sequence() | Choice() | Parallel() | ForEach() | Loop() | Race() | Exclusive():
            _enter_block(turn, path, parent, step)
        case Approve() | CarryOut() | Vote():
            open_round(turn, path, parent, step, kept=todo.kept, handed=todo.handed)
        case PublicNotice():
            enter_notice(turn, path, parent, step)
            open_handlers(turn, path)
        case Call():
            enter_call(turn, path, parent, step)
            leave_if_through(turn, path)
        case Wait():
            _enter_wait(turn, path, parent, step)
        case Do():
            perform(turn, path, parent, step)
        case Message():
            turn.notify(recipients(turn, step.to, path), step.name, path, *turn.again)
            turn.agenda.append(Leave(path, parent))
        case FollowUp():
            plan(turn, path, step)
            turn.agenda.append(Leave(path, parent))
        case End():
            turn.end(State(step.state), step.outcome)
        case _:
            assert_never(step)


def leave(turn: Turn, path: str, parent: str | None) -> None:
    """The step at `path` is done: close it and let the block around it go on, or the case go back where it came from.

    It stays while it asks again those who had agreed to what it changed.
    """
    if is_asking_again(turn, path) or ask_again(turn, path):
        return
    turn.close(path, ActivationState.DONE)
    if not go_back(turn, path):
        go_on(turn, path, parent)


def go_on(turn: Turn, path: str, parent: str | None) -> None:
    """Let the block around the step at `path` go on."""
    block = None if parent is None else turn.live.get(parent)
    if parent is None or block is None:
        return
    step = None if turn.supplement_at(parent) else turn.step(parent)
    if not isinstance(step, ForEach):
        # Only a for-each counts an arrival without looking at what else runs in it.
        turn.reach(parent)
    if path.startswith(f"{parent}/on/") and isinstance(step, Sequence | Parallel | ForEach):
        leave_if_through(turn, parent)
        return
    match step:
        case Sequence():
            turn.update(replace(block, resume=block.resume + 1))
            _next(turn, parent, step)
        case Parallel(join=join) | ForEach(join=join):
            arrive(turn, parent, join)
            leave_if_through(turn, parent)
        case Loop():
            turn_done(turn, parent, step)
        case Race():
            way_came(turn, parent, path)
        case PublicNotice():
            start_clock(turn, parent)
        case _:
            turn.agenda.append(Leave(parent, block.parent))


def _complete_if_through(turn: Turn) -> None:
    if turn.head.state is State.RUNNING and all(is_proposal(path) for path in turn.live):
        turn.end(State.COMPLETED, "completed")


# -- blocks ------------------------------------------------------------------------------------------------


def _enter_block(
    turn: Turn,
    path: str,
    parent: str | None,
    step: Sequence | Choice | Parallel | ForEach | Loop | Race | Exclusive,
) -> None:
    match step:
        case Sequence():
            turn.activate(path, parent, n=len(step.steps))
            open_handlers(turn, path)
            _next(turn, path, step)
        case Choice():
            _enter_choice(turn, path, parent, step)
        case Parallel():
            enter_parallel(turn, path, parent, step)
            open_handlers(turn, path)
            leave_if_through(turn, path)
        case ForEach():
            enter_for_each(turn, path, parent, step)
            open_handlers(turn, path)
            leave_if_through(turn, path)
        case Loop():
            enter_loop(turn, path, parent, step)
        case Race():
            enter_race(turn, path, parent, step)
        case Exclusive():
            enter_exclusive(turn, path, parent, step)


def _next(turn: Turn, path: str, step: Sequence) -> None:
    block = turn.live[path]
    if block.resume >= len(step.steps):
        leave_if_through(turn, path)
        return
    child = segment(step.steps[block.resume], block.resume)
    turn.agenda.appendleft(Enter(f"{path}/{child}", path))


def _enter_choice(turn: Turn, path: str, parent: str | None, step: Choice) -> None:
    turn.activate(path, parent, n=1)
    values = turn.values(path)
    taken = next(
        (
            str(n)
            for n, branch in enumerate(step.branches)
            if branch.when is None or evaluate(branch.when, values) is True
        ),
        "otherwise",
    )
    turn.agenda.appendleft(Enter(f"{path}/{taken}", path))


def leave_if_through(turn: Turn, path: str) -> None:
    """Leave a block whose straight way is done, unless something still runs beside it."""
    block = turn.live.get(path)
    if block is None or (block.resume == WENT_ON and not isinstance(turn.step(path), Sequence)):
        return
    done = block.resume if isinstance(turn.step(path), Sequence) else block.agree
    if done < block.n:
        return
    turn.reach(path)
    beside = any(one.startswith(f"{path}/on/") for one in turn.live)
    if not beside and not any(todo.path.startswith(f"{path}/on/") for todo in turn.agenda):
        turn.agenda.append(Leave(path, block.parent))


# -- waits ----------------------------------------------------------------------------


def _enter_wait(turn: Turn, path: str, parent: str | None, step: Wait) -> None:
    round_ = turn.activate(path, parent, n=1).round
    key = turn.head.key if step.key is None else turn.values(path).get(step.key)
    if isinstance(key, str):
        turn.subscribe(path, round_, step.event, key)
    term = deadline(step.within, turn.facts, turn.now, turn.values(path))
    if term is None:
        return
    keep(turn, path, term.rule, term.due_at)
    schedule_rung(turn, path, round_, 0, term)
    if step.silence is not None:
        turn.set_timer(path, round_, "silence", 0, term.due_at)
