"""The only place where a case moves: `decide`, complete and pure.

A stimulus comes in (an event, a timer that fell due, an act); the case runs until it is quiet; the decision holds
the next slice and everything that follows, to be saved in one transaction. The same function serves production,
preview, simulation and the test kit.
"""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType
from typing import Final

from workflows.language.words import (
    Call,
    Do,
    Exclusive,
    Vote,
    Workflow,
)
from workflows.machine.agenda import LooksBackError, OpensBallotsError, ReachesFurtherError
from workflows.machine.announcing import TOLD, tell
from workflows.machine.answering import answer
from workflows.machine.balloting import close_vote
from workflows.machine.calling import child_ended, granted
from workflows.machine.case import LADDER, UNDER_WAY, Activation, ItemState, Slice, State
from workflows.machine.casework import REVOCATION, revocation_decided
from workflows.machine.climbing import climb, ladders_at
from workflows.machine.concluding import conclude
from workflows.machine.decision import Ignored, Outcome, Quarantined, Wants, WantsBallots, WantsPast
from workflows.machine.doing import take_serial
from workflows.machine.entering import EndlessTurnError, leave_if_through, settle
from workflows.machine.facts import Facts
from workflows.machine.hearing import hear
from workflows.machine.listening import open_handlers
from workflows.machine.nodes import CASE, ROOT
from workflows.machine.noticing import LASTS, notice_over
from workflows.machine.recounting import recount
from workflows.machine.repair import Repair, repair
from workflows.machine.reseating import reseat
from workflows.machine.stimuli import Act, EventStimulus, Sign, Signal, SignalStimulus, Stimulus, TimerStimulus
from workflows.machine.suspending import shift_clocks
from workflows.machine.turn import Enter, Leave, Turn
from workflows.machine.urgency import begin_with_urgency, take_urgency_along


def decide(definition: Workflow, before: Slice, stimulus: Stimulus | Repair, facts: Facts, now: datetime) -> Outcome:
    """Decide what a stimulus does to a case.

    Args:
        definition: the workflow that the case pinned.
        before: the live slice of the case.
        stimulus: what happened, or what somebody wants done.
        facts: the versions of roster, calendar and numbers to decide on, and what was looked up.
        now: the time of the transaction; never before the case's last moment.

    Returns:
        A Decision; Refused for an act that may not be; Ignored for a stimulus that means nothing any more;
        Quarantined when the definition does not come to rest; Wants, WantsPast or WantsBallots when the slice is too small for it.
    """
    turn = Turn(definition, before, facts, max(now, before.head.last_at))
    try:
        match stimulus:
            case EventStimulus():
                return _take_event(turn, stimulus)
            case TimerStimulus():
                return _take_timer(turn, stimulus)
            case SignalStimulus():
                return _take_signal(turn, stimulus.signal)
            case Act():
                return _take_act(turn, stimulus)
            case Repair():
                return _take_repair(turn, stimulus)
    except EndlessTurnError as endless:
        return Quarantined(str(endless))
    except ReachesFurtherError as further:
        return Wants(further.around)
    except LooksBackError:
        return WantsPast()
    except OpensBallotsError as secret:
        return WantsBallots(secret.path, secret.round)


def _take_act(turn: Turn, act: Act) -> Outcome:
    refusal = answer(turn, act)
    if refusal is not None:
        return refusal
    settle(turn)
    return conclude(turn, f"act:{act.verb}", act)


def _take_repair(turn: Turn, wanted: Repair) -> Outcome:
    return repair(turn, wanted) or conclude(turn, f"act:{wanted.act.verb}", wanted.act)


# -- events ------------------------------------------------------------------------------------------------


def _take_event(turn: Turn, event: EventStimulus) -> Outcome:
    if event.starts:
        if turn.head.seq > 0:
            return Ignored("started before")
        begin_with_urgency(turn)
        _start(turn)
    elif not _is_heard(turn, event):
        return Ignored("nobody waits for it")
    settle(turn)
    turn.said["event"] = [event.source, event.id]
    return conclude(turn, f"event:{event.type}")


def _start(turn: Turn) -> None:
    turn.share(f"department:{turn.head.department}", "sender")
    if turn.head.person is not None:
        turn.share(f"person:{turn.head.person}", "applicant")
    open_handlers(turn, CASE)
    turn.agenda.append(Enter(ROOT, None))


def _is_heard(turn: Turn, event: EventStimulus) -> bool:
    if turn.head.state is not State.RUNNING:
        return False
    heard = hear(turn, event.type, event.key, (event.plain, event.personal))
    if heard:
        turn.said.update(path=heard[0].path, round=heard[0].round)
    return bool(heard)


# -- signals -----------------------------------------------------------------------------------------------


_LOOKED_AT_AGAIN: Final = MappingProxyType({Sign.CALENDAR: recount, Sign.ROSTER: reseat})
"""What a new version of the facts changes in a case; False where it changes nothing."""


def _take_signal(turn: Turn, signal: Signal) -> Outcome:
    """Let a case know what another one, or the house, has for it."""
    if signal.sign is Sign.CALLED and turn.head.seq == 0:
        take_urgency_along(turn)
        _start(turn)
    elif signal.sign is Sign.RESUMED and turn.head.seq == 0:
        return Ignored("it has not started yet: no clock of it ran")
    elif signal.sign in _LOOKED_AT_AGAIN:
        if turn.head.seq == 0 or turn.head.state not in UNDER_WAY or not _LOOKED_AT_AGAIN[signal.sign](turn):
            return Ignored("nothing of it follows from what changed")
    elif turn.head.state not in UNDER_WAY or not _is_signal_taken(turn, signal):
        return Ignored("it means nothing to the case any more")
    settle(turn)
    turn.said["path"] = signal.path or None
    if "fanout" in signal.values:
        turn.said["fanout"] = signal.values["fanout"]
    return conclude(turn, f"signal:{signal.sign}")


def _is_signal_taken(turn: Turn, signal: Signal) -> bool:
    if signal.sign is Sign.PARENT_ENDED:
        turn.end(State.WITHDRAWN, "withdrawn_with_parent")
        return True
    if signal.sign is Sign.RESUMED:
        since, until = (datetime.fromisoformat(signal.values[name]) for name in ("since", "until"))
        shift_clocks(turn, since, until)
        return True
    if signal.sign in TOLD:
        return turn.head.seq > 0 and tell(turn, signal)
    if signal.path == REVOCATION and turn.head.state is State.REVOKING:
        revocation_decided(turn, signal.values)
        return True
    block = turn.live.get(signal.path)
    step = None if block is None else turn.step(signal.path)
    if isinstance(step, Exclusive):
        return granted(turn, signal.path)
    if block is not None and isinstance(step, Do):
        return take_serial(turn, signal.path, step, signal)
    if block is not None and isinstance(step, Call) and signal.values["child"] in block.values["children"]:
        child_ended(turn, signal.path, step, signal.values)
        leave_if_through(turn, signal.path)
        return True
    return False


# -- timers ------------------------------------------------------------------------------------------------


def _take_timer(turn: Turn, due: TimerStimulus) -> Outcome:
    """A timer means something while its round still asks; one that falls due leaves its table and stands in no slice."""
    moved = turn.timers.get(due.timer)
    if moved is not None and moved.due_at > due.due_at:
        return Ignored("its clock stood still meanwhile: it falls due later")
    activation = turn.live.get(due.path)
    if activation is None or activation.round != due.round or not turn.is_asking(due.path):
        return Ignored("the step it belonged to asks no more")
    if due.kind == LADDER and any(one.due_at > due.due_at for one in ladders_at(turn, due.path) if one.id != due.timer):
        return Ignored("the ladder was set anew meanwhile: this one was somebody else's")
    turn.said.update(path=due.path, round=due.round, rung=due.rung)
    turn.timers.pop(due.timer, None)
    turn.timers_cleared.append(due.timer)
    step = turn.supplement_at(due.path) or turn.step(due.path)
    if due.kind == LASTS:
        _end_notice(turn, activation)
    elif isinstance(step, Vote) and due.kind == "silence":
        close_vote(turn, activation, step)
    elif due.kind == "silence":
        _be_silent(turn, activation)
    else:
        climb(turn, activation, due.rung)
    settle(turn)
    return conclude(turn, f"timer:{due.kind}")


def _end_notice(turn: Turn, activation: Activation) -> None:
    notice_over(turn, activation.path)
    if not any(one.startswith(f"{activation.path}/") for one in turn.live):
        turn.agenda.append(Leave(activation.path, activation.parent))


def _be_silent(turn: Turn, activation: Activation) -> None:
    """Nobody answered in time: the silence step runs, recorded as the system's."""
    for item in turn.items_at(activation.path):
        turn.close_item(item, ItemState.EXPIRED, "silence")
    turn.stop_asking(activation.path)
    turn.agenda.append(Enter(f"{activation.path}/silence", activation.path))
