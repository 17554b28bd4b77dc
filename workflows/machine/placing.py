"""Where a case stands in its tree, and how it is made to stand somewhere else: what every return and jump comes down to.

A case stands at a step when the blocks around it are live and point at it. To stand elsewhere, the deepest block that
is live around both places lets go of what it has below itself and points at the new place; the blocks in between are
opened without their other parts, so that nothing on the way is done again.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Final

from workflows.language.words import Choice, Exclusive, ForEach, Loop, Parallel, Race, Sequence
from workflows.machine.confirming import is_proposal
from workflows.machine.listening import open_handlers
from workflows.machine.nearness import is_within
from workflows.machine.nodes import segment
from workflows.machine.turn import Enter, Turn, step_path

OPENED_IN_PART: Final = (Sequence, Choice, Parallel, Loop, Race)
"""Blocks that can be opened for one of their parts while the others stand as they are."""
STANDS_AROUND: Final = (*OPENED_IN_PART, ForEach, Exclusive)
"""Blocks that can be live around both places."""


def line_to(turn: Turn, path: str) -> list[str]:
    """The activations' paths from the root of the tree to `path`, itself the last; a supplement stands where its step does."""
    if turn.supplement_at(path) is not None:
        path = path.rpartition("/")[0]
    node, line = turn.nodes[step_path(path)], [path]
    while node.parent is not None:
        line.append("/".join(path.split("/")[: len(node.parent.split("/"))]))
        node = turn.nodes[node.parent]
    return line[::-1]


def meeting(turn: Turn, path: str) -> int | None:
    """Where in the line to `path` the deepest live block around it stands; None where nothing around it is live."""
    found = [place for place, one in enumerate(line_to(turn, path)[:-1]) if one in turn.live]
    return found[-1] if found else None


def in_common(line: list[str], other: list[str]) -> list[str]:
    """What two lines have in common, from the root on."""
    return [one for one, two in zip(line, other, strict=False) if one == two]


def is_beside(source: str, above: str) -> bool:
    """Whether the source runs beside the straight way of the block: what a handler does, or a supplement."""
    return source.startswith(f"{above}/on/")


def comes_behind(turn: Turn, path: str, target: str) -> bool:
    """Whether a step stands behind the target in the same line: not before it, not in another branch, neither beside.

    What was proposed to a second person stands in no line.
    """
    if is_proposal(path) or is_proposal(target):
        return False
    line, other = line_to(turn, path.removesuffix("/supplement")), line_to(turn, target)
    common = in_common(line, other)
    if not common or len(common) == len(line) or any(is_beside(one, common[-1]) for one in (path, target)):
        return False
    block = turn.step(common[-1])
    if not isinstance(block, Sequence) or len(common) == len(other):
        return False
    return place_in(block, line[len(common)]) > place_in(block, other[len(common)])


def stand_at(turn: Turn, enter: Enter, reason: str) -> None:
    """Let the case stand at a step, and cancel what the meeting block has below itself.

    `enter` says what is to be entered; its parent is found here.
    """
    line = line_to(turn, enter.path)
    above = line[_live(turn, enter.path)]
    turn.reach(above)
    for parent, child in pairwise(line[line.index(above) :]):
        if parent == above:
            arrived = not _is_live(turn, child)
            _let_go_of_the_rest(turn, above, child, reason)
            _point_at(turn, above, child, arrived)
        else:
            _open_around(turn, parent, child)
    turn.agenda.append(replace(enter, parent=line[-2]))


def _live(turn: Turn, path: str) -> int:
    place = meeting(turn, path)
    if place is None:
        message = f"case {turn.head.id}: nothing around '{path}' is live, so the case cannot stand there"
        raise LookupError(message)
    return place


def unopenable(turn: Turn, path: str) -> str | None:
    """The block on the way to `path` that cannot be opened again for a part of itself; None where all can."""
    line = line_to(turn, path)
    place = meeting(turn, path) or 0
    if not isinstance(turn.step(line[place]), STANDS_AROUND):
        # What a step does after a refusal, or after silence, is begun by that step alone.
        return line[place]
    if isinstance(turn.step(line[place]), ForEach) and not _is_live(turn, line[place + 1]):
        # What was written in a turn of a for-each went with the turn.
        return line[place]
    handled = next((one for one, child in pairwise(line[place:]) if child.startswith(f"{one}/on/")), None)
    if handled is not None:
        # What a handler does is begun by its event alone: opened without it, the block would wait for nothing.
        return handled
    return next((one for one in line[place + 1 : -1] if not isinstance(turn.step(one), OPENED_IN_PART)), None)


def _is_live(turn: Turn, path: str) -> bool:
    return any(is_within(one, path) for one in turn.live)


def branch_of(turn: Turn, path: str) -> tuple[str, str] | None:
    """The innermost live fork around `path` and its branch that `path` stands in; None outside of one."""
    pairs = list(pairwise(line_to(turn, path)))
    forks = [
        (one, child) for one, child in pairs if one in turn.live and isinstance(turn.step(one), Parallel | ForEach)
    ]
    return forks[-1] if forks else None


# -- the meeting block -------------------------------------------------------------------------------------


def _let_go_of_the_rest(turn: Turn, above: str, child: str, reason: str) -> None:
    """A fork lets go of the one branch, any other block of all that it has on its straight way."""
    fork = isinstance(turn.step(above), Parallel | ForEach)
    below = {one for one in turn.live if is_within(one, above) and one != above}
    tops = {_below(above, one, turn) for one in below if not one.startswith(f"{above}/on/")}
    for top in sorted({child} if fork else tops):
        turn.cancel_below(top, reason)


def _below(above: str, path: str, turn: Turn) -> str:
    """The child of `above` on the way to `path`."""
    line = line_to(turn, path.removesuffix("/supplement"))
    return line[line.index(above) + 1] if above in line[:-1] else path


def _point_at(turn: Turn, above: str, child: str, arrived: bool) -> None:  # noqa: FBT001  # how the child stood before
    block, step = turn.live[above], turn.step(above)
    match step:
        case Sequence():
            turn.update(replace(block, resume=place_in(step, child)))
        case Parallel() | ForEach() if arrived:
            turn.update(replace(block, agree=block.agree - 1))
        case Loop():
            turn.update(replace(block, resume=_number(child)))
        case _:
            return


def place_in(step: Sequence, child: str) -> int:
    """Where in a sequence the child at this path stands."""
    name = step_path(child).rpartition("/")[2]
    return next(number for number, one in enumerate(step.steps) if segment(one, number) == name)


def _number(child: str) -> int:
    return int(child.rpartition("#")[2])


# -- blocks on the way -------------------------------------------------------------------------------------


def _open_around(turn: Turn, path: str, child: str) -> None:
    """Open a block for one of its parts: the others stand as they are."""
    parent = line_to(turn, path)[-2]
    step = turn.step(path)
    match step:
        case Sequence():
            opened = turn.activate(path, parent, n=len(step.steps))
            turn.update(replace(opened, resume=place_in(step, child)))
            open_handlers(turn, path)
        case Parallel():
            turn.activate(path, parent, n=1)
            open_handlers(turn, path)
        case Loop():
            opened = turn.activate(path, parent, n=step.at_most or 0)
            turn.update(replace(opened, resume=_number(child)))
        case Race():
            turn.activate(path, parent, n=len(step.ways))
        case Choice():
            turn.activate(path, parent, n=1)
        case _:
            message = f"workflow '{turn.definition.name}': '{path}' cannot be opened again in part"
            raise LookupError(message)
