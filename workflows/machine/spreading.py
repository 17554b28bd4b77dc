"""Parts that run side by side or again and again: parallel, for-each, loop, race, and how they come together."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import replace

from workflows.language.expressions import evaluate
from workflows.language.words import ForEach, Join, Loop, Parallel, Race
from workflows.machine.case import JSON, ActivationState
from workflows.machine.nodes import INNER
from workflows.machine.turn import Enter, GoOn, Leave, Turn

WENT_ON = 1
"""`resume` of a parallel or for-each that went on without its rest."""


# -- parallel and for-each ---------------------------------------------------------------------------------


def enter_parallel(turn: Turn, path: str, parent: str | None, step: Parallel) -> None:
    """Open every branch whose condition is true or absent."""
    values = turn.values(path)
    taken = [
        n for n, branch in enumerate(step.branches) if branch.when is None or evaluate(branch.when, values) is True
    ]
    turn.activate(path, parent, n=len(taken))
    turn.agenda.extendleft(Enter(f"{path}/{n}", path) for n in reversed(taken))


def enter_for_each(turn: Turn, path: str, parent: str | None, step: ForEach) -> None:
    """Open one turn for each element that the case has by now."""
    elements = _elements(turn, path, step)
    turn.activate(path, parent, n=len(elements))
    if step.grows_on is not None:
        turn.subscribe(path, 1, step.grows_on, turn.head.key)
    for number, element in enumerate(elements, 1):
        _open_turn(turn, path, number, step, element)


def grow(turn: Turn, path: str, step: ForEach, plain: Mapping[str, JSON]) -> None:
    """One more element, while the others run."""
    block = turn.live[path]
    element = plain.get(step.takes) if step.takes is not None else block.n + 1
    turn.update(replace(block, n=block.n + 1))
    _open_turn(turn, path, block.n + 1, step, element)


def arrive(turn: Turn, path: str, join: Join) -> None:
    """One part is done: go on if the join says so, with or without the rest."""
    block = replace(turn.live[path], agree=turn.live[path].agree + 1)
    turn.update(block)
    if block.resume == WENT_ON:
        _close_when_all_came(turn, path)
        return
    if block.agree >= block.n:
        return
    if not _is_enough(turn, path, join):
        return
    if join.rest == "cancel":
        turn.reach(path)
        _cancel_rest(turn, path)
        turn.update(replace(block, agree=block.n))
    else:
        turn.update(replace(block, resume=WENT_ON))
        turn.agenda.append(GoOn(path, block.parent))


def _elements(turn: Turn, path: str, step: ForEach) -> list[JSON]:
    if isinstance(step.over, int):
        return list(range(1, step.over + 1))
    found = turn.values(path).get(step.over)
    return list(found) if isinstance(found, list | tuple) else []


def _open_turn(turn: Turn, path: str, number: int, step: ForEach, element: JSON) -> None:
    inner = f"{path}/{INNER}#{number}"
    turn.give(inner, {step.each: element})
    turn.agenda.append(Enter(inner, path))


def _is_enough(turn: Turn, path: str, join: Join) -> bool:
    block = turn.live[path]
    if join.of is not None and block.agree >= join.of:
        return True
    return join.once is not None and evaluate(join.once, _with_counts(turn, path)) is True


def _with_counts(turn: Turn, path: str) -> Mapping[str, JSON]:
    """The values of the block, and how many of how many have arrived, as NAME.arrived and NAME.of."""
    block, name = turn.live[path], getattr(turn.step(path), "name", "")
    return ChainMap({f"{name}.arrived": block.agree, f"{name}.of": block.n}, dict(turn.values(path)))


def _cancel_rest(turn: Turn, path: str) -> None:
    below = {one[len(path) + 1 :].split("/")[0] for one in turn.live if one.startswith(f"{path}/")}
    waiting = {todo.path[len(path) + 1 :].split("/")[0] for todo in turn.agenda if todo.path.startswith(f"{path}/")}
    for part in sorted((below | waiting) - {"on"}):
        turn.cancel_below(f"{path}/{part}", "joined")


def _close_when_all_came(turn: Turn, path: str) -> None:
    if turn.live[path].agree >= turn.live[path].n:
        turn.close(path, ActivationState.DONE)


# -- loop --------------------------------------------------------------------------------------------------


def enter_loop(turn: Turn, path: str, parent: str | None, step: Loop) -> None:
    """Begin the first turn, unless the condition is tested before and holds already."""
    turn.activate(path, parent, n=step.at_most or 0)
    if step.test == "before" and _is_over(turn, path, step):
        turn.agenda.append(Leave(path, parent))
    else:
        _turn_again(turn, path)


def turn_done(turn: Turn, path: str, step: Loop) -> None:
    """A turn is over: another one, or the loop is done."""
    block = turn.live[path]
    if (step.at_most is not None and block.resume >= step.at_most) or _is_over(turn, path, step):
        turn.agenda.append(Leave(path, block.parent))
    else:
        _turn_again(turn, path)


def _turn_again(turn: Turn, path: str) -> None:
    block = replace(turn.live[path], resume=turn.live[path].resume + 1)
    turn.update(block)
    turn.agenda.appendleft(Enter(f"{path}/{INNER}#{block.resume}", path))


def _is_over(turn: Turn, path: str, step: Loop) -> bool:
    return step.until is not None and evaluate(step.until, turn.values(path)) is True


# -- race --------------------------------------------------------------------------------------------------


def enter_race(turn: Turn, path: str, parent: str | None, step: Race) -> None:
    """Open what may come first, of every way."""
    turn.activate(path, parent, n=len(step.ways))
    turn.agenda.extendleft(Enter(f"{path}/{n}/first", path) for n in reversed(range(len(step.ways))))


def way_came(turn: Turn, path: str, child: str) -> None:
    """A way came first: the others are cancelled, and what it leads to is done. Or that is done now."""
    way, _, part = child[len(path) + 1 :].partition("/")
    block = turn.live[path]
    if part != "first":
        turn.agenda.append(Leave(path, block.parent))
        return
    for other in range(block.n):
        if str(other) != way:
            turn.cancel_below(f"{path}/{other}", "another way came first")
    turn.agenda.appendleft(Enter(f"{path}/{way}/then", path))
