"""The only place where a case moves: `decide`, complete and pure.

A stimulus comes in (an event, a timer that fell due, an act); the case runs until it is quiet; the decision holds
the next slice and everything that follows, to be saved in one transaction. The same function serves production,
preview, simulation and the test kit.
"""

from __future__ import annotations

from datetime import datetime

from domain.approval import Mode
from workflows.language.words import Approve, CarryOut, Escalate, Handler, Wait, Workflow
from workflows.machine.answering import answer, answer_supplement
from workflows.machine.case import (
    Act,
    Activation,
    Capacity,
    EventStimulus,
    Ignored,
    ItemState,
    Outcome,
    Quarantined,
    Slice,
    State,
    Stimulus,
    Subscription,
    TimerStimulus,
)
from workflows.machine.deadlines import Deadline, deadline
from workflows.machine.entering import EndlessTurnError, open_handlers, recipients, schedule_rung, seats_of, settle
from workflows.machine.facts import Facts
from workflows.machine.nodes import CASE, ROOT, handlers_of
from workflows.machine.turn import Enter, Leave, Turn, step_path


def decide(definition: Workflow, before: Slice, stimulus: Stimulus, facts: Facts, now: datetime) -> Outcome:
    """Decide what a stimulus does to a case.

    Args:
        definition: the workflow that the case pinned.
        before: the live slice of the case.
        stimulus: what happened, or what somebody wants done.
        facts: the versions of roster, calendar and numbers to decide on, and what was looked up.
        now: the time of the transaction; never before the case's last moment.

    Returns:
        A Decision; Refused for an act that may not be; Ignored for a stimulus that means nothing any more;
        Quarantined when the definition does not come to rest.
    """
    turn = Turn(definition, before, facts, max(now, before.head.last_at))
    try:
        match stimulus:
            case EventStimulus():
                return _take_event(turn, stimulus)
            case TimerStimulus():
                return _take_timer(turn, stimulus)
            case Act():
                return _take_act(turn, stimulus)
    except EndlessTurnError as endless:
        return Quarantined(str(endless))


def _take_act(turn: Turn, act: Act) -> Outcome:
    refusal = answer(turn, act)
    if refusal is not None:
        return refusal
    settle(turn)
    return turn.decision(f"act:{act.verb}", act)


# -- events ------------------------------------------------------------------------------------------------


def _take_event(turn: Turn, event: EventStimulus) -> Outcome:
    if event.starts:
        if turn.head.seq > 0:
            return Ignored("started before")
        _start(turn)
    else:
        subscription = _awaited(turn, event)
        if subscription is None:
            return Ignored("nobody waits for it")
        _answer_wait(turn, event, subscription)
    settle(turn)
    turn.said["event"] = [event.source, event.id]
    return turn.decision(f"event:{event.type}")


def _start(turn: Turn) -> None:
    turn.share(f"department:{turn.head.department}", "sender")
    if turn.head.person is not None:
        turn.share(f"person:{turn.head.person}", "applicant")
    open_handlers(turn, CASE)
    turn.agenda.append(Enter(ROOT, None))


def _awaited(turn: Turn, event: EventStimulus) -> Subscription | None:
    """The live subscription for an event; the innermost one where several ask for it."""
    if turn.head.state is not State.RUNNING:
        return None
    fitting = [one for one in turn.subscriptions if one.type == event.type and one.key == event.key]
    return max(fitting, key=lambda one: (one.path.count("/"), one.path, one.round), default=None)


def _answer_wait(turn: Turn, event: EventStimulus, subscription: Subscription) -> None:
    path = subscription.path
    turn.said.update(path=path, round=subscription.round)
    asked, _, last = path.rpartition("/")
    if last == "supplement":
        asking = turn.human_step(asked)
        takes = asking.on_return.takes if isinstance(asking, Approve) and asking.on_return is not None else ()
        _write(turn, event, takes)
        answer_supplement(turn, path)
        return
    handler = _handler_at(turn, path)
    if handler is not None:
        _handle(turn, event, subscription, handler)
        return
    step = turn.step(path)
    _write(turn, event, step.takes if isinstance(step, Wait) else ())
    turn.agenda.append(Leave(path, turn.live[path].parent))


def _handler_at(turn: Turn, path: str) -> Handler | None:
    block, _, _ = path.rpartition("/on/")
    if not path.startswith("on/") and not block:
        return None
    return dict(handlers_of(turn.definition, step_path(block))).get(step_path(path))


def _handle(turn: Turn, event: EventStimulus, subscription: Subscription, handler: Handler) -> None:
    """Run a handler: instead of its block, or beside it (and then ask for the next such event)."""
    _write(turn, event, handler.takes)
    block = subscription.path.rpartition("/on/")[0]
    body = f"{subscription.path}#{subscription.round}"
    turn.unsubscribe(subscription)
    if handler.mode == "beside":
        turn.subscribe(subscription.path, subscription.round + 1, handler.event, subscription.key)
        turn.agenda.append(Enter(body, block or None))
        return
    if not block:
        turn.cancel_everything(f"interrupted:{event.type}")
        turn.agenda.append(Enter(body, None))
        return
    parent = turn.live[block].parent
    turn.cancel_below(block, f"interrupted:{event.type}")
    turn.agenda.append(Enter(body, parent))


def _write(turn: Turn, event: EventStimulus, takes: tuple[str, ...]) -> None:
    turn.put(
        {name: event.plain[name] for name in takes if name in event.plain},
        {name: event.personal[name] for name in takes if name in event.personal},
    )


# -- timers ------------------------------------------------------------------------------------------------


def _take_timer(turn: Turn, due: TimerStimulus) -> Outcome:
    timer = turn.timers.get(due.timer)
    activation = turn.live.get(due.path)
    if timer is None or activation is None or activation.round != due.round:
        return Ignored("the step it belonged to is closed")
    turn.said.update(path=due.path, round=due.round, rung=due.rung)
    turn.clear(timer)
    if due.kind == "silence":
        _be_silent(turn, activation)
    else:
        _climb(turn, activation, due.rung)
    settle(turn)
    return turn.decision(f"timer:{due.kind}")


def _be_silent(turn: Turn, activation: Activation) -> None:
    """Nobody answered in time: the silence step runs, recorded as the system's."""
    for item in turn.items_at(activation.path):
        turn.close_item(item, ItemState.EXPIRED, "silence")
    for subscription in [one for one in turn.subscriptions if one.path == activation.path]:
        turn.unsubscribe(subscription)
    for timer in [one for one in turn.timers.values() if one.path == activation.path]:
        turn.clear(timer)
    turn.agenda.append(Enter(f"{activation.path}/silence", activation.path))


def _climb(turn: Turn, activation: Activation, rung: int) -> None:
    """One rung of a ladder: remind the holders, or let somebody else decide too; then set the next rung."""
    step = turn.human_step(activation.path)
    if not isinstance(step, Approve | CarryOut | Wait):
        return
    if not isinstance(step, Wait) and not turn.items_at(activation.path):
        # The timer fell due just before the step was answered or returned: its clock stands still, nobody is told.
        return
    word = step.overdue[rung]
    if isinstance(word, Escalate):
        _escalate(turn, activation, word)
    to = {holder.who for item in turn.items_at(activation.path) for holder in turn.holders[item.id]}
    if isinstance(step, Wait) and turn.head.person is not None:
        to = {f"person:{turn.head.person}"}
    turn.notify(to, word.rung, activation.path, activation.round, rung)
    term = _term(turn, activation, step)
    if term is not None:
        schedule_rung(turn, activation.path, activation.round, rung + 1, term)


def _escalate(turn: Turn, activation: Activation, word: Escalate) -> None:
    who = recipients(turn, word.to)
    departments = {code for seat in seats_of(turn, word.to, Mode.ONE) for code in seat.departments}
    for item in turn.items_at(activation.path):
        for one in sorted(who):
            turn.hold(item, one, Capacity.ESCALATED)
    for code in sorted(departments):
        turn.share(f"department:{code}", f"escalated:{activation.path}")


def _term(turn: Turn, activation: Activation, step: Approve | CarryOut | Wait) -> Deadline | None:
    """The term under which the activation stands: that of its items, or (a wait has none) computed from its entry."""
    items = turn.items_at(activation.path)
    if items and items[0].due_at is not None and items[0].yellow_at is not None:
        return Deadline(items[0].due_at, items[0].yellow_at, items[0].due_rule)
    return deadline(step.within, turn.facts, activation.entered_at)
