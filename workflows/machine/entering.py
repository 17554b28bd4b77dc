"""What happens when a step is entered, and when it is left: one small function for each word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from domain.approval import Mode
from domain.events import EVENT_TYPES
from domain.identifiers import derived_id
from workflows.language.expressions import evaluate
from workflows.language.words import (
    Applicant,
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
    ToApplicant,
    Wait,
    Who,
)
from workflows.machine.case import (
    JSON,
    ActivationState,
    Effect,
    Emitted,
    ItemState,
    Plan,
    State,
    WorkItem,
)
from workflows.machine.deadlines import Deadline, after_months, days_of, deadline, local_day, next_rung
from workflows.machine.nodes import CASE, children, handlers_of, index
from workflows.machine.seating import Seat, resolve_seats
from workflows.machine.turn import Enter, Leave, Turn, step_path

INNER_STEPS = 10_000
"""More steps than this without a pause are a definition gone wrong: the case is quarantined."""


class EndlessTurnError(RuntimeError):
    """A decision did not come to rest within INNER_STEPS."""


def settle(turn: Turn) -> None:
    """Enter and leave steps until the case is quiet."""
    for _ in range(INNER_STEPS):
        if not turn.agenda:
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
            _plan(turn, path, step)
            turn.agenda.append(Leave(path, parent))
        case End():
            turn.end(State(step.state), step.outcome)
        case _:
            assert_never(step)


def leave(turn: Turn, path: str, parent: str | None) -> None:
    """The step at `path` is done: close it and let the block around it go on."""
    turn.close(path, ActivationState.DONE)
    if parent is None:
        _complete_if_quiet(turn)
        return
    block = turn.live.get(parent)
    if block is None:
        return
    step = None if parent.endswith("/supplement") else turn.step(parent)
    if path.startswith(f"{parent}/on/"):
        _leave_if_through(turn, parent)
    elif isinstance(step, Sequence):
        turn.update(replace(block, resume=block.resume + 1))
        _go_on(turn, parent, step)
    elif isinstance(step, Parallel):
        turn.update(replace(block, agree=block.agree + 1))
        _leave_if_through(turn, parent)
    else:
        turn.agenda.append(Leave(parent, block.parent))


def _complete_if_quiet(turn: Turn) -> None:
    if not turn.live and not turn.agenda and turn.head.state is State.RUNNING:
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
    child = children(index(turn.definition)[step_path(path)])[block.resume]
    turn.agenda.appendleft(Enter(_below(path, child.path), path))


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


def _below(path: str, definition_child: str) -> str:
    """The child's path under an activation's path, which may carry turns that the definition's has not."""
    return f"{path}/{definition_child.rpartition('/')[2]}"


# -- people ------------------------------------------------------------------------------------------------


def open_round(turn: Turn, path: str, parent: str | None, step: Approve | CarryOut, round_: int) -> None:
    """Open the items of a human step: seats, holders, due dates and the first rung of its ladder, all at once."""
    mode = step.mode if isinstance(step, Approve) else Mode.ONE
    seats = seats_of(turn, step.by, mode)
    term = deadline(step.within, turn.facts, turn.now)
    turn.activate(path, parent, round_=round_, n=len(seats))
    for number, seat in enumerate(seats):
        _open_seat(turn, path, round_, number, seat, step, term)
    if term is not None:
        schedule_rung(turn, path, round_, 0, term)
    if any(seat.fallback for seat in seats):
        turn.notify({"role:office_head:"}, "nobody_found", path, round_)


def _open_seat(
    turn: Turn, path: str, round_: int, number: int, seat: Seat, step: Approve | CarryOut, term: Deadline | None
) -> None:
    turn.open_item(item_of(turn, path, round_, number, step.word, step.form, term, seat.pick), seat.candidates)
    for code in sorted(seat.departments):
        turn.share(f"department:{code}", f"item:{path}")


def item_of(
    turn: Turn,
    path: str,
    round_: int,
    number: int,
    kind: str,
    form: str | None,
    term: Deadline | None,
    pick: str = "any",
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


def seats_of(turn: Turn, who: Who, mode: Mode) -> tuple[Seat, ...]:
    """The seats of a resolver on the roster of today."""
    day = local_day(turn.facts.calendar, turn.now)
    return resolve_seats(who, mode, turn.head, turn.facts.roster, day)


def recipients(turn: Turn, who: Who) -> set[str]:
    """Everybody whom a resolver finds, for a message."""
    return {principal for seat in seats_of(turn, who, Mode.ONE) for principal, _ in seat.candidates}


def schedule_rung(turn: Turn, path: str, round_: int, done: int, term: Deadline) -> None:
    """Set the timer of the next rung of the ladder at `path`."""
    step = turn.human_step(path)
    rungs = () if isinstance(step, ToApplicant) else step.overdue
    found = next_rung(rungs, done, term.due_at, turn.facts.calendar, turn.now)
    if found is not None:
        turn.set_timer(path, round_, "ladder", found[0], found[1])


def open_supplement(turn: Turn, asked: str, round_: int, terms: ToApplicant) -> None:
    """Ask the applicant for a supplement: an item, a time limit, and the event that may answer instead."""
    path = f"{asked}/supplement"
    term = deadline(terms.within, turn.facts, turn.now)
    turn.activate(path, asked, round_=round_, n=1)
    seat = seats_of(turn, Applicant(through=terms.through), Mode.ONE)[0]
    turn.open_item(item_of(turn, path, round_, 0, "supplement", None, term), seat.candidates)
    for code in sorted(seat.departments):
        turn.share(f"department:{code}", f"item:{path}")
    if term is not None:
        turn.set_timer(path, round_, "silence", 0, term.due_at)
    if terms.answered_by is not None:
        turn.subscribe(path, round_, terms.answered_by, turn.head.key)


# -- waits, actions, follow-ups ----------------------------------------------------------------------------


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
                _emit(turn, path, number, action)
            case Lookup():
                turn.put({action.into: _found(turn, action)}, {})
            case Erase():
                turn.erases.extend([turn.head.person] if turn.head.person else [])
            case _:
                assert_never(action)


def _found(turn: Turn, action: Lookup) -> str | None:
    value = values_of(turn).get(action.by)
    keys = turn.facts.twins.get((action.register_name, str(value)), ()) if value is not None else ()
    return next((key for key in keys if key != turn.head.key), None)


def _emit(turn: Turn, path: str, number: int, action: Emit) -> None:
    plain, personal = _event_values(turn, action.event, dict(action.values))
    made = Emitted(
        id=derived_id("event", turn.head.id, path, number, action.event),
        type=action.event,
        key=turn.head.key,
        person=turn.head.person,
        plain=plain,
        personal=personal,
        fingerprint=turn.head.personal.get("fingerprint"),
    )
    turn.emitted.append(made)
    body = {"id": made.id, "type": made.type, "case": turn.head.id, "key": made.key, "state": turn.head.state.value}
    turn.effects.append(Effect(key=derived_id("publish", made.id), case=turn.head.id, gateway="publish", body=body))


def _plan(turn: Turn, path: str, step: FollowUp) -> None:
    months = days_of(step.months, turn.facts)
    plain, _ = _event_values(turn, step.event, {})
    turn.plans.append(
        Plan(
            id=derived_id("plan", turn.head.id, path),
            case=turn.head.id,
            type=step.event,
            key=turn.head.key,
            person=turn.head.person,
            plain=plain,
            due_at=after_months(turn.now, months, turn.facts.calendar),
            months=months,
            repeats=step.repeats,
            occurrence=1,
        )
    )


def _event_values(turn: Turn, event: str, values: Mapping[str, JSON]) -> tuple[dict[str, JSON], dict[str, JSON]]:
    """The fields of the case that the event's schema asks for, and the given values: plain and personal."""
    schema = EVENT_TYPES.get(event)
    if schema is None:
        return {**turn.head.fields, **values}, {}
    known = {**turn.head.fields, schema.KEY: turn.head.key, **values}
    plain = {name: known[name] for name in sorted(schema.PLAIN_FIELDS) if known.get(name) is not None}
    personal = {name: value for name, value in turn.head.personal.items() if name in schema.PERSONAL_FIELDS}
    return plain, personal


def values_of(turn: Turn) -> Mapping[str, JSON]:
    """All values that a condition may look at; erased ones are absent, so unknown."""
    return {**turn.head.fields, **turn.head.personal}
