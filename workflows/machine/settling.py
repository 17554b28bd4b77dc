"""What the answers to a step come to: counted, settled as soon as they decide, and whose turn is next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from domain.approval import Outcome as Verdict
from workflows.language.words import Approve, CarryOut
from workflows.machine.asking import schedule_rung, where
from workflows.machine.case import Activation, ItemState, WorkItem
from workflows.machine.counting import counted, is_in_line, verdict
from workflows.machine.lining import ask_next
from workflows.machine.stimuli import Act
from workflows.machine.timekeeping import term_of
from workflows.machine.turn import Enter, Leave, Turn

COUNTED_AS: Final[Mapping[str, ItemState]] = {
    "agree": ItemState.APPROVED,
    "reject": ItemState.REJECTED,
    "complete": ItemState.COMPLETED,
    "abstain": ItemState.ABSTAINED,
}


def count_answer(turn: Turn, activation: Activation, step: Approve | CarryOut, item: WorkItem, act: Act) -> None:
    """Count an answer; when the outcome is certain the peers are cancelled and the case goes on."""
    turn.update(counted(activation, step, item, COUNTED_AS[act.verb]))
    settle_answers(turn, activation.path, step, act.actor)


def settle_answers(turn: Turn, path: str, step: Approve | CarryOut, by: str) -> None:
    """Go on where the answers decide; else ask who is next in line."""
    activation = turn.live[path]
    result = verdict(activation, step)
    if result is Verdict.OPEN:
        if isinstance(step, Approve) and is_in_line(step):
            _ask_next(turn, activation, step)
        return
    go_on_by(turn, activation, result, by)


def go_on_by(turn: Turn, activation: Activation, result: Verdict, by: str) -> None:
    """Go on from a step whose outcome is certain; whoever is still asked need not answer."""
    path = activation.path
    cancel_peers(turn, path, by)
    if result is Verdict.AGREED:
        turn.agenda.append(Leave(path, activation.parent))
    else:
        turn.agenda.append(Enter(f"{path}/rejected", path))


def _ask_next(turn: Turn, activation: Activation, step: Approve) -> None:
    """The next in line has a term and a ladder of his own."""
    if any(one.state is ItemState.OPEN for one in turn.items_at(activation.path)):
        return
    item = ask_next(turn, activation, step, where(turn, activation.path))
    if item is not None:
        restart_ladder(turn, item)


def restart_ladder(turn: Turn, item: WorkItem) -> None:
    """The ladder of a line is that of whoever is asked now."""
    term = term_of(item)
    if term is None:
        return
    for timer in [one for one in turn.timers.values() if one.path == item.path]:
        turn.clear(timer)
    schedule_rung(turn, item.path, item.round, 0, term)


def cancel_peers(turn: Turn, path: str, by: str) -> None:
    """Cancel what is still open in the step; a late click is told who decided instead (approvals.md A2)."""
    for peer in turn.items_at(path):
        turn.close_item(peer, ItemState.CANCELLED, by)
    turn.stop_asking(path)
