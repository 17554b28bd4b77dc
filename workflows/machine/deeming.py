"""Silence that decides (视为同意, 视为不同意): the last rung of a ladder answers for whoever has not.

The seats that are still silent are counted as the rule of the step counts them, so that whoever did answer is heard: in a
step that hears everybody a refusal stands against any number of silent ones. What silence comes to is not kept among the
answers: the counts of the step are those of people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Literal

from workflows.language.words import Approve
from workflows.machine.case import Activation, ItemState, WorkItem
from workflows.machine.content import content_of
from workflows.machine.counting import counted, is_in_line, verdict
from workflows.machine.settling import go_on_by, settle_answers
from workflows.machine.signers import ADDED
from workflows.machine.turn import Turn

DEEMED_AS: Final = "deemed"
"""Where a decision says what silence was taken for, and how many seats were silent."""

_STATES: Final[Mapping[str, ItemState]] = {
    "agree": ItemState.DEEMED_AGREED,
    "reject": ItemState.DEEMED_REJECTED,
}


def deem(turn: Turn, activation: Activation, step: Approve, answer: Literal["agree", "reject"], by: str) -> None:
    """Close every item of the step that waits for an answer, and go on as if each of its seats had given `answer`.

    In a line (依次) that is the one seat whose turn it is: after a deemed agreement the next one is asked.

    Args:
        turn: the books.
        activation: the step, which still asks.
        step: what it says about the answers.
        answer: what silence is taken for.
        by: the rule, as the items name whoever closed them.
    """
    path = activation.path
    silent = [one for one in turn.items_at(path) if turn.holders.get(one.id)]
    given, deemed = _seats_of(turn, silent)
    content = content_of(turn.definition, turn.head)
    for item in silent:
        turn.close_item(replace(item, content=content), _STATES[answer], by)
    turn.said[DEEMED_AS] = [answer, len(deemed) + len(given)]
    if answer == "agree":
        for seat in given:
            activation = counted(activation, step, seat, seat.state)
    else:
        deemed += given
    if answer == "agree" and is_in_line(step) and turn.items_at(path):
        # A seat that nobody has answered is none that counts; the next one has a ladder of its own.
        turn.update(replace(activation, n=activation.n - len(deemed)))
        settle_answers(turn, path, step, by)
        return
    turn.update(activation)
    go_on_by(turn, activation, verdict(_with_silence(activation, step, deemed, _STATES[answer]), step), by)


def _seats_of(turn: Turn, silent: list[WorkItem]) -> tuple[list[WorkItem], list[WorkItem]]:
    """The seats that wait for an answer: those whose holder has agreed and waits for added signers, and the silent ones."""
    seats: dict[str, WorkItem] = {}
    for item in silent:
        seat = _seat_of(turn, item)
        seats[seat.id] = seat
    closed = [one for one in seats.values() if one.closed_at is not None]
    return closed, [one for one in seats.values() if one.closed_at is None]


def _seat_of(turn: Turn, item: WorkItem) -> WorkItem:
    """The item that an added signer answers for; any other is a seat itself."""
    if item.link not in ADDED:
        return item
    known = {one.id: one for one in turn.past()} | turn.items | turn.items_changed
    while item.link in ADDED:
        item = known[item.parent or ""]
    return item


def _with_silence(activation: Activation, step: Approve, deemed: list[WorkItem], state: ItemState) -> Activation:
    """The activation as it would stand if silence were an answer: what the step comes to, never what is kept."""
    for seat in deemed:
        activation = counted(activation, step, seat, state)
    return activation
