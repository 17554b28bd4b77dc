"""JUMP: a return that comes straight back to the step that returned, once the step it went to is through."""

from __future__ import annotations

from dataclasses import replace

from workflows.machine.case import ANSWERED, WayBack
from workflows.machine.content import guard_of
from workflows.machine.placing import comes_behind, stand_at, unopenable
from workflows.machine.turn import Enter, Turn


def promise_to_come_back(turn: Turn, target: str, to: str) -> None:
    """Remember that the case goes straight on at `to` when `target` is through."""
    back = WayBack(target, to, guard_of(turn.definition, turn.head))
    turn.head = replace(turn.head, back=(*turn.head.back, back))


def go_back(turn: Turn, path: str) -> bool:
    """Go straight back from the step at `path`; False where nobody waits for it, or what it changed needs the whole way.

    A field that asks for approval again sends the case the whole way: those in between agreed to something else. So does
    a block around the step that waits which cannot be opened for a part of itself.
    """
    found = next((one for one in reversed(turn.head.back) if one.target == path), None)
    if found is None:
        return False
    turn.head = replace(turn.head, back=tuple(one for one in turn.head.back if one is not found))
    if found.guard != guard_of(turn.definition, turn.head) or unopenable(turn, found.to) is not None:
        _go_the_whole_way(turn, path)
        return False
    stand_at(turn, Enter(found.to, None), "returned")
    return True


def _go_the_whole_way(turn: Turn, path: str) -> None:
    """All that stands behind the step is asked again, and its answers count no more (A5).

    Where some of it was answered in this round already, it is asked in the next one: a step is entered once in a round.
    """
    behind = [one for one in turn.past() if one.state in ANSWERED and comes_behind(turn, one.path, path)]
    if any(one.round == turn.head.round for one in behind):
        turn.head = replace(turn.head, round=turn.head.round + 1)
    for item in behind:
        if item.superseded is None:
            turn.items_changed[item.id] = replace(item, superseded=turn.head.round)


def forget_ways_back(turn: Turn, region: str) -> None:
    """Forget the returns that would go back into a part of the case that is done all over."""
    inside = f"{region}/"
    kept = tuple(one for one in turn.head.back if not (one.target.startswith(inside) or one.to.startswith(inside)))
    turn.head = replace(turn.head, back=kept)
