"""Where the jump of a ladder leads, and what lies between: as `machine/rewind.py` will have it, said of the tree alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from workflows.language.words import Approve, CarryOut, Choice, ForEach, Jump, Parallel, Vote
from workflows.language.words import Sequence as InOrder
from workflows.machine.nodes import Node


def jumping(nodes: Iterable[Node]) -> Iterator[tuple[Node, Jump]]:
    """The steps whose ladder jumps, each with the rung."""
    for node in nodes:
        if isinstance(node.step, Approve | CarryOut):
            yield from ((node, rung) for rung in node.step.overdue if isinstance(rung, Jump))


def target_of(nodes: Iterable[Node], name: str) -> Node | None:
    """The one step of this name that asks people; None where there is none, or more than one step of the name."""
    named = [node for node in nodes if getattr(node.step, "name", None) == name]
    return named[0] if len(named) == 1 and isinstance(named[0].step, Approve | CarryOut | Vote) else None


def ways_of(nodes: Sequence[Node], source: str, target: str) -> list[Node] | None:
    """The steps that a jump from `source` to `target` leaves out, itself the first; None where it may not be.

    It stays in its line: from the block around both down to the target stand sequences and choices alone. What runs in
    other branches around the source ends with the jump, and is left out too.
    """
    by_path = {node.path: node for node in nodes}
    here, there = _line(by_path, source), _line(by_path, target)
    shared = [one for one, other in zip(here, there, strict=False) if one == other]
    if not shared or any(f"{shared[-1]}/on/" in f"{one}/" for one in (source, target)):
        return None
    if any(not isinstance(by_path[one].step, InOrder | Choice) for one in there[len(shared) - 1 : -1]):
        return None
    order = [node.path for node in nodes]
    forks = [one for one in here[len(shared) :] if isinstance(by_path[one].step, Parallel | ForEach)]
    return [by_path[one] for one in order[order.index((*forks, source)[0]) : order.index(target)]]


def _line(by_path: dict[str, Node], path: str) -> list[str]:
    """The paths from the root to `path`, itself the last."""
    line, above = [path], by_path[path].parent
    while above is not None:
        line.append(above)
        above = by_path[above].parent
    return line[::-1]
