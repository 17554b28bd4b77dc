"""The ladder of a step, climbed by itself: a reminder, somebody else beside or instead, silence that decides, a jump.

A rung stands for the item and round that its timer was set for (approvals.md A7): whoever answered before, or was asked
anew since, is never met by it. What it does is the system's, under the rule of the rung, and nobody's decision.
"""

from __future__ import annotations

from typing import Final

from domain.approval import Mode
from domain.calendar import shift_days
from workflows.language.words import (
    Approve,
    CarryOut,
    Deem,
    Escalate,
    HandOver,
    Jump,
    Remind,
    Rung,
    ToApplicant,
    Vote,
    Wait,
)
from workflows.machine.asking import recipients, schedule_rung, seats_of
from workflows.machine.case import LADDER, Activation, Capacity, Timer, WorkItem
from workflows.machine.casework import jump_by_rule, place_of
from workflows.machine.counting import is_in_line
from workflows.machine.deeming import deem
from workflows.machine.handing import give_up_claim, stop_advising
from workflows.machine.handingup import hand_up
from workflows.machine.saying import say
from workflows.machine.timekeeping import calendar_of, term_at
from workflows.machine.turn import Turn
from workflows.policy import role_principal

REMIND: Final = "remind"
"""The words of a notice that somebody is still waited for, also where a rung could do nothing more."""
RULE: Final = "rule"
"""Where a decision says under which rule the system took it."""
PUT_OFF: Final = "put_off"
"""Where it says that a rung waits for its moment, which has moved."""
NOT_JUMPED: Final = "not_jumped"
"""Where it says why a jump of a ladder was not made; the office is told."""

_OFFICE: Final = role_principal("office_head", None)


def rule_of_rung(path: str, rung: int) -> str:
    """The id of the rule by which a rung acts."""
    return f"{LADDER}:{path}:{rung}"


def ladders_at(turn: Turn, path: str) -> list[Timer]:
    """The timer of the next rung at a step: one, or none; in a line that of whose turn it is."""
    return [one for one in turn.timers.values() if (one.path, one.kind) == (path, LADDER)]


def climb(turn: Turn, activation: Activation, rung: int) -> None:
    """Take one rung of the ladder at a live step, and set the next one."""
    step = turn.human_step(activation.path)
    if isinstance(step, ToApplicant):
        return
    word = step.overdue[rung]
    if _is_put_off(turn, activation, word):
        turn.said[PUT_OFF] = rung
        _set_next(turn, activation, rung)
        return
    if not isinstance(word, Remind | Escalate):
        turn.said[RULE] = rule_of_rung(activation.path, rung)
    match step, word:
        case Approve(), Deem(answer=answer):
            stop_advising(turn, activation.path)
            _tell(turn, activation, f"{word.rung}_{answer}", rung, turn.items_at(activation.path))
            deem(turn, activation, step, answer, f"rule:{turn.said[RULE]}")
            return
        case Approve() | CarryOut(), HandOver() if hand_up(turn, activation.path, step, word, turn.said[RULE]):
            pass
        case Approve() | CarryOut(), Jump() if _has_jumped(turn, activation, word, rung):
            return
        case _, Escalate():
            _escalate(turn, activation, word)
            _tell(turn, activation, word.rung, rung, turn.asked_at(activation.path))
        case _:
            _tell(turn, activation, REMIND, rung, turn.asked_at(activation.path))
    if isinstance(word, Remind) and word.says is not None:
        say(turn, _place_of_event(turn, activation), rung, word.says, {})
    _set_next(turn, activation, rung + 1)


def _is_put_off(turn: Turn, activation: Activation, word: Rung | Remind) -> bool:
    """Whether what takes a step out of somebody's hands comes before its moment: the due date moved after its timer was set."""
    term = term_at(turn, activation.path)
    if term is None or isinstance(word, Remind | Escalate):
        return False
    return shift_days(calendar_of(turn, term), term.due_at, word.at) > turn.now


def _set_next(turn: Turn, activation: Activation, rung: int) -> None:
    term = term_at(turn, activation.path)
    if term is not None:
        schedule_rung(turn, activation.path, activation.round, rung, term)


# -- who is told -------------------------------------------------------------------------------------------


def _tell(turn: Turn, activation: Activation, template: str, rung: int, items: list[WorkItem]) -> None:
    """Tell whoever holds one of the items; of a wait, whoever the case is about."""
    to = {holder.who for item in items for holder in turn.holders.get(item.id, ())}
    if isinstance(turn.human_step(activation.path), Wait) and turn.head.person is not None:
        to = {f"person:{turn.head.person}"}
    turn.notify(to, template, activation.path, activation.round, rung, *_seat(turn, activation))


def _seat(turn: Turn, activation: Activation) -> tuple[int, ...]:
    """What tells the ladders of a line apart, where each seat climbs its own: the seat, but for the first."""
    step = turn.human_step(activation.path)
    if not isinstance(step, Approve | CarryOut | Vote) or not is_in_line(step):
        return ()
    seat = next((one.seat for one in turn.asked_at(activation.path)), 0)
    return (seat,) if seat else ()


def _place_of_event(turn: Turn, activation: Activation) -> str:
    return "#".join((f"{activation.path}/overdue", *map(str, _seat(turn, activation))))


# -- somebody else beside ----------------------------------------------------------------------------------


def _escalate(turn: Turn, activation: Activation, word: Escalate) -> None:
    """Let somebody else decide too, wherever a holder stands: a claim ends by it, and advice that has not come is not waited for."""
    who = recipients(turn, word.to, activation.path)
    departments = {code for seat in seats_of(turn, word.to, Mode.ONE, activation.path) for code in seat.departments}
    stop_advising(turn, activation.path)
    for item in turn.items_at(activation.path):
        if not turn.holders.get(item.id):
            continue  # it waits in a line
        for one in sorted(who):
            turn.hold(give_up_claim(turn, item), one, Capacity.ESCALATED)
    for code in sorted(departments):
        turn.share(f"department:{code}", "escalated")


# -- a jump ------------------------------------------------------------------------------------------------


def _has_jumped(turn: Turn, activation: Activation, word: Jump, rung: int) -> bool:
    """Let the case go on at the other step, if it still may; else the office is told why not."""
    target = place_of(turn, activation.path, word.to)
    refused = jump_by_rule(turn, activation.path, target, f"rule:{rule_of_rung(activation.path, rung)}")
    if refused is None:
        return True
    turn.said[NOT_JUMPED] = refused.code
    turn.notify({_OFFICE}, NOT_JUMPED, activation.path, activation.round, rung)
    return False
